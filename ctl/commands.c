/*
 * The table of commands; usage and help are made of it.
 */
#include <string.h>

#include "base/i18n.h"
#include "ctl/ctl.h"

#define TENANT_FIELDS                                                          \
	"brand= currency= zone= legal-name= address= country= vat-id= "        \
	"register-no= email= phone= website= hours= support= bank-name= "      \
	"iban= bic= terms= locale="
#define CUSTOMER_FIELDS                                                        \
	"name= email= number= phone= street= postcode= city= country= "        \
	"vat-id= min-balance="

/* clang-format off */
const struct ctl_command ctl_commands[] = {
	{ .name = "init", .options = "dir= demo tenant= store= port= "
	  "http-port= customers= " TENANT_FIELDS, .no_store = true, .run = ctl_init,
	  .help = N_("make a portal in a directory: a demo, or a provider") },
	{ .name = "users", .options = "", .no_store = true, .run = ctl_users,
	  .help = N_("make the system users that the parts run as") },
	{ .name = "upgrade", .options = "", .no_store = true,
	  .run = ctl_upgrade,
	  .help = N_("bring the store to this release") },
	{ .name = "migrate", .args = "FROM TO", .nargs = 2, .options = "",
	  .no_store = true, .run = ctl_migrate,
	  .help = N_("copy a store, to PostgreSQL or back, and prove it") },
	{ .name = "tenant add", .args = "NAME", .nargs = 1,
	  .options = TENANT_FIELDS " json", .run = ctl_tenant_add,
	  .help = N_("another provider in the same store") },
	{ .name = "tenant list", .options = "json", .run = ctl_tenant_list,
	  .help = N_("the providers, the default one first") },
	{ .name = "setting set", .args = "KEY VALUE", .nargs = 2,
	  .options = "tenant=", .run = ctl_setting_set,
	  .help = N_("decide what customers see") },
	{ .name = "setting list", .options = "tenant= json",
	  .run = ctl_setting_list,
	  .help = N_("all settings, and which are the defaults") },
	{ .name = "template list", .options = "tenant= json",
	  .run = ctl_template_list,
	  .help = N_("the mails that customers get, and their variables") },
	{ .name = "template show", .args = "NAME", .nargs = 1,
	  .options = "tenant=", .run = ctl_template_show,
	  .help = N_("what a mail says: its subject, then its text") },
	{ .name = "template set", .args = "NAME FILE", .nargs = 2,
	  .options = "tenant=", .run = ctl_template_set,
	  .help = N_("say it differently (FILE \"-\": standard input)") },
	{ .name = "template reset", .args = "NAME", .nargs = 1,
	  .options = "tenant=", .run = ctl_template_reset,
	  .help = N_("back to the built-in text") },
	{ .name = "news add", .args = "TITLE TEXT", .nargs = 2,
	  .options = "tenant=", .run = ctl_news_add,
	  .help = N_("news for every customer") },
	{ .name = "plan add", .args = "NAME", .nargs = 1,
	  .options = "tenant= type= price= tax= description= json",
	  .run = ctl_plan_add,
	  .help = N_("a plan; the price is net, a month") },
	{ .name = "customer add", .options = "tenant= json " CUSTOMER_FIELDS,
	  .run = ctl_customer_add, .help = N_("a new customer") },
	{ .name = "customer show", .args = "NUMBER|EMAIL", .nargs = 1,
	  .options = "tenant= json", .run = ctl_customer_show,
	  .help = N_("a customer and their account") },
	{ .name = "customer list", .options = "tenant= json find=",
	  .run = ctl_customer_list,
	  .help = N_("customers, those that --find finds or all") },
	{ .name = "customer block", .args = "NUMBER|EMAIL", .nargs = 1,
	  .options = "tenant=", .run = ctl_customer_block,
	  .help = N_("block for debt; a payment restores") },
	{ .name = "customer unblock", .args = "NUMBER|EMAIL", .nargs = 1,
	  .options = "tenant=", .run = ctl_customer_unblock,
	  .help = N_("restore by hand") },
	{ .name = "service add", .args = "NUMBER|EMAIL PLAN DESCRIPTION",
	  .nargs = 3, .options = "tenant= status= since= json",
	  .run = ctl_service_add,
	  .help = N_("a service of a plan for a customer") },
	{ .name = "service prepaid", .args = "NUMBER|EMAIL SERVICE on|off",
	  .nargs = 3, .options = "tenant=", .run = ctl_service_prepaid,
	  .help = N_("it runs on the balance: a top-up buys days") },
	{ .name = "login add", .args = "EMAIL", .nargs = 1,
	  .options = "tenant= customer= staff name= no-password",
	  .run = ctl_login_add,
	  .help = N_("a login; the password is asked for") },
	{ .name = "login disable", .args = "EMAIL", .nargs = 1,
	  .options = "tenant=", .run = ctl_login_disable,
	  .help = N_("take access away, and end its sessions now") },
	{ .name = "login enable", .args = "EMAIL", .nargs = 1,
	  .options = "tenant=", .run = ctl_login_enable,
	  .help = N_("give access back") },
	{ .name = "login password", .args = "EMAIL", .nargs = 1,
	  .options = "tenant=", .run = ctl_login_password,
	  .help = N_("set a new password, which is asked for") },
	{ .name = "key add", .args = "EMAIL FILE", .nargs = 2,
	  .options = "tenant=", .run = ctl_key_add,
	  .help = N_("register a public key (FILE \"-\": standard input)") },
	{ .name = "invoice add", .args = "NUMBER|EMAIL", .nargs = 1,
	  .options = "tenant= json line= line2= line3= line4= line5= "
	  "line6= line7= line8= issued= due= supply-from= supply-to= "
	  "exemption=",
	  .run = ctl_invoice_add,
	  .help = N_("issue; --line \"TEXT;QUANTITY;NET PRICE;TAX %\"") },
	{ .name = "invoice show", .args = "NUMBER|EMAIL INVOICE", .nargs = 2,
	  .options = "tenant= json", .run = ctl_invoice_show,
	  .help = N_("a customer's invoice") },
	{ .name = "invoice cancel", .args = "NUMBER|EMAIL INVOICE",
	  .nargs = 2, .options = "tenant=", .run = ctl_invoice_cancel,
	  .help = N_("cancel; what it was paid with becomes credit") },
	{ .name = "proforma add", .args = "NUMBER|EMAIL", .nargs = 1,
	  .options = "tenant= json line= line2= line3= line4= line5= "
	  "line6= line7= line8= issued= due= supply-from= supply-to= "
	  "exemption=",
	  .run = ctl_proforma_add,
	  .help = N_("ask for money; paid, it becomes an invoice") },
	{ .name = "proforma show", .args = "NUMBER|EMAIL PROFORMA",
	  .nargs = 2, .options = "tenant= json", .run = ctl_proforma_show,
	  .help = N_("a customer's proforma") },
	{ .name = "proforma list", .args = "NUMBER|EMAIL", .nargs = 1,
	  .options = "tenant= json", .run = ctl_proforma_list,
	  .help = N_("a customer's proformas, newest first") },
	{ .name = "proforma cancel", .args = "NUMBER|EMAIL PROFORMA",
	  .nargs = 2, .options = "tenant=", .run = ctl_proforma_cancel,
	  .help = N_("one that is not asked for any more") },
	{ .name = "credit-note add", .args = "NUMBER|EMAIL INVOICE",
	  .nargs = 2, .options = "tenant= json line= line2= line3= line4= "
	  "line5= line6= line7= line8=",
	  .run = ctl_credit_note_add,
	  .help = N_("correct an invoice: all of it, or a --line of it") },
	{ .name = "credit-note show", .args = "NUMBER|EMAIL CREDIT-NOTE",
	  .nargs = 2, .options = "tenant= json", .run = ctl_credit_note_show,
	  .help = N_("a customer's credit note") },
	{ .name = "credit-note refund", .args = "NUMBER|EMAIL CREDIT-NOTE",
	  .nargs = 2, .options = "tenant= json reason= date=",
	  .run = ctl_credit_note_refund,
	  .help = N_("what is left of it was paid out") },
	{ .name = "credit-note list", .args = "NUMBER|EMAIL", .nargs = 1,
	  .options = "tenant= json", .run = ctl_credit_note_list,
	  .help = N_("a customer's credit notes, newest first") },
	{ .name = "payment add", .args = "NUMBER|EMAIL AMOUNT", .nargs = 2,
	  .options = "tenant= json method= reference= date= invoice= "
	  "proforma=",
	  .run = ctl_payment_add,
	  .help = N_("money that arrived; the oldest invoice first") },
	{ .name = "credit add", .args = "NUMBER|EMAIL AMOUNT", .nargs = 2,
	  .options = "tenant= json reference= date= invoice=",
	  .run = ctl_credit_add,
	  .help = N_("credit given; it pays the oldest invoice first") },
	{ .name = "refund add", .args = "NUMBER|EMAIL RECEIPT AMOUNT",
	  .nargs = 3, .options = "tenant= json reason= date=",
	  .run = ctl_refund_add,
	  .help = N_("money given back by hand; what it had paid is owed") },
	{ .name = "import camt", .args = "FILE", .nargs = 1,
	  .options = "tenant= json dry-run", .run = ctl_import_camt,
	  .help = N_("book what a bank's statement says has come") },
	{ .name = "ticket reply", .args = "NUMBER|EMAIL TICKET TEXT",
	  .nargs = 3, .options = "tenant= author=", .run = ctl_ticket_reply,
	  .help = N_("answer as staff (TEXT \"-\": standard input)") },
	{ .name = "version", .options = "", .no_store = true,
	  .run = ctl_version, .help = N_("the release of this program") },
	{ .name = "help", .options = "", .no_store = true, .run = ctl_help,
	  .help = N_("this list") },
};
/* clang-format on */
const size_t ctl_commands_count =
    sizeof(ctl_commands) / sizeof(ctl_commands[0]);

int
ctl_version(struct ctl *c)
{
	(void)c;
	printf("portalctl %s\n", PORTAL_VERSION);
	return CTL_OK;
}

int
ctl_help(struct ctl *c)
{
	const struct ctl_command *row;
	char left[64];
	size_t i;

	(void)c;
	printf("%s\n\n", _("Usage: portalctl [-c FILE] COMMAND [OPTION ...]"));
	for (i = 0; i < ctl_commands_count; i++) {
		row = &ctl_commands[i];
		snprintf(left, sizeof(left), "%s%s%s", row->name,
		    row->args != NULL ? " " : "",
		    row->args != NULL ? row->args : "");
		printf("  %-34s %s\n", left, _(row->help));
	}
	printf("\n%s\n", _("portalctl COMMAND --help lists its options; "
			   "portalctl(8) explains them."));
	return CTL_OK;
}

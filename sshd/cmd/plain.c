/*
 * Line mode's main menu, and the loop all its menus run in.
 */
#include "sshd/cmd/plain.h"

#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/i18n.h"

enum step
plain_back(struct plain *p)
{
	(void)p;
	return STEP_BACK;
}

static bool
choice_fits(struct plain *p, const struct choice *choice)
{
	if (choice->tab != TAB_COUNT &&
	    (p->c->settings.tabs >> choice->tab & 1) == 0)
		return false;
	return choice->fits == NULL || choice->fits(p);
}

static void
choices_print(struct plain *p, const struct choice *choices, size_t n)
{
	bool letters = n > 0 && choices[0].text[0] != choices[0].key[0];
	const char *between = "";
	size_t i;

	for (i = 0; i < n; i++) {
		if (!choice_fits(p, &choices[i]))
			continue;
		fprintf(p->c->out, "%s%s", between, _(choices[i].text));
		between = letters ? ", " : "  ";
	}
	fprintf(p->c->out, "%s[?]\n", between);
}

static void
choices_help(struct plain *p, const struct choice *choices, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (choice_fits(p, &choices[i]))
			fprintf(p->c->out, "%s: %s\n", choices[i].key,
			    _(choices[i].help));
	fprintf(p->c->out, "%s\n", _("?: this list"));
	fprintf(p->c->out, "%s\n", _("Enter: show it again"));
}

static enum step
choice_run(
    struct plain *p, const struct choice *choices, size_t n, const char *typed)
{
	size_t i;

	if (typed[0] == '\0')
		return STEP_SHOW;
	if (strcmp(typed, "?") == 0 || strcasecmp(typed, "help") == 0) {
		choices_help(p, choices, n);
		return STEP_STAY;
	}
	for (i = 0; i < n; i++)
		if (choice_fits(p, &choices[i]) &&
		    (strcasecmp(typed, choices[i].key) == 0 ||
			strcasecmp(typed, choices[i].word) == 0))
			return choices[i].run(p);
	prompt_error(&p->in,
	    _("\"%s\" is not one of the choices. "
	      "? explains them."),
	    typed);
	return STEP_STAY;
}

enum step
plain_menu(struct plain *p, const struct choice *choices, size_t n,
    void (*show)(struct plain *p))
{
	enum step step = STEP_SHOW;
	char typed[128];

	for (;;) {
		if (step == STEP_SHOW && show != NULL)
			show(p);
		choices_print(p, choices, n);
		if (!prompt_line(&p->in, "> ", typed, sizeof(typed)))
			return STEP_LEAVE;
		step = choice_run(p, choices, n, typed);
		if (step == STEP_LEAVE)
			return STEP_LEAVE;
		if (step == STEP_BACK)
			return STEP_SHOW;
	}
}

static void
main_show(struct plain *p)
{
	struct overview o;
	const struct account *a = &o.account;
	struct cmd *c = p->c;
	int64_t overdue;
	enum err err;

	if ((err = overview_load(c, &o)) != ERR_NONE) {
		prompt_fail(&p->in, err);
		return;
	}
	overdue =
	    a->overdue_total < a->due_total ? a->overdue_total : a->due_total;
	if (a->balance < 0)
		fprintf(c->out, _("Overpaid: %s\n"),
		    say_money(-a->balance, a->currency).s);
	else if (a->due_total == 0)
		fprintf(c->out, "%s\n", _("Paid in full."));
	else if (overdue == 0)
		fprintf(c->out, _("You owe: %s\n"),
		    say_money(a->due_total, a->currency).s);
	else
		fprintf(c->out, _("You owe: %1$s. Overdue: %2$s since %3$s.\n"),
		    say_money(a->due_total, a->currency).s,
		    say_money(overdue, a->currency).s,
		    say_day(a->overdue_since).s);
	overview_release(&o);
}

static enum step
main_overview(struct plain *p)
{
	struct overview o;
	enum err err;

	if ((err = overview_load(p->c, &o)) != ERR_NONE) {
		prompt_fail(&p->in, err);
		return STEP_STAY;
	}
	overview_state(p->c, &o);
	overview_figures(p->c, &o);
	if (o.nnews > 0 && o.news[0].body[0] != '\0' &&
	    (p->c->settings.blocks >> BLOCK_NEWS & 1) != 0)
		fprintf(p->c->out, "%s\n", o.news[0].body);
	overview_release(&o);
	return STEP_STAY;
}

static void
about_line(FILE *out, const char *format, const char *value)
{
	if (value[0] != '\0')
		fprintf(out, format, value);
}

/* The lines of an address as one. */
static void
one_line(char *dst, size_t size, const char *lines)
{
	size_t n = 0;

	for (; *lines != '\0' && n + 3 < size; lines++) {
		if (*lines == '\n')
			dst[n++] = ',';
		dst[n++] = *lines == '\n' ? ' ' : *lines;
	}
	dst[n] = '\0';
}

static enum step
main_about(struct plain *p)
{
	const struct tenant *t = &p->c->tenant;
	FILE *out = p->c->out;
	char address[2 * sizeof(t->address)], bank[256];

	one_line(address, sizeof(address), t->address);
	snprintf(bank, sizeof(bank), "%s%sIBAN %s%s%s", t->bank_name,
	    t->bank_name[0] != '\0' ? ", " : "", t->iban,
	    t->bic[0] != '\0' ? ", BIC " : "", t->bic);
	about_line(out, _("Provider: %s\n"), t->legal_name);
	about_line(out, _("Address: %s\n"), address);
	about_line(out, _("Phone: %s\n"), t->phone);
	about_line(out, _("E-mail: %s\n"), t->email);
	about_line(out, _("Web site: %s\n"), t->website);
	about_line(out, _("Hours: %s\n"), t->hours);
	about_line(out, _("Support: %s\n"), t->support);
	if (t->iban[0] != '\0')
		about_line(out, _("Bank: %s\n"), bank);
	about_line(out, _("VAT number: %s\n"), t->vat_id);
	about_line(out, _("Register: %s\n"), t->register_no);
	about_line(out, _("Terms: %s\n"), t->terms);
	return STEP_STAY;
}

static enum step
main_leave(struct plain *p)
{
	fprintf(p->c->out, "%s\n", _("Goodbye."));
	return STEP_LEAVE;
}

/* clang-format off */
static const struct choice main_choices[] = {
	{ .key = "1", .word = "overview", .text = N_("1 Overview"),
	  .help = N_("what you owe, services, tickets, the latest"),
	  .tab = TAB_OVERVIEW, .run = main_overview },
	{ .key = "2", .word = "services", .text = N_("2 Services"),
	  .help = N_("what you have from us"),
	  .tab = TAB_SERVICES, .run = plain_services },
	{ .key = "3", .word = "billing", .text = N_("3 Billing"),
	  .help = N_("invoices, payments and transactions"),
	  .tab = TAB_BILLING, .run = plain_billing },
	{ .key = "4", .word = "tickets", .text = N_("4 Tickets"),
	  .help = N_("read, write and answer tickets"),
	  .tab = TAB_TICKETS, .run = plain_tickets },
	{ .key = "5", .word = "profile", .text = N_("5 Profile"),
	  .help = N_("your details and your password"),
	  .tab = TAB_PROFILE, .run = plain_profile },
	{ .key = "6", .word = "about", .text = N_("6 About"),
	  .help = N_("who we are and how to reach us"),
	  .tab = TAB_COUNT, .run = main_about },
	{ .key = "0", .word = "leave", .text = N_("0 Leave"),
	  .help = N_("log out"), .tab = TAB_COUNT, .run = main_leave },
};
/* clang-format on */

int
cmd_plain(struct cmd *c)
{
	struct plain p = {
	    .c = c,
	    .in =
		{
		    .fd = fileno(c->in),
		    .out = c->out,
		    .st = c->st,
		    .idle_minutes = c->env.idle_minutes,
		},
	};
	struct customer customer;
	enum err err;

	if ((err = customer_get(c->st, &customer)) != ERR_NONE)
		return cmd_fail(c, err);
	fprintf(c->out, _("%1$s. Signed in as %2$s.\n"), c->tenant.brand,
	    customer.name);
	if (c->settings.welcome[0] != '\0')
		fprintf(c->out, "%s\n", c->settings.welcome);
	/* Who is here can be told that it must be waited for. */
	store_patience(c->st, 0);
	plain_menu(&p, main_choices,
	    sizeof(main_choices) / sizeof(main_choices[0]), main_show);
	prompt_wipe(&p.in);
	return p.in.cut ? SESSION_EXIT_REFUSED : SESSION_EXIT_OK;
}

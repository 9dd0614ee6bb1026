/* Statements of a bank, booked: what is whose, what is left to people, what is
 * refused whole, and what happens when it comes twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl/camt.h"
#include "data/reference.h"
#include "ctl_run.h"

#define IBAN "AT611904300234573201"
#define MARCH "tests/ctl/camt/march.xml"
#define OVERLAP "tests/ctl/camt/overlap.xml"
#define RUN(status, ...) assert_int_equal(ctl_run(r, __VA_ARGS__, NULL), status)

/* A statement of one entry, to be filled in. */
#define HEAD                                                                   \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                         \
	"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.04\">"  \
	"<BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id><IBAN>" IBAN                \
	"</IBAN></Id></Acct>"
#define ENTRY(amount, ref, remittance)                                         \
	"<Ntry><Amt Ccy=\"EUR\">" amount "</Amt><CdtDbtInd>CRDT</CdtDbtInd>"   \
	"<Sts>BOOK</Sts><BookgDt><Dt>2026-03-16</Dt></BookgDt>"                \
	"<AcctSvcrRef>" ref                                                    \
	"</AcctSvcrRef><NtryDtls><TxDtls><RmtInf>" remittance                  \
	"</RmtInf></TxDtls></NtryDtls></Ntry>"
#define USTRD(text) "<Ustrd>" text "</Ustrd>"
#define STRD(text) "<Strd><CdtrRefInf><Ref>" text "</Ref></CdtrRefInf></Strd>"
#define TAIL "</Stmt></BkToCstmrStmt></Document>"

static int
setup(void **state)
{
	struct ctl_run *r;

	ctl_run_setup(state);
	r = *state;
	scratch_sql(&r->f.scratch,
	    "UPDATE tenant SET iban = '" IBAN "' WHERE name = 'portal'");
	return 0;
}

static void
assert_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text);
}

static int64_t
count(struct ctl_run *r, const char *sql)
{
	return scratch_int(&r->f.scratch, sql);
}

/* Payments by transfer but those that the fixture made. */
static int64_t
payments(struct ctl_run *r)
{
	return count(r, "SELECT COUNT(*) FROM payment WHERE method = "
			"'transfer'") -
	       WHO_COUNT;
}

static int64_t
balance(struct ctl_run *r, const char *number)
{
	char sql[128], text[32];

	snprintf(sql, sizeof(sql),
	    "SELECT balance FROM invoice_state WHERE tenant = 1 AND number = "
	    "'%s'",
	    number);
	scratch_str(&r->f.scratch, text, sizeof(text), "%s", sql);
	return atoll(text);
}

static int64_t
number_of(json_t *v, const char *key)
{
	assert_true(json_is_integer(json_object_get(v, key)));
	return json_integer_value(json_object_get(v, key));
}

static void
assert_counts(
    struct ctl_run *r, int booked, int already, int unmatched, int reversals)
{
	json_t *v = ctl_run_json(r);

	assert_int_equal(number_of(v, "booked"), booked);
	assert_int_equal(number_of(v, "already"), already);
	assert_int_equal(number_of(v, "unmatched"), unmatched);
	assert_int_equal(number_of(v, "reversals"), reversals);
	json_decref(v);
}

/* A member of an entry; "" for null. */
static void
assert_entry(struct ctl_run *r, size_t i, const char *key, const char *want)
{
	json_t *v = ctl_run_json(r);
	json_t *e = json_array_get(json_object_get(v, "entries"), i);
	const char *got = json_string_value(json_object_get(e, key));

	assert_non_null(e);
	assert_string_equal(got != NULL ? got : "", want);
	json_decref(v);
}

/* Imports XML from standard input. */
static int
import_text(struct ctl_run *r, const char *xml)
{
	return ctl_run(r, xml, "import", "camt", "-", "--json", NULL);
}

static void
a_statement_pays_what_it_names(void **state)
{
	struct ctl_run *r = *state;
	json_t *v;

	RUN(0, NULL, "import", "camt", MARCH, "--json");
	assert_counts(r, 4, 0, 1, 2);
	v = ctl_run_json(r);
	assert_int_equal(number_of(v, "debits"), 1);
	assert_int_equal(number_of(v, "not_booked_yet"), 1);
	assert_string_equal(
	    json_string_value(json_object_get(v, "amount")), "347.78");
	json_decref(v);
	assert_int_equal(payments(r), 4);
	assert_int_equal(balance(r, "INV-2026-000001"), 0);
	assert_int_equal(balance(r, "INV-2026-000002"), 7000);
	assert_int_equal(balance(r, "INV-2026-000003"), 0);
	assert_int_equal(balance(r, "INV-2026-000004"), 0);
}

static void
each_entry_says_what_became_of_it(void **state)
{
	struct ctl_run *r = *state;

	RUN(0, NULL, "import", "camt", MARCH, "--json");
	assert_entry(r, 0, "outcome", "booked");
	assert_entry(r, 0, "invoice", "INV-2026-000001");
	assert_entry(r, 0, "payer", "Anna Łąka");
	assert_entry(r, 0, "receipt", "RCP-2026-000003");
	assert_entry(r, 0, "left_as_credit", "0.00");
	assert_entry(r, 1, "amount", "50.00");
	assert_entry(r, 3, "invoice", "INV-2026-000004");
	assert_entry(r, 3, "left_as_credit", "16.67");
	/* All that staff needs to find out whose it is. */
	assert_entry(r, 4, "outcome", "unmatched");
	assert_entry(r, 4, "amount", "50.00");
	assert_entry(r, 4, "payer", "Oma Grete");
	assert_entry(r, 4, "payer_iban", "DE89370400440532013000");
	assert_entry(r, 4, "text", "für das Internet vom Bub\nXY-77");
	assert_entry(r, 4, "date", "2026-03-20");
	assert_entry(r, 4, "bank_reference", "201003203AB2-00020");
	assert_entry(r, 5, "outcome", "reversal");
	assert_entry(r, 5, "reason", "Money that was sent came back.");
	assert_entry(r, 6, "outcome", "reversal");
	assert_entry(r, 6, "amount", "120.00");
}

static void
people_read_the_same_in_lines(void **state)
{
	struct ctl_run *r = *state;

	RUN(0, NULL, "import", "camt", MARCH);
	assert_has(r->out, "booked     2026-03-20        70.00 EUR  Anna Łąka");
	assert_has(r->out, ", INV-2026-000001, RCP-2026-000003\n");
	assert_has(r->out, "    16.67 EUR stays as credit\n");
	assert_has(r->out, "unmatched  2026-03-20        50.00 EUR  Oma Grete");
	assert_has(r->out, "    note: It names no invoice");
	assert_has(r->out, "    account: DE89370400440532013000\n");
	assert_has(r->out, "    text: für das Internet vom Bub\n");
	assert_has(r->out, "Booked: 4, 347.78 EUR. Already booked: 0. To look "
			   "at: 1. Reversals: 2.\n");
}

static void
money_is_received_on_the_day_the_bank_booked_it(void **state)
{
	struct ctl_run *r = *state;
	char got[64];

	RUN(0, NULL, "import", "camt", MARCH);
	scratch_str(&r->f.scratch, got, sizeof(got),
	    "SELECT reference FROM payment WHERE receipt = 'RCP-2026-000003'");
	assert_string_equal(got, "RF691INV2026000001");
	/* Noon of 20 March in Vienna. */
	assert_int_equal(count(r, "SELECT at FROM payment WHERE receipt = "
				  "'RCP-2026-000003'"),
	    1774004400);
	assert_int_equal(count(r, "SELECT COUNT(*) FROM bank_entry WHERE "
				  "booked_on = 20532 AND reference = "
				  "'201003203AB2-00017'"),
	    1);
}

static void
a_dry_run_changes_nothing(void **state)
{
	struct ctl_run *r = *state;

	RUN(0, NULL, "import", "camt", MARCH, "--dry-run", "--json");
	assert_counts(r, 4, 0, 1, 2);
	assert_entry(r, 0, "outcome", "booked");
	assert_entry(r, 0, "receipt", "");
	assert_int_equal(payments(r), 0);
	RUN(0, NULL, "import", "camt", MARCH, "--dry-run");
	assert_has(r->out, "Would be booked: 4, 347.78 EUR.");
	RUN(0, NULL, "import", "camt", MARCH);
	RUN(0, NULL, "import", "camt", MARCH, "--dry-run", "--json");
	assert_counts(r, 0, 4, 1, 2);
}

static void
a_statement_imported_twice_is_booked_once(void **state)
{
	struct ctl_run *r = *state;

	RUN(0, NULL, "import", "camt", MARCH);
	RUN(0, NULL, "import", "camt", MARCH, "--json");
	assert_counts(r, 0, 4, 1, 2);
	assert_entry(r, 0, "outcome", "already");
	assert_entry(r, 0, "receipt", "RCP-2026-000003");
	assert_int_equal(payments(r), 4);
	assert_int_equal(balance(r, "INV-2026-000002"), 7000);
}

/* Another version of the message, other namespaces, Latin 1, a reference that
 * says nothing, two equal transfers and one of them again in a statement of
 * that day. */
static void
an_entry_that_comes_in_another_statement_is_the_same(void **state)
{
	struct ctl_run *r = *state;

	RUN(0, NULL, "import", "camt", MARCH);
	RUN(0, NULL, "import", "camt", OVERLAP, "--json");
	assert_counts(r, 2, 2, 0, 0);
	assert_entry(r, 0, "outcome", "already");
	assert_entry(r, 1, "payer", "Jörg");
	assert_entry(r, 3, "outcome", "already");
	assert_int_equal(balance(r, "INV-2026-000002"), 7000 - 2100);
	RUN(0, NULL, "import", "camt", OVERLAP, "--json");
	assert_counts(r, 0, 4, 0, 0);
}

/* portalctl in a child, which is not waited for. */
static pid_t
start(struct ctl_run *r, const char *file)
{
	char name[] = "portalctl", option[] = "-c", import[] = "import",
	     camt[] = "camt", path[64];
	char *argv[] = {name, option, r->conf, import, camt, path, NULL};
	pid_t pid;
	int null;

	snprintf(path, sizeof(path), "%s", file);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, STDOUT_FILENO);
		_exit(ctl_main(6, argv));
	}
	assert_true(pid > 0);
	return pid;
}

static void
imports_at_the_same_time_book_once(void **state)
{
	struct ctl_run *r = *state;
	pid_t pids[6];
	int status;

	for (size_t i = 0; i < 6; i++)
		pids[i] = start(r, i % 2 == 0 ? MARCH : OVERLAP);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), CTL_OK);
	}
	assert_int_equal(payments(r), 6);
	assert_int_equal(
	    count(r, "SELECT COUNT(*) FROM bank_entry"), WHO_COUNT + 6);
	assert_int_equal(balance(r, "INV-2026-000002"), 7000 - 2100);
}

/* Booked on the same day with the same reference, and yet not the same. */
static void
a_reference_that_names_everything_names_nothing(void **state)
{
	static const char xml[] =
	    HEAD ENTRY("10.00", "4711", USTRD("INV-2026-000001"))
		ENTRY("10.00", "4711", USTRD("INV-2026-000003"))
		    ENTRY("10.00", "4711", USTRD("INV-2026-000003")) TAIL;
	struct ctl_run *r = *state;

	assert_int_equal(import_text(r, xml), 0);
	assert_counts(r, 3, 0, 0, 0);
	assert_int_equal(import_text(r, xml), 0);
	assert_counts(r, 0, 3, 0, 0);
}

static void
an_entry_that_stands_twice_in_a_statement_is_one(void **state)
{
	static const char xml[] =
	    HEAD ENTRY("10.00", "4711", USTRD("INV-2026-000001"))
		ENTRY("10.00", "4711", USTRD("INV-2026-000001")) TAIL;
	struct ctl_run *r = *state;

	assert_int_equal(import_text(r, xml), 0);
	assert_counts(r, 1, 1, 0, 0);
	assert_int_equal(balance(r, "INV-2026-000001"), 6000);
}

/* clang-format off */
static void
what_is_not_certain_is_left_to_people(void **state)
{
	static const struct {
		const char *entry, *reason;
	} cases[] = {
		{ ENTRY("10.00", "1", ""), "names no invoice" },
		/* of nobody; of the other tenant; mistyped */
		{ ENTRY("10.00", "2", STRD("RF581INV2026000005")),
		  "names no invoice" },
		{ ENTRY("10.00", "3", STRD("RF442INV2026000001")),
		  "names no invoice" },
		{ ENTRY("10.00", "4", STRD("RF691INV2026000002")),
		  "names no invoice" },
		{ ENTRY("10.00", "5", USTRD("INV-2026-000001 INV-2026-000003")),
		  "several customers" },
		{ ENTRY("0.00", "6", USTRD("INV-2026-000001")), "more than zero" },
		{ ENTRY("9999999999999.00", "7", USTRD("INV-2026-000001")),
		  "too large" },
		{ "<Ntry><Amt Ccy=\"CHF\">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
		  "<Sts>BOOK</Sts><BookgDt><Dt>2026-03-16</Dt></BookgDt>"
		  "<AddtlNtryInf>INV-2026-000001</AddtlNtryInf></Ntry>",
		  "another currency" },
		{ "<Ntry><Amt Ccy=\"EUR\">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
		  "<Sts>BOOK</Sts><BookgDt><Dt>2999-03-16</Dt></BookgDt>"
		  "<AddtlNtryInf>INV-2026-000001</AddtlNtryInf></Ntry>",
		  "after today" },
		{ "<Ntry><Amt Ccy=\"EUR\">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
		  "<Sts>BOOK</Sts><BookgDt><Dt>2026-03-16</Dt></BookgDt><NtryDtls>"
		  "<TxDtls><Amt Ccy=\"EUR\">4.00</Amt></TxDtls><TxDtls>"
		  "<Amt Ccy=\"EUR\">4.00</Amt><RmtInf><Ustrd>INV-2026-000001"
		  "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>", "add up" },
	};
	struct ctl_run *r = *state;
	char xml[4096];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(xml, sizeof(xml), "%s%s%s", HEAD, cases[i].entry, TAIL);
		assert_int_equal(import_text(r, xml), 0);
		assert_has(r->out, cases[i].reason);
		assert_has(r->out, "\"unmatched\"");
	}
	assert_int_equal(payments(r), 0);
}
/* clang-format on */

static void
several_invoices_are_paid_in_the_order_they_are_named(void **state)
{
	struct ctl_run *r = *state;

	assert_int_equal(
	    import_text(
		r, HEAD ENTRY("130.00", "1",
		       USTRD("INV-2026-000002 + INV-2026-000001")) TAIL),
	    0);
	assert_counts(r, 1, 0, 0, 0);
	assert_int_equal(balance(r, "INV-2026-000002"), 0);
	assert_int_equal(balance(r, "INV-2026-000001"), 6000);
}

static void
the_structured_reference_counts_before_the_text(void **state)
{
	struct ctl_run *r = *state;

	assert_int_equal(import_text(r, HEAD ENTRY("10.00", "1",
					    USTRD("INV-2026-000003") STRD(
						"RF691INV2026000001")) TAIL),
	    0);
	assert_entry(r, 0, "invoice", "INV-2026-000001");
	/* One that says nothing to us does not. */
	assert_int_equal(import_text(r, HEAD ENTRY("10.00", "2",
					    USTRD("INV-2026-000003")
						STRD("RF18539007547034")) TAIL),
	    0);
	assert_entry(r, 0, "invoice", "INV-2026-000003");
}

static void
money_for_a_cancelled_invoice_is_the_customers_all_the_same(void **state)
{
	struct ctl_run *r = *state;

	RUN(0, NULL, "invoice", "add", "anna@example.net", "--line",
	    "Router;1;10.00;0");
	RUN(0, NULL, "invoice", "cancel", "anna@example.net",
	    "INV-2026-000005");
	assert_int_equal(import_text(r, HEAD ENTRY("500.00", "1",
					    STRD("RF581INV2026000005")) TAIL),
	    0);
	assert_counts(r, 1, 0, 0, 0);
	assert_entry(r, 0, "reason", "The invoice was cancelled.");
	assert_entry(r, 0, "left_as_credit", "310.77");
	assert_int_equal(balance(r, "INV-2026-000001"), 0);
}

/* A proforma of 50.00 of Anna, who owes nothing else. */
static void
proforma_setup(struct ctl_run *r, char number[33])
{
	json_t *v;

	RUN(0, NULL, "payment", "add", "anna@example.net", "190.00",
	    "--invoice", "INV-2026-000001");
	RUN(0, NULL, "proforma", "add", "anna@example.net", "--line",
	    "Router;1;50.00;0", "--json");
	v = ctl_run_json(r);
	snprintf(
	    number, 33, "%s", json_string_value(json_object_get(v, "number")));
	json_decref(v);
}

static void
assert_proforma(struct ctl_run *r, const char *number, const char *status)
{
	RUN(0, NULL, "proforma", "show", "anna@example.net", number);
	assert_has(r->out, status);
}

static void
import_one(struct ctl_run *r, const char *amount, const char *bank,
    const char *remittance)
{
	char xml[2048];

	snprintf(xml, sizeof(xml), HEAD ENTRY("%s", "%s", "%s") TAIL, amount,
	    bank, remittance);
	assert_int_equal(import_text(r, xml), 0);
}

static void
a_transfer_for_a_proforma_makes_its_invoice_and_pays_it(void **state)
{
	struct ctl_run *r = *state;
	char number[33], text[REFERENCE_SIZE + 64], reference[REFERENCE_SIZE];

	proforma_setup(r, number);
	assert_true(reference_make(reference, 1, number));
	snprintf(text, sizeof(text), STRD("%s"), reference);
	import_one(r, "50.00", "1", text);
	assert_entry(r, 0, "outcome", "booked");
	assert_entry(r, 0, "proforma", number);
	assert_entry(r, 0, "invoice", "INV-2026-000005");
	assert_entry(r, 0, "left_as_credit", "0.00");
	assert_entry(r, 0, "reason", "");
	assert_proforma(r, number, "Paid");
	assert_int_equal(balance(r, "INV-2026-000005"), 0);
	/* Once more: nothing is made of it but credit, and it says so. */
	import_one(r, "50.00", "2", text);
	assert_entry(r, 0, "outcome", "booked");
	assert_entry(r, 0, "invoice", "");
	assert_entry(r, 0, "left_as_credit", "50.00");
	assert_entry(r, 0, "reason", "The proforma was paid before.");
	assert_int_equal(count(r, "SELECT COUNT(*) FROM invoice WHERE number = "
				  "'INV-2026-000006'"),
	    0);
}

static void
less_than_a_proforma_is_credit_and_more_pays_it(void **state)
{
	struct ctl_run *r = *state;
	char number[33], text[96];

	proforma_setup(r, number);
	snprintf(text, sizeof(text), USTRD("for %s, thanks"), number);
	import_one(r, "49.99", "1", text);
	assert_entry(r, 0, "outcome", "booked");
	assert_entry(r, 0, "proforma", number);
	assert_entry(r, 0, "invoice", "");
	assert_entry(r, 0, "left_as_credit", "49.99");
	assert_entry(r, 0, "reason",
	    "It is less than the proforma's total, which stays unpaid.");
	assert_proforma(r, number, "Unpaid");
	import_one(r, "50.01", "2", text);
	assert_entry(r, 0, "invoice", "INV-2026-000005");
	assert_entry(r, 0, "left_as_credit", "0.01");
	assert_proforma(r, number, "Paid");
	snprintf(text, sizeof(text), USTRD("%s INV-2026-000001"), number);
	import_one(r, "50.00", "3", text);
	assert_entry(r, 0, "outcome", "unmatched");
	assert_entry(r, 0, "reason", "It names a proforma and something else.");
}

static void
a_statement_of_another_account_is_refused(void **state)
{
	struct ctl_run *r = *state;

	scratch_sql(
	    &r->f.scratch, "UPDATE tenant SET iban = 'IE29AIBK93115212345678'");
	RUN(1, NULL, "import", "camt", MARCH);
	assert_has(r->err, "of the account " IBAN);
	assert_has(r->err, "IE29AIBK93115212345678");
	scratch_sql(&r->f.scratch, "UPDATE tenant SET iban = ''");
	RUN(1, NULL, "import", "camt", MARCH);
	assert_has(r->err, "has no IBAN");
	assert_int_equal(payments(r), 0);
}

/* Then a bare number could be either's, and only references tell. */
static void
of_an_account_of_two_tenants_only_references_count(void **state)
{
	struct ctl_run *r = *state;

	scratch_sql(&r->f.scratch, "UPDATE tenant SET iban = '" IBAN "'");
	RUN(0, NULL, "import", "camt", MARCH, "--json");
	assert_counts(r, 3, 0, 2, 2);
	assert_entry(r, 1, "outcome", "unmatched");
}

static void
assert_refused(struct ctl_run *r, const char *xml, const char *why)
{
	assert_int_equal(import_text(r, xml), 1);
	assert_string_equal(r->out, "");
	assert_has(r->err, why);
	assert_int_equal(payments(r), 0);
}

/* A good entry stands first in all of them, and is not booked. */
#define GOOD ENTRY("10.00", "1", USTRD("INV-2026-000001"))

static void
what_is_no_statement_is_refused_whole(void **state)
{
	struct ctl_run *r = *state;

	assert_refused(r, "", "empty");
	assert_refused(r, "{\"json\": 1}", "no XML");
	assert_refused(r, "<a/>", "camt.053.001.02 to .08");
	assert_refused(r, "<Document/>", "camt.053.001.02 to .08");
	assert_refused(
	    r, "<Document><BkToCstmrStmt/></Document>", "no statement in it");
	assert_refused(r,
	    "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.09'>"
	    "<BkToCstmrStmt/></Document>",
	    "camt.053.001.02 to .08");
	assert_refused(r,
	    "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.052.001.02'>"
	    "<BkToCstmrStmt/></Document>",
	    "camt.053.001.02 to .08");
	assert_refused(r,
	    HEAD GOOD "</Stmt><Stmt><Acct><Id><IBAN>IE29AIBK93115212345678"
		      "</IBAN></Id></Acct>" TAIL,
	    "several accounts");
	assert_refused(r, HEAD GOOD "</Stmt><Stmt>" TAIL, "no IBAN");
	assert_refused(r, HEAD GOOD "<Ntry/>" TAIL, "neither");
	assert_refused(r, HEAD GOOD ENTRY("1.001", "2", "") TAIL, "no amount");
	assert_refused(r, HEAD GOOD ENTRY("-1", "2", "") TAIL, "no amount");
	assert_refused(r, HEAD GOOD ENTRY("1e3", "2", "") TAIL, "no amount");
	assert_refused(r, HEAD GOOD ENTRY(".", "2", "") TAIL, "no amount");
	assert_refused(r, HEAD GOOD ENTRY("", "2", "") TAIL, "no amount");
	assert_refused(r,
	    HEAD GOOD ENTRY("99999999999999999999999999", "2", "") TAIL,
	    "no amount");
	RUN(1, NULL, "import", "camt", "/nonexistent.xml");
	assert_has(r->err, "cannot be read");
	RUN(1, NULL, "import", "camt", "/");
	assert_has(r->err, "cannot be read");
}

static void
a_truncated_file_is_refused_wherever_it_ends(void **state)
{
	static const char xml[] = HEAD GOOD TAIL;
	struct ctl_run *r = *state;
	char cut[sizeof(xml)];

	for (size_t n = 1; n < sizeof(xml) - 1; n += 37) {
		snprintf(cut, sizeof(cut), "%.*s", (int)n, xml);
		assert_refused(r, cut, "no XML");
	}
	snprintf(cut, sizeof(cut), "%.*s", (int)sizeof(xml) - 2, xml);
	assert_refused(r, cut, "no XML");
	assert_int_equal(import_text(r, xml), 0);
	assert_counts(r, 1, 0, 0, 0);
}

/* Nothing that a DTD declares is ever looked at. */
static void
entities_are_refused_unread(void **state)
{
	struct ctl_run *r = *state;
	char xml[8192], secret[128];
	FILE *f;
	size_t n;

	snprintf(secret, sizeof(secret), "%s/secret", r->f.scratch.dir);
	assert_non_null(f = fopen(secret, "we"));
	fputs("INV-2026-000001", f);
	fclose(f);
	snprintf(xml, sizeof(xml),
	    "<!DOCTYPE Document [<!ENTITY x SYSTEM \"file://%s\">]>%s", secret,
	    strchr(HEAD ENTRY("10.00", "1", USTRD("&x;")) TAIL, '\n'));
	assert_refused(r, xml, "document type definition");
	assert_refused(r,
	    "<!DOCTYPE Document SYSTEM \"http://127.0.0.1:1/x.dtd\">"
	    "<Document/>",
	    "document type definition");
	assert_refused(r,
	    "<!DOCTYPE Document [<!ENTITY % p SYSTEM "
	    "\"http://127.0.0.1:1/x\"> %p;]><Document/>",
	    "document type definition");
	n = (size_t)snprintf(
	    xml, sizeof(xml), "<!DOCTYPE lolz [<!ENTITY a \"ha\">");
	for (char c = 'b'; c <= 'z'; c++) {
		n += (size_t)snprintf(
		    xml + n, sizeof(xml) - n, "<!ENTITY %c \"", c);
		for (int i = 0; i < 10; i++)
			n += (size_t)snprintf(
			    xml + n, sizeof(xml) - n, "&%c;", c - 1);
		n += (size_t)snprintf(xml + n, sizeof(xml) - n, "\">");
	}
	snprintf(xml + n, sizeof(xml) - n, "]><Document>&z;</Document>");
	assert_refused(r, xml, "document type definition");
	assert_refused(
	    r, HEAD ENTRY("10.00", "1", USTRD("&undeclared;")) TAIL, "no XML");
	unlink(secret);
}

static void
bytes_that_are_not_the_encoding_they_claim_are_refused(void **state)
{
	struct ctl_run *r = *state;

	assert_refused(
	    r, HEAD GOOD ENTRY("10.00", "2", USTRD("J\xf6rg")) TAIL, "no XML");
	assert_refused(r,
	    "<?xml version=\"1.0\" encoding=\"klingon\"?><Document/>",
	    "no XML");
	assert_refused(
	    r, HEAD ENTRY("10.00", "2", USTRD("a&#0;b")) TAIL, "no XML");
}

static void
a_huge_file_is_refused_and_a_deep_one(void **state)
{
	char problem[CAMT_PROBLEM];
	struct camt camt;
	size_t n = CAMT_FILE_MAX + 1;
	char *bytes = malloc(n);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, ' ', n);
	memcpy(bytes, "<Document>", 10);
	assert_int_equal(camt_read(&camt, bytes, n, problem), ERR_BAD_INPUT);
	assert_string_equal(problem, "It is larger than 16 MB.");
	for (size_t i = 0; i + 3 <= 3000; i += 3)
		memcpy(bytes + i, "<a>", 3);
	assert_int_equal(camt_read(&camt, bytes, 3000, problem), ERR_BAD_INPUT);
	assert_has(problem, "no XML");
	free(bytes);
}

static void
nothing_hostile_reaches_the_terminal(void **state)
{
	struct ctl_run *r = *state;

	RUN(0,
	    HEAD ENTRY("10.00", "1&#9;&#10;x\xe2\x80\xae",
		USTRD("\xe2\x80\xaegnp.exe \xc2\x9b[31m")) TAIL,
	    "import", "camt", "-");
	assert_has(r->out, "unmatched");
	assert_null(strstr(r->out, "\xe2\x80\xae"));
	assert_null(strstr(r->out, "\xc2\x9b"));
}

static void
a_text_longer_than_any_field_is_cut_not_refused(void **state)
{
	struct ctl_run *r = *state;
	size_t n = 300000;
	char *xml = malloc(n + 4096);
	int at;

	assert_non_null(xml);
	at = sprintf(xml, "%s",
	    HEAD "<Ntry><Amt Ccy=\"EUR\">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
		 "<Sts>BOOK</Sts><BookgDt><Dt>2026-03-16</Dt></BookgDt>"
		 "<NtryDtls><TxDtls><RmtInf><Ustrd>INV-2026-000001 ");
	memset(xml + at, 'x', n);
	strcpy(
	    xml + at + n, "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>" TAIL);
	assert_int_equal(import_text(r, xml), 0);
	assert_counts(r, 1, 0, 0, 0);
	free(xml);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, ctl_run_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_statement_pays_what_it_names),
	    TEST(each_entry_says_what_became_of_it),
	    TEST(people_read_the_same_in_lines),
	    TEST(money_is_received_on_the_day_the_bank_booked_it),
	    TEST(a_dry_run_changes_nothing),
	    TEST(a_statement_imported_twice_is_booked_once),
	    TEST(an_entry_that_comes_in_another_statement_is_the_same),
	    TEST(imports_at_the_same_time_book_once),
	    TEST(a_reference_that_names_everything_names_nothing),
	    TEST(an_entry_that_stands_twice_in_a_statement_is_one),
	    TEST(what_is_not_certain_is_left_to_people),
	    TEST(several_invoices_are_paid_in_the_order_they_are_named),
	    TEST(the_structured_reference_counts_before_the_text),
	    TEST(money_for_a_cancelled_invoice_is_the_customers_all_the_same),
	    TEST(a_transfer_for_a_proforma_makes_its_invoice_and_pays_it),
	    TEST(less_than_a_proforma_is_credit_and_more_pays_it),
	    TEST(a_statement_of_another_account_is_refused),
	    TEST(of_an_account_of_two_tenants_only_references_count),
	    TEST(what_is_no_statement_is_refused_whole),
	    TEST(a_truncated_file_is_refused_wherever_it_ends),
	    TEST(entities_are_refused_unread),
	    TEST(bytes_that_are_not_the_encoding_they_claim_are_refused),
	    cmocka_unit_test(a_huge_file_is_refused_and_a_deep_one),
	    TEST(nothing_hostile_reaches_the_terminal),
	    TEST(a_text_longer_than_any_field_is_cut_not_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

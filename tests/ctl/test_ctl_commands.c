/* portalctl's commands on customers, logins, keys and money. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl_run.h"
#include "data/auth.h"
#include "data/ticket.h"

#define KEY                                                                    \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFpaWlpaWlpaWlpaWlpaWlpa"         \
	"WlpaWlpaWlpaWlpaWlpa zoe@laptop\n"

static void
assert_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text);
}

static const char *
str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (s == NULL)
		fail_msg("no string %s", key);
	return s;
}

#define RUN(status, ...) assert_int_equal(ctl_run(r, __VA_ARGS__, NULL), status)

static void
wrong_command_lines_end_with_2(void **state)
{
	struct ctl_run *r = *state;

	RUN(2, NULL, "frobnicate");
	assert_has(r->err, "portalctl help");
	RUN(2, NULL, "customer");
	RUN(2, NULL, "customer", "show");
	assert_has(r->err, "Usage: portalctl [-c FILE] customer show");
	RUN(2, NULL, "customer", "show", "a", "b");
	RUN(2, NULL, "customer", "show", "a", "--frob");
	RUN(2, NULL, "customer", "show", "a", "--tenant");
	RUN(2, NULL, "customer", "show", "a", "--json=1");
	RUN(2, NULL, "payment", "add", "anna@example.net", "12,5");
	RUN(2, NULL, "payment", "add", "anna@example.net", "1.005");
	RUN(2, NULL, "payment", "add", "anna@example.net", "1", "--date",
	    "2026-02-30");
	assert_string_equal(r->out, "");
}

static void
an_option_given_twice_is_refused(void **state)
{
	struct ctl_run *r = *state;

	RUN(2, NULL, "invoice", "add", "anna@example.net", "--line",
	    "One;1;10.00;20", "--line", "Two;1;5.00;20");
	assert_has(r->err, "--line is given twice. Nothing was changed.");
	assert_has(r->err, "--line2 VALUE");
	assert_string_equal(r->out, "");
	RUN(2, NULL, "customer", "list", "--find=a", "--find", "b");
	assert_has(r->err, "--find is given twice");
}

static void
a_wrong_option_before_the_command_is_told(void **state)
{
	struct ctl_run *r = *state;

	RUN(2, NULL, "--version");
	assert_has(r->err, "portalctl has no option --version.");
	assert_has(r->err, "--tenant NAME");
	assert_null(strstr(r->err, "null"));
}

static void
help_lists_every_command(void **state)
{
	struct ctl_run *r = *state;
	size_t i;

	RUN(0, NULL, "help");
	for (i = 0; i < ctl_commands_count; i++)
		assert_has(r->out, ctl_commands[i].name);
	RUN(0, NULL, "customer", "add", "--help");
	assert_has(r->out, "--vat-id VALUE");
}

static void
a_wrong_configuration_key_is_told_with_its_line(void **state)
{
	struct ctl_run *r = *state;
	FILE *f = fopen(r->conf, "ae");

	fputs("frob = 1\n", f);
	fclose(f);
	RUN(1, NULL, "tenant", "list");
	assert_has(r->err, "portal.conf:3: ");
}

static void
a_missing_store_says_how_to_make_one(void **state)
{
	struct ctl_run *r = *state;

	scratch_drop(&r->f.scratch);
	RUN(1, NULL, "tenant", "list");
	assert_has(r->err, "portalctl init");
	if (!scratch_on_postgresql()) {
		RUN(1, NULL, "upgrade");
		assert_has(r->err, "portalctl init");
	}
}

static void
what_is_no_store_is_told_with_the_file_that_names_it(void **state)
{
	struct ctl_run *r = *state;
	FILE *f = fopen(r->conf, "we");

	fputs("[store]\nurl = sqlite:/\n", f);
	fclose(f);
	RUN(1, NULL, "tenant", "list");
	assert_has(r->err, "Check url of [store] in ");
	assert_has(r->err, r->conf);
}

static void
a_newer_store_is_refused_unharmed(void **state)
{
	struct ctl_run *r = *state;

	scratch_sql(
	    &r->f.scratch, "INSERT INTO schema_version VALUES (9999, 1)");
	RUN(1, NULL, "tenant", "list");
	assert_has(r->err, "newer");
	RUN(1, NULL, "upgrade");
	assert_has(r->err, "newer");
	assert_int_equal(scratch_int(&r->f.scratch,
			     "SELECT MAX(version) FROM schema_version"),
	    9999);
}

static void
customer_is_added_and_found(void **state)
{
	struct ctl_run *r = *state;
	char number[33];
	json_t *v;

	RUN(0, NULL, "customer", "add", "--name", "Zoë Novák", "--email",
	    "zoe@example.net", "--city", "Wien", "--json");
	v = ctl_run_json(r);
	snprintf(number, sizeof(number), "%s", str(v, "number"));
	assert_string_equal(str(v, "state"), "active");
	json_decref(v);
	RUN(0, NULL, "customer", "show", number);
	assert_has(r->out, "name: Zoë Novák\n");
	RUN(0, NULL, "customer", "list", "--find", "zoe nov", "--json");
	v = ctl_run_json(r);
	assert_int_equal(json_array_size(v), 1);
	json_decref(v);
	RUN(1, NULL, "customer", "show", "nobody@example.net");
	assert_has(r->err, "customer list");
	RUN(1, NULL, "customer", "add", "--name", "X", "--email", "no mail");
	RUN(2, NULL, "customer", "add", "--name", "X");
}

static void
a_customer_can_be_named_or_it_is_told_why_not(void **state)
{
	struct ctl_run *r = *state;

	RUN(2, NULL, "customer", "add", "--name", "X", "--email", "x@x.example",
	    "--number", "anna@example.net");
	assert_has(r->err, "without \"@\"");
	RUN(0, NULL, "customer", "add", "--name", "One", "--email",
	    "same@example.net");
	RUN(0, NULL, "customer", "add", "--name", "Two", "--email",
	    "same@example.net");
	RUN(1, NULL, "payment", "add", "same@example.net", "1");
	assert_has(r->err, "or more than one, has the e-mail");
	assert_has(r->err, "customer list --find same@example.net");
}

static void
a_wrong_iban_is_refused(void **state)
{
	struct ctl_run *r = *state;

	RUN(2, NULL, "tenant", "add", "other", "--brand", "Other", "--currency",
	    "EUR", "--zone", "UTC", "--iban", "AT61 1904 3002 3457 3202");
	assert_has(r->err, "AT61 1904 3002 3457 3202");
	RUN(0, NULL, "tenant", "add", "other", "--brand", "Other", "--currency",
	    "EUR", "--zone", "UTC", "--iban", "AT61 1904 3002 3457 3201");
}

static void
tenants_are_apart(void **state)
{
	struct ctl_run *r = *state;
	json_t *v;

	RUN(1, NULL, "customer", "show", "caro@example.net");
	RUN(0, NULL, "--tenant", "ruralnet", "customer", "show",
	    "caro@example.net", "--json");
	v = ctl_run_json(r);
	assert_string_equal(
	    str(json_object_get(v, "account"), "currency"), "CHF");
	json_decref(v);
	RUN(1, NULL, "customer", "list", "--tenant", "nowhere");
	assert_has(r->err, "tenant list");
	RUN(0, NULL, "tenant", "list", "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(json_array_get(v, 0), "name"), "portal");
	assert_int_equal(json_array_size(v), 2);
	json_decref(v);
}

static void
a_password_comes_from_standard_input(void **state)
{
	struct ctl_run *r = *state;
	char hash[PASSWORD_HASH];

	RUN(0, "sesame and more\n", "login", "password", "bert@example.net");
	assert_null(strstr(r->out, "sesame"));
	scratch_str(&r->f.scratch, hash, sizeof(hash),
	    "SELECT password FROM login WHERE email = 'bert@example.net'");
	assert_true(password_verify(hash, "sesame and more"));
	RUN(1, "short\n", "login", "password", "bert@example.net");
	assert_has(r->err, "8 characters");
	RUN(1, "", "login", "password", "bert@example.net");
}

/* What comes after it would not count. */
static void
a_password_with_a_nul_is_refused(void **state)
{
	static const char typed[] = "abcdefgh\0ijkl\n";
	char password[PASSWORD_MAX + 2];
	int pipes[2], was = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(
	    write(pipes[1], typed, sizeof(typed) - 1), sizeof(typed) - 1);
	dup2(pipes[0], STDIN_FILENO);
	assert_int_equal(
	    ctl_read_password(password, sizeof(password)), CTL_FAILED);
	dup2(was, STDIN_FILENO);
	close(was);
	close(pipes[0]);
	close(pipes[1]);
}

static void
hostile_words_do_not_reach_the_terminal(void **state)
{
	struct ctl_run *r = *state;

	RUN(1, NULL, "customer", "show", "\033[31m\n\xe2\x80\xae");
	assert_null(strchr(r->err, '\033'));
	assert_null(strstr(r->err, "\xe2\x80\xae"));
	assert_int_equal(strcspn(r->err, "\n") + 1, strlen(r->err));
}

static void
find_has_no_wildcards(void **state)
{
	static char large[100000];
	struct ctl_run *r = *state;

	memset(large, 'a', sizeof(large) - 1);
	RUN(0, NULL, "customer", "list", "--find", "anna");
	assert_has(r->out, "anna@example.net");
	RUN(0, NULL, "customer", "list", "--find", "a_na");
	assert_string_equal(r->out, "None.\n");
	RUN(0, NULL, "customer", "list", "--find", "%");
	assert_string_equal(r->out, "None.\n");
	RUN(0, NULL, "customer", "list", "--find", large);
	assert_string_equal(r->out, "None.\n");
}

static void
a_login_is_added_disabled_and_enabled(void **state)
{
	static const char disabled[] =
	    "SELECT disabled FROM login "
	    "WHERE email = 'second.anna@example.net'";
	struct ctl_run *r = *state;

	RUN(0, "sesame and more\n", "login", "add", "second.anna@example.net",
	    "--customer", "anna@example.net");
	RUN(1, "sesame and more\n", "login", "add", "second.anna@example.net",
	    "--customer", "anna@example.net");
	RUN(0, NULL, "login", "disable", "second.anna@example.net");
	assert_int_equal(scratch_int(&r->f.scratch, disabled), 1);
	RUN(0, NULL, "login", "enable", "second.anna@example.net");
	assert_int_equal(scratch_int(&r->f.scratch, disabled), 0);
	RUN(2, NULL, "login", "add", "x@example.net");
	RUN(0, NULL, "login", "add", "nopass@example.net", "--customer",
	    "anna@example.net", "--no-password");
	assert_int_equal(scratch_int(&r->f.scratch,
			     "SELECT password = '' "
			     "FROM login WHERE email = 'nopass@example.net'"),
	    1);
}

static void
a_key_is_registered_once(void **state)
{
	struct ctl_run *r = *state;

	RUN(0, KEY, "key", "add", "anna@example.net", "-");
	assert_has(r->out, "SHA256:");
	RUN(1, KEY, "key", "add", "anna@example.net", "-");
	RUN(1, KEY, "key", "add", "nobody@example.net", "-");
	RUN(1, "", "key", "add", "anna@example.net", "-");
	RUN(1, "ssh-ed25519 AAAA\n", "key", "add", "anna@example.net", "-");
	RUN(1, NULL, "key", "add", "anna@example.net", "/nonexistent.pub");
	RUN(1, "-----BEGIN OPENSSH PRIVATE KEY-----\n", "key", "add",
	    "anna@example.net", "-");
	assert_has(r->err, ".pub");
}

static void
an_invoice_is_issued_paid_and_shown(void **state)
{
	struct ctl_run *r = *state;
	char number[33];
	json_t *v;

	RUN(0, NULL, "invoice", "add", "bert@example.net", "--line",
	    "Router; black;2;41.25;20", "--line2", "Handbook;1;12.00;10",
	    "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(v, "total"), "112.20");
	/* 0.77 of credit was there and is used at once */
	assert_string_equal(str(v, "balance"), "111.43");
	assert_string_equal(
	    str(json_array_get(json_object_get(v, "lines"), 0), "description"),
	    "Router; black");
	snprintf(number, sizeof(number), "%s", str(v, "number"));
	json_decref(v);
	RUN(0, NULL, "payment", "add", "bert@example.net", "100.00",
	    "--invoice", number, "--method", "cash", "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(v, "left_as_credit"), "0.00");
	assert_non_null(strstr(str(v, "receipt"), "RCP-"));
	json_decref(v);
	RUN(0, NULL, "invoice", "show", "bert@example.net", number, "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(v, "balance"), "11.43");
	assert_string_equal(str(v, "status"), "Partially paid");
	json_decref(v);
	RUN(1, NULL, "invoice", "show", "anna@example.net", number);
	RUN(2, NULL, "invoice", "add", "bert@example.net");
	RUN(2, NULL, "invoice", "add", "bert@example.net", "--line", "x;1;2");
}

static void
cancelling_gives_back_what_was_paid(void **state)
{
	struct ctl_run *r = *state;
	json_t *all, *v;

	RUN(0, NULL, "credit", "add", "anna@example.net", "500");
	RUN(0, NULL, "invoice", "cancel", "anna@example.net",
	    r->f.of[WHO_ANNA].invoice_number);
	RUN(0, NULL, "customer", "show", "anna@example.net", "--json");
	all = ctl_run_json(r);
	v = json_object_get(all, "account");
	/* 0.77 and 500 of credit, 50 paid, against 120 that are left */
	assert_string_equal(str(v, "balance"), "-430.77");
	json_decref(all);
	RUN(1, NULL, "invoice", "cancel", "anna@example.net",
	    r->f.of[WHO_ANNA].invoice_number);
	assert_has(r->err, "is cancelled already");
}

static void
block_and_payment_restore(void **state)
{
	static const char customer_state[] =
	    "SELECT state = 'blocked' FROM "
	    "customer WHERE email = 'anna@example.net'";
	struct ctl_run *r = *state;

	RUN(0, NULL, "customer", "block", "anna@example.net");
	assert_int_equal(scratch_int(&r->f.scratch, customer_state), 1);
	RUN(0, NULL, "payment", "add", "anna@example.net", "500.00");
	assert_int_equal(scratch_int(&r->f.scratch, customer_state), 0);
	RUN(0, NULL, "customer", "block", "anna@example.net");
	RUN(0, NULL, "customer", "unblock", "anna@example.net");
	assert_int_equal(scratch_int(&r->f.scratch, customer_state), 0);
}

static void
a_ticket_is_answered_as_staff(void **state)
{
	struct ctl_run *r = *state;
	char id[24];

	snprintf(id, sizeof(id), "#%lld", (long long)r->f.of[WHO_ANNA].ticket);
	RUN(0, "From a file.\n", "ticket", "reply", "anna@example.net", id, "-",
	    "--author", "Sam");
	assert_int_equal(
	    scratch_int(&r->f.scratch,
		"SELECT COUNT(*) FROM "
		"ticket_message WHERE body = 'From a file.' AND by_staff = 1 "
		"AND author = 'Sam'"),
	    1);
	RUN(1, NULL, "ticket", "reply", "bert@example.net", id, "x");
	RUN(2, NULL, "ticket", "reply", "anna@example.net", "x", "x");
}

static void
a_setting_is_checked(void **state)
{
	struct ctl_run *r = *state;

	RUN(0, NULL, "setting", "set", "tabs", "overview,billing");
	RUN(0, NULL, "setting", "list");
	assert_has(r->out, "tabs                no       overview,billing\n");
	assert_has(r->out, "suspend_after_days  yes      14\n");
	RUN(1, NULL, "setting", "set", "tabs", "overview,frob");
	assert_has(r->err, "tickets");
	RUN(1, NULL, "setting", "set", "frob", "1");
	assert_has(r->err, "suspend_after_days");
}

static void
plans_and_services_are_added(void **state)
{
	struct ctl_run *r = *state;

	RUN(0, NULL, "plan", "add", "Fast", "--type", "internet", "--price",
	    "10.00", "--tax", "13.5");
	RUN(1, NULL, "plan", "add", "Fast", "--type", "internet", "--price",
	    "10.00", "--tax", "13.5");
	RUN(2, NULL, "plan", "add", "Other", "--type", "internet", "--price",
	    "10.00", "--tax", "200");
	RUN(0, NULL, "service", "add", "anna@example.net", "Fast", "At home",
	    "--since", "2026-01-31");
	assert_has(r->out, "since: 2026-01-31\n");
	RUN(1, NULL, "service", "add", "anna@example.net", "Nope", "x");
	RUN(0, NULL, "service", "add", "anna@example.net", "Fast",
	    "At \xff work");
	assert_has(r->out, "description: At ? work\n");
}

static void
a_proforma_is_paid_once_and_cancelled_only_before(void **state)
{
	struct ctl_run *r = *state;
	char number[33];
	json_t *v;

	RUN(0, NULL, "proforma", "add", "anna@example.net", "--line",
	    "Router;1;10.00;20", "--due", "2099-01-31", "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(v, "total"), "12.00");
	assert_string_equal(str(v, "status"), "Unpaid");
	assert_string_equal(str(v, "due"), "2099-01-31");
	snprintf(number, sizeof(number), "%s", str(v, "number"));
	json_decref(v);
	RUN(1, NULL, "proforma", "show", "bert@example.net", number);
	RUN(1, NULL, "payment", "add", "anna@example.net", "11.99",
	    "--proforma", number);
	assert_has(r->err, "less than the proforma's total");
	RUN(2, NULL, "payment", "add", "anna@example.net", "12.00",
	    "--proforma", number, "--invoice", "INV-2026-000001");
	RUN(0, NULL, "payment", "add", "anna@example.net", "12.00",
	    "--proforma", number, "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(v, "left_as_credit"), "0.00");
	assert_int_equal(json_array_size(json_object_get(v, "invoices")), 1);
	json_decref(v);
	RUN(0, NULL, "proforma", "list", "anna@example.net", "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(json_array_get(v, 0), "number"), number);
	assert_string_equal(str(json_array_get(v, 0), "status"), "Paid");
	json_decref(v);
	RUN(1, NULL, "proforma", "cancel", "anna@example.net", number);
	assert_has(r->err, "paid or cancelled already");
	RUN(0, NULL, "proforma", "cancel", "bert@example.net",
	    r->f.of[WHO_BERT].proforma_number);
	RUN(2, NULL, "proforma", "add", "anna@example.net");
}

static void
a_credit_note_is_of_an_invoice_and_not_above_it(void **state)
{
	struct ctl_run *r = *state;
	const char *number = r->f.of[WHO_CARO].invoice_number;
	json_t *v;

	RUN(1, NULL, "credit-note", "add", "caro@example.net", number,
	    "--tenant", "ruralnet", "--line", "Too much;1;1000.00;20");
	assert_has(r->err, "more than what is left");
	RUN(0, NULL, "credit-note", "add", "caro@example.net", number,
	    "--tenant", "ruralnet", "--line", "Half;1;10.00;20", "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(v, "total"), "12.00");
	assert_string_equal(str(v, "invoice"), number);
	json_decref(v);
	RUN(1, NULL, "credit-note", "add", "caro@example.net", number,
	    "--tenant", "ruralnet");
	RUN(1, NULL, "invoice", "cancel", "caro@example.net", number,
	    "--tenant", "ruralnet");
	assert_has(r->err, "A credit note corrects this invoice");
	RUN(0, NULL, "credit-note", "list", "caro@example.net", "--tenant",
	    "ruralnet");
	assert_has(r->out, "Used");
	RUN(1, NULL, "credit-note", "add", "anna@example.net",
	    r->f.of[WHO_BERT].invoice_number);
}

static void
what_is_left_of_a_credit_note_is_paid_out_once(void **state)
{
	struct ctl_run *r = *state;
	char number[33];
	json_t *v;

	RUN(0, NULL, "payment", "add", "anna@example.net", "190.00");
	RUN(0, NULL, "credit-note", "add", "anna@example.net",
	    "INV-2026-000001", "--line", "Outage;1;10.00;0", "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(v, "status"), "Refund due");
	snprintf(number, sizeof(number), "%s", str(v, "number"));
	json_decref(v);
	RUN(0, NULL, "credit-note", "refund", "anna@example.net", number,
	    "--json");
	v = ctl_run_json(r);
	assert_string_equal(str(v, "status"), "Refunded");
	assert_string_equal(str(v, "balance"), "0.00");
	json_decref(v);
	assert_int_equal(
	    scratch_int(&r->f.scratch,
		"SELECT COUNT(*) FROM ledger l JOIN document d ON d.payment = "
		"l.payment AND d.number = l.reference WHERE l.kind = 'refund' "
		"AND l.debit = 1000 AND l.credit = 0 AND d.kind = "
		"'credit-note'"),
	    1);
	RUN(1, NULL, "credit-note", "refund", "anna@example.net", number);
	assert_has(r->err, "left to be paid out");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctl_run_setup, ctl_run_teardown)
	const struct CMUnitTest tests[] = {
	    T(wrong_command_lines_end_with_2),
	    T(an_option_given_twice_is_refused),
	    T(a_wrong_option_before_the_command_is_told),
	    T(help_lists_every_command),
	    T(a_wrong_configuration_key_is_told_with_its_line),
	    T(a_missing_store_says_how_to_make_one),
	    T(what_is_no_store_is_told_with_the_file_that_names_it),
	    T(a_newer_store_is_refused_unharmed),
	    T(customer_is_added_and_found),
	    T(a_customer_can_be_named_or_it_is_told_why_not),
	    T(a_wrong_iban_is_refused),
	    T(tenants_are_apart),
	    T(a_password_comes_from_standard_input),
	    T(a_password_with_a_nul_is_refused),
	    T(hostile_words_do_not_reach_the_terminal),
	    T(find_has_no_wildcards),
	    T(a_login_is_added_disabled_and_enabled),
	    T(a_key_is_registered_once),
	    T(an_invoice_is_issued_paid_and_shown),
	    T(a_proforma_is_paid_once_and_cancelled_only_before),
	    T(a_credit_note_is_of_an_invoice_and_not_above_it),
	    T(cancelling_gives_back_what_was_paid),
	    T(block_and_payment_restore),
	    T(a_ticket_is_answered_as_staff),
	    T(a_setting_is_checked),
	    T(plans_and_services_are_added),
	    T(what_is_left_of_a_credit_note_is_paid_out_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

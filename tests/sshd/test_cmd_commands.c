/* Commands: what they print where, and how they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd_session.h"
#include "data/listing.h"

static json_t *
parse(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (value == NULL)
		fail_msg("%s in: %s", error.text, text);
	return value;
}

static const char *
str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (s == NULL)
		fail_msg("no string %s", key);
	return s;
}

static void
assert_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text);
}

static void
help_lists_every_command_and_listing(void **state)
{
	struct cmd_session *s = *state;
	size_t i;

	assert_int_equal(cmd_session_run(s, "help", NULL), 0);
	for (i = 0; i < commands_count; i++)
		assert_has(s->out, commands[i].name);
	for (i = 0; i < listings_count; i++)
		assert_has(s->out, listings[i].name);
	assert_string_equal(s->err, "");
}

static void
every_listing_is_a_command_in_three_formats(void **state)
{
	struct cmd_session *s = *state;
	char line[64];
	json_t *v;
	size_t i;

	for (i = 0; i < listings_count; i++) {
		snprintf(line, sizeof(line), "%s --json", listings[i].name);
		assert_int_equal(cmd_session_run(s, line, NULL), 0);
		v = parse(s->out);
		assert_true(json_is_array(v) && json_array_size(v) > 0);
		json_decref(v);
		snprintf(line, sizeof(line), "%s --csv", listings[i].name);
		assert_int_equal(cmd_session_run(s, line, NULL), 0);
		assert_has(s->out, "\r\n");
		assert_int_equal(cmd_session_run(s, listings[i].name, NULL), 0);
		assert_has(s->out, listings[i].title);
	}
}

static void
wrong_usage_ends_with_2_and_prints_nothing_on_output(void **state)
{
	static const char *const lines[] = {"nonsense", "invoice",
	    "invoice 1 2", "ticket", "invoices extra", "invoices --xml",
	    "invoices --json --csv", "overview --csv", "help --json",
	    "open 'quote", "--json", "INVOICES", "rm -rf /"};
	struct cmd_session *s = *state;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (cmd_session_run(s, lines[i], NULL) != SESSION_EXIT_USAGE)
			fail_msg("%s", lines[i]);
		assert_string_equal(s->out, "");
		assert_has(s->err, "help");
	}
}

static void
an_unknown_command_lists_the_commands(void **state)
{
	struct cmd_session *s = *state;

	cmd_session_run(s, "nonsense", NULL);
	assert_has(s->err, "There is no command \"nonsense\".");
	assert_has(s->err, "transactions");
}

static void
hostile_words_come_back_harmless(void **state)
{
	struct cmd_session *s = *state;

	cmd_session_run(s, "\033[2Jevil\xe2\x80\xae%n%s", NULL);
	assert_null(strchr(s->err, '\033'));
	assert_null(strstr(s->err, "\xe2\x80\xae"));
	assert_has(s->err, "evil%n%s");
}

static void
overview_says_the_account_in_sentences(void **state)
{
	struct cmd_session *s = *state;

	assert_int_equal(cmd_session_run(s, "overview", NULL), 0);
	assert_has(s->out, "portal: Anna Łąka");
	assert_has(
	    s->out, "You owe 189.23 EUR. 189.23 EUR of it is overdue since ");
	assert_has(s->out, "Services: 1 active of 1");
	assert_has(s->out, "Tickets: 1 open, 1 waiting for you");
	assert_has(s->out, "Address: 2 Low Street, Wien, AT");
}

static void
overview_json_has_the_contract_s_keys(void **state)
{
	static const char *const keys[] = {"brand", "customer", "balance",
	    "due", "overdue", "overdue_since", "next_due", "suspension_on",
	    "currency", "invoices_open", "services_active", "services",
	    "tickets_open", "tickets_waiting", "last_invoice", "last_payment"};
	struct cmd_session *s = *state;
	json_t *v;
	size_t i;

	assert_int_equal(cmd_session_run(s, "overview --json", NULL), 0);
	v = parse(s->out);
	assert_int_equal(json_object_size(v), sizeof(keys) / sizeof(keys[0]));
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_non_null(json_object_get(v, keys[i]));
	assert_string_equal(str(v, "balance"), "189.23");
	assert_string_equal(str(v, "overdue_since"), "2026-03-30");
	assert_true(json_is_null(json_object_get(v, "next_due")));
	assert_string_equal(
	    str(json_object_get(v, "customer"), "email"), "anna@example.net");
	json_decref(v);
}

static void
hidden_profile_fields_are_not_told(void **state)
{
	struct cmd_session *s = *state;
	json_t *all, *v;

	cmd_session_setting(s, "profile.email", "hidden");
	cmd_session_setting(s, "profile.street", "hidden");
	assert_int_equal(cmd_session_run(s, "overview --json", NULL), 0);
	all = parse(s->out);
	v = json_object_get(all, "customer");
	assert_true(json_is_null(json_object_get(v, "email")));
	assert_string_equal(str(v, "address"), "Wien, AT");
	json_decref(all);
	assert_null(strstr(s->out, "anna@"));
	cmd_session_run(s, "overview", NULL);
	assert_null(strstr(s->out, "anna@"));
	assert_null(strstr(s->out, "Low Street"));
}

static void
hidden_tabs_are_refused_and_not_listed(void **state)
{
	struct cmd_session *s = *state;

	cmd_session_setting(s, "tabs", "overview,services");
	assert_int_equal(cmd_session_run(s, "invoices --json", NULL), 1);
	assert_string_equal(s->out, "");
	assert_int_equal(cmd_session_run(s, "ticket 1", NULL), 1);
	assert_int_equal(cmd_session_run(s, "services", NULL), 0);
	cmd_session_run(s, "help", NULL);
	assert_null(strstr(s->out, "transactions"));
}

static void
invoice_json_gives_all_of_it(void **state)
{
	struct cmd_session *s = *state;
	const struct holding *h = &s->f.of[WHO_ANNA];
	json_t *v, *row;
	char line[64];

	snprintf(line, sizeof(line), "invoice %s --json", h->invoice_number);
	assert_int_equal(cmd_session_run(s, line, NULL), 0);
	v = parse(s->out);
	assert_string_equal(str(v, "number"), h->invoice_number);
	assert_string_equal(str(v, "net"), "100.00");
	assert_string_equal(str(v, "tax"), "20.00");
	assert_string_equal(str(v, "total"), "120.00");
	assert_string_equal(str(v, "balance"), "70.00");
	assert_string_equal(str(v, "status"), "Overdue");
	assert_true(json_is_true(json_object_get(v, "overdue")));
	row = json_array_get(json_object_get(v, "lines"), 0);
	assert_string_equal(str(row, "quantity"), "1");
	assert_string_equal(str(row, "tax_rate"), "20");
	assert_string_equal(str(row, "net"), "100.00");
	row = json_array_get(json_object_get(v, "taxes"), 0);
	assert_string_equal(str(row, "tax"), "20.00");
	row = json_array_get(json_object_get(v, "allocations"), 0);
	assert_string_equal(str(row, "amount"), "50.00");
	assert_string_equal(str(row, "receipt"), h->receipt);
	snprintf(line, sizeof(line), "invoices/%s.pdf", h->invoice_number);
	assert_string_equal(str(v, "file"), line);
	assert_string_equal(str(v, "reference"), "RF691INV2026000001");
	json_decref(v);
}

static void
invoice_text_says_how_to_fetch_it(void **state)
{
	struct cmd_session *s = *state;
	const struct holding *h = &s->f.of[WHO_ANNA];
	char line[128];

	snprintf(line, sizeof(line), "invoice %s", h->invoice_number);
	assert_int_equal(cmd_session_run(s, line, NULL), 0);
	assert_has(s->out, "Status: Overdue since ");
	assert_has(s->out, "Due: 70.00 EUR");
	snprintf(line, sizeof(line), "scp portal@isp.example:invoices/%s.pdf .",
	    h->invoice_number);
	assert_has(s->out, line);
}

/* Not a hint whether it exists. */
static void
others_invoices_and_tickets_look_like_unknown_ones(void **state)
{
	struct cmd_session *s = *state;
	char line[64], mine[256];

	cmd_session_become(s, WHO_BERT);
	snprintf(
	    line, sizeof(line), "invoice %s", s->f.of[WHO_ANNA].invoice_number);
	assert_int_equal(cmd_session_run(s, line, NULL), 1);
	snprintf(mine, sizeof(mine), "%s", s->err);
	assert_string_equal(s->out, "");
	memcpy(strstr(mine, s->f.of[WHO_ANNA].invoice_number),
	    "INV-1999-999999", 15);
	assert_int_equal(
	    cmd_session_run(s, "invoice INV-1999-999999", NULL), 1);
	assert_string_equal(s->err, mine);
	snprintf(line, sizeof(line), "ticket %lld",
	    (long long)s->f.of[WHO_ANNA].ticket);
	assert_int_equal(cmd_session_run(s, line, NULL), 1);
	assert_has(s->err, "There is no ticket");
}

static void
ticket_gives_all_messages(void **state)
{
	struct cmd_session *s = *state;
	json_t *v, *messages;
	char line[64];

	snprintf(line, sizeof(line), "ticket '#%lld' --json",
	    (long long)s->f.of[WHO_ANNA].ticket);
	assert_int_equal(cmd_session_run(s, line, NULL), 0);
	v = parse(s->out);
	messages = json_object_get(v, "messages");
	assert_int_equal(json_array_size(messages), 2);
	assert_string_equal(str(json_array_get(messages, 0), "by"), "customer");
	assert_string_equal(
	    str(json_array_get(messages, 1), "body"), "We look.");
	assert_string_equal(str(v, "status"), "Waiting on customer");
	json_decref(v);
}

static void
a_wrong_ticket_number_is_refused(void **state)
{
	static const char *const lines[] = {"ticket x", "ticket -1",
	    "ticket 99999999999999999999", "ticket 1x", "ticket '#'"};
	struct cmd_session *s = *state;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(cmd_session_run(s, lines[i], NULL), 1);
		assert_has(s->err, "tickets");
	}
}

static void
pay_says_how_to_pay_instead_and_fails(void **state)
{
	struct cmd_session *s = *state;

	scratch_sql(&s->f.scratch, "DELETE FROM gateway");
	cmd_session_setting(s, "pay_how", "Bring cash.");
	cmd_session_setting(s, "pay_ask", "Zoe");
	assert_int_equal(cmd_session_run(s, "pay INV-1 --json", NULL), 1);
	assert_string_equal(s->out, "");
	assert_has(s->err, "Bring cash.");
	assert_has(s->err, "Zoe");
}

int
main(void)
{
#define T(f)                                                                   \
	cmocka_unit_test_setup_teardown(                                       \
	    f, cmd_session_setup, cmd_session_teardown)
	const struct CMUnitTest tests[] = {
	    T(help_lists_every_command_and_listing),
	    T(every_listing_is_a_command_in_three_formats),
	    T(wrong_usage_ends_with_2_and_prints_nothing_on_output),
	    T(an_unknown_command_lists_the_commands),
	    T(hostile_words_come_back_harmless),
	    T(overview_says_the_account_in_sentences),
	    T(overview_json_has_the_contract_s_keys),
	    T(hidden_profile_fields_are_not_told),
	    T(hidden_tabs_are_refused_and_not_listed),
	    T(invoice_json_gives_all_of_it),
	    T(invoice_text_says_how_to_fetch_it),
	    T(others_invoices_and_tickets_look_like_unknown_ones),
	    T(ticket_gives_all_messages),
	    T(a_wrong_ticket_number_is_refused),
	    T(pay_says_how_to_pay_instead_and_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Paying by command and in line mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cmd_session.h"
#include "data/checkout.h"

enum { SQL = 512 };

#define LINK "https://pay.example/P/"

static void
gateway(struct cmd_session *s, int on)
{
	char sql[SQL];

	scratch_sql(&s->f.scratch, "DELETE FROM invoice_claim");
	scratch_sql(&s->f.scratch, "DELETE FROM gateway");
	snprintf(sql, sizeof(sql),
	    "INSERT INTO gateway (tenant, name, is_on, link_base) VALUES "
	    "(%lld, 'stripe', %d, 'https://pay.example')",
	    (long long)s->f.of[WHO_ANNA].tenant, on);
	scratch_sql(&s->f.scratch, sql);
}

/* An attempt that the worker has a page for already. */
static struct checkout
opened(struct cmd_session *s, const int64_t *invoices, size_t n)
{
	struct checkout co;
	char sql[SQL];
	int64_t id = 0;

	assert_int_equal(
	    checkout_start(s->c.st, CHECKOUT_FOR_INVOICES, invoices, n, 0, &id),
	    ERR_NONE);
	snprintf(sql, sizeof(sql),
	    "UPDATE checkout SET state = 'open', session = 'cs_1', "
	    "url = 'https://checkout.stripe.example/cs_1', "
	    "expires_at = 1778776800 WHERE id = %lld",
	    (long long)id);
	scratch_sql(&s->f.scratch, sql);
	assert_int_equal(checkout_get(s->c.st, id, &co), ERR_NONE);
	return co;
}

static void
assert_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text);
}

static void
assert_text(const json_t *o, const char *key, const char *want)
{
	const char *got = json_string_value(json_object_get(o, key));

	assert_non_null(got);
	assert_string_equal(got, want);
}

static void
one_invoice_is_an_object(void **state)
{
	struct cmd_session *s = *state;
	const struct holding *anna = &s->f.of[WHO_ANNA];
	struct checkout co;
	char line[64];
	json_t *o;

	gateway(s, 1);
	co = opened(s, &anna->invoice, 1);
	snprintf(line, sizeof(line), "pay %s --json", anna->invoice_number);
	assert_int_equal(cmd_session_run(s, line, NULL), 0);
	o = json_loads(s->out, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_object_size(o), 6);
	assert_text(o, "url", co.link);
	assert_text(o, "invoice", anna->invoice_number);
	assert_text(o, "currency", "EUR");
	assert_text(o, "status", "Waiting");
	assert_text(o, "expires_at", "2026-05-14T16:40:00Z");
	assert_has(json_string_value(json_object_get(o, "amount")), ".");
	json_decref(o);
	assert_string_equal(s->err, "");
}

static void
several_invoices_are_a_list(void **state)
{
	struct cmd_session *s = *state;
	const struct holding *anna = &s->f.of[WHO_ANNA];
	json_t *o, *list;

	gateway(s, 1);
	opened(s, NULL, 0);
	assert_int_equal(cmd_session_run(s, "pay all --json", NULL), 0);
	o = json_loads(s->out, JSON_REJECT_DUPLICATES, NULL);
	assert_true(json_is_null(json_object_get(o, "invoice")));
	list = json_object_get(o, "invoices");
	assert_true(json_array_size(list) > 1);
	assert_has(s->out, anna->invoice_number);
	json_decref(o);
}

static void
on_no_terminal_it_is_text_and_no_qr(void **state)
{
	struct cmd_session *s = *state;
	const struct holding *anna = &s->f.of[WHO_ANNA];
	struct checkout co;
	char line[64];

	gateway(s, 1);
	co = opened(s, &anna->invoice, 1);
	snprintf(line, sizeof(line), "pay %s", anna->invoice_number);
	assert_int_equal(cmd_session_run(s, line, NULL), 0);
	assert_has(s->out, "To pay: ");
	assert_has(s->out, co.link);
	assert_has(s->out, "Good until: 14 May 2026 18:40");
	assert_null(strchr(s->out, '\033'));
}

static void
what_cannot_be_paid_ends_with_1_and_why(void **state)
{
	static const char *const lines[] = {
	    "pay INV-0", "pay INV-0 --json", "pay ''", "pay \"all \""};
	struct cmd_session *s = *state;

	gateway(s, 1);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(cmd_session_run(s, lines[i], NULL), 1);
		assert_string_equal(s->out, "");
		assert_has(s->err, "There is no invoice or proforma");
	}
	gateway(s, 0);
	assert_int_equal(cmd_session_run(s, "pay all", NULL), 1);
	assert_string_equal(s->out, "");
	assert_has(s->err, "not enabled");
}

static void
somebody_elses_invoice_is_none(void **state)
{
	struct cmd_session *s = *state;
	char line[64];

	gateway(s, 1);
	cmd_session_become(s, WHO_BERT);
	/* numbers are the tenant's: bert and anna share none */
	snprintf(
	    line, sizeof(line), "pay %s", s->f.of[WHO_ANNA].invoice_number);
	assert_int_equal(cmd_session_run(s, line, NULL), 1);
	assert_has(s->err, "There is no invoice or proforma");
}

static void
wrong_usage_ends_with_2(void **state)
{
	static const char *const lines[] = {
	    "pay", "pay a b", "pay all --csv", "pay --json"};
	struct cmd_session *s = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(
		    cmd_session_run(s, lines[i], NULL), SESSION_EXIT_USAGE);
		assert_string_equal(s->out, "");
	}
}

static void
line_mode_prints_the_link(void **state)
{
	struct cmd_session *s = *state;

	gateway(s, 1);
	/* whichever the list begins with */
	opened(s, &s->f.of[WHO_ANNA].unpaid, 1);
	opened(s, &s->f.of[WHO_ANNA].invoice, 1);
	assert_int_equal(cmd_session_run(s, "plain", "3\np\nb\n0\n"), 0);
	assert_has(s->out, "Open: " LINK);
	assert_null(strchr(s->out, '\033'));
}

#define T(f)                                                                   \
	cmocka_unit_test_setup_teardown(                                       \
	    f, cmd_session_setup, cmd_session_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(one_invoice_is_an_object),
	    T(several_invoices_are_a_list),
	    T(on_no_terminal_it_is_text_and_no_qr),
	    T(what_cannot_be_paid_ends_with_1_and_why),
	    T(somebody_elses_invoice_is_none),
	    T(wrong_usage_ends_with_2),
	    T(line_mode_prints_the_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Listings as JSON: valid whatever is in them, typed as the contract says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "data/payment.h"
#include "exported.h"
#include "tests/data/fixture.h"

static json_t *
parse(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (value == NULL)
		fail_msg("%s in: %s", error.text, text);
	assert_true(json_is_array(value));
	return value;
}

static const char *
str(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));

	assert_non_null(s);
	return s;
}

static void
nothing_is_an_empty_array(void **state)
{
	json_t *v = parse(exported_text(*state, ANNA, "tickets", LISTING_JSON));

	assert_int_equal(json_array_size(v), 0);
	json_decref(v);
}

static void
hostile_text_stays_text(void **state)
{
	static const char subject[] = "\"},{\\ <&> \t ünï 請 \x7f";
	/* without what could harm a terminal */
	static const char clean[] = "\"},{\\ <&>   ünï 請 ";
	struct exported *e = *state;
	json_t *v;

	exported_ticket(e, ANNA, 1000, subject);
	v = parse(exported_text(e, ANNA, "tickets", LISTING_JSON));
	assert_int_equal(json_array_size(v), 1);
	assert_string_equal(str(json_array_get(v, 0), "subject"), clean);
	json_decref(v);
}

static void
rows_are_typed(void **state)
{
	struct exported *e = *state;
	json_t *v, *row;

	exported_ticket(e, ANNA, 1000, "Slow");
	v = parse(exported_text(e, ANNA, "tickets", LISTING_JSON));
	row = json_array_get(v, 0);
	assert_true(json_is_integer(json_object_get(row, "id")));
	assert_string_equal(str(row, "created"), "1970-01-01T00:16:40Z");
	assert_string_equal(str(row, "status"), "New");
	/* what only screens show is not data */
	assert_null(json_object_get(row, "group"));
	json_decref(v);
}

static void
many_pages_are_one_array_without_repeats(void **state)
{
	struct exported *e = *state;
	char want[32];
	json_t *v;
	size_t i;

	exported_many(e, ANNA, 1001);
	v = parse(exported_text(e, ANNA, "tickets", LISTING_JSON));
	assert_int_equal(json_array_size(v), 1001);
	for (i = 0; i < 1001; i++) {
		snprintf(want, sizeof(want), "Ticket %zu", i + 1);
		assert_string_equal(str(json_array_get(v, i), "subject"), want);
	}
	json_decref(v);
}

static void
others_rows_are_not_there(void **state)
{
	struct exported *e = *state;
	json_t *v;

	exported_ticket(e, BERT, 1000, "Bert's");
	exported_ticket(e, CARO, 1000, "Caro's");
	v = parse(exported_text(e, ANNA, "tickets", LISTING_JSON));
	assert_int_equal(json_array_size(v), 0);
	json_decref(v);
}

static char *
export_as(struct fixture *f, const char *listing)
{
	struct identity id = fixture_identity(f, WHO_ANNA, ROLE_CUSTOMER);
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	store_become(f->scratch.st, &id);
	assert_int_equal(listing_export(out, LISTING_JSON, f->scratch.st,
			     listing_find(listing), FIXTURE_TODAY, "UTC"),
	    ERR_NONE);
	fclose(out);
	return text;
}

/* Money is a decimal string, an overdue invoice says so twice. */
static void
invoices_are_as_the_contract_says(void **state)
{
	struct fixture f;
	json_t *v, *row;
	char *text;

	(void)state;
	fixture_open(&f);
	text = export_as(&f, "invoices");
	v = parse(text);
	free(text);
	assert_int_equal(json_array_size(v), 2);
	row = json_array_get(v, 0);
	assert_string_equal(str(row, "total"), "120.00");
	assert_string_equal(str(row, "balance"), "120.00");
	assert_string_equal(str(row, "currency"), "EUR");
	assert_string_equal(str(row, "issued"), "2026-04-14");
	assert_string_equal(str(row, "status"), "Overdue");
	assert_true(json_is_true(json_object_get(row, "overdue")));
	json_decref(v);
	fixture_release(&f);
}

static void
a_payment_of_several_has_a_list_of_invoices(void **state)
{
	struct payment_new pay = {
	    .kind = "payment", .amount = 19000, .method = "cash"};
	struct identity id;
	struct fixture f;
	json_t *v, *row;
	char *text;

	(void)state;
	fixture_open(&f);
	id = fixture_identity(&f, WHO_ANNA, ROLE_SYSTEM);
	store_become(f.scratch.st, &id);
	pay.customer = f.of[WHO_ANNA].customer;
	assert_int_equal(payment_add(f.scratch.st, &pay, NULL), ERR_NONE);
	text = export_as(&f, "payments");
	v = parse(text);
	free(text);
	row = json_array_get(v, 0);
	assert_true(json_is_null(json_object_get(row, "invoice")));
	assert_int_equal(json_array_size(json_object_get(row, "invoices")), 2);
	row = json_array_get(v, 1);
	assert_true(json_is_string(json_object_get(row, "invoice")));
	assert_null(json_object_get(row, "invoices"));
	json_decref(v);
	fixture_release(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		nothing_is_an_empty_array, exported_setup, exported_teardown),
	    cmocka_unit_test_setup_teardown(
		hostile_text_stays_text, exported_setup, exported_teardown),
	    cmocka_unit_test_setup_teardown(
		rows_are_typed, exported_setup, exported_teardown),
	    cmocka_unit_test_setup_teardown(
		many_pages_are_one_array_without_repeats, exported_setup,
		exported_teardown),
	    cmocka_unit_test_setup_teardown(
		others_rows_are_not_there, exported_setup, exported_teardown),
	    cmocka_unit_test(invoices_are_as_the_contract_says),
	    cmocka_unit_test(a_payment_of_several_has_a_list_of_invoices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

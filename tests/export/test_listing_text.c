/* Listings as aligned text. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "exported.h"
#include "tests/data/fixture.h"

static void
nothing_names_the_next_step(void **state)
{
	const char *text = exported_text(*state, ANNA, "tickets", LISTING_TEXT);

	assert_string_equal(strchr(text, '\n'), "\n");
	assert_true(strlen(text) > 10);
}

/* Bytes of a line before a word, as columns. */
static size_t
column_of(const char *text, int line, const char *word)
{
	char copy[512];
	char *at;

	while (line-- > 0)
		text = strchr(text, '\n') + 1;
	snprintf(copy, sizeof(copy), "%.*s", (int)strcspn(text, "\n"), text);
	assert_non_null(at = strstr(copy, word));
	*at = '\0';
	return text_width(copy);
}

static void
columns_stand_below_each_other_whatever_the_script(void **state)
{
	struct exported *e = *state;
	const char *text;

	exported_ticket(e, ANNA, 3000, "abc");
	exported_ticket(e, ANNA, 2000, "請求書の件");
	exported_ticket(e, ANNA, 1000, "e\xcc\x81te\xcc\x81");
	text = exported_text(e, ANNA, "tickets", LISTING_TEXT);
	assert_int_equal(
	    column_of(text, 2, "Status"), column_of(text, 3, "New"));
	assert_int_equal(
	    column_of(text, 2, "Status"), column_of(text, 4, "New"));
	assert_int_equal(
	    column_of(text, 2, "Status"), column_of(text, 5, "New"));
}

static void
no_line_ends_in_blanks(void **state)
{
	struct exported *e = *state;

	exported_ticket(e, ANNA, 1000, "x");
	exported_ticket(e, ANNA, 1001, "a longer one");
	assert_null(
	    strstr(exported_text(e, ANNA, "tickets", LISTING_TEXT), " \n"));
}

/* Widths come from all pages, not from the first. */
static void
a_wide_cell_on_a_later_page_fits(void **state)
{
	struct exported *e = *state;
	const char *text;

	exported_many(e, ANNA, 300);
	exported_ticket(e, ANNA, 1, "The longest subject of all");
	text = exported_text(e, ANNA, "tickets", LISTING_TEXT);
	assert_int_equal(
	    column_of(text, 3, "New"), column_of(text, 3 + 300, "New"));
}

static void
the_currency_stands_once_and_amounts_end_together(void **state)
{
	struct identity id;
	struct fixture f;
	char *text, *second;
	size_t len;
	FILE *out;

	(void)state;
	fixture_open(&f);
	id = fixture_identity(&f, WHO_ANNA, ROLE_CUSTOMER);
	store_become(f.scratch.st, &id);
	out = open_memstream(&text, &len);
	assert_int_equal(listing_export(out, LISTING_TEXT, f.scratch.st,
			     listing_find("invoices"), FIXTURE_TODAY, "UTC"),
	    ERR_NONE);
	fclose(out);
	assert_non_null(strstr(text, "EUR"));
	assert_null(strstr(strstr(text, "EUR") + 1, "EUR"));
	/* the second row's balance is what its payment left */
	assert_non_null(second = strstr(text, "70.00  Overdue"));
	assert_int_equal(
	    column_of(text, 3, "  Overdue"), column_of(text, 4, "  Overdue"));
	free(text);
	fixture_release(&f);
}

static void
a_full_disk_is_told(void **state)
{
	struct identity id = person(ANNA, ROLE_CUSTOMER);
	struct exported *e = *state;
	FILE *out = fopen("/dev/full", "we");

	assert_non_null(out);
	exported_ticket(e, ANNA, 1000, "x");
	store_become(e->scratch.st, &id);
	assert_int_equal(listing_export(out, LISTING_TEXT, e->scratch.st,
			     listing_find("tickets"), 0, "UTC"),
	    ERR_FULL);
	fclose(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		nothing_names_the_next_step, exported_setup, exported_teardown),
	    cmocka_unit_test_setup_teardown(
		columns_stand_below_each_other_whatever_the_script,
		exported_setup, exported_teardown),
	    cmocka_unit_test_setup_teardown(
		no_line_ends_in_blanks, exported_setup, exported_teardown),
	    cmocka_unit_test_setup_teardown(a_wide_cell_on_a_later_page_fits,
		exported_setup, exported_teardown),
	    cmocka_unit_test_setup_teardown(
		a_full_disk_is_told, exported_setup, exported_teardown),
	    cmocka_unit_test(the_currency_stands_once_and_amounts_end_together),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* CSV as RFC 4180 has it, and harmless in a spreadsheet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exported.h"

static void
assert_field(const char *value, bool text, const char *want)
{
	char *got;
	size_t len;
	FILE *out = open_memstream(&got, &len);

	csv_field(out, value, text);
	fclose(out);
	assert_string_equal(got, want);
	free(got);
}

static void
fields_are_quoted_where_they_must_be(void **state)
{
	(void)state;
	assert_field("plain", true, "plain");
	assert_field("", true, "");
	assert_field("a,b", true, "\"a,b\"");
	assert_field("say \"hi\"", true, "\"say \"\"hi\"\"\"");
	assert_field("two\nlines", true, "\"two\nlines\"");
	assert_field(" edge", true, "\" edge\"");
	assert_field("edge ", true, "\"edge \"");
}

static void
typed_text_never_becomes_a_formula(void **state)
{
	(void)state;
	assert_field("=1+1", true, "\"'=1+1\"");
	assert_field("+43 555", true, "\"'+43 555\"");
	assert_field("-5", true, "\"'-5\"");
	assert_field("@SUM(A1)", true, "\"'@SUM(A1)\"");
	assert_field("\tx", true, "\"'\tx\"");
	assert_field("\rx", true, "\"'\rx\"");
	assert_field("a=b", true, "a=b");
}

static void
amounts_keep_their_sign(void **state)
{
	(void)state;
	assert_field("-5.00", false, "-5.00");
}

static void
rows_end_in_cr_lf_below_a_head_of_keys(void **state)
{
	struct exported *e = *state;

	exported_ticket(e, ANNA, 1000, "=HYPERLINK(\"x\")");
	assert_string_equal(exported_text(e, ANNA, "tickets", LISTING_CSV),
	    "id,subject,status,priority,created,preview\r\n"
	    "1,\"'=HYPERLINK(\"\"x\"\")\",New,low,1970-01-01T00:16:40Z,"
	    "\"'=HYPERLINK(\"\"x\"\")\"\r\n");
}

static void
nothing_is_a_head_alone(void **state)
{
	assert_string_equal(
	    exported_text(*state, ANNA, "services", LISTING_CSV),
	    "id,type,description,status,since\r\n");
}

static void
many_pages_are_all_there(void **state)
{
	struct exported *e = *state;
	const char *s;
	size_t lines = 0;

	exported_many(e, ANNA, 1234);
	for (s = exported_text(e, ANNA, "tickets", LISTING_CSV);
	     (s = strstr(s, "\r\n")) != NULL; s += 2)
		lines++;
	assert_int_equal(lines, 1234 + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_quoted_where_they_must_be),
	    cmocka_unit_test(typed_text_never_becomes_a_formula),
	    cmocka_unit_test(amounts_keep_their_sign),
	    cmocka_unit_test_setup_teardown(
		rows_end_in_cr_lf_below_a_head_of_keys, exported_setup,
		exported_teardown),
	    cmocka_unit_test_setup_teardown(
		nothing_is_a_head_alone, exported_setup, exported_teardown),
	    cmocka_unit_test_setup_teardown(
		many_pages_are_all_there, exported_setup, exported_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

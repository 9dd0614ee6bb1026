/* Every tab at every size that must hold, byte for byte. */
#include <stdio.h>

#include "tests/tui/stage.h"

struct shot {
	const char *name;
	const char *keys;
};

static const struct shot shots[] = {
    {"overview", ""},
    {"overview_end", "G"},
    {"services", "2"},
    {"service", "2\r"},
    {"invoices", "3"},
    {"payments", "3l"},
    {"transactions", "3ll"},
    {"invoice", "3jj\r"},
    {"invoice_text", "3v"},
    {"pay_how", "3p"},
    {"fetch", "3d"},
    {"tickets", "4"},
    {"ticket", "4j\r"},
    {"ticket_new", "t"},
    {"ticket_close", "4jx"},
    {"profile", "5"},
    {"profile_edit", "5\r"},
    {"password", "5j\r"},
    {"about", "5jj\r"},
    {"help", "?"},
    {"palette", ":"},
};

static void
shoot(struct stage *s, int rows, int cols)
{
	for (size_t i = 0; i < sizeof(shots) / sizeof(shots[0]); i++) {
		char name[64];

		stage_open(s, rows, cols);
		stage_keys(s, shots[i].keys);
		snprintf(
		    name, sizeof(name), "%s_%dx%d", shots[i].name, cols, rows);
		stage_golden(s, name);
	}
}

static void
screens_at_80x24(void **state)
{
	shoot(*state, 24, 80);
}

static void
screens_at_40x15(void **state)
{
	shoot(*state, 15, 40);
}

static void
screens_at_132x43(void **state)
{
	shoot(*state, 43, 132);
}

static void
screens_without_anything(void **state)
{
	struct stage *s = *state;
	static const struct shot empty[] = {
	    {"empty_overview", ""},
	    {"empty_services", "2"},
	    {"empty_invoices", "3"},
	    {"empty_tickets", "4"},
	};

	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		stage_open(s, 24, 80);
		stage_keys(s, empty[i].keys);
		stage_golden(s, empty[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		screens_at_80x24, stage_setup, stage_teardown),
	    cmocka_unit_test_setup_teardown(
		screens_at_40x15, stage_setup, stage_teardown),
	    cmocka_unit_test_setup_teardown(
		screens_at_132x43, stage_setup, stage_teardown),
	    cmocka_unit_test_setup_teardown(
		screens_without_anything, stage_setup_empty, stage_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

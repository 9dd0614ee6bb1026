/* Transfers as banking apps scan them: what stands on which line, and what
 * there is no code for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "export/epc.h"
#include "export/qr.h"

static const struct epc sample = {
    .name = "Ridgenet GmbH",
    .iban = "AT61 1904 3002 3457 3201",
    .bic = "GIBAATWWXXX",
    .amount = 5440,
    .currency = "EUR",
    .reference = "RF181INV2026000498",
    .text = "INV-2026-000498",
};

static void
a_transfer_is_written_line_by_line(void **state)
{
	char text[EPC_SIZE];

	(void)state;
	assert_int_equal(epc_text(text, &sample), ERR_NONE);
	assert_string_equal(text,
	    "BCD\n002\n1\nSCT\n\nRidgenet GmbH\nAT611904300234573201\n"
	    "EUR54.40\n\nRF181INV2026000498");
}

static void
text_stands_where_there_is_no_reference(void **state)
{
	struct epc e = sample;
	char text[EPC_SIZE];

	(void)state;
	e.reference = "";
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	assert_non_null(strstr(text, "\nEUR54.40\n\n\nINV-2026-000498"));
	e.text = "";
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	assert_string_equal(strstr(text, "EUR"), "EUR54.40\n\n");
}

static void
a_bank_outside_the_eea_is_named(void **state)
{
	struct epc e = sample;
	char text[EPC_SIZE];

	(void)state;
	e.iban = "CH93 0076 2011 6238 5295 7";
	e.bic = "POFICHBEXXX";
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	assert_non_null(strstr(text, "SCT\nPOFICHBEXXX\nRidgenet GmbH\nCH93"));
	e.bic = "";
	assert_int_equal(epc_text(text, &e), ERR_UNSUPPORTED);
	e.bic = "POFI\nHBE";
	assert_int_equal(epc_text(text, &e), ERR_UNSUPPORTED);
}

static void
amounts_have_a_point_and_bounds(void **state)
{
	struct epc e = sample;
	char text[EPC_SIZE];

	(void)state;
	e.amount = 1;
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	assert_non_null(strstr(text, "\nEUR0.01\n"));
	e.amount = 99999999999;
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	assert_non_null(strstr(text, "\nEUR999999999.99\n"));
	e.amount++;
	assert_int_equal(epc_text(text, &e), ERR_UNSUPPORTED);
	e.amount = 0;
	assert_int_equal(epc_text(text, &e), ERR_UNSUPPORTED);
	e.amount = -5440;
	assert_int_equal(epc_text(text, &e), ERR_UNSUPPORTED);
}

static void
only_valid_accounts_in_euro_have_one(void **state)
{
	char text[EPC_SIZE] = "untouched";
	struct epc e = sample;

	(void)state;
	e.currency = "CHF";
	assert_int_equal(epc_text(text, &e), ERR_UNSUPPORTED);
	e = sample;
	e.iban = "AT611904300234573202";
	assert_int_equal(epc_text(text, &e), ERR_UNSUPPORTED);
	e.iban = "";
	assert_int_equal(epc_text(text, &e), ERR_UNSUPPORTED);
	e = sample;
	e.name = "";
	assert_int_equal(epc_text(text, &e), ERR_UNSUPPORTED);
	assert_string_equal(text, "untouched");
}

static size_t
name_bytes(const char *text)
{
	const char *name = strstr(text, "SCT\n\n") + 5;

	return strcspn(name, "\n");
}

static void
a_long_name_is_cut_at_70_characters(void **state)
{
	char text[EPC_SIZE], name[512] = "";
	struct epc e = sample;

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(name, "ü");
	e.name = name;
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	assert_int_equal(name_bytes(text), 140);
}

/* 70 characters of four bytes would be too many with the rest. */
static void
the_whole_never_exceeds_331_bytes_and_version_13(void **state)
{
	char text[EPC_SIZE], name[512] = "", ref[36];
	struct epc e = sample;
	struct qr qr;

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(name, "\xf0\x9f\x93\xa1");
	memset(ref, '7', 35);
	ref[35] = '\0';
	e.name = name;
	e.reference = ref;
	e.amount = 99999999999;
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	assert_true(strlen(text) > 327 && strlen(text) <= 331);
	assert_int_equal(name_bytes(text) % 4, 0);
	assert_int_equal(qr_make_medium(&qr, text), ERR_NONE);
	assert_true(qr.side <= 17 + 4 * 13);
}

static void
a_name_cannot_add_lines(void **state)
{
	struct epc e = sample;
	char text[EPC_SIZE];

	(void)state;
	e.name = "Ridge\nDE89370400440532013000\r\nEUR9999\033[31m";
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	assert_non_null(
	    strstr(text, "\nRidge DE89370400440532013000 EUR9999[31m\n"));
	e = sample;
	e.reference = "";
	e.text = "a\nb";
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	assert_non_null(strstr(text, "\na b"));
}

static void
what_does_not_fit_its_line_is_refused(void **state)
{
	char text[EPC_SIZE], longer[800];
	struct epc e = sample;

	(void)state;
	memset(longer, '7', sizeof(longer));
	longer[36] = '\0';
	e.reference = longer;
	assert_int_equal(epc_text(text, &e), ERR_TOO_BIG);
	longer[36] = '7';
	longer[141] = '\0';
	e.reference = "";
	e.text = longer;
	assert_int_equal(epc_text(text, &e), ERR_TOO_BIG);
	longer[140] = '\0';
	assert_int_equal(epc_text(text, &e), ERR_NONE);
	longer[140] = '7';
	longer[799] = '\0';
	assert_int_equal(epc_text(text, &e), ERR_TOO_BIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_transfer_is_written_line_by_line),
	    cmocka_unit_test(text_stands_where_there_is_no_reference),
	    cmocka_unit_test(a_bank_outside_the_eea_is_named),
	    cmocka_unit_test(amounts_have_a_point_and_bounds),
	    cmocka_unit_test(only_valid_accounts_in_euro_have_one),
	    cmocka_unit_test(a_long_name_is_cut_at_70_characters),
	    cmocka_unit_test(the_whole_never_exceeds_331_bytes_and_version_13),
	    cmocka_unit_test(a_name_cannot_add_lines),
	    cmocka_unit_test(what_does_not_fit_its_line_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* References of invoices: made, read back, found in what banks pass on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/reference.h"

#define NUMBER "INV-2026-000498"

static void
assert_reads(const char *text, int64_t tenant, const char *number)
{
	char got[REFERENCE_FOUND][REFERENCE_NUMBER];

	if (reference_find(text, tenant, false, got) != 1)
		fail_msg("not read: %s", text);
	assert_string_equal(got[0], number);
}

static void
assert_refuses(const char *text)
{
	char got[REFERENCE_FOUND][REFERENCE_NUMBER];

	for (int64_t tenant = 1; tenant < 100; tenant++)
		if (reference_find(text, tenant, false, got) != 0)
			fail_msg("read as %s: %s", got[0], text);
}

/* ISO 7064 by long division on the decimal digits, apart from the module's. */
static int
remainder_of(const char *ref)
{
	char digits[128] = "", one[16];
	int r = 0;

	for (size_t i = 0; i < strlen(ref); i++) {
		char c = ref[(i + 4) % strlen(ref)];

		snprintf(
		    one, sizeof(one), "%d", c >= 'A' ? c - 'A' + 10 : c - '0');
		strcat(digits, one);
	}
	for (const char *d = digits; *d != '\0'; d++)
		r = (r * 10 + *d - '0') % 97;
	return r;
}

static void
a_reference_is_letters_and_digits_with_check_digits(void **state)
{
	char ref[REFERENCE_SIZE];

	(void)state;
	assert_true(reference_make(ref, 1, NUMBER));
	assert_string_equal(ref + 4, "1INV2026000498");
	assert_int_equal(strncmp(ref, "RF", 2), 0);
	assert_int_equal(remainder_of(ref), 1);
	assert_true(strlen(ref) <= 25);
}

static void
every_reference_can_be_read_back(void **state)
{
	static const char *const numbers[] = {"INV-2026-000001",
	    "INV-2026-999999", "INV-2026-1000000", "INV-9999-12345678",
	    "RECHNUNG-2026-000001"};
	char ref[REFERENCE_SIZE];

	(void)state;
	for (int64_t tenant = 1; tenant < 200; tenant += 3)
		for (size_t i = 0; i < 4; i++) {
			assert_true(reference_make(ref, tenant, numbers[i]));
			assert_int_equal(remainder_of(ref), 1);
			assert_reads(ref, tenant, numbers[i]);
		}
	assert_true(reference_make(ref, 7, numbers[4]));
	assert_reads(ref, 7, numbers[4]);
}

static void
what_could_not_be_read_back_has_none(void **state)
{
	static const char *const numbers[] = {"", "INV", "2026-000001",
	    "INV-26-000001", "INV-2026-00001", "INV-2026-0000001",
	    "INV/2026/000001", "inv-2026-000001", "INV-2026-000001A",
	    "INV-2026-000-001", "ABCDEFGHIJKLM-2026-000001",
	    "INVOICES-2026-1234567890"};
	char ref[REFERENCE_SIZE] = "untouched";

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (reference_make(ref, 1, numbers[i]))
			fail_msg("%s: %s", numbers[i], ref);
	assert_false(reference_make(ref, 0, NUMBER));
	assert_false(reference_make(ref, -1, NUMBER));
	assert_string_equal(ref, "untouched");
}

static void
a_reference_is_read_as_people_write_it(void **state)
{
	char ref[REFERENCE_SIZE], printed[REFERENCE_PRINTED], low[32];

	(void)state;
	assert_true(reference_make(ref, 12, NUMBER));
	reference_print(printed, ref);
	assert_int_equal(strlen(printed), strlen(ref) + 4);
	assert_int_equal(printed[4], ' ');
	assert_reads(printed, 12, NUMBER);
	for (size_t i = 0; i <= strlen(ref); i++)
		low[i] = ref[i] >= 'A' && ref[i] <= 'Z' ? (char)(ref[i] + 32)
							: ref[i];
	assert_reads(low, 12, NUMBER);
}

/* Each digit by each other, and each two neighbours exchanged. */
static void
every_single_typing_mistake_is_refused(void **state)
{
	char ref[REFERENCE_SIZE], wrong[REFERENCE_SIZE];

	(void)state;
	assert_true(reference_make(ref, 1, NUMBER));
	for (size_t i = 2; ref[i] != '\0'; i++) {
		for (char d = '0'; d <= '9'; d++) {
			if (ref[i] == d || ref[i] > '9')
				continue;
			strcpy(wrong, ref);
			wrong[i] = d;
			assert_refuses(wrong);
		}
		if (ref[i + 1] == '\0' || ref[i] == ref[i + 1])
			continue;
		strcpy(wrong, ref);
		wrong[i] = ref[i + 1];
		wrong[i + 1] = ref[i];
		assert_refuses(wrong);
	}
}

static void
other_peoples_references_are_none_of_ours(void **state)
{
	(void)state;
	assert_refuses("RF18539007547034"); /* ISO 11649's own example */
	assert_refuses("RF");
	assert_refuses("");
	assert_refuses("RF18 5390 0754 7034 1111 2222 3333 4444 5555");
	assert_refuses("210000000003139471430009017"); /* a Swiss one */
}

static size_t
find(const char *text, bool numbers, char found[][REFERENCE_NUMBER])
{
	return reference_find(text, 1, numbers, found);
}

static void
assert_finds(const char *text, const char *number)
{
	char found[REFERENCE_FOUND][REFERENCE_NUMBER];
	size_t n = find(text, true, found);

	if (n != 1)
		fail_msg("%zu in: %s", n, text);
	assert_string_equal(found[0], number);
}

static void
a_reference_is_found_wherever_banks_cut_the_text(void **state)
{
	static const char *const around[] = {"%s", "Invoice %s, thank you",
	    "SVWZ+%sEREF+NOTPROVIDED", "Rechnung%s 49,90 EUR", "/ROC/%s//URI/",
	    "Ref:%s.2026"};
	char ref[REFERENCE_SIZE], text[128], cut[128];

	(void)state;
	assert_true(reference_make(ref, 1, NUMBER));
	for (size_t i = 0; i < sizeof(around) / sizeof(*around); i++) {
		snprintf(text, sizeof(text), around[i], ref);
		assert_finds(text, NUMBER);
	}
	for (size_t i = 1; i < strlen(ref); i++) {
		snprintf(
		    cut, sizeof(cut), "Thanks %.*s\n%s", (int)i, ref, ref + i);
		assert_finds(cut, NUMBER);
	}
}

static void
a_bare_number_is_found_too(void **state)
{
	(void)state;
	assert_finds("INV-2026-000498", NUMBER);
	assert_finds("Proforma PRO-2026-000498", "PRO-2026-000498");
	assert_finds("inv 2026 000498", NUMBER);
	assert_finds("Rechnung INV2026000498 vom 1.5.2026", NUMBER);
	assert_finds("INV-2026-000498 49.90 EUR", NUMBER);
	assert_finds("INV-2026-000\n498 2026", NUMBER);
	assert_finds("INV-2026-1234567 49.90", "INV-2026-1234567");
	assert_finds("INV-2026-123456 49.90", "INV-2026-123456");
}

static void
bare_numbers_are_left_alone_where_they_could_be_anothers(void **state)
{
	char found[REFERENCE_FOUND][REFERENCE_NUMBER];

	(void)state;
	assert_int_equal(find("INV-2026-000498", false, found), 0);
}

/* The number in it may be what was mistyped. */
static void
a_mistyped_reference_names_nothing(void **state)
{
	char found[REFERENCE_FOUND][REFERENCE_NUMBER], ref[REFERENCE_SIZE];

	(void)state;
	assert_true(reference_make(ref, 1, NUMBER));
	ref[strlen(ref) - 1] = '9';
	assert_int_equal(find(ref, true, found), 0);
}

static void
another_tenants_reference_names_nothing(void **state)
{
	char found[REFERENCE_FOUND][REFERENCE_NUMBER], ref[REFERENCE_SIZE];

	(void)state;
	assert_true(reference_make(ref, 2, NUMBER));
	assert_int_equal(find(ref, true, found), 0);
	assert_int_equal(reference_find(ref, 2, true, found), 1);
}

static void
several_are_found_in_their_order_and_once(void **state)
{
	char found[REFERENCE_FOUND][REFERENCE_NUMBER], ref[REFERENCE_SIZE];
	char text[256];

	(void)state;
	assert_true(reference_make(ref, 1, NUMBER));
	snprintf(text, sizeof(text),
	    "INV-2026-000500 and %s, INV-2026-000499, INV 2026 000498", ref);
	assert_int_equal(find(text, true, found), 3);
	assert_string_equal(found[0], NUMBER);
	assert_string_equal(found[1], "INV-2026-000500");
	assert_string_equal(found[2], "INV-2026-000499");
}

static void
no_text_is_too_long_or_too_strange(void **state)
{
	char found[REFERENCE_FOUND][REFERENCE_NUMBER], text[20000];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = "RF18INV2026000498"[i % 17];
	text[sizeof(text) - 1] = '\0';
	assert_true(find(text, true, found) <= REFERENCE_FOUND);
	memset(text, '\xff', sizeof(text) - 1);
	assert_int_equal(find(text, true, found), 0);
	memset(text, '9', sizeof(text) - 1);
	memcpy(text, "RF18", 4);
	assert_int_equal(find(text, true, found), 0);
	text[0] = '\0';
	assert_int_equal(find(text, true, found), 0);
}

static void
more_than_fit_are_left_out(void **state)
{
	char found[REFERENCE_FOUND][REFERENCE_NUMBER], text[1024] = "", one[32];

	(void)state;
	for (int i = 0; i < 40; i++) {
		snprintf(one, sizeof(one), "INV-2026-%06d ", i);
		strcat(text, one);
	}
	assert_int_equal(find(text, true, found), REFERENCE_FOUND);
}

static void
ibans_are_checked(void **state)
{
	static const char *const good[] = {"AT61 1904 3002 3457 3201",
	    "ie29 aibk 9311 5212 3456 78", "NO9386011117947",
	    "MT84MALT011000012345MTLCAST001S"};
	static const char *const bad[] = {"AT611904300234573202",
	    "ATX11904300234573201", "12345678901234567890", "AT61", "",
	    "AT6119043002345732010000000000000000000"};
	char iban[IBAN_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(iban_read(iban, good[i]));
	assert_string_equal(iban, good[3]);
	assert_true(iban_read(iban, good[1]));
	assert_string_equal(iban, "IE29AIBK93115212345678");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(iban_read(iban, bad[i]));
	assert_string_equal(iban, "IE29AIBK93115212345678");
}

static void
the_same_account_is_the_same_however_it_is_written(void **state)
{
	(void)state;
	assert_true(
	    iban_equal("AT61 1904 3002 3457 3201", "at611904300234573201"));
	assert_false(
	    iban_equal("AT611904300234573201", "IE29AIBK93115212345678"));
	assert_false(iban_equal("", ""));
	assert_false(
	    iban_equal("AT611904300234573201111111111111111111111111111111",
		"AT61190430023457320111111111111111111111111111111"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		a_reference_is_letters_and_digits_with_check_digits),
	    cmocka_unit_test(every_reference_can_be_read_back),
	    cmocka_unit_test(what_could_not_be_read_back_has_none),
	    cmocka_unit_test(a_reference_is_read_as_people_write_it),
	    cmocka_unit_test(every_single_typing_mistake_is_refused),
	    cmocka_unit_test(other_peoples_references_are_none_of_ours),
	    cmocka_unit_test(a_reference_is_found_wherever_banks_cut_the_text),
	    cmocka_unit_test(a_bare_number_is_found_too),
	    cmocka_unit_test(
		bare_numbers_are_left_alone_where_they_could_be_anothers),
	    cmocka_unit_test(a_mistyped_reference_names_nothing),
	    cmocka_unit_test(another_tenants_reference_names_nothing),
	    cmocka_unit_test(several_are_found_in_their_order_and_once),
	    cmocka_unit_test(no_text_is_too_long_or_too_strange),
	    cmocka_unit_test(more_than_fit_are_left_out),
	    cmocka_unit_test(ibans_are_checked),
	    cmocka_unit_test(
		the_same_account_is_the_same_however_it_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

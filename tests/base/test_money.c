/* Currencies, amounts as text, exact arithmetic. */
#include <limits.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/money.h"

/* Stands in for the C library's, so that no locale need be installed. */
static struct lconv lconv;

struct lconv *
localeconv(void)
{
	return &lconv;
}

struct separators {
	char point[8];
	char sep[8];
	char sizes[8];
};

static void
set_locale(struct separators *numeric, struct separators *monetary)
{
	lconv.decimal_point = numeric->point;
	lconv.thousands_sep = numeric->sep;
	lconv.grouping = numeric->sizes;
	lconv.mon_decimal_point = monetary->point;
	lconv.mon_thousands_sep = monetary->sep;
	lconv.mon_grouping = monetary->sizes;
}

static int
set_c_locale(void **state)
{
	static struct separators none, c = {.point = "."};

	(void)state;
	set_locale(&c, &none);
	return 0;
}

static void
exponents_follow_iso_4217(void **state)
{
	static const char none[][4] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
	    "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
	    "XOF", "XPF"};
	static const char three[][4] = {
	    "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
	static const char two[][4] = {
	    "AED", "CZK", "EUR", "GBP", "USD", "ZAR", "ZWG"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(none) / 4; i++) {
		assert_true(currency_valid(none[i]));
		assert_int_equal(currency_exponent(none[i]), 0);
	}
	for (i = 0; i < sizeof(three) / 4; i++) {
		assert_true(currency_valid(three[i]));
		assert_int_equal(currency_exponent(three[i]), 3);
	}
	for (i = 0; i < sizeof(two) / 4; i++) {
		assert_true(currency_valid(two[i]));
		assert_int_equal(currency_exponent(two[i]), 2);
	}
	assert_int_equal(currency_exponent("CLF"), 4);
}

static void
every_sorted_neighbour_is_found(void **state)
{
	char code[4] = "AAA";
	int found = 0;

	(void)state;
	/* A table out of order would lose rows to the binary search. */
	for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
		for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
			for (code[2] = 'A'; code[2] <= 'Z'; code[2]++)
				found += currency_valid(code);
	assert_int_equal(found, 168);
}

static void
unknown_codes_are_not_valid(void **state)
{
	(void)state;
	assert_false(currency_valid(""));
	assert_false(currency_valid("eur"));
	assert_false(currency_valid("EU"));
	assert_false(currency_valid("EURO"));
	assert_false(currency_valid("QQQ"));
	assert_false(currency_valid("XXX"));
	assert_int_equal(currency_exponent("QQQ"), 2);
}

static void
a_gateways_code_is_read_in_either_case(void **state)
{
	char code[CURRENCY_SIZE] = "EUR";

	(void)state;
	assert_int_equal(currency_parse(code, "inr"), ERR_NONE);
	assert_string_equal(code, "INR");
	assert_int_equal(currency_parse(code, "IdR"), ERR_NONE);
	assert_string_equal(code, "IDR");
	assert_int_equal(currency_parse(code, "qqq"), ERR_BAD_INPUT);
	assert_int_equal(currency_parse(code, "euro"), ERR_BAD_INPUT);
	assert_int_equal(currency_parse(code, "eu"), ERR_BAD_INPUT);
	assert_int_equal(currency_parse(code, ""), ERR_BAD_INPUT);
	assert_string_equal(code, "IDR");
}

static void
check_plain(int64_t amount, const char *currency, const char *want)
{
	char got[MONEY_SIZE];

	money_plain(got, amount, currency);
	assert_string_equal(got, want);
}

static void
plain_has_the_currencys_digits(void **state)
{
	(void)state;
	check_plain(0, "EUR", "0.00");
	check_plain(5, "EUR", "0.05");
	check_plain(-5, "EUR", "-0.05");
	check_plain(123450, "EUR", "1234.50");
	check_plain(1234, "JPY", "1234");
	check_plain(0, "JPY", "0");
	check_plain(1, "KWD", "0.001");
	check_plain(INT64_MAX, "EUR", "92233720368547758.07");
	check_plain(INT64_MIN, "EUR", "-92233720368547758.08");
	check_plain(INT64_MIN, "JPY", "-9223372036854775808");
}

static void
check_text(int64_t amount, const char *currency, const char *want)
{
	char got[MONEY_SIZE];

	money_text(got, amount, currency);
	assert_string_equal(got, want);
}

static void
text_is_grouped_in_the_c_locale(void **state)
{
	(void)state;
	check_text(0, "EUR", "0.00");
	check_text(99999, "EUR", "999.99");
	check_text(100000, "EUR", "1,000.00");
	check_text(-123456789, "EUR", "-1,234,567.89");
	check_text(1234567, "JPY", "1,234,567");
	check_text(999, "JPY", "999");
	check_text(INT64_MIN, "EUR", "-92,233,720,368,547,758.08");
}

static void
check_parse(const char *s, const char *currency, int64_t want)
{
	int64_t got = 77;

	assert_int_equal(money_parse(s, currency, &got), ERR_NONE);
	assert_true(got == want);
}

static void
text_follows_the_locale(void **state)
{
	static struct separators none, c = {.point = "."};
	static struct separators german = {",", ".", "\3\3"};
	static struct separators indian = {".", ",", "\3\2"};
	static struct separators french = {",", "\u202f", "\3"};
	static struct separators spanish = {",", "", ""};
	static struct separators once = {".", "'", {3, CHAR_MAX}};

	(void)state;
	set_locale(&c, &german);
	check_text(123456789, "EUR", "1.234.567,89");
	/* LC_NUMERIC alone counts too; LC_MONETARY goes before it. */
	set_locale(&german, &none);
	check_text(123456789, "EUR", "1.234.567,89");
	set_locale(&german, &indian);
	check_text(1234567890, "INR", "1,23,45,678.90");
	set_locale(&c, &french);
	check_text(-123456789, "EUR", "-1\u202f234\u202f567,89");
	check_text(123456789, "JPY", "123\u202f456\u202f789");
	set_locale(&c, &spanish);
	check_text(123456789, "EUR", "1234567,89");
	set_locale(&c, &once);
	check_text(123456789, "EUR", "1234'567.89");
}

static void
text_too_long_for_its_separators_is_plain_not_cut(void **state)
{
	static struct separators c = {.point = "."};
	static struct separators french = {",", "\u202f", "\3"};

	(void)state;
	set_locale(&c, &french);
	check_text(INT64_MAX, "JPY", "9223372036854775807");
	check_text(INT64_MIN, "EUR", "-92233720368547758.08");
}

static void
parse_reads_what_people_type(void **state)
{
	(void)state;
	check_parse("12", "EUR", 1200);
	check_parse("12.5", "EUR", 1250);
	check_parse("-3.40", "EUR", -340);
	check_parse("0.05", "EUR", 5);
	check_parse("-0", "EUR", 0);
	check_parse("12", "JPY", 12);
	check_parse("1.5", "KWD", 1500);
}

static void
parse_undoes_plain_at_the_extremes(void **state)
{
	static const int64_t amounts[] = {
	    INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX};
	char text[MONEY_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(amounts) / sizeof(amounts[0]); i++) {
		money_plain(text, amounts[i], "EUR");
		check_parse(text, "EUR", amounts[i]);
		money_plain(text, amounts[i], "JPY");
		check_parse(text, "JPY", amounts[i]);
	}
}

static void
parse_refuses_the_rest_and_leaves_the_result(void **state)
{
	static const char *const bad[] = {"", "-", "+1", ".", ".5", "5.", " 5",
	    "5 ", "1,000", "1.234", "1..2", "1.2.3", "--1", "1e3", "0x10",
	    "1.-1", "\xd9\xa1"};
	int64_t v = 77;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(money_parse(bad[i], "EUR", &v), ERR_BAD_INPUT);
	assert_int_equal(money_parse("1.0", "JPY", &v), ERR_BAD_INPUT);
	assert_int_equal(money_parse("1.", "JPY", &v), ERR_BAD_INPUT);
	assert_int_equal(
	    money_parse("92233720368547758.08", "EUR", &v), ERR_TOO_BIG);
	assert_int_equal(
	    money_parse("99999999999999999999", "JPY", &v), ERR_TOO_BIG);
	assert_int_equal(
	    money_parse("92233720368547759", "EUR", &v), ERR_TOO_BIG);
	assert_true(v == 77);
}

static void
add_refuses_overflow(void **state)
{
	int64_t v = 77;

	(void)state;
	assert_int_equal(money_add(INT64_MAX, 1, &v), ERR_TOO_BIG);
	assert_int_equal(money_add(INT64_MIN, -1, &v), ERR_TOO_BIG);
	assert_true(v == 77);
	assert_int_equal(money_add(INT64_MAX, INT64_MIN, &v), ERR_NONE);
	assert_true(v == -1);
}

static void
check_mul_div(int64_t a, int64_t num, int64_t den, int64_t want)
{
	int64_t got = 77;

	assert_int_equal(money_mul_div(a, num, den, &got), ERR_NONE);
	assert_true(got == want);
}

static void
mul_div_rounds_half_away_from_zero(void **state)
{
	(void)state;
	check_mul_div(5, 1, 2, 3);
	check_mul_div(-5, 1, 2, -3);
	check_mul_div(5, -1, 2, -3);
	check_mul_div(1, 1, 3, 0);
	check_mul_div(2, 1, 3, 1);
	check_mul_div(-2, 1, 3, -1);
	check_mul_div(4, 1, 2, 2);
	/* 19 % of 45.71 is 8.6849; of 45.50 is 8.645, so 8.65. */
	check_mul_div(4571, 1900, 10000, 868);
	check_mul_div(4550, 1900, 10000, 865);
	check_mul_div(-4550, 1900, 10000, -865);
}

static void
mul_div_is_exact_past_64_bits(void **state)
{
	int64_t v = 77;

	(void)state;
	check_mul_div(INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX);
	check_mul_div(INT64_MIN, INT64_MAX, INT64_MAX, INT64_MIN);
	check_mul_div(INT64_MAX, 1, INT64_MAX, 1);
	assert_int_equal(money_mul_div(INT64_MAX, 2, 1, &v), ERR_TOO_BIG);
	assert_int_equal(money_mul_div(INT64_MIN, -1, 1, &v), ERR_TOO_BIG);
	assert_int_equal(
	    money_mul_div(INT64_MIN, INT64_MIN, 1, &v), ERR_TOO_BIG);
	assert_int_equal(money_mul_div(1, 1, 0, &v), ERR_BAD_INPUT);
	assert_int_equal(money_mul_div(1, 1, -1, &v), ERR_BAD_INPUT);
	assert_true(v == 77);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exponents_follow_iso_4217),
	    cmocka_unit_test(every_sorted_neighbour_is_found),
	    cmocka_unit_test(unknown_codes_are_not_valid),
	    cmocka_unit_test(a_gateways_code_is_read_in_either_case),
	    cmocka_unit_test(plain_has_the_currencys_digits),
	    cmocka_unit_test_setup(
		text_is_grouped_in_the_c_locale, set_c_locale),
	    cmocka_unit_test(text_follows_the_locale),
	    cmocka_unit_test(text_too_long_for_its_separators_is_plain_not_cut),
	    cmocka_unit_test(parse_reads_what_people_type),
	    cmocka_unit_test(parse_undoes_plain_at_the_extremes),
	    cmocka_unit_test(parse_refuses_the_rest_and_leaves_the_result),
	    cmocka_unit_test(add_refuses_overflow),
	    cmocka_unit_test(mul_div_rounds_half_away_from_zero),
	    cmocka_unit_test(mul_div_is_exact_past_64_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

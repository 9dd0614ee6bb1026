/* What Stripe takes, currency by currency (its documentation's figures). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "data/checkout.h"

/* amount: the smallest that is taken, in our minor units */
/* clang-format off */
static const struct {
	const char *currency, *says;
	int64_t amount;
} smallest[] = {
	{ "USD", "0.50 USD", 50 }, { "EUR", "0.50 EUR", 50 },
	{ "AUD", "0.50 AUD", 50 }, { "BRL", "0.50 BRL", 50 },
	{ "CAD", "0.50 CAD", 50 }, { "CHF", "0.50 CHF", 50 },
	{ "INR", "0.50 INR", 50 }, { "JPY", "50 JPY", 50 },
	{ "NZD", "0.50 NZD", 50 }, { "SGD", "0.50 SGD", 50 },
	{ "GBP", "0.30 GBP", 30 }, { "AED", "2.00 AED", 200 },
	{ "CZK", "15.00 CZK", 1500 }, { "DKK", "2.50 DKK", 250 },
	{ "HKD", "4.00 HKD", 400 }, { "HUF", "175.00 HUF", 17500 },
	{ "MXN", "10.00 MXN", 1000 }, { "MYR", "2.00 MYR", 200 },
	{ "NOK", "3.00 NOK", 300 }, { "SEK", "3.00 SEK", 300 },
	{ "PLN", "2.00 PLN", 200 }, { "RON", "2.00 RON", 200 },
	{ "THB", "10.00 THB", 1000 },
};

static const struct {
	const char *currency;
	int64_t amount; /* not taken */
	int64_t near;   /* taken */
	const char *says;
} steps[] = {
	{ "BHD", 1005, 1010, "0.010" }, { "JOD", 1001, 1000, "0.010" },
	{ "KWD", 9,    10,   "0.010" }, { "OMR", 12345, 12340, "0.010" },
	{ "TND", 11,   20,   "0.010" }, { "MGA", 150,  200,  "whole" },
};

/* ours, Stripe's */
static const struct {
	const char *currency;
	int64_t amount, units;
} units[] = {
	{ "EUR", 1234, 1234 }, { "JPY", 500, 500 }, { "KWD", 1230, 1230 },
	{ "ISK", 5, 500 }, { "UGX", 5, 500 }, { "MGA", 500, 5 }, { "KRW", 7, 7 },
	{ "HUF", 17500, 17500 },
};

static const char *const no_decimals[] = {
	"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "VND",
	"VUV", "XAF", "XOF", "XPF",
};
/* clang-format on */

#define EACH(i, rows)                                                          \
	for (size_t i = 0; i < sizeof(rows) / sizeof(*(rows)); i++)

static void
every_minimum_is_told_in_its_currency(void **state)
{
	const char *why;

	(void)state;
	EACH(i, smallest)
	{
		assert_null(
		    stripe_refuses(smallest[i].amount, smallest[i].currency));
		why = stripe_refuses(
		    smallest[i].amount - 1, smallest[i].currency);
		assert_non_null(why);
		assert_non_null(strstr(why, smallest[i].says));
	}
}

static void
steps_are_told(void **state)
{
	const char *why;

	(void)state;
	EACH(i, steps)
	{
		assert_null(stripe_refuses(steps[i].near, steps[i].currency));
		why = stripe_refuses(steps[i].amount, steps[i].currency);
		assert_non_null(why);
		assert_non_null(strstr(why, steps[i].says));
		assert_non_null(strstr(why, steps[i].currency));
	}
}

static void
eight_digits_of_stripes_unit_are_the_most(void **state)
{
	(void)state;
	assert_null(stripe_refuses(99999999, "EUR"));
	assert_non_null(strstr(stripe_refuses(100000000, "EUR"), "too large"));
	assert_null(stripe_refuses(999999, "ISK"));
	assert_non_null(strstr(stripe_refuses(1000000, "ISK"), "too large"));
	assert_null(stripe_refuses(9999999900, "MGA"));
	assert_non_null(strstr(stripe_refuses(10000000000, "MGA"), "large"));
	assert_non_null(strstr(stripe_refuses(INT64_MAX, "ISK"), "too large"));
}

static void
nothing_and_less_is_refused(void **state)
{
	(void)state;
	assert_non_null(strstr(stripe_refuses(0, "EUR"), "more than zero"));
	assert_non_null(strstr(stripe_refuses(-5, "SRD"), "more than zero"));
	assert_null(stripe_refuses(1, "SRD"));
}

static void
currencies_that_it_cannot_say_are_refused(void **state)
{
	static const char *const none[] = {
	    "", "EU", "eur", "XXX", "LYD", "IQD", "CLF", "UYW", "UYI"};
	int64_t out;

	(void)state;
	EACH(i, none)
	{
		assert_non_null(
		    strstr(stripe_refuses(1000, none[i]), "this currency"));
		assert_int_equal(
		    stripe_units(1000, none[i], &out), ERR_BAD_INPUT);
		assert_int_equal(
		    stripe_units_back(1000, none[i], &out), ERR_BAD_INPUT);
	}
}

static void
units_go_there_and_back(void **state)
{
	int64_t out;

	(void)state;
	EACH(i, units)
	{
		assert_int_equal(
		    stripe_units(units[i].amount, units[i].currency, &out),
		    ERR_NONE);
		assert_int_equal(out, units[i].units);
		assert_int_equal(
		    stripe_units_back(units[i].units, units[i].currency, &out),
		    ERR_NONE);
		assert_int_equal(out, units[i].amount);
	}
	EACH(i, no_decimals)
	{
		assert_int_equal(
		    stripe_units(4321, no_decimals[i], &out), ERR_NONE);
		assert_int_equal(out, 4321);
	}
}

static void
units_that_are_no_amount_are_refused(void **state)
{
	int64_t out = 7;

	(void)state;
	assert_int_equal(stripe_units_back(550, "ISK", &out), ERR_BAD_INPUT);
	assert_int_equal(stripe_units(150, "MGA", &out), ERR_BAD_INPUT);
	assert_int_equal(stripe_units(INT64_MAX, "ISK", &out), ERR_TOO_BIG);
	assert_int_equal(out, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_minimum_is_told_in_its_currency),
	    cmocka_unit_test(steps_are_told),
	    cmocka_unit_test(eight_digits_of_stripes_unit_are_the_most),
	    cmocka_unit_test(nothing_and_less_is_refused),
	    cmocka_unit_test(currencies_that_it_cannot_say_are_refused),
	    cmocka_unit_test(units_go_there_and_back),
	    cmocka_unit_test(units_that_are_no_amount_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

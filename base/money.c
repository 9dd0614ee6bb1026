/*
 * The currencies of ISO 4217 and exact arithmetic on their minor units.
 */
#include "base/money.h"

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct currency {
	char code[CURRENCY_SIZE];
	int exponent;
};

/*
 * Sorted.  Left out: metals, bonds and test codes, which nobody is billed in.
 * Withdrawn, but still on old invoices: ANG, BGN, HRK.
 */
/* clang-format off */
static const struct currency currencies[] = {
	{ "AED", 2 }, { "AFN", 2 }, { "ALL", 2 }, { "AMD", 2 }, { "ANG", 2 },
	{ "AOA", 2 }, { "ARS", 2 }, { "AUD", 2 }, { "AWG", 2 }, { "AZN", 2 },
	{ "BAM", 2 }, { "BBD", 2 }, { "BDT", 2 }, { "BGN", 2 }, { "BHD", 3 },
	{ "BIF", 0 }, { "BMD", 2 }, { "BND", 2 }, { "BOB", 2 }, { "BOV", 2 },
	{ "BRL", 2 }, { "BSD", 2 }, { "BTN", 2 }, { "BWP", 2 }, { "BYN", 2 },
	{ "BZD", 2 }, { "CAD", 2 }, { "CDF", 2 }, { "CHE", 2 }, { "CHF", 2 },
	{ "CHW", 2 }, { "CLF", 4 }, { "CLP", 0 }, { "CNY", 2 }, { "COP", 2 },
	{ "COU", 2 }, { "CRC", 2 }, { "CUP", 2 }, { "CVE", 2 }, { "CZK", 2 },
	{ "DJF", 0 }, { "DKK", 2 }, { "DOP", 2 }, { "DZD", 2 }, { "EGP", 2 },
	{ "ERN", 2 }, { "ETB", 2 }, { "EUR", 2 }, { "FJD", 2 }, { "FKP", 2 },
	{ "GBP", 2 }, { "GEL", 2 }, { "GHS", 2 }, { "GIP", 2 }, { "GMD", 2 },
	{ "GNF", 0 }, { "GTQ", 2 }, { "GYD", 2 }, { "HKD", 2 }, { "HNL", 2 },
	{ "HRK", 2 }, { "HTG", 2 }, { "HUF", 2 }, { "IDR", 2 }, { "ILS", 2 },
	{ "INR", 2 }, { "IQD", 3 }, { "IRR", 2 }, { "ISK", 0 }, { "JMD", 2 },
	{ "JOD", 3 }, { "JPY", 0 }, { "KES", 2 }, { "KGS", 2 }, { "KHR", 2 },
	{ "KMF", 0 }, { "KPW", 2 }, { "KRW", 0 }, { "KWD", 3 }, { "KYD", 2 },
	{ "KZT", 2 }, { "LAK", 2 }, { "LBP", 2 }, { "LKR", 2 }, { "LRD", 2 },
	{ "LSL", 2 }, { "LYD", 3 }, { "MAD", 2 }, { "MDL", 2 }, { "MGA", 2 },
	{ "MKD", 2 }, { "MMK", 2 }, { "MNT", 2 }, { "MOP", 2 }, { "MRU", 2 },
	{ "MUR", 2 }, { "MVR", 2 }, { "MWK", 2 }, { "MXN", 2 }, { "MXV", 2 },
	{ "MYR", 2 }, { "MZN", 2 }, { "NAD", 2 }, { "NGN", 2 }, { "NIO", 2 },
	{ "NOK", 2 }, { "NPR", 2 }, { "NZD", 2 }, { "OMR", 3 }, { "PAB", 2 },
	{ "PEN", 2 }, { "PGK", 2 }, { "PHP", 2 }, { "PKR", 2 }, { "PLN", 2 },
	{ "PYG", 0 }, { "QAR", 2 }, { "RON", 2 }, { "RSD", 2 }, { "RUB", 2 },
	{ "RWF", 0 }, { "SAR", 2 }, { "SBD", 2 }, { "SCR", 2 }, { "SDG", 2 },
	{ "SEK", 2 }, { "SGD", 2 }, { "SHP", 2 }, { "SLE", 2 }, { "SOS", 2 },
	{ "SRD", 2 }, { "SSP", 2 }, { "STN", 2 }, { "SVC", 2 }, { "SYP", 2 },
	{ "SZL", 2 }, { "THB", 2 }, { "TJS", 2 }, { "TMT", 2 }, { "TND", 3 },
	{ "TOP", 2 }, { "TRY", 2 }, { "TTD", 2 }, { "TWD", 2 }, { "TZS", 2 },
	{ "UAH", 2 }, { "UGX", 0 }, { "USD", 2 }, { "USN", 2 }, { "UYI", 0 },
	{ "UYU", 2 }, { "UYW", 4 }, { "UZS", 2 }, { "VED", 2 }, { "VES", 2 },
	{ "VND", 0 }, { "VUV", 0 }, { "WST", 2 }, { "XAD", 2 }, { "XAF", 0 },
	{ "XCD", 2 }, { "XCG", 2 }, { "XOF", 0 }, { "XPF", 0 }, { "YER", 2 },
	{ "ZAR", 2 }, { "ZMW", 2 }, { "ZWG", 2 },
};
/* clang-format on */

/* How an amount is grouped: sizes from the right, the last one repeats. */
struct grouping {
	const char *point;
	const char *sep;
	const char *sizes;
};

static int
currency_cmp(const void *key, const void *row)
{
	return strcmp(key, ((const struct currency *)row)->code);
}

static const struct currency *
currency_find(const char *code)
{
	return bsearch(code, currencies,
	    sizeof(currencies) / sizeof(currencies[0]), sizeof(currencies[0]),
	    currency_cmp);
}

bool
currency_valid(const char *code)
{
	return currency_find(code) != NULL;
}

enum err
currency_parse(char dst[CURRENCY_SIZE], const char *code)
{
	char upper[CURRENCY_SIZE];

	if (strlen(code) != CURRENCY_SIZE - 1)
		return ERR_BAD_INPUT;
	for (size_t i = 0; i < CURRENCY_SIZE; i++)
		upper[i] = text_upper(code[i]);
	if (!currency_valid(upper))
		return ERR_BAD_INPUT;
	memcpy(dst, upper, CURRENCY_SIZE);
	return ERR_NONE;
}

int
currency_exponent(const char *code)
{
	const struct currency *c = currency_find(code);

	return c != NULL ? c->exponent : 2;
}

/* The absolute value; that of INT64_MIN fits only without a sign. */
static uint64_t
magnitude(int64_t amount)
{
	return amount < 0 ? -(uint64_t)amount : (uint64_t)amount;
}

/* Digits with at least one before the point; returns how many. */
static int
money_digits(char digits[24], int64_t amount, int exponent)
{
	return snprintf(digits, 24, "%0*llu", exponent + 1,
	    (unsigned long long)magnitude(amount));
}

void
money_plain(char dst[MONEY_SIZE], int64_t amount, const char *currency)
{
	int exponent = currency_exponent(currency);
	char digits[24];
	int whole = money_digits(digits, amount, exponent) - exponent;

	snprintf(dst, MONEY_SIZE, "%s%.*s%s%s", amount < 0 ? "-" : "", whole,
	    digits, exponent > 0 ? "." : "", digits + whole);
}

static struct grouping
grouping_of_locale(void)
{
	const struct lconv *lc = localeconv();
	struct grouping g = {
	    lc->mon_decimal_point, lc->mon_thousands_sep, lc->mon_grouping};

	if (*g.point == '\0')
		g = (struct grouping) {
		    lc->decimal_point, lc->thousands_sep, lc->grouping};
	/* The C locale says nothing; a wall of digits helps nobody. */
	if (strcmp(g.point, ".") == 0 && *g.sep == '\0')
		g = (struct grouping) {".", ",", "\3"};
	return g;
}

/* Does a separator stand where this many whole digits are still to come? */
static bool
group_starts(const char *sizes, int to_come)
{
	int at = 0;

	while (*sizes > 0 && *sizes != CHAR_MAX) {
		at += *sizes;
		if (at >= to_come)
			return at == to_come;
		if (sizes[1] != '\0')
			sizes++;
	}
	return false;
}

void
money_text(char dst[MONEY_SIZE], int64_t amount, const char *currency)
{
	struct grouping g = grouping_of_locale();
	int exponent = currency_exponent(currency);
	char digits[24], text[256];
	int i, whole = money_digits(digits, amount, exponent) - exponent;
	size_t n = 0, sep = strlen(g.sep);

	/* No locale's separator is near this long. */
	if (sep > 8 || strlen(g.point) > 8) {
		money_plain(dst, amount, currency);
		return;
	}
	if (amount < 0)
		text[n++] = '-';
	for (i = 0; i < whole; i++) {
		if (i > 0 && group_starts(g.sizes, whole - i)) {
			memcpy(text + n, g.sep, sep);
			n += sep;
		}
		text[n++] = digits[i];
	}
	n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
	    exponent > 0 ? g.point : "", digits + whole);
	/* Long separators in an absurd amount: better plain than cut. */
	if (n >= MONEY_SIZE)
		money_plain(dst, amount, currency);
	else
		memcpy(dst, text, n + 1);
}

enum err
money_parse(const char *s, const char *currency, int64_t *out)
{
	int exponent = currency_exponent(currency);
	bool negative = *s == '-', point = false, digit = false;
	int64_t v = 0;

	if (negative)
		s++;
	for (; *s != '\0'; s++) {
		if (*s == '.' && digit && !point && exponent > 0) {
			point = true;
			digit = false;
			continue;
		}
		if (*s < '0' || *s > '9' || (point && exponent == 0))
			return ERR_BAD_INPUT;
		digit = true;
		if (point)
			exponent--;
		/* Counted downwards: INT64_MIN has no positive twin. */
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, *s - '0', &v))
			return ERR_TOO_BIG;
	}
	if (!digit)
		return ERR_BAD_INPUT;
	while (exponent-- > 0)
		if (__builtin_mul_overflow(v, 10, &v))
			return ERR_TOO_BIG;
	if (!negative && __builtin_sub_overflow(0, v, &v))
		return ERR_TOO_BIG;
	*out = v;
	return ERR_NONE;
}

int64_t
money_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

enum err
money_add(int64_t a, int64_t b, int64_t *out)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return ERR_TOO_BIG;
	*out = sum;
	return ERR_NONE;
}

enum err
money_mul_div(int64_t a, int64_t num, int64_t den, int64_t *out)
{
	__int128 product = (__int128)a * num, quotient, rest;

	if (den <= 0)
		return ERR_BAD_INPUT;
	quotient = product / den;
	rest = product % den;
	if (rest * 2 >= den)
		quotient++;
	else if (rest * 2 <= -(__int128)den)
		quotient--;
	if (quotient > INT64_MAX || quotient < INT64_MIN)
		return ERR_TOO_BIG;
	*out = (int64_t)quotient;
	return ERR_NONE;
}

/*
 * What Stripe takes: smallest amounts, digits and steps of each currency.  Our
 * amounts are minor units of ISO 4217, Stripe's are its own for a few of them.
 */
#include <string.h>

#include "base/i18n.h"
#include "data/checkout.h"

enum { UNITS_MAX = 99999999 }; /* eight digits */

struct rule {
	char code[CURRENCY_SIZE];
	int digits;  /* that Stripe's unit has after the point */
	int minimum; /* in its units; 0: none is known */
	int step;    /* in its units; 0: every amount */
	const char *too_small, *no_step;
};

/* Those that are not listed have two digits on both sides and no minimum that
 * we know. */
/* clang-format off */
static const struct rule rules[] = {
	{ "AED", 2, 200,   0, N_("Card payments begin at 2.00 AED."), NULL },
	{ "AUD", 2, 50,    0, N_("Card payments begin at 0.50 AUD."), NULL },
	{ "BRL", 2, 50,    0, N_("Card payments begin at 0.50 BRL."), NULL },
	{ "CAD", 2, 50,    0, N_("Card payments begin at 0.50 CAD."), NULL },
	{ "CHF", 2, 50,    0, N_("Card payments begin at 0.50 CHF."), NULL },
	{ "CZK", 2, 1500,  0, N_("Card payments begin at 15.00 CZK."), NULL },
	{ "DKK", 2, 250,   0, N_("Card payments begin at 2.50 DKK."), NULL },
	{ "EUR", 2, 50,    0, N_("Card payments begin at 0.50 EUR."), NULL },
	{ "GBP", 2, 30,    0, N_("Card payments begin at 0.30 GBP."), NULL },
	{ "HKD", 2, 400,   0, N_("Card payments begin at 4.00 HKD."), NULL },
	{ "HUF", 2, 17500, 0, N_("Card payments begin at 175.00 HUF."), NULL },
	{ "INR", 2, 50,    0, N_("Card payments begin at 0.50 INR."), NULL },
	{ "JPY", 0, 50,    0, N_("Card payments begin at 50 JPY."), NULL },
	{ "MXN", 2, 1000,  0, N_("Card payments begin at 10.00 MXN."), NULL },
	{ "MYR", 2, 200,   0, N_("Card payments begin at 2.00 MYR."), NULL },
	{ "NOK", 2, 300,   0, N_("Card payments begin at 3.00 NOK."), NULL },
	{ "NZD", 2, 50,    0, N_("Card payments begin at 0.50 NZD."), NULL },
	{ "PLN", 2, 200,   0, N_("Card payments begin at 2.00 PLN."), NULL },
	{ "RON", 2, 200,   0, N_("Card payments begin at 2.00 RON."), NULL },
	{ "SEK", 2, 300,   0, N_("Card payments begin at 3.00 SEK."), NULL },
	{ "SGD", 2, 50,    0, N_("Card payments begin at 0.50 SGD."), NULL },
	{ "THB", 2, 1000,  0, N_("Card payments begin at 10.00 THB."), NULL },
	{ "USD", 2, 50,    0, N_("Card payments begin at 0.50 USD."), NULL },
	/* without decimals */
	{ "BIF", 0, 0, 0, NULL, NULL }, { "CLP", 0, 0, 0, NULL, NULL },
	{ "DJF", 0, 0, 0, NULL, NULL }, { "GNF", 0, 0, 0, NULL, NULL },
	{ "KMF", 0, 0, 0, NULL, NULL }, { "KRW", 0, 0, 0, NULL, NULL },
	{ "PYG", 0, 0, 0, NULL, NULL }, { "RWF", 0, 0, 0, NULL, NULL },
	{ "VND", 0, 0, 0, NULL, NULL }, { "VUV", 0, 0, 0, NULL, NULL },
	{ "XAF", 0, 0, 0, NULL, NULL }, { "XOF", 0, 0, 0, NULL, NULL },
	{ "XPF", 0, 0, 0, NULL, NULL },
	{ "MGA", 0, 0, 0, NULL,
	  N_("Card payments in MGA are whole ariary.") },
	/* two digits that must be 00, as they are: we have none */
	{ "ISK", 2, 0, 0, NULL, NULL }, { "UGX", 2, 0, 0, NULL, NULL },
	/* three digits, the last one 0 */
	{ "BHD", 3, 0, 10, NULL,
	  N_("Card payments in BHD go in steps of 0.010.") },
	{ "JOD", 3, 0, 10, NULL,
	  N_("Card payments in JOD go in steps of 0.010.") },
	{ "KWD", 3, 0, 10, NULL,
	  N_("Card payments in KWD go in steps of 0.010.") },
	{ "OMR", 3, 0, 10, NULL,
	  N_("Card payments in OMR go in steps of 0.010.") },
	{ "TND", 3, 0, 10, NULL,
	  N_("Card payments in TND go in steps of 0.010.") },
};
/* clang-format on */

static const struct rule usual = {.digits = 2};

/* NULL: not taken.  Whether it takes a currency that is written like most, only
 * Stripe knows. */
static const struct rule *
rule_find(const char *currency)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (strcmp(rules[i].code, currency) == 0)
			return &rules[i];
	return currency_valid(currency) && currency_exponent(currency) == 2
		   ? &usual
		   : NULL;
}

/* From one number of digits to another. */
static enum err
scale(int64_t amount, int from, int to, int64_t *out)
{
	for (; from < to; from++)
		if (__builtin_mul_overflow(amount, 10, &amount))
			return ERR_TOO_BIG;
	for (; from > to; from--) {
		if (amount % 10 != 0)
			return ERR_BAD_INPUT;
		amount /= 10;
	}
	*out = amount;
	return ERR_NONE;
}

enum err
stripe_units(int64_t amount, const char *currency, int64_t *out)
{
	const struct rule *r = rule_find(currency);

	if (r == NULL)
		return ERR_BAD_INPUT;
	return scale(amount, currency_exponent(currency), r->digits, out);
}

enum err
stripe_units_back(int64_t units, const char *currency, int64_t *out)
{
	const struct rule *r = rule_find(currency);

	if (r == NULL)
		return ERR_BAD_INPUT;
	return scale(units, r->digits, currency_exponent(currency), out);
}

const char *
stripe_refuses(int64_t amount, const char *currency)
{
	const struct rule *r = rule_find(currency);
	int64_t units = 0;
	enum err err;

	if (r == NULL)
		return N_("Paying by card is not possible in this currency.");
	if (amount <= 0)
		return N_("The amount must be more than zero.");
	err = stripe_units(amount, currency, &units);
	if (err == ERR_BAD_INPUT)
		return r->no_step;
	if (err != ERR_NONE || units > UNITS_MAX)
		return N_("This amount is too large for one card payment. "
			  "Please pay it in parts.");
	if (units < r->minimum)
		return r->too_small;
	return r->step != 0 && units % r->step != 0 ? r->no_step : NULL;
}

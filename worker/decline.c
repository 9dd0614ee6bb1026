/*
 * Charges that came to nothing, as the customer reads of them.
 */
#include <string.h>

#include "base/i18n.h"
#include "worker/settle.h"

struct sentence {
	const char *code;
	bool ask; /* none without the customer can succeed */
	const char *text;
};

/* clang-format off */
/* Stripe's decline codes, else its error codes.  Cards that are lost, stolen or
 * suspected are declined without saying so: it may be the thief who reads it. */
static const struct sentence sentences[] = {
	{ "authentication_required", true,
	  N_("Your bank wants you to confirm this payment. "
	     "Please pay it by a link.") },
	{ "insufficient_funds", false,
	  N_("There was not enough money in the account.") },
	{ "expired_card", false, N_("The card has expired.") },
	{ "incorrect_number", false, N_("The card's number is not right.") },
	{ "card_not_supported", false,
	  N_("The card does not take payments like this one.") },
	{ "currency_not_supported", false,
	  N_("The card does not take payments in this currency.") },
	{ "card_velocity_exceeded", false,
	  N_("The card's limit is reached. Please ask your bank.") },
	{ "withdrawal_count_limit_exceeded", false,
	  N_("The card's limit is reached. Please ask your bank.") },
	{ "issuer_not_available", false,
	  N_("Your bank could not be reached. Please try again later.") },
	{ "processing_error", false,
	  N_("Your bank could not be reached. Please try again later.") },
	{ "try_again_later", false,
	  N_("Your bank could not be reached. Please try again later.") },
	{ "account_closed", false, N_("The account is closed.") },
	{ "debit_not_authorized", false,
	  N_("The account's owner has not allowed this direct debit.") },
};
/* clang-format on */

static const struct sentence declined = {"", false,
    N_("Your bank has declined this payment. Please ask your bank, or pay in "
       "another way.")};

static const struct sentence *
sentence_find(const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (strcmp(sentences[i].code, code) == 0)
			return &sentences[i];
	return NULL;
}

static const struct sentence *
sentence_of(const json_t *error, const char *otherwise)
{
	const char *code = json_text(error, "code");
	const struct sentence *s =
	    sentence_find(json_text(error, "decline_code"));

	if (s == NULL)
		s = sentence_find(code[0] != '\0' ? code : otherwise);
	return s != NULL ? s : &declined;
}

static enum err
fail(struct worker *w, const struct checkout *c, bool ask, const char *reason)
{
	stripe_become(w, c->tenant, c->customer);
	return c->automatic ? autopay_failed(w->st, c, ask, reason)
			    : checkout_set(w->st, c, "failed", reason);
}

enum err
charge_failed(struct worker *w, const struct checkout *c, const char *reason)
{
	return fail(w, c, false, reason);
}

enum err
charge_declined(struct worker *w, const struct checkout *c, const json_t *error,
    const char *otherwise)
{
	const struct sentence *s = sentence_of(error, otherwise);

	return fail(w, c, s->ask, s->text);
}

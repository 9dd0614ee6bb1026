/* Reading what was given back of a payment, and the words for it. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/array.h"
#include "data/refund.h"

static void
refund_read(struct query *q, struct refund *r)
{
	r->id = col_int(q, 0);
	col_copy(q, 1, r->account, sizeof(r->account));
	col_copy(q, 2, r->ref, sizeof(r->ref));
	col_copy(q, 3, r->kind, sizeof(r->kind));
	r->amount = col_int(q, 4);
	col_copy(q, 5, r->currency, sizeof(r->currency));
	col_copy(q, 6, r->status, sizeof(r->status));
	col_copy(q, 7, r->reason, sizeof(r->reason));
	r->booked = col_int(q, 8);
	r->at = col_int(q, 9);
}

enum err
refund_list(struct store *st, int64_t payment, struct refund **out, size_t *n)
{
	struct query q = query_begin(st, SQL_REFUND_LIST);
	struct refund *list = NULL, *r;
	size_t got = 0;
	enum err err;

	query_bind_int(&q, payment);
	query_bind_int(&q, REFUNDS + 1);
	while (query_row(&q)) {
		if ((r = array_add(&list, &got, sizeof(*r))) == NULL) {
			q.err = ERR_NOMEM;
			break;
		}
		refund_read(&q, r);
	}
	err = query_end(&q);
	if (err == ERR_NONE && got > REFUNDS)
		err = ERR_TOO_BIG;
	if (err != ERR_NONE) {
		free(list);
		return err;
	}
	*out = list;
	*n = got;
	return ERR_NONE;
}

#define REFUND(s, ...)                                                         \
	{                                                                      \
		"refund", (s), __VA_ARGS__                                     \
	}
#define DISPUTE(s, ...)                                                        \
	{                                                                      \
		"dispute", (s), __VA_ARGS__                                    \
	}
#define ASKED N_("Your bank has asked us about this payment.")
#define OPEN                                                                   \
	N_("Your bank disputes this payment. Until it has decided, the "       \
	   "payment counts.")
#define STAYS N_("Nothing was taken back: the payment counts.")

/* clang-format off */
static const struct refund_words known[] = {
	REFUND("pending", 1, true, N_("On its way to you"),
	    N_("It reaches you in 5 to 10 days, the way you had paid.")),
	REFUND("requires_action", 1, false, N_("Waiting for you"),
	    N_("We asked you by e-mail where to send it.")),
	REFUND("succeeded", 2, true, N_("Given back"),
	    N_("Some banks take 5 to 10 days to show it.")),
	REFUND("by hand", 2, true, N_("Given back"), ""),
	REFUND("failed", 3, false, N_("Failed"),
	    N_("It could not be given back: the payment counts again.")),
	REFUND("canceled", 3, false, N_("Cancelled"), STAYS),
	DISPUTE("warning_needs_response", 1, false, N_("Open"), ASKED),
	DISPUTE("warning_under_review", 1, false, N_("Open"), ASKED),
	DISPUTE("warning_closed", 2, false, N_("Closed"), STAYS),
	DISPUTE("needs_response", 1, false, N_("Open"), OPEN),
	DISPUTE("under_review", 1, false, N_("Open"), OPEN),
	DISPUTE("prevented", 2, false, N_("Closed"), STAYS),
	DISPUTE("won", 2, false, N_("Closed"), STAYS),
	DISPUTE("lost", 2, true, N_("Given back"),
	    N_("Your bank took the money back: what it had paid is owed "
	       "again.")),
};
/* clang-format on */

const struct refund_words *
refund_words(const char *kind, const char *status)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i].kind, kind) == 0 &&
		    strcmp(known[i].status, status) == 0)
			return &known[i];
	return NULL;
}

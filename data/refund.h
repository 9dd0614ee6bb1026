/*
 * Money given back: refunds, and disputes that the payer's bank raised.  What
 * counts of them is taken from the payment again: what it had not settled yet
 * first, then from its invoices, newest first, which are then owed again.
 */
#ifndef DATA_REFUND_H
#define DATA_REFUND_H

#include "data/checkout.h"

enum { REFUNDS = 200, REFUND_REASON = 161 };

struct refund {
	int64_t id;
	char account[CHECKOUT_ID]; /* "" by hand, too */
	char ref[CHECKOUT_ID];     /* re_…, du_…, RFD-… */
	char kind[8];              /* refund dispute */
	int64_t amount;
	char currency[CURRENCY_SIZE];
	char status[32]; /* of refund_words() */
	char reason[REFUND_REASON];
	int64_t booked; /* what of amount counts */
	int64_t at;
};

/* Of a payment of the handle's customer, oldest first; *out is the caller's to
 * free.  ERR_TOO_BIG: more than REFUNDS. */
enum err refund_list(
    struct store *st, int64_t payment, struct refund **out, size_t *n);

/* What a status is called and means, both for _(). */
struct refund_words {
	const char *kind, *status;
	int step;    /* it never goes back to one before */
	bool counts; /* the money is gone, or going */
	const char *shown, *meaning;
};
/* NULL: there is no such status. */
const struct refund_words *refund_words(const char *kind, const char *status);

/* ---- ROLE_SYSTEM, acting for a tenant ---- */

/* What a gateway says of one now. */
struct refund_new {
	const char *account, *intent; /* of the payment */
	const char *kind, *ref;
	int64_t amount;
	const char *currency; /* in any case */
	const char *status;
	const char *reason; /* "" or like "requested_by_customer" */
	int64_t at;
};
/*
 * Writes it down and books what follows, in one transaction: any number of
 * times, in any order; *fresh: something has changed.  What all of a payment's
 * refunds and disputes say decides, never the order in which they were heard
 * of: the oldest counts first, in all not more than the payment.  What counts
 * no more is credit again, which settles what is owed.  Nobody is blocked by
 * it; who is blocked and owes nothing overdue any more is restored.
 *
 * ERR_NOT_FOUND: no payment of this tenant has this intent.  ERR_BAD_INPUT: an
 * unknown status, no amount, or another currency than the payment's.
 */
enum err refund_settle(
    struct store *st, const struct refund_new *in, bool *fresh);

/*
 * Given back by hand.  Takes a number, which is its ref.  ERR_BAD_INPUT with a
 * problem: more than is left of the payment, or it has not arrived.
 */
struct refund_hand {
	int64_t customer, payment, amount;
	bool unused;        /* instead of an amount: what it has not settled */
	const char *reason; /* for the customer */
	int64_t at;         /* 0: now */
};
enum err refund_add(
    struct store *st, const struct refund_hand *in, char number[33]);

#endif

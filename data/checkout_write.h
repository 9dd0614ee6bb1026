/*
 * What the verbs and portal-worker both write about a checkout.  All of it acts
 * for the handle's customer.
 */
#ifndef DATA_CHECKOUT_WRITE_H
#define DATA_CHECKOUT_WRITE_H

#include "data/checkout.h"

/* Takes its invoices. ERR_CONFLICT: somebody has one of them: roll back. */
enum err checkout_claim(struct store *st, int64_t id,
    const struct checkout_invoice *invoices, size_t n);
enum err checkout_unclaim(struct store *st, int64_t id);
/* Who has claimed an invoice; 0: nobody. */
enum err checkout_claimed_by(struct store *st, int64_t invoice, int64_t *id);
/* What is due of an invoice now. ERR_NOT_FOUND. */
struct checkout_due {
	int64_t balance;
	char currency[CURRENCY_SIZE];
	bool cancelled;
};
enum err checkout_due(
    struct store *st, int64_t invoice, struct checkout_due *out);
/* To another state; screens hear of it.  ERR_CONFLICT: it is paid or cancelled,
 * or of another generation. */
enum err checkout_move(struct store *st, int64_t id, int64_t generation,
    const char *state, const char *reason);
/* Another takes its place, or what it was for is paid: its claims are dropped,
 * its page is still to be ended. */
enum err checkout_supersede(struct store *st, int64_t id, int64_t generation);
/* The job that has the page of one that is superseded ended. */
enum err checkout_end(struct store *st, int64_t id, int64_t generation);
/* The job that has its page made. */
enum err checkout_want(struct store *st, int64_t id, int64_t generation);

#endif

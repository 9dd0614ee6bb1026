/* Payments and credit, and how they settle invoices. */
#ifndef DATA_PAYMENT_H
#define DATA_PAYMENT_H

#include "base/money.h"
#include "data/store.h"

struct payment_allocation {
	int64_t invoice;
	char number[33];
	int64_t amount;
	int64_t taken; /* back from it, with money that was given back */
};

struct payment {
	int64_t id;
	char kind[16]; /* payment credit */
	int64_t at, amount;
	char currency[CURRENCY_SIZE];
	/* Pending Succeeded Completed Failed Refunded "Partially refunded" */
	char status[24];
	char method[16];
	char reference[81];
	char receipt[33]; /* "" when there is none */
	int64_t unapplied;
	int64_t back; /* given back of it: refund.h */
	char seller[641], seller_vat[33], buyer[641];
	struct payment_allocation *allocations;
	size_t nallocations;
};

/* By id, or by receipt number when receipt is not NULL. */
enum err payment_get(
    struct store *st, int64_t id, const char *receipt, struct payment *out);
void payment_release(struct payment *p);

/*
 * System: money that arrived, not after today (kind "payment", status
 * "completed" by hand) or credit given.  Takes a receipt number (payments),
 * posts to the ledger and settles: the named invoice first if any, then the
 * list in its order, then the oldest; the rest stays as credit.  A customer
 * blocked for debt is restored in the same transaction when nothing is overdue
 * any more.  An (invoice 0) means oldest first.
 */
struct payment_new {
	int64_t customer;
	const char *kind;
	const char *entry; /* what the ledger calls it; NULL: its kind */
	const char *method;
	const char *reference;
	int64_t amount;
	int64_t at;
	int64_t invoice;
	const int64_t *invoices; /* each of the customer's */
	size_t ninvoices;
	const char *status; /* NULL: "completed" */
	/* NULL: the tenant's; money of another one cannot have arrived in the
	 * books: it stays "pending" or "failed". */
	const char *currency;
};
enum err payment_add(
    struct store *st, const struct payment_new *in, int64_t *id);

#endif

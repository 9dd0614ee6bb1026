/*
 * The account books of one customer: what issues invoices and receives money.
 * invoice_issue(), payment_add() and invoice_cancel() each make one entry.  Who
 * enters many for one customer opens them once, and who does so for many
 * customers opens one transaction around all of it:
 *
 *	store_begin(st);
 *	for each customer {
 *		customer_create(st, &c);
 *		books_open(&b, st, c.id);
 *		books_issue(&b, &invoice, &id, number);
 *		books_receive(&b, &payment, NULL);
 *		books_close(&b, err);
 *	}
 *	store_commit(st);
 *
 * For direct handles with ROLE_SYSTEM that name a tenant.
 */
#ifndef DATA_BOOKS_H
#define DATA_BOOKS_H

#include "data/invoice.h"
#include "data/payment.h"
#include "data/txn.h"

/* Above this an amount is refused, so that sums cannot overflow. */
#define MONEY_LIMIT INT64_C(100000000000000)

/* The gapless series, a kind of paper each; their rows are in books.c. */
enum series {
	SERIES_INVOICE,
	SERIES_RECEIPT,
	SERIES_PROFORMA,
	SERIES_CREDIT_NOTE,
	SERIES_REFUND,
	SERIES_COUNT,
};

/* Read when first needed and written at the close. */
struct books_series {
	int64_t next; /* 0: not read yet */
	bool taken;
};

struct books {
	struct txn txn;
	struct store *st;
	int64_t customer;
	int64_t now, today;    /* today in the tenant's zone */
	int64_t seller, buyer; /* the snapshots that new papers name */
	int64_t credit;        /* unapplied */
	char currency[CURRENCY_SIZE];
	char zone[64];
	bool blocked;
	bool less;       /* is due of something than before */
	enum err failed; /* the first error sticks */
	struct books_series series[SERIES_COUNT];
};

/*
 * One entry: opens the books of a customer, runs fn, closes them.  In a
 * transaction of its own it is done again when another one got in the way.
 */
typedef enum err books_entry_fn(struct books *b, void *arg);
enum err books_enter(
    struct store *st, int64_t customer, books_entry_fn *fn, void *arg);

/* ERR_NOT_FOUND: no such customer.  Must be closed when it gave ERR_NONE. */
enum err books_open(struct books *b, struct store *st, int64_t customer);
/*
 * Commits unless err or an entry before was an error: then it rolls back.  In a
 * transaction that was open before it does neither, and after an error its
 * owner must roll back.
 */
enum err books_close(struct books *b, enum err err);

/* As in invoice.h and payment.h; id and number may be NULL. */
enum err books_issue(struct books *b, const struct invoice_new *in, int64_t *id,
    char number[33]);
enum err books_receive(
    struct books *b, const struct payment_new *in, int64_t *id);
enum err books_cancel(struct books *b, int64_t invoice);

/*
 * The number of a series' next paper, with the year of its day, for the
 * functions above: "INV-2026-000001".  Nobody else can take one meanwhile: the
 * transaction is the only writer.
 */
enum err books_number(
    struct books *b, enum series s, int64_t day, char number[33]);

#endif

/*
 * Invoices: issued once, never changed; statuses derived from allocations.
 */
#ifndef DATA_INVOICE_H
#define DATA_INVOICE_H

#include "base/money.h"
#include "data/store.h"

struct invoice_line {
	char description[321];
	int64_t quantity;   /* thousandths */
	int64_t unit_price; /* net, minor units */
	char tax_category[3];
	int64_t tax_rate; /* basis points */
	int64_t net;
};

struct invoice_tax {
	char category[3];
	int64_t rate, net, tax;
};

struct invoice_allocation {
	int64_t payment;
	int64_t at, amount;
	int64_t taken;      /* back from it, with money that was given back */
	char kind[16];      /* payment credit */
	char method[16];    /* card transfer cash credit */
	char reference[81]; /* the payment's */
	char receipt[33];
};

struct invoice {
	int64_t id;
	char number[33];
	int64_t issued_on, issued_at, due_on, supply_from, supply_to;
	char currency[CURRENCY_SIZE];
	int64_t net, tax, total;
	int64_t balance; /* total - allocations; 0 when cancelled */
	/* Unpaid, Partially paid, Paid, Overdue, Cancelled: what is shown */
	char status[16];
	bool overdue;
	char seller[641], seller_vat[33], seller_bank[321], seller_note[641];
	char buyer[641], buyer_vat[33], buyer_number[33];
	char exemption[161];
	struct invoice_line *lines;
	size_t nlines;
	struct invoice_tax *taxes;
	size_t ntaxes;
	struct invoice_allocation *allocations;
	size_t nallocations;
};

/* By number or by id (the other NULL or 0), with lines, taxes and allocations.
 * A draft and somebody else's are ERR_NOT_FOUND.  today decides overdue. */
enum err invoice_get(struct store *st, const char *number, int64_t id,
    int64_t today, struct invoice *out);
void invoice_release(struct invoice *inv);

enum { INVOICE_LINES_MAX = 500 };

/*
 * System: computes each line's net (rounded to the minor unit), tax per rate
 * on the sum of that rate's lines, totals; takes the number; snapshots seller
 * and buyer; posts to the ledger; settles from credit, oldest first.  Uses
 * lines[], issued_on, due_on, supply_*, exemption of in.  One transaction.
 */
struct invoice_new {
	int64_t customer;
	int64_t issued_on, due_on, supply_from, supply_to;
	const char *exemption; /* or NULL */
	const struct invoice_line *lines;
	size_t nlines;
};
enum err invoice_issue(struct store *st, const struct invoice_new *in,
    int64_t *id, char number[33]);
/* System: what had paid it is credit again, and pays what is unpaid; restores
 * as a payment does (payment.h).  ERR_NOT_FOUND: cancelled already, too.
 * ERR_BAD_INPUT: a credit note corrects it. */
enum err invoice_cancel(struct store *st, int64_t customer, int64_t id);

#endif

/*
 * Proformas and credit notes: papers beside invoices, numbered in series of
 * their own, that never change.
 */
#ifndef DATA_DOCUMENT_H
#define DATA_DOCUMENT_H

#include "data/invoice.h"
#include "data/payment.h"

enum document_kind { DOCUMENT_PROFORMA = 1, DOCUMENT_CREDIT_NOTE };

struct document {
	enum document_kind kind;
	/*
	 * What stands on it.  Its status is Unpaid, Paid or Cancelled of a
	 * proforma; Refund due, Used or Refunded of a credit note.  Its balance
	 * is what is to be paid of a proforma, or left of a credit note.
	 */
	struct invoice paper;
	int64_t invoice; /* what a proforma became, 0: nothing yet; what a
			  * credit note corrects */
	char invoice_number[33];
	int64_t payment; /* a credit note's credit */
};

/* By number or by id (the other NULL or 0).  Somebody else's, and one of the
 * other kind, are ERR_NOT_FOUND. */
enum err document_get(struct store *st, enum document_kind kind,
    const char *number, int64_t id, struct document *out);
void document_release(struct document *d);

/* How many a customer has. */
struct document_counts {
	int64_t proformas, credit_notes;
};
enum err document_counts(struct store *st, struct document_counts *out);

/* What is credited of an invoice. */
enum err document_credited(struct store *st, int64_t invoice, int64_t *amount);

/* A proforma that waits to be paid, oldest first. */
struct document_open {
	int64_t id;
	char number[33];
	int64_t issued_on, due_on, amount;
	char currency[CURRENCY_SIZE];
};
enum { DOCUMENTS_OPEN = 20 };
enum err document_unpaid(
    struct store *st, struct document_open out[DOCUMENTS_OPEN], size_t *n);

/* The rest is for ROLE_SYSTEM, each in one transaction. */

/* As invoice_issue(), but for the account: nothing is owed. */
enum err proforma_issue(struct store *st, const struct invoice_new *in,
    int64_t *id, char number[33]);
/* ERR_NOT_FOUND: none that waits to be paid. */
enum err proforma_cancel(struct store *st, int64_t customer, int64_t id);

/*
 * Money for a proforma, at least its total: issues the invoice with the same
 * lines, of today and due today, and pays it with this; what is more settles
 * what is oldest, as all does for one that is paid or cancelled.  Of in what
 * names invoices is not read.  *invoice: what was issued, 0: nothing.
 * ERR_BAD_INPUT with a problem: it is less than the total.  ERR_NOT_FOUND.
 */
struct proforma_paid {
	int64_t payment, invoice;
};
enum err proforma_pay(struct store *st, int64_t proforma,
    const struct payment_new *in, struct proforma_paid *out);

/*
 * Corrects an invoice: its total, not above what is not credited yet, is credit
 * that settles this invoice first, then as all credit does (payment.h).
 * nlines 0: all lines of the invoice.  Their net amounts are positive.
 * ERR_NOT_FOUND: no such invoice.
 */
struct credit_note_new {
	int64_t customer, invoice;
	const struct invoice_line *lines;
	size_t nlines;
};
enum err credit_note_issue(struct store *st, const struct credit_note_new *in,
    int64_t *id, char number[33]);

#endif

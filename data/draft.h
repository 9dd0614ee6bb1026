/*
 * What invoices, proformas and credit notes have in common when they are
 * issued: sums, a number of a series, snapshots, lines and taxes.  What a kind
 * does to the account is its own.
 */
#ifndef DATA_DRAFT_H
#define DATA_DRAFT_H

#include "data/books.h"

enum { DRAFT_TAXES = 32 };

struct draft {
	const struct invoice_new *in;
	int64_t net[INVOICE_LINES_MAX];
	struct invoice_tax taxes[DRAFT_TAXES];
	size_t ntaxes;
	int64_t net_sum, tax_sum, total;
	char exemption[161];
	char number[33];
	int64_t issued_at;
};

/* Checks and computes; in must outlive d.  ERR_BAD_INPUT with a problem. */
enum err draft_make(
    struct books *b, const struct invoice_new *in, struct draft *d);
/* Takes the number, and says when it was issued. */
enum err draft_number(struct books *b, struct draft *d, enum series series);
/* Number, issued on and at, due, supply from and to, currency, net, tax, total,
 * seller, buyer, exemption: the first parameters of a head's statement. */
void draft_bind(struct query *q, const struct books *b, const struct draft *d);
/* Lines and taxes of a head that has this id. */
enum err draft_parts(struct books *b, const struct draft *d, int64_t id,
    enum sql lines, enum sql taxes);

#endif

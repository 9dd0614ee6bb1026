/* Allocating money to invoices: oldest first, never more than the balance. */
#ifndef DATA_SETTLE_H
#define DATA_SETTLE_H

#include "data/books.h"

/*
 * Money of a payment goes to the invoices that in names, in their order, then
 * to the oldest; *left is what stays as credit.  ERR_NOT_FOUND: no such
 * invoice.
 */
enum err settle_payment(struct books *b, int64_t payment, int64_t at,
    const struct payment_new *in, int64_t *left);
/* Credit that is there goes to this invoice, oldest credit first. */
enum err settle_invoice(
    struct books *b, int64_t invoice, int64_t at, int64_t balance);
/* All credit to whatever is unpaid. */
enum err settle_all(struct books *b);
/* Blocked for debt of which nothing is overdue any more: restored, before
 * anybody has to ask. */
enum err settle_restore(struct books *b);

#endif

/*
 * What the verbs and portal-worker both write about saved methods.  All of it
 * acts for the handle's customer.
 */
#ifndef DATA_METHOD_WRITE_H
#define DATA_METHOD_WRITE_H

#include "data/checkout_write.h"
#include "data/method.h"

/* It becomes the default; the gateway hears of it by a job.  ERR_NOT_FOUND: no
 * such method, or it is removed. */
enum err method_make_default(struct store *st, int64_t id);
/* Removes it, as method_remove() says, but tells the gateway nothing.
 * ERR_NOT_FOUND: no such method, or it is removed already. */
enum err method_take_away(struct store *st, int64_t id);
/* A wish to charge it for invoices, n 0: all that are due.  ERR_BAD_INPUT with
 * a problem; ERR_NOT_FOUND: no such method, or an invoice. */
enum err wish_charge(struct store *st, struct wish *w, int64_t method,
    const int64_t *invoices, size_t n);
/* Is automatic payment to be had at all? */
enum err autopay_allowed(struct store *st, bool *allowed);
enum err autopay_write(struct store *st, bool on);

#endif

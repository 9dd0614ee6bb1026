/* Gapless numbers, one series per tenant and kind of paper. */
#ifndef DATA_COUNTER_H
#define DATA_COUNTER_H

#include "data/store.h"

/*
 * The next of "invoice", "receipt", "customer"; 1, 2, …  Must be called in the
 * transaction that uses it, so that a failure gives the number back.
 */
enum err counter_next(struct store *st, const char *series, int64_t *next);
/* For many: what the next is, and what it shall be. */
enum err counter_get(struct store *st, const char *series, int64_t *next);
enum err counter_set(struct store *st, const char *series, int64_t next);

#endif

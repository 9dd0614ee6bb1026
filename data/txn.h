/*
 * What the provider's own functions run in: a transaction, acting for one
 * customer of the handle's tenant.  For direct handles with ROLE_SYSTEM that
 * name a tenant; everybody else is ERR_DENIED.
 *
 *	if ((err = txn_begin(&txn, st, customer)) != ERR_NONE)
 *		return err;
 *	err = ...;
 *	return txn_end(&txn, err);
 *
 * Within a transaction that is open already nothing is begun or committed:
 * whoever opened it rolls it back on an error.
 */
#ifndef DATA_TXN_H
#define DATA_TXN_H

#include "data/store.h"

struct txn {
	struct store *st;
	struct identity was;
	bool mine;
};

/* customer 0: the tenant itself. */
enum err txn_begin(struct txn *t, struct store *st, int64_t customer);
/* Commits on ERR_NONE, else rolls back; the handle is who it was before. */
enum err txn_end(struct txn *t, enum err err);

/* Runs fn in the transaction that is open, else in one of its own, as
 * store_transaction() does.  For whoever the handle acts for. */
enum err txn_run(struct store *st, store_work_fn *fn, void *arg);

#endif

/* Transactions of the provider's own functions. */
#include "data/txn.h"

enum err
txn_begin(struct txn *t, struct store *st, int64_t customer)
{
	const struct identity *id = store_identity(st);
	struct identity as = *id;
	enum err err;

	if (id->role != ROLE_SYSTEM || id->tenant == 0)
		return ERR_DENIED;
	*t = (struct txn) {.st = st, .was = *id};
	store_clear_problem(st);
	if (!store_in_transaction(st)) {
		if ((err = store_begin(st)) != ERR_NONE)
			return err;
		t->mine = true;
	}
	as.customer = customer;
	as.login = 0;
	store_become(st, &as);
	return ERR_NONE;
}

enum err
txn_end(struct txn *t, enum err err)
{
	if (t->mine && err == ERR_NONE)
		err = store_commit(t->st);
	else if (t->mine)
		store_rollback(t->st);
	store_become(t->st, &t->was);
	return err;
}

enum err
txn_run(struct store *st, store_work_fn *fn, void *arg)
{
	if (store_in_transaction(st))
		return fn(st, arg);
	return store_transaction(st, fn, arg);
}

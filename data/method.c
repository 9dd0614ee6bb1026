/* A session's side of saved ways to pay, and of automatic payment. */
#include "data/method.h"

#include <string.h>

#include "data/method_write.h"
#include "data/settings.h"
#include "data/verb.h"

enum { ARGS_MAX = 4096 };

static void
method_read(struct query *q, struct method *m)
{
	m->id = col_int(q, 0);
	col_copy(q, 1, m->gateway, sizeof(m->gateway));
	col_copy(q, 2, m->account, sizeof(m->account));
	col_copy(q, 3, m->ref, sizeof(m->ref));
	col_copy(q, 4, m->type, sizeof(m->type));
	col_copy(q, 5, m->brand, sizeof(m->brand));
	col_copy(q, 6, m->last4, sizeof(m->last4));
	m->expires = col_int(q, 7);
	col_copy(q, 8, m->mandate, sizeof(m->mandate));
	m->is_default = col_int(q, 9) != 0;
	m->created_at = col_int(q, 10);
	m->removed_at = col_int(q, 11);
}

enum err
method_list(struct store *st, struct method out[METHODS], size_t *n)
{
	struct query q = query_begin(st, SQL_METHOD_LIST);
	size_t got = 0;
	enum err err;

	while (query_row(&q) && got < METHODS)
		method_read(&q, &out[got++]);
	if ((err = query_end(&q)) == ERR_NONE)
		*n = got;
	return err;
}

enum err
method_get(struct store *st, int64_t id, struct method *out)
{
	struct query q = query_begin(st, SQL_METHOD_GET);
	struct method m = {0};
	enum err err;

	query_bind_int(&q, id);
	while (query_row(&q))
		method_read(&q, &m);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (m.id == 0)
		return ERR_NOT_FOUND;
	*out = m;
	return ERR_NONE;
}

enum err
method_setup(struct store *st, int64_t *checkout)
{
	return checkout_start(st, CHECKOUT_FOR_SETUP, NULL, 0, 0, checkout);
}

/* A verb about one thing that gives nothing back. */
static enum err
call(struct store *st, enum verb verb, int64_t arg)
{
	struct buf args;
	enum err err;

	store_clear_problem(st);
	buf_init(&args, ARGS_MAX);
	buf_put_i64(&args, arg);
	err = store_call(st, verb, &args, NULL);
	buf_release(&args);
	return err;
}

enum err
method_default(struct store *st, int64_t id)
{
	return call(st, VERB_METHOD_DEFAULT, id);
}

enum err
method_remove(struct store *st, int64_t id)
{
	return call(st, VERB_METHOD_REMOVE, id);
}

enum err
autopay_set(struct store *st, bool on)
{
	return call(st, VERB_AUTOPAY_SET, on);
}

enum err
method_charge(struct store *st, int64_t method, const int64_t *invoices,
    size_t n, int64_t amount, int64_t *checkout)
{
	struct buf args;
	enum err err;

	store_clear_problem(st);
	buf_init(&args, ARGS_MAX);
	buf_put_i64(&args, method);
	buf_put_i64(&args, amount);
	invoices_put(&args, invoices, n);
	err = store_call_id(st, VERB_METHOD_CHARGE, &args, checkout);
	buf_release(&args);
	return err;
}

enum err
autopay_allowed(struct store *st, bool *allowed)
{
	struct gateway on[GATEWAYS];
	struct settings s;
	size_t n;
	enum err err;

	if ((err = gateway_list(st, on, &n)) != ERR_NONE ||
	    (err = settings_load(st, &s)) != ERR_NONE)
		return err;
	*allowed = n > 0 && s.autopay;
	return ERR_NONE;
}

enum err
autopay_get(struct store *st, struct autopay *out)
{
	struct method saved[METHODS];
	struct autopay a = {0};
	struct query q;
	size_t n;
	enum err err;

	if ((err = autopay_allowed(st, &a.allowed)) != ERR_NONE ||
	    (err = method_list(st, saved, &n)) != ERR_NONE)
		return err;
	if (n > 0 && saved[0].is_default)
		a.method = saved[0];
	q = query_begin(st, SQL_AUTOPAY_GET);
	while (query_row(&q))
		a.on = col_int(&q, 0) != 0;
	if ((err = query_end(&q)) == ERR_NONE)
		*out = a;
	return err;
}

/* The default method, taking one away, and what a charge needs. */
#include "data/method_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/job.h"

static enum err
default_set(struct store *st, int64_t id, int64_t *times)
{
	struct query q = query_begin(st, SQL_METHOD_DEFAULT_DROP);
	enum err err;

	*times = 0;
	if ((err = query_run(&q, NULL)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_METHOD_DEFAULT_SET);
	query_bind_int(&q, id);
	while (query_row(&q))
		*times = col_int(&q, 0);
	err = query_end(&q);
	return err == ERR_NONE && *times == 0 ? ERR_NOT_FOUND : err;
}

enum err
method_make_default(struct store *st, int64_t id)
{
	char name[JOB_NAME];
	int64_t times;
	enum err err;

	if ((err = default_set(st, id, &times)) != ERR_NONE)
		return err;
	store_changed(st, store_identity(st)->customer, TOPIC_BILLING);
	/* Back and forth: each time there is something to tell. */
	snprintf(name, sizeof(name), "method.default:%" PRId64 ":%" PRId64, id,
	    times);
	return job_add(st, "method.default", name, id, "", 0, NULL);
}

enum err
autopay_write(struct store *st, bool on)
{
	struct query q = query_begin(st, SQL_AUTOPAY_SET);

	query_bind_int(&q, on);
	query_bind_int(&q, clock_now(store_clock(st)));
	store_changed(st, store_identity(st)->customer, TOPIC_BILLING);
	return query_run(&q, NULL);
}

/* Somebody must be the default; without any, nothing is charged by itself. */
static enum err
default_again(struct store *st)
{
	struct method left[METHODS];
	struct autopay a;
	size_t n;
	enum err err;

	if ((err = method_list(st, left, &n)) != ERR_NONE)
		return err;
	if (n > 0)
		return left[0].is_default ? ERR_NONE
					  : method_make_default(st, left[0].id);
	if ((err = autopay_get(st, &a)) != ERR_NONE || !a.on)
		return err;
	return autopay_write(st, false);
}

enum err
method_take_away(struct store *st, int64_t id)
{
	struct query q = query_begin(st, SQL_METHOD_REMOVED);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, id);
	query_bind_int(&q, clock_now(store_clock(st)));
	if ((err = query_run(&q, &changes)) != ERR_NONE)
		return err;
	if (changes == 0)
		return ERR_NOT_FOUND;
	store_changed(st, store_identity(st)->customer, TOPIC_BILLING);
	return default_again(st);
}

/* Its method, where it is one that the gateway can charge today. */
static enum err
wish_method(struct store *st, struct wish *w, int64_t method)
{
	struct method m;
	enum err err;

	if ((err = method_get(st, method, &m)) != ERR_NONE)
		return err;
	if (m.removed_at != 0)
		return ERR_NOT_FOUND;
	if ((err = wish_gateway(st, w)) != ERR_NONE)
		return err;
	if (strcmp(m.gateway, w->gateway) != 0 ||
	    strcmp(m.account, w->account) != 0)
		return store_refuse(st, "",
		    N_("It cannot be used any more. Please save it again."));
	w->method = method;
	return ERR_NONE;
}

enum err
wish_charge(struct store *st, struct wish *w, int64_t method,
    const int64_t *invoices, size_t n)
{
	enum err err;

	w->purpose = CHECKOUT_FOR_INVOICES;
	err = wish_method(st, w, method);
	return err == ERR_NONE ? wish_invoices(st, w, invoices, n) : err;
}

/* portal-worker's side of saved methods: what the gateway says of them. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "data/audit.h"
#include "data/method_write.h"
#include "data/txn.h"

/* Who somebody is at a gateway. */

enum err
gateway_customer_get(struct store *st, const char *gateway, const char *account,
    char ref[CHECKOUT_ID])
{
	struct query q = query_begin(st, SQL_GATEWAY_CUSTOMER_GET);
	char found[CHECKOUT_ID] = "";
	enum err err;

	query_bind_text(&q, gateway);
	query_bind_text(&q, account);
	while (query_row(&q))
		col_copy(&q, 0, found, sizeof(found));
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (found[0] == '\0')
		return ERR_NOT_FOUND;
	memcpy(ref, found, sizeof(found));
	return ERR_NONE;
}

struct who {
	const char *gateway, *account, *ref;
};

static enum err
customer_set(struct store *st, void *arg)
{
	struct query q = query_begin(st, SQL_GATEWAY_CUSTOMER_SET);
	const struct who *w = arg;

	query_bind_text(&q, w->gateway);
	query_bind_text(&q, w->account);
	query_bind_text(&q, w->ref);
	return query_run(&q, NULL);
}

static bool
is_id(const char *s)
{
	return s[0] != '\0' && strlen(s) < CHECKOUT_ID &&
	       text_is_clean(s, TEXT_LINE);
}

enum err
gateway_customer_set(
    struct store *st, const char *gateway, const char *account, const char *ref)
{
	struct who w = {gateway, account, ref};

	if (!is_id(ref))
		return ERR_BAD_INPUT;
	return txn_run(st, customer_set, &w);
}

/* Methods. */

struct saving {
	struct method m;
	const struct checkout *c;
};

static enum err
save(struct store *st, struct method *m)
{
	struct query q = query_begin(st, SQL_METHOD_SAVE);
	enum err err;

	m->id = 0;
	query_bind_text(&q, m->gateway);
	query_bind_text(&q, m->account);
	query_bind_text(&q, m->ref);
	query_bind_text(&q, m->type);
	query_bind_text(&q, m->brand);
	query_bind_text(&q, m->last4);
	query_bind_int(&q, m->expires);
	query_bind_text(&q, m->mandate);
	query_bind_int(&q, clock_now(store_clock(st)));
	while (query_row(&q))
		m->id = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (m->id == 0) {
		log_warn("method: %s is another customer's", m->ref);
		return ERR_CONFLICT;
	}
	return ERR_NONE;
}

static enum err
first_is_default(struct store *st)
{
	struct method saved[METHODS];
	size_t n;
	enum err err;

	if ((err = method_list(st, saved, &n)) != ERR_NONE || n == 0 ||
	    saved[0].is_default)
		return err;
	return method_make_default(st, saved[0].id);
}

static enum err
close_setup(struct store *st, int64_t id)
{
	struct query q = query_begin(st, SQL_CHECKOUT_SAVED);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, id);
	query_bind_int(&q, clock_now(store_clock(st)));
	if ((err = query_run(&q, &changes)) != ERR_NONE || changes == 0)
		return err;
	return audit_write(
	    st, &(struct audit) {.action = "method", .method = "save"});
}

static enum err
saved(struct store *st, void *arg)
{
	struct saving *s = arg;
	enum err err;

	if ((err = save(st, &s->m)) != ERR_NONE ||
	    (err = first_is_default(st)) != ERR_NONE)
		return err;
	store_changed(st, store_identity(st)->customer, TOPIC_BILLING);
	return s->c != NULL ? close_setup(st, s->c->id) : ERR_NONE;
}

/* Copies what is for people as far as it is text. */
static void
clean(char *dst, size_t size, const char *src)
{
	(void)text_clean(dst, size, src, strlen(src), TEXT_LINE);
}

static bool
is_type(const char *type)
{
	static const char *const types[] = {"card", "sepa", "other"};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

enum err
method_saved(struct store *st, const struct method *m, const struct checkout *c)
{
	struct saving s = {.m = *m, .c = c};

	if (!is_id(m->ref) || !is_type(m->type))
		return ERR_BAD_INPUT;
	clean(s.m.brand, sizeof(s.m.brand), m->brand);
	clean(s.m.last4, sizeof(s.m.last4), m->last4);
	clean(s.m.mandate, sizeof(s.m.mandate), m->mandate);
	return txn_run(st, saved, &s);
}

static enum err
gone(struct store *st, void *arg)
{
	struct query q = query_begin(st, SQL_METHOD_BY_REF);
	struct identity was = *store_identity(st), id = was;
	const struct who *w = arg;
	int64_t method = 0;
	enum err err;

	query_bind_text(&q, w->account);
	query_bind_text(&q, w->ref);
	while (query_row(&q)) {
		id.customer = col_int(&q, 0);
		method = col_int(&q, 1);
	}
	if ((err = query_end(&q)) != ERR_NONE || method == 0)
		return err;
	id.login = 0;
	store_become(st, &id);
	err = method_take_away(st, method);
	store_become(st, &was);
	return err == ERR_NOT_FOUND ? ERR_NONE : err; /* was removed before */
}

enum err
method_gone(struct store *st, const char *account, const char *ref)
{
	struct who w = {"", account, ref};

	return txn_run(st, gone, &w);
}

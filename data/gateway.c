/* A tenant's gateways, for portal-worker: their keys, and what was seen. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "data/checkout.h"
#include "data/txn.h"

struct configuring {
	const char *name;
	char link_base[CHECKOUT_URL];
	bool on;
};

static enum err
tenant_default(struct store *st, int64_t *id)
{
	struct query q = query_begin(st, SQL_TENANT_DEFAULT);
	enum err err;

	*id = 0;
	while (query_row(&q))
		*id = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return *id != 0 ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err
write(struct store *st, void *arg)
{
	const struct configuring *c = arg;
	struct query q = query_begin(st, SQL_GATEWAY_SET);
	enum err err;

	query_bind_text(&q, c->name);
	query_bind_int(&q, c->on);
	query_bind_text(&q, c->link_base);
	if ((err = query_run(&q, NULL)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_GATEWAY_LINK_SET);
	query_bind_text(&q, c->name);
	query_bind_text(&q, c->link_base);
	return query_run(&q, NULL);
}

enum err
gateway_configure(
    struct store *st, const char *name, bool on, const char *link_base)
{
	struct identity was = *store_identity(st), id = was;
	struct configuring c = {.name = name, .on = on};
	size_t n;
	enum err err;

	if (strlen(name) >= sizeof(((struct gateway *)0)->name))
		return ERR_TOO_BIG;
	if (text_clean(c.link_base, sizeof(c.link_base) - 32, link_base,
		strlen(link_base), TEXT_LINE) != ERR_NONE)
		return ERR_TOO_BIG;
	n = strlen(c.link_base);
	while (n > 0 && c.link_base[n - 1] == '/')
		c.link_base[--n] = '\0';
	if ((err = tenant_default(st, &id.tenant)) != ERR_NONE)
		return err;
	id.customer = id.login = 0;
	store_become(st, &id);
	err = txn_run(st, write, &c);
	store_become(st, &was);
	return err;
}

enum err
gateway_keys_get(struct store *st, const char *name, struct gateway_keys *out)
{
	struct query q = query_begin(st, SQL_GATEWAY_KEYS);
	struct gateway_keys k = {0};
	enum err err;

	query_bind_text(&q, name);
	while (query_row(&q)) {
		col_copy(&q, 0, k.name, sizeof(k.name));
		col_copy(&q, 1, k.account, sizeof(k.account));
		col_copy(&q, 2, k.secret_key, sizeof(k.secret_key));
		k.swept_to = col_int(&q, 3);
	}
	err = query_end(&q);
	if (err == ERR_NONE && k.name[0] == '\0')
		err = ERR_NOT_FOUND;
	if (err == ERR_NONE)
		*out = k;
	explicit_bzero(&k, sizeof(k));
	return err;
}

enum err
gateway_next(struct store *st, const char *name, int64_t after, int64_t *tenant)
{
	struct query q = query_begin(st, SQL_GATEWAY_NEXT);
	int64_t next = 0;
	enum err err;

	query_bind_text(&q, name);
	query_bind_int(&q, after);
	while (query_row(&q))
		next = col_int(&q, 0);
	if ((err = query_end(&q)) == ERR_NONE)
		*tenant = next;
	return err;
}

struct sweeping {
	const char *name;
	int64_t to;
};

static enum err
swept(struct store *st, void *arg)
{
	const struct sweeping *s = arg;
	struct query q = query_begin(st, SQL_GATEWAY_SWEPT);

	query_bind_text(&q, s->name);
	query_bind_int(&q, s->to);
	query_bind_int(&q, clock_now(store_clock(st)));
	return query_run(&q, NULL);
}

enum err
gateway_swept(struct store *st, const char *name, int64_t to)
{
	struct sweeping s = {name, to};

	return txn_run(st, swept, &s);
}

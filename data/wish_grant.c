/*
 * A wish becomes an attempt: what must be true of it, and that no two of them
 * are paid for the same invoice.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/audit.h"
#include "data/checkout_write.h"

enum {
	/* A page this near its end is no use to whoever gets it now. */
	SOON_S = 120,
	/* Attempts of one customer in a while. */
	MANY = 60,
	WHILE_S = 600,
};

/* clang-format off */
static const struct {
	const char *gateway;
	const char *(*refuses)(int64_t amount, const char *currency);
} rules[] = {
	{ "stripe", stripe_refuses },
};
/* clang-format on */

/* May it be? */

const char *
wish_refused(const struct wish *w)
{
	if (purpose_find(w->purpose)->free)
		return NULL;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (strcmp(rules[i].gateway, w->gateway) == 0)
			return rules[i].refuses(w->amount, w->currency);
	return NULL;
}

static enum err
check_amount(struct store *st, const struct wish *w)
{
	const char *why = wish_refused(w);

	return why == NULL
		   ? ERR_NONE
		   : store_refuse(st, purpose_find(w->purpose)->field, why);
}

static enum err
check_rate(struct store *st)
{
	struct query q = query_begin(st, SQL_CHECKOUT_COUNT);
	int64_t n = 0;
	enum err err;

	query_bind_int(&q, clock_now(store_clock(st)) - WHILE_S);
	while (query_row(&q))
		n = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE || n < MANY)
		return err;
	return store_refuse(st, "",
	    N_("That was very often. Please try again in ten minutes."));
}

/* Attempts that are there already. */

static bool
asks_for(const struct checkout *c, const struct checkout_invoice *item)
{
	for (size_t i = 0; i < c->ninvoices; i++)
		if (c->invoices[i].invoice == item->invoice)
			return c->invoices[i].amount == item->amount;
	return false;
}

static bool
is_same(const struct checkout *c, const struct wish *w)
{
	if (c->purpose != w->purpose || c->amount != w->amount ||
	    strcmp(c->currency, w->currency) != 0 || c->ninvoices != w->n ||
	    c->proforma != w->proforma || c->method != w->method)
		return false;
	for (size_t i = 0; i < w->n; i++)
		if (!asks_for(c, &w->items[i]))
			return false;
	return true;
}

bool
checkout_is_alive(const struct store *st, const struct checkout *c)
{
	if (strcmp(c->state, "open") == 0)
		return c->expires_at > clock_now(store_clock(st)) + SOON_S;
	return strcmp(c->state, "wanted") == 0 ||
	       strcmp(c->state, "processing") == 0;
}

/* Gives the old one in *id if it does, and makes room if it does not. */
static enum err
reuse(struct store *st, const struct wish *w, int64_t old, int64_t *id)
{
	struct checkout c;
	enum err err;

	if ((err = checkout_get(st, old, &c)) != ERR_NONE)
		return err;
	if (c.method == 0 && checkout_is_alive(st, &c) && is_same(&c, w)) {
		*id = old;
		return ERR_NONE;
	}
	if (c.method != 0 || strcmp(c.state, "processing") == 0)
		return store_refuse(
		    st, "", N_("A payment for this is on its way already."));
	return checkout_supersede(st, old, c.generation, "");
}

static enum err
reuse_any(struct store *st, const struct wish *w, int64_t *id)
{
	const struct purpose *p = purpose_find(w->purpose);
	size_t places = w->n > 0 ? w->n : 1;
	int64_t old = 0;
	enum err err = ERR_NONE;

	for (size_t i = 0; i < places && err == ERR_NONE && *id == 0; i++) {
		err = p->standing(st, w, i, &old);
		if (err == ERR_NONE && old != 0)
			err = reuse(st, w, old, id);
	}
	return err;
}

/* A new one. */

/* 80 bits: nobody guesses a link. */
static enum err
token_make(char token[CHECKOUT_TOKEN])
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char random[CHECKOUT_TOKEN - 1];

	if (sodium_init() < 0)
		return ERR_INTERNAL;
	randombytes_buf(random, sizeof(random));
	for (size_t i = 0; i < sizeof(random); i++)
		token[i] = letters[random[i] % 32];
	token[sizeof(random)] = '\0';
	sodium_memzero(random, sizeof(random));
	return ERR_NONE;
}

static enum err
insert_head(struct store *st, const struct wish *w, int64_t *id)
{
	int64_t now = clock_now(store_clock(st));
	char token[CHECKOUT_TOKEN];
	struct query q;
	enum err err;

	if ((err = token_make(token)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_CHECKOUT_INSERT);
	query_bind_text(&q, token);
	query_bind_text(&q, checkout_purpose_word(w->purpose));
	query_bind_text(&q, w->gateway);
	query_bind_text(&q, w->account);
	query_bind_int(&q, w->amount);
	query_bind_text(&q, w->currency);
	query_bind_int(&q, now + CHECKOUT_LIFE_S);
	query_bind_int(&q, now);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

static enum err
insert_items(struct store *st, const struct wish *w, int64_t id)
{
	struct query q;
	enum err err = ERR_NONE;

	for (size_t i = 0; i < w->n && err == ERR_NONE; i++) {
		q = query_begin(st, SQL_CHECKOUT_INVOICE_INSERT);
		query_bind_int(&q, id);
		query_bind_int(&q, w->items[i].invoice);
		query_bind_int(&q, w->items[i].amount);
		err = query_run(&q, NULL);
	}
	return err;
}

static enum err
insert_charge(struct store *st, const struct wish *w, int64_t id)
{
	struct query q = query_begin(st, SQL_CHARGE_INSERT);

	query_bind_int(&q, id);
	query_bind_int(&q, w->method);
	query_bind_int(&q, w->automatic);
	return query_run(&q, NULL);
}

/* What hangs on its head. */
static enum err
insert_rest(struct store *st, const struct wish *w, int64_t id)
{
	const struct purpose *p = purpose_find(w->purpose);
	enum err err;

	if ((err = insert_items(st, w, id)) != ERR_NONE ||
	    (err = checkout_claim(st, id, w->items, w->n)) != ERR_NONE)
		return err;
	if (p->keep != NULL && (err = p->keep(st, w, id)) != ERR_NONE)
		return err;
	return w->method != 0 ? insert_charge(st, w, id) : ERR_NONE;
}

static enum err
insert(struct store *st, const struct wish *w, int64_t *id)
{
	const struct audit audit = {
	    .action = w->method != 0 ? "charge" : "checkout",
	    .method = w->automatic ? "automatic" : NULL};
	int64_t made = 0;
	enum err err;

	if (!w->automatic && (err = check_rate(st)) != ERR_NONE)
		return err;
	if ((err = insert_head(st, w, &made)) != ERR_NONE ||
	    (err = insert_rest(st, w, made)) != ERR_NONE ||
	    (err = checkout_want(st, made, 1)) != ERR_NONE ||
	    (err = audit_write(st, &audit)) != ERR_NONE)
		return err;
	store_changed(st, store_identity(st)->customer, TOPIC_BILLING);
	*id = made;
	return ERR_NONE;
}

enum err
wish_grant(struct store *st, const struct wish *w, int64_t *id)
{
	int64_t found = 0;
	enum err err;

	if ((err = check_amount(st, w)) != ERR_NONE ||
	    (err = reuse_any(st, w, &found)) != ERR_NONE)
		return err;
	if (found == 0 && (err = insert(st, w, &found)) != ERR_NONE)
		return err;
	*id = found;
	return ERR_NONE;
}

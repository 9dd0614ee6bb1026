/*
 * Starting an attempt to be paid, in the store worker: what it is for and how
 * much, and that no two of them are paid for the same invoice.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/audit.h"
#include "data/checkout_write.h"
#include "data/tenant.h"
#include "data/verb_run.h"

enum {
	/* A page this near its end is no use to whoever gets it now. */
	SOON_S = 120,
	/* Attempts of one customer in a while. */
	MANY = 60,
	WHILE_S = 600,
};

/* What the customer wants paid. */
struct wish {
	enum checkout_purpose purpose;
	char gateway[17], account[CHECKOUT_ID];
	int64_t amount;
	char currency[CURRENCY_SIZE];
	struct checkout_invoice items[CHECKOUT_INVOICES];
	size_t n;
};

/* clang-format off */
static const struct {
	const char *gateway;
	const char *(*refuses)(int64_t amount, const char *currency);
} rules[] = {
	{ "stripe", stripe_refuses },
};
/* clang-format on */

static enum err
gateway_find(struct store *st, struct wish *w)
{
	struct query q = query_begin(st, SQL_GATEWAY_ON);
	bool found = false;
	enum err err;

	while (query_row(&q)) {
		found = true;
		col_copy(&q, 0, w->gateway, sizeof(w->gateway));
		col_copy(&q, 1, w->account, sizeof(w->account));
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (!found)
		return store_refuse(
		    st, "", N_("Paying by card is not available."));
	return ERR_NONE;
}

/* What it is for. */

static enum err
add_item(struct store *st, struct wish *w, int64_t invoice, int64_t balance,
    const char *currency)
{
	if (w->n == CHECKOUT_INVOICES)
		return store_refuse(
		    st, "", N_("At most 100 invoices can be paid at once."));
	if (w->n == 0)
		memcpy(w->currency, currency, sizeof(w->currency));
	else if (strcmp(w->currency, currency) != 0)
		return store_refuse(st, "",
		    N_("Invoices in different currencies cannot be paid "
		       "together."));
	w->items[w->n++] =
	    (struct checkout_invoice) {.invoice = invoice, .amount = balance};
	return money_add(w->amount, balance, &w->amount);
}

static enum err
wish_all(struct store *st, struct wish *w)
{
	struct query q = query_begin(st, SQL_CHECKOUT_DUE);
	char currency[CURRENCY_SIZE];
	enum err err = ERR_NONE, end;

	query_bind_int(&q, CHECKOUT_INVOICES + 1);
	while (err == ERR_NONE && query_row(&q)) {
		col_copy(&q, 2, currency, sizeof(currency));
		err = add_item(st, w, col_int(&q, 0), col_int(&q, 1), currency);
	}
	if ((end = query_end(&q)) != ERR_NONE || err != ERR_NONE)
		return end != ERR_NONE ? end : err;
	if (w->n == 0)
		return store_refuse(st, "", N_("There is nothing to pay."));
	return ERR_NONE;
}

static bool
has(const struct checkout_invoice *items, size_t n, int64_t invoice,
    int64_t *amount)
{
	for (size_t i = 0; i < n; i++)
		if (items[i].invoice == invoice) {
			*amount = items[i].amount;
			return true;
		}
	return false;
}

static enum err
wish_one(struct store *st, struct wish *w, int64_t invoice)
{
	struct checkout_due due;
	int64_t amount;
	enum err err;

	if (has(w->items, w->n, invoice, &amount))
		return ERR_NONE;
	if ((err = checkout_due(st, invoice, &due)) != ERR_NONE)
		return err;
	if (due.cancelled)
		return store_refuse(st, "", N_("This invoice was cancelled."));
	if (due.balance <= 0)
		return store_refuse(
		    st, "", N_("This invoice is paid already."));
	return add_item(st, w, invoice, due.balance, due.currency);
}

static enum err
wish_topup(struct store *st, struct wish *w, int64_t amount)
{
	struct tenant t;
	enum err err;

	if ((err = tenant_get(st, &t)) != ERR_NONE)
		return err;
	memcpy(w->currency, t.currency, sizeof(w->currency));
	w->amount = amount;
	return ERR_NONE;
}

/* May it be? */

static enum err
check_amount(struct store *st, const struct wish *w)
{
	const char *field = w->purpose == CHECKOUT_FOR_TOPUP ? "amount" : "";
	const char *why;

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (strcmp(rules[i].gateway, w->gateway) == 0 &&
		    (why = rules[i].refuses(w->amount, w->currency)) != NULL)
			return store_refuse(st, field, why);
	return ERR_NONE;
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
is_same(const struct checkout *c, const struct wish *w)
{
	int64_t amount;

	if (c->purpose != w->purpose || c->amount != w->amount ||
	    strcmp(c->currency, w->currency) != 0 || c->ninvoices != w->n)
		return false;
	for (size_t i = 0; i < w->n; i++)
		if (!has(c->invoices, c->ninvoices, w->items[i].invoice,
			&amount) ||
		    amount != w->items[i].amount)
			return false;
	return true;
}

static bool
is_live(const struct store *st, const struct checkout *c)
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
	if (is_live(st, &c) && is_same(&c, w)) {
		*id = old;
		return ERR_NONE;
	}
	if (strcmp(c.state, "processing") == 0)
		return store_refuse(
		    st, "", N_("A payment for this is on its way already."));
	return checkout_supersede(st, old, c.generation);
}

static enum err
topup_waiting(struct store *st, int64_t *id)
{
	struct query q = query_begin(st, SQL_CHECKOUT_TOPUP);

	*id = 0;
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

static enum err
reuse_any(struct store *st, const struct wish *w, int64_t *id)
{
	int64_t old = 0;
	enum err err = ERR_NONE;

	if (w->purpose == CHECKOUT_FOR_TOPUP) {
		err = topup_waiting(st, &old);
		return err == ERR_NONE && old != 0 ? reuse(st, w, old, id)
						   : err;
	}
	for (size_t i = 0; i < w->n && err == ERR_NONE && *id == 0; i++) {
		err = checkout_claimed_by(st, w->items[i].invoice, &old);
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
	query_bind_text(
	    &q, w->purpose == CHECKOUT_FOR_TOPUP ? "topup" : "invoices");
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
insert(struct store *st, const struct wish *w, int64_t *id)
{
	int64_t made = 0;
	enum err err;

	if ((err = check_rate(st)) != ERR_NONE ||
	    (err = insert_head(st, w, &made)) != ERR_NONE ||
	    (err = insert_items(st, w, made)) != ERR_NONE ||
	    (err = checkout_claim(st, made, w->items, w->n)) != ERR_NONE ||
	    (err = checkout_want(st, made, 1)) != ERR_NONE ||
	    (err = audit_write(st, &(struct audit) {.action = "checkout"})) !=
		ERR_NONE)
		return err;
	store_changed(st, store_identity(st)->customer, TOPIC_BILLING);
	*id = made;
	return ERR_NONE;
}

static enum err
grant(struct store *st, const struct wish *w, struct buf *reply)
{
	int64_t id = 0;
	enum err err;

	if ((err = check_amount(st, w)) != ERR_NONE ||
	    (err = reuse_any(st, w, &id)) != ERR_NONE)
		return err;
	if (id == 0 && (err = insert(st, w, &id)) != ERR_NONE)
		return err;
	buf_put_i64(reply, id);
	return ERR_NONE;
}

enum err
verb_checkout_create(struct store *st, struct rd *args, struct buf *reply)
{
	struct wish w = {.purpose = rd_u8(args)};
	int64_t amount = rd_i64(args), invoices[CHECKOUT_INVOICES];
	size_t n = rd_u32(args);
	enum err err;

	if (n > CHECKOUT_INVOICES)
		return store_refuse(
		    st, "", N_("At most 100 invoices can be paid at once."));
	for (size_t i = 0; i < n; i++)
		invoices[i] = rd_i64(args);
	if ((err = rd_end(args)) != ERR_NONE)
		return err;
	if (w.purpose != CHECKOUT_FOR_INVOICES &&
	    (w.purpose != CHECKOUT_FOR_TOPUP || n != 0))
		return ERR_PROTOCOL;
	if ((err = gateway_find(st, &w)) != ERR_NONE)
		return err;
	if (w.purpose == CHECKOUT_FOR_TOPUP)
		err = wish_topup(st, &w, amount);
	else if (n == 0)
		err = wish_all(st, &w);
	for (size_t i = 0; i < n && err == ERR_NONE; i++)
		err = wish_one(st, &w, invoices[i]);
	return err == ERR_NONE ? grant(st, &w, reply) : err;
}

/* What is left to pay of one that came to nothing. */
static enum err
wish_again(struct store *st, struct wish *w, const struct checkout *c)
{
	struct checkout_due due;
	enum err err = ERR_NONE;

	w->purpose = c->purpose;
	if (c->purpose == CHECKOUT_FOR_TOPUP)
		return wish_topup(st, w, c->amount);
	for (size_t i = 0; i < c->ninvoices && err == ERR_NONE; i++) {
		err = checkout_due(st, c->invoices[i].invoice, &due);
		if (err == ERR_NONE && due.balance > 0)
			err = add_item(st, w, c->invoices[i].invoice,
			    due.balance, due.currency);
	}
	if (err == ERR_NONE && w->n == 0)
		return store_refuse(st, "", N_("That is paid already."));
	return err;
}

enum err
verb_checkout_renew(struct store *st, struct rd *args, struct buf *reply)
{
	int64_t id = rd_i64(args);
	struct wish w = {0};
	struct checkout c;
	enum err err;

	if ((err = rd_end(args)) != ERR_NONE ||
	    (err = checkout_get(st, id, &c)) != ERR_NONE)
		return err;
	if (strcmp(c.state, "paid") == 0)
		return store_refuse(st, "", N_("That is paid already."));
	if (strcmp(c.state, "cancelling") == 0 ||
	    strcmp(c.state, "cancelled") == 0)
		return ERR_CONFLICT;
	if (is_live(st, &c)) {
		buf_put_i64(reply, id);
		return ERR_NONE;
	}
	if ((err = gateway_find(st, &w)) != ERR_NONE ||
	    (err = wish_again(st, &w, &c)) != ERR_NONE)
		return err;
	return grant(st, &w, reply);
}

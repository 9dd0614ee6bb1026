/* A session's side of paying: asking for a checkout, and looking at it. */
#include "data/checkout.h"

#include <stdio.h>
#include <string.h>

#include "data/checkout_write.h"
#include "data/verb.h"

enum { ARGS_MAX = 4096 };

enum err
gateway_list(struct store *st, struct gateway out[GATEWAYS], size_t *n)
{
	struct query q = query_begin(st, SQL_GATEWAY_LIST);
	size_t got = 0;
	enum err err;

	while (query_row(&q) && got < GATEWAYS) {
		col_copy(&q, 0, out[got].name, sizeof(out[got].name));
		got++;
	}
	if ((err = query_end(&q)) == ERR_NONE)
		*n = got;
	return err;
}

void
invoices_put(struct buf *args, const int64_t *ids, size_t n)
{
	if (n > CHECKOUT_INVOICES)
		n = CHECKOUT_INVOICES + 1;
	buf_put_u32(args, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		buf_put_i64(args, ids[i]);
}

enum err
checkout_start(struct store *st, enum checkout_purpose purpose,
    const int64_t *invoices, size_t n, int64_t amount, int64_t *id)
{
	struct buf args;
	enum err err;

	store_clear_problem(st);
	buf_init(&args, ARGS_MAX);
	buf_put_u8(&args, (uint8_t)purpose);
	buf_put_i64(&args, amount);
	invoices_put(&args, invoices, n);
	err = store_call_id(st, VERB_CHECKOUT_CREATE, &args, id);
	buf_release(&args);
	return err;
}

enum err
checkout_renew(struct store *st, int64_t id, int64_t *new_id)
{
	struct buf args;
	enum err err;

	store_clear_problem(st);
	buf_init(&args, ARGS_MAX);
	buf_put_i64(&args, id);
	err = store_call_id(st, VERB_CHECKOUT_RENEW, &args, new_id);
	buf_release(&args);
	return err;
}

static const char *const purposes[] = {
    [CHECKOUT_FOR_INVOICES] = "invoices",
    [CHECKOUT_FOR_TOPUP] = "topup",
    [CHECKOUT_FOR_SETUP] = "setup",
    [CHECKOUT_FOR_PROFORMA] = "proforma",
};

const char *
checkout_purpose_word(enum checkout_purpose purpose)
{
	return purposes[purpose];
}

static enum checkout_purpose
purpose_read(const char *word)
{
	size_t i = sizeof(purposes) / sizeof(*purposes) - 1;

	while (i > CHECKOUT_FOR_INVOICES && strcmp(purposes[i], word) != 0)
		i--;
	return (enum checkout_purpose)i;
}

/* A link that would be cut is none, and there is none to a charge. */
static void
link_make(struct checkout *c, const char *base)
{
	int n = snprintf(c->link, sizeof(c->link), "%s/P/%s", base, c->token);

	if (base[0] == '\0' || c->method != 0 || n < 0 ||
	    (size_t)n >= sizeof(c->link))
		c->link[0] = '\0';
}

static void
head_read(struct query *q, struct checkout *c)
{
	c->purpose = purpose_read(col_text(q, 1));
	c->method = col_int(q, 15);
	c->automatic = col_int(q, 16) != 0;
	col_copy(q, 0, c->token, sizeof(c->token));
	col_copy(q, 2, c->gateway, sizeof(c->gateway));
	col_copy(q, 3, c->account, sizeof(c->account));
	c->amount = col_int(q, 4);
	col_copy(q, 5, c->currency, sizeof(c->currency));
	col_copy(q, 6, c->state, sizeof(c->state));
	c->generation = col_int(q, 7);
	col_copy(q, 8, c->session, sizeof(c->session));
	col_copy(q, 9, c->url, sizeof(c->url));
	c->expires_at = col_int(q, 10);
	col_copy(q, 11, c->reason, sizeof(c->reason));
	c->payment = col_int(q, 12);
	link_make(c, col_text(q, 13));
	col_copy(q, 14, c->receipt, sizeof(c->receipt));
}

static enum err
invoices_read(struct store *st, struct checkout *c)
{
	struct query q = query_begin(st, SQL_CHECKOUT_INVOICES);
	struct checkout_invoice *i;

	query_bind_int(&q, c->id);
	while (query_row(&q) && c->ninvoices < CHECKOUT_INVOICES) {
		i = &c->invoices[c->ninvoices++];
		i->invoice = col_int(&q, 0);
		i->amount = col_int(&q, 1);
		col_copy(&q, 2, i->number, sizeof(i->number));
	}
	return query_end(&q);
}

static enum err
proforma_read(struct store *st, struct checkout *c)
{
	struct query q = query_begin(st, SQL_CHECKOUT_PROFORMA);

	query_bind_int(&q, c->id);
	while (query_row(&q)) {
		c->proforma = col_int(&q, 0);
		col_copy(&q, 1, c->proforma_number, sizeof(c->proforma_number));
	}
	return query_end(&q);
}

enum err
checkout_get(struct store *st, int64_t id, struct checkout *out)
{
	struct query q = query_begin(st, SQL_CHECKOUT_GET);
	const struct identity *who = store_identity(st);
	struct checkout c = {.tenant = who->tenant, .customer = who->customer};
	enum err err;

	query_bind_int(&q, id);
	while (query_row(&q)) {
		c.id = id;
		head_read(&q, &c);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (c.id == 0)
		return ERR_NOT_FOUND;
	err = invoices_read(st, &c);
	if (err == ERR_NONE && c.purpose == CHECKOUT_FOR_PROFORMA)
		err = proforma_read(st, &c);
	if (err == ERR_NONE)
		*out = c;
	return err;
}

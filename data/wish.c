/* What somebody wants paid: the purposes there are, and how much it comes to.
 */
#include <string.h>

#include "base/i18n.h"
#include "data/checkout_write.h"
#include "data/method.h"
#include "data/tenant.h"

enum err
wish_gateway(struct store *st, struct wish *w)
{
	struct query q = query_begin(st, SQL_GATEWAY_ON);
	bool found = false;
	enum err err;

	while (query_row(&q)) {
		found = true;
		col_copy(&q, 0, w->gateway, sizeof(w->gateway));
		col_copy(&q, 1, w->account, sizeof(w->account));
		w->links = col_text(&q, 2)[0] != '\0';
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
has(const struct wish *w, int64_t invoice)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->items[i].invoice == invoice)
			return true;
	return false;
}

static enum err
wish_one(struct store *st, struct wish *w, int64_t invoice)
{
	struct checkout_due due;
	enum err err;

	if (has(w, invoice))
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

enum err
wish_invoices(struct store *st, struct wish *w, const int64_t *ids, size_t n)
{
	enum err err = ERR_NONE;

	if (n == 0)
		return wish_all(st, w);
	for (size_t i = 0; i < n && err == ERR_NONE; i++)
		err = wish_one(st, w, ids[i]);
	return err;
}

/* An amount in the tenant's currency. */
static enum err
wish_amount(struct store *st, struct wish *w, int64_t amount)
{
	struct tenant t;
	enum err err;

	if ((err = tenant_get(st, &t)) != ERR_NONE)
		return err;
	memcpy(w->currency, t.currency, sizeof(w->currency));
	w->amount = amount;
	return ERR_NONE;
}

/* Invoices. */

static enum err
ask_invoices(struct store *st, struct wish *w, const struct asked *a)
{
	return wish_invoices(st, w, a->ids, a->n);
}

static enum err
invoices_again(struct store *st, struct wish *w, const struct checkout *c)
{
	struct checkout_due due;
	enum err err = ERR_NONE;

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

static enum err
invoice_standing(struct store *st, const struct wish *w, size_t i, int64_t *id)
{
	struct query q = query_begin(st, SQL_CHECKOUT_SENT);
	enum err err;

	*id = 0;
	query_bind_int(&q, w->items[i].invoice);
	while (query_row(&q))
		*id = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE || *id != 0)
		return err;
	return checkout_claimed_by(st, w->items[i].invoice, id);
}

/* Top-up. */

static enum err
ask_topup(struct store *st, struct wish *w, const struct asked *a)
{
	return a->n == 0 ? wish_amount(st, w, a->amount) : ERR_PROTOCOL;
}

static enum err
topup_again(struct store *st, struct wish *w, const struct checkout *c)
{
	return wish_amount(st, w, c->amount);
}

/* A customer has one of each. */
static enum err
page_standing(struct store *st, const struct wish *w, size_t i, int64_t *id)
{
	struct query q = query_begin(st, SQL_CHECKOUT_WAITING);

	(void)i;
	*id = 0;
	query_bind_text(&q, checkout_purpose_word(w->purpose));
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

/* Saving a method. */

static enum err
wish_setup(struct store *st, struct wish *w)
{
	struct method saved[METHODS];
	size_t n;
	enum err err;

	if (!w->links)
		return store_refuse(st, "",
		    N_("Saving a way to pay is not set up here. Please tell "
		       "your provider."));
	if ((err = method_list(st, saved, &n)) != ERR_NONE)
		return err;
	if (n == METHODS)
		return store_refuse(st, "",
		    N_("No more can be saved. Please remove one first."));
	return wish_amount(st, w, 0);
}

static enum err
ask_setup(struct store *st, struct wish *w, const struct asked *a)
{
	return a->n == 0 && a->amount == 0 ? wish_setup(st, w) : ERR_PROTOCOL;
}

static enum err
setup_again(struct store *st, struct wish *w, const struct checkout *c)
{
	(void)c;
	return wish_setup(st, w);
}

static const struct purpose purposes[] = {
    [CHECKOUT_FOR_INVOICES] =
	{
	    .field = "",
	    .ask = ask_invoices,
	    .again = invoices_again,
	    .standing = invoice_standing,
	},
    [CHECKOUT_FOR_TOPUP] =
	{
	    .field = "amount",
	    .ask = ask_topup,
	    .again = topup_again,
	    .standing = page_standing,
	},
    [CHECKOUT_FOR_SETUP] =
	{
	    .free = true,
	    .ask = ask_setup,
	    .again = setup_again,
	    .standing = page_standing,
	},
    [CHECKOUT_FOR_PROFORMA] =
	{
	    .field = "",
	    .ask = proforma_ask,
	    .again = proforma_again,
	    .standing = proforma_standing,
	    .keep = proforma_keep,
	},
};

const struct purpose *
purpose_find(enum checkout_purpose purpose)
{
	size_t i = (size_t)purpose;

	return i < sizeof(purposes) / sizeof(*purposes) &&
		       purposes[i].ask != NULL
		   ? &purposes[i]
		   : NULL;
}

enum err
wish_again(struct store *st, struct wish *w, const struct checkout *c)
{
	const struct purpose *p = purpose_find(c->purpose);
	enum err err;

	if (p == NULL)
		return ERR_CONFLICT;
	*w = (struct wish) {.purpose = c->purpose};
	err = wish_gateway(st, w);
	return err == ERR_NONE ? p->again(st, w, c) : err;
}

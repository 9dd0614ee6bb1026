/* Paying a proforma: what is asked for, and that it is asked for once. */
#include <string.h>

#include "base/i18n.h"
#include "data/checkout_write.h"
#include "data/document.h"

enum err
proforma_claimed_by(struct store *st, int64_t proforma, int64_t *id)
{
	struct query q = query_begin(st, SQL_PROFORMA_CLAIM_OF);

	*id = 0;
	query_bind_int(&q, proforma);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

enum err
proforma_claim(struct store *st, int64_t proforma, int64_t id)
{
	struct query q = query_begin(st, SQL_PROFORMA_CLAIM_INSERT);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, proforma);
	query_bind_int(&q, id);
	err = query_run(&q, &changes);
	return err == ERR_NONE && changes == 0 ? ERR_CONFLICT : err;
}

enum err
proforma_due(struct store *st, int64_t proforma, struct checkout_due *out)
{
	struct document d;
	enum err err;

	err = document_get(st, DOCUMENT_PROFORMA, NULL, proforma, &d);
	if (err != ERR_NONE)
		return err;
	*out = (struct checkout_due) {.balance = d.paper.balance,
	    .due_on = d.paper.due_on,
	    .cancelled = d.paper.balance == 0 && d.invoice == 0};
	memcpy(out->currency, d.paper.currency, sizeof(out->currency));
	document_release(&d);
	return ERR_NONE;
}

static enum err
wish_proforma(struct store *st, struct wish *w, int64_t proforma)
{
	struct checkout_due due;
	enum err err;

	if ((err = proforma_due(st, proforma, &due)) != ERR_NONE)
		return err;
	if (due.cancelled)
		return store_refuse(st, "", N_("This proforma was cancelled."));
	if (due.balance <= 0)
		return store_refuse(
		    st, "", N_("This proforma is paid already."));
	w->proforma = proforma;
	w->amount = due.balance;
	memcpy(w->currency, due.currency, sizeof(w->currency));
	return ERR_NONE;
}

enum err
proforma_ask(struct store *st, struct wish *w, const struct asked *a)
{
	return a->n == 1 ? wish_proforma(st, w, a->ids[0]) : ERR_PROTOCOL;
}

enum err
proforma_again(struct store *st, struct wish *w, const struct checkout *c)
{
	return wish_proforma(st, w, c->proforma);
}

enum err
proforma_standing(struct store *st, const struct wish *w, size_t i, int64_t *id)
{
	(void)i;
	return proforma_claimed_by(st, w->proforma, id);
}

enum err
proforma_keep(struct store *st, const struct wish *w, int64_t id)
{
	struct query q = query_begin(st, SQL_CHECKOUT_PROFORMA_INSERT);
	enum err err;

	query_bind_int(&q, id);
	query_bind_int(&q, w->proforma);
	if ((err = query_run(&q, NULL)) != ERR_NONE)
		return err;
	return proforma_claim(st, w->proforma, id);
}

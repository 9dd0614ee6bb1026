/* What an attempt asks for, against what is due by now. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/array.h"
#include "data/checkout_write.h"

struct compared {
	bool less;    /* something is due less than was asked for */
	bool dropped; /* something is not asked for any more */
	int64_t left; /* what is due all the same */
};

static void
compare(struct compared *out, const struct checkout_due *due, int64_t amount)
{
	out->less = out->less || due->balance < amount;
	out->dropped = out->dropped || due->cancelled;
	out->left += due->balance;
}

static enum err
compare_all(struct store *st, const struct checkout *c, struct compared *out)
{
	struct checkout_due due;
	enum err err = ERR_NONE;

	for (size_t i = 0; i < c->ninvoices && err == ERR_NONE; i++) {
		err = checkout_due(st, c->invoices[i].invoice, &due);
		if (err == ERR_NONE)
			compare(out, &due, c->invoices[i].amount);
	}
	if (err != ERR_NONE || c->proforma == 0)
		return err;
	if ((err = proforma_due(st, c->proforma, &due)) == ERR_NONE)
		compare(out, &due, c->amount);
	return err;
}

enum err
checkout_asks_too_much(
    struct store *st, const struct checkout *c, const char **why)
{
	struct compared is = {0};
	enum err err;

	if ((err = compare_all(st, c, &is)) != ERR_NONE)
		return err;
	*why = !is.less      ? NULL
	       : is.left > 0 ? N_("The amount has changed.")
	       : is.dropped  ? N_("This is not to be paid any more.")
			     : N_("Paid already.");
	return ERR_NONE;
}

enum err
checkout_drop(struct store *st, const struct checkout *c, const char *why)
{
	struct query q;
	enum err err;

	if ((err = checkout_move(st, c->id, c->generation, "failed", why)) !=
		ERR_NONE ||
	    (err = checkout_unclaim(st, c->id)) != ERR_NONE)
		return err;
	/* What is left is due as if nothing had been tried. */
	q = query_begin(st, SQL_AUTOPAY_FORGET);
	query_bind_int(&q, c->id);
	return query_run(&q, NULL);
}

/* Money that is on its way is on its way; a charge may be. */
static enum err
end_page(struct store *st, int64_t id)
{
	const char *why;
	struct checkout c;
	enum err err;

	if ((err = checkout_get(st, id, &c)) != ERR_NONE || c.method != 0 ||
	    (err = checkout_asks_too_much(st, &c, &why)) != ERR_NONE ||
	    why == NULL)
		return err;
	if (strcmp(c.state, "wanted") == 0)
		return checkout_drop(st, &c, why);
	if (strcmp(c.state, "open") != 0)
		return ERR_NONE;
	if ((err = checkout_supersede(st, id, c.generation, why)) != ERR_NONE)
		return err;
	return checkout_end(st, id, c.generation);
}

enum err
checkout_end_outdated(struct store *st)
{
	struct query q = query_begin(st, SQL_CHECKOUT_CLAIMING);
	int64_t *ids = NULL, *id;
	size_t n = 0;
	enum err err = ERR_NONE, end;

	while (err == ERR_NONE && query_row(&q)) {
		if ((id = array_add(&ids, &n, sizeof(*ids))) == NULL)
			err = ERR_NOMEM;
		else
			*id = col_int(&q, 0);
	}
	if ((end = query_end(&q)) != ERR_NONE)
		err = end;
	for (size_t i = 0; i < n && err == ERR_NONE; i++)
		err = end_page(st, ids[i]);
	free(ids);
	return err;
}

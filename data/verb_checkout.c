/* Starting an attempt to be paid by a page, in the store worker. */
#include <string.h>

#include "base/i18n.h"
#include "data/checkout_write.h"
#include "data/verb_run.h"

enum err
invoices_take(struct store *st, struct rd *args, int64_t ids[CHECKOUT_INVOICES],
    size_t *n)
{
	if ((*n = rd_u32(args)) > CHECKOUT_INVOICES)
		return store_refuse(
		    st, "", N_("At most 100 invoices can be paid at once."));
	for (size_t i = 0; i < *n; i++)
		ids[i] = rd_i64(args);
	return rd_end(args);
}

enum err
verb_checkout_create(struct store *st, struct rd *args, struct buf *reply)
{
	struct wish w = {.purpose = rd_u8(args)};
	const struct purpose *p = purpose_find(w.purpose);
	int64_t ids[CHECKOUT_INVOICES], id;
	struct asked a = {.amount = rd_i64(args), .ids = ids};
	enum err err;

	if ((err = invoices_take(st, args, ids, &a.n)) != ERR_NONE)
		return err;
	if (p == NULL)
		return ERR_PROTOCOL;
	if ((err = wish_gateway(st, &w)) != ERR_NONE ||
	    (err = p->ask(st, &w, &a)) != ERR_NONE ||
	    (err = wish_grant(st, &w, &id)) != ERR_NONE)
		return err;
	buf_put_i64(reply, id);
	return ERR_NONE;
}

/* ERR_NONE: it came to nothing, or is alive; or money that came meanwhile has
 * ended it. */
static enum err
check_renewable(struct store *st, const struct checkout *c)
{
	if (strcmp(c->state, "paid") == 0)
		return store_refuse(st, "", N_("That is paid already."));
	if (strcmp(c->state, "saved") == 0)
		return store_refuse(st, "", N_("That is saved already."));
	return c->reason[0] == '\0' && (strcmp(c->state, "cancelling") == 0 ||
					   strcmp(c->state, "cancelled") == 0)
		   ? ERR_CONFLICT
		   : ERR_NONE;
}

enum err
verb_checkout_renew(struct store *st, struct rd *args, struct buf *reply)
{
	int64_t id = rd_i64(args);
	struct checkout c;
	struct wish w;
	enum err err;

	if ((err = rd_end(args)) != ERR_NONE ||
	    (err = checkout_get(st, id, &c)) != ERR_NONE ||
	    (err = check_renewable(st, &c)) != ERR_NONE)
		return err;
	if (!checkout_is_alive(st, &c) &&
	    ((err = wish_again(st, &w, &c)) != ERR_NONE ||
		(err = wish_grant(st, &w, &id)) != ERR_NONE))
		return err;
	buf_put_i64(reply, id);
	return ERR_NONE;
}

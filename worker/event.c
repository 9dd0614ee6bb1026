/*
 * What an event of Stripe, heard or listed, says to look at: a row a type. None
 * is believed; what it names is fetched again.
 */
#include <string.h>

#include "data/event.h"
#include "worker/settle.h"

enum { EVENTS_WAIT = 1000 };

/* Stripe is asked, and fn hears of it. */
static enum err
look(struct event_look *l, int64_t tenant, const char *id)
{
	enum err err;

	/* Turned away, Stripe sends it again, and the sweep sees it too. */
	if (l->tenant == 0 && settle_waiting(l->w) >= EVENTS_WAIT)
		return ERR_BUSY;
	err = settle(l->w, tenant, id, l->fn, l->arg);
	l->begun = err == ERR_NONE;
	return err;
}

/* Is it about something of the portal, and of the gateway that was asked? */
static bool
is_ours(const struct event_look *l, int64_t tenant)
{
	return tenant != 0 && (l->tenant == 0 || l->tenant == tenant);
}

/* ---- what the metadata tells ---- */

/* What has come to its end needs no look: sweeps overlap. */
static bool
is_over(const struct event_look *l, const char *session)
{
	struct checkout c;

	worker_self(l->w);
	return checkout_find(l->w->st, NULL, l->account, session, 0, &c) ==
		   ERR_NONE &&
	       (checkout_is(&c, "paid") || checkout_is(&c, "saved"));
}

static enum err
take_session(struct event_look *l, const json_t *object)
{
	const char *id = json_text(object, "id");
	struct checkout_meta meta;

	checkout_meta_read(&meta, json_object_get(object, "metadata"));
	if (!is_ours(l, meta.tenant) || (l->tenant != 0 && is_over(l, id)))
		return ERR_NONE;
	return look(l, meta.tenant, id);
}

static enum err
take_intent(struct event_look *l, const json_t *object)
{
	const char *id = json_text(object, "id");
	struct event_owner owner;
	struct checkout_meta meta;
	enum err err;

	checkout_meta_read(&meta, json_object_get(object, "metadata"));
	if (!is_ours(l, meta.tenant))
		return ERR_NONE;
	worker_self(l->w);
	err = event_by_intent(l->w->st, l->account, id, &owner);
	/* It is booked. */
	if (err == ERR_NONE)
		return ERR_NONE;
	return err == ERR_NOT_FOUND ? look(l, meta.tenant, id) : err;
}

/* Its session knows more. */
static enum err
take_setup(struct event_look *l, const json_t *object)
{
	struct checkout_meta meta;
	struct checkout c;
	enum err err;

	checkout_meta_read(&meta, json_object_get(object, "metadata"));
	if (!is_ours(l, meta.tenant) || meta.checkout == 0)
		return ERR_NONE;
	worker_self(l->w);
	err = checkout_find(l->w->st, NULL, NULL, NULL, meta.checkout, &c);
	if (err == ERR_NOT_FOUND)
		return ERR_NONE;
	if (err != ERR_NONE || strcmp(c.token, meta.token) != 0 ||
	    c.session[0] == '\0')
		return err;
	return look(l, meta.tenant, c.session);
}

/* ---- what the store knows ---- */

/* Whose it was, when it was taken away. */
static const char *
customer_of(const struct event_look *l, const json_t *object)
{
	const json_t *data = json_object_get(l->event, "data");
	const char *ref = json_text(object, "customer");

	return ref[0] != '\0'
		   ? ref
		   : json_text(json_object_get(data, "previous_attributes"),
			 "customer");
}

static enum err
take_method(struct event_look *l, const json_t *object)
{
	const char *ref = customer_of(l, object);
	struct event_owner owner;
	enum err err;

	if (!stripe_id_valid(ref, "cus_"))
		return ERR_NONE;
	worker_self(l->w);
	err = event_by_customer(l->w->st, l->account, ref, &owner);
	if (err == ERR_NOT_FOUND ||
	    (err == ERR_NONE && !is_ours(l, owner.tenant)))
		return ERR_NONE;
	return err != ERR_NONE ? err
			       : look(l, owner.tenant, json_text(object, "id"));
}

/* Of money that is booked; a list of events begins with the newest, so there it
 * may have yet to be. */
static enum err
take_refund(struct event_look *l, const json_t *object)
{
	const char *intent = json_text(object, "payment_intent");
	struct event_owner owner;
	enum err err;

	if (!stripe_id_valid(intent, "pi_"))
		return ERR_NONE;
	worker_self(l->w);
	err = event_by_intent(l->w->st, l->account, intent, &owner);
	if (err == ERR_NOT_FOUND && l->tenant != 0) {
		owner.tenant = l->tenant;
		err = ERR_NONE;
	}
	if (err == ERR_NOT_FOUND ||
	    (err == ERR_NONE && !is_ours(l, owner.tenant)))
		return ERR_NONE;
	if (err == ERR_NONE)
		err = refunds_settle(l->w, owner.tenant, intent, l->fn, l->arg);
	l->begun = err == ERR_NONE;
	return err;
}

/* ---- rows ---- */

/* clang-format off */
static const struct {
	const char *prefix;
	enum err (*take)(struct event_look *l, const json_t *object);
} rows[] = {
	{ "checkout.session.", take_session },
	{ "payment_intent.", take_intent },
	{ "setup_intent.", take_setup },
	{ "payment_method.", take_method },
	{ "charge.refunded", take_refund },
	{ "charge.dispute.", take_refund },
	{ "refund.", take_refund },
};

/* At most 20, says Stripe. */
const char *const event_types[] = {
	"checkout.session.completed",
	"checkout.session.async_payment_succeeded",
	"checkout.session.async_payment_failed",
	"payment_intent.succeeded", "payment_intent.payment_failed",
	"payment_intent.canceled", "payment_intent.processing",
	"setup_intent.succeeded",
	"payment_method.attached", "payment_method.detached",
	"payment_method.updated", "payment_method.automatically_updated",
	"charge.refunded", "charge.dispute.created", "charge.dispute.closed",
	"refund.created", "refund.updated", "refund.failed",
	NULL
};
/* clang-format on */

enum err
event_take(struct event_look *l)
{
	const json_t *object =
	    json_object_get(json_object_get(l->event, "data"), "object");
	const char *type = json_text(l->event, "type");
	size_t i;

	l->begun = false;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(type, rows[i].prefix, strlen(rows[i].prefix)) == 0)
			return rows[i].take(l, object);
	return ERR_NONE;
}

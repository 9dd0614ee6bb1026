/*
 * What a session says: money, a method that was saved, or where its checkout
 * stands.
 */
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "data/customer.h"
#include "worker/settle.h"

struct session {
	const char *id, *link; /* the payment link it is of, or "" */
	const char *status, *payment_status;
	const json_t *intent, *setup; /* expanded, or NULL */
	struct checkout_meta meta;
};

static const json_t *
expanded(const json_t *json, const char *key)
{
	const json_t *object = json_object_get(json, key);

	return json_is_object(object) ? object : NULL;
}

static void
session_read(struct session *x, const json_t *json)
{
	*x = (struct session) {.id = json_text(json, "id"),
	    .link = json_text(json, "payment_link"),
	    .status = json_text(json, "status"),
	    .payment_status = json_text(json, "payment_status"),
	    .intent = expanded(json, "payment_intent"),
	    .setup = expanded(json, "setup_intent")};
	checkout_meta_read(&x->meta, json_object_get(json, "metadata"));
}

static bool
session_complete(const struct session *x)
{
	return strcmp(x->status, "complete") == 0;
}

static bool
session_paid(const struct session *x)
{
	return session_complete(x) && strcmp(x->payment_status, "paid") == 0;
}

static bool
session_saved(const struct session *x)
{
	return session_complete(x) &&
	       strcmp(json_text(x->setup, "status"), "succeeded") == 0;
}

/* Complete, and the money, or the method, will not come after all. */
static bool
session_failed(const struct session *x)
{
	const char *status =
	    json_text(x->setup != NULL ? x->setup : x->intent, "status");

	return strcmp(status, "requires_payment_method") == 0 ||
	       strcmp(status, "canceled") == 0;
}

/* ---- and what becomes of it ---- */

/* A store that was put back from an older backup gives ids once more, also
 * those of customers whom it has forgotten. */
static enum err
same_person(
    struct settling *s, const json_t *object, const struct checkout_meta *meta)
{
	int64_t begun = json_int(object, "created"), since;
	enum err err;

	stripe_become(s->w, meta->tenant, meta->customer);
	err = customer_since(s->w->st, &since);
	if (err == ERR_NOT_FOUND ||
	    (err == ERR_NONE && (begun == 0 || since <= begun)))
		return ERR_NONE;
	if (err == ERR_NONE)
		log_error("%s is older than customer %lld, and not theirs: if "
			  "it is paid, book it by hand",
		    s->asked, (long long)meta->customer);
	return err == ERR_NONE ? ERR_NOT_FOUND : err;
}

enum err
settle_find(struct settling *s, const json_t *object,
    const struct checkout_meta *meta, bool *got)
{
	struct checkout *c = s->c;
	enum err err;

	*got = false;
	err = checkout_find(
	    s->w->st, NULL, s->account, json_text(object, "id"), 0, c);
	if (err == ERR_NOT_FOUND && meta->checkout != 0)
		err = checkout_find(
		    s->w->st, NULL, NULL, NULL, meta->checkout, c);
	if (err != ERR_NONE && err != ERR_NOT_FOUND)
		return err;
	/* After a restore a number may have been given again; the token is
	 * only this one's. */
	*got = err == ERR_NONE && c->tenant == meta->tenant &&
	       c->customer == meta->customer &&
	       strcmp(c->token, meta->token) == 0;
	return *got ? ERR_NONE : same_person(s, object, meta);
}

/* Is the checkout still about this session? */
static bool
is_current(const struct checkout *c, const struct session *x)
{
	return strcmp(c->session, x->id) == 0 ||
	       (x->link[0] != '\0' && strcmp(c->session, x->link) == 0);
}

bool
checkout_is(const struct checkout *c, const char *state)
{
	return strcmp(c->state, state) == 0;
}

bool
checkout_is_live(const struct checkout *c)
{
	return checkout_is(c, "open") || checkout_is(c, "processing") ||
	       checkout_is(c, "cancelling");
}

enum err
settle_state(struct settling *s, const char *state, const char *reason)
{
	return checkout_is(s->c, state)
		   ? ERR_NONE
		   : checkout_set(s->w->st, s->c, state, reason);
}

static const char *
why_failed(const struct session *x)
{
	return x->setup != NULL ? N_("Nothing was saved.")
				: N_("The payment did not go through.");
}

/* No money: where the checkout stands. */
static enum err
session_stands(struct settling *s, const struct session *x)
{
	if (!is_current(s->c, x) || !checkout_is_live(s->c))
		return ERR_NONE;
	if (session_complete(x))
		return session_failed(x)
			   ? settle_state(s, "failed", why_failed(x))
			   : settle_state(s, "processing", "");
	/* A payment link makes a session for whoever opens it. */
	if (strcmp(x->status, "expired") == 0 && x->link[0] == '\0')
		return settle_state(s,
		    checkout_is(s->c, "cancelling") ? "cancelled" : "expired",
		    "");
	return ERR_NONE;
}

/* A store may have forgotten who the customer is at the gateway. */
static enum err
session_customer(struct settling *s, const char *ref)
{
	char known[CHECKOUT_ID];
	enum err err =
	    gateway_customer_get(s->w->st, "stripe", s->account, known);

	return err == ERR_NOT_FOUND
		   ? gateway_customer_set(s->w->st, "stripe", s->account, ref)
		   : err;
}

static enum err
session_keep(
    struct settling *s, const struct session *x, const struct checkout *c)
{
	const char *customer = json_text(x->setup, "customer");
	struct worker *w = s->w;
	struct method m;
	enum err err;

	err = method_read(&m, json_object_get(x->setup, "payment_method"),
	    s->account, json_text(x->setup, "mandate"));
	if (err != ERR_NONE || !stripe_id_valid(customer, "cus_")) {
		log_error(
		    "%s has saved something that makes no sense", s->asked);
		return ERR_PROTOCOL;
	}
	stripe_become(w, x->meta.tenant, x->meta.customer);
	err = session_customer(s, customer);
	return err != ERR_NONE ? err : method_saved(w->st, &m, c);
}

static enum err
session_take(struct settling *s, const json_t *json, bool link)
{
	struct session x;
	bool got;
	enum err err;

	session_read(&x, json);
	if (strcmp(link ? x.link : x.id, s->asked) != 0)
		return ERR_PROTOCOL;
	if (x.meta.tenant != s->tenant || x.meta.customer == 0)
		return ERR_NOT_FOUND;
	if ((err = settle_find(s, json, &x.meta, &got)) != ERR_NONE)
		return err;
	if (session_paid(&x))
		return settle_received(s, x.intent, &x.meta, got ? s->c : NULL);
	if (session_saved(&x))
		return session_keep(s, &x, got ? s->c : NULL);
	return got ? session_stands(s, &x) : ERR_NONE;
}

enum err
settle_session(struct settling *s)
{
	return session_take(s, s->json, false);
}

enum err
settle_link(struct settling *s)
{
	const json_t *list = json_object_get(s->json, "data");

	if (json_array_size(list) == 0)
		return ERR_NONE; /* nobody has paid there yet */
	return session_take(s, json_array_get(list, 0), true);
}

enum err
settle_unknown(struct settling *s)
{
	struct worker *w = s->w;
	enum err err;

	err = checkout_find(w->st, NULL, s->account, s->asked, 0, s->c);
	/* A charge is never given up for want of an answer. */
	if (err == ERR_NONE && checkout_is_live(s->c) && s->c->method == 0 &&
	    s->c->expires_at < clock_now(&w->clock))
		err = settle_state(s, "expired", "");
	return err != ERR_NONE ? err : ERR_NOT_FOUND;
}

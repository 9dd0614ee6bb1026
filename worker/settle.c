/*
 * Where webhook, polling and the event sweep end.  None of them is believed:
 * the session is fetched again, and what it says of itself is enough, even
 * where the store has forgotten the checkout.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "worker/stripe.h"

enum { SETTLE_AT_ONCE = 16 };

struct settlement {
	struct worker *w;
	int64_t tenant;
	char session[CHECKOUT_ID];
	settle_fn *fn;
	void *arg;
	struct settlement *next;
};

struct settler {
	struct settlement *first, **last; /* not asked for yet */
	struct settlement *sent;
	size_t nwaiting, nsent;
	struct timer go; /* callers never hear of theirs before they return */
};

/* ---- what a session says ---- */

struct session {
	const json_t *json;
	const char *id, *link; /* the payment link it is of, or "" */
	const char *status, *payment_status;
	const json_t *intent; /* expanded, or NULL */
	struct checkout_meta meta;
};

static void
session_read(struct session *s, const json_t *json)
{
	const json_t *intent = json_object_get(json, "payment_intent");

	*s = (struct session) {.json = json,
	    .id = json_text(json, "id"),
	    .link = json_text(json, "payment_link"),
	    .status = json_text(json, "status"),
	    .payment_status = json_text(json, "payment_status"),
	    .intent = json_is_object(intent) ? intent : NULL};
	checkout_meta_read(&s->meta, json_object_get(json, "metadata"));
}

static bool
session_paid(const struct session *s)
{
	return strcmp(s->status, "complete") == 0 &&
	       strcmp(s->payment_status, "paid") == 0;
}

/* Complete, and the money will not come after all. */
static bool
session_failed(const struct session *s)
{
	const char *status = json_text(s->intent, "status");

	return strcmp(status, "requires_payment_method") == 0 ||
	       strcmp(status, "canceled") == 0;
}

static enum err
read_currency(char dst[CURRENCY_SIZE], const char *s)
{
	size_t i;

	if (strlen(s) != CURRENCY_SIZE - 1)
		return ERR_PROTOCOL;
	for (i = 0; i < CURRENCY_SIZE; i++)
		dst[i] = (char)toupper((unsigned char)s[i]);
	return currency_valid(dst) ? ERR_NONE : ERR_PROTOCOL;
}

/* The intent knows what has really come; the session only what was asked. */
static enum err
session_money(const struct session *s, struct received *r)
{
	const char *id = json_text(s->intent, "id");
	enum err err;

	if (!stripe_id_valid(id, "pi_"))
		return ERR_PROTOCOL;
	memcpy(r->intent, id, strlen(id) + 1);
	err = read_currency(r->currency, json_text(s->intent, "currency"));
	if (err == ERR_NONE)
		err = stripe_units_back(json_int(s->intent, "amount_received"),
		    r->currency, &r->amount);
	if (err == ERR_NONE && r->amount <= 0)
		err = ERR_PROTOCOL;
	return err;
}

/* ---- and what becomes of it ---- */

/* The checkout it belongs to; *got false: this store knows none. */
static enum err
find_checkout(struct worker *w, const struct session *s, const char *account,
    struct checkout *c, bool *got)
{
	const struct checkout_meta *m = &s->meta;
	enum err err;

	*got = false;
	err = checkout_find(w->st, NULL, account, s->id, 0, c);
	if (err == ERR_NOT_FOUND && m->checkout != 0)
		err = checkout_find(w->st, NULL, NULL, NULL, m->checkout, c);
	if (err == ERR_NOT_FOUND)
		return ERR_NONE;
	/* After a restore a number may have been given again; the token is
	 * only this one's. */
	*got = err == ERR_NONE && c->tenant == m->tenant &&
	       c->customer == m->customer && strcmp(c->token, m->token) == 0;
	return err;
}

static enum err
receive(struct worker *w, const struct session *s, const char *account,
    const struct checkout *c)
{
	const struct checkout_meta *m = &s->meta;
	struct received r = {.tenant = m->tenant,
	    .customer = m->customer,
	    .checkout = c != NULL ? c->id : 0,
	    .method = "card",
	    .ninvoices = m->ninvoices};
	int64_t now = clock_now(&w->clock);
	bool fresh = false;
	enum err err;

	memcpy(r.invoices, m->invoices, sizeof(r.invoices));
	snprintf(r.account, sizeof(r.account), "%s", account);
	if ((err = session_money(s, &r)) != ERR_NONE) {
		log_error("session %s is paid, but its intent makes no sense: "
			  "book it by hand",
		    s->id);
		return err;
	}
	r.at = json_int(s->intent, "created");
	if (r.at <= 0 || r.at > now)
		r.at = now;
	stripe_become(w, r.tenant, r.customer);
	err = checkout_settle(w->st, &r, &fresh);
	if (err != ERR_NONE)
		log_error("intent %s of customer %lld is paid, but not booked: "
			  "%s",
		    r.intent, (long long)r.customer, err_name(err));
	else if (fresh)
		log_info("intent %s of customer %lld is booked", r.intent,
		    (long long)r.customer);
	return err;
}

/* Is the checkout still about this session? */
static bool
is_current(const struct checkout *c, const struct session *s)
{
	return strcmp(c->session, s->id) == 0 ||
	       (s->link[0] != '\0' && strcmp(c->session, s->link) == 0);
}

static bool
state_is(const struct checkout *c, const char *state)
{
	return strcmp(c->state, state) == 0;
}

static bool
is_live(const struct checkout *c)
{
	return state_is(c, "open") || state_is(c, "processing") ||
	       state_is(c, "cancelling");
}

static enum err
set_state(struct worker *w, const struct checkout *c, const char *state,
    const char *reason)
{
	return state_is(c, state) ? ERR_NONE
				  : checkout_set(w->st, c, state, reason);
}

/* No money: where the checkout stands. */
static enum err
stand(struct worker *w, const struct session *s, const struct checkout *c)
{
	if (!is_current(c, s) || !is_live(c))
		return ERR_NONE;
	if (strcmp(s->status, "complete") == 0)
		return session_failed(s)
			   ? set_state(w, c, "failed",
				 N_("The payment did not go through."))
			   : set_state(w, c, "processing", "");
	/* A payment link makes a session for whoever opens it. */
	if (strcmp(s->status, "expired") == 0 && s->link[0] == '\0')
		return set_state(w, c,
		    state_is(c, "cancelling") ? "cancelled" : "expired", "");
	return ERR_NONE;
}

static bool
is_link(const struct settlement *o)
{
	return stripe_id_valid(o->session, "plink_");
}

static enum err
settle_session(
    struct settlement *o, const struct stripe_answer *a, struct checkout *c)
{
	const json_t *list = json_object_get(a->json, "data");
	struct session s;
	bool got;
	enum err err;

	if (is_link(o) && json_array_size(list) == 0)
		return ERR_NONE; /* nobody has paid there yet */
	session_read(&s, is_link(o) ? json_array_get(list, 0) : a->json);
	if (strcmp(is_link(o) ? s.link : s.id, o->session) != 0)
		return ERR_PROTOCOL;
	if (s.meta.tenant != o->tenant || s.meta.customer == 0)
		return ERR_NOT_FOUND;
	err = find_checkout(o->w, &s, a->account, c, &got);
	if (err != ERR_NONE)
		return err;
	if (session_paid(&s))
		return receive(o->w, &s, a->account, got ? c : NULL);
	return got ? stand(o->w, &s, c) : ERR_NONE;
}

/* A session that Stripe does not know, or not under this key any more. */
static enum err
settle_unknown(
    struct settlement *o, const struct stripe_answer *a, struct checkout *c)
{
	enum err err;

	err = checkout_find(o->w->st, NULL, a->account, o->session, 0, c);
	if (err == ERR_NONE && is_live(c) &&
	    c->expires_at < clock_now(&o->w->clock))
		err = set_state(o->w, c, "expired", "");
	return err != ERR_NONE ? err : ERR_NOT_FOUND;
}

/* ---- one after the other ---- */

static void
settlement_end(struct settlement *o, enum err err)
{
	if (o->fn != NULL)
		o->fn(o->arg, err);
	free(o);
}

static void settle_next(struct worker *w);

static void
settle_unsend(struct settler *s, struct settlement *o)
{
	struct settlement **p = &s->sent;

	while (*p != o)
		p = &(*p)->next;
	*p = o->next;
	s->nsent--;
}

static void
settle_answer(void *arg, const struct stripe_answer *a)
{
	struct settlement *o = arg;
	struct worker *w = o->w;
	struct checkout *c;
	enum err err = a->err;

	settle_unsend(w->settler, o);
	if (err == ERR_NONE || err == ERR_NOT_FOUND) {
		c = calloc(1, sizeof(*c));
		stripe_become(w, o->tenant, 0);
		if (c == NULL)
			err = ERR_NOMEM;
		else if (err == ERR_NONE)
			err = settle_session(o, a, c);
		else
			err = settle_unknown(o, a, c);
		free(c);
	}
	settlement_end(o, err);
	settle_next(w);
}

static enum err
settle_send(struct settlement *o)
{
	char path[STRIPE_PATH];
	struct stripe_request r = {.tenant = o->tenant,
	    .method = "GET",
	    .path = path,
	    .fn = settle_answer,
	    .arg = o};

	snprintf(path, sizeof(path),
	    is_link(o) ? "/v1/checkout/sessions?payment_link=%s&status=complete"
			 "&limit=1&expand[]=data.payment_intent"
		       : "/v1/checkout/sessions/%s?expand[]=payment_intent",
	    o->session);
	return stripe_send(o->w, &r);
}

static void
settle_next(struct worker *w)
{
	struct settler *s = w->settler;
	struct settlement *o;
	enum err err;

	while (s->nsent < SETTLE_AT_ONCE && (o = s->first) != NULL) {
		if ((s->first = o->next) == NULL)
			s->last = &s->first;
		s->nwaiting--;
		o->next = s->sent;
		s->sent = o;
		s->nsent++;
		if ((err = settle_send(o)) != ERR_NONE) {
			settle_unsend(s, o);
			settlement_end(o, err);
		}
	}
}

enum err
settle(struct worker *w, int64_t tenant, const char *session, settle_fn *fn,
    void *arg)
{
	struct settler *s = w->settler;
	struct settlement *o;

	if (!stripe_id_valid(session, "cs_") &&
	    !stripe_id_valid(session, "plink_"))
		return ERR_BAD_INPUT;
	if ((o = calloc(1, sizeof(*o))) == NULL)
		return ERR_NOMEM;
	o->w = w;
	o->tenant = tenant;
	memcpy(o->session, session, strlen(session) + 1);
	o->fn = fn;
	o->arg = arg;
	*s->last = o;
	s->last = &o->next;
	s->nwaiting++;
	loop_timer_set(&w->loop, &s->go, 0);
	return ERR_NONE;
}

static void
settle_go(void *arg)
{
	settle_next(arg);
}

static void
forget_in(struct settlement *o, const void *arg)
{
	for (; o != NULL; o = o->next)
		if (o->arg == arg)
			o->fn = NULL;
}

void
settle_forget(struct worker *w, const void *arg)
{
	forget_in(w->settler->first, arg);
	forget_in(w->settler->sent, arg);
}

size_t
settle_waiting(const struct worker *w)
{
	return w->settler->nwaiting;
}

enum err
settle_open(struct worker *w)
{
	if ((w->settler = calloc(1, sizeof(*w->settler))) == NULL)
		return ERR_NOMEM;
	w->settler->last = &w->settler->first;
	w->settler->go = (struct timer) {.fire = settle_go, .arg = w};
	return ERR_NONE;
}

static void
free_list(struct settlement *o)
{
	struct settlement *next;

	for (; o != NULL; o = next) {
		next = o->next;
		free(o);
	}
}

void
settle_close(struct worker *w)
{
	if (w->settler == NULL)
		return;
	loop_timer_clear(&w->loop, &w->settler->go);
	free_list(w->settler->first);
	free_list(w->settler->sent);
	free(w->settler);
	w->settler = NULL;
}

/*
 * Automatic payment: whose invoices are due by now, one tenant after another, a
 * few at a time so that others have their turn.  What is begun is a job like
 * any other attempt; several workers may look, the store begins each once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "data/method.h"
#include "data/tenant.h"
#include "worker/stripe.h"

enum {
	BATCH = 8,
	TURN_MS = 20,
	ROUND_MS = 5 * 60 * 1000,
	AGAIN_MS = 30 * 1000, /* after an error of the store */
};

/* A tenant's due invoices, or those of one of its customers. */
struct search {
	struct worker *w;
	int64_t tenant, today;
	bool one; /* customer only */
	struct autopay_at at;
};

struct autopayer {
	struct worker *w;
	struct timer go;
	int64_t since;        /* this worker runs, seconds */
	struct search search; /* tenant 0: the round begins */
};

static void
become(const struct search *s, int64_t customer)
{
	stripe_become(s->w, s->tenant, customer);
}

/* A store that was put back from an older backup owes what the gateway has
 * already: nothing is charged before its events were looked through. */
static enum err
look_swept(struct search *s, bool *swept)
{
	struct gateway_keys keys;
	enum err err = gateway_keys_get(s->w->st, "stripe", &keys);

	if (err == ERR_NONE)
		*swept = keys.swept_to >= s->w->autopayer->since &&
			 keys.swept_to <= clock_now(&s->w->clock);
	explicit_bzero(&keys, sizeof(keys));
	return err;
}

/* Which day it is there; *ready false: nothing may be charged yet. */
static enum err
search_begin(struct search *s, bool *ready)
{
	struct tenant *t = calloc(1, sizeof(*t));
	enum err err = t != NULL ? ERR_NONE : ERR_NOMEM;

	become(s, 0);
	if (err == ERR_NONE && (err = look_swept(s, ready)) == ERR_NONE &&
	    (err = tenant_get(s->w->st, t)) == ERR_NONE)
		s->today = day_of_instant(clock_now(&s->w->clock), t->zone);
	free(t);
	return err;
}

/* *more: there may be another one. */
static enum err
search_step(struct search *s, bool *more)
{
	enum autopay_found found;
	int64_t checkout = 0;
	enum err err;

	become(s, 0);
	err = autopay_next(s->w->st, s->today, &s->at, &found);
	if (err != ERR_NONE)
		return err;
	*more = found == AUTOPAY_DUE || (found == AUTOPAY_PAGE && !s->one);
	if (found != AUTOPAY_DUE)
		return ERR_NONE;
	become(s, s->at.customer);
	err = autopay_begin(s->w->st, s->at.invoice, s->today, &checkout);
	if (err == ERR_AWAY || err == ERR_UNSURE || err == ERR_BUSY)
		return err;
	/* One that cannot be begun must not keep the others waiting. */
	if (err != ERR_NONE)
		log_warn("invoice %lld is not paid by itself: %s",
		    (long long)s->at.invoice, err_name(err));
	return ERR_NONE;
}

/* A few. */
static enum err
search_go(struct search *s, bool *more)
{
	enum err err = ERR_NONE;
	int n;

	for (n = 0; n < BATCH && err == ERR_NONE && *more; n++)
		err = search_step(s, more);
	return err;
}

/* ---- everybody's, from time to time ---- */

/* The next tenant; 0: that was all. */
static enum err
next_tenant(struct autopayer *a)
{
	struct search next = {.w = a->w};
	bool ready = false;
	enum err err;

	worker_self(a->w);
	err = gateway_next(a->w->st, "stripe", a->search.tenant, &next.tenant);
	if (err == ERR_NONE && next.tenant != 0)
		err = search_begin(&next, &ready);
	if (err != ERR_NONE)
		return err;
	/* So that there is nobody to look at. */
	if (!ready)
		next.at.customer = INT64_MAX;
	a->search = next;
	return ERR_NONE;
}

static void
go(void *arg)
{
	struct autopayer *a = arg;
	bool more = a->search.tenant != 0;
	enum err err = search_go(&a->search, &more);

	if (err == ERR_NONE && !more) {
		err = next_tenant(a);
		more = a->search.tenant != 0;
	}
	if (err != ERR_NONE && err != ERR_AWAY)
		log_warn(
		    "due invoices cannot be looked through: %s", err_name(err));
	loop_timer_set(&a->w->loop, &a->go,
	    err != ERR_NONE ? AGAIN_MS
	    : more          ? TURN_MS
			    : ROUND_MS);
}

void
autopay_look(struct worker *w)
{
	if (w->autopayer != NULL && w->autopayer->search.tenant == 0)
		loop_timer_set(&w->loop, &w->autopayer->go, 0);
}

/* ---- one customer's, who has just turned it on ---- */

struct asked {
	struct task *t;
	struct search search;
	struct timer go;
};

static void
asked_free(void *state)
{
	struct asked *a = state;

	loop_timer_clear(&a->t->w->loop, &a->go);
	free(a);
}

static void
asked_go(void *arg)
{
	struct asked *a = arg;
	bool more = true;
	enum err err = search_go(&a->search, &more);

	if (err != ERR_NONE)
		task_later(a->t, 0, err_name(err));
	else if (!more)
		task_done(a->t);
	else
		loop_timer_set(&a->t->w->loop, &a->go, TURN_MS);
}

void
autopay_look_start(struct task *t)
{
	struct asked *a = calloc(1, sizeof(*a));
	int64_t customer = t->job.customer;
	bool ready = false;
	enum err err;

	if (a == NULL) {
		task_later(t, 0, err_name(ERR_NOMEM));
		return;
	}
	a->t = t;
	a->search = (struct search) {.w = t->w,
	    .tenant = t->job.tenant,
	    .one = true,
	    .at = {.customer = customer, .to = customer}};
	a->go = (struct timer) {.fire = asked_go, .arg = a};
	t->state = a;
	t->free_state = asked_free;
	if ((err = search_begin(&a->search, &ready)) != ERR_NONE)
		task_later(t, 0, err_name(err));
	else if (!ready) /* everybody's turn comes then */
		task_done(t);
	else
		asked_go(a);
}

enum err
autopay_open(struct worker *w)
{
	struct autopayer *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return ERR_NOMEM;
	a->w = a->search.w = w;
	a->since = clock_now(&w->clock);
	a->go = (struct timer) {.fire = go, .arg = a};
	w->autopayer = a;
	loop_timer_set(&w->loop, &a->go, ROUND_MS);
	return ERR_NONE;
}

void
autopay_close(struct worker *w)
{
	if (w->autopayer == NULL)
		return;
	loop_timer_clear(&w->loop, &w->autopayer->go);
	free(w->autopayer);
	w->autopayer = NULL;
}

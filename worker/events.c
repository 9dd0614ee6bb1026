/*
 * Stripe's list of events, which also knows what this store does not: looked
 * through at the start and every few minutes, since a webhook may be late,
 * lost, or never arranged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "worker/stripe.h"

enum {
	EVENTS_MS = 10 * 60 * 1000,
	AGAIN_MS = 30 * 1000, /* after an error of the store or of Stripe */
	OVERLAP_S = 3600,
	BACK_S = 30 * 86400, /* that Stripe keeps them */
};

/* The events of one tenant's gateway after another. */
struct events {
	int64_t tenant;   /* 0: none at the moment */
	int64_t begun_at; /* seconds: what happens later is the next sweep's */
	int64_t since;
	char last[CHECKOUT_ID]; /* of the page before */
	size_t pending;         /* things that are being looked at */
	bool more, failed;
	bool any_failed; /* in this round */
};

struct eventer {
	struct worker *w;
	struct timer round;
	struct events events;
};

static void events_page(struct eventer *s);
static void events_tenant(struct eventer *s, int64_t after);

static void
events_round_over(struct eventer *s)
{
	s->events.tenant = 0;
	loop_timer_set(&s->w->loop, &s->round,
	    s->events.any_failed ? AGAIN_MS : EVENTS_MS);
	autopay_look(s->w);
}

/* Everything of this page was looked at. */
static void
events_next(struct eventer *s)
{
	struct events *e = &s->events;

	if (e->more && !e->failed) {
		events_page(s);
		return;
	}
	stripe_become(s->w, e->tenant, 0);
	if (!e->failed &&
	    gateway_swept(s->w->st, "stripe", e->begun_at) != ERR_NONE)
		e->failed = true;
	e->any_failed |= e->failed;
	events_tenant(s, e->tenant);
}

static void
events_settled(void *arg, enum err err)
{
	struct eventer *s = arg;
	struct events *e = &s->events;

	/* Not ours, or nothing that another look would change. */
	if (err != ERR_NONE && err != ERR_NOT_FOUND && err != ERR_PROTOCOL &&
	    err != ERR_BAD_INPUT)
		e->failed = true;
	if (--e->pending == 0)
		events_next(s);
}

static void
events_take(
    struct eventer *s, const struct stripe_answer *a, const json_t *event)
{
	struct events *e = &s->events;
	struct event_look l = {.w = s->w,
	    .tenant = e->tenant,
	    .account = a->account,
	    .event = event,
	    .fn = events_settled,
	    .arg = s};
	enum err err = event_take(&l);

	if (l.begun)
		e->pending++;
	else if (err != ERR_NONE && err != ERR_BAD_INPUT)
		e->failed = true;
}

static void
events_answer(void *arg, const struct stripe_answer *a)
{
	const json_t *list = json_object_get(a->json, "data"), *event;
	struct eventer *s = arg;
	struct events *e = &s->events;
	const char *id = "";
	size_t i, n = json_array_size(list);

	e->more = a->err == ERR_NONE && n > 0 &&
		  json_is_true(json_object_get(a->json, "has_more"));
	/* A gateway without a key that works is not swept until it has one. */
	e->failed |= a->err != ERR_NONE;
	e->pending = 1;
	for (i = 0; i < n; i++) {
		event = json_array_get(list, i);
		id = json_text(event, "id");
		events_take(s, a, event);
	}
	if (stripe_id_valid(id, "evt_"))
		strcpy(e->last, id);
	else
		e->more = false;
	if (--e->pending == 0)
		events_next(s);
}

static void
events_page(struct eventer *s)
{
	struct events *e = &s->events;
	struct stripe_request r = {.tenant = e->tenant,
	    .method = "GET",
	    .fn = events_answer,
	    .arg = s};
	char path[STRIPE_PATH];
	struct buf form;
	size_t i;
	enum err err;

	buf_init(&form, STRIPE_PATH);
	for (i = 0; event_types[i] != NULL; i++)
		form_text(&form, event_types[i], "types[]");
	form_int(&form, e->since, "created[gte]");
	form_int(&form, 100, "limit");
	if (e->last[0] != '\0')
		form_text(&form, e->last, "starting_after");
	snprintf(path, sizeof(path), "/v1/events?%s", buf_str(&form));
	r.path = path;
	err = form.err != ERR_NONE ? form.err : stripe_send(s->w, &r);
	buf_release(&form);
	if (err != ERR_NONE) {
		e->any_failed = true;
		events_round_over(s);
	}
}

/* The next tenant's gateway; the round is over after the last. */
static void
events_tenant(struct eventer *s, int64_t after)
{
	struct events *e = &s->events;
	struct gateway_keys keys;
	int64_t tenant;
	enum err err;

	worker_self(s->w);
	err = gateway_next(s->w->st, "stripe", after, &tenant);
	if (err == ERR_NONE && tenant != 0) {
		stripe_become(s->w, tenant, 0);
		err = gateway_keys_get(s->w->st, "stripe", &keys);
		explicit_bzero(keys.secret_key, sizeof(keys.secret_key));
	}
	if (err != ERR_NONE || tenant == 0) {
		e->any_failed |= err != ERR_NONE;
		events_round_over(s);
		return;
	}
	*e = (struct events) {.tenant = tenant,
	    .begun_at = clock_now(&s->w->clock),
	    .any_failed = e->any_failed};
	e->since = keys.swept_to - OVERLAP_S;
	/* Or it was by a clock that has been put back since. */
	if (e->since < e->begun_at - BACK_S || keys.swept_to > e->begun_at)
		e->since = e->begun_at - BACK_S;
	events_page(s);
}

static void
events_round(void *arg)
{
	struct eventer *s = arg;

	s->events = (struct events) {0};
	events_tenant(s, 0);
}

enum err
events_open(struct worker *w)
{
	struct eventer *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return ERR_NOMEM;
	w->eventer = s;
	s->w = w;
	s->round = (struct timer) {.fire = events_round, .arg = s};
	loop_timer_set(&w->loop, &s->round, 0);
	return ERR_NONE;
}

void
events_close(struct worker *w)
{
	if (w->eventer == NULL)
		return;
	loop_timer_clear(&w->loop, &w->eventer->round);
	free(w->eventer);
	w->eventer = NULL;
}

/*
 * Looking by ourselves, since a webhook may be late, lost, or never arranged:
 * at each live checkout again and again, and at Stripe's list of events, which
 * also knows what this store does not.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker/stripe.h"

enum {
	POLL_FIRST_MS = 5000,
	POLL_YOUNG_MS = 60 * 1000, /* while a screen may wait */
	POLL_OLD_MS = 5 * 60 * 1000,
	POLL_SOON_MS = 1000,
	YOUNG_MS = 15 * 60 * 1000,
	LIST_MS = 60 * 1000, /* between looks for what others opened */
	EVENTS_MS = 10 * 60 * 1000,
	AGAIN_MS = 5 * 1000, /* after an error of the store or of Stripe */
	OVERLAP_S = 3600,
	EVENTS_BACK_S = 30 * 86400, /* that Stripe keeps them */
};

/* A live checkout. */
struct poll {
	struct sweeper *s;
	int64_t id;
	int64_t born, due, pause; /* clock_mono_ms() */
	bool busy;
	struct page_end *end; /* while its payment link is taken away */
	struct poll *next;
};

/* The events of one tenant's gateway after another. */
struct events {
	int64_t tenant;   /* 0: none at the moment */
	int64_t begun_at; /* seconds: what happens later is the next sweep's */
	int64_t since;
	char last[CHECKOUT_ID]; /* of the page before */
	size_t pending;         /* sessions that are being looked at */
	bool more, failed;
	bool any_failed; /* in this round */
};

struct sweeper {
	struct worker *w;
	struct poll *polls;
	struct timer poll, list, round, configure;
	struct events events;
};

/* ---- live checkouts ---- */

static void
polls_arm(struct sweeper *s)
{
	const struct poll *p, *first = NULL;

	for (p = s->polls; p != NULL; p = p->next)
		if (!p->busy && (first == NULL || p->due < first->due))
			first = p;
	if (first == NULL)
		loop_timer_clear(&s->w->loop, &s->poll);
	else
		loop_timer_set(
		    &s->w->loop, &s->poll, first->due - clock_mono_ms());
}

static struct poll *
poll_find(struct sweeper *s, int64_t id)
{
	struct poll *p;

	for (p = s->polls; p != NULL && p->id != id; p = p->next)
		;
	return p;
}

static void
poll_add(struct sweeper *s, int64_t id, int64_t delay)
{
	struct poll *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return; /* the next list has it */
	p->s = s;
	p->id = id;
	p->born = clock_mono_ms();
	p->due = p->born + delay;
	p->pause = POLL_FIRST_MS;
	p->next = s->polls;
	s->polls = p;
}

static void
poll_free(struct poll *p)
{
	struct poll **at = &p->s->polls;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	stripe_forget(p->s->w, p);
	settle_forget(p->s->w, p);
	if (p->end != NULL)
		page_end_forget(p->end);
	free(p->end);
	free(p);
}

static void
poll_again(struct poll *p)
{
	int64_t now = clock_mono_ms();

	p->busy = false;
	p->due = now + p->pause;
	p->pause += p->pause / 2;
	if (now - p->born > YOUNG_MS)
		p->pause = POLL_OLD_MS;
	else if (p->pause > POLL_YOUNG_MS)
		p->pause = POLL_YOUNG_MS;
	polls_arm(p->s);
}

static void
poll_settled(void *arg, enum err err)
{
	struct poll *p = arg;

	(void)err; /* logged where it happened; it is polled on either way */
	free(p->end);
	p->end = NULL;
	poll_again(p);
}

/* A payment link goes on until it is taken away. */
static enum err
poll_end(struct poll *p, const struct checkout *c)
{
	enum err err;

	if ((p->end = calloc(1, sizeof(*p->end))) == NULL)
		return ERR_NOMEM;
	p->end->w = p->s->w;
	p->end->c = *c;
	p->end->fn = poll_settled;
	p->end->arg = p;
	if ((err = page_end(p->end)) != ERR_NONE) {
		free(p->end);
		p->end = NULL;
	}
	return err;
}

static bool
is_live(const struct checkout *c)
{
	return strcmp(c->state, "open") == 0 ||
	       strcmp(c->state, "processing") == 0;
}

static void
poll_look(struct poll *p, struct checkout *c)
{
	struct worker *w = p->s->w;
	enum err err;

	worker_self(w);
	err = checkout_find(w->st, NULL, NULL, NULL, p->id, c);
	if (err == ERR_NOT_FOUND || (err == ERR_NONE && !is_live(c))) {
		poll_free(p);
		return;
	}
	p->busy = true;
	if (err == ERR_NONE) {
		if (stripe_id_valid(c->session, "plink_") &&
		    strcmp(c->state, "open") == 0 &&
		    c->expires_at < clock_now(&w->clock))
			err = poll_end(p, c);
		else
			err = settle(w, c->tenant, c->session, poll_settled, p);
	}
	if (err != ERR_NONE)
		poll_again(p);
}

static void
polls_due(void *arg)
{
	struct sweeper *s = arg;
	int64_t now = clock_mono_ms();
	struct poll *p, *next;
	struct checkout *c = calloc(1, sizeof(*c));

	for (p = s->polls; c != NULL && p != NULL; p = next) {
		next = p->next;
		if (!p->busy && p->due <= now)
			poll_look(p, c);
	}
	free(c);
	polls_arm(s);
}

/* Those that another worker opened, or this one before it died. */
static void
polls_list(void *arg)
{
	struct sweeper *s = arg;
	struct checkout *c = calloc(1, sizeof(*c));
	int64_t after = 0;
	bool got = c != NULL;
	enum err err = ERR_NONE;

	worker_self(s->w);
	while (got && err == ERR_NONE) {
		err = checkout_next_live(s->w->st, after, c, &got);
		if (err != ERR_NONE || !got)
			break;
		after = c->id;
		if (poll_find(s, c->id) == NULL)
			poll_add(s, c->id, 0);
	}
	free(c);
	loop_timer_set(
	    &s->w->loop, &s->list, err == ERR_NONE ? LIST_MS : AGAIN_MS);
	polls_arm(s);
}

void
sweep_soon(struct worker *w, int64_t checkout)
{
	struct sweeper *s = w->sweeper;
	int64_t soon = clock_mono_ms() + POLL_SOON_MS;
	struct poll *p = poll_find(s, checkout);

	if (p == NULL)
		poll_add(s, checkout, POLL_FIRST_MS);
	else if (p->due > soon)
		p->due = soon;
	polls_arm(s);
}

/* ---- events ---- */

static void events_page(struct sweeper *s);
static void events_tenant(struct sweeper *s, int64_t after);

static void
events_round_over(struct sweeper *s)
{
	s->events.tenant = 0;
	loop_timer_set(&s->w->loop, &s->round,
	    s->events.any_failed ? 6 * AGAIN_MS : EVENTS_MS);
}

/* Everything of this page was looked at. */
static void
events_next(struct sweeper *s)
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
	struct sweeper *s = arg;
	struct events *e = &s->events;

	/* Not ours, or nothing that another look would change. */
	if (err != ERR_NONE && err != ERR_NOT_FOUND && err != ERR_PROTOCOL &&
	    err != ERR_BAD_INPUT)
		e->failed = true;
	if (--e->pending == 0)
		events_next(s);
}

/* What is booked needs no look: sweeps overlap. */
static bool
is_paid(struct worker *w, const char *account, const char *session)
{
	struct checkout *c = calloc(1, sizeof(*c));
	bool paid;

	worker_self(w);
	paid = c != NULL &&
	       checkout_find(w->st, NULL, account, session, 0, c) == ERR_NONE &&
	       strcmp(c->state, "paid") == 0;
	free(c);
	return paid;
}

static void
events_take(
    struct sweeper *s, const struct stripe_answer *a, const json_t *event)
{
	const json_t *object =
	    json_object_get(json_object_get(event, "data"), "object");
	const char *session = json_text(object, "id");
	struct events *e = &s->events;
	struct checkout_meta meta;

	checkout_meta_read(&meta, json_object_get(object, "metadata"));
	if (meta.tenant != e->tenant || !stripe_id_valid(session, "cs_") ||
	    is_paid(s->w, a->account, session))
		return;
	if (settle(s->w, e->tenant, session, events_settled, s) == ERR_NONE)
		e->pending++;
	else
		e->failed = true;
}

static void
events_answer(void *arg, const struct stripe_answer *a)
{
	const json_t *list = json_object_get(a->json, "data"), *event;
	struct sweeper *s = arg;
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

static const char *const event_types[] = {"checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed"};

static void
events_page(struct sweeper *s)
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
	for (i = 0; i < sizeof(event_types) / sizeof(event_types[0]); i++)
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
events_tenant(struct sweeper *s, int64_t after)
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
	if (e->since < e->begun_at - EVENTS_BACK_S)
		e->since = e->begun_at - EVENTS_BACK_S;
	events_page(s);
}

static void
events_round(void *arg)
{
	struct sweeper *s = arg;

	s->events = (struct events) {0};
	events_tenant(s, 0);
}

/* ---- all of it ---- */

static void
configure(void *arg)
{
	struct sweeper *s = arg;
	enum err err = stripe_configure(s->w);

	if (err == ERR_NONE)
		return;
	log_warn("the gateway's settings are not stored: %s", err_name(err));
	loop_timer_set(&s->w->loop, &s->configure, AGAIN_MS);
}

void
sweep_configure(struct worker *w)
{
	loop_timer_set(&w->loop, &w->sweeper->configure, 0);
}

enum err
sweep_open(struct worker *w)
{
	struct sweeper *s = calloc(1, sizeof(*s));
	enum err err;

	if (s == NULL)
		return ERR_NOMEM;
	w->sweeper = s;
	s->w = w;
	s->configure = (struct timer) {.fire = configure, .arg = s};
	s->poll = (struct timer) {.fire = polls_due, .arg = s};
	s->list = (struct timer) {.fire = polls_list, .arg = s};
	s->round = (struct timer) {.fire = events_round, .arg = s};
	if ((err = stripe_open(w)) == ERR_NONE)
		err = settle_open(w);
	if (err != ERR_NONE) {
		sweep_close(w);
		return err;
	}
	loop_timer_set(&w->loop, &s->configure, 0);
	loop_timer_set(&w->loop, &s->list, 0);
	loop_timer_set(&w->loop, &s->round, 0);
	return ERR_NONE;
}

void
sweep_close(struct worker *w)
{
	struct sweeper *s = w->sweeper;

	if (s == NULL)
		return;
	while (s->polls != NULL)
		poll_free(s->polls);
	loop_timer_clear(&w->loop, &s->configure);
	loop_timer_clear(&w->loop, &s->poll);
	loop_timer_clear(&w->loop, &s->list);
	loop_timer_clear(&w->loop, &s->round);
	settle_close(w);
	stripe_close(w);
	free(s);
	w->sweeper = NULL;
}

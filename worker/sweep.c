/*
 * Looking by ourselves, since a webhook may be late, lost, or never arranged:
 * at each live checkout again and again.
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
	POLL_SLOW_MS = 60 * 60 * 1000, /* banks take days */
	POLL_SOON_MS = 1000,
	YOUNG_MS = 15 * 60 * 1000,
	LIST_MS = 60 * 1000, /* between looks for what others opened */
	AGAIN_MS = 5 * 1000, /* after an error of the store */
};

/* A live checkout. */
struct poll {
	struct sweeper *s;
	int64_t id;
	int64_t born, due, pause; /* clock_mono_ms() */
	bool busy;
	bool processing;      /* nobody waits for what a bank does */
	struct page_end *end; /* while its payment link is taken away */
	struct poll *next;
};

struct sweeper {
	struct worker *w;
	struct poll *polls;
	struct timer poll, list, configure;
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
		p->pause = p->processing ? POLL_SLOW_MS : POLL_OLD_MS;
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
		p->processing = strcmp(c->state, "processing") == 0;
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
	if ((err = stripe_open(w)) == ERR_NONE &&
	    (err = settle_open(w)) == ERR_NONE)
		err = refunds_open(w);
	if (err == ERR_NONE) {
		loop_timer_set(&w->loop, &s->configure, 0);
		loop_timer_set(&w->loop, &s->list, 0);
		/* After it was configured. */
		err = events_open(w);
	}
	if (err != ERR_NONE)
		sweep_close(w);
	return err;
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
	events_close(w);
	refunds_close(w);
	settle_close(w);
	stripe_close(w);
	free(s);
	w->sweeper = NULL;
}

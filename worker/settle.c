/*
 * Where webhook, polling and the event sweep end.  None of them is believed:
 * the session, or intent, is fetched again, and what it says of itself is
 * enough, even where the store has forgotten the checkout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "worker/settle.h"

enum { SETTLE_AT_ONCE = 16 };

struct settlement {
	struct worker *w;
	int64_t tenant;
	const struct kind_of_id *kind;
	char id[CHECKOUT_ID];
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

/* clang-format off */
/* What can be asked for, by how its id begins: the path around the id, what
 * understands the answer, and what a 404. */
static const struct kind_of_id {
	const char *prefix, *before, *after;
	enum err (*settle)(struct settling *s), (*unknown)(struct settling *s);
} kinds_of_id[] = {
	{ "cs_", "/v1/checkout/sessions/",
	  "?expand[]=payment_intent.payment_method"
	  "&expand[]=setup_intent.payment_method",
	  settle_session, settle_unknown },
	{ "plink_", "/v1/checkout/sessions?payment_link=",
	  "&status=complete&limit=1"
	  "&expand[]=data.payment_intent.payment_method",
	  settle_link, settle_unknown },
	{ "pi_", "/v1/payment_intents/", "?expand[]=payment_method",
	  settle_intent, settle_unknown },
	{ "pm_", "/v1/payment_methods/", "", settle_method, settle_no_method },
};
/* clang-format on */

static const struct kind_of_id *
kind_of_id(const char *id)
{
	size_t i;

	for (i = 0; i < sizeof(kinds_of_id) / sizeof(kinds_of_id[0]); i++)
		if (stripe_id_valid(id, kinds_of_id[i].prefix))
			return &kinds_of_id[i];
	return NULL;
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
	struct settling s = {.w = w,
	    .tenant = o->tenant,
	    .account = a->account,
	    .asked = o->id,
	    .json = a->json};
	enum err err = a->err;

	settle_unsend(w->settler, o);
	if (err == ERR_NONE || err == ERR_NOT_FOUND) {
		stripe_become(w, o->tenant, 0);
		if ((s.c = calloc(1, sizeof(*s.c))) == NULL)
			err = ERR_NOMEM;
		else if (err == ERR_NONE)
			err = o->kind->settle(&s);
		else
			err = o->kind->unknown(&s);
		free(s.c);
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

	snprintf(path, sizeof(path), "%s%s%s", o->kind->before, o->id,
	    o->kind->after);
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
settle(
    struct worker *w, int64_t tenant, const char *id, settle_fn *fn, void *arg)
{
	struct settler *s = w->settler;
	const struct kind_of_id *kind;
	struct settlement *o;

	if ((kind = kind_of_id(id)) == NULL)
		return ERR_BAD_INPUT;
	if ((o = calloc(1, sizeof(*o))) == NULL)
		return ERR_NOMEM;
	o->w = w;
	o->tenant = tenant;
	o->kind = kind;
	memcpy(o->id, id, strlen(id) + 1);
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

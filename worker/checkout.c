/*
 * Jobs that start an attempt, and that take a page away.  Every parameter is in
 * the store before the call, so that a worker which takes the job over sends
 * the same bytes under the same key and gets the same page, or charge.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "worker/opening.h"

enum {
	PATIENCE_S = 600,     /* somebody waits at a screen */
	KEPT_TRIES = 2,       /* of an answer that may stay the same */
	LIFE_MIN_S = 31 * 60, /* Stripe: at least 30 minutes */
};

/* ---- what is sent ---- */

static bool
is_charge(const struct opening *o)
{
	return o->c.method != 0;
}

static bool
is_setup(const struct opening *o)
{
	return o->c.purpose == CHECKOUT_FOR_SETUP;
}

static bool
comes_back(const struct opening *o)
{
	return o->public_url[0] != '\0';
}

static bool
is_setup_and_back(const struct opening *o)
{
	return is_setup(o) && comes_back(o);
}

static bool
is_any(const struct opening *o)
{
	(void)o;
	return true;
}

/* There are no links that save a method, and a session must come back. */
static void
setup_refuse(struct opening *o)
{
	opening_failed(o,
	    N_("Saving a way to pay is not set up here. Please tell your "
	       "provider."),
	    "no public_url in [http] to come back to from a page that saves a "
	    "method");
}

/* clang-format off */
/* The first that fits. */
static const struct way {
	bool (*fits)(const struct opening *o);
	/* The customer must be known at the gateway: is he made for it?  A
	 * method that can be charged belongs to one. */
	bool patron, made;
	bool lasts; /* nothing else may be told until its outcome is known */
	void (*start)(struct opening *o);
} ways[] = {
	{ is_charge,  .patron = true, .lasts = true, .start = charge_start },
	{ is_setup_and_back, .patron = true, .made = true,
	  .start = setup_start },
	{ is_setup,   .start = setup_refuse },
	{ comes_back, .start = session_start },
	{ is_any,     .start = link_start },
};
/* clang-format on */

static const struct way *
way_of(const struct opening *o)
{
	const struct way *w = ways;

	while (!w->fits(o))
		w++;
	return w;
}

static void
opening_free(void *state)
{
	struct opening *o = state;

	stripe_forget(o->t->w, o);
	settle_forget(o->t->w, o);
	patron_forget(&o->patron);
	page_end_forget(&o->end);
	free(o);
}

/* The job's state; NULL: out of memory, and the job is given back. */
static struct opening *
opening_new(struct task *t)
{
	struct opening *o = calloc(1, sizeof(*o));

	if (o == NULL) {
		task_later(t, 0, err_name(ERR_NOMEM));
		return NULL;
	}
	o->t = t;
	o->end.w = t->w;
	o->end.arg = o;
	o->patron = (struct patron) {.w = t->w, .c = &o->c, .arg = o};
	t->state = o;
	t->free_state = opening_free;
	return o;
}

void
opening_stored(struct opening *o, enum err err)
{
	/* Somebody else has decided meanwhile. */
	if (err == ERR_NONE || err == ERR_CONFLICT || err == ERR_NOT_FOUND)
		task_done(o->t);
	else
		task_later(o->t, 0, err_name(err));
}

void
opening_failed(struct opening *o, const char *reason, const char *problem)
{
	enum err err;

	err = charge_failed(o->t->w, &o->c, reason);
	if (err == ERR_NONE && problem != NULL)
		task_failed(o->t, problem);
	else
		opening_stored(o, err);
}

static void
opening_again(struct opening *o, const struct stripe_answer *a)
{
	int64_t now = clock_now(&o->t->w->clock);

	/* Whoever asks again gets a key of his own.  Should the failed call
	 * have made a page after all, nobody has its address; money may have
	 * moved. */
	if (!o->way->lasts &&
	    (now > o->t->job.created_at + PATIENCE_S ||
		(a->kept && o->t->job.attempts >= KEPT_TRIES)))
		opening_failed(o,
		    N_("The payment provider cannot be reached. Please try "
		       "again later."),
		    err_name(a->err));
	else
		task_later(o->t, a->retry_after > 0 ? now + a->retry_after : 0,
		    err_name(a->err));
}

bool
opening_refused(struct opening *o, const struct stripe_answer *a)
{
	switch (a->err) {
	case ERR_NONE:
		return false;
	case ERR_CONFLICT:
		/* The configuration changed since the first attempt, whose page
		 * nobody has seen. */
		opening_failed(o,
		    N_("The portal's settings have changed meanwhile. "
		       "Please try again."),
		    NULL);
		break;
	case ERR_AUTH:
		opening_failed(o,
		    N_("Card payment is not set up correctly. Please tell your "
		       "provider."),
		    "Stripe does not accept the secret key");
		break;
	case ERR_BAD_INPUT:
	case ERR_NOT_FOUND:
		opening_failed(o,
		    N_("The payment provider does not accept this payment. "
		       "Please tell your provider."),
		    a->code[0] != '\0' ? a->code : "Stripe refused it");
		break;
	default:
		opening_again(o, a);
	}
	return true;
}

void
opening_post(
    struct opening *o, const char *path, struct buf *form, stripe_fn *fn)
{
	char key[STRIPE_KEY];
	struct stripe_request r = {.tenant = o->c.tenant,
	    .method = "POST",
	    .path = path,
	    .body = buf_str(form),
	    .key = key,
	    .fn = fn,
	    .arg = o};
	enum err err;

	snprintf(key, sizeof(key), "portal-%s-%lld", o->c.token,
	    (long long)o->c.generation);
	if ((err = form->err) == ERR_NONE)
		err = stripe_send(o->t->w, &r);
	buf_release(form);
	if (err == ERR_BAD_INPUT || err == ERR_TOO_BIG)
		opening_failed(o,
		    N_("The payment provider does not take this amount."),
		    err_name(err));
	else if (err != ERR_NONE)
		task_later(o->t, 0, err_name(err));
}

/* ---- the gateway's customer, where it takes one ---- */

static void
opening_known(void *arg, const struct stripe_answer *a)
{
	struct opening *o = arg;

	if (!opening_refused(o, a))
		o->way->start(o);
}

static void
opening_send(struct opening *o)
{
	enum err err = o->way->patron ? patron_find(&o->patron) : ERR_NONE;

	if (err == ERR_NONE) {
		o->way->start(o);
	} else if (err == ERR_NOT_FOUND && !o->way->made) {
		opening_failed(
		    o, N_("This way to pay was removed meanwhile."), NULL);
	} else {
		o->patron.fn = opening_known;
		if (err == ERR_NOT_FOUND)
			err = patron_make(&o->patron);
		if (err != ERR_NONE)
			task_later(o->t, 0, err_name(err));
	}
}

/* ---- those that it supersedes go first ---- */

static bool
shares_what_is_due(const struct checkout *a, const struct checkout *b)
{
	size_t i, k;

	if (a->proforma != 0 && a->proforma == b->proforma)
		return true;
	for (i = 0; i < a->ninvoices; i++)
		for (k = 0; k < b->ninvoices; k++)
			if (a->invoices[i].invoice == b->invoices[k].invoice)
				return true;
	return false;
}

static void opening_next(struct opening *o, int64_t after);

static void
opening_ended(void *arg, enum err err)
{
	struct opening *o = arg;
	const struct checkout *old = &o->end.c;

	if (err != ERR_NONE) {
		opening_again(o, &(struct stripe_answer) {.err = err});
		return;
	}
	if ((strcmp(old->state, "paid") == 0 ||
		strcmp(old->state, "processing") == 0) &&
	    shares_what_is_due(old, &o->c))
		o->overtaken = true;
	opening_next(o, old->id);
}

static void
opening_next(struct opening *o, int64_t after)
{
	bool got;
	enum err err;

	task_enter(o->t);
	err = checkout_next_superseded(o->t->w->st, after, &o->end.c, &got);
	o->end.fn = opening_ended;
	if (err == ERR_NONE && got)
		err = page_end(&o->end);
	if (err != ERR_NONE)
		task_later(o->t, 0, err_name(err));
	else if (!got && o->overtaken)
		opening_failed(o, N_("Paid already."), NULL);
	else if (!got)
		opening_send(o);
}

/* Is the job still about what the checkout wants?  Its name ends in the
 * generation. */
static bool
opening_wanted(const struct opening *o)
{
	const char *generation = strrchr(o->t->job.name, ':');

	return strcmp(o->c.state, "wanted") == 0 && generation != NULL &&
	       strtoll(generation + 1, NULL, 10) == o->c.generation;
}

void
checkout_open_start(struct task *t)
{
	struct opening *o = opening_new(t);
	enum err err;

	if (o == NULL)
		return;
	err = checkout_find(t->w->st, NULL, NULL, NULL, t->job.ref, &o->c);
	if (err != ERR_NONE || !opening_wanted(o)) {
		opening_stored(o, err);
		return;
	}
	stripe_public_url(t->w, o->public_url);
	o->way = way_of(o);
	if (!o->way->lasts &&
	    o->c.expires_at < clock_now(&t->w->clock) + LIFE_MIN_S)
		opening_stored(o, checkout_set(t->w->st, &o->c, "expired", ""));
	else
		opening_next(o, 0);
}

/* ---- "checkout.expire" ---- */

static void
expired(void *arg, enum err err)
{
	struct opening *o = arg;

	if (err == ERR_NONE)
		task_done(o->t);
	else
		task_later(o->t, 0, err_name(err));
}

void
checkout_expire_start(struct task *t)
{
	struct opening *o = opening_new(t);
	enum err err;

	if (o == NULL)
		return;
	o->end.fn = expired;
	err = checkout_find(t->w->st, NULL, NULL, NULL, t->job.ref, &o->end.c);
	if (err == ERR_NONE && strcmp(o->end.c.state, "cancelling") == 0 &&
	    (err = page_end(&o->end)) == ERR_NONE)
		return;
	opening_stored(o, err);
}

/*
 * Jobs that make a checkout's page, and that take one away.  Every parameter is
 * in the store before the call, so that a worker which takes the job over sends
 * the same bytes under the same key and gets the same page.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "data/tenant.h"
#include "worker/stripe.h"

enum {
	PATIENCE_S = 600,     /* somebody waits at a screen */
	KEPT_TRIES = 2,       /* of an answer that may stay the same */
	LIFE_MIN_S = 31 * 60, /* Stripe: at least 30 minutes */
};

struct opening {
	struct task *t;
	struct checkout c;
	struct page_end end;
	bool overtaken; /* money has come, or is coming, for the same */
};

static void
opening_free(void *state)
{
	struct opening *o = state;

	stripe_forget(o->t->w, o);
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
	t->state = o;
	t->free_state = opening_free;
	return o;
}

/* A result of the store that ends the job. */
static void
opening_stored(struct opening *o, enum err err)
{
	/* Somebody else has decided meanwhile. */
	if (err == ERR_NONE || err == ERR_CONFLICT || err == ERR_NOT_FOUND)
		task_done(o->t);
	else
		task_later(o->t, 0, err_name(err));
}

/* For good: the customer reads why and may try again. */
static void
opening_failed(struct opening *o, const char *reason, const char *problem)
{
	enum err err;

	task_enter(o->t);
	err = checkout_set(o->t->w->st, &o->c, "failed", reason);
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
	 * have made a page after all, nobody has its address. */
	if (now > o->t->job.created_at + PATIENCE_S ||
	    (a->kept && o->t->job.attempts >= KEPT_TRIES))
		opening_failed(o,
		    N_("The payment provider cannot be reached. Please try "
		       "again later."),
		    err_name(a->err));
	else
		task_later(o->t, a->retry_after > 0 ? now + a->retry_after : 0,
		    err_name(a->err));
}

/* ---- the page is made ---- */

static void
opening_unwanted(void *arg, enum err err)
{
	struct opening *o = arg;

	if (err == ERR_NONE)
		task_done(o->t);
	else
		task_later(o->t, 0, err_name(err));
}

/* It was superseded while its page was made: nobody has seen that. */
static void
opening_take_away(struct opening *o, const char *session)
{
	enum err err;

	err = checkout_find(o->t->w->st, NULL, NULL, NULL, o->c.id, &o->end.c);
	if (err == ERR_NONE && strcmp(o->end.c.session, session) != 0) {
		snprintf(
		    o->end.c.session, sizeof(o->end.c.session), "%s", session);
		o->end.only_page = strcmp(o->end.c.state, "cancelling") != 0;
		o->end.fn = opening_unwanted;
		err = page_end(&o->end);
		if (err == ERR_NONE)
			return;
	}
	opening_stored(o, err);
}

/* Only a page of the web, which fits and cannot break out of a header. */
static bool
url_valid(const char *url)
{
	const char *p;

	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return false;
	for (p = url; *p > ' ' && *p < 0x7f; p++)
		;
	return *p == '\0' && p - url < CHECKOUT_URL;
}

static void
opening_made(struct opening *o, const json_t *json)
{
	const char *session = json_text(json, "id");
	const char *url = json_text(json, "url");
	struct worker *w = o->t->w;
	int64_t id = o->c.id;
	enum err err;

	if (!url_valid(url) || (!stripe_id_valid(session, "cs_") &&
				   !stripe_id_valid(session, "plink_"))) {
		opening_failed(o,
		    N_("The payment provider gave an answer that the portal "
		       "does not understand."),
		    "no session in Stripe's answer");
		return;
	}
	err = checkout_opened(w->st, &o->c, session, url, o->c.expires_at);
	if (err == ERR_CONFLICT) {
		opening_take_away(o, session);
		return;
	}
	opening_stored(o, err);
	if (err == ERR_NONE)
		sweep_soon(w, id);
}

static void
opening_answer(void *arg, const struct stripe_answer *a)
{
	struct opening *o = arg;

	task_enter(o->t);
	switch (a->err) {
	case ERR_NONE:
		opening_made(o, a->json);
		break;
	case ERR_CONFLICT:
		/* The configuration changed since the first attempt, whose page
		 * nobody has seen. */
		opening_stored(
		    o, checkout_set(o->t->w->st, &o->c, "failed",
			   N_("The portal's settings have changed meanwhile. "
			      "Please try again.")));
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
}

static enum err
opening_form(struct opening *o, const char *public_url, struct buf *form)
{
	struct tenant *tenant;
	enum err err;

	if (public_url[0] == '\0') {
		checkout_form_link(form, &o->c);
		return form->err;
	}
	if ((tenant = calloc(1, sizeof(*tenant))) == NULL)
		return ERR_NOMEM;
	if ((err = tenant_get(o->t->w->st, tenant)) == ERR_NONE)
		checkout_form_session(
		    form, &o->c, tenant->locale, public_url, o->c.expires_at);
	free(tenant);
	return err != ERR_NONE ? err : form->err;
}

static void
opening_send(struct opening *o)
{
	char public_url[CONFIG_VALUE], key[STRIPE_KEY];
	struct stripe_request r = {.tenant = o->c.tenant,
	    .method = "POST",
	    .key = key,
	    .fn = opening_answer,
	    .arg = o};
	struct buf form;
	enum err err;

	stripe_public_url(o->t->w, public_url);
	r.path = public_url[0] != '\0' ? "/v1/checkout/sessions"
				       : "/v1/payment_links";
	snprintf(key, sizeof(key), "portal-%s-%lld", o->c.token,
	    (long long)o->c.generation);
	buf_init(&form, STRIPE_FORM_MAX);
	task_enter(o->t);
	if ((err = opening_form(o, public_url, &form)) == ERR_NONE) {
		r.body = buf_str(&form);
		err =
		    form.err != ERR_NONE ? form.err : stripe_send(o->t->w, &r);
	}
	buf_release(&form);
	if (err == ERR_BAD_INPUT || err == ERR_TOO_BIG)
		opening_failed(o,
		    N_("The payment provider does not take this amount."),
		    err_name(err));
	else if (err != ERR_NONE)
		task_later(o->t, 0, err_name(err));
}

/* ---- those that it supersedes go first ---- */

static bool
shares_invoice(const struct checkout *a, const struct checkout *b)
{
	size_t i, k;

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
	    shares_invoice(old, &o->c))
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
	if (err != ERR_NONE || !opening_wanted(o))
		opening_stored(o, err);
	else if (o->c.expires_at < clock_now(&t->w->clock) + LIFE_MIN_S)
		opening_stored(o, checkout_set(t->w->st, &o->c, "expired", ""));
	else
		opening_next(o, 0);
}

/* ---- "checkout.expire" ---- */

void
checkout_expire_start(struct task *t)
{
	struct opening *o = opening_new(t);
	enum err err;

	if (o == NULL)
		return;
	o->end.fn = opening_unwanted;
	err = checkout_find(t->w->st, NULL, NULL, NULL, t->job.ref, &o->end.c);
	if (err == ERR_NONE && strcmp(o->end.c.state, "cancelling") == 0 &&
	    (err = page_end(&o->end)) == ERR_NONE)
		return;
	opening_stored(o, err);
}

/*
 * Charging a saved method.  It must never be done twice, nor be lost: the same
 * bytes go out under the same key while Stripe keeps that, and a try whose
 * outcome nobody heard is first looked for among the customer's charges.
 */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "worker/opening.h"

enum {
	KEY_LIFE_S = 23 * 3600, /* Stripe keeps it for 24 hours */
	/* Its clock and ours, which may have been put right since: no less than
	 * the key lives, or neither that nor the look would find it. */
	CLOCKS_APART_S = 30 * 86400,
};

/* How long and how often Stripe has to say that it broke, and to have no charge
 * to show, before that is believed: it keeps such an answer for its key. */
enum { BROKEN_S = 15 * 60, BROKEN_TRIES = 6 };

static int64_t
age_s(const struct opening *o)
{
	return clock_now(&o->t->w->clock) - o->t->job.created_at;
}

static void charge_send(struct opening *o);
static void charge_look(struct opening *o);

/* ---- it is known at Stripe ---- */

static void
charge_settled(void *arg, enum err err)
{
	struct opening *o = arg;
	struct worker *w = o->t->w;
	int64_t id = o->c.id;

	if (err == ERR_NONE)
		err = checkout_find(w->st, NULL, NULL, NULL, id, &o->c);
	if (err != ERR_NONE)
		task_later(o->t, 0, err_name(err));
	else if (!checkout_is(&o->c, "wanted"))
		task_done(o->t);
	else if (age_s(o) < KEY_LIFE_S)
		task_later(o->t, 0, "the charge is not decided yet");
	else
		opening_failed(o, N_("The payment did not go through."),
		    "a charge was begun and never ended");
}

static void
charge_found(struct opening *o, const char *intent)
{
	enum err err = settle(o->t->w, o->c.tenant, intent, charge_settled, o);

	if (err != ERR_NONE)
		task_later(o->t, 0, err_name(err));
}

/* ---- is it? ---- */

static bool
is_ours(const struct opening *o, const json_t *intent)
{
	struct checkout_meta meta;

	checkout_meta_read(&meta, json_object_get(intent, "metadata"));
	return meta.tenant == o->c.tenant &&
	       strcmp(meta.token, o->c.token) == 0;
}

/* Stripe knows nothing of it. */
static void
charge_unknown(struct opening *o)
{
	if (!o->final && age_s(o) < KEY_LIFE_S)
		charge_send(o);
	else
		opening_failed(o,
		    N_("The payment provider could not be reached. Nothing was "
		       "charged."),
		    NULL);
}

static void
charge_listed(void *arg, const struct stripe_answer *a)
{
	const json_t *list = json_object_get(a->json, "data"), *intent;
	struct opening *o = arg;
	const char *id = "";
	size_t i, n = json_array_size(list);

	if (a->err != ERR_NONE) {
		task_later(o->t, 0, err_name(a->err));
		return;
	}
	for (i = 0; i < n; i++) {
		intent = json_array_get(list, i);
		id = json_text(intent, "id");
		if (is_ours(o, intent)) {
			charge_found(o, id);
			return;
		}
	}
	if (!json_is_true(json_object_get(a->json, "has_more"))) {
		charge_unknown(o);
	} else if (stripe_id_valid(id, "pi_")) {
		strcpy(o->last, id);
		charge_look(o);
	} else {
		task_later(o->t, 0, err_name(ERR_PROTOCOL));
	}
}

/* The customer's charges since shortly before this one was wanted. */
static void
charge_look(struct opening *o)
{
	struct stripe_request r = {.tenant = o->c.tenant,
	    .method = "GET",
	    .fn = charge_listed,
	    .arg = o};
	char path[STRIPE_PATH];
	struct buf form;
	enum err err;

	buf_init(&form, STRIPE_PATH);
	form_text(&form, o->patron.ref, "customer");
	form_int(&form, o->t->job.created_at - CLOCKS_APART_S, "created[gte]");
	form_int(&form, 100, "limit");
	if (o->last[0] != '\0')
		form_text(&form, o->last, "starting_after");
	snprintf(path, sizeof(path), "/v1/payment_intents?%s", buf_str(&form));
	r.path = path;
	err = form.err != ERR_NONE ? form.err : stripe_send(o->t->w, &r);
	buf_release(&form);
	if (err != ERR_NONE)
		task_later(o->t, 0, err_name(err));
}

/* ---- sending it ---- */

static void
charge_answer(void *arg, const struct stripe_answer *a)
{
	const json_t *error = json_object_get(a->json, "error");
	struct opening *o = arg;

	task_enter(o->t);
	if (a->err == ERR_NONE) {
		charge_found(o, json_text(a->json, "id"));
	} else if (a->err == ERR_CONFLICT) {
		/* There was a first try, of other bytes. */
		o->final = true;
		charge_look(o);
	} else if (a->kept && age_s(o) >= BROKEN_S &&
		   o->t->job.attempts >= BROKEN_TRIES) {
		/* Each try but the first has looked before.  Should there be
		 * one after all, an event books it. */
		o->final = true;
		charge_look(o);
	} else if (strcmp(json_text(error, "type"), "card_error") == 0) {
		opening_stored(o, charge_declined(o->t->w, &o->c, error, ""));
	} else {
		opening_refused(o, a);
	}
}

static void
charge_send(struct opening *o)
{
	struct method m;
	struct buf form;
	bool due = false;
	enum err err;

	task_enter(o->t);
	err = checkout_still_due(o->t->w->st, &o->c, &due);
	if (err != ERR_NONE || !due) {
		opening_stored(o, err);
		return;
	}
	err = method_get(o->t->w->st, o->c.method, &m);
	if (err == ERR_NOT_FOUND || (err == ERR_NONE && m.removed_at != 0)) {
		opening_failed(
		    o, N_("This way to pay was removed meanwhile."), NULL);
		return;
	}
	if (err != ERR_NONE) {
		task_later(o->t, 0, err_name(err));
		return;
	}
	buf_init(&form, STRIPE_FORM_MAX);
	checkout_form_charge(&form, &o->c, o->patron.ref, m.ref);
	opening_post(o, "/v1/payment_intents", &form, charge_answer);
}

void
charge_start(struct opening *o)
{
	if (o->t->job.attempts > 1 || age_s(o) >= KEY_LIFE_S)
		charge_look(o);
	else
		charge_send(o);
}

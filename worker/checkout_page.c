/*
 * Pages: a session that takes money or saves a method, and a payment link where
 * there is no public_url to come back to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/tenant.h"
#include "worker/opening.h"

/* ---- the page is made ---- */

static void
page_unwanted(void *arg, enum err err)
{
	struct opening *o = arg;

	if (err == ERR_NONE)
		task_done(o->t);
	else
		task_later(o->t, 0, err_name(err));
}

/* It was superseded while its page was made: nobody has seen that. */
static void
page_take_away(struct opening *o, const char *session)
{
	enum err err;

	err = checkout_find(o->t->w->st, NULL, NULL, NULL, o->c.id, &o->end.c);
	if (err == ERR_NONE && strcmp(o->end.c.session, session) != 0) {
		snprintf(
		    o->end.c.session, sizeof(o->end.c.session), "%s", session);
		o->end.only_page = strcmp(o->end.c.state, "cancelling") != 0;
		o->end.fn = page_unwanted;
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
page_made(struct opening *o, const json_t *json)
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
		page_take_away(o, session);
		return;
	}
	opening_stored(o, err);
	if (err == ERR_NONE)
		sweep_soon(w, id);
}

static void
page_answer(void *arg, const struct stripe_answer *a)
{
	struct opening *o = arg;

	task_enter(o->t);
	if (!opening_refused(o, a))
		page_made(o, a->json);
}

/* ---- and asked for ---- */

/* The customer's language. */
static enum err
locale_get(struct opening *o, char locale[32])
{
	struct tenant *tenant = calloc(1, sizeof(*tenant));
	enum err err;

	if (tenant == NULL)
		return ERR_NOMEM;
	task_enter(o->t);
	if ((err = tenant_get(o->t->w->st, tenant)) == ERR_NONE)
		memcpy(locale, tenant->locale, sizeof(tenant->locale));
	free(tenant);
	return err;
}

static void
session_send(struct opening *o, const char *customer)
{
	char locale[32];
	struct buf form;
	enum err err = locale_get(o, locale);

	if (err != ERR_NONE) {
		task_later(o->t, 0, err_name(err));
		return;
	}
	buf_init(&form, STRIPE_FORM_MAX);
	if (customer != NULL)
		checkout_form_setup(&form, &o->c, customer, locale,
		    o->public_url, o->c.expires_at);
	else
		checkout_form_session(
		    &form, &o->c, locale, o->public_url, o->c.expires_at);
	opening_post(o, "/v1/checkout/sessions", &form, page_answer);
}

void
session_start(struct opening *o)
{
	session_send(o, NULL);
}

void
setup_start(struct opening *o)
{
	session_send(o, o->patron.ref);
}

void
link_start(struct opening *o)
{
	struct buf form;

	buf_init(&form, STRIPE_FORM_MAX);
	checkout_form_link(&form, &o->c);
	opening_post(o, "/v1/payment_links", &form, page_answer);
}

/*
 * Taking a page away: before another one for the same invoices is made, and
 * when a payment link, which does not expire by itself, is too old.
 */
#include <stdio.h>

#include "worker/settle.h"

/* Nobody paid: it ends as it was to. */
static enum err
page_ended(struct page_end *p)
{
	const char *state =
	    checkout_is(&p->c, "cancelling") ? "cancelled" : "expired";
	enum err err;

	if (p->only_page ||
	    (!checkout_is(&p->c, "cancelling") && !checkout_is(&p->c, "open")))
		return ERR_NONE;
	stripe_become(p->w, p->c.tenant, p->c.customer);
	err = checkout_set(p->w->st, &p->c, state, p->c.reason);
	if (err == ERR_NONE)
		snprintf(p->c.state, sizeof(p->c.state), "%s", state);
	/* Somebody else ended it meanwhile. */
	return err == ERR_CONFLICT ? ERR_NONE : err;
}

static void
page_settled(void *arg, enum err err)
{
	struct page_end *p = arg;

	if (err == ERR_NONE || err == ERR_NOT_FOUND)
		err = checkout_find(p->w->st, NULL, NULL, NULL, p->c.id, &p->c);
	if (err == ERR_NONE)
		err = page_ended(p);
	p->fn(p->arg, err);
}

static void
page_answer(void *arg, const struct stripe_answer *a)
{
	struct page_end *p = arg;
	bool link = stripe_id_valid(p->c.session, "plink_");
	enum err err = a->err;

	if (err == ERR_NONE && !link) {
		err = page_ended(p);
	} else if (err == ERR_NONE || err == ERR_BAD_INPUT ||
		   err == ERR_NOT_FOUND) {
		/* Complete, most likely. */
		err = settle(p->w, p->c.tenant, p->c.session, page_settled, p);
		if (err == ERR_NONE)
			return;
	}
	p->fn(p->arg, err);
}

/* It never had a page: the end comes from the loop all the same. */
static void
page_none(void *arg)
{
	struct page_end *p = arg;

	p->fn(p->arg, page_ended(p));
}

enum err
page_end(struct page_end *p)
{
	bool link = stripe_id_valid(p->c.session, "plink_");
	char path[STRIPE_PATH];
	/* Without a key: doing it twice is doing it once. */
	struct stripe_request r = {.tenant = p->c.tenant,
	    .method = "POST",
	    .path = path,
	    .body = link ? "active=false" : "",
	    .fn = page_answer,
	    .arg = p};

	p->none = (struct timer) {.fire = page_none, .arg = p};
	if (p->c.session[0] == '\0') {
		loop_timer_set(&p->w->loop, &p->none, 0);
		return ERR_NONE;
	}
	if (stripe_id_valid(p->c.session, "pi_")) /* a charge: it ends itself */
		return settle(p->w, p->c.tenant, p->c.session, page_settled, p);
	if (!link && !stripe_id_valid(p->c.session, "cs_"))
		return ERR_BAD_INPUT;
	snprintf(path, sizeof(path),
	    link ? "/v1/payment_links/%s" : "/v1/checkout/sessions/%s/expire",
	    p->c.session);
	return stripe_send(p->w, &r);
}

void
page_end_forget(struct page_end *p)
{
	loop_timer_clear(&p->w->loop, &p->none);
	stripe_forget(p->w, p);
	settle_forget(p->w, p);
}

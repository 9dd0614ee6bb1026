/*
 * The customer as the gateway knows him: made when first needed, under a key of
 * his own, so that two workers make the same one.
 */
#include <stdio.h>
#include <string.h>

#include "data/customer.h"
#include "worker/opening.h"

static void
patron_answer(void *arg, const struct stripe_answer *a)
{
	const char *id = json_text(a->json, "id");
	struct stripe_answer out = *a;
	struct patron *p = arg;

	/* He has another name or address than at a first try that got no
	 * answer: then there are two, and one is used. */
	if (a->err == ERR_CONFLICT && !p->again) {
		p->again = true;
		if ((out.err = patron_make(p)) == ERR_NONE)
			return;
	}
	if (out.err == ERR_NONE && !stripe_id_valid(id, "cus_"))
		out.err = ERR_PROTOCOL;
	stripe_become(p->w, p->c->tenant, p->c->customer);
	if (out.err == ERR_NONE)
		out.err = gateway_customer_set(
		    p->w->st, p->c->gateway, p->c->account, id);
	/* Another worker may have been first. */
	if (out.err == ERR_NONE)
		out.err = patron_find(p);
	p->fn(p->arg, &out);
}

enum err
patron_find(struct patron *p)
{
	stripe_become(p->w, p->c->tenant, p->c->customer);
	return gateway_customer_get(
	    p->w->st, p->c->gateway, p->c->account, p->ref);
}

static enum err
patron_form(const struct patron *p, struct buf *form)
{
	struct customer c;
	enum err err;

	stripe_become(p->w, p->c->tenant, p->c->customer);
	if ((err = customer_get(p->w->st, &c)) != ERR_NONE)
		return err;
	form_text(form, c.name, "name");
	if (c.email[0] != '\0')
		form_text(form, c.email, "email");
	form_int(form, p->c->tenant, "metadata[portal_tenant]");
	form_int(form, p->c->customer, "metadata[portal_customer]");
	return form->err;
}

enum err
patron_make(struct patron *p)
{
	char key[STRIPE_KEY];
	struct stripe_request r = {.tenant = p->c->tenant,
	    .method = "POST",
	    .path = "/v1/customers",
	    .key = key,
	    .fn = patron_answer,
	    .arg = p};
	struct buf form;
	enum err err;

	snprintf(key, sizeof(key), "portal-customer-%lld-%lld%s%s",
	    (long long)p->c->tenant, (long long)p->c->customer,
	    p->again ? "-" : "", p->again ? p->c->token : "");
	buf_init(&form, STRIPE_FORM_MAX);
	if ((err = patron_form(p, &form)) == ERR_NONE) {
		r.body = buf_str(&form);
		err = form.err != ERR_NONE ? form.err : stripe_send(p->w, &r);
	}
	buf_release(&form);
	return err;
}

void
patron_forget(struct patron *p)
{
	stripe_forget(p->w, p);
}

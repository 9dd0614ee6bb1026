/*
 * Money that has come, and where the charge of a saved method stands.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "worker/settle.h"

/* ---- money ---- */

/* The intent knows what has really come; a session only what was asked. */
static enum err
read_money(struct received *r, const json_t *intent)
{
	const char *id = json_text(intent, "id");
	enum err err;

	if (!stripe_id_valid(id, "pi_"))
		return ERR_PROTOCOL;
	memcpy(r->intent, id, strlen(id) + 1);
	if (currency_parse(r->currency, json_text(intent, "currency")) !=
	    ERR_NONE)
		return ERR_PROTOCOL;
	err = stripe_units_back(
	    json_int(intent, "amount_received"), r->currency, &r->amount);
	if (err == ERR_NONE && r->amount <= 0)
		err = ERR_PROTOCOL;
	return err;
}

static void
read_method(struct received *r, const json_t *intent)
{
	const char *type =
	    json_text(json_object_get(intent, "payment_method"), "type");

	snprintf(r->method, sizeof(r->method), "%s",
	    type[0] != '\0' ? type : "card");
}

enum err
settle_received(struct settling *s, const json_t *intent,
    const struct checkout_meta *meta, const struct checkout *c)
{
	struct received r = {.tenant = meta->tenant,
	    .customer = meta->customer,
	    .checkout = c != NULL ? c->id : 0,
	    .ninvoices = meta->ninvoices,
	    .proforma = meta->proforma};
	int64_t now = clock_now(&s->w->clock);
	bool fresh = false;
	enum err err;

	memcpy(r.invoices, meta->invoices, sizeof(r.invoices));
	snprintf(r.account, sizeof(r.account), "%s", s->account);
	read_method(&r, intent);
	if ((err = read_money(&r, intent)) != ERR_NONE) {
		log_error("%s is paid, but its intent makes no sense: book it "
			  "by hand",
		    s->asked);
		return err;
	}
	r.at = json_int(intent, "created");
	if (r.at <= 0 || r.at > now)
		r.at = now;
	stripe_become(s->w, r.tenant, r.customer);
	err = checkout_settle(s->w->st, &r, &fresh);
	if (err != ERR_NONE)
		log_error("intent %s of customer %lld is paid, but not booked: "
			  "%s",
		    r.intent, (long long)r.customer, err_name(err));
	else if (fresh)
		log_info("intent %s of customer %lld is booked", r.intent,
		    (long long)r.customer);
	return err;
}

/* ---- charges ---- */

/* A page's intents come and go until one has succeeded: only a charge stands
 * where its intent does. */
static bool
is_charge_of(const struct checkout *c, const char *intent)
{
	return c->method != 0 &&
	       (checkout_is(c, "wanted") || checkout_is_live(c)) &&
	       (c->session[0] == '\0' || strcmp(c->session, intent) == 0);
}

/* Stripe has begun to collect it, and remembers it by its id. */
static enum err
charge_processing(struct settling *s, const char *intent)
{
	enum err err = ERR_NONE;

	if (checkout_is(s->c, "wanted"))
		err = checkout_opened(
		    s->w->st, s->c, intent, "", s->c->expires_at);
	return err != ERR_NONE ? err : settle_state(s, "processing", "");
}

static enum err
charge_stands(struct settling *s, const char *intent)
{
	const char *status = json_text(s->json, "status");
	const json_t *error = json_object_get(s->json, "last_payment_error");

	if (strcmp(status, "processing") == 0)
		return charge_processing(s, intent);
	if (strcmp(status, "requires_action") == 0)
		return charge_declined(
		    s->w, s->c, error, "authentication_required");
	/* Without a reason it is not decided yet. */
	if (strcmp(status, "canceled") == 0 ||
	    (strcmp(status, "requires_payment_method") == 0 &&
		json_is_object(error)))
		return charge_declined(s->w, s->c, error, "");
	return ERR_NONE;
}

enum err
settle_intent(struct settling *s)
{
	const char *id = json_text(s->json, "id");
	struct checkout_meta meta;
	bool got;
	enum err err;

	checkout_meta_read(&meta, json_object_get(s->json, "metadata"));
	if (strcmp(id, s->asked) != 0)
		return ERR_PROTOCOL;
	if (meta.tenant != s->tenant || meta.customer == 0)
		return ERR_NOT_FOUND;
	if ((err = settle_find(s, s->json, &meta, &got)) != ERR_NONE)
		return err;
	if (strcmp(json_text(s->json, "status"), "succeeded") == 0)
		return settle_received(s, s->json, &meta, got ? s->c : NULL);
	return got && is_charge_of(s->c, id) ? charge_stands(s, id) : ERR_NONE;
}

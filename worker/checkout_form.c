/*
 * A checkout as Stripe is told of it.  The metadata is all that is needed to
 * book the payment, also into a store that has forgotten the checkout.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "worker/stripe.h"

enum {
	META_VALUE = 500, /* characters that Stripe takes */
	META_KEYS = 8,    /* for CHECKOUT_INVOICES of 20 */
	LINK_LINES = 20,  /* that a payment link takes */
};

/* "portal_invoices", "portal_invoices_2" … */
static void
meta_invoices_key(char dst[32], size_t i)
{
	if (i == 0)
		snprintf(dst, 32, "portal_invoices");
	else
		snprintf(dst, 32, "portal_invoices_%zu", i + 1);
}

static void
form_invoices(struct buf *form, const struct checkout *c, const char *under)
{
	char value[META_VALUE + 1] = "", key[32], id[24];
	size_t i, len = 0, keys = 0;
	int n;

	for (i = 0; i <= c->ninvoices; i++) {
		n = i == c->ninvoices ? 0
				      : snprintf(id, sizeof(id), "%lld",
					    (long long)c->invoices[i].invoice);
		if (len > 0 && (n == 0 || len + 1 + (size_t)n > META_VALUE)) {
			meta_invoices_key(key, keys++);
			form_text(form, value, "%s[%s]", under, key);
			len = 0;
		}
		if (n > 0)
			len +=
			    (size_t)snprintf(value + len, sizeof(value) - len,
				"%s%s", len > 0 ? "," : "", id);
	}
}

static void
form_meta(struct buf *form, const struct checkout *c, const char *under)
{
	form_int(form, c->tenant, "%s[portal_tenant]", under);
	form_int(form, c->customer, "%s[portal_customer]", under);
	form_int(form, c->id, "%s[portal_checkout]", under);
	form_text(form, c->token, "%s[portal_token]", under);
	form_invoices(form, c, under);
	if (c->proforma != 0)
		form_int(form, c->proforma, "%s[portal_proforma]", under);
}

static void
small(char dst[CURRENCY_SIZE], const char src[CURRENCY_SIZE])
{
	for (size_t k = 0; k < CURRENCY_SIZE; k++)
		dst[k] = text_lower(src[k]);
}

static void
form_line(struct buf *form, const struct checkout *c, size_t i,
    const char *name, int64_t minor)
{
	char currency[CURRENCY_SIZE];
	int64_t amount = 0;

	small(currency, c->currency);
	if (form->err == ERR_NONE)
		form->err = stripe_units(minor, c->currency, &amount);
	form_text(form, currency, "line_items[%zu][price_data][currency]", i);
	form_int(form, amount, "line_items[%zu][price_data][unit_amount]", i);
	form_text(
	    form, name, "line_items[%zu][price_data][product_data][name]", i);
	form_int(form, 1, "line_items[%zu][quantity]", i);
}

/* A sum may be a whole number of Stripe's units where its parts are none. */
static bool
parts_fit(const struct checkout *c)
{
	int64_t units;
	size_t i;

	for (i = 0; i < c->ninvoices; i++)
		if (stripe_units(c->invoices[i].amount, c->currency, &units) !=
		    ERR_NONE)
			return false;
	return true;
}

static void
form_lines(struct buf *form, const struct checkout *c, size_t max)
{
	char name[64];
	size_t i;

	if (c->purpose == CHECKOUT_FOR_TOPUP) {
		form_line(form, c, 0, _("Top-up"), c->amount);
	} else if (c->purpose == CHECKOUT_FOR_PROFORMA) {
		form_line(form, c, 0, c->proforma_number, c->amount);
	} else if (c->ninvoices > max || !parts_fit(c)) {
		snprintf(name, sizeof(name), _("%zu invoices"), c->ninvoices);
		form_line(form, c, 0, name, c->amount);
	} else {
		for (i = 0; i < c->ninvoices; i++)
			form_line(form, c, i, c->invoices[i].number,
			    c->invoices[i].amount);
	}
}

/* What all pages have that come back. */
static void
form_page(struct buf *form, const struct checkout *c, const char *mode,
    const char *locale, const char *public_url, int64_t expires_at)
{
	const char *language = stripe_locale(locale);
	char url[CONFIG_VALUE + 64];

	form_text(form, mode, "mode");
	snprintf(url, sizeof(url), "%s/thanks?t=%s", public_url, c->token);
	form_text(form, url, "success_url");
	snprintf(url, sizeof(url), "%s/cancelled?t=%s", public_url, c->token);
	form_text(form, url, "cancel_url");
	form_int(form, expires_at, "expires_at");
	if (language != NULL)
		form_text(form, language, "locale");
}

void
checkout_form_session(struct buf *form, const struct checkout *c,
    const char *locale, const char *public_url, int64_t expires_at)
{
	form_page(form, c, "payment", locale, public_url, expires_at);
	form_lines(form, c, CHECKOUT_INVOICES);
	form_meta(form, c, "metadata");
	form_meta(form, c, "payment_intent_data[metadata]");
}

void
checkout_form_setup(struct buf *form, const struct checkout *c,
    const char *customer, const char *locale, const char *public_url,
    int64_t expires_at)
{
	char currency[CURRENCY_SIZE];

	small(currency, c->currency);
	form_page(form, c, "setup", locale, public_url, expires_at);
	form_text(form, customer, "customer");
	form_text(form, currency, "currency");
	form_meta(form, c, "metadata");
	form_meta(form, c, "setup_intent_data[metadata]");
}

void
checkout_form_charge(struct buf *form, const struct checkout *c,
    const char *customer, const char *method)
{
	char currency[CURRENCY_SIZE];
	int64_t amount = 0;

	small(currency, c->currency);
	if (form->err == ERR_NONE)
		form->err = stripe_units(c->amount, c->currency, &amount);
	form_int(form, amount, "amount");
	form_text(form, currency, "currency");
	form_text(form, customer, "customer");
	form_text(form, method, "payment_method");
	/* Nobody is there who could be sent to a bank's page. */
	form_text(form, "true", "off_session");
	form_text(form, "true", "confirm");
	form_text(form, "true", "automatic_payment_methods[enabled]");
	form_text(form, "never", "automatic_payment_methods[allow_redirects]");
	form_meta(form, c, "metadata");
}

void
checkout_form_link(struct buf *form, const struct checkout *c)
{
	form_lines(form, c, LINK_LINES);
	form_int(form, 1, "restrictions[completed_sessions][limit]");
	form_meta(form, c, "metadata");
	form_meta(form, c, "payment_intent_data[metadata]");
}

/* ---- and back ---- */

/* A positive number that something else than more digits follows; 0: none. */
static int64_t
meta_number(const char **s)
{
	long long v;
	char *end;

	if (!isdigit((unsigned char)**s))
		return 0;
	errno = 0;
	v = strtoll(*s, &end, 10);
	*s = end;
	return errno == 0 ? v : 0;
}

static int64_t
meta_id(const json_t *metadata, const char *key)
{
	const char *s = json_text(metadata, key);
	int64_t id = meta_number(&s);

	return *s == '\0' ? id : 0;
}

static void
meta_invoices(struct checkout_meta *out, const char *s)
{
	int64_t id;

	while (
	    out->ninvoices < CHECKOUT_INVOICES && (id = meta_number(&s)) != 0) {
		out->invoices[out->ninvoices++] = id;
		if (*s++ != ',')
			return;
	}
}

void
checkout_meta_read(struct checkout_meta *out, const json_t *metadata)
{
	const char *token = json_text(metadata, "portal_token");
	char key[32];
	size_t i;

	*out = (struct checkout_meta) {0};
	out->tenant = meta_id(metadata, "portal_tenant");
	out->customer = meta_id(metadata, "portal_customer");
	out->checkout = meta_id(metadata, "portal_checkout");
	out->proforma = meta_id(metadata, "portal_proforma");
	if (strlen(token) < sizeof(out->token))
		memcpy(out->token, token, strlen(token) + 1);
	for (i = 0; i < META_KEYS; i++) {
		meta_invoices_key(key, i);
		meta_invoices(out, json_text(metadata, key));
	}
}

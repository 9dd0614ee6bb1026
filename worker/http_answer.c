/*
 * What each address of the endpoint answers.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker/http_request.h"
#include "worker/stripe.h"

/* ---- answers ---- */

static const char *const headers[][2] = {
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy",
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
	"form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Connection", "close"},
};

static enum MHD_Result
reply(struct request *r, unsigned status, const char *type, const char *text,
    size_t n, const char *location)
{
	struct MHD_Response *response;
	enum MHD_Result ok = MHD_YES;
	size_t i;

	response = MHD_create_response_from_buffer(
	    n, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	if (response == NULL)
		return MHD_NO;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		ok &= MHD_add_response_header(
		    response, headers[i][0], headers[i][1]);
	ok &= MHD_add_response_header(response, "Content-Type", type);
	if (location != NULL)
		ok &= MHD_add_response_header(response, "Location", location);
	if (ok == MHD_YES)
		ok = MHD_queue_response(r->conn, status, response);
	MHD_destroy_response(response);
	return ok;
}

static enum MHD_Result
reply_text(struct request *r, unsigned status, const char *text)
{
	return reply(
	    r, status, "text/plain; charset=utf-8", text, strlen(text), NULL);
}

static enum MHD_Result
reply_words(struct request *r, enum page page, const struct page_words *words)
{
	enum MHD_Result ok = MHD_NO;
	struct buf html;

	buf_init(&html, PAGE_MAX);
	page_write(&html, page, words);
	if (html.err == ERR_NONE)
		ok = reply(r, page_status(page), "text/html; charset=utf-8",
		    (const char *)html.data, html.len, NULL);
	buf_release(&html);
	return ok;
}

enum MHD_Result
reply_page(struct request *r, enum page page)
{
	return reply_words(
	    r, page, &(struct page_words) {r->tenant.brand, "", r->c.link});
}

static enum MHD_Result
reply_see(struct request *r, const char *location)
{
	return reply(r, 303, "text/plain", "", 0, location);
}

/* ---- what is asked for ---- */

static bool
store_there(const struct worker *w)
{
	return w->st != NULL && w->sweeper != NULL && !w->away;
}

/* The checkout of the token, and whose it is. */
static enum err
load(struct request *r)
{
	struct worker *w = r->shared->w;
	enum err err;

	if (r->token[0] == '\0')
		return ERR_NOT_FOUND;
	if (!store_there(w))
		return ERR_AWAY;
	worker_self(w);
	err = checkout_find(w->st, r->token, NULL, NULL, 0, &r->c);
	if (err == ERR_NONE && r->c.method != 0) {
		memset(&r->c, 0, sizeof(r->c)); /* a charge has no page */
		err = ERR_NOT_FOUND;
	}
	return err == ERR_NONE ? tenant_get(w->st, &r->tenant) : err;
}

static enum MHD_Result
reply_err(struct request *r, enum err err)
{
	return reply_page(r, err == ERR_NOT_FOUND ? PAGE_NOT_FOUND : PAGE_BUSY);
}

/* Another page behind the same link, once for each generation.  A HEAD asks
 * only what there is. */
static enum MHD_Result
renew(struct request *r)
{
	struct worker *w = r->shared->w;
	enum err err;

	if (r->head)
		return reply_page(r, PAGE_WAIT);
	err = checkout_again(w->st, &r->c);
	if (err == ERR_CONFLICT)
		return reply_page(r, PAGE_OVER);
	if (err != ERR_NONE)
		return reply_page(r, PAGE_BUSY);
	tasks_look(w);
	return reply_page(r, PAGE_WAIT);
}

static enum MHD_Result
open_link(struct request *r)
{
	if (r->c.expires_at <= clock_now(&r->shared->w->clock))
		return renew(r);
	return reply_see(r, r->c.url);
}

static enum MHD_Result
paid_link(struct request *r)
{
	char url[CONFIG_VALUE + 64], base[CONFIG_VALUE];

	stripe_public_url(r->shared->w, base);
	snprintf(url, sizeof(url), "%s/thanks?t=%s", base, r->c.token);
	return reply_see(r, url);
}

static enum MHD_Result
wait_link(struct request *r)
{
	return reply_page(r, PAGE_WAIT);
}

static enum MHD_Result
processing_link(struct request *r)
{
	return reply_page(r, PAGE_PROCESSING);
}

static enum MHD_Result
saved_link(struct request *r)
{
	return reply_page(r, PAGE_SAVED);
}

static enum MHD_Result
over_link(struct request *r)
{
	return reply_page(r, PAGE_OVER);
}

/* Only who asks for it: a page that asks by itself would go on for ever. */
static enum MHD_Result
failed_link(struct request *r)
{
	char again[CHECKOUT_URL + 16];

	if (r->again)
		return renew(r);
	snprintf(again, sizeof(again), "%s?again=1", r->c.link);
	return reply_words(r, PAGE_FAILED,
	    &(struct page_words) {r->tenant.brand, r->c.reason, again});
}

static const struct link_state {
	const char *state;
	enum MHD_Result (*answer)(struct request *r);
} link_states[] = {
    {"wanted", wait_link},
    {"open", open_link},
    {"processing", processing_link},
    {"paid", paid_link},
    {"saved", saved_link},
    {"expired", renew},
    {"failed", failed_link},
    {"cancelling", over_link},
    {"cancelled", over_link},
};

static enum MHD_Result
answer_link(struct request *r)
{
	enum err err = load(r);
	size_t i;

	if (err != ERR_NONE)
		return reply_err(r, err);
	for (i = 0; i < sizeof(link_states) / sizeof(link_states[0]); i++)
		if (strcmp(link_states[i].state, r->c.state) == 0)
			return link_states[i].answer(r);
	return reply_page(r, PAGE_BUSY);
}

static bool
is_in(const struct request *r, const char *state)
{
	return strcmp(r->c.state, state) == 0;
}

/* Coming back from Stripe's page, which is open as far as we know, or is it
 * not: then that is what is said. */
static enum MHD_Result
reply_back(struct request *r, enum page payment, enum page setup)
{
	if (is_in(r, "paid"))
		return reply_page(r, PAGE_PAID);
	if (is_in(r, "processing"))
		return reply_page(r, PAGE_PROCESSING);
	if (is_in(r, "saved"))
		return reply_page(r, PAGE_SAVED);
	return reply_page(
	    r, r->c.purpose == CHECKOUT_FOR_SETUP ? setup : payment);
}

/* A reason to look, and nothing more. */
static enum MHD_Result
answer_thanks(struct request *r)
{
	if (load(r) != ERR_NONE)
		return reply_page(r, PAGE_THANKS);
	if (!is_in(r, "open"))
		return reply_back(r, PAGE_THANKS, PAGE_THANKS);
	if (!r->head)
		sweep_soon(r->shared->w, r->c.id);
	return reply_back(r, PAGE_CONFIRMING, PAGE_SAVING);
}

static enum MHD_Result
answer_cancelled(struct request *r)
{
	(void)load(r);
	return reply_back(r, PAGE_CANCELLED, PAGE_NOT_SAVED);
}

static enum MHD_Result
answer_health(struct request *r)
{
	return store_there(r->shared->w) ? reply_text(r, 200, "ok\n")
					 : reply_text(r, 503, "no database\n");
}

static enum MHD_Result
answer_webhook(struct request *r)
{
	struct worker *w = r->shared->w;
	const char *signature;
	enum err err;

	if (w->config.stripe_webhook_secret[0] == '\0')
		return reply_page(r, PAGE_NOT_FOUND);
	if (r->refused || r->body.err != ERR_NONE)
		return reply_text(r, 413, "too long\n");
	signature = MHD_lookup_connection_value(
	    r->conn, MHD_HEADER_KIND, "Stripe-Signature");
	if (signature == NULL ||
	    webhook_verify(signature, r->body.data, r->body.len,
		w->config.stripe_webhook_secret,
		clock_now(&w->clock)) != ERR_NONE) {
		if (!http_limits_admit(
			&r->shared->limits, &r->source, clock_mono_ms(), true))
			return reply_page(r, PAGE_LIMIT);
		log_warn("a webhook without a valid signature was refused");
		return reply_text(r, 400, "bad signature\n");
	}
	if (!store_there(w))
		return reply_text(r, 503, "later\n");
	err = webhook_take(w, r->body.data, r->body.len);
	if (err == ERR_BUSY)
		return reply_text(r, 503, "later\n");
	return err == ERR_NONE ? reply_text(r, 200, "ok\n")
			       : reply_text(r, 400, "bad event\n");
}

/* clang-format off */
const struct route http_routes[] = {
	{ .path = "/P/", .answer = answer_link },
	{ .path = "/thanks", .answer = answer_thanks },
	{ .path = "/cancelled", .answer = answer_cancelled },
	{ .path = "/healthz", .answer = answer_health, .unlimited = true },
	{ .path = "/stripe/webhook", .answer = answer_webhook,
	  .method = "POST", .unlimited = true },
	{ .path = NULL },
};
/* clang-format on */

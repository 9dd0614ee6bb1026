/*
 * Calls to Stripe: each carries the gateway's key, and is sent again where that
 * may help.  A key is read from the store for each attempt and wiped after it.
 */
#include "worker/stripe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"

enum {
	STRIPE_TRIES = 3,
	STRIPE_TIMEOUT_MS = 15000,
	STRIPE_PAUSE_MS = 500, /* doubled each time */
	STRIPE_PAUSE_MAX_MS = 5000,
	STRIPE_HEADER = 320,
	STRIPE_HEADERS = 6,
};

struct stripe_call {
	struct worker *w;
	int64_t tenant;
	char method[8];
	char path[STRIPE_PATH];
	char *body; /* NULL: none */
	char key[STRIPE_KEY];
	char account[CHECKOUT_ID];
	stripe_fn *fn;
	void *arg;
	int tries;
	struct timer pause;
	struct stripe_call *prev, *next;
};

struct stripe {
	struct stripe_call *calls;
};

void
stripe_become(struct worker *w, int64_t tenant, int64_t customer)
{
	struct identity id = {.tenant = tenant,
	    .customer = customer,
	    .role = ROLE_SYSTEM,
	    .source = WORKER_NAME};

	memcpy(id.session, w->name, sizeof(id.session));
	store_become(w->st, &id);
}

const char *
json_text(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

int64_t
json_int(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* ---- one call ---- */

static void
call_unlink(struct stripe_call *c)
{
	struct stripe *s = c->w->stripe;

	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		s->calls = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
}

static void
call_free(struct stripe_call *c)
{
	loop_timer_clear(&c->w->loop, &c->pause);
	free(c->body);
	free(c);
}

static void
call_drop(struct stripe_call *c)
{
	fetch_forget(c->w, c);
	call_unlink(c);
	call_free(c);
}

/* The end of a call; its owner may start another one. */
static void
call_end(struct stripe_call *c, struct stripe_answer *a)
{
	a->account = c->account;
	call_unlink(c);
	c->fn(c->arg, a);
	call_free(c);
}

static void
call_failed(struct stripe_call *c, enum err err)
{
	struct stripe_answer a = {.err = err};

	call_end(c, &a);
}

/* What a status without 2xx means for whoever asked. */
static enum err
status_err(long status, const char *type)
{
	if (status == 401 || status == 403)
		return ERR_AUTH;
	if (status == 404)
		return ERR_NOT_FOUND;
	if (strcmp(type, "idempotency_error") == 0 && status != 409)
		return ERR_CONFLICT;
	if (status == 409 || status == 429)
		return ERR_BUSY;
	if (status >= 500)
		return ERR_IO;
	return ERR_BAD_INPUT;
}

static void
call_answer(struct stripe_call *c, const struct fetched *f)
{
	struct stripe_answer a = {.err = f->err, .retry_after = f->retry_after};
	json_t *json = NULL;
	const json_t *error;
	const char *type = "";

	if (f->err == ERR_NONE) {
		json =
		    json_loadb(f->body, f->len, JSON_REJECT_DUPLICATES, NULL);
		a.json = json_is_object(json) ? json : NULL;
		a.kept = f->status >= 500;
		error = json_object_get(a.json, "error");
		type = json_text(error, "type");
		if (f->status < 200 || f->status > 299)
			a.err = status_err(f->status, type);
		else if (a.json == NULL)
			a.err = ERR_PROTOCOL;
		snprintf(a.code, sizeof(a.code), "%s",
		    *json_text(error, "code") != '\0' ? json_text(error, "code")
						      : type);
	}
	/* Never the message: it quotes what was sent. */
	if (a.err != ERR_NONE)
		log_warn("stripe: %s %.*s: %s, status %ld, %s, request %s",
		    c->method, (int)strcspn(c->path, "?"), c->path,
		    err_name(a.err), f->status, a.code,
		    f->request_id != NULL ? f->request_id : "");
	call_end(c, &a);
	json_decref(json);
}

/* Stripe's own word first; what was cut off may have been done or not, and the
 * same key and bytes make that harmless. */
static bool
may_retry(const struct fetched *f)
{
	if (f->err != ERR_NONE)
		return f->err == ERR_IO || f->err == ERR_TIMEOUT;
	if (f->status >= 200 && f->status <= 299)
		return false;
	if (f->retry != NULL && strcasecmp(f->retry, "true") == 0)
		return true;
	if (f->retry != NULL && strcasecmp(f->retry, "false") == 0)
		return false;
	return f->status == 409 || f->status == 429 || f->status >= 500;
}

/* 0.5 s, 1 s …; ten times that when Stripe says it is too much. */
static int64_t
pause_ms(const struct stripe_call *c, const struct fetched *f)
{
	int64_t ms = (int64_t)STRIPE_PAUSE_MS << (c->tries - 1);

	if (f->status == 429)
		ms *= 10;
	return f->retry_after * 1000 > ms ? f->retry_after * 1000 : ms;
}

static void call_try(void *arg);

static void
call_fetched(void *arg, const struct fetched *f)
{
	struct stripe_call *c = arg;
	int64_t pause;

	if (c->tries < STRIPE_TRIES && may_retry(f) &&
	    (pause = pause_ms(c, f)) <= STRIPE_PAUSE_MAX_MS)
		/* Up to half of it more, or many come again together. */
		loop_timer_set(
		    &c->w->loop, &c->pause, pause + random() % (pause / 2 + 1));
	else
		call_answer(c, f);
}

/* The gateway's own key, or that of portal.conf. */
static enum err
call_keys(struct stripe_call *c, struct gateway_keys *keys)
{
	const char *fallback = c->w->config.stripe_secret_key;
	enum err err;

	stripe_become(c->w, c->tenant, 0);
	if ((err = gateway_keys_get(c->w->st, "stripe", keys)) != ERR_NONE)
		return err == ERR_NOT_FOUND ? ERR_AUTH : err;
	if (keys->secret_key[0] == '\0' &&
	    strlen(fallback) < sizeof(keys->secret_key))
		memcpy(keys->secret_key, fallback, strlen(fallback) + 1);
	memcpy(c->account, keys->account, sizeof(c->account));
	/* What could break out of a header is no key. */
	if (keys->secret_key[0] == '\0' ||
	    strpbrk(keys->secret_key, "\r\n") != NULL ||
	    (c->account[0] != '\0' && !stripe_id_valid(c->account, "acct_")))
		return ERR_AUTH;
	return ERR_NONE;
}

static enum err
call_start(struct stripe_call *c, const struct gateway_keys *keys)
{
	char lines[STRIPE_HEADERS][STRIPE_HEADER];
	const char *headers[STRIPE_HEADERS + 1] = {0};
	char url[CONFIG_VALUE + STRIPE_PATH];
	struct fetch f = {.method = c->method,
	    .url = url,
	    .headers = headers,
	    .body = c->body,
	    .timeout_ms = STRIPE_TIMEOUT_MS,
	    .fn = call_fetched,
	    .arg = c};
	enum err err;
	size_t i, n = 0;

	snprintf(
	    url, sizeof(url), "%s%s", c->w->config.stripe_api_base, c->path);
	snprintf(lines[n++], STRIPE_HEADER, "Authorization: Bearer %s",
	    keys->secret_key);
	snprintf(
	    lines[n++], STRIPE_HEADER, "Stripe-Version: %s", STRIPE_VERSION);
	if (c->account[0] != '\0')
		snprintf(lines[n++], STRIPE_HEADER, "Stripe-Account: %s",
		    c->account);
	if (c->key[0] != '\0')
		snprintf(
		    lines[n++], STRIPE_HEADER, "Idempotency-Key: %s", c->key);
	if (c->body != NULL)
		snprintf(lines[n++], STRIPE_HEADER,
		    "Content-Type: application/x-www-form-urlencoded");
	for (i = 0; i < n; i++)
		headers[i] = lines[i];
	c->tries++;
	err = fetch_start(c->w, &f);
	explicit_bzero(lines, sizeof(lines));
	return err;
}

static void
call_try(void *arg)
{
	struct stripe_call *c = arg;
	struct gateway_keys keys;
	enum err err;

	err = call_keys(c, &keys);
	if (err == ERR_NONE)
		err = call_start(c, &keys);
	explicit_bzero(&keys, sizeof(keys));
	if (err != ERR_NONE)
		call_failed(c, err);
}

/* ---- all of them ---- */

enum err
stripe_send(struct worker *w, const struct stripe_request *r)
{
	struct stripe_call *c = calloc(1, sizeof(*c));
	struct stripe *s = w->stripe;

	if (c == NULL)
		return ERR_NOMEM;
	if (r->body != NULL && (c->body = strdup(r->body)) == NULL) {
		free(c);
		return ERR_NOMEM;
	}
	c->w = w;
	c->tenant = r->tenant;
	snprintf(c->method, sizeof(c->method), "%s", r->method);
	snprintf(c->path, sizeof(c->path), "%s", r->path);
	snprintf(c->key, sizeof(c->key), "%s", r->key != NULL ? r->key : "");
	c->fn = r->fn;
	c->arg = r->arg;
	c->pause = (struct timer) {.fire = call_try, .arg = c};
	if ((c->next = s->calls) != NULL)
		c->next->prev = c;
	s->calls = c;
	/* From the loop, so that fn never comes before this returns. */
	loop_timer_set(&w->loop, &c->pause, 0);
	return ERR_NONE;
}

enum err
stripe_open(struct worker *w)
{
	w->stripe = calloc(1, sizeof(*w->stripe));
	return w->stripe != NULL ? ERR_NONE : ERR_NOMEM;
}

void
stripe_forget(struct worker *w, const void *arg)
{
	struct stripe_call *c, *next;

	for (c = w->stripe->calls; c != NULL; c = next) {
		next = c->next;
		if (c->arg == arg)
			call_drop(c);
	}
}

void
stripe_close(struct worker *w)
{
	if (w->stripe == NULL)
		return;
	while (w->stripe->calls != NULL)
		call_drop(w->stripe->calls);
	free(w->stripe);
	w->stripe = NULL;
}

void
stripe_public_url(const struct worker *w, char dst[CONFIG_VALUE])
{
	size_t n = strlen(w->config.http_public_url);

	while (n > 0 && w->config.http_public_url[n - 1] == '/')
		n--;
	memcpy(dst, w->config.http_public_url, n);
	dst[n] = '\0';
}

enum err
stripe_configure(struct worker *w)
{
	enum err err;

	worker_self(w);
	err = gateway_configure(w->st, "stripe",
	    w->config.stripe_secret_key[0] != '\0', w->config.http_public_url);
	return err == ERR_NOT_FOUND ? ERR_NONE : err; /* no tenant yet */
}

/*
 * What was given back of an intent, or is disputed: Stripe is asked for all of
 * it, and it is booked.  Knows money that this store has not heard of: it is
 * settled first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "data/refund.h"
#include "worker/settle.h"

enum { REFUNDS_AT_ONCE = 8, REFUNDS_WAIT = 1000 };

struct refunding {
	struct worker *w;
	int64_t tenant;
	char intent[CHECKOUT_ID];
	settle_fn *fn;
	void *arg;
	bool sent;
	const struct source *source; /* that is read now */
	char account[CHECKOUT_ID];
	char last[CHECKOUT_ID]; /* of the page before */
	json_t *found;          /* objects of all sources */
	bool settled;           /* the intent's own money was asked for */
	struct refunding *next;
};

struct refunder {
	struct refunding *first;
	size_t n, nsent;
	struct timer go; /* callers never hear of theirs before they return */
};

/* clang-format off */
/* What Stripe has of an intent, in the order it is asked for. */
static const struct source {
	const char *path, *object, *kind;
} sources[] = {
	{ "/v1/refunds", "refund", "refund" },
	{ "/v1/disputes", "dispute", "dispute" },
};
/* clang-format on */

static void refunds_next(struct worker *w);

static void
refunding_free(struct refunding *o)
{
	json_decref(o->found);
	free(o);
}

static void
refunding_end(struct refunding *o, enum err err)
{
	struct worker *w = o->w;
	struct refunding **p = &w->refunder->first;

	while (*p != o)
		p = &(*p)->next;
	*p = o->next;
	w->refunder->n--;
	w->refunder->nsent--;
	if (o->fn != NULL)
		o->fn(o->arg, err);
	refunding_free(o);
	refunds_next(w);
}

/* ---- booking ---- */

static const struct source *
source_of(const json_t *object)
{
	const char *name = json_text(object, "object");
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(sources[i].object, name) == 0)
			return &sources[i];
	return NULL;
}

static enum err
refund_read(
    const struct refunding *o, const json_t *object, struct refund_new *in)
{
	const struct source *source = source_of(object);
	char currency[CURRENCY_SIZE];

	if (source == NULL ||
	    strcmp(json_text(object, "payment_intent"), o->intent) != 0)
		return ERR_PROTOCOL;
	*in = (struct refund_new) {.account = o->account,
	    .intent = o->intent,
	    .kind = source->kind,
	    .ref = json_text(object, "id"),
	    .currency = json_text(object, "currency"),
	    .status = json_text(object, "status"),
	    .reason = json_text(object, "reason"),
	    .at = json_int(object, "created")};
	if (currency_parse(currency, in->currency) != ERR_NONE)
		return ERR_PROTOCOL;
	return stripe_units_back(
	    json_int(object, "amount"), currency, &in->amount);
}

/* What makes no sense would make none tomorrow: it is said, and the rest is
 * booked. */
static enum err
refund_book(struct refunding *o, const json_t *object)
{
	struct refund_new in;
	bool fresh = false;
	enum err err = refund_read(o, object, &in);

	if (err == ERR_NONE) {
		stripe_become(o->w, o->tenant, 0);
		err = refund_settle(o->w->st, &in, &fresh);
	}
	if (err == ERR_BAD_INPUT || err == ERR_PROTOCOL) {
		log_error("%s of %s makes no sense here: book it by hand",
		    json_text(object, "id"), o->intent);
		return ERR_NONE;
	}
	if (fresh)
		log_info(
		    "%s %s of %s is %s", in.kind, in.ref, o->intent, in.status);
	return err;
}

static void refunding_settled(void *arg, enum err err);

static void
refunding_book(struct refunding *o)
{
	size_t i, n = json_array_size(o->found);
	enum err err = ERR_NONE;

	for (i = 0; i < n && err == ERR_NONE; i++)
		err = refund_book(o, json_array_get(o->found, i));
	/* Its money may not be booked yet: that of a restored store, say. */
	if (err == ERR_NOT_FOUND && !o->settled) {
		o->settled = true;
		err = settle(o->w, o->tenant, o->intent, refunding_settled, o);
		if (err == ERR_NONE)
			return;
	}
	refunding_end(o, err);
}

static void
refunding_settled(void *arg, enum err err)
{
	struct refunding *o = arg;

	if (err == ERR_NONE)
		refunding_book(o);
	else
		refunding_end(o, err);
}

/* ---- asking ---- */

static enum err
refunding_ask(struct refunding *o, const char *path, stripe_fn *fn)
{
	struct stripe_request r = {.tenant = o->tenant,
	    .method = "GET",
	    .path = path,
	    .fn = fn,
	    .arg = o};

	return stripe_send(o->w, &r);
}

static void source_page(struct refunding *o);

/* Keeps a page; the id of its last is where the next one begins. */
static enum err
page_keep(struct refunding *o, const json_t *list)
{
	size_t n = json_array_size(list);
	const char *last = json_text(json_array_get(list, n - 1), "id");

	if (n == 0)
		return ERR_NONE;
	if (json_array_size(o->found) + n > REFUNDS)
		return ERR_PROTOCOL;
	if (strlen(last) >= sizeof(o->last))
		return ERR_PROTOCOL;
	strcpy(o->last, last);
	return json_array_extend(o->found, (json_t *)list) == 0 ? ERR_NONE
								: ERR_NOMEM;
}

static void
source_answer(void *arg, const struct stripe_answer *a)
{
	const json_t *list = json_object_get(a->json, "data");
	struct refunding *o = arg;
	bool more = json_is_true(json_object_get(a->json, "has_more")) &&
		    json_array_size(list) > 0;
	enum err err = a->err;

	if (err == ERR_NONE)
		err = page_keep(o, list);
	if (err != ERR_NONE) {
		refunding_end(o, err);
		return;
	}
	snprintf(o->account, sizeof(o->account), "%s", a->account);
	if (!more) {
		o->last[0] = '\0';
		o->source++;
	}
	if (o->source == sources + sizeof(sources) / sizeof(sources[0]))
		refunding_book(o);
	else
		source_page(o);
}

static void
source_page(struct refunding *o)
{
	char path[STRIPE_PATH];
	struct buf query;
	enum err err;

	buf_init(&query, STRIPE_PATH);
	form_text(&query, o->intent, "payment_intent");
	form_int(&query, 100, "limit");
	if (o->last[0] != '\0')
		form_text(&query, o->last, "starting_after");
	snprintf(path, sizeof(path), "%s?%s", o->source->path, buf_str(&query));
	err = query.err != ERR_NONE ? query.err
				    : refunding_ask(o, path, source_answer);
	buf_release(&query);
	if (err != ERR_NONE)
		refunding_end(o, err);
}

/* ---- some at once ---- */

static struct refunding *
first_waiting(const struct refunder *f)
{
	struct refunding *o = f->first;

	while (o != NULL && o->sent)
		o = o->next;
	return o;
}

static void
refunds_next(struct worker *w)
{
	struct refunder *f = w->refunder;
	struct refunding *o;

	while (f->nsent < REFUNDS_AT_ONCE && (o = first_waiting(f)) != NULL) {
		o->sent = true;
		f->nsent++;
		source_page(o);
	}
}

static void
refunds_go(void *arg)
{
	refunds_next(arg);
}

/* One that waits will look, too: a refund is several events. */
static bool
is_waiting(const struct refunder *f, int64_t tenant, const char *intent)
{
	const struct refunding *o;

	for (o = f->first; o != NULL; o = o->next)
		if (!o->sent && o->tenant == tenant &&
		    strcmp(o->intent, intent) == 0)
			return true;
	return false;
}

enum err
refunds_settle(struct worker *w, int64_t tenant, const char *intent,
    settle_fn *fn, void *arg)
{
	struct refunder *f = w->refunder;
	struct refunding *o, **end;

	if (!stripe_id_valid(intent, "pi_"))
		return ERR_BAD_INPUT;
	if (fn == NULL && is_waiting(f, tenant, intent))
		return ERR_NONE;
	if (f->n >= REFUNDS_WAIT)
		return ERR_BUSY;
	if ((o = calloc(1, sizeof(*o))) == NULL ||
	    (o->found = json_array()) == NULL) {
		free(o);
		return ERR_NOMEM;
	}
	o->w = w;
	o->tenant = tenant;
	memcpy(o->intent, intent, strlen(intent) + 1);
	o->fn = fn;
	o->arg = arg;
	o->source = sources;
	for (end = &f->first; *end != NULL; end = &(*end)->next)
		;
	*end = o;
	f->n++;
	loop_timer_set(&w->loop, &f->go, 0);
	return ERR_NONE;
}

enum err
refunds_open(struct worker *w)
{
	if ((w->refunder = calloc(1, sizeof(*w->refunder))) == NULL)
		return ERR_NOMEM;
	w->refunder->go = (struct timer) {.fire = refunds_go, .arg = w};
	return ERR_NONE;
}

void
refunds_close(struct worker *w)
{
	struct refunding *o, *next;

	if (w->refunder == NULL)
		return;
	loop_timer_clear(&w->loop, &w->refunder->go);
	for (o = w->refunder->first; o != NULL; o = next) {
		next = o->next;
		refunding_free(o);
	}
	free(w->refunder);
	w->refunder = NULL;
}

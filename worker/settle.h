/*
 * What Stripe says of a session or an intent, and what becomes of it here:
 * between settle.c, which asks, and those that understand the answers.
 */
#ifndef WORKER_SETTLE_H
#define WORKER_SETTLE_H

#include "data/event.h"
#include "data/method.h"
#include "worker/stripe.h"

/* An answer of Stripe about one session or intent. */
struct settling {
	struct worker *w;
	int64_t tenant;      /* whose key was used to ask */
	const char *account; /* and whose gateway */
	const char *asked;   /* the id that was asked for */
	const json_t *json;
	struct checkout *c; /* room for its checkout */
};
/* ERR_NOT_FOUND: it is not this portal's. */
enum err settle_session(struct settling *s);
enum err settle_link(struct settling *s);
enum err settle_intent(struct settling *s);
enum err settle_method(struct settling *s);
/* Those that Stripe does not know, or not under this key any more. */
enum err settle_unknown(struct settling *s);
enum err settle_no_method(struct settling *s);

/*
 * The checkout that has this session or intent, which is as old as it says
 * ("created"), else the one that its metadata names; *got false: this store
 * knows none.  ERR_NOT_FOUND: it is older than whoever has the customer's id
 * here, and so somebody else's.
 */
enum err settle_find(struct settling *s, const json_t *object,
    const struct checkout_meta *meta, bool *got);
/* Money has come: an intent, its payment method expanded if it is to be named.
 * c: its checkout, or NULL. */
enum err settle_received(struct settling *s, const json_t *intent,
    const struct checkout_meta *meta, const struct checkout *c);
/* As checkout_set(), but nothing is written where it stands so already. */
enum err settle_state(
    struct settling *s, const char *state, const char *reason);
/* Is it in this state? */
bool checkout_is(const struct checkout *c, const char *state);
/* Has it a page, or money on its way? */
bool checkout_is_live(const struct checkout *c);

/* ---- decline.c ---- */

/*
 * A charge of a saved method came to nothing, for a reason that the customer
 * may read; one that was due by itself is tried again another day.
 */
enum err charge_failed(
    struct worker *w, const struct checkout *c, const char *reason);
/* The same for what Stripe says why ("error", "last_payment_error"), or a code
 * where it says nothing. */
enum err charge_declined(struct worker *w, const struct checkout *c,
    const json_t *error, const char *otherwise);

/* ---- method.c ---- */

/* A payment method as Stripe describes it; mandate: of a setup, or "".
 * ERR_PROTOCOL: it makes no sense. */
enum err method_read(struct method *out, const json_t *json,
    const char *account, const char *mandate);

#endif

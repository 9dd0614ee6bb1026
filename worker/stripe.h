/*
 * Talking to Stripe: what a request looks like, whose key it carries, when it
 * is tried again.  Knows nothing of checkouts.
 */
#ifndef WORKER_STRIPE_H
#define WORKER_STRIPE_H

#include <jansson.h>

#include "base/money.h"
#include "data/checkout.h"
#include "worker/worker.h"

#define STRIPE_VERSION "2025-10-29.clover"

enum { STRIPE_FORM_MAX = 128 * 1024, STRIPE_KEY = 129, STRIPE_PATH = 1024 };

/* ---- stripe_form.c ---- */

/*
 * Adds key=value to a form.  The key names a nested place, like
 * "line_items[0][quantity]"; both are percent-encoded, brackets of keys stay.
 */
void form_text(struct buf *form, const char *value, const char *key, ...)
    __attribute__((format(printf, 3, 4)));
void form_int(struct buf *form, int64_t value, const char *key, ...)
    __attribute__((format(printf, 3, 4)));

/* Is it an id that starts like this ("cs_") and may stand in a path? */
bool stripe_id_valid(const char *id, const char *prefix);

/* The language of a locale ("de_AT.UTF-8") as Stripe calls it; NULL: it does
 * not know it. */
const char *stripe_locale(const char *locale);

/* ---- stripe.c ---- */

struct stripe_answer {
	/*
	 * ERR_NONE: 2xx, json is an object.  ERR_NOT_FOUND: 404.  ERR_CONFLICT:
	 * the key was used with other parameters.  ERR_AUTH: the API key is
	 * missing or not accepted.  ERR_BAD_INPUT: refused, and would be again.
	 * Others: try again later.
	 */
	enum err err;
	const json_t *json; /* borrowed, also of an error; NULL: none */
	char code[65];      /* of an error, "" without */
	bool kept; /* Stripe may give this very answer to the key for a day */
	long retry_after;    /* seconds; 0: not said */
	const char *account; /* whose gateway was asked, "" for the key's own */
};
typedef void stripe_fn(void *arg, const struct stripe_answer *a);

struct stripe_request {
	int64_t tenant;     /* whose gateway */
	const char *method; /* "GET" "POST" */
	const char *path;   /* with its query: "/v1/events?limit=1" */
	const char *body;   /* a form; NULL: none */
	const char *key;    /* Idempotency-Key; NULL: none */
	stripe_fn *fn;
	void *arg;
};

/*
 * Sends it, and again a few times where that may help: with the same bytes and
 * key, for about a minute at most.  Everything is copied.  fn is called later,
 * exactly once, unless this gives an error or it is forgotten.
 */
enum err stripe_send(struct worker *w, const struct stripe_request *r);
/* Ends all calls with this arg. */
void stripe_forget(struct worker *w, const void *arg);

enum err stripe_open(struct worker *w);
void stripe_close(struct worker *w);
/* The default tenant's gateway becomes what portal.conf says. */
enum err stripe_configure(struct worker *w);

/* The handle acts for a tenant, or one of its customers, as the system. */
void stripe_become(struct worker *w, int64_t tenant, int64_t customer);

/* [http] public_url without a slash at its end; "" if there is none. */
void stripe_public_url(const struct worker *w, char dst[CONFIG_VALUE]);

/* ---- checkout_form.c ---- */

/*
 * The parameters of a session, and of a payment link where no public_url is to
 * come back to.  The same for the same arguments, byte for byte.  What does not
 * fit sticks to the form.
 */
void checkout_form_session(struct buf *form, const struct checkout *c,
    const char *locale, const char *public_url, int64_t expires_at);
void checkout_form_link(struct buf *form, const struct checkout *c);
/* Of a session that saves a method for a customer of the gateway ("cus_…"). */
void checkout_form_setup(struct buf *form, const struct checkout *c,
    const char *customer, const char *locale, const char *public_url,
    int64_t expires_at);
/* Of an intent that charges one ("pm_…") at once. */
void checkout_form_charge(struct buf *form, const struct checkout *c,
    const char *customer, const char *method);
/* What a form's metadata says, from an answer of Stripe. */
struct checkout_meta {
	int64_t tenant, customer, checkout; /* 0: it does not say */
	int64_t proforma;                   /* 0: none */
	char token[CHECKOUT_TOKEN];
	int64_t invoices[CHECKOUT_INVOICES];
	size_t ninvoices;
};
void checkout_meta_read(struct checkout_meta *out, const json_t *metadata);

/* ---- settle.c ---- */

/*
 * Fetches what the id names, checks it, and writes down what it says: money, a
 * method that was saved, or where the checkout stands.  It is a session
 * ("cs_"), a payment link ("plink_") whose complete session is meant, or an
 * intent
 * ("pi_"), of a page or of a charge, or a saved method ("pm_").  Any number of
 * times for the same one.  fn
 * (or NULL) hears later, exactly once unless forgotten, how that went:
 * ERR_NONE, also when nothing has happened to it; ERR_NOT_FOUND: not one of
 * this portal; else try again later.
 */
typedef void settle_fn(void *arg, enum err err);
enum err settle(
    struct worker *w, int64_t tenant, const char *id, settle_fn *fn, void *arg);
void settle_forget(struct worker *w, const void *arg);
enum err settle_open(struct worker *w);
void settle_close(struct worker *w);
/* How many wait: what nobody has asked us to look at may be turned away. */
size_t settle_waiting(const struct worker *w);

/* ---- refund.c ---- */
/*
 * The same for what was given back of an intent, or is disputed; money that
 * this store has not heard of is settled first.  ERR_BUSY: too many wait.
 */
enum err refunds_settle(struct worker *w, int64_t tenant, const char *intent,
    settle_fn *fn, void *arg);
enum err refunds_open(struct worker *w);
/* Before settle_close(). */
void refunds_close(struct worker *w);

/* ---- event.c ---- */

/* An event that was heard, or listed. */
struct event_look {
	struct worker *w;
	int64_t tenant;      /* whose gateway listed it; 0: it was heard */
	const char *account; /* where it happened, "" for the key's own */
	const json_t *event;
	settle_fn *fn; /* as settle()'s; NULL: nobody waits */
	void *arg;
	bool begun; /* out; false: it means nothing here, and nobody hears */
};
/* Looks at what it names.  ERR_BUSY: later; ERR_BAD_INPUT: at no such thing. */
enum err event_take(struct event_look *l);
/* Those that are worth listing; NULL at the end. */
extern const char *const event_types[];

/* ---- checkout_end.c ---- */

/*
 * Takes a checkout's page away, so that nobody pays there any more, and looks
 * whether somebody did: it is then cancelled (if it was to be) or expired, or
 * what settle() found.  Embedded in its owner's state.
 */
struct page_end {
	struct worker *w;
	struct checkout c; /* as it stands, when fn is called */
	bool only_page;    /* the checkout goes on with another one */
	settle_fn *fn;
	void *arg;
	struct timer none; /* its own */
};
/* fn is called later, exactly once, unless this gives an error. */
enum err page_end(struct page_end *p);
void page_end_forget(struct page_end *p);

/* ---- json: what hostile input cannot break ---- */

/* A member that is a text or a number; "" and 0 without. */
const char *json_text(const json_t *object, const char *key);
int64_t json_int(const json_t *object, const char *key);

#endif

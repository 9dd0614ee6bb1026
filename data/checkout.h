/*
 * Paying through a gateway: an attempt to be paid, its link, and the one place
 * where money that a gateway reported is written down.
 */
#ifndef DATA_CHECKOUT_H
#define DATA_CHECKOUT_H

#include "base/money.h"
#include "data/store.h"

enum {
	CHECKOUT_INVOICES = 100, /* of one attempt */
	CHECKOUT_TOKEN = 17,     /* 16 letters of Crockford's base 32 */
	CHECKOUT_ID = 129,       /* a gateway's ids */
	CHECKOUT_URL = 1025,
	CHECKOUT_REASON = 192,
	CHECKOUT_LIFE_S = 23 * 3600, /* of a page; Stripe: at most 24 h */
	CHECKOUT_OLD_S = 30 * 86400, /* of a link */
};

enum checkout_purpose {
	CHECKOUT_FOR_INVOICES = 1,
	CHECKOUT_FOR_TOPUP,
	CHECKOUT_FOR_SETUP,    /* of a saved method (method.h): no money */
	CHECKOUT_FOR_PROFORMA, /* one, which becomes an invoice when paid */
};

struct checkout_invoice {
	int64_t invoice, amount;
	char number[33];
};

struct checkout {
	int64_t tenant, customer, id;
	char token[CHECKOUT_TOKEN];
	enum checkout_purpose purpose;
	char gateway[17];
	char account[CHECKOUT_ID];
	int64_t amount;
	char currency[CURRENCY_SIZE];
	/* wanted open processing paid saved expired failed cancelling cancelled
	 */
	char state[16];
	int64_t method; /* the saved one that is charged; 0: there is a page */
	bool automatic; /* nobody asked: it was due */
	int64_t proforma; /* 0: none */
	char proforma_number[33];
	int64_t generation;
	char session[CHECKOUT_ID];
	char url[CHECKOUT_URL];  /* the gateway's page, while open */
	char link[CHECKOUT_URL]; /* the short link, "" without public_url */
	int64_t expires_at;
	char reason[CHECKOUT_REASON]; /* why it failed, for the customer */
	int64_t payment;              /* 0: none yet */
	char receipt[33];             /* of the payment */
	struct checkout_invoice invoices[CHECKOUT_INVOICES];
	size_t ninvoices;
};

/* ---- sessions ---- */

/* Gateways that are on for this customer; *n 0: none. */
struct gateway {
	char name[17]; /* "stripe" */
};
enum { GATEWAYS = 4 };
enum err gateway_list(
    struct store *st, struct gateway out[GATEWAYS], size_t *n);

/*
 * Verb: starts an attempt for these invoices (n 0: everything that is due), for
 * one proforma (its id, n 1), or for a top-up of amount.  A live attempt for
 * the same is given back; one for some of the same is superseded. ERR_BAD_INPUT
 * with a problem that says what the gateway does not take (minimum, step,
 * largest amount, currency), that nothing is due, or that money for it is on
 * its way already.  ERR_NOT_FOUND: an invoice is not the customer's.
 */
enum err checkout_start(struct store *st, enum checkout_purpose purpose,
    const int64_t *invoices, size_t n, int64_t amount, int64_t *id);
/* Verb: a new link for what is left to pay of one that is expired or failed; a
 * live one is given back.  One that has ended because money came another way
 * (cancelled, with a reason) too.  ERR_CONFLICT: another took its place. */
enum err checkout_renew(struct store *st, int64_t id, int64_t *new_id);
/* One of this customer's. */
enum err checkout_get(struct store *st, int64_t id, struct checkout *out);

/* What a state is called: "Waiting" to a program, and on a screen, for
 * word_text(), "Waiting for payment". */
struct checkout_words {
	const char *status, *shown;
};
const struct checkout_words *checkout_words(const char *state);

/* ---- portal-worker: ROLE_SYSTEM ---- */

/* By token in any case, by gateway session, or by id: the others NULL or 0.
 * The handle then acts for its tenant and customer (store_become()). */
enum err checkout_find(struct store *st, const char *token, const char *account,
    const char *session, int64_t id, struct checkout *out);
/* The gateway has made its page; or has begun its charge, which is then
 * processing (session: the intent, url ""). ERR_CONFLICT: it is not wanted any
 * more; of the very same once more: fine. */
enum err checkout_opened(struct store *st, const struct checkout *c,
    const char *session, const char *url, int64_t expires_at);
/* To another state that needs no money: processing expired failed cancelled;
 * the last three drop its claims.  ERR_CONFLICT: it is paid or cancelled
 * already, or of another generation than c. */
enum err checkout_set(struct store *st, const struct checkout *c,
    const char *state, const char *reason);
/* Right before a charge is sent: is all that it asks for still due?  *due
 * false: it is not to be sent, and has failed ("Paid already.").  ERR_CONFLICT
 * as above. */
enum err checkout_still_due(
    struct store *st, const struct checkout *c, bool *due);
/* Behind the same link another page is wanted (generation + 1, state wanted,
 * job), for one that is expired or failed and not older than CHECKOUT_OLD_S.
 * Fine also when it is wanted already.  ERR_CONFLICT: what it was for is paid,
 * is another amount by now, or is claimed by another. */
enum err checkout_again(struct store *st, const struct checkout *c);
/* The next of those that are open or processing, after an id: for polling. */
enum err checkout_next_live(
    struct store *st, int64_t after, struct checkout *out, bool *got);
/* The next that the handle's customer has superseded ("cancelling"), after an
 * id: to be ended before another one's page is made. */
enum err checkout_next_superseded(
    struct store *st, int64_t after, struct checkout *out, bool *got);

/* What a gateway says it has received. */
struct received {
	int64_t tenant, customer;
	int64_t checkout; /* 0: none is known */
	char account[CHECKOUT_ID];
	char intent[CHECKOUT_ID];
	char method[16]; /* "card" "sepa" … */
	int64_t amount;
	char currency[CURRENCY_SIZE]; /* in any case */
	int64_t at;
	int64_t invoices[CHECKOUT_INVOICES]; /* from its metadata */
	size_t ninvoices;
	int64_t proforma; /* likewise */
};
/*
 * Writes it down once, whoever calls how often: payment, receipt, allocation
 * (the invoices oldest first, the rest is credit), state paid, claims dropped,
 * a blocked customer restored, in one transaction; a proforma becomes the
 * invoice that it pays (document.h).  *fresh: this call did it.
 *
 * What is not as expected is booked all the same, and flagged: another amount
 * than the checkout's as credit (which settles what is oldest); what comes
 * twice, too.  Another currency than the tenant's is kept as a pending payment
 * in that currency, since nobody here knows a rate; its checkout is then failed
 * and says so.
 *
 * The handle must act for the tenant whose key was used to ask, and account
 * must be that tenant's: ERR_DENIED.  ERR_NOT_FOUND: no such customer.
 * ERR_BAD_INPUT: no money (amount, currency or intent are none).
 */
enum err checkout_settle(
    struct store *st, const struct received *r, bool *fresh);

/* ---- what gateways take ---- */

/* Stripe's rules for an amount; NULL: fine, else a sentence (N_()). */
const char *stripe_refuses(int64_t amount, const char *currency);

/*
 * Stripe's own unit of an amount, and back.  ERR_BAD_INPUT: it is no whole
 * number of that unit, or Stripe does not take the currency; ERR_TOO_BIG.
 */
enum err stripe_units(int64_t amount, const char *currency, int64_t *out);
enum err stripe_units_back(int64_t units, const char *currency, int64_t *out);

/* System: what portal.conf says of the default tenant's gateway, and where
 * short links begin. */
enum err gateway_configure(
    struct store *st, const char *name, bool on, const char *link_base);
struct gateway_keys {
	char name[17];
	char account[CHECKOUT_ID];
	char secret_key[256]; /* "": portal.conf's.  Wipe it. */
	int64_t swept_to;
};
/* Of the handle's tenant, also when it is off: what was paid is still to be
 * fetched.  ERR_NOT_FOUND: it has none. */
enum err gateway_keys_get(
    struct store *st, const char *name, struct gateway_keys *out);
/* The next tenant that has one, after a tenant's id; *tenant 0: none. */
enum err gateway_next(
    struct store *st, const char *name, int64_t after, int64_t *tenant);
/* Of the handle's tenant.  Never goes back, but from an instant to come. */
enum err gateway_swept(struct store *st, const char *name, int64_t to);

#endif

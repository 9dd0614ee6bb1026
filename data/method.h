/*
 * Saved ways to pay: listing, default, removing, charging one at once, and
 * automatic payment, which charges the default one on the due date.
 */
#ifndef DATA_METHOD_H
#define DATA_METHOD_H

#include "data/checkout.h"

enum { METHODS = 20, METHOD_BRAND = 33 };

struct method {
	int64_t id;
	char gateway[17];
	char account[CHECKOUT_ID];
	char ref[CHECKOUT_ID]; /* the gateway's: "pm_…" */
	char type[16];         /* card sepa other */
	char
	    brand[METHOD_BRAND]; /* "Visa"; of an account its bank or country */
	char last4[5];
	int64_t expires;           /* YYYYMM; 0: it does not */
	char mandate[CHECKOUT_ID]; /* of a SEPA debit, "" without */
	bool is_default;
	int64_t created_at;
	int64_t removed_at; /* 0: it is not */
};

/* ---- sessions ---- */

/* The customer's, the default first, then the newest. */
enum err method_list(struct store *st, struct method out[METHODS], size_t *n);
/* Also one that is removed: what was paid with it names it. */
enum err method_get(struct store *st, int64_t id, struct method *out);

/* Verb: starts saving one: an attempt of purpose CHECKOUT_FOR_SETUP, whose page
 * takes no money and whose last state is "saved".  A live one is given back.
 * ERR_BAD_INPUT: no gateway, or METHODS are saved already, or there is no
 * address (link_base) that a page could come back to. */
enum err method_setup(struct store *st, int64_t *checkout);
/* Verb. */
enum err method_default(struct store *st, int64_t id);
/* Verb: it is charged no more from now on; the gateway hears of it by a job.
 * The newest of the others becomes the default; automatic payment is off when
 * there is none left.  ERR_BAD_INPUT: a charge of it may be under way. */
enum err method_remove(struct store *st, int64_t id);
/*
 * Verb: charges a saved method at once for these invoices (n 0: everything that
 * is due): an attempt like checkout_start()'s that has no page, goes from
 * "wanted" to "processing" or "paid" or "failed" and can be looked at the same
 * way.  amount is what the customer was shown (0: whatever it is): another one
 * is refused.  ERR_BAD_INPUT as there; ERR_NOT_FOUND: no such method, or an
 * invoice.
 */
enum err method_charge(struct store *st, int64_t method,
    const int64_t *invoices, size_t n, int64_t amount, int64_t *checkout);

struct autopay {
	bool allowed; /* a gateway is on and the tenant's setting "autopay" */
	bool on;
	struct method method; /* that is charged; id 0: none is saved */
};
enum err autopay_get(struct store *st, struct autopay *out);
/* Verb.  ERR_BAD_INPUT: not allowed, or nothing is saved to be charged. */
enum err autopay_set(struct store *st, bool on);

/* ---- portal-worker: ROLE_SYSTEM, acting for a customer ---- */

/* Who the customer is at a gateway: "cus_…".  ERR_NOT_FOUND: nobody yet. */
enum err gateway_customer_get(struct store *st, const char *gateway,
    const char *account, char ref[CHECKOUT_ID]);
enum err gateway_customer_set(struct store *st, const char *gateway,
    const char *account, const char *ref);

/*
 * A method was saved or has changed (m->id is not read; gateway, account and
 * ref name it).  The customer's first becomes the default.  c: the attempt that
 * saved it, which becomes "saved"; or NULL.  One that the customer has removed
 * stays removed.
 */
enum err method_saved(
    struct store *st, const struct method *m, const struct checkout *c);
/* It was taken away at the gateway.  Fine also when it is not known. */
enum err method_gone(struct store *st, const char *account, const char *ref);

/*
 * The next invoice that automatic payment must try now, of the handle's tenant,
 * customer by customer: due on or before today, or at its retry day, of a
 * customer with automatic payment on, no charge and no money under way.  today
 * is the tenant's.  Looks through a few customers at most: AUTOPAY_PAGE, none
 * of them has one, go on.  *at begins as zeroes, or {customer, 0, customer} for
 * one customer only.
 */
struct autopay_at {
	int64_t customer, invoice; /* AUTOPAY_DUE: this one */
	int64_t to;                /* the last customer of a few; 0: others */
};
enum autopay_found { AUTOPAY_END, AUTOPAY_PAGE, AUTOPAY_DUE };
enum err autopay_next(struct store *st, int64_t today, struct autopay_at *at,
    enum autopay_found *found);
/* Begins a try: the same attempt as method_charge()'s, automatic; looks again
 * at everything that autopay_next() said.  *checkout 0: nothing was to do, or
 * the gateway takes no such amount, and it is not tried again. */
enum err autopay_begin(
    struct store *st, int64_t invoice, int64_t today, int64_t *checkout);
/*
 * In place of checkout_set(…, "failed", reason) for an attempt that is
 * automatic: it failed, and the next try is at the tenant's next retry day
 * ("autopay_retry_days", after the due date).  ask: no try without the customer
 * can succeed (authentication is required).  When asked, or after the last
 * retry day, the customer gets a mail with a new link to pay by, in the same
 * transaction.
 */
enum err autopay_failed(
    struct store *st, const struct checkout *c, bool ask, const char *reason);

#endif

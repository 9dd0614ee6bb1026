/*
 * What the verbs and portal-worker both write about a checkout.  All of it acts
 * for the handle's customer.
 */
#ifndef DATA_CHECKOUT_WRITE_H
#define DATA_CHECKOUT_WRITE_H

#include "data/checkout.h"

/* Takes its invoices. ERR_CONFLICT: somebody has one of them: roll back. */
enum err checkout_claim(struct store *st, int64_t id,
    const struct checkout_invoice *invoices, size_t n);
enum err checkout_unclaim(struct store *st, int64_t id);
/* Who has claimed an invoice; 0: nobody. */
enum err checkout_claimed_by(struct store *st, int64_t invoice, int64_t *id);
/* What is due of an invoice now. ERR_NOT_FOUND. */
struct checkout_due {
	int64_t balance, due_on;
	char currency[CURRENCY_SIZE];
	bool cancelled;
};
enum err checkout_due(
    struct store *st, int64_t invoice, struct checkout_due *out);
/* The same of a proforma; a paid one and a cancelled one have no balance. */
enum err proforma_claim(struct store *st, int64_t proforma, int64_t id);
enum err proforma_claimed_by(struct store *st, int64_t proforma, int64_t *id);
enum err proforma_due(
    struct store *st, int64_t proforma, struct checkout_due *out);
/* To another state; screens hear of it.  ERR_CONFLICT: it is paid or cancelled,
 * or of another generation. */
enum err checkout_move(struct store *st, int64_t id, int64_t generation,
    const char *state, const char *reason);
/* Another takes its place (why ""), or what it was for is paid: its claims are
 * dropped, its page is still to be ended. */
enum err checkout_supersede(
    struct store *st, int64_t id, int64_t generation, const char *why);
/* The job that has the page of one that is superseded ended. */
enum err checkout_end(struct store *st, int64_t id, int64_t generation);
/* The job that has its page made, or its charge. */
enum err checkout_want(struct store *st, int64_t id, int64_t generation);

/* In checkout_due.c. */
/* Is less due by now than it asks for?  *why: a sentence; NULL: no. */
enum err checkout_asks_too_much(
    struct store *st, const struct checkout *c, const char **why);
/* Of one that has no page yet, and was not sent: failed, its claims are
 * dropped, and automatic payment has never tried it. */
enum err checkout_drop(
    struct store *st, const struct checkout *c, const char *why);
/* Less is due than before, however that came: the customer's pages that ask for
 * too much are ended.  A charge may be under way and is left alone; so is money
 * that is. */
enum err checkout_end_outdated(struct store *st);

/* Invoices as the last of a verb's arguments.  One too many is told so,
 * whatever more there are: ERR_BAD_INPUT with a problem. */
void invoices_put(struct buf *args, const int64_t *ids, size_t n);
enum err invoices_take(struct store *st, struct rd *args,
    int64_t ids[CHECKOUT_INVOICES], size_t *n);

/* The word of a purpose in the store. */
const char *checkout_purpose_word(enum checkout_purpose purpose);

/* What shall be paid, until it is an attempt. */
struct wish {
	enum checkout_purpose purpose;
	char gateway[17], account[CHECKOUT_ID];
	bool links; /* there is an address that a page can come back to */
	int64_t amount;
	char currency[CURRENCY_SIZE];
	struct checkout_invoice items[CHECKOUT_INVOICES];
	size_t n;
	int64_t method; /* to be charged; 0: by a page */
	bool automatic; /* as of struct checkout */
	int64_t proforma;
};
/* How it was asked for. */
struct asked {
	int64_t amount;
	const int64_t *ids;
	size_t n;
};

/* What differs from purpose to purpose: the rows are in wish.c. */
struct purpose {
	const char *field; /* that a refused amount is a problem of */
	bool free;         /* takes no money */
	/* What was asked for.  ERR_BAD_INPUT with a problem; ERR_NOT_FOUND. */
	enum err (*ask)(
	    struct store *st, struct wish *w, const struct asked *a);
	/* What is left of one that came to nothing. */
	enum err (*again)(
	    struct store *st, struct wish *w, const struct checkout *c);
	/* The attempt that stands in the way of place i (of w->n, or of one
	 * when there are no invoices); 0: none. */
	enum err (*standing)(
	    struct store *st, const struct wish *w, size_t i, int64_t *id);
	/* What it has besides invoices: rows, and a claim.  NULL: nothing. */
	enum err (*keep)(struct store *st, const struct wish *w, int64_t id);
};
/* Of a proforma, in wish_proforma.c. */
enum err proforma_ask(struct store *st, struct wish *w, const struct asked *a);
enum err proforma_again(
    struct store *st, struct wish *w, const struct checkout *c);
enum err proforma_standing(
    struct store *st, const struct wish *w, size_t i, int64_t *id);
enum err proforma_keep(struct store *st, const struct wish *w, int64_t id);
/* NULL: there is no such purpose. */
const struct purpose *purpose_find(enum checkout_purpose purpose);

/* The gateway that it will use.  ERR_BAD_INPUT: none is on. */
enum err wish_gateway(struct store *st, struct wish *w);
/* These invoices as far as they are due; n 0: all that is. */
enum err wish_invoices(
    struct store *st, struct wish *w, const int64_t *ids, size_t n);
/* Everything of a page for what is left of c. */
enum err wish_again(struct store *st, struct wish *w, const struct checkout *c);
/*
 * It becomes an attempt: one that is for the same already, or a new one that
 * takes the place of those in its way.  A charge takes a page's place, and
 * nothing takes a charge's: it may be under way.  ERR_BAD_INPUT with a problem.
 */
enum err wish_grant(struct store *st, const struct wish *w, int64_t *id);
/* What its gateway says against its amount, a sentence; NULL: nothing. */
const char *wish_refused(const struct wish *w);
/* Can it still be used, or is money on its way? */
bool checkout_is_alive(const struct store *st, const struct checkout *c);

#endif

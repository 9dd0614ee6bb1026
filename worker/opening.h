/*
 * The job "checkout.open": what starting an attempt needs, whatever is then
 * sent.
 */
#ifndef WORKER_OPENING_H
#define WORKER_OPENING_H

#include "worker/settle.h"

/* Who the customer is at the gateway: asked for once, and remembered. */
struct patron {
	struct worker *w;
	const struct checkout *c; /* whose customer, and whose gateway */
	char ref[CHECKOUT_ID];    /* "cus_…", when fn is called */
	bool again;
	stripe_fn *fn; /* hears of an error like that of any call */
	void *arg;
};

struct opening {
	struct task *t;
	struct checkout c;
	struct page_end end; /* of one that it supersedes */
	bool overtaken;      /* money has come, or is coming, for the same */
	struct patron patron;
	const struct way *way;
	char public_url[CONFIG_VALUE]; /* "" without */
	char last[CHECKOUT_ID];        /* of charges looked through */
	bool final; /* what is not found now was never charged */
};

/* A result of the store that ends the job. */
void opening_stored(struct opening *o, enum err err);
/* For good: the customer reads why and may try again; staff, where there is a
 * problem. */
void opening_failed(struct opening *o, const char *reason, const char *problem);
/* What every call may be answered.  true: the job is over. */
bool opening_refused(struct opening *o, const struct stripe_answer *a);
/* Sends the same bytes under the same key, "portal-TOKEN-GENERATION", and
 * releases them.  fn, whose arg is o, hears of it unless the job is over. */
void opening_post(
    struct opening *o, const char *path, struct buf *form, stripe_fn *fn);

/* ---- patron.c ---- */
/* ERR_NOT_FOUND: nobody yet. */
enum err patron_find(struct patron *p);
/* fn is called later, exactly once, unless this gives an error. */
enum err patron_make(struct patron *p);
void patron_forget(struct patron *p);

/* ---- checkout_page.c, checkout_charge.c ---- */
void session_start(struct opening *o);
void link_start(struct opening *o);
void setup_start(struct opening *o);
void charge_start(struct opening *o);

#endif

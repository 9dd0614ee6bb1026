/*
 * Automatic payment: what is due, one try of it, and what comes after a try
 * that failed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "data/checkout_write.h"
#include "data/customer.h"
#include "data/listing.h"
#include "data/mail.h"
#include "data/method_write.h"
#include "data/settings.h"
#include "data/tenant.h"
#include "data/txn.h"

/* What is to be tried. */

enum { PAGE = 20 }; /* customers */

/* The next customers to look through. */
static enum err
next_page(struct store *st, struct autopay_at *at)
{
	struct query q;
	bool allowed;
	enum err err;

	at->invoice = at->to = 0;
	if ((err = autopay_allowed(st, &allowed)) != ERR_NONE || !allowed)
		return err;
	q = query_begin(st, SQL_AUTOPAY_PAGE);
	query_bind_int(&q, at->customer);
	query_bind_int(&q, PAGE);
	while (query_row(&q))
		at->to = col_int(&q, 0);
	if (at->to != 0)
		at->customer++;
	return query_end(&q);
}

enum err
autopay_next(struct store *st, int64_t today, struct autopay_at *at,
    enum autopay_found *found)
{
	struct autopay_at now = *at;
	struct query q;
	enum err err;

	*found = AUTOPAY_END;
	if (now.to == 0 && (err = next_page(st, &now)) != ERR_NONE)
		return err;
	if (now.to == 0)
		return ERR_NONE;
	q = query_begin(st, SQL_AUTOPAY_NEXT);
	query_bind_int(&q, now.customer);
	query_bind_int(&q, now.invoice);
	query_bind_int(&q, now.to);
	query_bind_int(&q, today);
	*found = AUTOPAY_PAGE;
	while (query_row(&q)) {
		now.customer = col_int(&q, 0);
		now.invoice = col_int(&q, 1);
		*found = AUTOPAY_DUE;
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (*found == AUTOPAY_PAGE)
		now = (struct autopay_at) {.customer = now.to};
	*at = now;
	return ERR_NONE;
}

/* A try. */

struct attempt {
	int64_t invoice, today;
	int64_t checkout; /* 0: nothing was to do */
};

/* What was taken back is not charged again by itself. */
static enum err
was_taken(struct store *st, int64_t invoice, bool *taken)
{
	struct query q = query_begin(st, SQL_AUTOPAY_TAKEN);

	*taken = false;
	query_bind_int(&q, invoice);
	while (query_row(&q))
		*taken = col_int(&q, 0) > 0;
	return query_end(&q);
}

/* Is it its turn? */
static enum err
is_due(struct store *st, const struct attempt *t, bool *due)
{
	struct query q = query_begin(st, SQL_AUTOPAY_INVOICE_GET);
	struct checkout_due left;
	bool turn = true, taken;
	enum err err;

	query_bind_int(&q, t->invoice);
	while (query_row(&q))
		turn = strcmp(col_text(&q, 0), "waiting") == 0 &&
		       col_int(&q, 1) <= t->today;
	if ((err = query_end(&q)) != ERR_NONE ||
	    (err = was_taken(st, t->invoice, &taken)) != ERR_NONE ||
	    (err = checkout_due(st, t->invoice, &left)) != ERR_NONE)
		return err;
	*due = turn && !taken && !left.cancelled && left.balance > 0 &&
	       left.due_on <= t->today;
	return ERR_NONE;
}

static enum err
remember(struct store *st, const struct attempt *t)
{
	struct query q = query_begin(st, SQL_AUTOPAY_TRY);

	query_bind_int(&q, t->invoice);
	query_bind_int(&q, t->checkout);
	return query_run(&q, NULL);
}

/* It is paid by hand, or together with others. */
static enum err
skip(struct store *st, const struct attempt *t, const char *why)
{
	struct query q = query_begin(st, SQL_AUTOPAY_SKIP);

	query_bind_int(&q, t->invoice);
	query_bind_text(&q, why);
	return query_run(&q, NULL);
}

static enum err
begin(struct store *st, void *arg)
{
	struct wish w = {.automatic = true};
	const char *why;
	struct attempt *t = arg;
	struct autopay a;
	bool due;
	enum err err;

	t->checkout = 0;
	if ((err = autopay_get(st, &a)) != ERR_NONE ||
	    (err = is_due(st, t, &due)) != ERR_NONE)
		return err;
	if (!due || !a.allowed || !a.on || a.method.id == 0)
		return ERR_NONE;
	err = wish_charge(st, &w, a.method.id, &t->invoice, 1);
	if (err != ERR_NONE)
		return err;
	if ((why = wish_refused(&w)) != NULL)
		return skip(st, t, why);
	if ((err = wish_grant(st, &w, &t->checkout)) != ERR_NONE)
		return err;
	return remember(st, t);
}

enum err
autopay_begin(
    struct store *st, int64_t invoice, int64_t today, int64_t *checkout)
{
	struct attempt t = {.invoice = invoice, .today = today};
	enum err err;

	store_clear_problem(st);
	err = txn_run(st, begin, &t);
	/* Refused: money is on its way. */
	if (err == ERR_BAD_INPUT) {
		t.checkout = 0;
		err = ERR_NONE;
	}
	if (err == ERR_NONE)
		*checkout = t.checkout;
	return err;
}

/* After a try that failed. */

struct failure {
	const struct checkout *c;
	bool ask;
	char reason[CHECKOUT_REASON];
};

/* The first retry day that is to come; 0: none is left. */
static enum err
next_day(struct store *st, const struct checkout *c, int64_t *day)
{
	struct checkout_due due;
	struct settings s;
	struct tenant t;
	int64_t today;
	enum err err;

	*day = 0;
	if (c->ninvoices == 0)
		return ERR_NONE;
	if ((err = settings_load(st, &s)) != ERR_NONE ||
	    (err = tenant_get(st, &t)) != ERR_NONE ||
	    (err = checkout_due(st, c->invoices[0].invoice, &due)) != ERR_NONE)
		return err;
	today = day_of_instant(clock_now(store_clock(st)), t.zone);
	for (size_t i = 0; i < s.autopay_retries_n && *day == 0; i++)
		if (due.due_on + s.autopay_retries[i] > today)
			*day = due.due_on + s.autopay_retries[i];
	return ERR_NONE;
}

/* *fresh false: that is known already. */
static enum err
wait_until(struct store *st, const struct checkout *c, int64_t day, bool *fresh)
{
	struct query q = query_begin(st, SQL_AUTOPAY_WAIT);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, c->id);
	query_bind_text(&q, day != 0 ? "waiting" : "asked");
	query_bind_int(&q, day);
	if ((err = query_run(&q, &changes)) == ERR_NONE)
		*fresh = changes > 0;
	return err;
}

/* A page to pay what is left; link "" when there can be none.  *left false:
 * nothing is. */
static enum err
make_link(struct store *st, const struct checkout *c, struct checkout *page,
    bool *left)
{
	struct wish w;
	int64_t id;
	enum err err;

	*left = true;
	page->link[0] = '\0';
	page->amount = c->amount;
	err = wish_again(st, &w, c);
	if (err == ERR_BAD_INPUT) { /* or the gateway is off */
		*left = w.gateway[0] == '\0';
		return ERR_NONE;
	}
	if (err != ERR_NONE)
		return err;
	w.automatic = true; /* of no limit to what somebody asks for */
	page->amount = w.amount;
	if ((err = wish_grant(st, &w, &id)) == ERR_NONE)
		err = checkout_get(st, id, page);
	return err == ERR_BAD_INPUT ? ERR_NONE : err;
}

static enum err
mail(struct store *st, const struct failure *f, const struct checkout *page)
{
	char name[64], money[MONEY_SIZE], amount[MONEY_SIZE + CURRENCY_SIZE];
	struct mail_var vars[] = {
	    {"invoice", f->c->invoices[0].number},
	    {"amount", amount},
	    {"reason", word_text(f->reason)},
	    {"link", page->link},
	};
	struct customer who;
	enum err err;

	if ((err = customer_get(st, &who)) != ERR_NONE)
		return err;
	snprintf(name, sizeof(name), "mail:autopay:%" PRId64, f->c->id);
	money_text(money, page->amount, f->c->currency);
	snprintf(amount, sizeof(amount), "%s %s", money, f->c->currency);
	err = mail_template_queue(st, f->ask ? "autopay_ask" : "autopay_failed",
	    name, who.email, vars, sizeof(vars) / sizeof(*vars));
	if (err != ERR_BAD_INPUT)
		return err;
	log_warn(
	    "autopay: customer %" PRId64 " has no address for mail", who.id);
	return ERR_NONE;
}

static enum err
failed(struct store *st, void *arg)
{
	const struct failure *f = arg;
	struct checkout page;
	int64_t day;
	bool fresh, left;
	enum err err;

	if ((err = checkout_move(st, f->c->id, f->c->generation, "failed",
		 f->reason)) != ERR_NONE ||
	    (err = checkout_unclaim(st, f->c->id)) != ERR_NONE ||
	    (err = next_day(st, f->c, &day)) != ERR_NONE)
		return err;
	if (f->ask)
		day = 0;
	if ((err = wait_until(st, f->c, day, &fresh)) != ERR_NONE || !fresh ||
	    day != 0)
		return err;
	if ((err = make_link(st, f->c, &page, &left)) != ERR_NONE || !left)
		return err;
	return mail(st, f, &page);
}

enum err
autopay_failed(
    struct store *st, const struct checkout *c, bool ask, const char *reason)
{
	struct identity was = *store_identity(st), id = was;
	struct failure f = {.c = c, .ask = ask};
	enum err err;

	(void)text_clean(f.reason, sizeof(f.reason), reason, strlen(reason),
	    TEXT_LINE); /* cut to fit: it is for people */
	id.tenant = c->tenant;
	id.customer = c->customer;
	id.login = 0;
	store_become(st, &id);
	err = txn_run(st, failed, &f);
	store_become(st, &was);
	return err;
}

/*
 * Money that a gateway reported, written down once.  Whatever is odd about it,
 * somebody has paid it: it is booked, and flagged.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "data/books.h"
#include "data/checkout_write.h"
#include "data/document.h"
#include "data/tenant.h"

struct named {
	int64_t invoice, issued_at;
};

struct settling {
	const struct received *r;
	char currency[CURRENCY_SIZE];
	bool foreign; /* not the tenant's currency */
	bool known;   /* c is its checkout */
	struct checkout c;
	struct named named[CHECKOUT_INVOICES]; /* invoices it is for */
	size_t n;
	int64_t proforma;  /* it becomes an invoice; 0: none */
	char flagged[128]; /* the first reason */
	int64_t payment;
	bool fresh;
};

__attribute__((format(printf, 2, 3))) static void
flag(struct settling *s, const char *fmt, ...)
{
	va_list ap;

	if (s->flagged[0] != '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(s->flagged, sizeof(s->flagged), fmt, ap);
	va_end(ap);
}

/* Is it ours to book? */

static enum err
check_account(struct store *st, const struct settling *s)
{
	struct query q = query_begin(st, SQL_GATEWAY_HAS_ACCOUNT);
	int64_t n = 0;
	enum err err;

	query_bind_text(&q, s->r->account);
	while (query_row(&q))
		n = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	/* A checkout of before the tenant's account became another one. */
	if (n == 0 && (!s->known || strcmp(s->c.account, s->r->account) != 0)) {
		log_warn("checkout: %s is not paid to tenant %" PRId64,
		    s->r->intent, s->r->tenant);
		return ERR_DENIED;
	}
	return ERR_NONE;
}

static enum err
seen_before(struct store *st, const struct settling *s, bool *seen)
{
	struct query q = query_begin(st, SQL_GATEWAY_PAYMENT_GET);
	bool others = false;
	enum err err;

	*seen = false;
	query_bind_text(&q, s->r->account);
	query_bind_text(&q, s->r->intent);
	while (query_row(&q)) {
		*seen = true;
		others = col_int(&q, 0) != s->r->tenant ||
			 col_int(&q, 1) != s->r->customer;
	}
	if ((err = query_end(&q)) == ERR_NONE && others)
		log_warn("checkout: %s is booked for another customer",
		    s->r->intent);
	return err;
}

/* What it is for. */

static enum err
checkout_read(struct store *st, struct settling *s)
{
	enum err err;

	if (s->r->checkout == 0)
		return ERR_NONE;
	err = checkout_get(st, s->r->checkout, &s->c);
	s->known = err == ERR_NONE;
	return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

static enum err
currency_check(struct store *st, struct settling *s)
{
	struct tenant t;
	enum err err;

	if ((err = tenant_get(st, &t)) != ERR_NONE)
		return err;
	s->foreign = strcmp(t.currency, s->currency) != 0;
	if (s->foreign)
		flag(s, "currency %s, the account's is %s", s->currency,
		    t.currency);
	return ERR_NONE;
}

static enum err
name_invoice(struct store *st, struct settling *s, int64_t invoice)
{
	struct query q = query_begin(st, SQL_BOOKS_BALANCE);
	bool found = false;
	enum err err;

	query_bind_int(&q, invoice);
	while (query_row(&q)) {
		found = true;
		s->named[s->n] = (struct named) {invoice, col_int(&q, 2)};
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (found)
		s->n++;
	else
		flag(s, "invoice %" PRId64 " is not the customer's", invoice);
	return ERR_NONE;
}

static int
older(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->issued_at != y->issued_at)
		return x->issued_at < y->issued_at ? -1 : 1;
	return (x->invoice > y->invoice) - (x->invoice < y->invoice);
}

/* The checkout's invoices; when it is not known here, those that the gateway
 * was told. */
static enum err
name_invoices(struct store *st, struct settling *s)
{
	size_t n = s->known ? s->c.ninvoices : s->r->ninvoices;
	enum err err = ERR_NONE;

	for (size_t i = 0; i < n && i < CHECKOUT_INVOICES && err == ERR_NONE;
	     i++)
		err = name_invoice(st, s,
		    s->known ? s->c.invoices[i].invoice : s->r->invoices[i]);
	qsort(s->named, s->n, sizeof(*s->named), older);
	return err;
}

/* One that is paid or cancelled makes no other invoice: the money is credit. */
static enum err
name_proforma(struct store *st, struct settling *s)
{
	int64_t id = s->known ? s->c.proforma : s->r->proforma;
	struct checkout_due due;
	enum err err;

	if (id == 0)
		return ERR_NONE;
	err = proforma_due(st, id, &due);
	if (err == ERR_NOT_FOUND) {
		flag(s, "proforma %" PRId64 " is not the customer's", id);
		return ERR_NONE;
	}
	if (err != ERR_NONE)
		return err;
	if (due.cancelled)
		flag(s, "its proforma is cancelled");
	else if (due.balance == 0)
		flag(s, "its proforma is paid already");
	else if (s->r->amount != due.balance)
		flag(s, "%" PRId64 " for a proforma of %" PRId64, s->r->amount,
		    due.balance);
	else
		s->proforma = id;
	return ERR_NONE;
}

static enum err
expect(struct store *st, struct settling *s)
{
	bool other = s->known && (s->r->amount != s->c.amount ||
				     strcmp(s->currency, s->c.currency) != 0);
	enum err err;

	if ((err = currency_check(st, s)) != ERR_NONE)
		return err;
	if (other)
		flag(s, "%" PRId64 " %s, asked for %" PRId64 " %s",
		    s->r->amount, s->currency, s->c.amount, s->c.currency);
	if (s->known && strcmp(s->c.state, "paid") == 0)
		flag(s, "paid twice");
	if (other || s->foreign)
		return ERR_NONE;
	err = name_invoices(st, s);
	return err == ERR_NONE ? name_proforma(st, s) : err;
}

/* Booking. */

/* The books' word for how somebody paid. */
static const char *
method_word(const char *method)
{
	/* clang-format off */
	static const struct {
		const char *gateways, *ours;
	} words[] = {
		{ "card", "card" }, { "sepa", "debit" },
		{ "sepa_debit", "debit" }, { "transfer", "transfer" },
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].gateways, method) == 0)
			return words[i].ours;
	return "other";
}

static enum err
book(struct store *st, struct settling *s, const struct payment_new *in)
{
	struct proforma_paid paid;
	enum err err;

	if (s->proforma == 0)
		return payment_add(st, in, &s->payment);
	err = proforma_pay(st, s->proforma, in, &paid);
	if (err == ERR_NONE)
		s->payment = paid.payment;
	return err;
}

static enum err
pay(struct store *st, struct settling *s)
{
	int64_t now = clock_now(store_clock(st)), ids[CHECKOUT_INVOICES];
	char reference[81];
	struct payment_new in = {
	    .customer = s->r->customer,
	    .kind = "payment",
	    .method = method_word(s->r->method),
	    .reference = reference,
	    .amount = s->r->amount,
	    /* its clock may be ahead of ours */
	    .at = s->r->at > 0 && s->r->at < now ? s->r->at : now,
	    .invoices = ids,
	    .ninvoices = s->n,
	    .status = s->foreign ? "pending" : "succeeded",
	    .currency = s->currency,
	};

	snprintf(reference, sizeof(reference), "%.80s", s->r->intent);
	for (size_t i = 0; i < s->n; i++)
		ids[i] = s->named[i].invoice;
	return book(st, s, &in);
}

static enum err
remember(struct store *st, const struct settling *s)
{
	struct query q = query_begin(st, SQL_GATEWAY_PAYMENT_INSERT);
	int64_t changes = 0;
	enum err err;

	query_bind_text(&q, s->r->account);
	query_bind_text(&q, s->r->intent);
	query_bind_int(&q, s->payment);
	query_bind_int(&q, s->known ? s->c.id : 0);
	query_bind_text(&q, s->flagged);
	query_bind_int(&q, clock_now(store_clock(st)));
	err = query_run(&q, &changes);
	return err == ERR_NONE && changes == 0 ? ERR_CONFLICT : err;
}

static enum err
close_checkout(struct store *st, const struct settling *s)
{
	struct query q;

	if (!s->known)
		return ERR_NONE;
	q = query_begin(st, SQL_CHECKOUT_PAID);
	query_bind_int(&q, s->c.id);
	query_bind_int(&q, s->payment);
	query_bind_text(&q, s->foreign ? "failed" : "paid");
	query_bind_text(&q,
	    s->foreign ? N_("Your payment came in another currency. We have "
			    "it and will look into it: please do not pay "
			    "again.")
		       : "");
	query_bind_int(&q, clock_now(store_clock(st)));
	return query_run(&q, NULL);
}

static enum err
end_other(struct store *st, int64_t id)
{
	struct checkout c;
	enum err err;

	if (id == 0 || (err = checkout_get(st, id, &c)) != ERR_NONE)
		return id == 0 ? ERR_NONE : err;
	return strcmp(c.state, "wanted") == 0
		   ? checkout_drop(st, &c, N_("Paid already."))
		   : ERR_NONE;
}

/* Nobody shall pay once more what is paid now.  The books have ended pages;
 * what has taken the place of this one was not sent before it has ended, even
 * if it is a charge. */
static enum err
end_others(struct store *st, const struct settling *s)
{
	int64_t id;
	enum err err = ERR_NONE;

	if (!s->known || strcmp(s->c.state, "cancelling") != 0)
		return ERR_NONE;
	for (size_t i = 0; i < s->n && err == ERR_NONE; i++) {
		err = checkout_claimed_by(st, s->named[i].invoice, &id);
		if (err == ERR_NONE)
			err = end_other(st, id);
	}
	if (err != ERR_NONE || s->proforma == 0)
		return err;
	err = proforma_claimed_by(st, s->proforma, &id);
	return err == ERR_NONE ? end_other(st, id) : err;
}

static enum err
settle(struct store *st, void *arg)
{
	const struct received *r = ((const struct settling *)arg)->r;
	struct settling *s = arg;
	bool seen;
	enum err err;

	/* It may be run again. */
	*s = (struct settling) {.r = r};
	if ((err = currency_parse(s->currency, r->currency)) != ERR_NONE ||
	    (err = checkout_read(st, s)) != ERR_NONE ||
	    (err = check_account(st, s)) != ERR_NONE ||
	    (err = seen_before(st, s, &seen)) != ERR_NONE || seen)
		return err;
	/* Its own claims first: the books end whatever else asks for this. */
	if ((err = expect(st, s)) != ERR_NONE ||
	    (s->known && (err = checkout_unclaim(st, s->c.id)) != ERR_NONE) ||
	    (err = pay(st, s)) != ERR_NONE ||
	    (err = remember(st, s)) != ERR_NONE ||
	    (err = close_checkout(st, s)) != ERR_NONE ||
	    (err = end_others(st, s)) != ERR_NONE)
		return err;
	if (s->flagged[0] != '\0')
		log_warn("checkout: %s: %s", s->r->intent, s->flagged);
	s->fresh = true;
	return ERR_NONE;
}

static bool
is_money(const struct received *r)
{
	return r->amount > 0 && r->amount <= MONEY_LIMIT &&
	       r->intent[0] != '\0';
}

enum err
checkout_settle(struct store *st, const struct received *r, bool *fresh)
{
	struct identity was = *store_identity(st), id = was;
	struct settling s = {.r = r};
	enum err err;

	if (was.role != ROLE_SYSTEM || was.tenant == 0 ||
	    was.tenant != r->tenant || r->customer == 0)
		return ERR_DENIED;
	if (!is_money(r))
		return ERR_BAD_INPUT;
	id.customer = r->customer;
	id.login = 0;
	store_become(st, &id);
	err = store_transaction(st, settle, &s);
	store_become(st, &was);
	if (err == ERR_NONE)
		*fresh = s.fresh;
	return err;
}

/*
 * Booking what was given back.  What each refund and dispute of a payment
 * counts follows from all of them, so it does not matter in which order they
 * come.
 */
#include "data/refund.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/text.h"
#include "data/audit.h"
#include "data/books.h"
#include "data/input.h"
#include "data/ledger.h"
#include "data/settle.h"

enum { PAGE = 64 };

/* The payment, and all that was given back of it. */
struct giving {
	int64_t payment, amount, at, unapplied;
	char currency[CURRENCY_SIZE];
	char receipt[33];
	bool arrived; /* it is in the books */
	struct refund *list;
	size_t n;
};

/* ---- reading ---- */

static enum err
payment_read(struct books *b, struct giving *g)
{
	struct query q = query_begin(b->st, SQL_REFUND_OF);
	bool found = false;
	enum err err;

	query_bind_int(&q, g->payment);
	while (query_row(&q)) {
		found = true;
		g->amount = col_int(&q, 0);
		col_copy(&q, 1, g->currency, sizeof(g->currency));
		col_copy(&q, 2, g->receipt, sizeof(g->receipt));
		g->at = col_int(&q, 3);
		g->unapplied = col_int(&q, 4);
		g->arrived = col_int(&q, 5) != 0;
	}
	if ((err = query_end(&q)) == ERR_NONE && !found)
		err = ERR_NOT_FOUND;
	return err;
}

static enum err
list_read(struct books *b, struct giving *g)
{
	free(g->list);
	g->list = NULL;
	g->n = 0;
	return refund_list(b->st, g->payment, &g->list, &g->n);
}

static const struct refund_words *
words_of(const struct refund *r)
{
	return refund_words(r->kind, r->status);
}

static bool
counts(const struct refund *r)
{
	const struct refund_words *w = words_of(r);

	return w != NULL && w->counts;
}

/* ---- taking money from a payment, and giving it again ---- */

struct part {
	int64_t id, amount;
};

static enum err
parts_read(struct books *b, enum sql sql, int64_t payment,
    struct part parts[PAGE], size_t *n)
{
	struct query q = query_begin(b->st, sql);

	*n = 0;
	query_bind_int(&q, payment);
	query_bind_int(&q, PAGE);
	while (query_row(&q) && *n < PAGE)
		parts[(*n)++] = (struct part) {col_int(&q, 0), col_int(&q, 1)};
	return query_end(&q);
}

static enum err
part_move(struct books *b, enum sql sql, int64_t id, int64_t amount)
{
	struct query q = query_begin(b->st, sql);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, id);
	query_bind_int(&q, amount);
	if ((err = query_run(&q, &changes)) == ERR_NONE && changes != 1)
		err = ERR_INTERNAL;
	return err;
}

/* Moves an amount out of what list gives, by move; *left is what there was not.
 */
static enum err
parts_move(struct books *b, int64_t payment, enum sql list, enum sql move,
    int64_t *left)
{
	struct part parts[PAGE];
	int64_t amount;
	size_t n = PAGE;
	enum err err = ERR_NONE;

	while (err == ERR_NONE && *left > 0 && n > 0) {
		err = parts_read(b, list, payment, parts, &n);
		for (size_t i = 0; i < n && err == ERR_NONE && *left > 0; i++) {
			amount = money_min(parts[i].amount, *left);
			*left -= amount;
			err = part_move(b, move, parts[i].id, amount);
		}
	}
	return err;
}

static enum err
take(struct books *b, const struct giving *g, int64_t amount)
{
	int64_t from_credit = money_min(g->unapplied, amount);
	int64_t left = amount - from_credit;
	enum err err;

	b->credit -= from_credit;
	err = parts_move(
	    b, g->payment, SQL_REFUND_SETTLED, SQL_REFUND_TAKE, &left);
	if (err == ERR_NONE && left > 0)
		err = ERR_INTERNAL;
	/* Other money that is there pays what is owed again. */
	if (err == ERR_NONE && b->credit > 0)
		err = settle_all(b);
	return err;
}

static enum err
forget(struct books *b, const struct giving *g)
{
	struct query q = query_begin(b->st, SQL_REFUND_FORGET);

	query_bind_int(&q, g->payment);
	return query_run(&q, NULL);
}

static enum err
give_again(struct books *b, const struct giving *g, int64_t amount)
{
	int64_t left = amount;
	enum err err;

	/* What is not taken from an invoice was credit before. */
	err = parts_move(
	    b, g->payment, SQL_REFUND_TAKEN, SQL_REFUND_UNTAKE, &left);
	b->credit += amount;
	if (err == ERR_NONE)
		err = settle_all(b);
	if (err == ERR_NONE)
		err = forget(b, g);
	return err == ERR_NONE ? settle_restore(b) : err;
}

/* ---- what counts ---- */

static enum err
booked_set(struct books *b, const struct refund *r, int64_t booked)
{
	struct query q = query_begin(b->st, SQL_REFUND_BOOK);

	query_bind_int(&q, r->id);
	query_bind_int(&q, booked);
	return query_run(&q, NULL);
}

/* A refund is of the day it was made, all else of the day we hear of it. */
static int64_t
posted_at(const struct books *b, const struct giving *g, const struct refund *r)
{
	if (r->booked != 0 || strcmp(r->kind, "refund") != 0 || r->at > b->now)
		return b->now;
	return r->at > g->at ? r->at : g->at;
}

static enum err
post(struct books *b, const struct giving *g, const struct refund *r,
    int64_t more)
{
	int64_t at = posted_at(b, g, r);
	enum err err = booked_set(b, r, r->booked + more);

	if (err != ERR_NONE || !g->arrived)
		return err;
	return ledger_post(b, &(struct ledger_entry) {.at = at,
				  .day = day_of_instant(at, b->zone),
				  .kind = r->kind,
				  .reference = g->receipt,
				  .debit = more > 0 ? more : 0,
				  .credit = more < 0 ? -more : 0,
				  .payment = g->payment});
}

static enum err
book(struct books *b, const struct giving *g)
{
	int64_t left = g->amount, net = 0, should;
	enum err err = ERR_NONE;

	for (size_t i = 0; i < g->n && err == ERR_NONE; i++) {
		const struct refund *r = &g->list[i];

		should = counts(r) ? money_min(r->amount, left) : 0;
		left -= should;
		net += should - r->booked;
		if (should < r->amount && counts(r))
			log_warn("refund: %s is more than is left of payment "
				 "%" PRId64,
			    r->ref, g->payment);
		if (should != r->booked)
			err = post(b, g, r, should - r->booked);
	}
	if (err == ERR_NONE && g->arrived && net > 0)
		err = take(b, g, net);
	if (err == ERR_NONE && g->arrived && net < 0)
		err = give_again(b, g, -net);
	if (err == ERR_NONE)
		store_changed(
		    b->st, b->customer, TOPIC_BILLING | TOPIC_ACCOUNT);
	return err;
}

/* ---- writing one down ---- */

static enum err
insert(struct books *b, const struct giving *g, const struct refund *r)
{
	struct query q = query_begin(b->st, SQL_REFUND_INSERT);
	int64_t id = 0;
	enum err err;

	query_bind_int(&q, g->payment);
	query_bind_text(&q, r->account);
	query_bind_text(&q, r->ref);
	query_bind_text(&q, r->kind);
	query_bind_int(&q, r->amount);
	query_bind_text(&q, r->currency);
	query_bind_text(&q, r->status);
	query_bind_text(&q, r->reason);
	query_bind_int(&q, r->at);
	query_bind_int(&q, b->now);
	while (query_row(&q))
		id = col_int(&q, 0);
	if ((err = query_end(&q)) == ERR_NONE && id == 0)
		err = ERR_INTERNAL;
	return err;
}

static enum err
move(struct books *b, const struct refund *was, const struct refund *r)
{
	struct query q = query_begin(b->st, SQL_REFUND_MOVE);

	query_bind_int(&q, was->id);
	query_bind_int(&q, r->amount);
	query_bind_text(&q, r->status);
	query_bind_text(&q, r->reason);
	query_bind_int(&q, b->now);
	return query_run(&q, NULL);
}

static const struct refund *
find(const struct giving *g, const struct refund *r)
{
	for (size_t i = 0; i < g->n; i++)
		if (strcmp(g->list[i].account, r->account) == 0 &&
		    strcmp(g->list[i].ref, r->ref) == 0)
			return &g->list[i];
	return NULL;
}

/* Is that known already, or was it said before what is known? */
static bool
is_stale(const struct refund *was, const struct refund *r)
{
	const struct refund_words *old = words_of(was), *new = words_of(r);

	if (old != NULL && new->step < old->step)
		return true;
	return was->amount == r->amount && strcmp(was->status, r->status) == 0;
}

static enum err
write_down(
    struct books *b, struct giving *g, const struct refund *r, bool *fresh)
{
	const struct refund *was;
	enum err err;

	if ((err = list_read(b, g)) != ERR_NONE)
		return err;
	if ((was = find(g, r)) != NULL && is_stale(was, r))
		return ERR_NONE;
	err = was != NULL ? move(b, was, r) : insert(b, g, r);
	if (err == ERR_NONE)
		err = list_read(b, g);
	if (err == ERR_NONE)
		err = book(b, g);
	*fresh = err == ERR_NONE;
	return err;
}

/* ---- what a gateway says ---- */

struct settling {
	const struct refund_new *in;
	struct refund r;
	int64_t customer, payment;
	bool fresh;
};

/* Gateways write "requested_by_customer".  One word of theirs is an accusation,
 * which is not for the customer. */
static void
reason_read(char dst[REFUND_REASON], const char *src)
{
	if (strcmp(src, "fraudulent") == 0)
		src = "";
	(void)text_clean(dst, REFUND_REASON, src, strlen(src), TEXT_LINE);
	for (char *s = dst; (s = strchr(s, '_')) != NULL; s++)
		*s = ' ';
}

static enum err
new_read(struct settling *s)
{
	const struct refund_new *in = s->in;
	struct refund *r = &s->r;

	if (refund_words(in->kind, in->status) == NULL || in->amount <= 0 ||
	    in->amount > MONEY_LIMIT || in->ref[0] == '\0' ||
	    strlen(in->ref) >= sizeof(r->ref) ||
	    strlen(in->account) >= sizeof(r->account))
		return ERR_BAD_INPUT;
	*r = (struct refund) {.amount = in->amount, .at = in->at};
	if (currency_parse(r->currency, in->currency) != ERR_NONE)
		return ERR_BAD_INPUT;
	strcpy(r->account, in->account);
	strcpy(r->ref, in->ref);
	strcpy(r->kind, in->kind);
	strcpy(r->status, in->status);
	reason_read(r->reason, in->reason);
	return ERR_NONE;
}

static enum err
settle_entry(struct books *b, void *arg)
{
	struct settling *s = arg;
	struct giving g = {.payment = s->payment};
	enum err err;

	if ((err = payment_read(b, &g)) == ERR_NONE)
		err = strcmp(g.currency, s->r.currency) != 0
			  ? ERR_BAD_INPUT
			  : write_down(b, &g, &s->r, &s->fresh);
	free(g.list);
	return err;
}

static enum err
settle(struct store *st, void *arg)
{
	struct settling *s = arg;
	struct query q = query_begin(st, SQL_REFUND_PAYMENT);
	enum err err;

	/* It may be run again. */
	s->customer = s->payment = 0;
	s->fresh = false;
	query_bind_text(&q, s->in->account);
	query_bind_text(&q, s->in->intent);
	while (query_row(&q)) {
		s->customer = col_int(&q, 0);
		s->payment = col_int(&q, 1);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (s->payment == 0)
		return ERR_NOT_FOUND;
	return books_enter(st, s->customer, settle_entry, s);
}

enum err
refund_settle(struct store *st, const struct refund_new *in, bool *fresh)
{
	struct settling s = {.in = in};
	enum err err;

	if (store_identity(st)->role != ROLE_SYSTEM ||
	    store_identity(st)->tenant == 0)
		return ERR_DENIED;
	if ((err = new_read(&s)) != ERR_NONE ||
	    (err = store_transaction(st, settle, &s)) != ERR_NONE)
		return err;
	*fresh = s.fresh;
	return ERR_NONE;
}

/* ---- by hand ---- */

struct by_hand {
	const struct refund_hand *in;
	char number[33];
};

static int64_t
left_of(const struct giving *g)
{
	int64_t left = g->amount;

	for (size_t i = 0; i < g->n; i++)
		left -= g->list[i].booked;
	return left;
}

static enum err
hand_check(struct books *b, const struct giving *g, const struct refund *r)
{
	if (!g->arrived)
		return store_refuse(
		    b->st, "receipt", N_("This money has not arrived."));
	if (r->amount <= 0)
		return store_refuse(
		    b->st, "amount", N_("The amount must be more than zero."));
	if (r->amount > left_of(g))
		return store_refuse(b->st, "amount",
		    N_("That is more than is left of this payment."));
	if (day_of_instant(r->at, b->zone) < day_of_instant(g->at, b->zone))
		return store_refuse(
		    b->st, "date", N_("The payment had not arrived then."));
	if (r->at > b->now)
		return store_refuse(b->st, "date",
		    N_("Money cannot have been given back after today."));
	return ERR_NONE;
}

static enum err
hand_write(
    struct books *b, struct giving *g, struct refund *r, struct by_hand *h)
{
	bool fresh;
	enum err err;

	if ((err = payment_read(b, g)) != ERR_NONE)
		return err;
	if (h->in->unused)
		r->amount = g->unapplied;
	if ((err = list_read(b, g)) != ERR_NONE ||
	    (err = input_line(b->st, "reason", r->reason, sizeof(r->reason),
		 h->in->reason)) != ERR_NONE ||
	    (err = hand_check(b, g, r)) != ERR_NONE ||
	    (err = books_number(b, SERIES_REFUND,
		 day_of_instant(r->at, b->zone), h->number)) != ERR_NONE)
		return err;
	strcpy(r->ref, h->number);
	memcpy(r->currency, g->currency, sizeof(r->currency));
	if ((err = write_down(b, g, r, &fresh)) != ERR_NONE)
		return err;
	return audit_write(b->st, &(struct audit) {.action = "refund"});
}

static enum err
hand_entry(struct books *b, void *arg)
{
	struct by_hand *h = arg;
	struct giving g = {.payment = h->in->payment};
	struct refund r = {.kind = "refund",
	    .status = "by hand",
	    .amount = h->in->amount,
	    .at = h->in->at != 0 ? h->in->at : b->now};
	enum err err = hand_write(b, &g, &r, h);

	free(g.list);
	return err;
}

enum err
refund_add(struct store *st, const struct refund_hand *in, char number[33])
{
	struct by_hand h = {.in = in};
	enum err err = books_enter(st, in->customer, hand_entry, &h);

	if (err == ERR_NONE)
		memcpy(number, h.number, sizeof(h.number));
	return err;
}

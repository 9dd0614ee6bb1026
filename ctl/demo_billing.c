/*
 * The demo's invoices and payments, entered in the order they happened, as a
 * real provider would have: numbers and the ledger come out as they should.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ctl/demo.h"
#include "data/books.h"
#include "data/service.h"

enum {
	DUE_DAYS = 14,
	ITEMS_MAX = 64,
	EVENTS_MAX = 3 * ITEMS_MAX,
	TEXT_MAX = 160,
	NEWEST_AGO = 8,    /* the last monthly invoice */
	VOICE_MONTHS = 17, /* how long the demo has had a voice line */
	NOON = 12 * 3600,
};

/* An invoice and what became of it. */
struct item {
	int64_t issued_on, due_on, supply_from, supply_to;
	struct invoice_line lines[2];
	size_t nlines;
	int64_t paid; /* 0: what is left to pay */
	const char *method, *status, *reference;
	int64_t id;
};

/* Something that happened on a day. */
struct event {
	int64_t day;
	enum {
		EVENT_ISSUE,
		EVENT_CREDIT,
		EVENT_FAIL,
		EVENT_PAY,
		EVENT_CANCEL
	} type;
	size_t order;
	struct item *item;
	int64_t amount;
	const char *reference;
};

struct story {
	struct ctl *c;
	const struct demo_customer *who;
	int64_t customer, today;
	struct plan plan, voice;
	struct item items[ITEMS_MAX];
	size_t nitems;
	struct event events[EVENTS_MAX];
	size_t nevents;
};

static void
event_add(struct story *s, struct event e)
{
	e.order = s->nevents;
	s->events[s->nevents++] = e;
}

static struct item *
item_add(struct story *s, int64_t issued_on, int due_days)
{
	struct item *it = &s->items[s->nitems++];

	it->issued_on = it->supply_from = it->supply_to = issued_on;
	it->due_on = issued_on + due_days;
	it->method = "transfer";
	event_add(s, (struct event) {.day = issued_on, .item = it});
	return it;
}

static struct invoice_line *
line_add(struct item *it, const char *text, int64_t price, int64_t rate)
{
	struct invoice_line *l = &it->lines[it->nlines++];

	snprintf(l->description, sizeof(l->description), "%s", text);
	l->quantity = 1000;
	l->unit_price = price;
	l->tax_rate = rate;
	strcpy(l->tax_category, "S");
	return l;
}

static void
item_pay(struct story *s, struct item *it, int64_t day, const char *method,
    const char *reference)
{
	it->method = method;
	it->reference = reference;
	it->status = strcmp(method, "card") == 0 ? "succeeded" : "completed";
	event_add(
	    s, (struct event) {.day = day, .type = EVENT_PAY, .item = it});
}

/* "Wireless 50/10, May 2026" */
static void
month_line(
    struct item *it, const struct plan *plan, const char *what, int64_t day)
{
	static const char *const months[] = {"January", "February", "March",
	    "April", "May", "June", "July", "August", "September", "October",
	    "November", "December"};
	struct date d = date_from_day(day);
	char text[TEXT_MAX];

	snprintf(
	    text, sizeof(text), "%s, %s %d", what, months[d.month - 1], d.year);
	line_add(it, text, plan->price, plan->tax_rate);
}

/* One month's invoice, so many months before the newest. */
static struct item *
item_month(struct story *s, int ago)
{
	int64_t day = day_add_months(s->today - NEWEST_AGO, -ago);
	struct date first = date_from_day(day);
	struct item *it = item_add(s, day, DUE_DAYS);

	first.day = 1;
	it->supply_from = day_from_date(first);
	it->supply_to = day_add_months(it->supply_from, 1) - 1;
	month_line(it, &s->plan, s->plan.name, day);
	if (s->who->voice != NULL && ago < VOICE_MONTHS)
		month_line(it, &s->voice, s->who->voice, day);
	return it;
}

/* How the months of a customer who pays were paid: mostly by transfer some
 * days after the invoice. */
static void
pay_as_usual(struct story *s, struct item *it, int ago)
{
	int64_t day = it->issued_on + 5 + ago * 5 % 7;

	if (day >= s->today)
		return;
	if (ago % 4 == 0)
		item_pay(s, it, day, "card", "Visa ending in 4242");
	else if (ago % 9 == 5)
		item_pay(s, it, day, "cash", "Paid at the office");
	else
		item_pay(s, it, day, "transfer", "Bank transfer");
}

static void
story_pays(struct story *s)
{
	int ago;

	for (ago = s->who->months - 1; ago >= 0; ago--)
		pay_as_usual(s, item_month(s, ago), ago);
}

static void
story_blocked(struct story *s)
{
	struct item *it;
	int ago;

	for (ago = s->who->months - 1; ago >= 0; ago--) {
		it = item_month(s, ago);
		if (ago > 2)
			item_pay(s, it, it->issued_on + 20, "transfer",
			    "Bank transfer, late");
	}
}

/* What happened besides the months. */
static void
story_extras(struct story *s)
{
	int64_t today = s->today;
	struct item *it;

	it = item_add(s, today - 420, DUE_DAYS);
	line_add(it, "Voice line, set up twice by mistake", 2500, 2000);
	event_add(s, (struct event) {
			 .day = today - 417, .type = EVENT_CANCEL, .item = it});

	it = item_add(s, today - 265, DUE_DAYS);
	line_add(it, "Router RB-52 with wall mount", 8250, 2000);
	line_add(it, "Printed handbook \"Your home network\"", 1200, 1000);
	item_pay(s, it, today - 259, "card", "Visa ending in 4242");

	event_add(s, (struct event) {.day = today - 165,
			 .type = EVENT_CREDIT,
			 .amount = 1000,
			 .reference = "Credit for the outage in the storm"});

	/* Overdue, so that a suspension comes in nine days. */
	it = item_add(s, today - 13, 7);
	line_add(it, "Antenna moved to the North Ridge mast", 4158, 2000);
	event_add(s, (struct event) {.day = today - 7,
			 .type = EVENT_FAIL,
			 .amount = 4990,
			 .item = it,
			 .reference = "Card declined"});

	/* Partly paid, and not due yet. */
	it = item_add(s, today - 4, DUE_DAYS);
	line_add(it, "Cabling in the barn office, 4 outlets", 1800, 2000)
	    ->quantity = 4000;
	it->paid = 4000;
	item_pay(s, it, today - 2, "cash", "Paid to the technician");
}

static void
story_full(struct story *s)
{
	struct item *it;
	int ago;

	for (ago = s->who->months - 1; ago >= 0; ago--) {
		it = item_month(s, ago);
		if (ago > 0)
			pay_as_usual(s, it, ago);
	}
	story_extras(s);
}

static int
event_compare(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static int64_t
event_instant(const struct story *s, const struct event *e)
{
	/* Not all at the same minute. */
	return day_start(e->day, s->c->tenant.zone) + NOON +
	       (int64_t)(e->order * 947 % 14400) - 7200;
}

static enum err
event_issue(struct books *b, struct event *e)
{
	struct item *it = e->item;

	return books_issue(b,
	    &(struct invoice_new) {.customer = b->customer,
		.issued_on = it->issued_on,
		.due_on = it->due_on,
		.supply_from = it->supply_from,
		.supply_to = it->supply_to,
		.lines = it->lines,
		.nlines = it->nlines},
	    &it->id, NULL);
}

/* What is left to pay of an invoice. */
static enum err
item_balance(struct books *b, const struct item *it, int64_t *out)
{
	struct invoice inv;
	enum err err;

	if ((err = invoice_get(b->st, NULL, it->id, b->today, &inv)) !=
	    ERR_NONE)
		return err;
	*out = inv.balance;
	invoice_release(&inv);
	return ERR_NONE;
}

static enum err
event_money(struct story *s, struct books *b, struct event *e)
{
	struct payment_new in = {
	    .customer = b->customer,
	    .kind = e->type == EVENT_CREDIT ? "credit" : "payment",
	    .method = e->type == EVENT_CREDIT ? "credit" : "card",
	    .status = e->type == EVENT_FAIL ? "failed" : "completed",
	    .reference = e->reference,
	    .amount = e->amount,
	    .at = event_instant(s, e),
	    .invoice = e->item != NULL ? e->item->id : 0,
	};
	enum err err;

	if (e->type == EVENT_PAY) {
		in.method = e->item->method;
		in.status = e->item->status;
		in.reference = e->item->reference;
		in.amount = e->item->paid;
		if (in.amount == 0 &&
		    (err = item_balance(b, e->item, &in.amount)) != ERR_NONE)
			return err;
	}
	return books_receive(b, &in, NULL);
}

static enum err
event_cancel(struct story *s, struct books *b, struct event *e)
{
	int64_t now = b->now, today = b->today;
	enum err err;

	b->now = event_instant(s, e);
	b->today = e->day;
	err = books_cancel(b, e->item->id);
	b->now = now;
	b->today = today;
	return err;
}

static enum err
story_tell(struct story *s)
{
	struct books b;
	enum err err;
	size_t i;

	qsort(s->events, s->nevents, sizeof(s->events[0]), event_compare);
	if ((err = books_open(&b, s->c->st, s->customer)) != ERR_NONE)
		return err;
	for (i = 0; i < s->nevents && err == ERR_NONE; i++) {
		struct event *e = &s->events[i];

		if (e->type == EVENT_ISSUE)
			err = event_issue(&b, e);
		else if (e->type == EVENT_CANCEL)
			err = event_cancel(s, &b, e);
		else
			err = event_money(s, &b, e);
	}
	return books_close(&b, err);
}

enum err
demo_billing(struct ctl *c, const struct demo_customer *who, int64_t customer)
{
	struct story *s;
	enum err err;

	if (who->billing == DEMO_NO_BILLING)
		return ERR_NONE;
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return ERR_NOMEM;
	s->c = c;
	s->who = who;
	s->customer = customer;
	s->today = ctl_today(c);
	err = demo_plan(c, who->plan, &s->plan);
	if (err == ERR_NONE && who->voice != NULL)
		err = demo_plan(c, "Voice line", &s->voice);
	if (err == ERR_NONE) {
		if (who->billing == DEMO_FULL)
			story_full(s);
		else if (who->billing == DEMO_BLOCKED)
			story_blocked(s);
		else
			story_pays(s);
		err = story_tell(s);
	}
	free(s);
	return err;
}

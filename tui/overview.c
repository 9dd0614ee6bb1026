/*
 * The overview: what is due, then a block for everything else; the blocks
 * scroll as one, and each block's title opens its full list.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "data/listing.h"
#include "data/service.h"
#include "tui/page.h"
#include "tui/screens.h"
#include "tui/sentences.h"
#include "tui/specs.h"
#include "tui/table_layout.h"
#include "tui/ticket_acts.h"

struct overview {
	struct page page;
};

enum { READ_AHEAD = 4, NEWS_ROWS = 2, BLOCK_TEXT = 512, STATE_WIDTH = 10,
	SINCE_WIDTH = 17 };

/* At most so many rows of each block, on a usual and on a tall screen. */
static const size_t most_rows[BLOCK_COUNT][2] = {
	[BLOCK_INVOICES] = { 4, 12 },
	[BLOCK_SERVICES] = { 3, 10 },
	[BLOCK_TICKETS] = { 2, 8 },
	[BLOCK_SUBSCRIPTIONS] = { 2, 8 },
	[BLOCK_PAYMENTS] = { 2, 6 },
};

struct build {
	struct page *page;
	const struct session *s;
	size_t rows;
	bool narrow;
};

static const struct target tab_billing = { TARGET_TAB, TAB_BILLING };
static const struct target tab_services = { TARGET_TAB, TAB_SERVICES };
static const struct target tab_tickets = { TARGET_TAB, TAB_TICKETS };
static const struct target tab_profile = { TARGET_TAB, TAB_PROFILE };
static const struct target page_payments = { TARGET_PAGE, BILLING_PAYMENTS };

static void
title(struct build *b, const char *name, const char *rest, struct target t)
{
	struct row r;

	row_init(&r);
	row_add(&r, name);
	if (rest[0] != '\0')
		row_addf(&r, "  %s", rest);
	page_row(b->page, &r, t);
}

/* The first rows of a listing that pass a filter, under a title that stands in
 * its head. */
static enum err
block_table(struct build *b, const struct table_spec *spec, size_t filter,
    size_t count, const char *name, struct target t)
{
	struct table table;
	size_t want = count < b->rows ? count : b->rows;
	enum err err = table_open(&table, b->s, spec,
	    want + READ_AHEAD);

	if (err == ERR_NONE)
		err = table_filter(&table, filter, want);
	if (err == ERR_NONE && table.list.n > 0) {
		struct row r;

		table.title = name;
		layout_columns(&table, page_cols(b->page), b->narrow);
		row_init(&r);
		if (b->narrow)
			row_add(&r, name);
		else
			layout_head(&table, &r);
		page_row(b->page, &r, t);
	}
	for (size_t i = 0; err == ERR_NONE && i < table.list.n && i < want;
	     i++) {
		struct target to = table.list.ops->target(&table.list, i);
		struct row first, second;

		row_init(&first);
		row_init(&second);
		if (b->narrow)
			spec->narrow(&table, table.order[i], &first, &second);
		else
			layout_row(&table, table.order[i], &first);
		page_row(b->page, &first, to);
		if (b->narrow)
			page_row(b->page, &second,
			    (struct target) { TARGET_NONE, 0 });
	}
	table_release(&table);
	return err;
}

static enum err
block_summary(struct build *b)
{
	say_balance(b->page, b->s);
	say_next_payment(b->page, b->s);
	say_suspension(b->page, b->s);
	if (b->s->settings.welcome[0] != '\0')
		page_text(b->page, false, b->s->settings.welcome);
	page_blank(b->page);
	return ERR_NONE;
}

static enum err
block_invoices(struct build *b)
{
	if (b->s->account.open_invoices == 0)
		return ERR_NONE;
	return block_table(b, &spec_invoices, FILTER_INVOICES_OPEN,
	    (size_t)b->s->account.open_invoices, _("UNPAID INVOICES"),
	    tab_billing);
}

static void
service_row(struct build *b, const struct service *sv)
{
	int w = page_cols(b->page);
	bool online = strcmp(sv->status, "Online") == 0;
	char since[DATE_SIZE];
	struct row r;

	row_init(&r);
	if (b->narrow) {
		int state = w < STATE_WIDTH * 2 ? w / 2 : STATE_WIDTH;

		row_left(&r, 0, w - state - 1, sv->description);
		row_left(&r, w - state, state, word_text(sv->status));
	} else {
		int at = w - STATE_WIDTH - SINCE_WIDTH - 2;

		row_left(&r, 0, at - 2, sv->description);
		row_left(&r, at, STATE_WIDTH, word_text(sv->status));
		if (online)
			instant_text(since, sv->online_at, b->s->tenant.zone);
		else
			day_text(since, sv->since);
		row_left(&r, w - SINCE_WIDTH, SINCE_WIDTH, since);
	}
	page_row(b->page, &r, (struct target) { TARGET_SERVICE, sv->id });
}

static enum err
block_services(struct build *b)
{
	struct service *list = NULL;
	size_t n = 0;
	char count[BLOCK_TEXT];
	int w = page_cols(b->page);
	struct row r;
	enum err err = service_list(b->s->store, &list, &n);

	if (err != ERR_NONE)
		return err;
	snprintf(count, sizeof(count), _("%lld active of %lld"),
	    (long long)b->s->account.services_active,
	    (long long)b->s->account.services);
	row_init(&r);
	row_addf(&r, "%s  %s", _("SERVICES"),
	    n > 0 ? count : _("none yet; t asks for one"));
	if (!b->narrow && n > 0) {
		row_left(&r, w - STATE_WIDTH - SINCE_WIDTH - 2, STATE_WIDTH,
		    _("STATE"));
		row_left(&r, w - SINCE_WIDTH, SINCE_WIDTH, _("SINCE"));
	}
	page_row(b->page, &r, tab_services);
	for (size_t i = 0; i < n && i < b->rows; i++)
		service_row(b, &list[i]);
	free(list);
	return ERR_NONE;
}

/* "1 open, 1 waits for you" */
static void
ticket_count(const struct account *a, char dst[BLOCK_TEXT])
{
	int n = snprintf(dst, BLOCK_TEXT, _("%lld open"),
	    (long long)a->tickets_open);

	if (a->tickets_waiting > 0)
		snprintf(dst + n, BLOCK_TEXT - (size_t)n,
		    ngettext(", %lld waits for you", ", %lld wait for you",
			(unsigned long)a->tickets_waiting),
		    (long long)a->tickets_waiting);
}

static enum err
block_tickets(struct build *b)
{
	const struct account *a = &b->s->account;
	char count[BLOCK_TEXT], name[2 * BLOCK_TEXT];

	if (a->tickets_open == 0) {
		title(b, _("TICKETS"), _("none open; t opens one"),
		    tab_tickets);
		return ERR_NONE;
	}
	ticket_count(a, count);
	snprintf(name, sizeof(name), "%s  %s", _("TICKETS"), count);
	return block_table(b, &spec_tickets, FILTER_TICKETS_OPEN,
	    (size_t)a->tickets_open, name, tab_tickets);
}

/* What happened last, in one line; blank above it, for the tables end here. */
static enum err
block_activity(struct build *b)
{
	const struct account *a = &b->s->account;
	char amount[AMOUNT_SIZE], date[DATE_SIZE];
	struct row r;

	if (!a->has_last_invoice && !a->has_last_payment)
		return ERR_NONE;
	page_blank(b->page);
	row_init(&r);
	if (a->has_last_invoice) {
		session_amount(b->s, amount, a->last_invoice_total);
		day_text_short(date, a->last_invoice_on);
		row_addf(&r, _("LAST INVOICE  %s on %s"), amount, date);
	}
	if (a->has_last_invoice && b->narrow) {
		page_row(b->page, &r, tab_billing);
		row_init(&r);
	}
	if (a->has_last_payment) {
		session_amount(b->s, amount, a->last_payment_amount);
		day_text_short(date, day_of_instant(a->last_payment_at,
		    b->s->tenant.zone));
		if (r.width > 0)
			row_add(&r, "  ");
		row_addf(&r, _("LAST PAYMENT  %s on %s"), amount, date);
	}
	if (r.width > 0)
		page_row(b->page, &r,
		    b->narrow ? page_payments : tab_billing);
	return ERR_NONE;
}

/* A price a month before tax; the tax is named where there is any. */
static void
subscription_row(struct build *b, const struct service *sv)
{
	char amount[AMOUNT_SIZE], price[BLOCK_TEXT];
	int w = page_cols(b->page);
	struct row r;

	session_amount(b->s, amount, sv->price);
	if (sv->tax_rate > 0 && !b->narrow)
		snprintf(price, sizeof(price), _("%s a month, plus VAT"),
		    amount);
	else
		snprintf(price, sizeof(price), _("%s a month"), amount);
	row_init(&r);
	row_left(&r, 0, w - (int)text_width(price) - 2, sv->plan_name);
	row_right(&r, w - (int)text_width(price), (int)text_width(price),
	    price);
	page_row(b->page, &r, (struct target) { TARGET_SERVICE, sv->id });
}

static enum err
block_subscriptions(struct build *b)
{
	struct service *list = NULL;
	size_t n = 0, shown = 0;
	char count[BLOCK_TEXT];
	enum err err;

	if (b->s->account.services_active == 0)
		return ERR_NONE;
	err = service_list(b->s->store, &list, &n);
	if (err != ERR_NONE)
		return err;
	snprintf(count, sizeof(count), _("%lld active"),
	    (long long)b->s->account.services_active);
	title(b, _("SUBSCRIPTIONS"), count, tab_services);
	for (size_t i = 0; i < n && shown < b->rows; i++) {
		if (strcmp(list[i].status, "Active") != 0 &&
		    strcmp(list[i].status, "Online") != 0)
			continue;
		subscription_row(b, &list[i]);
		shown++;
	}
	free(list);
	return ERR_NONE;
}

static enum err
block_payments(struct build *b)
{
	if (b->s->account.payments == 0)
		return ERR_NONE;
	return block_table(b, &spec_payments, 0,
	    (size_t)b->s->account.payments, _("PAYMENTS"), page_payments);
}

static enum err
block_news(struct build *b)
{
	struct news *list = NULL;
	size_t n = 0;
	enum err err = news_list(b->s->store, NEWS_ROWS, &list, &n);

	if (err != ERR_NONE)
		return err;
	for (size_t i = 0; i < n; i++) {
		char date[DATE_SIZE], text[BLOCK_TEXT];

		day_text_short(date, day_of_instant(list[i].at,
		    b->s->tenant.zone));
		snprintf(text, sizeof(text), "%s: %s", date, list[i].title);
		title(b, _("NEWS"), text,
		    (struct target) { TARGET_NEWS, list[i].id });
	}
	free(list);
	return ERR_NONE;
}

static void
contact_row(struct build *b, const char *s)
{
	struct row r;

	if (s[0] == '\0')
		return;
	row_init(&r);
	row_add(&r, s);
	page_row(b->page, &r, (struct target) { TARGET_NONE, 0 });
}

static enum err
block_contact(struct build *b)
{
	const struct customer *c = &b->s->customer;
	char text[BLOCK_TEXT];

	title(b, _("ACCOUNT"), c->number, tab_profile);
	contact_row(b, c->name);
	snprintf(text, sizeof(text), "%s%s%s", c->email,
	    c->phone[0] != '\0' ? "  " : "", c->phone);
	contact_row(b, text);
	snprintf(text, sizeof(text), "%s%s%s %s", c->street,
	    c->street[0] != '\0' ? ", " : "", c->postcode, c->city);
	contact_row(b, text);
	return ERR_NONE;
}

static enum err (*const blocks[BLOCK_COUNT])(struct build *b) = {
	[BLOCK_SUMMARY] = block_summary,
	[BLOCK_INVOICES] = block_invoices,
	[BLOCK_SERVICES] = block_services,
	[BLOCK_TICKETS] = block_tickets,
	[BLOCK_ACTIVITY] = block_activity,
	[BLOCK_SUBSCRIPTIONS] = block_subscriptions,
	[BLOCK_PAYMENTS] = block_payments,
	[BLOCK_NEWS] = block_news,
	[BLOCK_CONTACT] = block_contact,
};

static enum err
overview_open(struct view *v, int64_t arg)
{
	struct overview *o = v->state;

	(void)arg;
	page_init(&o->page);
	return ERR_NONE;
}

static enum err
overview_reload(struct view *v)
{
	struct overview *o = v->state;

	page_stale(&o->page);
	return ERR_NONE;
}

static void
overview_draw(struct view *v, struct canvas *c, struct area a)
{
	struct overview *o = v->state;
	const struct session *s = v->ui->session;
	struct target marked = list_target(&o->page.list);
	struct build b = {
		.page = &o->page,
		.s = s,
		.narrow = ui_narrow(v->ui),
	};
	enum err err = ERR_NONE;

	if (page_begin(&o->page, a.w)) {
		say_state(&o->page, s);
		for (int i = 0; i < BLOCK_COUNT && err == ERR_NONE; i++) {
			b.rows = most_rows[i][c->rows >= UI_TALL];
			if (s->settings.blocks >> i & 1)
				err = blocks[i](&b);
		}
		page_end(&o->page);
		list_mark(&o->page.list, marked);
		if (err != ERR_NONE)
			ui_error(v->ui, err);
	}
	page_draw(&o->page, c, a);
}

static bool
overview_act(struct view *v, enum action act)
{
	struct overview *o = v->state;
	struct target t = list_target(&o->page.list);

	switch (act) {
	case ACT_PAY:
		ui_push(v->ui, &screen_pay,
		    t.kind == TARGET_INVOICE ? t.id : 0);
		return true;
	case ACT_VIEW:
		if (t.kind == TARGET_INVOICE)
			ui_push(v->ui, &screen_paper, t.id);
		return true;
	case ACT_DOWNLOAD:
		if (t.kind == TARGET_INVOICE)
			ui_push(v->ui, &screen_fetch_invoice, t.id);
		else if (t.kind == TARGET_PAYMENT)
			ui_push(v->ui, &screen_fetch_receipt, t.id);
		return true;
	case ACT_REPLY:
	case ACT_CLOSE:
		if (t.kind == TARGET_TICKET)
			ticket_act(v->ui, act, t.id);
		return true;
	default:
		return false;
	}
}

static struct list *
overview_list(struct view *v)
{
	struct overview *o = v->state;

	return &o->page.list;
}

static void
overview_close(struct view *v)
{
	struct overview *o = v->state;

	page_release(&o->page);
}

/* clang-format off */
static const struct binding overview_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("open"),
	  N_("Open what is marked; a title opens its full list") },
	{ { 'p' }, ACT_PAY, N_("pay"),
	  N_("How to pay the marked invoice") },
	{ { 'P' }, ACT_PAY_ALL, N_("pay all"),
	  N_("How to pay all that is due") },
	{ { 't' }, ACT_TICKET_NEW, N_("new ticket"),
	  N_("Open a new ticket") },
	{ { 'v' }, ACT_VIEW, NULL,
	  N_("View the marked invoice as text") },
	{ { 'd' }, ACT_DOWNLOAD, NULL,
	  N_("How to download the marked invoice or receipt") },
	{ { 'r' }, ACT_REPLY, NULL,
	  N_("Reply to the marked ticket") },
	{ { 'x' }, ACT_CLOSE, NULL,
	  N_("Close the marked ticket") },
};
/* clang-format on */

const struct screen screen_overview = {
	.name = "overview",
	.title = N_("Overview"),
	.bindings = BINDINGS(overview_rows),
	.state_size = sizeof(struct overview),
	.topics = TOPIC_ACCOUNT | TOPIC_BILLING | TOPIC_SERVICES |
	    TOPIC_TICKETS | TOPIC_NEWS,
	.open = overview_open,
	.reload = overview_reload,
	.draw = overview_draw,
	.act = overview_act,
	.list = overview_list,
	.close = overview_close,
};

/*
 * What is due, then a block for everything else.  Each block reads what it
 * shows and no more.
 */
#include "tui/overview_blocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "data/document.h"
#include "data/listing.h"
#include "data/prepaid.h"
#include "tui/contact.h"
#include "tui/methods.h"
#include "tui/screens.h"
#include "tui/sentences.h"
#include "tui/specs.h"
#include "tui/table_layout.h"

enum {
	READ_AHEAD = 4,
	NEWS_ROWS = 2,
	BLOCK_TEXT = 512,
	STATE_WIDTH = 10,
	SINCE_WIDTH = 17
};

/* At most so many rows of each block, on a usual and on a tall screen. */
static const size_t most_rows[BLOCK_COUNT][2] = {
    [BLOCK_INVOICES] = {4, 12},
    [BLOCK_SERVICES] = {3, 10},
    [BLOCK_TICKETS] = {2, 8},
    [BLOCK_SUBSCRIPTIONS] = {2, 8},
    [BLOCK_PAYMENTS] = {2, 6},
    [BLOCK_METHODS] = {2, 6},
};

struct build {
	struct page *page;
	const struct session *s;
	size_t rows;
	bool narrow;
	struct service *services; /* read by the first block that wants them */
	size_t nservices;
};

static const struct target tab_billing = {TARGET_TAB, TAB_BILLING};
static const struct target tab_services = {TARGET_TAB, TAB_SERVICES};
static const struct target tab_tickets = {TARGET_TAB, TAB_TICKETS};
static const struct target tab_profile = {TARGET_TAB, TAB_PROFILE};
static const struct target page_payments = {TARGET_PAGE, BILLING_PAYMENTS};
static const struct target page_proformas = {TARGET_PAGE, BILLING_PROFORMAS};
static const struct target page_methods = {TARGET_PAGE, BILLING_METHODS};

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
	enum err err = table_open(&table, b->s, spec, want + READ_AHEAD);

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
			page_row(
			    b->page, &second, (struct target) {TARGET_NONE, 0});
	}
	table_release(&table);
	return err;
}

static enum err
read_services(struct build *b)
{
	if (b->services != NULL || b->s->account.services == 0)
		return ERR_NONE;
	return service_list(b->s->store, &b->services, &b->nservices);
}

static enum err
block_summary(struct build *b)
{
	int64_t monthly = 0;
	enum err err = read_services(b);

	if (err == ERR_NONE)
		err = prepaid_monthly(b->services, b->nservices, &monthly);
	if (err != ERR_NONE)
		return err;
	say_balance(b->page, b->s);
	say_next_payment(b->page, b->s);
	say_suspension(b->page, b->s);
	say_prepaid(b->page, b->s, monthly);
	if (b->s->settings.welcome[0] != '\0')
		page_text(b->page, false, b->s->settings.welcome);
	page_blank(b->page);
	return ERR_NONE;
}

/* They are to be paid too, though nothing is owed. */
static enum err
unpaid_proformas(struct build *b)
{
	struct document_open open[DOCUMENTS_OPEN];
	size_t n;
	enum err err = document_unpaid(b->s->store, open, &n);

	if (err != ERR_NONE || n == 0)
		return err;
	return block_table(b, &spec_proformas, FILTER_PROFORMAS_OPEN, n,
	    _("UNPAID PROFORMAS"), page_proformas);
}

static enum err
unpaid_invoices(struct build *b)
{
	size_t n = (size_t)b->s->account.open_invoices;
	char name[BLOCK_TEXT];

	if (n == 0)
		return ERR_NONE;
	if (n > b->rows) /* the title opens the others */
		snprintf(name, sizeof(name), _("%zu UNPAID INVOICES"), n);
	else
		snprintf(name, sizeof(name), "%s", _("UNPAID INVOICES"));
	return block_table(
	    b, &spec_invoices, FILTER_INVOICES_OPEN, n, name, tab_billing);
}

static enum err
block_invoices(struct build *b)
{
	enum err err = unpaid_invoices(b);

	return err == ERR_NONE ? unpaid_proformas(b) : err;
}

static void
service_row(struct build *b, const struct service *sv)
{
	int w = page_cols(b->page);
	bool online = strcmp(sv->status, "Online") == 0;
	char since[DATE_SIZE] = ""; /* of another state: not known */
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
		else if (strcmp(sv->status, "Active") == 0)
			day_text(since, sv->since);
		row_left(&r, w - SINCE_WIDTH, SINCE_WIDTH, since);
	}
	page_row(b->page, &r, (struct target) {TARGET_SERVICE, sv->id});
}

static enum err
block_services(struct build *b)
{
	char count[BLOCK_TEXT];
	int w = page_cols(b->page);
	struct row r;
	enum err err = read_services(b);

	if (err != ERR_NONE)
		return err;
	snprintf(count, sizeof(count), _("%lld active of %lld"),
	    (long long)b->s->account.services_active,
	    (long long)b->s->account.services);
	row_init(&r);
	row_addf(&r, "%s  %s", _("SERVICES"),
	    b->nservices > 0 ? count : _("none yet; t asks for one"));
	if (!b->narrow && b->nservices > 0) {
		row_left(&r, w - STATE_WIDTH - SINCE_WIDTH - 2, STATE_WIDTH,
		    _("STATE"));
		row_left(&r, w - SINCE_WIDTH, SINCE_WIDTH, _("SINCE"));
	}
	page_row(b->page, &r, tab_services);
	for (size_t i = 0; i < b->nservices && i < b->rows; i++)
		service_row(b, &b->services[i]);
	return ERR_NONE;
}

/* "1 open, 1 waits for you" */
static void
ticket_count(const struct account *a, char dst[BLOCK_TEXT])
{
	int n = snprintf(
	    dst, BLOCK_TEXT, _("%lld open"), (long long)a->tickets_open);

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
		title(
		    b, _("TICKETS"), _("none open; t opens one"), tab_tickets);
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
		day_text_short(date,
		    day_of_instant(a->last_payment_at, b->s->tenant.zone));
		if (r.width > 0)
			row_add(&r, "  ");
		row_addf(&r, _("LAST PAYMENT  %s on %s"), amount, date);
	}
	if (r.width > 0)
		page_row(b->page, &r, b->narrow ? page_payments : tab_billing);
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
		snprintf(
		    price, sizeof(price), _("%s a month, plus VAT"), amount);
	else
		snprintf(price, sizeof(price), _("%s a month"), amount);
	row_init(&r);
	row_left(&r, 0, w - (int)text_width(price) - 2, sv->plan_name);
	row_right(
	    &r, w - (int)text_width(price), (int)text_width(price), price);
	page_row(b->page, &r, (struct target) {TARGET_SERVICE, sv->id});
}

static enum err
block_subscriptions(struct build *b)
{
	size_t shown = 0;
	char count[BLOCK_TEXT];
	enum err err;

	if (b->s->account.services_active == 0)
		return ERR_NONE;
	err = read_services(b);
	if (err != ERR_NONE)
		return err;
	snprintf(count, sizeof(count), _("%lld active"),
	    (long long)b->s->account.services_active);
	title(b, _("SUBSCRIPTIONS"), count, tab_services);
	for (size_t i = 0; i < b->nservices && shown < b->rows; i++) {
		const struct service *sv = &b->services[i];

		if (strcmp(sv->status, "Active") != 0 &&
		    strcmp(sv->status, "Online") != 0)
			continue;
		subscription_row(b, sv);
		shown++;
	}
	return ERR_NONE;
}

static enum err
block_payments(struct build *b)
{
	if (b->s->account.payments == 0)
		return ERR_NONE;
	return block_table(b, &spec_payments, 0, (size_t)b->s->account.payments,
	    _("PAYMENTS"), page_payments);
}

static enum err
block_methods(struct build *b)
{
	struct method list[METHODS];
	size_t n = 0;
	enum err err = method_list(b->s->store, list, &n);

	if (err != ERR_NONE || n == 0)
		return err;
	methods_head(b->page, _("PAYMENT METHODS"), page_methods, b->narrow);
	methods_rows(b->page, b->s, list, n < b->rows ? n : b->rows, b->narrow);
	return ERR_NONE;
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

		day_text_short(
		    date, day_of_instant(list[i].at, b->s->tenant.zone));
		snprintf(text, sizeof(text), "%s: %s", date, list[i].title);
		title(b, _("NEWS"), text,
		    (struct target) {TARGET_NEWS, list[i].id});
	}
	free(list);
	return ERR_NONE;
}

static enum err
block_contact(struct build *b)
{
	title(b, _("ACCOUNT"), b->s->customer.number, tab_profile);
	contact_rows(b->page, b->s);
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
    [BLOCK_METHODS] = block_methods,
    [BLOCK_NEWS] = block_news,
    [BLOCK_CONTACT] = block_contact,
};

enum err
overview_blocks(struct page *p, const struct session *s, bool narrow, bool tall)
{
	struct build b = {.page = p, .s = s, .narrow = narrow};
	enum err err = ERR_NONE;

	say_state(p, s, false);
	for (int i = 0; i < BLOCK_COUNT && err == ERR_NONE; i++) {
		b.rows = most_rows[i][tall];
		if (s->settings.blocks >> i & 1)
			err = blocks[i](&b);
	}
	free(b.services);
	return err;
}

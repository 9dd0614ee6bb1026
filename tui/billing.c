/* The billing tab and its pages: invoices, payments, transactions, methods. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/document.h"
#include "tui/billing_cards.h"
#include "tui/documents.h"
#include "tui/invoice_page.h"
#include "tui/methods.h"
#include "tui/page.h"
#include "tui/pay.h"
#include "tui/screens.h"
#include "tui/specs.h"
#include "tui/topup.h"

struct billing {
	enum billing_page at;
	struct table table;
	struct page cards;
	struct page detail; /* of the marked invoice, where there is room */
	int64_t detail_of;
	struct autopay autopay;
	struct document_counts documents;
	struct methods methods; /* in place of the table */
};

enum { ROWS_LEAST = 2 }; /* of a list */

struct page_def {
	const char *title; /* N_() */
	const struct table_spec *spec;
};

static const struct page_def pages[BILLING_PAGES] = {
    [BILLING_INVOICES] = {N_("Invoices"), &spec_invoices},
    [BILLING_PAYMENTS] = {N_("Payments"), &spec_payments},
    [BILLING_LEDGER] = {N_("Transactions"), &spec_ledger},
    [BILLING_PROFORMAS] = {N_("Proformas"), &spec_proformas},
    [BILLING_CREDIT_NOTES] = {N_("Credit notes"), &spec_credit_notes},
    [BILLING_METHODS] = {N_("Methods"), NULL},
};

/* How many rows a page's listing has in all, where that is known. */
static int64_t
page_total(
    const struct billing *b, const struct session *s, enum billing_page at)
{
	switch (at) {
	case BILLING_PROFORMAS:
		return b->documents.proformas;
	case BILLING_CREDIT_NOTES:
		return b->documents.credit_notes;
	case BILLING_INVOICES:
		return s->account.invoices;
	case BILLING_PAYMENTS:
		return s->account.payments;
	default:
		return -1;
	}
}

static enum err
billing_read(struct billing *b, struct store *st)
{
	enum err err = autopay_get(st, &b->autopay);

	return err == ERR_NONE ? document_counts(st, &b->documents) : err;
}

/* Each page has the keys that do something on it. */
static const struct screen *
page_screen(const struct billing *b)
{
	switch (b->at) {
	case BILLING_PAYMENTS:
		return &screen_payments;
	case BILLING_LEDGER:
		return &screen_ledger;
	case BILLING_METHODS:
		return b->methods.offered ? &screen_methods
					  : &screen_methods_off;
	default:
		return &screen_billing;
	}
}

static enum err
billing_methods(struct view *v)
{
	struct billing *b = v->state;
	enum err err = methods_read(&b->methods, v->ui->session);

	v->screen = page_screen(b);
	return err;
}

static enum err
billing_show(struct view *v, enum billing_page at)
{
	struct billing *b = v->state;
	enum err err;

	table_release(&b->table);
	b->at = at;
	b->detail_of = 0;
	page_stale(&b->cards);
	v->screen = page_screen(b);
	err = billing_read(b, v->ui->session->store);
	if (err != ERR_NONE || at == BILLING_METHODS)
		return err == ERR_NONE ? billing_methods(v) : err;
	err = table_open(&b->table, v->ui->session, pages[at].spec,
	    (size_t)v->ui->canvas.rows);
	b->table.total = page_total(b, v->ui->session, at);
	return err;
}

static enum err
billing_open(struct view *v, int64_t arg)
{
	struct billing *b = v->state;
	bool known = arg > 0 && arg < BILLING_PAGES;

	page_init(&b->cards);
	page_init(&b->detail);
	page_init(&b->methods.page);
	return billing_show(
	    v, known ? (enum billing_page)arg : BILLING_INVOICES);
}

static enum err
billing_reload(struct view *v)
{
	struct billing *b = v->state;
	enum err err = billing_read(b, v->ui->session->store);

	b->detail_of = 0;
	page_stale(&b->cards);
	if (err != ERR_NONE)
		return err;
	if (b->at == BILLING_METHODS)
		return billing_methods(v);
	b->table.total = page_total(b, v->ui->session, b->at);
	return table_reload(&b->table);
}

/* Few have proformas and credit notes: their pages come with the first. */
static bool
page_shown(const struct billing *b, int i)
{
	return i == (int)b->at ||
	       (i != BILLING_PROFORMAS && i != BILLING_CREDIT_NOTES) ||
	       page_total(b, NULL, (enum billing_page)i) > 0;
}

static int
page_width(const struct billing *b, int i)
{
	return page_shown(b, i) ? (int)text_width(_(pages[i].title)) + 2 : 0;
}

/* "[Invoices] Payments  Transactions"; where there is no room for all of them
 * "<" and ">" stand for the others. */
static void
draw_pages(const struct billing *b, struct canvas *c, struct area a)
{
	int x = 1, end = a.w - 1, first = 0, to_current = 2;

	for (int i = 0; i <= (int)b->at; i++)
		to_current += page_width(b, i);
	for (; first < (int)b->at && to_current > end - 4; first++)
		to_current -= page_width(b, first);
	if (first > 0)
		x += canvas_text(c, a.y, x, 2, ATTR_PLAIN, "< ");
	for (int i = first; i < BILLING_PAGES; i++) {
		char text[TABLE_CELL];
		bool current = i == (int)b->at;
		int more = i + 1 < BILLING_PAGES ? 2 : 0;

		if (!page_shown(b, i))
			continue;
		snprintf(text, sizeof(text), current ? "[%s]" : "%s",
		    _(pages[i].title));
		if (!current && x + (int)text_width(text) + more > end) {
			canvas_text(c, a.y, x, 1, ATTR_PLAIN, ">");
			return;
		}
		x += canvas_text(
		    c, a.y, x, end - x, current ? ATTR_BOLD : ATTR_PLAIN, text);
		x += 2;
	}
}

/* The marked invoice's lines and totals. */
static void
draw_detail(struct view *v, struct canvas *c, struct area a)
{
	struct billing *b = v->state;
	struct target t = list_target(&b->table.list);
	int y = c->cursor_y, x = c->cursor_x;
	struct invoice inv = {0};

	if (t.kind != TARGET_INVOICE)
		return;
	if (b->detail_of != t.id || b->detail.built != a.w) {
		enum err err = invoice_get(v->ui->session->store, NULL, t.id,
		    v->ui->session->today, &inv);

		page_stale(&b->detail);
		page_begin(&b->detail, a.w);
		if (err == ERR_NONE)
			invoice_page(&b->detail, v->ui->session, &inv);
		else
			page_text(&b->detail, false, err_text(err));
		page_end(&b->detail);
		b->detail.list.top = 0;
		b->detail_of = t.id;
		invoice_release(&inv);
	}
	page_draw(&b->detail, c, a);
	canvas_cursor(c, y, x);
}

static void
billing_draw(struct view *v, struct canvas *c, struct area a)
{
	struct billing *b = v->state;
	bool narrow = ui_narrow(v->ui);
	bool roomy = ui_roomy(v->ui) && b->at == BILLING_INVOICES;
	struct area cards = a, list = a, below = a;
	int above = a.h > ROWS_LEAST ? 1 : 0;

	if (above > 0)
		draw_pages(b, c, a);
	cards.y += above;
	cards.h -= above;
	if (b->at == BILLING_METHODS) {
		methods_draw(
		    &b->methods, v->ui->session, &b->autopay, c, cards, narrow);
		return;
	}
	if (page_begin(&b->cards, a.w)) {
		billing_cards(&b->cards, v->ui->session, &b->autopay, narrow);
		page_end(&b->cards);
	}
	/* On a low screen the rows are worth more than what stands above. */
	cards.h = a.h - above - ROWS_LEAST - 1;
	if (cards.h > (int)b->cards.list.n)
		cards.h = (int)b->cards.list.n;
	if (cards.h > 0) {
		page_draw(&b->cards, c, cards);
		above += cards.h;
	}
	list.y += above;
	list.h -= above;
	if (roomy) {
		below.h = list.h / 2;
		list.h -= below.h + 1;
		below.y = list.y + list.h + 1;
		canvas_fill(c, below.y - 1, 0, a.w, '-');
	}
	table_draw(&b->table, c, list, narrow);
	if (b->table.err != ERR_NONE)
		ui_error(v->ui, b->table.err);
	if (roomy)
		draw_detail(v, c, below);
}

static void
turn(struct view *v, int by)
{
	struct billing *b = v->state;
	int at = (int)b->at;
	enum err err;

	do
		at = (at + by + BILLING_PAGES) % BILLING_PAGES;
	while (!page_shown(b, at));
	err = billing_show(v, (enum billing_page)at);
	if (err != ERR_NONE)
		ui_error(v->ui, err);
}

static struct list *
billing_list(struct view *v)
{
	struct billing *b = v->state;

	return b->at == BILLING_METHODS ? &b->methods.page.list
					: &b->table.list;
}

static bool
billing_act(struct view *v, enum action act)
{
	struct billing *b = v->state;
	struct target t = list_target(billing_list(v));
	char said[UI_STATUS] = "";

	if (b->at == BILLING_METHODS &&
	    methods_act(&b->methods, v, &b->autopay, act))
		return true;
	if (b->at != BILLING_METHODS &&
	    table_act(&b->table, act, said, sizeof(said))) {
		ui_say(v->ui, "%s", said);
		return true;
	}
	if (document_act(v->ui, act, t))
		return true;
	switch (act) {
	case ACT_PREV:
	case ACT_NEXT:
		turn(v, act == ACT_NEXT ? 1 : -1);
		return true;
	case ACT_ADD:
		topup_begin(v->ui, &screen_topup, 0);
		return true;
	case ACT_PAY:
		pay_begin(v->ui, t.kind == TARGET_INVOICE ? t.id : 0);
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
	default:
		return false;
	}
}

static void
billing_close(struct view *v)
{
	struct billing *b = v->state;

	table_release(&b->table);
	page_release(&b->cards);
	page_release(&b->detail);
	methods_release(&b->methods);
}

/* clang-format off */
static const struct binding billing_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("open"),
	  N_("Open the marked invoice; a payment opens its invoice") },
	{ { 'p' }, ACT_PAY, N_("pay"),
	  N_("Pay the marked invoice") },
	{ { 'v' }, ACT_VIEW, N_("text"),
	  N_("View the marked invoice as text") },
	{ { 'd' }, ACT_DOWNLOAD, N_("download"),
	  N_("How to download the marked invoice or receipt") },
	{ { K_RIGHT, 'l' }, ACT_NEXT, N_("next page"),
	  N_("Invoices, payments, transactions, methods in turn") },
	{ { 'a' }, ACT_ADD, N_("top up"),
	  N_("Pay in advance, for your balance") },
	{ { 's' }, ACT_SORT, N_("sort"),
	  N_("Sort by the next column") },
	{ { 'f' }, ACT_FILTER, N_("filter"),
	  N_("Show all, open or paid invoices") },
};
static const struct binding payments_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("open"),
	  N_("Open the marked payment, with its invoice") },
	{ { 'p' }, ACT_PAY, N_("pay"),
	  N_("Pay all that is due") },
	{ { 'd' }, ACT_DOWNLOAD, N_("download"),
	  N_("How to download the marked payment's receipt") },
	{ { K_RIGHT, 'l' }, ACT_NEXT, N_("next page"),
	  N_("Invoices, payments, transactions, methods in turn") },
	{ { 's' }, ACT_SORT, N_("sort"),
	  N_("Sort by the next column") },
	{ { 'a' }, ACT_ADD, N_("top up"),
	  N_("Pay in advance, for your balance") },
};
static const struct binding ledger_rows[] = {
	{ { 'p' }, ACT_PAY, N_("pay"),
	  N_("Pay all that is due") },
	{ { K_RIGHT, 'l' }, ACT_NEXT, N_("next page"),
	  N_("Invoices, payments, transactions, methods in turn") },
	{ { 'a' }, ACT_ADD, N_("top up"),
	  N_("Pay in advance, for your balance") },
	{ { 's' }, ACT_SORT, N_("sort"),
	  N_("Sort by the next column") },
};
static const struct binding methods_off_rows[] = {
	{ { 'P' }, ACT_PAY_ALL, N_("pay all"),
	  N_("How to pay all that is due") },
	{ { K_RIGHT, 'l' }, ACT_NEXT, N_("next page"),
	  N_("Invoices, payments, transactions, methods in turn") },
	{ { 'm' }, ACT_DEFAULT, NULL,
	  N_("Make the marked one the default") },
	{ { 'x' }, ACT_CLOSE, NULL,
	  N_("Remove the marked one; asks first") },
	{ { 'A' }, ACT_AUTOPAY, NULL,
	  N_("Turn automatic payment on, after asking, or off") },
};
static const struct binding methods_bindings[] = {
	{ { 'a' }, ACT_ADD, N_("add"),
	  N_("Save a card or account, by a QR or a link") },
	{ { 'm' }, ACT_DEFAULT, N_("default"),
	  N_("Make the marked one the default") },
	{ { 'x' }, ACT_CLOSE, N_("remove"),
	  N_("Remove the marked one; asks first") },
	{ { 'A' }, ACT_AUTOPAY, N_("automatic payment"),
	  N_("Turn automatic payment on, after asking, or off") },
	{ { 'w' }, ACT_PAY_SAVED, N_("pay all with it"),
	  N_("Pay all that is due with the marked one, after asking") },
	{ { K_RIGHT, 'l' }, ACT_NEXT, NULL,
	  N_("Invoices, payments, transactions, methods in turn") },
};
/* clang-format on */

#define BILLING_PAGE                                                           \
	.state_size = sizeof(struct billing),                                  \
	.topics = TOPIC_ACCOUNT | TOPIC_BILLING, .open = billing_open,         \
	.reload = billing_reload, .draw = billing_draw, .act = billing_act,    \
	.list = billing_list, .close = billing_close

const struct screen screen_billing = {
    .name = "billing",
    .title = N_("Billing"),
    .bindings = BINDINGS(billing_rows),
    BILLING_PAGE,
};

const struct screen screen_payments = {
    .name = "payments",
    .title = N_("Payments"),
    .bindings = BINDINGS(payments_rows),
    BILLING_PAGE,
};

const struct screen screen_ledger = {
    .name = "transactions",
    .title = N_("Transactions"),
    .bindings = BINDINGS(ledger_rows),
    BILLING_PAGE,
};

const struct screen screen_methods_off = {
    .name = "methods off",
    .title = N_("Saved payment methods where paying by card is not open"),
    .bindings = BINDINGS(methods_off_rows),
    BILLING_PAGE,
};

const struct screen screen_methods = {
    .name = "methods",
    .title = N_("Saved payment methods"),
    .bindings = BINDINGS(methods_bindings),
    BILLING_PAGE,
};

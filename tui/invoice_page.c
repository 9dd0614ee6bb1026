/* One invoice: what was billed, what tax it bears, what was paid on it. */
#include "tui/invoice_page.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "data/listing.h"
#include "export/paper_text.h"

enum {
	QTY = 5,
	UNIT = 10,
	TAX = 7,
	AMOUNT = 12,
	GAP = 1,
	TEXT = 512,
	NUMBER = 48,
	DESCRIPTION = 16, /* at least, beside all columns */
	NARROW = 56,
	PAPER_MAX = 1 << 20
};

/* 1000 -> "1", 1500 -> "1.5", 2500 basis points -> "25". */
static void
decimal(char dst[NUMBER], int64_t value, int digits)
{
	int64_t unit = 1;
	size_t n;

	for (int i = 0; i < digits; i++)
		unit *= 10;
	snprintf(dst, NUMBER, "%s%lld.%0*lld", value < 0 ? "-" : "",
	    (long long)(value < 0 ? -(value / unit) : value / unit), digits,
	    (long long)(value < 0 ? -(value % unit) : value % unit));
	for (n = strlen(dst); n > 0 && dst[n - 1] == '0'; n--)
		dst[n - 1] = '\0';
	if (n > 0 && dst[n - 1] == '.')
		dst[n - 1] = '\0';
}

void
invoice_page_head(
    struct page *p, const char *title, const char *status, bool bold)
{
	int room = p->width - 2, w = (int)text_width(status);
	struct row r;

	row_init(&r);
	row_add(&r, title);
	if (r.width + w + 2 > room) {
		page_line(p, &r);
		row_init(&r);
	} else {
		row_to(&r, room - w);
	}
	if (bold)
		row_bold(&r);
	row_add(&r, status);
	if (bold)
		row_plain(&r);
	page_line(p, &r);
}

static void
head(struct page *p, const struct invoice *inv)
{
	char issued[DATE_SIZE], due[DATE_SIZE], since[DATE_SIZE];
	char status[TEXT], number[TEXT];

	day_text(issued, inv->issued_on);
	day_text(due, inv->due_on);
	snprintf(number, sizeof(number), _("Invoice %s"), inv->number);
	if (inv->overdue) {
		day_text_short(since, inv->due_on + 1);
		snprintf(status, sizeof(status), _("Overdue since %s"), since);
	} else {
		snprintf(status, sizeof(status), "%s", word_text(inv->status));
	}
	invoice_page_head(p, number, status, inv->overdue);
	page_textf(p, _("Issued %s, due %s"), issued, due);
}

/* Columns from the right end on, as wide as their widest figure: an amount is
 * never cut. */
struct columns {
	int w, qty, unit, amount, room; /* room: for the description */
	bool wide;
};

static void
widen(int *column, const char *text)
{
	int w = (int)text_width(text);

	if (w > *column)
		*column = w;
}

static int
amount_width(const struct invoice *inv)
{
	const int64_t sums[] = {inv->net, inv->total, inv->balance};
	char text[NUMBER];
	int w = AMOUNT;

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		money_text(text, sums[i], inv->currency);
		widen(&w, text);
	}
	for (size_t i = 0; i < inv->nlines; i++) {
		money_text(text, inv->lines[i].net, inv->currency);
		widen(&w, text);
	}
	return w;
}

static struct columns
line_columns(const struct page *p, const struct invoice *inv)
{
	struct columns c = {.w = page_cols(p),
	    .qty = QTY,
	    .unit = UNIT,
	    .amount = amount_width(inv)};
	char text[NUMBER];

	for (size_t i = 0; i < inv->nlines; i++) {
		decimal(text, inv->lines[i].quantity, 3);
		widen(&c.qty, text);
		money_text(text, inv->lines[i].unit_price, inv->currency);
		widen(&c.unit, text);
	}
	c.room = c.w - c.amount - TAX - c.unit - c.qty - 4 * GAP;
	c.wide = c.w >= NARROW && c.room >= DESCRIPTION;
	if (!c.wide)
		c.room = c.w - c.amount - GAP;
	return c;
}

/* The figures of a line, behind its description. */
static void
put_figures(struct row *r, const struct columns *c, const char *qty,
    const char *unit, const char *rate, const char *amount)
{
	int at = c->w - c->amount;

	if (c->wide) {
		int tax = at - GAP - TAX, price = tax - GAP - c->unit;

		row_right(r, price - GAP - c->qty, c->qty, qty);
		row_right(r, price, c->unit, unit);
		row_right(r, tax, TAX, rate);
	}
	row_right(r, at, c->amount, amount);
}

static void
line_head(struct page *p, const struct invoice *inv, const struct columns *c)
{
	char amount[NUMBER];
	struct row r;

	row_init(&r);
	snprintf(amount, sizeof(amount), _("NET %s"), inv->currency);
	row_add(&r, _("DESCRIPTION"));
	put_figures(&r, c, _("QTY"), _("UNIT"), _("VAT"), amount);
	page_row(p, &r, (struct target) {TARGET_NONE, 0});
}

/* The part of a description that goes beside the numbers; the rest follows on
 * lines of its own. */
static size_t
description_part(const char *s, int room, char part[TEXT], size_t *skip)
{
	size_t n = text_wrap(s, room > 8 ? (size_t)room : 8, skip);

	snprintf(part, TEXT, "%.*s", n < TEXT ? (int)n : TEXT - 1, s);
	return n;
}

static void
invoice_line(struct page *p, const struct invoice *inv, const struct columns *c,
    const struct invoice_line *l)
{
	char part[TEXT], qty[NUMBER], unit[NUMBER], net[NUMBER];
	char text[NUMBER], rate[NUMBER + 4];
	const char *s = l->description;
	size_t skip = 0;
	struct row r;

	s += description_part(s, c->room, part, &skip);
	s += skip;
	row_init(&r);
	row_add(&r, part);
	decimal(qty, l->quantity, 3);
	money_text(unit, l->unit_price, inv->currency);
	decimal(text, l->tax_rate, 2);
	snprintf(rate, sizeof(rate), "%s %%", text);
	money_text(net, l->net, inv->currency);
	put_figures(&r, c, qty, unit, rate, net);
	page_row(p, &r, (struct target) {TARGET_NONE, 0});
	while (*s != '\0') {
		size_t n = description_part(s, c->room, part, &skip);

		if (n + skip == 0)
			break;
		s += n + skip;
		row_init(&r);
		row_add(&r, part);
		page_row(p, &r, (struct target) {TARGET_NONE, 0});
	}
}

void
invoice_page_total(struct page *p, const struct invoice *inv, const char *label,
    int64_t amount, bool bold)
{
	int width = amount_width(inv), at = page_cols(p) - width;
	int from = at - GAP - (int)text_width(label);
	char text[NUMBER];
	struct row r;

	row_init(&r);
	money_text(text, amount, inv->currency);
	row_to(&r, from > 0 ? from : 0);
	if (bold)
		row_bold(&r);
	row_add(&r, label);
	row_right(&r, at, width, text);
	if (bold)
		row_plain(&r);
	page_row(p, &r, (struct target) {TARGET_NONE, 0});
}

static void
totals(struct page *p, const struct invoice *inv)
{
	char label[TEXT], rate[NUMBER], net[NUMBER];

	invoice_page_total(p, inv, _("Net"), inv->net, false);
	for (size_t i = 0; i < inv->ntaxes; i++) {
		decimal(rate, inv->taxes[i].rate, 2);
		money_text(net, inv->taxes[i].net, inv->currency);
		if (inv->ntaxes > 1)
			snprintf(label, sizeof(label), _("VAT %s %% of %s"),
			    rate, net);
		else
			snprintf(label, sizeof(label), _("VAT %s %%"), rate);
		invoice_page_total(p, inv, label, inv->taxes[i].tax, false);
	}
	snprintf(label, sizeof(label), _("Total %s"), inv->currency);
	invoice_page_total(p, inv, label, inv->total, false);
}

void
invoice_page_lines(struct page *p, const struct invoice *inv)
{
	struct columns c = line_columns(p, inv);

	line_head(p, inv, &c);
	for (size_t i = 0; i < inv->nlines; i++)
		invoice_line(p, inv, &c, &inv->lines[i]);
	totals(p, inv);
}

/* "Paid 12 Apr 2026  20.00  card  pi_123  receipt RCP-2026-000204" */
static void
allocations(struct page *p, const struct session *s, const struct invoice *inv)
{
	for (size_t i = 0; i < inv->nallocations; i++) {
		const struct invoice_allocation *a = &inv->allocations[i];
		char date[DATE_SIZE], amount[NUMBER], text[TEXT];
		bool credit = strcmp(a->kind, "credit") == 0;

		day_text(date, day_of_instant(a->at, s->tenant.zone));
		money_text(amount, a->amount + a->taken, inv->currency);
		snprintf(text, sizeof(text), "%s %s: %s%s%s%s%s",
		    credit ? _("Credit") : _("Paid"), date, amount,
		    a->reference[0] != '\0' ? "  " : "", a->reference,
		    a->receipt[0] != '\0' ? "  " : "", a->receipt);
		page_text(p, false, text);
		if (a->taken > 0) {
			money_text(amount, a->taken, inv->currency);
			page_textf(
			    p, _("Taken back: %1$s  %2$s"), amount, a->receipt);
		}
	}
}

/* The line is whole wherever it fits a row: it is copied with the mouse. */
void
invoice_page_scp(struct page *p, const char *label, const char *scp)
{
	int room = p->width - 2, w = (int)text_width(scp);

	if (w <= room && (int)text_width(label) + 2 + w > room) {
		page_text(p, false, label);
		page_text(p, false, scp);
	} else {
		page_textf(p, "%s  %s", label, scp);
	}
}

void
invoice_page_fetch(struct page *p, const struct session *s, const char *folder,
    const char *number)
{
	char scp[SCP_SIZE];

	session_scp_paper(s, scp, folder, number);
	invoice_page_scp(p, _("Fetch it:"), scp);
	page_text(p, false,
	    _("(in another window on your own computer; same "
	      "e-mail and password)"));
}

void
invoice_page(struct page *p, const struct session *s, const struct invoice *inv)
{
	bool cancelled = strcmp(inv->status, "Cancelled") == 0;

	head(p, inv);
	page_blank(p);
	invoice_page_lines(p, inv);
	invoice_page_total(p, inv, _("Paid"),
	    cancelled ? 0 : inv->total - inv->balance, false);
	invoice_page_total(p, inv, _("Due"), inv->balance, inv->balance > 0);
	if (inv->exemption[0] != '\0')
		page_text(p, false, inv->exemption);
	allocations(p, s, inv);
	invoice_page_fetch(p, s, "invoices", inv->number);
}

enum err
paper_page(struct page *p, const struct paper_doc *doc)
{
	struct buf text;
	enum err err;

	buf_init(&text, PAPER_MAX);
	err = paper_text(doc, (size_t)p->width - 2, &text);
	if (err == ERR_NONE)
		page_text(p, false, buf_str(&text));
	buf_release(&text);
	return err;
}

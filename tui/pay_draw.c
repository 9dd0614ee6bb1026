/*
 * What a payment looks like: what for and how it stands on top, then the QR
 * with words beside it, or the words alone where there is no room for it.
 */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/listing.h"
#include "tui/pay_view.h"
#include "tui/row.h"

enum { TEXT = 512, MARGIN = 1, GAP = 3, WORDS_LEAST = 24, WORDS_MOST = 76 };

/* Writes downwards and stops at the end of its area. */
struct pen {
	struct canvas *c;
	struct area a;
	int y;
};

static void
pen_text(struct pen *p, unsigned attr, const char *s)
{
	size_t n, skip;

	while ((n = text_wrap(s, (size_t)p->a.w, &skip)) + skip > 0) {
		if (p->y < p->a.y + p->a.h)
			canvas_textn(p->c, p->y, p->a.x, p->a.w, attr, s, n);
		p->y++;
		s += n + skip;
	}
}

static void
pen_blank(struct pen *p)
{
	p->y++;
}

int
pay_draw_link(struct canvas *c, int y, int x, int w, int h, const char *link)
{
	const char *last = strrchr(link, '/'), *at = link;
	size_t len = strlen(link), head = 0, room = w > 0 ? (size_t)w : 1;
	int rows = 0;

	if (last != NULL)
		head = (size_t)(last + 1 - link);
	while (*at != '\0' && rows < h) {
		size_t left = len - (size_t)(at - link), n = left;
		char piece[CHECKOUT_URL];

		if (n > room)
			n = at == link && head <= room && len - head <= room
				? head
				: room;
		snprintf(piece, sizeof(piece), "%.*s", (int)n, at);
		canvas_link(c, y + rows, x, w, piece, link);
		at += n;
		rows++;
	}
	return rows;
}

/* The cursor leads a screen reader, and a magnifier, to what matters. */
static void
pen_cursor(struct pen *p)
{
	canvas_cursor(p->c, p->y, p->a.x);
}

static void
pen_link(struct pen *p, const char *link)
{
	pen_cursor(p);
	p->y += pay_draw_link(
	    p->c, p->y, p->a.x, p->a.w, p->a.y + p->a.h - p->y, link);
}

const char *
pay_link(const struct checkout *co)
{
	return co->link[0] != '\0' ? co->link : co->url;
}

void
pay_time(const struct session *s, char dst[PAY_TIME], int64_t instant)
{
	char full[DATE_SIZE], day[DATE_SIZE];
	int64_t on = day_of_instant(instant, s->tenant.zone);
	size_t len;

	instant_text(full, instant, s->tenant.zone);
	len = strlen(full);
	day_text_short(day, on);
	snprintf(dst, PAY_TIME, "%s %s", day, len > 5 ? full + len - 5 : full);
}

/* The time alone on the same day. */
static void
end_time(const struct session *s, char dst[PAY_TIME], int64_t instant)
{
	pay_time(s, dst, instant);
	if (day_of_instant(instant, s->tenant.zone) == s->today)
		memmove(dst, dst + strlen(dst) - 5, 6);
}

static void
amount_text(const struct checkout *co, char dst[AMOUNT_SIZE])
{
	char money[MONEY_SIZE];

	money_text(money, co->amount, co->currency);
	snprintf(dst, AMOUNT_SIZE, "%s %s", money, co->currency);
}

/* "INV-2026-000498", "3 invoices", "your balance" */
static void
what_for(const struct checkout *co, char dst[TEXT])
{
	if (co->purpose == CHECKOUT_FOR_TOPUP)
		snprintf(dst, TEXT, "%s", _("your balance"));
	else if (co->ninvoices == 1)
		snprintf(dst, TEXT, "%s", co->invoices[0].number);
	else
		snprintf(dst, TEXT,
		    ngettext("%zu invoice", "%zu invoices", co->ninvoices),
		    co->ninvoices);
}

/* "Pay 49.90 EUR for INV-2026-000498 by card (Stripe)    Waiting for payment",
 * in two lines where one is too short. */
static void
draw_head(struct pen *p, const struct checkout *co)
{
	char amount[AMOUNT_SIZE], what[TEXT], name[WORD_SIZE], text[2 * TEXT];
	const char *word = word_text(checkout_words(co->state)->shown);
	int ww = (int)text_width(word);

	amount_text(co, amount);
	what_for(co, what);
	word_label(name, co->gateway);
	snprintf(text, sizeof(text), _("Pay %1$s for %2$s by card (%3$s)"),
	    amount, what, name);
	if ((int)text_width(text) + 2 + ww <= p->a.w) {
		canvas_text(p->c, p->y, p->a.x, p->a.w, ATTR_PLAIN, text);
		canvas_right(p->c, p->y++, p->a.x, p->a.w, ATTR_BOLD, word);
		return;
	}
	snprintf(text, sizeof(text), _("Pay %1$s for %2$s"), amount, what);
	pen_text(p, ATTR_PLAIN, text);
	pen_text(p, ATTR_BOLD, word);
}

/* What is paid together, as far as there is room. */
static void
draw_invoices(struct pen *p, const struct checkout *co)
{
	int room = p->a.y + p->a.h - p->y - 1;
	size_t shown = co->ninvoices;
	char money[MONEY_SIZE], text[TEXT];

	if (co->ninvoices < 2 || room < 2)
		return;
	if (shown > (size_t)room)
		shown = (size_t)room - 1;
	pen_blank(p);
	for (size_t i = 0; i < shown; i++) {
		money_text(money, co->invoices[i].amount, co->currency);
		snprintf(text, sizeof(text), "%-18s %10s",
		    co->invoices[i].number, money);
		pen_text(p, ATTR_PLAIN, text);
	}
	if (shown < co->ninvoices) {
		snprintf(text, sizeof(text), _("and %zu more"),
		    co->ninvoices - shown);
		pen_text(p, ATTR_PLAIN, text);
	}
}

static void
words_open(struct pen *p, const struct session *s, const struct pay_view *pv,
    bool scan, bool alone_fits)
{
	const struct checkout *co = &pv->checkout;
	char time[PAY_TIME], text[TEXT], name[WORD_SIZE];
	bool low = p->a.h < 12;

	word_label(name, co->gateway);
	end_time(s, time, co->expires_at);
	pen_text(p, ATTR_PLAIN,
	    scan         ? _("Scan with a phone, or open")
	    : alone_fits ? _("Open this link (z shows the QR):")
			 : _("Open this link:"));
	if (!low)
		pen_blank(p);
	pen_link(p, pay_link(co));
	pen_blank(p);
	if (low)
		snprintf(text, sizeof(text), _("The link ends at %s."), time);
	else
		snprintf(text, sizeof(text),
		    _("The page is %1$s's. We never see your card. "
		      "The link ends at %2$s."),
		    name, time);
	pen_text(p, ATTR_PLAIN, text);
	if (!low)
		pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    _("This screen changes by itself when the payment arrives. "
	      "You may leave."));
	draw_invoices(p, co);
}

static void
words_wanted(struct pen *p, const struct checkout *co)
{
	pen_text(p, ATTR_PLAIN,
	    _("It appears here by itself in a moment. Nothing is paid until "
	      "you open it."));
	draw_invoices(p, co);
}

static void
words_paid(struct pen *p, const struct session *s, const struct pay_view *pv)
{
	const struct checkout *co = &pv->checkout;
	char amount[AMOUNT_SIZE], time[PAY_TIME], what[TEXT], text[2 * TEXT];
	char receipt[TEXT], first[4 * TEXT];
	bool one_line;

	amount_text(co, amount);
	what_for(co, what);
	pay_time(s, time, pv->paid_at);
	snprintf(
	    text, sizeof(text), _("Paid. %1$s received %2$s."), amount, time);
	snprintf(receipt, sizeof(receipt), _("Receipt: receipts/%s.pdf"),
	    co->receipt);
	pen_cursor(p);
	if (co->receipt[0] == '\0')
		receipt[0] = '\0';
	one_line = (int)(text_width(text) + text_width(receipt)) < p->a.w;
	snprintf(first, sizeof(first), "%s%s%s", text,
	    one_line && receipt[0] != '\0' ? " " : "", one_line ? receipt : "");
	pen_text(p, ATTR_BOLD, first);
	if (!one_line)
		pen_text(p, ATTR_BOLD, receipt);
	pen_blank(p);
	snprintf(text, sizeof(text), _("Thank you. This was for %s."), what);
	pen_text(p, ATTR_PLAIN, text);
	draw_invoices(p, co);
}

static void
words_processing(struct pen *p, const struct checkout *co)
{
	(void)co;
	pen_text(p, ATTR_PLAIN,
	    _("Your bank is working on it. That can take some days; you need "
	      "not stay, and need not pay again."));
	pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    _("This screen changes by itself when the payment arrives."));
}

static void
words_expired(struct pen *p, const struct checkout *co)
{
	(void)co;
	pen_text(p, ATTR_PLAIN,
	    _("The link has ended, and nothing was paid with it."));
	pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    _("r makes a new link. o shows another way to pay."));
}

static void
words_failed(struct pen *p, const struct checkout *co)
{
	pen_text(p, ATTR_BOLD,
	    co->reason[0] != '\0' ? gettext(co->reason)
				  : _("The payment did not go through."));
	pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    _("r makes a new link, for instance for another card. o shows "
	      "another way to pay."));
}

static void
words_cancelled(struct pen *p, const struct checkout *co)
{
	(void)co;
	pen_text(p, ATTR_PLAIN,
	    _("A newer link has taken the place of this one. Nothing was paid "
	      "with it."));
	pen_blank(p);
	pen_text(p, ATTR_PLAIN, _("r makes a new link."));
}

static void
draw_words(struct pen *p, const struct pay_view *pv)
{
	static const struct {
		const char *state;
		void (*draw)(struct pen *p, const struct checkout *co);
	} pages[] = {
	    {"wanted", words_wanted},
	    {"processing", words_processing},
	    {"expired", words_expired},
	    {"failed", words_failed},
	};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (strcmp(pages[i].state, pv->checkout.state) == 0) {
			pages[i].draw(p, &pv->checkout);
			return;
		}
	words_cancelled(p, &pv->checkout);
}

bool
pay_qr_fits(const struct pay_view *pv, const struct session *s, int rows,
    int cols, struct qr_look *look)
{
	enum qr_style tried[] = {
	    pv->wide ? QR_WIDE : QR_HALF, pv->wide ? QR_HALF : QR_WIDE};

	if (pv->qr.side == 0)
		return false;
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		int r, c;

		if (tried[i] == QR_HALF && !s->has_blocks)
			continue;
		/* Nobody asked for the large one: only where it must be. */
		if (tried[i] == QR_WIDE && !pv->wide && s->has_blocks)
			continue;
		qr_size(&pv->qr, tried[i], &r, &c);
		if (r <= rows && c <= cols) {
			*look = (struct qr_look) {tried[i], pv->invert};
			return true;
		}
	}
	return false;
}

static void
draw_open(struct pen *p, const struct session *s, const struct pay_view *pv)
{
	struct qr_look look, alone;
	int rows = p->a.y + p->a.h - p->y, qr_rows = 0, qr_cols = 0;
	bool scan = pay_qr_fits(pv, s, rows, p->a.w - GAP - WORDS_LEAST, &look);
	bool full = pay_qr_fits(pv, s, p->c->rows, p->c->cols, &alone);

	if (scan) {
		qr_size(&pv->qr, look.style, &qr_rows, &qr_cols);
		/* Centred among what is left below the head. */
		qr_draw(
		    &pv->qr, look, p->c, p->y + (rows > qr_rows + 1), p->a.x);
		p->a.x += qr_cols + GAP;
		p->a.w -= qr_cols + GAP;
	}
	p->y++;
	p->a.h -= p->y - p->a.y;
	p->a.y = p->y;
	if (p->a.w > WORDS_MOST)
		p->a.w = WORDS_MOST;
	words_open(p, s, pv, scan, full);
}

void
pay_draw(struct view *v, struct canvas *c, struct area a)
{
	const struct pay_view *pv = v->state;
	const struct session *s = v->ui->session;
	struct pen p = {.c = c, .a = a, .y = a.y};

	p.a.x += MARGIN;
	p.a.w -= 2 * MARGIN;
	if (strcmp(pv->checkout.state, "paid") == 0) {
		words_paid(&p, s, pv);
		return;
	}
	draw_head(&p, &pv->checkout);
	if (strcmp(pv->checkout.state, "open") == 0) {
		draw_open(&p, s, pv);
		return;
	}
	pen_blank(&p);
	pen_cursor(&p);
	draw_words(&p, pv);
}

void
pay_draw_alone(struct view *v, struct canvas *c, struct area a)
{
	const struct pay_view *pv = v->state;
	struct pen p = {.c = c, .a = a, .y = a.y};
	struct qr_look look;
	char text[TEXT];
	int rows, cols;

	if (pay_qr_fits(pv, v->ui->session, a.h, a.w, &look)) {
		qr_size(&pv->qr, look.style, &rows, &cols);
		qr_draw(&pv->qr, look, c, a.y + (a.h - rows) / 2,
		    a.x + (a.w - cols) / 2);
		return;
	}
	qr_size(&pv->qr, v->ui->session->has_blocks ? QR_HALF : QR_WIDE, &rows,
	    &cols);
	snprintf(text, sizeof(text),
	    _("The QR needs a window of %d columns and %d rows. Any key goes "
	      "back."),
	    cols, rows);
	pen_text(&p, ATTR_PLAIN, text);
}

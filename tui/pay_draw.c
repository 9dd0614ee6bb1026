/*
 * What a payment looks like: what for and how it stands on top, then the QR
 * with words beside it, or the words alone where there is no room for it.
 */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "tui/pay_words.h"

enum { MARGIN = 1, GAP = 3, WORDS_LEAST = 24, WORDS_MOST = 76 };

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

/* "Pay 49.90 EUR for INV-2026-000498 by card (Stripe)    Waiting for payment",
 * in two lines where one is too short. */
static void
draw_head(struct pen *p, const struct pay_view *pv)
{
	char text[2 * PAY_TEXT];
	const char *word = pay_state(&pv->checkout);
	int ww = (int)text_width(word);

	pay_title(pv, true, text);
	if ((int)text_width(text) + 2 + ww <= p->a.w) {
		canvas_text(p->c, p->y, p->a.x, p->a.w, ATTR_PLAIN, text);
		canvas_right(p->c, p->y++, p->a.x, p->a.w, ATTR_BOLD, word);
		return;
	}
	pay_title(pv, false, text);
	pen_text(p, ATTR_PLAIN, text);
	pen_text(p, ATTR_BOLD, word);
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
	pay_words_open(p, s, pv, scan, full);
}

void
pay_draw(struct view *v, struct canvas *c, struct area a)
{
	const struct pay_view *pv = v->state;
	const struct session *s = v->ui->session;
	const char *state = pv->checkout.state;
	struct pen p = {.c = c, .a = a, .y = a.y};

	p.a.x += MARGIN;
	p.a.w -= 2 * MARGIN;
	if (strcmp(state, "paid") == 0 || strcmp(state, "saved") == 0) {
		pay_words_done(&p, s, pv);
		return;
	}
	draw_head(&p, pv);
	if (strcmp(state, "open") == 0) {
		draw_open(&p, s, pv);
		return;
	}
	pen_blank(&p);
	pen_cursor(&p);
	pay_words(&p, pv);
}

void
pay_draw_alone(struct view *v, struct canvas *c, struct area a)
{
	const struct pay_view *pv = v->state;
	struct pen p = {.c = c, .a = a, .y = a.y};
	struct qr_look look;
	char text[PAY_TEXT];
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

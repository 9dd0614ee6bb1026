/*
 * The frame.  Wide: header, tabs, rule, body, blank, status, hints.  Narrow or
 * low: header, the tab's name, body, status, hints.  A second rule would be 86
 * bytes of every first paint for what a blank line does.
 */
#include "tui/frame.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "tui/screens.h"

enum { LOW = 16, HINT = 64, ROW_TEXT = UI_STATUS };

static bool
is_spacious(const struct ui *ui)
{
	return !ui_narrow(ui) && ui->canvas.rows > LOW;
}

struct area
frame_body(const struct ui *ui)
{
	bool bare = ui_top((struct ui *)ui)->screen->bare;
	int head = bare ? 0 : is_spacious(ui) ? 3 : 2;
	int h = ui->canvas.rows - 2 * head;

	return (struct area) {
	    .y = head, .x = 0, .w = ui->canvas.cols, .h = h > 0 ? h : 0};
}

static void
draw_header(struct ui *ui)
{
	struct canvas *c = &ui->canvas;
	const struct session *s = ui->session;
	const char *who =
	    s->login.name[0] != '\0' ? s->login.name : s->customer.name;
	int room = c->cols - 2, left = (int)text_width(s->tenant.brand);
	char cut[ROW_TEXT];

	if (left > room / 2)
		left = room / 2;
	text_cut(cut, sizeof(cut), s->tenant.brand, (size_t)left);
	canvas_text(c, 0, 1, left, ATTR_PLAIN, cut);
	text_cut(cut, sizeof(cut), who, (size_t)(room - left - 2));
	canvas_right(c, 0, left + 3, room - left - 2, ATTR_PLAIN, cut);
}

/* "3 Billing (of 5)" */
static void
draw_one_tab(struct ui *ui, int number, int count)
{
	char text[ROW_TEXT];

	snprintf(text, sizeof(text), _("%d %s (of %d)"), number,
	    _(tab_defs[ui->tab].title), count);
	canvas_text(&ui->canvas, 1, 1, ui->canvas.cols - 2, ATTR_BOLD, text);
}

/* One tab at column x; gives the columns it takes, 0 when it does not fit. */
static int
draw_tab(struct ui *ui, int x, int room, int number, enum tab tab)
{
	char text[ROW_TEXT];
	bool current = tab == ui->tab;

	snprintf(text, sizeof(text), current ? "[%d %s]" : "%d %s", number,
	    _(tab_defs[tab].title));
	if ((int)text_width(text) > room)
		return 0;
	return canvas_text(
	    &ui->canvas, 1, x, room, current ? ATTR_BOLD : ATTR_PLAIN, text);
}

static void
draw_tabs(struct ui *ui)
{
	const char *more = _(": more");
	int x = 1, number = 0, current = 0, count = 0;
	int end = ui->canvas.cols - 1, reserve;

	for (int t = 0; t < TAB_COUNT; t++) {
		count += ui_tab_visible(ui, (enum tab)t);
		if (t == (int)ui->tab)
			current = count;
	}
	if (ui_narrow(ui)) {
		draw_one_tab(ui, current, count);
		return;
	}
	for (int t = 0; t < TAB_COUNT; t++) {
		int w;

		if (!ui_tab_visible(ui, (enum tab)t))
			continue;
		number++;
		reserve = number < count ? (int)text_width(more) + 1 : 0;
		w = draw_tab(ui, x, end - x - reserve, number, (enum tab)t);
		if (w == 0) {
			canvas_text(
			    &ui->canvas, 1, x, end - x, ATTR_PLAIN, more);
			return;
		}
		x += w + 1;
	}
}

/* Wrapped upwards from the status line, over what stands there.  Gives the
 * column behind the last word. */
static int
draw_lines(struct ui *ui, unsigned attr, const char *text)
{
	struct canvas *c = &ui->canvas;
	size_t columns = c->cols > 4 ? (size_t)c->cols - 2 : 2, n, skip;
	int lines = 0, y, x = 1;
	const char *s;

	for (s = text; (n = text_wrap(s, columns, &skip)) + skip > 0;
	     s += n + skip)
		lines++;
	y = c->rows - 2 - lines + 1;
	for (s = text; (n = text_wrap(s, columns, &skip)) + skip > 0;
	     s += n + skip, y++) {
		canvas_fill(c, y, 0, c->cols, ' ');
		x = 1 + canvas_textn(c, y, 1, (int)columns, attr, s, n);
	}
	return x;
}

static const char *
away_text(const struct ui *ui)
{
	if (ui_narrow(ui))
		return _("No answer from the database. Waiting.");
	return _("The portal's database does not answer. Waiting for it.");
}

static void
draw_status(struct ui *ui)
{
	struct canvas *c = &ui->canvas;
	int y = c->rows - 2, x;

	if (ui->question[0] != '\0') {
		x = draw_lines(ui, ATTR_BOLD, ui->question);
		canvas_cursor(c, y, x + 1);
	} else if (ui->searching) {
		canvas_text(c, y, 1, 1, ATTR_PLAIN, "/");
		x = field_draw(
		    &ui->search_field, c, y, 2, c->cols - 3, ' ', false);
		canvas_cursor(c, y, x);
	} else if (ui->status[0] != '\0') {
		draw_lines(
		    ui, ui->status_bold ? ATTR_BOLD : ATTR_PLAIN, ui->status);
	} else if (ui->away) {
		draw_lines(ui, ATTR_BOLD, away_text(ui));
	}
}

struct hints {
	struct canvas *c;
	int x, end;
};

static void
hint_text(char dst[HINT], const struct binding *b)
{
	char name[16];

	key_name(name, b->keys[0]);
	snprintf(dst, HINT, "%s %s", name, _(b->hint));
}

static void
hint_draw(struct hints *h, const char *text)
{
	int w = (int)text_width(text);

	if (h->x + w > h->end)
		return;
	h->x += canvas_text(h->c, h->c->rows - 1, h->x, w, ATTR_PLAIN, text);
	h->x += 2;
}

static void
hint_rows(struct hints *h, const struct bindings *b, enum action but)
{
	for (size_t i = 0; i < b->n; i++) {
		char text[HINT];

		if (b->rows[i].hint == NULL || b->rows[i].act == but)
			continue;
		hint_text(text, &b->rows[i]);
		hint_draw(h, text);
	}
}

/* "? help" first and the way out last, the rest as far as there is room. */
static void
draw_hints(struct ui *ui)
{
	struct hints h = {.c = &ui->canvas, .x = 1, .end = ui->canvas.cols - 1};
	const struct screen *screen = ui_top(ui)->screen;
	const char *out = ui->depth > 1 ? _("Esc back") : _("q quit");
	int w = (int)text_width(out);

	if (ui->question[0] != '\0') {
		hint_draw(&h, _("y yes"));
		hint_draw(&h, _("n no"));
		return;
	}
	if (ui->searching) {
		hint_draw(&h, _("Enter find"));
		hint_draw(&h, _("Esc cancel"));
		return;
	}
	if (screen->form) {
		hint_rows(&h, &screen->bindings, ACT_NONE);
		hint_rows(&h, &bindings_form, ACT_NONE);
		return;
	}
	if (screen->key == NULL) /* else it would be typed text */
		hint_draw(&h, _("? help"));
	h.end -= w + 2;
	hint_rows(&h, &screen->bindings, ACT_HELP);
	if (screen->list != NULL)
		hint_rows(&h, &bindings_global, ACT_HELP);
	h.end += w + 2;
	hint_draw(&h, out);
}

void
frame_draw(struct ui *ui)
{
	struct canvas *c = &ui->canvas;

	if (ui_top(ui)->screen->bare)
		return;
	draw_header(ui);
	draw_tabs(ui);
	if (is_spacious(ui))
		canvas_fill(c, 2, 0, c->cols, '-');
	draw_hints(ui);
	draw_status(ui);
}

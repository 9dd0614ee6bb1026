/*
 * Cells in memory.  Must not know of ncurses.
 */
#include "tui/canvas.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tui/utf8.h"

static const struct glyph blank = {.ch = ' ', .width = 1};

static int
clamp(int v, int least, int most)
{
	return v < least ? least : v > most ? most : v;
}

enum err
canvas_resize(struct canvas *c, int rows, int cols)
{
	struct glyph *cells;

	rows = clamp(rows, 1, CANVAS_ROWS_MAX);
	cols = clamp(cols, 1, CANVAS_COLS_MAX);
	cells = calloc((size_t)rows * (size_t)cols, sizeof(*cells));
	if (cells == NULL)
		return ERR_NOMEM;
	free(c->cells);
	*c = (struct canvas) {.rows = rows, .cols = cols, .cells = cells};
	canvas_clear(c);
	return ERR_NONE;
}

void
canvas_release(struct canvas *c)
{
	free(c->cells);
	*c = (struct canvas) {0};
}

void
canvas_clear(struct canvas *c)
{
	size_t n = (size_t)c->rows * (size_t)c->cols;

	for (size_t i = 0; i < n; i++)
		c->cells[i] = blank;
	c->cursor_y = 0;
	c->cursor_x = 0;
	c->link = NULL;
}

static struct glyph *
cell_at(struct canvas *c, int y, int x)
{
	return &c->cells[(size_t)y * (size_t)c->cols + (size_t)x];
}

const struct glyph *
canvas_at(const struct canvas *c, int y, int x)
{
	return &c->cells[(size_t)y * (size_t)c->cols + (size_t)x];
}

/* A wide character loses its other half when one half is overwritten. */
static void
cell_break(struct canvas *c, int y, int x)
{
	const struct glyph *g = cell_at(c, y, x);

	if (g->ch == 0 && x > 0)
		*cell_at(c, y, x - 1) = blank;
	if (g->width == 2 && x + 1 < c->cols)
		*cell_at(c, y, x + 1) = blank;
}

/* One character with its marks: n bytes at s, width columns. */
static void
cell_put(struct canvas *c, int y, int x, const char *s, size_t n, int width,
    unsigned attr)
{
	struct glyph g = {.width = width & 3, .attr = attr & ATTR_ALL};
	uint32_t ch;
	size_t used = utf8_get(s, n, &ch), more;
	int m = 0;

	g.ch = used == 0 ? '?' : ch & 0x1fffff;
	for (; used != 0 && used < n && m < CANVAS_MARKS; used += more) {
		if ((more = utf8_get(s + used, n - used, &ch)) == 0)
			break;
		if (ch <= UINT16_MAX)
			g.marks[m++] = (uint16_t)ch;
	}
	cell_break(c, y, x);
	if (width == 2) {
		cell_break(c, y, x + 1);
		*cell_at(c, y, x + 1) =
		    (struct glyph) {.attr = attr & ATTR_ALL};
	}
	*cell_at(c, y, x) = g;
}

static int
draw(struct canvas *c, int y, int x, int w, unsigned attr, const char *s,
    const char *end)
{
	int at = x, limit = x + w < c->cols ? x + w : c->cols, width;
	size_t n;

	while (s < end && (n = text_next(s, &width)) > 0) {
		if (width == 0) { /* a mark with nothing to stand on */
			s += n;
			continue;
		}
		if (at + width > limit)
			break;
		if (at >= 0)
			cell_put(c, y, at, s, n, width, attr);
		at += width;
		s += n;
	}
	return at - x;
}

int
canvas_textn(struct canvas *c, int y, int x, int w, unsigned attr,
    const char *s, size_t n)
{
	char clean[4 * CANVAS_COLS_MAX];

	if (y < 0 || y >= c->rows || w <= 0 || x < 0)
		return 0;
	text_clean(clean, sizeof(clean), s, n, TEXT_LINE);
	return draw(c, y, x, w, attr, clean, clean + strlen(clean));
}

int
canvas_text(struct canvas *c, int y, int x, int w, unsigned attr, const char *s)
{
	if (y < 0 || y >= c->rows || w <= 0 || x < 0)
		return 0;
	if (text_is_clean(s, TEXT_LINE))
		return draw(c, y, x, w, attr, s, s + strlen(s));
	return canvas_textn(c, y, x, w, attr, s, strlen(s));
}

void
canvas_right(
    struct canvas *c, int y, int x, int w, unsigned attr, const char *s)
{
	int width = (int)text_width(s);

	if (width > w)
		canvas_text(c, y, x, w, attr, s);
	else
		canvas_text(c, y, x + w - width, width, attr, s);
}

void
canvas_fill(struct canvas *c, int y, int x, int w, char ch)
{
	if (y < 0 || y >= c->rows || x < 0)
		return;
	for (int i = x; i < x + w && i < c->cols; i++) {
		cell_break(c, y, i);
		*cell_at(c, y, i) =
		    (struct glyph) {.ch = (unsigned char)ch, .width = 1};
	}
}

void
canvas_attr(struct canvas *c, int y, int x, int w, unsigned attr)
{
	if (y < 0 || y >= c->rows || x < 0)
		return;
	for (int i = x; i < x + w && i < c->cols; i++)
		cell_at(c, y, i)->attr |= attr & ATTR_ALL;
}

int
canvas_link(
    struct canvas *c, int y, int x, int w, const char *s, const char *url)
{
	bool leads = url[0] != '\0';

	for (const char *p = url; *p != '\0'; p++)
		leads = leads && *p > ' ' && *p < 0x7f;
	if (leads)
		c->link = url;
	return canvas_text(c, y, x, w, leads ? ATTR_LINK : ATTR_PLAIN, s);
}

void
canvas_cursor(struct canvas *c, int y, int x)
{
	c->cursor_y = clamp(y, 0, c->rows - 1);
	c->cursor_x = clamp(x, 0, c->cols - 1);
}

static void
dump_cp(struct buf *out, uint32_t cp)
{
	char bytes[UTF8_MAX];

	buf_add(out, bytes, utf8_put(bytes, cp));
}

static void
dump_row(const struct canvas *c, int y, struct buf *out)
{
	int end = c->cols;

	while (end > 0 && canvas_at(c, y, end - 1)->ch == ' ')
		end--;
	for (int x = 0; x < end; x++) {
		const struct glyph *g = canvas_at(c, y, x);

		if (g->ch == 0)
			continue;
		dump_cp(out, g->ch);
		for (int m = 0; m < CANVAS_MARKS && g->marks[m] != 0; m++)
			dump_cp(out, g->marks[m]);
	}
	buf_addc(out, '\n');
}

static void
dump_attr(const struct canvas *c, int y, unsigned attr, const char *name,
    struct buf *out)
{
	for (int x = 0; x < c->cols; x++) {
		int from = x;

		while (x < c->cols && (canvas_at(c, y, x)->attr & attr) != 0)
			x++;
		if (x > from)
			buf_addf(
			    out, "%s %d,%d-%d\n", name, y + 1, from + 1, x);
	}
}

void
canvas_dump(const struct canvas *c, struct buf *out)
{
	for (int y = 0; y < c->rows; y++)
		dump_row(c, y, out);
	buf_addf(out, "cursor %d,%d\n", c->cursor_y + 1, c->cursor_x + 1);
	for (int y = 0; y < c->rows; y++) {
		dump_attr(c, y, ATTR_BOLD, "bold", out);
		dump_attr(c, y, ATTR_REVERSE, "reverse", out);
		dump_attr(c, y, ATTR_FORCED, "forced", out);
		dump_attr(c, y, ATTR_LINK, "link", out);
	}
}

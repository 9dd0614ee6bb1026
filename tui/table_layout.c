/*
 * Columns by the room there is: the widest cell that was read decides, text
 * columns share what is left, and what has no room is left out from the end.
 */
#include "tui/table_layout.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

enum { TEXT_MIN = 12, TEXT_MAX = 60, WIDE_FROM = 60, VERY_WIDE_FROM = 120 };

/* Upper case where it is plain ASCII, else as it is. */
static void
head_text(char *dst, size_t size, const char *title)
{
	bool ascii = true;

	snprintf(dst, size, "%s", title);
	for (const char *p = dst; *p != '\0'; p++)
		ascii = ascii && (unsigned char)*p < 0x80;
	for (char *p = dst; ascii && *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
}

static const struct column *
column_at(const struct table *t, size_t i)
{
	return &t->rows.listing->columns[t->columns[i]];
}

static bool
is_number(const struct column *col)
{
	return col->type == COLUMN_MONEY;
}

static bool
is_text(const struct column *col)
{
	return col->type == COLUMN_TEXT || col->type == COLUMN_LIST;
}

bool
layout_descends(const struct table *t, int column)
{
	enum column_type type = t->rows.listing->columns[column].type;

	return type == COLUMN_MONEY || type == COLUMN_DAY ||
	       type == COLUMN_TIME || type == COLUMN_BOOL;
}

/* The column that the listing's own order goes by. */
static int
natural_column(const struct table *t)
{
	const struct listing *l = t->rows.listing;

	for (size_t i = 0; i < l->ncolumns && !l->ascending; i++)
		if (l->columns[i].type == COLUMN_DAY ||
		    l->columns[i].type == COLUMN_TIME)
			return (int)i;
	return -1;
}

/* The currency stands once per table, in the head of its last amount, if there
 * is room; the sentences above have it too. */
static const char *
head_currency(const struct table *t, size_t i)
{
	const struct listing *l = t->rows.listing;

	if (!t->currency || !is_number(column_at(t, i)) || t->rows.n == 0)
		return "";
	for (size_t k = i + 1; k < t->ncolumns; k++)
		if (is_number(column_at(t, k)))
			return "";
	for (size_t k = 0; k < l->ncolumns; k++)
		if (l->columns[k].type == COLUMN_CURRENCY)
			return row_str(&t->rows, 0, l->columns[k].key);
	return "";
}

static void
head(const struct table *t, size_t i, char *dst, size_t size)
{
	int sorted = t->sort >= 0 ? t->sort : natural_column(t);
	const char *currency = head_currency(t, i);
	size_t n;

	head_text(dst, size, _(column_at(t, i)->title));
	n = strlen(dst);
	if (currency[0] != '\0')
		n += (size_t)snprintf(dst + n, size - n, " %s", currency);
	if (t->title == NULL && t->columns[i] == sorted)
		snprintf(dst + n, size - n, "%s",
		    layout_descends(t, sorted) ? " v" : " ^");
}

static void
choose(struct table *t, int w, bool two_lines)
{
	const struct listing *l = t->rows.listing;
	const char *keys[TABLE_COLUMNS];
	enum column_show most = two_lines             ? SHOW_ALWAYS
				: w >= VERY_WIDE_FROM ? SHOW_VERY_WIDE
						      : SHOW_WIDE;
	size_t n;

	t->ncolumns = 0;
	if (t->spec->columns != NULL) {
		n = t->spec->columns(t->session, keys, TABLE_COLUMNS);
		for (size_t i = 0; i < n; i++) {
			int column = listing_column(l, keys[i]);

			if (column >= 0)
				t->columns[t->ncolumns++] = column;
		}
		if (most < SHOW_VERY_WIDE)
			return;
		for (size_t i = 0;
		     i < l->ncolumns && t->ncolumns < TABLE_COLUMNS; i++)
			if (l->columns[i].show == SHOW_VERY_WIDE)
				t->columns[t->ncolumns++] = (int)i;
		return;
	}
	for (size_t i = 0; i < l->ncolumns && t->ncolumns < TABLE_COLUMNS;
	     i++) {
		const struct column *col = &l->columns[i];
		bool fits = col->show <= most || (col->show == SHOW_SCREEN &&
						     most == SHOW_VERY_WIDE);

		if (fits && col->type != COLUMN_CURRENCY)
			t->columns[t->ncolumns++] = (int)i;
	}
}

static void
show(const struct table *t, size_t row, size_t i, char dst[TABLE_CELL])
{
	const char *zone = t->session->tenant.zone;
	size_t column = (size_t)t->columns[i];

	if (t->days && column_at(t, i)->type == COLUMN_TIME)
		day_text(dst,
		    day_of_instant(rows_cell(&t->rows, row, column)->i, zone));
	else
		cell_text(dst, TABLE_CELL, &t->rows, row, column, zone);
}

static int
measure(const struct table *t, size_t i)
{
	char text[TABLE_CELL];
	int widest;

	head(t, i, text, sizeof(text));
	/* A title stands over the first column, not its head. */
	widest = t->title != NULL && i == 0 ? 0 : (int)text_width(text);
	for (size_t row = 0; row < t->rows.n && row < LISTING_PAGE; row++) {
		int w;

		show(t, row, i, text);
		w = (int)text_width(text);
		if (w > widest)
			widest = w;
	}
	return widest;
}

static void
measure_all(struct table *t)
{
	for (size_t i = 0; i < t->ncolumns; i++) {
		t->widths[i] = measure(t, i);
		if (is_text(column_at(t, i)) && t->widths[i] > TEXT_MAX)
			t->widths[i] = TEXT_MAX;
	}
}

static int
total_width(const struct table *t)
{
	int sum = 0;

	for (size_t i = 0; i < t->ncolumns; i++)
		sum += t->widths[i] + (i > 0 ? t->gap : 0);
	return sum;
}

/* Takes from text columns, the widest first, what is too much; not from the
 * first one, which says what the row is. */
static void
squeeze(struct table *t, int w)
{
	int over = total_width(t) - w;

	while (over > 0) {
		size_t widest = t->ncolumns;

		for (size_t i = 0; i < t->ncolumns; i++)
			if (is_text(column_at(t, i)) && i > 0 &&
			    t->widths[i] > TEXT_MIN &&
			    (widest == t->ncolumns ||
				t->widths[i] > t->widths[widest]))
				widest = i;
		if (widest == t->ncolumns)
			return;
		t->widths[widest]--;
		over--;
	}
}

/* The last column that may go: those for wide screens first. */
static void
drop(struct table *t)
{
	size_t out = t->ncolumns - 1;

	/* A chosen order says itself what matters less. */
	for (size_t i = t->ncolumns; t->spec->columns == NULL && i-- > 0;)
		if (column_at(t, i)->show > column_at(t, out)->show)
			out = i;
	for (size_t i = out; i + 1 < t->ncolumns; i++) {
		t->columns[i] = t->columns[i + 1];
		t->widths[i] = t->widths[i + 1];
	}
	t->ncolumns--;
}

/* What is left over goes to the first text column, so that states and amounts
 * stand at the right edge. */
static void
stretch(struct table *t, int w)
{
	int left = w - total_width(t);

	if (w > 100)
		return;
	for (size_t i = 0; i + 1 < t->ncolumns; i++)
		if (is_text(column_at(t, i))) {
			t->widths[i] += left < TEXT_MAX ? left : TEXT_MAX;
			return;
		}
}

void
layout_columns(struct table *t, int w, bool two_lines)
{
	static const struct {
		int gap;
		bool currency;
	} tries[] = {{2, true}, {2, false}, {1, false}};

	if (t->laid.w == w && t->laid.rows == t->rows.n &&
	    t->laid.sort == t->sort && t->laid.two_lines == two_lines)
		return;
	t->laid.w = w;
	t->laid.rows = t->rows.n;
	t->laid.sort = t->sort;
	t->laid.two_lines = two_lines;
	choose(t, w, two_lines);
	t->days = t->spec->days && w < VERY_WIDE_FROM;
	for (size_t k = 0; k < sizeof(tries) / sizeof(tries[0]); k++) {
		t->gap = tries[k].gap;
		t->currency = tries[k].currency;
		measure_all(t);
		if (two_lines || total_width(t) <= w)
			break;
	}
	if (two_lines)
		return;
	squeeze(t, w);
	while (t->ncolumns > 1 && total_width(t) > w) {
		drop(t);
		squeeze(t, w);
	}
	stretch(t, w);
}

static void
put(struct row *r, const struct table *t, size_t i, int at, const char *text)
{
	if (is_number(column_at(t, i)))
		row_right(r, at, t->widths[i], text);
	else
		row_left(r, at, t->widths[i], text);
}

void
layout_head(const struct table *t, struct row *r)
{
	int at = 0;

	if (t->title != NULL)
		row_add(r, t->title);
	for (size_t i = 0; i < t->ncolumns; i++) {
		char text[TABLE_CELL];
		int from = at;

		head(t, i, text, sizeof(text));
		if (is_number(column_at(t, i)))
			from += t->widths[i] - (int)text_width(text);
		if (r->width == 0 || from > r->width)
			put(r, t, i, at, text);
		at += t->widths[i] + t->gap;
	}
}

void
layout_draw_head(const struct table *t, struct canvas *c, struct area a)
{
	struct row r;

	row_init(&r);
	layout_head(t, &r);
	canvas_text(c, a.y, a.x + 3, a.w - 4, ATTR_PLAIN, r.s);
}

void
layout_row(const struct table *t, size_t row, struct row *r)
{
	bool attention =
	    t->spec->attention != NULL && t->spec->attention(&t->rows, row);
	int at = 0;

	for (size_t i = 0; i < t->ncolumns; i++) {
		char text[TABLE_CELL];

		show(t, row, i, text);
		if (text[0] != '\0') {
			row_to(r, i > 0 ? at : 0);
			if (attention &&
			    strcmp(column_at(t, i)->key, "status") == 0) {
				row_bold(r);
				put(r, t, i, at, text);
				row_plain(r);
			} else {
				put(r, t, i, at, text);
			}
		}
		at += t->widths[i] + t->gap;
	}
}

static void
draw_row(struct canvas *c, int y, struct area a, const struct row *r)
{
	char cut[ROW_SIZE];

	text_cut(cut, sizeof(cut), r->s, a.w > 0 ? (size_t)a.w : 0);
	canvas_text(c, y, a.x, a.w, ATTR_PLAIN, cut);
	if (r->bold_to > r->bold_from)
		canvas_attr(c, y, a.x + r->bold_from, r->bold_to - r->bold_from,
		    ATTR_BOLD);
}

void
layout_draw_row(
    const struct table *t, size_t row, struct canvas *c, struct area a)
{
	struct row first, second;

	row_init(&first);
	row_init(&second);
	if (t->two_lines)
		t->spec->narrow(t, row, &first, &second);
	else
		layout_row(t, row, &first);
	draw_row(c, a.y, a, &first);
	if (t->two_lines)
		draw_row(c, a.y + 1, a, &second);
}

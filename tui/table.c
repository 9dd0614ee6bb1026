/* Listings on the list widget: reading, filtering, sorting. */
#include "tui/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "tui/table_layout.h"

enum { LOW = 2 }; /* rows: without head and foot */

static struct table *
table_of(const struct list *l)
{
	return (struct table *)(void *)(uintptr_t)l;
}

int64_t
row_int(const struct rows *r, size_t row, const char *key)
{
	int column = listing_column(r->listing, key);

	return column < 0 ? 0 : rows_cell(r, row, (size_t)column)->i;
}

const char *
row_str(const struct rows *r, size_t row, const char *key)
{
	int column = listing_column(r->listing, key);
	const char *s =
	    column < 0 ? NULL : rows_cell(r, row, (size_t)column)->s;

	return s != NULL ? s : "";
}

void
table_text(
    const struct table *t, size_t row, const char *key, char dst[TABLE_CELL])
{
	int column = listing_column(t->rows.listing, key);

	dst[0] = '\0';
	if (column >= 0)
		cell_text(dst, TABLE_CELL, &t->rows, row, (size_t)column,
		    t->session->tenant.zone);
}

static struct target
table_target(const struct list *l, size_t i)
{
	const struct table *t = table_of(l);

	return (struct target) {t->spec->opens, t->rows.ids[t->order[i]]};
}

static bool
table_match(const struct list *l, size_t i, const char *folded)
{
	const struct table *t = table_of(l);

	return rows_match(
	    &t->rows, t->order[i], folded, t->session->tenant.zone);
}

/* Rows that were read since the last time pass the filter or not. */
static enum err
take_rows(struct table *t)
{
	const struct table_filter *f =
	    t->filter > 0 ? &t->spec->filters[t->filter - 1] : NULL;

	if (t->cap < t->rows.n) {
		uint32_t *order = realloc(t->order, t->rows.n * sizeof(*order));

		if (order == NULL)
			return ERR_NOMEM;
		t->order = order;
		t->cap = t->rows.n;
	}
	for (; t->loaded < t->rows.n; t->loaded++)
		if (f == NULL || f->keep(&t->rows, t->loaded))
			t->order[t->list.n++] = (uint32_t)t->loaded;
	return ERR_NONE;
}

static enum err
read_more(struct table *t, size_t limit)
{
	enum err err =
	    rows_more(&t->rows, t->session->store, t->session->today, limit);

	if (err == ERR_NONE)
		err = take_rows(t);
	t->err = err;
	return err;
}

static bool
table_more(struct list *l)
{
	struct table *t = table_of(l);
	size_t before = l->n;

	while (l->n == before && !t->rows.complete && t->rows.n < LISTING_MAX)
		if (read_more(t, LISTING_PAGE) != ERR_NONE)
			return false;
	return l->n > before;
}

static void
table_draw_row(struct list *l, size_t i, struct canvas *c, struct area a)
{
	const struct table *t = table_of(l);

	layout_draw_row(t, t->order[i], c, a);
}

static const struct list_ops table_ops = {
    .target = table_target,
    .draw = table_draw_row,
    .match = table_match,
    .more = table_more,
};

static int
cell_compare(const void *a, const void *b, void *arg)
{
	const struct table *t = arg;
	size_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct cell *cx = rows_cell(&t->rows, x, (size_t)t->sort);
	const struct cell *cy = rows_cell(&t->rows, y, (size_t)t->sort);
	int order;

	if (cx->s != NULL || cy->s != NULL)
		order = strcmp(
		    cx->s != NULL ? cx->s : "", cy->s != NULL ? cy->s : "");
	else
		order = (cx->i > cy->i) - (cx->i < cy->i);
	if (layout_descends(t, t->sort))
		order = -order;
	/* Equal ones stay in the listing's order. */
	return order != 0 ? order : (x > y) - (x < y);
}

/* Builds order anew, after filter or sort changed; the marked row stays so. */
static enum err
rebuild(struct table *t)
{
	struct target marked = list_target(&t->list);
	enum err err = ERR_NONE;

	if (t->sort >= 0)
		err = rows_all(&t->rows, t->session->store, t->session->today);
	t->list.n = 0;
	t->loaded = 0;
	if (err == ERR_NONE)
		err = take_rows(t);
	if (err == ERR_NONE && t->sort >= 0 && t->list.n > 0)
		qsort_r(
		    t->order, t->list.n, sizeof(*t->order), cell_compare, t);
	/* A filter may have left less than a screen of what was read. */
	while (
	    err == ERR_NONE && t->list.n < t->list.shown && !t->rows.complete)
		err = read_more(t, LISTING_PAGE);
	t->list.marker = 0;
	t->list.top = 0;
	list_mark(&t->list, marked);
	list_fit(&t->list);
	t->err = err;
	return err;
}

enum err
table_open(struct table *t, const struct session *s,
    const struct table_spec *spec, size_t first_rows)
{
	const struct listing *l = listing_find(spec->listing);

	if (l == NULL)
		return ERR_INTERNAL;
	*t = (struct table) {
	    .spec = spec, .session = s, .sort = -1, .total = -1};
	list_init(&t->list, &table_ops);
	rows_init(&t->rows, l);
	if (first_rows > LISTING_PAGE)
		first_rows = LISTING_PAGE;
	return read_more(t, first_rows > 0 ? first_rows : 1);
}

void
table_release(struct table *t)
{
	if (t->spec != NULL)
		rows_release(&t->rows);
	free(t->order);
	*t = (struct table) {0};
}

enum err
table_reload(struct table *t)
{
	struct target marked = list_target(&t->list);
	const struct listing *l = t->rows.listing;
	size_t had = t->rows.n, marker = t->list.marker, top = t->list.top;
	enum err err = ERR_NONE;

	rows_release(&t->rows);
	rows_init(&t->rows, l);
	t->laid.w = 0;
	t->list.n = 0;
	t->loaded = 0;
	while (err == ERR_NONE && !t->rows.complete &&
	       (t->rows.n == 0 || t->rows.n < had))
		err = read_more(t, LISTING_PAGE);
	if (err == ERR_NONE && (t->sort >= 0 || t->filter > 0))
		err = rebuild(t);
	t->list.marker = marker;
	t->list.top = top;
	list_mark(&t->list, marked);
	list_fit(&t->list);
	return err;
}

enum err
table_filter(struct table *t, size_t filter, size_t rows)
{
	t->filter = filter;
	t->list.shown = rows;
	return rebuild(t);
}

static void
next_sort(struct table *t)
{
	size_t at = 0;

	while (at < t->ncolumns && t->columns[at] != t->sort)
		at++;
	at = at == t->ncolumns ? 0 : at + 1;
	t->sort = at < t->ncolumns ? t->columns[at] : -1;
}

bool
table_act(struct table *t, enum action act, char *said, size_t size)
{
	const char *column;

	if (act == ACT_SORT) {
		next_sort(t);
		if (rebuild(t) != ERR_NONE)
			return true;
		column = t->sort < 0
			     ? NULL
			     : _(t->rows.listing->columns[t->sort].title);
		if (column == NULL)
			snprintf(said, size, "%s", _("In the usual order."));
		else
			snprintf(said, size,
			    layout_descends(t, t->sort)
				? _("Sorted by %s, largest or latest first.")
				: _("Sorted by %s."),
			    column);
		return true;
	}
	if (act == ACT_FILTER && t->spec->nfilters > 0) {
		t->filter = (t->filter + 1) % (t->spec->nfilters + 1);
		rebuild(t);
		snprintf(said, size, _("Shown: %s."),
		    t->filter == 0 ? _("all")
				   : _(t->spec->filters[t->filter - 1].name));
		return true;
	}
	return false;
}

/* "1-12 of 48, newest first" */
static void
draw_footer(const struct table *t, struct canvas *c, struct area a)
{
	struct row r;
	size_t last = t->list.top + t->list.shown;
	int64_t total = t->filter == 0 ? t->total : -1;

	if (last > t->list.n)
		last = t->list.n;
	if (t->rows.complete)
		total = (int64_t)t->list.n;
	row_init(&r);
	if (total >= 0)
		row_addf(&r, _("%zu-%zu of %lld"), t->list.top + 1, last,
		    (long long)total);
	else
		row_addf(&r, "%zu-%zu", t->list.top + 1, last);
	if (t->filter > 0)
		row_addf(&r, ", %s", _(t->spec->filters[t->filter - 1].name));
	if (t->sort >= 0)
		row_addf(&r, _(", by %s"),
		    _(t->rows.listing->columns[t->sort].title));
	else if (!t->rows.listing->ascending && !t->two_lines)
		row_add(&r, _(", newest first"));
	canvas_text(c, a.y + a.h - 1, 1, a.w - 2, ATTR_PLAIN, r.s);
}

static void
draw_empty(const struct table *t, struct canvas *c, struct area a)
{
	const char *s = t->filter > 0 ? _(t->spec->filters[t->filter - 1].none)
				      : _(t->rows.listing->empty);
	size_t columns = a.w > 4 ? (size_t)a.w - 2 : 2, n, skip;

	for (; (n = text_wrap(s, columns, &skip)) + skip > 0; s += n + skip)
		canvas_textn(c, a.y++, 1, (int)columns, ATTR_PLAIN, s, n);
	canvas_cursor(c, a.y - 1, 1);
}

void
table_draw(struct table *t, struct canvas *c, struct area a, bool two_lines)
{
	struct area body = a;
	bool low = a.h <= LOW;

	if (t->list.n == 0) {
		draw_empty(t, c, a);
		return;
	}
	t->two_lines = two_lines;
	t->list.height = two_lines ? 2 : 1;
	if (!two_lines && !low) {
		body.y++;
		body.h--;
	}
	if (!low)
		body.h--;
	/* More than was read fits: the columns are laid out for all of it. */
	if ((int)t->list.n < body.h / t->list.height)
		table_more(&t->list);
	layout_columns(t, a.w - 4, two_lines);
	if (!two_lines && !low)
		layout_draw_head(t, c, a);
	list_draw(&t->list, c, body);
	if (!low)
		draw_footer(t, c, a);
}

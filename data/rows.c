/* A listing's rows in memory, page after page, and what a cell says. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/money.h"
#include "base/text.h"
#include "data/listing.h"

enum {
	KEYS = 2, /* sort key and id, before the columns */
	ROWS_FIRST = 32,
	CELL_TEXT = 512,
};

static bool
is_text(enum column_type type)
{
	return type == COLUMN_TEXT || type == COLUMN_WORD ||
	       type == COLUMN_LIST || type == COLUMN_CURRENCY;
}

void
rows_init(struct rows *r, const struct listing *l)
{
	memset(r, 0, sizeof(*r));
	r->listing = l;
	r->last_key = r->last_id = l->ascending ? 0 : INT64_MAX;
}

/* Forgets the rows from n on. */
static void
rows_cut(struct rows *r, size_t n)
{
	size_t columns = r->listing->ncolumns;

	for (size_t i = n * columns; i < r->n * columns; i++)
		free(r->cells[i].s);
	r->n = n;
}

void
rows_release(struct rows *r)
{
	if (r->listing == NULL)
		return;
	rows_cut(r, 0);
	free(r->cells);
	free(r->ids);
	rows_init(r, r->listing);
}

const struct cell *
rows_cell(const struct rows *r, size_t row, size_t column)
{
	return &r->cells[row * r->listing->ncolumns + column];
}

static bool
rows_grow(struct rows *r)
{
	size_t cap = r->cap == 0 ? ROWS_FIRST : r->cap * 2;
	size_t columns = r->listing->ncolumns;
	struct cell *cells;
	int64_t *ids;

	if (r->n < r->cap)
		return true;
	cells = realloc(r->cells, cap * columns * sizeof(*cells));
	if (cells == NULL)
		return false;
	r->cells = cells;
	if ((ids = realloc(r->ids, cap * sizeof(*ids))) == NULL)
		return false;
	r->ids = ids;
	r->cap = cap;
	return true;
}

static bool
row_read(struct rows *r, const struct query *q)
{
	const struct listing *l = r->listing;
	struct cell *c;

	if (!rows_grow(r))
		return false;
	c = &r->cells[r->n * l->ncolumns];
	memset(c, 0, l->ncolumns * sizeof(*c));
	r->ids[r->n++] = col_int(q, 1);
	for (size_t i = 0; i < l->ncolumns; i++, c++) {
		c->null = col_null(q, KEYS + i);
		if (!is_text(l->columns[i].type))
			c->i = col_int(q, KEYS + i);
		else if ((c->s = strdup(col_text(q, KEYS + i))) == NULL)
			return false;
		else
			text_clean_self(c->s, TEXT_LINES);
	}
	r->last_key = col_int(q, 0);
	r->last_id = col_int(q, 1);
	return true;
}

/* One page or nothing. */
static enum err
page_read(struct rows *r, struct store *st, int64_t today, size_t limit)
{
	struct query q = query_begin(st, r->listing->sql);
	int64_t key = r->last_key, id = r->last_id;
	size_t had = r->n;
	enum err err;

	query_bind_int(&q, today);
	query_bind_int(&q, key);
	query_bind_int(&q, id);
	query_bind_int(&q, (int64_t)limit);
	while (query_row(&q))
		if (!row_read(r, &q)) {
			q.err = ERR_NOMEM;
			break;
		}
	if ((err = query_end(&q)) == ERR_NONE)
		return ERR_NONE;
	rows_cut(r, had);
	r->last_key = key;
	r->last_id = id;
	return err;
}

enum err
rows_more(struct rows *r, struct store *st, int64_t today, size_t limit)
{
	size_t had = r->n;
	enum err err;

	if (limit == 0 || limit > LISTING_PAGE)
		limit = LISTING_PAGE;
	if (r->n >= LISTING_MAX)
		r->complete = true;
	if (r->complete)
		return ERR_NONE;
	/* Rows that are too long for one answer come in smaller pages. */
	while (
	    (err = page_read(r, st, today, limit)) == ERR_TOO_BIG && limit > 1)
		limit /= 2;
	if (err == ERR_NONE && r->n < had + limit)
		r->complete = true;
	return err;
}

enum err
rows_all(struct rows *r, struct store *st, int64_t today)
{
	enum err err = ERR_NONE;

	while (err == ERR_NONE && !r->complete)
		err = rows_more(r, st, today, LISTING_PAGE);
	return err;
}

/* Cells. */

/* The row's currency, "" when the listing has none. */
static const char *
row_currency(const struct rows *r, size_t row)
{
	const struct listing *l = r->listing;

	for (size_t i = 0; i < l->ncolumns; i++)
		if (l->columns[i].type == COLUMN_CURRENCY)
			return rows_cell(r, row, i)->s;
	return "";
}

void
cell_text(char *dst, size_t size, const struct rows *r, size_t row,
    size_t column, const char *zone)
{
	const struct column *c = &r->listing->columns[column];
	const struct cell *cell = rows_cell(r, row, column);
	char date[DATE_SIZE], money[MONEY_SIZE];
	const char *s = "";

	if (cell->null) {
		dst[0] = '\0';
		return;
	}
	switch (c->type) {
	case COLUMN_TEXT:
	case COLUMN_LIST:
	case COLUMN_CURRENCY:
		s = cell->s;
		break;
	case COLUMN_WORD:
		s = word_text(cell->s);
		break;
	case COLUMN_ID:
		snprintf(dst, size, "#%" PRId64, cell->i);
		return;
	case COLUMN_DAY:
		day_text(date, cell->i);
		s = date;
		break;
	case COLUMN_TIME:
		instant_text(date, cell->i, zone);
		s = date;
		break;
	case COLUMN_MONEY:
		if (cell->i == 0 && c->blank_zero)
			break;
		money_text(money, cell->i, row_currency(r, row));
		s = money;
		break;
	case COLUMN_BOOL:
		s = cell->i != 0 ? _("Yes") : _("No");
		break;
	}
	/* Stored text is clean; a cut keeps characters whole. */
	text_clean(dst, size, s, strlen(s), TEXT_LINE);
}

void
cell_data(
    char *dst, size_t size, const struct rows *r, size_t row, size_t column)
{
	const struct column *c = &r->listing->columns[column];
	const struct cell *cell = rows_cell(r, row, column);
	char date[DATE_SIZE], money[MONEY_SIZE];

	if (cell->null) {
		dst[0] = '\0';
		return;
	}
	switch (c->type) {
	case COLUMN_TEXT:
	case COLUMN_LIST:
	case COLUMN_CURRENCY:
	case COLUMN_WORD:
		text_clean(dst, size, cell->s, strlen(cell->s), TEXT_LINE);
		break;
	case COLUMN_ID:
		snprintf(dst, size, "%" PRId64, cell->i);
		break;
	case COLUMN_DAY:
		day_iso(date, cell->i);
		snprintf(dst, size, "%s", date);
		break;
	case COLUMN_TIME:
		instant_iso(date, cell->i);
		snprintf(dst, size, "%s", date);
		break;
	case COLUMN_MONEY:
		money_plain(money, cell->i, row_currency(r, row));
		snprintf(dst, size, "%s", money);
		break;
	case COLUMN_BOOL:
		snprintf(dst, size, "%s", cell->i != 0 ? "true" : "false");
		break;
	}
}

bool
rows_match(
    const struct rows *r, size_t row, const char *folded, const char *zone)
{
	char text[CELL_TEXT], fold[CELL_TEXT * 2];

	for (size_t i = 0; i < r->listing->ncolumns; i++) {
		if (r->listing->columns[i].show == SHOW_DATA)
			continue;
		cell_text(text, sizeof(text), r, row, i, zone);
		text_fold(fold, sizeof(fold), text);
		if (strstr(fold, folded) != NULL)
			return true;
	}
	return false;
}

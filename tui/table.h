/*
 * A listing as a table: columns by width, read page by page, sorted, filtered,
 * searched to its end.  What columns there are is the listing's business.
 */
#ifndef TUI_TABLE_H
#define TUI_TABLE_H

#include "data/listing.h"
#include "tui/list.h"
#include "tui/row.h"
#include "tui/session.h"

enum { TABLE_COLUMNS = 16, TABLE_CELL = 512 };

struct table;

struct table_filter {
	const char *name; /* N_(): "open" */
	const char *none; /* N_(): what to say when nothing passes */
	bool (*keep)(const struct rows *r, size_t row);
};

struct table_spec {
	const char *listing;
	enum target_kind opens;
	/* Filters after "all", which is always the first. */
	const struct table_filter *filters;
	size_t nfilters;
	/* Does the row want attention? Then its state is bold. */
	bool (*attention)(const struct rows *r, size_t row);
	/* A row on a narrow screen: two lines. */
	void (*narrow)(const struct table *t, size_t row, struct row *first,
	    struct row *second);
	/* Instants may be shown as days where there is little room. */
	bool days;
	/* Which columns, in which order: keys; NULL: as the listing says. */
	size_t (*columns)(
	    const struct session *s, const char **keys, size_t max);
};

struct table {
	struct list list; /* first: the list's owner is found by it */
	const struct table_spec *spec;
	const struct session *session;
	struct rows rows;
	uint32_t *order; /* rows that are shown, in the order shown */
	size_t cap;
	size_t loaded; /* rows that went through the filter already */
	int columns[TABLE_COLUMNS], widths[TABLE_COLUMNS];
	size_t ncolumns;
	/* What columns and widths were last made for. */
	struct {
		int w, sort;
		size_t rows;
		bool two_lines;
	} laid;
	int gap;       /* between columns */
	bool currency; /* in the head of the last amount */
	bool two_lines;
	bool days;         /* instants are shown as days, for want of room */
	const char *title; /* stands in the head's place, or NULL */
	int sort;          /* a column, -1: the listing's own order */
	size_t filter;
	int64_t total; /* rows in all, -1: not known before the end */
	enum err err;
};

enum err table_open(struct table *t, const struct session *s,
    const struct table_spec *spec, size_t first_rows);
void table_release(struct table *t);
/* Sets a filter; reads until at least rows of them are there, or the end. */
enum err table_filter(struct table *t, size_t filter, size_t rows);
enum err table_reload(struct table *t);
/* ACT_SORT and ACT_FILTER: gives a sentence for the status line. */
bool table_act(struct table *t, enum action act, char *said, size_t size);
/* Head (wide only), rows, "1-12 of 48, newest first" in the last line. */
void table_draw(
    struct table *t, struct canvas *c, struct area a, bool two_lines);

/* A row's cell by its column's key: as people read it; as data. */
void table_text(
    const struct table *t, size_t row, const char *key, char dst[TABLE_CELL]);
int64_t row_int(const struct rows *r, size_t row, const char *key);
const char *row_str(const struct rows *r, size_t row, const char *key);

#endif

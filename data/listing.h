/*
 * Listings: one row each, rendered as the screen's table, text, JSON, CSV (and
 * later XLSX, PDF).  Adding a row to data/listing.c adds all of them.
 */
#ifndef DATA_LISTING_H
#define DATA_LISTING_H

#include "data/store.h"

enum column_type {
	COLUMN_TEXT,
	COLUMN_WORD,     /* a state: English in data, translated on a screen */
	COLUMN_ID,       /* a number people quote: "#8812" on screens */
	COLUMN_DAY,      /* days */
	COLUMN_TIME,     /* instant */
	COLUMN_MONEY,    /* minor units of the row's currency column */
	COLUMN_BOOL,     /* 0/1 */
	COLUMN_LIST,     /* text, items separated by a space: JSON list when it
			  * has more than one item, else left out */
	COLUMN_CURRENCY, /* the row's currency; once per table on screens */
};

enum column_show {
	SHOW_ALWAYS,    /* also at 40 columns */
	SHOW_WIDE,      /* from 80 columns on */
	SHOW_VERY_WIDE, /* from 132 columns on */
	SHOW_DATA,      /* never on a screen: JSON and CSV only */
	SHOW_SCREEN,    /* never in JSON and CSV */
};

struct column {
	const char *key;   /* JSON key, CSV head: part of the contract */
	const char *title; /* N_() */
	enum column_type type;
	enum column_show show;
	bool blank_zero; /* COLUMN_MONEY: nothing on a screen when it is 0 */
};

/*
 * The statement's columns: sort key (int), id (int), then one per column.  Its
 * parameters: $4 today, $5 and $6 sort key and id of the last row seen, $7
 * limit.  Rows come in one order, newest first unless ascending.
 */
struct listing {
	const char *name;  /* command and file name */
	const char *title; /* N_() */
	const char *empty; /* N_(): what to say, and the next step */
	enum sql sql;
	bool ascending; /* where paging starts: at 0 or at the largest */
	const struct column *columns;
	size_t ncolumns;
};

extern const struct listing listings[];
extern const size_t listings_count;
const struct listing *listing_find(const char *name); /* or NULL */
/* Index of a column's key, -1 if there is none. */
int listing_column(const struct listing *l, const char *key);

/* Rows held in memory: cells[row * ncolumns + column]. */
struct cell {
	bool null;
	int64_t i; /* INT-like types */
	char *s;   /* text types, owned */
};
struct rows {
	const struct listing *listing;
	struct cell *cells;
	int64_t *ids;
	size_t n, cap;
	int64_t last_key, last_id; /* for the next page */
	bool complete;
};

enum { LISTING_PAGE = 100, LISTING_MAX = 100000 };

void rows_init(struct rows *r, const struct listing *l);
void rows_release(struct rows *r);
const struct cell *rows_cell(const struct rows *r, size_t row, size_t column);
/* Appends the next page of at most limit (<= LISTING_PAGE) rows; sets complete
 * when there is no more. */
enum err rows_more(
    struct rows *r, struct store *st, int64_t today, size_t limit);
/* All of it. */
enum err rows_all(struct rows *r, struct store *st, int64_t today);

/* Does any shown text of this row contain the folded needle? */
bool rows_match(
    const struct rows *r, size_t row, const char *folded, const char *zone);

/* One cell as people read it (translated, localised) or as data (ISO dates,
 * decimal amounts, English words). */
void cell_text(char *dst, size_t size, const struct rows *r, size_t row,
    size_t column, const char *zone);
void cell_data(
    char *dst, size_t size, const struct rows *r, size_t row, size_t column);

/* The words for states that a screen translates, marked for gettext. */
const char *word_text(const char *english);

#endif

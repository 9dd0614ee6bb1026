/*
 * A listing's rows as aligned text, JSON or CSV.  Rows are read and written
 * page by page, so that a listing of any length needs the memory of one page.
 */
#ifndef EXPORT_LISTING_EXPORT_H
#define EXPORT_LISTING_EXPORT_H

#include <stdio.h>

#include "data/listing.h"

enum listing_format { LISTING_TEXT, LISTING_JSON, LISTING_CSV };

/*
 * Writes all of a listing to out.  zone is for times in text; JSON and CSV are
 * ISO 8601, UTC.  JSON is one array of objects; CSV is RFC 4180 with a head.
 * An error before the first row leaves out untouched; a later one leaves it
 * cut (a JSON array that never ends).  ERR_IO or ERR_FULL: out failed.
 */
enum err listing_export(FILE *out, enum listing_format format, struct store *st,
    const struct listing *l, int64_t today, const char *zone);

/* How one format writes; listing_export() drives it page by page. */
struct listing_writer {
	/* Sees every page before begin, where columns must be aligned; or
	 * NULL. */
	void (*measure)(void *state, const struct rows *page, const char *zone);
	void (*begin)(void *state, FILE *out, const struct listing *l);
	enum err (*page)(
	    void *state, FILE *out, const struct rows *page, const char *zone);
	void (*end)(void *state, FILE *out, const struct listing *l);
};

enum { LISTING_COLUMNS_MAX = 40, LISTING_COLUMN_WIDEST = 40 };

/* Room for any format's state; starts as zeros. */
struct listing_state {
	size_t rows;
	size_t width[LISTING_COLUMNS_MAX];
	char currency[8];
	bool mixed; /* rows of several currencies */
};

extern const struct listing_writer listing_writer_text;
extern const struct listing_writer listing_writer_json;
extern const struct listing_writer listing_writer_csv;

/* Text has what a wide screen shows, JSON and CSV all of the data. */
bool listing_column_in(const struct column *c, enum listing_format format);

/* One CSV field, quoted where needed.  text: somebody typed it, so a leading
 * = + - @ TAB or CR gets a ' before it: spreadsheets would run it. */
void csv_field(FILE *out, const char *s, bool text);

#endif

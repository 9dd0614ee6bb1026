/*
 * Reads a listing page by page and hands the pages to a format's writer.
 */
#include "export/listing_export.h"

#include <errno.h>

static const struct listing_writer *const writers[] = {
    [LISTING_TEXT] = &listing_writer_text,
    [LISTING_JSON] = &listing_writer_json,
    [LISTING_CSV] = &listing_writer_csv,
};

bool
listing_column_in(const struct column *c, enum listing_format format)
{
	return c->show != SHOW_SCREEN &&
	       (c->show != SHOW_DATA || format != LISTING_TEXT);
}

/* Where reading goes on: the place of a page without its rows. */
struct place {
	int64_t key, id;
	bool started, complete;
};

static enum err
page_read(struct rows *page, struct place *at, struct store *st,
    const struct listing *l, int64_t today)
{
	enum err err;

	rows_init(page, l);
	if (at->started) {
		page->last_key = at->key;
		page->last_id = at->id;
	}
	if ((err = rows_more(page, st, today, LISTING_PAGE)) != ERR_NONE) {
		rows_release(page);
		return err;
	}
	at->started = true;
	at->complete = page->complete;
	at->key = page->last_key;
	at->id = page->last_id;
	return ERR_NONE;
}

static enum err
out_error(FILE *out)
{
	if (fflush(out) == 0 && !ferror(out))
		return ERR_NONE;
	return errno == ENOSPC || errno == EDQUOT      ? ERR_FULL
	       : errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED
						       : ERR_IO;
}

static enum err
measure_all(const struct listing_writer *w, struct listing_state *state,
    struct store *st, const struct listing *l, int64_t today, const char *zone)
{
	struct place at = {0};
	struct rows page;
	enum err err;

	while (!at.complete) {
		if ((err = page_read(&page, &at, st, l, today)) != ERR_NONE)
			return err;
		w->measure(state, &page, zone);
		rows_release(&page);
	}
	return ERR_NONE;
}

enum err
listing_export(FILE *out, enum listing_format format, struct store *st,
    const struct listing *l, int64_t today, const char *zone)
{
	const struct listing_writer *w = writers[format];
	struct listing_state state = {0};
	struct place at = {0};
	struct rows page;
	bool begun = false;
	enum err err = ERR_NONE;

	if (l->ncolumns > LISTING_COLUMNS_MAX)
		return ERR_INTERNAL;
	if (w->measure != NULL)
		err = measure_all(w, &state, st, l, today, zone);
	while (err == ERR_NONE && !at.complete) {
		if ((err = page_read(&page, &at, st, l, today)) != ERR_NONE)
			return err;
		if (!begun)
			w->begin(&state, out, l);
		begun = true;
		err = w->page(&state, out, &page, zone);
		rows_release(&page);
		if (err == ERR_NONE && ferror(out))
			err = out_error(out);
	}
	if (err != ERR_NONE)
		return err;
	w->end(&state, out, l);
	return out_error(out);
}

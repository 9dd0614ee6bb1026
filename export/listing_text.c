/*
 * A listing as aligned text: amounts to the right, the currency once in the
 * title unless rows differ in it, states in words.
 */
#include "export/listing_export.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

enum { CELL_TEXT = 1024 };

static bool
column_shown(const struct listing_state *s, const struct column *c)
{
	if (c->type == COLUMN_CURRENCY && !s->mixed)
		return false;
	return listing_column_in(c, LISTING_TEXT);
}

static bool
has_amounts(const struct listing *l)
{
	size_t i;

	for (i = 0; i < l->ncolumns; i++)
		if (l->columns[i].type == COLUMN_MONEY &&
		    listing_column_in(&l->columns[i], LISTING_TEXT))
			return true;
	return false;
}

static void
text_measure(void *state, const struct rows *page, const char *zone)
{
	struct listing_state *s = state;
	const struct listing *l = page->listing;
	char text[CELL_TEXT];
	size_t row, i, width;

	for (row = 0; row < page->n; row++) {
		for (i = 0; i < l->ncolumns; i++) {
			cell_text(text, sizeof(text), page, row, i, zone);
			width = text_width(text);
			if (width > LISTING_COLUMN_WIDEST)
				width = LISTING_COLUMN_WIDEST;
			if (width > s->width[i])
				s->width[i] = width;
			if (l->columns[i].type != COLUMN_CURRENCY)
				continue;
			if (s->currency[0] == '\0')
				snprintf(s->currency, sizeof(s->currency),
				    "%.7s", text);
			else if (strcmp(s->currency, text) != 0)
				s->mixed = true;
		}
	}
	s->rows += page->n;
}

static void
pad(FILE *out, size_t n)
{
	fprintf(out, "%*s", (int)n, "");
}

/* One cell, two blanks before it unless it is the first.  Blanks after it
 * wait in *owed until another cell follows, so that no line ends in them. */
static void
put_cell(FILE *out, const char *text, size_t width, bool right, bool first,
    size_t *owed)
{
	size_t w = text_width(text), gap = w < width ? width - w : 0;

	pad(out, *owed + (first ? 0 : 2) + (right ? gap : 0));
	fputs(text, out);
	*owed = right ? 0 : gap;
}

static void
text_begin(void *state, FILE *out, const struct listing *l)
{
	struct listing_state *s = state;
	const struct column *c;
	size_t i, width, owed = 0;
	bool first = true;

	if (s->rows == 0) {
		fprintf(out, "%s\n", _(l->empty));
		return;
	}
	if (s->currency[0] != '\0' && !s->mixed && has_amounts(l))
		/* TRANSLATORS: "Invoices, amounts in EUR" */
		fprintf(
		    out, _("%s, amounts in %s\n\n"), _(l->title), s->currency);
	else
		fprintf(out, "%s\n\n", _(l->title));
	for (i = 0; i < l->ncolumns; i++) {
		c = &l->columns[i];
		if (!column_shown(s, c))
			continue;
		width = text_width(_(c->title));
		if (width > s->width[i])
			s->width[i] = width;
		put_cell(out, _(c->title), s->width[i], c->type == COLUMN_MONEY,
		    first, &owed);
		first = false;
	}
	fputc('\n', out);
}

static enum err
text_page(void *state, FILE *out, const struct rows *page, const char *zone)
{
	struct listing_state *s = state;
	const struct listing *l = page->listing;
	char text[CELL_TEXT];
	size_t row, i, owed;
	bool first;

	/* Rows that came since the measuring would stand without a head. */
	if (s->rows == 0)
		return ERR_NONE;
	for (row = 0; row < page->n; row++) {
		owed = 0;
		first = true;
		for (i = 0; i < l->ncolumns; i++) {
			if (!column_shown(s, &l->columns[i]))
				continue;
			cell_text(text, sizeof(text), page, row, i, zone);
			put_cell(out, text, s->width[i],
			    l->columns[i].type == COLUMN_MONEY, first, &owed);
			first = false;
		}
		fputc('\n', out);
	}
	return ERR_NONE;
}

static void
text_end(void *state, FILE *out, const struct listing *l)
{
	(void)state;
	(void)out;
	(void)l;
}

const struct listing_writer listing_writer_text = {
    .measure = text_measure,
    .begin = text_begin,
    .page = text_page,
    .end = text_end,
};

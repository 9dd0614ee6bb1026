/*
 * A listing as CSV: RFC 4180, UTF-8, CRLF, keys in the head.  What customers
 * and staff typed cannot become a formula in a spreadsheet.
 */
#include "export/listing_export.h"

#include <string.h>

enum { CELL_DATA = 128 };

void
csv_field(FILE *out, const char *s, bool text)
{
	bool formula = text && s[0] != '\0' && strchr("=+-@\t\r", s[0]) != NULL;
	size_t len = strlen(s);

	if (!formula && strpbrk(s, ",\"\r\n") == NULL &&
	    (len == 0 || (s[0] != ' ' && s[len - 1] != ' '))) {
		fputs(s, out);
		return;
	}
	fputc('"', out);
	if (formula)
		fputc('\'', out);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			fputc('"', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

static void
csv_begin(void *state, FILE *out, const struct listing *l)
{
	bool first = true;
	size_t i;

	(void)state;
	for (i = 0; i < l->ncolumns; i++) {
		if (!listing_column_in(&l->columns[i], LISTING_CSV))
			continue;
		if (!first)
			fputc(',', out);
		csv_field(out, l->columns[i].key, false);
		first = false;
	}
	fputs("\r\n", out);
}

static void
csv_cell(FILE *out, const struct rows *page, size_t row, size_t i)
{
	const struct cell *cell = rows_cell(page, row, i);
	char data[CELL_DATA];

	if (cell->null)
		return;
	switch (page->listing->columns[i].type) {
	case COLUMN_TEXT:
	case COLUMN_LIST:
		csv_field(out, cell->s, true);
		break;
	case COLUMN_BOOL:
		fputs(cell->i != 0 ? "true" : "false", out);
		break;
	default:
		cell_data(data, sizeof(data), page, row, i);
		csv_field(out, data, false);
		break;
	}
}

static enum err
csv_page(void *state, FILE *out, const struct rows *page, const char *zone)
{
	const struct listing *l = page->listing;
	size_t row, i;
	bool first;

	(void)state;
	(void)zone;
	for (row = 0; row < page->n; row++) {
		first = true;
		for (i = 0; i < l->ncolumns; i++) {
			if (!listing_column_in(&l->columns[i], LISTING_CSV))
				continue;
			if (!first)
				fputc(',', out);
			csv_cell(out, page, row, i);
			first = false;
		}
		fputs("\r\n", out);
	}
	return ERR_NONE;
}

static void
csv_end(void *state, FILE *out, const struct listing *l)
{
	(void)state;
	(void)out;
	(void)l;
}

const struct listing_writer listing_writer_csv = {
    .begin = csv_begin,
    .page = csv_page,
    .end = csv_end,
};

/*
 * A listing as JSON: an array of objects, one a line, each written as soon as
 * it is read.
 */
#include "export/listing_export.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_DATA = 128 };

static json_t *
json_list(const char *items)
{
	json_t *list = json_array();
	size_t n;

	for (; list != NULL && *items != '\0'; items += n) {
		items += strspn(items, " ");
		n = strcspn(items, " ");
		if (n > 0 &&
		    json_array_append_new(list, json_stringn(items, n)) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

/* NULL only when memory is out. */
static json_t *
json_cell(const struct rows *page, size_t row, size_t i)
{
	const struct cell *cell = rows_cell(page, row, i);
	char data[CELL_DATA];

	if (cell->null)
		return json_null();
	switch (page->listing->columns[i].type) {
	case COLUMN_TEXT:
		return json_string(cell->s);
	case COLUMN_LIST:
		return json_list(cell->s);
	case COLUMN_ID:
		return json_integer(cell->i);
	case COLUMN_BOOL:
		return json_boolean(cell->i != 0);
	default:
		cell_data(data, sizeof(data), page, row, i);
		return json_string(data);
	}
}

static bool
list_is_left_out(const struct column *c, const struct cell *cell)
{
	return c->type == COLUMN_LIST &&
	       (cell->null || strchr(cell->s, ' ') == NULL);
}

static json_t *
json_row(const struct rows *page, size_t row)
{
	const struct listing *l = page->listing;
	json_t *object = json_object();
	size_t i;

	for (i = 0; object != NULL && i < l->ncolumns; i++) {
		if (!listing_column_in(&l->columns[i], LISTING_JSON) ||
		    list_is_left_out(&l->columns[i], rows_cell(page, row, i)))
			continue;
		if (json_object_set_new(object, l->columns[i].key,
			json_cell(page, row, i)) != 0) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}

static void
json_begin(void *state, FILE *out, const struct listing *l)
{
	(void)state;
	(void)l;
	fputc('[', out);
}

static enum err
json_page(void *state, FILE *out, const struct rows *page, const char *zone)
{
	struct listing_state *s = state;
	json_t *object;
	char *text;
	size_t row;

	(void)zone;
	for (row = 0; row < page->n; row++) {
		if ((object = json_row(page, row)) == NULL)
			return ERR_NOMEM;
		text = json_dumps(object, JSON_PRESERVE_ORDER);
		json_decref(object);
		if (text == NULL)
			return ERR_NOMEM;
		fprintf(out, "%s\n  %s", s->rows++ > 0 ? "," : "", text);
		free(text);
	}
	return ERR_NONE;
}

static void
json_end(void *state, FILE *out, const struct listing *l)
{
	struct listing_state *s = state;

	(void)l;
	fputs(s->rows > 0 ? "\n]\n" : "]\n", out);
}

const struct listing_writer listing_writer_json = {
    .begin = json_begin,
    .page = json_page,
    .end = json_end,
};

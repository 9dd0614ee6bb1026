/*
 * Catalogs of tables: filled by the engines, sorted, held against each other;
 * and the statements that are made of them, the same on every engine.
 */
#include "data/copier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "data/array.h"

static enum err
name_set(char dst[COPY_NAME], const char *name)
{
	if (strlen(name) >= COPY_NAME) {
		log_error("store: the name %s is too long to copy", name);
		return ERR_TOO_BIG;
	}
	strcpy(dst, name);
	return ERR_NONE;
}

enum err
catalog_table(struct copy_catalog *c, const char *schema, const char *name)
{
	struct copy_table *t =
	    array_add(&c->tables, &c->ntables, sizeof(*c->tables));
	struct buf at;
	enum err err;

	if (t == NULL)
		return ERR_NOMEM;
	if ((err = name_set(t->name, name)) != ERR_NONE)
		return err;
	buf_init(&at, sizeof(t->at) - 1);
	if (schema != NULL) {
		sql_quoted(&at, schema);
		buf_addc(&at, '.');
	}
	sql_quoted(&at, name);
	if ((err = at.err) == ERR_NONE)
		memcpy(t->at, buf_str(&at), at.len + 1);
	buf_release(&at);
	return err;
}

enum err
catalog_column(
    struct copy_catalog *c, const char *name, enum value_type type, int64_t key)
{
	struct copy_table *t = &c->tables[c->ntables - 1];

	if (t->ncolumns == QUERY_COLS || key > QUERY_COLS) {
		log_error("store: %s has too many columns to copy", t->name);
		return ERR_TOO_BIG;
	}
	if (key > 0) {
		t->key[key - 1] = t->ncolumns;
		t->nkey++;
	}
	t->columns[t->ncolumns].type = type;
	return name_set(t->columns[t->ncolumns++].name, name);
}

enum err
catalog_type(const char *table, const char *column, const char *word,
    enum value_type *out)
{
	static const struct {
		const char *word;
		enum value_type type;
	} types[] = {
	    {"INTEGER", VALUE_INT},
	    {"INT", VALUE_INT},
	    {"int8", VALUE_INT},
	    {"TEXT", VALUE_TEXT},
	    {"text", VALUE_TEXT},
	    {"BLOB", VALUE_BYTES},
	    {"bytea", VALUE_BYTES},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i].word, word) == 0) {
			*out = types[i].type;
			return ERR_NONE;
		}
	log_error("store: %s.%s is of a type that cannot be copied: %s", table,
	    column, word);
	return ERR_UNSUPPORTED;
}

enum err
catalog_reference(struct copy_catalog *c, const char *child, const char *parent)
{
	struct copy_reference *r =
	    array_add(&c->references, &c->nreferences, sizeof(*c->references));
	enum err err;

	if (r == NULL)
		return ERR_NOMEM;
	if ((err = name_set(r->child, child)) == ERR_NONE)
		err = name_set(r->parent, parent);
	return err;
}

void
catalog_release(struct copy_catalog *c)
{
	free(c->tables);
	free(c->references);
	*c = (struct copy_catalog) {0};
}

/* The table's place from first on, or ntables. */
static size_t
find(const struct copy_catalog *c, size_t first, const char *name)
{
	while (first < c->ntables && strcmp(c->tables[first].name, name) != 0)
		first++;
	return first;
}

/* Has it a parent, other than itself, among those from first on? */
static bool
waits(const struct copy_catalog *c, size_t first, const char *name)
{
	for (size_t i = 0; i < c->nreferences; i++) {
		const struct copy_reference *r = &c->references[i];

		if (strcmp(r->child, name) == 0 &&
		    strcmp(r->parent, name) != 0 &&
		    find(c, first, r->parent) < c->ntables)
			return true;
	}
	return false;
}

static void
swap(struct copy_catalog *c, size_t a, size_t b)
{
	struct copy_table t = c->tables[a];

	c->tables[a] = c->tables[b];
	c->tables[b] = t;
}

enum err
catalog_sort(struct copy_catalog *c)
{
	for (size_t done = 0; done < c->ntables; done++) {
		size_t next = c->ntables;

		for (size_t i = done; i < c->ntables; i++)
			if (!waits(c, done, c->tables[i].name) &&
			    (next == c->ntables ||
				strcmp(c->tables[i].name,
				    c->tables[next].name) < 0))
				next = i;
		if (next == c->ntables) {
			log_error("store: %s and others refer to each other",
			    c->tables[done].name);
			return ERR_UNSUPPORTED;
		}
		swap(c, done, next);
	}
	return ERR_NONE;
}

static bool
has_column(const struct copy_table *t, const struct copy_column *column)
{
	for (size_t i = 0; i < t->ncolumns; i++)
		if (strcmp(t->columns[i].name, column->name) == 0)
			return t->columns[i].type == column->type;
	return false;
}

static bool
same_columns(const struct copy_table *a, const struct copy_table *b)
{
	if (a->ncolumns != b->ncolumns)
		return false;
	for (size_t i = 0; i < a->ncolumns; i++)
		if (!has_column(b, &a->columns[i]))
			return false;
	return true;
}

enum err
catalog_match(struct copy_catalog *c, const struct copy_catalog *from,
    char table[COPY_NAME])
{
	for (size_t i = 0; i < from->ntables; i++) {
		const struct copy_table *like = &from->tables[i];
		size_t at = find(c, i, like->name);
		struct copy_table *t;

		strcpy(table, like->name);
		if (at == c->ntables || !same_columns(&c->tables[at], like))
			return ERR_CONFIG;
		swap(c, i, at);
		t = &c->tables[i];
		memcpy(t->columns, like->columns, sizeof(t->columns));
		memcpy(t->key, like->key, sizeof(t->key));
		t->nkey = like->nkey;
	}
	if (c->ntables == from->ntables)
		return ERR_NONE;
	strcpy(table, c->tables[from->ntables].name);
	return ERR_CONFIG;
}

/* Statements. */

void
sql_quoted(struct buf *b, const char *name)
{
	buf_addc(b, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"')
			buf_addc(b, '"');
		buf_addc(b, *name);
	}
	buf_addc(b, '"');
}

static void
add_names(struct buf *b, const struct copy_table *t)
{
	for (size_t i = 0; i < t->ncolumns; i++) {
		buf_adds(b, i > 0 ? ", " : "");
		sql_quoted(b, t->columns[i].name);
	}
}

void
sql_columns(struct buf *b, const struct copy_table *t)
{
	buf_addc(b, '(');
	add_names(b, t);
	buf_addc(b, ')');
}

void
sql_select(struct buf *b, const struct copy_table *t, const char *collation)
{
	size_t n = t->nkey > 0 ? t->nkey : t->ncolumns;

	buf_adds(b, "SELECT ");
	add_names(b, t);
	buf_addf(b, " FROM %s ORDER BY ", t->at);
	for (size_t i = 0; i < n; i++) {
		const struct copy_column *column =
		    &t->columns[t->nkey > 0 ? t->key[i] : i];

		buf_adds(b, i > 0 ? ", " : "");
		sql_quoted(b, column->name);
		if (column->type == VALUE_TEXT)
			buf_addf(b, " COLLATE %s", collation);
		/* Not for keys, which have none: the index would not serve. */
		if (t->nkey == 0)
			buf_adds(b, " NULLS FIRST");
	}
}

/*
 * What copy.c needs of an engine beside its statements: whole tables, as the
 * catalog says they are.  Only for copying; nobody else includes this.
 */
#ifndef DATA_COPIER_H
#define DATA_COPIER_H

#include "data/copy.h"
#include "data/engine.h"

struct copy_column {
	char name[COPY_NAME];
	enum value_type type;
};

struct copy_table {
	char name[COPY_NAME];
	char at[4 * COPY_NAME]; /* what statements call it, quoted */
	struct copy_column columns[QUERY_COLS];
	size_t ncolumns;
	/* The primary key: columns by their places; 0: the table has none. */
	size_t key[QUERY_COLS];
	size_t nkey;
	char id[COPY_NAME]; /* the column that the engine numbers, or "" */
};

struct copy_reference {
	char child[COPY_NAME], parent[COPY_NAME];
};

struct copy_catalog {
	struct copy_table *tables;
	size_t ntables;
	struct copy_reference *references;
	size_t nreferences;
};

/* Filling a catalog: columns belong to the table added last.  Names that are
 * too long, or too many of them: ERR_TOO_BIG. */
enum err catalog_table(
    struct copy_catalog *c, const char *schema, const char *name);
/* key: its place in the primary key, from 1; 0: it is none of it. */
enum err catalog_column(struct copy_catalog *c, const char *name,
    enum value_type type, int64_t key);
/* By the engine's own word for it.  ERR_UNSUPPORTED, and a log line: it cannot
 * be copied. */
enum err catalog_type(const char *table, const char *column, const char *word,
    enum value_type *out);
enum err catalog_reference(
    struct copy_catalog *c, const char *child, const char *parent);
void catalog_release(struct copy_catalog *c);
/* Parents first, else by name.  ERR_UNSUPPORTED: they go round. */
enum err catalog_sort(struct copy_catalog *c);
/* Puts its tables and their columns into from's order.  ERR_CONFIG, and the
 * table's name: something is in one of them only. */
enum err catalog_match(struct copy_catalog *c, const struct copy_catalog *from,
    char table[COPY_NAME]);

/* "name", whatever is in it. */
void sql_quoted(struct buf *b, const char *name);
/* ("a", "b") */
void sql_columns(struct buf *b, const struct copy_table *t);
/* SELECT of all columns in the order of the key, or of all of them where there
 * is none; collation: the engine's bytewise one. */
void sql_select(
    struct buf *b, const struct copy_table *t, const char *collation);

/* The values, one for each column, are the engine's until it returns. */
typedef enum err copy_row_fn(void *arg, const struct value *row);

struct copier {
	const struct driver *driver;
	/* Is there anything to open? */
	bool (*there)(const char *where);
	/* Text that two handles share only if they are of one store. */
	enum err (*identify)(struct store *st, char *dst, size_t size);
	/*
	 * The transaction in which all of it happens, outside store_begin();
	 * nobody else writes to the store until it ends.  The handle is of no
	 * other use before commit.
	 */
	enum err (*begin)(struct store *st);
	enum err (*commit)(struct store *st);
	enum err (*catalog)(struct store *st, struct copy_catalog *out);
	/* The number that a statement gives. */
	enum err (*ask)(struct store *st, const char *text, int64_t *out);
	/* Every row in sql_select()'s order; the first error of row ends it. */
	enum err (*read)(struct store *st, const struct copy_table *t,
	    copy_row_fn *row, void *arg);
	/* Adding rows: begin, any number of puts, and in any case end, which
	 * gives the first error. */
	enum err (*put_begin)(
	    struct store *st, const struct copy_table *t, void **writer);
	enum err (*put)(void *writer, const struct value *row);
	enum err (*put_end)(void *writer);
	/* The last id that was handed out, if the engine keeps that beside the
	 * rows; else 0. */
	enum err (*last_id)(
	    struct store *st, const struct copy_table *t, int64_t *last);
	/* The rows are there: ids go on after last. */
	enum err (*settle)(
	    struct store *st, const struct copy_table *t, int64_t last);
};

extern const struct copier copier_sqlite;
extern const struct copier copier_postgresql;

#endif

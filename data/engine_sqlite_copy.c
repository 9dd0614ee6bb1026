/*
 * The sqlite engine: whole tables, for copying.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "data/copier.h"
#include "data/engine_sqlite.h"

enum { STATEMENT_MAX = 16 * 1024 };

static sqlite3 *
db_of(struct store *st)
{
	return ((struct sqlite_store *)st)->db;
}

static enum err
prepare(sqlite3 *db, const char *text, sqlite3_stmt **out)
{
	int rc = sqlite3_prepare_v2(db, text, -1, out, NULL);

	return rc == SQLITE_OK ? ERR_NONE : sqlite_failed(db, rc, "copy");
}

static const char *
column_str(sqlite3_stmt *stmt, int i)
{
	const unsigned char *s = sqlite3_column_text(stmt, i);

	return s != NULL ? (const char *)s : "";
}

static bool
sqlite_there(const char *where)
{
	struct stat sb;

	return lstat(where, &sb) == 0 || errno != ENOENT;
}

static enum err
sqlite_identify(struct store *st, char *dst, size_t size)
{
	const char *path = sqlite3_db_filename(db_of(st), "main");
	struct stat sb;

	if (stat(path, &sb) != 0) {
		log_error("store: %s: %s", path, strerror(errno));
		return ERR_IO;
	}
	snprintf(dst, size, "sqlite %llu %llu", (unsigned long long)sb.st_dev,
	    (unsigned long long)sb.st_ino);
	return ERR_NONE;
}

/* Whoever writes waits for us.  A table may refer to rows of its own that come
 * later; at the end all must be there. */
static enum err
sqlite_begin(struct store *st)
{
	return sqlite_execute(db_of(st),
	    "PRAGMA cache_size = -32768; BEGIN IMMEDIATE;"
	    "PRAGMA defer_foreign_keys = ON;",
	    "copy");
}

static enum err
sqlite_commit(struct store *st)
{
	return sqlite_execute(db_of(st), "COMMIT", "commit");
}

static enum err
sqlite_ask(struct store *st, const char *text, int64_t *out)
{
	sqlite3 *db = db_of(st);
	sqlite3_stmt *stmt;
	enum err err;
	int rc;

	if ((err = prepare(db, text, &stmt)) != ERR_NONE)
		return err;
	if ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	else
		err = sqlite_failed(db, rc, "copy");
	sqlite3_finalize(stmt);
	return err;
}

/* The catalog. */

typedef enum err catalog_row_fn(struct copy_catalog *c, sqlite3_stmt *row);

static enum err
each_row(
    sqlite3 *db, const char *text, catalog_row_fn *fn, struct copy_catalog *out)
{
	sqlite3_stmt *stmt;
	enum err err;
	int rc = SQLITE_DONE;

	if ((err = prepare(db, text, &stmt)) != ERR_NONE)
		return err;
	while (err == ERR_NONE && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		err = fn(out, stmt);
	if (err == ERR_NONE && rc != SQLITE_DONE)
		err = sqlite_failed(db, rc, "copy");
	sqlite3_finalize(stmt);
	return err;
}

/* table, column, type, place in the key, columns of the key */
static enum err
catalog_row(struct copy_catalog *c, sqlite3_stmt *row)
{
	const char *table = column_str(row, 0), *column = column_str(row, 1);
	enum value_type type;
	enum err err;

	if ((err = catalog_type(table, column, column_str(row, 2), &type)) !=
	    ERR_NONE)
		return err;
	if ((c->ntables == 0 ||
		strcmp(c->tables[c->ntables - 1].name, table) != 0) &&
	    (err = catalog_table(c, NULL, table)) != ERR_NONE)
		return err;
	err = catalog_column(c, column, type, sqlite3_column_int64(row, 3));
	if (err == ERR_NONE && type == VALUE_INT &&
	    sqlite3_column_int(row, 3) == 1 && sqlite3_column_int(row, 4) == 1)
		strcpy(c->tables[c->ntables - 1].id, column);
	return err;
}

static enum err
reference_row(struct copy_catalog *c, sqlite3_stmt *row)
{
	return catalog_reference(c, column_str(row, 0), column_str(row, 1));
}

#define TABLES " s.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"

static enum err
sqlite_catalog(struct store *st, struct copy_catalog *out)
{
	static const char columns[] =
	    "SELECT s.name, x.name, x.type, x.pk,"
	    " MAX(x.pk) OVER (PARTITION BY s.name)"
	    " FROM sqlite_schema s JOIN pragma_table_xinfo(s.name) x"
	    " WHERE x.hidden = 0 AND" TABLES " ORDER BY s.name, x.cid";
	static const char references[] =
	    "SELECT s.name, f.\"table\""
	    " FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f"
	    " WHERE" TABLES;
	sqlite3 *db = db_of(st);
	enum err err;

	if ((err = each_row(db, columns, catalog_row, out)) != ERR_NONE)
		return err;
	return each_row(db, references, reference_row, out);
}

/* Reading. */

static enum err
take_value(
    sqlite3_stmt *stmt, int i, const struct copy_table *t, struct value *v)
{
	enum err err = sqlite_value(stmt, i, v);

	if (err == ERR_NOMEM)
		return err;
	if (err == ERR_NONE &&
	    (v->type == VALUE_NULL || v->type == t->columns[i].type))
		return ERR_NONE;
	log_error("store: %s.%s holds a value of another type", t->name,
	    t->columns[i].name);
	return ERR_BAD_INPUT;
}

static enum err
take_row(sqlite3_stmt *stmt, const struct copy_table *t, struct value *values)
{
	enum err err = ERR_NONE;

	for (size_t i = 0; i < t->ncolumns && err == ERR_NONE; i++)
		err = take_value(stmt, (int)i, t, &values[i]);
	return err;
}

static enum err
sqlite_read(
    struct store *st, const struct copy_table *t, copy_row_fn *row, void *arg)
{
	struct value values[QUERY_COLS];
	sqlite3_stmt *stmt = NULL;
	sqlite3 *db = db_of(st);
	struct buf text;
	enum err err;
	int rc = SQLITE_DONE;

	buf_init(&text, STATEMENT_MAX);
	sql_select(&text, t, "BINARY");
	if ((err = text.err) == ERR_NONE)
		err = prepare(db, buf_str(&text), &stmt);
	while (err == ERR_NONE && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
		if ((err = take_row(stmt, t, values)) == ERR_NONE)
			err = row(arg, values);
	if (err == ERR_NONE && rc != SQLITE_DONE)
		err = sqlite_failed(db, rc, t->name);
	sqlite3_finalize(stmt);
	buf_release(&text);
	return err;
}

/* Writing. */

struct writer {
	sqlite3 *db;
	sqlite3_stmt *stmt;
	const struct copy_table *table;
};

static enum err
sqlite_put_begin(struct store *st, const struct copy_table *t, void **out)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct buf text;
	enum err err;

	if (w == NULL)
		return ERR_NOMEM;
	w->db = db_of(st);
	w->table = t;
	buf_init(&text, STATEMENT_MAX);
	buf_addf(&text, "INSERT INTO %s ", t->at);
	sql_columns(&text, t);
	for (size_t i = 0; i < t->ncolumns; i++)
		buf_addf(&text, "%s?", i == 0 ? " VALUES (" : ", ");
	buf_addc(&text, ')');
	if ((err = text.err) == ERR_NONE)
		err = prepare(w->db, buf_str(&text), &w->stmt);
	buf_release(&text);
	if (err != ERR_NONE) {
		free(w);
		return err;
	}
	*out = w;
	return ERR_NONE;
}

static int
bind(sqlite3_stmt *stmt, int at, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		return sqlite3_bind_null(stmt, at);
	case VALUE_INT:
		return sqlite3_bind_int64(stmt, at, v->i);
	case VALUE_TEXT:
		return sqlite3_bind_text64(
		    stmt, at, v->p, v->n, SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_BYTES:
		return sqlite3_bind_blob64(stmt, at, v->p, v->n, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static enum err
sqlite_put(void *writer, const struct value *row)
{
	struct writer *w = writer;
	int rc = SQLITE_OK;

	for (size_t i = 0; i < w->table->ncolumns && rc == SQLITE_OK; i++)
		rc = bind(w->stmt, (int)i + 1, &row[i]);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(w->stmt);
	if (rc != SQLITE_DONE)
		return sqlite_failed(w->db, rc, w->table->name);
	rc = sqlite3_reset(w->stmt);
	return rc == SQLITE_OK ? ERR_NONE
			       : sqlite_failed(w->db, rc, w->table->name);
}

static enum err
sqlite_put_end(void *writer)
{
	struct writer *w = writer;

	sqlite3_finalize(w->stmt);
	free(w);
	return ERR_NONE;
}

/* Ids. */

/* Does sqlite remember this table's ids even when their rows are gone? */
static bool
remembers(sqlite3 *db, const struct copy_table *t)
{
	int numbered = 0;

	return t->id[0] != '\0' &&
	       sqlite3_table_column_metadata(db, NULL, t->name, t->id, NULL,
		   NULL, NULL, NULL, &numbered) == SQLITE_OK &&
	       numbered;
}

/* A statement about ?1, the table, with ?2, an id. */
static enum err
about_ids(sqlite3 *db, const char *text, const struct copy_table *t, int64_t id,
    int64_t *out)
{
	sqlite3_stmt *stmt;
	enum err err;
	int rc;

	if ((err = prepare(db, text, &stmt)) != ERR_NONE)
		return err;
	sqlite3_bind_text(stmt, 1, t->name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 2, id);
	if ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		*out = sqlite3_column_int64(stmt, 0);
	else if (rc != SQLITE_DONE)
		err = sqlite_failed(db, rc, "ids");
	sqlite3_finalize(stmt);
	return err;
}

static enum err
sqlite_last_id(struct store *st, const struct copy_table *t, int64_t *last)
{
	if (!remembers(db_of(st), t))
		return ERR_NONE;
	return about_ids(db_of(st),
	    "SELECT seq FROM sqlite_sequence WHERE name = ?1 AND ?2 = 0", t, 0,
	    last);
}

static enum err
sqlite_settle(struct store *st, const struct copy_table *t, int64_t last)
{
	sqlite3 *db = db_of(st);
	int64_t kept = -1;
	enum err err;

	if (last <= 0 || !remembers(db, t))
		return ERR_NONE;
	err = about_ids(db,
	    "UPDATE sqlite_sequence SET seq = MAX(seq, ?2) WHERE name = ?1 "
	    "RETURNING seq",
	    t, last, &kept);
	if (err != ERR_NONE || kept >= 0)
		return err;
	return about_ids(db,
	    "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", t, last,
	    &kept);
}

const struct copier copier_sqlite = {
    .driver = &driver_sqlite,
    .there = sqlite_there,
    .identify = sqlite_identify,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .catalog = sqlite_catalog,
    .ask = sqlite_ask,
    .read = sqlite_read,
    .put_begin = sqlite_put_begin,
    .put = sqlite_put,
    .put_end = sqlite_put_end,
    .last_id = sqlite_last_id,
    .settle = sqlite_settle,
};

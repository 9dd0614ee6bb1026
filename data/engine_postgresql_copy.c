/*
 * The postgresql engine: the transaction, the catalog and the ids of a copy.
 * Everything runs as the connection's own user, who must own the tables: one
 * who only sees some rows is refused by the server (row_security = off).
 */
#include "data/engine_postgresql_copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { STATEMENT_MAX = 64 * 1024 };

static struct pg_store *
from_store(struct store *st)
{
	return (struct pg_store *)st;
}

/* Several results in a row and COPY are not for a pipeline. */
static enum err
leave_pipeline(struct pg_store *s)
{
	enum err err;

	if (s->conn != NULL && PQpipelineStatus(s->conn) == PQ_PIPELINE_OFF)
		return ERR_NONE;
	if ((err = pg_as_owner(s)) != ERR_NONE)
		return err;
	return pg_pipeline_leave(s->conn) ? ERR_NONE : pg_lost(s, "copy");
}

enum err
pg_copy_exec(struct pg_store *s, const char *text, int n,
    const char *const *params, const char *what, PGresult **out)
{
	enum err err;
	PGresult *r;

	if ((err = leave_pipeline(s)) != ERR_NONE)
		return err;
	r = n == 0
		? PQexec(s->conn, text)
		: PQexecParams(s->conn, text, n, NULL, params, NULL, NULL, 0);
	switch (PQresultStatus(r)) {
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
	case PGRES_COPY_IN:
	case PGRES_COPY_OUT:
		break;
	default:
		err = pg_failed(s, r, what);
	}
	if (err != ERR_NONE || out == NULL)
		PQclear(r);
	else
		*out = r;
	return err;
}

/* One number; NULL and no row give 0. */
static enum err
ask(struct pg_store *s, const char *text, int n, const char *const *params,
    int64_t *out)
{
	PGresult *r;
	enum err err;

	if ((err = pg_copy_exec(s, text, n, params, "copy", &r)) != ERR_NONE)
		return err;
	*out = PQntuples(r) == 1 ? strtoll(PQgetvalue(r, 0, 0), NULL, 10) : 0;
	PQclear(r);
	return ERR_NONE;
}

static enum err
pg_copy_ask(struct store *st, const char *text, int64_t *out)
{
	return ask(from_store(st), text, 0, NULL, out);
}

static bool
pg_there(const char *where)
{
	(void)where;
	return true; /* a database is made by its administrator */
}

/* Two servers do not start in the same microsecond with the same files. */
static enum err
pg_identify(struct store *st, char *dst, size_t size)
{
	static const char text[] =
	    "SELECT pg_catalog.concat_ws(' ', 'postgresql', n.oid, d.oid, "
	    "extract(epoch FROM pg_catalog.pg_postmaster_start_time())) "
	    "FROM pg_catalog.pg_namespace n, pg_catalog.pg_database d "
	    "WHERE n.nspname = current_schema() "
	    "AND d.datname = current_database()";
	PGresult *r;
	enum err err;

	if ((err = pg_copy_exec(from_store(st), text, 0, NULL, "copy", &r)) !=
	    ERR_NONE)
		return err;
	if (PQntuples(r) == 1)
		snprintf(dst, size, "%s", PQgetvalue(r, 0, 0));
	else
		err = ERR_INTERNAL;
	PQclear(r);
	return err;
}

/* The tables of the schema in use, but an extension's and parts of others. */
#define TABLES                                                                 \
	"pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "                \
	"ON n.oid = c.relnamespace AND n.nspname = current_schema() "          \
	"AND c.relkind IN ('r', 'p') AND NOT c.relispartition "                \
	"AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "                  \
	"WHERE d.classid = 'pg_catalog.pg_class'::regclass "                   \
	"AND d.objid = c.oid AND d.deptype = 'e') "

static enum err
lock_tables(struct pg_store *s, const char *names)
{
	/* Locks first: the snapshot is taken by what comes after them. */
	static const char begin[] =
	    "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE;"
	    "SET LOCAL row_security = off; SET LOCAL statement_timeout = 0;"
	    "SET LOCAL idle_in_transaction_session_timeout = 0;"
	    "SET LOCAL lock_timeout = '10s';";
	struct buf text;
	enum err err;

	buf_init(&text, STATEMENT_MAX);
	buf_adds(&text, begin);
	/* Read by all; written and locked like this by nobody else. */
	if (names[0] != '\0')
		buf_addf(
		    &text, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", names);
	if ((err = text.err) == ERR_NONE)
		err = pg_copy_exec(
		    s, buf_str(&text), 0, NULL, "locking the tables", NULL);
	buf_release(&text);
	return err;
}

static enum err
pg_copy_begin(struct store *st)
{
	static const char text[] =
	    "SELECT pg_catalog.string_agg(pg_catalog.format("
	    "'%I.%I', n.nspname, c.relname), ', ' ORDER BY c.relname) "
	    "FROM " TABLES;
	struct pg_store *s = from_store(st);
	PGresult *r;
	enum err err;

	if ((err = pg_copy_exec(s, text, 0, NULL, "copy", &r)) != ERR_NONE)
		return err;
	err = lock_tables(s, PQntuples(r) == 1 ? PQgetvalue(r, 0, 0) : "");
	PQclear(r);
	return err;
}

/* The handle is as any other after it. */
static enum err
pg_copy_commit(struct store *st)
{
	struct pg_store *s = from_store(st);
	enum err err = pg_copy_exec(s, "COMMIT", 0, NULL, "commit", NULL);

	if (err == ERR_AWAY)
		return ERR_UNSURE;
	if (err == ERR_NONE && !pg_pipeline_enter(s->conn))
		pg_lost(s, "copy");
	return err;
}

/* The catalog. */

/* schema, table, column, type, place in the key, "t" where numbered */
static enum err
catalog_row(struct copy_catalog *c, const PGresult *r, int row)
{
	const char *table = PQgetvalue(r, row, 1);
	const char *column = PQgetvalue(r, row, 2);
	enum value_type type;
	enum err err;

	if ((err = catalog_type(table, column, PQgetvalue(r, row, 3), &type)) !=
	    ERR_NONE)
		return err;
	if ((c->ntables == 0 ||
		strcmp(c->tables[c->ntables - 1].name, table) != 0) &&
	    (err = catalog_table(c, PQgetvalue(r, row, 0), table)) != ERR_NONE)
		return err;
	err = catalog_column(
	    c, column, type, strtoll(PQgetvalue(r, row, 4), NULL, 10));
	if (err == ERR_NONE && PQgetvalue(r, row, 5)[0] == 't')
		strcpy(c->tables[c->ntables - 1].id, column);
	return err;
}

static enum err
reference_row(struct copy_catalog *c, const PGresult *r, int row)
{
	return catalog_reference(
	    c, PQgetvalue(r, row, 0), PQgetvalue(r, row, 1));
}

static enum err
each_row(struct pg_store *s, const char *text,
    enum err (*fn)(struct copy_catalog *c, const PGresult *r, int row),
    struct copy_catalog *out)
{
	PGresult *r;
	enum err err;

	if ((err = pg_copy_exec(s, text, 0, NULL, "copy", &r)) != ERR_NONE)
		return err;
	for (int i = 0; i < PQntuples(r) && err == ERR_NONE; i++)
		err = fn(out, r, i);
	PQclear(r);
	return err;
}

static enum err
pg_catalog(struct store *st, struct copy_catalog *out)
{
	static const char columns[] =
	    "SELECT n.nspname, c.relname, a.attname, t.typname, "
	    "COALESCE((SELECT k.place FROM pg_catalog.pg_index i, "
	    "unnest(i.indkey) WITH ORDINALITY k (attnum, place) "
	    "WHERE i.indrelid = c.oid AND i.indisprimary "
	    "AND k.attnum = a.attnum AND k.place <= i.indnkeyatts), 0), "
	    "a.attidentity <> '' FROM " TABLES
	    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
	    "AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
	    "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
	    "ORDER BY c.relname, a.attnum";
	static const char references[] =
	    "SELECT c.relname, p.relname FROM " TABLES
	    "JOIN pg_catalog.pg_constraint f ON f.conrelid = c.oid "
	    "AND f.contype = 'f' "
	    "JOIN pg_catalog.pg_class p ON p.oid = f.confrelid "
	    "AND p.relnamespace = c.relnamespace";
	struct pg_store *s = from_store(st);
	enum err err;

	if ((err = each_row(s, columns, catalog_row, out)) != ERR_NONE)
		return err;
	return each_row(s, references, reference_row, out);
}

/* Ids. */

static enum err
pg_last_id(struct store *st, const struct copy_table *t, int64_t *last)
{
	const char *const params[] = {t->at, t->id};

	if (t->id[0] == '\0')
		return ERR_NONE;
	return ask(from_store(st),
	    "SELECT pg_catalog.pg_sequence_last_value("
	    "pg_catalog.pg_get_serial_sequence($1, $2)::regclass)",
	    2, params, last);
}

static enum err
pg_settle_ids(struct store *st, const struct copy_table *t, int64_t last)
{
	struct pg_store *s = from_store(st);
	const char *params[3] = {t->at, t->id};
	int64_t kept = 0;
	char number[24];
	enum err err;

	if (t->id[0] == '\0')
		return ERR_NONE;
	if ((err = pg_last_id(st, t, &kept)) != ERR_NONE || last <= kept)
		return err;
	snprintf(number, sizeof(number), "%lld", (long long)last);
	params[2] = number;
	return ask(s,
	    "SELECT pg_catalog.setval("
	    "pg_catalog.pg_get_serial_sequence($1, $2)::regclass, "
	    "$3::bigint)",
	    3, params, &kept);
}

const struct copier copier_postgresql = {
    .driver = &driver_postgresql,
    .there = pg_there,
    .identify = pg_identify,
    .begin = pg_copy_begin,
    .commit = pg_copy_commit,
    .catalog = pg_catalog,
    .ask = pg_copy_ask,
    .read = pg_copy_read,
    .put_begin = pg_copy_put_begin,
    .put = pg_copy_put,
    .put_end = pg_copy_put_end,
    .last_id = pg_last_id,
    .settle = pg_settle_ids,
};

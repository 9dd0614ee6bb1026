/*
 * The postgresql engine: opening a database, making it a store, opening it
 * again after it was lost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "data/engine_postgresql.h"
#include "data/migrate.h"

#define SCHEME "postgresql://"

enum { TOLD_MAX = 64 * 1024, REOPEN_PATIENCE_MS = 3000 };

static enum err
pg_open(struct store **out, const char *where)
{
	struct pg_store *s = calloc(1, sizeof(*s));
	enum err err;

	if (s == NULL)
		return ERR_NOMEM;
	store_init(&s->st, &engine_postgresql);
	s->st.id.role = ROLE_SYSTEM;
	buf_init(&s->told, TOLD_MAX);
	if (asprintf(&s->url, SCHEME "%s", where) == -1) {
		s->url = NULL;
		err = ERR_NOMEM;
	} else {
		err = pg_connect(&s->conn, s->url);
	}
	if (err != ERR_NONE) {
		engine_postgresql.close(&s->st);
		return err;
	}
	*out = &s->st;
	return ERR_NONE;
}

/* The database itself is made by its administrator. */
static enum err
pg_create(const char *where)
{
	enum contents contents;
	struct store *st;
	enum err err;

	if ((err = pg_open(&st, where)) != ERR_NONE)
		return err;
	err = pg_inspect(st, &contents);
	store_close(st);
	if (err != ERR_NONE || contents == CONTENTS_EMPTY)
		return err;
	log_info("store: the database is not empty");
	return contents == CONTENTS_STORE ? ERR_CONFLICT : ERR_CONFIG;
}

/* A migration that fails leaves nothing behind. */
static void
pg_discard(const char *where)
{
	(void)where;
}

const struct driver driver_postgresql = {
    .dialect = DIALECT_POSTGRESQL,
    .open = pg_open,
    .create = pg_create,
    .discard = pg_discard,
};

/* The tables of the schema in use; those of an extension are not ours to
 * judge. */
enum err
pg_inspect(struct store *st, enum contents *out)
{
	static const char text[] =
	    "SELECT CASE WHEN current_schema() IS NULL THEN 'none' "
	    "WHEN COUNT(*) = 0 THEN 'empty' "
	    "WHEN COUNT(*) FILTER (WHERE relname = 'schema_version') = 1 "
	    "THEN 'store' ELSE 'foreign' END "
	    "FROM pg_catalog.pg_class c WHERE relkind IN ('r', 'p', 'v') "
	    "AND relnamespace = to_regnamespace(current_schema()::text) "
	    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "
	    "WHERE d.objid = c.oid AND d.deptype = 'e')";
	struct pg_store *s = (struct pg_store *)st;
	const char *word = "";
	PGresult *r = NULL;
	enum err err;

	if ((err = pg_as_owner(s)) != ERR_NONE ||
	    (err = pg_sent(s,
		 PQsendQueryParams(
		     s->conn, text, 0, NULL, NULL, NULL, NULL, 0) &&
		     PQpipelineSync(s->conn),
		 "inspect")) != ERR_NONE ||
	    (err = pg_next(s, &r, "inspect")) != ERR_NONE)
		return err;
	if (PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1)
		word = PQgetvalue(r, 0, 0);
	else
		err = pg_failed(s, r, "inspect");
	if (strcmp(word, "none") == 0) {
		log_error("store: no schema to work in (search_path)");
		err = ERR_CONFIG;
	}
	*out = strcmp(word, "empty") == 0   ? CONTENTS_EMPTY
	       : strcmp(word, "store") == 0 ? CONTENTS_STORE
					    : CONTENTS_FOREIGN;
	PQclear(r);
	if (s->conn == NULL)
		return err;
	if (pg_finish(s, "inspect") != ERR_NONE ||
	    pg_synced(s, "inspect") != ERR_NONE)
		return ERR_AWAY;
	return err;
}

/* Several statements at once are not for a pipeline. */
enum err
pg_script(struct store *st, const char *text)
{
	struct pg_store *s = (struct pg_store *)st;
	enum err err;
	PGresult *r;

	if ((err = pg_as_owner(s)) != ERR_NONE)
		return err;
	if (!pg_pipeline_leave(s->conn))
		return pg_lost(s, "schema");
	r = PQexec(s->conn, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK &&
	    PQresultStatus(r) != PGRES_TUPLES_OK)
		err = pg_failed(s, r, "schema");
	PQclear(r);
	if (s->conn != NULL && !pg_pipeline_enter(s->conn))
		return pg_lost(s, "schema");
	return err;
}

enum err
pg_protect(struct store *st)
{
	return pg_script(st, schema_postgresql);
}

enum err
pg_analyze(struct store *st)
{
	return pg_run((struct pg_store *)st, "ANALYZE", "analyze");
}

enum err
pg_reopen(struct store *st)
{
	struct pg_store *s = (struct pg_store *)st;
	const struct identity was = st->id;
	const int64_t patience = st->patience_ms;
	enum err err;

	if (s->conn != NULL)
		return ERR_NONE;
	/* What has begun is lost: the rest of it alone must not be committed.
	 */
	if (st->in_transaction)
		return ERR_AWAY;
	/* Whatever the reason, the next time may be better. */
	if (pg_connect(&s->conn, s->url) != ERR_NONE)
		return ERR_AWAY;
	st->id = (struct identity) {.role = ROLE_SYSTEM};
	st->patience_ms = REOPEN_PATIENCE_MS;
	if ((err = direct_version(st)) == ERR_NONE && s->listening)
		err = pg_listen(st);
	st->id = was;
	st->patience_ms = patience;
	if (err != ERR_NONE)
		pg_drop(s);
	return err;
}

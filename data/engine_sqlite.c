/*
 * The sqlite engine: statements and transactions on one connection.  Its
 * library's messages end in the log.
 */
#include "data/engine_sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { TEXT_MAX = 256 * 1024 }; /* a statement with its words replaced */

enum { RUNNING = 1, DONE }; /* query.started */

static struct sqlite_store *
from_store(struct store *st)
{
	return (struct sqlite_store *)st;
}

/* clang-format off */
static const struct {
	int code; /* extended codes before their primary one */
	enum err err;
	enum log_level level;
} results[] = {
	{ SQLITE_NOMEM,                 ERR_NOMEM,    LOG_LVL_ERROR },
	{ SQLITE_FULL,                  ERR_FULL,     LOG_LVL_ERROR },
	{ SQLITE_BUSY,                  ERR_BUSY,     LOG_LVL_WARN },
	{ SQLITE_LOCKED,                ERR_BUSY,     LOG_LVL_WARN },
	{ SQLITE_CONSTRAINT_NOTNULL,    ERR_INTERNAL, LOG_LVL_ERROR },
	{ SQLITE_CONSTRAINT_CHECK,      ERR_INTERNAL, LOG_LVL_ERROR },
	{ SQLITE_CONSTRAINT_DATATYPE,   ERR_INTERNAL, LOG_LVL_ERROR },
	{ SQLITE_CONSTRAINT,            ERR_CONFLICT, LOG_LVL_INFO },
	{ SQLITE_TOOBIG,                ERR_TOO_BIG,  LOG_LVL_WARN },
	{ SQLITE_INTERRUPT,             ERR_TIMEOUT,  LOG_LVL_WARN },
	{ SQLITE_NOTADB,                ERR_CONFIG,   LOG_LVL_ERROR },
	{ SQLITE_CORRUPT,               ERR_IO,       LOG_LVL_ERROR },
	{ SQLITE_IOERR,                 ERR_IO,       LOG_LVL_ERROR },
	{ SQLITE_READONLY,              ERR_IO,       LOG_LVL_ERROR },
	{ SQLITE_PERM,                  ERR_IO,       LOG_LVL_ERROR },
	{ SQLITE_CANTOPEN,              ERR_IO,       LOG_LVL_ERROR },
};
/* clang-format on */

enum err
sqlite_failed(sqlite3 *db, int rc, const char *what)
{
	enum log_level level = LOG_LVL_ERROR;
	enum err err = ERR_INTERNAL;

	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++) {
		if (results[i].code != rc && results[i].code != (rc & 0xff))
			continue;
		err = results[i].err;
		level = results[i].level;
		break;
	}
	log_msg(level, "store: %s: %s (%d)", what,
	    db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(rc), rc);
	return err;
}

enum err
sqlite_execute(sqlite3 *db, const char *text, const char *what)
{
	int rc = sqlite3_exec(db, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? ERR_NONE : sqlite_failed(db, rc, what);
}

/* Statements. */

static enum err
check_shape(const struct sql_def *def, sqlite3_stmt *stmt, const char *tail)
{
	if (tail[strspn(tail, " \t\n")] != '\0') {
		log_error("store: %s: more than one statement", def->name);
		return ERR_INTERNAL;
	}
	if (sqlite3_column_count(stmt) != (int)strlen(def->cols)) {
		log_error("store: %s: gives %d columns", def->name,
		    sqlite3_column_count(stmt));
		return ERR_INTERNAL;
	}
	if (!def->write && !sqlite3_stmt_readonly(stmt)) {
		log_error(
		    "store: %s: writes, but is declared to read", def->name);
		return ERR_INTERNAL;
	}
	return ERR_NONE;
}

static enum err
prepare(struct sqlite_store *s, enum sql sql, struct slot *slot)
{
	const struct sql_def *def = &sql_table[sql];
	sqlite3_stmt *stmt = NULL;
	const char *tail;
	char name[8] = "$";
	struct buf text;
	enum err err;
	int rc;

	buf_init(&text, TEXT_MAX);
	err = dialect_words(&text, def->text, DIALECT_SQLITE);
	if (err != ERR_NONE)
		goto out;
	rc = sqlite3_prepare_v3(s->db, buf_str(&text), -1,
	    slot->own ? 0 : SQLITE_PREPARE_PERSISTENT, &stmt, &tail);
	if (rc != SQLITE_OK) {
		err = sqlite_failed(s->db, rc, def->name);
		goto out;
	}
	if ((err = check_shape(def, stmt, tail)) != ERR_NONE)
		goto out;
	for (int i = 0; i < PARAMS; i++) {
		int n = i + 1;
		char *p = name + 1;

		if (n >= 10)
			*p++ = (char)('0' + n / 10);
		*p++ = (char)('0' + n % 10);
		*p = '\0';
		slot->param[i] = sqlite3_bind_parameter_index(stmt, name);
	}
	slot->stmt = stmt;
	stmt = NULL;
out:
	sqlite3_finalize(stmt);
	buf_release(&text);
	return err;
}

/* The statement's slot, or one of its own when it is running already. */
static enum err
take_slot(struct sqlite_store *s, enum sql sql, struct slot **out)
{
	struct slot *slot = &s->slots[sql];
	enum err err;

	if (slot->busy) {
		if ((slot = calloc(1, sizeof(*slot))) == NULL)
			return ERR_NOMEM;
		slot->own = true;
	}
	if (slot->stmt == NULL && (err = prepare(s, sql, slot)) != ERR_NONE) {
		if (slot->own)
			free(slot);
		return err;
	}
	slot->busy = true;
	*out = slot;
	return ERR_NONE;
}

static void
give_slot(struct slot *slot)
{
	if (slot->own) {
		sqlite3_finalize(slot->stmt);
		free(slot);
		return;
	}
	sqlite3_reset(slot->stmt);
	sqlite3_clear_bindings(slot->stmt);
	slot->busy = false;
}

static int
bind_folded(sqlite3_stmt *stmt, int at, const struct value *v)
{
	char *folded;

	switch (direct_fold(&folded, v)) {
	case ERR_NONE:
		break;
	case ERR_TOO_BIG:
		return SQLITE_TOOBIG;
	default:
		return SQLITE_NOMEM;
	}
	return sqlite3_bind_text(stmt, at, folded, -1, free);
}

static int
bind_value(sqlite3_stmt *stmt, int at, const struct value *v, char type)
{
	switch (v->type) {
	case VALUE_NULL:
		return sqlite3_bind_null(stmt, at);
	case VALUE_INT:
		return sqlite3_bind_int64(stmt, at, v->i);
	case VALUE_TEXT:
		if (type == 'f' || type == 'F')
			return bind_folded(stmt, at, v);
		return sqlite3_bind_text64(
		    stmt, at, v->p, v->n, SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_BYTES:
		return sqlite3_bind_blob64(stmt, at, v->p, v->n, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static int
bind_all(struct query *q, struct slot *slot)
{
	const struct identity *id = &q->st->id;
	const int64_t who[IDENTITY_ARGS] = {
	    id->tenant, id->customer, id->login};
	int rc = SQLITE_OK;

	for (size_t i = 0; i < IDENTITY_ARGS && rc == SQLITE_OK; i++)
		if (slot->param[i] > 0)
			rc = sqlite3_bind_int64(
			    slot->stmt, slot->param[i], who[i]);
	for (size_t i = 0; i < q->nargs && rc == SQLITE_OK; i++)
		if (slot->param[IDENTITY_ARGS + i] > 0)
			rc = bind_value(slot->stmt,
			    slot->param[IDENTITY_ARGS + i], &q->args[i],
			    sql_table[q->sql].args[i]);
	return rc;
}

static enum err
start(struct query *q)
{
	struct sqlite_store *s = from_store(q->st);
	const char *name = sql_table[q->sql].name;
	struct slot *slot;
	enum err err;
	int rc;

	q->started = RUNNING;
	if (!direct_args_fit(q)) {
		log_error("store: %s: wrong arguments", name);
		return ERR_INTERNAL;
	}
	/* After a full disk sqlite may have rolled back by itself: what
	 * follows must not commit one by one. */
	if (s->st.in_transaction && sqlite3_get_autocommit(s->db))
		return ERR_IO;
	if ((err = take_slot(s, q->sql, &slot)) != ERR_NONE)
		return err;
	q->engine = slot;
	rc = bind_all(q, slot);
	return rc == SQLITE_OK ? ERR_NONE : sqlite_failed(s->db, rc, name);
}

enum err
sqlite_value(sqlite3_stmt *stmt, int i, struct value *v)
{
	*v = (struct value) {.type = VALUE_NULL};
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_NULL:
		return ERR_NONE;
	case SQLITE_INTEGER:
		v->type = VALUE_INT;
		v->i = sqlite3_column_int64(stmt, i);
		return ERR_NONE;
	case SQLITE_TEXT:
		v->type = VALUE_TEXT;
		if ((v->p = sqlite3_column_text(stmt, i)) == NULL)
			return ERR_NOMEM;
		break;
	case SQLITE_BLOB:
		v->type = VALUE_BYTES;
		v->p = sqlite3_column_blob(stmt, i);
		break;
	default:
		return ERR_UNSUPPORTED;
	}
	v->n = (size_t)sqlite3_column_bytes(stmt, i);
	if (v->p == NULL && v->n > 0)
		return ERR_NOMEM;
	if (v->p == NULL)
		v->p = ""; /* empty bytes */
	return ERR_NONE;
}

static enum err
read_column(struct query *q, sqlite3_stmt *stmt, int i, char type)
{
	struct value *v = &q->cols[i];
	enum err err = sqlite_value(stmt, i, v);

	if (err == ERR_NOMEM)
		return err;
	if (err == ERR_NONE && (v->type == VALUE_NULL || value_fits(v, type)))
		return ERR_NONE;
	log_error("store: %s: column %d is not as declared",
	    sql_table[q->sql].name, i);
	return ERR_INTERNAL;
}

static bool
sqlite_row(struct query *q)
{
	struct sqlite_store *s = from_store(q->st);
	const struct sql_def *def = &sql_table[q->sql];
	struct slot *slot;
	int rc;

	if (q->started == DONE)
		return false;
	if (!q->started && (q->err = start(q)) != ERR_NONE)
		return false;
	slot = q->engine;
	rc = sqlite3_step(slot->stmt);
	if (rc == SQLITE_DONE) {
		q->started = DONE;
		q->changes = def->write ? sqlite3_changes64(s->db) : 0;
		return false;
	}
	if (rc != SQLITE_ROW) {
		q->err = sqlite_failed(s->db, rc, def->name);
		return false;
	}
	q->ncols = strlen(def->cols);
	for (size_t i = 0; i < q->ncols && q->err == ERR_NONE; i++)
		q->err = read_column(q, slot->stmt, (int)i, def->cols[i]);
	return q->err == ERR_NONE;
}

static void
sqlite_end(struct query *q)
{
	if (q->engine != NULL)
		give_slot(q->engine);
	q->engine = NULL;
	q->started = DONE;
}

/* Transactions. */

static enum err
sqlite_begin(struct store *st)
{
	return sqlite_execute(from_store(st)->db, "BEGIN IMMEDIATE", "begin");
}

static enum err
sqlite_commit(struct store *st)
{
	sqlite3 *db = from_store(st)->db;

	if (sqlite3_get_autocommit(db))
		return ERR_IO;
	return sqlite_execute(db, "COMMIT", "commit");
}

static void
sqlite_rollback(struct store *st)
{
	sqlite3 *db = from_store(st)->db;

	if (!sqlite3_get_autocommit(db))
		sqlite_execute(db, "ROLLBACK", "rollback");
}

static enum err
sqlite_checkpoint(struct store *st)
{
	sqlite3 *db = from_store(st)->db;
	int rc = sqlite3_wal_checkpoint_v2(
	    db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	/* Busy: somebody else is at it. */
	return rc == SQLITE_OK || rc == SQLITE_BUSY
		   ? ERR_NONE
		   : sqlite_failed(db, rc, "checkpoint");
}

/* Schemas. */

static enum err
sqlite_inspect(struct store *st, enum contents *out)
{
	static const char text[] =
	    "SELECT COUNT(*), COALESCE(SUM(name = 'schema_version'), 0) "
	    "FROM sqlite_schema WHERE type = 'table' "
	    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
	sqlite3 *db = from_store(st)->db;
	sqlite3_stmt *stmt;
	enum err err = ERR_NONE;
	int rc;

	rc = sqlite3_prepare_v2(db, text, -1, &stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc != SQLITE_ROW)
		err = sqlite_failed(db, rc, "inspect");
	else if (sqlite3_column_int64(stmt, 0) == 0)
		*out = CONTENTS_EMPTY;
	else if (sqlite3_column_int64(stmt, 1) == 1)
		*out = CONTENTS_STORE;
	else
		*out = CONTENTS_FOREIGN;
	sqlite3_finalize(stmt);
	return err;
}

static enum err
sqlite_script(struct store *st, const char *text)
{
	return sqlite_execute(from_store(st)->db, text, "schema");
}

static void
sqlite_close_store(struct store *st)
{
	struct sqlite_store *s = from_store(st);

	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(s->slots[i].stmt);
	if (sqlite3_close(s->db) != SQLITE_OK)
		log_error("store: closed with a query open");
	free(s);
}

const struct engine engine_sqlite = {
    .direct = true,
    .close = sqlite_close_store,
    .admit = direct_admit,
    .row = sqlite_row,
    .end = sqlite_end,
    .call = direct_call,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .inspect = sqlite_inspect,
    .script = sqlite_script,
    .checkpoint = sqlite_checkpoint,
};

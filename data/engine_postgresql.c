/*
 * The postgresql engine: statements and transactions on one connection.
 */
#include "data/engine_postgresql.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { TEXT_MAX = 256 * 1024 }; /* a statement with its words replaced */

/* Types of the catalog that a column may have (pg_type.dat). */
enum {
	TYPE_BOOL = 16,
	TYPE_BYTEA = 17,
	TYPE_NAME = 19,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_TEXT = 25,
	TYPE_UNKNOWN = 705,
	TYPE_VARCHAR = 1043,
};

/* A statement's rows: the one being looked at, and those that had to be read
 * because another statement came in between. */
struct pg_rows {
	struct pg_store *s; /* NULL: nothing more comes from the server */
	struct query *q;
	PGresult *now;
	PGresult **kept;
	size_t nkept, cap, next;
	enum err err; /* met while they were kept */
	int64_t changes;
};

static struct pg_store *
from_store(struct store *st)
{
	return (struct pg_store *)st;
}

/* ---- sending ---- */

/* Values in the server's binary form. */
struct params {
	int n;
	const char *values[PARAMS];
	int lengths[PARAMS], formats[PARAMS];
	uint64_t ints[PARAMS];
	char *folded[PARAMS];
};

static void
param_int(struct params *p, int64_t v)
{
	int i = p->n++;

	p->ints[i] = htobe64((uint64_t)v);
	p->values[i] = (const char *)&p->ints[i];
	p->lengths[i] = sizeof(p->ints[i]);
	p->formats[i] = 1;
}

static enum err
param_value(struct params *p, const struct value *v, char type)
{
	enum err err;
	int i = p->n;

	if (v->type == VALUE_INT) {
		param_int(p, v->i);
		return ERR_NONE;
	}
	p->n++;
	p->formats[i] = 1;
	p->values[i] = v->type == VALUE_NULL ? NULL : v->p;
	p->lengths[i] = (int)v->n;
	if (v->type != VALUE_TEXT || (type != 'f' && type != 'F'))
		return ERR_NONE;
	if ((err = direct_fold(&p->folded[i], v)) != ERR_NONE)
		return err;
	p->values[i] = p->folded[i];
	p->lengths[i] = (int)strlen(p->folded[i]);
	return ERR_NONE;
}

static void
params_free(struct params *p)
{
	for (int i = 0; i < p->n; i++)
		free(p->folded[i]);
}

static bool
send_begin(struct pg_store *s)
{
	return PQsendQueryParams(s->conn, "BEGIN ISOLATION LEVEL SERIALIZABLE",
		   0, NULL, NULL, NULL, NULL, 0) != 0;
}

/* Who asks, for this transaction alone. */
static bool
send_wall(struct pg_store *s, const struct wall *w)
{
	static const char *const roles[] = {
	    [PG_SELF] = "none",
	    [PG_SESSION] = "portal_session",
	    [PG_STAFF] = "portal_staff",
	    [PG_WORKER] = "portal_worker",
	};
	char tenant[24], customer[24], login[24];
	const char *const values[] = {tenant, customer, login, roles[w->role],
	    w->read_only ? "on" : "off"};

	snprintf(tenant, sizeof(tenant), "%lld", (long long)w->tenant);
	snprintf(customer, sizeof(customer), "%lld", (long long)w->customer);
	snprintf(login, sizeof(login), "%lld", (long long)w->login);
	return PQsendQueryPrepared(
		   s->conn, PG_WALL, 5, values, NULL, NULL, 1) != 0;
}

static bool
send_prepare(struct pg_store *s, enum sql sql, const char *name)
{
	static const Oid types[] = {['i'] = TYPE_INT8,
	    ['t'] = TYPE_TEXT,
	    ['f'] = TYPE_TEXT,
	    ['b'] = TYPE_BYTEA};
	const struct sql_def *def = &sql_table[sql];
	Oid oids[PARAMS] = {TYPE_INT8, TYPE_INT8, TYPE_INT8};
	int n = IDENTITY_ARGS;
	struct buf text;
	bool ok;

	for (const char *a = def->args; *a != '\0'; a++)
		oids[n++] = types[*a | 0x20]; /* lower case */
	buf_init(&text, TEXT_MAX);
	ok = dialect_words(&text, def->text, DIALECT_POSTGRESQL) == ERR_NONE &&
	     PQsendPrepare(s->conn, name, buf_str(&text), n, oids) != 0;
	buf_release(&text);
	return ok;
}

static struct wall
wall_for(const struct pg_store *s, const struct sql_def *def)
{
	static const enum pg_role roles[] = {
	    [SCOPE_CUSTOMER] = PG_SESSION,
	    [SCOPE_SHARED] = PG_SESSION,
	    [SCOPE_TENANT] = PG_STAFF,
	    [SCOPE_SYSTEM] = PG_WORKER,
	};
	const struct identity *id = &s->st.id;

	return (struct wall) {
	    .tenant = id->tenant,
	    .customer = id->customer,
	    .login = id->login,
	    .role = roles[def->scope],
	    .read_only = !s->st.in_transaction && !def->write,
	};
}

static bool
wall_same(const struct wall *a, const struct wall *b)
{
	return a->tenant == b->tenant && a->customer == b->customer &&
	       a->login == b->login && a->role == b->role &&
	       a->read_only == b->read_only;
}

/* What goes before a statement in its batch. */
struct lead {
	bool begin, wall, prepare;
};

static bool
send_batch(struct pg_store *s, enum sql sql, const struct wall *w,
    const struct params *p, struct lead *lead)
{
	char name[16];

	*lead = (struct lead) {
	    .begin = s->st.in_transaction && !s->begun,
	    .wall = !s->walled || !wall_same(&s->wall, w),
	    .prepare = !s->prepared[sql],
	};
	snprintf(name, sizeof(name), "s%d", (int)sql);
	return (!lead->begin || send_begin(s)) &&
	       (!lead->wall || send_wall(s, w)) &&
	       (!lead->prepare || send_prepare(s, sql, name)) &&
	       PQsendQueryPrepared(s->conn, name, p->n, p->values, p->lengths,
		   p->formats, 1) != 0 &&
	       PQpipelineSync(s->conn) != 0;
}

/* Reads what the lead's statements said, and remembers what now holds. */
static enum err
read_lead(struct pg_store *s, enum sql sql, const struct wall *w,
    const struct lead *lead)
{
	enum err err = ERR_NONE, e;

	if (lead->begin) {
		err = pg_finish(s, "begin");
		s->begun = err == ERR_NONE;
	}
	if (lead->wall && s->conn != NULL) {
		if ((e = pg_finish(s, "role")) != ERR_NONE && err == ERR_NONE)
			err = e;
		if (err == ERR_NONE && s->st.in_transaction) {
			s->wall = *w;
			s->walled = true;
		}
	}
	if (lead->prepare && s->conn != NULL) {
		e = pg_finish(s, sql_table[sql].name);
		if (e != ERR_NONE && err == ERR_NONE)
			err = e;
		s->prepared[sql] = err == ERR_NONE;
	}
	return err;
}

/* A write that is no part of a transaction may have been done when its answer
 * is lost. */
static enum err
unless_done(const struct query *q, enum err err)
{
	return err == ERR_AWAY && sql_table[q->sql].write &&
		       !q->st->in_transaction
		   ? ERR_UNSURE
		   : err;
}

static enum err
start(struct query *q)
{
	struct pg_store *s = from_store(q->st);
	const struct sql_def *def = &sql_table[q->sql];
	const struct identity *id = &q->st->id;
	struct wall wall = wall_for(s, def);
	struct params p = {0};
	struct pg_rows *rows;
	struct lead lead = {0};
	enum err err = ERR_NONE;

	q->started = 1;
	if (!direct_args_fit(q)) {
		log_error("store: %s: wrong arguments", def->name);
		return ERR_INTERNAL;
	}
	pg_settle(s);
	if (s->conn == NULL)
		return ERR_AWAY;
	if ((rows = calloc(1, sizeof(*rows))) == NULL)
		return ERR_NOMEM;
	q->engine = rows;
	param_int(&p, id->tenant);
	param_int(&p, id->customer);
	param_int(&p, id->login);
	for (size_t i = 0; i < q->nargs && err == ERR_NONE; i++)
		err = param_value(&p, &q->args[i], def->args[i]);
	if (err == ERR_NONE)
		err = pg_sent(
		    s, send_batch(s, q->sql, &wall, &p, &lead), def->name);
	params_free(&p);
	if (err != ERR_NONE)
		return unless_done(q, err);
	err = read_lead(s, q->sql, &wall, &lead);
	/* After an error the statement is not tried, and has no rows. */
	if (err == ERR_NONE && PQsetSingleRowMode(s->conn) == 0)
		err = pg_lost(s, def->name);
	if (s->conn == NULL)
		return unless_done(q, ERR_AWAY);
	rows->s = s;
	rows->q = q;
	s->stream = rows;
	return err;
}

/* ---- rows ---- */

static bool
ends(PGresult *r)
{
	return r == NULL || PQresultStatus(r) != PGRES_SINGLE_TUPLE;
}

/* The statement has said all. */
static void
rows_end(struct pg_rows *rows, const PGresult *last, const char *what)
{
	struct pg_store *s = rows->s;
	enum err err = ERR_NONE;

	rows->s = NULL;
	s->stream = NULL;
	switch (PQresultStatus(last)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		rows->changes =
		    strtoll(PQcmdTuples((PGresult *)last), NULL, 10);
		break;
	case PGRES_PIPELINE_ABORTED:
		/* Why, was said by whatever failed before it. */
		rows->err = ERR_INTERNAL;
		break;
	default:
		rows->err = pg_failed(s, last, what);
		break;
	}
	if (s->conn != NULL && (err = pg_finish(s, what)) == ERR_NONE)
		err = pg_synced(s, what);
	if (rows->err == ERR_NONE)
		rows->err = err;
	rows->err = unless_done(rows->q, rows->err);
}

/* One row from the server, or NULL at the end and on an error. */
static PGresult *
rows_take(struct pg_rows *rows, const char *what)
{
	PGresult *r = NULL;

	if (rows->s == NULL)
		return NULL;
	/* Another call may have found the connection lost. */
	if (rows->s->stream != rows || pg_next(rows->s, &r, what) != ERR_NONE) {
		rows->s = NULL;
		rows->err = unless_done(rows->q, ERR_AWAY);
		return NULL;
	}
	if (!ends(r))
		return r;
	rows_end(rows, r, what);
	PQclear(r);
	return NULL;
}

static bool
rows_keep(struct pg_rows *rows, PGresult *r)
{
	size_t cap = rows->cap == 0 ? 16 : rows->cap * 2;
	PGresult **grown;

	if (rows->nkept == rows->cap) {
		grown = reallocarray(rows->kept, cap, sizeof(PGresult *));
		if (grown == NULL) {
			PQclear(r);
			rows->err = ERR_NOMEM;
			return false;
		}
		rows->kept = grown;
		rows->cap = cap;
	}
	rows->kept[rows->nkept++] = r;
	return true;
}

void
pg_settle(struct pg_store *s)
{
	struct pg_rows *rows = s->stream;
	PGresult *r;

	if (rows == NULL)
		return;
	while ((r = rows_take(rows, sql_table[rows->q->sql].name)) != NULL)
		rows_keep(rows, r);
}

static int64_t
int_of(const char *p, int n)
{
	uint64_t v = (unsigned char)p[0] & 0x80 && n > 1 ? UINT64_MAX : 0;

	for (int i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return (int64_t)v;
}

static enum value_type
column_type(const PGresult *r, int i)
{
	switch (PQftype(r, i)) {
	case TYPE_BOOL:
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_INT8:
		return VALUE_INT;
	case TYPE_TEXT:
	case TYPE_VARCHAR:
	case TYPE_NAME:
	case TYPE_UNKNOWN:
		return VALUE_TEXT;
	case TYPE_BYTEA:
		return VALUE_BYTES;
	default:
		return VALUE_NULL;
	}
}

static enum err
read_column(struct query *q, const PGresult *r, int i, char type)
{
	struct value *v = &q->cols[i];

	*v = (struct value) {.type = VALUE_NULL};
	if (PQgetisnull(r, 0, i))
		return ERR_NONE;
	v->type = column_type(r, i);
	v->p = PQgetvalue(r, 0, i);
	v->n = (size_t)PQgetlength(r, 0, i);
	if (v->type == VALUE_INT)
		v->i = int_of(v->p, (int)v->n);
	if (v->type != VALUE_NULL && value_fits(v, type))
		return ERR_NONE;
	log_error("store: %s: column %d is not as declared",
	    sql_table[q->sql].name, i);
	return ERR_INTERNAL;
}

static PGresult *
next_row(struct query *q, struct pg_rows *rows)
{
	if (rows->next < rows->nkept)
		return rows->kept[rows->next++];
	return rows_take(rows, sql_table[q->sql].name);
}

static bool
pg_row(struct query *q)
{
	const struct sql_def *def = &sql_table[q->sql];
	struct pg_rows *rows;

	if (!q->started && (q->err = start(q)) != ERR_NONE)
		return false;
	if ((rows = q->engine) == NULL)
		return false;
	PQclear(rows->now);
	if ((rows->now = next_row(q, rows)) == NULL) {
		q->err = rows->err;
		q->changes = def->write ? rows->changes : 0;
		return false;
	}
	q->ncols = strlen(def->cols);
	if ((size_t)PQnfields(rows->now) != q->ncols) {
		log_error("store: %s: gives %d columns", def->name,
		    PQnfields(rows->now));
		q->err = ERR_INTERNAL;
	}
	for (size_t i = 0; i < q->ncols && q->err == ERR_NONE; i++)
		q->err = read_column(q, rows->now, (int)i, def->cols[i]);
	return q->err == ERR_NONE;
}

static void
pg_end(struct query *q)
{
	struct pg_rows *rows = q->engine;
	PGresult *r;

	if (rows == NULL)
		return;
	while ((r = rows_take(rows, sql_table[q->sql].name)) != NULL)
		PQclear(r);
	PQclear(rows->now);
	while (rows->next < rows->nkept)
		PQclear(rows->kept[rows->next++]);
	free(rows->kept);
	free(rows);
	q->engine = NULL;
}

/* ---- transactions ---- */

static enum err
send_text(struct pg_store *s, const char *text, const char *what)
{
	return pg_sent(s,
	    PQsendQueryParams(s->conn, text, 0, NULL, NULL, NULL, NULL, 0),
	    what);
}

enum err
pg_run(struct pg_store *s, const char *text, const char *what)
{
	enum err err;

	if ((err = pg_as_owner(s)) != ERR_NONE ||
	    (err = send_text(s, text, what)) != ERR_NONE ||
	    (err = pg_sent(s, PQpipelineSync(s->conn), what)) != ERR_NONE)
		return err;
	return pg_finish_synced(s, what);
}

enum err
pg_as_owner(struct pg_store *s)
{
	const struct wall none = {.role = PG_SELF};
	bool begin = s->st.in_transaction && !s->begun;
	enum err err = ERR_NONE, e;

	pg_settle(s);
	if (s->conn == NULL)
		return ERR_AWAY;
	if (!begin && !s->walled)
		return ERR_NONE;
	if ((begin && !send_begin(s)) || (s->walled && !send_wall(s, &none)) ||
	    PQpipelineSync(s->conn) == 0)
		return pg_lost(s, "begin");
	if (begin)
		err = pg_finish(s, "begin");
	if (s->conn != NULL && s->walled && (e = pg_finish(s, "role")) != 0)
		err = e;
	if (s->conn != NULL && (e = pg_synced(s, "begin")) != ERR_NONE)
		err = e;
	if (err == ERR_NONE) {
		s->begun = s->begun || begin;
		s->walled = false;
	}
	return err;
}

/* The server hears of it with the first statement. */
static enum err
pg_begin(struct store *st)
{
	struct pg_store *s = from_store(st);

	pg_settle(s);
	s->begun = s->walled = false;
	buf_reset(&s->told);
	return s->conn != NULL ? ERR_NONE : ERR_AWAY;
}

/* Whether "COMMIT" was one: in a transaction that had failed it rolls back. */
static enum err
read_commit(struct pg_store *s)
{
	PGresult *r;
	enum err err;

	if ((err = pg_next(s, &r, "commit")) != ERR_NONE)
		return ERR_UNSURE;
	if (PQresultStatus(r) == PGRES_PIPELINE_ABORTED) {
		/* Not tried: there is still something to roll back. */
		err = ERR_INTERNAL;
		goto out;
	}
	s->begun = s->walled = false;
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		err = pg_failed(s, r, "commit");
		if (err == ERR_AWAY)
			err = ERR_UNSURE;
	} else if (strcmp(PQcmdStatus(r), "COMMIT") != 0) {
		log_error("store: a commit after a statement had failed");
		err = ERR_INTERNAL;
	}
out:
	PQclear(r);
	if (s->conn != NULL)
		(void)pg_finish(s, "commit");
	return err;
}

static enum err
pg_commit(struct store *st)
{
	struct pg_store *s = from_store(st);
	enum err err = ERR_NONE, e;
	int told = 0;

	pg_settle(s);
	if (s->conn == NULL)
		return ERR_AWAY;
	if (!s->begun && s->told.len == 0)
		return ERR_NONE;
	if ((err = pg_send_told(s, &told)) != ERR_NONE ||
	    (s->begun && (err = send_text(s, "COMMIT", "commit")) != 0) ||
	    (err = pg_sent(s, PQpipelineSync(s->conn), "commit")) != ERR_NONE)
		return err == ERR_AWAY ? ERR_UNSURE : err;
	for (; told > 0 && s->conn != NULL; told--)
		if ((e = pg_finish(s, "notify")) != ERR_NONE && err == ERR_NONE)
			err = e;
	if (s->conn == NULL)
		return ERR_UNSURE;
	if (s->begun && (e = read_commit(s)) != ERR_NONE && err == ERR_NONE)
		err = e;
	if (s->conn != NULL)
		(void)pg_synced(s, "commit");
	return err;
}

static void
pg_rollback(struct store *st)
{
	struct pg_store *s = from_store(st);
	enum again again = st->again;

	pg_settle(s);
	buf_reset(&s->told);
	if (s->conn != NULL && s->begun &&
	    (send_text(s, "ROLLBACK", "rollback") != ERR_NONE ||
		pg_sent(s, PQpipelineSync(s->conn), "rollback") != ERR_NONE ||
		pg_finish_synced(s, "rollback") != ERR_NONE))
		(void)pg_lost(s, "rollback");
	s->begun = s->walled = false;
	st->again = again;
}

/* ---- the handle ---- */

static bool
pg_away(const struct store *st)
{
	return ((const struct pg_store *)st)->conn == NULL;
}

static int
pg_fd(const struct store *st)
{
	const struct pg_store *s = (const struct pg_store *)st;

	return s->conn != NULL ? PQsocket(s->conn) : -1;
}

static void
pg_close(struct store *st)
{
	struct pg_store *s = from_store(st);

	pg_drop(s);
	if (s->url != NULL)
		explicit_bzero(s->url, strlen(s->url));
	free(s->url);
	buf_release(&s->told);
	free(s);
}

const struct engine engine_postgresql = {
    .direct = true,
    .close = pg_close,
    .admit = direct_admit,
    .row = pg_row,
    .end = pg_end,
    .call = direct_call,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .inspect = pg_inspect,
    .script = pg_script,
    .protect = pg_protect,
    .analyze = pg_analyze,
    .announce = pg_announce,
    .listen = pg_listen,
    .hear = pg_hear,
    .reopen = pg_reopen,
    .away = pg_away,
    .fd = pg_fd,
};

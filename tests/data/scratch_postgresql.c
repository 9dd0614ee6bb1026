/*
 * A store in a database of its own on the server that PORTAL_TEST_STORE names,
 * copied from one that this process makes once.  All its databases begin with
 * its process id, and go with it.
 */
#include "tests/data/scratch_engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/engine_postgresql.h"
#include "data/migrate.h"

#define IN_USE "55006" /* SQLSTATE */

enum { PATIENCE_S = 60 };

static struct {
	PGconn *conn; /* where databases are made */
	pid_t owner;
	int made;
	char pattern[256]; /* store that others are copied from, its URL */
	PGconn *behind;    /* what run() used last, to database behind_url */
	char behind_url[256];
} server;

static PGconn *
connect_to(const char *url)
{
	PGconn *conn = PQconnectdb(url);

	if (PQstatus(conn) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(conn));
	return conn;
}

/* A database that is copied or dropped must be nobody's. */
static void
come_out(void)
{
	PQfinish(server.behind);
	server.behind = NULL;
	server.behind_url[0] = '\0';
}

static const char *
database(const char *url)
{
	return strrchr(url, '/') + 1;
}

/* Drops this process's databases that are still there, also those of an
 * earlier one that was killed and had its number. */
static void
sweep(void)
{
	char sql[256];
	PGresult *r;

	snprintf(sql, sizeof(sql),
	    "SELECT format('DROP DATABASE %%I WITH (FORCE)', datname) "
	    "FROM pg_database WHERE datname LIKE 'test\\_%d\\_%%'",
	    (int)getpid());
	r = PQexec(server.conn, sql);
	for (int i = 0; i < PQntuples(r); i++)
		PQclear(PQexec(server.conn, PQgetvalue(r, i, 0)));
	PQclear(r);
}

static void
leave(void)
{
	if (server.owner != getpid()) /* a child that a test forked */
		return;
	come_out();
	sweep();
	PQfinish(server.conn);
}

static PGconn *
the_server(void)
{
	if (server.conn == NULL) {
		server.conn = connect_to(getenv("PORTAL_TEST_STORE"));
		server.owner = getpid();
		sweep();
		atexit(leave);
	}
	return server.conn;
}

/* Another process's connection that just ended may still be there. */
static void
make_database(const char *name, const char *like)
{
	time_t end = time(NULL) + PATIENCE_S;
	PGconn *conn = the_server();
	const char *state;
	char sql[256];
	PGresult *r;

	snprintf(
	    sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s", name, like);
	for (;;) {
		r = PQexec(conn, sql);
		if (PQresultStatus(r) == PGRES_COMMAND_OK)
			break;
		state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
		if (state == NULL || strcmp(state, IN_USE) != 0 ||
		    time(NULL) > end)
			fail_msg("%s: %s", sql, PQerrorMessage(conn));
		PQclear(r);
	}
	PQclear(r);
}

static void
name_url(char *url, size_t size)
{
	const char *there = getenv("PORTAL_TEST_STORE");
	int n = (int)(database(there) - there);

	assert_null(strchr(there, '?'));
	assert_in_range(snprintf(url, size, "%.*stest_%d_%d", n, there,
			    (int)getpid(), ++server.made),
	    0, size - 1);
}

static void
name(struct scratch *s)
{
	name_url(s->url, sizeof(s->url));
}

static void
make_empty(const struct scratch *s)
{
	make_database(database(s->url), "template1");
}

static void
make_store(const struct scratch *s)
{
	if (server.pattern[0] == '\0') {
		char url[sizeof(server.pattern)];

		name_url(url, sizeof(url));
		make_database(database(url), "template1");
		assert_int_equal(store_create(url), ERR_NONE);
		strcpy(server.pattern, url);
	}
	make_database(database(s->url), database(server.pattern));
}

static void
copy(const struct scratch *from, const struct scratch *to)
{
	come_out();
	make_database(database(to->url), database(from->url));
}

static void
drop(const struct scratch *s)
{
	char sql[256];

	if (server.conn == NULL)
		return;
	come_out();
	snprintf(sql, sizeof(sql), "DROP DATABASE IF EXISTS %s WITH (FORCE)",
	    database(s->url));
	PQclear(PQexec(server.conn, sql));
}

static PGresult *
execute(PGconn *conn, const char *sql)
{
	PGresult *r = PQexec(conn, sql);

	if (PQresultStatus(r) != PGRES_COMMAND_OK &&
	    PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(conn));
	return r;
}

static void
run(const struct scratch *s, const char *sql, struct buf *cell)
{
	PGresult *r;

	if (strcmp(server.behind_url, s->url) != 0 ||
	    PQstatus(server.behind) != CONNECTION_OK) {
		come_out();
		server.behind = connect_to(s->url);
		strcpy(server.behind_url, s->url);
	}
	r = execute(server.behind, sql);

	if (cell != NULL && PQntuples(r) == 0)
		fail_msg("%s: gives nothing", sql);
	if (cell != NULL)
		buf_adds(cell, PQgetvalue(r, 0, 0));
	PQclear(r);
}

static void
look(struct store *st, const char *sql, scratch_cell_fn *fn, void *arg)
{
	struct pg_store *s = (struct pg_store *)st;
	PGresult *r;

	assert_int_equal(pg_as_owner(s), ERR_NONE);
	assert_int_equal(PQexitPipelineMode(s->conn), 1);
	r = execute(s->conn, sql);
	assert_int_equal(PQenterPipelineMode(s->conn), 1);
	for (int i = 0; i < PQntuples(r); i++)
		for (int k = 0; k < PQnfields(r); k++)
			fn(arg,
			    PQgetisnull(r, i, k) ? NULL : PQgetvalue(r, i, k),
			    (size_t)PQgetlength(r, i, k));
	PQclear(r);
}

const struct scratch_engine scratch_postgresql = {
    .dialect = DIALECT_POSTGRESQL,
    .name = name,
    .make_empty = make_empty,
    .make_store = make_store,
    .copy = copy,
    .drop = drop,
    .run = run,
    .look = look,
};

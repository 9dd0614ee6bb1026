/*
 * Row-level security, PostgreSQL's second wall around a customer's rows: that
 * it holds where the first one, the conditions in a statement, is not there.
 *
 * The registry of this program is the portal's with all those conditions taken
 * out.  On SQLite, which has no second wall, the same statements must give away
 * other people's rows, or the test would show nothing.
 */
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "data/ticket.h"
#include "tests/data/loose.h"
#include "tests/data/world.h"

/* The portal's own, under another name. */
#define sql_table sql_as_written
#include "sql_table.c"
#undef sql_table

enum { TEXT_MAX = 8192 };

static char texts[SQL_COUNT][TEXT_MAX];
static struct sql_def loose[SQL_COUNT];
extern const struct sql_def sql_table[SQL_COUNT]
    __attribute__((alias("loose")));

static void
loosen_all(void)
{
	for (int i = 0; i < SQL_COUNT; i++) {
		loose[i] = sql_as_written[i];
		if (loose[i].scope == SCOPE_SYSTEM) /* it has no wall */
			continue;
		loosen(texts[i], sizeof(texts[i]), sql_as_written[i].text);
		loose[i].text = texts[i];
	}
}

static bool
is_sessions(enum scope scope)
{
	return scope == SCOPE_CUSTOMER || scope == SCOPE_SHARED;
}

/* That the statements are loose. */

static void
every_condition_on_the_identity_is_taken_out(void **state)
{
	(void)state;
	for (int i = 0; i < SQL_COUNT; i++) {
		const char *where = strstr(texts[i], "WHERE");

		if (!is_sessions(loose[i].scope) || where == NULL)
			continue;
		if (strstr(where, "= $1") != NULL ||
		    strstr(where, "= $2") != NULL)
			fail_msg("%s: still compares", loose[i].name);
		if (!loose[i].write &&
		    strcmp(texts[i], sql_as_written[i].text) == 0)
			fail_msg("%s: is as it was", loose[i].name);
	}
}

static bool
leaks(struct world *w, const struct walk_case *c)
{
	struct identity id;
	int64_t rows;

	for (int k = 0; k < WHO_COUNT * WHO_COUNT; k++) {
		int viewer = k / WHO_COUNT, whose = k % WHO_COUNT;

		id = world_identity(w, viewer, ROLE_CUSTOMER);
		if (!world_reads_alike(w, c, &id, &w->f.of[whose],
			&w->customer[viewer], &rows))
			return true;
	}
	return false;
}

static void
without_the_wall_nearly_all_of_them_leak(void **state)
{
	int leaking = 0, all = 0;

	scratch_only_sqlite();
	for (size_t i = 0; i < walk_cases_count; i++) {
		const struct walk_case *c = &walk_cases[i];

		if (!is_sessions(loose[c->sql].scope) || loose[c->sql].write)
			continue;
		all++;
		if (leaks(*state, c))
			leaking++;
		else
			print_message("%s does not\n", loose[c->sql].name);
	}
	print_message("%d of %d leak\n", leaking, all);
	assert_true(leaking * 10 >= all * 9);
}

/* That the wall holds. */

static void
loose_statements_read_only_the_customers_rows(void **state)
{
	scratch_only_postgresql();
	world_walk(
	    *state, SCOPE_CUSTOMER, false, ROLE_CUSTOMER, world_customer_reads);
	world_walk(
	    *state, SCOPE_SHARED, false, ROLE_CUSTOMER, world_customer_reads);
}

static void
loose_statements_write_only_the_customers_rows(void **state)
{
	scratch_only_postgresql();
	world_walk(
	    *state, SCOPE_CUSTOMER, true, ROLE_SYSTEM, world_customer_writes);
}

static void
loose_statements_of_staff_keep_to_the_tenant(void **state)
{
	scratch_only_postgresql();
	world_walk(*state, SCOPE_TENANT, false, ROLE_STAFF, world_staff_reads);
	world_walk(
	    *state, SCOPE_TENANT, true, ROLE_SYSTEM, world_tenant_writes);
}

static void
loose_verbs_change_only_the_customers_rows(void **state)
{
	scratch_only_postgresql();
	world_walk_verbs(*state);
}

static void
wall_needs_both_tenant_and_customer(void **state)
{
	scratch_only_postgresql();
	world_walk_mixed(*state, false, ROLE_CUSTOMER, world_customer_reads);
	world_walk_mixed(*state, true, ROLE_SYSTEM, world_customer_writes);
}

/* One connection, many customers. */

/* What a loose statement gives is this customer's, all of it. */
static void
sees_own_invoices(struct world *w, int who)
{
	struct identity id = world_identity(w, who, ROLE_CUSTOMER);
	struct store *st = w->f.scratch.st;
	int rows = 0, own = 0;
	struct query q;

	store_become(st, &id);
	q = query_begin(st, SQL_LIST_INVOICES);
	query_bind_int(&q, FIXTURE_TODAY);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, 100);
	while (query_row(&q)) {
		rows++;
		own += col_int(&q, 1) == w->f.of[who].invoice ||
		       col_int(&q, 1) == w->f.of[who].unpaid;
	}
	assert_int_equal(query_end(&q), ERR_NONE);
	assert_int_equal(rows, 2);
	assert_int_equal(own, 2);
}

/* A plan's name is there already. */
static enum err
collide(struct world *w, int who)
{
	struct query q = query_begin(w->f.scratch.st, SQL_PLAN_INSERT);

	query_bind_text(&q, w->f.of[who].plan_name);
	query_bind_text(&q, "voice");
	query_bind_text(&q, "");
	query_bind_int(&q, 1);
	query_bind_int(&q, 1);
	return query_run(&q, NULL);
}

static void
nothing_is_left_over_for_the_next_customer(void **state)
{
	struct world *w = *state;
	struct store *st = w->f.scratch.st;
	struct identity id;

	scratch_only_postgresql();
	for (int who = 0; who < WHO_COUNT; who++) {
		int next = (who + 1) % WHO_COUNT;

		sees_own_invoices(w, who);
		sees_own_invoices(w, next);
		/* after an error of a transaction of its own */
		id = world_identity(w, who, ROLE_SYSTEM);
		store_become(st, &id);
		assert_int_equal(collide(w, who), ERR_CONFLICT);
		sees_own_invoices(w, next);
		/* within one, and after it is rolled back */
		store_become(st, &id);
		assert_int_equal(store_begin(st), ERR_NONE);
		sees_own_invoices(w, who);
		sees_own_invoices(w, next);
		store_become(st, &id);
		assert_int_equal(collide(w, who), ERR_CONFLICT);
		store_rollback(st);
		sees_own_invoices(w, next);
		/* after a verb that fails */
		id = world_identity(w, who, ROLE_CUSTOMER);
		store_become(st, &id);
		assert_int_equal(
		    ticket_close(st, w->f.of[next].ticket), ERR_NOT_FOUND);
		sees_own_invoices(w, next);
		/* after a commit */
		id = world_identity(w, who, ROLE_SYSTEM);
		store_become(st, &id);
		assert_int_equal(store_begin(st), ERR_NONE);
		sees_own_invoices(w, who);
		assert_int_equal(store_commit(st), ERR_NONE);
		sees_own_invoices(w, next);
	}
}

/* A query that is not read to its end while others ask. */
static void
a_customer_in_the_middle_of_anothers_rows_sees_their_own(void **state)
{
	struct world *w = *state;
	struct identity id;
	struct query q;

	scratch_only_postgresql();
	id = world_identity(w, WHO_ANNA, ROLE_CUSTOMER);
	store_become(w->f.scratch.st, &id);
	q = query_begin(w->f.scratch.st, SQL_LIST_INVOICES);
	query_bind_int(&q, FIXTURE_TODAY);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, 100);
	assert_true(query_row(&q));
	sees_own_invoices(w, WHO_BERT);
	sees_own_invoices(w, WHO_CARO);
	assert_true(query_row(&q));
	assert_true(col_int(&q, 1) == w->f.of[WHO_ANNA].invoice ||
		    col_int(&q, 1) == w->f.of[WHO_ANNA].unpaid);
	assert_false(query_row(&q));
	assert_int_equal(query_end(&q), ERR_NONE);
}

/* What the database itself says. */

static PGconn *
connect_to(const struct scratch *s)
{
	PGconn *conn = PQconnectdb(s->url);

	assert_int_equal(PQstatus(conn), CONNECTION_OK);
	return conn;
}

/* Its SQLSTATE, "00000" when it works. */
static void
gives(PGconn *conn, const char *sql, const char *want)
{
	PGresult *r = PQexec(conn, sql);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	if (strcmp(state != NULL ? state : "00000", want) != 0)
		fail_msg("%s: %s %s", sql, state != NULL ? state : "",
		    PQresultErrorMessage(r));
	PQclear(r);
}

/* Begins what the engine begins for a request. */
static void
become_session(PGconn *conn, const struct holding *h)
{
	char sql[256];

	gives(conn, "BEGIN", "00000");
	snprintf(sql, sizeof(sql),
	    "SELECT set_config('portal.tenant', '%lld', true), "
	    "set_config('portal.customer', '%lld', true), "
	    "set_config('portal.login', '%lld', true)",
	    (long long)h->tenant, (long long)h->customer, (long long)h->login);
	gives(conn, sql, "00000");
	gives(conn, "SET LOCAL ROLE portal_session", "00000");
}

static void
every_table_is_behind_the_wall(void **state)
{
	struct world *w = *state;

	scratch_only_postgresql();
	assert_int_equal(
	    scratch_int(&w->f.scratch,
		"SELECT COUNT(*) FROM pg_class WHERE relkind IN ('r', 'p') "
		"AND relnamespace = 'public'::regnamespace AND relrowsecurity"),
	    w->census.n);
	assert_int_equal(scratch_int(&w->f.scratch,
			     "SELECT COUNT(DISTINCT tablename) FROM "
			     "pg_policies WHERE schemaname = 'public' AND "
			     "'portal_session' = ANY (roles)"),
	    w->census.n);
	/* Nobody has a policy for everybody, or a way around them. */
	assert_int_equal(
	    scratch_int(&w->f.scratch, "SELECT COUNT(*) FROM pg_policies WHERE "
				       "'public' = ANY (roles)"),
	    0);
	assert_int_equal(
	    scratch_int(&w->f.scratch,
		"SELECT COUNT(*) FROM pg_roles WHERE rolname LIKE 'portal\\_%' "
		"AND (rolsuper OR rolbypassrls OR rolcanlogin)"),
	    0);
	/* Views are read with the rights and rows of who asks. */
	assert_true(
	    scratch_int(&w->f.scratch, "SELECT COUNT(*) FROM pg_views "
				       "WHERE schemaname = 'public'") > 0);
	assert_int_equal(
	    scratch_int(&w->f.scratch,
		"SELECT COUNT(*) FROM pg_class WHERE relkind = 'v' "
		"AND relnamespace = 'public'::regnamespace "
		"AND NOT 'security_invoker=true' = ANY (reloptions)"),
	    0);
}

/* Runs a query with one number; -1: no right to ask. */
static int64_t
number(PGconn *conn, const char *sql)
{
	PGresult *r = PQexec(conn, sql);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	int64_t n = -1;

	if (PQresultStatus(r) == PGRES_TUPLES_OK)
		n = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
	else
		assert_string_equal(state, "42501");
	PQclear(r);
	return n;
}

static void
without_an_identity_there_is_nothing(void **state)
{
	static const char *const before[] = {"",
	    "SELECT set_config('portal.tenant', '', false), "
	    "set_config('portal.customer', '', false)"};
	struct world *w = *state;
	char sql[256];
	int64_t seen;
	int asked = 0;
	PGconn *conn;

	scratch_only_postgresql();
	conn = connect_to(&w->f.scratch);
	gives(conn, "SET ROLE portal_session", "00000");
	for (size_t k = 0; k < 2; k++) {
		PQclear(PQexec(conn, before[k]));
		for (size_t i = 0; i < w->census.n; i++) {
			const struct table *t = &w->census.tables[i];

			if (t->owner == OWNER_NOBODY)
				continue;
			snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s",
			    t->name);
			seen = number(conn, sql);
			asked += seen == 0;
			if (seen > 0)
				fail_msg("%s: rows for nobody", t->name);
		}
	}
	assert_true(asked > 2 * 10);
	PQfinish(conn);
}

static void
a_session_counts_its_own_rows_only(void **state)
{
	struct world *w = *state;
	int asked = 0;
	PGconn *conn;

	scratch_only_postgresql();
	conn = connect_to(&w->f.scratch);
	for (size_t i = 0; i < w->census.n; i++) {
		const struct table *t = &w->census.tables[i];
		char sql[256];
		int64_t seen;

		for (int who = 0; who < WHO_COUNT; who++) {
			const struct holding *h = &w->f.of[who];

			if (t->owner != OWNER_CUSTOMER)
				continue;
			become_session(conn, h);
			/* a column that every such table lets be read */
			snprintf(sql, sizeof(sql), "SELECT COUNT(%s) FROM %s",
			    t->tenant, t->name);
			seen = number(conn, sql);
			gives(conn, "ROLLBACK", "00000");
			if (seen == -1)
				continue;
			asked++;
			snprintf(sql, sizeof(sql),
			    "SELECT COUNT(*) FROM %s WHERE %s = %lld AND "
			    "%s = %lld",
			    t->name, t->tenant, (long long)h->tenant,
			    t->customer, (long long)h->customer);
			if (seen != scratch_int(&w->f.scratch, sql))
				fail_msg(
				    "%s: %lld rows", t->name, (long long)seen);
		}
	}
	assert_true(asked > 10 * WHO_COUNT);
	PQfinish(conn);
}

static void
a_session_writes_nothing_for_somebody_else(void **state)
{
	struct world *w = *state;
	const struct holding *anna = &w->f.of[WHO_ANNA];
	const struct holding *bert = &w->f.of[WHO_BERT];
	char sql[512];
	PGconn *conn;

	scratch_only_postgresql();
	conn = connect_to(&w->f.scratch);
	for (int own = 0; own < 2; own++) {
		become_session(conn, anna);
		snprintf(sql, sizeof(sql),
		    "INSERT INTO ticket (tenant, customer, subject, type, "
		    "priority, status, is_open, created_at, updated_at, "
		    "preview, fold) VALUES (%lld, %lld, 's', 'fault', 'low', "
		    "'New', 1, 1, 1, '', '')",
		    (long long)anna->tenant,
		    (long long)(own ? anna : bert)->customer);
		gives(conn, sql, own ? "00000" : "42501");
		gives(conn, "ROLLBACK", "00000");
	}
	/* Giving one's own away. */
	become_session(conn, anna);
	snprintf(sql, sizeof(sql), "UPDATE ticket SET customer = %lld",
	    (long long)bert->customer);
	gives(conn, sql, "42501");
	gives(conn, "ROLLBACK", "00000");
	/* Changing somebody's who is named: there is no such row. */
	become_session(conn, anna);
	snprintf(sql, sizeof(sql),
	    "WITH w AS (UPDATE ticket SET is_open = 0 WHERE id = %lld "
	    "RETURNING 1) SELECT COUNT(*) FROM w",
	    (long long)bert->ticket);
	assert_int_equal(number(conn, sql), 0);
	/* Becoming somebody else is for who may log in, and not from here. */
	gives(conn, "SELECT password FROM login", "42501");
	gives(conn, "ROLLBACK", "00000");
	PQfinish(conn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_condition_on_the_identity_is_taken_out),
	    cmocka_unit_test(without_the_wall_nearly_all_of_them_leak),
	    cmocka_unit_test(loose_statements_read_only_the_customers_rows),
	    cmocka_unit_test(loose_statements_write_only_the_customers_rows),
	    cmocka_unit_test(loose_statements_of_staff_keep_to_the_tenant),
	    cmocka_unit_test(loose_verbs_change_only_the_customers_rows),
	    cmocka_unit_test(wall_needs_both_tenant_and_customer),
	    cmocka_unit_test(nothing_is_left_over_for_the_next_customer),
	    cmocka_unit_test(
		a_customer_in_the_middle_of_anothers_rows_sees_their_own),
	    cmocka_unit_test(every_table_is_behind_the_wall),
	    cmocka_unit_test(without_an_identity_there_is_nothing),
	    cmocka_unit_test(a_session_counts_its_own_rows_only),
	    cmocka_unit_test(a_session_writes_nothing_for_somebody_else),
	};

	log_open("test_rls", LOG_LVL_ERROR);
	loosen_all();
	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}

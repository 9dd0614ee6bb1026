/*
 * What PostgreSQL makes of every statement: that it takes and gives the types
 * that its header says, and that no customer's statement needs to read a table
 * from end to end.
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
#include "data/registry.h"
#include "tests/data/scratch.h"

enum { TEXT_MAX = 256 * 1024 };

/* clang-format off */
/* By the letter of the registry: the parameter, and what columns may be. */
static const struct type {
	char letter;
	const char *param;
	const char *columns; /* |pg_type.oid| */
} types[] = {
	{ 'i', "bigint", "|16|20|21|23|" },
	{ 't', "text",   "|19|25|705|1043|" },
	{ 'f', "text",   "" },
	{ 'b', "bytea",  "|17|" },
};
/* clang-format on */

static const struct type *
type_of(char letter)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i].letter == (letter | 0x20))
			return &types[i];
	fail_msg("no type %c", letter);
	return NULL;
}

struct server {
	struct scratch s;
	PGconn *conn;
};

static int
setup(void **state)
{
	struct server *v = calloc(1, sizeof(*v));

	scratch_open(&v->s);
	v->conn = PQconnectdb(v->s.url);
	assert_int_equal(PQstatus(v->conn), CONNECTION_OK);
	*state = v;
	return 0;
}

static int
teardown(void **state)
{
	struct server *v = *state;

	PQfinish(v->conn);
	scratch_release(&v->s);
	free(v);
	return 0;
}

static PGresult *
must(const struct server *v, const char *name, PGresult *r)
{
	if (PQresultStatus(r) != PGRES_COMMAND_OK &&
	    PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", name, PQerrorMessage(v->conn));
	return r;
}

/* As the engine does it, under the statement's own name. */
static void
prepare(const struct server *v, const struct sql_def *def)
{
	struct buf sql;

	buf_init(&sql, TEXT_MAX);
	buf_addf(&sql, "PREPARE %s (bigint, bigint, bigint", def->name);
	for (const char *a = def->args; *a != '\0'; a++)
		buf_addf(&sql, ", %s", type_of(*a)->param);
	buf_adds(&sql, ") AS ");
	assert_int_equal(
	    dialect_words(&sql, def->text, DIALECT_POSTGRESQL), ERR_NONE);
	PQclear(must(v, def->name, PQexec(v->conn, buf_str(&sql))));
	buf_release(&sql);
}

static void
every_statement_gives_what_it_says(void **state)
{
	struct server *v = *state;

	for (int i = 0; i < SQL_COUNT; i++) {
		const struct sql_def *def = &sql_table[i];
		PGresult *r;
		char oid[16];

		prepare(v, def);
		r = must(v, def->name, PQdescribePrepared(v->conn, def->name));
		if (PQnfields(r) != (int)strlen(def->cols))
			fail_msg(
			    "%s: gives %d columns", def->name, PQnfields(r));
		for (int k = 0; k < PQnfields(r); k++) {
			snprintf(oid, sizeof(oid), "|%u|", PQftype(r, k));
			if (strstr(type_of(def->cols[k])->columns, oid) == NULL)
				fail_msg("%s: column %d is of type %s",
				    def->name, k, oid);
		}
		PQclear(r);
	}
}

/* A table's rows, or an index's, from the first to the last. */
static bool
reads_all(const char *line, const char *next)
{
	if (strstr(line, "Seq Scan on") != NULL)
		return true;
	return strstr(line, "Index") != NULL && strstr(line, "Scan") != NULL &&
	       strstr(next, "Index Cond:") == NULL;
}

static void
explain(const struct server *v, const struct sql_def *def)
{
	struct buf sql;
	PGresult *r;
	int n;

	buf_init(&sql, TEXT_MAX);
	buf_addf(&sql, "EXPLAIN EXECUTE %s (1, 1, 1", def->name);
	for (size_t i = 0; i < strlen(def->args); i++)
		buf_adds(&sql, ", NULL");
	buf_adds(&sql, ")");
	r = must(v, def->name, PQexec(v->conn, buf_str(&sql)));
	n = PQntuples(r);
	for (int i = 0; i < n; i++) {
		const char *line = PQgetvalue(r, i, 0);

		if (reads_all(line, i + 1 < n ? PQgetvalue(r, i + 1, 0) : ""))
			fail_msg("%s: %s", def->name, line);
	}
	PQclear(r);
	buf_release(&sql);
}

/* The plan for any parameters, behind the policies; where there is an index
 * for it, a table is not read as a whole. */
static void
customer_statements_scan_no_table(void **state)
{
	static const char begin[] =
	    "BEGIN; SET LOCAL enable_seqscan = off;"
	    "SET LOCAL plan_cache_mode = force_generic_plan;"
	    "SELECT set_config('portal.tenant', '1', true), "
	    "set_config('portal.customer', '1', true);"
	    "SET LOCAL ROLE portal_session";
	struct server *v = *state;
	int n = 0;

	PQclear(must(v, "begin", PQexec(v->conn, begin)));
	for (int i = 0; i < SQL_COUNT; i++) {
		const struct sql_def *def = &sql_table[i];

		if (def->scope != SCOPE_CUSTOMER && def->scope != SCOPE_SHARED)
			continue;
		prepare(v, def);
		explain(v, def);
		n++;
	}
	assert_true(n > 20);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(every_statement_gives_what_it_says),
	    T(customer_statements_scan_no_table),
	};
	const struct CMUnitTest elsewhere[] = {
	    cmocka_unit_test(scratch_other_engine),
	};

	log_open("test_postgresql_plans", LOG_LVL_ERROR);
	return scratch_on_postgresql()
		   ? cmocka_run_group_tests(tests, NULL, NULL)
		   : cmocka_run_group_tests(elsewhere, NULL, NULL);
}

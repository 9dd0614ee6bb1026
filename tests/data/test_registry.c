/*
 * The registry: what data/sql.awk accepts, what it makes, who may run it, and
 * that every statement is what its header says.  Runs in the source's root.
 */
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/log.h"
#include "data/registry.h"
#include "tests/data/scratch.h"

#define HEAD(scope, args, cols)                                                \
	"-- scope: " scope "\n-- args: " args "\n-- cols: " cols "\n"
#define GOOD                                                                   \
	"-- name: one\n" HEAD(                                                 \
	    "customer", "int", "int") "SELECT a FROM t WHERE tenant = $1 AND " \
				      "customer = $2 AND id = $4;\n"

/* Runs the awk program over text in x.sql; gives its exit status and the first
 * bytes of what it wrote (errors too). */
static int
run_awk(const char *mode, const char *text, char *out, size_t size)
{
	struct scratch s;
	char path[128], command[512];
	FILE *f;
	size_t n;
	int status;

	scratch_init(&s);
	snprintf(path, sizeof(path), "%s/x.sql", s.dir);
	assert_non_null(f = fopen(path, "w"));
	fputs(text, f);
	fclose(f);
	snprintf(command, sizeof(command),
	    "cd '%s' && LC_ALL=C awk -v mode=%s -f \"$OLDPWD/data/sql.awk\" "
	    "x.sql 2>&1",
	    s.dir, mode);
	assert_non_null(f = popen(command, "r"));
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	while (fgetc(f) != EOF)
		;
	status = pclose(f);
	scratch_release(&s);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
awk_gives_names_and_table(void **state)
{
	char out[4096];

	(void)state;
	assert_int_equal(run_awk("ids", GOOD, out, sizeof(out)), 0);
	assert_non_null(strstr(out, "\tSQL_ONE,\n\tSQL_COUNT\n"));
	assert_int_equal(
	    run_awk("table",
		"-- A comment.\n\n-- name: two\n" HEAD("system",
		    "int text? bytes fold",
		    "int text? bytes") "-- access: read\n"
				       "WITH q AS (\n"
				       "\tSELECT '\\' || \"x?\" FROM t\n"
				       "\n"
				       "  -- what it is\n"
				       ") SELECT * FROM q;\n" GOOD,
		out, sizeof(out)),
	    0);
	assert_non_null(strstr(out, "[SQL_TWO] = {"));
	assert_non_null(strstr(out, ".scope = SCOPE_SYSTEM,"));
	assert_non_null(strstr(out, ".write = false,"));
	assert_non_null(strstr(out, ".args = \"iTbf\","));
	assert_non_null(strstr(out, ".cols = \"itb\","));
	assert_non_null(strstr(out, "\"\\tSELECT '\\\\' || \\\"x\\?\\\" FROM"));
	assert_null(strstr(out, "what it is"));
	assert_non_null(strstr(out, "[SQL_ONE] = {"));
}

static void
awk_takes_only_select_for_reading(void **state)
{
	static const char *const texts[] = {"INSERT INTO t VALUES (1);",
	    "UPDATE t SET a = 1;", "DELETE FROM t;",
	    "WITH q AS (SELECT 1) SELECT 1;"};
	char text[512], out[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		snprintf(text, sizeof(text),
		    "-- name: x\n" HEAD("system", "none", "none") "%s\n",
		    texts[i]);
		assert_int_equal(run_awk("table", text, out, sizeof(out)), 0);
		assert_non_null(strstr(out, ".write = true,"));
	}
	assert_int_equal(run_awk("table", GOOD, out, sizeof(out)), 0);
	assert_non_null(strstr(out, ".write = false,"));
}

/* clang-format off */
static const struct {
	const char *text;
	const char *where; /* how the message begins */
	const char *what;
} mistakes[] = {
	{ GOOD GOOD, "x.sql:6:", "already at x.sql:1" },
	{ "-- name: Bad-Name\n" HEAD("system", "none", "int") "SELECT 1;\n",
	  "x.sql:1:", "bad name" },
	{ "-- name: x\n-- args: none\n-- cols: int\nSELECT 1;\n",
	  "x.sql:1:", "no '-- scope:'" },
	{ "-- name: x\n-- scope: system\n-- cols: int\nSELECT 1;\n",
	  "x.sql:1:", "no '-- args:'" },
	{ "-- name: x\n-- scope: system\n-- args: none\nSELECT 1;\n",
	  "x.sql:1:", "no '-- cols:'" },
	{ "-- name: x\n-- scope: everybody\n", "x.sql:2:", "unknown scope" },
	{ "-- name: x\n-- scope: system\n-- args: int float\n",
	  "x.sql:1:", "unknown type 'float'" },
	{ "-- name: x\n-- args: ?\n", "x.sql:1:", "unknown type" },
	{ "-- name: x\n-- cols: fold\n", "x.sql:1:", "unknown type 'fold'" },
	{ "-- name: x\n-- access: sometimes\n", "x.sql:2:", "unknown access" },
	{ "-- scope: system\n", "x.sql:1:", "does not follow" },
	{ "SELECT 1;\n", "x.sql:1:", "text outside" },
	{ GOOD "SELECT 2;\n", "x.sql:6:", "text outside" },
	{ "-- name: x\n" HEAD("system", "none", "int") "SELECT 1\n",
	  "x.sql:1:", "does not end in ';'" },
	{ "-- name: x\n" HEAD("system", "none", "int") "SELECT 1\n" GOOD,
	  "x.sql:6:", "does not end in ';'" },
	{ "-- name: x\n" HEAD("system", "int", "int") "SELECT $5;\n",
	  "x.sql:1:", "$5 is not declared" },
	{ "-- name: x\n" HEAD("customer", "none", "int") "SELECT $1;\n",
	  "x.sql:1:", "must use $2" },
	{ "-- name: x\n" HEAD("customer", "none", "int") "SELECT $2;\n",
	  "x.sql:1:", "must use $1" },
	{ "-- name: x\n" HEAD("shared", "none", "int") "SELECT 1;\n",
	  "x.sql:1:", "must use $1" },
	{ "-- name: x\n" HEAD("tenant", "none", "none") "DELETE FROM t;\n",
	  "x.sql:1:", "must use $1" },
	{ "-- name: x\n" HEAD("shared", "none", "none")
	  "DELETE FROM t WHERE tenant = $1;\n", "x.sql:1:", "read-only" },
	{ "\n", "sql.awk:", "no statements" },
};
/* clang-format on */

static void
awk_names_file_and_line_of_each_mistake(void **state)
{
	char out[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		const char *error;

		if (run_awk("ids", mistakes[i].text, out, sizeof(out)) == 0)
			fail_msg("accepted: %s", mistakes[i].text);
		error = strstr(out, mistakes[i].where);
		if (error == NULL || strstr(error, mistakes[i].what) == NULL)
			fail_msg("%s\ngave: %s", mistakes[i].text, out);
	}
}

static void
roles_run_what_is_theirs(void **state)
{
	/* clang-format off */
	static const struct {
		enum role role;
		const char *read, *write; /* a digit per scope */
	} rows[] = {
		{ ROLE_NONE,     "0000", "0000" },
		{ ROLE_CUSTOMER, "1100", "0000" },
		{ ROLE_RENDER,   "1100", "0000" },
		{ ROLE_STAFF,    "0110", "0000" },
		{ ROLE_SYSTEM,   "1111", "1111" },
		{ (enum role)99, "0000", "0000" },
	};
	/* clang-format on */
	static const enum scope scopes[] = {
	    SCOPE_CUSTOMER, SCOPE_SHARED, SCOPE_TENANT, SCOPE_SYSTEM};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t k = 0; k < 4; k++) {
			struct sql_def def = {.scope = scopes[k]};

			assert_int_equal(sql_allowed(&def, rows[i].role),
			    rows[i].read[k] == '1');
			def.write = true;
			assert_int_equal(sql_allowed(&def, rows[i].role),
			    rows[i].write[k] == '1');
		}
	}
}

static void
every_statement_has_its_row(void **state)
{
	(void)state;
	for (int i = 0; i < SQL_COUNT; i++) {
		assert_non_null(sql_table[i].name);
		assert_non_null(sql_table[i].text);
		assert_true(strlen(sql_table[i].args) <= QUERY_ARGS);
		assert_true(strlen(sql_table[i].cols) <= QUERY_COLS);
	}
	assert_string_equal(
	    sql_table[SQL_SCHEMA_VERSION].name, "schema_version");
}

/* Column counts, and that nothing declared to read can write. */
static void
every_statement_is_what_it_says_on_sqlite(void **state)
{
	const struct sql_def *def;
	sqlite3_stmt *stmt;
	struct scratch s;
	struct buf b;
	sqlite3 *db;

	(void)state;
	scratch_only_sqlite();
	scratch_open(&s);
	assert_int_equal(sqlite3_open(s.file, &db), SQLITE_OK);
	buf_init(&b, 1 << 20);
	for (int i = 0; i < SQL_COUNT; i++) {
		def = &sql_table[i];
		buf_reset(&b);
		assert_int_equal(
		    dialect_words(&b, def->text, DIALECT_SQLITE), ERR_NONE);
		if (sqlite3_prepare_v2(db, buf_str(&b), -1, &stmt, NULL) !=
		    SQLITE_OK)
			fail_msg("%s: %s", def->name, sqlite3_errmsg(db));
		if (sqlite3_column_count(stmt) != (int)strlen(def->cols))
			fail_msg("%s: gives %d columns", def->name,
			    sqlite3_column_count(stmt));
		if (def->write == sqlite3_stmt_readonly(stmt))
			fail_msg("%s: access is wrong", def->name);
		sqlite3_finalize(stmt);
	}
	buf_release(&b);
	sqlite3_close(db);
	scratch_release(&s);
}

static void
hash_is_of_this_build(void **state)
{
	(void)state;
	assert_true(registry_hash() != 0);
	assert_true(registry_hash() == registry_hash());
	assert_true(registry_hash() >> 32 != SQL_HASH_HIGH);
}

static void
hash_changes_with_any_statement(void **state)
{
	static const char *const texts[] = {GOOD,
	    "-- name: one\n" HEAD(
		"customer", "int", "text") "SELECT a FROM t WHERE tenant = $1 "
					   "AND customer = $2 AND "
					   "id = $4;\n",
	    "-- name: one\n" HEAD(
		"customer", "text", "int") "SELECT a FROM t WHERE tenant = $1 "
					   "AND customer = $2 AND "
					   "id = $4;\n",
	    "-- name: two\n" HEAD(
		"customer", "int", "int") "SELECT a FROM t WHERE tenant = $1 "
					  "AND customer = $2 AND "
					  "id = $4;\n"};
	char hashes[4][4096];

	(void)state;
	for (int i = 0; i < 4; i++) {
		char out[4096];

		assert_int_equal(run_awk("ids", texts[i], out, sizeof(out)), 0);
		strcpy(hashes[i], strstr(out, "#define SQL_HASH_HIGH"));
		for (int k = 0; k < i; k++)
			assert_string_not_equal(hashes[i], hashes[k]);
	}
}

/* Not even staff's sessions. */
static void
no_session_reads_a_password_hash(void **state)
{
	size_t found = 0;

	(void)state;
	for (int i = 0; i < SQL_COUNT; i++) {
		const struct sql_def *def = &sql_table[i];

		if (def->write || strstr(def->text, "password") == NULL)
			continue;
		found++;
		if (def->scope != SCOPE_SYSTEM)
			fail_msg("%s gives a hash", def->name);
	}
	assert_int_equal(found, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(awk_gives_names_and_table),
	    cmocka_unit_test(awk_takes_only_select_for_reading),
	    cmocka_unit_test(awk_names_file_and_line_of_each_mistake),
	    cmocka_unit_test(roles_run_what_is_theirs),
	    cmocka_unit_test(every_statement_has_its_row),
	    cmocka_unit_test(every_statement_is_what_it_says_on_sqlite),
	    cmocka_unit_test(hash_is_of_this_build),
	    cmocka_unit_test(hash_changes_with_any_statement),
	    cmocka_unit_test(no_session_reads_a_password_hash),
	};

	log_open("test_registry", LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

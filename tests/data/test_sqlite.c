/* The sqlite engine's own: files, locks, and how a connection is set up. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/log.h"
#include "data/engine_sqlite.h"
#include "tests/data/people.h"

static void
full_disk_is_said_and_changes_nothing(void **state)
{
	struct store *st = people_store(state);
	char *big = malloc(200001);
	enum err err;

	memset(big, 'x', 200000);
	big[200000] = '\0';
	people_become(st, person(ANNA, ROLE_SYSTEM));
	/* Never below what it has: no new page then. */
	assert_int_equal(
	    st->engine->script(st, "PRAGMA max_page_count = 1"), ERR_NONE);
	assert_int_equal(store_begin(st), ERR_NONE);
	err = people_set(st, "tabs", big);
	store_rollback(st);
	free(big);
	assert_int_equal(err, ERR_FULL);
	assert_int_equal(people_settings(state), 0);
	/* And what needs no page goes on. */
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
}

static void
write_error_is_said_and_changes_nothing(void **state)
{
	struct store *st = people_store(state);
	struct rlimit old, none;
	enum err err;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = old;
	none.rlim_cur = 1;
	setrlimit(RLIMIT_FSIZE, &none);
	err = people_set(st, "tabs", "x");
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(err, ERR_IO);
	assert_int_equal(people_settings(state), 0);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
}

static void
locked_store_is_busy(void **state)
{
	struct scratch *s = *state;
	sqlite3 *db;

	sqlite3_busy_timeout(((struct sqlite_store *)s->st)->db, 1);
	assert_int_equal(sqlite3_open(s->file, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0), SQLITE_OK);
	assert_int_equal(store_begin(s->st), ERR_BUSY);
	assert_false(store_in_transaction(s->st));
	people_become(s->st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(people_set(s->st, "tabs", "x"), ERR_BUSY);
	sqlite3_close(db);
	assert_int_equal(store_begin(s->st), ERR_NONE);
	store_rollback(s->st);
}

static void
connection_is_set_up_for_safety(void **state)
{
	/* clang-format off */
	static const struct {
		const char *sql;
		const char *want;
	} rows[] = {
		{ "PRAGMA journal_mode", "wal" },
		{ "PRAGMA synchronous", "2" },
		{ "PRAGMA foreign_keys", "1" },
		{ "PRAGMA trusted_schema", "0" },
		{ "PRAGMA temp_store", "2" },
		{ "PRAGMA busy_timeout", "5000" },
		{ "PRAGMA wal_autocheckpoint", "8192" },
	};
	/* clang-format on */
	sqlite3 *db = ((struct sqlite_store *)people_store(state))->db;
	sqlite3_stmt *stmt;
	int on = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sqlite3_prepare_v2(db, rows[i].sql, -1, &stmt, NULL);
		assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
		assert_string_equal(sqlite3_column_text(stmt, 0), rows[i].want);
		sqlite3_finalize(stmt);
	}
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on);
	assert_int_equal(on, 1);
}

static int64_t
log_size(const struct scratch *s)
{
	char path[sizeof(s->file) + 8];
	struct stat sb;

	snprintf(path, sizeof(path), "%s-wal", s->file);
	assert_int_equal(stat(path, &sb), 0);
	return sb.st_size;
}

static void
log_of_writes_that_grew_is_small_after_a_checkpoint(void **state)
{
	enum { LARGE = 16 << 20, SMALL = 5 << 20 };
	struct scratch *s = *state;
	sqlite3 *db, *reader;

	assert_int_equal(sqlite3_open(s->file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_open(s->file, &reader), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA wal_autocheckpoint = 0", 0, 0, 0);
	assert_int_equal(
	    sqlite3_exec(reader, "BEGIN; SELECT * FROM tenant", 0, 0, 0),
	    SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db,
		"CREATE TABLE bulk AS SELECT zeroblob(17000000) AS b", 0, 0, 0),
	    SQLITE_OK);
	assert_true(log_size(s) > LARGE);
	/* It takes no part from who still reads, and waits for nobody. */
	assert_int_equal(
	    sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0), SQLITE_OK);
	assert_int_equal(store_checkpoint(s->st), ERR_NONE);
	sqlite3_exec(db, "ROLLBACK", 0, 0, 0);
	assert_true(log_size(s) > LARGE);
	sqlite3_exec(reader, "COMMIT", 0, 0, 0);
	assert_int_equal(store_checkpoint(s->st), ERR_NONE);
	/* The next who writes begins it anew. */
	people_become(s->st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(people_set(s->st, "tabs", "x"), ERR_NONE);
	assert_true(log_size(s) < SMALL);
	sqlite3_close(reader);
	sqlite3_close(db);
}

#define T(name)                                                                \
	cmocka_unit_test_setup_teardown(name, people_setup, scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(full_disk_is_said_and_changes_nothing),
	    T(write_error_is_said_and_changes_nothing),
	    T(locked_store_is_busy),
	    T(log_of_writes_that_grew_is_small_after_a_checkpoint),
	    T(connection_is_set_up_for_safety),
	};
	const struct CMUnitTest elsewhere[] = {
	    cmocka_unit_test(scratch_other_engine),
	};

	log_open("test_sqlite", LOG_LVL_ERROR);
	return scratch_on_postgresql()
		   ? cmocka_run_group_tests(elsewhere, NULL, NULL)
		   : cmocka_run_group_tests(tests, NULL, NULL);
}

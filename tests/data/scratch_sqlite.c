/* A store in a file of the scratch directory. */
#include "tests/data/scratch_engine.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/engine_sqlite.h"
#include "data/migrate.h"

static void
name(struct scratch *s)
{
	snprintf(s->file, sizeof(s->file), "%s/portal.db", s->dir);
	snprintf(s->url, sizeof(s->url), "sqlite:%s", s->file);
}

static void
make_empty(const struct scratch *s)
{
	int fd = open(s->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_int_not_equal(fd, -1);
	close(fd);
}

static void
make_store(const struct scratch *s)
{
	assert_int_equal(store_create(s->url), ERR_NONE);
}

static sqlite3 *
open_raw(const struct scratch *s)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(s->file, &db,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
	    SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	return db;
}

struct first {
	struct buf *cell;
	bool got;
};

static int
keep_first(void *arg, int n, char **values, char **names)
{
	struct first *f = arg;

	(void)names;
	if (f->cell != NULL && !f->got && n > 0)
		buf_adds(f->cell, values[0] != NULL ? values[0] : "");
	f->got = true;
	return 0;
}

static void
run(const struct scratch *s, const char *sql, struct buf *cell)
{
	struct first first = {.cell = cell};
	sqlite3 *db = open_raw(s);
	char *message = NULL;

	if (sqlite3_exec(db, sql, keep_first, &first, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	if (cell != NULL && !first.got)
		fail_msg("%s: gives nothing", sql);
	sqlite3_close(db);
}

static void
copy(const struct scratch *from, const struct scratch *to)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", to->file);
	run(from, sql, NULL);
}

static void
drop(const struct scratch *s)
{
	unlink(s->file);
}

static void
look(struct store *st, const char *sql, scratch_cell_fn *fn, void *arg)
{
	sqlite3 *db = ((struct sqlite_store *)st)->db;
	sqlite3_stmt *stmt;
	int rc;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			bool null = sqlite3_column_type(stmt, i) == SQLITE_NULL;
			const void *p = sqlite3_column_blob(stmt, i);

			fn(arg,
			    null        ? NULL
			    : p != NULL ? p
					: "",
			    (size_t)sqlite3_column_bytes(stmt, i));
		}
	assert_int_equal(rc, SQLITE_DONE);
	sqlite3_finalize(stmt);
}

const struct scratch_engine scratch_sqlite = {
    .dialect = DIALECT_SQLITE,
    .name = name,
    .make_empty = make_empty,
    .make_store = make_store,
    .copy = copy,
    .drop = drop,
    .run = run,
    .look = look,
};

#include "tests/data/scratch.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/migrate.h"

void
scratch_init(struct scratch *s)
{
	memset(s, 0, sizeof(*s));
	strcpy(s->dir, "/tmp/portal-test-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->file, sizeof(s->file), "%s/portal.db", s->dir);
	snprintf(s->url, sizeof(s->url), "sqlite:%s", s->file);
}

void
scratch_open(struct scratch *s)
{
	scratch_init(s);
	assert_int_equal(store_create(s->url), ERR_NONE);
	assert_int_equal(store_open(&s->st, s->url, &s->clock), ERR_NONE);
}

void
scratch_release(struct scratch *s)
{
	char path[sizeof(s->dir) + sizeof(((struct dirent *)0)->d_name) + 1];
	struct dirent *e;
	DIR *d;

	store_close(s->st);
	s->st = NULL;
	if ((d = opendir(s->dir)) == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", s->dir, e->d_name);
		unlink(path);
	}
	closedir(d);
	rmdir(s->dir);
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

void
scratch_sql(const struct scratch *s, const char *sql)
{
	sqlite3 *db = open_raw(s);
	char *message = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	sqlite3_close(db);
}

int64_t
scratch_int(const struct scratch *s, const char *sql)
{
	sqlite3 *db = open_raw(s);
	sqlite3_stmt *stmt;
	int64_t v;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	v = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return v;
}

void
scratch_str(
    const struct scratch *s, char *dst, size_t size, const char *fmt, ...)
{
	sqlite3 *db = open_raw(s);
	sqlite3_stmt *stmt;
	char sql[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_true((size_t)sqlite3_column_bytes(stmt, 0) < size);
	snprintf(dst, size, "%s", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

int
scratch_setup(void **state)
{
	struct scratch *s = malloc(sizeof(*s));

	if (s == NULL)
		return -1;
	scratch_open(s);
	*state = s;
	return 0;
}

int
scratch_teardown(void **state)
{
	scratch_release(*state);
	free(*state);
	return 0;
}

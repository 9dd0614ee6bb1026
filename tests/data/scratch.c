#include "tests/data/scratch.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/data/scratch_engine.h"

enum { TEXT_MAX = 1 << 20 };

static const struct scratch_engine *
engine(void)
{
	return scratch_on_postgresql() ? &scratch_postgresql : &scratch_sqlite;
}

bool
scratch_on_postgresql(void)
{
	return getenv("PORTAL_TEST_STORE") != NULL;
}

void
scratch_only_sqlite(void)
{
	if (scratch_on_postgresql())
		skip();
}

void
scratch_only_postgresql(void)
{
	if (!scratch_on_postgresql())
		skip();
}

void
scratch_other_engine(void **state)
{
	(void)state;
	skip();
}

void
scratch_init(struct scratch *s)
{
	memset(s, 0, sizeof(*s));
	strcpy(s->dir, "/tmp/portal-test-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	engine()->name(s);
}

void
scratch_empty(struct scratch *s)
{
	scratch_init(s);
	engine()->make_empty(s);
}

void
scratch_open(struct scratch *s)
{
	scratch_init(s);
	engine()->make_store(s);
	scratch_reopen(s);
}

void
scratch_copy(const struct scratch *from, struct scratch *to)
{
	scratch_init(to);
	to->clock = from->clock;
	engine()->copy(from, to);
}

void
scratch_reopen(struct scratch *s)
{
	assert_int_equal(store_open(&s->st, s->url, &s->clock), ERR_NONE);
}

void
scratch_shut(struct scratch *s)
{
	store_close(s->st);
	s->st = NULL;
}

void
scratch_drop(struct scratch *s)
{
	scratch_shut(s);
	engine()->drop(s);
}

void
scratch_release(struct scratch *s)
{
	char path[sizeof(s->dir) + sizeof(((struct dirent *)0)->d_name) + 1];
	struct dirent *e;
	DIR *d;

	scratch_drop(s);
	if ((d = opendir(s->dir)) == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", s->dir, e->d_name);
		unlink(path);
	}
	closedir(d);
	rmdir(s->dir);
}

static void
run(const struct scratch *s, const char *sql, struct buf *cell)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	assert_int_equal(
	    dialect_words(&text, sql, engine()->dialect), ERR_NONE);
	engine()->run(s, buf_str(&text), cell);
	buf_release(&text);
}

void
scratch_sql(const struct scratch *s, const char *sql)
{
	run(s, sql, NULL);
}

int64_t
scratch_int(const struct scratch *s, const char *sql)
{
	struct buf cell;
	int64_t v;

	buf_init(&cell, TEXT_MAX);
	run(s, sql, &cell);
	/* A truth has letters on PostgreSQL. */
	v = strcmp(buf_str(&cell), "t") == 0
		? 1
		: strtoll(buf_str(&cell), NULL, 10);
	buf_release(&cell);
	return v;
}

void
scratch_str(
    const struct scratch *s, char *dst, size_t size, const char *fmt, ...)
{
	struct buf cell;
	char sql[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	buf_init(&cell, TEXT_MAX);
	run(s, sql, &cell);
	assert_true(cell.len < size);
	memcpy(dst, buf_str(&cell), cell.len + 1);
	buf_release(&cell);
}

void
scratch_look(struct store *st, const char *sql, scratch_cell_fn *fn, void *arg)
{
	engine()->look(st, sql, fn, arg);
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

/*
 * A fresh store with a directory of its own, for one test.  Failing to make it
 * fails the test.
 *
 * PORTAL_TEST_STORE chooses the engine: the URL of a PostgreSQL database whose
 * role may make databases and roles; unset, SQLite.
 */
#ifndef TESTS_DATA_SCRATCH_H
#define TESTS_DATA_SCRATCH_H

#include "data/store.h"

struct scratch {
	char dir[64];
	char file[96]; /* the store itself; of SQLite only */
	char url[256];
	struct clock clock; /* of st; real until set */
	struct store *st;   /* ROLE_SYSTEM; NULL until it is opened */
};

bool scratch_on_postgresql(void);
/* Skips a test that is about files, or about servers. */
void scratch_only_sqlite(void);
void scratch_only_postgresql(void);
/* The one test, a skipped one, of a program that is about the other engine. */
void scratch_other_engine(void **state);

/* Only the directory and the names. */
void scratch_init(struct scratch *s);
/* An empty file or database as well. */
void scratch_empty(struct scratch *s);
/* A created and opened store as well. */
void scratch_open(struct scratch *s);
/* Into one that is nothing yet; nobody has from open.  Opens neither. */
void scratch_copy(const struct scratch *from, struct scratch *to);
/* Opens the store that is there. */
void scratch_reopen(struct scratch *s);
/* Closes what is open. */
void scratch_shut(struct scratch *s);
/* Closes what is open and takes the store away, so that there is none. */
void scratch_drop(struct scratch *s);
/* Closes what is open and removes everything. */
void scratch_release(struct scratch *s);

/*
 * Behind the engine's back, and as the owner of it all: runs SQL; a number that
 * a query gives.  {WORD}s of the dialect are replaced.
 */
void scratch_sql(const struct scratch *s, const char *sql);
int64_t scratch_int(const struct scratch *s, const char *sql);
/* The first column of the first row, as text that must fit. */
void scratch_str(const struct scratch *s, char *dst, size_t size,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/*
 * What is seen through the handle's own connection, so also within its
 * transaction: calls fn with each value of each row of a query; p is NULL
 * for NULL.
 */
typedef void scratch_cell_fn(void *arg, const void *p, size_t n);
void scratch_look(
    struct store *st, const char *sql, scratch_cell_fn *fn, void *arg);

/* cmocka set-up and tear-down around scratch_open() in *state. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

#endif

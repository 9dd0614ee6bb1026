/*
 * A fresh store in a directory of its own, for one test.  Failing to make it
 * fails the test.
 */
#ifndef TESTS_DATA_SCRATCH_H
#define TESTS_DATA_SCRATCH_H

#include <sqlite3.h>

#include "data/store.h"

struct scratch {
	char dir[64];
	char file[96];
	char url[112];
	struct clock clock; /* of st; real until set */
	struct store *st;   /* ROLE_SYSTEM; NULL after scratch_init() */
};

/* Only the directory and the names. */
void scratch_init(struct scratch *s);
/* A created and opened store as well. */
void scratch_open(struct scratch *s);
/* Closes what is open and removes all files. */
void scratch_release(struct scratch *s);

/* Behind the engine's back: runs SQL; a number that a query gives. */
void scratch_sql(const struct scratch *s, const char *sql);
int64_t scratch_int(const struct scratch *s, const char *sql);
/* The first column of the first row, as text that must fit. */
void scratch_str(const struct scratch *s, char *dst, size_t size,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* cmocka set-up and tear-down around scratch_open() in *state. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

#endif

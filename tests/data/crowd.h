/*
 * Several processes that do something to one store at the same moment, each
 * with a handle of its own.
 */
#ifndef TESTS_DATA_CROWD_H
#define TESTS_DATA_CROWD_H

#include "tests/data/scratch.h"

enum { CROWD = 16, CROWD_GIVES = 256 };

/* Gives numbers, as many as it says. */
typedef size_t crowd_fn(
    struct store *st, int who, const void *arg, int64_t out[CROWD_GIVES]);
struct crowd {
	int64_t gave[CROWD][CROWD_GIVES];
	size_t n[CROWD];
};
/* The scratch's own handle is closed before and opened again after: no engine's
 * may cross a fork. */
void crowd_run(struct scratch *s, int members, crowd_fn *fn, const void *arg,
    struct crowd *out);

#endif

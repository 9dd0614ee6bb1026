/*
 * A worker in this process, over a fresh store without jobs: its loop is turned
 * by the test.
 */
#ifndef TESTS_WORKER_DESK_H
#define TESTS_WORKER_DESK_H

#include "tests/data/fixture.h"
#include "worker/worker.h"

struct desk {
	struct fixture f;
	struct worker w; /* on f's store, with f's clock */
};

/* cmocka set-up and tear-down: *state is a struct desk. */
int desk_setup(void **state);
int desk_teardown(void **state);
/* A second worker on the same store, by a connection of its own. */
void desk_hire(struct desk *d, struct worker *w, const char *name);
void desk_fire(struct worker *w);

/* Turns the loop until the condition holds; fails the test when it never does.
 */
typedef bool desk_fn(void *arg);
void desk_turn_until(struct worker *w, desk_fn *fn, void *arg);
/* The handle acts as the provider of one of the fixture's customers. */
void desk_become(struct desk *d, enum who who);

#endif

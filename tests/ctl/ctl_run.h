/*
 * portalctl on a fresh store, in a child process so that it can end and print
 * as it likes.
 */
#ifndef TESTS_CTL_CTL_RUN_H
#define TESTS_CTL_CTL_RUN_H

#include "ctl/ctl.h"
#include "tests/data/fixture.h"

struct ctl_run {
	struct fixture f;
	char conf[128];
	char out[65536], err[8192]; /* of the last run */
};

/* cmocka set-up and tear-down: a store with anna, bert and caro, and a
 * configuration that names it; in *state. */
int ctl_run_setup(void **state);
int ctl_run_teardown(void **state);

/* portalctl -c CONF and the words up to NULL; typed is its standard input.
 * Gives the exit status. */
int ctl_run(struct ctl_run *r, const char *typed, ...)
    __attribute__((sentinel));

/* The output as JSON, which the caller releases. */
json_t *ctl_run_json(struct ctl_run *r);

#endif

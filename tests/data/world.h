/*
 * How the cases of the registry walk are run and judged, in a store of
 * everybody's beside stores in which nobody else exists.
 */
#ifndef TESTS_DATA_WORLD_H
#define TESTS_DATA_WORLD_H

#include "tests/data/census.h"
#include "tests/data/walk.h"

/* Stores: everybody's; each customer alone; each tenant alone. */
struct world {
	struct fixture f;
	struct scratch spare; /* everybody's, never opened */
	struct scratch customer[WHO_COUNT];
	struct scratch tenant[WHO_COUNT];
	struct census census;
};

/* cmocka group set-up and tear-down, in *state. */
int world_setup(void **state);
int world_teardown(void **state);

/* Named after its customer. */
struct identity world_identity(const struct world *w, int who, enum role role);

/* As id with what is in h: does the store of all give the same as the one that
 * the viewer has alone?  *rows: how many it gave. */
bool world_reads_alike(struct world *w, const struct walk_case *c,
    const struct identity *id, const struct holding *h, struct scratch *alone,
    int64_t *rows);

/* Runs a case as id, viewer's, with what is whose, and fails if somebody
 * else's rows are seen or changed, or none of one's own. */
typedef void world_check_fn(struct world *w, const struct walk_case *c,
    const struct identity *id, int viewer, int whose);
world_check_fn world_customer_reads, world_customer_writes, world_staff_reads,
    world_tenant_writes;

/* Everybody with everybody's ids; all cases of that kind. */
void world_walk(struct world *w, enum scope scope, bool write, enum role role,
    world_check_fn *check);
/*
 * Identities that no monitor gives: one tenant's with another's customer, and
 * one customer's with another's login.  Each part of the identity has to hold
 * by itself.
 */
void world_walk_mixed(
    struct world *w, bool write, enum role role, world_check_fn *check);
/* All verbs, by everybody with everybody's ids: nothing of others' changes, and
 * what is not one's own is not found. */
void world_walk_verbs(struct world *w);

#endif

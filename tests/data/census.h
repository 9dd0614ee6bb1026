/*
 * The tables of a store, whose their rows are, and what is in them: seen past
 * the engine, so that a test can tell whose rows changed.
 */
#ifndef TESTS_DATA_CENSUS_H
#define TESTS_DATA_CENSUS_H

#include "tests/data/fixture.h"

/* Whose a table's rows are, by its columns. */
enum owner { OWNER_NOBODY, OWNER_TENANT, OWNER_CUSTOMER };

struct table {
	char name[64];
	char tenant[16], customer[16]; /* columns that say so, or "" */
	enum owner owner;
	int columns;
};

struct census {
	struct table tables[64];
	size_t n;
};

void census_take(struct census *c, const struct scratch *s);

/* Takes out all that is of other tenants than h's, and with OWNER_CUSTOMER all
 * that is of other customers. */
void census_leave(const struct census *c, const struct scratch *s,
    const struct holding *h, enum owner level);

/*
 * A hash of rows, read through the handle's own connection, so also within its
 * transaction.  OWNER_NOBODY: all there is; OWNER_TENANT: all but the
 * identity's tenant's; OWNER_CUSTOMER: all but its customer's.  own turns it
 * round.
 */
uint64_t census_hash(const struct census *c, struct store *st,
    const struct identity *who, enum owner level, bool own);

#endif

/*
 * A customer's listing, exported into memory: for tests of the three formats.
 */
#ifndef TESTS_EXPORT_EXPORTED_H
#define TESTS_EXPORT_EXPORTED_H

#include "export/listing_export.h"
#include "tests/data/people.h"

struct exported {
	struct scratch scratch;
	char *text; /* of the last export */
	size_t len;
};

/* cmocka set-up and tear-down: anna and others, in *state. */
int exported_setup(void **state);
int exported_teardown(void **state);

/* A ticket of a customer; created is its instant. */
void exported_ticket(
    struct exported *e, int64_t customer, int64_t created, const char *subject);
/* n tickets, the newest "Ticket 1". */
void exported_many(struct exported *e, int64_t customer, int n);
/* The listing as the customer's session would get it. */
const char *exported_text(struct exported *e, int64_t customer,
    const char *listing, enum listing_format format);

#endif

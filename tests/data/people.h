/*
 * Two customers of one tenant and one of another, as bare rows: for tests of
 * the engines, which know no nouns.
 */
#ifndef TESTS_DATA_PEOPLE_H
#define TESTS_DATA_PEOPLE_H

#include "tests/data/scratch.h"

enum { ANNA = 11, BERT = 12, CARO = 21 }; /* customers: tenants 1, 1, 2 */

void people_insert(const struct scratch *s);
/* Who a customer's session is; the login has the customer's number. */
struct identity person(int64_t customer, enum role role);
struct identity staff_of(int64_t tenant);

#endif

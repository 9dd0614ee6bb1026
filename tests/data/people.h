/*
 * Two customers of one tenant and one of another, as bare rows: for tests of
 * the engines, which know no nouns.
 */
#ifndef TESTS_DATA_PEOPLE_H
#define TESTS_DATA_PEOPLE_H

#include "tests/data/scratch.h"

enum { ANNA = 11, BERT = 12, CARO = 21 }; /* customers: tenants 1, 1, 2 */

void people_insert(const struct scratch *s);
/* So many news of the first tenant, of four thousand letters each. */
void people_news(const struct scratch *s, int n);
/* Runs one statement: a setting of the handle's tenant, a ticket of its
 * customer. */
enum err people_set(struct store *st, const char *key, const char *value);
enum err people_ticket(struct store *st, const char *subject, int64_t *id);
/* Who a customer's session is; the login has the customer's number. */
struct identity person(int64_t customer, enum role role);
struct identity staff_of(int64_t tenant);

/* cmocka set-up: a fresh store with them, a struct scratch in *state. */
int people_setup(void **state);
struct store *people_store(void **state);
void people_become(struct store *st, struct identity id);
/* How many settings all tenants have. */
int64_t people_settings(void **state);

#endif

/*
 * A shop that takes payments through a gateway, and short hands for what tests
 * of saved methods do all day.  Every helper fails the test when it fails.
 */
#ifndef TESTS_DATA_TILL_H
#define TESTS_DATA_TILL_H

#include "data/method.h"
#include "tests/data/shop.h"

/* cmocka set-up; *state is a struct shop (shop_teardown()). */
int till_setup(void **state);
/* Of "table WHERE condition". */
int64_t till_count(struct shop *p, const char *what);

/* What a call gives to the customer's session. */
#define TILL_CALL(p, call) till_back(p, (shop_as(p, (p)->customer, 0), (call)))
enum err till_back(struct shop *p, enum err err);
/* Acts as portal-worker for the customer until shop_system(). */
void till_worker(struct shop *p);

/* A card that the gateway tells of; its id when it is saved; saves it. */
struct method till_made(const char *ref);
int64_t till_id_of(struct shop *p, const char *ref);
int64_t till_save(struct shop *p, const char *ref);

struct checkout till_get(struct shop *p, int64_t id);
/* Its state is. */
void till_is(struct shop *p, int64_t id, const char *state);
/* Refused, and the customer reads this. */
void till_says(struct shop *p, enum err err, const char *text);

/* For one invoice, or NULL: for all that is due. */
enum err till_try_page(struct shop *p, const int64_t *invoice, int64_t *id);
enum err till_try_charge(
    struct shop *p, int64_t method, const int64_t *invoice, int64_t *id);
int64_t till_charge(struct shop *p, int64_t method, const int64_t *invoice);

/* What portal-worker does to an attempt. */
void till_open_page(struct shop *p, int64_t id);
void till_set(struct shop *p, int64_t id, const char *state);
void till_settle(struct shop *p, int64_t id, const char *method);
/* Books what a gateway says; was it news?  Then all sums are right. */
bool till_take(struct shop *p, const struct received *r);
/* Its flag has this text; "": it has none. */
void till_flagged(struct shop *p, const char *intent, const char *says);

#endif

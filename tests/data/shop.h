/*
 * One provider with one customer and nothing else, and short hands for what
 * tests of money do all day.  Every helper fails the test when it fails.
 */
#ifndef TESTS_DATA_SHOP_H
#define TESTS_DATA_SHOP_H

#include "data/customer.h"
#include "data/invoice.h"
#include "data/payment.h"
#include "tests/data/scratch.h"

enum { SHOP_TODAY = 20587, SHOP_DAY = 86400 }; /* 14 May 2026, noon UTC */

#define OK(call) assert_int_equal((call), ERR_NONE)

struct shop {
	struct scratch s;
	struct store *st; /* as the tenant's system */
	int64_t tenant, customer;
};

/* cmocka set-up and tear-down; *state is a struct shop. */
int shop_setup(void **state);
int shop_teardown(void **state);

void shop_system(struct shop *p);
/* Acts as a customer's session (on the direct engine) until shop_system(). */
void shop_as(struct shop *p, int64_t customer, int64_t login);
int64_t shop_customer(struct shop *p, const char *name);

struct invoice_line shop_line(int64_t quantity, int64_t price, int64_t rate);
/* One line of net at 0 %, issued some days from today and due n days later. */
int64_t shop_issue(
    struct shop *p, int64_t days, int64_t due_after, int64_t net);
int64_t shop_pay(struct shop *p, int64_t amount, int64_t invoice);
int64_t shop_credit(struct shop *p, int64_t amount);

struct account shop_account(struct shop *p);
int64_t shop_balance(struct shop *p, int64_t invoice);
/* The word an invoice shows on a day from today. */
void shop_status(struct shop *p, int64_t invoice, int64_t days, char word[16]);
/*
 * What must hold whatever was entered: the ledger's sum is the account's
 * balance, nothing is allocated beyond what is left of a payment or beyond an
 * invoice, numbers have no gaps.
 */
void shop_check(struct shop *p);

/* The field and reason of the last ERR_BAD_INPUT. */
void shop_problem(struct shop *p, const char *field);

#endif

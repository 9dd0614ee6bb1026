/*
 * Paying a proforma through a gateway: that it is asked for once, and becomes
 * one invoice whatever is reported how often.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/checkout.h"
#include "data/document.h"
#include "tests/data/till.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, till_setup, shop_teardown)

enum { TOTAL = 12000 };

static int64_t
proforma(struct shop *p)
{
	struct invoice_line line = shop_line(1000, TOTAL, 0);
	struct invoice_new in = {.customer = p->customer,
	    .issued_on = SHOP_TODAY,
	    .due_on = SHOP_TODAY + 7,
	    .supply_from = SHOP_TODAY,
	    .supply_to = SHOP_TODAY,
	    .lines = &line,
	    .nlines = 1};
	int64_t id = 0;

	OK(proforma_issue(p->st, &in, &id, NULL));
	return id;
}

static enum err
try_start(struct shop *p, int64_t proforma, int64_t *id)
{
	enum err err;

	shop_as(p, p->customer, 0);
	err = checkout_start(p->st, CHECKOUT_FOR_PROFORMA, &proforma, 1, 0, id);
	shop_system(p);
	return err;
}

static int64_t
start(struct shop *p, int64_t proforma)
{
	int64_t id = 0;

	OK(try_start(p, proforma, &id));
	return id;
}

static struct checkout
get(struct shop *p, int64_t id)
{
	struct checkout c;

	shop_as(p, p->customer, 0);
	OK(checkout_get(p->st, id, &c));
	shop_system(p);
	return c;
}

/* Its proforma's status. */
static void
is(struct shop *p, int64_t proforma, const char *status)
{
	struct document d;

	shop_as(p, p->customer, 0);
	OK(document_get(p->st, DOCUMENT_PROFORMA, NULL, proforma, &d));
	shop_system(p);
	assert_string_equal(d.paper.status, status);
	document_release(&d);
}

static struct received
money(struct shop *p, int64_t checkout, const char *intent)
{
	struct received r = {.tenant = p->tenant,
	    .customer = p->customer,
	    .checkout = checkout,
	    .amount = TOTAL,
	    .at = p->s.clock.fixed - 5};

	snprintf(r.intent, sizeof(r.intent), "%s", intent);
	strcpy(r.method, "card");
	strcpy(r.currency, "EUR");
	return r;
}

static void
attempt_says_what_it_is_for(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p);
	struct checkout c = get(p, start(p, id));

	assert_int_equal(c.purpose, CHECKOUT_FOR_PROFORMA);
	assert_int_equal(c.proforma, id);
	assert_string_equal(c.proforma_number, "PRO-2026-000001");
	assert_int_equal(c.amount, TOTAL);
	assert_string_equal(c.currency, "EUR");
	assert_int_equal(c.ninvoices, 0);
	assert_string_equal(c.state, "wanted");
}

static void
the_same_is_asked_for_once(void **state)
{
	struct shop *p = *state;
	int64_t one = proforma(p), other = proforma(p);
	int64_t id = start(p, one);

	assert_int_equal(start(p, one), id);
	assert_int_not_equal(start(p, other), id);
	assert_int_equal(till_count(p, "document_claim"), 2);
}

static void
what_is_not_to_be_paid_is_refused(void **state)
{
	struct shop *p = *state;
	int64_t gone = proforma(p), paid = proforma(p), id = -1;
	struct payment_new in = {
	    .customer = p->customer, .kind = "payment", .amount = TOTAL};
	struct proforma_paid done;

	OK(proforma_cancel(p->st, p->customer, gone));
	OK(proforma_pay(p->st, paid, &in, &done));
	assert_int_equal(try_start(p, gone, &id), ERR_BAD_INPUT);
	assert_int_equal(try_start(p, paid, &id), ERR_BAD_INPUT);
	assert_int_equal(try_start(p, 4711, &id), ERR_NOT_FOUND);
	assert_int_equal(id, -1);
	assert_int_equal(till_count(p, "checkout"), 0);
}

static void
paid_once_it_is_one_invoice(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p), checkout = start(p, id);
	struct received r = money(p, checkout, "pi_1");

	assert_true(till_take(p, &r));
	assert_false(till_take(p, &r));
	till_flagged(p, "pi_1", "");
	is(p, id, "Paid");
	assert_string_equal(get(p, checkout).state, "paid");
	assert_int_equal(till_count(p, "invoice"), 1);
	assert_int_equal(till_count(p, "payment"), 1);
	assert_int_equal(till_count(p, "allocation"), 1);
	assert_int_equal(till_count(p, "document_claim"), 0);
	assert_int_equal(shop_account(p).balance, 0);
}

static void
metadata_alone_is_enough(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p);
	struct received r = money(p, 0, "pi_1");

	r.proforma = id;
	assert_true(till_take(p, &r));
	till_flagged(p, "pi_1", "");
	is(p, id, "Paid");
	assert_int_equal(shop_account(p).balance, 0);
}

static void
paid_twice_is_credit_and_flagged(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p), checkout = start(p, id);
	struct received r = money(p, checkout, "pi_1");

	assert_true(till_take(p, &r));
	r = money(p, checkout, "pi_2");
	assert_true(till_take(p, &r));
	till_flagged(p, "pi_2", "twice");
	assert_int_equal(till_count(p, "invoice"), 1);
	assert_int_equal(shop_account(p).balance, -TOTAL);
}

static void
money_for_a_cancelled_one_is_credit_and_flagged(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p), checkout = start(p, id);
	struct received r = money(p, checkout, "pi_1");

	OK(proforma_cancel(p->st, p->customer, id));
	assert_true(till_take(p, &r));
	till_flagged(p, "pi_1", "cancelled");
	is(p, id, "Cancelled");
	assert_int_equal(till_count(p, "invoice"), 0);
	assert_int_equal(shop_account(p).balance, -TOTAL);
}

static void
another_amount_makes_no_invoice(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p);
	struct received r = money(p, 0, "pi_1");

	r.proforma = id;
	r.amount = TOTAL - 1;
	assert_true(till_take(p, &r));
	till_flagged(p, "pi_1", "for a proforma of");
	is(p, id, "Unpaid");
	assert_int_equal(shop_account(p).balance, -(TOTAL - 1));
}

static void
somebody_elses_proforma_is_not_paid(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p), mine = p->customer;
	struct received r;

	p->customer = shop_customer(p, "other");
	r = money(p, 0, "pi_1");
	r.proforma = id;
	assert_true(till_take(p, &r));
	till_flagged(p, "pi_1", "not the customer's");
	p->customer = mine;
	is(p, id, "Unpaid");
}

static void
another_attempt_for_it_ends(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p), checkout = start(p, id);
	struct received r = money(p, 0, "pi_1");

	r.proforma = id;
	assert_true(till_take(p, &r));
	assert_string_equal(get(p, checkout).state, "failed");
	assert_int_equal(till_count(p, "document_claim"), 0);
}

static void
its_link_comes_back_until_it_is_paid(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p), checkout = start(p, id);
	struct checkout c = get(p, checkout);
	struct received r = money(p, 0, "pi_1");

	OK(checkout_set(p->st, &c, "failed", "why"));
	assert_int_equal(till_count(p, "document_claim"), 0);
	OK(checkout_again(p->st, &c));
	c = get(p, checkout);
	assert_string_equal(c.state, "wanted");
	assert_int_equal(till_count(p, "document_claim"), 1);
	OK(checkout_set(p->st, &c, "failed", "why"));
	r.proforma = id;
	assert_true(till_take(p, &r));
	assert_int_equal(checkout_again(p->st, &c), ERR_CONFLICT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(attempt_says_what_it_is_for),
	    TEST(the_same_is_asked_for_once),
	    TEST(what_is_not_to_be_paid_is_refused),
	    TEST(paid_once_it_is_one_invoice),
	    TEST(metadata_alone_is_enough),
	    TEST(paid_twice_is_credit_and_flagged),
	    TEST(money_for_a_cancelled_one_is_credit_and_flagged),
	    TEST(another_amount_makes_no_invoice),
	    TEST(somebody_elses_proforma_is_not_paid),
	    TEST(another_attempt_for_it_ends),
	    TEST(its_link_comes_back_until_it_is_paid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

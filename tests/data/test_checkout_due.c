/* What is paid another way is not asked for any more: pages that ask for it are
 * ended, and charges are not sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/document.h"
#include "tests/data/till.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, till_setup, shop_teardown)

static int64_t
open_page(struct shop *p, int64_t invoice)
{
	int64_t id = 0;

	OK(till_try_page(p, &invoice, &id));
	till_open_page(p, id);
	return id;
}

static void
ended(struct shop *p, int64_t id, const char *state, const char *why)
{
	till_is(p, id, state);
	assert_string_equal(till_get(p, id).reason, why);
}

static int64_t
expiries(struct shop *p)
{
	return till_count(p, "job WHERE kind = 'checkout.expire'");
}

static enum err
renew(struct shop *p, int64_t id, int64_t *again)
{
	return TILL_CALL(p, checkout_renew(p->st, id, again));
}

static void
pay(struct shop *p, int64_t invoice)
{
	shop_pay(p, 2000, invoice);
}

static void
give_credit(struct shop *p, int64_t invoice)
{
	(void)invoice;
	shop_credit(p, 2000);
}

static void
correct(struct shop *p, int64_t invoice)
{
	struct credit_note_new in = {
	    .customer = p->customer, .invoice = invoice};

	OK(credit_note_issue(p->st, &in, NULL, NULL));
}

static void
money_of_any_kind_ends_the_page_that_asks_for_it(void **state)
{
	static void (*const ways[])(struct shop * p, int64_t invoice) = {
	    pay, give_credit, correct};
	struct shop *p = *state;
	int64_t again;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		int64_t invoice = shop_issue(p, -9, 14, 2000);
		int64_t page = open_page(p, invoice);

		ways[i](p, invoice);
		ended(p, page, "cancelling", "Paid already.");
		assert_int_equal(expiries(p), i + 1);
		till_says(p, renew(p, page, &again), "paid already");
		shop_check(p);
	}
}

static void
after_a_part_the_page_asks_for_too_much_and_r_asks_for_the_rest(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000);
	int64_t other = shop_issue(p, -8, 14, 3000);
	int64_t page = open_page(p, invoice), safe = open_page(p, other);
	int64_t again = 0;

	shop_pay(p, 500, invoice);
	ended(p, page, "cancelling", "The amount has changed.");
	ended(p, safe, "open", "");
	OK(renew(p, page, &again));
	assert_int_not_equal(again, page);
	assert_int_equal(till_get(p, again).amount, 1500);
	/* The worker has ended it. */
	till_set(p, page, "cancelled");
	assert_int_equal(expiries(p), 1);
}

static void
a_cancelled_invoice_is_not_asked_for(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000);
	int64_t page = open_page(p, invoice);

	OK(invoice_cancel(p->st, p->customer, invoice));
	ended(p, page, "cancelling", "This is not to be paid any more.");
}

static void
a_page_that_is_not_made_yet_is_not_made(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000), page = 0;

	OK(till_try_page(p, &invoice, &page));
	shop_pay(p, 2000, invoice);
	ended(p, page, "failed", "Paid already.");
	assert_int_equal(expiries(p), 0);
	assert_int_equal(till_count(p, "invoice_claim"), 0);
}

static void
what_is_under_way_is_left_alone(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000);
	int64_t page = open_page(p, invoice);

	till_set(p, page, "processing");
	shop_pay(p, 2000, invoice);
	till_is(p, page, "processing");
	till_settle(p, page, "sepa");
	till_is(p, page, "paid");
	assert_int_equal(expiries(p), 0);
}

static void
a_page_that_is_paid_is_not_ended_for_it(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000);
	int64_t page = open_page(p, invoice);

	till_settle(p, page, "card");
	ended(p, page, "paid", "");
	assert_int_equal(expiries(p), 0);
}

static bool
still_due(struct shop *p, int64_t id)
{
	struct checkout c = till_get(p, id);
	bool due;

	OK(checkout_still_due(p->st, &c, &due));
	return due;
}

static void
a_charge_of_what_is_paid_meanwhile_is_not_sent(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000), id;
	struct checkout c;
	bool due;

	id = till_charge(p, till_save(p, "pm_1"), &invoice);
	assert_true(still_due(p, id));
	shop_pay(p, 2000, invoice);
	till_is(p, id, "wanted");
	assert_false(still_due(p, id));
	ended(p, id, "failed", "Paid already.");
	assert_int_equal(till_count(p, "invoice_claim"), 0);
	/* Money that came all the same stands. */
	till_settle(p, id, "card");
	till_is(p, id, "paid");
	c = till_get(p, id);
	assert_int_equal(checkout_still_due(p->st, &c, &due), ERR_CONFLICT);
}

static void
an_automatic_charge_that_is_not_sent_was_never_tried(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 9, 2000), id = 0;

	till_save(p, "pm_1");
	OK(TILL_CALL(p, autopay_set(p->st, true)));
	till_worker(p);
	OK(autopay_begin(p->st, invoice, SHOP_TODAY, &id));
	shop_system(p);
	shop_pay(p, 600, invoice);
	assert_false(still_due(p, id));
	ended(p, id, "failed", "The amount has changed.");
	assert_int_equal(till_count(p, "job WHERE kind = 'mail'"), 0);
	till_worker(p);
	OK(autopay_begin(p->st, invoice, SHOP_TODAY, &id));
	shop_system(p);
	assert_int_equal(till_get(p, id).amount, 1400);
	assert_true(still_due(p, id));
}

static void
a_proforma_that_is_paid_by_hand_has_no_page(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 2000, 0);
	struct invoice_new in = {.customer = p->customer,
	    .issued_on = SHOP_TODAY,
	    .due_on = SHOP_TODAY,
	    .supply_from = SHOP_TODAY,
	    .supply_to = SHOP_TODAY,
	    .lines = &line,
	    .nlines = 1};
	struct payment_new money = {
	    .customer = p->customer, .kind = "payment", .amount = 2000};
	struct proforma_paid paid;
	int64_t proforma = 0, page = 0;

	for (int i = 0; i < 2; i++) {
		OK(proforma_issue(p->st, &in, &proforma, NULL));
		OK(TILL_CALL(p, checkout_start(p->st, CHECKOUT_FOR_PROFORMA,
				    &proforma, 1, 0, &page)));
		till_open_page(p, page);
		if (i == 0)
			OK(proforma_pay(p->st, proforma, &money, &paid));
		else
			OK(proforma_cancel(p->st, p->customer, proforma));
		ended(p, page, "cancelling",
		    i == 0 ? "Paid already."
			   : "This is not to be paid any more.");
		assert_int_equal(expiries(p), i + 1);
	}
	shop_check(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(money_of_any_kind_ends_the_page_that_asks_for_it),
	    TEST(
		after_a_part_the_page_asks_for_too_much_and_r_asks_for_the_rest),
	    TEST(a_cancelled_invoice_is_not_asked_for),
	    TEST(a_page_that_is_not_made_yet_is_not_made),
	    TEST(what_is_under_way_is_left_alone),
	    TEST(a_page_that_is_paid_is_not_ended_for_it),
	    TEST(a_charge_of_what_is_paid_meanwhile_is_not_sent),
	    TEST(an_automatic_charge_that_is_not_sent_was_never_tried),
	    TEST(a_proforma_that_is_paid_by_hand_has_no_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

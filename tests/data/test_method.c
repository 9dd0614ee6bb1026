/*
 * Saved ways to pay: that they are their customer's, and that a charge and a
 * page never want the same money.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/data/till.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, till_setup, shop_teardown)

static size_t
list(struct shop *p, struct method out[METHODS])
{
	size_t n = 0;

	OK(TILL_CALL(p, method_list(p->st, out, &n)));
	return n;
}

/* ---- saving ---- */

static void
first_one_saved_is_the_default_and_heads_the_list(void **state)
{
	struct shop *p = *state;
	struct method m[METHODS];

	assert_int_equal(list(p, m), 0);
	till_save(p, "pm_1");
	till_save(p, "pm_2");
	till_save(p, "pm_3");
	assert_int_equal(list(p, m), 3);
	assert_string_equal(m[0].ref, "pm_1");
	assert_true(m[0].is_default);
	assert_string_equal(m[1].ref, "pm_3");
	assert_string_equal(m[2].ref, "pm_2");
	assert_false(m[1].is_default || m[2].is_default);
	assert_string_equal(m[0].gateway, "stripe");
	assert_string_equal(m[0].type, "card");
	assert_string_equal(m[0].brand, "Visa");
	assert_string_equal(m[0].last4, "4242");
	assert_int_equal(m[0].expires, 203012);
	assert_int_equal(till_count(p, "job WHERE kind = 'method.default'"), 1);
}

static void
told_again_it_is_the_same_one_with_what_is_new(void **state)
{
	struct shop *p = *state;
	struct method m = till_made("pm_1"), got[METHODS];
	int64_t id = till_save(p, "pm_1");

	m.expires = 203301;
	strcpy(m.brand, "Visa\033[2J Debit");
	till_worker(p);
	OK(method_saved(p->st, &m, NULL));
	shop_system(p);
	assert_int_equal(list(p, got), 1);
	assert_int_equal(got[0].id, id);
	assert_int_equal(got[0].expires, 203301);
	assert_null(strchr(got[0].brand, '\033'));
}

static void
what_is_no_method_is_not_saved(void **state)
{
	struct shop *p = *state;
	struct method m = till_made("");

	till_worker(p);
	assert_int_equal(method_saved(p->st, &m, NULL), ERR_BAD_INPUT);
	m = till_made("pm_1\n");
	assert_int_equal(method_saved(p->st, &m, NULL), ERR_BAD_INPUT);
	m = till_made("pm_1");
	strcpy(m.type, "cheque");
	assert_int_equal(method_saved(p->st, &m, NULL), ERR_BAD_INPUT);
	assert_int_equal(till_count(p, "pay_method"), 0);
}

static void
nobody_gets_what_another_has(void **state)
{
	struct shop *p = *state;
	struct method m = till_made("pm_1"), got[METHODS];
	int64_t mine = p->customer, id = till_save(p, "pm_1"), invoice;
	int64_t checkout = 0;

	p->customer = shop_customer(p, "other");
	till_worker(p);
	assert_int_equal(method_saved(p->st, &m, NULL), ERR_CONFLICT);
	shop_system(p);
	assert_int_equal(list(p, got), 0);
	invoice = shop_issue(p, -9, 5, 2000);
	assert_int_equal(
	    TILL_CALL(p, method_get(p->st, id, got)), ERR_NOT_FOUND);
	assert_int_equal(
	    TILL_CALL(p, method_default(p->st, id)), ERR_NOT_FOUND);
	assert_int_equal(TILL_CALL(p, method_remove(p->st, id)), ERR_NOT_FOUND);
	assert_int_equal(
	    till_try_charge(p, id, &invoice, &checkout), ERR_NOT_FOUND);
	till_save(p, "pm_2");
	p->customer = mine;
	assert_int_equal(
	    till_try_charge(p, id, &invoice, &checkout), ERR_NOT_FOUND);
	assert_int_equal(list(p, got), 1);
	assert_true(got[0].is_default);
	assert_int_equal(till_count(p, "checkout"), 0);
}

static void
setup_takes_no_money_and_ends_as_saved(void **state)
{
	struct shop *p = *state;
	struct method m = till_made("pm_1");
	struct checkout c;
	int64_t id = 0, again = 0;

	OK(TILL_CALL(p, method_setup(p->st, &id)));
	c = till_get(p, id);
	assert_int_equal(c.purpose, CHECKOUT_FOR_SETUP);
	assert_int_equal(c.amount, 0);
	assert_string_equal(c.currency, "EUR");
	assert_string_equal(c.state, "wanted");
	assert_string_not_equal(c.link, "");
	assert_int_equal(c.method, 0);
	OK(TILL_CALL(p, method_setup(p->st, &again)));
	assert_int_equal(again, id);
	till_open_page(p, id);
	OK(TILL_CALL(p, method_setup(p->st, &again)));
	assert_int_equal(again, id);
	OK(TILL_CALL(p, checkout_renew(p->st, id, &again)));
	assert_int_equal(again, id);
	c = till_get(p, id);
	till_worker(p);
	OK(method_saved(p->st, &m, &c));
	OK(method_saved(p->st, &m, &c));
	shop_system(p);
	till_is(p, id, "saved");
	assert_int_equal(
	    till_count(p, "audit WHERE action = 'method' AND method = 'save'"),
	    1);
	assert_int_equal(checkout_set(p->st, &c, "expired", ""), ERR_CONFLICT);
	assert_int_equal(checkout_again(p->st, &c), ERR_CONFLICT);
	till_says(p, TILL_CALL(p, checkout_renew(p->st, id, &again)), "saved");
	till_is(p, id, "saved");
	OK(TILL_CALL(p, method_setup(p->st, &again)));
	assert_int_not_equal(again, id);
}

static void
setup_that_came_to_nothing_gets_a_new_page(void **state)
{
	struct shop *p = *state;
	int64_t id = 0, next = 0;
	struct checkout c;

	OK(TILL_CALL(p, method_setup(p->st, &id)));
	till_open_page(p, id);
	till_set(p, id, "expired");
	c = till_get(p, id);
	OK(checkout_again(p->st, &c));
	till_is(p, id, "wanted");
	till_set(p, id, "failed");
	OK(TILL_CALL(p, checkout_renew(p->st, id, &next)));
	assert_int_not_equal(next, id);
	assert_int_equal(till_get(p, next).purpose, CHECKOUT_FOR_SETUP);
}

static void
no_more_are_saved_than_are_listed(void **state)
{
	struct shop *p = *state;
	int64_t id = -1, top = 0;
	char ref[16];

	for (int i = 0; i < METHODS; i++) {
		snprintf(ref, sizeof(ref), "pm_%d", i);
		till_save(p, ref);
	}
	till_says(p, TILL_CALL(p, method_setup(p->st, &id)), "remove one");
	assert_int_equal(id, -1);
	OK(TILL_CALL(
	    p, checkout_start(p->st, CHECKOUT_FOR_TOPUP, NULL, 0, 900, &top)));
	OK(TILL_CALL(p, method_remove(p->st, till_id_of(p, "pm_3"))));
	OK(TILL_CALL(p, method_setup(p->st, &id)));
	OK(gateway_configure(p->st, "stripe", false, ""));
	till_says(p, TILL_CALL(p, method_setup(p->st, &id)), "not available");
}

/* ---- default, removing ---- */

static void
another_default_is_told_each_time(void **state)
{
	struct shop *p = *state;
	struct method m[METHODS];
	int64_t one = till_save(p, "pm_1"), two = till_save(p, "pm_2");

	OK(TILL_CALL(p, method_default(p->st, two)));
	list(p, m);
	assert_int_equal(m[0].id, two);
	assert_true(m[0].is_default);
	assert_false(m[1].is_default);
	OK(TILL_CALL(p, method_default(p->st, one)));
	OK(TILL_CALL(p, method_default(p->st, two)));
	assert_int_equal(till_count(p, "pay_method WHERE is_default = 1"), 1);
	assert_int_equal(till_count(p, "job WHERE kind = 'method.default'"), 4);
	OK(TILL_CALL(p, method_remove(p->st, one)));
	assert_int_equal(
	    TILL_CALL(p, method_default(p->st, one)), ERR_NOT_FOUND);
	list(p, m);
	assert_true(m[0].is_default);
}

static void
removed_one_is_charged_no_more_and_stays_removed(void **state)
{
	struct shop *p = *state;
	struct method m = till_made("pm_1"), got[METHODS];
	int64_t id = till_save(p, "pm_1"), two = till_save(p, "pm_2"), checkout;
	int64_t three = till_save(p, "pm_3");

	shop_issue(p, -9, 5, 2000);
	OK(TILL_CALL(p, method_remove(p->st, id)));
	assert_int_equal(list(p, got), 2);
	assert_int_equal(got[0].id, three); /* the newest */
	assert_true(got[0].is_default);
	assert_int_equal(got[1].id, two);
	assert_int_equal(
	    till_try_charge(p, id, NULL, &checkout), ERR_NOT_FOUND);
	assert_int_equal(TILL_CALL(p, method_remove(p->st, id)), ERR_NOT_FOUND);
	assert_int_equal(till_count(p, "job WHERE kind = 'method.detach'"), 1);
	till_worker(p);
	OK(method_saved(p->st, &m, NULL));
	shop_system(p);
	assert_int_equal(list(p, got), 2);
	/* What was paid with it still names it. */
	OK(TILL_CALL(p, method_get(p->st, id, got)));
	assert_string_equal(got[0].last4, "4242");
	assert_int_not_equal(got[0].removed_at, 0);
}

static void
charge_that_may_be_sent_keeps_its_method(void **state)
{
	struct shop *p = *state;
	int64_t id = till_save(p, "pm_1"), checkout;

	shop_issue(p, -9, 5, 2000);
	checkout = till_charge(p, id, NULL);
	till_says(p, TILL_CALL(p, method_remove(p->st, id)), "on its way");
	till_set(p, checkout, "processing");
	OK(TILL_CALL(p, method_remove(p->st, id)));
}

static void
taken_away_at_the_gateway_it_is_gone(void **state)
{
	struct shop *p = *state;
	struct method got[METHODS];

	till_save(p, "pm_1");
	till_save(p, "pm_2");
	OK(method_gone(p->st, "", "pm_1"));
	OK(method_gone(p->st, "", "pm_1"));
	OK(method_gone(p->st, "acct_x", "pm_2"));
	OK(method_gone(p->st, "", "pm_9"));
	assert_int_equal(store_identity(p->st)->customer, 0);
	assert_int_equal(list(p, got), 1);
	assert_string_equal(got[0].ref, "pm_2");
	assert_true(got[0].is_default);
	/* It knows. */
	assert_int_equal(till_count(p, "job WHERE kind = 'method.detach'"), 0);
}

static void
customer_is_somebody_else_at_each_account(void **state)
{
	struct shop *p = *state;
	int64_t mine = p->customer, other = shop_customer(p, "other");
	char ref[CHECKOUT_ID];

	till_worker(p);
	assert_int_equal(
	    gateway_customer_get(p->st, "stripe", "", ref), ERR_NOT_FOUND);
	assert_int_equal(
	    gateway_customer_set(p->st, "stripe", "", ""), ERR_BAD_INPUT);
	OK(gateway_customer_set(p->st, "stripe", "", "cus_1"));
	OK(gateway_customer_set(p->st, "stripe", "acct_x", "cus_2"));
	OK(gateway_customer_get(p->st, "stripe", "", ref));
	assert_string_equal(ref, "cus_1");
	OK(gateway_customer_set(p->st, "stripe", "", "cus_3"));
	OK(gateway_customer_get(p->st, "stripe", "", ref));
	assert_string_equal(ref, "cus_3");
	p->customer = other;
	till_worker(p);
	assert_int_equal(
	    gateway_customer_get(p->st, "stripe", "", ref), ERR_NOT_FOUND);
	p->customer = mine;
	shop_as(p, mine, 0);
	assert_int_equal(
	    gateway_customer_get(p->st, "stripe", "", ref), ERR_DENIED);
}

/* ---- charging ---- */

static void
charge_is_an_attempt_without_a_page(void **state)
{
	struct shop *p = *state;
	int64_t method = till_save(p, "pm_1"), a = shop_issue(p, -9, 5, 2000);
	int64_t b = shop_issue(p, -8, 5, 700), id;
	struct checkout c;

	id = till_charge(p, method, NULL);
	c = till_get(p, id);
	assert_int_equal(c.purpose, CHECKOUT_FOR_INVOICES);
	assert_int_equal(c.method, method);
	assert_false(c.automatic);
	assert_int_equal(c.amount, 2700);
	assert_string_equal(c.state, "wanted");
	assert_string_equal(c.link, "");
	assert_int_equal(c.ninvoices, 2);
	assert_int_equal(till_count(p, "invoice_claim"), 2);
	assert_int_equal(till_count(p, "job WHERE kind = 'checkout.open'"), 1);
	assert_int_equal(till_count(p, "audit WHERE action = 'charge'"), 1);
	till_settle(p, id, "sepa");
	till_is(p, id, "paid");
	assert_int_equal(shop_balance(p, a), 0);
	assert_int_equal(shop_balance(p, b), 0);
	assert_int_equal(till_count(p, "payment WHERE method = 'debit'"), 1);
	assert_int_equal(till_count(p, "invoice_claim"), 0);
}

static void
charge_of_what_cannot_be_is_refused_with_a_reason(void **state)
{
	struct shop *p = *state;
	int64_t method = till_save(p, "pm_1"), small = shop_issue(p, -9, 5, 49),
		id;

	till_says(p, till_try_charge(p, method, &small, &id), "0.50 EUR");
	shop_pay(p, 49, small);
	till_says(p, till_try_charge(p, method, &small, &id), "paid already");
	till_says(p, till_try_charge(p, method, NULL, &id), "nothing to pay");
	assert_int_equal(till_try_charge(p, 4711, NULL, &id), ERR_NOT_FOUND);
	shop_issue(p, -9, 5, 2000);
	scratch_sql(&p->s, "UPDATE pay_method SET account = 'acct_old'");
	till_says(p, till_try_charge(p, method, NULL, &id), "save it again");
	OK(gateway_configure(p->st, "stripe", false, ""));
	till_says(p, till_try_charge(p, method, NULL, &id), "not available");
	assert_int_equal(till_count(p, "checkout"), 0);
}

static void
nothing_takes_a_charges_place(void **state)
{
	static const char *const states[] = {"wanted", "processing"};
	struct shop *p = *state;
	int64_t method = till_save(p, "pm_1"), a = shop_issue(p, -9, 5, 2000),
		id;
	int64_t two = till_save(p, "pm_2"), other = -1;

	id = till_charge(p, method, &a);
	shop_issue(p, -5, 5, 300);
	for (size_t i = 0; i < 2; i++) {
		if (i == 1)
			till_set(p, id, "processing");
		till_says(
		    p, till_try_charge(p, method, &a, &other), "on its way");
		till_says(
		    p, till_try_charge(p, two, NULL, &other), "on its way");
		till_says(p, till_try_page(p, &a, &other), "on its way");
		till_says(p, till_try_page(p, NULL, &other), "on its way");
		till_is(p, id, states[i]);
	}
	assert_int_equal(other, -1);
	assert_int_equal(till_count(p, "checkout"), 1);
	/* Whoever looks on is given the same one. */
	OK(TILL_CALL(p, checkout_renew(p->st, id, &other)));
	assert_int_equal(other, id);
}

static void
charge_takes_a_pages_place(void **state)
{
	struct shop *p = *state;
	int64_t method = till_save(p, "pm_1"), a = shop_issue(p, -9, 5, 2000);
	int64_t page = 0, id;
	struct checkout c;
	bool got;

	OK(till_try_page(p, &a, &page));
	till_open_page(p, page);
	id = till_charge(p, method, &a);
	till_is(p, page, "cancelling");
	till_is(p, id, "wanted");
	till_worker(p);
	OK(checkout_next_superseded(p->st, 0, &c, &got));
	shop_system(p);
	assert_true(got);
	assert_int_equal(c.id, page);
	/* Somebody was quicker at the page, which ends before the charge is
	 * sent: it never is. */
	till_settle(p, page, "card");
	till_is(p, page, "paid");
	till_is(p, id, "failed");
	assert_string_equal(till_get(p, id).reason, "Paid already.");
	assert_int_equal(till_count(p, "invoice_claim"), 0);
}

static void
charge_that_has_begun_is_processing_by_its_intent(void **state)
{
	struct shop *p = *state;
	int64_t id, a = shop_issue(p, -9, 5, 2000);
	struct checkout c;

	id = till_charge(p, till_save(p, "pm_1"), &a);
	c = till_get(p, id);
	OK(checkout_opened(p->st, &c, "pi_1", "", c.expires_at));
	OK(checkout_opened(p->st, &c, "pi_1", "", c.expires_at));
	assert_int_equal(
	    checkout_opened(p->st, &c, "pi_2", "", c.expires_at), ERR_CONFLICT);
	till_is(p, id, "processing");
	assert_string_equal(till_get(p, id).session, "pi_1");
	assert_int_equal(till_count(p, "invoice_claim"), 1);
	OK(checkout_set(p->st, &c, "failed", "Not enough money."));
	till_is(p, id, "failed");
	assert_int_equal(till_count(p, "invoice_claim"), 0);
}

static void
page_with_money_on_its_way_is_not_charged_for_again(void **state)
{
	struct shop *p = *state;
	int64_t method = till_save(p, "pm_1"), a = shop_issue(p, -9, 5, 2000);
	int64_t page = 0, id = -1;

	OK(till_try_page(p, &a, &page));
	till_open_page(p, page);
	till_set(p, page, "processing");
	till_says(p, till_try_charge(p, method, &a, &id), "on its way");
	till_is(p, page, "processing");
}

static void
charge_that_may_be_sent_outlives_other_money(void **state)
{
	struct shop *p = *state;
	int64_t method = till_save(p, "pm_1"), a = shop_issue(p, -9, 5, 2000);
	int64_t page = 0, id;

	OK(till_try_page(p, &a, &page));
	till_open_page(p, page);
	till_set(p, page, "expired");
	id = till_charge(p, method, &a);
	till_settle(p, page, "card");
	till_is(p, id, "wanted");
	till_settle(p, id, "card");
	till_is(p, id, "paid");
	assert_int_equal(shop_account(p).credit, 2000);
}

static void
failed_charge_is_renewed_by_a_link_for_what_is_left(void **state)
{
	struct shop *p = *state;
	int64_t method = till_save(p, "pm_1"), a = shop_issue(p, -9, 5, 2000);
	int64_t id = till_charge(p, method, &a), page = 0;
	struct checkout c;

	till_set(p, id, "failed");
	assert_int_equal(till_count(p, "invoice_claim"), 0);
	c = till_get(p, id);
	assert_int_equal(checkout_again(p->st, &c), ERR_CONFLICT);
	shop_pay(p, 500, a);
	OK(TILL_CALL(p, checkout_renew(p->st, id, &page)));
	c = till_get(p, page);
	assert_int_not_equal(page, id);
	assert_int_equal(c.method, 0);
	assert_int_equal(c.amount, 1500);
	assert_string_not_equal(c.link, "");
}

static void
another_amount_than_was_shown_is_not_charged(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 14, 2000), id = 0;
	int64_t method = till_save(p, "pm_1");

	shop_pay(p, 500, a);
	till_says(p,
	    TILL_CALL(p, method_charge(p->st, method, &a, 1, 2000, &id)),
	    "The amount has changed.");
	assert_int_equal(till_count(p, "checkout"), 0);
	OK(TILL_CALL(p, method_charge(p->st, method, &a, 1, 1500, &id)));
	assert_int_equal(till_get(p, id).amount, 1500);
}

static void
nothing_is_saved_where_no_page_can_come_back(void **state)
{
	struct shop *p = *state;
	int64_t id = 0;

	scratch_sql(&p->s, "UPDATE gateway SET link_base = ''");
	till_says(p, TILL_CALL(p, method_setup(p->st, &id)), "not set up here");
	assert_int_equal(till_count(p, "checkout"), 0);
	assert_int_equal(till_count(p, "job"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(first_one_saved_is_the_default_and_heads_the_list),
	    TEST(told_again_it_is_the_same_one_with_what_is_new),
	    TEST(what_is_no_method_is_not_saved),
	    TEST(nobody_gets_what_another_has),
	    TEST(setup_takes_no_money_and_ends_as_saved),
	    TEST(setup_that_came_to_nothing_gets_a_new_page),
	    TEST(no_more_are_saved_than_are_listed),
	    TEST(another_default_is_told_each_time),
	    TEST(removed_one_is_charged_no_more_and_stays_removed),
	    TEST(charge_that_may_be_sent_keeps_its_method),
	    TEST(taken_away_at_the_gateway_it_is_gone),
	    TEST(customer_is_somebody_else_at_each_account),
	    TEST(charge_is_an_attempt_without_a_page),
	    TEST(charge_of_what_cannot_be_is_refused_with_a_reason),
	    TEST(nothing_takes_a_charges_place),
	    TEST(charge_takes_a_pages_place),
	    TEST(charge_that_has_begun_is_processing_by_its_intent),
	    TEST(page_with_money_on_its_way_is_not_charged_for_again),
	    TEST(charge_that_may_be_sent_outlives_other_money),
	    TEST(failed_charge_is_renewed_by_a_link_for_what_is_left),
	    TEST(another_amount_than_was_shown_is_not_charged),
	    TEST(nothing_is_saved_where_no_page_can_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Automatic payment: what it tries when, and what comes after a failed try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/job.h"
#include "data/refund.h"
#include "data/settings.h"
#include "data/tenant.h"
#include "tests/data/crowd.h"
#include "tests/data/till.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, till_setup, shop_teardown)

enum { ATTEMPTS = 8 };

static void
turn(struct shop *p, bool on)
{
	OK(TILL_CALL(p, autopay_set(p->st, on)));
}

static struct autopay
autopay(struct shop *p)
{
	struct autopay a;

	OK(TILL_CALL(p, autopay_get(p->st, &a)));
	return a;
}

static bool
next_at(struct shop *p, int64_t today, struct autopay_at *at)
{
	enum autopay_found found;

	do
		OK(autopay_next(p->st, today, at, &found));
	while (found == AUTOPAY_PAGE);
	return found == AUTOPAY_DUE;
}

/* The next on a day from today, after an invoice; 0: none. */
static int64_t
next(struct shop *p, int64_t day, int64_t after)
{
	struct autopay_at at = {0};

	if (after != 0)
		at = (struct autopay_at) {p->customer, after, p->customer};
	if (!next_at(p, SHOP_TODAY + day, &at))
		return 0;
	assert_int_equal(at.customer, p->customer);
	return at.invoice;
}

/* 0: nothing was to do. */
static int64_t
begin(struct shop *p, int64_t invoice, int64_t day)
{
	int64_t id = -1;

	till_worker(p);
	OK(autopay_begin(p->st, invoice, SHOP_TODAY + day, &id));
	shop_system(p);
	return id;
}

/* It is that day, noon UTC. */
static void
days_later(struct shop *p, int64_t day)
{
	p->s.clock.fixed = (SHOP_TODAY + day) * SHOP_DAY + SHOP_DAY / 2;
}

static void
fail_charge(struct shop *p, int64_t id, bool ask)
{
	struct checkout c = till_get(p, id);

	OK(autopay_failed(p->st, &c, ask, "The card has expired."));
	till_is(p, id, "failed");
	assert_string_equal(till_get(p, id).reason, "The card has expired.");
}

static void
it_needs_a_method_a_gateway_and_the_tenants_leave(void **state)
{
	struct shop *p = *state;
	int64_t id;

	assert_true(autopay(p).allowed);
	assert_false(autopay(p).on);
	assert_int_equal(autopay(p).method.id, 0);
	till_says(p, TILL_CALL(p, autopay_set(p->st, true)), "save a card");
	id = till_save(p, "pm_1");
	turn(p, true);
	assert_true(autopay(p).on);
	assert_int_equal(autopay(p).method.id, id);
	turn(p, false);
	assert_false(autopay(p).on);
	OK(setting_set(p->st, "autopay", "off"));
	assert_false(autopay(p).allowed);
	till_says(p, TILL_CALL(p, autopay_set(p->st, true)), "not available");
	OK(setting_set(p->st, "autopay", "on"));
	OK(gateway_configure(p->st, "stripe", false, ""));
	till_says(p, TILL_CALL(p, autopay_set(p->st, true)), "not available");
	assert_int_equal(setting_set(p->st, "autopay", "yes"), ERR_BAD_INPUT);
}

static void
removing_the_last_method_turns_it_off(void **state)
{
	struct shop *p = *state;
	int64_t one = till_save(p, "pm_1"), two = till_save(p, "pm_2");

	turn(p, true);
	OK(TILL_CALL(p, method_remove(p->st, one)));
	assert_true(autopay(p).on);
	assert_int_equal(autopay(p).method.id, two);
	OK(method_gone(p->st, "", "pm_2"));
	assert_false(autopay(p).on);
	assert_int_equal(autopay(p).method.id, 0);
	till_save(p, "pm_3");
	assert_false(autopay(p).on);
}

static void
only_what_is_due_is_next(void **state)
{
	struct shop *p = *state;
	int64_t today = shop_issue(p, -9, 9, 2000);
	int64_t later = shop_issue(p, -9, 10, 700);
	int64_t gone = shop_issue(p, -9, 2, 700), paid, overdue;

	OK(invoice_cancel(p->st, p->customer, gone));
	paid = shop_issue(p, -9, 2, 300);
	shop_pay(p, 300, paid);
	overdue = shop_issue(p, -60, 14, 900);
	till_save(p, "pm_1");
	assert_int_equal(next(p, 0, 0), 0);
	turn(p, true);
	assert_int_equal(next(p, -1, 0), overdue);
	assert_int_equal(next(p, 0, 0), today);
	assert_int_equal(next(p, 0, today), overdue);
	assert_int_equal(next(p, 0, overdue), 0);
	assert_int_equal(next(p, 1, today), later);
	assert_int_equal(begin(p, later, 0), 0);
	assert_int_equal(begin(p, paid, 0), 0);
	assert_int_equal(begin(p, gone, 0), 0);
	turn(p, false);
	assert_int_equal(next(p, 0, 0), 0);
	assert_int_equal(begin(p, today, 0), 0);
	turn(p, true);
	OK(setting_set(p->st, "autopay", "off"));
	assert_int_equal(next(p, 0, 0), 0);
	assert_int_equal(begin(p, today, 0), 0);
	assert_int_equal(till_count(p, "checkout"), 0);
}

static void
money_taken_back_is_not_charged_again(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 5, 2000);
	char number[33];
	struct refund_hand back = {.customer = p->customer,
	    .payment = shop_pay(p, 2000, a),
	    .amount = 500,
	    .reason = ""};

	till_save(p, "pm_1");
	turn(p, true);
	OK(refund_add(p->st, &back, number));
	assert_int_equal(shop_balance(p, a), 500);
	assert_int_equal(next(p, 0, 0), 0);
	/* Nor when it was found before that. */
	assert_int_equal(begin(p, a, 0), 0);
}

static void
what_the_gateway_does_not_take_is_not_tried_every_round(void **state)
{
	struct shop *p = *state;
	int64_t small = shop_issue(p, -9, 5, 49);
	int64_t page = 0, other = shop_issue(p, -9, 5, 2000);

	till_save(p, "pm_1");
	turn(p, true);
	assert_int_equal(next(p, 0, 0), small);
	assert_int_equal(begin(p, small, 0), 0);
	assert_int_equal(next(p, 0, 0), other);
	assert_int_equal(till_count(p, "checkout"), 0);
	assert_int_equal(
	    till_count(p, "autopay_invoice WHERE state = 'skipped' "
			  "AND tries = 0 AND problem <> ''"),
	    1);
	assert_int_equal(till_count(p, "job WHERE kind = 'mail'"), 0);
	/* By hand it goes with the others. */
	OK(till_try_page(p, NULL, &page));
	assert_int_equal(till_get(p, page).amount, 2049);
}

static void
customers_come_one_after_the_other(void **state)
{
	struct shop *p = *state;
	int64_t mine = p->customer, other = shop_customer(p, "other");
	int64_t a = shop_issue(p, -9, 5, 100), b, c, first;
	struct autopay_at at = {0}, only = {mine, 0, mine};
	enum autopay_found found;

	till_save(p, "pm_1");
	turn(p, true);
	p->customer = other;
	b = shop_issue(p, -9, 5, 200);
	till_save(p, "pm_2");
	turn(p, true);
	p->customer = mine;
	c = shop_issue(p, -9, 5, 300);
	assert_true(next_at(p, SHOP_TODAY, &at));
	assert_int_equal(at.invoice, a);
	assert_true(next_at(p, SHOP_TODAY, &at));
	assert_int_equal(at.invoice, c);
	assert_true(next_at(p, SHOP_TODAY, &at));
	assert_int_equal(at.invoice, b);
	assert_int_equal(at.customer, other);
	assert_false(next_at(p, SHOP_TODAY, &at));
	/* Only one of them. */
	OK(autopay_next(p->st, SHOP_TODAY, &only, &found));
	assert_int_equal(only.invoice, a);
	OK(autopay_next(p->st, SHOP_TODAY, &only, &found));
	assert_int_equal(only.invoice, c);
	OK(autopay_next(p->st, SHOP_TODAY, &only, &found));
	assert_int_equal(found, AUTOPAY_PAGE);
	assert_int_equal(only.to, 0);
	/* Somebody else's customer is not found by another's invoice. */
	till_worker(p);
	assert_int_equal(
	    autopay_begin(p->st, b, SHOP_TODAY, &first), ERR_NOT_FOUND);
	shop_system(p);
}

static void
other_tenants_are_not_looked_at(void **state)
{
	struct shop *p = *state;
	struct tenant t = {0};
	struct identity id = {.role = ROLE_SYSTEM};
	struct autopay_at at = {0};

	shop_issue(p, -9, 5, 100);
	till_save(p, "pm_1");
	turn(p, true);
	store_become(p->st, &id);
	strcpy(t.name, "ruralnet");
	strcpy(t.brand, "Ruralnet");
	strcpy(t.legal_name, "Ruralnet Ltd");
	strcpy(t.address, "2 High Street");
	strcpy(t.country, "IE");
	strcpy(t.email, "office@example.org");
	strcpy(t.currency, "EUR");
	strcpy(t.zone, "Europe/Vienna");
	OK(tenant_create(p->st, &t));
	scratch_sql(&p->s, "INSERT INTO gateway (tenant, name, is_on) "
			   "SELECT MAX(id), 'stripe', 1 FROM tenant");
	id.tenant = t.id;
	store_become(p->st, &id);
	assert_false(next_at(p, SHOP_TODAY, &at));
	OK(method_gone(p->st, "", "pm_1"));
	shop_system(p);
	assert_int_not_equal(next(p, 0, 0), 0);
}

static void
try_charges_the_default_and_is_not_begun_twice(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 9, 2000), id, two;
	struct checkout c;

	till_save(p, "pm_1");
	two = till_save(p, "pm_2");
	OK(TILL_CALL(p, method_default(p->st, two)));
	turn(p, true);
	id = begin(p, a, 0);
	c = till_get(p, id);
	assert_int_equal(c.method, two);
	assert_true(c.automatic);
	assert_int_equal(c.amount, 2000);
	assert_string_equal(c.state, "wanted");
	assert_int_equal(next(p, 0, 0), 0);
	assert_int_equal(begin(p, a, 0), 0);
	till_set(p, id, "processing");
	assert_int_equal(next(p, 9, 0), 0);
	turn(p, false);
	turn(p, true);
	assert_int_equal(next(p, 9, 0), 0);
	till_settle(p, id, "sepa");
	assert_int_equal(next(p, 9, 0), 0);
	assert_int_equal(till_count(p, "checkout"), 1);
	assert_int_equal(till_count(p, "autopay_invoice WHERE tries = 1"), 1);
	assert_int_equal(
	    till_count(
		p, "audit WHERE action = 'charge' AND method = 'automatic'"),
	    1);
}

static void
no_try_while_a_charge_or_money_is_under_way(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 9, 2000), page = 0, id;
	int64_t method = till_save(p, "pm_1");

	turn(p, true);
	id = till_charge(p, method, &a);
	assert_int_equal(next(p, 0, 0), 0);
	assert_int_equal(begin(p, a, 0), 0);
	till_set(p, id, "failed");
	assert_int_equal(next(p, 0, 0), a);
	OK(till_try_page(p, &a, &page));
	till_open_page(p, page);
	assert_int_equal(next(p, 0, 0), a);
	till_set(p, page, "processing");
	assert_int_equal(next(p, 0, 0), 0);
	assert_int_equal(begin(p, a, 0), 0);
	till_is(p, page, "processing");
}

static void
many_that_are_due_are_all_tried(void **state)
{
	struct shop *p = *state;
	int64_t invoice = 0, after = 0;
	int tried = 0;

	for (int i = 0; i < 70; i++)
		shop_issue(p, -9, 5, 100);
	till_save(p, "pm_1");
	turn(p, true);
	while ((invoice = next(p, 0, after)) != 0) {
		assert_int_not_equal(begin(p, invoice, 0), 0);
		after = invoice;
		tried++;
	}
	assert_int_equal(tried, 70);
}

static void
failed_try_is_made_again_on_the_retry_days(void **state)
{
	static const int64_t days[] = {0, 3, 5, 7};
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 9, 2000), id = 0;

	till_save(p, "pm_1");
	turn(p, true);
	for (size_t i = 0; i < 4; i++) {
		days_later(p, days[i]);
		assert_int_equal(next(p, days[i] - 1, 0), 0);
		assert_int_equal(next(p, days[i], 0), a);
		if (i == 0)
			assert_int_equal(begin(p, a, -1), 0);
		id = begin(p, a, days[i]);
		assert_int_not_equal(id, 0);
		assert_int_equal(till_count(p, "job WHERE kind = 'mail'"), 0);
		fail_charge(p, id, false);
		assert_int_equal(begin(p, a, days[i]), 0);
	}
	assert_int_equal(next(p, 300, 0), 0);
	assert_int_equal(begin(p, a, 300), 0);
	assert_int_equal(till_count(p, "job WHERE kind = 'mail'"), 1);
	assert_int_equal(till_count(p, "autopay_invoice WHERE tries = 4"), 1);
	/* Told to, it begins anew. */
	turn(p, true);
	assert_int_equal(next(p, 7, 0), a);
}

static void
retry_days_are_the_tenants_in_its_zone(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 9, 2000), id;

	assert_int_equal(
	    setting_set(p->st, "autopay_retry_days", "5,3"), ERR_BAD_INPUT);
	assert_int_equal(
	    setting_set(p->st, "autopay_retry_days", "soon"), ERR_BAD_INPUT);
	assert_int_equal(
	    setting_set(p->st, "autopay_retry_days", "1,2,3,4,5,6,7,8,9"),
	    ERR_BAD_INPUT);
	assert_int_equal(
	    setting_set(p->st, "autopay_retry_days", "9999"), ERR_BAD_INPUT);
	OK(setting_set(p->st, "autopay_retry_days", "1, 10"));
	till_save(p, "pm_1");
	turn(p, true);
	id = begin(p, a, 0);
	/* In Vienna it is tomorrow already: day 1 is not to come any more. */
	p->s.clock.fixed = (int64_t)SHOP_TODAY * SHOP_DAY + 22 * 3600 + 60;
	fail_charge(p, id, false);
	assert_int_equal(next(p, 9, 0), 0);
	assert_int_equal(next(p, 10, 0), a);
	OK(setting_set(p->st, "autopay_retry_days", ""));
	days_later(p, 10);
	fail_charge(p, begin(p, a, 10), false);
	assert_int_equal(till_count(p, "job WHERE kind = 'mail'"), 1);
}

static void
mail_is(struct shop *p, int64_t page, const char *what)
{
	char text[JOB_ARGS], link[CHECKOUT_URL];

	scratch_str(&p->s, text, sizeof(text),
	    "SELECT args FROM job WHERE kind = 'mail'");
	snprintf(link, sizeof(link), "%s", till_get(p, page).link);
	assert_string_not_equal(link, "");
	if (strstr(text, link) == NULL || strstr(text, what) == NULL ||
	    strstr(text, "demo@example.net") == NULL ||
	    strstr(text, "15.00 EUR") == NULL ||
	    strstr(text, "INV-2026-000001") == NULL)
		fail_msg("mail: %s", text);
}

static void
when_the_customer_must_act_a_mail_brings_a_link(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 9, 2000), id, page;
	struct checkout c;

	till_save(p, "pm_1");
	turn(p, true);
	id = begin(p, a, 0);
	shop_pay(p, 500, a);
	c = till_get(p, id);
	fail_charge(p, id, true);
	assert_int_equal(next(p, 300, 0), 0);
	page = scratch_int(&p->s, "SELECT MAX(id) FROM checkout");
	assert_int_not_equal(page, id);
	assert_int_equal(till_get(p, page).method, 0);
	assert_false(till_get(p, page).automatic);
	assert_int_equal(till_get(p, page).amount, 1500);
	till_is(p, page, "wanted");
	mail_is(p, page, "confirm");
	/* Heard again, nothing happens again. */
	assert_int_equal(autopay_failed(p->st, &c, true, "x"), ERR_NONE);
	assert_int_equal(till_count(p, "job WHERE kind = 'mail'"), 1);
	assert_int_equal(till_count(p, "checkout"), 2);
}

static void
mail_after_the_last_try_says_why(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -30, 14, 1500), id;

	till_save(p, "pm_1");
	turn(p, true);
	id = begin(p, a, 0);
	fail_charge(p, id, false);
	mail_is(p, scratch_int(&p->s, "SELECT MAX(id) FROM checkout"),
	    "The card has expired.");
}

static void
nobody_is_told_to_pay_what_is_paid(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -30, 14, 1500), id;

	till_save(p, "pm_1");
	turn(p, true);
	id = begin(p, a, 0);
	shop_pay(p, 1500, a);
	fail_charge(p, id, true);
	assert_int_equal(till_count(p, "job WHERE kind = 'mail'"), 0);
	assert_int_equal(till_count(p, "checkout"), 1);
}

static void
without_a_link_or_an_address_it_fails_all_the_same(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -30, 14, 1500), b, id;

	till_save(p, "pm_1");
	turn(p, true);
	id = begin(p, a, 0);
	OK(gateway_configure(p->st, "stripe", false, ""));
	fail_charge(p, id, true);
	assert_int_equal(till_count(p, "job WHERE kind = 'mail'"), 1);
	assert_int_equal(till_count(p, "checkout"), 1);
	OK(gateway_configure(p->st, "stripe", true, ""));
	scratch_sql(&p->s, "UPDATE customer SET email = 'nobody'");
	b = shop_issue(p, -30, 14, 1600);
	fail_charge(p, begin(p, b, 0), true);
	assert_int_equal(till_count(p, "job WHERE kind = 'mail'"), 1);
}

static void
paid_at_the_page_whose_place_it_took_the_rest_is_due_again(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 9, 2000), page = 0, id;

	OK(till_try_page(p, &a, &page));
	till_open_page(p, page);
	till_save(p, "pm_1");
	turn(p, true);
	id = begin(p, a, 0);
	till_is(p, page, "cancelling");
	scratch_sql(&p->s, "UPDATE checkout SET amount = 200 "
			   "WHERE state = 'cancelling'");
	till_settle(p, page, "card");
	till_is(p, id, "failed");
	assert_int_equal(shop_balance(p, a), 1800);
	assert_int_equal(next(p, 0, 0), a);
	assert_int_equal(till_get(p, begin(p, a, 0)).amount, 1800);
}

/* ---- races ---- */

struct race {
	int64_t tenant, customer, invoice, method;
};

/* By turns a page, a charge, and automatic payment. */
static size_t
race_pay(struct store *st, int who, const void *arg, int64_t out[CROWD_GIVES])
{
	const struct race *r = arg;
	struct identity id = {.tenant = r->tenant,
	    .customer = r->customer,
	    .role = who % 3 == 2 ? ROLE_SYSTEM : ROLE_CUSTOMER};
	enum err err;

	store_become(st, &id);
	out[0] = 0;
	do
		err = who % 3 == 0 ? checkout_start(st, CHECKOUT_FOR_INVOICES,
					 &r->invoice, 1, 0, out)
		      : who % 3 == 1
			  ? method_charge(st, r->method, &r->invoice, 1, 0, out)
			  : autopay_begin(st, r->invoice, SHOP_TODAY, out);
	while (err == ERR_BUSY);
	return err == ERR_NONE || err == ERR_BAD_INPUT ? 1 : 0;
}

static void
all_at_once_they_get_one_charge(void **state)
{
	struct shop *p = *state;
	struct race r = {p->tenant, p->customer, shop_issue(p, -9, 9, 2000),
	    till_save(p, "pm_1")};
	struct crowd *c = malloc(sizeof(*c));
	int64_t id;

	turn(p, true);
	crowd_run(&p->s, ATTEMPTS, race_pay, &r, c);
	p->st = p->s.st;
	shop_system(p);
	for (int i = 0; i < ATTEMPTS; i++)
		assert_int_equal(c->n[i], 1);
	free(c);
	assert_int_equal(till_count(p, "checkout_charge"), 1);
	assert_int_equal(till_count(p, "checkout WHERE state = 'wanted'"), 1);
	id = scratch_int(&p->s, "SELECT checkout FROM invoice_claim");
	assert_int_equal(
	    id, scratch_int(&p->s, "SELECT checkout FROM checkout_charge"));
	assert_int_not_equal(till_get(p, id).method, 0);
}

static void
page_and_automatic_payment_in_either_order(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 9, 2000), page = 0, id;

	till_save(p, "pm_1");
	turn(p, true);
	OK(till_try_page(p, &a, &page));
	till_open_page(p, page);
	id = begin(p, a, 0);
	till_is(p, page, "cancelling");
	till_is(p, id, "wanted");
	till_settle(p, id, "card");
	till_is(p, id, "paid");

	a = shop_issue(p, -9, 9, 700);
	id = begin(p, a, 0);
	till_says(p, till_try_page(p, &a, &page), "on its way");
	till_is(p, id, "wanted");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(it_needs_a_method_a_gateway_and_the_tenants_leave),
	    TEST(removing_the_last_method_turns_it_off),
	    TEST(only_what_is_due_is_next),
	    TEST(money_taken_back_is_not_charged_again),
	    TEST(what_the_gateway_does_not_take_is_not_tried_every_round),
	    TEST(customers_come_one_after_the_other),
	    TEST(other_tenants_are_not_looked_at),
	    TEST(try_charges_the_default_and_is_not_begun_twice),
	    TEST(no_try_while_a_charge_or_money_is_under_way),
	    TEST(many_that_are_due_are_all_tried),
	    TEST(failed_try_is_made_again_on_the_retry_days),
	    TEST(retry_days_are_the_tenants_in_its_zone),
	    TEST(when_the_customer_must_act_a_mail_brings_a_link),
	    TEST(mail_after_the_last_try_says_why),
	    TEST(nobody_is_told_to_pay_what_is_paid),
	    TEST(without_a_link_or_an_address_it_fails_all_the_same),
	    TEST(paid_at_the_page_whose_place_it_took_the_rest_is_due_again),
	    TEST(all_at_once_they_get_one_charge),
	    TEST(page_and_automatic_payment_in_either_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Receiving money: what it settles, what stays, what it restores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

static void
oldest_invoice_is_settled_first(void **state)
{
	struct shop *p = *state;
	int64_t newer = shop_issue(p, -5, 30, 3000);
	int64_t older = shop_issue(p, -9, 60, 2000);

	shop_pay(p, 2500, 0);
	assert_int_equal(shop_balance(p, older), 0);
	assert_int_equal(shop_balance(p, newer), 2500);
	shop_check(p);
}

static void
named_invoice_comes_first_then_the_oldest(void **state)
{
	struct shop *p = *state;
	int64_t older = shop_issue(p, -9, 14, 2000);
	int64_t named = shop_issue(p, -5, 14, 3000);
	int64_t last = shop_issue(p, -1, 14, 1000);

	shop_pay(p, 4000, named);
	assert_int_equal(shop_balance(p, named), 0);
	assert_int_equal(shop_balance(p, older), 1000);
	assert_int_equal(shop_balance(p, last), 1000);
	shop_check(p);
}

static void
surplus_stays_as_credit_and_pays_the_next_invoice(void **state)
{
	struct shop *p = *state;
	int64_t id = shop_issue(p, -9, 14, 2000), next;
	struct account a;

	shop_pay(p, 5000, id);
	a = shop_account(p);
	assert_int_equal(a.credit, 3000);
	assert_int_equal(a.balance, -3000);
	assert_int_equal(a.due_total, 0);
	next = shop_issue(p, -1, 14, 2500);
	assert_int_equal(shop_balance(p, next), 0);
	assert_int_equal(shop_account(p).credit, 500);
	next = shop_issue(p, 0, 14, 2500);
	assert_int_equal(shop_balance(p, next), 2000);
	assert_int_equal(shop_account(p).credit, 0);
	shop_check(p);
}

static void
oldest_credit_is_used_first(void **state)
{
	struct shop *p = *state;
	int64_t first = shop_credit(p, 1000);
	int64_t second = shop_pay(p, 1000, 0);
	struct payment pay;

	shop_issue(p, 0, 14, 1500);
	shop_as(p, p->customer, 0);
	OK(payment_get(p->st, first, NULL, &pay));
	assert_int_equal(pay.unapplied, 0);
	assert_string_equal(pay.kind, "credit");
	assert_string_equal(pay.receipt, "");
	payment_release(&pay);
	OK(payment_get(p->st, second, NULL, &pay));
	assert_int_equal(pay.unapplied, 500);
	assert_int_equal(pay.nallocations, 1);
	assert_int_equal(pay.allocations[0].amount, 500);
	assert_string_equal(pay.allocations[0].number, "INV-2026-000001");
	payment_release(&pay);
	shop_system(p);
	shop_check(p);
}

static void
more_invoices_than_a_page_are_settled(void **state)
{
	struct shop *p = *state;

	for (int i = 0; i < 150; i++)
		shop_issue(p, -200 + i, 14, 100);
	shop_pay(p, 14950, 0);
	assert_int_equal(shop_account(p).open_invoices, 1);
	assert_int_equal(shop_account(p).balance, 50);
	shop_check(p);
}

static void
failed_and_pending_money_changes_nothing(void **state)
{
	static const char *const statuses[] = {"failed", "pending"};
	struct shop *p = *state;
	int64_t id = shop_issue(p, -9, 14, 2000), payment;
	struct payment_new in = {
	    .customer = p->customer, .amount = 2000, .invoice = id};
	struct payment pay;

	for (size_t i = 0; i < 2; i++) {
		in.status = statuses[i];
		OK(payment_add(p->st, &in, &payment));
		shop_as(p, p->customer, 0);
		OK(payment_get(p->st, payment, NULL, &pay));
		shop_system(p);
		assert_string_equal(pay.receipt, "");
		assert_int_equal(pay.nallocations, 0);
		assert_int_equal(pay.unapplied, 0);
		payment_release(&pay);
	}
	assert_int_equal(shop_balance(p, id), 2000);
	assert_int_equal(
	    scratch_int(
		&p->s, "SELECT COUNT(*) FROM ledger WHERE kind = 'payment'"),
	    0);
	shop_check(p);
}

static void
receipts_are_numbered_without_gaps(void **state)
{
	struct shop *p = *state;
	struct payment_new bad = {
	    .customer = p->customer, .amount = 100, .invoice = 4711};
	struct payment pay;

	shop_pay(p, 100, 0);
	/* Fails after the number was taken. */
	assert_int_equal(payment_add(p->st, &bad, NULL), ERR_NOT_FOUND);
	shop_credit(p, 100);
	shop_pay(p, 100, 0);
	shop_as(p, p->customer, 0);
	OK(payment_get(p->st, 0, "RCP-2026-000002", &pay));
	assert_string_equal(pay.status, "Completed");
	payment_release(&pay);
	assert_int_equal(
	    payment_get(p->st, 0, "RCP-2026-000003", &pay), ERR_NOT_FOUND);
	shop_system(p);
	shop_check(p);
}

static void
somebody_elses_invoice_cannot_be_paid(void **state)
{
	struct shop *p = *state;
	int64_t id = shop_issue(p, 0, 14, 100);
	int64_t other = shop_customer(p, "other");
	struct payment_new in = {
	    .customer = other, .amount = 100, .invoice = id};

	assert_int_equal(payment_add(p->st, &in, NULL), ERR_NOT_FOUND);
	assert_int_equal(shop_balance(p, id), 100);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM payment"), 0);
}

static void
bad_payments_are_refused(void **state)
{
	struct shop *p = *state;
	const struct {
		struct payment_new in;
		const char *field;
	} bad[] = {
	    {{.amount = 0}, "amount"},
	    {{.amount = -1}, "amount"},
	    {{.amount = INT64_MAX}, "amount"},
	    {{.amount = 1, .at = (SHOP_TODAY + 1) * INT64_C(86400)}, "date"},
	    {{.amount = 1, .kind = "gift"}, "kind"},
	    {{.amount = 1, .method = "barter"}, "method"},
	    {{.amount = 1, .status = "maybe"}, "status"},
	    {{.amount = 1, .kind = "credit", .status = "pending"}, "status"},
	    {{.amount = 1,
		 .reference =
		     "0123456789012345678901234567890"
		     "123456789012345678901234567890123456789012345678901234567"
		     "89"},
		"reference"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct payment_new in = bad[i].in;

		in.customer = p->customer;
		assert_int_equal(payment_add(p->st, &in, NULL), ERR_BAD_INPUT);
		shop_problem(p, bad[i].field);
	}
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM payment"), 0);
}

static void
state_of(struct shop *p, const char *expect)
{
	struct customer c;

	shop_as(p, p->customer, 0);
	OK(customer_get(p->st, &c));
	shop_system(p);
	assert_string_equal(c.state, expect);
}

/* Which topics the last commit told. */
static void
note_topics(void *arg, int64_t tenant, int64_t customer, unsigned topics)
{
	(void)tenant;
	(void)customer;
	*(unsigned *)arg |= topics;
}

static void
payment_that_cures_the_debt_restores_the_customer(void **state)
{
	struct shop *p = *state;
	int64_t late = shop_issue(p, -40, 14, 2000);
	unsigned topics = 0;

	shop_issue(p, -1, 14, 500); /* not overdue: does not matter */
	OK(customer_set_state(p->st, p->customer, "blocked"));
	shop_pay(p, 1999, late);
	state_of(p, "blocked");
	store_on_change(p->st, note_topics, &topics);
	shop_pay(p, 1, late);
	state_of(p, "active");
	assert_int_equal(
	    topics & (TOPIC_SERVICES | TOPIC_BILLING | TOPIC_ACCOUNT),
	    TOPIC_SERVICES | TOPIC_BILLING | TOPIC_ACCOUNT);
	assert_int_equal(
	    scratch_int(
		&p->s, "SELECT COUNT(*) FROM audit WHERE action = 'restored'"),
	    1);
	shop_check(p);
}

static void
inactive_customers_stay_inactive(void **state)
{
	struct shop *p = *state;

	OK(customer_set_state(p->st, p->customer, "inactive"));
	shop_pay(p, 100, 0);
	state_of(p, "inactive");
}

/* A fixed sequence, the same on every run. */
static unsigned
next_random(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % below;
}

static void
books_balance_whatever_is_entered(void **state)
{
	struct shop *p = *state;
	int64_t ids[200], n = 0;
	unsigned seed = 7;

	for (int step = 0; step < 200; step++) {
		switch (next_random(&seed, 5)) {
		case 0:
		case 1:
			ids[n++] = shop_issue(p, -(int)next_random(&seed, 60),
			    14, next_random(&seed, 3000));
			break;
		case 2:
			shop_pay(p, 1 + next_random(&seed, 4000),
			    n > 0 ? ids[next_random(&seed, (unsigned)n)] : 0);
			break;
		case 3:
			shop_credit(p, 1 + next_random(&seed, 900));
			break;
		default:
			/* Some have been cancelled before. */
			if (n > 0)
				(void)invoice_cancel(p->st, p->customer,
				    ids[next_random(&seed, (unsigned)n)]);
			break;
		}
		shop_check(p);
		/* Nobody owes while there is credit. */
		assert_true(shop_account(p).credit == 0 ||
			    shop_account(p).open_invoices == 0);
	}
	assert_true(n > 40);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(oldest_invoice_is_settled_first),
	    TEST(named_invoice_comes_first_then_the_oldest),
	    TEST(surplus_stays_as_credit_and_pays_the_next_invoice),
	    TEST(oldest_credit_is_used_first),
	    TEST(more_invoices_than_a_page_are_settled),
	    TEST(failed_and_pending_money_changes_nothing),
	    TEST(receipts_are_numbered_without_gaps),
	    TEST(somebody_elses_invoice_cannot_be_paid),
	    TEST(bad_payments_are_refused),
	    TEST(payment_that_cures_the_debt_restores_the_customer),
	    TEST(inactive_customers_stay_inactive),
	    TEST(books_balance_whatever_is_entered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

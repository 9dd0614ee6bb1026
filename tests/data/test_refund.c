/* Money given back: what it takes, from where, and when it comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/listing.h"
#include "data/method.h"
#include "data/refund.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

static const int64_t noon = (int64_t)SHOP_TODAY * SHOP_DAY + SHOP_DAY / 2;

/* A payment that a gateway has reported, as "pi_N" of account "acct". */
static int64_t
pay(struct shop *p, const char *intent, int64_t amount, int64_t invoice)
{
	int64_t id = shop_pay(p, amount, invoice);
	char sql[256];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO gateway_payment (tenant, customer, account, intent, "
	    "payment, checkout, at) VALUES (%lld, %lld, 'acct', '%s', %lld, 0, "
	    "1)",
	    (long long)p->tenant, (long long)p->customer, intent,
	    (long long)id);
	scratch_sql(&p->s, sql);
	return id;
}

static struct refund_new
new_refund(const char *intent, const char *ref, int64_t amount, const char *how)
{
	bool dispute = strncmp(ref, "du_", 3) == 0;

	return (struct refund_new) {.account = "acct",
	    .intent = intent,
	    .kind = dispute ? "dispute" : "refund",
	    .ref = ref,
	    .amount = amount,
	    .currency = "eur",
	    .status = how,
	    .reason = "",
	    /* du_1 is a second older than du_2 */
	    .at = noon - 100 + ref[strlen(ref) - 1]};
}

/* What holds after every step, whatever was told. */
static void
check(struct shop *p)
{
	shop_check(p);
	/* Nobody owes while there is credit. */
	assert_true(
	    shop_account(p).credit == 0 || shop_account(p).open_invoices == 0);
}

/* Tells it; is it news? */
static bool
tell(struct shop *p, const char *intent, const char *ref, int64_t amount,
    const char *status)
{
	struct refund_new in = new_refund(intent, ref, amount, status);
	bool fresh = false;

	OK(refund_settle(p->st, &in, &fresh));
	check(p);
	return fresh;
}

static struct payment
payment_of(struct shop *p, int64_t id)
{
	struct payment pay;

	shop_as(p, p->customer, 0);
	OK(payment_get(p->st, id, NULL, &pay));
	shop_system(p);
	return pay;
}

static void
status_is(struct shop *p, int64_t id, const char *status)
{
	struct payment pay = payment_of(p, id);

	assert_string_equal(pay.status, status);
	payment_release(&pay);
}

static int64_t
count(struct shop *p, const char *what)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s", what);
	return scratch_int(&p->s, sql);
}

static void
full_refund_makes_the_invoice_owed_again(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 30, 4000);
	int64_t id = pay(p, "pi_1", 4000, 0);
	struct payment got;

	assert_true(tell(p, "pi_1", "re_1", 4000, "succeeded"));
	assert_int_equal(shop_balance(p, invoice), 4000);
	assert_int_equal(shop_account(p).balance, 4000);
	got = payment_of(p, id);
	assert_string_equal(got.status, "Refunded");
	assert_int_equal(got.back, 4000);
	assert_int_equal(got.unapplied, 0);
	/* It still says which invoice it had paid. */
	assert_int_equal(got.nallocations, 1);
	assert_int_equal(got.allocations[0].invoice, invoice);
	assert_int_equal(got.allocations[0].amount, 0);
	assert_int_equal(got.allocations[0].taken, 4000);
	payment_release(&got);
}

static void
credit_is_taken_before_invoices_and_the_newest_invoice_first(void **state)
{
	struct shop *p = *state;
	int64_t old = shop_issue(p, -9, 30, 1000);
	int64_t new = shop_issue(p, -5, 30, 2000);
	int64_t id = pay(p, "pi_1", 3500, 0);

	tell(p, "pi_1", "re_1", 500, "succeeded");
	assert_int_equal(shop_account(p).credit, 0);
	assert_int_equal(shop_account(p).balance, 0);
	status_is(p, id, "Partially refunded");
	tell(p, "pi_1", "re_2", 1500, "succeeded");
	assert_int_equal(shop_balance(p, old), 0);
	assert_int_equal(shop_balance(p, new), 1500);
	tell(p, "pi_1", "re_3", 1000, "succeeded");
	assert_int_equal(shop_balance(p, old), 500);
	assert_int_equal(shop_balance(p, new), 2000);
	tell(p, "pi_1", "re_4", 500, "pending");
	assert_int_equal(shop_account(p).balance, 3000);
	status_is(p, id, "Refunded");
}

static void
other_credit_pays_what_is_owed_again(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 30, 4000);

	pay(p, "pi_1", 4000, 0);
	shop_credit(p, 1500);
	tell(p, "pi_1", "re_1", 4000, "succeeded");
	assert_int_equal(shop_balance(p, invoice), 2500);
	assert_int_equal(shop_account(p).credit, 0);
}

static void
same_news_twice_changes_nothing(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 30, 4000);

	pay(p, "pi_1", 4000, 0);
	assert_true(tell(p, "pi_1", "re_1", 1000, "succeeded"));
	for (int i = 0; i < 3; i++)
		assert_false(tell(p, "pi_1", "re_1", 1000, "succeeded"));
	assert_int_equal(count(p, "refund"), 1);
	assert_int_equal(count(p, "ledger WHERE kind = 'refund'"), 1);
	assert_int_equal(shop_balance(p, invoice), 1000);
}

static void
pending_refund_that_succeeds_is_booked_once(void **state)
{
	struct shop *p = *state;

	pay(p, "pi_1", 4000, 0);
	tell(p, "pi_1", "re_1", 1000, "pending");
	assert_int_equal(shop_account(p).credit, 3000);
	tell(p, "pi_1", "re_1", 1000, "succeeded");
	assert_int_equal(shop_account(p).credit, 3000);
	assert_int_equal(count(p, "ledger WHERE kind = 'refund'"), 1);
}

static void
failed_refund_pays_the_invoice_again(void **state)
{
	struct shop *p = *state;
	int64_t old = shop_issue(p, -9, 30, 1000);
	int64_t new = shop_issue(p, -5, 30, 2000);
	int64_t id = pay(p, "pi_1", 3000, 0);
	struct payment got;

	tell(p, "pi_1", "re_1", 3000, "succeeded");
	assert_int_equal(shop_account(p).balance, 3000);
	tell(p, "pi_1", "re_1", 3000, "failed");
	assert_int_equal(shop_balance(p, old), 0);
	assert_int_equal(shop_balance(p, new), 0);
	got = payment_of(p, id);
	assert_string_equal(got.status, "Completed");
	assert_int_equal(got.nallocations, 2);
	assert_int_equal(got.allocations[0].taken, 0);
	assert_int_equal(got.allocations[1].taken, 0);
	payment_release(&got);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT SUM(credit) FROM ledger WHERE "
			       "kind = 'refund'"),
	    3000);
	/* Some of it again, and for good. */
	tell(p, "pi_1", "re_2", 700, "succeeded");
	assert_int_equal(shop_balance(p, new), 700);
}

/* The invoice was paid in another way meanwhile. */
static void
failed_refund_is_credit_where_nothing_is_owed_any_more(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 30, 2000);
	int64_t id = pay(p, "pi_1", 2000, 0);
	struct payment got;

	tell(p, "pi_1", "re_1", 2000, "pending");
	shop_pay(p, 2000, invoice);
	check(p);
	tell(p, "pi_1", "re_1", 2000, "canceled");
	assert_int_equal(shop_account(p).credit, 2000);
	got = payment_of(p, id);
	assert_int_equal(got.nallocations, 0);
	assert_int_equal(got.unapplied, 2000);
	payment_release(&got);
}

static void
old_news_after_new_news_changes_nothing(void **state)
{
	struct shop *p = *state;

	pay(p, "pi_1", 4000, 0);
	tell(p, "pi_1", "re_1", 1000, "failed");
	assert_false(tell(p, "pi_1", "re_1", 1000, "pending"));
	assert_false(tell(p, "pi_1", "re_1", 1000, "succeeded"));
	assert_int_equal(shop_account(p).credit, 4000);
	tell(p, "pi_1", "du_1", 4000, "lost");
	assert_false(tell(p, "pi_1", "du_1", 4000, "needs_response"));
	assert_int_equal(shop_account(p).credit, 0);
}

static void
dispute_counts_only_when_it_is_lost(void **state)
{
	static const char *const others[] = {"warning_needs_response",
	    "warning_under_review", "warning_closed", "needs_response",
	    "under_review", "prevented", "won"};
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 30, 2000);
	int64_t id = pay(p, "pi_1", 2000, 0);
	char ref[] = "du_0";

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		ref[3] = (char)('a' + i);
		tell(p, "pi_1", ref, 2000, others[i]);
		assert_int_equal(shop_balance(p, invoice), 0);
		status_is(p, id, "Completed");
	}
	tell(p, "pi_1", "du_1", 2000, "needs_response");
	tell(p, "pi_1", "du_1", 2000, "lost");
	assert_int_equal(shop_balance(p, invoice), 2000);
	status_is(p, id, "Refunded");
	/* Decided anew. */
	tell(p, "pi_1", "du_1", 2000, "won");
	assert_int_equal(shop_balance(p, invoice), 0);
	status_is(p, id, "Completed");
}

static void
never_more_than_the_payment_is_taken(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 30, 2000);

	pay(p, "pi_1", 2000, 0);
	tell(p, "pi_1", "re_1", 500, "succeeded");
	tell(p, "pi_1", "du_2", 2000, "lost");
	assert_int_equal(shop_balance(p, invoice), 2000);
	tell(p, "pi_1", "re_3", 2000, "succeeded");
	assert_int_equal(shop_balance(p, invoice), 2000);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT CAST(SUM(booked) AS {INT}) FROM refund"),
	    2000);
	/* What did not fit has room now. */
	tell(p, "pi_1", "re_1", 500, "failed");
	assert_int_equal(shop_balance(p, invoice), 2000);
	tell(p, "pi_1", "du_2", 2000, "won");
	assert_int_equal(shop_balance(p, invoice), 2000);
	tell(p, "pi_1", "re_3", 2000, "failed");
	assert_int_equal(shop_balance(p, invoice), 0);
}

struct news {
	const char *ref;
	int64_t amount;
	const char *status;
};

/* The account after all of it, told in an order. */
static void
tell_in_order(struct shop *p, const struct news *news, const int *order,
    size_t n, const char *intent)
{
	for (size_t i = 0; i < n; i++)
		tell(p, intent, news[order[i]].ref, news[order[i]].amount,
		    news[order[i]].status);
}

static void
order_of_the_news_does_not_matter(void **state)
{
	static const struct news news[] = {
	    {"re_1", 700, "pending"},
	    {"re_1", 700, "failed"},
	    {"re_2", 900, "succeeded"},
	    {"du_3", 2000, "lost"},
	};
	static const int orders[][4] = {
	    {0, 1, 2, 3}, {3, 2, 1, 0}, {1, 0, 3, 2}, {2, 3, 0, 1}};
	struct shop *p = *state;
	char sql[160];

	for (int i = 0; i < 4; i++) {
		int64_t invoice = shop_issue(p, -5, 30, 2000), id;
		char intent[] = "pi_0";

		intent[3] = (char)('1' + i);
		/* Each payment has refunds of its own. */
		scratch_sql(&p->s, "UPDATE refund SET account = 'then' || id");
		id = pay(p, intent, 2000, invoice);
		tell_in_order(p, news, orders[i], 4, intent);
		status_is(p, id, "Refunded");
		assert_int_equal(shop_balance(p, invoice), 2000);
		for (int k = 1; k < 4; k++) {
			snprintf(sql, sizeof(sql),
			    "SELECT booked FROM refund WHERE account = 'acct' "
			    "AND ref LIKE '__!_%d' ESCAPE '!'",
			    k);
			assert_int_equal(scratch_int(&p->s, sql), k == 1 ? 0
								  : k == 2
								      ? 900
								      : 1100);
		}
	}
}

static void
nobody_is_blocked_by_it_and_who_is_cured_is_restored(void **state)
{
	struct shop *p = *state;
	struct customer c;

	shop_issue(p, -60, 14, 2000);
	pay(p, "pi_1", 2000, 0);
	tell(p, "pi_1", "re_1", 2000, "succeeded");
	shop_as(p, p->customer, 0);
	OK(customer_get(p->st, &c));
	shop_system(p);
	assert_string_equal(c.state, "active");
	OK(customer_set_state(p->st, p->customer, "blocked"));
	tell(p, "pi_1", "re_1", 2000, "failed");
	shop_as(p, p->customer, 0);
	OK(customer_get(p->st, &c));
	shop_system(p);
	assert_string_equal(c.state, "active");
}

/* It is in no books, so nothing is taken from them. */
static void
refund_of_foreign_money_changes_no_balance(void **state)
{
	struct shop *p = *state;
	struct payment_new in = {.customer = p->customer,
	    .amount = 900,
	    .status = "pending",
	    .currency = "CHF"};
	struct refund_new refund = new_refund("pi_1", "re_1", 900, "succeeded");
	int64_t id;
	bool fresh;

	OK(payment_add(p->st, &in, &id));
	scratch_sql(&p->s,
	    "INSERT INTO gateway_payment (tenant, customer, account, intent, "
	    "payment, checkout, at) SELECT tenant, customer, 'acct', 'pi_1', "
	    "id, 0, 1 FROM payment");
	assert_int_equal(refund_settle(p->st, &refund, &fresh), ERR_BAD_INPUT);
	refund.currency = "chf";
	OK(refund_settle(p->st, &refund, &fresh));
	check(p);
	assert_int_equal(count(p, "ledger"), 0);
	status_is(p, id, "Refunded");
}

static void
nonsense_is_refused(void **state)
{
	struct shop *p = *state;
	struct refund_new in = new_refund("pi_1", "re_1", 900, "succeeded");
	struct identity id = *store_identity(p->st);
	bool fresh;

	pay(p, "pi_1", 1000, 0);
	in.amount = 0;
	assert_int_equal(refund_settle(p->st, &in, &fresh), ERR_BAD_INPUT);
	in.amount = -1;
	assert_int_equal(refund_settle(p->st, &in, &fresh), ERR_BAD_INPUT);
	in.amount = 900;
	in.status = "lost";
	assert_int_equal(refund_settle(p->st, &in, &fresh), ERR_BAD_INPUT);
	in.status = "succeeded";
	in.currency = "euro";
	assert_int_equal(refund_settle(p->st, &in, &fresh), ERR_BAD_INPUT);
	in.currency = "eur";
	in.intent = "pi_2";
	assert_int_equal(refund_settle(p->st, &in, &fresh), ERR_NOT_FOUND);
	in.intent = "pi_1";
	in.account = "other";
	assert_int_equal(refund_settle(p->st, &in, &fresh), ERR_NOT_FOUND);
	in.account = "acct";
	id.tenant++;
	store_become(p->st, &id);
	assert_int_equal(refund_settle(p->st, &in, &fresh), ERR_NOT_FOUND);
	shop_as(p, p->customer, 0);
	assert_int_equal(refund_settle(p->st, &in, &fresh), ERR_DENIED);
	shop_system(p);
	assert_int_equal(count(p, "refund"), 0);
	assert_int_equal(shop_account(p).credit, 1000);
}

static void
by_hand_it_has_a_number_and_a_reason(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 30, 2000);
	int64_t id = shop_pay(p, 2000, 0);
	struct refund_hand in = {.customer = p->customer,
	    .payment = id,
	    .amount = 500,
	    .reason = " Too much  "};
	struct refund *list;
	char number[33];
	size_t n;

	OK(refund_add(p->st, &in, number));
	check(p);
	assert_string_equal(number, "RFD-2026-000001");
	assert_int_equal(shop_balance(p, invoice), 500);
	status_is(p, id, "Partially refunded");
	in.amount = 1501;
	assert_int_equal(refund_add(p->st, &in, number), ERR_BAD_INPUT);
	shop_problem(p, "amount");
	in.amount = 1500;
	OK(refund_add(p->st, &in, number));
	check(p);
	assert_string_equal(number, "RFD-2026-000002");
	shop_as(p, p->customer, 0);
	OK(refund_list(p->st, id, &list, &n));
	shop_system(p);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].reason, "Too much");
	assert_int_equal(list[0].booked, 500);
	assert_string_equal(
	    refund_words(list[0].kind, list[0].status)->shown, "Given back");
	free(list);
	assert_int_equal(
	    count(p, "audit WHERE action = 'refund' AND result = 'ok'"), 2);
}

static void
by_hand_only_money_that_is_there_is_given_back(void **state)
{
	struct shop *p = *state;
	struct payment_new failed = {
	    .customer = p->customer, .amount = 900, .status = "failed"};
	struct refund_hand in = {
	    .customer = p->customer, .amount = 100, .reason = ""};
	int64_t other = shop_customer(p, "other");
	char number[33];

	OK(payment_add(p->st, &failed, &in.payment));
	assert_int_equal(refund_add(p->st, &in, number), ERR_BAD_INPUT);
	shop_problem(p, "receipt");
	in.payment = shop_pay(p, 1000, 0);
	in.amount = 0;
	assert_int_equal(refund_add(p->st, &in, number), ERR_BAD_INPUT);
	shop_problem(p, "amount");
	in.amount = 100;
	in.at = noon + 2 * SHOP_DAY;
	assert_int_equal(refund_add(p->st, &in, number), ERR_BAD_INPUT);
	shop_problem(p, "date");
	in.at = noon - SHOP_DAY;
	assert_int_equal(refund_add(p->st, &in, number), ERR_BAD_INPUT);
	shop_problem(p, "date");
	in.at = 0;
	in.customer = other;
	assert_int_equal(refund_add(p->st, &in, number), ERR_NOT_FOUND);
	assert_int_equal(count(p, "refund"), 0);
	check(p);
}

static void
somebody_elses_refunds_are_not_listed(void **state)
{
	struct shop *p = *state;
	int64_t id = pay(p, "pi_1", 1000, 0);
	int64_t other = shop_customer(p, "other");
	struct refund *list;
	size_t n;

	tell(p, "pi_1", "re_1", 100, "succeeded");
	shop_as(p, other, 0);
	OK(refund_list(p->st, id, &list, &n));
	assert_int_equal(n, 0);
	free(list);
}

static void
ledger_says_what_each_row_is(void **state)
{
	static const char *const said[] = {"Won dispute of RCP-2026-000001",
	    "Dispute of RCP-2026-000001", "Failed refund of RCP-2026-000001",
	    "Refund of RCP-2026-000001", "Payment RCP-2026-000001"};
	const struct listing *l = listing_find("transactions");
	struct shop *p = *state;
	struct rows r;

	pay(p, "pi_1", 1000, 0);
	tell(p, "pi_1", "re_1", 100, "succeeded");
	tell(p, "pi_1", "re_1", 100, "failed");
	tell(p, "pi_1", "du_1", 1000, "lost");
	tell(p, "pi_1", "du_1", 1000, "won");
	shop_as(p, p->customer, 0);
	rows_init(&r, l);
	OK(rows_all(&r, p->st, SHOP_TODAY));
	assert_int_equal(r.n, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(
		    rows_cell(&r, i, (size_t)listing_column(l, "description"))
			->s,
		    said[i]);
	rows_release(&r);
}

static int64_t
to_be_charged(struct shop *p)
{
	struct autopay_at at = {0};
	enum autopay_found found;

	do
		OK(autopay_next(p->st, SHOP_TODAY, &at, &found));
	while (found == AUTOPAY_PAGE);
	return found == AUTOPAY_DUE ? at.invoice : 0;
}

/* Whoever got it back would not thank us for taking it again. */
static void
what_was_given_back_is_not_charged_automatically(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -60, 14, 2000);
	char sql[768];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO gateway (tenant, name, is_on) VALUES (%1$lld, "
	    "'stripe', 1);"
	    "INSERT INTO pay_method (tenant, customer, gateway, account, ref, "
	    "type, is_default, created_at) VALUES (%1$lld, %2$lld, 'stripe', "
	    "'acct', 'pm_1', 'card', 1, 1);"
	    "INSERT INTO autopay (tenant, customer, is_on, changed_at) VALUES "
	    "(%1$lld, %2$lld, 1, 1)",
	    (long long)p->tenant, (long long)p->customer);
	scratch_sql(&p->s, sql);
	assert_int_equal(to_be_charged(p), invoice);
	pay(p, "pi_1", 2000, invoice);
	assert_int_equal(to_be_charged(p), 0);
	tell(p, "pi_1", "re_1", 2000, "succeeded");
	assert_int_equal(shop_balance(p, invoice), 2000);
	assert_int_equal(to_be_charged(p), 0);
}

/* A fixed sequence, the same on every run. */
static unsigned
next_random(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % below;
}

/* One of three payments' refunds or disputes, in any state. */
static void
tell_anything(struct shop *p, unsigned *seed)
{
	static const char *const refund[] = {
	    "pending", "succeeded", "failed", "canceled", "requires_action"};
	static const char *const dispute[] = {
	    "needs_response", "lost", "won", "warning_closed"};
	char intent[] = "pi_1", ref[] = "re_1a";
	bool disputed = next_random(seed, 3) == 0;

	intent[3] = (char)('1' + next_random(seed, 3));
	ref[3] = intent[3];
	ref[4] = (char)('a' + next_random(seed, 4));
	if (disputed)
		memcpy(ref, "du", 2);
	tell(p, intent, ref, 1 + next_random(seed, 2500),
	    disputed ? dispute[next_random(seed, 4)]
		     : refund[next_random(seed, 5)]);
}

static void
books_balance_whatever_is_told(void **state)
{
	struct shop *p = *state;
	int64_t ids[200], n = 0;
	unsigned seed = 11;
	char intent[] = "pi_1";

	for (; intent[3] < '4'; intent[3]++)
		pay(p, intent, 2000, 0);
	for (int step = 0; step < 150; step++) {
		switch (next_random(&seed, 6)) {
		case 0:
			ids[n++] = shop_issue(p, -(int)next_random(&seed, 60),
			    14, next_random(&seed, 3000));
			break;
		case 1:
			shop_pay(p, 1 + next_random(&seed, 2000), 0);
			break;
		case 2:
			/* Some have been cancelled before. */
			if (n > 0)
				(void)invoice_cancel(p->st, p->customer,
				    ids[next_random(&seed, (unsigned)n)]);
			break;
		default:
			tell_anything(p, &seed);
			break;
		}
		check(p);
	}
	assert_true(n > 10);
	assert_true(count(p, "refund WHERE booked > 0") > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(full_refund_makes_the_invoice_owed_again),
	    TEST(credit_is_taken_before_invoices_and_the_newest_invoice_first),
	    TEST(other_credit_pays_what_is_owed_again),
	    TEST(same_news_twice_changes_nothing),
	    TEST(pending_refund_that_succeeds_is_booked_once),
	    TEST(failed_refund_pays_the_invoice_again),
	    TEST(failed_refund_is_credit_where_nothing_is_owed_any_more),
	    TEST(old_news_after_new_news_changes_nothing),
	    TEST(dispute_counts_only_when_it_is_lost),
	    TEST(never_more_than_the_payment_is_taken),
	    TEST(order_of_the_news_does_not_matter),
	    TEST(nobody_is_blocked_by_it_and_who_is_cured_is_restored),
	    TEST(refund_of_foreign_money_changes_no_balance),
	    TEST(nonsense_is_refused),
	    TEST(by_hand_it_has_a_number_and_a_reason),
	    TEST(by_hand_only_money_that_is_there_is_given_back),
	    TEST(somebody_elses_refunds_are_not_listed),
	    TEST(ledger_says_what_each_row_is),
	    TEST(what_was_given_back_is_not_charged_automatically),
	    TEST(books_balance_whatever_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

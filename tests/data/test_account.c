/* The account in figures, and that finding them stays cheap. */
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "data/registry.h"
#include "data/service.h"
#include "data/ticket.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

static void
empty_account_is_all_zero(void **state)
{
	struct shop *p = *state;
	struct account a = shop_account(p);

	assert_string_equal(a.currency, "EUR");
	assert_int_equal(a.balance, 0);
	assert_int_equal(a.due_total, 0);
	assert_int_equal(a.overdue_total, 0);
	assert_false(a.has_next);
	assert_false(a.has_suspension);
	assert_false(a.has_last_invoice);
	assert_false(a.has_last_payment);
	assert_int_equal(a.tickets, 0);
}

static void
overdue_begins_the_day_after_the_due_day(void **state)
{
	struct shop *p = *state;
	struct account a;

	shop_issue(p, -14, 14, 1000); /* due today */
	a = shop_account(p);
	assert_int_equal(a.overdue_total, 0);
	assert_int_equal(a.overdue_since, 0);
	assert_true(a.has_next);
	assert_int_equal(a.next_due_on, SHOP_TODAY);
	shop_issue(p, -15, 14, 700); /* due yesterday */
	a = shop_account(p);
	assert_int_equal(a.overdue_total, 700);
	assert_int_equal(a.overdue_since, SHOP_TODAY);
	assert_int_equal(a.overdue_invoices, 1);
	assert_int_equal(a.open_invoices, 2);
	assert_int_equal(a.due_total, 1700);
}

static void
next_payment_is_the_earliest_day_not_missed(void **state)
{
	struct shop *p = *state;
	struct account a;

	shop_issue(p, -30, 14, 900); /* missed */
	shop_issue(p, -1, 10, 500);
	shop_issue(p, -2, 11, 300); /* the same day */
	shop_issue(p, 0, 30, 100);
	a = shop_account(p);
	assert_int_equal(a.next_due_on, SHOP_TODAY + 9);
	assert_int_equal(a.next_due_amount, 800);
}

static void
paid_in_full_has_no_next_payment(void **state)
{
	struct shop *p = *state;
	struct account a;

	shop_pay(p, 1000, shop_issue(p, 0, 14, 1000));
	a = shop_account(p);
	assert_int_equal(a.due_total, 0);
	assert_false(a.has_next);
	assert_true(a.has_last_invoice);
	assert_int_equal(a.last_invoice_total, 1000);
	assert_int_equal(a.last_invoice_on, SHOP_TODAY);
	assert_true(a.has_last_payment);
	assert_int_equal(a.last_payment_amount, 1000);
	assert_int_equal(a.last_payment_at, p->s.clock.fixed);
	assert_int_equal(a.payments, 1);
	assert_int_equal(a.invoices, 1);
}

static void
set_min_balance(struct shop *p, long long min)
{
	char sql[96];

	snprintf(
	    sql, sizeof(sql), "UPDATE customer SET min_balance = %lld", min);
	scratch_sql(&p->s, sql);
}

static void
suspension_day_needs_a_balance_below_the_minimum(void **state)
{
	struct shop *p = *state;
	struct account a;

	shop_issue(p, -30, 14, 900);
	a = shop_account(p);
	assert_true(a.has_suspension);
	assert_int_equal(a.suspension_on, SHOP_TODAY - 16 + 14);
	set_min_balance(p, -900); /* may owe 9.00 */
	assert_false(shop_account(p).has_suspension);
	set_min_balance(p, -899);
	assert_true(shop_account(p).has_suspension);
	OK(customer_set_state(p->st, p->customer, "blocked"));
	assert_false(shop_account(p).has_suspension);
}

static void
credit_counts_but_cancelled_failed_and_drafts_do_not(void **state)
{
	struct shop *p = *state;
	struct payment_new failed = {.customer = p->customer,
	    .amount = 5,
	    .status = "failed",
	    .at = (int64_t)SHOP_TODAY * SHOP_DAY + 70000};
	int64_t draft;
	struct account a;

	OK(invoice_cancel(p->st, p->customer, shop_issue(p, -30, 14, 900)));
	shop_credit(p, 250);
	draft = shop_issue(p, -1, 14, 0);
	(void)draft;
	scratch_sql(&p->s, "UPDATE invoice SET state = 'draft', total = 99 "
			   "WHERE total = 0");
	OK(payment_add(p->st, &failed, NULL));
	a = shop_account(p);
	assert_int_equal(a.balance, -250);
	assert_int_equal(a.credit, 250);
	assert_int_equal(a.open_invoices, 0);
	assert_false(a.has_last_payment);
	assert_false(a.has_last_invoice);
}

static void
services_and_tickets_are_counted(void **state)
{
	struct shop *p = *state;
	struct plan plan = {.name = "Fibre", .type = "internet"};
	struct service s = {.type = "internet", .description = "Fibre"};
	int64_t id, ticket;
	struct account a;

	OK(plan_create(p->st, &plan));
	s.plan = plan.id;
	strcpy(s.status, "active");
	OK(service_create(p->st, p->customer, &s, &id));
	OK(service_set_online(p->st, p->customer, id, 1));
	strcpy(s.status, "paused");
	OK(service_create(p->st, p->customer, &s, &id));
	OK(ticket_import(p->st,
	    &(struct ticket_new) {.customer = p->customer,
		.subject = "a",
		.type = "fault",
		.priority = "low",
		.body = "b"},
	    &ticket));
	OK(ticket_staff_reply(p->st, p->customer, ticket, "Sam", "c", 0));
	a = shop_account(p);
	assert_int_equal(a.services, 2);
	assert_int_equal(a.services_active, 1);
	assert_int_equal(a.tickets, 1);
	assert_int_equal(a.tickets_open, 1);
	assert_int_equal(a.tickets_waiting, 1);
}

/*
 * No statement of a customer reads a table from end to end: the plan may scan
 * only what the statement itself has gathered.
 */
static bool
is_table(const struct scratch *s, const char *name)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
	    "SELECT COUNT(*) FROM sqlite_schema "
	    "WHERE type = 'table' AND name = '%.60s'",
	    name);
	return scratch_int(s, sql) > 0;
}

static const char *
alias_of_a_table(const char *detail, char name[64])
{
	/* "SCAN x" or "SCAN x USING …" */
	if (sscanf(detail, "SCAN %63s", name) != 1)
		return NULL;
	return name;
}

static void
check_plan(const struct shop *p, sqlite3 *db, const struct sql_def *def)
{
	char name[64], sql[64 * 1024];
	struct buf text;
	sqlite3_stmt *stmt;

	buf_init(&text, sizeof(sql) - 32);
	OK(dialect_words(&text, def->text, DIALECT_SQLITE));
	snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", buf_str(&text));
	buf_release(&text);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), 0);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(stmt, 3);

		/* One-letter aliases stand for tables in our statements. */
		if (alias_of_a_table(detail, name) == NULL ||
		    strcmp(name, "CONSTANT") == 0)
			continue;
		if (is_table(&p->s, name) ||
		    (strlen(name) == 1 && strcmp(def->name, "list_payments")))
			fail_msg("%s: %s", def->name, detail);
	}
	sqlite3_finalize(stmt);
}

static void
customer_statements_scan_no_table(void **state)
{
	struct shop *p = *state;
	sqlite3 *db;

	scratch_only_sqlite();
	assert_int_equal(sqlite3_open(p->s.file, &db), SQLITE_OK);
	for (int i = 0; i < SQL_COUNT; i++)
		if (sql_table[i].scope == SCOPE_CUSTOMER ||
		    sql_table[i].scope == SCOPE_SHARED)
			check_plan(p, db, &sql_table[i]);
	sqlite3_close(db);
}

/* Twenty thousand other customers' invoices make no difference. */
static void
grow(struct shop *p)
{
	scratch_sql(&p->s,
	    "BEGIN;"
	    "INSERT INTO customer (tenant, number, name, email, fold, "
	    "created_at) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT "
	    "i + 1 FROM n WHERE i < 2000) SELECT 1, 'x' || i, 'x', 'x', 'x', 1 "
	    "FROM n;"
	    "INSERT INTO buyer (tenant, customer, body, vat, number) SELECT "
	    "1, id, 'x', '', number FROM customer WHERE number LIKE 'x%';"
	    "INSERT INTO invoice (tenant, customer, state, number, issued_on, "
	    "issued_at, due_on, supply_from, supply_to, currency, net, tax, "
	    "total, seller, buyer) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
	    "SELECT i + 1 FROM n WHERE i < 24) SELECT 1, b.customer, 'issued', "
	    "b.number || '-' || i, 20000 + i, 1, 20010 + i, 1, 1, 'EUR', 100, "
	    "0, 100, 1, b.id FROM buyer b, n WHERE b.number LIKE 'x%';"
	    "COMMIT");
}

/* Best of some: microseconds for one account_get. */
static double
account_time(struct shop *p)
{
	struct account a;
	struct timespec from, to;
	double best = 1e9, us;

	shop_as(p, p->customer, 0);
	for (int i = 0; i < 200; i++) {
		clock_gettime(CLOCK_MONOTONIC, &from);
		OK(account_get(p->st, SHOP_TODAY, 14, &a));
		clock_gettime(CLOCK_MONOTONIC, &to);
		us = (double)(to.tv_sec - from.tv_sec) * 1e6 +
		     (double)(to.tv_nsec - from.tv_nsec) / 1e3;
		if (us < best)
			best = us;
	}
	shop_system(p);
	return best;
}

static void
other_customers_do_not_slow_an_account_down(void **state)
{
	struct shop *p = *state;
	double before, after;

	for (int i = 0; i < 24; i++)
		shop_pay(p, 1000, shop_issue(p, -700 + 30 * i, 14, 1000));
	before = account_time(p);
	grow(p);
	after = account_time(p);
	print_message(
	    "account_get: %.0f us alone, %.0f us among 2000\n", before, after);
	/* Reading all of theirs would take a hundred times as long. */
	assert_true(after < before * 5 + 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(empty_account_is_all_zero),
	    TEST(overdue_begins_the_day_after_the_due_day),
	    TEST(next_payment_is_the_earliest_day_not_missed),
	    TEST(paid_in_full_has_no_next_payment),
	    TEST(suspension_day_needs_a_balance_below_the_minimum),
	    TEST(credit_counts_but_cancelled_failed_and_drafts_do_not),
	    TEST(services_and_tickets_are_counted),
	    TEST(customer_statements_scan_no_table),
	    TEST(other_customers_do_not_slow_an_account_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

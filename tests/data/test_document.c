/*
 * Proformas and credit notes: how they are numbered, what they do to the
 * account, and that money for a proforma makes one invoice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/document.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

/* A proforma of one line, due in a week. */
static struct invoice_new
of_line(struct shop *p, const struct invoice_line *line)
{
	return (struct invoice_new) {
	    .customer = p->customer,
	    .issued_on = SHOP_TODAY,
	    .due_on = SHOP_TODAY + 7,
	    .supply_from = SHOP_TODAY,
	    .supply_to = SHOP_TODAY + 30,
	    .lines = line,
	    .nlines = 1,
	};
}

static int64_t
proforma(struct shop *p, int64_t net)
{
	struct invoice_line line = shop_line(1000, net, 2000);
	struct invoice_new in = of_line(p, &line);
	int64_t id = 0;

	OK(proforma_issue(p->st, &in, &id, NULL));
	return id;
}

static enum err
credit(struct shop *p, int64_t invoice, int64_t net, int64_t *id)
{
	struct invoice_line line = shop_line(1000, net, 0);
	struct credit_note_new in = {.customer = p->customer,
	    .invoice = invoice,
	    .lines = &line,
	    .nlines = net != 0};

	return credit_note_issue(p->st, &in, id, NULL);
}

static enum err
pay(struct shop *p, int64_t id, int64_t amount, struct proforma_paid *paid)
{
	struct payment_new in = {.customer = p->customer,
	    .kind = "payment",
	    .method = "transfer",
	    .amount = amount};

	return proforma_pay(p->st, id, &in, paid);
}

/* As its customer sees it. */
static struct document
seen(struct shop *p, enum document_kind kind, int64_t id)
{
	struct document d;

	shop_as(p, p->customer, 0);
	OK(document_get(p->st, kind, NULL, id, &d));
	shop_system(p);
	return d;
}

static void
is(struct shop *p, enum document_kind kind, int64_t id, const char *status,
    int64_t balance)
{
	struct document d = seen(p, kind, id);

	assert_string_equal(d.paper.status, status);
	assert_int_equal(d.paper.balance, balance);
	document_release(&d);
}

static int64_t
count(struct shop *p, const char *what)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s", what);
	return scratch_int(&p->s, sql);
}

/* Proformas. */

static void
proforma_owes_nothing(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p, 10000);

	is(p, DOCUMENT_PROFORMA, id, "Unpaid", 12000);
	assert_int_equal(shop_account(p).balance, 0);
	assert_int_equal(count(p, "ledger"), 0);
	assert_int_equal(count(p, "invoice"), 0);
	shop_check(p);
}

static void
proforma_takes_no_credit(void **state)
{
	struct shop *p = *state;

	shop_credit(p, 5000);
	proforma(p, 10000);
	assert_int_equal(shop_account(p).balance, -5000);
	assert_int_equal(count(p, "allocation"), 0);
}

static void
proforma_is_computed_as_an_invoice_is(void **state)
{
	struct shop *p = *state;
	const struct invoice_line lines[] = {
	    shop_line(1000, 33, 2000),
	    shop_line(1000, 33, 2000),
	    shop_line(1000, 33, 2000),
	    shop_line(1333, 999, 1000),
	};
	struct invoice_new in = of_line(p, lines);
	struct document d;
	struct invoice inv;
	int64_t id, invoice;

	in.nlines = 4;
	OK(proforma_issue(p->st, &in, &id, NULL));
	OK(invoice_issue(p->st, &in, &invoice, NULL));
	d = seen(p, DOCUMENT_PROFORMA, id);
	shop_as(p, p->customer, 0);
	OK(invoice_get(p->st, NULL, invoice, SHOP_TODAY, &inv));
	assert_int_equal(d.paper.nlines, 4);
	assert_int_equal(d.paper.ntaxes, 2);
	assert_int_equal(d.paper.lines[3].net, inv.lines[3].net);
	assert_int_equal(d.paper.net, inv.net);
	assert_int_equal(d.paper.tax, inv.tax);
	assert_int_equal(d.paper.total, inv.total);
	assert_int_equal(d.paper.net + d.paper.tax, d.paper.total);
	assert_string_equal(d.paper.seller, inv.seller);
	assert_string_equal(d.paper.buyer, inv.buyer);
	document_release(&d);
	invoice_release(&inv);
}

static void
paid_proforma_becomes_an_invoice_that_is_paid(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p, 10000);
	struct proforma_paid paid;
	struct document d;
	struct invoice inv;

	OK(pay(p, id, 12000, &paid));
	is(p, DOCUMENT_PROFORMA, id, "Paid", 0);
	d = seen(p, DOCUMENT_PROFORMA, id);
	assert_int_equal(d.invoice, paid.invoice);
	assert_string_equal(d.invoice_number, "INV-2026-000001");
	document_release(&d);
	shop_as(p, p->customer, 0);
	OK(invoice_get(p->st, NULL, paid.invoice, SHOP_TODAY, &inv));
	shop_system(p);
	assert_string_equal(inv.status, "Paid");
	assert_int_equal(inv.total, 12000);
	assert_int_equal(inv.issued_on, SHOP_TODAY);
	assert_int_equal(inv.due_on, SHOP_TODAY);
	assert_int_equal(inv.supply_to, SHOP_TODAY + 30);
	assert_int_equal(inv.nlines, 1);
	assert_string_equal(inv.lines[0].description, "Wireless 50/10");
	assert_int_equal(inv.nallocations, 1);
	assert_int_equal(inv.allocations[0].payment, paid.payment);
	invoice_release(&inv);
	assert_int_equal(shop_account(p).balance, 0);
	shop_check(p);
}

static void
money_pays_its_proforma_and_not_what_is_older(void **state)
{
	struct shop *p = *state;
	int64_t old = shop_issue(p, -60, 14, 5000);
	int64_t id = proforma(p, 10000);
	struct proforma_paid paid;

	OK(pay(p, id, 12000, &paid));
	assert_int_equal(shop_balance(p, old), 5000);
	assert_int_equal(shop_balance(p, paid.invoice), 0);
	shop_check(p);
}

static void
credit_stays_when_a_proforma_is_paid_with_money(void **state)
{
	struct shop *p = *state;
	struct proforma_paid paid;
	int64_t id;

	shop_credit(p, 700);
	id = proforma(p, 1000);
	OK(pay(p, id, 1200, &paid));
	assert_int_equal(shop_account(p).balance, -700);
	assert_int_equal(count(p, "allocation"), 1);
	shop_check(p);
}

static void
proforma_paid_twice_makes_credit(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p, 1000);
	struct proforma_paid paid;

	OK(pay(p, id, 1200, &paid));
	OK(pay(p, id, 1200, &paid));
	assert_int_equal(paid.invoice, 0);
	assert_int_equal(count(p, "invoice"), 1);
	assert_int_equal(shop_account(p).balance, -1200);
	shop_check(p);
}

static void
surplus_of_a_proforma_settles_what_is_oldest(void **state)
{
	struct shop *p = *state;
	int64_t old = shop_issue(p, -60, 14, 500);
	int64_t id = proforma(p, 1000);
	struct proforma_paid paid;

	OK(pay(p, id, 2000, &paid));
	assert_int_equal(shop_balance(p, paid.invoice), 0);
	assert_int_equal(shop_balance(p, old), 0);
	assert_int_equal(shop_account(p).balance, -300);
	shop_check(p);
}

static void
too_little_money_leaves_a_proforma_as_it_is(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p, 1000);
	struct proforma_paid paid = {7, 7};

	assert_int_equal(pay(p, id, 1199, &paid), ERR_BAD_INPUT);
	shop_problem(p, "amount");
	assert_int_equal(paid.payment, 7);
	is(p, DOCUMENT_PROFORMA, id, "Unpaid", 1200);
	assert_int_equal(count(p, "payment"), 0);
	assert_int_equal(count(p, "invoice"), 0);
}

static void
cancelled_proforma_is_not_asked_for_and_its_money_is_credit(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p, 1000);
	struct document_open open[DOCUMENTS_OPEN];
	struct proforma_paid paid;
	size_t n;

	shop_as(p, p->customer, 0);
	OK(document_unpaid(p->st, open, &n));
	assert_int_equal(n, 1);
	assert_int_equal(open[0].amount, 1200);
	shop_system(p);
	OK(proforma_cancel(p->st, p->customer, id));
	is(p, DOCUMENT_PROFORMA, id, "Cancelled", 0);
	assert_int_equal(
	    proforma_cancel(p->st, p->customer, id), ERR_NOT_FOUND);
	shop_as(p, p->customer, 0);
	OK(document_unpaid(p->st, open, &n));
	assert_int_equal(n, 0);
	shop_system(p);
	OK(pay(p, id, 1200, &paid));
	assert_int_equal(paid.invoice, 0);
	assert_int_equal(shop_account(p).balance, -1200);
	shop_check(p);
}

static void
paid_proforma_cannot_be_cancelled(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p, 1000);
	struct proforma_paid paid;

	OK(pay(p, id, 1200, &paid));
	assert_int_equal(
	    proforma_cancel(p->st, p->customer, id), ERR_NOT_FOUND);
	is(p, DOCUMENT_PROFORMA, id, "Paid", 0);
}

static void
proforma_of_nothing_is_refused(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 0, 0);
	struct invoice_new in = of_line(p, &line);

	assert_int_equal(proforma_issue(p->st, &in, NULL, NULL), ERR_BAD_INPUT);
	shop_problem(p, "lines");
	assert_int_equal(count(p, "document"), 0);
}

/* Numbers. */

static void
series_have_no_gaps_after_a_failure(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_line(p, &line);
	struct credit_note_new note = {.customer = p->customer,
	    .invoice = shop_issue(p, 0, 14, 1000),
	    .lines = &line,
	    .nlines = 1};
	char number[33];

	OK(proforma_issue(p->st, &in, NULL, number));
	assert_string_equal(number, "PRO-2026-000001");
	OK(credit_note_issue(p->st, &note, NULL, number));
	assert_string_equal(number, "CN-2026-000001");
	/* Fail after the number was taken. */
	line.description[0] = '\0';
	assert_int_equal(
	    proforma_issue(p->st, &in, NULL, number), ERR_BAD_INPUT);
	assert_int_equal(
	    credit_note_issue(p->st, &note, NULL, number), ERR_BAD_INPUT);
	assert_int_equal(count(p, "payment"), 1);
	strcpy(line.description, "x");
	OK(proforma_issue(p->st, &in, NULL, number));
	assert_string_equal(number, "PRO-2026-000002");
	OK(credit_note_issue(p->st, &note, NULL, number));
	assert_string_equal(number, "CN-2026-000002");
	shop_check(p);
}

static void
rolled_back_number_is_given_again(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_line(p, &line);
	char first[33], second[33];

	OK(store_begin(p->st));
	OK(proforma_issue(p->st, &in, NULL, first));
	store_rollback(p->st);
	OK(proforma_issue(p->st, &in, NULL, second));
	assert_string_equal(first, second);
	assert_int_equal(count(p, "document"), 1);
}

/* Credit notes. */

static void
whole_invoice_is_credited(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 14, 5000), id;
	struct document d;

	OK(credit(p, invoice, 0, &id));
	is(p, DOCUMENT_CREDIT_NOTE, id, "Used", 0);
	d = seen(p, DOCUMENT_CREDIT_NOTE, id);
	assert_int_equal(d.invoice, invoice);
	assert_string_equal(d.invoice_number, "INV-2026-000001");
	assert_int_equal(d.paper.total, 5000);
	assert_int_equal(d.paper.nlines, 1);
	document_release(&d);
	assert_int_equal(shop_balance(p, invoice), 0);
	assert_int_equal(shop_account(p).balance, 0);
	assert_int_equal(
	    count(p, "ledger WHERE kind = 'credit note' AND reference = "
		     "'CN-2026-000001' AND credit = 5000"),
	    1);
	assert_int_equal(
	    count(p, "payment WHERE kind = 'credit' AND reference = "
		     "'CN-2026-000001' AND receipt IS NULL"),
	    1);
	shop_check(p);
}

static void
credit_note_settles_its_invoice_before_older_ones(void **state)
{
	struct shop *p = *state;
	int64_t old = shop_issue(p, -60, 14, 800);
	int64_t invoice = shop_issue(p, -5, 14, 1000), id;

	shop_pay(p, 600, invoice);
	OK(credit(p, invoice, 0, &id));
	assert_int_equal(shop_balance(p, invoice), 0);
	assert_int_equal(shop_balance(p, old), 200);
	is(p, DOCUMENT_CREDIT_NOTE, id, "Used", 0);
	shop_check(p);
}

static void
credit_of_a_paid_invoice_is_due_until_it_is_used(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 14, 1000), id;

	shop_pay(p, 1000, invoice);
	OK(credit(p, invoice, 400, &id));
	is(p, DOCUMENT_CREDIT_NOTE, id, "Refund due", 400);
	assert_int_equal(shop_account(p).balance, -400);
	shop_issue(p, 0, 14, 900);
	is(p, DOCUMENT_CREDIT_NOTE, id, "Used", 0);
	assert_int_equal(shop_account(p).balance, 500);
	shop_check(p);
}

static void
no_more_is_credited_than_the_invoice_says(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 14, 1000), id = 7;

	OK(credit(p, invoice, 600, &id));
	assert_int_equal(credit(p, invoice, 401, &id), ERR_BAD_INPUT);
	shop_problem(p, "lines");
	assert_int_equal(credit(p, invoice, 0, &id), ERR_BAD_INPUT);
	OK(credit(p, invoice, 400, &id));
	assert_int_equal(credit(p, invoice, 1, &id), ERR_BAD_INPUT);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT CAST(SUM(total) AS INT) FROM document"),
	    1000);
	shop_check(p);
}

static void
credit_note_restores_who_is_blocked(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -60, 14, 1000);

	OK(customer_set_state(p->st, p->customer, "blocked"));
	OK(credit(p, invoice, 0, NULL));
	assert_int_equal(count(p, "customer WHERE state = 'active'"), 1);
}

static void
credit_needs_an_invoice_that_stands(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 14, 1000);

	assert_int_equal(credit(p, 4711, 1, NULL), ERR_NOT_FOUND);
	OK(invoice_cancel(p->st, p->customer, invoice));
	assert_int_equal(credit(p, invoice, 0, NULL), ERR_BAD_INPUT);
	shop_problem(p, "invoice");
	assert_int_equal(count(p, "document"), 0);
}

static void
credited_invoice_cannot_be_cancelled_too(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -5, 14, 1000);

	OK(credit(p, invoice, 300, NULL));
	assert_int_equal(
	    invoice_cancel(p->st, p->customer, invoice), ERR_BAD_INPUT);
	shop_problem(p, "invoice");
	assert_int_equal(shop_account(p).balance, 700);
	shop_check(p);
}

/* Who sees them. */

static void
documents_are_their_customers(void **state)
{
	struct shop *p = *state;
	int64_t other = shop_customer(p, "other"), id = proforma(p, 1000), note;
	struct proforma_paid paid;
	struct document d;

	OK(credit(p, shop_issue(p, 0, 14, 1000), 0, &note));
	shop_as(p, other, 0);
	assert_int_equal(document_get(p->st, DOCUMENT_PROFORMA, NULL, id, &d),
	    ERR_NOT_FOUND);
	assert_int_equal(
	    document_get(p->st, DOCUMENT_PROFORMA, "PRO-2026-000001", 0, &d),
	    ERR_NOT_FOUND);
	assert_int_equal(
	    document_get(p->st, DOCUMENT_CREDIT_NOTE, NULL, note, &d),
	    ERR_NOT_FOUND);
	shop_system(p);
	assert_int_equal(proforma_cancel(p->st, other, id), ERR_NOT_FOUND);
	p->customer = other;
	assert_int_equal(pay(p, id, 1200, &paid), ERR_NOT_FOUND);
	assert_int_equal(count(p, "payment WHERE kind = 'payment'"), 0);
}

static void
kinds_are_not_mistaken_for_each_other(void **state)
{
	struct shop *p = *state;
	int64_t id = proforma(p, 1000), note;
	struct document d;

	OK(credit(p, shop_issue(p, 0, 14, 1000), 0, &note));
	shop_as(p, p->customer, 0);
	assert_int_equal(
	    document_get(p->st, DOCUMENT_CREDIT_NOTE, NULL, id, &d),
	    ERR_NOT_FOUND);
	assert_int_equal(document_get(p->st, DOCUMENT_PROFORMA, NULL, note, &d),
	    ERR_NOT_FOUND);
}

static void
sessions_issue_nothing(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_line(p, &line);
	struct proforma_paid paid;
	int64_t id = proforma(p, 1000);

	shop_as(p, p->customer, 0);
	assert_int_equal(proforma_issue(p->st, &in, NULL, NULL), ERR_DENIED);
	assert_int_equal(pay(p, id, 1200, &paid), ERR_DENIED);
	assert_int_equal(proforma_cancel(p->st, p->customer, id), ERR_DENIED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(proforma_owes_nothing),
	    TEST(proforma_takes_no_credit),
	    TEST(proforma_is_computed_as_an_invoice_is),
	    TEST(paid_proforma_becomes_an_invoice_that_is_paid),
	    TEST(money_pays_its_proforma_and_not_what_is_older),
	    TEST(credit_stays_when_a_proforma_is_paid_with_money),
	    TEST(proforma_paid_twice_makes_credit),
	    TEST(surplus_of_a_proforma_settles_what_is_oldest),
	    TEST(too_little_money_leaves_a_proforma_as_it_is),
	    TEST(cancelled_proforma_is_not_asked_for_and_its_money_is_credit),
	    TEST(paid_proforma_cannot_be_cancelled),
	    TEST(proforma_of_nothing_is_refused),
	    TEST(series_have_no_gaps_after_a_failure),
	    TEST(rolled_back_number_is_given_again),
	    TEST(whole_invoice_is_credited),
	    TEST(credit_note_settles_its_invoice_before_older_ones),
	    TEST(credit_of_a_paid_invoice_is_due_until_it_is_used),
	    TEST(no_more_is_credited_than_the_invoice_says),
	    TEST(credit_note_restores_who_is_blocked),
	    TEST(credit_needs_an_invoice_that_stands),
	    TEST(credited_invoice_cannot_be_cancelled_too),
	    TEST(documents_are_their_customers),
	    TEST(kinds_are_not_mistaken_for_each_other),
	    TEST(sessions_issue_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

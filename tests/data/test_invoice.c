/* Issuing invoices: what is computed, numbered, kept and refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/books.h"
#include "data/settings.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

/* An invoice of today, due in 14 days, with these lines. */
static struct invoice_new
of_lines(struct shop *p, const struct invoice_line *lines, size_t n)
{
	return (struct invoice_new) {
	    .customer = p->customer,
	    .issued_on = SHOP_TODAY,
	    .due_on = SHOP_TODAY + 14,
	    .supply_from = SHOP_TODAY - 30,
	    .supply_to = SHOP_TODAY - 1,
	    .lines = lines,
	    .nlines = n,
	};
}

static struct invoice
issued(struct shop *p, const struct invoice_new *in)
{
	struct invoice inv;
	int64_t id = 0;

	OK(invoice_issue(p->st, in, &id, NULL));
	shop_as(p, p->customer, 0);
	OK(invoice_get(p->st, NULL, id, SHOP_TODAY, &inv));
	shop_system(p);
	return inv;
}

/* Refused at this field, and nothing is left behind. */
static void
refused(struct shop *p, const struct invoice_new *in, const char *field)
{
	int64_t id = 77;

	assert_int_equal(invoice_issue(p->st, in, &id, NULL), ERR_BAD_INPUT);
	shop_problem(p, field);
	assert_int_equal(id, 77);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM invoice"), 0);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM ledger"), 0);
	assert_int_equal(
	    scratch_int(
		&p->s, "SELECT COUNT(*) FROM counter WHERE series = 'invoice'"),
	    0);
}

static void
line_nets_round_half_away_from_zero(void **state)
{
	struct shop *p = *state;
	/* 0.005 -> 0.01; 0.0049 -> 0; -0.005 -> -0.01; 1.333 * 9.99 */
	const struct invoice_line lines[] = {
	    shop_line(500, 1, 0),
	    shop_line(499, 1, 0),
	    shop_line(-500, 1, 0),
	    shop_line(1333, 999, 0),
	};
	struct invoice_new in = of_lines(p, lines, 4);
	struct invoice inv = issued(p, &in);

	assert_int_equal(inv.nlines, 4);
	assert_int_equal(inv.lines[0].net, 1);
	assert_int_equal(inv.lines[1].net, 0);
	assert_int_equal(inv.lines[2].net, -1);
	assert_int_equal(inv.lines[3].net, 1332); /* 1331.667 */
	assert_int_equal(inv.total, 1332);
	invoice_release(&inv);
}

static void
tax_is_computed_on_the_sum_of_a_rate(void **state)
{
	struct shop *p = *state;
	/* By line it would be 3 * round(0.066) = 0.21, by sum 0.20. */
	const struct invoice_line lines[] = {
	    shop_line(1000, 33, 2000),
	    shop_line(1000, 33, 2000),
	    shop_line(1000, 33, 2000),
	    shop_line(1000, 1000, 1000),
	};
	struct invoice_new in = of_lines(p, lines, 4);
	struct invoice inv = issued(p, &in);

	assert_int_equal(inv.ntaxes, 2);
	assert_int_equal(inv.taxes[0].rate, 2000);
	assert_int_equal(inv.taxes[0].net, 99);
	assert_int_equal(inv.taxes[0].tax, 20);
	assert_int_equal(inv.taxes[1].rate, 1000);
	assert_int_equal(inv.taxes[1].tax, 100);
	assert_int_equal(inv.net, 1099);
	assert_int_equal(inv.tax, 120);
	assert_int_equal(inv.total, 1219);
	invoice_release(&inv);
}

static void
numbers_have_no_gaps_after_a_failure(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_lines(p, &line, 1);
	char first[33], second[33];
	int64_t id;

	OK(invoice_issue(p->st, &in, &id, first));
	in.customer = 4711;
	assert_int_equal(invoice_issue(p->st, &in, &id, NULL), ERR_NOT_FOUND);
	in.customer = p->customer;
	/* Fails after the number was taken. */
	line.description[0] = '\0';
	assert_int_equal(invoice_issue(p->st, &in, &id, NULL), ERR_BAD_INPUT);
	strcpy(line.description, "x");
	OK(invoice_issue(p->st, &in, &id, second));
	assert_string_equal(first, "INV-2026-000001");
	assert_string_equal(second, "INV-2026-000002");
	shop_check(p);
}

static void
numbers_run_on_over_years_with_the_year_of_issue(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_lines(p, &line, 1);
	char number[33];

	in.issued_on -= 200;
	OK(invoice_issue(p->st, &in, NULL, number));
	assert_string_equal(number, "INV-2025-000001");
	in.issued_on += 200;
	OK(invoice_issue(p->st, &in, NULL, number));
	assert_string_equal(number, "INV-2026-000002");
}

static void
later_changes_do_not_reach_issued_invoices(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_lines(p, &line, 1);
	struct invoice before = issued(p, &in), after;

	scratch_sql(&p->s,
	    "UPDATE customer SET name = 'Other', street = 'Elsewhere';"
	    "UPDATE tenant SET legal_name = 'Sold', iban = 'XX'");
	shop_as(p, p->customer, 0);
	OK(invoice_get(p->st, before.number, 0, SHOP_TODAY, &after));
	shop_system(p);
	assert_string_equal(after.buyer, "demo\n1 Barn Road\nRidge\nIE");
	assert_string_equal(
	    after.seller, "Ridgenet Ltd\n1 High Street\nRidge\nIE");
	assert_string_equal(after.seller_bank,
	    "Ridge Bank\nIBAN IE29AIBK93115212345678\nBIC AIBKIE2D");
	assert_string_equal(after.buyer_number, "10-00001");
	invoice_release(&before);
	invoice_release(&after);
	after = issued(p, &in);
	assert_string_equal(after.buyer, "Other\nElsewhere\nRidge\nIE");
	invoice_release(&after);
}

static void
zero_total_is_paid_at_once(void **state)
{
	struct shop *p = *state;
	int64_t id = shop_issue(p, 0, 0, 0);
	char word[16];

	shop_status(p, id, 5, word);
	assert_string_equal(word, "Paid");
	shop_check(p);
}

static void
lines_are_limited(void **state)
{
	static struct invoice_line lines[INVOICE_LINES_MAX + 1];
	struct shop *p = *state;
	struct invoice_new in = of_lines(p, lines, 0);
	struct invoice inv;

	for (size_t i = 0; i <= INVOICE_LINES_MAX; i++)
		lines[i] = shop_line(1000, 1, 0);
	refused(p, &in, "lines");
	in.nlines = INVOICE_LINES_MAX + 1;
	refused(p, &in, "lines");
	in.nlines = INVOICE_LINES_MAX;
	inv = issued(p, &in);
	assert_int_equal(inv.nlines, INVOICE_LINES_MAX);
	assert_int_equal(inv.total, INVOICE_LINES_MAX);
	invoice_release(&inv);
}

static void
impossible_invoices_are_refused(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_lines(p, &line, 1);

	in.due_on = in.issued_on - 1;
	refused(p, &in, "due_on");
	in.due_on = in.issued_on;
	in.issued_on = SHOP_TODAY + 1;
	refused(p, &in, "issued_on");
	in.issued_on = in.due_on;
	line.quantity = -1000;
	refused(p, &in, "lines");
	line.quantity = 1000;
	line.unit_price = INT64_MAX;
	refused(p, &in, "lines");
	line.unit_price = MONEY_LIMIT;
	line.quantity = MONEY_LIMIT;
	refused(p, &in, "lines");
	line = shop_line(1000, 100, 0);
	memset(line.description, 'x', sizeof(line.description) - 1);
	line.description[sizeof(line.description) - 1] = '\0';
	OK(invoice_issue(p->st, &in, NULL, NULL));
}

static void
tax_categories_keep_their_rules(void **state)
{
	static const struct {
		const char *category, *exemption, *field;
		int64_t rate;
	} bad[] = {
	    {"S", NULL, "tax_rate", 0},
	    {"S", NULL, "tax_rate", 10001},
	    {"S", NULL, "tax_rate", -1},
	    {"Z", NULL, "tax_rate", 2000},
	    {"AE", "Art. 196", "tax_rate", 2000},
	    {"AE", NULL, "exemption", 0},
	    {"E", "", "exemption", 0},
	    {"G", NULL, "exemption", 0},
	    {"O", " ", "exemption", 0},
	    {"X", NULL, "tax_category", 0},
	    {"", NULL, "tax_category", 0},
	};
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_lines(p, &line, 1);
	struct invoice inv;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		strcpy(line.tax_category, bad[i].category);
		line.tax_rate = bad[i].rate;
		in.exemption = bad[i].exemption;
		refused(p, &in, bad[i].field);
	}
	strcpy(line.tax_category, "AE");
	line.tax_rate = 0;
	in.exemption = "Reverse charge, Art. 196";
	inv = issued(p, &in);
	assert_string_equal(inv.exemption, "Reverse charge, Art. 196");
	assert_int_equal(inv.tax, 0);
	invoice_release(&inv);
}

static void
status_is_derived_in_order(void **state)
{
	struct shop *p = *state;
	int64_t id = shop_issue(p, -20, 14, 5000); /* due 6 days ago */
	char word[16];

	shop_status(p, id, -6, word);
	assert_string_equal(word, "Unpaid");
	shop_status(p, id, -5, word);
	assert_string_equal(word, "Overdue");
	shop_pay(p, 2000, id);
	shop_status(p, id, -6, word);
	assert_string_equal(word, "Partially paid");
	shop_status(p, id, 0, word);
	assert_string_equal(word, "Overdue");
	shop_pay(p, 3000, id);
	shop_status(p, id, 0, word);
	assert_string_equal(word, "Paid");
	OK(invoice_cancel(p->st, p->customer, id));
	shop_status(p, id, 0, word);
	assert_string_equal(word, "Cancelled");
	shop_check(p);
}

static void
cancelling_gives_back_what_was_paid(void **state)
{
	struct shop *p = *state;
	int64_t first = shop_issue(p, -3, 14, 5000), second;

	shop_pay(p, 5000, first);
	second = shop_issue(p, -2, 14, 3000);
	assert_int_equal(shop_balance(p, second), 3000);
	OK(invoice_cancel(p->st, p->customer, first));
	assert_int_equal(shop_balance(p, first), 0);
	assert_int_equal(shop_balance(p, second), 0);
	assert_int_equal(shop_account(p).credit, 2000);
	assert_int_equal(shop_account(p).balance, -2000);
	assert_int_equal(
	    invoice_cancel(p->st, p->customer, first), ERR_NOT_FOUND);
	assert_int_equal(
	    invoice_cancel(p->st, p->customer, 999), ERR_NOT_FOUND);
	shop_check(p);
}

static void
cancelling_the_debt_restores_the_customer(void **state)
{
	struct shop *p = *state;
	int64_t late = shop_issue(p, -40, 14, 5000);
	struct customer c;

	OK(customer_set_state(p->st, p->customer, "blocked"));
	OK(invoice_cancel(p->st, p->customer, late));
	shop_as(p, p->customer, 0);
	OK(customer_get(p->st, &c));
	shop_system(p);
	assert_string_equal(c.state, "active");
}

static void
drafts_and_others_are_not_found(void **state)
{
	struct shop *p = *state;
	int64_t id = shop_issue(p, 0, 14, 100);
	int64_t other = shop_customer(p, "other");
	struct invoice inv;

	shop_as(p, other, 0);
	assert_int_equal(
	    invoice_get(p->st, NULL, id, SHOP_TODAY, &inv), ERR_NOT_FOUND);
	assert_int_equal(
	    invoice_get(p->st, "INV-2026-000001", 0, SHOP_TODAY, &inv),
	    ERR_NOT_FOUND);
	shop_as(p, p->customer, 0);
	OK(invoice_get(p->st, "INV-2026-000001", 0, SHOP_TODAY, &inv));
	invoice_release(&inv);
	scratch_sql(&p->s, "UPDATE invoice SET state = 'draft'");
	assert_int_equal(
	    invoice_get(p->st, NULL, id, SHOP_TODAY, &inv), ERR_NOT_FOUND);
	shop_system(p);
}

static void
text_is_cleaned_before_it_is_kept(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_lines(p, &line, 1);
	struct invoice inv;

	strcpy(line.description, " a\x1b]0;x\a\nb\xe2\x80\xae"
				 "c ");
	inv = issued(p, &in);
	assert_string_equal(inv.lines[0].description, "a]0;x bc");
	invoice_release(&inv);
}

static void
customers_and_strangers_may_not_issue(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_lines(p, &line, 1);
	struct identity nobody = {.role = ROLE_SYSTEM};

	shop_as(p, p->customer, 0);
	assert_int_equal(invoice_issue(p->st, &in, NULL, NULL), ERR_DENIED);
	store_become(p->st, &nobody);
	assert_int_equal(invoice_issue(p->st, &in, NULL, NULL), ERR_DENIED);
	shop_system(p);
}

static void
many_entries_share_one_transaction(void **state)
{
	struct shop *p = *state;
	struct invoice_line line = shop_line(1000, 100, 0);
	struct invoice_new in = of_lines(p, &line, 1);
	struct payment_new pay = {.amount = 250};
	struct books b;

	OK(store_begin(p->st));
	OK(books_open(&b, p->st, p->customer));
	for (int i = 0; i < 3; i++)
		OK(books_issue(&b, &in, NULL, NULL));
	OK(books_receive(&b, &pay, NULL));
	OK(books_close(&b, ERR_NONE));
	assert_true(store_in_transaction(p->st));
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM invoice"), 0);
	OK(store_commit(p->st));
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM invoice"), 3);
	assert_int_equal(shop_account(p).balance, 50);
	assert_int_equal(shop_account(p).open_invoices, 1);
	assert_int_equal(store_identity(p->st)->customer, 0);
	shop_check(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(line_nets_round_half_away_from_zero),
	    TEST(tax_is_computed_on_the_sum_of_a_rate),
	    TEST(numbers_have_no_gaps_after_a_failure),
	    TEST(numbers_run_on_over_years_with_the_year_of_issue),
	    TEST(later_changes_do_not_reach_issued_invoices),
	    TEST(zero_total_is_paid_at_once),
	    TEST(lines_are_limited),
	    TEST(impossible_invoices_are_refused),
	    TEST(tax_categories_keep_their_rules),
	    TEST(status_is_derived_in_order),
	    TEST(cancelling_gives_back_what_was_paid),
	    TEST(cancelling_the_debt_restores_the_customer),
	    TEST(drafts_and_others_are_not_found),
	    TEST(text_is_cleaned_before_it_is_kept),
	    TEST(customers_and_strangers_may_not_issue),
	    TEST(many_entries_share_one_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

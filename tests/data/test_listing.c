/* Listings: the contract's columns, pages, and what cells say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/listing.h"
#include "data/service.h"
#include "data/ticket.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

static struct rows
read_all(struct shop *p, const char *name)
{
	struct rows r;

	rows_init(&r, listing_find(name));
	shop_as(p, p->customer, 0);
	OK(rows_all(&r, p->st, SHOP_TODAY));
	shop_system(p);
	assert_true(r.complete);
	return r;
}

static void
cell_is(const struct rows *r, size_t row, const char *key, const char *data)
{
	char text[512];

	cell_data(text, sizeof(text), r, row,
	    (size_t)listing_column(r->listing, key));
	assert_string_equal(text, data);
}

static void
cell_null(const struct rows *r, size_t row, const char *key)
{
	assert_true(
	    rows_cell(r, row, (size_t)listing_column(r->listing, key))->null);
}

/* Keys of the columns that data shows, in order. */
static void
keys_are(const char *name, const char *expect)
{
	const struct listing *l = listing_find(name);
	char keys[256] = "";

	assert_non_null(l);
	for (size_t i = 0; i < l->ncolumns; i++)
		if (l->columns[i].show != SHOW_SCREEN) {
			strcat(keys, keys[0] != '\0' ? " " : "");
			strcat(keys, l->columns[i].key);
		}
	assert_string_equal(keys, expect);
}

static void
columns_are_those_of_the_contract(void **state)
{
	(void)state;
	assert_int_equal(listings_count, 8);
	keys_are("invoices",
	    "number issued due total balance currency status overdue");
	keys_are("payments", "date amount currency status reference invoice "
			     "receipt invoices");
	keys_are(
	    "transactions", "date description debit credit balance currency");
	keys_are("methods", "type brand last4 expires default");
	keys_are("tickets", "id subject status priority created preview");
	keys_are("services", "id type description status since");
	assert_null(listing_find("nonsense"));
	assert_int_equal(listing_column(listing_find("tickets"), "x"), -1);
}

static void
invoices_are_listed_newest_first_without_drafts(void **state)
{
	struct shop *p = *state;
	int64_t late = shop_issue(p, -40, 14, 5000);
	struct rows r;

	shop_issue(p, -1, 14, 1000);
	shop_issue(p, -2, 14, 123);
	shop_pay(p, 123, 3);
	shop_pay(p, 1000, late);
	scratch_sql(&p->s,
	    "INSERT INTO invoice (tenant, customer, state, "
	    "issued_on, issued_at, due_on, supply_from, supply_to, currency, "
	    "net, tax, total, seller, buyer) SELECT tenant, customer, 'draft', "
	    "99999, 1, 1, 1, 1, 'EUR', 1, 1, 1, seller, buyer FROM invoice "
	    "WHERE id = 1");
	r = read_all(p, "invoices");
	assert_int_equal(r.n, 3);
	cell_is(&r, 0, "number", "INV-2026-000002");
	cell_is(&r, 0, "issued", "2026-05-13");
	cell_is(&r, 0, "status", "Unpaid");
	cell_is(&r, 0, "overdue", "false");
	cell_is(&r, 1, "status", "Paid");
	cell_is(&r, 1, "balance", "0.00");
	cell_is(&r, 2, "due", "2026-04-18");
	cell_is(&r, 2, "total", "50.00");
	cell_is(&r, 2, "balance", "40.00");
	cell_is(&r, 2, "currency", "EUR");
	cell_is(&r, 2, "status", "Overdue");
	cell_is(&r, 2, "overdue", "true");
	rows_release(&r);
	/* Not yet overdue on the due day itself. */
	scratch_sql(&p->s, "UPDATE invoice SET due_on = 20587 WHERE id = 1");
	r = read_all(p, "invoices");
	cell_is(&r, 2, "status", "Partially paid");
	cell_is(&r, 2, "overdue", "false");
	rows_release(&r);
}

static void
a_payment_names_its_invoice_or_its_invoices(void **state)
{
	struct shop *p = *state;
	struct payment_new failed = {.customer = p->customer,
	    .amount = 7,
	    .status = "failed",
	    .reference = "pi_1"};
	struct rows r;

	shop_issue(p, -9, 14, 100);
	shop_issue(p, -8, 14, 100);
	shop_issue(p, -7, 14, 100);
	shop_pay(p, 100, 0);
	shop_pay(p, 200, 0);
	shop_credit(p, 5);
	OK(payment_add(p->st, &failed, NULL));
	r = read_all(p, "payments");
	assert_int_equal(r.n, 3);
	cell_is(&r, 0, "status", "Failed");
	cell_is(&r, 0, "reference", "pi_1");
	cell_null(&r, 0, "invoice");
	cell_null(&r, 0, "receipt");
	cell_null(&r, 1, "invoice");
	cell_is(&r, 1, "invoices", "INV-2026-000002 INV-2026-000003");
	cell_is(&r, 1, "amount", "2.00");
	cell_is(&r, 2, "invoice", "INV-2026-000001");
	cell_null(&r, 2, "invoices");
	cell_is(&r, 2, "receipt", "RCP-2026-000001");
	cell_is(&r, 2, "date", "2026-05-14T12:00:00Z");
	rows_release(&r);
}

static void
transactions_carry_a_running_balance(void **state)
{
	struct shop *p = *state;
	int64_t id = shop_issue(p, -9, 14, 100);
	struct rows r;
	char text[64];

	shop_issue(p, -5, 14, 250);
	shop_pay(p, 300, 0);
	OK(invoice_cancel(p->st, p->customer, id));
	r = read_all(p, "transactions");
	assert_int_equal(r.n, 4);
	cell_is(&r, 3, "description", "Invoice INV-2026-000001");
	cell_is(&r, 3, "balance", "1.00");
	cell_is(&r, 2, "debit", "2.50");
	cell_is(&r, 2, "credit", "0.00");
	cell_is(&r, 2, "balance", "3.50");
	cell_is(&r, 1, "description", "Payment RCP-2026-000001");
	cell_is(&r, 1, "credit", "3.00");
	cell_is(&r, 1, "balance", "0.50");
	cell_is(&r, 0, "description", "Cancelled INV-2026-000001");
	cell_is(&r, 0, "balance", "-0.50");
	cell_text(text, sizeof(text), &r, 2, 3, "UTC");
	assert_string_equal(text, "");
	rows_release(&r);
}

static void
pages_join_without_gap_or_repetition(void **state)
{
	static const char *const names[] = {
	    "invoices", "transactions", "payments"};
	struct shop *p = *state;
	struct rows all, r;

	/* Many on the same day, so that the id has to decide. */
	for (int i = 0; i < 230; i++)
		shop_issue(p, -(i % 3), 14, 100 + i);
	for (int i = 0; i < 25; i++)
		shop_pay(p, 100, 0);
	for (size_t l = 0; l < 3; l++) {
		all = read_all(p, names[l]);
		rows_init(&r, all.listing);
		shop_as(p, p->customer, 0);
		while (!r.complete)
			OK(rows_more(&r, p->st, SHOP_TODAY, 7));
		shop_system(p);
		assert_int_equal(r.n, all.n);
		assert_memory_equal(r.ids, all.ids, r.n * sizeof(*r.ids));
		rows_release(&r);
		rows_release(&all);
	}
	all = read_all(p, "transactions");
	assert_int_equal(all.n, 255);
	rows_release(&all);
}

/* Each page's balances are summed anew: they must be those of the whole. */
static void
running_balance_goes_on_over_pages(void **state)
{
	struct shop *p = *state;
	int balance = listing_column(listing_find("transactions"), "balance");
	int64_t sum = 0, id;
	struct rows r;

	for (int i = 0; i < 30; i++) {
		id = shop_issue(p, -(i % 5), 14, 100 + i * i);
		if (i % 3 == 0)
			shop_pay(p, 300 - i, 0);
		if (i % 7 == 0)
			OK(invoice_cancel(p->st, p->customer, id));
	}
	rows_init(&r, listing_find("transactions"));
	shop_as(p, p->customer, 0);
	while (!r.complete)
		OK(rows_more(&r, p->st, SHOP_TODAY, 4));
	shop_system(p);
	assert_true(r.n > 40);
	for (size_t i = r.n; i-- > 0;) {
		sum += rows_cell(&r, i, 2)->i - rows_cell(&r, i, 3)->i;
		assert_int_equal(rows_cell(&r, i, (size_t)balance)->i, sum);
	}
	assert_int_equal(sum, shop_account(p).balance);
	rows_release(&r);
}

static void
services_are_by_type_and_say_online(void **state)
{
	struct shop *p = *state;
	struct plan plan = {.name = "P", .type = "internet"};
	struct service s = {
	    .description = "Line", .status = "active", .since = SHOP_TODAY};
	int64_t voice, internet;
	struct service *list;
	struct rows r;
	size_t n;

	OK(plan_create(p->st, &plan));
	s.plan = plan.id;
	strcpy(s.type, "voice");
	OK(service_create(p->st, p->customer, &s, &voice));
	strcpy(s.type, "internet");
	OK(service_create(p->st, p->customer, &s, &internet));
	OK(service_set_online(p->st, p->customer, internet, 5));
	r = read_all(p, "services");
	assert_int_equal(r.n, 2);
	cell_is(&r, 0, "type", "internet");
	cell_is(&r, 0, "status", "Online");
	cell_is(&r, 0, "since", "2026-05-14");
	cell_is(&r, 1, "status", "Active");
	rows_release(&r);
	shop_as(p, p->customer, 0);
	OK(service_list(p->st, &list, &n));
	shop_system(p);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, internet);
	assert_string_equal(list[0].status, "Online");
	assert_int_equal(list[0].online_at, 5);
	assert_string_equal(list[1].plan_name, "P");
	free(list);
	OK(service_set_online(p->st, p->customer, internet, 0));
	r = read_all(p, "services");
	cell_is(&r, 0, "status", "Active");
	rows_release(&r);
}

static void
search_finds_what_is_shown(void **state)
{
	struct shop *p = *state;
	struct rows r;
	int64_t id;

	OK(ticket_import(p->st,
	    &(struct ticket_new) {.customer = p->customer,
		.subject = "Größe der Leitung",
		.type = "question",
		.priority = "low",
		.author = "a",
		.body = "Wann?",
		.team = "Netz"},
	    &id));
	r = read_all(p, "tickets");
	assert_true(rows_match(&r, 0, "grosse", "UTC") ||
		    rows_match(&r, 0, "große", "UTC"));
	assert_true(rows_match(&r, 0, "leitung", "UTC"));
	assert_true(rows_match(&r, 0, "#1", "UTC"));
	assert_true(rows_match(&r, 0, "netz", "UTC"));
	assert_true(rows_match(&r, 0, "may 2026", "UTC"));
	assert_false(rows_match(&r, 0, "router", "UTC"));
	cell_is(&r, 0, "id", "1");
	cell_is(&r, 0, "preview", "Wann?");
	rows_release(&r);
}

static void
list_hides_other_customers(void **state)
{
	struct shop *p = *state;
	int64_t mine = p->customer;
	struct rows r;

	shop_issue(p, 0, 14, 100);
	shop_pay(p, 10, 0);
	OK(ticket_import(p->st,
	    &(struct ticket_new) {.customer = mine,
		.subject = "s",
		.type = "question",
		.priority = "low",
		.body = "b"},
	    NULL));
	p->customer = shop_customer(p, "other");
	for (size_t i = 0; i < listings_count; i++) {
		r = read_all(p, listings[i].name);
		assert_int_equal(r.n, 0);
		rows_release(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(columns_are_those_of_the_contract),
	    TEST(invoices_are_listed_newest_first_without_drafts),
	    TEST(a_payment_names_its_invoice_or_its_invoices),
	    TEST(transactions_carry_a_running_balance),
	    TEST(pages_join_without_gap_or_repetition),
	    TEST(running_balance_goes_on_over_pages),
	    TEST(services_are_by_type_and_say_online),
	    TEST(search_finds_what_is_shown),
	    TEST(list_hides_other_customers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

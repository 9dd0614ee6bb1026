/* The demo provider is what it promises, whatever day it is made on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/init.h"
#include "data/auth.h"
#include "data/invoice.h"
#include "data/service.h"
#include "data/settings.h"
#include "data/ticket.h"
#include "tests/data/scratch.h"

struct demo {
	struct scratch scratch;
	struct ctl c;
	struct customer customer; /* at hand */
};

static void
demo_open(struct demo *d, int64_t now)
{
	memset(d, 0, sizeof(*d));
	scratch_open(&d->scratch);
	d->c.st = d->scratch.st;
	d->c.clock.fixed = d->scratch.clock.fixed = now;
	assert_int_equal(demo_fill(&d->c), ERR_NONE);
}

static int
demo_setup(void **state)
{
	struct demo *d = malloc(sizeof(*d));

	/* 14 May 2026, 12:00 */
	demo_open(d, INT64_C(20587) * 86400 + 43200);
	*state = d;
	return 0;
}

static int
demo_teardown(void **state)
{
	struct demo *d = *state;

	scratch_release(&d->scratch);
	free(d);
	return 0;
}

/* Looks at a customer of a tenant from now on. */
static void
look_at(struct demo *d, const char *tenant, const char *email)
{
	ctl_become(&d->c, 0, 0);
	assert_int_equal(tenant_find(d->c.st, tenant, &d->c.tenant), ERR_NONE);
	ctl_become(&d->c, d->c.tenant.id, 0);
	assert_int_equal(customer_find(d->c.st, email, &d->customer), ERR_NONE);
	ctl_become(&d->c, d->c.tenant.id, d->customer.id);
}

static struct account
account(struct demo *d)
{
	struct settings set;
	struct account a;

	assert_int_equal(settings_load(d->c.st, &set), ERR_NONE);
	assert_int_equal(
	    account_get(d->c.st, ctl_today(&d->c), set.suspend_after_days, &a),
	    ERR_NONE);
	return a;
}

static void
the_logins_have_their_passwords(void **state)
{
	static const struct {
		const char *email, *password;
	} logins[] = {
	    {"demo@example.net", "demo"},
	    {"second@example.net", "second"},
	    {"rural@example.net", "rural"},
	    {"staff@example.net", "staff"},
	};
	struct demo *d = *state;
	char hash[PASSWORD_HASH];
	size_t i;

	for (i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		scratch_str(&d->scratch, hash, sizeof(hash),
		    "SELECT password FROM login WHERE email = '%s'",
		    logins[i].email);
		assert_true(password_verify(hash, logins[i].password));
	}
	assert_int_equal(scratch_int(&d->scratch,
			     "SELECT COUNT(*) FROM login "
			     "WHERE role = 'staff' AND customer IS NULL"),
	    1);
	/* nobody else can log in with a password */
	assert_int_equal(scratch_int(&d->scratch,
			     "SELECT COUNT(*) FROM login WHERE password <> ''"),
	    4);
}

static void
there_are_two_tenants_and_portal_is_the_default(void **state)
{
	struct demo *d = *state;
	struct tenant t;

	ctl_become(&d->c, 0, 0);
	assert_int_equal(tenant_find(d->c.st, "", &t), ERR_NONE);
	assert_string_equal(t.name, "portal");
	assert_string_equal(t.brand, "Ridgenet");
	assert_int_equal(tenant_find(d->c.st, "ruralnet", &t), ERR_NONE);
	assert_string_equal(t.currency, "GBP");
	look_at(d, "ruralnet", "rural@example.net");
	assert_true(account(d).invoices > 0);
}

/* Counts the demo customer's invoices of a status. */
static size_t
invoices_of(struct demo *d, const char *status, size_t *all)
{
	struct invoice inv;
	int64_t id,
	    last = scratch_int(&d->scratch, "SELECT MAX(id) FROM invoice");
	size_t n = 0;

	*all = 0;
	for (id = 1; id <= last; id++) {
		if (invoice_get(d->c.st, NULL, id, ctl_today(&d->c), &inv) !=
		    ERR_NONE)
			continue;
		++*all;
		n += strcmp(inv.status, status) == 0;
		invoice_release(&inv);
	}
	return n;
}

static void
demo_has_invoices_of_every_status_over_two_years(void **state)
{
	static const char *const statuses[] = {
	    "Paid", "Partially paid", "Unpaid", "Overdue", "Cancelled"};
	struct demo *d = *state;
	size_t i, all;

	look_at(d, "portal", "demo@example.net");
	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		assert_true(invoices_of(d, statuses[i], &all) > 0);
	assert_true(all >= 24);
	assert_true(
	    scratch_int(&d->scratch, "SELECT MAX(issued_on) - "
				     "MIN(issued_on) FROM invoice") > 720);
	assert_true(
	    scratch_int(&d->scratch, "SELECT COUNT(*) FROM (SELECT "
				     "invoice FROM invoice_tax GROUP BY "
				     "invoice HAVING COUNT(*) = 2) AS "
				     "mixed") > 0);
}

static void
demo_has_payments_of_each_kind_and_credit(void **state)
{
	struct demo *d = *state;

	assert_int_equal(
	    scratch_int(&d->scratch,
		"SELECT COUNT(DISTINCT "
		"method) FROM payment WHERE customer = (SELECT customer FROM "
		"login WHERE email = 'demo@example.net')"),
	    4);
	assert_true(
	    scratch_int(&d->scratch,
		"SELECT COUNT(*) FROM payment p "
		"JOIN allocation a ON a.payment = p.id WHERE kind = 'credit'") >
	    0);
}

/* So that the overview has something to count. */
static void
demo_sees_the_next_payment_and_a_suspension(void **state)
{
	struct demo *d = *state;
	struct account a;

	look_at(d, "portal", "demo@example.net");
	a = account(d);
	assert_int_equal(a.next_due_on - ctl_today(&d->c), 6);
	assert_true(a.has_suspension);
	assert_int_equal(a.suspension_on - ctl_today(&d->c), 9);
	assert_int_equal(a.overdue_since, ctl_today(&d->c) - 5);
	assert_int_equal(a.balance, 15070);
}

static void
demo_has_services_and_one_is_online(void **state)
{
	struct demo *d = *state;
	struct service *list;
	size_t n, i, online = 0, voice = 0;

	look_at(d, "portal", "demo@example.net");
	assert_int_equal(service_list(d->c.st, &list, &n), ERR_NONE);
	for (i = 0; i < n; i++) {
		online += strcmp(list[i].status, "Online") == 0;
		voice += strcmp(list[i].type, "voice") == 0;
	}
	assert_true(n >= 2);
	assert_int_equal(online, 1);
	assert_int_equal(voice, 1);
	free(list);
}

static void
demo_has_tickets_and_one_waits_for_the_customer(void **state)
{
	struct demo *d = *state;

	look_at(d, "portal", "demo@example.net");
	assert_int_equal(account(d).tickets_waiting, 1);
	assert_true(scratch_int(&d->scratch,
			"SELECT COUNT(DISTINCT status) FROM ticket") >= 4);
	assert_true(
	    scratch_int(&d->scratch, "SELECT COUNT(*) FROM "
				     "ticket_message WHERE by_staff = 1") >= 4);
	assert_int_equal(scratch_int(&d->scratch, "SELECT COUNT(*) FROM "
						  "news WHERE tenant = 1"),
	    3);
}

static void
second_is_blocked_for_debt(void **state)
{
	struct demo *d = *state;

	look_at(d, "portal", "second@example.net");
	assert_string_equal(d->customer.state, "blocked");
	assert_true(account(d).overdue_total > 0);
}

static void
names_of_many_scripts_are_kept(void **state)
{
	static const char *const names[] = {
	    "Zoë Łukaszewska-Öztürk", "מרים לוי", "佐藤 花子"};
	struct demo *d = *state;
	char sql[256];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(sql, sizeof(sql),
		    "SELECT COUNT(*) FROM invoice i "
		    "JOIN customer c ON c.id = i.customer WHERE c.name = '%s'",
		    names[i]);
		assert_true(scratch_int(&d->scratch, sql) >= 3);
	}
}

/* Numbers follow the days, and the ledger ends where the account stands. */
static void
books_are_in_order(struct demo *d)
{
	assert_int_equal(
	    scratch_int(&d->scratch,
		"SELECT COUNT(*) FROM "
		"invoice a JOIN invoice b ON a.tenant = b.tenant AND "
		"a.customer = "
		"b.customer AND a.id < b.id AND a.issued_on > b.issued_on"),
	    0);
	assert_int_equal(
	    scratch_int(&d->scratch,
		"SELECT COUNT(*) FROM ("
		"SELECT tenant, COUNT(*) AS n, MAX(CAST(substr(number, 10) AS "
		"INTEGER)) AS last FROM invoice GROUP BY tenant) AS numbers "
		"WHERE n <> last"),
	    0);
	look_at(d, "portal", "demo@example.net");
	assert_int_equal(
	    scratch_int(&d->scratch, "SELECT SUM(debit - credit) "
				     "FROM ledger WHERE customer = (SELECT "
				     "customer FROM login WHERE "
				     "email = 'demo@example.net')"),
	    account(d).balance);
	assert_true(scratch_int(&d->scratch, "SELECT MAX(at) FROM payment") <=
		    d->c.clock.fixed);
	assert_true(
	    scratch_int(&d->scratch, "SELECT MAX(at) FROM "
				     "ticket_message") <= d->c.clock.fixed);
	assert_true(scratch_int(&d->scratch, "SELECT MAX(at) FROM news") <=
		    d->c.clock.fixed);
}

static void
it_is_alive_on_any_day(void **state)
{
	static const struct date days[] = {{2028, 2, 29}, {2027, 1, 1},
	    {2026, 3, 31}, {2026, 10, 25}, {2026, 12, 31}, {2026, 3, 8}};
	struct account a;
	struct demo d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		/* minutes after midnight in Vienna, the worst time */
		demo_open(&d,
		    day_start(day_from_date(days[i]), "Europe/Vienna") + 300);
		books_are_in_order(&d);
		a = account(&d);
		assert_int_equal(a.balance, 15070);
		assert_int_equal(a.overdue_total, 4990);
		assert_int_equal(a.next_due_on - ctl_today(&d.c), 6);
		scratch_release(&d.scratch);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, demo_setup, demo_teardown)
	const struct CMUnitTest tests[] = {
	    T(the_logins_have_their_passwords),
	    T(there_are_two_tenants_and_portal_is_the_default),
	    T(demo_has_invoices_of_every_status_over_two_years),
	    T(demo_has_payments_of_each_kind_and_credit),
	    T(demo_sees_the_next_payment_and_a_suspension),
	    T(demo_has_services_and_one_is_online),
	    T(demo_has_tickets_and_one_waits_for_the_customer),
	    T(second_is_blocked_for_debt),
	    T(names_of_many_scripts_are_kept),
	    cmocka_unit_test(it_is_alive_on_any_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/data/shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/tenant.h"

void
shop_system(struct shop *p)
{
	struct identity id = {.tenant = p->tenant, .role = ROLE_SYSTEM};

	strcpy(id.source, "console");
	store_become(p->st, &id);
}

void
shop_as(struct shop *p, int64_t customer, int64_t login)
{
	struct identity id = {
	    .tenant = p->tenant,
	    .customer = customer,
	    .login = login,
	    .role = ROLE_CUSTOMER,
	};

	strcpy(id.source, "192.0.2.7");
	store_become(p->st, &id);
}

int64_t
shop_customer(struct shop *p, const char *name)
{
	struct customer c = {0};

	snprintf(c.name, sizeof(c.name), "%s", name);
	snprintf(c.email, sizeof(c.email), "%s@example.net", name);
	strcpy(c.street, "1 Barn Road");
	strcpy(c.city, "Ridge");
	strcpy(c.country, "IE");
	OK(customer_create(p->st, &c));
	return c.id;
}

int
shop_setup(void **state)
{
	struct shop *p = calloc(1, sizeof(*p));
	struct tenant t = {0};

	assert_non_null(p);
	scratch_open(&p->s);
	p->s.clock.fixed = (int64_t)SHOP_TODAY * SHOP_DAY + SHOP_DAY / 2;
	p->st = p->s.st;
	strcpy(t.name, "portal");
	strcpy(t.brand, "Ridgenet");
	strcpy(t.legal_name, "Ridgenet Ltd");
	strcpy(t.address, "1 High Street\nRidge");
	strcpy(t.country, "IE");
	strcpy(t.vat_id, "IE1234567T");
	strcpy(t.email, "office@example.net");
	strcpy(t.phone, "0555 0100");
	strcpy(t.bank_name, "Ridge Bank");
	strcpy(t.iban, "IE29 AIBK 9311 5212 3456 78");
	strcpy(t.bic, "AIBKIE2D");
	strcpy(t.currency, "EUR");
	strcpy(t.zone, "Europe/Vienna");
	OK(tenant_create(p->st, &t));
	p->tenant = t.id;
	shop_system(p);
	p->customer = shop_customer(p, "demo");
	*state = p;
	return 0;
}

int
shop_teardown(void **state)
{
	struct shop *p = *state;

	scratch_release(&p->s);
	free(p);
	return 0;
}

struct invoice_line
shop_line(int64_t quantity, int64_t price, int64_t rate)
{
	struct invoice_line l = {
	    .quantity = quantity, .unit_price = price, .tax_rate = rate};

	strcpy(l.description, "Wireless 50/10");
	strcpy(l.tax_category, rate > 0 ? "S" : "Z");
	return l;
}

int64_t
shop_issue(struct shop *p, int64_t days, int64_t due_after, int64_t net)
{
	struct invoice_line line = shop_line(1000, net, 0);
	struct invoice_new in = {
	    .customer = p->customer,
	    .issued_on = SHOP_TODAY + days,
	    .due_on = SHOP_TODAY + days + due_after,
	    .supply_from = SHOP_TODAY + days,
	    .supply_to = SHOP_TODAY + days,
	    .lines = &line,
	    .nlines = 1,
	};
	int64_t id = 0;

	OK(invoice_issue(p->st, &in, &id, NULL));
	return id;
}

static int64_t
add(struct shop *p, const char *kind, int64_t amount, int64_t invoice)
{
	struct payment_new in = {
	    .customer = p->customer,
	    .kind = kind,
	    .amount = amount,
	    .invoice = invoice,
	};
	int64_t id = 0;

	OK(payment_add(p->st, &in, &id));
	return id;
}

int64_t
shop_pay(struct shop *p, int64_t amount, int64_t invoice)
{
	return add(p, "payment", amount, invoice);
}

int64_t
shop_credit(struct shop *p, int64_t amount)
{
	return add(p, "credit", amount, 0);
}

struct account
shop_account(struct shop *p)
{
	struct account a;

	shop_as(p, p->customer, 0);
	OK(account_get(p->st, SHOP_TODAY, 14, &a));
	shop_system(p);
	return a;
}

int64_t
shop_balance(struct shop *p, int64_t invoice)
{
	struct invoice inv;
	int64_t balance;

	shop_as(p, p->customer, 0);
	OK(invoice_get(p->st, NULL, invoice, SHOP_TODAY, &inv));
	shop_system(p);
	balance = inv.balance;
	invoice_release(&inv);
	return balance;
}

void
shop_status(struct shop *p, int64_t invoice, int64_t days, char word[16])
{
	struct invoice inv;

	shop_as(p, p->customer, 0);
	OK(invoice_get(p->st, NULL, invoice, SHOP_TODAY + days, &inv));
	shop_system(p);
	memcpy(word, inv.status, sizeof(inv.status));
	invoice_release(&inv);
}

void
shop_check(struct shop *p)
{
	struct account a = shop_account(p);
	char sum[32];

	scratch_str(&p->s, sum, sizeof(sum),
	    "SELECT COALESCE(SUM(debit - credit), 0) FROM ledger "
	    "WHERE customer = %lld",
	    (long long)p->customer);
	assert_int_equal(strtoll(sum, NULL, 10), a.balance);
	assert_int_equal(
	    scratch_int(&p->s,
		"SELECT COUNT(*) FROM payment p WHERE (SELECT COALESCE(SUM("
		"a.amount), 0) FROM allocation a WHERE a.payment = p.id) > "
		"CASE WHEN p.status IN ('succeeded', 'completed') "
		"THEN p.amount - (SELECT COALESCE(SUM(r.booked), 0) FROM "
		"refund r WHERE r.payment = p.id) ELSE 0 END"),
	    0);
	assert_int_equal(
	    scratch_int(&p->s,
		"SELECT COUNT(*) FROM invoice i WHERE (SELECT COALESCE(SUM("
		"a.amount), 0) FROM allocation a WHERE a.invoice = i.id) > "
		"CASE i.state WHEN 'issued' THEN i.total ELSE 0 END"),
	    0);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM allocation WHERE amount < "
			       "0 OR taken < 0 OR amount + taken = 0"),
	    0);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) - "
			       "COALESCE(MAX(CAST(substr(number, 10) AS INT)), "
			       "0) FROM invoice WHERE number IS NOT NULL"),
	    0);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) - "
			       "COALESCE(MAX(CAST(substr(receipt, 10) AS INT)),"
			       " 0) FROM payment WHERE receipt IS NOT NULL"),
	    0);
	assert_int_equal(
	    scratch_int(&p->s,
		"SELECT COUNT(*) FROM (SELECT kind, COUNT(*) - "
		"MAX(CAST(substr(number, CASE kind WHEN 'proforma' THEN 10 "
		"ELSE 9 END) AS INT)) AS gaps FROM document GROUP BY kind) "
		"AS series WHERE gaps <> 0"),
	    0);
}

void
shop_problem(struct shop *p, const char *field)
{
	assert_string_equal(store_problem(p->st)->field, field);
	assert_int_not_equal(store_problem(p->st)->text[0], '\0');
}

#include "tests/data/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/auth.h"
#include "data/customer.h"
#include "data/document.h"
#include "data/invoice.h"
#include "data/payment.h"
#include "data/prepaid.h"
#include "data/service.h"
#include "data/settings.h"
#include "data/tenant.h"
#include "data/ticket.h"

#define OK(call) assert_int_equal((call), ERR_NONE)

enum { DAY = 86400 };

/* clang-format off */
static const struct person {
	const char *name, *email, *key;
} people[WHO_COUNT] = {
	[WHO_ANNA] = { "Anna Łąka", "anna@example.net",
	    "AAAAC3NzaC1lZDI1NTE5AAAAIEFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB" },
	[WHO_BERT] = { "Bert Ümlaut", "bert@example.net",
	    "AAAAC3NzaC1lZDI1NTE5AAAAIEJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJC" },
	[WHO_CARO] = { "Caro 請求", "caro@example.net",
	    "AAAAC3NzaC1lZDI1NTE5AAAAIENDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0ND" },
};
/* clang-format on */

static void
become_tenant(struct store *st, int64_t tenant)
{
	struct identity id = {.tenant = tenant, .role = ROLE_SYSTEM};

	strcpy(id.source, "console");
	store_become(st, &id);
}

static int64_t
make_tenant(struct store *st, const char *name, const char *currency)
{
	struct tenant t = {0};

	become_tenant(st, 0);
	strcpy(t.name, name);
	strcpy(t.brand, name);
	strcpy(t.legal_name, name);
	strcpy(t.address, "1 High Street");
	strcpy(t.country, "AT");
	strcpy(t.email, "office@example.net");
	strcpy(t.phone, "+43 1 234");
	strcpy(t.vat_id, "ATU12345678");
	strcpy(t.currency, currency);
	strcpy(t.zone, "Europe/Vienna");
	strcpy(t.locale, "C.UTF-8");
	OK(tenant_create(st, &t));
	become_tenant(st, t.id);
	OK(setting_set(st, "welcome", name));
	OK(setting_set(st, "profile.phone", "edit"));
	OK(news_create(st, (int64_t)FIXTURE_TODAY * DAY, name, "News."));
	return t.id;
}

static void
make_plan(struct store *st, struct holding *h)
{
	struct plan p = {.price = 2990, .tax_rate = 2000};

	snprintf(p.name, sizeof(p.name), "Fibre %s", h->number);
	strcpy(p.type, "internet");
	strcpy(p.description, "Fast.");
	OK(plan_create(st, &p));
	h->plan = p.id;
	strcpy(h->plan_name, p.name);
}

static void
make_service(struct store *st, struct holding *h)
{
	struct service s = {.plan = h->plan,
	    .price = 2990,
	    .tax_rate = 2000,
	    .since = FIXTURE_TODAY - 400};

	strcpy(s.type, "internet");
	strcpy(s.description, "Fibre at home");
	strcpy(s.status, "active");
	OK(service_create(st, h->customer, &s, &h->service));
	OK(service_set_online(
	    st, h->customer, h->service, (int64_t)FIXTURE_TODAY * DAY));
	OK(prepaid_set(st, h->customer, h->service, true));
}

static void
make_bills(struct store *st, struct holding *h, int64_t price)
{
	struct invoice_line line = {
	    .quantity = 1000, .unit_price = price, .tax_rate = 2000};
	struct invoice_new in = {
	    .customer = h->customer,
	    .issued_on = FIXTURE_TODAY - 60,
	    .due_on = FIXTURE_TODAY - 46,
	    .supply_from = FIXTURE_TODAY - 90,
	    .supply_to = FIXTURE_TODAY - 60,
	    .lines = &line,
	    .nlines = 1,
	};
	struct payment_new pay = {
	    .customer = h->customer,
	    .kind = "payment",
	    .method = "transfer",
	    .reference = h->number,
	    .amount = price / 2,
	    .at = (int64_t)(FIXTURE_TODAY - 10) * DAY,
	};
	char number[33];

	strcpy(line.description, "Internet");
	strcpy(line.tax_category, "S");
	OK(invoice_issue(st, &in, &h->invoice, h->invoice_number));
	in.issued_on += 30;
	in.due_on += 30;
	OK(invoice_issue(st, &in, &h->unpaid, number));
	OK(proforma_issue(st, &in, &h->proforma, h->proforma_number));
	OK(proforma_issue(st, &in, &h->spare, number));
	pay.invoice = h->invoice;
	OK(payment_add(st, &pay, &h->payment));
}

static void
make_ticket(struct store *st, struct holding *h, const char *name)
{
	struct ticket_new in = {
	    .customer = h->customer,
	    .subject = name,
	    .type = "fault",
	    .priority = "high",
	    .author = name,
	    .body = "It is slow.",
	    .team = "Support",
	    .assigned_to = "Sam",
	    .at = (int64_t)(FIXTURE_TODAY - 3) * DAY,
	};

	OK(ticket_import(st, &in, &h->ticket));
	OK(ticket_staff_reply(st, h->customer, h->ticket, "Sam", "We look.",
	    (int64_t)(FIXTURE_TODAY - 2) * DAY));
}

static void
make_customer(struct fixture *f, enum who who, int64_t tenant)
{
	const struct person *p = &people[who];
	struct store *st = f->scratch.st;
	struct holding *h = &f->of[who];
	struct customer c = {0};
	char line[128];

	become_tenant(st, tenant);
	strcpy(c.name, p->name);
	strcpy(c.email, p->email);
	strcpy(c.street, "2 Low Street");
	strcpy(c.city, "Wien");
	strcpy(c.country, "AT");
	strcpy(c.state, "active");
	OK(customer_create(st, &c));
	h->tenant = tenant;
	h->customer = c.id;
	strcpy(h->number, c.number);
	strcpy(h->email, p->email);
	OK(login_create(
	    st, c.id, p->email, p->name, FIXTURE_PASSWORD, &h->login));
	snprintf(line, sizeof(line), "ssh-ed25519 %s %s", p->key, p->email);
	OK(login_key_add(st, h->login, line, h->fingerprint));
	memcpy(h->key, "\0\0\0\13ssh-ed25519\0\0\0\40", 19);
	memset(h->key + 19, 'A' + (int)who, 32);
	make_plan(st, h);
	make_service(st, h);
	make_bills(st, h, 10000 + 1111 * (int64_t)who);
	make_ticket(st, h, p->name);
	become_tenant(st, 0);
}

static int64_t
find(const struct scratch *s, const char *fmt, int64_t id)
{
	char sql[256];

	snprintf(sql, sizeof(sql), fmt, (long long)id);
	return scratch_int(s, sql);
}

static void
add_checkouts(struct fixture *f, struct holding *h)
{
	const struct scratch *s = &f->scratch;
	char sql[4096];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO gateway (tenant, name, is_on, account, secret_key, "
	    "link_base) VALUES (%1$lld, 'stripe', 1, 'acct_%1$lld', 'sk', "
	    "'https://pay.example.net') ON CONFLICT (tenant, name) DO NOTHING;"
	    "INSERT INTO job (tenant, customer, kind, name, state, due_at, "
	    "created_at) VALUES (%1$lld, %2$lld, 'k', 'n%2$lld', 'ready', 1, "
	    "1);"
	    "INSERT INTO checkout (tenant, customer, token, purpose, gateway, "
	    "amount, currency, state, expires_at, created_at, updated_at) "
	    "VALUES (%1$lld, %2$lld, 'OPEN%2$lld', 'invoices', 'stripe', 77, "
	    "'EUR', 'open', 1, 1, 1), (%1$lld, %2$lld, 'TOPUP%2$lld', 'topup', "
	    "'stripe', 5000, 'EUR', 'wanted', 1, 1, 1), (%1$lld, %2$lld, "
	    "'OLD%2$lld', 'invoices', 'stripe', 5, 'EUR', 'cancelling', 1, 1, "
	    "1);"
	    "INSERT INTO checkout_invoice (tenant, customer, checkout, invoice,"
	    " amount) SELECT tenant, customer, id, %3$lld, 77 FROM checkout "
	    "WHERE token = 'OPEN%2$lld';"
	    "INSERT INTO invoice_claim (tenant, customer, checkout, invoice) "
	    "SELECT tenant, customer, id, %3$lld FROM checkout "
	    "WHERE token = 'OPEN%2$lld';"
	    "INSERT INTO gateway_payment (tenant, customer, account, intent, "
	    "payment, checkout, at) VALUES (%1$lld, %2$lld, 'acct_%1$lld', "
	    "'pi_%2$lld', %4$lld, 0, 1);",
	    (long long)h->tenant, (long long)h->customer, (long long)h->invoice,
	    (long long)h->payment);
	scratch_sql(s, sql);
	h->checkout = find(
	    s, "SELECT id FROM checkout WHERE token = 'OPEN%lld'", h->customer);
	h->topup = find(s, "SELECT id FROM checkout WHERE token = 'TOPUP%lld'",
	    h->customer);
}

/* Two saved methods, one of which is charged by itself, and a third to come. */
static void
add_methods(struct fixture *f, struct holding *h)
{
	const struct scratch *s = &f->scratch;
	char sql[4096];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO gateway_customer (tenant, customer, gateway, account, "
	    "ref) VALUES (%1$lld, %2$lld, 'stripe', 'acct_%1$lld', "
	    "'cus_%2$lld');"
	    "INSERT INTO pay_method (tenant, customer, gateway, account, ref, "
	    "type, brand, last4, expires, is_default, created_at) VALUES "
	    "(%1$lld, %2$lld, 'stripe', 'acct_%1$lld', 'pm_%2$lld', 'card', "
	    "'Visa', '4242', 203012, 1, 1), (%1$lld, %2$lld, 'stripe', "
	    "'acct_%1$lld', 'pm_%2$lld_b', 'sepa', 'AT', '3000', 0, 0, 2);"
	    "INSERT INTO checkout (tenant, customer, token, purpose, gateway, "
	    "amount, currency, state, expires_at, created_at, updated_at) "
	    "VALUES (%1$lld, %2$lld, 'CHARGE%2$lld', 'invoices', 'stripe', 77, "
	    "'EUR', 'wanted', 1, 1, 1), (%1$lld, %2$lld, 'SETUP%2$lld', "
	    "'setup', 'stripe', 0, 'EUR', 'open', 1, 1, 1);"
	    "INSERT INTO checkout_charge (tenant, customer, checkout, method, "
	    "is_automatic) SELECT c.tenant, c.customer, c.id, m.id, 1 "
	    "FROM checkout c JOIN pay_method m ON m.customer = c.customer "
	    "WHERE c.token = 'CHARGE%2$lld' AND m.is_default = 1;"
	    "INSERT INTO autopay (tenant, customer, is_on, changed_at) "
	    "VALUES (%1$lld, %2$lld, 1, 1);"
	    "INSERT INTO autopay_invoice (tenant, customer, invoice, tries, "
	    "checkout, state) SELECT tenant, customer, %3$lld, 1, id, 'trying' "
	    "FROM checkout WHERE token = 'CHARGE%2$lld';"
	    "INSERT INTO autopay_invoice (tenant, customer, invoice, tries, "
	    "checkout, state) SELECT tenant, customer, %4$lld, 1, id, "
	    "'waiting' FROM checkout WHERE token = 'CHARGE%2$lld';",
	    (long long)h->tenant, (long long)h->customer, (long long)h->invoice,
	    (long long)h->unpaid);
	scratch_sql(s, sql);
	h->charged = find(
	    s, "SELECT id FROM pay_method WHERE ref = 'pm_%lld'", h->customer);
	h->method = find(s, "SELECT id FROM pay_method WHERE ref = 'pm_%lld_b'",
	    h->customer);
	h->charge = find(s,
	    "SELECT id FROM checkout WHERE token = 'CHARGE%lld'", h->customer);
	h->setup = find(s, "SELECT id FROM checkout WHERE token = 'SETUP%lld'",
	    h->customer);
}

/* Each is changing their e-mail address. */
static void
add_mail(struct fixture *f, struct holding *h)
{
	static char code[PASSWORD_HASH]; /* takes a while to make */
	char sql[2048];

	if (code[0] == '\0')
		OK(password_hash(code, FIXTURE_CODE));
	snprintf(sql, sizeof(sql),
	    "INSERT INTO mail_template (tenant, name, subject, body) VALUES "
	    "(%1$lld, 'email_code', 's', 'b%1$lld') "
	    "ON CONFLICT (tenant, name) DO NOTHING;"
	    "INSERT INTO mail_sender (tenant, is_on, host) VALUES (%1$lld, 1, "
	    "'h%1$lld') ON CONFLICT (tenant) DO NOTHING;"
	    "INSERT INTO email_change (tenant, customer, login, email, code, "
	    "state, created_at, expires_at) VALUES (%1$lld, %2$lld, %3$lld, "
	    "'new%2$lld@example.net', '%4$s', 'waiting', 1, 9000000000);",
	    (long long)h->tenant, (long long)h->customer, (long long)h->login,
	    code);
	scratch_sql(&f->scratch, sql);
	h->email_change = find(&f->scratch,
	    "SELECT id FROM email_change WHERE customer = %lld", h->customer);
}

/* What is made only elsewhere, or by failing. */
static void
add_by_hand(struct fixture *f, struct holding *h)
{
	const struct scratch *s = &f->scratch;
	char sql[4096];

	snprintf(sql, sizeof(sql),
	    "INSERT INTO paper (tenant, customer, kind, ref, size, sha256, "
	    "made_at) VALUES (%1$lld, %2$lld, 1, %3$lld, 3, 'abc', 1), "
	    "(%1$lld, %2$lld, 2, %4$lld, 3, '', 1);"
	    "INSERT INTO paper_chunk (tenant, customer, paper, seq, bytes) "
	    "SELECT tenant, customer, id, 0, CAST('%1$lld%2$lld%3$lld' AS "
	    "{BYTES}) "
	    "FROM paper WHERE customer = %2$lld;"
	    "INSERT INTO paper (tenant, customer, kind, ref, size, sha256, "
	    "made_at) VALUES (%1$lld, %2$lld, 1, %7$lld, 0, '', 1);"
	    "INSERT INTO payment (tenant, customer, kind, at, amount, currency,"
	    " status, method, reference, seller, buyer) SELECT tenant, "
	    "customer, 'credit', at, 77, currency, status, 'credit', 'gift', "
	    "seller, buyer FROM payment WHERE id = %4$lld;"
	    "INSERT INTO invoice (tenant, customer, id, state, issued_on, "
	    "issued_at, due_on, supply_from, supply_to, currency, net, tax, "
	    "total, seller, buyer) SELECT tenant, customer, id + %8$d, "
	    "'draft', issued_on, issued_at, due_on, supply_from, supply_to, "
	    "currency, net, tax, total, seller, buyer FROM invoice "
	    "WHERE customer = %2$lld;"
	    "INSERT INTO login_source (tenant, login, source, last_at) "
	    "VALUES (%1$lld, %5$lld, '192.0.2.0/24', 1);"
	    "INSERT INTO throttle (key, failures, last_at) "
	    "VALUES ('%1$lld:%6$s', 2, 1);"
	    "INSERT INTO audit (tenant, customer, login, at, actor, action, "
	    "result) VALUES (%1$lld, %2$lld, %5$lld, 1, '%6$s', 'login', "
	    "'ok');",
	    (long long)h->tenant, (long long)h->customer, (long long)h->invoice,
	    (long long)h->payment, (long long)h->login, h->email,
	    (long long)h->unpaid, FIXTURE_DRAFT);
	scratch_sql(s, sql);
	snprintf(h->entry, sizeof(h->entry), "entry of %lld",
	    (long long)h->customer);
	snprintf(sql, sizeof(sql),
	    "INSERT INTO bank_entry (tenant, customer, entry, payment, "
	    "reference, booked_on, at) VALUES (%lld, %lld, '%s', %lld, 'r', "
	    "%d, 1)",
	    (long long)h->tenant, (long long)h->customer, h->entry,
	    (long long)h->payment, FIXTURE_TODAY);
	scratch_sql(s, sql);
	h->paper = find(s, "SELECT id FROM paper WHERE kind = 1 AND ref = %lld",
	    h->invoice);
	h->begun = find(
	    s, "SELECT id FROM paper WHERE kind = 1 AND ref = %lld", h->unpaid);
	h->unmade = find(s,
	    "SELECT id FROM paper WHERE kind = 2 AND ref = %lld", h->payment);
	h->seller =
	    find(s, "SELECT seller FROM invoice WHERE id = %lld", h->invoice);
	h->buyer =
	    find(s, "SELECT buyer FROM invoice WHERE id = %lld", h->invoice);
	scratch_str(s, h->receipt, sizeof(h->receipt),
	    "SELECT receipt FROM payment WHERE id = %lld",
	    (long long)h->payment);
}

/* What came to nothing; of the gift all was taken from one invoice again, and
 * nothing is left of what it had paid on another. */
static void
add_refund(struct fixture *f, struct holding *h)
{
	const struct scratch *s = &f->scratch;
	char sql[1024];

	h->gift = find(s,
	    "SELECT id FROM payment WHERE customer = %lld AND kind = 'credit'",
	    h->customer);
	snprintf(sql, sizeof(sql),
	    "INSERT INTO refund (tenant, customer, payment, account, ref, "
	    "kind, amount, currency, status, at, updated_at) SELECT tenant, "
	    "customer, id, 'acct_%1$lld', 're_%2$lld', 'refund', 7, currency, "
	    "'canceled', at, at FROM payment WHERE id = %3$lld;"
	    "INSERT INTO allocation (tenant, customer, payment, invoice, "
	    "amount, taken, at) VALUES (%1$lld, %2$lld, %4$lld, %5$lld, 0, 7, "
	    "1), (%1$lld, %2$lld, %4$lld, %6$lld, 0, 0, 1);",
	    (long long)h->tenant, (long long)h->customer, (long long)h->payment,
	    (long long)h->gift, (long long)h->unpaid, (long long)h->invoice);
	scratch_sql(s, sql);
	h->refund =
	    find(s, "SELECT id FROM refund WHERE customer = %lld", h->customer);
	h->allocation = find(
	    s, "SELECT id FROM allocation WHERE payment = %lld", h->payment);
	h->emptied = find(s,
	    "SELECT id FROM allocation WHERE customer = %lld AND taken > 0",
	    h->customer);
}

/* The credit note's credit is the gift; what is left of it is not asked. */
static void
add_documents(struct fixture *f, struct holding *h)
{
	const struct scratch *s = &f->scratch;
	char sql[4096];

	snprintf(h->credit_number, sizeof(h->credit_number), "CN-%lld",
	    (long long)h->customer);
	snprintf(sql, sizeof(sql),
	    "INSERT INTO document (tenant, customer, kind, number, issued_on, "
	    "issued_at, due_on, supply_from, supply_to, currency, net, tax, "
	    "total, seller, buyer, exemption, invoice, payment) SELECT tenant, "
	    "customer, 'credit-note', '%2$s', issued_on, issued_at, due_on, "
	    "supply_from, supply_to, currency, 77, 0, 77, seller, buyer, '', "
	    "id, (SELECT id FROM payment WHERE customer = %1$lld AND kind = "
	    "'credit') FROM invoice WHERE id = %3$lld;"
	    "INSERT INTO checkout (tenant, customer, token, purpose, gateway, "
	    "amount, currency, state, expires_at, created_at, updated_at) "
	    "VALUES (%4$lld, %1$lld, 'PRO%1$lld', 'proforma', 'stripe', 77, "
	    "'EUR', 'open', 1, 1, 1);"
	    "INSERT INTO checkout_document (tenant, customer, checkout, "
	    "document) SELECT tenant, customer, id, %5$lld FROM checkout "
	    "WHERE token = 'PRO%1$lld';"
	    "INSERT INTO document_claim (tenant, customer, checkout, "
	    "document) SELECT tenant, customer, id, %5$lld FROM checkout "
	    "WHERE token = 'PRO%1$lld';",
	    (long long)h->customer, h->credit_number, (long long)h->unpaid,
	    (long long)h->tenant, (long long)h->proforma);
	scratch_sql(s, sql);
	h->credit_note = find(
	    s, "SELECT id FROM document WHERE number = 'CN-%lld'", h->customer);
	h->proforma_checkout = find(
	    s, "SELECT id FROM checkout WHERE token = 'PRO%lld'", h->customer);
}

void
fixture_open(struct fixture *f)
{
	int64_t first, second;

	memset(f, 0, sizeof(*f));
	scratch_open(&f->scratch);
	f->scratch.clock.fixed = (int64_t)FIXTURE_TODAY * DAY + DAY / 2;
	first = make_tenant(f->scratch.st, "portal", "EUR");
	second = make_tenant(f->scratch.st, "ruralnet", "CHF");
	make_customer(f, WHO_ANNA, first);
	make_customer(f, WHO_BERT, first);
	make_customer(f, WHO_CARO, second);
	for (int i = 0; i < WHO_COUNT; i++)
		add_by_hand(f, &f->of[i]);
	for (int i = 0; i < WHO_COUNT; i++)
		add_refund(f, &f->of[i]);
	for (int i = 0; i < WHO_COUNT; i++)
		add_checkouts(f, &f->of[i]);
	for (int i = 0; i < WHO_COUNT; i++)
		add_methods(f, &f->of[i]);
	for (int i = 0; i < WHO_COUNT; i++)
		add_documents(f, &f->of[i]);
	for (int i = 0; i < WHO_COUNT; i++)
		add_mail(f, &f->of[i]);
}

void
fixture_release(struct fixture *f)
{
	scratch_release(&f->scratch);
}

struct identity
fixture_identity(const struct fixture *f, enum who who, enum role role)
{
	const struct holding *h = &f->of[who];
	struct identity id = {
	    .tenant = h->tenant,
	    .customer = h->customer,
	    .login = h->login,
	    .role = role,
	};

	strcpy(id.source, "192.0.2.7");
	strcpy(id.session, "s-1");
	return id;
}

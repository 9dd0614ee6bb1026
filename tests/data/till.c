#include "tests/data/till.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

int
till_setup(void **state)
{
	struct shop *p;

	shop_setup(state);
	p = *state;
	OK(gateway_configure(p->st, "stripe", true, "https://pay.example/"));
	return 0;
}

int64_t
till_count(struct shop *p, const char *what)
{
	char sql[512];

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s", what);
	return scratch_int(&p->s, sql);
}

enum err
till_back(struct shop *p, enum err err)
{
	shop_system(p);
	return err;
}

void
till_worker(struct shop *p)
{
	struct identity id = *store_identity(p->st);

	id.customer = p->customer;
	store_become(p->st, &id);
}

struct method
till_made(const char *ref)
{
	struct method m = {.type = "card", .brand = "Visa", .last4 = "4242"};

	strcpy(m.gateway, "stripe");
	snprintf(m.ref, sizeof(m.ref), "%s", ref);
	m.expires = 203012;
	return m;
}

int64_t
till_id_of(struct shop *p, const char *ref)
{
	char sql[128];

	snprintf(sql, sizeof(sql), "SELECT id FROM pay_method WHERE ref = '%s'",
	    ref);
	return scratch_int(&p->s, sql);
}

int64_t
till_save(struct shop *p, const char *ref)
{
	struct method m = till_made(ref);

	till_worker(p);
	OK(method_saved(p->st, &m, NULL));
	shop_system(p);
	p->s.clock.fixed++;
	return till_id_of(p, ref);
}

struct checkout
till_get(struct shop *p, int64_t id)
{
	struct checkout c;

	OK(TILL_CALL(p, checkout_get(p->st, id, &c)));
	return c;
}

void
till_is(struct shop *p, int64_t id, const char *state)
{
	assert_string_equal(till_get(p, id).state, state);
}

void
till_says(struct shop *p, enum err err, const char *text)
{
	assert_int_equal(err, ERR_BAD_INPUT);
	if (strstr(store_problem(p->st)->text, text) == NULL)
		fail_msg("says: %s", store_problem(p->st)->text);
}

enum err
till_try_page(struct shop *p, const int64_t *invoice, int64_t *id)
{
	return TILL_CALL(p, checkout_start(p->st, CHECKOUT_FOR_INVOICES,
				invoice, invoice != NULL, 0, id));
}

enum err
till_try_charge(
    struct shop *p, int64_t method, const int64_t *invoice, int64_t *id)
{
	return TILL_CALL(
	    p, method_charge(p->st, method, invoice, invoice != NULL, 0, id));
}

int64_t
till_charge(struct shop *p, int64_t method, const int64_t *invoice)
{
	int64_t id = 0;

	OK(till_try_charge(p, method, invoice, &id));
	return id;
}

void
till_open_page(struct shop *p, int64_t id)
{
	struct checkout c = till_get(p, id);
	char session[32];

	snprintf(session, sizeof(session), "cs_%lld", (long long)id);
	OK(checkout_opened(p->st, &c, session, "https://checkout.example/x",
	    p->s.clock.fixed + 3600));
}

void
till_set(struct shop *p, int64_t id, const char *state)
{
	struct checkout c = till_get(p, id);

	OK(checkout_set(p->st, &c, state, "why"));
}

void
till_settle(struct shop *p, int64_t id, const char *method)
{
	struct checkout c = till_get(p, id);
	struct received r = {.tenant = p->tenant,
	    .customer = p->customer,
	    .checkout = id,
	    .amount = c.amount,
	    .at = p->s.clock.fixed};
	bool fresh;

	snprintf(r.intent, sizeof(r.intent), "pi_%lld", (long long)id);
	strcpy(r.method, method);
	strcpy(r.currency, "EUR");
	OK(checkout_settle(p->st, &r, &fresh));
	assert_true(fresh);
	shop_check(p);
}

bool
till_take(struct shop *p, const struct received *r)
{
	bool fresh;

	OK(checkout_settle(p->st, r, &fresh));
	shop_check(p);
	return fresh;
}

void
till_flagged(struct shop *p, const char *intent, const char *says)
{
	char text[256];

	scratch_str(&p->s, text, sizeof(text),
	    "SELECT flagged FROM gateway_payment WHERE intent = '%s'", intent);
	if (says[0] == '\0')
		assert_string_equal(text, "");
	else if (strstr(text, says) == NULL)
		fail_msg("flagged: %s", text);
}

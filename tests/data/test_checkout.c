/*
 * Paying through a gateway: what is asked for, that no invoice is asked for
 * twice, and that money is written down once, whatever happens.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/checkout.h"
#include "data/job.h"
#include "tests/data/crowd.h"
#include "tests/data/till.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, till_setup, shop_teardown)
#define ACCOUNT ""

enum { ATTEMPTS = 8 };

/* As the customer. */
static enum err
try_start(struct shop *p, enum checkout_purpose purpose, const int64_t *ids,
    size_t n, int64_t amount, int64_t *id)
{
	enum err err;

	shop_as(p, p->customer, 0);
	err = checkout_start(p->st, purpose, ids, n, amount, id);
	shop_system(p);
	return err;
}

static int64_t
start(struct shop *p, const int64_t *ids, size_t n)
{
	int64_t id = 0;

	OK(try_start(p, CHECKOUT_FOR_INVOICES, ids, n, 0, &id));
	return id;
}

static int64_t
topup(struct shop *p, int64_t amount)
{
	int64_t id = 0;

	OK(try_start(p, CHECKOUT_FOR_TOPUP, NULL, 0, amount, &id));
	return id;
}

static struct checkout
get(struct shop *p, int64_t id)
{
	struct checkout c;

	shop_as(p, p->customer, 0);
	OK(checkout_get(p->st, id, &c));
	shop_system(p);
	return c;
}

static void
is(struct shop *p, int64_t id, const char *state)
{
	assert_string_equal(get(p, id).state, state);
}

static int64_t
claims(struct shop *p, int64_t id)
{
	char what[64];

	snprintf(what, sizeof(what), "invoice_claim WHERE checkout = %lld",
	    (long long)id);
	return till_count(p, what);
}

static void
open_page(struct shop *p, int64_t id)
{
	struct checkout c = get(p, id);
	char session[32];

	snprintf(session, sizeof(session), "cs_%lld_%lld", (long long)id,
	    (long long)c.generation);
	OK(checkout_opened(p->st, &c, session, "https://checkout.example/x",
	    p->s.clock.fixed + 3600));
}

static void
set(struct shop *p, int64_t id, const char *state)
{
	struct checkout c = get(p, id);

	OK(checkout_set(p->st, &c, state, "why"));
}

static void
refused(struct shop *p, enum checkout_purpose purpose, const int64_t *ids,
    size_t n, int64_t amount, const char *says)
{
	int64_t id = -1;

	assert_int_equal(
	    try_start(p, purpose, ids, n, amount, &id), ERR_BAD_INPUT);
	assert_int_equal(id, -1);
	if (strstr(store_problem(p->st)->text, says) == NULL)
		fail_msg("says: %s", store_problem(p->st)->text);
}

/* What a gateway says it has received, of a checkout or not. */
static struct received
money(struct shop *p, int64_t checkout, const char *intent, int64_t amount)
{
	struct received r = {.tenant = p->tenant,
	    .customer = p->customer,
	    .checkout = checkout,
	    .amount = amount,
	    .at = p->s.clock.fixed - 5};

	strcpy(r.account, ACCOUNT);
	snprintf(r.intent, sizeof(r.intent), "%s", intent);
	strcpy(r.method, "card");
	strcpy(r.currency, "EUR");
	return r;
}

/* ---- starting ---- */

static void
everything_due_is_asked_for_oldest_first(void **state)
{
	struct shop *p = *state;
	int64_t newer = shop_issue(p, -5, 30, 3000);
	int64_t older = shop_issue(p, -9, 60, 2000), id;
	struct checkout c;

	shop_issue(p, -20, 14, 1000);
	shop_pay(p, 1000, 0);
	shop_pay(p, 500, older);
	id = start(p, NULL, 0);
	c = get(p, id);
	assert_int_equal(c.purpose, CHECKOUT_FOR_INVOICES);
	assert_int_equal(c.amount, 4500);
	assert_string_equal(c.currency, "EUR");
	assert_string_equal(c.state, "wanted");
	assert_string_equal(c.gateway, "stripe");
	assert_int_equal(c.generation, 1);
	assert_int_equal(c.ninvoices, 2);
	assert_int_equal(c.invoices[0].invoice, older);
	assert_int_equal(c.invoices[0].amount, 1500);
	assert_string_equal(c.invoices[0].number, "INV-2026-000002");
	assert_int_equal(c.invoices[1].invoice, newer);
	assert_int_equal(c.invoices[1].amount, 3000);
	assert_true(c.expires_at > p->s.clock.fixed + 30 * 60);
	assert_true(c.expires_at < p->s.clock.fixed + 86400);
	assert_int_equal(claims(p, id), 2);
	assert_int_equal(till_count(p, "job WHERE kind = 'checkout.open'"), 1);
}

static void
link_is_a_secret_of_eighty_bits_where_links_begin(void **state)
{
	struct shop *p = *state;
	int64_t a = topup(p, 1000), b = topup(p, 2000);
	struct checkout c = get(p, a), d = get(p, b);
	char link[128];

	assert_int_equal(strlen(c.token), 16);
	assert_int_equal(
	    strspn(c.token, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 16);
	assert_string_not_equal(c.token, d.token);
	snprintf(link, sizeof(link), "https://pay.example/P/%s", c.token);
	assert_string_equal(c.link, link);
	OK(gateway_configure(p->st, "stripe", true, ""));
	assert_string_equal(get(p, a).link, "");
}

static void
live_attempt_for_the_same_is_given_back(void **state)
{
	struct shop *p = *state;
	int64_t ids[2] = {
	    shop_issue(p, -9, 14, 2000), shop_issue(p, -5, 14, 3000)};
	const int64_t again[3] = {ids[1], ids[0], ids[1]};
	int64_t id = start(p, ids, 2), top = topup(p, 900);

	assert_int_equal(start(p, again, 3), id);
	open_page(p, id);
	assert_int_equal(start(p, NULL, 0), id);
	set(p, id, "processing");
	assert_int_equal(start(p, NULL, 0), id);
	assert_int_equal(topup(p, 900), top);
	assert_int_equal(till_count(p, "checkout"), 2);
	assert_int_equal(till_count(p, "job"), 2);
}

static void
page_that_has_ended_is_not_given_back(void **state)
{
	struct shop *p = *state;
	int64_t id, next;

	shop_issue(p, -9, 14, 2000);
	id = start(p, NULL, 0);
	open_page(p, id);
	p->s.clock.fixed += 3590;
	next = start(p, NULL, 0);
	assert_int_not_equal(next, id);
	is(p, id, "cancelling");
	assert_int_equal(claims(p, next), 1);
}

static void
other_amount_supersedes(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000);
	int64_t id = start(p, &invoice, 1), next;

	shop_pay(p, 500, invoice);
	next = start(p, &invoice, 1);
	assert_int_not_equal(next, id);
	assert_int_equal(get(p, next).amount, 1500);
	is(p, id, "failed"); /* its page was not made yet */
	id = topup(p, 900);
	assert_int_not_equal(topup(p, 1000), id);
	is(p, id, "cancelling");
}

static void
other_set_takes_the_claims_and_is_told_whom_to_end(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 14, 2000), b = shop_issue(p, -5, 14, 300);
	int64_t one = start(p, &a, 1), two = start(p, &b, 1), all;
	struct checkout c;
	struct identity id = *store_identity(p->st);
	bool got;

	all = start(p, NULL, 0);
	is(p, one, "cancelling");
	is(p, two, "cancelling");
	assert_int_equal(claims(p, all), 2);
	assert_int_equal(till_count(p, "invoice_claim"), 2);
	id.customer = p->customer;
	store_become(p->st, &id);
	OK(checkout_next_superseded(p->st, 0, &c, &got));
	assert_true(got);
	assert_int_equal(c.id, one);
	OK(checkout_next_superseded(p->st, one, &c, &got));
	assert_true(got);
	assert_int_equal(c.id, two);
	OK(checkout_next_superseded(p->st, two, &c, &got));
	assert_false(got);
	id.customer = shop_customer(p, "other");
	store_become(p->st, &id);
	OK(checkout_next_superseded(p->st, 0, &c, &got));
	assert_false(got);
}

static void
money_on_its_way_is_not_asked_for_again(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 14, 2000), id = start(p, &a, 1);

	open_page(p, id);
	set(p, id, "processing");
	assert_int_equal(claims(p, id), 1);
	shop_issue(p, -5, 14, 300);
	refused(p, CHECKOUT_FOR_INVOICES, NULL, 0, 0, "on its way");
	is(p, id, "processing");
	assert_int_equal(claims(p, id), 1);
}

static void
what_cannot_be_paid_is_refused_with_a_reason(void **state)
{
	struct shop *p = *state;
	int64_t small = shop_issue(p, -9, 14, 49), many[CHECKOUT_INVOICES + 1];
	int64_t gone = shop_issue(p, -9, 14, 700);
	int64_t large = shop_issue(p, -9, 14, 100000000);

	OK(invoice_cancel(p->st, p->customer, gone));
	refused(p, CHECKOUT_FOR_INVOICES, &small, 1, 0, "0.50 EUR");
	refused(p, CHECKOUT_FOR_INVOICES, &large, 1, 0, "too large");
	refused(p, CHECKOUT_FOR_INVOICES, &gone, 1, 0, "cancelled");
	shop_pay(p, 100000049, 0);
	refused(p, CHECKOUT_FOR_INVOICES, &small, 1, 0, "paid already");
	refused(p, CHECKOUT_FOR_INVOICES, NULL, 0, 0, "nothing to pay");
	refused(p, CHECKOUT_FOR_TOPUP, NULL, 0, 49, "0.50 EUR");
	refused(p, CHECKOUT_FOR_TOPUP, NULL, 0, 0, "more than zero");
	refused(p, CHECKOUT_FOR_TOPUP, NULL, 0, -100, "more than zero");
	refused(p, CHECKOUT_FOR_TOPUP, NULL, 0, INT64_MAX, "too large");
	shop_problem(p, "amount");
	for (size_t i = 0; i <= CHECKOUT_INVOICES; i++)
		many[i] = shop_issue(p, -5, 14, 100);
	refused(p, CHECKOUT_FOR_INVOICES, NULL, 0, 0, "At most 100");
	refused(p, CHECKOUT_FOR_INVOICES, many, CHECKOUT_INVOICES + 1, 0,
	    "At most 100");
	start(p, many, CHECKOUT_INVOICES);
	OK(gateway_configure(p->st, "stripe", false, ""));
	refused(p, CHECKOUT_FOR_INVOICES, many, 1, 0, "not available");
	assert_int_equal(till_count(p, "checkout"), 1);
}

static void
nobody_starts_without_end(void **state)
{
	struct shop *p = *state;
	int64_t id, amount = 100;

	while (
	    try_start(p, CHECKOUT_FOR_TOPUP, NULL, 0, amount, &id) == ERR_NONE)
		assert_in_range(++amount, 100, 200);
	refused(p, CHECKOUT_FOR_TOPUP, NULL, 0, amount, "very often");
	p->s.clock.fixed += 601;
	topup(p, amount);
}

static void
somebody_elses_invoice_is_not_found(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000), id = start(p, NULL, 0);
	int64_t mine = p->customer;
	struct checkout c;

	p->customer = shop_customer(p, "other");
	assert_int_equal(
	    try_start(p, CHECKOUT_FOR_INVOICES, &invoice, 1, 0, &id),
	    ERR_NOT_FOUND);
	refused(p, CHECKOUT_FOR_INVOICES, NULL, 0, 0, "nothing to pay");
	shop_as(p, p->customer, 0);
	assert_int_equal(checkout_get(p->st, id, &c), ERR_NOT_FOUND);
	assert_int_equal(checkout_renew(p->st, id, &id), ERR_NOT_FOUND);
	shop_system(p);
	p->customer = mine;
	is(p, id, "wanted");
}

/* Each its own set of the same three, or all the same one. */
struct race {
	int64_t tenant, customer, invoices[3];
	bool same;
};

static size_t
race_start(struct store *st, int who, const void *arg, int64_t out[CROWD_GIVES])
{
	const struct race *r = arg;
	struct identity id = {.tenant = r->tenant,
	    .customer = r->customer,
	    .role = ROLE_CUSTOMER};
	int64_t set[2] = {r->invoices[who % 3], r->invoices[(who + 1) % 3]};
	enum err err;

	store_become(st, &id);
	do
		err = checkout_start(st, CHECKOUT_FOR_INVOICES,
		    r->same ? r->invoices : set, r->same ? 3 : 2, 0, out);
	while (err == ERR_BUSY);
	return err == ERR_NONE ? 1 : 0;
}

static void
sessions_at_once_get_one_attempt(void **state)
{
	struct shop *p = *state;
	struct race r = {p->tenant, p->customer,
	    {shop_issue(p, -9, 14, 100), shop_issue(p, -8, 14, 200),
		shop_issue(p, -7, 14, 300)},
	    true};
	struct crowd *c = malloc(sizeof(*c));

	crowd_run(&p->s, ATTEMPTS, race_start, &r, c);
	p->st = p->s.st;
	shop_system(p);
	for (int i = 0; i < ATTEMPTS; i++) {
		assert_int_equal(c->n[i], 1);
		assert_int_equal(c->gave[i][0], c->gave[0][0]);
	}
	assert_int_equal(till_count(p, "checkout"), 1);
	assert_int_equal(till_count(p, "job"), 1);
	r.same = false;
	crowd_run(&p->s, ATTEMPTS, race_start, &r, c);
	p->st = p->s.st;
	shop_system(p);
	for (int i = 0; i < ATTEMPTS; i++)
		assert_int_equal(c->n[i], 1);
	/* Two of three invoices: two attempts overlap, whichever they are. */
	assert_int_equal(
	    till_count(p, "checkout WHERE state <> 'cancelling'"), 1);
	assert_int_equal(till_count(p, "invoice_claim"), 2);
	assert_int_equal(
	    till_count(p,
		"invoice_claim c JOIN checkout k ON k.id = c.checkout "
		"WHERE k.state = 'wanted'"),
	    2);
	free(c);
}

/* ---- portal-worker ---- */

static void
worker_finds_by_token_session_or_id(void **state)
{
	struct shop *p = *state;
	int64_t id = topup(p, 1000);
	struct checkout c = get(p, id), found;
	char token[CHECKOUT_TOKEN];

	open_page(p, id);
	for (size_t i = 0; i < sizeof(token); i++)
		token[i] =
		    (char)(c.token[i] >= 'A' ? c.token[i] + 32 : c.token[i]);
	store_become(p->st, &(struct identity) {.role = ROLE_SYSTEM});
	OK(checkout_find(p->st, token, NULL, NULL, 0, &found));
	assert_int_equal(found.id, id);
	assert_int_equal(store_identity(p->st)->tenant, p->tenant);
	assert_int_equal(store_identity(p->st)->customer, p->customer);
	store_become(p->st, &(struct identity) {.role = ROLE_SYSTEM});
	OK(checkout_find(p->st, NULL, ACCOUNT, get(p, id).session, 0, &found));
	assert_int_equal(found.id, id);
	OK(checkout_find(p->st, NULL, NULL, NULL, id, &found));
	assert_int_equal(found.id, id);
	assert_string_equal(found.url, "https://checkout.example/x");

	store_become(p->st, &(struct identity) {.role = ROLE_SYSTEM});
	token[15] ^= 1;
	assert_int_equal(
	    checkout_find(p->st, token, NULL, NULL, 0, &found), ERR_NOT_FOUND);
	assert_int_equal(
	    checkout_find(p->st, "", NULL, NULL, 0, &found), ERR_NOT_FOUND);
	assert_int_equal(
	    checkout_find(p->st, NULL, ACCOUNT, "", 0, &found), ERR_NOT_FOUND);
	assert_int_equal(
	    checkout_find(p->st, NULL, "acct_x", "cs_1_1", 0, &found),
	    ERR_NOT_FOUND);
	assert_int_equal(store_identity(p->st)->tenant, 0);
}

static void
page_is_opened_once_and_only_while_wanted(void **state)
{
	struct shop *p = *state;
	int64_t id = topup(p, 1000);
	struct checkout c = get(p, id);
	char url[CHECKOUT_URL + 1];

	memset(url, 'u', CHECKOUT_URL);
	url[CHECKOUT_URL] = '\0';
	assert_int_equal(
	    checkout_opened(p->st, &c, "cs_1", url, 9), ERR_TOO_BIG);
	assert_int_equal(checkout_opened(p->st, &c, "", "u", 9), ERR_BAD_INPUT);
	assert_int_equal(
	    checkout_opened(p->st, &c, "cs_1", "u\033[2J", 9), ERR_BAD_INPUT);
	OK(checkout_opened(p->st, &c, "cs_1", "https://x", 9));
	OK(checkout_opened(p->st, &c, "cs_1", "https://x", 9));
	assert_int_equal(
	    checkout_opened(p->st, &c, "cs_2", "https://y", 9), ERR_CONFLICT);
	assert_string_equal(get(p, id).session, "cs_1");
	id = topup(p, 2000);
	c = get(p, id);
	topup(p, 3000);
	assert_int_equal(
	    checkout_opened(p->st, &c, "cs_3", "https://x", 9), ERR_CONFLICT);
}

static void
coming_to_nothing_drops_the_claims_and_says_why(void **state)
{
	static const char *const ends[] = {"expired", "failed", "cancelled"};
	struct shop *p = *state;
	int64_t id;

	shop_issue(p, -9, 14, 2000);
	for (size_t i = 0; i < 3; i++) {
		id = start(p, NULL, 0);
		open_page(p, id);
		set(p, id, ends[i]);
		is(p, id, ends[i]);
		assert_string_equal(get(p, id).reason, "why");
		assert_int_equal(claims(p, id), 0);
	}
	assert_int_equal(checkout_set(p->st,
			     &(struct checkout) {.tenant = p->tenant,
				 .customer = p->customer,
				 .id = id,
				 .generation = 1},
			     "expired", ""),
	    ERR_CONFLICT);
	assert_int_equal(
	    checkout_set(p->st, &(struct checkout) {0}, "paid", ""),
	    ERR_BAD_INPUT);
}

static void
old_news_of_an_earlier_page_change_nothing(void **state)
{
	struct shop *p = *state;
	int64_t id = topup(p, 1000);
	struct checkout was;

	open_page(p, id);
	was = get(p, id);
	set(p, id, "expired");
	OK(checkout_again(p->st, &was));
	assert_int_equal(
	    checkout_set(p->st, &was, "expired", ""), ERR_CONFLICT);
	assert_int_equal(
	    checkout_opened(p->st, &was, "cs_0", "https://x", 9), ERR_CONFLICT);
	is(p, id, "wanted");
}

static void
link_gets_a_new_page_while_the_same_is_due(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000), id, other;
	struct checkout c;

	id = start(p, NULL, 0);
	open_page(p, id);
	c = get(p, id);
	assert_int_equal(checkout_again(p->st, &c), ERR_CONFLICT);
	p->s.clock.fixed += 7200; /* it has ended; nobody has noticed */
	OK(checkout_again(p->st, &c));
	OK(checkout_again(p->st, &c)); /* two who follow it at once */
	c = get(p, id);
	assert_int_equal(c.generation, 2);
	assert_string_equal(c.state, "wanted");
	assert_string_equal(c.session, "");
	assert_true(c.expires_at > p->s.clock.fixed + 1800);
	assert_int_equal(claims(p, id), 1);
	assert_int_equal(till_count(p, "job"), 2);
	open_page(p, id);
	set(p, id, "expired");
	other = start(p, NULL, 0);
	c = get(p, id);
	assert_int_equal(checkout_again(p->st, &c), ERR_CONFLICT);
	open_page(p, other);
	set(p, other, "expired");
	shop_pay(p, 1, invoice);
	assert_int_equal(checkout_again(p->st, &c), ERR_CONFLICT);
	is(p, id, "expired");
	assert_int_equal(claims(p, id), 0);
}

static void
link_is_dead_after_thirty_days(void **state)
{
	struct shop *p = *state;
	int64_t id = topup(p, 1000);
	struct checkout c;

	open_page(p, id);
	set(p, id, "expired");
	c = get(p, id);
	p->s.clock.fixed += CHECKOUT_OLD_S;
	assert_int_equal(checkout_again(p->st, &c), ERR_CONFLICT);
	p->s.clock.fixed--;
	OK(checkout_again(p->st, &c));
}

static void
live_ones_are_listed_for_polling(void **state)
{
	struct shop *p = *state;
	int64_t invoice = shop_issue(p, -9, 14, 2000);
	int64_t wanted = start(p, &invoice, 1), open, id = 0;
	struct checkout c;
	bool got;

	open = topup(p, 1000);
	open_page(p, open);
	OK(checkout_next_live(p->st, 0, &c, &got));
	assert_true(got);
	assert_int_equal(id = c.id, open);
	assert_int_equal(store_identity(p->st)->customer, p->customer);
	OK(checkout_next_live(p->st, id, &c, &got));
	assert_false(got);
	shop_system(p);
	open_page(p, wanted);
	set(p, wanted, "processing");
	OK(checkout_next_live(p->st, 0, &c, &got));
	assert_true(got);
	assert_int_equal(c.id, wanted);
}

/* ---- settling ---- */

static void
money_is_booked_like_any_other(void **state)
{
	struct shop *p = *state;
	int64_t newer = shop_issue(p, -5, 30, 3000);
	int64_t older = shop_issue(p, -40, 14, 2000), id;
	struct received r;
	struct customer who;
	struct payment pay;
	struct checkout c;

	OK(customer_set_state(p->st, p->customer, "blocked"));
	id = start(p, NULL, 0);
	open_page(p, id);
	r = money(p, id, "pi_1", 5000);
	strcpy(r.currency, "eur");
	assert_true(till_take(p, &r));
	c = get(p, id);
	assert_string_equal(c.state, "paid");
	assert_string_equal(c.receipt, "RCP-2026-000001");
	assert_int_equal(claims(p, id), 0);
	assert_int_equal(shop_balance(p, older), 0);
	assert_int_equal(shop_balance(p, newer), 0);
	till_flagged(p, "pi_1", "");
	shop_as(p, p->customer, 0);
	OK(customer_get(p->st, &who));
	OK(payment_get(p->st, c.payment, NULL, &pay));
	shop_system(p);
	assert_string_equal(who.state, "active");
	assert_string_equal(pay.method, "card");
	assert_string_equal(pay.status, "Succeeded");
	assert_string_equal(pay.reference, "pi_1");
	assert_int_equal(pay.at, p->s.clock.fixed - 5);
	assert_int_equal(pay.nallocations, 2);
	assert_int_equal(pay.allocations[0].invoice, older);
	payment_release(&pay);
	/* It stays paid, whatever old news come. */
	assert_int_equal(checkout_set(p->st, &c, "expired", ""), ERR_CONFLICT);
}

static void
same_money_is_booked_once(void **state)
{
	struct shop *p = *state;
	int64_t id = topup(p, 1000);
	struct received r = money(p, id, "pi_1", 1000);

	assert_true(till_take(p, &r));
	assert_false(till_take(p, &r));
	r.checkout = 0;
	assert_false(till_take(p, &r));
	assert_int_equal(shop_account(p).credit, 1000);
	assert_int_equal(till_count(p, "payment"), 1);
}

static size_t
settle_once(
    struct store *st, int who, const void *arg, int64_t out[CROWD_GIVES])
{
	const struct received *r = arg;
	struct identity id = {.tenant = r->tenant, .role = ROLE_SYSTEM};
	bool fresh;
	enum err err;

	(void)who;
	store_become(st, &id);
	for (int i = 0; i < 3; i++) {
		while ((err = checkout_settle(st, r, &fresh)) == ERR_BUSY)
			;
		if (err != ERR_NONE)
			return 0;
		out[0] += fresh;
	}
	return 1;
}

static void
same_money_told_by_many_at_once_is_booked_once(void **state)
{
	struct shop *p = *state;
	int64_t fresh = 0, id;
	struct crowd *c = malloc(sizeof(*c));
	struct received r;

	shop_issue(p, -9, 14, 2000);
	id = start(p, NULL, 0);
	open_page(p, id);
	r = money(p, id, "pi_1", 2000);
	crowd_run(&p->s, ATTEMPTS, settle_once, &r, c);
	p->st = p->s.st;
	shop_system(p);
	for (int i = 0; i < ATTEMPTS; i++) {
		assert_int_equal(c->n[i], 1);
		fresh += c->gave[i][0];
	}
	free(c);
	assert_int_equal(fresh, 1);
	assert_int_equal(till_count(p, "payment"), 1);
	assert_int_equal(till_count(p, "gateway_payment"), 1);
	assert_int_equal(till_count(p, "ledger WHERE kind = 'payment'"), 1);
	assert_int_equal(shop_account(p).balance, 0);
	is(p, id, "paid");
	shop_check(p);
}

static void
what_was_paid_meanwhile_becomes_credit(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 14, 2000), id = start(p, &a, 1);
	struct received r = money(p, id, "pi_1", 2000);

	shop_pay(p, 1500, a);
	assert_true(till_take(p, &r));
	assert_int_equal(shop_balance(p, a), 0);
	assert_int_equal(shop_account(p).credit, 1500);
	is(p, id, "paid");
	till_flagged(p, "pi_1", "");
}

static void
its_invoices_come_before_older_ones(void **state)
{
	struct shop *p = *state;
	int64_t older = shop_issue(p, -9, 14, 2000);
	int64_t named = shop_issue(p, -5, 14, 700);
	struct received r = money(p, start(p, &named, 1), "pi_1", 700);

	assert_true(till_take(p, &r));
	assert_int_equal(shop_balance(p, named), 0);
	assert_int_equal(shop_balance(p, older), 2000);
}

static void
unexpected_amount_is_credit_and_flagged(void **state)
{
	struct shop *p = *state;
	int64_t older = shop_issue(p, -9, 14, 300);
	int64_t a = shop_issue(p, -5, 14, 2000), id = start(p, &a, 1);
	struct received r = money(p, id, "pi_1", 2500);

	assert_true(till_take(p, &r));
	till_flagged(p, "pi_1", "2500 EUR, asked for 2000 EUR");
	/* Credit settles what is oldest. */
	assert_int_equal(shop_balance(p, older), 0);
	assert_int_equal(shop_balance(p, a), 0);
	assert_int_equal(shop_account(p).credit, 200);
	is(p, id, "paid");
}

static void
unexpected_currency_is_kept_and_flagged_and_pays_nothing(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 14, 2000), id = start(p, &a, 1);
	struct received r = money(p, id, "pi_1", 2000);
	char text[64];

	strcpy(r.currency, "JPY");
	assert_true(till_take(p, &r));
	assert_false(till_take(p, &r));
	till_flagged(p, "pi_1", "JPY");
	assert_int_equal(shop_balance(p, a), 2000);
	assert_int_equal(shop_account(p).credit, 0);
	scratch_str(&p->s, text, sizeof(text),
	    "SELECT currency || amount || status FROM payment");
	assert_string_equal(text, "JPY2000pending");
	is(p, id, "failed");
	assert_non_null(strstr(get(p, id).reason, "another currency"));
	assert_int_equal(claims(p, id), 0);
}

static void
money_for_one_that_came_to_nothing_is_not_lost(void **state)
{
	static const char *const ends[] = {"expired", "failed", "cancelled"};
	struct shop *p = *state;
	char intent[8];

	for (size_t i = 0; i < 3; i++) {
		int64_t a = shop_issue(p, -9, 14, 2000), id = start(p, &a, 1);
		struct received r;

		open_page(p, id);
		set(p, id, ends[i]);
		snprintf(intent, sizeof(intent), "pi_%zu", i);
		r = money(p, id, intent, 2000);
		assert_true(till_take(p, &r));
		assert_int_equal(shop_balance(p, a), 0);
		is(p, id, "paid");
	}
}

static void
paid_twice_is_credit(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 14, 2000), id = start(p, &a, 1), first;
	struct received r = money(p, id, "pi_1", 2000);

	assert_true(till_take(p, &r));
	first = get(p, id).payment;
	strcpy(r.intent, "pi_2");
	assert_true(till_take(p, &r));
	till_flagged(p, "pi_2", "twice");
	assert_int_equal(shop_account(p).credit, 2000);
	assert_int_equal(get(p, id).payment, first);
	is(p, id, "paid");
}

static void
old_link_paid_after_a_new_one_was_made_is_booked(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 14, 2000), old = start(p, &a, 1), new;
	struct received r;

	open_page(p, old);
	shop_issue(p, -5, 14, 500);
	new = start(p, NULL, 0);
	open_page(p, new);
	r = money(p, old, "pi_1", 2000);
	assert_true(till_take(p, &r));
	is(p, old, "paid");
	assert_int_equal(shop_balance(p, a), 0);
	/* The new page asks for too much now: it is to be ended. */
	is(p, new, "cancelling");
	assert_int_equal(till_count(p, "invoice_claim"), 0);
	assert_int_equal(
	    till_count(p, "job WHERE kind = 'checkout.expire'"), 1);
	r = money(p, new, "pi_2", 2500);
	assert_true(till_take(p, &r));
	assert_int_equal(shop_account(p).due_total, 0);
	assert_int_equal(shop_account(p).credit, 2000);
}

static void
old_link_paid_before_the_new_page_is_made_says_so(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 14, 2000), old = start(p, &a, 1), new;
	struct received r;

	open_page(p, old);
	shop_issue(p, -5, 14, 500);
	new = start(p, NULL, 0);
	r = money(p, old, "pi_1", 2000);
	assert_true(till_take(p, &r));
	is(p, new, "failed");
	assert_string_equal(get(p, new).reason, "The amount has changed.");
	assert_int_equal(till_count(p, "invoice_claim"), 0);
	assert_int_equal(
	    till_count(p, "job WHERE kind = 'checkout.expire'"), 0);
}

static void
money_is_booked_from_what_the_gateway_was_told_alone(void **state)
{
	struct shop *p = *state;
	int64_t other = shop_issue(p, -20, 14, 100);
	int64_t newer = shop_issue(p, -5, 14, 3000);
	int64_t older = shop_issue(p, -9, 14, 2000);
	struct received r = money(p, 4711, "pi_1", 4000);

	r.invoices[0] = newer;
	r.invoices[1] = older;
	r.ninvoices = 2;
	assert_true(till_take(p, &r));
	assert_int_equal(shop_balance(p, older), 0);
	assert_int_equal(shop_balance(p, newer), 1000);
	assert_int_equal(shop_balance(p, other), 100);
	till_flagged(p, "pi_1", "");
	assert_int_equal(
	    till_count(p, "gateway_payment WHERE checkout = 0"), 1);
}

static void
what_was_told_of_others_invoices_is_not_believed(void **state)
{
	struct shop *p = *state;
	int64_t theirs = shop_issue(p, -9, 14, 2000), mine = p->customer;
	int64_t id = start(p, NULL, 0), other = shop_customer(p, "other");
	struct received r = money(p, id, "pi_1", 2000);

	r.customer = other;
	r.invoices[0] = theirs;
	r.ninvoices = 1;
	assert_true(till_take(p, &r));
	till_flagged(p, "pi_1", "not the customer's");
	assert_int_equal(shop_balance(p, theirs), 2000);
	is(p, id, "wanted");
	p->customer = other;
	assert_int_equal(shop_account(p).credit, 2000);
	p->customer = mine;
}

static void
other_tenants_and_accounts_book_nothing(void **state)
{
	struct shop *p = *state;
	int64_t id = topup(p, 1000);
	struct received r = money(p, id, "pi_1", 1000);
	struct identity who = *store_identity(p->st);
	bool fresh;

	strcpy(r.account, "acct_other");
	assert_int_equal(checkout_settle(p->st, &r, &fresh), ERR_DENIED);
	r = money(p, id, "pi_1", 1000);
	who.tenant++;
	store_become(p->st, &who);
	assert_int_equal(checkout_settle(p->st, &r, &fresh), ERR_DENIED);
	/* A tenant without that account. */
	r.tenant++;
	assert_int_equal(checkout_settle(p->st, &r, &fresh), ERR_DENIED);
	who.tenant = 0;
	store_become(p->st, &who);
	r.tenant = 0;
	assert_int_equal(checkout_settle(p->st, &r, &fresh), ERR_DENIED);
	shop_as(p, p->customer, 0);
	r = money(p, id, "pi_1", 1000);
	assert_int_equal(checkout_settle(p->st, &r, &fresh), ERR_DENIED);
	shop_system(p);
	r.customer = 4711;
	assert_int_equal(checkout_settle(p->st, &r, &fresh), ERR_NOT_FOUND);
	assert_int_equal(till_count(p, "payment"), 0);
	is(p, id, "wanted");
}

static void
odd_reports_are_taken_as_far_as_they_are_money(void **state)
{
	struct shop *p = *state;
	struct received r = money(p, 0, "pi_1", 0);
	bool fresh;

	assert_int_equal(checkout_settle(p->st, &r, &fresh), ERR_BAD_INPUT);
	r.amount = INT64_MAX;
	assert_int_equal(checkout_settle(p->st, &r, &fresh), ERR_BAD_INPUT);
	r.amount = 5;
	r.intent[0] = '\0';
	assert_int_equal(checkout_settle(p->st, &r, &fresh), ERR_BAD_INPUT);
	memset(r.intent, 'i', sizeof(r.intent) - 1);
	r.at = p->s.clock.fixed + 5 * 86400;
	strcpy(r.method, "new-fangled");
	assert_true(till_take(p, &r));
	assert_false(till_take(p, &r));
	assert_int_equal(shop_account(p).credit, 5);
}

/* ---- renewing ---- */

static void
renewing_asks_for_what_is_left(void **state)
{
	struct shop *p = *state;
	int64_t a = shop_issue(p, -9, 14, 2000), b = shop_issue(p, -8, 14, 700);
	int64_t id = start(p, NULL, 0), new = 0, top = topup(p, 900);
	struct checkout c;

	shop_as(p, p->customer, 0);
	OK(checkout_renew(p->st, id, &new)); /* still alive */
	assert_int_equal(new, id);
	open_page(p, id);
	set(p, id, "expired");
	shop_pay(p, 2100, a);
	shop_as(p, p->customer, 0);
	OK(checkout_renew(p->st, id, &new));
	c = get(p, new);
	assert_int_equal(c.ninvoices, 1);
	assert_int_equal(c.invoices[0].invoice, b);
	assert_int_equal(c.amount, 600);
	set(p, new, "failed");
	shop_pay(p, 600, b);
	shop_as(p, p->customer, 0);
	assert_int_equal(checkout_renew(p->st, id, &new), ERR_BAD_INPUT);
	open_page(p, top);
	set(p, top, "failed");
	shop_as(p, p->customer, 0);
	OK(checkout_renew(p->st, top, &new));
	assert_int_equal(get(p, new).amount, 900);
	topup(p, 901);
	shop_as(p, p->customer, 0);
	assert_int_equal(checkout_renew(p->st, new, &new), ERR_CONFLICT);
}

/* ---- gateways ---- */

static void
customers_see_which_are_on_and_no_key(void **state)
{
	struct shop *p = *state;
	struct gateway g[GATEWAYS];
	struct gateway_keys k;
	size_t n;

	shop_as(p, p->customer, 0);
	OK(gateway_list(p->st, g, &n));
	assert_int_equal(n, 1);
	assert_string_equal(g[0].name, "stripe");
	assert_int_equal(gateway_keys_get(p->st, "stripe", &k), ERR_DENIED);
	assert_int_equal(
	    gateway_configure(p->st, "stripe", true, "x"), ERR_DENIED);
	shop_system(p);
	OK(gateway_configure(p->st, "stripe", false, "x"));
	shop_as(p, p->customer, 0);
	OK(gateway_list(p->st, g, &n));
	assert_int_equal(n, 0);
}

static void
database_itself_keeps_keys_from_sessions(void **state)
{
	static const char *const hidden[] = {
	    "secret_key", "account", "swept_to"};
	struct shop *p = *state;
	char sql[256];

	scratch_only_postgresql();
	for (size_t i = 0; i < 3; i++) {
		snprintf(sql, sizeof(sql),
		    "SELECT has_column_privilege('portal_session', 'gateway', "
		    "'%s', 'SELECT') OR has_column_privilege('portal_staff', "
		    "'gateway', '%s', 'SELECT')",
		    hidden[i], hidden[i]);
		assert_int_equal(scratch_int(&p->s, sql), 0);
	}
	assert_int_equal(
	    scratch_int(&p->s, "SELECT has_column_privilege('portal_session', "
			       "'gateway', 'name', 'SELECT')"),
	    1);
	assert_int_equal(
	    scratch_int(&p->s,
		"SELECT has_table_privilege('portal_session', 'job', 'SELECT') "
		"OR has_any_column_privilege('portal_session', "
		"'gateway_payment', 'SELECT')"),
	    0);
}

static void
configuring_keeps_a_tenants_key_and_how_far_it_was_swept(void **state)
{
	struct shop *p = *state;
	struct gateway_keys k;
	int64_t tenant;

	scratch_sql(&p->s, "UPDATE gateway SET secret_key = 'sk_1'");
	OK(gateway_swept(p->st, "stripe", 50));
	OK(gateway_swept(p->st, "stripe", 40));
	OK(gateway_configure(p->st, "stripe", true, "https://other.example"));
	OK(gateway_keys_get(p->st, "stripe", &k));
	assert_string_equal(k.secret_key, "sk_1");
	assert_string_equal(k.account, "");
	assert_int_equal(k.swept_to, 50);
	assert_int_equal(gateway_keys_get(p->st, "other", &k), ERR_NOT_FOUND);
	OK(gateway_next(p->st, "stripe", 0, &tenant));
	assert_int_equal(tenant, p->tenant);
	OK(gateway_next(p->st, "stripe", tenant, &tenant));
	assert_int_equal(tenant, 0);
	assert_int_equal(store_identity(p->st)->tenant, p->tenant);
}

static void
sweeping_goes_on_after_a_clock_was_put_back(void **state)
{
	struct shop *p = *state;
	int64_t now = p->s.clock.fixed;
	struct gateway_keys k;

	OK(gateway_swept(p->st, "stripe", now + SHOP_DAY));
	OK(gateway_swept(p->st, "stripe", now));
	OK(gateway_keys_get(p->st, "stripe", &k));
	assert_int_equal(k.swept_to, now);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(everything_due_is_asked_for_oldest_first),
	    TEST(link_is_a_secret_of_eighty_bits_where_links_begin),
	    TEST(live_attempt_for_the_same_is_given_back),
	    TEST(page_that_has_ended_is_not_given_back),
	    TEST(other_amount_supersedes),
	    TEST(other_set_takes_the_claims_and_is_told_whom_to_end),
	    TEST(money_on_its_way_is_not_asked_for_again),
	    TEST(what_cannot_be_paid_is_refused_with_a_reason),
	    TEST(nobody_starts_without_end),
	    TEST(somebody_elses_invoice_is_not_found),
	    TEST(sessions_at_once_get_one_attempt),
	    TEST(worker_finds_by_token_session_or_id),
	    TEST(page_is_opened_once_and_only_while_wanted),
	    TEST(coming_to_nothing_drops_the_claims_and_says_why),
	    TEST(old_news_of_an_earlier_page_change_nothing),
	    TEST(link_gets_a_new_page_while_the_same_is_due),
	    TEST(link_is_dead_after_thirty_days),
	    TEST(live_ones_are_listed_for_polling),
	    TEST(money_is_booked_like_any_other),
	    TEST(same_money_is_booked_once),
	    TEST(same_money_told_by_many_at_once_is_booked_once),
	    TEST(what_was_paid_meanwhile_becomes_credit),
	    TEST(its_invoices_come_before_older_ones),
	    TEST(unexpected_amount_is_credit_and_flagged),
	    TEST(unexpected_currency_is_kept_and_flagged_and_pays_nothing),
	    TEST(money_for_one_that_came_to_nothing_is_not_lost),
	    TEST(paid_twice_is_credit),
	    TEST(old_link_paid_after_a_new_one_was_made_is_booked),
	    TEST(old_link_paid_before_the_new_page_is_made_says_so),
	    TEST(money_is_booked_from_what_the_gateway_was_told_alone),
	    TEST(what_was_told_of_others_invoices_is_not_believed),
	    TEST(other_tenants_and_accounts_book_nothing),
	    TEST(odd_reports_are_taken_as_far_as_they_are_money),
	    TEST(renewing_asks_for_what_is_left),
	    TEST(customers_see_which_are_on_and_no_key),
	    TEST(database_itself_keeps_keys_from_sessions),
	    TEST(configuring_keeps_a_tenants_key_and_how_far_it_was_swept),
	    TEST(sweeping_goes_on_after_a_clock_was_put_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Saving ways to pay, what Stripe tells of them, and what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/method.h"
#include "tests/data/shop.h"
#include "tests/worker/peer.h"
#include "worker/http.h"
#include "worker/stripe.h"

#define MADE "{\"id\":\"cus_9\"}"
#define PAGE "{\"id\":\"cs_9\",\"url\":\"https://pay.example.com/9\"}"
#define CARD                                                                   \
	"{\"id\":\"pm_9\",\"type\":\"card\",\"customer\":\"cus_9\",\"card\":{" \
	"\"brand\":\"mastercard\",\"last4\":\"4444\",\"exp_month\":3,"         \
	"\"exp_year\":2031}}"

static int
setup(void **state)
{
	struct peer *p;

	assert_int_equal(peer_setup(state), 0);
	p = *state;
	strcpy(p->desk->w.config.http_public_url, "https://portal.example.net");
	scratch_sql(&p->desk->f.scratch,
	    "DELETE FROM gateway_customer; DELETE FROM autopay_invoice; "
	    "DELETE FROM pay_method; "
	    "UPDATE checkout SET state = 'expired' WHERE purpose = 'setup'");
	return 0;
}

static int64_t
want_setup(struct peer *p)
{
	int64_t id;

	peer_become(p, ROLE_CUSTOMER);
	OK(method_setup(p->desk->w.st, &id));
	return id;
}

static void
know(struct peer *p)
{
	peer_become(p, ROLE_SYSTEM);
	OK(gateway_customer_set(p->desk->w.st, "stripe", "acct_1", "cus_9"));
}

static void
save(struct peer *p)
{
	struct method m = {.gateway = "stripe",
	    .account = "acct_1",
	    .ref = "pm_9",
	    .type = "card",
	    .mandate = "mandate_9"};

	know(p);
	OK(method_saved(p->desk->w.st, &m, NULL));
}

static struct method
only_method(struct peer *p)
{
	struct method m[METHODS];
	size_t n;

	peer_become(p, ROLE_SYSTEM);
	OK(method_list(p->desk->w.st, m, &n));
	assert_int_equal(n, 1);
	return m[0];
}

static int64_t
saved(const struct peer *p)
{
	return peer_count(
	    p, "SELECT COUNT(*) FROM pay_method WHERE removed_at = 0");
}

static bool
has(const char *form, const char *part)
{
	return strstr(form, part) != NULL;
}

static void
the_customer_is_made_once(void **state)
{
	static const struct says first[] = {
	    {200, NULL, MADE}, {200, NULL, PAGE}};
	static const struct says second[] = {{200, NULL, PAGE}};
	struct peer *p = *state;
	int64_t id = want_setup(p);

	PEER_SAYS(p, first);
	peer_work(p, 0);
	assert_string_equal(p->seen[0].line, "POST /v1/customers");
	assert_true(has(p->seen[0].key, "portal-customer-1-1"));
	assert_true(has(p->seen[0].form, "&metadata[portal_customer]=1"));
	assert_string_equal(p->seen[1].line, "POST /v1/checkout/sessions");
	assert_true(has(p->seen[1].form, "mode=setup&success_url="));
	assert_true(has(p->seen[1].form, "&customer=cus_9&currency=eur"));
	assert_true(has(p->seen[1].form, "setup_intent_data[metadata]"));
	assert_string_equal(peer_checkout(p, id).state, "open");

	scratch_sql(&p->desk->f.scratch,
	    "UPDATE checkout SET state = 'expired' WHERE purpose = 'setup'");
	want_setup(p);
	PEER_SAYS(p, second);
	peer_work(p, 0);
	assert_string_equal(p->seen[0].line, "POST /v1/checkout/sessions");
}

static void
one_who_has_another_name_by_now_is_made_again(void **state)
{
	static const struct says says[] = {
	    {400, NULL, "{\"error\":{\"type\":\"idempotency_error\"}}"},
	    {200, NULL, MADE}, {200, NULL, PAGE}};
	struct peer *p = *state;
	int64_t id = want_setup(p);

	PEER_SAYS(p, says);
	peer_work(p, 0);
	assert_string_equal(p->seen[1].line, "POST /v1/customers");
	assert_string_not_equal(p->seen[1].key, p->seen[0].key);
	assert_string_equal(peer_checkout(p, id).state, "open");
}

static void
nothing_can_be_saved_without_an_address_to_come_back_to(void **state)
{
	struct peer *p = *state;
	int64_t id = want_setup(p);

	p->desk->w.config.http_public_url[0] = '\0';
	peer_says(p, NULL, 0);
	peer_work(p, 0);
	assert_string_equal(peer_checkout(p, id).state, "failed");
	assert_int_equal(p->n, 0);
}

/* The session of an attempt to save something, as Stripe tells of it. */
static const char *
session(char dst[1024], const struct checkout *c, const char *status,
    const char *intent)
{
	snprintf(dst, 1024,
	    "{\"id\":\"cs_9\",\"status\":\"complete\","
	    "\"payment_status\":\"no_payment_required\",\"metadata\":{"
	    "\"portal_tenant\":\"%lld\",\"portal_customer\":\"%lld\","
	    "\"portal_checkout\":\"%lld\",\"portal_token\":\"%s\"},"
	    "\"setup_intent\":{\"status\":\"%s\",\"customer\":\"cus_9\","
	    "\"mandate\":null%s}}",
	    (long long)c->tenant, (long long)c->customer, (long long)c->id,
	    c->token, status, intent);
	return dst;
}

static struct checkout
open_setup(struct peer *p)
{
	static const struct says says[] = {{200, NULL, PAGE}};
	int64_t id = want_setup(p);

	know(p);
	PEER_SAYS(p, says);
	peer_work(p, 0);
	return peer_checkout(p, id);
}

static void
what_was_saved_is_kept(void **state)
{
	struct peer *p = *state;
	struct checkout c = open_setup(p);
	char body[1024];
	struct method m;

	const struct says says[] = {{200, NULL,
	    session(body, &c, "succeeded", ",\"payment_method\":" CARD)}};
	PEER_SAYS(p, says);
	peer_settle(p, "cs_9");
	assert_true(
	    has(p->seen[0].query, "expand[]=setup_intent.payment_method"));
	assert_string_equal(peer_checkout(p, c.id).state, "saved");
	m = only_method(p);
	assert_string_equal(m.ref, "pm_9");
	assert_string_equal(m.brand, "Mastercard");
	assert_string_equal(m.last4, "4444");
	assert_int_equal(m.expires, 203103);
	assert_true(m.is_default);
}

static void
what_is_saved_slowly_is_waited_for(void **state)
{
	struct peer *p = *state;
	struct checkout c = open_setup(p);
	char first[1024], second[1024];

	const struct says says[] = {
	    {200, NULL, session(first, &c, "processing", "")},
	    {200, NULL, session(second, &c, "canceled", "")}};
	PEER_SAYS(p, says);
	peer_settle(p, "cs_9");
	assert_string_equal(peer_checkout(p, c.id).state, "processing");
	peer_settle(p, "cs_9");
	assert_string_equal(peer_checkout(p, c.id).state, "failed");
	assert_int_equal(saved(p), 0);
}

static void
a_restored_store_keeps_it_too(void **state)
{
	struct peer *p = *state;
	struct checkout c = open_setup(p);
	char body[1024], ref[CHECKOUT_ID];

	const struct says says[] = {{200, NULL,
	    session(body, &c, "succeeded", ",\"payment_method\":" CARD)}};
	scratch_sql(&p->desk->f.scratch,
	    "DELETE FROM gateway_customer; DELETE FROM checkout WHERE session "
	    "= 'cs_9'");
	PEER_SAYS(p, says);
	peer_settle(p, "cs_9");
	assert_string_equal(only_method(p).ref, "pm_9");
	OK(gateway_customer_get(p->desk->w.st, "stripe", "acct_1", ref));
	assert_string_equal(ref, "cus_9");
}

static void
on_heard(void *arg, enum err err)
{
	*(enum err *)arg = err;
}

static bool
was_heard(void *arg)
{
	return *(enum err *)arg != ERR_BUSY;
}

/* Whoever got the id of a customer whom a restored store has forgotten. */
static void
a_card_is_not_kept_for_who_came_later(void **state)
{
	struct peer *p = *state;
	struct checkout c = open_setup(p);
	enum err heard = ERR_BUSY;
	char body[1024];

	const struct says says[] = {{200, NULL,
	    session(body, &c, "succeeded",
		",\"payment_method\":" CARD "},\"created\":5,\"more\":{")}};
	scratch_sql(&p->desk->f.scratch,
	    "DELETE FROM checkout WHERE session = 'cs_9';"
	    "UPDATE customer SET created_at = 6");
	PEER_SAYS(p, says);
	OK(settle(&p->desk->w, c.tenant, "cs_9", on_heard, &heard));
	desk_turn_until(&p->desk->w, was_heard, &heard);
	assert_int_equal(heard, ERR_NOT_FOUND);
	assert_int_equal(saved(p), 0);
}

/* ---- events ---- */

#define EVENT(type, object)                                                    \
	"{\"id\":\"evt_1\",\"account\":\"acct_1\",\"type\":\"" type            \
	"\",\"data\":{\"object\":" object "}}"
#define DETACHED                                                               \
	"{\"id\":\"evt_1\",\"account\":\"acct_1\","                            \
	"\"type\":\"payment_method.detached\",\"data\":{\"object\":{"          \
	"\"id\":\"pm_9\",\"customer\":null},\"previous_attributes\":{"         \
	"\"customer\":\"cus_9\"}}}"

static bool
nothing_waits(void *arg)
{
	struct peer *p = arg;

	return p->n == p->most && settle_waiting(&p->desk->w) == 0 &&
	       saved(p) != 1;
}

static void
hear(struct peer *p, const char *event)
{
	OK(webhook_take(&p->desk->w, event, strlen(event)));
}

static void
what_was_attached_is_looked_at_and_kept(void **state)
{
	static const struct says says[] = {{200, NULL, CARD}};
	struct peer *p = *state;

	know(p);
	PEER_SAYS(p, says);
	hear(p, EVENT("payment_method.attached", CARD));
	while (saved(p) == 0)
		OK(loop_turn(&p->desk->w.loop));
	assert_string_equal(p->seen[0].line, "GET /v1/payment_methods/pm_9");
	assert_string_equal(only_method(p).last4, "4444");
}

static void
a_change_does_not_forget_the_mandate(void **state)
{
	static const struct says says[] = {{200, NULL, CARD}};
	struct peer *p = *state;

	save(p);
	PEER_SAYS(p, says);
	peer_settle(p, "pm_9");
	assert_string_equal(only_method(p).last4, "4444");
	assert_string_equal(only_method(p).mandate, "mandate_9");
}

static void
what_was_detached_is_gone(void **state)
{
	static const struct says says[] = {
	    {200, NULL, "{\"id\":\"pm_9\",\"customer\":null}"}};
	struct peer *p = *state;

	save(p);
	PEER_SAYS(p, says);
	hear(p, DETACHED);
	desk_turn_until(&p->desk->w, nothing_waits, p);
	assert_int_equal(saved(p), 0);
}

static void
a_method_that_is_attached_after_all_stays(void **state)
{
	static const struct says says[] = {
	    {200, NULL, CARD}, {200, NULL, CARD}};
	struct peer *p = *state;

	save(p);
	PEER_SAYS(p, says);
	hear(p, DETACHED);
	peer_settle(p, "pm_9");
	assert_int_equal(p->n, 2);
	assert_int_equal(saved(p), 1);
}

static void
methods_of_others_are_not_asked_for(void **state)
{
	static const char *const events[] = {
	    EVENT("payment_method.attached",
		"{\"id\":\"pm_9\",\"customer\":\"cus_8\"}"),
	    EVENT("payment_method.attached", "{\"id\":\"pm_9\"}"),
	    EVENT("setup_intent.succeeded", "{\"id\":\"seti_1\"}"),
	    EVENT("payment_intent.succeeded", "{\"id\":\"pi_1\"}"),
	    EVENT("refund.created", "{\"payment_intent\":\"pi_none\"}"),
	    EVENT("charge.refunded", "{\"payment_intent\":null}")};
	struct peer *p = *state;
	size_t i;

	know(p);
	peer_says(p, NULL, 0);
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		hear(p, events[i]);
	assert_int_equal(settle_waiting(&p->desk->w), 0);
	peer_work(p, 0);
	assert_int_equal(p->n, 0);
}

static bool
was_asked(void *arg)
{
	return ((struct peer *)arg)->n > 0;
}

/* The fixture's first payment. */
static void
a_refund_of_booked_money_is_looked_at(void **state)
{
	static const struct says says[] = {{200, NULL, "{\"data\":[]}"}};
	struct peer *p = *state;

	scratch_sql(&p->desk->f.scratch,
	    "UPDATE gateway_payment SET account = 'acct_1'");
	PEER_SAYS(p, says);
	hear(p, EVENT("refund.created", "{\"payment_intent\":\"pi_1\"}"));
	desk_turn_until(&p->desk->w, was_asked, p);
	assert_string_equal(p->seen[0].line, "GET /v1/refunds");
	assert_true(has(p->seen[0].query, "payment_intent=pi_1"));
}

/* Without any webhook. */
static void
the_list_of_events_is_looked_through(void **state)
{
	static const struct says says[] = {
	    {200, NULL, "{\"id\":\"pm_9\",\"customer\":null}"}};
	struct peer *p = *state;

	save(p);
	p->events = "{\"data\":[" DETACHED "]}";
	PEER_SAYS(p, says);
	events_close(&p->desk->w);
	OK(events_open(&p->desk->w));
	desk_turn_until(&p->desk->w, nothing_waits, p);
	assert_int_equal(saved(p), 0);
}

static bool
events_were_listed(void *arg)
{
	const struct peer *p = arg;

	return p->events_since[0] != '\0';
}

/* Of a store that says it was swept a year ahead. */
static void
a_clock_that_was_put_back_hides_no_event(void **state)
{
	struct peer *p = *state;
	int64_t now = p->desk->w.clock.fixed;
	char sql[64];

	snprintf(sql, sizeof(sql), "UPDATE gateway SET swept_to = %lld",
	    (long long)now + 31536000);
	scratch_sql(&p->desk->f.scratch, sql);
	p->events_since[0] = '\0';
	events_close(&p->desk->w);
	OK(events_open(&p->desk->w));
	desk_turn_until(&p->desk->w, events_were_listed, p);
	assert_true(strtoll(p->events_since, NULL, 10) < now);
}

/* ---- what Stripe is told ---- */

static void
a_removed_method_is_detached(void **state)
{
	static const struct says says[] = {{200, NULL, "{}"}};
	struct peer *p = *state;

	save(p);
	scratch_sql(&p->desk->f.scratch, "DELETE FROM job");
	peer_become(p, ROLE_CUSTOMER);
	OK(method_remove(p->desk->w.st, only_method(p).id));
	PEER_SAYS(p, says);
	peer_work(p, 0);
	assert_string_equal(
	    p->seen[0].line, "POST /v1/payment_methods/pm_9/detach");
	assert_int_equal(
	    peer_count(p, "SELECT COUNT(*) FROM job WHERE state = 'done'"), 1);
}

static void
the_default_is_told(void **state)
{
	static const struct says says[] = {{200, NULL, "{}"}};
	struct peer *p = *state;

	save(p);
	PEER_SAYS(p, says);
	peer_work(p, 0);
	assert_string_equal(p->seen[0].line, "POST /v1/customers/cus_9");
	assert_string_equal(
	    p->seen[0].form, "invoice_settings[default_payment_method]=pm_9");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, peer_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_customer_is_made_once),
	    TEST(one_who_has_another_name_by_now_is_made_again),
	    TEST(nothing_can_be_saved_without_an_address_to_come_back_to),
	    TEST(what_was_saved_is_kept),
	    TEST(what_is_saved_slowly_is_waited_for),
	    TEST(a_restored_store_keeps_it_too),
	    TEST(a_card_is_not_kept_for_who_came_later),
	    TEST(what_was_attached_is_looked_at_and_kept),
	    TEST(a_change_does_not_forget_the_mandate),
	    TEST(what_was_detached_is_gone),
	    TEST(a_method_that_is_attached_after_all_stays),
	    TEST(methods_of_others_are_not_asked_for),
	    TEST(a_refund_of_booked_money_is_looked_at),
	    TEST(the_list_of_events_is_looked_through),
	    TEST(a_clock_that_was_put_back_hides_no_event),
	    TEST(a_removed_method_is_detached),
	    TEST(the_default_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

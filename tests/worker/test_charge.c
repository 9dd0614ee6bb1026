/* Charging a saved method: once, whatever becomes of the answers. */
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
#include "worker/stripe.h"

enum { HOUR = 3600 };

/* Bodies that name the charge are made when it is there. */
struct charging {
	struct peer *peer;
	struct worker *w;
	int64_t checkout;
	char body[3][1024];
};

static int
setup(void **state)
{
	struct charging *t = calloc(1, sizeof(*t));
	void *peer;

	assert_non_null(t);
	assert_int_equal(peer_setup(&peer), 0);
	t->peer = peer;
	t->w = &t->peer->desk->w;
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct charging *t = *state;
	void *peer = t->peer;

	peer_teardown(&peer);
	free(t);
	return 0;
}

static const struct holding *
anna(const struct charging *t)
{
	return &t->peer->desk->f.of[WHO_ANNA];
}

static struct checkout
look(const struct charging *t)
{
	return peer_checkout(t->peer, t->checkout);
}

static void
want_charge(struct charging *t)
{
	peer_become(t->peer, ROLE_CUSTOMER);
	OK(method_charge(
	    t->w->st, anna(t)->charged, &anna(t)->unpaid, 1, 0, &t->checkout));
}

static void
want_automatic(struct charging *t)
{
	scratch_sql(&t->peer->desk->f.scratch,
	    "DELETE FROM autopay_invoice; DELETE FROM job; "
	    "DELETE FROM allocation WHERE taken > 0");
	peer_become(t->peer, ROLE_SYSTEM);
	OK(autopay_begin(
	    t->w->st, anna(t)->unpaid, FIXTURE_TODAY, &t->checkout));
	assert_int_not_equal(t->checkout, 0);
}

/* An intent as Stripe tells of it. */
static const char *
intent(struct charging *t, int i, const char *before, const char *status,
    const char *more, const char *after)
{
	struct checkout c = look(t);

	snprintf(t->body[i], sizeof(t->body[i]),
	    "%s{\"id\":\"pi_9\",\"status\":\"%s\",\"currency\":\"eur\","
	    "\"amount_received\":%lld,\"created\":1,\"metadata\":{"
	    "\"portal_tenant\":\"%lld\",\"portal_customer\":\"%lld\","
	    "\"portal_checkout\":\"%lld\",\"portal_token\":\"%s\"}%s}%s",
	    before, status,
	    (long long)(strcmp(status, "succeeded") == 0 ? c.amount : 0),
	    (long long)c.tenant, (long long)c.customer, (long long)c.id,
	    c.token, more, after);
	return t->body[i];
}

#define CARD ",\"payment_method\":{\"type\":\"card\"}"
#define DEBIT ",\"payment_method\":{\"type\":\"sepa_debit\"}"
#define DECLINED(code, decline)                                                \
	"{\"error\":{\"type\":\"card_error\",\"code\":\"" code                 \
	"\",\"decline_code\":\"" decline "\"}}"

static bool
has(const char *form, const char *part)
{
	return strstr(form, part) != NULL;
}

static void
a_charge_is_asked_for_and_booked(void **state)
{
	struct charging *t = *state;
	const struct seen *seen = t->peer->seen;
	struct checkout c;
	char key[64];

	want_charge(t);
	const struct says says[] = {
	    {200, NULL, intent(t, 0, "", "succeeded", "", "")},
	    {200, NULL, intent(t, 1, "", "succeeded", CARD, "")}};
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	c = look(t);
	assert_string_equal(c.state, "paid");
	assert_int_equal(t->peer->n, 2);
	assert_string_equal(seen[0].line, "POST /v1/payment_intents");
	snprintf(key, sizeof(key), "portal-%s-1", c.token);
	assert_string_equal(seen[0].key, key);
	assert_true(has(seen[0].form, "&off_session=true&confirm=true"));
	assert_true(has(seen[0].form, "&payment_method=pm_"));
	assert_true(has(seen[0].form, "&customer=cus_"));
	assert_true(has(seen[0].form, c.token));
	assert_string_equal(seen[1].line, "GET /v1/payment_intents/pi_9");
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM payment WHERE "
				"reference = 'pi_9' AND method = 'card'"),
	    1);
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM job WHERE state = "
				"'ready'"),
	    0);
}

static void
a_debit_takes_its_time(void **state)
{
	struct charging *t = *state;

	want_charge(t);
	const struct says says[] = {
	    {200, NULL, intent(t, 0, "", "processing", "", "")},
	    {200, NULL, intent(t, 0, "", "processing", "", "")},
	    {200, NULL, intent(t, 1, "", "succeeded", DEBIT, "")}};
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	assert_string_equal(look(t).state, "processing");
	assert_string_equal(look(t).session, "pi_9");
	peer_settle(t->peer, "pi_9");
	assert_string_equal(look(t).state, "paid");
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM payment WHERE "
				"reference = 'pi_9' AND method = 'debit'"),
	    1);
}

static void
a_debit_that_bounces_has_failed(void **state)
{
	struct charging *t = *state;

	want_charge(t);
	const struct says says[] = {
	    {200, NULL, intent(t, 0, "", "processing", "", "")},
	    {200, NULL, intent(t, 0, "", "processing", "", "")},
	    {200, NULL,
		intent(t, 1, "", "requires_payment_method",
		    ",\"last_payment_error\":{\"code\":\"account_closed\"}",
		    "")}};
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	peer_settle(t->peer, "pi_9");
	assert_string_equal(look(t).state, "failed");
	assert_string_equal(look(t).reason, "The account is closed.");
}

static void
a_decline_is_explained(void **state)
{
	static const struct {
		const char *body, *reason;
	} rows[] = {
	    {DECLINED("card_declined", "insufficient_funds"),
		"There was not enough money in the account."},
	    {DECLINED("expired_card", ""), "The card has expired."},
	    {DECLINED("authentication_required", ""),
		"Your bank wants you to confirm this payment. Please pay it by "
		"a link."},
	    {DECLINED("card_declined", "stolen_card"),
		"Your bank has declined this payment. Please ask your bank, or "
		"pay in another way."},
	};
	struct charging *t = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct says says[] = {{402, NULL, rows[i].body}};

		want_charge(t);
		PEER_SAYS(t->peer, says);
		peer_work(t->peer, 0);
		assert_string_equal(look(t).state, "failed");
		assert_string_equal(look(t).reason, rows[i].reason);
		assert_int_equal(t->peer->n, 1);
	}
}

static void
one_that_was_due_is_tried_another_day(void **state)
{
	static const struct says says[] = {
	    {402, NULL, DECLINED("card_declined", "insufficient_funds")}};
	struct charging *t = *state;

	/* Retry days count from the due date. */
	scratch_sql(&t->peer->desk->f.scratch,
	    "INSERT INTO setting (tenant, key, value) SELECT id, "
	    "'autopay_retry_days', '50' FROM tenant");
	want_automatic(t);
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	assert_string_equal(look(t).state, "failed");
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM autopay_invoice WHERE "
				"state = 'waiting' AND next_on > 0"),
	    1);
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM job WHERE kind = 'mail'"),
	    0);
}

static void
authentication_is_asked_for_by_mail(void **state)
{
	static const struct says says[] = {
	    {402, NULL, DECLINED("authentication_required", "")}};
	struct charging *t = *state;

	scratch_sql(&t->peer->desk->f.scratch,
	    "INSERT INTO setting (tenant, key, value) SELECT id, "
	    "'autopay_retry_days', '50' FROM tenant");
	want_automatic(t);
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	assert_string_equal(look(t).state, "failed");
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM autopay_invoice WHERE "
				"state = 'asked'"),
	    1);
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM job WHERE kind = 'mail'"),
	    1);
}

static const struct says down = {503, "false", "{}"};
static const struct says none = {200, NULL, "{\"data\":[]}"};

static void
nobody_knows_and_the_same_is_sent_again(void **state)
{
	struct charging *t = *state;
	const struct seen *seen = t->peer->seen;

	want_charge(t);
	const struct says says[] = {down, none, down, none,
	    {200, NULL, intent(t, 0, "", "succeeded", "", "")},
	    {200, NULL, intent(t, 0, "", "succeeded", "", "")}};
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	assert_string_equal(look(t).state, "wanted");
	peer_work(t->peer, 60); /* also after a page would have been given up */
	peer_work(t->peer, HOUR);
	assert_string_equal(look(t).state, "paid");
	assert_int_equal(t->peer->n, 6);
	assert_string_equal(seen[1].line, "GET /v1/payment_intents");
	assert_true(has(seen[1].query, "customer=cus_"));
	assert_string_equal(seen[2].line, "POST /v1/payment_intents");
	assert_string_equal(seen[4].form, seen[0].form);
	assert_string_equal(seen[4].key, seen[0].key);
}

static void
what_went_through_unheard_is_found(void **state)
{
	struct charging *t = *state;

	want_charge(t);
	const struct says says[] = {down,
	    {200, NULL,
		intent(t, 0, "{\"data\":[{\"id\":\"pi_1\"},", "succeeded", "",
		    "]}")},
	    {200, NULL, intent(t, 1, "", "succeeded", "", "")}};
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	peer_work(t->peer, 25 * HOUR);
	assert_string_equal(look(t).state, "paid");
	assert_int_equal(t->peer->n, 3);
	assert_int_equal(
	    peer_count(t->peer,
		"SELECT COUNT(*) FROM gateway_payment WHERE intent = "
		"'pi_9'"),
	    1);
}

static void
it_is_looked_for_on_all_pages(void **state)
{
	struct charging *t = *state;

	want_charge(t);
	const struct says says[] = {down,
	    {200, NULL,
		"{\"has_more\":true,\"data\":[{\"id\":\"pi_1\"},"
		"{\"id\":\"pi_2\"}]}"},
	    {200, NULL, intent(t, 0, "{\"data\":[", "succeeded", "", "]}")},
	    {200, NULL, intent(t, 1, "", "succeeded", "", "")}};
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	peer_work(t->peer, 25 * HOUR);
	assert_true(has(t->peer->seen[2].query, "starting_after=pi_2"));
	assert_string_equal(look(t).state, "paid");
}

static void
it_is_never_sent_under_a_key_that_is_forgotten(void **state)
{
	struct charging *t = *state;
	const struct says says[] = {down, none};

	want_charge(t);
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	peer_work(t->peer, 23 * HOUR);
	assert_string_equal(look(t).state, "failed");
	assert_int_equal(t->peer->n, 2);
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM invoice_claim"), 0);
}

/* Stripe keeps a 500 for its key: nothing will come of that one any more. */
static void
what_broke_each_time_is_given_up_when_nothing_is_found(void **state)
{
	struct charging *t = *state;
	const struct says early[] = {down, none, down, none, down, none, down},
			  late[] = {none, down, none, down, none};
	size_t i;

	want_charge(t);
	PEER_SAYS(t->peer, early);
	for (i = 0; i < 4; i++)
		peer_work(t->peer, 60);
	PEER_SAYS(t->peer, late);
	peer_work(t->peer, HOUR); /* too few tries */
	assert_string_equal(look(t).state, "wanted");
	peer_work(t->peer, 60);
	assert_string_equal(look(t).state, "failed");
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM invoice_claim"), 0);
}

static void
what_broke_and_is_there_all_the_same_is_booked(void **state)
{
	struct charging *t = *state;

	want_charge(t);
	scratch_sql(&t->peer->desk->f.scratch,
	    "UPDATE job SET attempts = 5 WHERE state = 'ready'");
	const struct says says[] = {none, down,
	    {200, NULL, intent(t, 0, "{\"data\":[", "succeeded", "", "]}")},
	    {200, NULL, intent(t, 1, "", "succeeded", "", "")}};
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, HOUR);
	assert_string_equal(look(t).state, "paid");
	assert_int_equal(t->peer->n, 4);
}

static void
another_first_try_is_looked_for_only(void **state)
{
	static const struct says says[] = {
	    {400, NULL, "{\"error\":{\"type\":\"idempotency_error\"}}"},
	    {200, NULL, "{\"data\":[]}"}};
	struct charging *t = *state;

	want_charge(t);
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	assert_string_equal(look(t).state, "failed");
	assert_int_equal(t->peer->n, 2);
}

static void
somebody_elses_intent_is_not_booked(void **state)
{
	struct charging *t = *state;
	const char *body;

	want_charge(t);
	body = intent(t, 0, "", "succeeded", "", "");
	*strstr(t->body[0], "portal_tenant") = 'x';
	const struct says says[] = {{200, NULL, body}, {200, NULL, body}};
	PEER_SAYS(t->peer, says);
	peer_work(t->peer, 0);
	assert_int_equal(t->peer->n, 2);
	assert_string_equal(look(t).state, "wanted");
	assert_int_equal(
	    peer_count(t->peer, "SELECT COUNT(*) FROM payment WHERE "
				"reference = 'pi_9'"),
	    0);
}

static bool
has_begun(void *arg)
{
	return peer_count(arg, "SELECT COUNT(*) FROM checkout_charge WHERE "
			       "is_automatic = 1") >= 3;
}

static void
what_is_due_is_begun_for_everybody(void **state)
{
	struct charging *t = *state;

	scratch_sql(&t->peer->desk->f.scratch,
	    "DELETE FROM autopay_invoice; DELETE FROM job");
	OK(autopay_open(t->w));
	desk_turn_until(t->w, has_begun, t->peer);
	autopay_close(t->w);
	assert_int_equal(peer_count(t->peer,
			     "SELECT COUNT(DISTINCT ref) FROM job WHERE kind "
			     "= 'checkout.open'"),
	    peer_count(t->peer, "SELECT COUNT(*) FROM checkout_charge"));
	assert_int_equal(
	    peer_count(t->peer,
		"SELECT COUNT(DISTINCT customer) FROM checkout_charge"),
	    WHO_COUNT);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_charge_is_asked_for_and_booked),
	    TEST(a_debit_takes_its_time),
	    TEST(a_debit_that_bounces_has_failed),
	    TEST(a_decline_is_explained),
	    TEST(one_that_was_due_is_tried_another_day),
	    TEST(authentication_is_asked_for_by_mail),
	    TEST(nobody_knows_and_the_same_is_sent_again),
	    TEST(what_went_through_unheard_is_found),
	    TEST(it_is_looked_for_on_all_pages),
	    TEST(it_is_never_sent_under_a_key_that_is_forgotten),
	    TEST(what_broke_each_time_is_given_up_when_nothing_is_found),
	    TEST(what_broke_and_is_there_all_the_same_is_booked),
	    TEST(another_first_try_is_looked_for_only),
	    TEST(somebody_elses_intent_is_not_booked),
	    TEST(what_is_due_is_begun_for_everybody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

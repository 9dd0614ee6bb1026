/* Who may tell us of an event, and what it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "worker/http.h"
#include "worker/stripe.h"

/* openssl dgst -sha256 -hmac whsec_test over "1700000000.{}". */
#define BODY "{}"
#define SECRET "whsec_test"
#define MAC "35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91"
#define NOW 1700000000
#define WRONG                                                                  \
	"00000000000000000000000000000000"                                     \
	"00000000000000000000000000000000"

static enum err
verify(const char *signature, int64_t now)
{
	return webhook_verify(signature, BODY, strlen(BODY), SECRET, now);
}

static void
what_stripe_has_signed_is_taken(void **state)
{
	(void)state;
	assert_int_equal(verify("t=1700000000,v1=" MAC, NOW), ERR_NONE);
	assert_int_equal(
	    verify("t=1700000000,v1=" WRONG ",v1=" MAC ",v0=00", NOW),
	    ERR_NONE);
	assert_int_equal(verify("v1=" MAC ",t=1700000000", NOW), ERR_NONE);
}

static void
old_and_future_ones_are_not(void **state)
{
	static const char signature[] = "t=1700000000,v1=" MAC;

	(void)state;
	assert_int_equal(verify(signature, NOW + 300), ERR_NONE);
	assert_int_equal(verify(signature, NOW + 301), ERR_DENIED);
	assert_int_equal(verify(signature, NOW - 300), ERR_NONE);
	assert_int_equal(verify(signature, NOW - 301), ERR_DENIED);
}

static void
nothing_else_is_a_signature(void **state)
{
	static const char *const wrong[] = {"", ",", "t=", "t=,v1=" MAC,
	    "v1=" MAC, "t=1700000000",
	    "t=1700000000,v1=", "t=1700000000,v1=" WRONG,
	    "t=1700000000,v1=" MAC "00", "t=1700000000,v1=" MAC "x",
	    "t=1700000000,v0=" MAC, "t=1700000000x,v1=" MAC,
	    "t=+1700000000,v1=" MAC, "t=01700000000,v1=" MAC,
	    "t=1700000001,v1=" MAC, "t=9999999999999999999,v1=" MAC,
	    "t=1700000000,v1=\x7f"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (verify(wrong[i], NOW) != ERR_DENIED)
			fail_msg("taken: %s", wrong[i]);
}

static void
the_body_and_the_secret_count(void **state)
{
	static const char signature[] = "t=1700000000,v1=" MAC;

	(void)state;
	assert_int_equal(
	    webhook_verify(signature, "{ }", 3, SECRET, NOW), ERR_DENIED);
	assert_int_equal(
	    webhook_verify(signature, BODY, 1, SECRET, NOW), ERR_DENIED);
	assert_int_equal(
	    webhook_verify(signature, BODY, 2, "whsec_tesT", NOW), ERR_DENIED);
	assert_int_equal(
	    webhook_verify(signature, BODY, 2, "", NOW), ERR_DENIED);
}

static int
worker_setup(void **state)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (w == NULL || loop_open(&w->loop) != ERR_NONE ||
	    settle_open(w) != ERR_NONE)
		return -1;
	*state = w;
	return 0;
}

static int
worker_teardown(void **state)
{
	struct worker *w = *state;

	settle_close(w);
	loop_close(&w->loop);
	free(w);
	return 0;
}

static enum err
take(struct worker *w, const char *event)
{
	return webhook_take(w, event, strlen(event));
}

#define EVENT(type, id, tenant)                                                \
	"{\"type\":\"" type "\",\"data\":{\"object\":{\"id\":\"" id "\","      \
	"\"metadata\":{\"portal_tenant\":\"" tenant "\"}}}}"
#define COMPLETED "checkout.session.completed"

static void
an_event_of_ours_is_looked_at(void **state)
{
	assert_int_equal(take(*state, EVENT(COMPLETED, "cs_1", "1")), ERR_NONE);
	assert_int_equal(settle_waiting(*state), 1);
}

static void
events_of_others_change_nothing(void **state)
{
	static const char *const others[] = {EVENT(COMPLETED, "cs_1", "x"),
	    EVENT("customer.created", "x", "1"), "{\"type\":\"" COMPLETED "\"}",
	    "{\"type\":\"" COMPLETED "\",\"data\":{\"object\":[]}}"};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(take(*state, others[i]), ERR_NONE);
	assert_int_equal(settle_waiting(*state), 0);
}

static void
what_is_no_event_is_refused(void **state)
{
	static const char *const wrong[] = {"", "x", "[]", "{}", "null",
	    "{\"type\":1}", "{\"type\":\"a\",\"type\":\"b\"}",
	    EVENT(COMPLETED, "../x", "1")};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(take(*state, wrong[i]), ERR_BAD_INPUT);
	assert_int_equal(settle_waiting(*state), 0);
}

static void
a_flood_is_turned_away(void **state)
{
	enum err err = ERR_NONE;
	size_t n = 0;

	while (n < 5000 && err == ERR_NONE) {
		err = take(*state, EVENT(COMPLETED, "cs_1", "1"));
		n++;
	}
	assert_int_equal(err, ERR_BUSY);
	assert_int_equal(settle_waiting(*state), n - 1);
}

#define TEST(fn)                                                               \
	cmocka_unit_test_setup_teardown(fn, worker_setup, worker_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_stripe_has_signed_is_taken),
	    cmocka_unit_test(old_and_future_ones_are_not),
	    cmocka_unit_test(nothing_else_is_a_signature),
	    cmocka_unit_test(the_body_and_the_secret_count),
	    TEST(an_event_of_ours_is_looked_at),
	    TEST(events_of_others_change_nothing),
	    TEST(what_is_no_event_is_refused),
	    TEST(a_flood_is_turned_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

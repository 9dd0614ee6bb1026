/* Calls to Stripe: what they carry, and when they are made again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/data/shop.h"
#include "tests/worker/peer.h"
#include "worker/stripe.h"

struct heard {
	int times;
	enum err err;
	char code[65], id[16];
};

static void
on_answer(void *arg, const struct stripe_answer *a)
{
	struct heard *h = arg;

	h->times++;
	h->err = a->err;
	snprintf(h->code, sizeof(h->code), "%s", a->code);
	snprintf(h->id, sizeof(h->id), "%s", json_text(a->json, "id"));
}

static bool
was_heard(void *arg)
{
	return ((struct heard *)arg)->times > 0;
}

static struct heard
call_n(struct peer *s, const struct says *says, size_t n)
{
	struct heard h = {0};
	struct stripe_request r = {.tenant = s->desk->f.of[WHO_ANNA].tenant,
	    .method = "POST",
	    .path = "/v1/things",
	    .body = "a[b]=c",
	    .key = "once",
	    .fn = on_answer,
	    .arg = &h};

	peer_says(s, says, n);
	OK(stripe_send(&s->desk->w, &r));
	assert_int_equal(h.times, 0);
	desk_turn_until(&s->desk->w, was_heard, &h);
	assert_int_equal(h.times, 1);
	return h;
}

#define CALL(s, says) call_n(s, says, sizeof(says) / sizeof((says)[0]))

static void
a_call_carries_key_version_and_account(void **state)
{
	static const struct says fine[] = {{200, NULL, "{\"id\":\"x_1\"}"}};
	struct peer *s = *state;
	struct heard h = CALL(s, fine);

	assert_int_equal(h.err, ERR_NONE);
	assert_string_equal(h.id, "x_1");
	assert_string_equal(s->seen[0].line, "POST /v1/things");
	assert_string_equal(s->seen[0].authorization, "Bearer sk_test_1");
	assert_string_equal(s->seen[0].version, "2025-10-29.clover");
	assert_string_equal(s->seen[0].account, "acct_1");
	assert_string_equal(s->seen[0].key, "once");
	assert_string_equal(s->seen[0].form, "a[b]=c");
}

static void
a_tenants_own_key_comes_first(void **state)
{
	static const struct says fine[] = {{200, NULL, "{}"}};
	struct peer *s = *state;

	scratch_sql(&s->desk->f.scratch,
	    "UPDATE gateway SET secret_key = 'sk_own', account = ''");
	assert_int_equal(CALL(s, fine).err, ERR_NONE);
	assert_string_equal(s->seen[0].authorization, "Bearer sk_own");
	assert_string_equal(s->seen[0].account, "");
}

static void
the_same_bytes_are_sent_again(void **state)
{
	static const struct says flaky[] = {{500, NULL, "oops"},
	    {409, NULL, "{}"}, {200, NULL, "{\"id\":\"x_1\"}"}};
	struct peer *s = *state;
	struct heard h = CALL(s, flaky);

	assert_int_equal(h.err, ERR_NONE);
	assert_int_equal(s->n, 3);
	assert_memory_equal(&s->seen[1], &s->seen[0], sizeof(s->seen[0]));
	assert_memory_equal(&s->seen[2], &s->seen[0], sizeof(s->seen[0]));
}

#define ERROR(type, code)                                                      \
	"{\"error\":{\"type\":\"" type "\",\"code\":\"" code "\"}}"

static void
what_would_be_refused_again_is_not_sent_again(void **state)
{
	static const struct {
		struct says says;
		enum err err;
		const char *code;
	} rows[] = {
	    {{400, NULL, ERROR("invalid_request_error", "amount_too_small")},
		ERR_BAD_INPUT, "amount_too_small"},
	    {{400, NULL, "{\"error\":{\"type\":\"idempotency_error\"}}"},
		ERR_CONFLICT, "idempotency_error"},
	    {{401, NULL, "{}"}, ERR_AUTH, ""},
	    {{402, NULL, ERROR("card_error", "card_declined")}, ERR_BAD_INPUT,
		"card_declined"},
	    {{404, NULL, "{}"}, ERR_NOT_FOUND, ""},
	    {{500, "false", "{}"}, ERR_IO, ""},
	    {{200, NULL, "no json"}, ERR_PROTOCOL, ""},
	    {{200, NULL, "[]"}, ERR_PROTOCOL, ""},
	};
	struct peer *s = *state;
	struct heard h;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		h = call_n(s, &rows[i].says, 1);
		assert_int_equal(h.err, rows[i].err);
		assert_string_equal(h.code, rows[i].code);
		assert_int_equal(s->n, 1);
	}
}

static void
stripes_own_word_comes_first(void **state)
{
	static const struct says again[] = {
	    {400, "true", "{}"}, {200, "true", "{}"}};
	struct peer *s = *state;

	assert_int_equal(CALL(s, again).err, ERR_NONE);
	assert_int_equal(s->n, 2);
}

static void
it_is_not_tried_for_ever(void **state)
{
	static const struct says down[] = {
	    {503, NULL, ""}, {503, NULL, ""}, {503, NULL, ""}};
	struct peer *s = *state;

	assert_int_equal(CALL(s, down).err, ERR_IO);
	assert_int_equal(s->n, 3);
}

static void
nothing_is_sent_without_a_key(void **state)
{
	struct peer *s = *state;

	s->desk->w.config.stripe_secret_key[0] = '\0';
	assert_int_equal(call_n(s, NULL, 0).err, ERR_AUTH);
	strcpy(s->desk->w.config.stripe_secret_key, "sk\r\nX: y");
	assert_int_equal(call_n(s, NULL, 0).err, ERR_AUTH);
	assert_int_equal(s->n, 0);
}

static void
what_is_forgotten_is_not_told(void **state)
{
	static const struct says fine[] = {{200, NULL, "{}"}};
	struct peer *s = *state;
	struct heard gone = {0};
	struct stripe_request r = {.tenant = s->desk->f.of[WHO_ANNA].tenant,
	    .method = "GET",
	    .path = "/v1/things",
	    .fn = on_answer,
	    .arg = &gone};

	OK(stripe_send(&s->desk->w, &r));
	stripe_forget(&s->desk->w, &gone);
	assert_int_equal(CALL(s, fine).err, ERR_NONE);
	assert_int_equal(gone.times, 0);
	assert_int_equal(s->n, 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, peer_setup, peer_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_call_carries_key_version_and_account),
	    TEST(a_tenants_own_key_comes_first),
	    TEST(the_same_bytes_are_sent_again),
	    TEST(what_would_be_refused_again_is_not_sent_again),
	    TEST(stripes_own_word_comes_first),
	    TEST(it_is_not_tried_for_ever),
	    TEST(nothing_is_sent_without_a_key),
	    TEST(what_is_forgotten_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

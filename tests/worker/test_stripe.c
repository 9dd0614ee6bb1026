/* Calls to Stripe: what they carry, and when they are made again. */
#include <microhttpd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

#include "tests/data/shop.h"
#include "tests/worker/desk.h"
#include "worker/stripe.h"

enum { REQUESTS = 4 };

/* What the server says to the first request, the second … */
struct says {
	unsigned status;
	const char *should_retry, *body;
};

struct seen {
	char line[64], authorization[64], version[32], account[32], key[32];
	char form[64];
};

struct server {
	struct desk *desk;
	struct MHD_Daemon *daemon;
	const struct says *says;
	size_t n;
	struct seen seen[REQUESTS];
};

static void
header(struct MHD_Connection *c, const char *name, char *dst, size_t size)
{
	const char *s = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);

	snprintf(dst, size, "%s", s != NULL ? s : "");
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *path,
    const char *method, const char *version, const char *data, size_t *size,
    void **known)
{
	struct server *s = arg;
	struct seen *seen = &s->seen[s->n];
	const struct says *says = &s->says[s->n];
	struct MHD_Response *r;
	enum MHD_Result ok;

	(void)version;
	if (*known == NULL) {
		*known = s;
		return MHD_YES;
	}
	if (*size > 0) {
		strncat(seen->form, data, *size);
		*size = 0;
		return MHD_YES;
	}
	snprintf(seen->line, sizeof(seen->line), "%s %s", method, path);
	header(c, "Authorization", seen->authorization, 64);
	header(c, "Stripe-Version", seen->version, 32);
	header(c, "Stripe-Account", seen->account, 32);
	header(c, "Idempotency-Key", seen->key, 32);
	s->n++;
	r = MHD_create_response_from_buffer(strlen(says->body),
	    (void *)(uintptr_t)says->body, MHD_RESPMEM_PERSISTENT);
	if (says->should_retry != NULL)
		MHD_add_response_header(
		    r, "Stripe-Should-Retry", says->should_retry);
	ok = MHD_queue_response(c, says->status, r);
	MHD_destroy_response(r);
	return ok;
}

static int
setup(void **state)
{
	struct server *s = calloc(1, sizeof(*s));
	struct sockaddr_in sa = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	void *desk;

	assert_non_null(s);
	assert_int_equal(desk_setup(&desk), 0);
	s->desk = desk;
	s->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL,
	    NULL, on_request, s, MHD_OPTION_SOCK_ADDR, &sa, MHD_OPTION_END);
	assert_non_null(s->daemon);
	snprintf(s->desk->w.config.stripe_api_base, CONFIG_VALUE,
	    "http://127.0.0.1:%d",
	    MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	strcpy(s->desk->w.config.stripe_secret_key, "sk_test_1");
	OK(stripe_open(&s->desk->w));
	scratch_sql(&s->desk->f.scratch,
	    "UPDATE gateway SET account = 'acct_1', secret_key = ''");
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct server *s = *state;
	void *desk = s->desk;

	MHD_stop_daemon(s->daemon);
	stripe_close(&s->desk->w);
	desk_teardown(&desk);
	free(s);
	return 0;
}

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
call(struct server *s, const struct says *says)
{
	struct heard h = {0};
	struct stripe_request r = {.tenant = s->desk->f.of[WHO_ANNA].tenant,
	    .method = "POST",
	    .path = "/v1/things",
	    .body = "a[b]=c",
	    .key = "once",
	    .fn = on_answer,
	    .arg = &h};

	s->says = says;
	s->n = 0;
	memset(s->seen, 0, sizeof(s->seen));
	OK(stripe_send(&s->desk->w, &r));
	assert_int_equal(h.times, 0);
	desk_turn_until(&s->desk->w, was_heard, &h);
	assert_int_equal(h.times, 1);
	return h;
}

static void
a_call_carries_key_version_and_account(void **state)
{
	static const struct says fine[] = {{200, NULL, "{\"id\":\"x_1\"}"}};
	struct server *s = *state;
	struct heard h = call(s, fine);

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
	struct server *s = *state;

	scratch_sql(&s->desk->f.scratch,
	    "UPDATE gateway SET secret_key = 'sk_own', account = ''");
	assert_int_equal(call(s, fine).err, ERR_NONE);
	assert_string_equal(s->seen[0].authorization, "Bearer sk_own");
	assert_string_equal(s->seen[0].account, "");
}

static void
the_same_bytes_are_sent_again(void **state)
{
	static const struct says flaky[] = {{500, NULL, "oops"},
	    {409, NULL, "{}"}, {200, NULL, "{\"id\":\"x_1\"}"}};
	struct server *s = *state;
	struct heard h = call(s, flaky);

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
	struct server *s = *state;
	struct heard h;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		h = call(s, &rows[i].says);
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
	struct server *s = *state;

	assert_int_equal(call(s, again).err, ERR_NONE);
	assert_int_equal(s->n, 2);
}

static void
it_is_not_tried_for_ever(void **state)
{
	static const struct says down[] = {
	    {503, NULL, ""}, {503, NULL, ""}, {503, NULL, ""}};
	struct server *s = *state;

	assert_int_equal(call(s, down).err, ERR_IO);
	assert_int_equal(s->n, 3);
}

static void
nothing_is_sent_without_a_key(void **state)
{
	struct server *s = *state;

	s->desk->w.config.stripe_secret_key[0] = '\0';
	assert_int_equal(call(s, NULL).err, ERR_AUTH);
	strcpy(s->desk->w.config.stripe_secret_key, "sk\r\nX: y");
	assert_int_equal(call(s, NULL).err, ERR_AUTH);
	assert_int_equal(s->n, 0);
}

static void
what_is_forgotten_is_not_told(void **state)
{
	static const struct says fine[] = {{200, NULL, "{}"}};
	struct server *s = *state;
	struct heard gone = {0};
	struct stripe_request r = {.tenant = s->desk->f.of[WHO_ANNA].tenant,
	    .method = "GET",
	    .path = "/v1/things",
	    .fn = on_answer,
	    .arg = &gone};

	OK(stripe_send(&s->desk->w, &r));
	stripe_forget(&s->desk->w, &gone);
	assert_int_equal(call(s, fine).err, ERR_NONE);
	assert_int_equal(gone.times, 0);
	assert_int_equal(s->n, 1);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

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

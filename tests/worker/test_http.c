/* The endpoint, asked over a socket. */
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
#include <sys/socket.h>
#include <unistd.h>

#include "tests/data/shop.h"
#include "tests/worker/desk.h"
#include "worker/http.h"
#include "worker/stripe.h"

enum { NOBODY = 5 };

/* A port that nobody has at the moment. */
static int
free_port(void)
{
	struct sockaddr_in sa = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	close(fd);
	return ntohs(sa.sin_port);
}

static int
http_setup(void **state)
{
	struct config *c;
	struct desk *d;

	if (desk_setup(state) != 0)
		return -1;
	d = *state;
	d->w.clock = d->f.scratch.clock;
	d->w.stopping = true; /* the jobs that are made stay where they are */
	c = &d->w.config;
	snprintf(c->http_listen, CONFIG_VALUE, "127.0.0.1:%d", free_port());
	snprintf(c->http_public_url, CONFIG_VALUE, "https://pay.example.net/");
	snprintf(c->stripe_webhook_secret, CONFIG_VALUE, "whsec_test");
	OK(endpoint_open(&d->w));
	OK(sweep_open(&d->w));
	OK(stripe_configure(&d->w));
	return 0;
}

static int
http_teardown(void **state)
{
	struct desk *d = *state;

	tasks_end(&d->w);
	endpoint_close(&d->w);
	sweep_close(&d->w);
	return desk_teardown(state);
}

/* ---- a client, on the worker's own loop ---- */

struct client {
	struct watch watch;
	struct loop *loop;
	char text[16384]; /* the whole answer */
	size_t len;
	bool done;
};

static void
client_ready(void *arg, uint32_t events)
{
	struct client *c = arg;
	ssize_t n;

	(void)events;
	assert_true(c->len < sizeof(c->text) - 1);
	n = recv(
	    c->watch.fd, c->text + c->len, sizeof(c->text) - 1 - c->len, 0);
	if (n <= 0) {
		loop_remove(c->loop, &c->watch);
		c->done = true;
		return;
	}
	c->len += (size_t)n;
}

static void
client_open(struct client *c, struct desk *d)
{
	struct sockaddr_in sa = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	memset(c, 0, sizeof(*c));
	sa.sin_port =
	    htons((uint16_t)atoi(strrchr(d->w.config.http_listen, ':') + 1));
	c->watch =
	    (struct watch) {socket(AF_INET, SOCK_STREAM, 0), client_ready, c};
	c->loop = &d->w.loop;
	assert_int_equal(
	    connect(c->watch.fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	OK(loop_add(c->loop, &c->watch));
}

static bool
client_done(void *arg)
{
	return ((struct client *)arg)->done;
}

static void
send_all(int fd, const char *p, size_t n)
{
	assert_int_equal(send(fd, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* The status of the answer to a request that is sent as it is. */
static int
ask_raw(struct desk *d, struct client *c, const char *request, size_t n)
{
	client_open(c, d);
	send_all(c->watch.fd, request, n);
	desk_turn_until(&d->w, client_done, c);
	close(c->watch.fd);
	return c->len > 12 ? atoi(c->text + 9) : 0;
}

static int
ask(struct desk *d, struct client *c, const char *method, const char *path,
    const char *extra)
{
	char request[2048];
	int n = snprintf(request, sizeof(request),
	    "%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n", method, path, extra);

	return ask_raw(d, c, request, (size_t)n);
}

static int
get(struct desk *d, struct client *c, const char *path)
{
	return ask(d, c, "GET", path, "");
}

static void
shows(const struct client *c, const char *text)
{
	if (strstr(c->text, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, c->text);
}

/* ---- checkouts ---- */

static struct checkout
anna(struct desk *d)
{
	struct checkout c;

	worker_self(&d->w);
	OK(checkout_find(
	    d->w.st, NULL, NULL, NULL, d->f.of[WHO_ANNA].topup, &c));
	return c;
}

/* Anna's link leads to a page that goes on for an hour. */
static struct checkout
opened(struct desk *d, char path[32])
{
	struct checkout c = anna(d);
	char sql[160];

	snprintf(sql, sizeof(sql),
	    "UPDATE checkout SET token = '0123456789ABCDEF', "
	    "created_at = %lld WHERE id = %lld",
	    (long long)clock_now(&d->w.clock), (long long)c.id);
	scratch_sql(&d->f.scratch, sql);
	c = anna(d);
	OK(checkout_opened(d->w.st, &c, "cs_test_1",
	    "https://checkout.example.net/c/pay/1#x",
	    clock_now(&d->w.clock) + 3600));
	snprintf(path, 32, "/P/%s", c.token);
	return anna(d);
}

static void
a_link_leads_to_the_page_in_any_case(void **state)
{
	struct desk *d = *state;
	char path[32], *p;
	struct client c;

	opened(d, path);
	assert_int_equal(get(d, &c, path), 303);
	shows(&c, "\r\nLocation: https://checkout.example.net/c/pay/1#x\r\n");
	for (p = path; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	assert_int_equal(get(d, &c, path), 303);
	assert_int_equal(ask(d, &c, "HEAD", path, ""), 303);
}

static void
an_expired_link_makes_one_new_page(void **state)
{
	struct desk *d = *state;
	struct checkout now;
	struct client c;
	char path[32];

	opened(d, path);
	d->w.clock.fixed += 7200;
	d->f.scratch.clock.fixed += 7200;
	assert_int_equal(ask(d, &c, "HEAD", path, ""), 200);
	now = anna(d);
	assert_string_equal(now.state, "open");
	assert_int_equal(get(d, &c, path), 200);
	shows(&c, "http-equiv=\"refresh\"");
	assert_int_equal(get(d, &c, path), 200);
	now = anna(d);
	assert_string_equal(now.state, "wanted");
	assert_int_equal(now.generation, 2);
}

static void
a_link_says_where_its_checkout_stands(void **state)
{
	static const struct {
		const char *state, *text;
		int status;
	} rows[] = {{"processing", "on its way", 200},
	    {"failed", "Not paid", 200}, {"cancelled", "any more", 410}};
	struct desk *d = *state;
	struct checkout k;
	struct client c;
	char path[32];
	size_t i;

	opened(d, path);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		k = anna(d);
		OK(checkout_set(d->w.st, &k, rows[i].state, ""));
		assert_int_equal(get(d, &c, path), rows[i].status);
		shows(&c, rows[i].text);
	}
}

/* Else a page that is left open would ask Stripe for ever. */
static void
what_failed_is_tried_again_when_somebody_wants_it(void **state)
{
	struct desk *d = *state;
	struct checkout k;
	struct client c;
	char path[32], again[48];

	opened(d, path);
	k = anna(d);
	OK(checkout_set(d->w.st, &k, "failed", "Your bank said no."));
	snprintf(again, sizeof(again), "%s?again=1", path);
	assert_int_equal(get(d, &c, path), 200);
	shows(&c, "Your bank said no.");
	shows(&c, again);
	assert_null(strstr(c.text, "refresh"));
	assert_int_equal(ask(d, &c, "HEAD", again, ""), 200);
	assert_string_equal(anna(d).state, "failed");
	assert_int_equal(get(d, &c, again), 200);
	assert_string_equal(anna(d).state, "wanted");
}

static void
everything_else_is_not_found(void **state)
{
	static const struct {
		const char *method, *path;
	} rows[] = {{"GET", "/"}, {"GET", "/P/"}, {"GET", "/P/x"},
	    {"GET", "/P/0000000000000000"}, {"GET", "/P/%00"},
	    {"GET", "/P/0000000000000000/"}, {"GET", "/THANKS"},
	    {"GET", "/thanks/"}, {"GET", "/stripe/webhook"},
	    {"POST", "/thanks"}, {"PUT", "/P/0000000000000000"},
	    {"OPTIONS", "/"}, {"DELETE", "/healthz"}};
	struct desk *d = *state;
	struct client c;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ask(d, &c, rows[i].method, rows[i].path, "") != 404)
			fail_msg(
			    "%s %s: %s", rows[i].method, rows[i].path, c.text);
}

static void
pages_are_closed_to_everything_else(void **state)
{
	static const char *const headers[] = {"Cache-Control: no-store",
	    "Content-Security-Policy: default-src 'none';",
	    "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
	    "Connection: close", "Content-Type: text/html; charset=utf-8"};
	static const char *const paths[] = {"/thanks", "/cancelled", "/x"};
	struct desk *d = *state;
	struct client c;
	size_t i, k;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		get(d, &c, paths[i]);
		for (k = 0; k < sizeof(headers) / sizeof(headers[0]); k++)
			shows(&c, headers[k]);
		assert_null(strstr(c.text, "<script"));
		assert_in_range(c.len, 500, 4000);
	}
}

/* Neither may write HTML, nor be too much for a page. */
static void
words_are_only_words(void **state)
{
	const char *hostile = "<b>&'\"";
	struct page_words words;
	struct buf out;
	enum page page;
	char brand[81], reason[CHECKOUT_REASON], link[CHECKOUT_URL];

	(void)state;
	memset(brand, '"', sizeof(brand));
	memset(reason, '"', sizeof(reason));
	memset(link, '"', sizeof(link));
	memcpy(brand, hostile, strlen(hostile));
	memcpy(reason, hostile, strlen(hostile));
	memcpy(link, hostile, strlen(hostile));
	brand[80] = reason[sizeof(reason) - 1] = link[sizeof(link) - 1] = '\0';
	words = (struct page_words) {brand, reason, link};
	for (page = PAGE_THANKS; page <= PAGE_BUSY; page++) {
		buf_init(&out, PAGE_MAX);
		page_write(&out, page, &words);
		assert_int_equal(out.err, ERR_NONE);
		assert_non_null(
		    strstr(buf_str(&out), ">&lt;b&gt;&amp;&#39;&quot;&quot;"));
		assert_null(strstr(buf_str(&out), "<b>"));
		assert_null(strstr(buf_str(&out), "\"\"\""));
		buf_release(&out);
	}
}

static void
health_follows_the_database(void **state)
{
	struct desk *d = *state;
	struct client c;
	char path[32];

	opened(d, path);
	assert_int_equal(get(d, &c, "/healthz"), 200);
	d->w.away = true;
	assert_int_equal(get(d, &c, "/healthz"), 503);
	assert_int_equal(get(d, &c, path), 503);
	assert_int_equal(get(d, &c, "/thanks"), 200);
}

static void
coming_back_says_how_it_stands(void **state)
{
	static const struct {
		const char *state, *thanks, *cancelled;
	} rows[] = {
	    {"open", "being confirmed", "Nothing was charged"},
	    {"failed", "being confirmed", "Nothing was charged"},
	    {"processing", "on its way", "on its way"},
	    {"paid", "has arrived", "has arrived"},
	};
	struct desk *d = *state;
	char path[32], url[64], sql[96];
	struct client c;
	size_t i;

	opened(d, path);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(sql, sizeof(sql),
		    "UPDATE checkout SET state = '%s' WHERE id = %lld",
		    rows[i].state, (long long)anna(d).id);
		scratch_sql(&d->f.scratch, sql);
		snprintf(url, sizeof(url), "/thanks?t=%s", path + 3);
		assert_int_equal(get(d, &c, url), 200);
		shows(&c, rows[i].thanks);
		snprintf(url, sizeof(url), "/cancelled?t=%s", path + 3);
		assert_int_equal(get(d, &c, url), 200);
		shows(&c, rows[i].cancelled);
	}
}

static void
to_say_thanks_is_not_to_pay(void **state)
{
	struct desk *d = *state;
	struct client c;
	char path[64], link[32];

	opened(d, link);
	snprintf(path, sizeof(path), "/thanks?t=%s", link + 3);
	assert_int_equal(get(d, &c, path), 200);
	shows(&c, "being confirmed");
	assert_string_equal(anna(d).state, "open");
}

static void
who_asks_too_often_waits_and_others_do_not(void **state)
{
	struct desk *d = *state;
	struct client c;
	int i, status = 404;

	for (i = 0; i < 10 * HTTP_BURST && status == 404; i++)
		status = ask(d, &c, "GET", "/P/0000000000000000",
		    "X-Forwarded-For: 198.51.100.7, 192.0.2.1\r\n");
	assert_int_equal(status, 429);
	assert_true(i >= HTTP_BURST);
	assert_int_equal(ask(d, &c, "GET", "/P/0000000000000000",
			     "X-Forwarded-For: 192.0.2.1, 192.0.2.2\r\n"),
	    404);
}

static void
a_head_that_is_too_long_is_refused(void **state)
{
	struct desk *d = *state;
	char request[20000];
	struct client c;
	int n;

	n = snprintf(
	    request, sizeof(request), "GET /%0*d HTTP/1.1\r\n\r\n", 16000, 0);
	assert_in_range(ask_raw(d, &c, request, (size_t)n), 400, 499);
	assert_int_equal(get(d, &c, "/healthz"), 200);
}

static void
whoever_hangs_does_not_keep_others_waiting(void **state)
{
	struct client hung[20], c;
	struct desk *d = *state;
	size_t i;

	for (i = 0; i < 20; i++) {
		client_open(&hung[i], d);
		send_all(hung[i].watch.fd, "GET /P/", 7);
	}
	assert_int_equal(get(d, &c, "/healthz"), 200);
	for (i = 0; i < 20; i++) {
		if (!hung[i].done)
			loop_remove(&d->w.loop, &hung[i].watch);
		close(hung[i].watch.fd);
	}
}

/* ---- webhooks: the signatures themselves are test_webhook.c's ---- */

static void
an_unsigned_webhook_is_refused(void **state)
{
	struct desk *d = *state;
	struct client c;

	assert_int_equal(ask(d, &c, "POST", "/stripe/webhook",
			     "Content-Length: 2\r\n\r\n{}"),
	    400);
	assert_int_equal(ask(d, &c, "POST", "/stripe/webhook",
			     "Stripe-Signature: t=1,v1=00\r\n"
			     "Content-Length: 2\r\n\r\n{}"),
	    400);
	assert_int_equal(settle_waiting(&d->w), 0);
}

static void
a_webhook_that_is_too_long_is_not_read(void **state)
{
	struct desk *d = *state;
	struct client c;

	assert_int_equal(
	    ask(d, &c, "POST", "/stripe/webhook", "Content-Length: 262145\r\n"),
	    413);
}

static void
without_a_secret_there_are_no_webhooks(void **state)
{
	struct desk *d = *state;
	struct client c;

	d->w.config.stripe_webhook_secret[0] = '\0';
	assert_int_equal(ask(d, &c, "POST", "/stripe/webhook",
			     "Content-Length: 2\r\n\r\n{}"),
	    404);
}

/* ---- sources ---- */

static void
only_the_last_hop_counts(void **state)
{
	static const char *const good[] = {"192.0.2.1", "a, 192.0.2.1",
	    "1.1.1.1,192.0.2.1 ", "::1, ::ffff:192.0.2.1"};
	static const char *const bad[] = {"", ",", "192.0.2.1,", "192.0.2.1:80",
	    "192.0.2.1 x", "unknown", "[::1]"};
	struct http_source want, got;
	size_t i;

	(void)state;
	memset(&want, 0, sizeof(want));
	memcpy(want.bytes + 10, "\xff\xff\xc0\x00\x02\x01", 6);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(http_source_forwarded(good[i], &got));
		assert_memory_equal(&got, &want, sizeof(want));
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(http_source_forwarded(bad[i], &got));
	assert_true(http_source_forwarded("2001:db8:1:2:3::1", &got));
	assert_true(http_source_forwarded("2001:db8:1:2:4::9", &want));
	assert_memory_equal(&got, &want, sizeof(want));
}

static void
tokens_come_back(void **state)
{
	static struct http_limits l;
	struct http_source s = {.bytes = {[15] = NOBODY}};
	int64_t now = 1000000;
	int i;

	(void)state;
	http_limits_init(&l);
	for (i = 0; i < HTTP_BURST; i++)
		assert_true(http_limits_admit(&l, &s, now, true));
	assert_false(http_limits_admit(&l, &s, now, true));
	now += HTTP_TOKEN_MS;
	assert_true(http_limits_admit(&l, &s, now, false));
	assert_true(http_limits_admit(&l, &s, now, true));
	assert_false(http_limits_admit(&l, &s, now, true));
	now += (int64_t)1000 * HTTP_BURST * HTTP_TOKEN_MS;
	for (i = 0; i < HTTP_BURST; i++)
		assert_true(http_limits_admit(&l, &s, now, true));
	assert_false(http_limits_admit(&l, &s, now, true));
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, http_setup, http_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_link_leads_to_the_page_in_any_case),
	    TEST(an_expired_link_makes_one_new_page),
	    TEST(a_link_says_where_its_checkout_stands),
	    TEST(what_failed_is_tried_again_when_somebody_wants_it),
	    TEST(coming_back_says_how_it_stands),
	    TEST(everything_else_is_not_found),
	    TEST(pages_are_closed_to_everything_else),
	    cmocka_unit_test(words_are_only_words),
	    TEST(health_follows_the_database),
	    TEST(to_say_thanks_is_not_to_pay),
	    TEST(who_asks_too_often_waits_and_others_do_not),
	    TEST(a_head_that_is_too_long_is_refused),
	    TEST(whoever_hangs_does_not_keep_others_waiting),
	    TEST(an_unsigned_webhook_is_refused),
	    TEST(a_webhook_that_is_too_long_is_not_read),
	    TEST(without_a_secret_there_are_no_webhooks),
	    cmocka_unit_test(only_the_last_hop_counts),
	    cmocka_unit_test(tokens_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

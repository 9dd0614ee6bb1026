/*
 * HTTP requests against a server of the test's own.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/worker/desk.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

enum { MANY = 100, LONG_MS = 20000, CREDENTIALS = 8192 };

struct server {
	struct desk *desk;
	struct MHD_Daemon *daemon;
	char url[64];
	pthread_mutex_t lock;
	pthread_cond_t all;
	int together; /* requests that wait for each other */
	char form[256];
	char authorization[64];
};

struct answer {
	int times;
	enum err err;
	long status, retry_after;
	size_t len;
	char body[256], retry[16], request_id[16];
};

static void
on_answer(void *arg, const struct fetched *f)
{
	struct answer *a = arg;

	a->times++;
	a->err = f->err;
	a->status = f->status;
	a->retry_after = f->retry_after;
	a->len = f->len;
	snprintf(a->body, sizeof(a->body), "%s", f->body);
	snprintf(a->retry, sizeof(a->retry), "%s", f->retry);
	snprintf(a->request_id, sizeof(a->request_id), "%s", f->request_id);
}

/* ---- the server: a thread for each connection ---- */

static enum MHD_Result
reply(struct MHD_Connection *c, unsigned status, const char *body, size_t n)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    n, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result ok;

	MHD_add_response_header(r, "Location", "/elsewhere");
	MHD_add_response_header(r, "Stripe-Should-Retry", "true");
	MHD_add_response_header(r, "Request-Id", "req_1");
	MHD_add_response_header(r, "Retry-After", "7");
	ok = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return ok;
}

static enum MHD_Result
reply_big(struct MHD_Connection *c, size_t n)
{
	char *body = malloc(n);
	enum MHD_Result ok;

	memset(body, 'x', n);
	ok = reply(c, 200, body, n);
	free(body);
	return ok;
}

/* Answers when MANY of these are there. */
static enum MHD_Result
reply_together(struct server *s, struct MHD_Connection *c)
{
	pthread_mutex_lock(&s->lock);
	if (++s->together == MANY)
		pthread_cond_broadcast(&s->all);
	while (s->together < MANY)
		pthread_cond_wait(&s->all, &s->lock);
	pthread_mutex_unlock(&s->lock);
	return reply(c, 200, "together", 8);
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *path,
    const char *method, const char *version, const char *data, size_t *size,
    void **known)
{
	struct server *s = arg;
	const char *h;

	(void)version;
	if (*known == NULL) {
		*known = s;
		return MHD_YES;
	}
	if (*size > 0) {
		strncat(s->form, data, *size);
		*size = 0;
		return MHD_YES;
	}
	h = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Authorization");
	snprintf(s->authorization, sizeof(s->authorization), "%s", h ? h : "");
	if (strcmp(path, "/redirect") == 0)
		return reply(c, 303, "", 0);
	if (strcmp(path, "/most") == 0)
		return reply_big(c, FETCH_MAX);
	if (strcmp(path, "/more") == 0)
		return reply_big(c, FETCH_MAX + 1);
	if (strcmp(path, "/together") == 0)
		return reply_together(s, c);
	return reply(c, 200, method, strlen(method));
}

static void
serve(struct server *s, unsigned flags, const char *key, const char *cert)
{
	const union MHD_DaemonInfo *info;
	struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)cert},
	    {MHD_OPTION_END, 0, NULL}};

	s->daemon = MHD_start_daemon(flags | MHD_USE_INTERNAL_POLLING_THREAD, 0,
	    NULL, NULL, on_request, s, MHD_OPTION_ARRAY,
	    key != NULL ? tls : &tls[2], MHD_OPTION_END);
	assert_non_null(s->daemon);
	info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
	snprintf(s->url, sizeof(s->url), "%s://localhost:%u",
	    key != NULL ? "https" : "http", (unsigned)info->port);
}

static int
setup(void **state)
{
	struct server *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->all, NULL);
	desk_setup((void **)&s->desk);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct server *s = *state;

	desk_teardown((void **)&s->desk);
	if (s->daemon != NULL)
		MHD_stop_daemon(s->daemon);
	free(s);
	return 0;
}

static void
serve_plainly(struct server *s)
{
	serve(s, MHD_USE_THREAD_PER_CONNECTION, NULL, NULL);
}

/* ---- asking ---- */

static void
ask(struct server *s, const char *path, const char *body, long ms,
    struct answer *a)
{
	static const char *const headers[] = {"Authorization: Bearer sk", NULL};
	char url[128];
	const struct fetch f = {.method = body != NULL ? "POST" : "GET",
	    .url = url,
	    .headers = headers,
	    .body = body,
	    .timeout_ms = ms,
	    .fn = on_answer,
	    .arg = a};

	snprintf(url, sizeof(url), "%s%s", s->url, path);
	assert_int_equal(fetch_start(&s->desk->w, &f), ERR_NONE);
}

static bool
answered(void *arg)
{
	return ((struct answer *)arg)->times > 0;
}

static struct answer
asked(struct server *s, const char *path, const char *body, long ms)
{
	struct answer a = {0};

	ask(s, path, body, ms, &a);
	assert_int_equal(a.times, 0); /* never before it returns */
	desk_turn_until(&s->desk->w, answered, &a);
	assert_int_equal(a.times, 1);
	return a;
}

static void
a_form_arrives_and_the_answer_comes_back(void **state)
{
	struct server *s = *state;
	struct answer a;

	serve_plainly(s);
	a = asked(s, "/", "a=1&b[0]=%C3%A9", LONG_MS);
	assert_int_equal(a.err, ERR_NONE);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, "POST");
	assert_string_equal(a.retry, "true");
	assert_string_equal(a.request_id, "req_1");
	assert_int_equal(a.retry_after, 7);
	assert_string_equal(s->form, "a=1&b[0]=%C3%A9");
	assert_string_equal(s->authorization, "Bearer sk");
	assert_string_equal(asked(s, "/", NULL, LONG_MS).body, "GET");
}

static void
a_redirect_is_not_followed(void **state)
{
	struct server *s = *state;

	serve_plainly(s);
	assert_int_equal(asked(s, "/redirect", NULL, LONG_MS).status, 303);
}

static void
an_answer_may_be_a_megabyte_and_no_more(void **state)
{
	struct server *s = *state;
	struct answer a;

	serve_plainly(s);
	a = asked(s, "/most", NULL, LONG_MS);
	assert_int_equal(a.err, ERR_NONE);
	assert_int_equal(a.len, FETCH_MAX);
	assert_int_equal(asked(s, "/more", NULL, LONG_MS).err, ERR_TOO_BIG);
}

static void
a_server_that_says_nothing_is_given_up(void **state)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	struct server *s = *state;
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, size), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	snprintf(
	    s->url, sizeof(s->url), "http://127.0.0.1:%u", ntohs(a.sin_port));
	assert_int_equal(asked(s, "/", NULL, 100).err, ERR_TIMEOUT);
	close(fd);
}

static void
nobody_there_is_an_error(void **state)
{
	struct server *s = *state;

	strcpy(s->url, "http://127.0.0.1:1");
	assert_int_equal(asked(s, "/", NULL, LONG_MS).err, ERR_IO);
	strcpy(s->url, "file:///etc/passwd?");
	assert_int_equal(asked(s, "/", NULL, LONG_MS).err, ERR_IO);
}

static bool
all_answered(void *arg)
{
	const struct answer *a = arg;
	size_t i;

	for (i = 0; i < MANY; i++)
		if (a[i].times == 0)
			return false;
	return true;
}

static void
a_hundred_are_under_way_together(void **state)
{
	static struct answer a[MANY];
	struct server *s = *state;
	size_t i;

	memset(a, 0, sizeof(a));
	serve_plainly(s);
	for (i = 0; i < MANY; i++)
		ask(s, "/together", NULL, LONG_MS, &a[i]);
	desk_turn_until(&s->desk->w, all_answered, a);
	for (i = 0; i < MANY; i++)
		assert_string_equal(a[i].body, "together");
}

static void
what_is_forgotten_is_not_answered(void **state)
{
	struct server *s = *state;
	struct answer gone = {0}, a = {0};

	serve_plainly(s);
	ask(s, "/", NULL, LONG_MS, &gone);
	ask(s, "/", NULL, LONG_MS, &a);
	fetch_forget(&s->desk->w, &gone);
	desk_turn_until(&s->desk->w, answered, &a);
	assert_int_equal(gone.times, 0);
}

static void
no_proxy_is_used(void **state)
{
	struct server *s = *state;

	serve_plainly(s);
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	assert_int_equal(asked(s, "/", NULL, LONG_MS).status, 200);
	unsetenv("http_proxy");
}

static void
slurp(const char *dir, const char *name, char text[CREDENTIALS])
{
	char path[128];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, CREDENTIALS - 1, f);
	text[n] = '\0';
	fclose(f);
}

static void
a_certificate_that_nobody_signed_is_refused(void **state)
{
	static char key[CREDENTIALS], cert[CREDENTIALS], command[400];
	struct server *s = *state;
	const char *dir = s->desk->f.scratch.dir;

	snprintf(command, sizeof(command),
	    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
	    "-nodes -days 2 -subj /CN=localhost -keyout %s/key -out %s/cert "
	    "2>/dev/null",
	    dir, dir);
	assert_int_equal(system(command), 0);
	slurp(dir, "key", key);
	slurp(dir, "cert", cert);
	serve(s, MHD_USE_TLS | MHD_USE_THREAD_PER_CONNECTION, key, cert);
	assert_int_equal(asked(s, "/", "secret", LONG_MS).err, ERR_DENIED);
	assert_string_equal(s->form, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_form_arrives_and_the_answer_comes_back),
	    TEST(a_redirect_is_not_followed),
	    TEST(an_answer_may_be_a_megabyte_and_no_more),
	    TEST(a_server_that_says_nothing_is_given_up),
	    TEST(nobody_there_is_an_error),
	    TEST(a_hundred_are_under_way_together),
	    TEST(what_is_forgotten_is_not_answered),
	    TEST(no_proxy_is_used),
	    TEST(a_certificate_that_nobody_signed_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

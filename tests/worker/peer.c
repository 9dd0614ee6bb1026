#include "tests/worker/peer.h"

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
#include "worker/stripe.h"

/* More than the test expects: not sent again. */
static const struct says nothing = {400, "false", "{}"};

#define NO_EVENTS "{\"data\":[]}"

static void
header(struct MHD_Connection *c, const char *name, char *dst, size_t size)
{
	const char *s = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);

	snprintf(dst, size, "%s", s != NULL ? s : "");
}

static enum MHD_Result
on_argument(
    void *arg, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct seen *seen = arg;
	size_t n = strlen(seen->query);

	(void)kind;
	snprintf(seen->query + n, sizeof(seen->query) - n, "%s%s=%s",
	    n > 0 ? "&" : "", key, value);
	return MHD_YES;
}

static enum MHD_Result
answer(struct MHD_Connection *c, const struct says *says)
{
	struct MHD_Response *r =
	    MHD_create_response_from_buffer(strlen(says->body),
		(void *)(uintptr_t)says->body, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result ok;

	if (says->should_retry != NULL)
		MHD_add_response_header(
		    r, "Stripe-Should-Retry", says->should_retry);
	ok = MHD_queue_response(c, says->status, r);
	MHD_destroy_response(r);
	return ok;
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *path,
    const char *method, const char *version, const char *data, size_t *size,
    void **known)
{
	struct peer *p = arg;
	struct seen *seen =
	    &p->seen[p->n < PEER_REQUESTS ? p->n : PEER_REQUESTS - 1];
	const char *since;

	(void)version;
	if (*known == NULL) {
		*known = p;
		return MHD_YES;
	}
	if (*size > 0) {
		strncat(seen->form, data,
		    *size < sizeof(seen->form) - strlen(seen->form)
			? *size
			: sizeof(seen->form) - strlen(seen->form) - 1);
		*size = 0;
		return MHD_YES;
	}
	if (strcmp(path, "/v1/events") == 0) {
		since = MHD_lookup_connection_value(
		    c, MHD_GET_ARGUMENT_KIND, "created[gte]");
		snprintf(p->events_since, sizeof(p->events_since), "%s",
		    since != NULL ? since : "");
		return answer(c, &(struct says) {200, NULL, p->events});
	}
	snprintf(seen->line, sizeof(seen->line), "%s %s", method, path);
	MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, on_argument, seen);
	header(c, "Authorization", seen->authorization, 64);
	header(c, "Stripe-Version", seen->version, 32);
	header(c, "Stripe-Account", seen->account, 32);
	header(c, "Idempotency-Key", seen->key, 64);
	p->n++;
	return answer(c, p->n <= p->most ? &p->says[p->n - 1] : &nothing);
}

void
peer_says(struct peer *p, const struct says *says, size_t n)
{
	assert_true(n <= PEER_REQUESTS);
	p->says = says;
	p->most = n;
	p->n = 0;
	memset(p->seen, 0, sizeof(p->seen));
}

int
peer_setup(void **state)
{
	struct peer *p = calloc(1, sizeof(*p));
	struct sockaddr_in sa = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct worker *w;
	void *desk;

	assert_non_null(p);
	assert_int_equal(desk_setup(&desk), 0);
	p->desk = desk;
	w = &p->desk->w;
	p->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL,
	    NULL, on_request, p, MHD_OPTION_SOCK_ADDR, &sa, MHD_OPTION_END);
	assert_non_null(p->daemon);
	snprintf(w->config.stripe_api_base, CONFIG_VALUE, "http://127.0.0.1:%d",
	    MHD_get_daemon_info(p->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	strcpy(w->config.stripe_secret_key, "sk_test_1");
	w->clock = p->desk->f.scratch.clock;
	p->events = NO_EVENTS;
	scratch_sql(&p->desk->f.scratch,
	    "UPDATE gateway SET account = 'acct_1', secret_key = '';"
	    "UPDATE gateway_customer SET account = 'acct_1';"
	    "UPDATE pay_method SET account = 'acct_1';"
	    "DELETE FROM checkout_charge; DELETE FROM invoice_claim");
	OK(sweep_open(w));
	*state = p;
	return 0;
}

int
peer_teardown(void **state)
{
	struct peer *p = *state;
	struct worker *w = &p->desk->w;
	void *desk = p->desk;

	MHD_stop_daemon(p->daemon);
	tasks_end(w);
	sweep_close(w);
	desk_teardown(&desk);
	free(p);
	return 0;
}

static bool
is_idle(void *arg)
{
	struct worker *w = arg;

	return w->ntasks == 0 &&
	       !(w->look.set && w->look.due <= clock_mono_ms() + 1);
}

void
peer_work(struct peer *p, int64_t later_s)
{
	struct worker *w = &p->desk->w;

	w->clock.fixed += later_s;
	p->desk->f.scratch.clock.fixed = w->clock.fixed;
	tasks_look(w);
	desk_turn_until(w, is_idle, w);
}

int64_t
peer_count(const struct peer *p, const char *sql)
{
	return scratch_int(&p->desk->f.scratch, sql);
}

struct checkout
peer_checkout(const struct peer *p, int64_t id)
{
	struct worker *w = &p->desk->w;
	struct checkout c;

	worker_self(w);
	OK(checkout_find(w->st, NULL, NULL, NULL, id, &c));
	return c;
}

static bool
is_settled(void *arg)
{
	return *(bool *)arg;
}

static void
on_settled(void *arg, enum err err)
{
	assert_int_equal(err, ERR_NONE);
	*(bool *)arg = true;
}

void
peer_settle(struct peer *p, const char *id)
{
	bool done = false;

	OK(settle(&p->desk->w, p->desk->f.of[WHO_ANNA].tenant, id, on_settled,
	    &done));
	desk_turn_until(&p->desk->w, is_settled, &done);
}

void
peer_become(struct peer *p, enum role role)
{
	struct identity id = fixture_identity(&p->desk->f, WHO_ANNA, role);

	store_become(p->desk->w.st, &id);
}

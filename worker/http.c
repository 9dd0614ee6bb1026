/*
 * The endpoint: libmicrohttpd on our loop.  Behind a proxy or not, everybody
 * may come: each connection is one small request that has HTTP_LIFE_MS.
 */
#include "worker/http.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "data/tenant.h"
#include "worker/stripe.h"

enum {
	HTTP_CONNS = 256,
	HTTP_CONNS_SOURCE = 32, /* of one source that is not our proxy */
	HTTP_IDLE_S = 10,
	HTTP_LIFE_MS = 30 * 1000,
	HTTP_CROWD = 128, /* connections: from there on each has less time */
	HTTP_LIFE_CROWD_MS = 2 * 1000,
	HTTP_HEAD = 8 * 1024, /* request line and headers */
	HTTP_UPLOADS = 32,    /* under way at once: memory */
	HTTP_BACKLOG = 128,
};

struct conn {
	struct endpoint *e;
	int fd;
	struct http_source source;
	int64_t born;
	struct conn *next;
};

struct endpoint {
	struct worker *w;
	struct MHD_Daemon *daemon;
	struct watch watch;
	struct timer turn, late;
	struct conn *conns; /* the youngest first */
	size_t nconns;
	bool full; /* it has stopped listening */
	size_t uploads;
	struct http_limits limits;
};

struct request;
struct route {
	const char *method; /* NULL: GET and HEAD */
	const char *path;   /* a "/" at its end: what follows is the token */
	enum MHD_Result (*answer)(struct request *r);
};

/* One request. */
struct request {
	struct endpoint *e;
	struct MHD_Connection *conn;
	const struct route *route; /* NULL: none */
	bool head;
	bool again;           /* what failed is to be tried again */
	bool upload, refused; /* a body is taken; is too long */
	struct http_source source;
	char token[CHECKOUT_TOKEN]; /* "" without */
	size_t taken;               /* of a body, whether it is kept or not */
	struct buf body;
	struct checkout c;
	struct tenant tenant; /* whose brand is shown */
};

/* ---- answers ---- */

static const char *const headers[][2] = {
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy",
	"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
	"form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Connection", "close"},
};

static enum MHD_Result
reply(struct request *r, unsigned status, const char *type, const char *text,
    size_t n, const char *location)
{
	struct MHD_Response *response;
	enum MHD_Result ok = MHD_YES;
	size_t i;

	response = MHD_create_response_from_buffer(
	    n, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	if (response == NULL)
		return MHD_NO;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		ok &= MHD_add_response_header(
		    response, headers[i][0], headers[i][1]);
	ok &= MHD_add_response_header(response, "Content-Type", type);
	if (location != NULL)
		ok &= MHD_add_response_header(response, "Location", location);
	if (ok == MHD_YES)
		ok = MHD_queue_response(r->conn, status, response);
	MHD_destroy_response(response);
	return ok;
}

static enum MHD_Result
reply_text(struct request *r, unsigned status, const char *text)
{
	return reply(
	    r, status, "text/plain; charset=utf-8", text, strlen(text), NULL);
}

static enum MHD_Result
reply_words(struct request *r, enum page page, const struct page_words *words)
{
	enum MHD_Result ok = MHD_NO;
	struct buf html;

	buf_init(&html, PAGE_MAX);
	page_write(&html, page, words);
	if (html.err == ERR_NONE)
		ok = reply(r, page_status(page), "text/html; charset=utf-8",
		    (const char *)html.data, html.len, NULL);
	buf_release(&html);
	return ok;
}

static enum MHD_Result
reply_page(struct request *r, enum page page)
{
	return reply_words(
	    r, page, &(struct page_words) {r->tenant.brand, "", r->c.link});
}

static enum MHD_Result
reply_see(struct request *r, const char *location)
{
	return reply(r, 303, "text/plain", "", 0, location);
}

/* ---- what is asked for ---- */

static bool
store_there(const struct worker *w)
{
	return w->st != NULL && w->sweeper != NULL && !w->away;
}

/* The checkout of the token, and whose it is. */
static enum err
load(struct request *r)
{
	struct worker *w = r->e->w;
	enum err err;

	if (r->token[0] == '\0')
		return ERR_NOT_FOUND;
	if (!store_there(w))
		return ERR_AWAY;
	worker_self(w);
	err = checkout_find(w->st, r->token, NULL, NULL, 0, &r->c);
	if (err == ERR_NONE && r->c.method != 0) {
		memset(&r->c, 0, sizeof(r->c)); /* a charge has no page */
		err = ERR_NOT_FOUND;
	}
	return err == ERR_NONE ? tenant_get(w->st, &r->tenant) : err;
}

static enum MHD_Result
reply_err(struct request *r, enum err err)
{
	return reply_page(r, err == ERR_NOT_FOUND ? PAGE_NOT_FOUND : PAGE_BUSY);
}

/* Another page behind the same link, once for each generation.  A HEAD asks
 * only what there is. */
static enum MHD_Result
renew(struct request *r)
{
	struct worker *w = r->e->w;
	enum err err;

	if (r->head)
		return reply_page(r, PAGE_WAIT);
	err = checkout_again(w->st, &r->c);
	if (err == ERR_CONFLICT)
		return reply_page(r, PAGE_OVER);
	if (err != ERR_NONE)
		return reply_page(r, PAGE_BUSY);
	tasks_look(w);
	return reply_page(r, PAGE_WAIT);
}

static enum MHD_Result
open_link(struct request *r)
{
	if (r->c.expires_at <= clock_now(&r->e->w->clock))
		return renew(r);
	return reply_see(r, r->c.url);
}

static enum MHD_Result
paid_link(struct request *r)
{
	char url[CONFIG_VALUE + 64], base[CONFIG_VALUE];

	stripe_public_url(r->e->w, base);
	snprintf(url, sizeof(url), "%s/thanks?t=%s", base, r->c.token);
	return reply_see(r, url);
}

static enum MHD_Result
wait_link(struct request *r)
{
	return reply_page(r, PAGE_WAIT);
}

static enum MHD_Result
processing_link(struct request *r)
{
	return reply_page(r, PAGE_PROCESSING);
}

static enum MHD_Result
saved_link(struct request *r)
{
	return reply_page(r, PAGE_SAVED);
}

static enum MHD_Result
over_link(struct request *r)
{
	return reply_page(r, PAGE_OVER);
}

/* Only who asks for it: a page that asks by itself would go on for ever. */
static enum MHD_Result
failed_link(struct request *r)
{
	char again[CHECKOUT_URL + 16];

	if (r->again)
		return renew(r);
	snprintf(again, sizeof(again), "%s?again=1", r->c.link);
	return reply_words(r, PAGE_FAILED,
	    &(struct page_words) {r->tenant.brand, r->c.reason, again});
}

static const struct link_state {
	const char *state;
	enum MHD_Result (*answer)(struct request *r);
} link_states[] = {
    {"wanted", wait_link},
    {"open", open_link},
    {"processing", processing_link},
    {"paid", paid_link},
    {"saved", saved_link},
    {"expired", renew},
    {"failed", failed_link},
    {"cancelling", over_link},
    {"cancelled", over_link},
};

static enum MHD_Result
answer_link(struct request *r)
{
	enum err err = load(r);
	size_t i;

	if (err != ERR_NONE)
		return reply_err(r, err);
	for (i = 0; i < sizeof(link_states) / sizeof(link_states[0]); i++)
		if (strcmp(link_states[i].state, r->c.state) == 0)
			return link_states[i].answer(r);
	return reply_page(r, PAGE_BUSY);
}

static bool
is_in(const struct request *r, const char *state)
{
	return strcmp(r->c.state, state) == 0;
}

/* Coming back from Stripe's page, which is open as far as we know, or is it
 * not: then that is what is said. */
static enum MHD_Result
reply_back(struct request *r, enum page payment, enum page setup)
{
	if (is_in(r, "paid"))
		return reply_page(r, PAGE_PAID);
	if (is_in(r, "processing"))
		return reply_page(r, PAGE_PROCESSING);
	if (is_in(r, "saved"))
		return reply_page(r, PAGE_SAVED);
	return reply_page(
	    r, r->c.purpose == CHECKOUT_FOR_SETUP ? setup : payment);
}

/* A reason to look, and nothing more. */
static enum MHD_Result
answer_thanks(struct request *r)
{
	if (load(r) != ERR_NONE)
		return reply_page(r, PAGE_THANKS);
	if (!is_in(r, "open"))
		return reply_back(r, PAGE_THANKS, PAGE_THANKS);
	if (!r->head)
		sweep_soon(r->e->w, r->c.id);
	return reply_back(r, PAGE_CONFIRMING, PAGE_SAVING);
}

static enum MHD_Result
answer_cancelled(struct request *r)
{
	(void)load(r);
	return reply_back(r, PAGE_CANCELLED, PAGE_NOT_SAVED);
}

static enum MHD_Result
answer_health(struct request *r)
{
	return store_there(r->e->w) ? reply_text(r, 200, "ok\n")
				    : reply_text(r, 503, "no database\n");
}

static enum MHD_Result
answer_webhook(struct request *r)
{
	struct endpoint *e = r->e;
	struct worker *w = e->w;
	const char *signature;
	enum err err;

	if (w->config.stripe_webhook_secret[0] == '\0')
		return reply_page(r, PAGE_NOT_FOUND);
	if (r->refused || r->body.err != ERR_NONE)
		return reply_text(r, 413, "too long\n");
	signature = MHD_lookup_connection_value(
	    r->conn, MHD_HEADER_KIND, "Stripe-Signature");
	if (signature == NULL ||
	    webhook_verify(signature, r->body.data, r->body.len,
		w->config.stripe_webhook_secret,
		clock_now(&w->clock)) != ERR_NONE) {
		if (!http_limits_admit(
			&e->limits, &r->source, clock_mono_ms(), true))
			return reply_page(r, PAGE_LIMIT);
		log_warn("a webhook without a valid signature was refused");
		return reply_text(r, 400, "bad signature\n");
	}
	if (!store_there(w))
		return reply_text(r, 503, "later\n");
	err = webhook_take(w, r->body.data, r->body.len);
	if (err == ERR_BUSY)
		return reply_text(r, 503, "later\n");
	return err == ERR_NONE ? reply_text(r, 200, "ok\n")
			       : reply_text(r, 400, "bad event\n");
}

static const struct route routes[] = {
    {NULL, "/P/", answer_link},
    {NULL, "/thanks", answer_thanks},
    {NULL, "/cancelled", answer_cancelled},
    {NULL, "/healthz", answer_health},
    {"POST", "/stripe/webhook", answer_webhook},
};

/* ---- reading a request ---- */

/* 16 letters and digits, or "". */
static void
token_read(struct request *r, const char *s)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (s != NULL && strlen(s) == CHECKOUT_TOKEN - 1 &&
	    strspn(s, letters) == CHECKOUT_TOKEN - 1)
		memcpy(r->token, s, CHECKOUT_TOKEN);
}

static bool
route_fits(const struct route *route, const char *method, const char *path)
{
	size_t n = strlen(route->path);

	if (route->method != NULL
		? strcmp(method, route->method) != 0
		: strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return false;
	return route->path[n - 1] == '/'
		   ? strncasecmp(path, route->path, n) == 0
		   : strcmp(path, route->path) == 0;
}

static void
route_find(struct request *r, const char *method, const char *path)
{
	size_t i, n;

	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!route_fits(&routes[i], method, path))
			continue;
		r->route = &routes[i];
		r->again = MHD_lookup_connection_value(
			       r->conn, MHD_GET_ARGUMENT_KIND, "again") != NULL;
		n = strlen(r->route->path);
		token_read(r, r->route->path[n - 1] == '/'
				  ? path + n
				  : MHD_lookup_connection_value(
					r->conn, MHD_GET_ARGUMENT_KIND, "t"));
	}
}

static enum MHD_Result
forwarded(
    void *arg, enum MHD_ValueKind kind, const char *key, const char *value)
{
	(void)kind;
	if (value != NULL && strcasecmp(key, "X-Forwarded-For") == 0)
		*(const char **)arg = value;
	return MHD_YES;
}

/* Only our own proxy is believed: it is on this machine. */
static void
source_read(struct request *r)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    r->conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *header = NULL;

	if (info == NULL || !http_source_read(info->client_addr, &r->source) ||
	    !http_source_loopback(&r->source))
		return;
	MHD_get_connection_values(r->conn, MHD_HEADER_KIND, forwarded, &header);
	if (header != NULL)
		(void)http_source_forwarded(header, &r->source);
}

static struct request *
request_new(struct endpoint *e, struct MHD_Connection *conn, const char *method,
    const char *path)
{
	struct request *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->e = e;
	r->conn = conn;
	r->head = strcmp(method, "HEAD") == 0;
	buf_init(&r->body, WEBHOOK_MAX);
	source_read(r);
	route_find(r, method, path);
	if (r->route != NULL && r->route->method != NULL &&
	    e->uploads < HTTP_UPLOADS) {
		r->upload = true;
		e->uploads++;
	}
	return r;
}

static enum MHD_Result
request_answer(struct request *r)
{
	struct endpoint *e = r->e;

	/* Whoever watches us comes often; what is signed is always heard. */
	if (r->route != NULL && (r->route->answer == answer_health ||
				    (r->route->method != NULL && r->upload)))
		return r->route->answer(r);
	if (!http_limits_admit(&e->limits, &r->source, clock_mono_ms(), true))
		return reply_page(r, PAGE_LIMIT);
	if (r->route == NULL)
		return reply_page(r, PAGE_NOT_FOUND);
	if (r->route->method != NULL)
		return reply_page(r, PAGE_BUSY);
	return r->route->answer(r);
}

/* Is the length that is announced more than we take? */
static bool
too_long(struct request *r)
{
	const char *length = MHD_lookup_connection_value(
	    r->conn, MHD_HEADER_KIND, "Content-Length");

	return length != NULL && strtoull(length, NULL, 10) > WEBHOOK_MAX;
}

static enum MHD_Result
handle(void *arg, struct MHD_Connection *conn, const char *path,
    const char *method, const char *version, const char *upload, size_t *size,
    void **state)
{
	struct request *r = *state;

	(void)version;
	if (r == NULL) {
		if ((r = request_new(arg, conn, method, path)) == NULL)
			return MHD_NO;
		*state = r;
		/* Before it is sent, if it has to be. */
		r->refused = too_long(r);
		if (r->refused || (r->route != NULL &&
				      r->route->method != NULL && !r->upload))
			return request_answer(r);
		return MHD_YES;
	}
	if (*size > 0) {
		r->taken += *size;
		if (r->upload)
			buf_add(&r->body, upload, *size);
		*size = 0;
		/* Without a length it goes on as long as it likes, and can
		 * not be answered before its end: it is cut off. */
		return r->taken > WEBHOOK_MAX ? MHD_NO : MHD_YES;
	}
	return request_answer(r);
}

static void
request_done(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_RequestTerminationCode how)
{
	struct request *r = *state;

	(void)arg;
	(void)conn;
	(void)how;
	if (r == NULL)
		return;
	if (r->upload)
		r->e->uploads--;
	buf_wipe(&r->body);
	free(r);
	*state = NULL;
}

/* ---- connections ---- */

static enum MHD_Result
admit(void *arg, const struct sockaddr *sa, socklen_t len)
{
	struct endpoint *e = arg;
	struct http_source source;
	const struct conn *c;
	size_t n = 0;

	(void)len;
	if (!http_source_read(sa, &source))
		return MHD_NO;
	if (http_source_loopback(&source))
		return MHD_YES;
	for (c = e->conns; c != NULL; c = c->next)
		n += memcmp(&c->source, &source, sizeof(source)) == 0;
	return n < HTTP_CONNS_SOURCE ? MHD_YES : MHD_NO;
}

/* Those who wait for nothing must not keep the others out. */
static void
endpoint_late(void *arg)
{
	struct endpoint *e = arg;
	int64_t now = clock_mono_ms(), next = 0, life;
	struct conn *c;

	life = e->nconns > HTTP_CROWD ? HTTP_LIFE_CROWD_MS : HTTP_LIFE_MS;
	for (c = e->conns; c != NULL; c = c->next) {
		if (c->born + life <= now)
			shutdown(c->fd, SHUT_RDWR);
		else
			next = c->born + life; /* at last the oldest's */
	}
	if (next != 0)
		loop_timer_set(&e->w->loop, &e->late, next - now);
}

static void
conn_came(struct endpoint *e, struct MHD_Connection *conn, void **state)
{
	const union MHD_ConnectionInfo *fd, *addr;
	struct conn *c = calloc(1, sizeof(*c));

	fd = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
	addr =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (c == NULL || fd == NULL || addr == NULL) {
		free(c); /* the time without a byte is limited all the same */
		return;
	}
	c->e = e;
	c->fd = fd->connect_fd;
	(void)http_source_read(addr->client_addr, &c->source);
	c->born = clock_mono_ms();
	c->next = e->conns;
	e->conns = c;
	*state = c;
	e->full |= ++e->nconns == HTTP_CONNS;
	if (e->nconns == HTTP_CROWD + 1)
		loop_timer_set(&e->w->loop, &e->late, 0);
	else if (!e->late.set)
		loop_timer_set(&e->w->loop, &e->late, HTTP_LIFE_MS);
}

static void
conn_changed(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_ConnectionNotificationCode what)
{
	struct endpoint *e = arg;
	struct conn **at = &e->conns, *c = *state;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		conn_came(e, conn, state);
		return;
	}
	if (c == NULL)
		return;
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	e->nconns--;
	free(c);
	*state = NULL;
}

/* ---- on the loop ---- */

static void
endpoint_turn(void *arg)
{
	struct endpoint *e = arg;
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(e->daemon);
	/* It listens again at its next run, and nothing else may bring one. */
	if (e->full && e->nconns < HTTP_CONNS) {
		e->full = false;
		loop_timer_set(&e->w->loop, &e->turn, 0);
	} else if (MHD_get_timeout(e->daemon, &ms) == MHD_YES)
		loop_timer_set(&e->w->loop, &e->turn, (int64_t)ms);
	else
		loop_timer_clear(&e->w->loop, &e->turn);
}

static void
endpoint_ready(void *arg, uint32_t events)
{
	(void)events;
	endpoint_turn(arg);
}

__attribute__((format(printf, 2, 0))) static void
endpoint_log(void *arg, const char *fmt, va_list ap)
{
	char line[256];

	(void)arg;
	vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = '\0';
	log_debug("http: %s", line);
}

/* "host:port", "[v6]:port", "port"; numbers only. */
static bool
listen_split(const char *text, char host[CONFIG_VALUE], const char **port)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon != NULL ? (size_t)(colon - text) : 0;

	*port = colon != NULL ? colon + 1 : text;
	if (n > 1 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	memcpy(host, text, n);
	host[n] = '\0';
	return (*port)[0] != '\0' && strlen(*port) <= 5 &&
	       strspn(*port, "0123456789") == strlen(*port) &&
	       atoi(*port) > 0 && atoi(*port) <= UINT16_MAX;
}

static int
listen_open(const char *text)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
			    .ai_flags =
				AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV},
			*ai;
	char host[CONFIG_VALUE];
	const char *port;
	int fd, error, on = 1;

	if (!listen_split(text, host, &port) ||
	    getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, &ai) !=
		0) {
		errno = EINVAL;
		return -1;
	}
	fd = socket(
	    ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Workers of one user share an address: the kernel deals out. */
	if (fd != -1 &&
	    (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) ==
		    -1 ||
		bind(fd, ai->ai_addr, ai->ai_addrlen) == -1 ||
		listen(fd, HTTP_BACKLOG) == -1)) {
		error = errno;
		close(fd);
		errno = error;
		fd = -1;
	}
	freeaddrinfo(ai);
	return fd;
}

static const struct {
	int error;
	const char *advice;
} listen_advice[] = {
    {EADDRINUSE, "another program listens there: end it, or choose another "
		 "address and tell the proxy"},
    {EADDRNOTAVAIL, "this machine has no such address: 127.0.0.1:8080 is for "
		    "a proxy on the same machine"},
    {EACCES, "only root may listen there: choose a port above 1023"},
    {EINVAL, "it must be ADDRESS:PORT in numbers, such as 127.0.0.1:8080 or "
	     "[::1]:8080"},
};

static void
listen_explain(const struct worker *w, int error)
{
	const char *advice = "choose another address";
	size_t i;

	for (i = 0; i < sizeof(listen_advice) / sizeof(listen_advice[0]); i++)
		if (listen_advice[i].error == error)
			advice = listen_advice[i].advice;
	log_error("%s: [http] listen = %s: %s; %s", w->config.path,
	    w->config.http_listen, strerror(error), advice);
}

/* MHD owns the socket once it has started. */
static enum err
endpoint_start(struct endpoint *e, int fd)
{
	const union MHD_DaemonInfo *info;

	e->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0,
	    admit, e, handle, e, MHD_OPTION_EXTERNAL_LOGGER, endpoint_log, e,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)HTTP_CONNS, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)HTTP_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    (size_t)HTTP_HEAD, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_NOTIFY_COMPLETED, request_done, e,
	    MHD_OPTION_NOTIFY_CONNECTION, conn_changed, e, MHD_OPTION_END);
	if (e->daemon == NULL)
		return ERR_INTERNAL;
	info = MHD_get_daemon_info(e->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL || info->epoll_fd == -1)
		return ERR_INTERNAL;
	e->watch = (struct watch) {info->epoll_fd, endpoint_ready, e};
	return loop_add(&e->w->loop, &e->watch);
}

enum err
endpoint_open(struct worker *w)
{
	struct endpoint *e;
	enum err err;
	int fd;

	if ((fd = listen_open(w->config.http_listen)) == -1) {
		listen_explain(w, errno);
		return ERR_CONFIG;
	}
	if ((e = calloc(1, sizeof(*e))) == NULL) {
		close(fd);
		return ERR_NOMEM;
	}
	e->w = w;
	e->turn = (struct timer) {.fire = endpoint_turn, .arg = e};
	e->late = (struct timer) {.fire = endpoint_late, .arg = e};
	http_limits_init(&e->limits);
	w->endpoint = e;
	if ((err = endpoint_start(e, fd)) != ERR_NONE) {
		if (e->daemon == NULL)
			close(fd);
		endpoint_close(w);
		return err;
	}
	log_info("http on %s", w->config.http_listen);
	return ERR_NONE;
}

void
endpoint_close(struct worker *w)
{
	struct endpoint *e = w->endpoint;

	if (e == NULL)
		return;
	loop_timer_clear(&w->loop, &e->turn);
	loop_timer_clear(&w->loop, &e->late);
	if (e->watch.fd > 0)
		loop_remove(&w->loop, &e->watch);
	if (e->daemon != NULL)
		MHD_stop_daemon(e->daemon);
	free(e);
	w->endpoint = NULL;
}

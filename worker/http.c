/*
 * The endpoint: libmicrohttpd on our loop.  Behind a proxy or not, everybody
 * may come: each connection is one small request that has HTTP_LIFE_MS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker/http_request.h"

enum {
	HTTP_CONNS = 256,
	HTTP_CONNS_SOURCE = 32, /* of one source that is not our proxy */
	HTTP_IDLE_S = 10,
	HTTP_LIFE_MS = 30 * 1000,
	HTTP_CROWD = 128, /* connections: from there on each has less time */
	HTTP_LIFE_CROWD_MS = 2 * 1000,
	HTTP_HEAD = 8 * 1024, /* request line and headers */
};

struct conn {
	int fd;
	struct http_source source;
	int64_t born;
	struct conn *next;
};

struct endpoint {
	struct http_shared shared;
	struct MHD_Daemon *daemon;
	struct watch watch;
	struct timer turn, late;
	struct conn *conns; /* the youngest first */
	size_t nconns;
	bool full; /* it has stopped listening */
};

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
		loop_timer_set(&e->shared.w->loop, &e->late, next - now);
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
	c->fd = fd->connect_fd;
	(void)http_source_read(addr->client_addr, &c->source);
	c->born = clock_mono_ms();
	c->next = e->conns;
	e->conns = c;
	*state = c;
	e->full |= ++e->nconns == HTTP_CONNS;
	if (e->nconns == HTTP_CROWD + 1)
		loop_timer_set(&e->shared.w->loop, &e->late, 0);
	else if (!e->late.set)
		loop_timer_set(&e->shared.w->loop, &e->late, HTTP_LIFE_MS);
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
		loop_timer_set(&e->shared.w->loop, &e->turn, 0);
	} else if (MHD_get_timeout(e->daemon, &ms) == MHD_YES)
		loop_timer_set(&e->shared.w->loop, &e->turn, (int64_t)ms);
	else
		loop_timer_clear(&e->shared.w->loop, &e->turn);
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

/* MHD owns the socket once it has started. */
static enum err
endpoint_start(struct endpoint *e, int fd)
{
	const union MHD_DaemonInfo *info;

	e->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0,
	    admit, e, request_handle, &e->shared, MHD_OPTION_EXTERNAL_LOGGER,
	    endpoint_log, e, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEAD,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED,
	    request_done, e, MHD_OPTION_NOTIFY_CONNECTION, conn_changed, e,
	    MHD_OPTION_END);
	if (e->daemon == NULL)
		return ERR_INTERNAL;
	info = MHD_get_daemon_info(e->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL || info->epoll_fd == -1)
		return ERR_INTERNAL;
	e->watch = (struct watch) {info->epoll_fd, endpoint_ready, e};
	return loop_add(&e->shared.w->loop, &e->watch);
}

enum err
endpoint_open(struct worker *w)
{
	struct endpoint *e;
	enum err err;
	int fd;

	if ((fd = http_listen_open(&w->config)) == -1)
		return ERR_CONFIG;
	if ((e = calloc(1, sizeof(*e))) == NULL) {
		close(fd);
		return ERR_NOMEM;
	}
	e->shared.w = w;
	e->turn = (struct timer) {.fire = endpoint_turn, .arg = e};
	e->late = (struct timer) {.fire = endpoint_late, .arg = e};
	http_limits_init(&e->shared.limits);
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

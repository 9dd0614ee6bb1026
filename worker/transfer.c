/*
 * libcurl tells which sockets it waits for and for how long, the loop waits.
 */
#include "worker/transfer.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "base/log.h"

enum { CONNECT_MS = 15 * 1000 };

struct fetcher {
	struct worker *w;
	CURLM *multi;
	struct timer timer;
	struct transfer *transfers;
};

/* A socket of libcurl's. */
struct wire {
	struct fetcher *f;
	struct watch watch;
};

static void
transfer_drop(struct fetcher *f, struct transfer *t)
{
	struct transfer **p = &f->transfers;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	curl_multi_remove_handle(f->multi, t->easy);
}

static void
transfer_free(struct transfer *t)
{
	curl_easy_cleanup(t->easy);
	t->release(t);
}

/* Before it is over. */
static void
transfer_abort(struct fetcher *f, struct transfer *t)
{
	transfer_drop(f, t);
	transfer_free(t);
}

static void
fetcher_over(struct fetcher *f)
{
	struct transfer *t;
	CURLMsg *msg;
	CURLcode code;
	int left;

	while ((msg = curl_multi_info_read(f->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		code = msg->data.result;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
		transfer_drop(f, t); /* msg is gone with it */
		if (t->why[0] == '\0' && code != CURLE_OK)
			snprintf(t->why, sizeof(t->why), "%s",
			    curl_easy_strerror(code));
		t->over(t, code);
		transfer_free(t);
	}
}

static void
fetcher_act(struct fetcher *f, curl_socket_t fd, int events)
{
	int running;

	curl_multi_socket_action(f->multi, fd, events, &running);
	fetcher_over(f);
}

static void
wire_ready(void *arg, uint32_t events)
{
	struct wire *wire = arg;
	int what = 0;

	if (events & EPOLLIN)
		what |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		what |= CURL_CSELECT_ERR;
	fetcher_act(wire->f, wire->watch.fd, what);
}

static struct wire *
wire_new(struct fetcher *f, curl_socket_t fd)
{
	struct wire *wire = calloc(1, sizeof(*wire));

	if (wire == NULL)
		return NULL;
	wire->f = f;
	wire->watch = (struct watch) {fd, wire_ready, wire};
	if (loop_add(&f->w->loop, &wire->watch) != ERR_NONE) {
		free(wire);
		return NULL;
	}
	curl_multi_assign(f->multi, fd, wire);
	return wire;
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
	struct fetcher *f = arg;
	struct wire *wire = known;
	uint32_t events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (wire != NULL)
			loop_remove(&f->w->loop, &wire->watch);
		free(wire);
		return 0;
	}
	/* Without room for it its transfer ends by its limit of time. */
	if (wire == NULL && (wire = wire_new(f, fd)) == NULL)
		return 0;
	if (what & CURL_POLL_IN)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		events |= EPOLLOUT;
	(void)loop_want(&f->w->loop, &wire->watch, events);
	return 0;
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
	struct fetcher *f = arg;

	(void)multi;
	if (ms < 0)
		loop_timer_clear(&f->w->loop, &f->timer);
	else
		loop_timer_set(&f->w->loop, &f->timer, ms);
	return 0;
}

static void
on_time(void *arg)
{
	fetcher_act(arg, CURL_SOCKET_TIMEOUT, 0);
}

enum err
fetcher_open(struct worker *w)
{
	struct fetcher *f;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return ERR_INTERNAL;
	if ((f = calloc(1, sizeof(*f))) == NULL)
		return ERR_NOMEM;
	if ((f->multi = curl_multi_init()) == NULL) {
		free(f);
		return ERR_NOMEM;
	}
	f->w = w;
	f->timer.fire = on_time;
	f->timer.arg = f;
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
	w->fetcher = f;
	return ERR_NONE;
}

void
fetcher_close(struct worker *w)
{
	struct fetcher *f = w->fetcher;
	struct transfer *t;

	if (f == NULL)
		return;
	while ((t = f->transfers) != NULL)
		transfer_abort(f, t);
	curl_multi_cleanup(f->multi);
	loop_timer_clear(&w->loop, &f->timer);
	free(f);
	w->fetcher = NULL;
	curl_global_cleanup();
}

enum err
transfer_easy(
    CURL **out, char why[CURL_ERROR_SIZE], const char *schemes, long timeout_ms)
{
	CURL *c = curl_easy_init();

	if (c == NULL)
		return ERR_NOMEM;
	why[0] = '\0';
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, schemes);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, timeout_ms);
	*out = c;
	return ERR_NONE;
}

enum err
transfer_init(struct transfer *t, const char *schemes, long timeout_ms)
{
	enum err err = transfer_easy(&t->easy, t->why, schemes, timeout_ms);

	if (err == ERR_NONE)
		curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	return err;
}

enum err
transfer_start(struct worker *w, struct transfer *t)
{
	struct fetcher *f = w->fetcher;

	if (curl_multi_add_handle(f->multi, t->easy) != CURLM_OK) {
		transfer_free(t);
		return ERR_INTERNAL;
	}
	t->next = f->transfers;
	f->transfers = t;
	return ERR_NONE;
}

void
fetch_forget(struct worker *w, const void *owner)
{
	struct fetcher *f = w->fetcher;
	struct transfer *t, *next;

	for (t = f->transfers; t != NULL; t = next) {
		next = t->next;
		if (t->owner == owner)
			transfer_abort(f, t);
	}
}

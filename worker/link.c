/*
 * The store's coming and going: a connection that is lost is made again, with
 * pauses that grow; there is a timer only meanwhile.  And what changed, told by
 * the store and to it.
 */
#include <poll.h>

#include "base/log.h"
#include "worker/worker.h"

enum {
	PATIENCE_MS = 15 * 1000, /* with a server that says nothing */
	SAY_EVERY = 12,          /* tries, why it is still away */
};

static void
link_changed(void *arg, int64_t tenant, int64_t customer, unsigned topics)
{
	struct worker *w = arg;

	if (topics & TOPIC_JOBS)
		tasks_look(w);
	if (!store_announces(w->st))
		bell_tell(w, tenant, customer, topics);
}

static int
link_pause_ms(struct worker *w)
{
	static const int pauses_ms[] = {200, 500, 1000, 2000, 5000};
	size_t last = sizeof(pauses_ms) / sizeof(pauses_ms[0]) - 1;
	size_t n = w->tries++;

	return pauses_ms[n < last ? n : last];
}

/* What was said when it went is not said with each try. */
static void
link_hush(const struct worker *w)
{
	if (w->tries % SAY_EVERY != 0)
		log_open(WORKER_NAME, LOG_LVL_NONE);
}

/* Notices may have come with an answer, where poll() does not see them:
 * link_look() takes them in any case. */
static void
link_ready(void *arg, uint32_t events)
{
	(void)arg, (void)events;
}

static enum err
link_made(struct worker *w)
{
	w->away = false;
	w->tries = 0;
	w->server = (struct watch) {store_fd(w->st), link_ready, w};
	return w->server.fd == -1 ? ERR_NONE : loop_add(&w->loop, &w->server);
}

static enum err
link_first(struct worker *w)
{
	enum err err;

	if ((err = store_open(&w->st, w->config.store_url, &w->clock)) !=
	    ERR_NONE)
		return err;
	store_patience(w->st, PATIENCE_MS);
	store_on_change(w->st, link_changed, w);
	if (store_announces(w->st) && (err = store_listen(w->st)) != ERR_NONE) {
		store_close(w->st);
		w->st = NULL;
	}
	return err;
}

enum err
link_open(struct worker *w)
{
	struct pollfd p = {.fd = w->signals.fd, .events = POLLIN};
	enum err err;

	w->server.fd = -1;
	for (;;) {
		link_hush(w);
		err = link_first(w);
		log_open(WORKER_NAME, LOG_LVL_INFO);
		if (err == ERR_NONE)
			return link_made(w);
		if (err != ERR_AWAY && err != ERR_BUSY)
			return err;
		if (w->tries == 0)
			log_warn("the database does not answer: trying on");
		if (poll(&p, 1, link_pause_ms(w)) > 0)
			w->signals.ready(w->signals.arg, POLLIN);
		if (w->stopping)
			return ERR_CLOSED;
	}
}

static void
link_again(void *arg)
{
	struct worker *w = arg;
	enum err err;

	link_hush(w);
	if ((err = store_reopen(w->st)) == ERR_NONE)
		err = link_made(w);
	log_open(WORKER_NAME, LOG_LVL_INFO);
	if (err == ERR_AWAY || err == ERR_BUSY) {
		loop_timer_set(&w->loop, &w->again, link_pause_ms(w));
	} else if (err != ERR_NONE) {
		log_error(
		    "the store cannot be opened again: %s", err_name(err));
		w->done = true;
	} else {
		log_info("the database answers again");
		tasks_back(w);
	}
}

static void
link_lost(struct worker *w)
{
	log_warn("the database does not answer: trying on");
	w->away = true;
	w->again.fire = link_again;
	w->again.arg = w;
	loop_timer_set(&w->loop, &w->again, link_pause_ms(w));
}

static void
link_hear(struct worker *w)
{
	struct notification n;
	bool got = true;

	while (got && store_hear(w->st, &n, &got) == ERR_NONE)
		if (got && n.type == NOTIFY_CHANGED && n.topics & TOPIC_JOBS)
			tasks_look(w);
}

void
link_look(struct worker *w)
{
	if (w->away)
		return;
	if (w->server.fd != -1)
		link_hear(w);
	/* Closing the connection has ended the watching, too. */
	if (store_away(w->st))
		link_lost(w);
}

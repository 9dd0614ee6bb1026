/*
 * The store's coming and going: opened once, or as soon as its server answers;
 * a connection that is lost is made again, with pauses that grow.  There is a
 * timer only meanwhile.
 */
#include <string.h>

#include "base/log.h"
#include "sshd/store/worker.h"

enum {
	PATIENCE_MS = 15 * 1000, /* with a server that says nothing */
	SAY_EVERY = 12,          /* tries, why it is still away */
};

static void
link_changed(void *arg, int64_t tenant, int64_t customer, unsigned topics)
{
	struct buf b;

	buf_init(&b, 64);
	buf_put_i64(&b, tenant);
	buf_put_i64(&b, customer);
	buf_put_u32(&b, topics);
	worker_tell(arg, WORKER_MSG_CHANGED, &b);
}

static void
link_hear(struct worker *w)
{
	struct notification n;
	bool got = true;

	while (got && store_hear(w->store, &n, &got) == ERR_NONE) {
		if (got && n.type == NOTIFY_CHANGED)
			link_changed(w, n.tenant, n.customer, n.topics);
		else if (got && n.type == NOTIFY_DISABLED)
			worker_tell_disabled(w, n.login);
	}
}

/* Notices may have come with an answer, where poll() does not see them:
 * link_look() takes them in any case. */
static void
link_ready(void *arg, uint32_t events)
{
	(void)arg, (void)events;
}

static enum err
link_first(struct worker *w)
{
	struct store *st;
	enum err err;

	if ((err = store_open(&st, w->url, NULL)) != ERR_NONE)
		return err;
	store_set_front(st, w->front);
	store_patience(st, PATIENCE_MS);
	/*
	 * The monitor passes changes on to everybody, this worker too: its own
	 * sessions must not be told (and perhaps freed) in the middle of an
	 * answer.
	 */
	store_on_change(st, link_changed, w);
	if (w->listens && store_announces(st) &&
	    (err = store_listen(st)) != ERR_NONE) {
		store_close(st);
		return err;
	}
	explicit_bzero(w->url, sizeof(w->url));
	w->store = st;
	return ERR_NONE;
}

static enum err
link_make(struct worker *w)
{
	enum err err =
	    w->store == NULL ? link_first(w) : store_reopen(w->store);

	if (err != ERR_NONE)
		return err;
	w->away = false;
	w->tries = 0;
	w->server = (struct watch) {store_fd(w->store), link_ready, w};
	if (w->server.fd != -1 &&
	    (err = loop_add(&w->loop, &w->server)) != ERR_NONE)
		return err;
	worker_tell(w, WORKER_MSG_READY, NULL);
	clients_note(w, &(struct note) {.type = NOTE_BACK});
	return ERR_NONE;
}

static void
link_wait(struct worker *w)
{
	static const int64_t pauses_ms[] = {200, 500, 1000, 2000, 5000};
	size_t last = sizeof(pauses_ms) / sizeof(pauses_ms[0]) - 1;

	loop_timer_set(
	    &w->loop, &w->again, pauses_ms[w->tries < last ? w->tries : last]);
	w->tries++;
}

static void
link_again(void *arg)
{
	struct worker *w = arg;
	enum err err;

	/* Why, was said when it went. */
	if (w->tries % SAY_EVERY != 0)
		log_open(WORKER_NAME, LOG_LVL_NONE);
	err = link_make(w);
	log_open(WORKER_NAME, LOG_LVL_INFO);
	if (err == ERR_AWAY || err == ERR_BUSY)
		link_wait(w);
	else if (err != ERR_NONE)
		w->done = true; /* the next worker says what is wrong */
}

static void
link_lost(struct worker *w)
{
	w->away = true;
	w->again.fire = link_again;
	w->again.arg = w;
	worker_tell(w, WORKER_MSG_AWAY, NULL);
	clients_note(w, &(struct note) {.type = NOTE_AWAY});
	link_wait(w);
}

enum err
link_open(struct worker *w)
{
	enum err err = link_make(w);

	if (err != ERR_AWAY)
		return err;
	link_lost(w);
	return ERR_NONE;
}

void
link_look(struct worker *w)
{
	if (w->store == NULL || w->away)
		return;
	if (w->server.fd != -1)
		link_hear(w);
	/* Closing the connection has ended the watching, too. */
	if (store_away(w->store))
		link_lost(w);
}

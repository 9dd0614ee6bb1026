/*
 * The sessions bound to a worker: their questions, and what they are told.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "data/serve.h"
#include "data/session.h"
#include "sshd/store/worker.h"

/* A session program's end of its store socket. */
struct client {
	struct worker *worker;
	struct watch watch;
	struct identity id;
	uint32_t session; /* the monitor's number */
	bool rendering;   /* its request waits for a paper */
	struct client *next;
};

static void
client_free(struct client *c)
{
	struct client **p = &c->worker->clients;
	struct buf b;

	buf_init(&b, 16);
	buf_put_u32(&b, c->session);
	worker_tell(c->worker, WORKER_MSG_GONE, &b);
	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	loop_remove(&c->worker->loop, &c->watch);
	close(c->watch.fd);
	free(c);
}

/* Whoever does not take its answers is dropped: nothing piles up here. */
static void
client_send(struct client *c, uint16_t type, const struct buf *b)
{
	if (ipc_send(c->watch.fd, type, b, NULL, 0) != ERR_NONE)
		client_free(c);
}

/* The monitor tells every worker of this machine, this one too; the database
 * tells the other machines. */
static enum err
client_end_others(struct client *c)
{
	struct store *st = c->worker->store;
	struct buf b;
	enum err err;

	if (store_announces(st) &&
	    (err = store_tell_disabled(st, c->id.login)) != ERR_NONE)
		return err;
	buf_init(&b, 16);
	buf_put_u32(&b, c->session);
	worker_tell(c->worker, WORKER_MSG_END_OTHERS, &b);
	return ERR_NONE;
}

/* The renderer, too, would ask a database that is away. */
static enum err
client_render(struct client *c, const struct serve_render *render)
{
	struct buf b;

	if (c->worker->away)
		return ERR_AWAY;
	buf_init(&b, 64);
	buf_put_u32(&b, c->session);
	buf_put_u8(&b, render->kind);
	buf_put_i64(&b, render->ref);
	c->rendering = true;
	worker_tell(c->worker, WORKER_MSG_RENDER, &b);
	return ERR_NONE;
}

static void
client_serve(struct client *c, const struct ipc_msg *m, struct buf *reply)
{
	struct serve_render render;
	enum err err;

	switch (store_serve(c->worker->store, &c->id, m, reply, &render)) {
	case SERVE_REPLY:
		client_send(c, STORE_MSG_REPLY, reply);
		break;
	case SERVE_RENDER:
		if ((err = client_render(c, &render)) == ERR_NONE)
			break;
		serve_reply_render(reply, err);
		client_send(c, STORE_MSG_REPLY, reply);
		break;
	case SERVE_END_OTHERS:
		if ((err = client_end_others(c)) != ERR_NONE)
			serve_reply_render(reply, err);
		client_send(c, STORE_MSG_REPLY, reply);
		break;
	case SERVE_DROP:
		client_free(c);
		break;
	}
}

static void
client_ready(void *arg, uint32_t events)
{
	struct client *c = arg;
	struct ipc_msg m;
	struct buf reply;

	(void)events;
	ipc_msg_init(&m);
	buf_init(&reply, IPC_BODY_MAX);
	/* One request at a time: a second one while the first waits is none
	 * of ours. */
	if (ipc_recv(c->watch.fd, &m) != ERR_NONE || c->rendering)
		client_free(c);
	else
		client_serve(c, &m, &reply);
	buf_wipe(&reply);
	ipc_msg_release(&m);
}

static void
client_note(struct client *c, const struct note *note)
{
	struct buf b;

	buf_init(&b, 64);
	serve_note(&b, note);
	client_send(c, STORE_MSG_NOTE, &b);
	buf_release(&b);
}

enum err
client_add(
    struct worker *w, int fd, uint32_t session, const struct identity *id)
{
	struct client *c = calloc(1, sizeof(*c));
	enum err err;

	if (c == NULL) {
		close(fd);
		return ERR_NOMEM;
	}
	c->worker = w;
	c->session = session;
	c->id = *id;
	c->watch = (struct watch) {fd, client_ready, c};
	if ((err = fd_set_nonblock(fd, 1)) != ERR_NONE ||
	    (err = loop_add(&w->loop, &c->watch)) != ERR_NONE) {
		close(fd);
		free(c);
		return err;
	}
	c->next = w->clients;
	w->clients = c;
	return ERR_NONE;
}

void
clients_free(struct worker *w)
{
	while (w->clients != NULL)
		client_free(w->clients);
}

void
clients_note(struct worker *w, const struct note *note)
{
	struct client *c, *next;

	for (c = w->clients; c != NULL; c = next) {
		next = c->next;
		client_note(c, note);
	}
}

void
clients_changed(
    struct worker *w, int64_t tenant, int64_t customer, unsigned topics)
{
	/* Work for portal-worker is on no screen. */
	const struct note note = {NOTE_CHANGED, topics & ~(unsigned)TOPIC_JOBS};
	struct client *c, *next;

	if (note.topics == 0)
		return;
	for (c = w->clients; c != NULL; c = next) {
		next = c->next;
		if (c->id.tenant == tenant &&
		    (customer == 0 || c->id.customer == customer) &&
		    c->id.role != ROLE_RENDER) /* it has no screen */
			client_note(c, &note);
	}
}

void
clients_disable(struct worker *w, int64_t login, uint32_t except)
{
	const struct note note = {.type = NOTE_DISABLED};
	struct client *c, *next;

	for (c = w->clients; c != NULL; c = next) {
		next = c->next;
		if (c->id.login == login && c->session != except &&
		    c->id.role != ROLE_RENDER)
			client_note(c, &note);
	}
}

void
client_rendered(struct worker *w, uint32_t session, enum err err)
{
	struct client *c;
	struct buf b;

	for (c = w->clients; c != NULL && c->session != session; c = c->next)
		;
	if (c == NULL || !c->rendering)
		return;
	c->rendering = false;
	buf_init(&b, IPC_BODY_MAX);
	serve_reply_render(&b, err);
	client_send(c, STORE_MSG_REPLY, &b);
	buf_release(&b);
}

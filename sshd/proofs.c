/*
 * Questions to the workers about who somebody is.  One that comes while no
 * worker has the store open waits for it: right after the start, when one is
 * replaced, or while the database does not answer.  An answer is held back as
 * long as the store's throttle asks for; nobody sleeps meanwhile.
 *
 * Passwords are slow to check, so they stand in line here and are asked one at
 * a time: who goes away loses its place.  In the worker's socket a guesser's
 * connections, though long gone, would keep everybody waiting.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ipc.h"
#include "sshd/monitor.h"

enum { PROOF_DELAY_MAX = 60 * 1000, PROOF_WAIT_MS = 10 * 1000 };

struct ticket {
	struct monitor *monitor;
	uint32_t id;
	uint16_t type;
	struct buf question;        /* until it is asked */
	bool waiting;               /* for a worker to ask */
	const struct child *worker; /* who was asked; NULL: answered */
	proof_fn *fn;               /* NULL: forgotten after it was asked */
	void *arg;
	struct proof proof;
	struct timer timer;
	struct ticket *next;
};

static void
ticket_free(struct ticket *t)
{
	struct ticket **p = &t->monitor->tickets;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	loop_timer_clear(&t->monitor->loop, &t->timer);
	buf_wipe(&t->question);
	free(t);
}

static void
ticket_deliver(void *arg)
{
	struct ticket *t = arg;
	struct proof proof = t->proof;
	proof_fn *fn = t->fn;

	arg = t->arg;
	ticket_free(t);
	fn(arg, &proof);
}

static struct child *
ticket_worker(const struct ticket *t)
{
	struct monitor *m = t->monitor;
	struct child *c = &m->workers[m->nworkers - 1];

	if (t->type != WORKER_MSG_PASSWORD)
		return worker_pick(m);
	return worker_serves(c) ? c : NULL;
}

/* Is the passwords' worker at somebody else's? */
static bool
ticket_in_line(const struct ticket *t)
{
	const struct ticket *o;

	if (t->type != WORKER_MSG_PASSWORD || ticket_worker(t) == NULL)
		return false;
	for (o = t->monitor->tickets; o != NULL; o = o->next)
		if (o->type == t->type && o->worker != NULL)
			return true;
	return false;
}

static void
ticket_wait(struct ticket *t)
{
	loop_timer_set(&t->monitor->loop, &t->timer, PROOF_WAIT_MS);
}

/* Nobody could be asked.  In the line it is the client's patience that ends. */
static void
ticket_late(void *arg)
{
	struct ticket *t = arg;

	if (ticket_in_line(t)) {
		ticket_wait(t);
		return;
	}
	t->proof.err = t->monitor->store_away ? ERR_AWAY : ERR_BUSY;
	ticket_deliver(t);
}

static enum err
ticket_new(struct monitor *m, uint16_t type, proof_fn *fn, void *arg,
    struct ticket **out)
{
	struct ticket *t, **end = &m->tickets;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return ERR_NOMEM;
	t->monitor = m;
	t->id = ++m->last_id;
	t->type = type;
	t->fn = fn;
	t->arg = arg;
	t->timer.fire = ticket_deliver;
	t->timer.arg = t;
	while (*end != NULL)
		end = &(*end)->next;
	*end = t;
	buf_init(&t->question, IPC_BODY_MAX);
	buf_put_u32(&t->question, t->id);
	*out = t;
	return ERR_NONE;
}

/* ERR_BUSY: nobody to ask right now; the question is kept. */
static enum err
ticket_ask(struct ticket *t)
{
	const struct child *worker;

	if (ticket_in_line(t) || (worker = ticket_worker(t)) == NULL)
		return ERR_BUSY;
	t->waiting = false;
	t->timer.fire = ticket_deliver;
	loop_timer_clear(&t->monitor->loop, &t->timer);
	t->worker = worker;
	return proto_send(worker->watch.fd, t->type, &t->question, NULL, 0);
}

/* The first try. */
static enum err
ticket_start(struct ticket *t)
{
	enum err err;

	t->waiting = true;
	t->timer.fire = ticket_late;
	err = t->question.err != ERR_NONE ? t->question.err : ticket_ask(t);
	if (err == ERR_NONE)
		return ERR_NONE;
	if (err == ERR_BUSY && t->waiting) {
		ticket_wait(t);
		return ERR_NONE;
	}
	ticket_free(t);
	return err;
}

void
proof_resume(struct monitor *m)
{
	struct ticket *t;
	enum err err;

	for (t = m->tickets; t != NULL; t = t->next) {
		if (!t->waiting || (err = ticket_ask(t)) == ERR_NONE ||
		    t->waiting)
			continue;
		/* By the timer: what it calls may change this list. */
		t->worker = NULL;
		t->proof = (struct proof) {.err = err};
		loop_timer_set(&m->loop, &t->timer, 0);
	}
}

enum err
proof_ask(struct monitor *m, const char *user, const char *email,
    const char *password, const char *source, proof_fn *fn, void *arg)
{
	struct ticket *t;
	enum err err;

	err = ticket_new(m, WORKER_MSG_PASSWORD, fn, arg, &t);
	if (err != ERR_NONE)
		return err;
	buf_put_str(&t->question, user);
	buf_put_str(&t->question, email);
	buf_put_str(&t->question, password);
	buf_put_str(&t->question, source);
	return ticket_start(t);
}

enum err
proof_ask_key(struct monitor *m, const char *user, bool checked,
    const void *blob, size_t len, const char *source, proof_fn *fn, void *arg)
{
	struct ticket *t;
	enum err err;

	if ((err = ticket_new(m, WORKER_MSG_KEY, fn, arg, &t)) != ERR_NONE)
		return err;
	buf_put_str(&t->question, user);
	buf_put_u8(&t->question, checked);
	buf_put_blob(&t->question, blob, len);
	buf_put_str(&t->question, source);
	return ticket_start(t);
}

void
proof_forget(struct monitor *m, void *arg)
{
	struct ticket *t, *next;

	for (t = m->tickets; t != NULL; t = next) {
		next = t->next;
		if (t->arg != arg)
			continue;
		/* The worker is still at it: the next one waits so long. */
		t->fn = NULL;
		t->arg = NULL;
		if (t->worker == NULL)
			ticket_free(t);
	}
}

static void
ticket_answer(struct ticket *t)
{
	int64_t delay = t->proof.delay_ms;

	t->worker = NULL;
	if (t->fn == NULL) {
		ticket_free(t);
		return;
	}
	if (delay > PROOF_DELAY_MAX)
		delay = PROOF_DELAY_MAX;
	if (delay > 0)
		loop_timer_set(&t->monitor->loop, &t->timer, delay);
	else
		ticket_deliver(t);
}

void
proof_answered(struct monitor *m, struct child *worker, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	uint32_t id = rd_u32(&r);
	struct ticket *t;

	for (t = m->tickets; t != NULL; t = t->next)
		if (t->id == id && t->worker == worker)
			break;
	if (t == NULL)
		return;
	if (proof_get(&r, &t->proof) != ERR_NONE || rd_end(&r) != ERR_NONE)
		t->proof = (struct proof) {.err = ERR_PROTOCOL};
	ticket_answer(t);
	proof_resume(m);
}

void
proof_lost(struct monitor *m, const struct child *worker)
{
	struct ticket *t;

	do {
		for (t = m->tickets; t != NULL; t = t->next)
			if (t->worker == worker)
				break;
		if (t != NULL) {
			t->proof = (struct proof) {.err = ERR_BUSY};
			ticket_answer(t);
		}
	} while (t != NULL);
}

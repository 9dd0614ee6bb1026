/*
 * Questions to the workers about who somebody is.  An answer is held back as
 * long as the store's throttle asks for; nobody sleeps meanwhile.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ipc.h"
#include "sshd/monitor.h"

enum { PROOF_DELAY_MAX = 60 * 1000 };

struct ticket {
	struct monitor *monitor;
	uint32_t id;
	const struct child *worker; /* NULL: answered, held back */
	proof_fn *fn;
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

static enum err
ticket_new(struct monitor *m, const struct child *worker, proof_fn *fn,
    void *arg, struct ticket **out)
{
	struct ticket *t;

	if (worker == NULL || !worker->ready)
		return ERR_BUSY;
	if ((t = calloc(1, sizeof(*t))) == NULL)
		return ERR_NOMEM;
	t->monitor = m;
	t->id = ++m->last_id;
	t->worker = worker;
	t->fn = fn;
	t->arg = arg;
	t->timer.fire = ticket_deliver;
	t->timer.arg = t;
	t->next = m->tickets;
	m->tickets = t;
	*out = t;
	return ERR_NONE;
}

static enum err
ticket_send(struct ticket *t, uint16_t type, struct buf *b)
{
	enum err err;

	err = proto_send(t->worker->watch.fd, type, b, NULL, 0);
	if (err != ERR_NONE)
		ticket_free(t);
	return err;
}

enum err
proof_ask(struct monitor *m, const char *user, const char *email,
    const char *password, const char *source, proof_fn *fn, void *arg)
{
	struct ticket *t;
	struct buf b;
	enum err err;

	err = ticket_new(m, &m->workers[m->nworkers - 1], fn, arg, &t);
	if (err != ERR_NONE)
		return err;
	buf_init(&b, IPC_BODY_MAX);
	buf_put_u32(&b, t->id);
	buf_put_str(&b, user);
	buf_put_str(&b, email);
	buf_put_str(&b, password);
	buf_put_str(&b, source);
	return ticket_send(t, WORKER_MSG_PASSWORD, &b);
}

enum err
proof_ask_key(struct monitor *m, const char *user, bool checked,
    const void *blob, size_t len, const char *source, proof_fn *fn, void *arg)
{
	struct ticket *t;
	struct buf b;
	enum err err;

	if ((err = ticket_new(m, worker_pick(m), fn, arg, &t)) != ERR_NONE)
		return err;
	buf_init(&b, IPC_BODY_MAX);
	buf_put_u32(&b, t->id);
	buf_put_str(&b, user);
	buf_put_u8(&b, checked);
	buf_put_blob(&b, blob, len);
	buf_put_str(&b, source);
	return ticket_send(t, WORKER_MSG_KEY, &b);
}

void
proof_forget(struct monitor *m, void *arg)
{
	struct ticket *t, *next;

	for (t = m->tickets; t != NULL; t = next) {
		next = t->next;
		if (t->arg == arg)
			ticket_free(t);
	}
}

static void
ticket_answer(struct ticket *t)
{
	int64_t delay = t->proof.delay_ms;

	t->worker = NULL;
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
		return; /* forgotten meanwhile */
	if (proof_get(&r, &t->proof) != ERR_NONE || rd_end(&r) != ERR_NONE)
		t->proof = (struct proof) {.err = ERR_PROTOCOL};
	ticket_answer(t);
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

/*
 * The store workers as the monitor sees them: who is asked, who is told, and
 * what holds while a database does not answer.
 *
 * The first of them hears for all what other machines change.  Whenever it was
 * deaf, from its start on, the logins that are here are checked and all
 * sessions read again.
 */
#include <unistd.h>

#include "base/i18n.h"
#include "base/ipc.h"
#include "base/log.h"
#include "sshd/conns.h"
#include "sshd/sessions.h"

enum {
	LISTENING = 0,       /* this worker does */
	CHECK_LOGINS = 1000, /* in one message */
	LATE_MS = 1000,
};

const char store_away_text[] =
    N_("The portal's database does not answer. Please try again in a "
       "moment.");

static bool
worker_listens(const struct child *c)
{
	return c == &c->monitor->workers[LISTENING];
}

static void
worker_start(void *arg)
{
	struct child *c = arg;
	struct monitor *m = c->monitor;
	struct buf b;
	enum err err;

	if ((err = child_spawn(c)) != ERR_NONE)
		goto fail;
	buf_init(&b, 2 * CONFIG_VALUE);
	buf_put_str(&b, m->config.store_url);
	buf_put_u32(&b, m->store.uid);
	buf_put_u32(&b, m->store.gid);
	buf_put_u8(&b, m->root);
	buf_put_i64(&b, (int64_t)m->front);
	buf_put_u8(&b, worker_listens(c));
	err = proto_send(c->watch.fd, WORKER_MSG_STORE, &b, NULL, 0);
	if (err == ERR_NONE)
		return;
fail:
	log_error("cannot start a store worker: %s", err_name(err));
	child_again(c);
}

/* ---- lost and found ---- */

/* Its socket is full: it waits for the database, or has much to do. */
static void
worker_missed(struct child *c)
{
	if (!c->missed)
		log_warn("a store worker does not take its messages");
	c->missed = true;
	loop_timer_set(&c->monitor->loop, &c->late, LATE_MS);
}

static void
workers_send_but(struct monitor *m, const struct child *but, uint16_t type,
    const struct buf *b)
{
	struct child *c;

	for (c = m->workers; c < m->workers + m->nworkers; c++)
		if (c->ready && c != but &&
		    ipc_send(c->watch.fd, type, b, NULL, 0) != ERR_NONE)
			worker_missed(c);
}

static void
check_send(struct child *c, struct buf *b)
{
	if (b->len > 0 &&
	    proto_send(c->watch.fd, WORKER_MSG_CHECK, b, NULL, 0) != ERR_NONE)
		worker_missed(c);
}

static void
check_add(struct child *c, struct buf *b, const struct identity *id)
{
	buf_put_i64(b, id->tenant);
	buf_put_i64(b, id->customer);
	buf_put_i64(b, id->login);
	if (b->len >= CHECK_LOGINS * 3 * sizeof(int64_t))
		check_send(c, b);
}

/* Whoever is logged in: a login may have been taken away unheard.  By the
 * worker that listens: while it cannot, that is still to come. */
static void
logins_check(struct monitor *m)
{
	struct child *c = &m->workers[LISTENING];
	const struct session *s;
	const struct conn *conn;
	struct buf b;

	if (!worker_serves(c))
		return;
	buf_init(&b, IPC_BODY_MAX);
	for (conn = m->conns; conn != NULL; conn = conn->next)
		if (conn->state == CONN_AUTHED)
			check_add(c, &b, &conn->proof.id);
	for (s = m->sessions; s != NULL; s = s->next)
		if (s->conn == NULL)
			check_add(c, &b, &s->id_bound);
	check_send(c, &b);
	buf_release(&b);
}

/* What it missed may have been anything.  One that is away gets it when it is
 * back. */
static void
worker_catch_up(void *arg)
{
	struct child *c = arg;

	if (!worker_serves(c))
		return;
	if (ipc_send(c->watch.fd, WORKER_MSG_REREAD, NULL, NULL, 0) !=
	    ERR_NONE) {
		worker_missed(c);
		return;
	}
	c->missed = false;
	logins_check(c->monitor);
}

static void
store_back(struct monitor *m)
{
	const struct child *c;

	for (c = m->workers; c < m->workers + m->nworkers; c++)
		if (c->away)
			return;
	if (m->store_away)
		log_info("the database answers again");
	m->store_away = false;
}

static void
on_ready(struct monitor *m, struct child *c, struct ipc_msg *msg)
{
	(void)msg;
	c->ready = c->ever_ready = true;
	c->away = false;
	c->pause_ms = 0;
	store_back(m);
	if (worker_listens(c)) {
		logins_check(m);
		workers_send_but(m, c, WORKER_MSG_REREAD, NULL);
	}
	if (c->missed)
		worker_catch_up(c);
	proof_resume(m);
	monitor_check_ready(m);
}

static void
on_away(struct monitor *m, struct child *c, struct ipc_msg *msg)
{
	char where[CONFIG_VALUE];

	(void)msg;
	c->away = c->ever_ready = true;
	store_url_public(where, sizeof(where), m->config.store_url);
	if (!m->store_away)
		log_error("the database %s does not answer: trying again until "
			  "it does",
		    where);
	m->store_away = true;
	monitor_check_ready(m);
}

/* ---- what they say ---- */

static void
on_changed(struct monitor *m, struct child *c, struct ipc_msg *msg)
{
	(void)c;
	workers_send(m, WORKER_MSG_CHANGED, &msg->body);
	bells_ring(m, &msg->body);
}

static void
on_disabled(struct monitor *m, struct child *c, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	int64_t login = rd_i64(&r);

	(void)c;
	sessions_end_login(m, login, NULL);
}

static void
on_gone(struct monitor *m, struct child *c, struct ipc_msg *msg)
{
	(void)c;
	session_unbound(m, msg);
}

static void
on_end_others(struct monitor *m, struct child *c, struct ipc_msg *msg)
{
	(void)c;
	session_end_others(m, msg);
}

struct worker_row {
	uint16_t type;
	void (*act)(struct monitor *m, struct child *c, struct ipc_msg *msg);
};

/* clang-format off */
static const struct worker_row rows[] = {
	{ WORKER_MSG_READY,      on_ready },
	{ WORKER_MSG_AWAY,       on_away },
	{ WORKER_MSG_PROOF,      proof_answered },
	{ WORKER_MSG_CHANGED,    on_changed },
	{ WORKER_MSG_DISABLED,   on_disabled },
	{ WORKER_MSG_RENDER,     session_render },
	{ WORKER_MSG_GONE,       on_gone },
	{ WORKER_MSG_END_OTHERS, on_end_others },
};
/* clang-format on */

static void
worker_ready(void *arg, uint32_t events)
{
	struct child *c = arg;
	struct monitor *m = c->monitor;
	struct ipc_msg msg;
	size_t i;

	(void)events;
	ipc_msg_init(&msg);
	if (ipc_recv(c->watch.fd, &msg) != ERR_NONE) {
		child_drop(c);
		proof_lost(m, c);
		goto out;
	}
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == msg.type)
			rows[i].act(m, c, &msg);
out:
	ipc_msg_release(&msg);
}

/* ---- for the monitor's other files ---- */

void
workers_start(struct monitor *m)
{
	struct child *c;

	for (c = m->workers; c < m->workers + m->nworkers; c++) {
		child_init(m, c, worker_start, worker_ready);
		c->program = PROGRAM_STORE;
		c->late.fire = worker_catch_up;
		c->late.arg = c;
		worker_start(c);
	}
}

bool
worker_serves(const struct child *c)
{
	return c->ready && !c->away;
}

struct child *
worker_pick(struct monitor *m)
{
	size_t i, n = m->nworkers - 1; /* not the one for passwords */
	struct child *c;

	for (i = 0; i < n; i++) {
		c = &m->workers[m->next_worker++ % n];
		if (worker_serves(c))
			return c;
	}
	return NULL;
}

void
workers_send(struct monitor *m, uint16_t type, const struct buf *b)
{
	workers_send_but(m, NULL, type, b);
}

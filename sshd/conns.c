/*
 * Login children as the monitor sees them.  One may have been taken over: each
 * message is allowed in one state only, and whoever breaks that is dropped.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/ipc.h"
#include "base/log.h"
#include "sshd/conns.h"
#include "sshd/monitor.h"

enum {
	CONN_FAILURES = 6,
	CONN_TEXT = 1100,
	DISABLED_MS = 10 * 1000, /* until a session that does not go is ended */
	BYE_MS = 3000,
	KEY_MAX = 16 * 1024,
};

static enum err on_password(struct conn *c, struct ipc_msg *msg);
static enum err on_key(struct conn *c, struct ipc_msg *msg);
static enum err on_open(struct conn *c, struct ipc_msg *msg);
static enum err on_signal(struct conn *c, struct ipc_msg *msg);
static enum err on_close(struct conn *c, struct ipc_msg *msg);

/* clang-format off */
static const struct conn_row rows[] = {
	/* message            allowed in    then          by */
	{ CONN_MSG_PASSWORD, CONN_UNKNOWN, CONN_PROVING, on_password },
	{ CONN_MSG_KEY,      CONN_UNKNOWN, CONN_PROVING, on_key },
	{ CONN_MSG_OPEN,     CONN_AUTHED,  CONN_AUTHED,  on_open },
	{ CONN_MSG_SIGNAL,   CONN_AUTHED,  CONN_AUTHED,  on_signal },
	{ CONN_MSG_CLOSE,    CONN_AUTHED,  CONN_AUTHED,  on_close },
};
/* clang-format on */

const struct conn_row *
conn_row_find(uint16_t type, enum conn_state state)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type && rows[i].allowed == state)
			return &rows[i];
	return NULL;
}

static void
conn_free(struct conn *c)
{
	struct monitor *m = c->monitor;
	struct conn **p = &m->conns;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	proof_forget(m, c);
	sessions_orphan(c);
	loop_timer_clear(&m->loop, &c->end);
	loop_remove(&m->loop, &c->watch);
	close(c->watch.fd);
	listener_tell_conn(m, LISTENER_MSG_GONE, c->id);
	free(c);
	monitor_check_done(m);
}

enum err
conn_send(
    struct conn *c, uint16_t type, struct buf *b, const int *fds, size_t nfds)
{
	enum err err = proto_send(c->watch.fd, type, b, fds, nfds);

	/*
	 * A full socket is a child that does not read: as good as gone.  The
	 * end of file frees c later, so that callers may go on using it.
	 */
	if (err != ERR_NONE)
		shutdown(c->watch.fd, SHUT_RDWR);
	return err;
}

/* The child was told to end, or does not listen. */
static void
conn_hang_up(void *arg)
{
	struct conn *c = arg;

	shutdown(c->watch.fd, SHUT_RDWR);
}

void
conn_bye(struct conn *c, const char *text)
{
	struct buf b;

	if (c->ending)
		return;
	c->ending = true;
	buf_init(&b, 256);
	buf_put_str(&b, text);
	conn_send(c, CONN_MSG_BYE, &b, NULL, 0);
	c->end.fire = conn_hang_up;
	loop_timer_set(&c->monitor->loop, &c->end, BYE_MS);
}

static void
conn_answer(struct conn *c, bool ok)
{
	struct buf b;

	buf_init(&b, 16);
	buf_put_u8(&b, ok);
	conn_send(c, CONN_MSG_PROOF, &b, NULL, 0);
}

static size_t
conns_of(const struct monitor *m, const struct identity *id)
{
	const struct conn *c;
	size_t n = 0;

	for (c = m->conns; c != NULL; c = c->next)
		n += c->state == CONN_AUTHED &&
		     c->proof.id.login == id->login &&
		     c->proof.id.tenant == id->tenant;
	return n;
}

static void
conn_let_in(struct conn *c, const struct proof *p)
{
	struct monitor *m = c->monitor;
	size_t max = 2 * (size_t)m->config.sshd_max_sessions_per_login;

	c->proof = *p;
	c->state = CONN_AUTHED;
	log_info("login %lld of tenant %s from %s", (long long)p->id.login,
	    p->tenant, c->source);
	listener_tell_conn(m, LISTENER_MSG_AUTHED, c->id);
	conn_answer(c, true);
	/* Connections without a session cost a process too. */
	if (conns_of(m, &p->id) > max)
		conn_bye(c, "Too many connections of this login.");
	else if (m->stopping)
		conn_bye(c, "The portal is stopping.");
}

static void
conn_proved(void *arg, const struct proof *p)
{
	struct conn *c = arg;

	c->state = CONN_UNKNOWN;
	if (p->err != ERR_NONE) {
		/* Not their fault: say so instead of asking again. */
		log_error("cannot tell who logs in from %s: %s", c->source,
		    err_name(p->err));
		conn_bye(c,
		    p->err == ERR_AWAY ? _(store_away_text) : err_text(p->err));
		return;
	}
	if (c->checked && p->ok)
		conn_let_in(c, p);
	else if (c->checked && ++c->failures > CONN_FAILURES)
		conn_bye(c, "Too many authentication failures.");
	else
		conn_answer(c, p->ok);
}

static enum err
on_password(struct conn *c, struct ipc_msg *msg)
{
	char user[CONN_TEXT], email[CONN_TEXT], password[CONN_TEXT];
	struct rd r = rd_buf(&msg->body);
	enum err err;

	rd_str(&r, user, sizeof(user));
	rd_str(&r, email, sizeof(email));
	rd_str(&r, password, sizeof(password));
	c->checked = true;
	if ((err = rd_end(&r)) == ERR_NONE)
		err = proof_ask(c->monitor, user, email, password, c->source,
		    conn_proved, c);
	explicit_bzero(password, sizeof(password));
	return err;
}

static enum err
on_key(struct conn *c, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	char user[CONN_TEXT];
	const void *blob;
	size_t len;

	rd_str(&r, user, sizeof(user));
	c->checked = rd_u8(&r) != 0;
	blob = rd_blob(&r, &len);
	if (rd_end(&r) != ERR_NONE || len > KEY_MAX)
		return ERR_PROTOCOL;
	return proof_ask_key(
	    c->monitor, user, c->checked, blob, len, c->source, conn_proved, c);
}

static enum err
on_open(struct conn *c, struct ipc_msg *msg)
{
	struct session_request rq;
	struct rd r = rd_buf(&msg->body);
	uint32_t channel = rd_u32(&r);
	const char *why = "";
	int fds[2] = {-1, -1};
	size_t nfds = 0;
	struct buf b;
	enum err err;
	bool ok;

	if ((err = session_request_get(&r, &rq)) != ERR_NONE ||
	    (err = rd_end(&r)) != ERR_NONE)
		return err;
	ok = session_start(c, channel, &rq, fds, &nfds, &why);
	buf_init(&b, 1024);
	buf_put_u32(&b, channel);
	buf_put_u8(&b, ok);
	if (ok)
		buf_put_u8(&b, rq.pty);
	else
		buf_put_str(&b, _(why));
	conn_send(c, CONN_MSG_OPENED, &b, fds, nfds);
	while (nfds > 0)
		close(fds[--nfds]);
	return ERR_NONE;
}

static enum err
on_signal(struct conn *c, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	uint32_t channel = rd_u32(&r);
	char name[17];

	rd_str(&r, name, sizeof(name));
	if (rd_end(&r) != ERR_NONE)
		return ERR_PROTOCOL;
	session_signal(c, channel, name);
	return ERR_NONE;
}

static enum err
on_close(struct conn *c, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	uint32_t channel = rd_u32(&r);

	if (rd_end(&r) != ERR_NONE)
		return ERR_PROTOCOL;
	session_close(c, channel);
	return ERR_NONE;
}

static void
conn_ready(void *arg, uint32_t events)
{
	struct conn *c = arg;
	const struct conn_row *row;
	struct ipc_msg msg;
	enum err err;

	(void)events;
	ipc_msg_init(&msg);
	err = ipc_recv(c->watch.fd, &msg);
	if (err == ERR_NONE && !c->ending) {
		row = conn_row_find(msg.type, (enum conn_state)c->state);
		if (row == NULL) {
			err = ERR_PROTOCOL;
		} else {
			/* First, as the answer may come at once. */
			c->state = row->then;
			err = row->act(c, &msg);
		}
		if (err == ERR_BUSY || err == ERR_NOMEM) {
			conn_bye(c, "The portal is busy. Please try again.");
			err = ERR_NONE;
		} else if (err != ERR_NONE) {
			log_error("login %d (%s) broke the protocol with "
				  "message %u: dropped",
			    (int)c->pid, c->source, msg.type);
		}
	}
	if (err != ERR_NONE && err != ERR_BUSY)
		conn_free(c);
	ipc_msg_release(&msg);
}

enum err
conn_new(struct monitor *m, uint32_t id, pid_t pid, const char *source, int fd)
{
	struct conn *c;
	enum err err;

	if ((c = calloc(1, sizeof(*c))) == NULL) {
		close(fd);
		return ERR_NOMEM;
	}
	c->monitor = m;
	c->id = id;
	c->pid = pid;
	memcpy(c->source, source, strnlen(source, sizeof(c->source) - 1));
	c->watch = (struct watch) {fd, conn_ready, c};
	c->end.arg = c;
	if ((err = fd_set_nonblock(fd, 1)) != ERR_NONE ||
	    (err = loop_add(&m->loop, &c->watch)) != ERR_NONE) {
		close(fd);
		free(c);
		return err;
	}
	c->next = m->conns;
	m->conns = c;
	if (m->stopping)
		conn_bye(c, "The portal is stopping.");
	return ERR_NONE;
}

void
conns_free(struct monitor *m)
{
	while (m->conns != NULL)
		conn_free(m->conns);
}

static void
conn_end_disabled(void *arg)
{
	struct conn *c = arg;

	conn_bye(c, "This login was ended from elsewhere.");
}

void
conns_disable(struct monitor *m, int64_t login, const struct conn *except)
{
	struct conn *c;

	for (c = m->conns; c != NULL; c = c->next) {
		if (c == except || c->state != CONN_AUTHED ||
		    c->proof.id.login != login || c->ending || c->end.set)
			continue;
		c->proof.ok = false; /* no new sessions */
		c->end.fire = conn_end_disabled;
		loop_timer_set(&m->loop, &c->end, DISABLED_MS);
	}
}

/*
 * A login child whose listener had been replaced already: it came to us when
 * that ended.
 */
void
conns_child_ended(struct monitor *m, pid_t pid, int status)
{
	struct conn *c;
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	for (c = m->conns; c != NULL && c->pid != pid; c = c->next)
		;
	if (sig == 0 || sig == SIGTERM || sig == SIGINT || sig == SIGHUP)
		return;
	log_error("login %d (%s) was killed by signal %d", (int)pid,
	    c != NULL ? c->source : "gone", sig);
	listener_tell_crash(m, c != NULL ? c->source : "");
}

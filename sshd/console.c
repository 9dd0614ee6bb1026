/*
 * The run socket: logins on the machine's own terminals, and the other programs
 * of the portal telling what they have changed and hearing of new jobs.  Our
 * own user (or root) may say all of it; the store's user, who is
 * portal-worker, only what a row allows; anybody else nothing.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"
#include "data/auth.h"
#include "sshd/monitor.h"

enum { PEERS_MAX = 32, CONSOLE_TEXT = 600 };

struct peer {
	struct monitor *monitor;
	struct watch watch;
	uid_t uid; /* as the kernel says */
	bool asking;
	bool bell; /* hears of jobs */
	struct peer *next;
};

static void
peer_free(struct peer *p)
{
	struct peer **q = &p->monitor->peers;

	while (*q != p)
		q = &(*q)->next;
	*q = p->next;
	proof_forget(p->monitor, p);
	loop_remove(&p->monitor->loop, &p->watch);
	close(p->watch.fd);
	free(p);
}

static void
peer_proved(void *arg, const struct proof *proof)
{
	struct peer *p = arg;
	struct monitor *m = p->monitor;
	bool ok = proof->ok && proof->id.role == ROLE_CUSTOMER && !m->stopping;
	struct buf b;
	int fd = -1;

	p->asking = false;
	if (proof->err != ERR_NONE) {
		/* Nobody knows whether it was right. */
		shutdown(p->watch.fd, SHUT_RDWR);
		return;
	}
	if (ok && session_bind_console(m, proof, &fd) != ERR_NONE)
		ok = false;
	buf_init(&b, 1024);
	buf_put_u8(&b, ok ? AUTH_OK : AUTH_WRONG);
	if (ok) {
		buf_put_str(&b, proof->zone);
		buf_put_str(&b, m->host);
		buf_put_str(&b, proof->tenant);
		buf_put_u32(&b, (uint32_t)m->config.sshd_idle_minutes);
	}
	if (proto_send(p->watch.fd, CONSOLE_MSG_ANSWER, &b, &fd, ok ? 1 : 0) !=
	    ERR_NONE)
		shutdown(p->watch.fd, SHUT_RDWR);
	if (fd >= 0)
		close(fd);
}

static enum err
on_login(struct peer *p, struct ipc_msg *msg)
{
	char email[CONSOLE_TEXT], password[CONSOLE_TEXT], tty[CONSOLE_TEXT];
	struct rd r = rd_buf(&msg->body);
	enum err err;

	rd_str(&r, email, sizeof(email));
	rd_str(&r, password, sizeof(password));
	rd_str(&r, tty, sizeof(tty));
	if (p->asking)
		return ERR_PROTOCOL;
	p->asking = true;
	if ((err = rd_end(&r)) == ERR_NONE)
		err = proof_ask(
		    p->monitor, "", email, password, "console", peer_proved, p);
	explicit_bzero(password, sizeof(password));
	return err;
}

static enum err
on_changed(struct peer *p, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);

	rd_i64(&r);
	rd_i64(&r);
	rd_u32(&r);
	if (rd_end(&r) != ERR_NONE)
		return ERR_PROTOCOL;
	workers_send(p->monitor, WORKER_MSG_CHANGED, &msg->body);
	bells_ring(p->monitor, &msg->body);
	return ERR_NONE;
}

static enum err
on_bell(struct peer *p, struct ipc_msg *msg)
{
	p->bell = true;
	return msg->body.len == 0 ? ERR_NONE : ERR_PROTOCOL;
}

void
bells_ring(struct monitor *m, const struct buf *changed)
{
	struct rd r = rd_buf(changed);
	struct peer *p;

	rd_i64(&r);
	rd_i64(&r);
	if (!(rd_u32(&r) & TOPIC_JOBS) || rd_end(&r) != ERR_NONE)
		return;
	/* Who does not take it is cut off, and looks when it is back. */
	for (p = m->peers; p != NULL; p = p->next)
		if (p->bell && ipc_send(p->watch.fd, MONITOR_MSG_CHANGED,
				   changed, NULL, 0) != ERR_NONE)
			shutdown(p->watch.fd, SHUT_RDWR);
}

static enum err
on_disabled(struct peer *p, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	int64_t login = rd_i64(&r);

	if (rd_end(&r) != ERR_NONE)
		return ERR_PROTOCOL;
	sessions_end_login(p->monitor, login, NULL);
	return ERR_NONE;
}

struct console_row {
	uint16_t type;
	bool store; /* the store's user may say it */
	enum err (*act)(struct peer *p, struct ipc_msg *msg);
};

/* clang-format off */
static const struct console_row rows[] = {
	{ CONSOLE_MSG_LOGIN,    false, on_login },
	{ MONITOR_MSG_CHANGED,  true,  on_changed },
	{ MONITOR_MSG_DISABLED, false, on_disabled },
	{ MONITOR_MSG_BELL,     true,  on_bell },
};
/* clang-format on */

static enum err
peer_said(struct peer *p, struct ipc_msg *msg)
{
	bool ours = p->uid == 0 || p->uid == geteuid();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == msg->type)
			return ours || rows[i].store ? rows[i].act(p, msg)
						     : ERR_DENIED;
	return ERR_PROTOCOL;
}

static void
peer_ready(void *arg, uint32_t events)
{
	struct peer *p = arg;
	struct ipc_msg msg;
	enum err err;

	(void)events;
	ipc_msg_init(&msg);
	if ((err = ipc_recv(p->watch.fd, &msg)) == ERR_NONE)
		err = peer_said(p, &msg);
	if (err != ERR_NONE)
		peer_free(p);
	ipc_msg_release(&msg);
}

static size_t
peers_count(const struct monitor *m)
{
	const struct peer *p;
	size_t n = 0;

	for (p = m->peers; p != NULL; p = p->next)
		n++;
	return n;
}

/* Who it is; false: nobody who has anything to say. */
static bool
peer_known(const struct monitor *m, int fd, uid_t *uid)
{
	struct ucred who;
	socklen_t size = sizeof(who);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == -1)
		return false;
	*uid = who.uid;
	return who.uid == 0 || who.uid == geteuid() ||
	       (m->root && who.uid == m->store.uid);
}

static void
console_accept(void *arg, uint32_t events)
{
	struct monitor *m = arg;
	struct peer *p;
	uid_t uid;
	int fd;

	(void)events;
	fd = accept4(m->console.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd == -1)
		return;
	if (peers_count(m) >= PEERS_MAX || !peer_known(m, fd, &uid) ||
	    (p = calloc(1, sizeof(*p))) == NULL) {
		close(fd);
		return;
	}
	p->monitor = m;
	p->uid = uid;
	p->watch = (struct watch) {fd, peer_ready, p};
	if (loop_add(&m->loop, &p->watch) != ERR_NONE) {
		close(fd);
		free(p);
		return;
	}
	p->next = m->peers;
	m->peers = p;
}

static enum err
console_path(const struct monitor *m, char path[PATH_MAX])
{
	int n = snprintf(
	    path, PATH_MAX, "%s/%s", m->config.sshd_run_dir, CONSOLE_SOCKET);

	return n < 0 || n >= PATH_MAX ? ERR_TOO_BIG : ERR_NONE;
}

/* The store's user comes by its group. */
static enum err
console_admit(const struct monitor *m, const char *path)
{
	if (!m->root)
		return ERR_NONE;
	return chown(path, 0, m->store.gid) == -1 || chmod(path, 0660) == -1
		   ? ERR_IO
		   : ERR_NONE;
}

enum err
console_open(struct monitor *m)
{
	char path[PATH_MAX];
	enum err err;

	m->console = (struct watch) {-1, console_accept, m};
	if ((err = console_path(m, path)) == ERR_NONE &&
	    (err = ipc_listen(path, &m->console.fd)) == ERR_NONE &&
	    (err = console_admit(m, path)) == ERR_NONE &&
	    (err = fd_set_nonblock(m->console.fd, 1)) == ERR_NONE)
		err = loop_add(&m->loop, &m->console);
	if (err == ERR_CONFLICT)
		log_error("%s: another portal-sshd is running there", path);
	else if (err != ERR_NONE)
		log_error("%s: %s", path, err_name(err));
	return err;
}

void
console_close(struct monitor *m)
{
	char path[PATH_MAX];

	while (m->peers != NULL)
		peer_free(m->peers);
	if (m->console.fd == -1)
		return;
	loop_remove(&m->loop, &m->console);
	close(m->console.fd);
	m->console.fd = -1;
	if (console_path(m, path) == ERR_NONE)
		unlink(path);
}

/*
 * The monitor's lasting children: started, told what they need, listened
 * to, and started again when they die, with a pause that grows while that
 * keeps happening.
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ipc.h"
#include "base/log.h"
#include "sshd/keys.h"
#include "sshd/monitor.h"
#include "sshd/spawn.h"

enum { PAUSE_FIRST_MS = 100, PAUSE_MAX_MS = 10 * 1000, END_MS = 5 * 1000 };

enum err
child_spawn(struct child *c)
{
	struct monitor *m = c->monitor;
	char *argv[] = {
	    (char *)program_names[c->program], (char *)c->arg, NULL};
	char *envp[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LANG=C.UTF-8",
	    (char *)"TZ=UTC", NULL};
	struct spawn sp = {
	    .exe = m->programs[c->program],
	    .argv = argv,
	    .envp = envp,
	    .fds = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, -1},
	    .nfds = 4,
	    .as = c->as,
	    .files = c->files,
	};
	enum err err;
	int pair[2];

	if ((err = ipc_pair(pair)) != ERR_NONE)
		return err;
	sp.fds[CONTROL_FD] = pair[1];
	err = spawn_program(&sp, &c->pid);
	close(pair[1]);
	c->watch.fd = pair[0];
	if (err == ERR_NONE && (err = fd_set_nonblock(pair[0], 1)) == ERR_NONE)
		err = loop_add(&m->loop, &c->watch);
	if (err != ERR_NONE) {
		close(pair[0]);
		c->watch.fd = -1;
	}
	return err;
}

void
child_drop(struct child *c)
{
	c->ready = false;
	if (c->watch.fd == -1)
		return;
	loop_remove(&c->monitor->loop, &c->watch);
	close(c->watch.fd);
	c->watch.fd = -1;
}

static enum err
child_send(struct child *c, uint16_t type, struct buf *b, int fd)
{
	return proto_send(c->watch.fd, type, b, &fd, fd >= 0 ? 1 : 0);
}

void
child_again(struct child *c)
{
	if (c->monitor->stopping)
		return;
	loop_timer_set(&c->monitor->loop, &c->again, c->pause_ms);
	c->pause_ms = c->pause_ms == 0 ? PAUSE_FIRST_MS : c->pause_ms * 2;
	if (c->pause_ms > PAUSE_MAX_MS)
		c->pause_ms = PAUSE_MAX_MS;
}

/* ---- the listener ---- */

static enum err
listener_tell_all(struct child *c)
{
	struct monitor *m = c->monitor;
	const struct config *cf = &m->config;
	struct listener_limits limits = {
	    .grace_s = (uint32_t)cf->sshd_login_grace,
	    .unauthenticated = (uint32_t)cf->sshd_max_unauthenticated,
	    .per_source = (uint32_t)cf->sshd_max_per_source,
	    .channels = (uint32_t)cf->sshd_max_channels,
	    .idle_minutes = (uint32_t)cf->sshd_idle_minutes,
	    .drop = m->root,
	    .uid = m->net.uid,
	    .gid = m->net.gid,
	};
	struct buf b, keys[HOST_KEYS];
	size_t i, nkeys;
	enum err err;

	memcpy(limits.kex, cf->sshd_kex,
	    strnlen(cf->sshd_kex, sizeof(limits.kex) - 1));
	if ((err = keys_read(cf->sshd_host_key_dir, keys, &nkeys)) != ERR_NONE)
		return err;
	buf_init(&b, IPC_BODY_MAX);
	listener_limits_put(&b, &limits);
	err = child_send(c, LISTENER_MSG_LIMITS, &b, m->empty_dir);
	for (i = 0; i < nkeys; i++) {
		if (err == ERR_NONE)
			err = child_send(c, LISTENER_MSG_KEY, &keys[i], -1);
		buf_wipe(&keys[i]);
	}
	if (err == ERR_NONE && m->listener_state.len > 0)
		err = ipc_send(c->watch.fd, LISTENER_MSG_STATE,
		    &m->listener_state, NULL, 0);
	for (i = 0; i < m->nsockets && err == ERR_NONE; i++)
		err = ipc_send(
		    c->watch.fd, LISTENER_MSG_SOCKET, NULL, &m->sockets[i], 1);
	if (err == ERR_NONE)
		err = ipc_send(c->watch.fd, LISTENER_MSG_SERVE, NULL, NULL, 0);
	return err;
}

static void
listener_start(void *arg)
{
	struct child *c = arg;
	enum err err;

	if ((err = child_spawn(c)) == ERR_NONE &&
	    (err = listener_tell_all(c)) == ERR_NONE)
		return;
	log_error("cannot start the listener: %s", err_name(err));
	/* Without control socket it ends by itself. */
	child_drop(c);
	if (c->pid == 0)
		child_again(c);
}

static void
listener_conn(struct monitor *m, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	uint32_t id = rd_u32(&r), pid = rd_u32(&r);
	char source[64];
	int fd;

	rd_str(&r, source, sizeof(source));
	if (rd_end(&r) != ERR_NONE || msg->nfds != 1)
		return;
	fd = msg->fds[0];
	msg->fds[0] = -1;
	if (conn_new(m, id, (pid_t)pid, source, fd) != ERR_NONE)
		log_error("no room for a connection from %s", source);
}

static void
listener_ready(void *arg, uint32_t events)
{
	struct child *c = arg;
	struct monitor *m = c->monitor;
	struct ipc_msg msg;

	(void)events;
	ipc_msg_init(&msg);
	if (ipc_recv(c->watch.fd, &msg) != ERR_NONE) {
		child_drop(c);
	} else if (msg.type == LISTENER_MSG_READY) {
		c->ready = c->ever_ready = true;
		monitor_check_ready(m);
	} else if (msg.type == LISTENER_MSG_CONN) {
		listener_conn(m, &msg);
	} else if (msg.type == LISTENER_MSG_REPLACE) {
		buf_reset(&m->listener_state);
		buf_add(&m->listener_state, msg.body.data, msg.body.len);
		c->pause_ms = 0;
	}
	ipc_msg_release(&msg);
}

static void
listener_say(struct monitor *m, uint16_t type, struct buf *b)
{
	if (!m->listener.ready)
		return;
	if (child_send(&m->listener, type, b, -1) != ERR_NONE)
		log_warn("the listener did not hear message %u", type);
}

void
listener_renew(struct monitor *m)
{
	struct buf none;

	buf_init(&none, 16);
	listener_say(m, LISTENER_MSG_HANDOVER, &none);
}

void
listener_tell_conn(struct monitor *m, uint16_t type, uint32_t conn)
{
	struct buf b;

	buf_init(&b, 16);
	buf_put_u32(&b, conn);
	listener_say(m, type, &b);
	buf_release(&b);
}

void
listener_tell_crash(struct monitor *m, const char *source)
{
	struct buf b;

	buf_init(&b, 128);
	buf_put_str(&b, source);
	listener_say(m, LISTENER_MSG_CRASHED, &b);
	buf_release(&b);
}

/* ---- both ---- */

void
child_init(struct monitor *m, struct child *c, void (*start)(void *),
    void (*ready)(void *, uint32_t))
{
	c->monitor = m;
	c->watch = (struct watch) {-1, ready, c};
	c->again.fire = start;
	c->again.arg = c;
}

enum err
children_start(struct monitor *m)
{
	child_init(m, &m->listener, listener_start, listener_ready);
	m->listener.program = PROGRAM_SELF;
	m->listener.arg = "--listener";
	workers_start(m);
	ready_start(m);
	listener_start(&m->listener);
	return m->listener.watch.fd == -1 ? ERR_CONFIG : ERR_NONE;
}

static void
child_ended(struct child *c, const char *what, int status)
{
	bool later = WIFEXITED(status) && WEXITSTATUS(status) == WORKER_LATER;
	bool planned = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	c->pid = 0;
	child_drop(c);
	proof_lost(c->monitor, c);
	if (c->monitor->stopping)
		return;
	/* It cannot even start: nor could the next one. */
	if (!c->ever_ready && !c->monitor->served && !later) {
		c->monitor->failed = c->monitor->done = true;
		return;
	}
	if (WIFSIGNALED(status))
		log_error("%s was killed by signal %d", what, WTERMSIG(status));
	else if (!planned && !later)
		log_error("%s ended with status %d", what, WEXITSTATUS(status));
	child_again(c);
}

bool
children_ended(struct monitor *m, pid_t pid, int status)
{
	size_t i;

	if (pid == m->listener.pid) {
		child_ended(&m->listener, "the listener", status);
		return true;
	}
	if (pid == m->ready.pid) {
		ready_ended(m, status);
		return true;
	}
	for (i = 0; i < m->nworkers; i++) {
		if (m->workers[i].pid != pid)
			continue;
		child_ended(&m->workers[i], "a store worker", status);
		return true;
	}
	return false;
}

/* How many are still there; they get a signal, if not 0. */
static size_t
children_left(const struct monitor *m, int sig)
{
	pid_t pids[2 + MONITOR_WORKERS] = {m->listener.pid, m->ready.pid};
	size_t i, n = 2, left = 0;

	for (i = 0; i < m->nworkers; i++)
		pids[n++] = m->workers[i].pid;
	for (i = 0; i < n; i++) {
		if (pids[i] <= 0)
			continue;
		left++;
		if (sig != 0)
			kill(pids[i], sig);
	}
	return left;
}

/* Whoever starts the next monitor finds the port and the store free. */
static void
children_wait(struct monitor *m)
{
	int64_t left, until = clock_mono_ms() + END_MS;
	struct timespec ts;
	sigset_t chld;
	int status;
	pid_t pid;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			children_ended(m, pid, status);
		if (children_left(m, 0) == 0 || pid == -1)
			return;
		if ((left = until - clock_mono_ms()) <= 0) {
			children_left(m, SIGKILL);
			left = END_MS;
		}
		ts = (struct timespec) {left / 1000, left % 1000 * 1000000};
		sigtimedwait(&chld, NULL, &ts);
	}
}

void
children_stop(struct monitor *m)
{
	size_t i;

	child_drop(&m->listener);
	child_drop(&m->ready);
	for (i = 0; i < m->nworkers; i++)
		child_drop(&m->workers[i]);
	children_wait(m);
}

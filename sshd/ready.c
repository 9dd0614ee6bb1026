/*
 * The portal-tui that waits: it has done what needs no session, and each
 * session on a terminal is forked from it, which costs less than starting a
 * program.  Without one, or while it does not answer, sessions are executed as
 * the other session programs are: nothing depends on it.
 */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/ipc.h"
#include "base/log.h"
#include "sshd/sessions.h"

enum { READY_LATE_MS = 5 * 1000 };

static void
ready_spawn(void *arg)
{
	struct child *c = arg;
	enum err err;

	if ((err = child_spawn(c)) == ERR_NONE &&
	    (err = ipc_want_pids(c->watch.fd)) == ERR_NONE) {
		c->monitor->ready_number++;
		return;
	}
	log_error(
	    "cannot start %s: %s", program_names[c->program], err_name(err));
	/* Without control socket it ends by itself. */
	child_drop(c);
	if (c->pid == 0)
		child_again(c);
}

/* The next one: when this one has ended and said all. */
static void
ready_again(struct child *c)
{
	if (c->pid == 0 && c->watch.fd == -1)
		child_again(c);
}

/* It has ended, or may as well. */
static void
ready_lost(struct child *c)
{
	struct monitor *m = c->monitor;

	if (c->pid > 0)
		kill(c->pid, SIGKILL);
	child_drop(c);
	loop_timer_clear(&m->loop, &m->ready_late);
	sessions_start_over(m);
	ready_again(c);
}

static void
ready_late(void *arg)
{
	struct child *c = arg;

	ready_drain(c->monitor);
	if (!sessions_starting(c->monitor))
		return;
	log_error("%s does not answer", c->arg);
	ready_lost(c);
}

static enum err
ready_receive(struct child *c)
{
	struct monitor *m = c->monitor;
	struct ipc_msg msg;
	enum err err;
	struct rd r;

	ipc_msg_init(&msg);
	if ((err = ipc_recv(c->watch.fd, &msg)) != ERR_NONE)
		goto out;
	if (msg.type == SESSION_MSG_READY) {
		c->ready = true;
		c->pause_ms = 0;
	} else if (msg.type == SESSION_MSG_FORKED) {
		r = rd_buf(&msg.body);
		session_forked(m, rd_u32(&r), msg.pid);
		if (!sessions_starting(m))
			loop_timer_clear(&m->loop, &m->ready_late);
	}
out:
	ipc_msg_release(&msg);
	return err;
}

static void
ready_ready(void *arg, uint32_t events)
{
	struct child *c = arg;
	enum err err = ready_receive(c);

	(void)events;
	if (err != ERR_NONE && err != ERR_BUSY)
		ready_lost(c);
}

void
ready_drain(struct monitor *m)
{
	/* The end of file, too, is met again by the loop. */
	while (m->ready.watch.fd != -1 && ready_receive(&m->ready) == ERR_NONE)
		;
}

void
ready_start(struct monitor *m)
{
	struct child *c = &m->ready;

	child_init(m, c, ready_spawn, ready_ready);
	c->program = PROGRAM_TUI;
	c->arg = "--ready";
	c->as = m->root ? &m->session : NULL;
	c->files = SESSION_FILES;
	m->ready_late.fire = ready_late;
	m->ready_late.arg = c;
	if (m->programs[c->program] != -1)
		ready_spawn(c);
}

enum err
ready_fork(struct session *s, int store)
{
	struct monitor *m = s->monitor;
	const int fds[] = {s->tty, store};
	struct buf b;
	enum err err;
	size_t i;

	s->forked = 0;
	if (!m->ready.ready)
		return ERR_BUSY;
	buf_init(&b, IPC_BODY_MAX);
	buf_put_u32(&b, s->id);
	for (i = 0; i < s->nenv; i++)
		buf_add(&b, s->env[i], strlen(s->env[i]) + 1);
	err = proto_send(m->ready.watch.fd, SESSION_MSG_FORK, &b, fds, 2);
	if (err != ERR_NONE)
		return err;
	s->starting = true;
	s->forked = m->ready_number;
	if (!m->ready_late.set)
		loop_timer_set(&m->loop, &m->ready_late, READY_LATE_MS);
	return ERR_NONE;
}

void
ready_renew(struct monitor *m)
{
	if (!m->ready.ready)
		return;
	/* It does what was asked, reads the end, and goes. */
	m->ready.ready = false;
	shutdown(m->ready.watch.fd, SHUT_WR);
}

void
ready_ended(struct monitor *m, int status)
{
	struct child *c = &m->ready;

	if (WIFSIGNALED(status))
		log_error("%s %s was killed by signal %d",
		    program_names[c->program], c->arg, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_error("%s %s ended with status %d",
		    program_names[c->program], c->arg, WEXITSTATUS(status));
	c->pid = 0;
	c->ready = false;
	ready_again(c);
}

/*
 * A login child that is killed by a signal was perhaps attacked: its source
 * waits outside, and this process hands its book to a fresh successor with
 * another canary and another layout of memory.
 */
#include "sshd/listener.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ipc.h"
#include "base/log.h"
#include "data/sandbox.h"
#include "sshd/login.h"
#include "base/loop.h"
#include "base/privs.h"
#include "sshd/proto.h"
#include "sshd/server.h"
#include "sshd/source.h"

enum {
	LISTEN_MAX = 16,
	LOG_EVERY_MS = 1000,
	BREATH_MS = 100,
	HEAP_LARGE = 64 * 1024,
	HEAP_SMALL = 16,
};

struct listener;

struct listen_socket {
	struct watch watch;
	struct listener *listener;
};

struct listener {
	struct loop loop;
	struct watch control, children;
	struct listen_socket sockets[LISTEN_MAX];
	size_t nsockets;
	struct timer breath; /* after the kernel had no room for another */
	struct listener_limits limits;
	struct sources sources;
	struct sandbox *login_filter;
	ssh_bind bind;
	int root;     /* directory to become "/"; -1: none */
	bool serving; /* everything is said */
	bool done;
	int64_t logged; /* the last refusal that was told */
	unsigned unsaid;
};

/* clang-format off */
static const struct sandbox_rule listener_rules[] = {
	ALLOW(accept4), ALLOW(socketpair), ALLOW(clone), ALLOW(wait4),
	ALLOW(setsockopt), ALLOW(getsockopt), ALLOW(close_range),
	ALLOW(prlimit64), ALLOW(seccomp), ALLOW(set_robust_list), ALLOW(rseq),
	ALLOW(prctl), ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TIOCSWINSZ),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, FIONREAD),
};
/* clang-format on */
static const struct sandbox_table listener_table =
    SANDBOX_TABLE(listener_rules);

static enum err
listener_confine(struct listener *ls)
{
	static const struct sandbox_table *const tables[] = {
	    &sandbox_base, &sandbox_no_files, &listener_table};
	const struct account who = {ls->limits.uid, ls->limits.gid};
	struct sandbox *sb = NULL;
	enum err err;

	if (ls->limits.drop && ((err = privs_chroot(ls->root)) != ERR_NONE ||
				   (err = privs_become(&who)) != ERR_NONE))
		return err;
	if ((err = sandbox_limit(RLIMIT_CORE, 0)) != ERR_NONE ||
	    (err = sandbox_compile(&sb, tables, 3)) != ERR_NONE)
		return err;
	err = sandbox_enter(sb);
	sandbox_free(sb);
	if (ls->root >= 0)
		close(ls->root);
	ls->root = -1;
	return err;
}

/* Refusals are told once a second, with how many were not. */
static void
listener_tell(struct listener *ls, const char *source, const char *why)
{
	int64_t now = clock_mono_ms();

	if (now - ls->logged < LOG_EVERY_MS) {
		ls->unsaid++;
		return;
	}
	log_warn("refused %s: %s (and %u others)", source, why, ls->unsaid);
	ls->unsaid = 0;
	ls->logged = now;
}

static const char *const verdicts[] = {
    [SOURCE_FULL] = "too many connections that have not logged in",
    [SOURCE_MANY] = "too many of them from there",
    [SOURCE_BAD] = "it made a login end by a signal",
};

/* Gives the monitor its end, then forks.  The child never returns. */
static enum err
listener_fork(
    struct listener *ls, int net, struct source_conn *conn, const char *source)
{
	struct buf b;
	enum err err;
	int pair[2];
	pid_t pid;

	if ((err = ipc_pair(pair)) != ERR_NONE)
		return err;
	if ((pid = fork()) == -1) {
		err = ERR_BUSY;
		goto out;
	}
	if (pid == 0)
		_exit(login_run(
		    ls->bind, net, pair[1], &ls->limits, ls->login_filter));
	conn->pid = pid;
	buf_init(&b, 256);
	buf_put_u32(&b, conn->id);
	buf_put_u32(&b, (uint32_t)pid);
	buf_put_str(&b, source);
	/* On an error the child finds its monitor gone and ends. */
	err = proto_send(CONTROL_FD, LISTENER_MSG_CONN, &b, pair, 1);
out:
	close(pair[0]);
	close(pair[1]);
	return err;
}

static void
listener_hold(struct listener *ls, bool hold)
{
	size_t i;

	for (i = 0; i < ls->nsockets; i++)
		loop_listen(&ls->loop, &ls->sockets[i].watch, !hold);
}

static void
listener_breathed(void *arg)
{
	listener_hold(arg, false);
}

static void
listener_admit(struct listener *ls, int net, const struct sockaddr *sa)
{
	struct source_key key;
	char source[SOURCE_TEXT];
	enum source_verdict v;
	uint32_t id;

	source_read(sa, &key, source);
	v = sources_admit(&ls->sources, &key, ls->limits.unauthenticated,
	    ls->limits.per_source, clock_mono_ms());
	if (v != SOURCE_WELCOME) {
		listener_tell(ls, source, verdicts[v]);
		return;
	}
	if (sources_enter(&ls->sources, &key, &id) != ERR_NONE)
		return;
	if (listener_fork(ls, net, sources_find(&ls->sources, id), source) !=
	    ERR_NONE) {
		listener_tell(ls, source, "no room for another process");
		sources_leave(&ls->sources, id);
	}
}

static void
listener_accept(void *arg, uint32_t events)
{
	struct listen_socket *sock = arg;
	struct listener *ls = sock->listener;
	struct sockaddr_storage ss = {0};
	socklen_t len = sizeof(ss);
	int net;

	(void)events;
	net =
	    accept4(sock->watch.fd, (struct sockaddr *)&ss, &len, SOCK_CLOEXEC);
	if (net >= 0) {
		listener_admit(ls, net, (struct sockaddr *)&ss);
		close(net);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		   errno == ENOBUFS) {
		listener_tell(ls, "everybody", strerror(errno));
		listener_hold(ls, true);
		loop_timer_set(&ls->loop, &ls->breath, BREATH_MS);
	}
}

/* The book goes to the monitor, for whoever comes next. */
static void
listener_replace(struct listener *ls)
{
	struct buf b;

	buf_init(&b, IPC_BODY_MAX);
	sources_put(&b, &ls->sources);
	if (proto_send(CONTROL_FD, LISTENER_MSG_REPLACE, &b, NULL, 0) !=
	    ERR_NONE)
		log_warn("lost count of connections and penalties");
	ls->done = true;
}

static bool
status_is_crash(int status)
{
	int sig;

	if (!WIFSIGNALED(status))
		return false;
	sig = WTERMSIG(status);
	return sig != SIGTERM && sig != SIGINT && sig != SIGHUP;
}

static void
listener_children(void *arg, uint32_t events)
{
	struct listener *ls = arg;
	struct signalfd_siginfo si;
	struct source_conn *c;
	bool crash = false;
	int status;
	pid_t pid;

	(void)events;
	(void)!read(ls->children.fd, &si, sizeof(si));
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if ((c = sources_find_pid(&ls->sources, pid)) == NULL)
			continue;
		if (status_is_crash(status)) {
			log_error("login %d was killed by signal %d", (int)pid,
			    WTERMSIG(status));
			sources_penalise(
			    &ls->sources, &c->key, clock_mono_ms());
			crash = true;
		}
		sources_leave(&ls->sources, c->id);
	}
	if (crash && ls->serving)
		listener_replace(ls);
}

static void
on_limits(struct listener *ls, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);

	if (listener_limits_get(&r, &ls->limits) != ERR_NONE ||
	    rd_end(&r) != ERR_NONE || ls->bind != NULL) {
		ls->done = true;
		return;
	}
	if (m->nfds > 0) {
		ls->root = m->fds[0];
		m->fds[0] = -1;
	}
	if (server_new(&ls->bind, ls->limits.kex) != ERR_NONE)
		ls->done = true;
}

static void
on_host_key(struct listener *ls, struct ipc_msg *m)
{
	if (ls->bind == NULL ||
	    server_add_key(ls->bind, buf_str(&m->body)) != ERR_NONE) {
		log_error("a host key cannot be read");
		ls->done = true;
	}
}

static void
on_state(struct listener *ls, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);

	if (sources_get(&r, &ls->sources) != ERR_NONE)
		sources_release(&ls->sources);
}

static void
on_socket(struct listener *ls, struct ipc_msg *m)
{
	struct listen_socket *sock;

	if (m->nfds != 1 || ls->nsockets == LISTEN_MAX)
		return;
	sock = &ls->sockets[ls->nsockets++];
	sock->listener = ls;
	sock->watch = (struct watch) {m->fds[0], listener_accept, sock};
	m->fds[0] = -1;
}

/*
 * A forked child that allocates in the holes of this heap makes a page of its
 * own of every page that has one.  So the holes are filled, for good: children
 * then allocate side by side behind them.
 */
static void
heap_fill_holes(void)
{
	void *p = malloc(HEAP_LARGE);
	uintptr_t end = (uintptr_t)p;
	size_t size;

	free(p);
	for (size = HEAP_LARGE / 2; size >= HEAP_SMALL; size -= HEAP_SMALL) {
		while ((p = malloc(size)) != NULL && (uintptr_t)p < end)
			;
		free(p);
	}
}

static void
on_serve(struct listener *ls, struct ipc_msg *m)
{
	size_t i;

	(void)m;
	/* Before that: it also makes OpenSSL read its files. */
	if (ls->bind != NULL && server_warm(ls->bind) != ERR_NONE)
		log_warn("logins will be slower: the rehearsal failed");
	heap_fill_holes();
	if (ls->bind == NULL || listener_confine(ls) != ERR_NONE) {
		log_error("the listener cannot confine itself");
		ls->done = true;
		return;
	}
	for (i = 0; i < ls->nsockets; i++)
		if (loop_add(&ls->loop, &ls->sockets[i].watch) != ERR_NONE)
			ls->done = true;
	ls->serving = true;
	if (ipc_send(CONTROL_FD, LISTENER_MSG_READY, NULL, NULL, 0) != ERR_NONE)
		ls->done = true;
}

static void
on_authed(struct listener *ls, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	struct source_conn *c = sources_find(&ls->sources, rd_u32(&r));

	if (c != NULL)
		c->counted = false;
}

/* Own children are told of by SIGCHLD; this is for a predecessor's. */
static void
on_gone(struct listener *ls, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	struct source_conn *c = sources_find(&ls->sources, rd_u32(&r));

	if (c != NULL && c->pid == -1)
		sources_leave(&ls->sources, c->id);
}

static void
on_crashed(struct listener *ls, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	struct source_key key;
	char source[SOURCE_TEXT];

	rd_str(&r, source, sizeof(source));
	if (rd_end(&r) == ERR_NONE && source_parse(source, &key))
		sources_penalise(&ls->sources, &key, clock_mono_ms());
	listener_replace(ls);
}

static void
on_handover(struct listener *ls, struct ipc_msg *m)
{
	(void)m;
	listener_replace(ls);
}

struct listener_row {
	uint16_t type;
	bool serving; /* before or after LISTENER_MSG_SERVE */
	void (*act)(struct listener *ls, struct ipc_msg *m);
};

/* clang-format off */
static const struct listener_row rows[] = {
	{ LISTENER_MSG_LIMITS,   false, on_limits },
	{ LISTENER_MSG_KEY,      false, on_host_key },
	{ LISTENER_MSG_STATE,    false, on_state },
	{ LISTENER_MSG_SOCKET,   false, on_socket },
	{ LISTENER_MSG_SERVE,    false, on_serve },
	{ LISTENER_MSG_AUTHED,   true,  on_authed },
	{ LISTENER_MSG_GONE,     true,  on_gone },
	{ LISTENER_MSG_CRASHED,  true,  on_crashed },
	{ LISTENER_MSG_HANDOVER, true,  on_handover },
};
/* clang-format on */

static void
listener_control(void *arg, uint32_t events)
{
	struct listener *ls = arg;
	struct ipc_msg m;
	size_t i;

	(void)events;
	ipc_msg_init(&m);
	if (ipc_recv(CONTROL_FD, &m) != ERR_NONE) {
		ls->done = true; /* the monitor is gone */
		goto out;
	}
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == m.type && rows[i].serving == ls->serving)
			break;
	if (i < sizeof(rows) / sizeof(rows[0]))
		rows[i].act(ls, &m);
out:
	ipc_msg_release(&m);
}

static enum err
listener_open(struct listener *ls)
{
	sigset_t chld;
	enum err err;

	sources_init(&ls->sources);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &chld, NULL) == -1)
		return ERR_INTERNAL;
	if ((err = loop_open(&ls->loop)) != ERR_NONE ||
	    (err = login_filter(&ls->login_filter)) != ERR_NONE)
		return err;
	ls->children.fd = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	if (ls->children.fd == -1 ||
	    loop_add(&ls->loop, &ls->children) != ERR_NONE)
		return ERR_INTERNAL;
	return loop_add(&ls->loop, &ls->control);
}

int
listener_main(void)
{
	struct listener ls = {.root = -1};

	ls.control = (struct watch) {CONTROL_FD, listener_control, &ls};
	ls.children = (struct watch) {-1, listener_children, &ls};
	ls.breath.fire = listener_breathed;
	ls.breath.arg = &ls;
	if (listener_open(&ls) != ERR_NONE) {
		log_error("the listener cannot start");
		return 1;
	}
	while (!ls.done)
		if (loop_turn(&ls.loop) != ERR_NONE)
			return 1;
	return 0;
}

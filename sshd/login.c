/*
 * The login child's frame: its cage, its loop, its talk with the monitor.
 * libssh is driven by this loop and never waits by itself: an end of file that
 * it met inside would leave its own poll asleep for ever, so the state of the
 * connection is looked at every turn.
 */
#include "sshd/login.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "sshd/server.h"

enum {
	LOGIN_FDS = 64,
	LOGIN_MEMORY = 96 << 20, /* a client that floods ends itself only */
	LOGIN_QUICK_TURNS = 16,
	SHRINK_MS = 250,
	TCP_IDLE_S = 300,
	TCP_PROBE_S = 60,
	TCP_PROBES = 5,
	TCP_LOST_MS = 600 * 1000,
	POLL_FDS = 64,
	UNSENT_PACKETS = 1024,
};

/* clang-format off */
static const struct sandbox_rule login_rules[] = {
	ALLOW_WHEN(setsockopt, 1, SANDBOX_WORD, IPPROTO_TCP),
	ALLOW(getsockopt),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, TIOCSWINSZ),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, FIONREAD),
};
/* clang-format on */
static const struct sandbox_table login_table = SANDBOX_TABLE(login_rules);

enum err
login_filter(struct sandbox **out)
{
	static const struct sandbox_table *const tables[] = {
	    &sandbox_base, &sandbox_no_files, &login_table};

	return sandbox_compile(out, tables, 3);
}

void
login_end(struct login *l, const char *bye)
{
	if (l->ended)
		return;
	l->ended = true;
	l->bye = bye;
}

static void
tcp_set(int fd, int level, int option, int value)
{
	/* Not TCP in tests: then there is nothing to tune. */
	(void)setsockopt(fd, level, option, &value, sizeof(value));
}

static void
tcp_prepare(int fd)
{
	tcp_set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	tcp_set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	tcp_set(fd, IPPROTO_TCP, TCP_KEEPIDLE, TCP_IDLE_S);
	tcp_set(fd, IPPROTO_TCP, TCP_KEEPINTVL, TCP_PROBE_S);
	tcp_set(fd, IPPROTO_TCP, TCP_KEEPCNT, TCP_PROBES);
	tcp_set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, TCP_LOST_MS);
}

/* What comes from the monitor at any time. */
static void
login_message(struct login *l, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);

	if (m->type == CONN_MSG_BYE) {
		rd_str(&r, l->bye_text, sizeof(l->bye_text));
		login_end(l, r.err == ERR_NONE ? l->bye_text : NULL);
	} else {
		channels_message(l, m);
	}
}

/* Milliseconds until then. */
static int
left_until(int64_t at)
{
	int64_t left = at - clock_mono_ms();

	return left > 0 ? (int)left : 0;
}

/* Milliseconds that somebody unknown has left; -1: no limit. */
static int
login_left(const struct login *l)
{
	return l->deadline == 0 ? -1 : left_until(l->deadline);
}

enum err
login_ask(struct login *l, uint16_t type, struct buf *b, uint16_t want,
    struct ipc_msg *answer)
{
	struct pollfd pfds[2];
	enum err err;
	int n;

	if ((err = proto_send(l->monitor, type, b, NULL, 0)) != ERR_NONE)
		goto lost;
	for (;;) {
		pfds[0] = (struct pollfd) {l->monitor, POLLIN, 0};
		pfds[1] = (struct pollfd) {l->net, POLLRDHUP, 0};
		n = poll(pfds, 2, login_left(l));
		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0) {
			login_end(l, "Too slow.");
			return ERR_TIMEOUT;
		}
		if (n == -1 || pfds[1].revents != 0) {
			err = ERR_CLOSED;
			goto lost;
		}
		if ((err = ipc_recv(l->monitor, answer)) != ERR_NONE)
			goto lost;
		if (answer->type == want)
			return ERR_NONE;
		login_message(l, answer);
		if (l->ended)
			return ERR_CLOSED;
	}
lost:
	login_end(l, NULL);
	return err;
}

/* Everything that the monitor has said by now. */
static void
login_hear(struct login *l)
{
	struct pollfd pfd = {l->monitor, POLLIN, 0};
	struct ipc_msg m;

	ipc_msg_init(&m);
	while (!l->ended && poll(&pfd, 1, 0) == 1) {
		if (ipc_recv(l->monitor, &m) == ERR_NONE)
			login_message(l, &m);
		else
			login_end(l, NULL);
	}
	ipc_msg_release(&m);
}

static bool
login_is_lost(const struct login *l)
{
	return (ssh_get_status(l->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR)) !=
		   0 ||
	       (l->exchanged && !ssh_is_connected(l->ssh));
}

/* Reads and writes what the network allows right now. */
static void
login_network(struct login *l)
{
	int rc;

	if (!l->exchanged) {
		/* Only after the first call has libssh something to add. */
		rc = ssh_handle_key_exchange(l->ssh);
		if (rc == SSH_ERROR ||
		    (!l->added &&
			ssh_event_add_session(l->event, l->ssh) != SSH_OK)) {
			login_end(l, NULL);
			return;
		}
		l->added = true;
		l->exchanged = rc == SSH_OK;
	} else {
		ssh_event_dopoll(l->event, 0);
	}
	if (l->exchanged && !l->authed && !login_is_lost(l))
		auth_turn(l);
	if ((ssh_get_status(l->ssh) & SSH_WRITE_PENDING) != 0)
		ssh_event_dopoll(l->event, 0);
	if (login_is_lost(l))
		login_end(l, NULL);
}

/*
 * Until a screen is up every turn is one segment: what libssh writes in pieces
 * is corked, and the client, whose own writes wait for it, is acknowledged at
 * once.
 */
static void
login_network_quick(struct login *l)
{
	tcp_set(l->net, IPPROTO_TCP, TCP_CORK, 1);
	login_network(l);
	tcp_set(l->net, IPPROTO_TCP, TCP_CORK, 0);
	tcp_set(l->net, IPPROTO_TCP, TCP_QUICKACK, 1);
}

static int
login_timeout(const struct login *l)
{
	if (l->again)
		return 0;
	if (l->authed && !l->shrunk)
		return SHRINK_MS;
	/* Nobody on any channel: the connection is worth its idle time. */
	if (l->authed && l->nchannels == 0 && l->limits->idle_minutes != 0)
		return (int)l->limits->idle_minutes * 60 * 1000;
	if (l->silence != 0 && l->silence < l->deadline)
		return left_until(l->silence);
	return login_left(l);
}

static void
login_quiet(struct login *l)
{
	if (!l->authed && l->silence != 0 && login_left(l) > 0) {
		auth_answer_silence(l);
	} else if (!l->authed) {
		login_end(l, "Too slow.");
	} else if (!l->shrunk) {
		/* The first quiet after a login: it may last for hours. */
		l->shrunk = true;
		memory_shrink();
	} else {
		login_end(l, "Idle.");
	}
}

/*
 * libssh answers whatever it reads and keeps what the client does not take,
 * without end.  So somebody who only ever asks is not read any more.
 */
static short
login_events(struct login *l)
{
	if ((ssh_get_status(l->ssh) & SSH_WRITE_PENDING) == 0) {
		l->sent = l->raw.out_packets;
		return POLLIN;
	}
	return l->raw.out_packets - l->sent > UNSENT_PACKETS ? POLLOUT
							     : POLLIN | POLLOUT;
}

static void
login_turn(struct login *l)
{
	struct pollfd pfds[POLL_FDS];
	size_t n = 2;
	int rc;

	pfds[0] = (struct pollfd) {l->net, login_events(l), 0};
	pfds[1] = (struct pollfd) {l->monitor, POLLIN, 0};
	n += channels_poll(l, pfds + 2, POLL_FDS - 2);

	rc = poll(pfds, n, login_timeout(l));
	if (rc == -1) {
		if (errno != EINTR)
			login_end(l, NULL);
		return;
	}
	/* Chatter does not stop the clock of somebody unknown. */
	if ((rc == 0 && !l->again) || login_left(l) == 0) {
		login_quiet(l);
		return;
	}
	if (pfds[0].revents != 0) {
		if (l->quick > 0) {
			l->quick -= l->authed;
			login_network_quick(l);
		} else {
			login_network(l);
		}
	}
	if (pfds[1].revents != 0)
		login_hear(l);
	if (l->silence != 0 && left_until(l->silence) == 0 && !l->ended)
		auth_answer_silence(l);
	if (l->authed && !l->ended)
		channels_turn(l);
}

static int
close_between(int first, int last)
{
	return first > last ? 0
			    : (int)syscall(SYS_close_range, (unsigned)first,
				  (unsigned)last, 0);
}

/* Only 0 to 2, the client and the monitor stay open. */
static enum err
login_close_others(int net, int monitor)
{
	int low = net < monitor ? net : monitor;
	int high = net < monitor ? monitor : net;

	if (close_between(STDERR_FILENO + 1, low - 1) == -1 ||
	    close_between(low + 1, high - 1) == -1 ||
	    close_between(high + 1, INT_MAX) == -1)
		return ERR_INTERNAL;
	return ERR_NONE;
}

static enum err
login_cage(const struct sandbox *filter)
{
	enum err err;

	if ((err = sandbox_limit(RLIMIT_CORE, 0)) != ERR_NONE ||
	    (err = sandbox_limit(RLIMIT_NPROC, 0)) != ERR_NONE ||
	    (err = sandbox_limit(RLIMIT_NOFILE, LOGIN_FDS)) != ERR_NONE ||
	    (err = sandbox_limit_memory(LOGIN_MEMORY)) != ERR_NONE)
		return err;
	return sandbox_enter(filter);
}

static void
login_goodbye(struct login *l)
{
	/* Without this the words would stay in libssh's buffer. */
	if (!login_is_lost(l)) {
		ssh_event_dopoll(l->event, 0);
		if (l->bye != NULL)
			ssh_session_set_disconnect_message(l->ssh, l->bye);
		ssh_disconnect(l->ssh);
	}
}

int
login_run(ssh_bind bind, int net, int monitor,
    const struct listener_limits *limits, const struct sandbox *filter)
{
	struct login l = {
	    .limits = limits,
	    .quick = LOGIN_QUICK_TURNS,
	    .deadline = clock_mono_ms() + (int64_t)limits->grace_s * 1000,
	};
	int rc = 1;

	if (login_close_others(net, monitor) != ERR_NONE)
		return 1;
	l.net = net;
	l.monitor = monitor;
	tcp_prepare(net);
	if (login_cage(filter) != ERR_NONE) {
		log_error("cannot confine a login");
		return 1;
	}
	if (server_accept(bind, net, &l.ssh) != ERR_NONE)
		return 1;
	ssh_set_counters(l.ssh, NULL, &l.raw);
	if ((l.event = ssh_event_new()) == NULL)
		goto out;
	ssh_set_auth_methods(l.ssh, SSH_AUTH_METHOD_PUBLICKEY |
					SSH_AUTH_METHOD_INTERACTIVE |
					SSH_AUTH_METHOD_PASSWORD);
	login_network_quick(&l);
	while (!l.ended)
		login_turn(&l);
	channels_release(&l);
	login_goodbye(&l);
	rc = 0;
out:
	close(l.monitor);
	return rc;
}

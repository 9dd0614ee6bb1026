#include "login_peer.h"

#include <fcntl.h>
#include <libssh/server.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ipc.h"
#include "sshd/login.h"
#include "sshd/server.h"

enum { PROGRAMS_MAX = 16, PEER_TIMEOUT_S = 20 };

struct running {
	int pidfd;
	pid_t pid;
	uint32_t channel;
};

struct stub {
	int fd;
	struct running running[PROGRAMS_MAX];
	size_t count;
};

unsigned char
peer_byte(size_t i)
{
	return (unsigned char)((i * 2654435761u) >> 13);
}

static int
program_big(size_t total)
{
	static unsigned char b[65536];
	size_t i = 0, n, k;
	ssize_t w;

	while (i < total) {
		n = total - i < sizeof(b) ? total - i : sizeof(b);
		for (k = 0; k < n; k++)
			b[k] = peer_byte(i + k);
		for (k = 0; k < n; k += (size_t)w)
			if ((w = write(1, b + k, n - k)) <= 0)
				return 3;
		i += n;
	}
	return 7;
}

static int
program_sink(void)
{
	static unsigned char b[65536];
	size_t i = 0, bad = 0;
	ssize_t n, k;

	while ((n = read(0, b, sizeof(b))) > 0)
		for (k = 0; k < n; k++)
			bad += b[k] != peer_byte(i++);
	dprintf(1, "%zu %zu", i, bad);
	return 0;
}

static int
program_size(void)
{
	struct winsize ws = {0};

	while (ws.ws_col != 100 || ws.ws_row != 40) {
		if (ioctl(0, TIOCGWINSZ, &ws) == -1)
			return 3;
		usleep(1000);
	}
	dprintf(1, "resized");
	return 0;
}

static int
program(const char *command)
{
	char c;

	if (strncmp(command, "big ", 4) == 0)
		return program_big((size_t)atol(command + 4));
	if (strcmp(command, "sink") == 0)
		return program_sink();
	if (strcmp(command, "size") == 0)
		return program_size();
	if (strcmp(command, "say") == 0) {
		dprintf(1, "out");
		dprintf(2, "err");
		return 5;
	}
	if (strcmp(command, "die") == 0)
		return raise(SIGKILL);
	while (read(0, &c, 1) == 1)
		;
	return 0;
}

static void
stub_refuse(struct stub *s, struct buf *b)
{
	buf_put_u8(b, 0);
	buf_put_str(b, "Not today.");
	assert_int_equal(
	    proto_send(s->fd, CONN_MSG_OPENED, b, NULL, 0), ERR_NONE);
}

static void
stub_open(struct stub *s, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	uint32_t channel = rd_u32(&r);
	struct session_request rq;
	int mine[3], yours[2], pair[2];
	struct running *run;
	struct buf b;

	assert_int_equal(session_request_get(&r, &rq), ERR_NONE);
	buf_init(&b, 1024);
	buf_put_u32(&b, channel);
	if (strcmp(rq.command, "refuse") == 0) {
		stub_refuse(s, &b);
		return;
	}
	if (rq.pty) {
		yours[0] = posix_openpt(O_RDWR | O_NOCTTY);
		assert_int_equal(unlockpt(yours[0]), 0);
		mine[0] = ioctl(yours[0], TIOCGPTPEER, O_RDWR | O_NOCTTY);
		assert_true(mine[0] >= 0);
		mine[1] = mine[2] = mine[0];
		yours[1] = -1;
	} else {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		yours[0] = pair[0];
		mine[0] = mine[1] = pair[1];
		assert_int_equal(pipe(pair), 0);
		yours[1] = pair[0];
		mine[2] = pair[1];
	}
	run = &s->running[s->count++];
	run->channel = channel;
	if ((run->pid = fork()) == 0) {
		dup2(mine[0], 0);
		dup2(mine[1], 1);
		dup2(mine[2], 2);
		syscall(SYS_close_range, 3, ~0U, 0);
		_exit(program(rq.command));
	}
	run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
	close(mine[0]);
	if (!rq.pty)
		close(mine[2]);
	buf_put_u8(&b, 1);
	buf_put_u8(&b, rq.pty);
	assert_int_equal(
	    proto_send(s->fd, CONN_MSG_OPENED, &b, yours, rq.pty ? 1 : 2),
	    ERR_NONE);
	close(yours[0]);
	if (!rq.pty)
		close(yours[1]);
}

static void
stub_proof(struct stub *s, struct ipc_msg *m)
{
	char user[256], email[256] = "", password[256] = "";
	struct rd r = rd_buf(&m->body);
	struct buf b;
	bool ok = true;

	rd_str(&r, user, sizeof(user));
	if (m->type == CONN_MSG_PASSWORD) {
		rd_str(&r, email, sizeof(email));
		rd_str(&r, password, sizeof(password));
		assert_int_equal(rd_end(&r), ERR_NONE);
		ok = strcmp(password, PEER_PASSWORD) == 0 &&
		     (strcmp(email, PEER_EMAIL) == 0 ||
			 (*email == '\0' && strcmp(user, PEER_EMAIL) == 0));
	}
	buf_init(&b, 16);
	buf_put_u8(&b, ok);
	assert_int_equal(
	    proto_send(s->fd, CONN_MSG_PROOF, &b, NULL, 0), ERR_NONE);
}

static void
stub_ended(struct stub *s, size_t i)
{
	struct running run = s->running[i];
	struct buf b;
	int status;

	assert_int_equal(waitpid(run.pid, &status, 0), run.pid);
	close(run.pidfd);
	s->running[i] = s->running[--s->count];
	buf_init(&b, 32);
	buf_put_u32(&b, run.channel);
	buf_put_u32(&b, WIFEXITED(status) ? (uint32_t)WEXITSTATUS(status) : 1);
	buf_put_u32(&b, WIFSIGNALED(status) ? (uint32_t)WTERMSIG(status) : 0);
	(void)proto_send(s->fd, CONN_MSG_EXIT, &b, NULL, 0);
}

static int
stub_run(int fd)
{
	struct stub s = {.fd = fd};
	struct pollfd pfds[PROGRAMS_MAX + 1];
	struct ipc_msg m;
	size_t i;

	ipc_msg_init(&m);
	for (;;) {
		pfds[0] = (struct pollfd) {fd, POLLIN, 0};
		for (i = 0; i < s.count; i++)
			pfds[i + 1] =
			    (struct pollfd) {s.running[i].pidfd, POLLIN, 0};
		if (poll(pfds, s.count + 1, -1) == -1)
			return 1;
		for (i = s.count; i > 0; i--)
			if (pfds[i].revents != 0)
				stub_ended(&s, i - 1);
		if (pfds[0].revents == 0)
			continue;
		if (ipc_recv(fd, &m) != ERR_NONE)
			break;
		if (m.type == CONN_MSG_OPEN)
			stub_open(&s, &m);
		else if (m.type == CONN_MSG_PASSWORD || m.type == CONN_MSG_KEY)
			stub_proof(&s, &m);
	}
	while (s.count > 0)
		kill(s.running[--s.count].pid, SIGKILL);
	ipc_msg_release(&m);
	return 0;
}

static int
login_child(int net, int monitor, const struct listener_limits *limits)
{
	struct sandbox *filter = NULL;
	ssh_bind bind;
	ssh_key key;

	if (server_new(&bind, "") != ERR_NONE ||
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK ||
	    ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) !=
		SSH_OK ||
	    server_warm(bind) != ERR_NONE || login_filter(&filter) != ERR_NONE)
		return 99;
	return login_run(bind, net, monitor, limits, filter);
}

void
peer_open(struct peer *p, const struct listener_limits *limits)
{
	static const struct listener_limits usual = {
	    .grace_s = 60, .channels = 3};
	int net[2], ipc[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, net), 0);
	assert_int_equal(ipc_pair(ipc), ERR_NONE);
	fflush(NULL);
	if ((p->login = fork()) == 0) {
		close(net[0]);
		_exit(login_child(
		    net[1], ipc[1], limits != NULL ? limits : &usual));
	}
	if ((p->monitor = fork()) == 0) {
		close(net[0]);
		close(net[1]);
		close(ipc[1]);
		_exit(stub_run(ipc[0]));
	}
	close(net[1]);
	close(ipc[0]);
	close(ipc[1]);
	p->net = net[0];
	p->ssh = ssh_new();
	assert_non_null(p->ssh);
}

void
peer_connect(struct peer *p, const char *user)
{
	long timeout = PEER_TIMEOUT_S;
	bool no = false;

	ssh_options_set(p->ssh, SSH_OPTIONS_PROCESS_CONFIG, &no);
	ssh_options_set(p->ssh, SSH_OPTIONS_HOST, "localhost");
	ssh_options_set(p->ssh, SSH_OPTIONS_USER, user);
	ssh_options_set(p->ssh, SSH_OPTIONS_TIMEOUT, &timeout);
	ssh_options_set(p->ssh, SSH_OPTIONS_FD, &p->net);
	assert_int_equal(ssh_connect(p->ssh), SSH_OK);
}

void
peer_login(struct peer *p)
{
	peer_open(p, NULL);
	peer_connect(p, PEER_EMAIL);
	assert_int_equal(ssh_userauth_password(p->ssh, NULL, PEER_PASSWORD),
	    SSH_AUTH_SUCCESS);
}

int
peer_close(struct peer *p)
{
	int status, ignore;

	ssh_disconnect(p->ssh);
	ssh_free(p->ssh);
	/* Not always closed by it when it was given to it. */
	if (fcntl(p->net, F_GETFD) != -1)
		close(p->net);
	assert_int_equal(waitpid(p->login, &status, 0), p->login);
	assert_int_equal(waitpid(p->monitor, &ignore, 0), p->monitor);
	return status;
}

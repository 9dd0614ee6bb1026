/*
 * What ready_wait() forks, with this test in the monitor's place.  A forked
 * session says on its store socket what it finds about itself.
 */
#include "tui/ready.h"

#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ipc.h"
#include "data/session.h"

enum { SESSION_STATUS = 64, FDS_MAX = 256 };

struct place {
	pid_t ready;
	int control;
};

/* Runs in the session: "fds terminal-is-mine TERM ONLY". */
static void
session_tell(void)
{
	const char *term = getenv("TERM"), *only = getenv("ONLY");
	char line[256];
	int fd, open_fds = 0, n;

	for (fd = 0; fd < FDS_MAX; fd++)
		open_fds += fcntl(fd, F_GETFD) != -1;
	n = snprintf(line, sizeof(line), "%d %d %s %s", open_fds,
	    tcgetsid(0) == getpid(), term != NULL ? term : "-",
	    only != NULL ? only : "-");
	_exit(send(SESSION_STORE_FD, line, (size_t)n, 0) == n ? SESSION_STATUS
							      : 1);
}

static void __attribute__((noreturn)) ready_run(int control)
{
	int status;

	dup2(control, SESSION_STORE_FD);
	closefrom(SESSION_STORE_FD + 1);
	clearenv();
	setenv("TERM", "nobodys", 1);
	if (ready_wait(&status))
		session_tell();
	_exit(status);
}

static void
receive(int fd, struct ipc_msg *msg, uint16_t type)
{
	ipc_msg_init(msg);
	assert_int_equal(ipc_recv(fd, msg), ERR_NONE);
	assert_int_equal(msg->type, type);
}

static struct place
place_open(void)
{
	struct ipc_msg msg;
	struct place p;
	int pair[2];

	assert_int_equal(ipc_pair(pair), ERR_NONE);
	assert_int_equal(ipc_want_pids(pair[0]), ERR_NONE);
	if ((p.ready = fork()) == 0)
		ready_run(pair[1]);
	close(pair[1]);
	p.control = pair[0];
	receive(p.control, &msg, SESSION_MSG_READY);
	assert_int_equal(msg.pid, p.ready);
	ipc_msg_release(&msg);
	return p;
}

static int
end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
place_close(struct place *p)
{
	close(p->control);
	assert_int_equal(end_of(p->ready), 0);
}

/* Asks for a session; its pid, and our end of its store socket. */
static pid_t
session_fork(struct place *p, uint32_t id, const char *env, size_t len,
    int *store, int *master)
{
	int pair[2], fds[2];
	struct ipc_msg msg;
	struct buf b;
	struct rd r;
	pid_t pid;

	assert_int_equal(ipc_pair(pair), ERR_NONE);
	assert_int_equal(openpty(master, &fds[0], NULL, NULL, NULL), 0);
	fds[1] = pair[1];
	buf_init(&b, IPC_BODY_MAX);
	buf_put_u32(&b, id);
	buf_add(&b, env, len);
	assert_int_equal(
	    ipc_send(p->control, SESSION_MSG_FORK, &b, fds, 2), ERR_NONE);
	buf_release(&b);
	close(fds[0]);
	close(fds[1]);
	receive(p->control, &msg, SESSION_MSG_FORKED);
	r = rd_buf(&msg.body);
	assert_int_equal(rd_u32(&r), id);
	pid = msg.pid;
	ipc_msg_release(&msg);
	*store = pair[0];
	return pid;
}

static void
assert_says(int store, const char *wanted)
{
	char said[256] = "";

	assert_true(recv(store, said, sizeof(said) - 1, 0) > 0);
	assert_string_equal(said, wanted);
}

static void
a_session_is_our_child_and_keeps_its_status(void **state)
{
	static const char env[] = "TERM=xterm";
	struct place p = place_open();
	int store, master;
	pid_t pid = session_fork(&p, 7, env, sizeof(env), &store, &master);

	(void)state;
	assert_int_not_equal(pid, p.ready);
	/* 0, 1, 2, the store socket; its own terminal; its own environment */
	assert_says(store, "4 1 xterm -");
	assert_int_equal(end_of(pid), SESSION_STATUS << 8);
	close(store);
	close(master);
	place_close(&p);
}

static void
nothing_of_one_session_is_in_the_next(void **state)
{
	static const char first[] = "TERM=vt100\0ONLY=mine";
	static const char second[] = "LANG=C";
	struct place p = place_open();
	int store, master, store2, master2;
	pid_t a, b;

	(void)state;
	a = session_fork(&p, 1, first, sizeof(first), &store, &master);
	b = session_fork(&p, 2, second, sizeof(second), &store2, &master2);
	assert_says(store2, "4 1 - -");
	assert_says(store, "4 1 vt100 mine");
	end_of(a);
	end_of(b);
	/* The process that waits holds no end of it either. */
	assert_int_equal(recv(store, &(char) {0}, 1, 0), 0);
	assert_int_equal(recv(store2, &(char) {0}, 1, 0), 0);
	close(store);
	close(store2);
	close(master);
	close(master2);
	place_close(&p);
}

static void
an_environment_without_an_end_makes_no_session(void **state)
{
	struct place p = place_open();
	int store, master;
	pid_t pid = session_fork(&p, 1, "TERM", 4, &store, &master);

	(void)state;
	assert_int_not_equal(WEXITSTATUS(end_of(pid)), SESSION_STATUS);
	close(store);
	close(master);
	place_close(&p);
}

static void
a_message_that_is_none_ends_it(void **state)
{
	struct place p = place_open();

	(void)state;
	assert_int_equal(
	    ipc_send(p.control, SESSION_MSG_FORK, NULL, NULL, 0), ERR_NONE);
	assert_int_equal(end_of(p.ready), SESSION_EXIT_REFUSED << 8);
	close(p.control);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_session_is_our_child_and_keeps_its_status),
	    cmocka_unit_test(nothing_of_one_session_is_in_the_next),
	    cmocka_unit_test(an_environment_without_an_end_makes_no_session),
	    cmocka_unit_test(a_message_that_is_none_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What a store worker tells a file session unasked, over a real store socket:
 * a child process serves it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/serve.h"
#include "sshd/files/stream.h"
#include "sshd/files/tree.h"
#include "tests/data/people.h"

#define T(name)                                                                \
	cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

/* Answers requests until the session closes; sends a note after the first. */
static void
serve(const struct scratch *s, int fd, const struct note *note)
{
	struct identity id = person(ANNA, ROLE_CUSTOMER);
	struct serve_render render;
	struct ipc_msg in;
	struct buf reply;

	ipc_msg_init(&in);
	buf_init(&reply, IPC_BODY_MAX);
	while (ipc_recv(fd, &in) == ERR_NONE) {
		if (store_serve(s->st, &id, &in, &reply, &render) !=
		    SERVE_REPLY)
			_exit(1);
		if (ipc_send(fd, STORE_MSG_REPLY, &reply, NULL, 0) != ERR_NONE)
			_exit(1);
		if (note == NULL)
			break; /* gone after its first answer */
		serve_note(&reply, note);
		if (ipc_send(fd, STORE_MSG_NOTE, &reply, NULL, 0) != ERR_NONE)
			_exit(1);
	}
	_exit(0);
}

/* What a session that reads finds out; busy is whether a file is open. */
static enum err
read_while(struct scratch *s, const struct note *note, bool busy)
{
	static const struct session_env env = {.host = "isp", .port = 22};
	struct stream stream;
	struct store *st;
	struct tree tree;
	struct vfs vfs;
	int pair[2], line[2], status;
	enum err err;
	char got[8];
	size_t n;
	pid_t pid;

	assert_int_equal(ipc_pair(pair), ERR_NONE);
	assert_int_equal(pipe(line), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(pair[1]);
		serve(s, pair[0], note);
	}
	close(pair[0]);
	assert_int_equal(store_open_socket(&st, pair[1]), ERR_NONE);
	tree_init(&tree, st, &env);
	vfs = tree_vfs(&tree);
	assert_int_equal(
	    stream_init(&stream, line[0], line[1], &vfs, 0), ERR_NONE);
	stream.busy = busy;
	stream.idle_ms = 10000; /* a test that hangs says less */
	err = stream_read(&stream, got, sizeof(got), &n);
	tree_release(&tree);
	store_close(st);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(line[0]);
	close(line[1]);
	return err;
}

static void
disabled_access_ends_a_transfer(void **state)
{
	const struct note note = {.type = NOTE_DISABLED};

	people_insert(*state);
	assert_int_equal(read_while(*state, &note, true), ERR_CLOSED);
}

static void
shutdown_ends_an_idle_session(void **state)
{
	const struct note note = {.type = NOTE_SHUTDOWN};

	people_insert(*state);
	assert_int_equal(read_while(*state, &note, false), ERR_CLOSED);
}

static void
store_worker_gone_ends_the_session(void **state)
{
	people_insert(*state);
	assert_int_equal(read_while(*state, NULL, true), ERR_CLOSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(disabled_access_ends_a_transfer),
	    T(shutdown_ends_an_idle_session),
	    T(store_worker_gone_ends_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Waiting on a client and on the session's own end at once.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "sshd/files/stream.h"
#include "tests/sshd/fake_vfs.h"

#define T(name) cmocka_unit_test_setup_teardown(name, line_setup, line_teardown)

enum { MUCH = 4 * 1024 * 1024 };

/* A stream over a socket pair, and a pipe that wakes it. */
struct line {
	struct fake_vfs fake;
	struct stream stream;
	int client, server, wake[2];
	struct buf out;
};

static int
line_setup(void **state)
{
	static struct line l;
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) != 0 ||
	    pipe2(l.wake, O_CLOEXEC) != 0)
		return -1;
	fake_vfs_init(&l.fake);
	l.fake.vfs.wake_fd = l.wake[0];
	l.client = sv[0];
	l.server = sv[1];
	buf_init(&l.out, MUCH);
	*state = &l;
	return stream_init(&l.stream, sv[1], sv[1], &l.fake.vfs, 0) == ERR_NONE
		   ? 0
		   : -1;
}

static int
line_teardown(void **state)
{
	struct line *l = *state;

	if (l->client != -1)
		close(l->client);
	close(l->server);
	close(l->wake[0]);
	close(l->wake[1]);
	buf_release(&l->out);
	return 0;
}

/* What a note does: the descriptor wakes the poll, then it is asked. */
static void
tell(struct line *l, enum err err)
{
	l->fake.alive = err;
	assert_int_equal(write(l->wake[1], "", 1), 1);
}

static void
fill(struct line *l)
{
	unsigned char *p;

	buf_reset(&l->out);
	p = buf_reserve(&l->out, MUCH);
	assert_non_null(p);
	memset(p, 'x', MUCH);
	l->out.len = MUCH;
}

static void
read_gives_what_is_there_then_the_end(void **state)
{
	struct line *l = *state;
	char got[16];
	size_t n = 99;

	assert_int_equal(write(l->client, "abc", 3), 3);
	assert_int_equal(
	    stream_read(&l->stream, got, sizeof(got), &n), ERR_NONE);
	assert_int_equal(n, 3);
	assert_memory_equal(got, "abc", 3);
	close(l->client);
	l->client = -1;
	assert_int_equal(
	    stream_read(&l->stream, got, sizeof(got), &n), ERR_NONE);
	assert_int_equal(n, 0);
}

static void
read_ends_when_access_is_taken_away(void **state)
{
	struct line *l = *state;
	char got[16];
	size_t n;

	l->stream.busy = true;
	tell(l, ERR_CLOSED);
	assert_int_equal(
	    stream_read(&l->stream, got, sizeof(got), &n), ERR_CLOSED);
}

static void
read_ends_even_if_the_client_never_pauses(void **state)
{
	struct line *l = *state;
	char got[16];
	size_t n;

	assert_int_equal(write(l->client, "abc", 3), 3);
	l->fake.alive = ERR_CLOSED;
	assert_int_equal(
	    stream_read(&l->stream, got, sizeof(got), &n), ERR_CLOSED);
}

static void
stopping_waits_for_what_is_open(void **state)
{
	struct line *l = *state;
	char got[16];
	size_t n;

	tell(l, ERR_BUSY);
	l->stream.busy = true;
	assert_int_equal(write(l->client, "abc", 3), 3);
	assert_int_equal(
	    stream_read(&l->stream, got, sizeof(got), &n), ERR_NONE);
	assert_int_equal(n, 3);
	l->stream.busy = false;
	assert_int_equal(
	    stream_read(&l->stream, got, sizeof(got), &n), ERR_CLOSED);
}

static void
idle_session_ends(void **state)
{
	struct line *l = *state;
	char got[16];
	size_t n;

	l->stream.idle_ms = 1;
	assert_int_equal(
	    stream_read(&l->stream, got, sizeof(got), &n), ERR_TIMEOUT);
}

static void
write_to_a_client_that_stopped_reading_ends_too(void **state)
{
	struct line *l = *state;

	fill(l);
	l->stream.idle_ms = 1;
	assert_int_equal(stream_write(&l->stream, &l->out), ERR_TIMEOUT);
	fill(l);
	l->stream.idle_ms = -1;
	tell(l, ERR_CLOSED);
	assert_int_equal(stream_write(&l->stream, &l->out), ERR_CLOSED);
}

static void
write_owed_is_sent_though_the_portal_stops(void **state)
{
	struct line *l = *state;

	l->fake.alive = ERR_BUSY;
	l->stream.idle_ms = 1;
	fill(l);
	/* Stopping would be ERR_CLOSED: here it is the client that is slow. */
	assert_int_equal(stream_write(&l->stream, &l->out), ERR_TIMEOUT);
	assert_false(l->stream.busy);
}

static void
write_to_a_client_that_left_ends(void **state)
{
	struct line *l = *state;

	close(l->client);
	l->client = -1;
	buf_adds(&l->out, "x");
	assert_int_equal(stream_write(&l->stream, &l->out), ERR_CLOSED);
}

static void
write_empties_the_buffer(void **state)
{
	struct line *l = *state;
	char got[8];

	buf_adds(&l->out, "hello");
	assert_int_equal(stream_write(&l->stream, &l->out), ERR_NONE);
	assert_int_equal(l->out.len, 0);
	assert_int_equal(read(l->client, got, sizeof(got)), 5);
	assert_memory_equal(got, "hello", 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(read_gives_what_is_there_then_the_end),
	    T(read_ends_when_access_is_taken_away),
	    T(read_ends_even_if_the_client_never_pauses),
	    T(stopping_waits_for_what_is_open),
	    T(idle_session_ends),
	    T(write_to_a_client_that_stopped_reading_ends_too),
	    T(write_owed_is_sent_though_the_portal_stops),
	    T(write_to_a_client_that_left_ends),
	    T(write_empties_the_buffer),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

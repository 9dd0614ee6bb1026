/*
 * Store workers as the monitor sees them: lost databases, what was missed.
 * This program is the monitor, and the workers at the other ends of sockets.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ipc.h"
#include "sshd/conns.h"
#include "sshd/sessions.h"

enum { WORKERS = 3 }; /* listens, another one, passwords */

struct fixture {
	struct monitor m;
	int ends[WORKERS];
	struct ipc_msg msg;
};

/* Programs that end at once stand in for the workers, then sockets for them. */
static void
fixture_open(struct fixture *f)
{
	int pair[2], i;

	*f = (struct fixture) {.m.nworkers = WORKERS};
	ipc_msg_init(&f->msg);
	assert_int_equal(loop_open(&f->m.loop), ERR_NONE);
	strcpy(f->m.config.store_url, "postgresql://u:secret@h/d");
	f->m.programs[PROGRAM_STORE] = open("/bin/true", O_RDONLY | O_CLOEXEC);
	f->m.listener.watch.fd = -1;
	workers_start(&f->m);
	close(f->m.programs[PROGRAM_STORE]);
	for (i = 0; i < WORKERS; i++) {
		assert_int_equal(
		    waitpid(f->m.workers[i].pid, NULL, 0), f->m.workers[i].pid);
		child_drop(&f->m.workers[i]);
		loop_timer_clear(&f->m.loop, &f->m.workers[i].again);
		assert_int_equal(ipc_pair(pair), ERR_NONE);
		assert_int_equal(fd_set_nonblock(pair[0], 1), ERR_NONE);
		assert_int_equal(fd_set_nonblock(pair[1], 1), ERR_NONE);
		f->m.workers[i].watch.fd = pair[0];
		f->ends[i] = pair[1];
	}
}

static void
fixture_close(struct fixture *f)
{
	int i;

	ipc_msg_release(&f->msg);
	for (i = 0; i < WORKERS; i++) {
		close(f->m.workers[i].watch.fd);
		close(f->ends[i]);
	}
	loop_close(&f->m.loop);
}

/* What a worker says reaches the monitor. */
static void
says(struct fixture *f, int worker, uint16_t type)
{
	struct child *c = &f->m.workers[worker];

	assert_int_equal(
	    ipc_send(f->ends[worker], type, NULL, NULL, 0), ERR_NONE);
	c->watch.ready(c, EPOLLIN);
}

/* The next message that a worker finds; 0: none. */
static uint16_t
hears(struct fixture *f, int worker)
{
	return ipc_recv(f->ends[worker], &f->msg) == ERR_NONE ? f->msg.type : 0;
}

static void
hear_all(struct fixture *f, int worker)
{
	while (hears(f, worker) != 0)
		;
}

static void
all_ready(struct fixture *f)
{
	int i;

	for (i = 0; i < WORKERS; i++)
		says(f, i, WORKER_MSG_READY);
	for (i = 0; i < WORKERS; i++)
		hear_all(f, i);
}

static void
who_is_away_gets_nobody_new(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	all_ready(&f);
	says(&f, 0, WORKER_MSG_AWAY);
	assert_true(f.m.store_away);
	assert_ptr_equal(worker_pick(&f.m), &f.m.workers[1]);
	assert_ptr_equal(worker_pick(&f.m), &f.m.workers[1]);
	says(&f, 1, WORKER_MSG_AWAY);
	assert_null(worker_pick(&f.m));
	says(&f, 0, WORKER_MSG_READY);
	assert_true(f.m.store_away);
	assert_ptr_equal(worker_pick(&f.m), &f.m.workers[0]);
	says(&f, 1, WORKER_MSG_READY);
	assert_false(f.m.store_away);
	fixture_close(&f);
}

static void
who_is_away_is_still_told(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	all_ready(&f);
	says(&f, 1, WORKER_MSG_AWAY);
	sessions_end_login(&f.m, 7, NULL);
	assert_int_equal(hears(&f, 1), WORKER_MSG_DISABLED);
	fixture_close(&f);
}

static void
after_listening_was_lost_logins_are_checked_and_screens_read(void **state)
{
	struct session console = {
	    .id_bound = {.tenant = 1, .customer = 3, .login = 8}};
	struct conn authed = {.state = CONN_AUTHED,
	    .proof.id = {.tenant = 1, .customer = 2, .login = 7}};
	struct conn unknown = {.state = CONN_PROVING, .next = &authed};
	const int64_t want[] = {1, 2, 7, 1, 3, 8};
	struct fixture f;
	struct rd r;
	size_t i;

	(void)state;
	fixture_open(&f);
	all_ready(&f);
	f.m.conns = &unknown;
	f.m.sessions = &console;
	says(&f, 0, WORKER_MSG_AWAY);
	says(&f, 0, WORKER_MSG_READY);
	assert_int_equal(hears(&f, 0), WORKER_MSG_CHECK);
	r = rd_buf(&f.msg.body);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_int_equal(rd_i64(&r), want[i]);
	assert_int_equal(rd_end(&r), ERR_NONE);
	assert_int_equal(hears(&f, 0), 0);
	assert_int_equal(hears(&f, 1), WORKER_MSG_REREAD);
	/* the other one's coming back is its own sessions' affair */
	says(&f, 1, WORKER_MSG_AWAY);
	says(&f, 1, WORKER_MSG_READY);
	assert_int_equal(hears(&f, 0), 0);
	assert_int_equal(hears(&f, 1), 0);
	fixture_close(&f);
}

static void
a_worker_that_missed_something_reads_all_again(void **state)
{
	struct fixture f;
	struct buf b;

	(void)state;
	fixture_open(&f);
	all_ready(&f);
	buf_init(&b, 64);
	buf_put_i64(&b, 1);
	buf_put_i64(&b, 0);
	buf_put_u32(&b, TOPIC_NEWS);
	while (!f.m.workers[1].missed) {
		workers_send(&f.m, WORKER_MSG_CHANGED, &b);
		hear_all(&f, 0);
		hear_all(&f, 2);
	}
	buf_release(&b);
	/* still full: it is tried again */
	f.m.loop.timers->due = 0;
	assert_int_equal(loop_turn(&f.m.loop), ERR_NONE);
	assert_true(f.m.workers[1].missed);
	hear_all(&f, 1);
	f.m.loop.timers->due = 0;
	assert_int_equal(loop_turn(&f.m.loop), ERR_NONE);
	assert_false(f.m.workers[1].missed);
	assert_int_equal(hears(&f, 1), WORKER_MSG_REREAD);
	assert_null(f.m.loop.timers);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_is_away_gets_nobody_new),
	    cmocka_unit_test(who_is_away_is_still_told),
	    cmocka_unit_test(
		after_listening_was_lost_logins_are_checked_and_screens_read),
	    cmocka_unit_test(a_worker_that_missed_something_reads_all_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

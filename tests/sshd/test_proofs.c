/*
 * Questions about who somebody is, when there is nobody to ask yet.  This
 * program is the monitor, and the worker at the other end of a socket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ipc.h"
#include "sshd/monitor.h"

struct fixture {
	struct monitor m;
	int workers[2]; /* their ends: sessions', passwords' */
	int answers;
	struct proof proof; /* the last answer */
};

static void
fixture_open(struct fixture *f)
{
	int pair[2];
	size_t i;

	*f = (struct fixture) {.m.nworkers = 2};
	assert_int_equal(loop_open(&f->m.loop), ERR_NONE);
	for (i = 0; i < 2; i++) {
		assert_int_equal(ipc_pair(pair), ERR_NONE);
		assert_int_equal(fd_set_nonblock(pair[0], 1), ERR_NONE);
		assert_int_equal(fd_set_nonblock(pair[1], 1), ERR_NONE);
		f->m.workers[i].watch.fd = pair[0];
		f->workers[i] = pair[1];
	}
}

static void
fixture_close(struct fixture *f)
{
	size_t i;

	proof_forget(&f->m, f);
	assert_null(f->m.tickets);
	assert_null(f->m.loop.timers);
	for (i = 0; i < 2; i++) {
		close(f->m.workers[i].watch.fd);
		if (f->workers[i] != -1)
			close(f->workers[i]);
	}
	loop_close(&f->m.loop);
}

static void
answered(void *arg, const struct proof *p)
{
	struct fixture *f = arg;

	f->answers++;
	f->proof = *p;
}

static void
ask_key(struct fixture *f)
{
	assert_int_equal(proof_ask_key(&f->m, "portal", true, "blob", 4,
			     "192.0.2.1", answered, f),
	    ERR_NONE);
}

static void
ask_password(struct fixture *f)
{
	assert_int_equal(proof_ask(&f->m, "portal", "a@example.net", "secret",
			     "192.0.2.1", answered, f),
	    ERR_NONE);
}

static void
become_ready(struct fixture *f, size_t worker)
{
	f->m.workers[worker].ready = true;
	proof_resume(&f->m);
}

/* The worker's part: takes the one question there is, and says yes. */
static void
work(struct fixture *f, size_t worker, uint16_t type)
{
	const struct proof yes = {.ok = true, .id.login = 7};
	struct ipc_msg msg;
	struct rd r;
	struct buf b;
	uint32_t id;

	ipc_msg_init(&msg);
	assert_int_equal(ipc_recv(f->workers[worker], &msg), ERR_NONE);
	assert_int_equal(msg.type, type);
	r = rd_buf(&msg.body);
	id = rd_u32(&r);
	assert_int_equal(ipc_recv(f->workers[worker], &msg), ERR_BUSY);
	buf_init(&b, 1024);
	buf_put_u32(&b, id);
	proof_put(&b, &yes);
	assert_int_equal(
	    proto_send(f->workers[worker], WORKER_MSG_PROOF, &b, NULL, 0),
	    ERR_NONE);
	assert_int_equal(
	    ipc_recv(f->m.workers[worker].watch.fd, &msg), ERR_NONE);
	proof_answered(&f->m, &f->m.workers[worker], &msg);
	ipc_msg_release(&msg);
}

static void
a_ready_worker_is_asked_at_once(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	become_ready(&f, 0);
	ask_key(&f);
	work(&f, 0, WORKER_MSG_KEY);
	assert_int_equal(f.answers, 1);
	assert_true(f.proof.ok);
	fixture_close(&f);
}

static void
a_key_waits_for_a_worker(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	ask_key(&f);
	become_ready(&f, 1); /* not its kind */
	assert_int_equal(f.answers, 0);
	become_ready(&f, 0);
	work(&f, 0, WORKER_MSG_KEY);
	assert_int_equal(f.answers, 1);
	assert_int_equal(f.proof.err, ERR_NONE);
	assert_true(f.proof.ok);
	assert_int_equal(f.proof.id.login, 7);
	fixture_close(&f);
}

static void
a_password_waits_for_its_worker(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	ask_password(&f);
	become_ready(&f, 0);
	assert_int_equal(f.answers, 0);
	become_ready(&f, 1);
	work(&f, 1, WORKER_MSG_PASSWORD);
	assert_int_equal(f.answers, 1);
	assert_true(f.proof.ok);
	fixture_close(&f);
}

static void
a_question_is_asked_once(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	ask_key(&f);
	become_ready(&f, 0);
	become_ready(&f, 0);
	work(&f, 0, WORKER_MSG_KEY); /* finds one */
	assert_int_equal(f.answers, 1);
	fixture_close(&f);
}

/* Without sitting it out: the timer is made due. */
static void
waiting_ends_with_busy(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	ask_key(&f);
	assert_non_null(f.m.loop.timers);
	f.m.loop.timers->due = 0;
	assert_int_equal(loop_turn(&f.m.loop), ERR_NONE);
	assert_int_equal(f.answers, 1);
	assert_int_equal(f.proof.err, ERR_BUSY);
	assert_false(f.proof.ok);
	become_ready(&f, 0);
	assert_int_equal(f.answers, 1);
	fixture_close(&f);
}

static void
waiting_for_a_database_ends_with_away(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	f.m.workers[0].ready = f.m.workers[0].away = true;
	f.m.store_away = true;
	ask_key(&f);
	assert_non_null(f.m.loop.timers);
	f.m.loop.timers->due = 0;
	assert_int_equal(loop_turn(&f.m.loop), ERR_NONE);
	assert_int_equal(f.answers, 1);
	assert_int_equal(f.proof.err, ERR_AWAY);
	fixture_close(&f);
}

static void
a_question_waits_for_the_database(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	f.m.workers[1].ready = f.m.workers[1].away = true;
	ask_password(&f);
	f.m.workers[1].away = false;
	proof_resume(&f.m);
	work(&f, 1, WORKER_MSG_PASSWORD);
	assert_int_equal(f.answers, 1);
	assert_true(f.proof.ok);
	fixture_close(&f);
}

static void
whoever_left_is_not_answered(void **state)
{
	struct fixture f;
	struct ipc_msg msg;

	(void)state;
	fixture_open(&f);
	ask_key(&f);
	proof_forget(&f.m, &f);
	become_ready(&f, 0);
	ipc_msg_init(&msg);
	assert_int_equal(ipc_recv(f.workers[0], &msg), ERR_BUSY);
	ipc_msg_release(&msg);
	assert_int_equal(f.answers, 0);
	fixture_close(&f);
}

static void
a_worker_that_is_gone_when_asked_is_an_error(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	ask_key(&f);
	close(f.workers[0]);
	f.workers[0] = -1;
	become_ready(&f, 0);
	assert_int_equal(f.answers, 0); /* never from within */
	assert_int_equal(loop_turn(&f.m.loop), ERR_NONE);
	assert_int_equal(f.answers, 1);
	assert_int_equal(f.proof.err, ERR_CLOSED);
	fixture_close(&f);
}

static void
passwords_are_asked_one_at_a_time(void **state)
{
	struct fixture f;
	int i;

	(void)state;
	fixture_open(&f);
	become_ready(&f, 1);
	for (i = 0; i < 3; i++)
		ask_password(&f);
	for (i = 0; i < 3; i++) {
		work(&f, 1, WORKER_MSG_PASSWORD); /* finds one */
		assert_int_equal(f.answers, i + 1);
	}
	fixture_close(&f);
}

/* A crowd that asks and goes costs the next one a single password's time. */
static void
whoever_left_loses_the_place_in_line(void **state)
{
	struct fixture crowd, f;
	int i;

	(void)state;
	fixture_open(&f);
	become_ready(&f, 1);
	for (i = 0; i < 300; i++) {
		assert_int_equal(proof_ask(&f.m, "portal", "a@example.net",
				     "guess", "192.0.2.9", answered, &crowd),
		    ERR_NONE);
		proof_forget(&f.m, &crowd);
	}
	ask_password(&f);
	work(&f, 1, WORKER_MSG_PASSWORD); /* the first guess, nobody's */
	assert_int_equal(f.answers, 0);
	work(&f, 1, WORKER_MSG_PASSWORD);
	assert_int_equal(f.answers, 1);
	assert_true(f.proof.ok);
	fixture_close(&f);
}

static void
waiting_in_line_does_not_end(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	become_ready(&f, 1);
	ask_password(&f);
	ask_password(&f);
	assert_non_null(f.m.loop.timers);
	f.m.loop.timers->due = 0;
	assert_int_equal(loop_turn(&f.m.loop), ERR_NONE);
	assert_int_equal(f.answers, 0);
	work(&f, 1, WORKER_MSG_PASSWORD);
	work(&f, 1, WORKER_MSG_PASSWORD);
	assert_int_equal(f.answers, 2);
	fixture_close(&f);
}

static void
a_lost_worker_answers_who_was_asked_and_keeps_the_line(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f);
	become_ready(&f, 1);
	ask_password(&f);
	ask_password(&f);
	f.m.workers[1].ready = false;
	proof_lost(&f.m, &f.m.workers[1]);
	assert_int_equal(f.answers, 1);
	assert_int_equal(f.proof.err, ERR_BUSY);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_ready_worker_is_asked_at_once),
	    cmocka_unit_test(a_key_waits_for_a_worker),
	    cmocka_unit_test(a_password_waits_for_its_worker),
	    cmocka_unit_test(a_question_is_asked_once),
	    cmocka_unit_test(waiting_ends_with_busy),
	    cmocka_unit_test(waiting_for_a_database_ends_with_away),
	    cmocka_unit_test(a_question_waits_for_the_database),
	    cmocka_unit_test(whoever_left_is_not_answered),
	    cmocka_unit_test(a_worker_that_is_gone_when_asked_is_an_error),
	    cmocka_unit_test(passwords_are_asked_one_at_a_time),
	    cmocka_unit_test(whoever_left_loses_the_place_in_line),
	    cmocka_unit_test(waiting_in_line_does_not_end),
	    cmocka_unit_test(
		a_lost_worker_answers_who_was_asked_and_keeps_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

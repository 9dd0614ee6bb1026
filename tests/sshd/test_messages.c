/*
 * What processes say to each other: which message when, and that bodies are
 * checked byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sshd/conns.h"
#include "sshd/proto.h"

static const uint16_t said[] = {CONN_MSG_PASSWORD, CONN_MSG_KEY, CONN_MSG_OPEN,
    CONN_MSG_SIGNAL, CONN_MSG_CLOSE};
static const uint16_t heard[] = {CONN_MSG_PROOF, CONN_MSG_OPENED,
    CONN_MSG_RESUMED, CONN_MSG_EXIT, CONN_MSG_BYE};

static void
nobody_opens_a_session_unproven(void **state)
{
	(void)state;
	assert_null(conn_row_find(CONN_MSG_OPEN, CONN_UNKNOWN));
	assert_null(conn_row_find(CONN_MSG_OPEN, CONN_PROVING));
	assert_non_null(conn_row_find(CONN_MSG_OPEN, CONN_AUTHED));
}

static void
one_question_at_a_time(void **state)
{
	(void)state;
	assert_int_equal(
	    conn_row_find(CONN_MSG_PASSWORD, CONN_UNKNOWN)->then, CONN_PROVING);
	assert_int_equal(
	    conn_row_find(CONN_MSG_KEY, CONN_UNKNOWN)->then, CONN_PROVING);
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		assert_null(conn_row_find(said[i], CONN_PROVING));
}

static void
nobody_becomes_somebody_else(void **state)
{
	(void)state;
	assert_null(conn_row_find(CONN_MSG_PASSWORD, CONN_AUTHED));
	assert_null(conn_row_find(CONN_MSG_KEY, CONN_AUTHED));
}

/* Only an answer of a store worker does, never a message of the child. */
static void
no_message_makes_authenticated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		const struct conn_row *row =
		    conn_row_find(said[i], CONN_UNKNOWN);

		if (row != NULL)
			assert_int_not_equal(row->then, CONN_AUTHED);
	}
}

static void
the_monitors_own_words_are_not_taken(void **state)
{
	(void)state;
	for (int st = CONN_UNKNOWN; st <= CONN_AUTHED; st++) {
		for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++)
			assert_null(
			    conn_row_find(heard[i], (enum conn_state)st));
		assert_null(conn_row_find(0, (enum conn_state)st));
		assert_null(conn_row_find(0xffff, (enum conn_state)st));
	}
}

static struct session_request
request(void)
{
	struct session_request rq = {
	    .kind = SESSION_EXEC,
	    .pty = true,
	    .term = "xterm-256color",
	    .cols = 80,
	    .rows = 24,
	    .nvars = 2,
	    .vars = {"LANG=de_AT.UTF-8", "LC_TIME=C"},
	    .command = "scp -f invoices/X.pdf",
	};

	return rq;
}

static enum err
pass(const struct session_request *in, struct session_request *out)
{
	struct buf b;
	struct rd r;
	enum err err;

	buf_init(&b, 65536);
	session_request_put(&b, in);
	r = rd_buf(&b);
	if ((err = session_request_get(&r, out)) == ERR_NONE)
		err = rd_end(&r);
	buf_release(&b);
	return err;
}

static void
a_session_request_arrives_whole(void **state)
{
	struct session_request rq = request(), got;

	(void)state;
	assert_int_equal(pass(&rq, &got), ERR_NONE);
	assert_int_equal(got.kind, SESSION_EXEC);
	assert_true(got.pty);
	assert_string_equal(got.term, "xterm-256color");
	assert_int_equal(got.cols, 80);
	assert_int_equal(got.rows, 24);
	assert_int_equal(got.nvars, 2);
	assert_string_equal(got.vars[1], "LC_TIME=C");
	assert_string_equal(got.command, rq.command);
}

static void
a_cut_request_is_refused(void **state)
{
	struct session_request rq = request(), got;
	struct buf b;
	struct rd r;
	size_t n;

	(void)state;
	buf_init(&b, 65536);
	session_request_put(&b, &rq);
	for (n = 0; n < b.len; n++) {
		r = rd_init(b.data, n);
		assert_int_not_equal(session_request_get(&r, &got), ERR_NONE);
	}
	buf_release(&b);
}

static void
only_language_variables_pass(void **state)
{
	static const char *const bad[] = {"LD_PRELOAD=x.so", "PATH=/tmp",
	    "LC_=x", "LANGUAGE=de", "LANG", "LC_ALL=/tmp/x", "LC_ALL=a b",
	    "LC_A\n=x", "TERM=xterm", "=x"};
	struct session_request rq, got;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		rq = request();
		strcpy(rq.vars[0], bad[i]);
		assert_int_equal(pass(&rq, &got), ERR_PROTOCOL);
	}
	assert_true(session_var_valid("LANG", "sr_RS.UTF-8@latin"));
	assert_true(session_var_valid("LC_ALL", ""));
	assert_false(session_var_valid("LC_ALL",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void
odd_terminals_are_refused(void **state)
{
	struct session_request rq, got;

	(void)state;
	rq = request();
	strcpy(rq.term, "../../etc/x");
	assert_int_equal(pass(&rq, &got), ERR_PROTOCOL);
	rq = request();
	strcpy(rq.term, "");
	assert_int_equal(pass(&rq, &got), ERR_PROTOCOL);
	rq = request();
	rq.cols = 100000;
	assert_int_equal(pass(&rq, &got), ERR_PROTOCOL);
	rq = request();
	rq.kind = 9;
	assert_int_equal(pass(&rq, &got), ERR_PROTOCOL);
}

static void
too_many_variables_are_refused(void **state)
{
	struct session_request got;
	struct buf b;
	struct rd r;
	int i;

	(void)state;
	buf_init(&b, 65536);
	buf_put_u8(&b, SESSION_SHELL);
	buf_put_u8(&b, 0);
	buf_put_str(&b, "");
	for (i = 0; i < 4; i++)
		buf_put_u32(&b, 0);
	buf_put_u32(&b, SESSION_VARS + 1);
	for (i = 0; i <= SESSION_VARS; i++)
		buf_put_str(&b, "LANG=C");
	buf_put_str(&b, "");
	r = rd_buf(&b);
	assert_int_equal(session_request_get(&r, &got), ERR_PROTOCOL);
	buf_release(&b);
}

static void
a_proof_arrives_whole(void **state)
{
	struct proof p = {
	    .ok = true,
	    .delay_ms = 16000,
	    .id = {.tenant = 3,
		.customer = 4,
		.login = 5,
		.role = ROLE_CUSTOMER,
		.source = "192.0.2.1"},
	    .tenant = "portal",
	    .zone = "Europe/Vienna",
	    .locale = "de_AT.UTF-8",
	};
	struct proof got;
	struct buf b;
	struct rd r;

	(void)state;
	buf_init(&b, 4096);
	proof_put(&b, &p);
	r = rd_buf(&b);
	assert_int_equal(proof_get(&r, &got), ERR_NONE);
	assert_int_equal(rd_end(&r), ERR_NONE);
	assert_true(got.ok);
	assert_int_equal(got.delay_ms, 16000);
	assert_int_equal(got.id.login, 5);
	assert_int_equal(got.id.role, ROLE_CUSTOMER);
	assert_string_equal(got.zone, "Europe/Vienna");
	buf_release(&b);
}

static void
an_unknown_role_is_refused(void **state)
{
	struct identity id = {.role = ROLE_SYSTEM + 1}, got;
	struct buf b;
	struct rd r;

	(void)state;
	buf_init(&b, 4096);
	identity_put(&b, &id);
	r = rd_buf(&b);
	assert_int_equal(identity_get(&r, &got), ERR_PROTOCOL);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nobody_opens_a_session_unproven),
	    cmocka_unit_test(one_question_at_a_time),
	    cmocka_unit_test(nobody_becomes_somebody_else),
	    cmocka_unit_test(no_message_makes_authenticated),
	    cmocka_unit_test(the_monitors_own_words_are_not_taken),
	    cmocka_unit_test(a_session_request_arrives_whole),
	    cmocka_unit_test(a_cut_request_is_refused),
	    cmocka_unit_test(only_language_variables_pass),
	    cmocka_unit_test(odd_terminals_are_refused),
	    cmocka_unit_test(too_many_variables_are_refused),
	    cmocka_unit_test(a_proof_arrives_whole),
	    cmocka_unit_test(an_unknown_role_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The socket engine: against a worker on a thread, and against answers laid
 * ready in the socket before they are asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ipc.h"
#include "base/log.h"
#include "data/registry.h"
#include "data/serve.h"
#include "data/verb.h"
#include "data/wire.h"
#include "tests/data/people.h"

static enum err
verb_echo(struct store *st, struct rd *args, struct buf *reply)
{
	size_t n;
	const void *p = rd_blob(args, &n);

	if (args->err != ERR_NONE)
		return args->err;
	if (n == 0)
		return store_refuse(st, "body", "Say something.");
	buf_add(reply, p, n);
	return ERR_NONE;
}

const struct verb_def verb_table[VERB_COUNT] = {
    [VERB_TICKET_CREATE] = {"echo", ROLES_CUSTOMER, verb_echo},
    [VERB_PAPER_KEEP] = {"keep", ROLES_RENDER, verb_echo},
};

struct worker {
	struct scratch scratch;
	struct store *session;
	pthread_t thread;
	int fd;               /* the worker's end */
	struct note notes[2]; /* sent before each answer */
	size_t nnotes;
	atomic_int asked; /* messages */
};

/* Runs until the session is gone.  No cmocka here: not its thread. */
static void *
work(void *arg)
{
	struct identity id = person(ANNA, ROLE_CUSTOMER);
	struct serve_render render;
	struct worker *w = arg;
	struct ipc_msg in;
	struct buf out;

	ipc_msg_init(&in);
	buf_init(&out, IPC_BODY_MAX);
	while (ipc_recv(w->fd, &in) == ERR_NONE) {
		w->asked++;
		for (size_t i = 0; i < w->nnotes; i++) {
			serve_note(&out, &w->notes[i]);
			ipc_send(w->fd, STORE_MSG_NOTE, &out, NULL, 0);
		}
		switch (store_serve(w->scratch.st, &id, &in, &out, &render)) {
		case SERVE_DROP:
			goto out;
		case SERVE_RENDER:
			serve_reply_render(
			    &out, render.ref == 0 ? ERR_NONE : ERR_NOT_FOUND);
			break;
		case SERVE_REPLY:
		case SERVE_END_OTHERS:
			break;
		}
		if (ipc_send(w->fd, STORE_MSG_REPLY, &out, NULL, 0) != ERR_NONE)
			break;
	}
out:
	close(w->fd);
	buf_release(&out);
	ipc_msg_release(&in);
	return NULL;
}

static int
setup(void **state)
{
	struct worker *w = calloc(1, sizeof(*w));
	int sv[2];

	scratch_open(&w->scratch);
	people_insert(&w->scratch);
	w->scratch.clock.fixed = 1760000000;
	assert_int_equal(ipc_pair(sv), ERR_NONE);
	w->fd = sv[1];
	assert_int_equal(pthread_create(&w->thread, NULL, work, w), 0);
	assert_int_equal(store_open_socket(&w->session, sv[0]), ERR_NONE);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct worker *w = *state;

	store_close(w->session);
	pthread_join(w->thread, NULL);
	scratch_release(&w->scratch);
	free(w);
	return 0;
}

/* Against the worker. */

static void
session_knows_who_it_is_and_the_time(void **state)
{
	struct store *st = ((struct worker *)*state)->session;

	assert_int_equal(store_identity(st)->customer, ANNA);
	assert_int_equal(store_identity(st)->role, ROLE_CUSTOMER);
	assert_string_equal(store_identity(st)->session, "s-1");
	assert_true(clock_now(store_clock(st)) == 1760000000);
	assert_true(store_fd(st) >= 0);
}

static void
rows_arrive_as_the_worker_reads_them(void **state)
{
	struct worker *w = *state;
	struct query q;
	int n = 0;

	scratch_sql(&w->scratch,
	    "INSERT INTO ticket (tenant, customer, id, subject, type, "
	    "priority, status, is_open, created_at, updated_at, preview, fold)"
	    " VALUES (1, 11, 5, 'Łódź', 'fault', 'low', 'New', 1, 9, 9, '', "
	    "''), (1, 12, 6, 'other', 'fault', 'low', 'New', 1, 9, 9, '', '')");
	q = query_begin(w->session, SQL_LIST_TICKETS);
	query_bind_int(&q, 0);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, 0);
	query_bind_int(&q, 100);
	while (query_row(&q)) {
		n++;
		assert_int_equal(col_int(&q, 1), 5);
		assert_string_equal(col_text(&q, 3), "Łódź");
	}
	assert_false(query_row(&q));
	assert_int_equal(query_end(&q), ERR_NONE);
	assert_int_equal(n, 1);
}

static void
bytes_and_nulls_arrive(void **state)
{
	struct worker *w = *state;
	struct query q;
	const void *p;
	size_t n;

	scratch_sql(&w->scratch,
	    "INSERT INTO paper (tenant, customer, id, kind, ref, size, sha256, "
	    "made_at) VALUES (1, 11, 1, 1, 1, 70000, 'x', 1)");
	scratch_sql(&w->scratch,
	    scratch_on_postgresql()
		? "INSERT INTO paper_chunk VALUES "
		  "(1, 11, 1, 0, decode(repeat('00', 65536), 'hex'))"
		: "INSERT INTO paper_chunk VALUES "
		  "(1, 11, 1, 0, zeroblob(65536))");
	q = query_begin(w->session, SQL_PAPER_READ);
	query_bind_int(&q, 1);
	query_bind_int(&q, 0);
	assert_true(query_row(&q));
	p = col_bytes(&q, 0, &n);
	assert_int_equal(n, STORE_CHUNK);
	assert_int_equal(((const char *)p)[STORE_CHUNK - 1], 0);
	assert_false(query_row(&q));
	assert_int_equal(query_end(&q), ERR_NONE);

	q = query_begin(w->session, SQL_ACCOUNT_GET);
	query_bind_int(&q, 1);
	assert_true(query_row(&q));
	assert_true(col_null(&q, 6));
	assert_int_equal(col_int(&q, 6), 0);
	assert_int_equal(query_end(&q), ERR_NONE);
}

static void
queries_run_within_each_other(void **state)
{
	struct store *st = ((struct worker *)*state)->session;
	struct query outer = query_begin(st, SQL_CUSTOMER_GET), inner;

	assert_true(query_row(&outer));
	inner = query_begin(st, SQL_TENANT_GET);
	assert_true(query_row(&inner));
	assert_string_equal(col_text(&inner, 1), "portal");
	assert_string_equal(col_text(&outer, 2), "anna");
	assert_int_equal(query_end(&inner), ERR_NONE);
	assert_string_equal(col_text(&outer, 2), "anna");
	assert_int_equal(query_end(&outer), ERR_NONE);
}

static void
rows_that_were_cut_are_an_error(void **state)
{
	struct worker *w = *state;
	struct query q;
	int n = 0;

	people_news(&w->scratch, 50);
	q = query_begin(w->session, SQL_NEWS_LIST);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, 0);
	query_bind_int(&q, 50);
	while (query_row(&q))
		n++;
	assert_int_equal(query_end(&q), ERR_TOO_BIG);
	assert_in_range(n, 10, 49);
	/* The handle goes on. */
	q = query_begin(w->session, SQL_CUSTOMER_GET);
	assert_int_equal(query_run(&q, NULL), ERR_NONE);
}

static void
refusals_do_not_break_the_handle(void **state)
{
	struct store *st = ((struct worker *)*state)->session;
	struct query q = query_begin(st, SQL_SETTING_SET);

	query_bind_text(&q, "tabs");
	query_bind_text(&q, "x");
	assert_int_equal(query_run(&q, NULL), ERR_DENIED);
	assert_int_equal(store_begin(st), ERR_DENIED);
	assert_int_equal(store_commit(st), ERR_DENIED);
	assert_int_equal(
	    store_call(st, VERB_PAPER_KEEP, NULL, NULL), ERR_DENIED);
	q = query_begin(st, SQL_COUNT);
	assert_int_equal(query_run(&q, NULL), ERR_INTERNAL);
	q = query_begin(st, SQL_CUSTOMER_GET);
	assert_int_equal(query_run(&q, NULL), ERR_NONE);
}

static void
verbs_answer_and_say_what_is_wrong(void **state)
{
	struct store *st = ((struct worker *)*state)->session;
	struct buf args, reply;

	buf_init(&args, IPC_BODY_MAX);
	buf_init(&reply, IPC_BODY_MAX);
	buf_put_str(&args, "hello");
	assert_int_equal(
	    store_call(st, VERB_TICKET_CREATE, &args, &reply), ERR_NONE);
	assert_string_equal(buf_str(&reply), "hello");
	assert_int_equal(
	    store_call(st, VERB_TICKET_CREATE, &args, NULL), ERR_NONE);
	buf_reset(&args);
	buf_put_str(&args, "");
	assert_int_equal(
	    store_call(st, VERB_TICKET_CREATE, &args, NULL), ERR_BAD_INPUT);
	assert_string_equal(store_problem(st)->field, "body");
	assert_string_equal(store_problem(st)->text, "Say something.");
	buf_release(&args);
	buf_release(&reply);
}

static void
what_is_too_long_is_not_sent(void **state)
{
	struct store *st = ((struct worker *)*state)->session;
	static char text[IPC_BODY_MAX + 1];
	struct query q;
	struct buf args;

	memset(text, 'x', sizeof(text) - 1);
	q = query_begin(st, SQL_PAPER_INVOICE);
	query_bind_text(&q, text);
	assert_int_equal(query_run(&q, NULL), ERR_TOO_BIG);
	buf_init(&args, 2 * IPC_BODY_MAX);
	buf_put_str(&args, text);
	assert_int_equal(
	    store_call(st, VERB_TICKET_CREATE, &args, NULL), ERR_TOO_BIG);
	buf_release(&args);
	q = query_begin(st, SQL_CUSTOMER_GET);
	assert_int_equal(query_run(&q, NULL), ERR_NONE);
}

/* Reading several things at once. */

struct load {
	int runs, rows;
	bool differs; /* the second time it asks something else as well */
	enum err denied, called;
};

static int
count_rows(struct store *st, enum sql sql, enum err *err)
{
	struct query q = query_begin(st, sql);
	int n = 0;

	while (query_row(&q))
		n++;
	*err = query_end(&q);
	return n;
}

static enum err
load_some(struct store *st, void *arg)
{
	struct load *l = arg;
	enum err err;

	l->rows = count_rows(st, SQL_CUSTOMER_GET, &err);
	assert_int_equal(err, ERR_NONE);
	l->rows += count_rows(st, SQL_TENANT_GET, &err);
	assert_int_equal(err, ERR_NONE);
	l->rows += count_rows(st, SQL_CUSTOMER_GET, &err);
	assert_int_equal(err, ERR_NONE);
	if (l->differs && l->runs > 0)
		l->rows += count_rows(st, SQL_SETTING_LIST, &err);
	l->rows += count_rows(st, SQL_TENANT_DEFAULT, &l->denied);
	l->called = store_call(st, VERB_PAPER_KEEP, NULL, NULL);
	return l->runs++ == 0 ? ERR_NOT_FOUND : ERR_NONE;
}

static void
several_things_are_asked_with_one_message(void **state)
{
	struct worker *w = *state;
	struct load l = {0};
	int before = w->asked;

	assert_int_equal(store_load(w->session, load_some, &l), ERR_NONE);
	assert_int_equal(l.runs, 2);
	assert_int_equal(l.rows, 3);
	/* As without: refusals, and what is no query. */
	assert_int_equal(l.denied, ERR_DENIED);
	assert_int_equal(l.called, ERR_DENIED);
	assert_int_equal(w->asked - before, 3); /* those two by themselves */
}

static void
what_was_not_foreseen_is_asked_as_ever(void **state)
{
	struct worker *w = *state;
	struct load l = {.differs = true};
	int64_t n;

	scratch_sql(&w->scratch,
	    "INSERT INTO setting (tenant, key, value) VALUES "
	    "(1, 'tabs', 'overview')");
	n = scratch_int(
	    &w->scratch, "SELECT COUNT(*) FROM setting WHERE tenant = 1");
	assert_int_equal(store_load(w->session, load_some, &l), ERR_NONE);
	assert_int_equal(l.rows, 3 + n);
}

static enum err
load_papers(struct store *st, void *arg)
{
	size_t *total = arg, n;

	*total = 0;
	for (int64_t id = 1; id <= 3; id++) {
		struct query q = query_begin(st, SQL_PAPER_READ);

		query_bind_int(&q, id);
		query_bind_int(&q, 0);
		while (query_row(&q)) {
			col_bytes(&q, 0, &n);
			*total += n;
		}
		assert_int_equal(query_end(&q), ERR_NONE);
	}
	return ERR_NONE;
}

static void
answers_too_big_for_one_message_arrive_all_the_same(void **state)
{
	struct worker *w = *state;
	char sql[300];
	size_t total;

	for (int id = 1; id <= 3; id++) {
		snprintf(sql, sizeof(sql),
		    "INSERT INTO paper (tenant, customer, id, kind, ref, size, "
		    "sha256, made_at) VALUES (1, 11, %d, 1, %d, 65536, 'x', 1)",
		    id, id);
		scratch_sql(&w->scratch, sql);
		snprintf(sql, sizeof(sql),
		    "INSERT INTO paper_chunk VALUES (1, 11, %d, 0, %s)", id,
		    scratch_on_postgresql()
			? "decode(repeat('00', 65536), 'hex')"
			: "zeroblob(65536)");
		scratch_sql(&w->scratch, sql);
	}
	assert_int_equal(store_load(w->session, load_papers, &total), ERR_NONE);
	assert_int_equal(total, 3 * STORE_CHUNK);
}

static enum err
load_in_load(struct store *st, void *arg)
{
	return store_load(st, load_some, arg);
}

static void
loads_run_within_each_other(void **state)
{
	struct worker *w = *state;
	struct load l = {0};

	assert_int_equal(store_load(w->session, load_in_load, &l), ERR_NONE);
	assert_int_equal(l.runs, 2);
	assert_int_equal(l.rows, 3);
}

static void
render_waits_for_its_answer(void **state)
{
	struct store *st = ((struct worker *)*state)->session;

	assert_int_equal(store_render(st, 1, 0), ERR_NONE);
	assert_int_equal(store_render(st, 1, 5), ERR_NOT_FOUND);
}

static void
notes_before_an_answer_are_kept_and_joined(void **state)
{
	struct worker *w = *state;
	struct note note;
	struct query q;
	bool got;

	assert_int_equal(store_note(w->session, &note, &got), ERR_NONE);
	assert_false(got);
	w->notes[0] = (struct note) {NOTE_CHANGED, TOPIC_BILLING};
	w->notes[1] = (struct note) {NOTE_CHANGED, TOPIC_TICKETS};
	w->nnotes = 2;
	q = query_begin(w->session, SQL_CUSTOMER_GET);
	assert_true(query_row(&q));
	assert_int_equal(query_end(&q), ERR_NONE);
	assert_int_equal(store_note(w->session, &note, &got), ERR_NONE);
	assert_true(got);
	assert_int_equal(note.type, NOTE_CHANGED);
	assert_int_equal(note.topics, TOPIC_BILLING | TOPIC_TICKETS);
	assert_int_equal(store_note(w->session, &note, &got), ERR_NONE);
	assert_false(got);
}

/* A breach is the session program's bug: the worker drops it. */
static void
worker_that_is_gone_is_said_at_once(void **state)
{
	struct store *st = ((struct worker *)*state)->session;
	struct note note;
	struct query q;
	bool got;

	q = query_begin(st, SQL_CUSTOMER_GET);
	query_bind_int(&q, 1);
	assert_int_equal(query_run(&q, NULL), ERR_CLOSED);
	q = query_begin(st, SQL_CUSTOMER_GET);
	assert_int_equal(query_run(&q, NULL), ERR_CLOSED);
	assert_int_equal(
	    store_call(st, VERB_TICKET_CREATE, NULL, NULL), ERR_CLOSED);
	assert_int_equal(store_note(st, &note, &got), ERR_CLOSED);
}

/* Against what lies ready. */

static void
say(int fd, uint16_t type, const struct buf *body)
{
	assert_int_equal(ipc_send(fd, type, body, NULL, 0), ERR_NONE);
}

static void
say_note(int fd, enum note_type type, unsigned topics)
{
	struct note note = {type, topics};
	struct buf b;

	buf_init(&b, 64);
	serve_note(&b, &note);
	say(fd, STORE_MSG_NOTE, &b);
	buf_release(&b);
}

/* A session whose hello was answered; the peer's end in *peer. */
static struct store *
open_ready(int *peer)
{
	struct identity id = person(ANNA, ROLE_CUSTOMER);
	struct store *st = NULL;
	struct ipc_msg hello;
	struct buf b;
	struct rd rd;
	int sv[2];

	assert_int_equal(ipc_pair(sv), ERR_NONE);
	buf_init(&b, 1024);
	wire_put_reply(&b, ERR_NONE, NULL);
	buf_put_i64(&b, 0);
	wire_put_identity(&b, &id);
	say(sv[1], STORE_MSG_REPLY, &b);
	buf_release(&b);
	assert_int_equal(store_open_socket(&st, sv[0]), ERR_NONE);
	ipc_msg_init(&hello);
	assert_int_equal(ipc_recv(sv[1], &hello), ERR_NONE);
	assert_int_equal(hello.type, STORE_MSG_HELLO);
	rd = rd_buf(&hello.body);
	assert_true((uint64_t)rd_i64(&rd) == registry_hash());
	assert_int_equal(rd_end(&rd), ERR_NONE);
	ipc_msg_release(&hello);
	*peer = sv[1];
	return st;
}

static void
failed_hello_closes_the_descriptor(void **state)
{
	static const enum err want[] = {ERR_VERSION, ERR_PROTOCOL, ERR_CLOSED};
	struct store *st = NULL;
	struct buf b;
	int sv[2];

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ipc_pair(sv), ERR_NONE);
		buf_init(&b, 1024);
		wire_put_reply(&b, i == 0 ? ERR_VERSION : ERR_NONE, NULL);
		if (i < 2)
			say(sv[1], STORE_MSG_REPLY, &b);
		buf_release(&b);
		if (i == 2)
			close(sv[1]);
		assert_int_equal(store_open_socket(&st, sv[0]), want[i]);
		assert_null(st);
		assert_int_equal(fcntl(sv[0], F_GETFD), -1);
		assert_int_equal(errno, EBADF);
		if (i < 2)
			close(sv[1]);
	}
}

static void
notes_come_most_urgent_first(void **state)
{
	struct store *st;
	struct note note;
	bool got;
	int peer;

	(void)state;
	st = open_ready(&peer);
	say_note(peer, NOTE_CHANGED, TOPIC_NEWS);
	say_note(peer, NOTE_SHUTDOWN, 0);
	say_note(peer, NOTE_DISABLED, 0);
	close(peer);
	/* The last words of a worker that is gone are heard first. */
	assert_int_equal(store_note(st, &note, &got), ERR_NONE);
	assert_int_equal(note.type, NOTE_DISABLED);
	assert_int_equal(store_note(st, &note, &got), ERR_NONE);
	assert_int_equal(note.type, NOTE_SHUTDOWN);
	assert_int_equal(store_note(st, &note, &got), ERR_NONE);
	assert_int_equal(note.type, NOTE_CHANGED);
	assert_int_equal(note.topics, TOPIC_NEWS);
	assert_int_equal(store_note(st, &note, &got), ERR_CLOSED);
	store_close(st);
}

/* Answers to SQL_CUSTOMER_GET that no worker gives. */
static void
nonsense_breaks_the_handle_and_nothing_else(void **state)
{
	static const char nonsense[][24] = {
	    /* err, field, text, truncated, columns, rows, values */
	    "\0\0\0\0\0\0\0\0\0\0\1\1\0\0\0",           /* a row is missing */
	    "\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0",         /* one too many */
	    "\0\0\0\0\0\0\0\0\0\0\1\1\0\0\0\7",         /* a type unknown */
	    "\0\0\0\0\0\0\0\0\0\0\377\0\0\0\0",         /* 255 columns */
	    "\0\0\0\0\0\0\0\0\0\0\1\377\377\377\377\0", /* rows for ever */
	    "\377\0\0\0\0\0\0\0\0",                     /* an error unknown */
	    "\0\377\377\377\377\0\0\0\0",               /* a field too long */
	    "",
	};
	static const size_t lengths[] = {15, 16, 16, 15, 16, 9, 9, 0};
	struct query q;
	struct store *st;
	struct buf b;
	int peer;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		st = open_ready(&peer);
		buf_init(&b, 64);
		buf_add(&b, nonsense[i], lengths[i]);
		say(peer, STORE_MSG_REPLY, &b);
		buf_release(&b);
		q = query_begin(st, SQL_CUSTOMER_GET);
		assert_int_equal(query_run(&q, NULL), ERR_PROTOCOL);
		q = query_begin(st, SQL_CUSTOMER_GET);
		assert_int_equal(query_run(&q, NULL), ERR_CLOSED);
		store_close(st);
		close(peer);
	}
}

static void
wrong_messages_break_the_handle(void **state)
{
	static const uint16_t types[] = {0, STORE_MSG_QUERY, 99};
	struct note note;
	struct query q;
	struct store *st;
	bool got;
	int peer;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		st = open_ready(&peer);
		say(peer, types[i], NULL);
		q = query_begin(st, SQL_CUSTOMER_GET);
		assert_int_equal(query_run(&q, NULL), ERR_PROTOCOL);
		store_close(st);
		close(peer);

		st = open_ready(&peer);
		say(peer, types[i], NULL);
		assert_int_equal(store_note(st, &note, &got), ERR_PROTOCOL);
		assert_int_equal(store_note(st, &note, &got), ERR_CLOSED);
		store_close(st);
		close(peer);
	}
	st = open_ready(&peer);
	say_note(peer, (enum note_type)9, 0);
	assert_int_equal(store_note(st, &note, &got), ERR_PROTOCOL);
	store_close(st);
	close(peer);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(session_knows_who_it_is_and_the_time),
	    T(rows_arrive_as_the_worker_reads_them),
	    T(bytes_and_nulls_arrive),
	    T(queries_run_within_each_other),
	    T(rows_that_were_cut_are_an_error),
	    T(refusals_do_not_break_the_handle),
	    T(verbs_answer_and_say_what_is_wrong),
	    T(what_is_too_long_is_not_sent),
	    T(several_things_are_asked_with_one_message),
	    T(what_was_not_foreseen_is_asked_as_ever),
	    T(answers_too_big_for_one_message_arrive_all_the_same),
	    T(loads_run_within_each_other),
	    T(render_waits_for_its_answer),
	    T(notes_before_an_answer_are_kept_and_joined),
	    T(worker_that_is_gone_is_said_at_once),
	    cmocka_unit_test(failed_hello_closes_the_descriptor),
	    cmocka_unit_test(notes_come_most_urgent_first),
	    cmocka_unit_test(nonsense_breaks_the_handle_and_nothing_else),
	    cmocka_unit_test(wrong_messages_break_the_handle),
	};

	log_open("test_socket", LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

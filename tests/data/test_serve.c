/*
 * A store worker's answers to sessions, honest ones and others.  The verbs are
 * this test's own table, which stands in for data/verbs.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "data/paper.h"
#include "data/registry.h"
#include "data/serve.h"
#include "data/verb.h"
#include "data/wire.h"
#include "tests/data/people.h"

static enum err
verb_set(struct store *st, struct rd *args, struct buf *reply)
{
	struct query q = query_begin(st, SQL_SETTING_SET);
	char key[32], value[256];

	rd_str(args, key, sizeof(key));
	rd_str(args, value, sizeof(value));
	query_bind_text(&q, key);
	query_bind_text(&q, value);
	if (args->err != ERR_NONE)
		q.err = args->err;
	buf_put_str(reply, "set");
	return query_run(&q, NULL);
}

static enum err
verb_refuse(struct store *st, struct rd *args, struct buf *reply)
{
	(void)args;
	(void)reply;
	return store_refuse(st, "subject", "Too short.");
}

static enum err
verb_talk(struct store *st, struct rd *args, struct buf *reply)
{
	static const char much[IPC_BODY_MAX];

	(void)st;
	(void)args;
	buf_add(reply, much, sizeof(much));
	return ERR_NONE;
}

const struct verb_def verb_table[VERB_COUNT] = {
    [VERB_TICKET_CREATE] = {"set", ROLES_CUSTOMER, verb_set},
    [VERB_TICKET_REPLY] = {"refuse", ROLES_CUSTOMER, verb_refuse},
    [VERB_TICKET_CLOSE] = {"talk", ROLES_CUSTOMER, verb_talk},
    [VERB_PAPER_KEEP] = {"keep", ROLES_RENDER, verb_talk},
};

struct fixture {
	struct scratch scratch;
	struct identity id;
	struct ipc_msg in;
	struct buf reply;
	struct serve_render render;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	scratch_open(&f->scratch);
	people_insert(&f->scratch);
	f->id = person(ANNA, ROLE_CUSTOMER);
	ipc_msg_init(&f->in);
	buf_init(&f->reply, IPC_BODY_MAX);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	buf_release(&f->reply);
	ipc_msg_release(&f->in);
	scratch_release(&f->scratch);
	free(f);
	return 0;
}

static struct buf *
request(struct fixture *f, uint16_t type)
{
	buf_reset(&f->in.body);
	f->in.type = type;
	f->in.nfds = 0;
	return &f->in.body;
}

static enum serve_result
serve(struct fixture *f)
{
	return store_serve(
	    f->scratch.st, &f->id, &f->in, &f->reply, &f->render);
}

/* Serves what is in the request; the answer's error, rd behind its head. */
static enum err
answer(struct fixture *f, struct rd *rd, struct problem *p)
{
	struct problem problem;
	enum err err;

	assert_int_equal(serve(f), SERVE_REPLY);
	assert_true(f->reply.len <= IPC_BODY_MAX);
	*rd = rd_buf(&f->reply);
	err = wire_reply(rd, &problem);
	assert_int_equal(rd->err, ERR_NONE);
	if (p != NULL)
		*p = problem;
	return err;
}

static void
put_int(struct buf *b, int64_t i)
{
	wire_put_value(b, &(struct value) {.type = VALUE_INT, .i = i});
}

static void
put_text(struct buf *b, const char *s)
{
	wire_put_value(
	    b, &(struct value) {.type = VALUE_TEXT, .p = s, .n = strlen(s)});
}

static struct buf *
query(struct fixture *f, enum sql sql, size_t nargs)
{
	struct buf *b = request(f, STORE_MSG_QUERY);

	buf_put_u32(b, (uint32_t)sql);
	buf_put_u8(b, (uint8_t)nargs);
	return b;
}

static struct buf *
call(struct fixture *f, enum verb verb)
{
	struct buf *b = request(f, STORE_MSG_CALL);

	buf_put_u32(b, (uint32_t)verb);
	return b;
}

static int64_t
settings(struct fixture *f)
{
	return scratch_int(&f->scratch, "SELECT COUNT(*) FROM setting");
}

/* Hello. */

static void
hello_says_who_and_when(void **state)
{
	struct fixture *f = *state;
	struct identity id;
	struct rd rd;

	f->scratch.clock.fixed = 1760000000;
	buf_put_i64(request(f, STORE_MSG_HELLO), (int64_t)registry_hash());
	assert_int_equal(answer(f, &rd, NULL), ERR_NONE);
	assert_true(rd_i64(&rd) == 1760000000);
	wire_identity(&rd, &id);
	assert_int_equal(rd_end(&rd), ERR_NONE);
	assert_int_equal(id.tenant, 1);
	assert_int_equal(id.customer, ANNA);
	assert_int_equal(id.role, ROLE_CUSTOMER);
	assert_string_equal(id.source, "192.0.2.7");
}

static void
hello_of_another_build_is_told_so(void **state)
{
	struct fixture *f = *state;
	struct buf *b = request(f, STORE_MSG_HELLO);
	struct rd rd;

	buf_put_i64(b, (int64_t)registry_hash() + 1);
	assert_int_equal(answer(f, &rd, NULL), ERR_VERSION);
	assert_int_equal(rd_end(&rd), ERR_NONE);
	b = request(f, STORE_MSG_HELLO);
	buf_put_i64(b, (int64_t)registry_hash());
	buf_put_str(b, "more");
	assert_int_equal(answer(f, &rd, NULL), ERR_VERSION);
}

/* Queries. */

static void
query_gives_rows_of_the_identity(void **state)
{
	struct fixture *f = *state;
	struct value v;
	struct rd rd;

	query(f, SQL_CUSTOMER_GET, 0);
	assert_int_equal(answer(f, &rd, NULL), ERR_NONE);
	assert_int_equal(rd_u8(&rd), 0);
	assert_int_equal(rd_u8(&rd), strlen(sql_table[SQL_CUSTOMER_GET].cols));
	assert_int_equal(rd_u32(&rd), 1);
	v = wire_value(&rd);
	assert_int_equal(v.type, VALUE_INT);
	assert_int_equal(v.i, ANNA);
	wire_value(&rd);
	v = wire_value(&rd);
	assert_string_equal(v.p, "anna");
	for (size_t i = 3; i < strlen(sql_table[SQL_CUSTOMER_GET].cols); i++)
		wire_value(&rd);
	assert_int_equal(rd_end(&rd), ERR_NONE);
}

/* Arguments of the declared types. */
static void
put_args(struct buf *b, const char *types)
{
	for (; *types != '\0'; types++) {
		switch (*types) {
		case 'i':
		case 'I':
			put_int(b, 1);
			break;
		case 'b':
		case 'B':
			wire_put_value(
			    b, &(struct value) {
				   .type = VALUE_BYTES, .p = "x", .n = 1});
			break;
		default:
			put_text(b, "x");
		}
	}
}

static void
session_runs_no_statement_that_is_not_its_own(void **state)
{
	static const enum role roles[] = {
	    ROLE_CUSTOMER, ROLE_RENDER, ROLE_STAFF};
	struct fixture *f = *state;
	const struct sql_def *def;
	struct rd rd;
	enum err err;

	for (size_t r = 0; r < 3; r++) {
		f->id = person(ANNA, roles[r]);
		for (int i = 0; i < SQL_COUNT; i++) {
			def = &sql_table[i];
			put_args(query(f, (enum sql)i, strlen(def->args)),
			    def->args);
			err = answer(f, &rd, NULL);
			if (err != (sql_allowed(def, roles[r]) ? ERR_NONE
							       : ERR_DENIED))
				fail_msg("%s as role %d: %s", def->name,
				    (int)roles[r], err_name(err));
		}
	}
}

static void
rows_that_do_not_fit_are_cut_and_said(void **state)
{
	struct fixture *f = *state;
	uint32_t rows;
	uint8_t cols;
	struct rd rd;

	people_news(&f->scratch, 50);
	for (int limit = 10; limit <= 50; limit += 40) {
		struct buf *b = query(f, SQL_NEWS_LIST, 3);

		put_int(b, INT64_MAX);
		put_int(b, 0);
		put_int(b, limit);
		assert_int_equal(answer(f, &rd, NULL), ERR_NONE);
		assert_int_equal(rd_u8(&rd), limit == 50);
		cols = rd_u8(&rd);
		rows = rd_u32(&rd);
		assert_in_range(
		    rows, limit == 50 ? 20 : 10, limit == 50 ? 49 : 10);
		for (uint32_t i = 0; i < rows * cols; i++)
			wire_value(&rd);
		assert_int_equal(rd_end(&rd), ERR_NONE);
	}
}

/* Several queries in one message. */

static void
put_query(struct buf *b, enum sql sql, const int64_t *args, uint8_t nargs)
{
	struct buf one;

	buf_init(&one, IPC_BODY_MAX);
	buf_put_u32(&one, (uint32_t)sql);
	buf_put_u8(&one, nargs);
	for (uint8_t i = 0; i < nargs; i++)
		put_int(&one, args[i]);
	buf_put_blob(b, one.data, one.len);
	buf_release(&one);
}

/* The error of the next of several answers; *first: its first column. */
static enum err
next_answer(struct rd *rd, struct value *first)
{
	struct problem problem;
	size_t n;
	const void *p = rd_blob(rd, &n);
	struct rd one = rd_init(p, n);
	enum err err = wire_reply(&one, &problem);

	assert_non_null(p);
	assert_int_equal(one.err, ERR_NONE);
	if (err == ERR_NONE) {
		rd_u8(&one);
		rd_u8(&one);
		*first = rd_u32(&one) > 0 ? wire_value(&one)
					  : (struct value) {.type = VALUE_NULL};
		assert_int_equal(one.err, ERR_NONE);
	}
	return err;
}

static void
queries_are_answered_each_for_itself(void **state)
{
	struct fixture *f = *state;
	struct buf *b = request(f, STORE_MSG_QUERIES);
	struct value v;
	struct rd rd;

	put_query(b, SQL_CUSTOMER_GET, NULL, 0);
	put_query(b, SQL_TENANT_DEFAULT, NULL, 0); /* not a customer's */
	put_query(b, SQL_TENANT_GET, NULL, 0);
	assert_int_equal(answer(f, &rd, NULL), ERR_NONE);
	assert_int_equal(next_answer(&rd, &v), ERR_NONE);
	assert_int_equal(v.i, ANNA);
	assert_int_equal(next_answer(&rd, &v), ERR_DENIED);
	assert_int_equal(next_answer(&rd, &v), ERR_NONE);
	assert_int_equal(v.i, 1);
	assert_int_equal(rd_end(&rd), ERR_NONE);
}

static void
answers_that_do_not_fit_are_left_out(void **state)
{
	const int64_t news[] = {INT64_MAX, 0, 15};
	struct fixture *f = *state;
	struct buf *b = request(f, STORE_MSG_QUERIES);
	struct value v;
	struct rd rd;
	int n;

	people_news(&f->scratch, 15);
	for (int i = 0; i < QUERIES_MAX; i++)
		put_query(b, SQL_NEWS_LIST, news, 3);
	assert_int_equal(answer(f, &rd, NULL), ERR_NONE);
	for (n = 0; rd.left > 0; n++)
		assert_int_equal(next_answer(&rd, &v), ERR_NONE);
	assert_in_range(n, 1, QUERIES_MAX - 1);
}

static void
queries_that_break_the_format_drop_the_session(void **state)
{
	const int64_t args[] = {1, 2};
	struct fixture *f = *state;
	struct buf *b = request(f, STORE_MSG_QUERIES);

	for (int i = 0; i <= QUERIES_MAX; i++)
		put_query(b, SQL_CUSTOMER_GET, NULL, 0);
	assert_int_equal(serve(f), SERVE_DROP);

	b = request(f, STORE_MSG_QUERIES);
	put_query(b, SQL_CUSTOMER_GET, NULL, 0);
	put_query(b, SQL_COUNT, NULL, 0);
	assert_int_equal(serve(f), SERVE_DROP);

	b = request(f, STORE_MSG_QUERIES);
	put_query(b, SQL_CUSTOMER_GET, args, 2);
	assert_int_equal(serve(f), SERVE_DROP);

	b = request(f, STORE_MSG_QUERIES);
	put_query(b, SQL_CUSTOMER_GET, NULL, 0);
	buf_put_u32(b, 0xffffffff);
	assert_int_equal(serve(f), SERVE_DROP);

	b = request(f, STORE_MSG_QUERIES);
	put_query(b, SQL_CUSTOMER_GET, NULL, 0);
	buf_cut(b, b->len - 1);
	assert_int_equal(serve(f), SERVE_DROP);

	b = request(f, STORE_MSG_QUERIES);
	buf_put_blob(b, "", 0);
	assert_int_equal(serve(f), SERVE_DROP);
}

/* Whoever breaks the format. */

static void
unknown_messages_drop_the_session(void **state)
{
	static const uint16_t types[] = {
	    0, STORE_MSG_REPLY, STORE_MSG_NOTE, STORE_MSG_QUERIES + 1, 0xffff};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		request(f, types[i]);
		assert_int_equal(serve(f), SERVE_DROP);
	}
	for (uint16_t type = STORE_MSG_HELLO; type <= STORE_MSG_RENDER;
	     type++) {
		request(f, type);
		assert_int_equal(serve(f), SERVE_DROP);
	}
	request(f, STORE_MSG_QUERIES);
	assert_int_equal(serve(f), SERVE_DROP);
}

static void
unknown_statements_and_verbs_drop_the_session(void **state)
{
	static const uint32_t bad[] = {
	    SQL_COUNT, SQL_COUNT + 1, 0x7fffffff, 0x80000000, 0xffffffff};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		query(f, (enum sql)bad[i], 0);
		assert_int_equal(serve(f), SERVE_DROP);
		call(f, (enum verb)bad[i]);
		assert_int_equal(serve(f), SERVE_DROP);
	}
	call(f, VERB_COUNT);
	assert_int_equal(serve(f), SERVE_DROP);
}

static void
wrong_arguments_drop_the_session(void **state)
{
	struct fixture *f = *state;
	struct buf *b;

	query(f, SQL_TICKET_GET, 0); /* too few */
	assert_int_equal(serve(f), SERVE_DROP);
	b = query(f, SQL_TICKET_GET, 2); /* too many */
	put_int(b, 1);
	put_int(b, 1);
	assert_int_equal(serve(f), SERVE_DROP);
	put_text(query(f, SQL_TICKET_GET, 1), "1"); /* another type */
	assert_int_equal(serve(f), SERVE_DROP);
	wire_put_value(query(f, SQL_TICKET_GET, 1), /* no NULL there */
	    &(struct value) {.type = VALUE_NULL});
	assert_int_equal(serve(f), SERVE_DROP);
	buf_put_u8(query(f, SQL_TICKET_GET, 1), 4); /* a type there is not */
	assert_int_equal(serve(f), SERVE_DROP);
	b = query(f, SQL_TICKET_GET, 1); /* more than there is room */
	b->data[4] = 255;
	for (int i = 0; i < 255; i++)
		put_int(b, 1);
	assert_int_equal(serve(f), SERVE_DROP);
	b = query(f, SQL_TICKET_GET, 1); /* something behind */
	put_int(b, 1);
	buf_put_u8(b, 0);
	assert_int_equal(serve(f), SERVE_DROP);
}

static void
text_with_a_nul_drops_the_session(void **state)
{
	static const char *const texts[] = {"IN\0V", "INV1"};
	struct fixture *f = *state;
	struct rd rd;
	struct buf *b;

	/* One inside; none at the end; an empty blob. */
	for (int i = 0; i < 3; i++) {
		b = query(f, SQL_PAPER_INVOICE, 1);
		buf_put_u8(b, VALUE_TEXT);
		if (i < 2)
			buf_put_blob(b, texts[i], i == 0 ? 5 : 4);
		else
			buf_put_u32(b, 0);
		assert_int_equal(serve(f), SERVE_DROP);
	}
	put_text(query(f, SQL_PAPER_INVOICE, 1), "INV1");
	assert_int_equal(answer(f, &rd, NULL), ERR_NONE);
}

static void
only_a_customer_ends_the_other_sessions(void **state)
{
	struct fixture *f = *state;
	struct rd rd;

	f->id = person(ANNA, ROLE_CUSTOMER);
	f->id.login = 1;
	request(f, STORE_MSG_END_OTHERS);
	assert_int_equal(serve(f), SERVE_END_OTHERS);
	f->id.role = ROLE_RENDER;
	request(f, STORE_MSG_END_OTHERS);
	assert_int_equal(answer(f, &rd, NULL), ERR_DENIED);
	f->id.role = ROLE_CUSTOMER;
	buf_put_u8(request(f, STORE_MSG_END_OTHERS), 1);
	assert_int_equal(serve(f), SERVE_DROP);
}

static void
descriptor_drops_the_session(void **state)
{
	struct fixture *f = *state;

	query(f, SQL_CUSTOMER_GET, 0);
	f->in.nfds = 1;
	assert_int_equal(serve(f), SERVE_DROP);
	f->in.nfds = 0;
	assert_int_equal(serve(f), SERVE_REPLY);
}

/* Every beginning of a good message is a bad one. */
static void
cut_messages_drop_the_session(void **state)
{
	struct fixture *f = *state;
	struct buf *b;
	size_t whole;

	for (int kind = 0; kind < 4; kind++) {
		switch (kind) {
		case 0:
			buf_put_i64(request(f, STORE_MSG_HELLO),
			    (int64_t)registry_hash());
			break;
		case 1:
			b = query(f, SQL_INVOICE_GET, 2);
			put_int(b, 1);
			put_text(b, "INV-1");
			break;
		case 2:
			b = call(f, VERB_TICKET_CREATE);
			buf_put_str(b, "tabs");
			buf_put_str(b, "x");
			break;
		default:
			b = request(f, STORE_MSG_RENDER);
			buf_put_u8(b, 1);
			buf_put_i64(b, 7);
		}
		whole = f->in.body.len;
		for (size_t n = 0; n < whole; n++) {
			f->in.body.len = n;
			assert_int_equal(serve(f), SERVE_DROP);
		}
		assert_int_equal(settings(f), kind > 2);
		f->in.body.len = whole;
		assert_int_not_equal(serve(f), SERVE_DROP);
	}
}

static void
noise_changes_nothing_and_breaks_nothing(void **state)
{
	struct fixture *f = *state;
	struct buf *b;
	uint32_t seed = 12345;
	struct rd rd;

	for (int i = 0; i < 20000; i++) {
		uint32_t r[4];

		for (int k = 0; k < 4; k++)
			r[k] = (seed = seed * 1103515245 + 12345) >> 8;
		b = query(f, (enum sql)(r[0] % SQL_COUNT), r[1] % 5);
		for (uint32_t k = 0; k < r[1] % 5; k++)
			put_int(b, (int64_t)((uint64_t)r[2] << 40 | r[3]));
		for (uint32_t k = 0; k < r[2] % 4; k++)
			b->data[r[(k + 1) % 4] % b->len] ^=
			    (unsigned char)(1u << r[k] % 8);
		f->in.type = (uint16_t)(r[3] % 3 == 0 ? STORE_MSG_CALL
						      : STORE_MSG_QUERY);
		serve(f);
	}
	assert_int_equal(settings(f), 0);
	query(f, SQL_CUSTOMER_GET, 0);
	assert_int_equal(answer(f, &rd, NULL), ERR_NONE);
}

static void
session_is_never_the_system_or_nobody(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		f->id.role = i == 0 ? ROLE_SYSTEM : ROLE_NONE;
		query(f, SQL_CUSTOMER_GET, 0);
		assert_int_equal(serve(f), SERVE_DROP);
	}
}

/* Verbs. */

static void
verb_is_run_and_answered(void **state)
{
	struct fixture *f = *state;
	struct buf *b = call(f, VERB_TICKET_CREATE);
	char word[8];
	struct rd rd;

	buf_put_str(b, "tabs");
	buf_put_str(b, "x");
	assert_int_equal(answer(f, &rd, NULL), ERR_NONE);
	rd_str(&rd, word, sizeof(word));
	assert_int_equal(rd_end(&rd), ERR_NONE);
	assert_string_equal(word, "set");
	assert_int_equal(settings(f), 1);
}

static void
verb_with_wrong_arguments_drops_and_undoes(void **state)
{
	struct fixture *f = *state;
	struct buf *b = call(f, VERB_TICKET_CREATE);

	buf_put_str(b, "tabs");
	buf_put_str(b, "x");
	buf_put_u8(b, 0);
	assert_int_equal(serve(f), SERVE_DROP);
	assert_int_equal(settings(f), 0);
	assert_false(store_in_transaction(f->scratch.st));
}

static void
problem_travels_with_the_answer(void **state)
{
	struct fixture *f = *state;
	struct problem p;
	struct rd rd;

	call(f, VERB_TICKET_REPLY);
	assert_int_equal(answer(f, &rd, &p), ERR_BAD_INPUT);
	assert_string_equal(p.field, "subject");
	assert_string_equal(p.text, "Too short.");
	assert_int_equal(rd_end(&rd), ERR_NONE);
	/* And not with the next. */
	query(f, SQL_CUSTOMER_GET, 0);
	assert_int_equal(answer(f, &rd, &p), ERR_NONE);
	assert_string_equal(p.text, "");
}

static void
verb_of_another_role_is_denied(void **state)
{
	struct fixture *f = *state;
	struct rd rd;

	call(f, VERB_PAPER_KEEP);
	assert_int_equal(answer(f, &rd, NULL), ERR_DENIED);
	f->id.role = ROLE_RENDER;
	call(f, VERB_TICKET_REPLY);
	assert_int_equal(answer(f, &rd, NULL), ERR_DENIED);
}

static void
verb_that_says_too_much_fails(void **state)
{
	struct fixture *f = *state;
	struct rd rd;

	call(f, VERB_TICKET_CLOSE);
	assert_int_equal(answer(f, &rd, NULL), ERR_TOO_BIG);
}

/* Renders. */

static void
render_is_handed_on(void **state)
{
	struct fixture *f = *state;
	struct buf *b = request(f, STORE_MSG_RENDER);
	struct problem p;
	struct rd rd;

	buf_put_u8(b, 2);
	buf_put_i64(b, 77);
	assert_int_equal(serve(f), SERVE_RENDER);
	assert_int_equal(f->render.kind, 2);
	assert_int_equal(f->render.ref, 77);
	serve_reply_render(&f->reply, ERR_BUSY);
	rd = rd_buf(&f->reply);
	assert_int_equal(wire_reply(&rd, &p), ERR_BUSY);
	assert_int_equal(rd_end(&rd), ERR_NONE);
}

static void
render_is_for_customers_and_papers_only(void **state)
{
	static const struct {
		uint8_t kind;
		int64_t ref;
	} bad[] = {{0, 1}, {PAPER_KINDS, 1}, {255, 1}, {1, -1}};
	struct fixture *f = *state;
	struct buf *b;
	struct rd rd;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		b = request(f, STORE_MSG_RENDER);
		buf_put_u8(b, bad[i].kind);
		buf_put_i64(b, bad[i].ref);
		assert_int_equal(serve(f), SERVE_DROP);
	}
	f->id.role = ROLE_RENDER;
	b = request(f, STORE_MSG_RENDER);
	buf_put_u8(b, 1);
	buf_put_i64(b, 1);
	assert_int_equal(answer(f, &rd, NULL), ERR_DENIED);
}

static void
worker_is_itself_again_afterwards(void **state)
{
	struct fixture *f = *state;

	query(f, SQL_CUSTOMER_GET, 0);
	assert_int_equal(serve(f), SERVE_REPLY);
	assert_int_equal(store_identity(f->scratch.st)->role, ROLE_SYSTEM);
	query(f, SQL_COUNT, 0);
	assert_int_equal(serve(f), SERVE_DROP);
	assert_int_equal(store_identity(f->scratch.st)->role, ROLE_SYSTEM);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(hello_says_who_and_when),
	    T(hello_of_another_build_is_told_so),
	    T(query_gives_rows_of_the_identity),
	    T(session_runs_no_statement_that_is_not_its_own),
	    T(rows_that_do_not_fit_are_cut_and_said),
	    T(queries_are_answered_each_for_itself),
	    T(answers_that_do_not_fit_are_left_out),
	    T(queries_that_break_the_format_drop_the_session),
	    T(unknown_messages_drop_the_session),
	    T(unknown_statements_and_verbs_drop_the_session),
	    T(wrong_arguments_drop_the_session),
	    T(text_with_a_nul_drops_the_session),
	    T(only_a_customer_ends_the_other_sessions),
	    T(descriptor_drops_the_session),
	    T(cut_messages_drop_the_session),
	    T(noise_changes_nothing_and_breaks_nothing),
	    T(session_is_never_the_system_or_nobody),
	    T(verb_is_run_and_answered),
	    T(verb_with_wrong_arguments_drops_and_undoes),
	    T(problem_travels_with_the_answer),
	    T(verb_of_another_role_is_denied),
	    T(verb_that_says_too_much_fails),
	    T(render_is_handed_on),
	    T(render_is_for_customers_and_papers_only),
	    T(worker_is_itself_again_afterwards),
	};

	/* Every drop is logged: thousands here. */
	log_open("test_serve", LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

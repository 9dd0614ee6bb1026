/*
 * What all direct engines promise.  The verbs here are this test's own table,
 * which stands in for data/verbs.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "data/engine.h"
#include "tests/data/people.h"

/* Verbs of this test: the first byte of the arguments says what to do. */

enum deed {
	DO_NOTHING,
	DO_SET,
	DO_SET_AND_FAIL,
	DO_REFUSE,
	DO_ASK_WHO,
	DO_BECOME_SYSTEM,
	DO_LONG_REPLY,
	DO_CHANGE,
};

static enum err
verb_deed(struct store *st, struct rd *args, struct buf *reply)
{
	struct identity id = *store_identity(st);

	switch (rd_u8(args)) {
	case DO_SET:
		return people_set(st, "tabs", "overview");
	case DO_SET_AND_FAIL:
		assert_int_equal(people_set(st, "tabs", "overview"), ERR_NONE);
		store_changed(st, id.customer, TOPIC_ACCOUNT);
		return ERR_LIMIT;
	case DO_REFUSE:
		return store_refuse(st, "subject", "Too short.");
	case DO_ASK_WHO:
		buf_put_i64(reply, id.customer);
		return ERR_NONE;
	case DO_BECOME_SYSTEM:
		people_become(
		    st, (struct identity) {.tenant = 2, .role = ROLE_SYSTEM});
		return people_set(st, "tabs", "overview");
	case DO_LONG_REPLY:
		assert_int_equal(people_set(st, "tabs", "overview"), ERR_NONE);
		for (int i = 0; i < 100; i++)
			buf_put_i64(reply, i);
		return ERR_NONE;
	case DO_CHANGE:
		store_changed(st, id.customer, TOPIC_TICKETS);
		return ERR_NONE;
	default:
		return ERR_NONE;
	}
}

const struct verb_def verb_table[VERB_COUNT] = {
    [VERB_TICKET_CREATE] = {"deed", ROLES_CUSTOMER, verb_deed},
    [VERB_PAPER_KEEP] = {"render", ROLES_RENDER, verb_deed},
};

static enum err
deed(struct store *st, enum deed what, struct buf *reply)
{
	struct buf args;
	enum err err;

	buf_init(&args, 64);
	buf_put_u8(&args, (uint8_t)what);
	err = store_call(st, VERB_TICKET_CREATE, &args, reply);
	buf_release(&args);
	return err;
}

/* Values. */

static void
values_come_back_as_they_were_bound(void **state)
{
	static const char bytes[] = {0, 'a', 0, (char)0xff, '\n'};
	struct store *st = people_store(state);
	struct query q;
	const void *p;
	int64_t paper = 0;
	size_t n;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	q = query_begin(st, SQL_PAPER_BEGIN);
	query_bind_int(&q, INT64_MIN);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, -1);
	assert_true(query_row(&q));
	paper = col_int(&q, 0);
	assert_false(query_row(&q));
	assert_int_equal(query_end(&q), ERR_NONE);

	for (int seq = 0; seq < 2; seq++) {
		q = query_begin(st, SQL_PAPER_CHUNK_INSERT);
		query_bind_int(&q, paper);
		query_bind_int(&q, seq);
		query_bind_bytes(
		    &q, seq == 0 ? bytes : NULL, seq == 0 ? sizeof(bytes) : 0);
		assert_int_equal(query_run(&q, NULL), ERR_NONE);
	}
	for (int seq = 0; seq < 2; seq++) {
		q = query_begin(st, SQL_PAPER_CHUNK);
		query_bind_int(&q, paper);
		query_bind_int(&q, seq);
		assert_true(query_row(&q));
		p = col_bytes(&q, 0, &n);
		assert_int_equal(n, seq == 0 ? sizeof(bytes) : 0);
		assert_memory_equal(p, bytes, n);
		assert_false(col_null(&q, 0));
		assert_false(query_row(&q));
		assert_int_equal(query_end(&q), ERR_NONE);
	}
	q = query_begin(st, SQL_PAPER_BEGUN);
	query_bind_int(&q, paper);
	assert_true(query_row(&q));
	assert_true(col_int(&q, 0) == INT64_MIN);
	assert_true(col_int(&q, 1) == INT64_MAX);
	assert_int_equal(query_end(&q), ERR_NONE);
}

static void
text_keeps_its_bytes(void **state)
{
	static const char text[] = "Łódź – فاتورة 請求書 {INT} $4 ';--";
	struct store *st = people_store(state);
	struct query q;
	int64_t id;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(people_ticket(st, text, &id), ERR_NONE);
	q = query_begin(st, SQL_TICKET_GET);
	query_bind_int(&q, id);
	assert_true(query_row(&q));
	assert_string_equal(col_text(&q, 1), text);
	assert_int_equal(query_end(&q), ERR_NONE);
}

static void
folded_arguments_are_folded(void **state)
{
	int64_t id;

	people_become(people_store(state), person(ANNA, ROLE_SYSTEM));
	assert_int_equal(
	    people_ticket(people_store(state), "ÉCOLE  Zürich", &id), ERR_NONE);
	assert_int_equal(scratch_int(*state, "SELECT COUNT(*) FROM ticket "
					     "WHERE fold = 'ecole zurich' AND "
					     "subject = 'ÉCOLE  Zürich'"),
	    1);
}

static void
null_binds_only_where_it_may(void **state)
{
	struct store *st = people_store(state);
	struct query q;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	q = query_begin(st, SQL_SERVICE_ONLINE_SET);
	query_bind_int(&q, 1);
	query_bind_null(&q);
	assert_int_equal(query_run(&q, NULL), ERR_NONE);
	assert_int_equal(people_set(st, "tabs", NULL), ERR_INTERNAL);
	assert_int_equal(people_settings(state), 0);
}

static void
wrong_arguments_are_refused(void **state)
{
	struct store *st = people_store(state);
	struct query q;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	q = query_begin(st, SQL_SETTING_SET); /* too few */
	query_bind_text(&q, "tabs");
	assert_int_equal(query_run(&q, NULL), ERR_INTERNAL);
	q = query_begin(st, SQL_SETTING_SET); /* too many */
	for (int i = 0; i < 3; i++)
		query_bind_text(&q, "tabs");
	assert_int_equal(query_run(&q, NULL), ERR_INTERNAL);
	q = query_begin(st, SQL_SETTING_SET); /* another type */
	query_bind_text(&q, "tabs");
	query_bind_int(&q, 1);
	assert_int_equal(query_run(&q, NULL), ERR_INTERNAL);
	q = query_begin(st, SQL_SETTING_SET);
	query_bind_text(&q, "tabs");
	query_bind_bytes(&q, "x", 1);
	assert_int_equal(query_run(&q, NULL), ERR_INTERNAL);
	q = query_begin(st, SQL_SETTING_SET); /* more than there is room */
	for (int i = 0; i < QUERY_ARGS + 1; i++)
		query_bind_int(&q, i);
	assert_int_equal(query_run(&q, NULL), ERR_INTERNAL);
	q = query_begin(st, SQL_COUNT);
	assert_int_equal(query_run(&q, NULL), ERR_INTERNAL);
	assert_int_equal(people_settings(state), 0);
}

static void
query_that_was_never_run_is_an_error(void **state)
{
	struct query q = query_begin(people_store(state), SQL_SETTING_LIST);

	assert_int_equal(query_end(&q), ERR_INTERNAL);
}

static void
copying_what_does_not_fit_is_an_error(void **state)
{
	struct store *st = people_store(state);
	struct query q;
	char small[4], exact[5];

	people_become(st, person(ANNA, ROLE_CUSTOMER));
	q = query_begin(st, SQL_CUSTOMER_GET);
	assert_true(query_row(&q));
	col_copy(&q, 2, exact, sizeof(exact));
	assert_string_equal(exact, "anna");
	assert_int_equal(q.err, ERR_NONE);
	col_copy(&q, 2, small, sizeof(small));
	assert_string_equal(small, "");
	assert_int_equal(query_end(&q), ERR_INTERNAL);
}

static void
statement_runs_within_itself(void **state)
{
	struct store *st = people_store(state);
	struct query outer, inner;
	int n = 0;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(people_set(st, "tabs", "a"), ERR_NONE);
	assert_int_equal(people_set(st, "blocks", "b"), ERR_NONE);
	outer = query_begin(st, SQL_SETTING_LIST);
	while (query_row(&outer)) {
		inner = query_begin(st, SQL_SETTING_LIST);
		while (query_row(&inner))
			n++;
		assert_int_equal(query_end(&inner), ERR_NONE);
	}
	assert_int_equal(query_end(&outer), ERR_NONE);
	assert_int_equal(n, 4);
}

static void
row_after_the_last_does_not_run_it_again(void **state)
{
	struct store *st = people_store(state);
	struct query q;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	q = query_begin(st, SQL_COUNTER_NEXT);
	query_bind_text(&q, "invoice");
	assert_true(query_row(&q));
	for (int i = 0; i < 3; i++)
		assert_false(query_row(&q));
	assert_int_equal(query_end(&q), ERR_NONE);
	assert_int_equal(scratch_int(*state, "SELECT next FROM counter"), 2);
}

static void
changed_rows_are_counted(void **state)
{
	struct store *st = people_store(state);
	struct query q;
	int64_t changes = -1, id;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(people_ticket(st, "x", &id), ERR_NONE);
	for (int64_t want = 1; want >= 0; want--) {
		q = query_begin(st, SQL_TICKET_MOVE);
		query_bind_int(&q, id);
		query_bind_text(&q, "Closed");
		query_bind_int(&q, 0);
		query_bind_int(&q, 2000);
		assert_int_equal(query_run(&q, &changes), ERR_NONE);
		assert_true(changes == want);
		people_become(st, person(BERT, ROLE_SYSTEM));
	}
}

/* Identity and scopes. */

static void
rows_are_the_identitys_own(void **state)
{
	static const int64_t others[] = {BERT, CARO};
	struct store *st = people_store(state);
	struct query q;
	int64_t id;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(people_ticket(st, "mine", &id), ERR_NONE);
	for (int i = 0; i < 2; i++) {
		people_become(st, person(others[i], ROLE_CUSTOMER));
		q = query_begin(st, SQL_TICKET_GET);
		query_bind_int(&q, id);
		assert_false(query_row(&q));
		assert_int_equal(query_end(&q), ERR_NONE);
	}
	people_become(st, person(ANNA, ROLE_CUSTOMER));
	q = query_begin(st, SQL_TICKET_GET);
	query_bind_int(&q, id);
	assert_true(query_row(&q));
	assert_int_equal(query_end(&q), ERR_NONE);
}

static void
roles_are_held_to_their_scopes(void **state)
{
	static const enum role roles[] = {
	    ROLE_NONE, ROLE_CUSTOMER, ROLE_RENDER, ROLE_STAFF};
	struct store *st = people_store(state);
	struct query q;

	for (size_t r = 0; r < 4; r++) {
		people_become(st, person(ANNA, roles[r]));
		for (int i = 0; i < SQL_COUNT; i++) {
			q = query_begin(st, (enum sql)i);
			assert_int_equal(q.err,
			    sql_allowed(&sql_table[i], roles[r]) ? ERR_NONE
								 : ERR_DENIED);
			/* The refusal sticks. */
			if (q.err == ERR_DENIED) {
				assert_false(query_row(&q));
				assert_int_equal(query_end(&q), ERR_DENIED);
			}
		}
	}
	people_become(st, person(ANNA, ROLE_CUSTOMER));
	assert_int_equal(people_set(st, "tabs", "x"), ERR_DENIED);
	assert_int_equal(people_settings(state), 0);
}

/* Errors. */

static void
broken_constraints_are_told_apart(void **state)
{
	struct store *st = people_store(state);
	struct query q;
	int64_t id = 0;

	/* No such tenant: a foreign key. */
	people_become(
	    st, (struct identity) {.tenant = 77, .role = ROLE_SYSTEM});
	assert_int_equal(people_set(st, "tabs", "x"), ERR_CONFLICT);
	/* A message under somebody else's ticket: another. */
	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(people_ticket(st, "hers", &id), ERR_NONE);
	people_become(st, person(BERT, ROLE_SYSTEM));
	q = query_begin(st, SQL_TICKET_MESSAGE_INSERT);
	query_bind_int(&q, id);
	query_bind_int(&q, 0);
	query_bind_text(&q, "bert");
	query_bind_int(&q, 1);
	query_bind_text(&q, "mine now");
	assert_int_equal(query_run(&q, NULL), ERR_CONFLICT);
	q = query_begin(st, SQL_PLAN_INSERT);
	for (int i = 0; i < 3; i++)
		query_bind_text(&q, "Fibre");
	query_bind_int(&q, 1);
	query_bind_int(&q, 1);
	assert_int_equal(query_run(&q, NULL), ERR_NONE);
	/* The same again: a unique name. */
	q = query_begin(st, SQL_PLAN_INSERT);
	for (int i = 0; i < 3; i++)
		query_bind_text(&q, "Fibre");
	query_bind_int(&q, 1);
	query_bind_int(&q, 1);
	assert_int_equal(query_run(&q, NULL), ERR_CONFLICT);
}

/* Transactions. */

static void
rollback_undoes_and_commit_keeps(void **state)
{
	struct store *st = people_store(state);

	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(store_begin(st), ERR_NONE);
	assert_true(store_in_transaction(st));
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
	store_rollback(st);
	store_rollback(st);
	assert_false(store_in_transaction(st));
	assert_int_equal(people_settings(state), 0);
	assert_int_equal(store_begin(st), ERR_NONE);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
	assert_int_equal(people_settings(state), 0);
	assert_int_equal(store_commit(st), ERR_NONE);
	assert_int_equal(people_settings(state), 1);
}

static void
transactions_do_not_nest(void **state)
{
	struct store *st = people_store(state);

	assert_int_equal(store_commit(st), ERR_INTERNAL);
	assert_int_equal(store_begin(st), ERR_NONE);
	assert_int_equal(store_begin(st), ERR_INTERNAL);
	assert_true(store_in_transaction(st));
	assert_int_equal(store_commit(st), ERR_NONE);
}

static void
closing_undoes_what_is_open(void **state)
{
	struct scratch *s = *state;

	people_become(s->st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(store_begin(s->st), ERR_NONE);
	assert_int_equal(people_set(s->st, "tabs", "x"), ERR_NONE);
	store_close(s->st);
	s->st = NULL;
	assert_int_equal(people_settings(state), 0);
}

/* What changed. */

struct told {
	int n;
	struct change changes[64];
};

static void
tell(void *arg, int64_t tenant, int64_t customer, unsigned topics)
{
	struct told *t = arg;

	t->changes[t->n++] = (struct change) {tenant, customer, topics};
}

static void
changes_are_told_once_after_the_commit(void **state)
{
	struct store *st = people_store(state);
	struct told t = {0};

	people_become(st, person(ANNA, ROLE_SYSTEM));
	store_on_change(st, tell, &t);
	assert_int_equal(store_begin(st), ERR_NONE);
	store_changed(st, ANNA, TOPIC_BILLING);
	store_changed(st, BERT, TOPIC_BILLING);
	store_changed(st, ANNA, TOPIC_TICKETS);
	assert_int_equal(t.n, 0);
	assert_int_equal(store_commit(st), ERR_NONE);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.changes[0].tenant, 1);
	assert_int_equal(t.changes[0].customer, ANNA);
	assert_int_equal(t.changes[0].topics, TOPIC_BILLING | TOPIC_TICKETS);
	assert_int_equal(t.changes[1].customer, BERT);
	assert_int_equal(t.changes[1].topics, TOPIC_BILLING);
}

static void
changes_of_a_rollback_are_not_told(void **state)
{
	struct store *st = people_store(state);
	struct told t = {0};

	store_on_change(st, tell, &t);
	assert_int_equal(store_begin(st), ERR_NONE);
	store_changed(st, ANNA, TOPIC_BILLING);
	store_rollback(st);
	assert_int_equal(store_begin(st), ERR_NONE);
	assert_int_equal(store_commit(st), ERR_NONE);
	people_become(st, person(ANNA, ROLE_CUSTOMER));
	assert_int_equal(deed(st, DO_SET_AND_FAIL, NULL), ERR_LIMIT);
	assert_int_equal(t.n, 0);
	assert_int_equal(deed(st, DO_CHANGE, NULL), ERR_NONE);
	assert_int_equal(t.n, 1);
}

static void
too_many_changes_become_the_whole_tenants(void **state)
{
	struct store *st = people_store(state);
	struct told t = {0};

	store_on_change(st, tell, &t);
	assert_int_equal(store_begin(st), ERR_NONE);
	people_become(st, person(CARO, ROLE_SYSTEM));
	store_changed(st, CARO, TOPIC_NEWS);
	people_become(st, person(ANNA, ROLE_SYSTEM));
	for (int i = 1; i <= 100; i++)
		store_changed(st, i, i == 1 ? TOPIC_TICKETS : TOPIC_BILLING);
	assert_int_equal(store_commit(st), ERR_NONE);
	assert_int_equal(t.n, 2);
	assert_int_equal(t.changes[0].tenant, 2);
	assert_int_equal(t.changes[0].topics, TOPIC_NEWS);
	assert_int_equal(t.changes[1].tenant, 1);
	assert_int_equal(t.changes[1].customer, 0);
	assert_int_equal(t.changes[1].topics, TOPIC_TICKETS | TOPIC_BILLING);
}

/* Verbs. */

static void
verb_may_write_what_its_caller_may_not(void **state)
{
	struct store *st = people_store(state);

	people_become(st, person(ANNA, ROLE_CUSTOMER));
	assert_int_equal(people_set(st, "tabs", "x"), ERR_DENIED);
	assert_int_equal(deed(st, DO_SET, NULL), ERR_NONE);
	assert_int_equal(people_settings(state), 1);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_DENIED);
	assert_false(store_in_transaction(st));
}

static void
verb_that_fails_is_undone(void **state)
{
	struct store *st = people_store(state);

	people_become(st, person(ANNA, ROLE_CUSTOMER));
	assert_int_equal(deed(st, DO_SET_AND_FAIL, NULL), ERR_LIMIT);
	assert_int_equal(people_settings(state), 0);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_DENIED);
}

static void
verb_says_what_was_wrong(void **state)
{
	struct store *st = people_store(state);

	people_become(st, person(ANNA, ROLE_CUSTOMER));
	assert_int_equal(deed(st, DO_REFUSE, NULL), ERR_BAD_INPUT);
	assert_string_equal(store_problem(st)->field, "subject");
	assert_string_equal(store_problem(st)->text, "Too short.");
	assert_int_equal(deed(st, DO_NOTHING, NULL), ERR_NONE);
	assert_string_equal(store_problem(st)->text, "");
}

static void
verb_runs_as_its_caller(void **state)
{
	struct store *st = people_store(state);
	struct buf reply;

	people_become(st, person(BERT, ROLE_CUSTOMER));
	buf_init(&reply, 64);
	assert_int_equal(deed(st, DO_ASK_WHO, &reply), ERR_NONE);
	assert_int_equal(reply.len, 8);
	assert_int_equal(reply.data[0], BERT);
	buf_release(&reply);
	assert_int_equal(deed(st, DO_BECOME_SYSTEM, NULL), ERR_NONE);
	assert_int_equal(store_identity(st)->customer, BERT);
	assert_int_equal(store_identity(st)->role, ROLE_CUSTOMER);
}

static void
verb_is_for_its_roles(void **state)
{
	struct store *st = people_store(state);

	people_become(st, person(ANNA, ROLE_CUSTOMER));
	assert_int_equal(
	    store_call(st, VERB_PAPER_KEEP, NULL, NULL), ERR_DENIED);
	assert_int_equal(store_call(st, VERB_COUNT, NULL, NULL), ERR_INTERNAL);
	people_become(st, person(ANNA, ROLE_RENDER));
	assert_int_equal(deed(st, DO_SET, NULL), ERR_DENIED);
	people_become(st, person(ANNA, ROLE_NONE));
	assert_int_equal(deed(st, DO_SET, NULL), ERR_DENIED);
	assert_int_equal(people_settings(state), 0);
}

static void
verb_takes_exactly_its_arguments(void **state)
{
	struct store *st = people_store(state);
	struct buf args;

	people_become(st, person(ANNA, ROLE_CUSTOMER));
	buf_init(&args, 64);
	buf_put_u8(&args, DO_SET);
	buf_put_u8(&args, 0);
	assert_int_equal(
	    store_call(st, VERB_TICKET_CREATE, &args, NULL), ERR_PROTOCOL);
	buf_release(&args);
	assert_int_equal(
	    store_call(st, VERB_TICKET_CREATE, NULL, NULL), ERR_PROTOCOL);
	assert_int_equal(people_settings(state), 0);
}

static void
verb_whose_reply_does_not_fit_is_undone(void **state)
{
	struct store *st = people_store(state);
	struct buf reply;

	people_become(st, person(ANNA, ROLE_CUSTOMER));
	buf_init(&reply, 64);
	assert_int_equal(deed(st, DO_LONG_REPLY, &reply), ERR_TOO_BIG);
	buf_release(&reply);
	assert_int_equal(people_settings(state), 0);
}

static void
direct_store_takes_no_notes_and_renders_nothing(void **state)
{
	struct store *st = people_store(state);
	struct note note;
	bool got = true;

	assert_int_equal(store_fd(st) >= 0, scratch_on_postgresql());
	assert_int_equal(store_note(st, &note, &got), ERR_NONE);
	assert_false(got);
	assert_int_equal(store_render(st, 1, 0), ERR_UNSUPPORTED);
}

#define T(name)                                                                \
	cmocka_unit_test_setup_teardown(name, people_setup, scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(values_come_back_as_they_were_bound),
	    T(text_keeps_its_bytes),
	    T(folded_arguments_are_folded),
	    T(null_binds_only_where_it_may),
	    T(wrong_arguments_are_refused),
	    T(query_that_was_never_run_is_an_error),
	    T(copying_what_does_not_fit_is_an_error),
	    T(statement_runs_within_itself),
	    T(row_after_the_last_does_not_run_it_again),
	    T(changed_rows_are_counted),
	    T(rows_are_the_identitys_own),
	    T(roles_are_held_to_their_scopes),
	    T(broken_constraints_are_told_apart),
	    T(rollback_undoes_and_commit_keeps),
	    T(transactions_do_not_nest),
	    T(closing_undoes_what_is_open),
	    T(changes_are_told_once_after_the_commit),
	    T(changes_of_a_rollback_are_not_told),
	    T(too_many_changes_become_the_whole_tenants),
	    T(verb_may_write_what_its_caller_may_not),
	    T(verb_that_fails_is_undone),
	    T(verb_says_what_was_wrong),
	    T(verb_runs_as_its_caller),
	    T(verb_is_for_its_roles),
	    T(verb_takes_exactly_its_arguments),
	    T(verb_whose_reply_does_not_fit_is_undone),
	    T(direct_store_takes_no_notes_and_renders_nothing),
	};

	log_open("test_engine", LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

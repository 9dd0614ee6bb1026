/*
 * The postgresql engine's own: what the server says in our words, transactions
 * that get in each other's way, many and large rows, and sorting.
 */
#include <malloc.h>
#include <pthread.h>
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

/* Another connection to the same store. */
static struct store *
another(void **state, struct identity id)
{
	const struct scratch *s = *state;
	struct store *st = NULL;

	assert_int_equal(store_open(&st, s->url, &s->clock), ERR_NONE);
	people_become(st, id);
	return st;
}

static enum err
count_settings(struct store *st, int *n)
{
	struct query q = query_begin(st, SQL_SETTING_LIST);

	*n = 0;
	while (query_row(&q))
		++*n;
	return query_end(&q);
}

/* What the server says. */

static void
errors_are_told_apart_by_their_code(void **state)
{
	/* clang-format off */
	static const struct {
		const char *code;
		enum err err;
	} rows[] = {
		{ "23505", ERR_CONFLICT },  { "23503", ERR_CONFLICT },
		{ "23502", ERR_INTERNAL },  { "23514", ERR_INTERNAL },
		{ "40001", ERR_BUSY },      { "40P01", ERR_BUSY },
		{ "55P03", ERR_BUSY },      { "53300", ERR_BUSY },
		{ "57014", ERR_TIMEOUT },   { "53100", ERR_FULL },
		{ "53200", ERR_NOMEM },     { "42501", ERR_DENIED },
		{ "22021", ERR_BAD_INPUT }, { "54000", ERR_TOO_BIG },
		{ "58030", ERR_IO },        { "42P01", ERR_INTERNAL },
		{ "XX000", ERR_INTERNAL },
	};
	/* clang-format on */
	struct store *st = people_store(state);
	char sql[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(sql, sizeof(sql),
		    "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '%s'; "
		    "END $$",
		    rows[i].code);
		if (st->engine->script(st, sql) != rows[i].err)
			fail_msg("%s", rows[i].code);
		assert_false(store_away(st));
	}
	assert_int_equal(people_settings(state), 0);
}

static void
text_that_is_no_utf8_is_bad_input(void **state)
{
	struct store *st = people_store(state);

	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(people_set(st, "tabs", "a\xff"), ERR_BAD_INPUT);
	assert_int_equal(people_set(st, "tabs", "a"), ERR_NONE);
}

static void
an_error_spoils_its_transaction_and_nothing_more(void **state)
{
	struct store *st = people_store(state);
	int n;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(store_begin(st), ERR_NONE);
	assert_int_equal(people_set(st, "tabs", "a"), ERR_NONE);
	assert_int_equal(people_set(st, "blocks", "\xff"), ERR_BAD_INPUT);
	assert_int_not_equal(people_set(st, "blocks", "b"), ERR_NONE);
	assert_int_not_equal(store_commit(st), ERR_NONE);
	assert_false(store_in_transaction(st));
	assert_int_equal(people_settings(state), 0);
	assert_int_equal(count_settings(st, &n), ERR_NONE);
}

/* Made known to the server within what is then undone. */
static void
statements_outlive_a_rollback(void **state)
{
	struct store *st = people_store(state);
	int n;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(store_begin(st), ERR_NONE);
		assert_int_equal(people_set(st, "tabs", "a"), ERR_NONE);
		assert_int_equal(count_settings(st, &n), ERR_NONE);
		assert_int_equal(n, 1);
		store_rollback(st);
	}
	/* and one whose first run fails */
	people_become(
	    st, (struct identity) {.tenant = 77, .role = ROLE_SYSTEM});
	assert_int_equal(people_set(st, "tabs", "a"), ERR_CONFLICT);
	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(people_set(st, "tabs", "a"), ERR_NONE);
	assert_int_equal(count_settings(st, &n), ERR_NONE);
	assert_int_equal(n, 1);
}

/* Transactions in each other's way. */

static void
reading_what_the_other_writes_lets_only_one_through(void **state)
{
	struct store *a = people_store(state), *b;
	enum err err;
	int n;

	people_become(a, person(ANNA, ROLE_SYSTEM));
	b = another(state, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(store_begin(a), ERR_NONE);
	assert_int_equal(store_begin(b), ERR_NONE);
	assert_int_equal(count_settings(a, &n), ERR_NONE);
	assert_int_equal(count_settings(b, &n), ERR_NONE);
	assert_int_equal(people_set(b, "tabs", "b"), ERR_NONE);
	assert_int_equal(store_commit(b), ERR_NONE);
	assert_false(store_again(b));
	err = people_set(a, "blocks", "a");
	if (err == ERR_NONE)
		err = store_commit(a);
	store_rollback(a);
	assert_int_equal(err, ERR_BUSY);
	assert_true(store_again(a));
	assert_int_equal(store_begin(a), ERR_NONE);
	assert_false(store_again(a));
	store_rollback(a);
	assert_int_equal(people_settings(state), 1);
	store_close(b);
}

struct race {
	struct store *other;
	int tries;
	int seen;
};

/* Writes what it has read, after somebody else has done the same. */
static enum err
count_and_set(struct store *st, void *arg)
{
	struct race *r = arg;
	enum err err;
	int n;

	if ((err = count_settings(st, &r->seen)) != ERR_NONE)
		return err;
	if (r->tries++ == 0) {
		assert_int_equal(store_begin(r->other), ERR_NONE);
		assert_int_equal(count_settings(r->other, &n), ERR_NONE);
		assert_int_equal(people_set(r->other, "tabs", "b"), ERR_NONE);
		assert_int_equal(store_commit(r->other), ERR_NONE);
	}
	return people_set(st, "blocks", "a");
}

static void
a_transaction_that_lost_is_run_again(void **state)
{
	struct race r = {0};
	struct store *st = people_store(state);

	people_become(st, person(ANNA, ROLE_SYSTEM));
	r.other = another(state, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(store_transaction(st, count_and_set, &r), ERR_NONE);
	assert_int_equal(r.tries, 2);
	assert_int_equal(r.seen, 1);
	assert_int_equal(people_settings(state), 2);
	store_close(r.other);
}

static enum err
refuse(struct store *st, void *arg)
{
	int *tries = arg;

	++*tries;
	return people_set(st, "tabs", "\xff");
}

static void
a_transaction_that_failed_by_itself_is_not(void **state)
{
	struct store *st = people_store(state);
	int tries = 0;

	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(store_transaction(st, refuse, &tries), ERR_BAD_INPUT);
	assert_int_equal(tries, 1);
}

enum { TAKERS = 4, TAKES = 15 };

static enum err
take_number(struct store *st, void *arg)
{
	struct query q = query_begin(st, SQL_COUNTER_NEXT);
	int64_t *number = arg;

	query_bind_text(&q, "invoice");
	while (query_row(&q))
		*number = col_int(&q, 0);
	return query_end(&q);
}

struct taker {
	struct store *st;
	pthread_t thread;
	int64_t taken[TAKES];
	enum err err;
};

static void *
take_numbers(void *arg)
{
	struct taker *t = arg;

	for (int i = 0; i < TAKES && t->err == ERR_NONE; i++)
		t->err = store_transaction(t->st, take_number, &t->taken[i]);
	return NULL;
}

static void
numbers_have_no_gap_however_many_take_them(void **state)
{
	bool seen[TAKERS * TAKES + 1] = {false};
	struct taker takers[TAKERS] = {0};

	for (int i = 0; i < TAKERS; i++) {
		takers[i].st = another(state, person(ANNA, ROLE_SYSTEM));
		pthread_create(
		    &takers[i].thread, NULL, take_numbers, &takers[i]);
	}
	for (int i = 0; i < TAKERS; i++) {
		pthread_join(takers[i].thread, NULL);
		store_close(takers[i].st);
		assert_int_equal(takers[i].err, ERR_NONE);
		for (int k = 0; k < TAKES; k++) {
			assert_in_range(takers[i].taken[k], 1, TAKERS * TAKES);
			assert_false(seen[takers[i].taken[k]]);
			seen[takers[i].taken[k]] = true;
		}
	}
	assert_int_equal(scratch_int(*state, "SELECT next FROM counter"),
	    TAKERS * TAKES + 1);
}

/* Many and large rows. */

static struct query
all_news(struct store *st)
{
	struct query q = query_begin(st, SQL_NEWS_LIST);

	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, 1000000);
	return q;
}

static void
rows_without_end_need_no_memory_without_end(void **state)
{
	enum { MANY = 8000 }; /* of 4 KB */
	struct store *st = people_store(state);
	size_t before, most = 0, now;
	struct query q;
	int n = 0;

	people_news(*state, MANY);
	people_become(st, person(ANNA, ROLE_CUSTOMER));
	before = mallinfo2().uordblks;
	q = all_news(st);
	while (query_row(&q)) {
		now = mallinfo2().uordblks - before;
		most = n++ > 0 && now > most ? now : most;
	}
	assert_int_equal(query_end(&q), ERR_NONE);
	assert_int_equal(n, MANY);
	assert_in_range(most, 0, 1 << 20);
}

static void
rows_that_were_still_to_come_survive_other_statements(void **state)
{
	enum { MANY = 500 };
	struct store *st = people_store(state);
	struct query q;
	int n = 0, m;

	people_news(*state, MANY);
	people_become(st, person(ANNA, ROLE_SYSTEM));
	assert_int_equal(store_begin(st), ERR_NONE);
	q = all_news(st);
	while (query_row(&q)) {
		assert_int_equal(col_int(&q, 1), MANY - n);
		assert_int_equal(strlen(col_text(&q, 3)), 4000);
		if (n++ % 100 != 3)
			continue;
		assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
		assert_int_equal(count_settings(st, &m), ERR_NONE);
		assert_int_equal(m, 1);
	}
	assert_int_equal(query_end(&q), ERR_NONE);
	assert_int_equal(n, MANY);
	assert_int_equal(store_commit(st), ERR_NONE);
}

static void
query_left_in_the_middle_is_in_nobodys_way(void **state)
{
	struct store *st = people_store(state);
	struct query q;
	int n;

	people_news(*state, 500);
	people_become(st, person(ANNA, ROLE_SYSTEM));
	for (int i = 0; i < 3; i++) {
		q = all_news(st);
		assert_true(query_row(&q));
		assert_int_equal(query_end(&q), ERR_NONE);
	}
	assert_int_equal(store_begin(st), ERR_NONE);
	q = all_news(st);
	assert_true(query_row(&q));
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
	assert_int_equal(query_end(&q), ERR_NONE);
	assert_int_equal(store_commit(st), ERR_NONE);
	assert_int_equal(count_settings(st, &n), ERR_NONE);
	assert_int_equal(n, 1);
}

static void
a_whole_chunk_of_any_bytes_comes_back(void **state)
{
	static unsigned char bytes[STORE_CHUNK];
	struct store *st = people_store(state);
	int64_t paper = 0;
	struct query q;
	const void *p;
	size_t n;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i + i / 256);
	people_become(st, person(ANNA, ROLE_SYSTEM));
	q = query_begin(st, SQL_PAPER_BEGIN);
	query_bind_int(&q, 1);
	query_bind_int(&q, 1);
	query_bind_int(&q, 1);
	assert_true(query_row(&q));
	paper = col_int(&q, 0);
	assert_int_equal(query_end(&q), ERR_NONE);
	q = query_begin(st, SQL_PAPER_CHUNK_INSERT);
	query_bind_int(&q, paper);
	query_bind_int(&q, 0);
	query_bind_bytes(&q, bytes, sizeof(bytes));
	assert_int_equal(query_run(&q, NULL), ERR_NONE);
	q = query_begin(st, SQL_PAPER_CHUNK);
	query_bind_int(&q, paper);
	query_bind_int(&q, 0);
	assert_true(query_row(&q));
	p = col_bytes(&q, 0, &n);
	assert_int_equal(n, sizeof(bytes));
	assert_memory_equal(p, bytes, n);
	assert_int_equal(query_end(&q), ERR_NONE);
}

/* Sorting. */

static void
text_sorts_by_its_bytes_whatever_the_database_does(void **state)
{
	/* As the database would sort them; the bytes say otherwise. */
	static const char *const keys[] = {"a", "B", "é", "Z"};
	static const char *const want[] = {"B", "Z", "a", "é"};
	struct store *st = people_store(state);
	struct query q;
	size_t n = 0;

	assert_int_equal(
	    scratch_int(*state, "SELECT 'a' < 'B' AND 'é' < 'Z'"), 1);
	people_become(st, person(ANNA, ROLE_SYSTEM));
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(people_set(st, keys[i], "x"), ERR_NONE);
	q = query_begin(st, SQL_SETTING_LIST);
	while (query_row(&q)) {
		assert_true(n < 4);
		assert_string_equal(col_text(&q, 0), want[n++]);
	}
	assert_int_equal(query_end(&q), ERR_NONE);
	assert_int_equal(n, 4);
}

static void
searching_compares_bytes_too(void **state)
{
	/* Two ways to write one letter are the same to a collation only. */
	static const char *const needles[] = {"ann", "\xc3\xa9", "e\xcc\x81"};
	static const int want[] = {1, 0, 1};
	struct store *st = people_store(state);
	struct query q;

	scratch_sql(
	    *state, "UPDATE customer SET fold = 'e\xcc\x81' WHERE id = 12");
	people_become(st, (struct identity) {.tenant = 1, .role = ROLE_STAFF});
	for (size_t i = 0; i < 3; i++) {
		char sql[128];
		int64_t n;

		snprintf(sql, sizeof(sql),
		    "SELECT COUNT(*) FROM customer WHERE tenant = 1 AND "
		    "replace(fold, '%s', '') <> fold",
		    needles[i]);
		n = scratch_int(*state, sql);
		assert_int_equal(n, want[i]);
	}
	q = query_begin(st, SQL_CTL_CUSTOMERS);
	query_bind_int(&q, 0);
	query_bind_text(&q, "ann");
	query_bind_int(&q, 10);
	assert_true(query_row(&q));
	assert_int_equal(col_int(&q, 0), ANNA);
	assert_false(query_row(&q));
	assert_int_equal(query_end(&q), ERR_NONE);
}

#define T(name)                                                                \
	cmocka_unit_test_setup_teardown(name, people_setup, scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(errors_are_told_apart_by_their_code),
	    T(text_that_is_no_utf8_is_bad_input),
	    T(an_error_spoils_its_transaction_and_nothing_more),
	    T(statements_outlive_a_rollback),
	    T(reading_what_the_other_writes_lets_only_one_through),
	    T(a_transaction_that_lost_is_run_again),
	    T(a_transaction_that_failed_by_itself_is_not),
	    T(numbers_have_no_gap_however_many_take_them),
	    T(rows_without_end_need_no_memory_without_end),
	    T(rows_that_were_still_to_come_survive_other_statements),
	    T(query_left_in_the_middle_is_in_nobodys_way),
	    T(a_whole_chunk_of_any_bytes_comes_back),
	    T(text_sorts_by_its_bytes_whatever_the_database_does),
	    T(searching_compares_bytes_too),
	};
	const struct CMUnitTest elsewhere[] = {
	    cmocka_unit_test(scratch_other_engine),
	};

	log_open("test_postgresql", LOG_LVL_ERROR);
	return scratch_on_postgresql()
		   ? cmocka_run_group_tests(tests, NULL, NULL)
		   : cmocka_run_group_tests(elsewhere, NULL, NULL);
}

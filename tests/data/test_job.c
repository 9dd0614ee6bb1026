/* Jobs: none is lost, none is given to two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/job.h"
#include "tests/data/crowd.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

enum { LEASE = 60, MANY = 60, WORKERS = 4 };

static int64_t
now(const struct shop *p)
{
	return p->s.clock.fixed;
}

static bool
add(struct shop *p, const char *name, int64_t due_at)
{
	bool added;

	OK(job_add(p->st, "test", name, 7, "{\"a\":1}", due_at, &added));
	return added;
}

static const char *const test_kind[] = {"test"};

/* The name of what a worker gets, "" for nothing. */
static struct job
take(struct shop *p, const char *worker)
{
	struct job j = {0};
	int64_t next;
	bool got;

	OK(job_take(p->st, worker, LEASE, test_kind, 1, &j, &got, &next));
	assert_int_equal(got, j.id != 0);
	return j;
}

static int64_t
next_due(struct shop *p)
{
	struct job j;
	int64_t next;
	bool got;

	OK(job_take(p->st, "w", LEASE, test_kind, 1, &j, &got, &next));
	assert_false(got);
	return next;
}

static void
earliest_due_job_comes_first_then_the_first_made(void **state)
{
	struct shop *p = *state;

	add(p, "later", now(p) - 1);
	add(p, "now", 0);
	add(p, "now too", 0);
	add(p, "first", now(p) - 9);
	add(p, "not yet", now(p) + 1);
	assert_string_equal(take(p, "w").name, "first");
	assert_string_equal(take(p, "w").name, "later");
	assert_string_equal(take(p, "w").name, "now");
	assert_string_equal(take(p, "w").name, "now too");
	assert_int_equal(take(p, "w").id, 0);
}

static void
job_says_whose_it_is_and_what_for(void **state)
{
	struct shop *p = *state;
	struct identity id = *store_identity(p->st);
	struct job j;

	id.customer = p->customer;
	store_become(p->st, &id);
	add(p, "one", 0);
	shop_system(p);
	j = take(p, "w");
	assert_int_equal(j.tenant, p->tenant);
	assert_int_equal(j.customer, p->customer);
	assert_int_equal(j.ref, 7);
	assert_string_equal(j.kind, "test");
	assert_string_equal(j.args, "{\"a\":1}");
	assert_int_equal(j.attempts, 1);
	assert_int_equal(j.created_at, now(p));
}

static void
same_name_is_made_once(void **state)
{
	struct shop *p = *state;

	assert_true(add(p, "one", 0));
	assert_false(add(p, "one", now(p) + 100));
	OK(job_end(p->st, take(p, "w").id, "w", NULL));
	assert_false(add(p, "one", 0));
	assert_int_equal(take(p, "w").id, 0);
}

static void
next_is_when_the_earliest_is_due_or_its_lease_over(void **state)
{
	struct shop *p = *state;

	assert_int_equal(next_due(p), 0);
	add(p, "late", now(p) + 500);
	assert_int_equal(next_due(p), now(p) + 500);
	add(p, "one", 0);
	take(p, "w");
	assert_int_equal(next_due(p), now(p) + LEASE);
}

static void
dead_workers_job_is_taken_over_when_its_lease_is_over(void **state)
{
	struct shop *p = *state;
	struct job dead, j;

	add(p, "one", 0);
	dead = take(p, "dead");
	p->s.clock.fixed += LEASE - 1;
	assert_int_equal(take(p, "heir").id, 0);
	p->s.clock.fixed++;
	j = take(p, "heir");
	assert_int_equal(j.id, dead.id);
	assert_int_equal(j.attempts, 2);
	/* The dead one may come back, but it has lost it. */
	assert_int_equal(job_keep(p->st, j.id, "dead", LEASE), ERR_CONFLICT);
	assert_int_equal(job_end(p->st, j.id, "dead", NULL), ERR_CONFLICT);
	assert_int_equal(
	    job_later(p->st, j.id, "dead", 1, "why"), ERR_CONFLICT);
	OK(job_end(p->st, j.id, "heir", NULL));
}

static void
kept_job_is_nobody_elses(void **state)
{
	struct shop *p = *state;
	struct job j;

	add(p, "one", 0);
	j = take(p, "w");
	p->s.clock.fixed += LEASE - 1;
	OK(job_keep(p->st, j.id, "w", LEASE));
	p->s.clock.fixed += LEASE - 1;
	assert_int_equal(take(p, "heir").id, 0);
}

static void
job_given_back_is_due_again_then(void **state)
{
	struct shop *p = *state;
	char problem[64];
	struct job j;

	add(p, "one", 0);
	j = take(p, "w");
	OK(job_later(p->st, j.id, "w", now(p) + 10, "no\033[31m answer"));
	assert_int_equal(next_due(p), now(p) + 10);
	scratch_str(&p->s, problem, sizeof(problem), "SELECT problem FROM job");
	assert_null(strchr(problem, '\033'));
	p->s.clock.fixed += 10;
	j = take(p, "w");
	assert_int_equal(j.attempts, 2);
	assert_int_equal(next_due(p), now(p) + LEASE);
}

static void
ended_job_stays_ended_and_says_why(void **state)
{
	struct shop *p = *state;
	char problem[JOB_PROBLEM], text[1000];
	struct job j;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add(p, "one", 0);
	j = take(p, "w");
	OK(job_end(p->st, j.id, "w", text));
	assert_int_equal(job_end(p->st, j.id, "w", NULL), ERR_CONFLICT);
	p->s.clock.fixed += 10 * LEASE;
	assert_int_equal(next_due(p), 0);
	scratch_str(&p->s, problem, sizeof(problem),
	    "SELECT problem FROM job WHERE state = 'failed'");
	assert_int_equal(strlen(problem), JOB_PROBLEM - 1);
}

static void
texts_that_do_not_fit_are_refused(void **state)
{
	struct shop *p = *state;
	char text[JOB_ARGS + 1];

	memset(text, 'x', sizeof(text) - 1);
	text[JOB_ARGS] = '\0';
	assert_int_equal(
	    job_add(p->st, "k", "n", 0, text, 0, NULL), ERR_TOO_BIG);
	assert_int_equal(
	    job_add(p->st, "k", text, 0, "", 0, NULL), ERR_TOO_BIG);
	assert_int_equal(
	    job_add(p->st, text, "n", 0, "", 0, NULL), ERR_TOO_BIG);
	text[JOB_ARGS - 1] = '\0';
	OK(job_add(p->st, "test", "n", 0, text, 0, NULL));
	assert_int_equal(strlen(take(p, "w").args), JOB_ARGS - 1);
}

struct heard {
	int n, to_customers;
	unsigned topics;
};

static void
hear(void *arg, int64_t tenant, int64_t customer, unsigned topics)
{
	struct heard *h = arg;

	(void)tenant;
	h->n++;
	h->topics |= topics;
	h->to_customers += customer >= 0;
}

static enum err
add_and_fail(struct store *st, void *arg)
{
	(void)arg;
	OK(job_add(st, "test", "undone", 0, "", 0, NULL));
	return ERR_DENIED;
}

static void
ring_is_heard_by_workers_and_no_customer(void **state)
{
	struct shop *p = *state;
	struct heard h = {0};

	store_on_change(p->st, hear, &h);
	add(p, "one", 0);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.to_customers, 0);
	assert_int_equal(h.topics, TOPIC_JOBS);
	add(p, "one", 0);
	assert_int_equal(
	    store_transaction(p->st, add_and_fail, NULL), ERR_DENIED);
	assert_int_equal(h.n, 1);
	OK(job_end(p->st, take(p, "w").id, "w", NULL));
	assert_int_equal(take(p, "w").id, 0);
}

/* What is got of these kinds: the name, and when to ask again. */
static int64_t
take_of(
    struct shop *p, const char *const kinds[], size_t n, char name[JOB_NAME])
{
	struct job j = {0};
	int64_t next;
	bool got;

	OK(job_take(p->st, "w", LEASE, kinds, n, &j, &got, &next));
	memcpy(name, j.name, JOB_NAME);
	return next;
}

static void
kinds_are_taken_in_the_order_given_and_no_others(void **state)
{
	static const char *const both[] = {"urgent", "bulk"};
	struct shop *p = *state;
	char name[JOB_NAME];

	OK(job_add(p->st, "bulk", "old", 0, "", now(p) - 9, NULL));
	OK(job_add(p->st, "other", "other", 0, "", now(p) - 9, NULL));
	OK(job_add(p->st, "urgent", "new", 0, "", now(p), NULL));
	OK(job_add(p->st, "urgent", "soon", 0, "", now(p) + 5, NULL));
	OK(job_add(p->st, "bulk", "later", 0, "", now(p) + 50, NULL));
	take_of(p, both, 2, name);
	assert_string_equal(name, "new");
	/* the second is at its limit: nothing of it counts */
	assert_int_equal(take_of(p, both, 1, name), now(p) + 5);
	assert_string_equal(name, "");
	take_of(p, both, 2, name);
	assert_string_equal(name, "old");
	assert_int_equal(take_of(p, both, 2, name), now(p) + 5);
	assert_int_equal(take_of(p, both, 0, name), 0);
}

static void
ended_jobs_are_forgotten_in_time_and_no_others(void **state)
{
	enum { DAY = 24 * 3600, ENDED = JOB_SWEEP + 5 };
	struct shop *p = *state;
	char name[32];
	bool more;

	for (int i = 0; i < ENDED; i++) {
		snprintf(name, sizeof(name), "ended %d", i);
		add(p, name, 0);
		OK(job_end(p->st, take(p, "w").id, "w",
		    i % 2 != 0 ? "it failed" : NULL));
	}
	add(p, "waits", 0);
	p->s.clock.fixed += (int64_t)JOB_KEEP_DAYS * DAY;
	add(p, "fresh", now(p) - 1);
	OK(job_end(p->st, take(p, "w").id, "w", NULL));
	OK(job_sweep(p->st, &more));
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM job"), ENDED + 2);
	p->s.clock.fixed++;
	OK(job_sweep(p->st, &more));
	assert_true(more);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM job"),
	    ENDED + 2 - JOB_SWEEP);
	OK(job_sweep(p->st, &more));
	assert_false(more);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM job"), 2);
}

static void
customers_may_not_touch_jobs(void **state)
{
	struct shop *p = *state;
	struct job j;
	int64_t next;
	bool got;

	add(p, "one", 0);
	shop_as(p, p->customer, 0);
	assert_int_equal(job_add(p->st, "k", "n", 0, "", 0, NULL), ERR_DENIED);
	assert_int_equal(
	    job_take(p->st, "w", LEASE, test_kind, 1, &j, &got, &next),
	    ERR_DENIED);
	assert_int_equal(job_end(p->st, 1, "w", NULL), ERR_DENIED);
	assert_int_equal(job_sweep(p->st, &got), ERR_DENIED);
}

/* Takes and ends all it gets. */
static size_t
work(struct store *st, int who, const void *arg, int64_t out[CROWD_GIVES])
{
	bool ends = *(const bool *)arg, got = true;
	char name[16];
	struct job j;
	int64_t next;
	size_t n = 0;
	enum err err;

	snprintf(name, sizeof(name), "w%d", who);
	while (got && n < CROWD_GIVES) {
		while ((err = job_take(st, name, LEASE, test_kind, 1, &j, &got,
			    &next)) == ERR_BUSY)
			;
		if (err != ERR_NONE)
			return 0;
		if (got)
			out[n++] = j.id;
		while (got && ends &&
		       (err = job_end(st, j.id, name, NULL)) == ERR_BUSY)
			;
		if (err != ERR_NONE)
			return 0;
	}
	return n;
}

static void
no_job_is_given_to_two(void **state)
{
	struct shop *p = *state;
	int64_t ids[WORKERS * CROWD_GIVES];
	struct crowd *c = malloc(sizeof(*c));

	for (int round = 0; round < 2; round++) {
		bool ends = round == 1;
		size_t n = 0;

		for (int i = 0; i < MANY; i++) {
			char name[32];

			snprintf(name, sizeof(name), "%d.%d", round, i);
			add(p, name, now(p) - i % 7);
		}
		crowd_run(&p->s, WORKERS, work, &ends, c);
		p->st = p->s.st;
		shop_system(p);
		for (int w = 0; w < WORKERS; w++)
			for (size_t i = 0; i < c->n[w]; i++) {
				for (size_t k = 0; k < n; k++)
					assert_int_not_equal(
					    ids[k], c->gave[w][i]);
				ids[n++] = c->gave[w][i];
			}
		assert_int_equal(n, MANY);
		scratch_sql(&p->s, "UPDATE job SET state = 'done'");
	}
	free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(earliest_due_job_comes_first_then_the_first_made),
	    TEST(job_says_whose_it_is_and_what_for),
	    TEST(same_name_is_made_once),
	    TEST(next_is_when_the_earliest_is_due_or_its_lease_over),
	    TEST(dead_workers_job_is_taken_over_when_its_lease_is_over),
	    TEST(kept_job_is_nobody_elses),
	    TEST(job_given_back_is_due_again_then),
	    TEST(ended_job_stays_ended_and_says_why),
	    TEST(texts_that_do_not_fit_are_refused),
	    TEST(ring_is_heard_by_workers_and_no_customer),
	    TEST(kinds_are_taken_in_the_order_given_and_no_others),
	    TEST(ended_jobs_are_forgotten_in_time_and_no_others),
	    TEST(customers_may_not_touch_jobs),
	    TEST(no_job_is_given_to_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

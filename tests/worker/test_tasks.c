/*
 * Jobs under way: taken, kept, ended, given back.  The kinds are this file's
 * own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/worker/desk.h"

#define OK(call) assert_int_equal(call, ERR_NONE)
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, desk_teardown)

enum { MANY = 300, AT_ONCE = 3 };

static struct {
	size_t done, holding, most;
	int64_t customer; /* of the handle, in start() */
} seen;

static void
start_done(struct task *t)
{
	seen.done++;
	seen.customer = store_identity(t->w->st)->customer;
	task_done(t);
}

static void
start_fails(struct task *t)
{
	task_later(t, 0, "it always fails");
}

static void
start_held(struct task *t)
{
	(void)t;
	seen.holding++;
	seen.most = seen.holding > seen.most ? seen.holding : seen.most;
}

const struct kind kinds[] = {
    {.name = "done", .start = start_done, .limit_s = 60},
    {.name = "fails",
	.start = start_fails,
	.limit_s = 60,
	.give_up_s = 1000,
	.pause_s = 100,
	.pause_max_s = 400},
    {.name = "held", .start = start_held, .limit_s = 60},
    {.name = "few", .start = start_held, .limit_s = 60, .at_once = AT_ONCE},
};
const size_t nkinds = sizeof(kinds) / sizeof(kinds[0]);

static int
setup(void **state)
{
	memset(&seen, 0, sizeof(seen));
	return desk_setup(state);
}

static void
add(struct desk *d, const char *kind, int n, int64_t due)
{
	char name[32];
	int i;

	desk_become(d, WHO_ANNA);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s:%d", kind, i);
		OK(job_add(d->w.st, kind, name, 0, "", due, NULL));
	}
}

static int64_t
count(struct desk *d, const char *where)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM job WHERE %s", where);
	return scratch_int(&d->f.scratch, sql);
}

static bool
none_ready(void *arg)
{
	return count(arg, "state = 'ready'") == 0;
}

static bool
none_taken(void *arg)
{
	return ((struct worker *)arg)->ntasks == 0 &&
	       !((struct worker *)arg)->look.set;
}

static bool
all_taken(void *arg)
{
	return ((struct worker *)arg)->ntasks == TASKS_MAX;
}

/* All that is due now has been taken, and what was taken has begun. */
static bool
settled(void *arg)
{
	struct worker *w = arg;
	struct task *t;

	if (w->look.set && w->look.due <= clock_mono_ms() + 1)
		return false;
	for (t = w->tasks; t != NULL; t = t->next)
		if (t->limit.set && t->limit.due <= clock_mono_ms())
			return false;
	return true;
}

static void
look(struct worker *w)
{
	tasks_look(w);
	desk_turn_until(w, settled, w);
}

static void
a_job_runs_as_its_customer_and_is_done(void **state)
{
	struct desk *d = *state;

	add(d, "done", 1, 0);
	tasks_look(&d->w);
	desk_turn_until(&d->w, none_ready, d);
	assert_int_equal(seen.done, 1);
	assert_int_equal(seen.customer, d->f.of[WHO_ANNA].customer);
	assert_int_equal(count(d, "state = 'done' AND ended_at > 0"), 1);
	assert_int_equal(d->w.ntasks, 0);
}

static void
a_job_waits_until_it_is_due(void **state)
{
	struct desk *d = *state;
	int64_t now = d->f.scratch.clock.fixed;

	add(d, "done", 1, now + 3600);
	look(&d->w);
	assert_int_equal(seen.done, 0);
	d->f.scratch.clock.fixed = now + 3600;
	tasks_look(&d->w);
	desk_turn_until(&d->w, none_ready, d);
	assert_int_equal(seen.done, 1);
}

static void
hundreds_of_jobs_are_all_done_once(void **state)
{
	struct desk *d = *state;

	add(d, "done", MANY, 0);
	tasks_look(&d->w);
	desk_turn_until(&d->w, none_ready, d);
	assert_int_equal(seen.done, MANY);
	assert_int_equal(count(d, "attempts = 1"), MANY);
}

static void
no_more_than_so_many_are_under_way(void **state)
{
	struct desk *d = *state;

	add(d, "held", MANY, 0);
	tasks_look(&d->w);
	desk_turn_until(&d->w, all_taken, &d->w);
	look(&d->w);
	assert_int_equal(d->w.ntasks, TASKS_MAX);
	assert_int_equal(count(d, "worker = 'first'"), TASKS_MAX);
	/* each that ends makes room for another */
	task_done(d->w.tasks);
	desk_turn_until(&d->w, all_taken, &d->w);
	assert_int_equal(count(d, "attempts = 1"), TASKS_MAX + 1);
}

static void
a_kind_may_want_few_at_once(void **state)
{
	struct desk *d = *state;
	size_t i;

	add(d, "few", 5, 0);
	look(&d->w);
	assert_int_equal(d->w.ntasks, AT_ONCE);
	assert_int_equal(seen.holding, AT_ONCE);
	assert_int_equal(count(d, "worker <> ''"), AT_ONCE);
	for (i = 0; i < 5; i++) {
		task_done(d->w.tasks);
		seen.holding--;
		look(&d->w);
	}
	assert_int_equal(seen.most, AT_ONCE);
	assert_int_equal(count(d, "state = 'done'"), 5);
}

static void
a_flood_of_one_kind_keeps_no_other_waiting(void **state)
{
	struct desk *d = *state;

	add(d, "few", MANY, 1);
	look(&d->w);
	assert_int_equal(d->w.ntasks, AT_ONCE);
	add(d, "done", 1, 0);
	look(&d->w);
	assert_int_equal(seen.done, 1);
	assert_int_equal(d->w.ntasks, AT_ONCE);
}

static void
a_worker_leaves_to_others_what_it_has_no_room_for(void **state)
{
	struct desk *d = *state;
	struct worker second;

	add(d, "few", MANY, 0);
	look(&d->w);
	desk_hire(d, &second, "second");
	look(&second);
	assert_int_equal(count(d, "worker = 'first'"), AT_ONCE);
	assert_int_equal(count(d, "worker = 'second'"), AT_ONCE);
	desk_fire(&second);
}

static void
pauses_grow_until_it_is_given_up(void **state)
{
	/* after attempt n, so many seconds from the first; 1000 are too many */
	static const int64_t due[] = {100, 300, 700};
	struct desk *d = *state;
	int64_t begin = d->f.scratch.clock.fixed;
	char where[80];
	size_t i;

	add(d, "fails", 1, 0);
	for (i = 0; i < sizeof(due) / sizeof(due[0]); i++) {
		look(&d->w);
		snprintf(where, sizeof(where),
		    "state = 'ready' AND due_at = %lld AND worker = ''",
		    (long long)(begin + due[i]));
		assert_int_equal(count(d, where), 1);
		d->f.scratch.clock.fixed = begin + due[i];
	}
	look(&d->w);
	assert_int_equal(count(d, "state = 'failed' AND attempts = 4 AND "
				  "problem = 'it always fails'"),
	    1);
}

static void
a_kind_that_nobody_knows_is_left_to_who_does(void **state)
{
	struct desk *d = *state;

	add(d, "of.tomorrow", 1, 0);
	look(&d->w);
	assert_int_equal(
	    count(d, "state = 'ready' AND worker = '' AND attempts = 0"), 1);
}

static void
a_dead_workers_jobs_are_taken_over(void **state)
{
	struct desk *d = *state;
	struct worker second;

	add(d, "held", 2, 0);
	look(&d->w);
	desk_hire(d, &second, "second");
	look(&second);
	assert_int_equal(second.ntasks, 0);
	d->f.scratch.clock.fixed += LEASE_S;
	look(&second);
	assert_int_equal(second.ntasks, 2);
	assert_int_equal(count(d, "worker = 'second' AND attempts = 2"), 2);
	/* the first one was not dead: it lets go, and ends nothing */
	task_done(d->w.tasks);
	d->w.tasks->keep.fire(d->w.tasks->keep.arg);
	assert_int_equal(d->w.ntasks, 0);
	assert_int_equal(count(d, "state = 'ready' AND worker = 'second'"), 2);
	desk_fire(&second);
}

static void
a_task_that_lives_keeps_its_lease(void **state)
{
	struct desk *d = *state;
	struct worker second;

	add(d, "held", 1, 0);
	look(&d->w);
	d->f.scratch.clock.fixed += LEASE_S - 1;
	d->w.tasks->keep.fire(d->w.tasks->keep.arg);
	d->f.scratch.clock.fixed += LEASE_S - 1;
	desk_hire(d, &second, "second");
	look(&second);
	assert_int_equal(second.ntasks, 0);
	desk_fire(&second);
}

static void
a_task_that_takes_too_long_is_given_back(void **state)
{
	struct desk *d = *state;

	add(d, "held", 1, d->f.scratch.clock.fixed);
	look(&d->w);
	d->w.tasks->limit.fire(d->w.tasks->limit.arg);
	assert_int_equal(d->w.ntasks, 0);
	assert_int_equal(
	    count(d, "worker = '' AND problem = 'it took too long'"), 1);
}

static void
stopping_takes_no_more_then_gives_back_the_rest(void **state)
{
	struct desk *d = *state;

	add(d, "few", 5, 0);
	look(&d->w);
	tasks_stop(&d->w);
	tasks_look(&d->w);
	assert_false(d->w.look.set);
	task_done(d->w.tasks);
	assert_int_equal(d->w.ntasks, AT_ONCE - 1);
	assert_false(d->w.look.set);
	tasks_end(&d->w);
	assert_true(none_taken(&d->w));
	assert_int_equal(count(d, "state = 'ready' AND worker = ''"), 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_job_runs_as_its_customer_and_is_done),
	    TEST(a_job_waits_until_it_is_due),
	    TEST(hundreds_of_jobs_are_all_done_once),
	    TEST(no_more_than_so_many_are_under_way),
	    TEST(a_kind_may_want_few_at_once),
	    TEST(pauses_grow_until_it_is_given_up),
	    TEST(a_flood_of_one_kind_keeps_no_other_waiting),
	    TEST(a_worker_leaves_to_others_what_it_has_no_room_for),
	    TEST(a_kind_that_nobody_knows_is_left_to_who_does),
	    TEST(a_dead_workers_jobs_are_taken_over),
	    TEST(a_task_that_lives_keeps_its_lease),
	    TEST(a_task_that_takes_too_long_is_given_back),
	    TEST(stopping_takes_no_more_then_gives_back_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

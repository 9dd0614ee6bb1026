/*
 * The event loop's timers: how the monitor holds answers back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/loop.h"

struct trace {
	struct loop loop;
	char order[8];
	size_t n;
};

struct mark {
	struct trace *trace;
	struct timer timer;
	char name;
};

static void
note(void *arg)
{
	struct mark *m = arg;

	m->trace->order[m->trace->n++] = m->name;
}

static void
mark_init(struct mark *m, struct trace *t, char name)
{
	*m = (struct mark) {.trace = t, .name = name};
	m->timer.fire = note;
	m->timer.arg = m;
}

static void
timers_fire_in_order_and_not_before_time(void **state)
{
	struct trace t = {.n = 0};
	struct mark a, b, c;
	int64_t start = clock_mono_ms();

	(void)state;
	assert_int_equal(loop_open(&t.loop), ERR_NONE);
	mark_init(&a, &t, 'a');
	mark_init(&b, &t, 'b');
	mark_init(&c, &t, 'c');
	loop_timer_set(&t.loop, &c.timer, 60);
	loop_timer_set(&t.loop, &a.timer, 0);
	loop_timer_set(&t.loop, &b.timer, 30);
	while (t.n < 3)
		assert_int_equal(loop_turn(&t.loop), ERR_NONE);
	assert_memory_equal(t.order, "abc", 3);
	assert_true(clock_mono_ms() - start >= 60);
	assert_null(t.loop.timers);
	loop_close(&t.loop);
}

static void
a_cleared_timer_does_not_fire(void **state)
{
	struct trace t = {.n = 0};
	struct mark a, b;

	(void)state;
	assert_int_equal(loop_open(&t.loop), ERR_NONE);
	mark_init(&a, &t, 'a');
	mark_init(&b, &t, 'b');
	loop_timer_set(&t.loop, &a.timer, 5);
	loop_timer_set(&t.loop, &b.timer, 10);
	loop_timer_clear(&t.loop, &a.timer);
	loop_timer_clear(&t.loop, &a.timer);
	while (t.n < 1)
		assert_int_equal(loop_turn(&t.loop), ERR_NONE);
	assert_int_equal(t.order[0], 'b');
	loop_close(&t.loop);
}

static void
a_timer_set_again_fires_once(void **state)
{
	struct trace t = {.n = 0};
	struct mark a, b;

	(void)state;
	assert_int_equal(loop_open(&t.loop), ERR_NONE);
	mark_init(&a, &t, 'a');
	mark_init(&b, &t, 'b');
	loop_timer_set(&t.loop, &a.timer, 1);
	loop_timer_set(&t.loop, &b.timer, 20);
	loop_timer_set(&t.loop, &a.timer, 40);
	while (t.n < 2)
		assert_int_equal(loop_turn(&t.loop), ERR_NONE);
	assert_memory_equal(t.order, "ba", 2);
	assert_null(t.loop.timers);
	loop_close(&t.loop);
}

struct reader {
	int fd;
	int seen;
};

static void
drain(void *arg, uint32_t events)
{
	struct reader *r = arg;
	char c;

	(void)events;
	r->seen += read(r->fd, &c, 1) == 1;
}

static void
a_busy_descriptor_does_not_starve_timers(void **state)
{
	struct trace t = {.n = 0};
	struct reader r = {0};
	struct watch w = {-1, drain, &r};
	struct mark a;
	int p[2], i;

	(void)state;
	assert_int_equal(loop_open(&t.loop), ERR_NONE);
	assert_int_equal(pipe(p), 0);
	r.fd = w.fd = p[0];
	assert_int_equal(loop_add(&t.loop, &w), ERR_NONE);
	mark_init(&a, &t, 'a');
	loop_timer_set(&t.loop, &a.timer, 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(write(p[1], "x", 1), 1);
	for (i = 0; i < 4; i++)
		assert_int_equal(loop_turn(&t.loop), ERR_NONE);
	assert_int_equal(t.n, 1);
	assert_int_equal(r.seen, 3);
	loop_remove(&t.loop, &w);
	loop_close(&t.loop);
	close(p[0]);
	close(p[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(timers_fire_in_order_and_not_before_time),
	    cmocka_unit_test(a_cleared_timer_does_not_fire),
	    cmocka_unit_test(a_timer_set_again_fires_once),
	    cmocka_unit_test(a_busy_descriptor_does_not_starve_timers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

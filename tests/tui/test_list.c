/* The list widget: what cannot be marked is passed over, but seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tui/list.h"

/* Each row is a letter; capitals can be marked. */
static const char *rows;
static size_t more_rows;

static struct target
row_target(const struct list *l, size_t i)
{
	(void)l;
	if (rows[i] < 'A' || rows[i] > 'Z')
		return (struct target) {TARGET_NONE, 0};
	return (struct target) {TARGET_TEXT, rows[i]};
}

static void
row_draw(struct list *l, size_t i, struct canvas *c, struct area a)
{
	char s[2] = {rows[i]};

	(void)l;
	canvas_text(c, a.y, a.x, a.w, ATTR_PLAIN, s);
}

static bool
row_match(const struct list *l, size_t i, const char *folded)
{
	(void)l;
	return (rows[i] | 0x20) == folded[0];
}

static bool
row_more(struct list *l)
{
	if (l->n + 3 > more_rows)
		return false;
	l->n += 3;
	return true;
}

static const struct list_ops ops = {.target = row_target,
    .draw = row_draw,
    .match = row_match,
    .more = row_more};

static void
start(struct list *l, const char *all, size_t first, size_t shown)
{
	rows = all;
	more_rows = strlen(all);
	list_init(l, &ops);
	l->n = first;
	l->shown = shown;
	list_fit(l);
}

static char
marked(const struct list *l)
{
	return (char)list_target(l).id;
}

static void
marker_passes_over_what_cannot_be_marked(void **state)
{
	struct list l;

	(void)state;
	start(&l, "..A..B.C", 8, 8);
	assert_int_equal(marked(&l), 'A');
	list_act(&l, ACT_DOWN);
	assert_int_equal(marked(&l), 'B');
	list_act(&l, ACT_DOWN);
	list_act(&l, ACT_DOWN);
	assert_int_equal(marked(&l), 'C');
	list_act(&l, ACT_FIRST);
	assert_int_equal(marked(&l), 'A');
	list_act(&l, ACT_LAST);
	assert_int_equal(marked(&l), 'C');
	list_act(&l, ACT_UP);
	assert_int_equal(marked(&l), 'B');
}

static void
what_stands_above_the_first_scrolls_into_view(void **state)
{
	struct canvas c = {0};
	struct list l;

	(void)state;
	assert_int_equal(canvas_resize(&c, 3, 10), ERR_NONE);
	start(&l, ".ABCDEF.", 8, 3);
	list_act(&l, ACT_LAST);
	list_draw(&l, &c, (struct area) {.h = 3, .w = 10});
	assert_int_equal(canvas_at(&c, 2, 3)->ch, '.');
	assert_int_equal(c.cursor_y, 1);
	for (int i = 0; i < 5; i++)
		list_act(&l, ACT_UP);
	canvas_clear(&c);
	list_draw(&l, &c, (struct area) {.h = 3, .w = 10});
	assert_int_equal(canvas_at(&c, 0, 3)->ch, '.');
	assert_int_equal(canvas_at(&c, 1, 1)->ch, '>');
	canvas_release(&c);
}

static void
a_first_mark_below_the_view_is_not_passed_over(void **state)
{
	struct list l;

	(void)state;
	start(&l, ".....ABC", 8, 3);
	list_act(&l, ACT_FIRST);
	assert_int_equal(l.top, 0);
	for (int i = 0; i < 3; i++) {
		list_act(&l, ACT_DOWN);
		assert_int_equal(marked(&l), 'A');
	}
	list_act(&l, ACT_DOWN);
	assert_int_equal(marked(&l), 'B');
}

static void
a_long_tail_below_the_last_mark_can_be_read(void **state)
{
	struct canvas c = {0};
	struct list l;

	(void)state;
	assert_int_equal(canvas_resize(&c, 3, 10), ERR_NONE);
	start(&l, "A......z", 8, 3);
	for (int i = 0; i < 20; i++) {
		list_act(&l, ACT_DOWN);
		list_draw(&l, &c, (struct area) {.h = 3, .w = 10});
	}
	assert_int_equal(canvas_at(&c, 2, 3)->ch, 'z');
	assert_int_equal(marked(&l), 'A');
	for (int i = 0; i < 5; i++) {
		list_act(&l, ACT_UP);
		canvas_clear(&c);
		list_draw(&l, &c, (struct area) {.h = 3, .w = 10});
	}
	assert_int_equal(canvas_at(&c, 0, 1)->ch, '>');
	list_act(&l, ACT_PAGE_DOWN);
	list_act(&l, ACT_PAGE_DOWN);
	list_act(&l, ACT_PAGE_DOWN);
	list_draw(&l, &c, (struct area) {.h = 3, .w = 10});
	assert_int_equal(canvas_at(&c, 2, 3)->ch, 'z');
	list_act(&l, ACT_FIRST);
	canvas_clear(&c);
	list_draw(&l, &c, (struct area) {.h = 3, .w = 10});
	assert_int_equal(canvas_at(&c, 0, 1)->ch, '>');
	canvas_release(&c);
}

static void
nothing_to_mark_scrolls_the_view(void **state)
{
	struct list l;

	(void)state;
	start(&l, "......", 6, 2);
	assert_int_equal(list_target(&l).kind, TARGET_NONE);
	for (int i = 0; i < 10; i++)
		list_act(&l, ACT_DOWN);
	assert_int_equal(l.top, 4);
	list_act(&l, ACT_PAGE_UP);
	assert_int_equal(l.top, 3);
	list_act(&l, ACT_UP);
	assert_int_equal(l.top, 2);
}

static void
reading_on_at_the_end(void **state)
{
	struct list l;

	(void)state;
	start(&l, "ABCDEFGHI", 3, 3);
	for (int i = 0; i < 3; i++)
		list_act(&l, ACT_DOWN);
	assert_int_equal(marked(&l), 'D');
	assert_int_equal(l.n, 6);
	list_act(&l, ACT_LAST);
	assert_int_equal(marked(&l), 'I');
}

static void
finding_reads_on_and_keeps_the_marker_when_it_fails(void **state)
{
	struct list l;

	(void)state;
	start(&l, "ABCDEFGHI", 3, 3);
	assert_true(list_find(&l, "h", false, true));
	assert_int_equal(marked(&l), 'H');
	assert_true(list_find(&l, "b", true, false));
	assert_int_equal(marked(&l), 'B');
	assert_false(list_find(&l, "z", false, false));
	assert_int_equal(marked(&l), 'B');
}

static void
an_empty_list_survives_every_key(void **state)
{
	struct canvas c = {0};
	struct list l;

	(void)state;
	assert_int_equal(canvas_resize(&c, 3, 10), ERR_NONE);
	start(&l, "", 0, 3);
	for (int a = ACT_NONE; a <= ACT_CANCEL; a++)
		list_act(&l, (enum action)a);
	assert_false(list_find(&l, "a", false, true));
	list_draw(&l, &c, (struct area) {.h = 3, .w = 10});
	list_draw(&l, &c, (struct area) {.h = 0, .w = 0});
	assert_int_equal(list_target(&l).kind, TARGET_NONE);
	canvas_release(&c);
}

static void
shrinking_keeps_the_marker_inside(void **state)
{
	struct list l;

	(void)state;
	start(&l, "ABCDEFGHI", 9, 3);
	list_act(&l, ACT_LAST);
	l.n = 2;
	list_fit(&l);
	assert_int_equal(marked(&l), 'B');
	assert_int_equal(l.top, 0);
}

static void
keys_before_the_first_draw_do_not_scroll(void **state)
{
	struct canvas c = {0};
	struct list l;

	(void)state;
	start(&l, "ABCDEFGHI", 9, 1);
	list_act(&l, ACT_DOWN);
	list_act(&l, ACT_DOWN);
	assert_int_equal(canvas_resize(&c, 6, 20), ERR_NONE);
	list_draw(&l, &c, (struct area) {.h = 6, .w = 20});
	assert_int_equal(marked(&l), 'C');
	assert_int_equal(l.top, 0);
	canvas_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(marker_passes_over_what_cannot_be_marked),
	    cmocka_unit_test(what_stands_above_the_first_scrolls_into_view),
	    cmocka_unit_test(a_first_mark_below_the_view_is_not_passed_over),
	    cmocka_unit_test(a_long_tail_below_the_last_mark_can_be_read),
	    cmocka_unit_test(nothing_to_mark_scrolls_the_view),
	    cmocka_unit_test(reading_on_at_the_end),
	    cmocka_unit_test(
		finding_reads_on_and_keeps_the_marker_when_it_fails),
	    cmocka_unit_test(an_empty_list_survives_every_key),
	    cmocka_unit_test(keys_before_the_first_draw_do_not_scroll),
	    cmocka_unit_test(shrinking_keeps_the_marker_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Cells: what is drawn where, and what never is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/canvas.h"

static int
setup(void **state)
{
	static struct canvas c;

	assert_int_equal(canvas_resize(&c, 3, 10), ERR_NONE);
	*state = &c;
	return 0;
}

static int
teardown(void **state)
{
	canvas_release(*state);
	return 0;
}

static void
shows(const struct canvas *c, const char *want)
{
	struct buf out;

	buf_init(&out, 4096);
	canvas_dump(c, &out);
	assert_string_equal(buf_str(&out), want);
	buf_release(&out);
}

static void
text_is_cut_at_its_width_and_at_the_edge(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(canvas_text(c, 0, 2, 3, ATTR_PLAIN, "abcdef"), 3);
	assert_int_equal(canvas_text(c, 1, 8, 9, ATTR_PLAIN, "abcdef"), 2);
	assert_int_equal(canvas_text(c, 7, 0, 9, ATTR_PLAIN, "no row"), 0);
	assert_int_equal(canvas_text(c, -1, 0, 9, ATTR_PLAIN, "no row"), 0);
	shows(c, "  abc\n        ab\n\ncursor 1,1\n");
}

static void
wide_characters_take_two_columns_or_none(void **state)
{
	struct canvas *c = *state;

	canvas_text(c, 0, 0, 10, ATTR_PLAIN, "\344\270\255\346\226\207x");
	assert_int_equal(canvas_at(c, 0, 1)->ch, 0);
	assert_int_equal(canvas_at(c, 0, 4)->ch, 'x');
	assert_int_equal(
	    canvas_text(c, 1, 9, 5, ATTR_PLAIN, "\344\270\255"), 0);
	/* Overwriting one half takes the other with it. */
	canvas_text(c, 0, 1, 1, ATTR_PLAIN, "a");
	assert_int_equal(canvas_at(c, 0, 0)->ch, ' ');
	shows(c, " a\346\226\207x\n\n\ncursor 1,1\n");
}

static void
combining_marks_stay_with_their_letter(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(canvas_text(c, 0, 0, 10, ATTR_PLAIN, "e\314\201x"), 2);
	assert_int_equal(canvas_at(c, 0, 0)->marks[0], 0x301);
	assert_int_equal(canvas_at(c, 0, 1)->ch, 'x');
}

static void
what_harms_a_terminal_is_never_in_a_cell(void **state)
{
	struct canvas *c = *state;

	canvas_text(c, 0, 0, 10, ATTR_PLAIN,
	    "a\033[2Jb\r\n\302\233c\342\200\256d\342\200\213e\177");
	for (int x = 0; x < c->cols; x++) {
		uint32_t ch = canvas_at(c, 0, x)->ch;

		assert_true(ch >= 0x20 && ch < 0x7f);
	}
}

static void
bad_utf8_is_one_mark_a_byte(void **state)
{
	struct canvas *c = *state;

	canvas_text(c, 0, 0, 10, ATTR_PLAIN, "a\377b");
	assert_int_equal(canvas_at(c, 0, 0)->ch, 'a');
	assert_int_equal(canvas_at(c, 0, 2)->ch, 'b');
}

static void
attributes_and_cursor_are_told(void **state)
{
	struct canvas *c = *state;

	canvas_text(c, 0, 1, 4, ATTR_BOLD, "bold");
	canvas_text(c, 1, 0, 4, ATTR_PLAIN, "turn");
	canvas_attr(c, 1, 2, 2, ATTR_REVERSE);
	canvas_right(c, 2, 0, 10, ATTR_PLAIN, "right");
	canvas_cursor(c, 99, 4);
	shows(c, " bold\nturn\n     right\ncursor 3,5\nbold 1,2-5\n"
		 "reverse 2,3-4\n");
}

static void
sizes_are_held_to_bounds(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(canvas_resize(c, 100000, -5), ERR_NONE);
	assert_int_equal(c->rows, CANVAS_ROWS_MAX);
	assert_int_equal(c->cols, 1);
}

int
main(void)
{
#define WITH_CANVAS(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    WITH_CANVAS(text_is_cut_at_its_width_and_at_the_edge),
	    WITH_CANVAS(wide_characters_take_two_columns_or_none),
	    WITH_CANVAS(combining_marks_stay_with_their_letter),
	    WITH_CANVAS(what_harms_a_terminal_is_never_in_a_cell),
	    WITH_CANVAS(bad_utf8_is_one_mark_a_byte),
	    WITH_CANVAS(attributes_and_cursor_are_told),
	    WITH_CANVAS(sizes_are_held_to_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

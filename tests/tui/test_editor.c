/* Typed text: the one-line field and the editor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tui/editor.h"
#include "tui/field.h"
#include "tui/utf8.h"

static void
type_field(struct field *f, const char *s)
{
	size_t left = strlen(s), n;
	uint32_t code;

	for (; left > 0; s += n, left -= n) {
		n = utf8_get(s, left, &code);
		assert_true(n > 0);
		field_key(f, &(struct key) {.code = code}, NULL);
	}
}

static void
press(struct field *f, uint32_t code)
{
	field_key(f, &(struct key) {.code = code}, NULL);
}

static void
field_takes_whole_characters_and_deletes_whole_ones(void **state)
{
	char text[64] = "";
	struct field f;

	(void)state;
	field_init(&f, text, sizeof(text));
	type_field(&f, "ae\314\201\344\270\255z");
	assert_string_equal(text, "ae\314\201\344\270\255z");
	press(&f, K_BACKSPACE);
	press(&f, K_BACKSPACE);
	assert_string_equal(text, "ae\314\201");
	press(&f, K_BACKSPACE); /* with its mark */
	assert_string_equal(text, "a");
}

static void
field_deletes_whole_characters_far_from_the_start(void **state)
{
	char text[1024] = "", want[1024] = "";
	struct field f;

	(void)state;
	field_init(&f, text, sizeof(text));
	for (int i = 0; i < 100; i++) {
		type_field(&f, "e\314\201\344\270\255");
		strcat(want, "e\314\201\344\270\255");
	}
	assert_string_equal(text, want);
	for (int i = 0; i < 100; i++) {
		press(&f, K_BACKSPACE);
		want[strlen(want) - 3] = '\0';
		assert_string_equal(text, want);
		press(&f, K_BACKSPACE);
		want[strlen(want) - 3] = '\0';
		assert_string_equal(text, want);
	}
}

static void
field_edits_in_the_middle(void **state)
{
	char text[64] = "ac";
	struct field f;

	(void)state;
	field_init(&f, text, sizeof(text));
	press(&f, K_LEFT);
	type_field(&f, "b");
	assert_string_equal(text, "abc");
	press(&f, K_DELETE);
	assert_string_equal(text, "ab");
	press(&f, K_HOME);
	press(&f, K_DELETE);
	assert_string_equal(text, "b");
	press(&f, K_END);
	press(&f, K_CTRL_U);
	assert_string_equal(text, "");
}

static void
field_never_overflows_and_says_it_is_full(void **state)
{
	char text[8] = "";
	struct field f;
	bool full = false;

	(void)state;
	field_init(&f, text, 6);
	text[6] = text[7] = 'X';
	for (int i = 0; i < 20; i++)
		field_key(&f, &(struct key) {.code = 0xe9}, &full);
	assert_true(full);
	assert_string_equal(text, "\303\251\303\251");
	assert_int_equal(text[6], 'X');
}

static void
field_refuses_what_harms(void **state)
{
	static const uint32_t harmful[] = {
	    0x202e, 0x200b, 0x2066, 0xfeff, 0x9b, 0xfffe, 0x7f};
	char text[64] = "";
	struct field f;

	(void)state;
	field_init(&f, text, sizeof(text));
	for (size_t i = 0; i < sizeof(harmful) / sizeof(harmful[0]); i++)
		press(&f, harmful[i]);
	assert_string_equal(text, "");
}

static void
field_scrolls_to_its_cursor(void **state)
{
	char text[64] = "abcdefghij";
	struct canvas c = {0};
	struct field f;

	(void)state;
	assert_int_equal(canvas_resize(&c, 1, 12), ERR_NONE);
	field_init(&f, text, sizeof(text));
	assert_true(field_draw(&f, &c, 0, 2, 5, '_', false) < 2 + 5);
	assert_int_equal(canvas_at(&c, 0, 2)->ch, 'g');
	field_draw(&f, &c, 0, 2, 5, '_', true);
	assert_int_equal(canvas_at(&c, 0, 2)->ch, '*');
	canvas_release(&c);
}

static void
type(struct editor *e, uint32_t code)
{
	editor_key(e, &(struct key) {.code = code}, NULL);
}

static void
type_all(struct editor *e, const char *s)
{
	for (; *s != '\0'; s++)
		type(e, *s == '\n' ? (uint32_t)K_ENTER
				   : (uint32_t)(unsigned char)*s);
}

static void
line_wraps_after_a_blank(void **state)
{
	(void)state;
	assert_int_equal(editor_line("one two three", 8), 8);
	assert_int_equal(editor_line("one\ntwo", 8), 4);
	assert_int_equal(editor_line("abcdefghij", 4), 4);
	assert_int_equal(editor_line("one     two", 4), 8);
	assert_int_equal(editor_line("\344\270\255\344\270\255", 3), 3);
	assert_int_equal(editor_line("", 4), 0);
}

static void
editor_moves_by_shown_lines(void **state)
{
	char text[256] = "";
	struct editor e;

	(void)state;
	editor_init(&e, text, sizeof(text));
	e.width = 8;
	type_all(&e, "one two three\nx");
	type(&e, K_UP);
	type(&e, K_UP); /* the first wrapped line */
	type(&e, '!');
	assert_string_equal(text, "o!ne two three\nx");
	assert_false(editor_key(&e, &(struct key) {.code = K_UP}, NULL));
	type(&e, K_DOWN);
	type(&e, K_HOME);
	type(&e, '>');
	assert_string_equal(text, "o!ne two >three\nx");
	type(&e, K_DOWN);
	type(&e, K_END);
	type(&e, '.');
	assert_string_equal(text, "o!ne two >three\nx.");
	assert_false(editor_key(&e, &(struct key) {.code = K_DOWN}, NULL));
}

static void
editor_goes_to_the_empty_line_at_the_end(void **state)
{
	char text[64] = "";
	struct canvas c = {0};
	struct editor e;

	(void)state;
	assert_int_equal(canvas_resize(&c, 4, 20), ERR_NONE);
	editor_init(&e, text, sizeof(text));
	type_all(&e, "a\n");
	editor_draw(&e, &c, (struct area) {.h = 4, .w = 20});
	assert_int_equal(c.cursor_y, 1);
	assert_int_equal(c.cursor_x, 0);
	type(&e, K_UP);
	type(&e, K_DOWN);
	type(&e, 'b');
	assert_string_equal(text, "a\nb");
	canvas_release(&c);
}

static void
editor_joins_lines_when_the_newline_is_deleted(void **state)
{
	char text[64] = "a\nb";
	struct editor e;

	(void)state;
	editor_init(&e, text, sizeof(text));
	type(&e, K_LEFT);
	type(&e, K_BACKSPACE);
	assert_string_equal(text, "ab");
	type_all(&e, "\n");
	type(&e, K_LEFT);
	type(&e, K_DELETE);
	assert_string_equal(text, "ab");
}

static void
editor_scrolls_to_its_cursor(void **state)
{
	char text[64] = "";
	struct canvas c = {0};
	struct editor e;

	(void)state;
	assert_int_equal(canvas_resize(&c, 3, 20), ERR_NONE);
	editor_init(&e, text, sizeof(text));
	type_all(&e, "1\n2\n3\n4\n5");
	editor_draw(&e, &c, (struct area) {.h = 3, .w = 20});
	assert_int_equal(canvas_at(&c, 0, 0)->ch, '3');
	assert_int_equal(c.cursor_y, 2);
	canvas_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		field_takes_whole_characters_and_deletes_whole_ones),
	    cmocka_unit_test(field_deletes_whole_characters_far_from_the_start),
	    cmocka_unit_test(field_edits_in_the_middle),
	    cmocka_unit_test(field_never_overflows_and_says_it_is_full),
	    cmocka_unit_test(field_refuses_what_harms),
	    cmocka_unit_test(field_scrolls_to_its_cursor),
	    cmocka_unit_test(line_wraps_after_a_blank),
	    cmocka_unit_test(editor_moves_by_shown_lines),
	    cmocka_unit_test(editor_goes_to_the_empty_line_at_the_end),
	    cmocka_unit_test(editor_joins_lines_when_the_newline_is_deleted),
	    cmocka_unit_test(editor_scrolls_to_its_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

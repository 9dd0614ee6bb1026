/* Bytes become keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tui/input.h"

static struct input in;

static int
setup(void **state)
{
	(void)state;
	memset(&in, 0, sizeof(in));
	return 0;
}

static void
feed(const char *bytes)
{
	assert_int_equal(input_feed(&in, bytes, strlen(bytes)), strlen(bytes));
}

static void
gives(uint32_t code)
{
	struct key key = {0};

	assert_true(input_next(&in, false, &key));
	assert_int_equal(key.code, code);
}

static void
gives_nothing(void)
{
	struct key key;

	assert_false(input_next(&in, false, &key));
}

static void
arrows_come_in_both_cursor_modes(void **state)
{
	(void)state;
	feed("\033[A\033OB\033[1;5C\033OD");
	gives(K_UP);
	gives(K_DOWN);
	gives(K_RIGHT);
	gives(K_LEFT);
	gives_nothing();
	assert_false(input_waiting(&in));
}

static void
paging_keys_of_vt220_and_linux(void **state)
{
	(void)state;
	feed("\033[5~\033[6~\033[1~\033[4~\033[3~\033[Z\033[H\033[F");
	gives(K_PGUP);
	gives(K_PGDN);
	gives(K_HOME);
	gives(K_END);
	gives(K_DELETE);
	gives(K_BACKTAB);
	gives(K_HOME);
	gives(K_END);
}

static void
a_sequence_may_arrive_byte_by_byte(void **state)
{
	(void)state;
	feed("\033");
	gives_nothing();
	assert_true(input_waiting(&in));
	feed("[");
	gives_nothing();
	feed("5");
	gives_nothing();
	feed("~");
	gives(K_PGUP);
}

static void
a_lone_escape_is_one_after_the_wait(void **state)
{
	struct key key;

	(void)state;
	feed("\033");
	gives_nothing();
	assert_true(input_next(&in, true, &key));
	assert_int_equal(key.code, K_ESC);
	assert_false(input_waiting(&in));
}

static void
an_unknown_sequence_is_never_typed_text(void **state)
{
	(void)state;
	feed("\033[15;2~\033[?62;1c\033[[Bx");
	gives('x');
	gives_nothing();
}

static void
a_terminals_answer_is_never_typed_text(void **state)
{
	(void)state;
	feed("\033]11;rgb:0000/0000/0000\007a\033P1+r\033\\b");
	gives('a');
	gives('b');
	gives_nothing();
}

static void
an_endless_sequence_does_not_fill_the_buffer(void **state)
{
	char flood[INPUT_SIZE];
	struct key key;

	(void)state;
	memset(flood, '1', sizeof(flood));
	memcpy(flood, "\033]", 2);
	assert_int_equal(input_feed(&in, flood, sizeof(flood)), sizeof(flood));
	assert_false(input_next(&in, false, &key));
	feed("x");
	gives('x');
}

static void
utf8_is_whole_or_waits(void **state)
{
	(void)state;
	feed("\303");
	gives_nothing();
	assert_true(input_waiting(&in));
	feed("\251");
	gives(0xe9);
	feed("\377\300\257\355\240\200z"); /* bad, overlong, surrogate */
	gives('z');
}

static void
c1_controls_are_dropped(void **state)
{
	(void)state;
	feed("\302\233Aq");
	gives('A');
	gives('q');
}

static void
enter_and_backspace_are_one_key_each(void **state)
{
	(void)state;
	feed("\r\n\b\177\003");
	gives(K_ENTER);
	gives(K_ENTER);
	gives(K_BACKSPACE);
	gives(K_BACKSPACE);
	gives(K_ESC); /* ^C */
}

static void
pasted_keys_say_so_and_escapes_in_them_are_lost(void **state)
{
	struct key key;

	(void)state;
	feed("\033[200~a\033[A\r\033[201~b");
	assert_true(input_next(&in, false, &key));
	assert_int_equal(key.code, 'a');
	assert_true(key.pasted);
	assert_true(input_next(&in, false, &key));
	assert_int_equal(key.code, K_ENTER);
	assert_true(key.pasted);
	assert_true(input_next(&in, false, &key));
	assert_int_equal(key.code, 'b');
	assert_false(key.pasted);
}

int
main(void)
{
#define WITH_INPUT(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
	    WITH_INPUT(arrows_come_in_both_cursor_modes),
	    WITH_INPUT(paging_keys_of_vt220_and_linux),
	    WITH_INPUT(a_sequence_may_arrive_byte_by_byte),
	    WITH_INPUT(a_lone_escape_is_one_after_the_wait),
	    WITH_INPUT(an_unknown_sequence_is_never_typed_text),
	    WITH_INPUT(a_terminals_answer_is_never_typed_text),
	    WITH_INPUT(an_endless_sequence_does_not_fill_the_buffer),
	    WITH_INPUT(utf8_is_whole_or_waits),
	    WITH_INPUT(c1_controls_are_dropped),
	    WITH_INPUT(enter_and_backspace_are_one_key_each),
	    WITH_INPUT(pasted_keys_say_so_and_escapes_in_them_are_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What ncurses writes, as the terminal gets it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tui/term_sgr.h"

enum { OUT_MAX = 1 << 16 };

static void
assert_becomes(struct sgr *s, const char *from, const char *to)
{
	struct buf out;

	buf_init(&out, OUT_MAX);
	sgr_translate(s, &out, (const unsigned char *)from, strlen(from));
	assert_int_equal(out.err, 0);
	assert_string_equal(buf_str(&out), to);
	buf_release(&out);
}

static void
underlining_becomes_white_on_black(void **state)
{
	struct sgr s = {0};

	(void)state;
	assert_becomes(&s, "\033[4mQR\033[m", "\033[37;40mQR\033[m");
	assert_becomes(&s, "\033[0;4mQR\033[0m", "\033[0;37;40mQR\033[0m");
	assert_becomes(
	    &s, "\033[0;10;4;7m \033[0;10m", "\033[0;10;37;40;7m \033[0;10m");
}

static void
blinking_becomes_a_link_that_ends(void **state)
{
	struct sgr s = {.url = "https://pay.example/P/X"};

	(void)state;
	assert_becomes(&s, "a\033[0;5mlink\033[0m b",
	    "a\033[0m\033]8;id=pay;https://pay.example/P/X\033\\link"
	    "\033]8;;\033\\\033[0m b");
	/* at the end of a painting at the latest */
	assert_becomes(&s, "\033[5mlink",
	    "\033]8;id=pay;https://pay.example/P/X\033\\link\033]8;;\033\\");
	s.url = NULL;
	assert_becomes(&s, "\033[5mlink\033[m", "link\033[m");
}

static void
everything_else_passes_as_it_is(void **state)
{
	static const char *const same[] = {"plain", "\033[H\033[2J",
	    "\033[1;4H", "\033[4;5r", "\033[14m\033[45;54m", "\033[4", "\033[",
	    "\033", "\033[0;1;7mBold\033[m", "\033]8;;\033\\", "\033[?4h"};
	struct sgr s = {.url = "https://pay.example/"};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_becomes(&s, same[i], same[i]);
}

static void
the_character_set_is_chosen_once(void **state)
{
	struct sgr s = {0};

	(void)state;
	assert_becomes(
	    &s, "a\033(B\033[mb\033(B\033[mc\033(B", "a\033(B\033[mb\033[mc");
	assert_becomes(&s, "\033(B\033[md", "\033[md");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(underlining_becomes_white_on_black),
	    cmocka_unit_test(blinking_becomes_a_link_that_ends),
	    cmocka_unit_test(everything_else_passes_as_it_is),
	    cmocka_unit_test(the_character_set_is_chosen_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

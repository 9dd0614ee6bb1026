/* A command string becomes words as in a shell, without a shell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "sshd/cmd/words.h"

/* want: the words with | between. */
static void
assert_words(const char *line, const char *want)
{
	char got[WORDS_BYTES] = "";
	struct words w;
	size_t i;

	assert_int_equal(words_split(&w, line), ERR_NONE);
	for (i = 0; i < w.n; i++) {
		if (i > 0)
			strcat(got, "|");
		strcat(got, w.v[i]);
	}
	assert_string_equal(got, want);
	assert_null(w.v[w.n]);
}

static void
blanks_part_words(void **state)
{
	(void)state;
	assert_words("", "");
	assert_words("  \t ", "");
	assert_words("invoices", "invoices");
	assert_words("  invoice   INV-1\t--json\n", "invoice|INV-1|--json");
}

static void
quotes_and_backslashes_keep_words_together(void **state)
{
	(void)state;
	assert_words("a 'b c' d", "a|b c|d");
	assert_words("a \"b c\" d", "a|b c|d");
	assert_words("a\\ b", "a b");
	assert_words("'it'\\''s'", "it's");
	assert_words("\"say \\\"hi\\\"\"", "say \"hi\"");
	assert_words("'\\'", "\\");
	assert_words("\"\\n\"", "\\n");
	assert_words("'' x", "|x");
}

static void
nothing_is_expanded(void **state)
{
	(void)state;
	assert_words("$HOME `id` $(id) * ~ ; | > &", "$HOME|`id`|$(id)|*|~|;|"
						     "||>|&");
}

static void
an_open_quote_is_refused(void **state)
{
	struct words w;

	(void)state;
	assert_int_equal(words_split(&w, "a 'b"), ERR_BAD_INPUT);
	assert_int_equal(words_split(&w, "a \"b"), ERR_BAD_INPUT);
	assert_int_equal(words_split(&w, "a \"b\\\""), ERR_BAD_INPUT);
}

static void
too_much_is_refused(void **state)
{
	char line[2 * WORDS_BYTES];
	struct words w;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[WORDS_BYTES] = '\0';
	assert_int_equal(words_split(&w, line), ERR_TOO_BIG);
	line[WORDS_BYTES - 1] = '\0';
	assert_int_equal(words_split(&w, line), ERR_NONE);
	for (size_t i = 0; i < 2 * WORDS_MAX; i++)
		memcpy(line + 2 * i, "x ", 2);
	line[4 * WORDS_MAX] = '\0';
	assert_int_equal(words_split(&w, line), ERR_TOO_BIG);
	line[2 * WORDS_MAX] = '\0';
	assert_int_equal(words_split(&w, line), ERR_NONE);
	assert_int_equal(w.n, WORDS_MAX);
}

/* What comes back in an error message cannot move a cursor. */
static void
words_come_out_clean(void **state)
{
	struct words w;

	(void)state;
	assert_int_equal(words_split(&w, "a\033[2J \xe2\x80\xae\xff\xc2\x9b"
					 "b"),
	    ERR_NONE);
	for (size_t i = 0; i < w.n; i++)
		assert_true(text_is_clean(w.v[i], TEXT_LINE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(blanks_part_words),
	    cmocka_unit_test(quotes_and_backslashes_keep_words_together),
	    cmocka_unit_test(nothing_is_expanded),
	    cmocka_unit_test(an_open_quote_is_refused),
	    cmocka_unit_test(too_much_is_refused),
	    cmocka_unit_test(words_come_out_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

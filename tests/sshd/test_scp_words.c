/*
 * "scp -f": the command line taken apart, and wildcards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sshd/files/glob.h"

/* words: separated by '|'. */
static void
split_is(const char *line, const char *words)
{
	struct glob_words w;
	char joined[512] = "";

	assert_int_equal(glob_split(&w, line), ERR_NONE);
	for (size_t i = 0; i < w.n; i++) {
		strcat(joined, i > 0 ? "|" : "");
		strcat(joined, w.word[i]);
	}
	assert_string_equal(joined, words);
	glob_words_release(&w);
}

static void
split_unquotes_as_a_shell_would(void **state)
{
	(void)state;
	split_is("scp -f a.pdf", "scp|-f|a.pdf");
	split_is("  scp \t -f   a  ", "scp|-f|a");
	split_is("'a b'", "a b");
	split_is("\"a b\"c'd e'", "a bcd e");
	split_is("a\\ b", "a b");
	split_is("''", "");
	split_is("a '' b", "a||b");
	split_is("'a\\b'", "a\\\\b");
	split_is("\"a\\\"b\\$c\\d\"", "a\"b$c\\\\d");
	split_is("", "");
	split_is(" ", "");
}

static void
split_tells_quoted_wildcards_from_others(void **state)
{
	(void)state;
	split_is("*.pdf", "*.pdf");
	split_is("'*.pdf'", "\\*.pdf");
	split_is("\\*.pdf", "\\*.pdf");
	split_is("\"[a]?\"*", "\\[a\\]\\?*");
}

static void
split_knows_no_other_shell_magic(void **state)
{
	(void)state;
	split_is(
	    "scp -f a;reboot $HOME `id` >x", "scp|-f|a;reboot|$HOME|`id`|>x");
}

static void
split_refuses_what_stays_open(void **state)
{
	static const char *const lines[] = {
	    "'a", "\"a", "a\\", "a \"b\\\"", "x 'y' '"};
	struct glob_words w;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(glob_split(&w, lines[i]), ERR_BAD_INPUT);
}

static void
split_is_bounded(void **state)
{
	struct glob_words w;
	char *line = malloc(GLOB_TEXT + 2);

	(void)state;
	assert_non_null(line);
	for (size_t i = 0; i < GLOB_TEXT; i++)
		line[i] = i % 2 ? ' ' : 'a';
	line[2 * GLOB_WORDS] = '\0';
	assert_int_equal(glob_split(&w, line), ERR_NONE);
	assert_int_equal(w.n, GLOB_WORDS);
	glob_words_release(&w);
	line[2 * GLOB_WORDS] = 'a';
	line[2 * GLOB_WORDS + 1] = '\0';
	assert_int_equal(glob_split(&w, line), ERR_TOO_BIG);
	memset(line, '\'', GLOB_TEXT + 1);
	line[GLOB_TEXT + 1] = '\0';
	assert_int_equal(glob_split(&w, line), ERR_TOO_BIG);
	free(line);
}

static void
literal_drops_the_escapes(void **state)
{
	char dst[32];

	(void)state;
	glob_literal(dst, "a\\*b\\\\c");
	assert_string_equal(dst, "a*b\\c");
	assert_false(glob_is_pattern("a\\*b\\[\\?"));
	assert_true(glob_is_pattern("a\\\\*"));
	assert_true(glob_is_pattern("a?"));
	assert_true(glob_is_pattern("[a]"));
}

static void
wildcards_match(void **state)
{
	static const struct {
		const char *pattern, *name;
	} yes[] = {{"*", "a"}, {"*", ""}, {"*.pdf", "INV-1.pdf"},
	    {"INV-?.pdf", "INV-1.pdf"}, {"INV-[0-9].pdf", "INV-1.pdf"},
	    {"INV-[!2-9].pdf", "INV-1.pdf"}, {"INV-[^2].pdf", "INV-1.pdf"},
	    {"*-*-*", "a-b-c"}, {"a*b*c", "aXbYbZc"}, {"[]]", "]"},
	    {"[!]]", "a"}, {"[a-]", "-"}, {"\\*", "*"}, {"\\a", "a"},
	    {"[", "["}, {"[a", "[a"}, {"a[", "a["}, {"[\\]]", "]"},
	    {"?", "\xc3\xbc"}, {"**", "abc"}, {"a\\", "a\\"}};
	static const struct {
		const char *pattern, *name;
	} no[] = {{"", "a"}, {"a", ""}, {"?", ""}, {"*.pdf", "a.pd"},
	    {"INV-[2-9].pdf", "INV-1.pdf"}, {"\\*", "a"}, {"[!a]", "a"},
	    {"[a]", "b"}, {"[a", "a"}, {"a*b", "a"}, {"*a", "ab"}, {"[!a]", ""},
	    {"[a]*", "ba"}, {"??", "\xc3\xbc"}};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (!glob_match(yes[i].pattern, yes[i].name))
			fail_msg(
			    "%s should match %s", yes[i].pattern, yes[i].name);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (glob_match(no[i].pattern, no[i].name))
			fail_msg("%s should not match %s", no[i].pattern,
			    no[i].name);
}

/* A matcher that tries everything would need centuries. */
static void
wildcards_cannot_be_made_slow(void **state)
{
	char pattern[255], name[255];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(pattern); i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[sizeof(pattern) - 2] = 'b';
	pattern[sizeof(pattern) - 1] = '\0';
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_false(glob_match(pattern, name));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(split_unquotes_as_a_shell_would),
	    cmocka_unit_test(split_tells_quoted_wildcards_from_others),
	    cmocka_unit_test(split_knows_no_other_shell_magic),
	    cmocka_unit_test(split_refuses_what_stays_open),
	    cmocka_unit_test(split_is_bounded),
	    cmocka_unit_test(literal_drops_the_escapes),
	    cmocka_unit_test(wildcards_match),
	    cmocka_unit_test(wildcards_cannot_be_made_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

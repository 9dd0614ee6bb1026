/* Cleaning, widths, cutting, wrapping, folding. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/text_table.h"

static void
check_clean_n(
    const char *src, size_t n, const char *want, enum text_flags flags)
{
	/* On the heap without a terminator, so that ASan sees one too far. */
	char *copy = malloc(n + (n == 0)), got[256];

	assert_non_null(copy);
	memcpy(copy, src, n);
	assert_int_equal(
	    text_clean(got, sizeof(got), copy, n, flags), ERR_NONE);
	assert_string_equal(got, want);
	assert_true(text_is_clean(got, flags));
	free(copy);
}

static void
check_clean(const char *src, const char *want)
{
	check_clean_n(src, strlen(src), want, TEXT_LINE);
	assert_int_equal(text_is_clean(src, TEXT_LINE), strcmp(src, want) == 0);
}

static void
clean_keeps_ordinary_text_of_any_script(void **state)
{
	static const char *const good[] = {"", "Jürgen Müller-Lüdenscheidt",
	    "Łukasz Żółć", "שלום עולם", "مرحبا بالعالم", "顧客ポータル",
	    "हिन्दी", "ภาษาไทย", "Đặng Thị Hồng", "€ 12,50 — ok", "😀🎉"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		check_clean(good[i], good[i]);
}

static void
clean_drops_terminal_controls(void **state)
{
	(void)state;
	check_clean("a\x1b[31mb", "a[31mb");
	check_clean("a\x1b]0;title\x07"
		    "b",
	    "a]0;titleb");
	check_clean("a\x7f\x08"
		    "b",
	    "ab");
	/* C1 as UTF-8 (CSI, OSC, NEL) and as bare bytes. */
	check_clean("a\xc2\x9b"
		    "31mb\xc2\x9d\xc2\x85",
	    "a31mb");
	check_clean("a\x9b"
		    "31m",
	    "a\xef\xbf\xbd"
	    "31m");
	check_clean_n("a\0b", 3, "ab", TEXT_LINE);
}

static void
clean_drops_every_bidi_control(void **state)
{
	static const uint32_t codes[] = {0x61c, 0x200e, 0x200f, 0x202a, 0x202b,
	    0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069};
	char s[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i] < 0x800)
			snprintf(s, sizeof(s), "a%c%cb",
			    (int)(0xc0 | codes[i] >> 6),
			    (int)(0x80 | (codes[i] & 0x3f)));
		else
			snprintf(s, sizeof(s), "a%c%c%cb",
			    (int)(0xe0 | codes[i] >> 12),
			    (int)(0x80 | (codes[i] >> 6 & 0x3f)),
			    (int)(0x80 | (codes[i] & 0x3f)));
		check_clean(s, "ab");
	}
}

static void
clean_drops_what_cannot_be_seen(void **state)
{
	(void)state;
	check_clean("a\u200b\u200c\u200d\u2060\ufeffb", "ab");
	check_clean("a\u00ad\u180e\u034f\u3164b", "ab");
	check_clean("a\ufe0f\U000e0100b", "ab");
	check_clean("a\U000e0041\U000e007fb", "ab");
	check_clean("a\u2028\u2029b", "ab");
	check_clean("a\ufdd0\uffff\U0001fffe\U0010ffffb", "ab");
	check_clean("a\xed\xa0\x80\xed\xbf\xbf"
		    "b",
	    "ab");
}

static void
clean_replaces_each_bad_byte(void **state)
{
	(void)state;
	check_clean("\xff", "\ufffd");
	check_clean("a\x80"
		    "b",
	    "a\ufffdb");
	check_clean("\xc0\xaf", "\ufffd\ufffd");
	check_clean("\xc1\x81", "\ufffd\ufffd");
	check_clean("\xe0\x80\xaf", "\ufffd\ufffd\ufffd");
	check_clean("\xf0\x80\x80\xaf", "\ufffd\ufffd\ufffd\ufffd");
	check_clean("\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd");
	check_clean("\xf8\x88\x80\x80\x80", "\ufffd\ufffd\ufffd\ufffd\ufffd");
	check_clean("\xe2\x82", "\ufffd\ufffd");
	check_clean("\xe2\x82z", "\ufffd\ufffdz");
	check_clean("\xf0\x9f\x98", "\ufffd\ufffd\ufffd");
}

static void
clean_line_has_no_line_breaks(void **state)
{
	(void)state;
	check_clean("a\nb\tc\r\nd", "a b c d");
	check_clean("a\rb", "ab");
}

static void
clean_lines_keeps_newlines_only(void **state)
{
	(void)state;
	check_clean_n("a\r\n\tb\n", 6, "a\n b\n", TEXT_LINES);
	assert_true(text_is_clean("a\nb", TEXT_LINES));
	assert_false(text_is_clean("a\r\nb", TEXT_LINES));
	assert_false(text_is_clean("a\nb", TEXT_LINE));
}

static void
clean_limits_marks_on_a_base(void **state)
{
	(void)state;
	check_clean("a\u0301\u0301\u0301\u0301b", "a\u0301\u0301\u0301\u0301b");
	check_clean("a\u0301\u0302\u0303\u0304\u0305\u0306b\u0301",
	    "a\u0301\u0302\u0303\u0304b\u0301");
	/* A mark without a base would land on a frame's border. */
	check_clean("\u0301a", "a");
	check_clean_n("a\n\u0301b", 5, "a\nb", TEXT_LINES);
	/* Dropping must not give a base new room. */
	check_clean("a\u0301\u0301\u0301\u0301\u200d\u0301",
	    "a\u0301\u0301\u0301\u0301");
}

static void
clean_that_does_not_fit_keeps_whole_characters(void **state)
{
	char got[6];

	(void)state;
	assert_int_equal(
	    text_clean(got, 6, "abcdef", 6, TEXT_LINE), ERR_TOO_BIG);
	assert_string_equal(got, "abcde");
	assert_int_equal(
	    text_clean(got, 6, "abc\u20ac", 6, TEXT_LINE), ERR_TOO_BIG);
	assert_string_equal(got, "abc");
	assert_int_equal(
	    text_clean(got, 6, "ab\u20ac", 5, TEXT_LINE), ERR_NONE);
	assert_string_equal(got, "ab\u20ac");
	assert_int_equal(text_clean(got, 1, "", 0, TEXT_LINE), ERR_NONE);
	assert_int_equal(text_clean(got, 1, "a", 1, TEXT_LINE), ERR_TOO_BIG);
	assert_string_equal(got, "");
}

static void
clean_self_never_grows(void **state)
{
	char s[] = "a\xff\x80"
		   "b\x1b\t\u202ec\u00fc";

	(void)state;
	text_clean_self(s, TEXT_LINE);
	assert_string_equal(s, "a??b c\u00fc");
}

static void
clean_output_is_always_clean(void **state)
{
	char src[64], got[256], again[256];
	uint32_t seed = 12345;
	int round, i;

	(void)state;
	for (round = 0; round < 50000; round++) {
		for (i = 0; i < 64; i++) {
			seed = seed * 1664525 + 1013904223;
			src[i] = (char)(seed >> 24 | (seed & 0x80));
		}
		assert_int_equal(text_clean(got, sizeof(got), src, 64,
				     (enum text_flags)(round & 1)),
		    ERR_NONE);
		assert_true(text_is_clean(got, (enum text_flags)(round & 1)));
		strcpy(again, got);
		text_clean_self(again, (enum text_flags)(round & 1));
		assert_string_equal(again, got);
	}
}

static void
width_counts_columns(void **state)
{
	(void)state;
	assert_int_equal(text_width(""), 0);
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("Müller"), 6);
	assert_int_equal(text_width("Mu\u0308ller"), 6);
	assert_int_equal(text_width("顧客"), 4);
	assert_int_equal(text_width("ｱ"), 1);
	assert_int_equal(text_width("Ａ"), 2);
	assert_int_equal(text_width("한국"), 4);
	assert_int_equal(text_width("\u1112\u1161\u11ab"), 2);
	assert_int_equal(text_width("😀"), 2);
	assert_int_equal(text_width("☎"), 1);
	assert_int_equal(text_width("שָׁלוֹם"), 4);
	assert_int_equal(text_width("مُحَمَّد"), 4);
	assert_int_equal(text_width("ที่"), 1);
	assert_int_equal(text_width("हि"), 2);
	assert_int_equal(text_width("a\xff\xff"), 3);
	assert_int_equal(text_width("\xed\xa0\x80"), 3);
	assert_int_equal(text_width("a\u200d\ufe0f"), 1);
}

static void
width_agrees_with_the_library_that_draws(void **state)
{
	uint32_t c;
	int w;

	(void)state;
	/* curses asks wcwidth(); a column apart and a row is torn. */
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (c = 0x20; c < 0x110000; c++)
		if (!rune_is_hidden(c) && (w = wcwidth((wchar_t)c)) >= 0)
			assert_int_equal(rune_width(c), w);
	setlocale(LC_CTYPE, "C");
}

static void
next_takes_the_marks_along(void **state)
{
	int w = 9;

	(void)state;
	assert_int_equal(text_next("", &w), 0);
	assert_int_equal(w, 0);
	assert_int_equal(text_next("e\u0301\u0302x", &w), 5);
	assert_int_equal(w, 1);
	assert_int_equal(text_next("客x", &w), 3);
	assert_int_equal(w, 2);
	assert_int_equal(text_next("\xe2\x82", &w), 1);
	assert_int_equal(w, 1);
	assert_int_equal(text_next("\u0301x", &w), 2);
	assert_int_equal(w, 0);
}

static void
check_cut(const char *s, size_t size, size_t columns, const char *want)
{
	char got[64];

	memset(got, '#', sizeof(got));
	text_cut(got, size, s, columns);
	assert_string_equal(got, want);
	assert_true(text_width(got) <= columns);
	assert_int_equal(got[size], '#');
}

static void
cut_shows_that_it_cut(void **state)
{
	(void)state;
	check_cut("abc", 32, 3, "abc");
	check_cut("abcd", 32, 3, "ab~");
	check_cut("abcd", 32, 1, "~");
	check_cut("abcd", 32, 0, "");
	check_cut("", 32, 0, "");
	check_cut("顧客x", 32, 4, "顧~");
	check_cut("顧客", 32, 3, "顧~");
	check_cut("顧客", 32, 2, "~");
	check_cut("e\u0301xy", 32, 2, "e\u0301~");
	/* Bounded by bytes as well. */
	check_cut("abcd", 4, 10, "ab~");
	check_cut("顧客", 6, 10, "顧~");
	check_cut("abcd", 1, 10, "");
}

static void
check_wrap(const char *s, size_t columns, const char *want)
{
	char got[512] = "";
	size_t n, skip, used = 0;
	int lines = 0;

	for (;;) {
		n = text_wrap(s, columns, &skip);
		if (n == 0 && skip == 0)
			break;
		assert_true(++lines < 100);
		memcpy(got + used, s, n);
		used += n;
		got[used++] = '|';
		s += n + skip;
	}
	assert_int_equal(*s, '\0');
	got[used] = '\0';
	assert_string_equal(got, want);
}

static void
wrap_breaks_between_words(void **state)
{
	(void)state;
	check_wrap("", 10, "");
	check_wrap("short", 10, "short|");
	check_wrap("the quick brown fox", 10, "the quick|brown fox|");
	check_wrap("the quick brown fox", 9, "the quick|brown fox|");
	check_wrap("the  quick", 5, "the|quick|");
	check_wrap("a b c", 2, "a|b|c|");
	check_wrap("exactly ten", 11, "exactly ten|");
}

static void
wrap_breaks_long_words_and_wide_text(void **state)
{
	(void)state;
	check_wrap("abcdefgh", 3, "abc|def|gh|");
	check_wrap("ab cdefgh", 4, "ab|cdef|gh|");
	check_wrap("顧客顧客顧", 4, "顧客|顧客|顧|");
	check_wrap("顧客顧客顧", 5, "顧客|顧客|顧|");
	check_wrap("in 顧客顧客", 6, "in 顧|客顧客|");
	check_wrap("e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301|");
	check_wrap("客", 1, "客|");
}

static void
wrap_keeps_line_breaks(void **state)
{
	(void)state;
	check_wrap("a\nb", 10, "a|b|");
	check_wrap("a\n\nb\n", 10, "a||b|");
	check_wrap("\na", 10, "|a|");
	check_wrap("abc\ndef", 3, "abc|def|");
	check_wrap("abc \ndef", 3, "abc|def|");
	check_wrap("  indented here", 10, "  indented|here|");
}

static void
check_fold(const char *src, const char *want)
{
	char got[128];

	text_fold(got, sizeof(got), src);
	assert_string_equal(got, want);
}

static void
fold_takes_marks_off_latin(void **state)
{
	(void)state;
	check_fold("Jürgen MÜLLER", "jurgen muller");
	check_fold("Straße STRAẞE", "strasse strasse");
	check_fold("Ærø Œuvre Łódź Đorđe", "aero oeuvre lodz dorde");
	check_fold("Þór Ísleifsson", "thor isleifsson");
	check_fold("Çağlar İSTANBUL ılık", "caglar istanbul ilik");
	check_fold("ŠČŘŽÝÁÍÉŮĎŤŇ", "scrzyaieudtn");
	check_fold("Nguyễn Thị Hồng ƯỚC", "nguyen thi hong uoc");
	check_fold("Ștefan Țiriac", "stefan tiriac");
	check_fold("u\u0308 e\u0301", "u e");
	check_fold("Ａｂｃ１", "abc1");
	check_fold("a×b÷c", "a×b÷c");
}

static void
fold_lowers_greek_and_cyrillic(void **state)
{
	(void)state;
	check_fold("ΑΘΗΝΑ Αθήνα", "αθηνα αθηνα");
	check_fold("ΟΔΟΣ οδος", "οδοσ οδοσ");
	check_fold("МОСКВА Йод Ёлка Київ", "москва иод елка киів");
	check_fold("Ғани ҒАНИ Ӏ", "ғани ғани ӏ");
	check_fold("ԵՐԵՎԱՆ", "երեվան");
}

static void
fold_is_the_same_composed_or_not(void **state)
{
	(void)state;
	check_fold("\u0439", "\u0438");
	check_fold("\u0438\u0306", "\u0438");
	check_fold("\u03ac", "\u03b1");
	check_fold("\u03b1\u0301", "\u03b1");
}

static void
fold_keeps_other_scripts(void **state)
{
	(void)state;
	check_fold("顧客", "顧客");
	check_fold("हिन्दी", "हिन्दी");
	check_fold("שָׁלוֹם", "שלום");
	check_fold("مُحَمَّد", "محمد");
}

static void
fold_squeezes_blanks(void **state)
{
	(void)state;
	check_fold("  a \t\n b\u00a0\u3000c  ", "a b c");
	check_fold("   ", "");
}

static void
fold_cuts_at_whole_characters(void **state)
{
	char got[5];

	(void)state;
	text_fold(got, sizeof(got), "ab顧");
	assert_string_equal(got, "ab");
	text_fold(got, sizeof(got), "abc de");
	assert_string_equal(got, "abc");
	text_fold(got, 1, "a");
	assert_string_equal(got, "");
}

static void
case_is_that_of_ascii_letters_alone(void **state)
{
	(void)state;
	/* Where it is installed, its toupper('i') is 'i'. */
	(void)setlocale(LC_ALL, "tr_TR.UTF-8");
	assert_int_equal(text_upper('i'), 'I');
	assert_int_equal(text_lower('I'), 'i');
	setlocale(LC_ALL, "C");
	assert_int_equal(text_upper('a'), 'A');
	assert_int_equal(text_upper('z'), 'Z');
	assert_int_equal(text_upper('Z'), 'Z');
	assert_int_equal(text_upper('{'), '{');
	assert_int_equal(text_upper('`'), '`');
	assert_int_equal(text_upper('\xe4'), '\xe4');
	assert_int_equal(text_lower('A'), 'a');
	assert_int_equal(text_lower('Z'), 'z');
	assert_int_equal(text_lower('['), '[');
	assert_int_equal(text_lower('@'), '@');
}

static void
email_is_roughly_right(void **state)
{
	char longest[300];

	(void)state;
	assert_true(text_is_email("a@b"));
	assert_true(text_is_email("demo@example.net"));
	assert_true(text_is_email("jürgen@müller.example"));
	assert_false(text_is_email(""));
	assert_false(text_is_email("@b"));
	assert_false(text_is_email("ab@"));
	assert_false(text_is_email("a@b@c"));
	assert_false(text_is_email("a b@c"));
	assert_false(text_is_email("a\u00a0b@c"));
	assert_false(text_is_email("a@b\n"));
	assert_false(text_is_email("a\u202e@b"));
	assert_false(text_is_email("a\xff@b"));
	memset(longest, 'a', sizeof(longest));
	longest[1] = '@';
	longest[254] = '\0';
	assert_true(text_is_email(longest));
	longest[254] = 'a';
	longest[255] = '\0';
	assert_false(text_is_email(longest));
}

static void
term_is_a_plain_name(void **state)
{
	(void)state;
	assert_true(text_is_term("xterm-256color"));
	assert_true(text_is_term("screen.xterm+x_1"));
	assert_true(text_is_term("12345678901234567890123456789012"));
	assert_false(text_is_term("123456789012345678901234567890123"));
	assert_false(text_is_term(""));
	assert_false(text_is_term("../../etc"));
	assert_false(text_is_term("xterm\n"));
	assert_false(text_is_term("x term"));
	assert_false(text_is_term("xterm;ls"));
	assert_false(text_is_term("x\xc3\xa9"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clean_keeps_ordinary_text_of_any_script),
	    cmocka_unit_test(clean_drops_terminal_controls),
	    cmocka_unit_test(clean_drops_every_bidi_control),
	    cmocka_unit_test(clean_drops_what_cannot_be_seen),
	    cmocka_unit_test(clean_replaces_each_bad_byte),
	    cmocka_unit_test(clean_line_has_no_line_breaks),
	    cmocka_unit_test(clean_lines_keeps_newlines_only),
	    cmocka_unit_test(clean_limits_marks_on_a_base),
	    cmocka_unit_test(clean_that_does_not_fit_keeps_whole_characters),
	    cmocka_unit_test(clean_self_never_grows),
	    cmocka_unit_test(clean_output_is_always_clean),
	    cmocka_unit_test(width_counts_columns),
	    cmocka_unit_test(width_agrees_with_the_library_that_draws),
	    cmocka_unit_test(next_takes_the_marks_along),
	    cmocka_unit_test(cut_shows_that_it_cut),
	    cmocka_unit_test(wrap_breaks_between_words),
	    cmocka_unit_test(wrap_breaks_long_words_and_wide_text),
	    cmocka_unit_test(wrap_keeps_line_breaks),
	    cmocka_unit_test(fold_takes_marks_off_latin),
	    cmocka_unit_test(fold_lowers_greek_and_cyrillic),
	    cmocka_unit_test(fold_is_the_same_composed_or_not),
	    cmocka_unit_test(fold_keeps_other_scripts),
	    cmocka_unit_test(fold_squeezes_blanks),
	    cmocka_unit_test(fold_cuts_at_whole_characters),
	    cmocka_unit_test(case_is_that_of_ascii_letters_alone),
	    cmocka_unit_test(email_is_roughly_right),
	    cmocka_unit_test(term_is_a_plain_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

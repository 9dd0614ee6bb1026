/* QR codes: their size, their quiet zone, and what is drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/qr.h"

enum { OUT_MAX = 1 << 16, VERSION_3 = 29 };

#define LINK "HTTPS://PAY.RIDGENET.EXAMPLE/P/7K3QX9M2ABCDEFGH"

static struct qr
make(const char *text)
{
	struct qr qr;

	assert_int_equal(qr_make(&qr, text), ERR_NONE);
	return qr;
}

static void
a_short_link_fits_beside_words_on_80x24(void **state)
{
	char longest[78] = LINK;
	struct qr qr;

	(void)state;
	qr = make(longest);
	assert_in_range(qr.side, 21, VERSION_3);
	/* as long as version 3 takes */
	memset(longest + strlen(LINK), 'X', 77 - strlen(LINK));
	longest[77] = '\0';
	qr = make(longest);
	assert_int_equal(qr.side, VERSION_3);
	assert_int_equal(qr_half_cols(&qr), 33);
	assert_int_equal(qr_half_rows(&qr), 17);
	assert_int_equal(qr_wide_cols(&qr), 66);
	assert_int_equal(qr_wide_rows(&qr), 33);
}

static void
lower_case_takes_more_room_than_upper_case(void **state)
{
	char lower[] = LINK;

	(void)state;
	for (size_t i = 0; lower[i] != '\0'; i++)
		if (lower[i] >= 'A' && lower[i] <= 'Z')
			lower[i] = (char)(lower[i] - 'A' + 'a');
	assert_true(make(lower).side > make(LINK).side);
}

/* Dark, with a light ring, in three corners; and nothing but light around. */
static void
finders_and_quiet_zone_are_where_they_belong(void **state)
{
	struct qr qr = make(LINK);
	int far = qr.side - 7;
	const int corners[3][2] = {{0, 0}, {0, far}, {far, 0}};

	(void)state;
	for (int i = 0; i < 3; i++)
		for (int y = 0; y < 7; y++)
			for (int x = 0; x < 7; x++) {
				int ring = y < x ? y : x;

				if (6 - y < ring)
					ring = 6 - y;
				if (6 - x < ring)
					ring = 6 - x;
				assert_int_equal(
				    qr_light(&qr, corners[i][0] + y,
					corners[i][1] + x),
				    ring == 1);
			}
	for (int i = -QR_QUIET; i < qr.side + QR_QUIET; i++)
		for (int far_off = 1; far_off <= QR_QUIET; far_off++) {
			assert_true(qr_light(&qr, -far_off, i));
			assert_true(qr_light(&qr, i, -far_off));
			assert_true(qr_light(&qr, qr.side - 1 + far_off, i));
			assert_true(qr_light(&qr, i, qr.side - 1 + far_off));
		}
}

static void
half_blocks_draw_what_is_light(void **state)
{
	static const char *const cells[2][2] = {{" ", "▄"}, {"▀", "█"}};
	struct qr qr = make(LINK);

	(void)state;
	for (int row = 0; row < qr_half_rows(&qr); row++)
		for (int col = 0; col < qr_half_cols(&qr); col++) {
			int y = 2 * row - QR_QUIET, x = col - QR_QUIET;
			bool upper = qr_light(&qr, y, x);
			bool lower = qr_light(&qr, y + 1, x);

			assert_string_equal(
			    qr_half(&qr, row, col, false), cells[upper][lower]);
			assert_string_equal(qr_half(&qr, row, col, true),
			    cells[!upper][!lower]);
		}
}

static void
printed_lines_force_both_colours_and_give_them_back(void **state)
{
	struct qr qr = make(LINK);
	struct buf out;
	const char *s;
	int lines = 0;

	(void)state;
	buf_init(&out, OUT_MAX);
	qr_print(&qr, &out);
	assert_int_equal(out.err, ERR_NONE);
	for (s = buf_str(&out); *s != '\0'; s = strchr(s, '\n') + 1) {
		assert_memory_equal(s, "\033[37;40m", 8);
		assert_memory_equal(strchr(s, '\n') - 4, "\033[0m", 4);
		lines++;
	}
	assert_int_equal(lines, qr_half_rows(&qr));
	buf_release(&out);
}

static void
a_text_that_is_too_long_or_none_is_refused(void **state)
{
	char text[4000];
	struct qr qr = {.side = -1};

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(qr_make(&qr, text), ERR_TOO_BIG);
	text[1000] = '\0'; /* a code, but larger than we draw */
	assert_int_equal(qr_make(&qr, text), ERR_TOO_BIG);
	assert_int_equal(qr_make(&qr, ""), ERR_BAD_INPUT);
	assert_int_equal(qr.side, -1);
	text[500] = '\0';
	assert_int_equal(qr_make(&qr, text), ERR_NONE);
	assert_in_range(qr.side, VERSION_3, QR_SIDE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_short_link_fits_beside_words_on_80x24),
	    cmocka_unit_test(lower_case_takes_more_room_than_upper_case),
	    cmocka_unit_test(finders_and_quiet_zone_are_where_they_belong),
	    cmocka_unit_test(half_blocks_draw_what_is_light),
	    cmocka_unit_test(
		printed_lines_force_both_colours_and_give_them_back),
	    cmocka_unit_test(a_text_that_is_too_long_or_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Paying by bank transfer: what the page says, and what a phone would read. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/tui/stage.h"

enum { PIXELS = 4, CODE = 1024 };

static void
the_page_says_all_that_a_transfer_needs(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3jpo");
		HAS(s, "To Ridgenet Ltd");
		HAS(s, "IBAN IE29AIBK93115212345678");
		HAS(s, "BIC AIBKIE2D");
		/* What is left of 107.00. */
		HAS(s, "Amount 67.00 EUR");
		HAS(s, "Reference RF36 1INV 2026 0000 13");
		HAS(s, "Press z for a QR code");
	}
}

/* What is left of a transfer goes on to the next invoice. */
static void
all_that_is_due_goes_by_the_oldest_reference(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3Po");
	HAS(s, "Amount 171.30 EUR");
	HAS(s, "Reference RF09 1INV 2026 0000 14");
}

static void
nothing_is_asked_for_where_nothing_is_due(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3/000012\rpo");
	HAS(s, "Nothing is due here.");
	HAS_NOT(s, "IBAN");
	stage_keys(s, "z");
	SEES(s, "There is no QR code for this transfer.");
}

/* A cell of half blocks is two pixels above each other. */
static bool
light(const struct glyph *g, int half)
{
	switch (g->ch) {
	case 0x2588:
		return true;
	case 0x2580:
		return half == 0;
	case 0x2584:
		return half == 1;
	default:
		return (g->attr & ATTR_REVERSE) != 0;
	}
}

/* The canvas as a picture, black where nothing is drawn, to zbarimg. */
static void
scan(struct stage *s, char got[CODE])
{
	const struct canvas *c = &s->ui.canvas;
	char path[] = "/tmp/portal-scan-XXXXXX", command[128];
	int fd = mkstemp(path);
	FILE *f;
	size_t n;

	ui_draw(&s->ui);
	assert_true(fd >= 0);
	assert_non_null(f = fdopen(fd, "w"));
	fprintf(f, "P5 %d %d 255\n", c->cols * PIXELS, c->rows * 2 * PIXELS);
	for (int y = 0; y < c->rows * 2 * PIXELS; y++)
		for (int x = 0; x < c->cols * PIXELS; x++)
			fputc(light(canvas_at(c, y / PIXELS / 2, x / PIXELS),
				  y / PIXELS % 2)
				  ? 255
				  : 0,
			    f);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof(command),
	    "zbarimg -q --raw pgm:%s 2>/dev/null", path);
	assert_non_null(f = popen(command, "re"));
	n = fread(got, 1, CODE - 1, f);
	got[n] = '\0';
	pclose(f);
	unlink(path);
}

static void
a_phone_reads_the_transfer_from_the_screen(void **state)
{
	struct stage *s = *state;
	char got[CODE];

	stage_open(s, 24, 80);
	s->session.has_blocks = true;
	stage_keys(s, "3jpoz");
	SEES_NOT(s, "Billing");
	scan(s, got);
	assert_string_equal(got,
	    "BCD\n002\n1\nSCT\n\nRidgenet Ltd\nIE29AIBK93115212345678\n"
	    "EUR67.00\n\nRF361INV2026000013\n");
	/* Any key returns. */
	stage_keys(s, "x");
	HAS(s, "Reference RF36 1INV 2026 0000 13");
}

static void
where_it_does_not_fit_the_size_it_needs_is_said(void **state)
{
	struct stage *s = *state;

	stage_open(s, 15, 40);
	s->session.has_blocks = true;
	stage_keys(s, "3jpoz");
	SEES(s, "The QR needs a window of");
	stage_keys(s, " ");
	HAS(s, "Amount 67.00 EUR");
}

static void
without_an_iban_or_in_another_currency_there_is_no_code(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	scratch_sql(&s->scratch, "UPDATE tenant SET iban = 'XX'");
	stage_open(s, 24, 80);
	stage_keys(s, "3jpo");
	HAS_NOT(s, "Press z");
	HAS(s, "Reference RF36 1INV 2026 0000 13");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STAGE(the_page_says_all_that_a_transfer_needs),
	    WITH_STAGE(all_that_is_due_goes_by_the_oldest_reference),
	    WITH_STAGE(nothing_is_asked_for_where_nothing_is_due),
	    WITH_STAGE(a_phone_reads_the_transfer_from_the_screen),
	    WITH_STAGE(where_it_does_not_fit_the_size_it_needs_is_said),
	    WITH_STAGE(without_an_iban_or_in_another_currency_there_is_no_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The frame: tabs, hints, questions, search, palette, help, sizes. */
#include "tests/tui/stage.h"
#include "tui/screens.h"

static void
tabs_by_number_and_by_tab_key(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "\t");
	SEES(s, "[2 Services]");
	stage_keys(s, "\033[Z\033[Z");
	SEES(s, "[5 Profile]");
	assert_true(stage_bold(s, "[5 Profile]"));
	stage_keys(s, "\t3");
	SEES(s, "[3 Billing]");
	stage_keys(s, "9");
	SEES(s, "[3 Billing]");
}

static void
tabs_that_do_not_fit_end_in_more(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 60);
	SEES(s, " [1 Overview] 2 Services 3 Billing 4 Tickets 5 Profile\n");
	stage_open(s, 24, 59);
	SEES(s, " 1 Overview (of 5)\n");
}

static void
hints_begin_with_help_and_end_with_the_way_out(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		SEES(s, "\n ? help  Enter open");
		SEES(s, "q quit\n");
		stage_keys(s, "3\r");
		SEES(s, "Esc back\n");
	}
}

static void
help_has_every_key_of_the_screen(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		for (const char *tab = "12345"; *tab != '\0'; tab++) {
			const struct screen *screen;
			char key[2] = {*tab};

			stage_keys(s, key);
			screen = ui_top(&s->ui)->screen;
			stage_keys(s, "?");
			for (size_t i = 0; i < screen->bindings.n; i++)
				HAS(s, screen->bindings.rows[i].help);
			for (size_t i = 0; i < bindings_global.n; i++)
				HAS(s, bindings_global.rows[i].help);
			stage_keys(s, "q");
		}
	}
}

static void
palette_runs_what_is_typed(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, ":paym\r");
		SEES(s, "[Payments]");
		stage_keys(s, ":abou\r");
		SEES(s, "Ridgenet Ltd");
		stage_keys(s, ":nonsense");
		SEES(s, "No such command.");
		stage_keys(s, "\r\033");
		SEES(s, "Ridgenet Ltd");
		stage_keys(s, ":\177"); /* Backspace in the empty one leaves */
		SEES(s, "Ridgenet Ltd");
		stage_keys(s, ":plai\r");
		assert_int_equal(s->ui.state, UI_LINE_MODE);
	}
}

static void
palette_has_what_the_screen_can_do(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3:sort\r");
	SEES(s, "Sorted by");
	stage_keys(s, "2:sort");
	SEES(s, "No such command.");
}

static void
search_field_can_be_left(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3/abc");
	SEES(s, " /abc");
	stage_keys(s, "\033");
	SEES_NOT(s, "/abc");
	SEES(s, "[3 Billing]");
}

static void
status_stays_until_the_next_key(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3f");
	SEES(s, "Shown: open.");
	stage_dump(s);
	SEES(s, "Shown: open.");
	stage_keys(s, "j");
	SEES_NOT(s, "Shown: open.");
}

static void
a_long_status_is_whole_on_a_narrow_screen(void **state)
{
	struct stage *s = *state;

	stage_open(s, 15, 40);
	stage_keys(s, "3\rc");
	SEES(s, "\n This terminal is not known to take\n copies: mark the "
		"line with the mouse.\n ? help");
}

static void
too_many_screens_are_refused_not_fatal(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	for (int i = 0; i < 20; i++)
		stage_keys(s, "?");
	SEES(s, "Too many screens");
	for (int i = 0; i < 20; i++)
		stage_keys(s, "\033");
	SEES(s, "[1 Overview]");
}

/* Every screen at every odd size, with every key of the keyboard. */
static void
no_size_and_no_key_does_harm(void **state)
{
	static const struct stage_size sizes[] = {{5, 20}, {6, 21}, {24, 20},
	    {5, 200}, {16, 60}, {17, 61}, {60, 200}, {200, 400}, {1, 1},
	    {3, 3}};
	static const char *const ways[] = {"", "2", "2\r", "3", "3l", "3ll",
	    "3\r", "3v", "3p", "3d", "3ld", "4", "4\r", "t", "t\t\t\tab", "4jr",
	    "4jx", "5", "5\r", "5j\r", "5jj\r", "?", ":", "/x"};
	struct stage *s = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
			stage_open(s, sizes[i].rows, sizes[i].cols);
			stage_keys(s, ways[w]);
			stage_keys(s, "jjkkGg\006\002n");
			stage_resize(s, 24, 80);
			stage_resize(s, sizes[i].rows, sizes[i].cols);
		}
	}
	stage_open(s, 24, 80);
	for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
		for (int c = 1; c < 256; c++) {
			char key[3] = {(char)c};

			if (s->ui.state != UI_RUNNING)
				stage_open(s, 24, 80);
			stage_keys(s, key);
		}
		stage_open(s, 24, 80);
		stage_keys(s, ways[w]);
	}
}

static void
resizing_keeps_the_marker(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3jj");
	SEES(s, "\n > INV-2026-000014");
	stage_resize(s, 15, 40);
	SEES(s, "\n > INV-2026-000014");
	stage_resize(s, 43, 132);
	SEES(s, "\n > INV-2026-000014");
	stage_keys(s, "1gjj");
	stage_resize(s, 15, 40);
	SEES(s, "\n > INV-2026-000013");
}

static void
notes_say_how_the_session_ends(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	ui_note(&s->ui, &(struct note) {.type = NOTE_SHUTDOWN});
	assert_int_equal(s->ui.state, UI_SHUTDOWN);
	stage_open(s, 24, 80);
	ui_note(&s->ui, &(struct note) {.type = NOTE_DISABLED});
	assert_int_equal(s->ui.state, UI_DISABLED);
}

static void
a_tab_that_was_hidden_meanwhile_is_left(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "4");
	stage_set(s, "tabs", "overview,billing,profile");
	ui_note(&s->ui, &(struct note) {NOTE_CHANGED, TOPIC_ACCOUNT});
	SEES(s, "[1 Overview] 2 Billing 3 Profile");
	stage_keys(s, "t");
	SEES(s, "Tickets are not open here.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STAGE(tabs_by_number_and_by_tab_key),
	    WITH_STAGE(tabs_that_do_not_fit_end_in_more),
	    WITH_STAGE(hints_begin_with_help_and_end_with_the_way_out),
	    WITH_STAGE(help_has_every_key_of_the_screen),
	    WITH_STAGE(palette_runs_what_is_typed),
	    WITH_STAGE(palette_has_what_the_screen_can_do),
	    WITH_STAGE(search_field_can_be_left),
	    WITH_STAGE(status_stays_until_the_next_key),
	    WITH_STAGE(a_long_status_is_whole_on_a_narrow_screen),
	    WITH_STAGE(too_many_screens_are_refused_not_fatal),
	    WITH_STAGE(no_size_and_no_key_does_harm),
	    WITH_STAGE(resizing_keeps_the_marker),
	    WITH_STAGE(notes_say_how_the_session_ends),
	    WITH_STAGE(a_tab_that_was_hidden_meanwhile_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

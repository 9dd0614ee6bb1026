/* The tickets tab, the thread, the forms. */
#include <stdio.h>
#include <string.h>

#include "tests/tui/stage.h"
#include "tui/form.h"

static void
su1_list_with_the_tenants_columns(void **state)
{
	struct stage *s = *state;

	stage_set(s, "ticket_columns",
	    "id,subject,status,priority,type,"
	    "created");
	stage_open(s, 24, 80);
	stage_keys(s, "4");
	SEES(s, "2 open of 3. 1 waits for you.");
	HAS(s, "#2 Slow evenings Waiting on customer medium fault "
	       "11 May 2026");
	HAS(s, "#3 A second number New medium question");
	HAS(s, "#1 No connection"); /* the rest of it has no room */
	stage_open(s, 15, 40);
	stage_keys(s, "4");
	HAS(s, "#2 Slow evenings Waiting on customer medium");
	HAS(s, "#3 A second number New medium question 14 May 2026");
	HAS(s, "#1 No connection since the storm Closed medium fault");
}

static void
su1_preview_where_there_is_room(void **state)
{
	struct stage *s = *state;

	stage_open(s, 43, 132);
	stage_keys(s, "4");
	SEES(s, "PREVIEW");
	SEES(s, "From about 19:00");
}

/* Where the list has no room for them they are one Enter away. */
static void
su1_every_field_of_one(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "4/second\r\r");
		HAS(s, "#3 A second number New Priority medium Question");
		HAS(s, "Opened 14 May 2026 02:00");
		HAS(s, "With Lena Gruber, Network");
		HAS(s, "You, 14 May 2026 02:00 What does a second number "
		       "cost?");
	}
}

static void
su1_filter_and_search(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "4f");
		HAS(s, "Slow evenings");
		HAS_NOT(s, "No connection");
		stage_keys(s, "f");
		HAS(s, "No connection");
		HAS_NOT(s, "Slow evenings");
		stage_keys(s, "f/storm\r\r");
		SEES(s, "#1 No connection since the storm");
	}
}

static void
su1_thread_with_staff_replies(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "4j\r");
		HAS(s, "#2 Slow evenings Waiting on customer Priority medium "
		       "Fault");
		HAS(s, "Opened 11 May 2026 14:00, last change 13 May 2026 "
		       "14:00");
		HAS(s, "You, 11 May 2026 14:00 From about 19:00 the line "
		       "drops to 3 Mbit/s. Mornings are fine.");
		HAS(s, "Lena Gruber, 13 May 2026 14:00 We moved your sector");
	}
}

static void
su2_new_ticket_is_in_the_list_at_once(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "4t");
	SEES(s, "Subject");
	SEES(s, "(o) Question  ( ) Fault  ( ) Billing");
	SEES(s, "( ) Low  (o) Medium  ( ) High");
	stage_keys(s, "Drips\t\033[C\t\033[C\tWater in\rthe socket.\017");
	SEES(s, "Sent. Your ticket is #4.");
	SEES(s, "#4 Drips");
	SEES(s, "Priority high   Fault");
	SEES(s, "   Water in\n   the socket.\n");
	stage_keys(s, "\033");
	SEES(s, "3 open of 4.");
	HAS(s, "#4 Drips New");
}

static void
su2_one_field_at_a_time_on_a_narrow_screen(void **state)
{
	struct stage *s = *state;

	stage_open(s, 15, 40);
	stage_keys(s, "tDrips");
	SEES(s, "New ticket: Subject (1 of 4)");
	SEES_NOT(s, "Priority");
	stage_keys(s, "\t");
	SEES(s, "New ticket: Type (2 of 4)");
	stage_keys(s, "\t");
	SEES(s, "New ticket: Priority (3 of 4)");
	stage_keys(s, "\033[A"); /* no Shift-Tab needed */
	SEES(s, "New ticket: Type (2 of 4)");
	stage_keys(s, "\t\tIt drips.\017");
	SEES(s, "Sent. Your ticket is #4.");
}

static void
su2_an_error_stands_under_its_field(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		const struct form_field *subject;
		const struct form *f;
		char under[256];

		stage_keys(s, "t\t\t\tNo subject.\017");
		f = ui_top(&s->ui)->state;
		subject = &f->fields[0];
		assert_string_not_equal(subject->error, "");
		snprintf(under, sizeof(under), "___\n%*s%s",
		    size->cols == 80 ? 13 : 1, "", subject->error);
		SEES(s, under);
		assert_true(stage_bold(s, subject->error));
		/* The cursor went there: typing mends it. */
		stage_keys(s, "Drips\017");
		SEES(s, "Sent.");
	}
}

static void
su3_reply_moves_the_status(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "4/Slow\r\rr");
		SEES(s, "Reply to ticket #2");
		stage_keys(s, "Better now.\017");
		SEES(s, "Sent.");
		HAS(s, "Waiting on agent");
		HAS(s, "You, 14 May 2026 14:00 Better now.");
	}
}

static void
su3_close_asks_and_only_y_confirms(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "4/Slow\r\rx");
		SEES(s, "Close ticket #2 Slow evenings? y/n");
		stage_keys(s, "x"); /* the key that asked */
		SEES(s, "y/n");
		stage_keys(s, "\r"); /* Enter cancels */
		SEES_NOT(s, "y/n");
		HAS_NOT(s, "Closed");
		stage_keys(s, "xn");
		HAS_NOT(s, "Closed");
		stage_keys(s, "xy");
		SEES(s, "Ticket #2 is closed.");
		HAS(s, "Closed");
		stage_keys(s, "x");
		SEES(s, "is closed already");
		stage_keys(s, "r");
		SEES(s, "Ticket #2 is closed. Reopen it? y/n");
		stage_keys(s, "y");
		SEES(s, "Ticket #2 is open again.");
		HAS_NOT(s, "Closed");
	}
}

static void
su3_close_and_reopen_from_the_list(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "4/Slow\rxy");
	SEES(s, "Ticket #2 is closed.");
	SEES(s, "1 open of 3.");
	stage_keys(s, "ry");
	SEES(s, "2 open of 3.");
}

static void
leaving_a_form_asks_only_if_something_was_typed(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "t\033");
		SEES(s, "1 Overview");
		SEES_NOT(s, "New ticket:");
		stage_keys(s, "tX\033");
		SEES(s, "Leave and lose what was typed? y/n");
		stage_keys(s, "n");
		SEES(s, "X");
		stage_keys(s, "\033y");
		SEES_NOT(s, "Subject");
	}
}

static void
hostile_text_never_reaches_the_screen(void **state)
{
	struct stage *s = *state;
	const char *screen;

	stage_open(s, 24, 80);
	/* ESC ] 0;x BEL, bidi override, zero width, C1, tab */
	stage_keys(s, "t\033]0;evil\007A\342\200\256B\342\200\213C\302\233D");
	screen = stage_dump(s);
	assert_non_null(strstr(screen, "ABCD"));
	for (const char *p = screen; *p != '\0'; p++)
		assert_true((unsigned char)*p >= 0x20 || *p == '\n');
}

static void
pasted_lines_do_not_send_or_leave(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "t\033[200~two\rlines\033\017\033[201~");
	SEES(s, "two lines__");
	SEES(s, "New ticket");
}

static void
no_tickets_names_the_next_step(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "4");
		SEES(s, "No tickets yet. t opens one.");
	}
}

static void
a_form_on_the_lowest_screen_leaves_the_keys_alone(void **state)
{
	struct stage *s = *state;

	stage_open(s, 5, 20);
	stage_keys(s, "4");
	SEES(s, "> #3");
	stage_keys(s, "tslow");
	SEES(s, "\n slow____");
	SEES(s, "\n Tab next field\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STAGE(su1_list_with_the_tenants_columns),
	    WITH_STAGE(su1_preview_where_there_is_room),
	    WITH_STAGE(su1_every_field_of_one),
	    WITH_STAGE(su1_filter_and_search),
	    WITH_STAGE(su1_thread_with_staff_replies),
	    WITH_STAGE(su2_new_ticket_is_in_the_list_at_once),
	    WITH_STAGE(su2_one_field_at_a_time_on_a_narrow_screen),
	    WITH_STAGE(su2_an_error_stands_under_its_field),
	    WITH_STAGE(su3_reply_moves_the_status),
	    WITH_STAGE(su3_close_asks_and_only_y_confirms),
	    WITH_STAGE(su3_close_and_reopen_from_the_list),
	    WITH_STAGE(leaving_a_form_asks_only_if_something_was_typed),
	    WITH_STAGE(hostile_text_never_reaches_the_screen),
	    WITH_STAGE(pasted_lines_do_not_send_or_leave),
	    WITH_EMPTY_STAGE(no_tickets_names_the_next_step),
	    WITH_STAGE(a_form_on_the_lowest_screen_leaves_the_keys_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Screens while the database does not answer, and when it is back. */
#include "data/engine.h"
#include "tests/tui/stage.h"

#define AWAY "The portal's database does not answer. Waiting for it."
#define BACK "The portal's database answers again."

static struct engine lost;

static enum err
refuse_query(struct store *st, enum sql sql)
{
	(void)st, (void)sql;
	return ERR_AWAY;
}

static enum err
refuse_call(
    struct store *st, enum verb verb, struct rd *args, struct buf *reply)
{
	(void)st, (void)verb, (void)args, (void)reply;
	return ERR_AWAY;
}

static enum err
unsure_call(
    struct store *st, enum verb verb, struct rd *args, struct buf *reply)
{
	(void)st, (void)verb, (void)args, (void)reply;
	return ERR_UNSURE;
}

/* From now on every question is answered as by a worker that has lost it.
 * Gives what it was before. */
static const struct engine *
lose(struct stage *s)
{
	const struct engine *was = s->st->engine;

	lost = *was;
	lost.admit = refuse_query;
	lost.call = refuse_call;
	s->st->engine = &lost;
	return was;
}

static void
told(struct stage *s, enum note_type type)
{
	ui_note(&s->ui, &(struct note) {.type = type});
}

static void
it_is_said_until_it_is_back(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	told(s, NOTE_AWAY);
	SEES(s, AWAY);
	stage_keys(s, "jk");
	SEES(s, AWAY);
	SEES(s, "You owe");
	told(s, NOTE_BACK);
	SEES(s, BACK);
	SEES_NOT(s, AWAY);
	stage_keys(s, "j");
	SEES_NOT(s, BACK);
}

static void
a_narrow_screen_says_it_on_one_line(void **state)
{
	struct stage *s = *state;

	stage_open(s, 15, 40);
	told(s, NOTE_AWAY);
	SEES(s, "\n No answer from the database. Waiting.\n");
}

static void
a_key_that_needs_the_store_changes_nothing(void **state)
{
	struct stage *s = *state;
	const struct engine *was;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3");
		told(s, NOTE_AWAY);
		was = lose(s);
		stage_keys(s, "4\t\r");
		SEES(s, "INV-2026-0000");
		assert_int_equal(s->ui.tab, TAB_BILLING);
		assert_int_equal(s->ui.state, UI_RUNNING);
		s->st->engine = was;
		told(s, NOTE_BACK);
		stage_keys(s, "4");
		assert_int_equal(s->ui.tab, TAB_TICKETS);
	}
}

static void
what_was_typed_stays_and_can_be_sent(void **state)
{
	struct stage *s = *state;
	const struct engine *was;

	stage_open(s, 24, 80);
	stage_keys(s, "4tDrips\t\t\tWater in the socket.");
	was = lose(s);
	stage_keys(s, "\017");
	SEES(s, AWAY);
	SEES(s, "Drips");
	stage_keys(s, " A lot.");
	SEES(s, "Water in the socket. A lot.");
	s->st->engine = was;
	told(s, NOTE_BACK);
	SEES(s, BACK);
	SEES(s, "Water in the socket. A lot.");
	stage_keys(s, "\017");
	SEES(s, "Sent. Your ticket is #4.");
}

static void
a_tab_that_could_not_be_read_is_read_when_it_is_back(void **state)
{
	struct stage *s = *state;
	const struct engine *was;

	AT_BOTH_SIZES(s, size)
	{
		was = lose(s); /* and no note says so yet */
		stage_keys(s, "3");
		SEES_NOT(s, "INV-2026-0000");
		s->st->engine = was;
		told(s, NOTE_BACK);
		SEES(s, "INV-2026-0000");
	}
}

static void
an_overview_that_could_not_be_read_is_read_when_it_is_back(void **state)
{
	struct stage *s = *state;
	const struct engine *was;

	stage_open(s, 24, 80);
	was = lose(s);
	ui_note(&s->ui, &(struct note) {NOTE_CHANGED, TOPIC_BILLING});
	SEES(s, AWAY);
	s->st->engine = was;
	told(s, NOTE_BACK);
	SEES(s, "You owe");
}

static void
an_unsure_save_is_said_before_anything_else(void **state)
{
	struct stage *s = *state;
	const struct engine *was;

	stage_open(s, 24, 80);
	stage_keys(s, "4tDrips\t\t\tWater.");
	was = lose(s);
	lost.call = unsure_call;
	stage_keys(s, "\017");
	told(s, NOTE_AWAY);
	SEES(s, "Please look whether it was");
	s->st->engine = was;
	told(s, NOTE_BACK);
	SEES(s, "Please look whether it was");
	stage_keys(s, "\t");
	SEES_NOT(s, "Please look whether it was");
	SEES_NOT(s, AWAY);
}

static void
reading_again_is_not_worth_a_word(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	told(s, NOTE_BACK);
	SEES_NOT(s, BACK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STAGE(it_is_said_until_it_is_back),
	    WITH_STAGE(a_narrow_screen_says_it_on_one_line),
	    WITH_STAGE(a_key_that_needs_the_store_changes_nothing),
	    WITH_STAGE(what_was_typed_stays_and_can_be_sent),
	    WITH_STAGE(a_tab_that_could_not_be_read_is_read_when_it_is_back),
	    WITH_STAGE(
		an_overview_that_could_not_be_read_is_read_when_it_is_back),
	    WITH_STAGE(an_unsure_save_is_said_before_anything_else),
	    WITH_STAGE(reading_again_is_not_worth_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

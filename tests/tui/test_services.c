/* The services tab. */
#include <stdio.h>

#include "tests/tui/stage.h"

static void
sv1_list_by_type_with_description_since_and_status(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "2");
	HAS(s, "INTERNET STATUS ACTIVE SINCE EUR A MONTH");
	HAS(s, "Wireless 50/10, Barn Road Online 13 Jun 2024 41.58");
	HAS(s, "Wireless 20/5, lower barn Paused 18 Jul 2025 24.92");
	HAS(s, "VOICE Voice line 0555 0134 Active 9 Apr 2025 3.75");
	stage_open(s, 15, 40);
	stage_keys(s, "2");
	HAS(s, "INTERNET");
	HAS(s, "Wireless 50/10, Barn Road Online, began 13 Jun 2024");
	HAS(s, "Wireless 20/5, lower barn Paused, began 18 Jul 2025");
	HAS(s, "VOICE Voice line 0555 0134 Active since 9 Apr 2025");
}

static void
sv1_every_type_and_status(void **state)
{
	struct stage *s = *state;
	static const struct {
		const char *type, *status, *head, *word, *narrow;
	} shown[] = {
	    {"internet", "pending", "INTERNET", "Pending",
		"Pending, began 9 Apr 2025"},
	    {"voice", "active", "VOICE", "Active", "Active since 9 Apr 2025"},
	    {"recurring", "paused", "RECURRING", "Paused",
		"Paused, began 9 Apr 2025"},
	    {"bundle", "inactive", "BUNDLES", "Inactive",
		"Inactive, began 9 Apr 2025"},
	};

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text),
		    "UPDATE service SET type = '%s', status = '%s' WHERE "
		    "description LIKE 'Voice%%'",
		    shown[i].type, shown[i].status);
		scratch_sql(&s->scratch, text);
		AT_BOTH_SIZES(s, size)
		{
			stage_keys(s, "2");
			HAS(s, shown[i].head);
			if (size->cols == 80)
				snprintf(text, sizeof(text),
				    "Voice line 0555 0134 %s 9 Apr 2025 3.75",
				    shown[i].word);
			else
				snprintf(text, sizeof(text),
				    "Voice line 0555 0134 %s", shown[i].narrow);
			HAS(s, text);
			stage_keys(s, "/Voice line 0\r\r");
			snprintf(text, sizeof(text),
			    "Status %s Active since 9 Apr 2025", shown[i].word);
			HAS(s, text);
		}
	}
}

static void
sv1_cards(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "2");
		HAS(s, "2 of 3 active. 3 open invoices, 171.30 EUR "
		       "outstanding. 2 open tickets.");
	}
}

static void
sv1_detail(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "2/Voice\r\r");
		HAS(s, "Voice line 0555 0134");
		HAS(s, "Type Voice");
		HAS(s, "Plan Voice line");
		HAS(s, "Status Active");
		HAS(s, "Active since 9 Apr 2025");
		HAS(s, "Price 3.75 EUR a month, plus 20 % VAT");
		stage_keys(s, "q2/Barn Road\r\r");
		HAS(s, "Online since 12 May 2026 14:00");
	}
}

static void
no_services_names_the_next_step(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "2");
		HAS(s, "No services yet. t asks for one.");
		stage_keys(s, "t");
		SEES(s, "New ticket");
		stage_keys(s, "\033");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STAGE(sv1_list_by_type_with_description_since_and_status),
	    WITH_STAGE(sv1_every_type_and_status),
	    WITH_STAGE(sv1_cards),
	    WITH_STAGE(sv1_detail),
	    WITH_EMPTY_STAGE(no_services_names_the_next_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Services that run on the balance: days left, and buying more of them. */
#include <stdio.h>

#include "data/checkout.h"
#include "data/payment.h"
#include "data/prepaid.h"
#include "tests/tui/stage.h"

enum { SQL = 256 };

#define BASE "https://pay.ridgenet.example"

static int64_t
service_of(struct stage *s, const char *description)
{
	char sql[SQL];

	snprintf(sql, sizeof(sql),
	    "SELECT id FROM service WHERE description = '%s'", description);
	return scratch_int(&s->scratch, sql);
}

/* Everything is paid, and so much more. */
static void
has_credit(struct stage *s, int64_t credit)
{
	stage_system(s);
	stage_pay(s, STAGE_TODAY - 1, 17130 + credit, 0);
}

/* 41.58 and 20 % VAT: 49.90 EUR a month. */
static void
is_prepaid(struct stage *s)
{
	stage_system(s);
	OK(gateway_configure(s->st, "stripe", true, BASE));
	OK(prepaid_set(s->st, s->customer,
	    service_of(s, "Wireless 50/10, Barn Road"), true));
}

static void
twenty_euros(struct stage *s)
{
	is_prepaid(s);
	has_credit(s, 2000);
}

static void
screens_at_all_sizes(void **state)
{
	static const struct stage_shot shots[] = {
	    {"prepaid_overview", twenty_euros, "", NULL},
	    {"prepaid_services", twenty_euros, "2", NULL},
	    {"prepaid_service", twenty_euros, "2\r", NULL},
	    {"prepaid_extend", twenty_euros, "2\ra25", NULL},
	    {"prepaid_extend_owing", is_prepaid, "2\ra200", NULL},
	};

	(void)state;
	stage_shoot(shots, sizeof(shots) / sizeof(shots[0]));
}

/* 20.00 * 30 / 49.90 = 12.02 */
static void
ov6_days_left_stand_in_the_list_on_the_page_and_on_the_overview(void **state)
{
	struct stage *s = *state;

	twenty_euros(s);
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "Prepaid: 12 days left, until 26 May.");
		stage_keys(s, "2");
		HAS(s, "12 days left");
		stage_keys(s, "/Barn Road\r\r");
		HAS(s, "Prepaid: 12 days left, until 26 May.");
	}
}

static void
ov6_all_prepaid_services_share_the_balance(void **state)
{
	struct stage *s = *state;

	twenty_euros(s);
	stage_system(s);
	OK(prepaid_set(
	    s->st, s->customer, service_of(s, "Voice line 0555 0134"), true));
	/* 3.75 and 20 % VAT: 4.50; 20.00 * 30 / 54.40 = 11.03 */
	stage_open(s, 24, 80);
	SEES(s, "Prepaid: 11 days left");
}

static void
ov6_what_is_paused_uses_nothing_up(void **state)
{
	struct stage *s = *state;

	twenty_euros(s);
	stage_system(s);
	OK(prepaid_set(s->st, s->customer,
	    service_of(s, "Wireless 20/5, lower barn"), true));
	stage_open(s, 24, 80);
	SEES(s, "Prepaid: 12 days left");
	stage_keys(s, "2/lower\r\r");
	SEES_NOT(s, "repaid");
}

static void
ov6_used_up_is_said_in_words_and_bold(void **state)
{
	struct stage *s = *state;

	is_prepaid(s);
	has_credit(s, 0);
	AT_BOTH_SIZES(s, size)
	{
		SEES(s, "Prepaid: the balance is used up.");
		assert_true(stage_bold(s, "Prepaid: the balance"));
	}
}

static void
ov6_without_a_prepaid_service_nothing_is_said(void **state)
{
	struct stage *s = *state;

	has_credit(s, 2000);
	AT_BOTH_SIZES(s, size)
	{
		HAS_NOT(s, "repaid");
		stage_keys(s, "2\r");
		HAS_NOT(s, "repaid");
		HAS_NOT(s, "extend");
	}
}

/* 45.00 * 30 / 49.90 = 27.05: 15 days more than 12 */
static void
ov6_extending_shows_the_days_while_the_amount_is_typed(void **state)
{
	struct stage *s = *state;

	twenty_euros(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "2\ra");
		SEES(s, "Prepaid: 12 days left, until 26");
		SEES(s, "Type an amount to see");
		stage_keys(s, "2");
		SEES(s, "2.00 EUR buys 1 day: until 27 May");
		stage_keys(s, "5");
		SEES(s, "25.00 EUR buys 15 days: until 10 Jun");
		assert_int_equal(
		    scratch_int(&s->scratch, "SELECT count(*) FROM checkout"),
		    0);
	}
	stage_keys(s, "\r");
	SEES(s, "Pay 25.00 EUR for your balance");
	assert_int_equal(scratch_int(&s->scratch, "SELECT amount FROM checkout "
						  "WHERE purpose = 'topup'"),
	    2500);
}

/* 200.00 less 171.30: 28.70 * 30 / 49.90 = 17.25 */
static void
ov6_what_is_owed_buys_no_days(void **state)
{
	struct stage *s = *state;

	is_prepaid(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "2\ra200");
		SEES(s, "What you owe is paid first: 171.30");
		SEES(s, "200.00 EUR buys 17 days");
		stage_keys(s, "\025"
			      "100");
		SEES(s, "100.00 EUR buys 0 days");
	}
}

#define T(f) WITH_STAGE(f)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(screens_at_all_sizes),
	    T(ov6_days_left_stand_in_the_list_on_the_page_and_on_the_overview),
	    T(ov6_all_prepaid_services_share_the_balance),
	    T(ov6_what_is_paused_uses_nothing_up),
	    T(ov6_used_up_is_said_in_words_and_bold),
	    T(ov6_without_a_prepaid_service_nothing_is_said),
	    T(ov6_extending_shows_the_days_while_the_amount_is_typed),
	    T(ov6_what_is_owed_buys_no_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

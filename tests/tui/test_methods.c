/* Saved ways to pay: their page, paying with one, saving one; at every size. */
#include <stdio.h>

#include "data/method.h"
#include "tests/tui/stage.h"

enum { EXPIRES = STAGE_TODAY * STAGE_DAY + 16 * 3600 + 40 * 60, SQL = 1024 };

#define BASE "https://pay.ridgenet.example"
#define TOKEN "7K3QX9M2ABCDEFGH"
#define PAGE "https://checkout.stripe.example/c/pay/cs_test_a1B2c3D4"

static void
gateway_on(struct stage *s)
{
	stage_system(s);
	OK(gateway_configure(s->st, "stripe", true, BASE));
}

static void
notice(struct stage *s)
{
	ui_note(&s->ui,
	    &(struct note) {.type = NOTE_CHANGED, .topics = TOPIC_BILLING});
}

/* As portal-worker does it. */
static void
save(struct stage *s, const char *ref, const char *type, const char *brand,
    const char *last4, int64_t expires)
{
	struct identity was = *store_identity(s->st);
	struct identity id = {
	    .tenant = s->tenant, .customer = s->customer, .role = ROLE_SYSTEM};
	struct method m = {.expires = expires};

	strcpy(id.source, "worker");
	snprintf(m.gateway, sizeof(m.gateway), "stripe");
	snprintf(m.ref, sizeof(m.ref), "%s", ref);
	snprintf(m.type, sizeof(m.type), "%s", type);
	snprintf(m.brand, sizeof(m.brand), "%s", brand);
	snprintf(m.last4, sizeof(m.last4), "%s", last4);
	store_become(s->st, &id);
	OK(method_saved(s->st, &m, NULL));
	store_become(s->st, &was);
}

/* A good card that is the default, one that expires, an account. */
static void
save_three(struct stage *s)
{
	save(s, "pm_1", "card", "Visa", "4242", 202808);
	save(s, "pm_2", "card", "Mastercard", "4444", 202606);
	save(s, "pm_3", "sepa", "AT", "3000", 0);
}

static void
stage_with_methods(struct stage *s)
{
	gateway_on(s);
	save_three(s);
}

static int64_t
count(struct stage *s, const char *what)
{
	char sql[SQL];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s", what);
	return scratch_int(&s->scratch, sql);
}

static void
set_latest(struct stage *s, const char *what)
{
	char sql[2 * SQL];

	snprintf(sql, sizeof(sql),
	    "UPDATE checkout SET %s WHERE id = (SELECT max(id) FROM checkout)",
	    what);
	scratch_sql(&s->scratch, sql);
	notice(s);
}

static void
becomes_open(struct stage *s)
{
	char what[SQL];

	snprintf(what, sizeof(what),
	    "state = 'open', token = '" TOKEN "', session = 'cs_1', "
	    "url = '" PAGE "', expires_at = %lld",
	    (long long)EXPIRES);
	set_latest(s, what);
}

static void
opens_then_o(struct stage *s)
{
	becomes_open(s);
	stage_keys(s, "o");
}

static void
becomes_saved(struct stage *s)
{
	save(s, "pm_4", "card", "Visa", "1881", 203011);
	set_latest(s, "state = 'saved'");
}

static void
becomes_failed(struct stage *s)
{
	set_latest(s, "state = 'failed', problem = 'The card was declined.'");
}

static void
screens_at_all_sizes(void **state)
{
	static const struct stage_shot shots[] = {
	    {"methods", stage_with_methods, "3h", NULL},
	    {"methods_none", gateway_on, "3h", NULL},
	    {"methods_off", NULL, "3h", NULL},
	    {"methods_remove", stage_with_methods, "3hx", NULL},
	    {"methods_automatic", stage_with_methods, "3hA", NULL},
	    {"methods_overview", stage_with_methods, "GG", NULL},
	    {"invoices_gateway", stage_with_methods, "3", NULL},
	    {"pay_saved_ask", stage_with_methods, "3\rw", NULL},
	    {"pay_choose", stage_with_methods, "3p", opens_then_o},
	    {"pay_charging", stage_with_methods, "3\rwy", NULL},
	    {"pay_charge_failed", stage_with_methods, "3\rwy", becomes_failed},
	    {"save_open", gateway_on, "3ha", becomes_open},
	    {"save_saved", gateway_on, "3ha", becomes_saved},
	    {"topup", gateway_on, "3a20", NULL},
	};

	(void)state;
	stage_shoot(shots, sizeof(shots) / sizeof(shots[0]));
}

static void
pm5_list_says_brand_last_four_expiry_and_default(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3h");
		HAS(s, "Visa ending 4242");
		HAS(s, "08/2028");
		HAS(s, "Default");
		HAS(s, "06/2026, expires soon");
		HAS(s, "Bank account ending 3000 (AT)");
	}
	assert_true(stage_bold(s, "06/2026, expires soon"));
	assert_false(stage_bold(s, "08/2028"));
	scratch_sql(&s->scratch,
	    "UPDATE pay_method SET expires = 202604 WHERE ref = 'pm_1'");
	notice(s);
	HAS(s, "04/2026, expired");
}

static void
pm5_m_makes_the_marked_one_the_default(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3hjm");
	SEES(s, "is the default now.");
	assert_int_equal(
	    count(s, "pay_method WHERE is_default = 1 AND ref <> 'pm_1'"), 1);
	stage_keys(s, "gm");
	SEES(s, "is the default already.");
}

static void
p_shows_the_payment_that_is_on_its_way(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3\rwy");
	set_latest(s, "state = 'processing'");
	stage_keys(s, "\033");
	stage_keys(s, "p");
	SEES(s, "A payment for this is on its way already.");
	SEES(s, "Processing");
	SEES_NOT(s, "To pay:");
	assert_int_equal(count(s, "checkout"), 1);
}

static void
with_nothing_saved_m_and_x_say_what_is_next(void **state)
{
	struct stage *s = *state;

	gateway_on(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3hm");
		SEES(s, "Nothing is saved yet");
		stage_keys(s, "jx");
		SEES(s, "Nothing is saved yet");
	}
}

static void
pm5_x_removes_only_after_y(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3hx");
	SEES(s, "Remove Visa ending 4242? y/n");
	stage_keys(s, "n");
	assert_int_equal(count(s, "pay_method WHERE removed_at = 0"), 3);
	stage_keys(s, "xy");
	SEES(s, "Removed. It is charged no more.");
	SEES_NOT(s, "4242");
	assert_int_equal(count(s, "pay_method WHERE removed_at = 0"), 2);
}

/* Whatever the marker stands on by the time of the answer. */
static void
what_was_asked_about_is_removed_and_nothing_else(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3hx");
	scratch_sql(&s->scratch,
	    "UPDATE pay_method SET removed_at = 1, is_default = 0 "
	    "WHERE ref = 'pm_1'");
	notice(s);
	stage_keys(s, "y");
	assert_int_equal(count(s, "pay_method WHERE removed_at = 0"), 2);
}

static void
pm5_a_saves_one_by_a_qr_and_it_says_so_by_itself(void **state)
{
	struct stage *s = *state;

	gateway_on(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3h");
	SEES(s, "No card or account is saved yet. a saves one");
	stage_keys(s, "a");
	SEES(s, "Save a card or account");
	becomes_open(s);
	SEES(s, TOKEN);
	SEES(s, "takes no money");
	SEES(s, "\342\226\210");
	SEES_NOT(s, "EUR");
	becomes_saved(s);
	SEES(s, "\n Saved. Visa ending 1881.");
	stage_keys(s, "\033");
	SEES(s, "Visa ending 1881");
}

static void
a_setup_that_ended_can_be_begun_again(void **state)
{
	struct stage *s = *state;

	gateway_on(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3ha");
		set_latest(s, "state = 'expired'");
		HAS(s, "nothing was saved");
		stage_keys(s, "r");
		SEES(s, "Making the link");
		set_latest(s, "state = 'expired'");
	}
}

static void
pm6_automatic_payment_says_what_it_means_before_it_is_on(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3");
	SEES(s, "Automatic payment is off.");
	stage_keys(s, "hA");
	SEES(s, "Charge Visa ending 4242 on each due date from now on");
	HAS(s, "and 49.90 EUR that is overdue at once? y/n");
	stage_keys(s, "n");
	assert_int_equal(count(s, "autopay WHERE is_on = 1"), 0);
	stage_keys(s, "Ay");
	assert_int_equal(count(s, "autopay WHERE is_on = 1"), 1);
	SEES(s, "Automatic payment is on: Visa ending 4242 is charged on the "
		"due date.");
	stage_keys(s, "l");
	SEES(s, "Automatic payment is on.");
	stage_keys(s, "hA");
	SEES(s, "Automatic payment is off.");
	assert_int_equal(count(s, "autopay WHERE is_on = 1"), 0);
}

static void
pm6_nothing_is_said_of_it_where_it_is_not_offered(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_set(s, "autopay", "off");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3");
		SEES_NOT(s, "utomatic");
		stage_keys(s, "hA");
		SEES(s, "Automatic payment is not offered here.");
	}
}

static void
removing_the_last_one_says_that_automatic_payment_ends(void **state)
{
	struct stage *s = *state;

	gateway_on(s);
	save(s, "pm_1", "card", "Visa", "4242", 202808);
	stage_open(s, 24, 80);
	stage_keys(s, "3hAyx");
	SEES(s, "Remove Visa ending 4242? Automatic payment ends with it. y/n");
	stage_keys(s, "y");
	SEES(s, "Automatic payment is off.");
}

static void
pm10_w_on_an_invoice_charges_only_after_y(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3\rw");
		HAS(s, "Pay 54.40 EUR for INV-2026-000015 with Visa ending "
		       "4242? y/n");
		stage_keys(s, "n");
		assert_int_equal(count(s, "checkout_charge"), 0);
	}
	stage_keys(s, "wy");
	HAS(s, "Charging...");
	assert_int_equal(count(s, "checkout_charge"), 1);
	set_latest(s, "state = 'processing'");
	HAS(s, "Processing");
	becomes_failed(s);
	HAS(s, "The card was declined.");
	HAS(s, "r makes a link");
}

static void
an_invoice_says_that_money_for_it_is_on_its_way(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3\r");
		HAS(s, "w pays it with Visa ending 4242.");
		stage_keys(s, "wy");
		set_latest(s, "state = 'processing'");
		stage_keys(s, "\033");
		HAS(s, "A payment for it is being processed: you need not pay "
		       "again.");
		HAS_NOT(s, "w pays it");
		stage_keys(s, "1");
		HAS(s, "A payment of 54.40 EUR is being processed.");
		becomes_failed(s);
		HAS_NOT(s, "being processed");
		scratch_sql(&s->scratch, "DELETE FROM invoice_claim");
	}
}

static void
an_invoice_says_when_automatic_payment_tries_again(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3hAy");
	stage_keys(s, "3\r");
	HAS_NOT(s, "tried again");
	scratch_sql(&s->scratch,
	    "INSERT INTO autopay_invoice (tenant, customer, invoice, tries, "
	    "state, next_on) SELECT tenant, customer, id, 1, 'waiting', 20590 "
	    "FROM invoice WHERE number = 'INV-2026-000015'");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3\r");
		HAS(s, "The automatic payment failed. It is tried again on "
		       "17 May 2026.");
	}
	stage_keys(s, "\033hAl\r");
	HAS_NOT(s, "tried again");
}

static void
pm10_another_amount_by_then_is_asked_about_again(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3\rw");
	SEES(s, "Pay 54.40 EUR");
	stage_system(s);
	stage_pay(s, STAGE_TODAY, 1000,
	    scratch_int(&s->scratch,
		"SELECT id FROM invoice WHERE number = 'INV-2026-000015'"));
	stage_set(s, "welcome", ""); /* the customer again */
	stage_keys(s, "y");
	SEES(s, "Pay 44.40 EUR for INV-2026-000015 with Visa");
	assert_int_equal(count(s, "checkout_charge"), 0);
	stage_keys(s, "y");
	assert_int_equal(count(s, "checkout_charge"), 1);
}

static void
pm10_o_offers_what_is_saved_then_a_link_then_the_bank(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3p");
	SEES_NOT(s, "y/n"); /* p alone never asks */
	becomes_open(s);
	stage_keys(s, "o");
	SEES(s, "Visa ending 4242");
	SEES(s, "Another card, by a link for a phone");
	SEES(s, "Bank transfer");
	stage_keys(s, "G\r");
	SEES(s, "IE29AIBK93115212345678");
	stage_keys(s, "\033gj\r");
	SEES(s, "y/n");
	stage_keys(s, "y");
	SEES(s, "Charging...");
	assert_int_equal(count(s, "checkout_charge"), 1);
	stage_keys(s, "\033"); /* the choice is not below it */
	SEES(s, "[Invoices]");
}

static void
the_link_of_the_choice_is_the_one_that_was_there(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3p");
	becomes_open(s);
	stage_keys(s, "op");
	SEES(s, TOKEN);
	assert_int_equal(count(s, "checkout"), 1);
}

static void
pm10_w_on_the_methods_page_pays_all_that_is_due(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3hw");
	SEES(s, "Pay 171.30 EUR for 3 invoices with Visa ending 4242? y/n");
	stage_keys(s, "y");
	SEES(s, "Charging...");
	SEES(s, "INV-2026-000013");
}

static void
w_without_anything_saved_names_the_next_step(void **state)
{
	struct stage *s = *state;

	gateway_on(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3\rw");
		SEES(s, "No card or account is saved yet.");
	}
}

static void
ov5_a_tops_up_with_an_amount_that_is_checked(void **state)
{
	struct stage *s = *state;

	gateway_on(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3a");
		SEES(s, "Top up the balance");
		stage_keys(s, "x\r");
		SEES(s, "That is not an amount in EUR");
		SEES(s, "20."); /* all of it, also where it wraps */
		stage_keys(s, "\025"
			      "99999999999\r");
		SEES(s, "in parts.");
		stage_keys(s, "\025"
			      "0.10\r");
		SEES(s, "0.50");
		stage_keys(s, "\025"
			      "20,50\r");
		SEES(s, "Pay 20.50 EUR for your balance");
		assert_int_equal(
		    count(s, "checkout WHERE purpose = 'topup' AND amount = "
			     "2050"),
		    1);
	}
}

static void
ov5_the_palette_tops_up_from_anywhere(void **state)
{
	struct stage *s = *state;

	gateway_on(s);
	stage_open(s, 24, 80);
	stage_keys(s, ":top up\r");
	SEES(s, "Top up the balance");
}

static void
ov5_without_a_gateway_it_says_so(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3a");
		SEES(s, "Paying by card is not open here.");
		stage_keys(s, "3h");
		SEES(s, "Paying by card is not open here");
	}
}

static void
ov14_the_overview_lists_them_and_opens_makes_default_removes(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "PAYMENT METHODS");
		HAS(s, "Visa ending 4242");
	}
	stage_open(s, 24, 80);
	stage_keys(s, "/Visa\rx");
	SEES(s, "Remove Visa ending 4242? y/n");
	stage_keys(s, "n/Bank account\rm");
	SEES(s, "Bank account ending 3000 (AT) is the default now.");
	stage_keys(s, "\r");
	SEES(s, "[Methods]");
}

static void
hidden_by_the_tenant_the_overview_has_no_methods(void **state)
{
	struct stage *s = *state;

	stage_with_methods(s);
	stage_set(s, "blocks", "summary,invoices");
	stage_open(s, 24, 80);
	HAS_NOT(s, "PAYMENT METHODS");
}

#define T(f) WITH_STAGE(f)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(screens_at_all_sizes),
	    T(pm5_list_says_brand_last_four_expiry_and_default),
	    T(pm5_m_makes_the_marked_one_the_default),
	    T(pm5_x_removes_only_after_y),
	    T(p_shows_the_payment_that_is_on_its_way),
	    T(with_nothing_saved_m_and_x_say_what_is_next),
	    T(what_was_asked_about_is_removed_and_nothing_else),
	    T(pm5_a_saves_one_by_a_qr_and_it_says_so_by_itself),
	    T(a_setup_that_ended_can_be_begun_again),
	    T(pm6_automatic_payment_says_what_it_means_before_it_is_on),
	    T(pm6_nothing_is_said_of_it_where_it_is_not_offered),
	    T(removing_the_last_one_says_that_automatic_payment_ends),
	    T(pm10_w_on_an_invoice_charges_only_after_y),
	    T(pm10_another_amount_by_then_is_asked_about_again),
	    T(an_invoice_says_that_money_for_it_is_on_its_way),
	    T(an_invoice_says_when_automatic_payment_tries_again),
	    T(pm10_o_offers_what_is_saved_then_a_link_then_the_bank),
	    T(the_link_of_the_choice_is_the_one_that_was_there),
	    T(pm10_w_on_the_methods_page_pays_all_that_is_due),
	    T(w_without_anything_saved_names_the_next_step),
	    T(ov5_a_tops_up_with_an_amount_that_is_checked),
	    T(ov5_the_palette_tops_up_from_anywhere),
	    T(ov5_without_a_gateway_it_says_so),
	    T(ov14_the_overview_lists_them_and_opens_makes_default_removes),
	    T(hidden_by_the_tenant_the_overview_has_no_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

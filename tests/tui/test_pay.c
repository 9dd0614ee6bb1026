/* Paying by card: every state of it, at every size, and what keys do. */
#include <stdio.h>
#include <stdlib.h>

#include "data/checkout.h"
#include "tests/tui/stage.h"

enum { EXPIRES = STAGE_TODAY * STAGE_DAY + 16 * 3600 + 40 * 60, SQL = 1024 };

#define BASE "https://pay.ridgenet.example"
#define TOKEN "7K3QX9M2ABCDEFGH"
#define LINK BASE "/P/" TOKEN
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

static int64_t
latest(struct stage *s)
{
	return scratch_int(&s->scratch, "SELECT max(id) FROM checkout");
}

/* As the worker does it, and with a token that is the same every time. */
static void
set_latest(struct stage *s, const char *what)
{
	char sql[SQL];

	snprintf(sql, sizeof(sql), "UPDATE checkout SET %s WHERE id = %lld",
	    what, (long long)latest(s));
	scratch_sql(&s->scratch, sql);
	notice(s);
}

static void
becomes_open(struct stage *s)
{
	char what[SQL];

	/* Those before are let go. */
	scratch_sql(&s->scratch,
	    "UPDATE checkout SET token = 'OLD' || id WHERE token = '" TOKEN
	    "'");
	snprintf(what, sizeof(what),
	    "state = 'open', token = '" TOKEN "', session = 'cs_1', "
	    "url = '" PAGE "', expires_at = %lld",
	    (long long)EXPIRES);
	set_latest(s, what);
}

static void
becomes_paid(struct stage *s)
{
	struct identity was = *store_identity(s->st);
	struct received r = {.tenant = s->tenant,
	    .customer = s->customer,
	    .checkout = latest(s),
	    .account = "acct_1",
	    .intent = "pi_1",
	    .method = "card",
	    .currency = "EUR",
	    .at = STAGE_TODAY * STAGE_DAY + 7 * 3600 + 31 * 60};
	struct checkout co;
	bool fresh = false;

	OK(checkout_get(s->st, r.checkout, &co));
	r.amount = co.amount;
	snprintf(r.account, sizeof(r.account), "%s", co.account);
	stage_system(s);
	OK(checkout_settle(s->st, &r, &fresh));
	assert_true(fresh);
	store_become(s->st, &was);
	notice(s);
}

static void
becomes_processing(struct stage *s)
{
	becomes_open(s);
	set_latest(s, "state = 'processing'");
}

static void
becomes_expired(struct stage *s)
{
	becomes_open(s);
	set_latest(s, "state = 'expired'");
}

static void
becomes_failed(struct stage *s)
{
	becomes_open(s);
	set_latest(
	    s, "state = 'failed', problem = 'Your bank declined the payment.'");
}

static void
opens_and_is_paid(struct stage *s)
{
	becomes_open(s);
	becomes_paid(s);
}

static void
shows_alone(struct stage *s)
{
	becomes_open(s);
	stage_keys(s, "z");
}

static void
shows_the_page(struct stage *s)
{
	becomes_open(s);
	stage_keys(s, "l");
}

static void
shows_wide(struct stage *s)
{
	becomes_open(s);
	stage_keys(s, "b");
}

static void
screens_at_all_sizes(void **state)
{
	static const struct stage_shot shots[] = {
	    {"pay_wanted", gateway_on, "3p", NULL},
	    {"pay_open", gateway_on, "3p", becomes_open},
	    {"pay_all", gateway_on, "P", becomes_open},
	    {"pay_alone", gateway_on, "3p", shows_alone},
	    {"pay_wide", gateway_on, "3p", shows_wide},
	    {"pay_link", gateway_on, "3p", shows_the_page},
	    {"pay_processing", gateway_on, "3p", becomes_processing},
	    {"pay_expired", gateway_on, "3p", becomes_expired},
	    {"pay_failed", gateway_on, "3p", becomes_failed},
	    {"pay_paid", gateway_on, "P", opens_and_is_paid},
	};

	(void)state;
	stage_shoot(shots, sizeof(shots) / sizeof(shots[0]));
}

static struct stage *
with_gateway(void **state, int rows, int cols)
{
	struct stage *s = *state;

	gateway_on(s);
	stage_open(s, rows, cols);
	return s;
}

static void
p_asks_no_question_and_the_qr_comes_by_itself(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	stage_keys(s, "3p");
	SEES(s, "Making the link");
	SEES(s, "Pay 54.40 EUR for INV-2026-000015 by card (Stripe)");
	SEES_NOT(s, "y/n");
	becomes_open(s);
	SEES(s, "Waiting for payment");
	SEES(s, "\342\226\210\342\226\210");
	SEES(s, TOKEN);
	SEES(s, "ends at 18:40"); /* in the provider's zone */
	SEES(s, "This screen changes by itself");
}

static void
it_turns_to_paid_by_itself(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	stage_keys(s, "3p");
	becomes_open(s);
	becomes_paid(s);
	SEES(s, "\n Paid. 54.40 EUR received 14 May 09:31. "
		"Receipt: receipts/RCP-2026-0000");
	SEES_NOT(s, "\342\226\210");
	stage_keys(s, "d");
	SEES(s, "To fetch receipt RCP-2026-0000");
}

static void
capital_p_pays_all_that_is_due_at_once(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	stage_keys(s, "2P");
	becomes_open(s);
	SEES(s, "for 3 invoices by card");
	SEES(s, "INV-2026-000013");
	SEES(s, "INV-2026-000014");
	SEES(s, "INV-2026-000015");
	assert_int_equal(
	    scratch_int(&s->scratch, "SELECT count(*) FROM checkout"), 1);
}

static void
without_a_gateway_it_says_how_to_pay_instead(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3p");
		SEES(s, "To pay: 54.40 EUR for INV-2026-000015");
		HAS(s, "IE29AIBK93115212345678");
		assert_int_equal(
		    scratch_int(&s->scratch, "SELECT count(*) FROM checkout"),
		    0);
	}
}

static void
what_a_gateway_does_not_take_is_said_before_any_request(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	stage_issue(s, STAGE_TODAY - 1, STAGE_TODAY + 9, 10, "A stamp");
	with_gateway(state, 24, 80);
	stage_keys(s, "3p");
	SEES(s, "0.50");
	SEES(s, "IE29AIBK93115212345678"); /* the other way */
	assert_int_equal(
	    scratch_int(&s->scratch, "SELECT count(*) FROM checkout"), 0);
}

static void
leaving_ends_nothing_and_p_shows_the_same_link_again(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	stage_keys(s, "3p");
	becomes_open(s);
	stage_keys(s, "\033");
	SEES_NOT(s, TOKEN);
	stage_keys(s, "p");
	SEES(s, TOKEN);
	assert_int_equal(
	    scratch_int(&s->scratch, "SELECT count(*) FROM checkout"), 1);
}

static void
r_makes_a_new_link_of_an_expired_one(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	stage_keys(s, "3p");
	becomes_expired(s);
	scratch_sql(&s->scratch, "DELETE FROM invoice_claim");
	SEES(s, "Expired");
	SEES(s, "r makes a new link");
	stage_keys(s, "r");
	SEES(s, "Making the link");
	becomes_open(s);
	SEES(s, TOKEN);
}

static void
a_failure_says_why_and_what_to_do(void **state)
{
	struct stage *s = *state;

	gateway_on(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3p");
		becomes_failed(s);
		SEES(s, "Failed");
		SEES(s, "Your bank declined the payment.");
		SEES(s, "r makes a new link");
		SEES(s, "other");
		set_latest(s, "state = 'cancelled'");
		scratch_sql(&s->scratch, "DELETE FROM invoice_claim");
	}
}

static void
nobody_is_logged_out_while_a_payment_waits(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	stage_keys(s, "3p");
	assert_int_equal(ui_waits_until(&s->ui), 0);
	becomes_open(s);
	assert_int_equal(ui_waits_until(&s->ui), EXPIRES);
	stage_keys(s, "?"); /* also below another screen */
	assert_int_equal(ui_waits_until(&s->ui), EXPIRES);
	stage_keys(s, "\033");
	becomes_paid(s);
	assert_int_equal(ui_waits_until(&s->ui), 0);
}

static void
c_copies_the_link_and_l_has_the_whole_of_it(void **state)
{
	struct stage *s = with_gateway(state, 15, 40);

	s->session.can_copy = true;
	stage_keys(s, "3p");
	becomes_open(s);
	stage_keys(s, "c");
	assert_string_equal(s->ui.copy, LINK);
	stage_keys(s, "l");
	SEES(s, "checkout.stripe.example");
	stage_keys(s, "c");
	assert_string_equal(s->ui.copy, PAGE);
}

static void
links_lead_to_where_they_say(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	stage_keys(s, "3p");
	becomes_open(s);
	stage_dump(s);
	assert_string_equal(s->ui.canvas.link, LINK);
	set_latest(s, "state = 'processing'");
	stage_dump(s);
	assert_null(s->ui.canvas.link);
}

static void
o_shows_the_other_way_for_the_same_invoice(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	stage_keys(s, "3p");
	becomes_open(s);
	stage_keys(s, "o");
	SEES(s, "To pay: 54.40 EUR for INV-2026-000015");
	SEES(s, "IE29AIBK93115212345678");
	stage_keys(s, "\033");
	SEES(s, TOKEN);
}

static void
where_half_blocks_cannot_be_drawn_the_link_stands_alone(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	s->session.has_blocks = false;
	stage_keys(s, "3p");
	becomes_open(s);
	SEES(s, "Open this link:");
	SEES(s, LINK);
	SEES_NOT(s, "\342\226");
	SEES_NOT(s, "forced");
	/* coloured blanks need no letters at all */
	stage_resize(s, 43, 132);
	SEES(s, "Scan with a phone");
	SEES(s, "forced");
	SEES_NOT(s, "\342\226");
}

static void
the_other_style_is_coloured_blanks_where_there_is_room(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);

	stage_keys(s, "3p");
	becomes_open(s);
	stage_keys(s, "b");
	SEES(s, "The other style needs");
	stage_resize(s, 43, 132);
	stage_keys(s, "b");
	SEES_NOT(s, "\342\226");
	SEES(s, "forced");
	stage_keys(s, "b");
	SEES(s, "\342\226\210");
}

static void
invert_swaps_light_and_dark(void **state)
{
	struct stage *s = with_gateway(state, 24, 80);
	/* the quiet zone's corner */
	const struct glyph *corner;

	stage_keys(s, "3p");
	becomes_open(s);
	stage_dump(s);
	corner = canvas_at(&s->ui.canvas, 5, 1);
	assert_int_equal(corner->ch, 0x2588);
	assert_int_equal(corner->attr, ATTR_FORCED);
	stage_keys(s, "i");
	stage_dump(s);
	assert_int_equal(corner->ch, ' ');
	assert_int_equal(corner->attr, ATTR_FORCED);
}

static void
a_small_window_shows_the_qr_alone_when_asked(void **state)
{
	struct stage *s = with_gateway(state, 17, 40);

	stage_keys(s, "3p");
	becomes_open(s);
	SEES_NOT(s, "\342\226\210");
	SEES(s, "z shows the QR");
	stage_keys(s, "z");
	SEES(s, "\342\226\210");
	SEES_NOT(s, "Ridgenet");
	stage_keys(s, " ");
	SEES(s, "Ridgenet");
	stage_keys(s, "z");
	becomes_paid(s); /* it is not in the way of the good news */
	SEES(s, "\n Paid. 54.40 EUR");
}

#define T(f) WITH_STAGE(f)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(screens_at_all_sizes),
	    T(p_asks_no_question_and_the_qr_comes_by_itself),
	    T(it_turns_to_paid_by_itself),
	    T(capital_p_pays_all_that_is_due_at_once),
	    T(without_a_gateway_it_says_how_to_pay_instead),
	    T(what_a_gateway_does_not_take_is_said_before_any_request),
	    T(leaving_ends_nothing_and_p_shows_the_same_link_again),
	    T(r_makes_a_new_link_of_an_expired_one),
	    T(a_failure_says_why_and_what_to_do),
	    T(nobody_is_logged_out_while_a_payment_waits),
	    T(c_copies_the_link_and_l_has_the_whole_of_it),
	    T(links_lead_to_where_they_say),
	    T(o_shows_the_other_way_for_the_same_invoice),
	    T(where_half_blocks_cannot_be_drawn_the_link_stands_alone),
	    T(the_other_style_is_coloured_blanks_where_there_is_room),
	    T(invert_swaps_light_and_dark),
	    T(a_small_window_shows_the_qr_alone_when_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The overview, feature by feature, at both sizes that must hold. */
#include "tests/tui/stage.h"

static void
ac4_provider_and_customer_in_the_header(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		for (const char *tab = "12345"; *tab != '\0'; tab++) {
			char key[2] = {*tab};

			stage_keys(s, key);
			SEES(s, " Ridgenet ");
			SEES(s, "Demo Customer\n");
		}
	}
}

static void
ov1_contact_details_and_balance(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "You owe 171.30 EUR.");
		HAS(s, "ACCOUNT 10-20394");
		HAS(s, "Demo Customer demo@example.net 0555 0199");
		HAS(s, "1 Barn Road, 6167 Ridge");
		HAS_NOT(s, "-171.30");
	}
}

static void
ov1_credit_is_called_overpaid(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	stage_pay(s, STAGE_TODAY, 20000, 0);
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "Overpaid: 28.70 EUR.");
		HAS(s, "Paid in full");
		HAS_NOT(s, "-28.70");
	}
}

static void
ov2_settling_the_total_leaves_paid_in_full(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	stage_pay(s, STAGE_TODAY, 17130, 0);
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "Paid in full. Nothing is due.");
		HAS_NOT(s, "You owe");
		HAS_NOT(s, "UNPAID INVOICES");
	}
}

static void
ov2_totals_last_payment_and_subscriptions(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "49.90 EUR of it is overdue since 9 May.");
		HAS(s, "LAST PAYMENT 40.00 EUR on 12 May");
		HAS(s, "SUBSCRIPTIONS 2 active");
	}
}

static void
ov3_next_payment_only_where_the_tenant_shows_it(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	HAS(s, "Next payment due in 6 days (20 May): 54.40 EUR.");
	stage_set(s, "show_next_payment", "no");
	AT_BOTH_SIZES(s, size)
	HAS_NOT(s, "Next payment");
}

static void
ov4_suspension_only_where_the_tenant_shows_it(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	HAS(s, "Your service will be suspended in 9 days (23 May) "
	       "unless 49.90 EUR is paid.");
	stage_set(s, "show_suspension", "no");
	AT_BOTH_SIZES(s, size)
	HAS_NOT(s, "suspended");
}

static void
ov7_unpaid_invoices_with_number_date_total_due(void **state)
{
	struct stage *s = *state;

	stage_set(s, "blocks", "summary,invoices");
	stage_open(s, 24, 80);
	HAS(s, "INV-2026-000014 1 May 2026 8 May 2026 49.90 49.90 Overdue");
	HAS(s, "INV-2026-000013 5 May 2026 3 Jun 2026 107.00 67.00 "
	       "Partially paid");
	HAS_NOT(s, "INV-2026-000012");
	stage_open(s, 15, 40);
	HAS(s, "INV-2026-000014 Overdue 49.90 due 8 May");
	HAS(s, "INV-2026-000013 Partially paid 67.00 due 3 Jun");
	HAS_NOT(s, "INV-2026-000012");
}

static void
ov7_pay_info_view_download_and_all(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "g\r");
		HAS(s, "[Invoices]"); /* the title opens them all */
		stage_keys(s, "1gjp");
		SEES(s, "To pay: 54.40 EUR for");
		stage_keys(s, "qgj\r");
		SEES(s, "Invoice INV-2026-000015");
		stage_keys(s, "qgjv");
		HAS(s, "Customer number 10-20394");
		stage_keys(s, "qgjd");
		HAS(s, "portal@ridgenet.example:invoices/INV");
	}
}

static void
ov8_services_with_their_state(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "SERVICES 2 active of 3");
		HAS(s, "Wireless 50/10, Barn Road Online");
		HAS(s, "Voice line 0555 0134 Active");
		HAS(s, "Wireless 20/5, lower barn Paused");
		stage_keys(s, "g/SERVICES\r\r");
		SEES(s, "2 Services");
		HAS(s, "INTERNET");
	}
}

static void
ov9_open_tickets_in_the_tenants_columns(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "TICKETS 2 open, 1 waits for you");
		HAS(s, "Slow evenings Waiting on customer");
		HAS_NOT(s, "No connection since");
	}
	stage_set(s, "ticket_columns", "subject,assigned_to,group");
	stage_open(s, 24, 80);
	HAS(s, "Slow evenings Lena Gruber Network");
	HAS_NOT(s, "Slow evenings Lena Gruber Network medium");
}

static void
ov9_view_reply_and_close_from_here(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "g/Slow\r\r");
		SEES(s, "#2 Slow evenings");
		stage_keys(s, "qr");
		SEES(s, "Reply to ticket #2");
		stage_keys(s, "\033x");
		SEES(s, "Close ticket #2 Slow evenings? y/n");
		stage_keys(s, "n");
	}
}

static void
ov10_latest_activity(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "LAST INVOICE 54.40 EUR on 6 May");
		HAS(s, "LAST PAYMENT 40.00 EUR on 12 May");
		HAS(s, "2 open, 1 waits for you");
		HAS(s, "NEWS 12 May: Mast work at North");
		stage_keys(s, "g/NEWS\r\r");
		SEES(s, "Expect two breaks");
		stage_keys(s, "qg/LAST INV\r\r");
		SEES(s, "[Invoices]");
		stage_keys(s, "1");
	}
}

static void
ov14_previews_that_open(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "g/41.58\r\r");
		SEES(s, "Wireless 50/10, Barn Road");
		HAS(s, "41.58 EUR a month, plus 20 % VAT");
		/* a payment opens its invoice and says how to download */
		stage_keys(s, "qg/PAYMENTS\rjd");
		HAS(s, "portal@ridgenet.example:receipts/RCP");
		stage_keys(s, "q\r");
		HAS(s, "Payment of 40.00 EUR");
		HAS(s, "Invoice INV-2026-000013");
		stage_keys(s, "1");
	}
}

static void
blocked_customer_is_told_in_bold(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	OK(customer_set_state(s->st, s->customer, "blocked"));
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "Your account is blocked because of unpaid invoices.");
		stage_keys(s, "g");
		assert_true(stage_bold(s, "Your account is blocked"));
	}
}

static void
attention_is_bold(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	assert_true(stage_bold(s, "You owe 171.30 EUR."));
	assert_true(stage_bold(s, "Overdue"));
	assert_true(stage_bold(s, "Waiting on customer"));
	assert_false(stage_bold(s, "Unpaid"));
}

static void
hidden_blocks_and_tabs_are_gone(void **state)
{
	struct stage *s = *state;

	stage_set(s, "blocks", "summary,services");
	stage_set(s, "tabs", "overview,billing,profile");
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "SERVICES");
		HAS_NOT(s, "TICKETS");
		HAS_NOT(s, "UNPAID INVOICES");
		HAS_NOT(s, "NEWS");
		stage_keys(s, "2");
		SEES(s, "[Invoices]");
		stage_keys(s, "4"); /* there is no fourth one */
		SEES(s, "[Invoices]");
	}
	stage_open(s, 24, 80);
	SEES(s, " [1 Overview] 2 Billing 3 Profile\n");
}

static void
changes_from_elsewhere_keep_the_marker(void **state)
{
	struct stage *s = *state;
	struct note note = {NOTE_CHANGED, TOPIC_BILLING};
	struct target before;

	stage_open(s, 24, 80);
	stage_keys(s, "g/000014\r");
	before = list_target(s->ui.views[0].screen->list(&s->ui.views[0]));
	stage_system(s);
	stage_issue(s, STAGE_TODAY, STAGE_TODAY + 14, 1000, "Cable");
	stage_set(s, "welcome", "Welcome.");
	ui_note(&s->ui, &note);
	SEES(s, "INV-2026-000016");
	assert_int_equal(before.kind, TARGET_INVOICE);
	assert_true(
	    before.id ==
	    list_target(s->ui.views[0].screen->list(&s->ui.views[0])).id);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STAGE(ac4_provider_and_customer_in_the_header),
	    WITH_STAGE(ov1_contact_details_and_balance),
	    WITH_STAGE(ov1_credit_is_called_overpaid),
	    WITH_STAGE(ov2_settling_the_total_leaves_paid_in_full),
	    WITH_STAGE(ov2_totals_last_payment_and_subscriptions),
	    WITH_STAGE(ov3_next_payment_only_where_the_tenant_shows_it),
	    WITH_STAGE(ov4_suspension_only_where_the_tenant_shows_it),
	    WITH_STAGE(ov7_unpaid_invoices_with_number_date_total_due),
	    WITH_STAGE(ov7_pay_info_view_download_and_all),
	    WITH_STAGE(ov8_services_with_their_state),
	    WITH_STAGE(ov9_open_tickets_in_the_tenants_columns),
	    WITH_STAGE(ov9_view_reply_and_close_from_here),
	    WITH_STAGE(ov10_latest_activity),
	    WITH_STAGE(ov14_previews_that_open),
	    WITH_STAGE(blocked_customer_is_told_in_bold),
	    WITH_STAGE(attention_is_bold),
	    WITH_STAGE(hidden_blocks_and_tabs_are_gone),
	    WITH_STAGE(changes_from_elsewhere_keep_the_marker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

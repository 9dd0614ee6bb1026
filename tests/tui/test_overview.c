/* The overview, feature by feature, at both sizes that must hold. */
#include <stdio.h>

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

/* Nothing of them is behind Enter: they are not cut. */
static void
ov1_long_contact_details_are_whole(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	scratch_sql(&s->scratch,
	    "UPDATE customer SET name = 'Christophora Wilhelmina Countess of "
	    "the Upper Barn', email = 'christophora.wilhelmina@upper-barn."
	    "example.net', phone = '+353 1 555 0199 ext. 20394', street = "
	    "'Sankt-Johannes-von-Nepomuk-Gasse 123, stair 4, door 56', "
	    "city = 'Ridge upon the Lesser Water'");
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "Christophora Wilhelmina Countess of the Upper Barn");
		HAS(s, "+353 1 555 0199 ext. 20394");
		HAS(s, "Sankt-Johannes-von-Nepomuk-Gasse 123, stair 4, door 56"
		       ", 6167 Ridge upon the Lesser Water");
		stage_keys(s, "G");
		SEES(s, "christophora.wilhelmina@upper-barn.e");
		SEES(s, "xample.net");
	}
}

static void
ov1_what_the_tenant_hides_is_hidden_here_too(void **state)
{
	struct stage *s = *state;
	static const struct {
		const char *key, *text;
	} fields[] = {{"profile.email", "demo@example.net"},
	    {"profile.phone", "0555 0199"}, {"profile.street", "1 Barn Road"},
	    {"profile.postcode", "6167"}, {"profile.city", "6167 Ridge"}};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		AT_BOTH_SIZES(s, size)
		HAS(s, fields[i].text);
		stage_set(s, fields[i].key, "hidden");
		AT_BOTH_SIZES(s, size)
		HAS_NOT(s, fields[i].text);
		stage_set(s, fields[i].key, "view");
	}
	stage_set(s, "profile.name", "hidden");
	AT_BOTH_SIZES(s, size)
	HAS(s, "ACCOUNT 10-20394 demo@example.net");
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
		HAS(s, "You owe 171.30 EUR.");
		HAS(s, "49.90 EUR of it is overdue since 9 May.");
		HAS(s, "Next payment due in 6 days (20 May): 54.40 EUR.");
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
ov3_only_if_something_will_be_due(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	stage_pay(s, STAGE_TODAY, 17130, 0);
	AT_BOTH_SIZES(s, size)
	HAS_NOT(s, "Next payment");
	stage_system(s); /* what is overdue is not to come any more */
	stage_issue(s, STAGE_TODAY - 20, STAGE_TODAY - 3, 1000, "Cable");
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "overdue since 12 May");
		HAS_NOT(s, "Next payment");
	}
}

static void
ov4_only_below_the_minimum_balance(void **state)
{
	struct stage *s = *state;

	scratch_sql(&s->scratch, "UPDATE customer SET min_balance = -17130");
	AT_BOTH_SIZES(s, size)
	HAS_NOT(s, "suspended");
	scratch_sql(&s->scratch, "UPDATE customer SET min_balance = -17129");
	AT_BOTH_SIZES(s, size)
	HAS(s, "suspended");
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
	stage_keys(s, "g/000013\r\r"); /* the date and the total */
	HAS(s, "Issued 5 May 2026, due 3 Jun 2026");
	HAS(s, "Total EUR 107.00");
}

static void
ov7_more_than_there_is_room_for_are_counted(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	for (int i = 0; i < 9; i++)
		stage_issue(s, STAGE_TODAY, STAGE_TODAY + 14, 1000, "Cable");
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "12 UNPAID INVOICES");
		HAS_NOT(s, "INV-2026-000014");
		stage_keys(s, "g/12 UNPAID\r\r");
		HAS(s, "INV-2026-000014");
	}
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
ov8_whatever_their_state(void **state)
{
	struct stage *s = *state;
	static const char *const states[][2] = {{"pending", "Pending"},
	    {"active", "Active"}, {"paused", "Paused"},
	    {"inactive", "Inactive"}};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		char sql[128], row[64];

		snprintf(sql, sizeof(sql),
		    "UPDATE service SET status = '%s' WHERE type = 'voice'",
		    states[i][0]);
		scratch_sql(&s->scratch, sql);
		snprintf(
		    row, sizeof(row), "Voice line 0555 0134 %s", states[i][1]);
		AT_BOTH_SIZES(s, size)
		HAS(s, row);
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
	AT_BOTH_SIZES(s, size)
	{
		HAS(s, "Slow evenings Lena Gruber Network");
		HAS_NOT(s, "Slow evenings Lena Gruber Network medium");
		HAS_NOT(s, "#2");
		HAS_NOT(s, "Waiting on customer");
	}
}

static void
ov9_each_column_there_is(void **state)
{
	struct stage *s = *state;
	static const struct {
		const char *columns, *row;
	} shown[] = {
	    {"id,subject", "#2 Slow evenings"},
	    {"subject,priority", "Slow evenings medium"},
	    {"subject,status", "Slow evenings Waiting on customer"},
	    {"subject,group", "Slow evenings Network"},
	    {"subject,type", "Slow evenings fault"},
	    {"subject,assigned_to", "Slow evenings Lena Gruber"},
	    {"subject,created", "Slow evenings 11 May 2026"},
	    {"subject,updated", "Slow evenings 13 May 2026"},
	    {"id,subject,type,status", "#2 Slow evenings fault "
				       "Waiting on customer"},
	};

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		stage_set(s, "ticket_columns", shown[i].columns);
		AT_BOTH_SIZES(s, size)
		HAS(s, shown[i].row);
	}
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
		stage_keys(s, "1g/LAST PAY\r\r");
		SEES(s, size->cols == 80 ? "[Invoices]" : "[Payments]");
		stage_keys(s, "1g/TICKETS\r\r");
		SEES(s, "2 open of 3. 1 waits for you.");
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
	    WITH_STAGE(ov1_long_contact_details_are_whole),
	    WITH_STAGE(ov1_what_the_tenant_hides_is_hidden_here_too),
	    WITH_STAGE(ov1_credit_is_called_overpaid),
	    WITH_STAGE(ov2_settling_the_total_leaves_paid_in_full),
	    WITH_STAGE(ov2_totals_last_payment_and_subscriptions),
	    WITH_STAGE(ov3_next_payment_only_where_the_tenant_shows_it),
	    WITH_STAGE(ov3_only_if_something_will_be_due),
	    WITH_STAGE(ov4_only_below_the_minimum_balance),
	    WITH_STAGE(ov4_suspension_only_where_the_tenant_shows_it),
	    WITH_STAGE(ov7_unpaid_invoices_with_number_date_total_due),
	    WITH_STAGE(ov7_more_than_there_is_room_for_are_counted),
	    WITH_STAGE(ov7_pay_info_view_download_and_all),
	    WITH_STAGE(ov8_services_with_their_state),
	    WITH_STAGE(ov8_whatever_their_state),
	    WITH_STAGE(ov9_open_tickets_in_the_tenants_columns),
	    WITH_STAGE(ov9_each_column_there_is),
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

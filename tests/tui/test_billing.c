/* The billing tab: cards, lists, one invoice, how to pay, how to fetch. */
#include <stdio.h>
#include <stdlib.h>

#include "data/checkout.h"
#include "data/payment.h"
#include "tests/tui/stage.h"

static void
bi1_cards(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3");
	SEES(s, "You owe 171.30 EUR.");
	SEES(s, "3 open. Last invoice: 54.40 EUR on 6 May. "
		"Last payment: 40.00 EUR on 12 May.");
	stage_open(s, 15, 40);
	stage_keys(s, "3");
	SEES(s, "You owe 171.30 EUR, 3 open.");
	SEES(s, "Last invoice 54.40, payment 40.00.");
}

/* Blocked, overpaid, closed, with large amounts: what is said above the list
 * leaves room for it. */
static void
bi1_cards_leave_room_for_the_list(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	OK(gateway_configure(s->st, "stripe", true, "https://pay.example"));
	stage_issue(s, STAGE_TODAY - 20, STAGE_TODAY - 15, 123456789, "Mast");
	stage_pay(s, STAGE_TODAY, 12345678, 0);
	OK(customer_set_state(s->st, s->customer, "blocked"));
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3");
		HAS(s, "1,358,074.59 EUR is paid: P says how.");
		HAS(s, "You owe 1,358,195.99 EUR");
		HAS(s, "INV-2026-000015");
		HAS(s, "20 May");
		HAS(s, " of 16");
	}
	stage_system(s);
	stage_pay(s, STAGE_TODAY, 999912345678, 0);
	OK(customer_set_state(s->st, s->customer, "inactive"));
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3");
		HAS(s, "Your account is closed.");
		HAS(s, "Overpaid: 9,997,765,260.79 EUR.");
		HAS(s, size->cols == 80 ? "54.40 0.00 Paid"
					: "Paid 54.40 of 6 May 2026");
		HAS(s, " of 16");
	}
}

static void
bi2_drafts_are_not_seen(void **state)
{
	struct stage *s = *state;

	scratch_sql(&s->scratch,
	    "UPDATE invoice SET state = 'draft', number = NULL "
	    "WHERE number = 'INV-2026-000015'");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3");
		HAS(s, "INV-2026-000014");
		HAS(s, " of 14");
		HAS_NOT(s, "20 May");
		HAS_NOT(s, "raft");
	}
}

static void
bi2_invoices_with_number_issued_due_total_balance_status(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3");
	SEES(s, "INVOICE");
	SEES(s, "BALANCE");
	HAS(s, "INV-2026-000015 6 May 2026 20 May 2026 54.40 54.40 Unpaid");
	HAS(s, "INV-2026-000013 5 May 2026 3 Jun 2026 107.00 67.00 "
	       "Partially paid");
	HAS(s, "INV-2026-000014 1 May 2026 8 May 2026 49.90 49.90 Overdue");
	HAS(s, "INV-2026-000012 30 Mar 2026 13 Apr 2026 54.40 0.00 Paid");
	stage_open(s, 15, 40);
	stage_keys(s, "3");
	HAS(s, "INV-2026-000014 Overdue 49.90 due 8 May");
	HAS(s, "INV-2026-000012 Paid 54.40 of 30 Mar 2026");
}

static void
bi2_all_of_them_page_by_page(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	for (int i = 0; i < 250; i++)
		stage_issue(s, STAGE_TODAY - 1000 - i, STAGE_TODAY - 900 - i,
		    1000, "Old");
	stage_open(s, 24, 80);
	stage_keys(s, "3");
	SEES(s, "1-12 of 265, newest first");
	stage_keys(s, "\006");
	SEES(s, "12-23 of 265");
	stage_keys(s, "G");
	SEES(s, "254-265 of 265");
	stage_keys(s, "g");
	SEES(s, "1-12 of 265");
	for (int i = 0; i < 264; i++)
		stage_keys(s, "j");
	SEES(s, "254-265 of 265");
}

static void
bi3_lines_tax_per_rate_allocations_and_scp(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3j\r");
	SEES(s, "Invoice INV-2026-000013");
	SEES(s, "Issued 5 May 2026, due 3 Jun 2026");
	HAS(s, "DESCRIPTION QTY UNIT VAT NET EUR");
	HAS(s, "Router, sent to 1 Barn Road 1 80.00 20 % 80.00");
	HAS(s, "Handbook 2 5.00 10 % 10.00");
	stage_open(s, 15, 40);
	stage_keys(s, "3j\r");
	HAS(s, "Router, sent to 1 Barn 80.00 Road");
	HAS(s, "Handbook 10.00");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3j\r");
		HAS(s, "Net 90.00");
		HAS(s, "VAT 20 % of 80.00 16.00");
		HAS(s, "VAT 10 % of 10.00 1.00");
		HAS(s, "Total EUR 107.00");
		HAS(s, "Paid 40.00");
		HAS(s, "Due 67.00");
		HAS(s, "Paid 12 May 2026: 40.00 Bank transfer "
		       "RCP-2026-000013");
		HAS(s, "Fetch it: scp portal@ridgenet.example:invoices/INV");
	}
}

/* What has no room on a narrow screen is in the paper. */
static void
bi3_quantity_price_and_tax_of_each_line(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3j\r");
	HAS(s, "Handbook 2 5.00 10 % 10.00");
	stage_open(s, 15, 40);
	stage_keys(s, "3j\rv");
	HAS(s, "Handbook Quantity 2 Unit price 5.00 VAT rate 10 % "
	       "Amount 10.00");
}

static void
bi3_credit_that_was_taken_is_listed(void **state)
{
	struct stage *s = *state;
	struct payment_new credit = {.customer = s->customer,
	    .kind = "credit",
	    .method = "credit",
	    .amount = 990,
	    .reference = "For the outage",
	    .at = s->scratch.clock.fixed};

	stage_system(s);
	OK(payment_add(s->st, &credit, NULL));
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3/000014\r\r");
		HAS(s, "Credit 14 May 2026: 9.90 For the outage");
		HAS(s, "Paid 9.90");
		HAS(s, "Due 40.00");
	}
}

static void
bi3_overdue_stands_in_bold_with_its_day(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3jj\r");
		SEES(s, "Overdue since 9 May");
		assert_true(stage_bold(s, "Overdue since 9 May"));
	}
}

static void
bi3_as_text(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3j\rv");
		HAS(s, "Ridgenet Ltd");
		HAS(s, "INV-2026-000013");
		HAS(s, "IE1234567T");
		HAS(s, "107.00");
	}
}

static void
bi4_payments_with_time_amount_status_reference_invoice(void **state)
{
	struct stage *s = *state;
	struct payment_new failed = {.customer = s->customer,
	    .kind = "payment",
	    .method = "card",
	    .amount = 4990,
	    .reference = "Card declined",
	    .status = "failed",
	    .at = s->scratch.clock.fixed};

	stage_system(s);
	OK(payment_add(s->st, &failed, NULL));
	stage_open(s, 24, 80);
	stage_keys(s, "3l");
	SEES(s, "[Payments]");
	HAS(s, "14 May 2026 14:00 49.90 Failed Card declined");
	HAS(s, "12 May 2026 14:00 40.00 Completed Bank transfer "
	       "INV-2026-000013");
	stage_keys(s, "g");
	assert_true(stage_bold(s, "Failed"));
	stage_open(s, 15, 40);
	stage_keys(s, "3l");
	HAS(s, "49.90 Failed 14 May 2026 14:00");
	HAS(s, "40.00 Completed 12 May 2026 14:00");
}

static void
bi4_every_status(void **state)
{
	struct stage *s = *state;
	static const char *const statuses[][2] = {{"pending", "Pending"},
	    {"succeeded", "Succeeded"}, {"completed", "Completed"},
	    {"failed", "Failed"}, {"refunded", "Refunded"}};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		char text[128];

		snprintf(text, sizeof(text),
		    "UPDATE payment SET status = '%s' WHERE amount = 4000",
		    statuses[i][0]);
		scratch_sql(&s->scratch, text);
		AT_BOTH_SIZES(s, size)
		{
			stage_keys(s, "3l");
			snprintf(text, sizeof(text),
			    size->cols == 80 ? "12 May 2026 14:00 40.00 %s"
					     : "40.00 %s 12 May 2026 14:00",
			    statuses[i][1]);
			HAS(s, text);
			stage_keys(s, "g\r");
			snprintf(
			    text, sizeof(text), "Status %s", statuses[i][1]);
			HAS(s, text);
		}
	}
}

static void
bi4_opening_a_payment_opens_its_invoice(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3l\r");
		HAS(s, "Payment of 40.00 EUR");
		HAS(s, "Date 12 May 2026 14:00");
		HAS(s, "Reference Bank transfer");
		HAS(s, "Receipt RCP-2026-000013");
		HAS(s, "Invoice INV-2026-000013");
		HAS(s, "Total EUR 107.00");
		stage_keys(s, "d");
		HAS(s, "receipts/RCP");
		stage_keys(s, "qg\r"); /* and alone, where it can be paid */
		SEES(s, "Invoice INV-2026-000013");
		stage_keys(s, "p");
		SEES(s, "To pay: 67.00 EUR");
		stage_keys(s, "qqq");
		SEES(s, "[Payments]");
	}
}

static void
bi4_a_payment_of_several_invoices_lists_them(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	stage_pay(s, STAGE_TODAY, 11000, 0);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3l\r");
		HAS(s, "Payment of 110.00 EUR");
		HAS(s, "Status Completed");
		HAS(s, "Reference Bank transfer");
		HAS(s, "INV-2026-000014 49.90 EUR");
		stage_keys(s, "g/000014\r\r");
		SEES(s, "Invoice INV-2026-000014");
	}
}

static void
bi5_transactions_with_running_balance(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3ll");
	SEES(s, "[Transactions]");
	HAS(s, "DESCRIPTION DEBIT CREDIT BALANCE EUR");
	HAS(s, "12 May 2026 Payment RCP-2026-000013 40.00 171.30");
	HAS(s, "6 May 2026 Invoice INV-2026-000015 54.40 211.30");
	stage_open(s, 15, 40);
	stage_keys(s, "3ll");
	HAS(s, "Payment RCP-2026-000013 12 May 2026 -40.00 = 171.30");
	HAS(s, "Invoice INV-2026-000015 6 May 2026 +54.40 = 211.30");
}

static void
bi5_a_long_description_is_whole_on_a_narrow_screen(void **state)
{
	struct stage *s = *state;
	struct payment_new credit = {.customer = s->customer,
	    .kind = "credit",
	    .method = "credit",
	    .amount = 330,
	    .reference = "For the outage in the storm in May",
	    .at = s->scratch.clock.fixed};

	stage_system(s);
	OK(payment_add(s->st, &credit, NULL));
	stage_open(s, 15, 40);
	stage_keys(s, "3ll");
	HAS(s, "Credit For the outage in the storm in May 14 May 2026 -3.30 "
	       "= 168.00");
}

static void
pages_turn_both_ways(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3\033[C");
		SEES(s, "[Payments]");
		stage_keys(s, "\033[D");
		SEES(s, "[Invoices]");
		stage_keys(s, "h");
		SEES(s, "[Methods]");
	}
}

static void
search_marks_the_first_hit_of_the_whole_listing(void **state)
{
	struct stage *s = *state;
	char number[64];

	stage_system(s);
	for (int i = 0; i < 150; i++)
		stage_issue(s, STAGE_TODAY - 1000 - i, STAGE_TODAY - 900 - i,
		    1000, "Old");
	stage_open(s, 24, 80);
	stage_keys(s, "3jjj/000001\r");
	SEES(s, "\n > INV-2025-000001 ");
	stage_keys(s, "/-00016\r"); /* far beyond the first page */
	snprintf(number, sizeof(number), "\n > INV-");
	SEES(s, number);
	SEES(s, "-00016");
	stage_keys(s, "n");
	SEES_NOT(s, "No further");
	stage_keys(s, "/nothing like it\r");
	SEES(s, "\"nothing like it\" was not found.");
	SEES(s, "\n > INV-");
}

static void
sort_by_total_puts_the_largest_first(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3ssssg");
	SEES(s, "TOTAL v");
	SEES(s, "\n > INV-2026-000013 ");
	stage_keys(s, "sssg");
	SEES(s, "ISSUED v");
	SEES(s, "\n > INV-2026-000015 ");
}

static void
filter_shows_open_then_paid_then_all(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3f");
		SEES(s, "Shown: open.");
		HAS(s, "INV-2026-000013");
		HAS_NOT(s, "INV-2026-000012");
		stage_keys(s, "f");
		HAS(s, "INV-2026-000012");
		HAS_NOT(s, "INV-2026-000013");
		stage_keys(s, "f");
		HAS(s, "INV-2026-000012");
		HAS(s, "INV-2026-000013");
	}
}

static void
pay_says_how_to_pay_instead_and_whom_to_ask(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3jp");
		HAS(s, "To pay: 67.00 EUR for INV-2026-000013");
		HAS(s, "Bank transfer, with the invoice's number as "
		       "reference.");
		HAS(s, "IBAN IE29AIBK93115212345678");
		HAS(s, "BIC AIBKIE2D");
		HAS(s, "Reference RF36 1INV 2026 0000 13");
		HAS(s, "Questions: Ridgenet office, 0555 0100");
		stage_keys(s, "qP");
		HAS(s, "To pay: 171.30 EUR in all");
		HAS(s, "Reference RF09 1INV 2026 0000 14");
		stage_keys(s, "q3/000012\rp");
		HAS(s, "Nothing is due here.");
		HAS_NOT(s, "IBAN");
	}
}

static void
copying_only_where_the_terminal_is_known_to_take_it(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3\rc");
	SEES(s, "not known to take copies");
	assert_string_equal(s->ui.copy, "");
	s->session.can_copy = true;
	stage_keys(s, "c");
	SEES(s, "Copied.");
	assert_string_equal(s->ui.copy, "scp portal@ridgenet.example:"
					"invoices/INV-2026-000015.pdf .");
}

static void
amounts_are_never_cut(void **state)
{
	struct stage *s = *state;

	stage_system(s);
	stage_issue(s, STAGE_TODAY, STAGE_TODAY + 14, 12345678000,
	    "Fibre for the whole of the valley, both sides");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3\r");
		HAS(s, "123,456,780.00");
		HAS(s, "VAT 20 % 24,691,356.00");
		HAS(s, "Total EUR 148,148,136.00");
		HAS(s, "Due 148,148,136.00");
		HAS(s, "valley, both sides");
	}
	stage_keys(s, "\0333ll");
	HAS(s, "14 May 2026 +148,148,136.00 = 148,148,307.30");
}

static void
the_line_that_fetches_a_receipt_is_whole(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 70);
	stage_keys(s, "3l\r");
	SEES(s, "\n Fetch the receipt:\n scp portal@ridgenet.example:"
		"receipts/RCP-2026-000013.pdf .");
}

static void
each_page_offers_only_keys_that_do_something(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3");
	SEES(s, "v text");
	stage_keys(s, "l");
	SEES(s, "Enter open");
	SEES(s, "d download");
	SEES_NOT(s, "v text");
	stage_keys(s, "l");
	SEES_NOT(s, "Enter open");
	SEES_NOT(s, "d download");
	stage_keys(s, "l");
	SEES(s, "Paying by card is not open here");
	SEES(s, "P pay all");
	SEES_NOT(s, "a add");
}

static void
a_screen_that_grew_is_as_one_that_was_so_before(void **state)
{
	struct stage *s = *state;
	char grown[STAGE_SCREEN];

	stage_system(s);
	stage_issue(s, STAGE_TODAY - 1000, STAGE_TODAY - 990, 123456789,
	    "The whole network");
	stage_open(s, 24, 80);
	stage_keys(s, "3");
	stage_open(s, 6, 21);
	stage_keys(s, "3");
	stage_resize(s, 40, 80);
	snprintf(grown, sizeof(grown), "%s", stage_dump(s));
	stage_keys(s, "\014");
	assert_string_equal(grown, stage_dump(s));
}

static void
a_low_screen_shows_the_list_before_what_stands_above(void **state)
{
	struct stage *s = *state;

	stage_open(s, 5, 20);
	stage_keys(s, "3");
	SEES(s, "> INV-2026-000015");
	stage_keys(s, "j");
	SEES(s, "> INV-2026-000013");
}

static void
nothing_billed_is_said_in_words(void **state)
{
	struct stage *s = *state;

	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "3");
		HAS(s, "No invoices yet.");
		stage_keys(s, "l");
		HAS(s, "No payments yet.");
		stage_keys(s, "l");
		HAS(s, "Nothing was booked yet.");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STAGE(bi1_cards),
	    WITH_STAGE(bi1_cards_leave_room_for_the_list),
	    WITH_STAGE(bi2_drafts_are_not_seen),
	    WITH_STAGE(
		bi2_invoices_with_number_issued_due_total_balance_status),
	    WITH_STAGE(bi2_all_of_them_page_by_page),
	    WITH_STAGE(bi3_lines_tax_per_rate_allocations_and_scp),
	    WITH_STAGE(bi3_quantity_price_and_tax_of_each_line),
	    WITH_STAGE(bi3_credit_that_was_taken_is_listed),
	    WITH_STAGE(bi3_overdue_stands_in_bold_with_its_day),
	    WITH_STAGE(bi3_as_text),
	    WITH_STAGE(bi4_payments_with_time_amount_status_reference_invoice),
	    WITH_STAGE(bi4_every_status),
	    WITH_STAGE(bi4_opening_a_payment_opens_its_invoice),
	    WITH_STAGE(bi4_a_payment_of_several_invoices_lists_them),
	    WITH_STAGE(bi5_transactions_with_running_balance),
	    WITH_STAGE(bi5_a_long_description_is_whole_on_a_narrow_screen),
	    WITH_STAGE(pages_turn_both_ways),
	    WITH_STAGE(search_marks_the_first_hit_of_the_whole_listing),
	    WITH_STAGE(sort_by_total_puts_the_largest_first),
	    WITH_STAGE(filter_shows_open_then_paid_then_all),
	    WITH_STAGE(pay_says_how_to_pay_instead_and_whom_to_ask),
	    WITH_STAGE(copying_only_where_the_terminal_is_known_to_take_it),
	    WITH_STAGE(amounts_are_never_cut),
	    WITH_STAGE(the_line_that_fetches_a_receipt_is_whole),
	    WITH_STAGE(each_page_offers_only_keys_that_do_something),
	    WITH_STAGE(a_screen_that_grew_is_as_one_that_was_so_before),
	    WITH_STAGE(a_low_screen_shows_the_list_before_what_stands_above),
	    WITH_EMPTY_STAGE(nothing_billed_is_said_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

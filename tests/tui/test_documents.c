/* Proformas and credit notes: their pages, one of them, paying. */
#include <stdio.h>
#include <string.h>

#include "data/checkout.h"
#include "data/document.h"
#include "tests/tui/stage.h"

static int64_t
add_proforma(struct stage *s)
{
	struct invoice_line line = {
	    .quantity = 1000, .unit_price = 8250, .tax_rate = 2000};
	struct invoice_new in = {.customer = s->customer,
	    .issued_on = STAGE_TODAY - 2,
	    .due_on = STAGE_TODAY + 5,
	    .supply_from = STAGE_TODAY,
	    .supply_to = STAGE_TODAY,
	    .lines = &line,
	    .nlines = 1};
	int64_t id = 0;

	strcpy(line.description, "Router");
	strcpy(line.tax_category, "S");
	stage_system(s);
	OK(proforma_issue(s->st, &in, &id, NULL));
	return id;
}

/* Of what is paid already, so that its credit goes elsewhere. */
static void
add_credit_note(struct stage *s)
{
	struct credit_note_new in = {.customer = s->customer};

	stage_system(s);
	in.invoice = scratch_int(&s->scratch,
	    "SELECT id FROM invoice WHERE number = 'INV-2026-000012'");
	OK(credit_note_issue(s->st, &in, NULL, NULL));
}

static void
pages_come_with_the_first(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, "3");
	SEES_NOT(s, "Proformas");
	SEES_NOT(s, "Credit notes");
	add_proforma(s);
	add_credit_note(s);
	stage_open(s, 24, 80);
	stage_keys(s, "3");
	SEES(s, "Proformas");
	SEES(s, "Credit notes");
	stage_keys(s, "lll");
	SEES(s, "[Proformas]");
	HAS(s, "PRO-2026-000001 12 May 2026 19 May 2026 99.00 Unpaid");
	stage_keys(s, "l");
	SEES(s, "[Credit notes]");
	HAS(s, "CN-2026-000001 14 May 2026 INV-2026-000012 54.40 Used");
}

static void
empty_pages_say_so(void **state)
{
	struct stage *s = *state;

	stage_open(s, 24, 80);
	stage_keys(s, ":proformas\r");
	SEES(s, "No proformas. What you owe is in Invoices.");
	stage_keys(s, ":credit notes\r");
	SEES(s, "No credit notes. One comes when an invoice is corrected.");
}

static void
proforma_with_lines_totals_and_scp(void **state)
{
	struct stage *s = *state;

	add_proforma(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, ":proformas\r\r");
		HAS(s, "Proforma PRO-2026-000001");
		HAS(s, "Unpaid");
		HAS(s, "This is not a tax invoice.");
		HAS(s, "Router");
		HAS(s, "VAT 20 % 16.50");
		HAS(s, "Total EUR 99.00");
		HAS(s, "scp portal@ridgenet.example:proformas/P");
	}
	stage_keys(s, "v");
	HAS(s, "Proforma invoice PRO-2026-000001");
}

static void
credit_note_opens_the_invoice_it_corrects(void **state)
{
	struct stage *s = *state;

	add_credit_note(s);
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, ":credit notes\r\r");
		HAS(s, "Credit note CN-2026-000001");
		HAS(s, "Corrects invoice INV-2026-000012");
		HAS(s, "portal@ridgenet.example:credit-notes/C");
	}
	stage_keys(s, "G\r");
	HAS(s, "Invoice INV-2026-000012");
}

static void
ov7_an_unpaid_proforma_with_its_fields_and_actions(void **state)
{
	struct stage *s = *state;

	add_proforma(s);
	stage_open(s, 24, 80);
	HAS(s, "UNPAID PROFORMAS");
	HAS(s, "PRO-2026-000001 12 May 2026 19 May 2026 99.00 Unpaid");
	stage_open(s, 15, 40);
	HAS(s, "UNPAID PROFORMAS PRO-2026-000001 Unpaid 99.00 due 19 May");
	AT_BOTH_SIZES(s, size)
	{
		stage_keys(s, "g/PRO-\r\r");
		HAS(s, "Proforma PRO-2026-000001");
		HAS(s, "12 May 2026");
		stage_keys(s, "qv");
		HAS(s, "Total EUR 99.00");
		stage_keys(s, "qd");
		HAS(s, "portal@ridgenet.example:proformas/P");
		stage_keys(s, "qp");
		SEES(s, "Paying by card is not available.");
		stage_keys(s, "g/UNPAID PRO\r\r");
		SEES(s, "[Proformas]");
	}
}

static void
ov7_overview_asks_for_it_and_p_pays_it(void **state)
{
	struct stage *s = *state;
	struct checkout c;
	int64_t id = add_proforma(s);

	OK(gateway_configure(s->st, "stripe", true, ""));
	stage_open(s, 24, 80);
	SEES(s, "UNPAID PROFORMAS");
	HAS(s, "PRO-2026-000001 12 May 2026 19 May 2026 99.00");
	stage_keys(s, "/PRO-\r");
	stage_keys(s, "p");
	SEES(s, "Pay 99.00 EUR for PRO-2026-000001 by card (Stripe)");
	OK(checkout_get(s->st, 1, &c));
	assert_int_equal(c.purpose, CHECKOUT_FOR_PROFORMA);
	assert_int_equal(c.proforma, id);
}

static void
without_a_gateway_p_says_so(void **state)
{
	struct stage *s = *state;

	add_proforma(s);
	stage_open(s, 24, 80);
	stage_keys(s, ":proformas\rp");
	SEES(s, "Paying by card is not available.");
}

static void
paid_one_names_its_invoice(void **state)
{
	struct stage *s = *state;
	int64_t id = add_proforma(s);
	struct payment_new in = {
	    .customer = s->customer, .kind = "payment", .amount = 9900};
	struct proforma_paid paid;

	OK(proforma_pay(s->st, id, &in, &paid));
	OK(gateway_configure(s->st, "stripe", true, ""));
	stage_open(s, 24, 80);
	SEES_NOT(s, "UNPAID PROFORMAS");
	stage_keys(s, ":proformas\r\r");
	SEES(s, "Paid; your invoice is INV-2026-000016");
	stage_keys(s, "p");
	SEES(s, "This proforma is paid already.");
}

static void
golden(void **state)
{
	static const struct {
		const char *name, *keys;
	} shots[] = {
	    {"proformas", ":proformas\r"},
	    {"proforma", ":proformas\r\r"},
	    {"credit_notes", ":credit notes\r"},
	    {"credit_note", ":credit notes\r\r"},
	    {"proforma_overview", ""},
	};
	static const struct stage_size sizes[] = {
	    {24, 80}, {15, 40}, {43, 132}};
	struct stage *s = *state;
	char name[64];

	add_proforma(s);
	add_credit_note(s);
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < sizeof(shots) / sizeof(shots[0]); k++) {
			stage_open(s, sizes[i].rows, sizes[i].cols);
			stage_keys(s, shots[k].keys);
			snprintf(name, sizeof(name), "%s_%dx%d", shots[k].name,
			    sizes[i].cols, sizes[i].rows);
			stage_golden(s, name);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STAGE(pages_come_with_the_first),
	    WITH_EMPTY_STAGE(empty_pages_say_so),
	    WITH_STAGE(proforma_with_lines_totals_and_scp),
	    WITH_STAGE(credit_note_opens_the_invoice_it_corrects),
	    WITH_STAGE(ov7_an_unpaid_proforma_with_its_fields_and_actions),
	    WITH_STAGE(ov7_overview_asks_for_it_and_p_pays_it),
	    WITH_STAGE(without_a_gateway_p_says_so),
	    WITH_STAGE(paid_one_names_its_invoice),
	    WITH_STAGE(golden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

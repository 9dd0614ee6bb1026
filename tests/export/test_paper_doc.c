/* The description of a paper: what it says, and what it must never say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "export/paper_doc.h"
#include "export/paper_text.h"
#include "papers.h"

static const struct paper_value *
fact(const struct paper_doc *doc, enum fact_key key)
{
	size_t i;

	for (i = 0; i < doc->nfacts; i++)
		if (doc->facts[i].key == key)
			return &doc->facts[i].value;
	for (i = 0; i < doc->ntotals; i++)
		if (doc->totals[i].key == key)
			return &doc->totals[i].value;
	return NULL;
}

static void
assert_fact(const struct paper_doc *doc, enum fact_key key, const char *want)
{
	char text[PAPER_VALUE_SIZE];

	assert_non_null(fact(doc, key));
	assert_string_equal(paper_value_text(doc, fact(doc, key), text), want);
}

static void
assert_cell(const struct paper_doc *doc, const struct paper_table *table,
    size_t row, enum fact_key column, const char *want)
{
	char text[PAPER_VALUE_SIZE];
	size_t i;

	for (i = 0; i < table->ncolumns; i++)
		if (table->columns[i] == column)
			break;
	assert_true(i < table->ncolumns);
	assert_true(row < table->nrows);
	assert_string_equal(paper_value_text(doc,
				&table->cells[row * table->ncolumns + i], text),
	    want);
}

static void
invoice_says_what_the_law_asks_for(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 2);
	assert_int_equal(
	    paper_doc_invoice(&doc, &p.invoice, &p.tenant), ERR_NONE);
	assert_string_equal(doc.title, "Invoice");
	assert_string_equal(doc.number, "INV-2026-000498");
	assert_fact(&doc, FACT_ISSUED, "1 May 2026");
	assert_fact(&doc, FACT_SUPPLY_PERIOD, "1 May – 31 May 2026");
	assert_fact(&doc, FACT_DUE, "8 May 2026");
	assert_fact(&doc, FACT_CUSTOMER_NUMBER, "10-20394");
	assert_string_equal(doc.seller.block, p.invoice.seller);
	assert_string_equal(doc.seller.vat, "ATU12345678");
	assert_string_equal(doc.buyer.block, p.invoice.buyer);
	assert_string_equal(doc.buyer.vat, "ATU87654321");
	assert_cell(&doc, &doc.lines, 1, FACT_DESCRIPTION, "Item 2");
	assert_cell(&doc, &doc.lines, 1, FACT_QUANTITY, "1");
	assert_cell(&doc, &doc.lines, 1, FACT_UNIT_PRICE, "10.00");
	assert_cell(&doc, &doc.lines, 1, FACT_TAX_RATE, "20 %");
	assert_cell(&doc, &doc.lines, 1, FACT_LINE_NET, "10.00");
	assert_cell(&doc, &doc.taxes, 0, FACT_TAX_RATE, "20 %");
	assert_cell(&doc, &doc.taxes, 0, FACT_TAXABLE, "20.00");
	assert_cell(&doc, &doc.taxes, 0, FACT_TAX_AMOUNT, "4.00");
	assert_fact(&doc, FACT_TOTAL_NET, "20.00");
	assert_fact(&doc, FACT_TOTAL_TAX, "4.00");
	assert_fact(&doc, FACT_TOTAL, "24.00");
	assert_string_equal(doc.bank, p.invoice.seller_bank);
	assert_string_equal(doc.bank_reference, "RF36 1INV 2026 0004 98");
	assert_string_equal(doc.scan,
	    "BCD\n002\n1\nSCT\n\nRidgenet GmbH\nAT611904300234573201\n"
	    "EUR24.00\n\nRF361INV2026000498");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
only_a_transfer_in_euro_to_an_iban_can_be_scanned(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	strcpy(p.invoice.currency, "CHF");
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_string_equal(doc.scan, "");
	assert_string_equal(doc.bank_reference, "RF36 1INV 2026 0004 98");
	paper_doc_release(&doc);
	strcpy(p.invoice.currency, "EUR");
	strcpy(p.invoice.seller_bank, "Example Bank\nAccount 4711");
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_string_equal(doc.scan, "");
	assert_string_equal(doc.bank, "Example Bank\nAccount 4711");
	paper_doc_release(&doc);
	papers_release(&p);
}

/* Whoever keeps no account pays otherwise, but names the same thing. */
static void
every_invoice_has_its_reference_in_text(void **state)
{
	struct paper_doc doc;
	struct papers p;
	struct buf text;

	(void)state;
	papers_init(&p, 1);
	buf_init(&text, 65536);
	p.invoice.seller_bank[0] = '\0';
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_int_equal(paper_text(&doc, 80, &text), ERR_NONE);
	assert_non_null(strstr(
	    buf_str(&text), "Payment reference\nRF36 1INV 2026 0004 98\n"));
	assert_null(strstr(buf_str(&text), "Bank account"));
	paper_doc_release(&doc);
	strcpy(p.invoice.number, "2026/17");
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_string_equal(doc.bank_reference, "2026/17");
	paper_doc_release(&doc);
	buf_release(&text);
	papers_release(&p);
}

static void
invoice_does_not_change_with_payments(void **state)
{
	struct buf before, after;
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 2);
	buf_init(&before, 65536);
	buf_init(&after, 65536);
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_int_equal(paper_text(&doc, 80, &before), ERR_NONE);
	paper_doc_release(&doc);

	p.allocation = (struct invoice_allocation) {.amount = 700,
	    .at = p.invoice.issued_at,
	    .method = "card",
	    .reference = "pi_secretpayment"};
	p.invoice.allocations = &p.allocation;
	p.invoice.nallocations = 1;
	p.invoice.balance = 1700;
	p.invoice.overdue = true;
	snprintf(p.invoice.status, sizeof(p.invoice.status), "Overdue");
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_int_equal(paper_text(&doc, 80, &after), ERR_NONE);
	paper_doc_release(&doc);

	assert_true(before.len > 0);
	assert_string_equal(buf_str(&before), buf_str(&after));
	buf_release(&before);
	buf_release(&after);
	papers_release(&p);
}

static void
one_day_of_supply_is_a_date(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	p.invoice.supply_to = p.invoice.supply_from;
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_fact(&doc, FACT_SUPPLY_DAY, "1 May 2026");
	assert_null(fact(&doc, FACT_SUPPLY_PERIOD));
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
period_over_new_year_has_both_years(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	p.invoice.supply_from = day_from_date((struct date) {2025, 12, 15});
	p.invoice.supply_to = day_from_date((struct date) {2026, 1, 14});
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_fact(&doc, FACT_SUPPLY_PERIOD, "15 Dec 2025 – 14 Jan 2026");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
decimals_of_a_column_are_alike(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 3);
	p.invoice.lines[0].quantity = 2500;
	p.invoice.lines[1].quantity = -1250;
	p.invoice.lines[2].tax_rate = 550;
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_cell(&doc, &doc.lines, 0, FACT_QUANTITY, "2.50");
	assert_cell(&doc, &doc.lines, 1, FACT_QUANTITY, "-1.25");
	assert_cell(&doc, &doc.lines, 2, FACT_QUANTITY, "1.00");
	assert_cell(&doc, &doc.lines, 0, FACT_TAX_RATE, "20.0 %");
	assert_cell(&doc, &doc.lines, 2, FACT_TAX_RATE, "5.5 %");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
small_negative_quantity_keeps_its_sign(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	p.invoice.lines[0].quantity = -500;
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_cell(&doc, &doc.lines, 0, FACT_QUANTITY, "-0.5");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
amounts_follow_the_currency(void **state)
{
	static const struct {
		const char *currency, *total;
	} cases[] = {
	    {"JPY", "1,234,567"}, {"EUR", "12,345.67"}, {"KWD", "1,234.567"}};
	struct paper_doc doc;
	struct papers p;
	size_t i;

	(void)state;
	papers_init(&p, 1);
	p.invoice.total = 1234567;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char label[PAPER_VALUE_SIZE], want[32];

		memcpy(p.invoice.currency, cases[i].currency, 4);
		assert_int_equal(
		    paper_doc_invoice(&doc, &p.invoice, &p.tenant), ERR_NONE);
		assert_fact(&doc, FACT_TOTAL, cases[i].total);
		paper_total_label(label, &doc, &doc.totals[doc.ntotals - 1]);
		snprintf(want, sizeof(want), "Total %s", cases[i].currency);
		assert_string_equal(label, want);
		paper_total_label(label, &doc, &doc.totals[0]);
		assert_string_equal(label, "Net");
		paper_doc_release(&doc);
	}
	papers_release(&p);
}

static void
untaxed_lines_name_their_category_and_reason(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 2);
	memcpy(p.invoice.lines[1].tax_category, "AE", 3);
	p.invoice.lines[1].tax_rate = 0;
	p.taxes[1] = (struct invoice_tax) {"AE", 0, 1000, 0};
	p.invoice.ntaxes = 2;
	snprintf(p.invoice.exemption, sizeof(p.invoice.exemption),
	    "Art. 196 Directive 2006/112/EC");
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_cell(&doc, &doc.lines, 0, FACT_TAX_RATE, "20 %");
	assert_cell(&doc, &doc.lines, 1, FACT_TAX_RATE, "AE 0 %");
	assert_cell(&doc, &doc.taxes, 1, FACT_TAX_RATE, "AE 0 %");
	assert_cell(&doc, &doc.taxes, 1, FACT_TAX_KIND, "Reverse charge");
	assert_int_equal(doc.nnotes, 2);
	assert_string_equal(
	    doc.notes[0].text, "Art. 196 Directive 2006/112/EC");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
nothing_to_pay_asks_for_nothing(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	p.invoice.total = -500;
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_string_equal(doc.bank, "");
	assert_string_equal(doc.bank_reference, "");
	assert_fact(&doc, FACT_TOTAL, "-5.00");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
invoice_without_lines_is_still_described(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 0);
	p.invoice.ntaxes = 0;
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_int_equal(doc.lines.nrows, 0);
	assert_int_equal(doc.taxes.nrows, 0);
	assert_fact(&doc, FACT_TOTAL, "0.00");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
receipt_says_what_was_received(void **state)
{
	char label[PAPER_VALUE_SIZE];
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	assert_int_equal(paper_doc_receipt(&doc, &p.payment, &p.tenant), 0);
	assert_string_equal(doc.title, "Receipt");
	assert_string_equal(doc.number, "RCP-2026-000204");
	assert_fact(&doc, FACT_RECEIVED, "1 May 2026 09:31");
	assert_fact(&doc, FACT_METHOD, "Card");
	assert_fact(&doc, FACT_REFERENCE, "pi_3PqXyZ2eZvKYlo2C");
	assert_fact(&doc, FACT_TOTAL_RECEIVED, "54.40");
	paper_total_label(label, &doc, &doc.totals[0]);
	assert_string_equal(label, "Amount received EUR");
	assert_int_equal(doc.lines.nrows, 0);
	assert_string_equal(doc.bank, "");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
receipt_time_is_the_providers(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	snprintf(p.tenant.zone, sizeof(p.tenant.zone), "Europe/Vienna");
	assert_int_equal(paper_doc_receipt(&doc, &p.payment, &p.tenant), 0);
	assert_fact(&doc, FACT_RECEIVED, "1 May 2026 11:31");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
empty_facts_are_left_out(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	p.payment.reference[0] = '\0';
	p.tenant.phone[0] = '\0';
	assert_int_equal(paper_doc_receipt(&doc, &p.payment, &p.tenant), 0);
	assert_null(fact(&doc, FACT_REFERENCE));
	assert_int_equal(doc.ncontacts, 2);
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
unknown_method_is_shown_as_it_is(void **state)
{
	struct paper_doc doc;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	snprintf(p.payment.method, sizeof(p.payment.method), "barter");
	assert_int_equal(paper_doc_receipt(&doc, &p.payment, &p.tenant), 0);
	assert_fact(&doc, FACT_METHOD, "barter");
	paper_doc_release(&doc);
	papers_release(&p);
}

static struct document
of_kind(const struct papers *p, enum document_kind kind)
{
	return (struct document) {.kind = kind,
	    .paper = p->invoice,
	    .invoice = 7,
	    .invoice_number = "INV-2026-000413"};
}

static bool
has_fact(const struct paper_doc *doc, enum fact_key key)
{
	for (size_t i = 0; i < doc->nfacts; i++)
		if (doc->facts[i].key == key)
			return true;
	return false;
}

static void
proforma_says_that_it_is_no_tax_invoice_and_how_to_pay(void **state)
{
	struct paper_doc doc;
	struct document d;
	struct papers p;

	(void)state;
	papers_init(&p, 2);
	d = of_kind(&p, DOCUMENT_PROFORMA);
	d.invoice_number[0] = '\0';
	strcpy(d.paper.number, "PRO-2026-000003");
	strcpy(d.paper.exemption, "Art. 138");
	assert_int_equal(paper_doc_document(&doc, &d, &p.tenant), 0);
	assert_int_equal(doc.kind, PAPER_PROFORMA);
	assert_string_equal(doc.title, "Proforma invoice");
	assert_string_equal(doc.number, "PRO-2026-000003");
	assert_fact(&doc, FACT_DUE, "8 May 2026");
	assert_false(has_fact(&doc, FACT_CORRECTS));
	assert_fact(&doc, FACT_TOTAL, "24.00");
	assert_string_equal(doc.bank, p.invoice.seller_bank);
	assert_non_null(strstr(doc.scan, "PRO2026000003"));
	assert_non_null(strstr(doc.notes[0].text, "not a tax invoice"));
	assert_string_equal(doc.notes[1].text, "Art. 138");
	paper_doc_release(&doc);
	papers_release(&p);
}

static void
credit_note_names_its_invoice_and_asks_for_nothing(void **state)
{
	struct paper_doc doc;
	struct document d;
	struct papers p;

	(void)state;
	papers_init(&p, 2);
	d = of_kind(&p, DOCUMENT_CREDIT_NOTE);
	assert_int_equal(paper_doc_document(&doc, &d, &p.tenant), 0);
	assert_int_equal(doc.kind, PAPER_CREDIT_NOTE);
	assert_string_equal(doc.title, "Credit note");
	assert_fact(&doc, FACT_CORRECTS, "INV-2026-000413");
	assert_false(has_fact(&doc, FACT_DUE));
	assert_fact(&doc, FACT_TOTAL_CREDITED, "24.00");
	assert_string_equal(doc.bank, "");
	assert_string_equal(doc.scan, "");
	paper_doc_release(&doc);
	papers_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(invoice_says_what_the_law_asks_for),
	    cmocka_unit_test(only_a_transfer_in_euro_to_an_iban_can_be_scanned),
	    cmocka_unit_test(every_invoice_has_its_reference_in_text),
	    cmocka_unit_test(invoice_does_not_change_with_payments),
	    cmocka_unit_test(one_day_of_supply_is_a_date),
	    cmocka_unit_test(period_over_new_year_has_both_years),
	    cmocka_unit_test(decimals_of_a_column_are_alike),
	    cmocka_unit_test(small_negative_quantity_keeps_its_sign),
	    cmocka_unit_test(amounts_follow_the_currency),
	    cmocka_unit_test(untaxed_lines_name_their_category_and_reason),
	    cmocka_unit_test(nothing_to_pay_asks_for_nothing),
	    cmocka_unit_test(invoice_without_lines_is_still_described),
	    cmocka_unit_test(
		proforma_says_that_it_is_no_tax_invoice_and_how_to_pay),
	    cmocka_unit_test(
		credit_note_names_its_invoice_and_asks_for_nothing),
	    cmocka_unit_test(receipt_says_what_was_received),
	    cmocka_unit_test(receipt_time_is_the_providers),
	    cmocka_unit_test(empty_facts_are_left_out),
	    cmocka_unit_test(unknown_method_is_shown_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Papers as text: nothing is lost at any width, and nothing sticks out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "export/paper_text.h"
#include "papers.h"

static void
invoice_text(const struct papers *p, size_t width, struct buf *out)
{
	struct paper_doc doc;

	assert_int_equal(
	    paper_doc_invoice(&doc, &p->invoice, &p->tenant), ERR_NONE);
	assert_int_equal(paper_text(&doc, width, out), ERR_NONE);
	paper_doc_release(&doc);
}

/* Every line ends, and none is wider than it may be. */
static void
assert_fits(const char *text, size_t width)
{
	char line[2048];
	size_t n;

	for (; *text != '\0'; text += n + 1) {
		n = strcspn(text, "\n");
		assert_true(text[n] == '\n');
		assert_true(n < sizeof(line));
		memcpy(line, text, n);
		line[n] = '\0';
		if (text_width(line) > width)
			fail_msg("%zu columns: \"%s\"", width, line);
	}
}

static void
wide_invoice_reads_like_a_paper(void **state)
{
	static const char want[] =
	    "Ridgenet                         Invoice INV-2026-000498\n"
	    "--------------------------------------------------------\n"
	    "\n"
	    "To                           From\n"
	    "Zoë Ångström                 Ridgenet GmbH\n"
	    "Barn Road 1                  Tower Street 2\n"
	    "1230 Ridge                   1010 Vienna\n"
	    "AT                           AT\n"
	    "VAT ID ATU87654321           VAT ID ATU12345678\n"
	    "\n"
	    "Issued           1 May 2026\n"
	    "Supply period    1 May – 31 May 2026\n"
	    "Due              8 May 2026\n"
	    "Customer number  10-20394\n"
	    "\n";
	struct buf out;
	struct papers p;

	(void)state;
	papers_init(&p, 1);
	buf_init(&out, 65536);
	invoice_text(&p, 56, &out);
	assert_memory_equal(buf_str(&out), want, sizeof(want) - 1);
	buf_release(&out);
	papers_release(&p);
}

static void
table_has_its_columns_in_line(void **state)
{
	static const char want[] =
	    "Description                       Quantity  Unit price  VAT rate  "
	    "        Amount\n"
	    "------------------------------------------------------------------"
	    "--------------\n"
	    "Item 1                                 1.0       10.00      20 %  "
	    "         10.00\n"
	    "A long text that has to go on          2.5      -10.00      20 %  "
	    "-12,345,678.90\n"
	    "below\n";
	struct papers p;
	struct buf out;

	(void)state;
	papers_init(&p, 2);
	snprintf(p.invoice.lines[1].description,
	    sizeof(p.invoice.lines[1].description),
	    "A long text that has to go on below");
	p.invoice.lines[1].quantity = 2500;
	p.invoice.lines[1].unit_price = -1000;
	p.invoice.lines[1].net = -1234567890;
	buf_init(&out, 65536);
	invoice_text(&p, 80, &out);
	if (strstr(buf_str(&out), want) == NULL)
		fail_msg("%s", buf_str(&out));
	buf_release(&out);
	papers_release(&p);
}

static void
every_fact_is_there_at_every_width(void **state)
{
	static const char *const want[] = {"INV-2026-000498", "1 May 2026",
	    "8 May 2026", "10-20394", "Ridgenet GmbH", "ATU12345678",
	    "Zoë Ångström", "ATU87654321", "Item 1", "Item 3", "20 %", "36.00",
	    "30.00", "6.00", "GIBAATWWXXX"};
	size_t width, i;
	struct papers p;
	struct buf out;

	(void)state;
	papers_init(&p, 3);
	buf_init(&out, 65536);
	for (width = PAPER_TEXT_WIDTH_MIN; width <= PAPER_TEXT_WIDTH_MAX;
	     width++) {
		buf_reset(&out);
		invoice_text(&p, width, &out);
		for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
			if (strstr(buf_str(&out), want[i]) == NULL)
				fail_msg(
				    "no %s at %zu columns", want[i], width);
	}
	buf_release(&out);
	papers_release(&p);
}

static void
no_line_is_too_wide_in_any_script(void **state)
{
	static const char *const texts[] = {
	    "Wireless 50/10, May 2026, with a description for two lines",
	    "インターネット接続サービス2026年5月分光回線固定IPアドレス付き",
	    "خدمة الإنترنت اللاسلكي، مايو ٢٠٢٦ مع شرح طويل جدا",
	    "Superkalifragilistischexpialigetischsuperkalifragilistisch",
	    "हिन्दी में विवरण: मासिक शुल्क 😀😀😀",
	    "",
	};
	size_t width, i;
	struct papers p;
	struct buf out;

	(void)state;
	papers_init(&p, 2);
	buf_init(&out, 65536);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		papers_describe(&p, texts[i]);
		snprintf(p.invoice.buyer, sizeof(p.invoice.buyer), "%s\n%s",
		    texts[i], texts[i]);
		snprintf(p.invoice.seller_note, sizeof(p.invoice.seller_note),
		    "%s", texts[i]);
		for (width = PAPER_TEXT_WIDTH_MIN;
		     width <= PAPER_TEXT_WIDTH_MAX; width++) {
			buf_reset(&out);
			invoice_text(&p, width, &out);
			assert_fits(buf_str(&out), width);
			assert_true(text_is_clean(buf_str(&out), TEXT_LINES));
		}
	}
	buf_release(&out);
	papers_release(&p);
}

static void
absurd_widths_are_held_to_the_bounds(void **state)
{
	struct papers p;
	struct buf out;

	(void)state;
	papers_init(&p, 1);
	buf_init(&out, 65536);
	invoice_text(&p, 0, &out);
	assert_fits(buf_str(&out), PAPER_TEXT_WIDTH_MIN);
	buf_reset(&out);
	invoice_text(&p, 100000, &out);
	assert_fits(buf_str(&out), PAPER_TEXT_WIDTH_MAX);
	buf_release(&out);
	papers_release(&p);
}

static void
extreme_amounts_are_not_cut(void **state)
{
	struct papers p;
	struct buf out;

	(void)state;
	papers_init(&p, 1);
	p.invoice.lines[0].net = INT64_MIN;
	p.invoice.lines[0].unit_price = INT64_MIN;
	p.invoice.lines[0].quantity = INT64_MIN;
	p.invoice.total = INT64_MAX;
	buf_init(&out, 65536);
	invoice_text(&p, 40, &out);
	assert_fits(buf_str(&out), 40);
	assert_non_null(strstr(buf_str(&out), "-92,233,720,368,547,758.08"));
	assert_non_null(strstr(buf_str(&out), "-9223372036854775.808"));
	assert_non_null(strstr(buf_str(&out), "92,233,720,368,547,758.07"));
	buf_release(&out);
	papers_release(&p);
}

static void
receipt_is_text_too(void **state)
{
	static const char *const want[] = {"Receipt RCP-2026-000204", "Paid by",
	    "Received by", "Card", "pi_3PqXyZ2eZvKYlo2C", "Amount received EUR",
	    "54.40"};
	struct paper_doc doc;
	struct papers p;
	struct buf out;
	size_t i;

	(void)state;
	papers_init(&p, 1);
	buf_init(&out, 65536);
	assert_int_equal(paper_doc_receipt(&doc, &p.payment, &p.tenant), 0);
	assert_int_equal(paper_text(&doc, 80, &out), ERR_NONE);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_non_null(strstr(buf_str(&out), want[i]));
	assert_null(strstr(buf_str(&out), "Description"));
	assert_fits(buf_str(&out), 80);
	paper_doc_release(&doc);
	buf_release(&out);
	papers_release(&p);
}

static void
full_buffer_is_an_error(void **state)
{
	struct paper_doc doc;
	struct papers p;
	struct buf out;

	(void)state;
	papers_init(&p, 3);
	buf_init(&out, 100);
	assert_int_equal(paper_doc_invoice(&doc, &p.invoice, &p.tenant), 0);
	assert_int_equal(paper_text(&doc, 80, &out), ERR_TOO_BIG);
	paper_doc_release(&doc);
	buf_release(&out);
	papers_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wide_invoice_reads_like_a_paper),
	    cmocka_unit_test(table_has_its_columns_in_line),
	    cmocka_unit_test(every_fact_is_there_at_every_width),
	    cmocka_unit_test(no_line_is_too_wide_in_any_script),
	    cmocka_unit_test(absurd_widths_are_held_to_the_bounds),
	    cmocka_unit_test(extreme_amounts_are_not_cut),
	    cmocka_unit_test(receipt_is_text_too),
	    cmocka_unit_test(full_buffer_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

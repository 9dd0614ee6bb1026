/*
 * Papers as PDF, read back with poppler's tools: what a customer's viewer
 * would find in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/session.h"
#include "export/pdf.h"
#include "papers.h"

enum { TEXT_MAX = 4 * 1024 * 1024 };

struct fixture {
	char dir[64], file[80];
	struct pdf *pdf;
	struct papers p;
	struct buf out, text;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (f == NULL || pdf_open(&f->pdf, "C.UTF-8") != ERR_NONE)
		return -1;
	snprintf(f->dir, sizeof(f->dir), "/tmp/portal-pdf-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	snprintf(f->file, sizeof(f->file), "%s/paper.pdf", f->dir);
	buf_init(&f->out, PDF_SIZE_MAX);
	buf_init(&f->text, TEXT_MAX);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->file);
	rmdir(f->dir);
	pdf_close(f->pdf);
	papers_release(&f->p);
	buf_release(&f->out);
	buf_release(&f->text);
	free(f);
	return 0;
}

/* Blanks and newlines become one space; marks of direction that pdftotext
 * adds are dropped. */
static void
squeeze(struct buf *b)
{
	const char *s = buf_str(b);
	size_t to = 0;

	for (; *s != '\0'; s++) {
		if (strncmp(s, "\xe2\x80\xaa", 3) >= 0 &&
		    strncmp(s, "\xe2\x80\xae", 3) <= 0) {
			s += 2;
			continue;
		}
		if (*s == ' ' || *s == '\n' || *s == '\f') {
			if (to > 0 && b->data[to - 1] != ' ')
				b->data[to++] = ' ';
			continue;
		}
		b->data[to++] = (unsigned char)*s;
	}
	b->len = to;
}

/* The output of a tool run on the file. */
static const char *
tool(struct fixture *f, const char *command)
{
	char line[256];
	FILE *pipe;
	size_t n;

	snprintf(line, sizeof(line), command, f->file);
	buf_reset(&f->text);
	assert_non_null(pipe = popen(line, "re"));
	while ((n = fread(line, 1, sizeof(line), pipe)) > 0)
		buf_add(&f->text, line, n);
	assert_int_equal(pclose(pipe), 0);
	assert_int_equal(f->text.err, ERR_NONE);
	return buf_str(&f->text);
}

static const char *
tool_words(struct fixture *f, const char *command)
{
	tool(f, command);
	squeeze(&f->text);
	return buf_str(&f->text);
}

static void
save(struct fixture *f)
{
	FILE *file;

	assert_non_null(file = fopen(f->file, "we"));
	assert_int_equal(fwrite(f->out.data, 1, f->out.len, file), f->out.len);
	assert_int_equal(fclose(file), 0);
}

static void
draw_invoice(struct fixture *f)
{
	struct paper_doc doc;

	buf_reset(&f->out);
	assert_int_equal(
	    paper_doc_invoice(&doc, &f->p.invoice, &f->p.tenant), ERR_NONE);
	assert_int_equal(pdf_draw(f->pdf, &doc, &f->out), ERR_NONE);
	paper_doc_release(&doc);
	save(f);
}

static void
assert_says(const char *text, const char *want)
{
	assert_non_null(text);
	if (strstr(text, want) == NULL)
		fail_msg("no \"%s\" in: %s", want, text);
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static int
pages(struct fixture *f)
{
	const char *line = strstr(tool(f, "pdfinfo %s"), "Pages:");
	int n;

	assert_non_null(line);
	assert_int_equal(sscanf(line, "Pages: %d", &n), 1);
	return n;
}

/* pdffonts: name type encoding emb sub uni object; the type has blanks. */
static void
assert_fonts_embedded(struct fixture *f)
{
	char *line, *rest;
	size_t fonts = 0;

	tool(f, "pdffonts %s");
	line = strtok_r((char *)f->text.data, "\n", &rest);
	for (; line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "name", 4) == 0 || *line == '-')
			continue;
		fonts++;
		if (strstr(line, " yes yes yes ") == NULL)
			fail_msg("not embedded as a subset: %s", line);
	}
	assert_true(fonts > 0);
}

static void
invoice_has_every_field(void **state)
{
	static const char *const want[] = {"Invoice", "INV-2026-000498",
	    "Ridgenet GmbH", "Tower Street 2", "1010 Vienna",
	    "VAT ID ATU12345678", "Zoë Ångström", "Barn Road 1", "1230 Ridge",
	    "VAT ID ATU87654321", "Issued", "1 May 2026", "Supply period",
	    "1 May – 31 May 2026", "Due", "8 May 2026", "Customer number",
	    "10-20394", "Description Quantity Unit price VAT rate Amount",
	    "Item 1 1 10.00 20 % 10.00", "Item 2 1 10.00 20 % 10.00",
	    "VAT category VAT rate Taxable amount VAT amount",
	    "Standard 20 % 20.00 4.00", "Net 20.00", "VAT 4.00",
	    "Total EUR 24.00", "Example Bank", "IBAN AT61 1904 3002 3457 3201",
	    "BIC GIBAATWWXXX", "Payment reference", "VAT exemption",
	    "Art. 132 exempts this", "Register FN 123456a",
	    "Pay within 14 days.", "https://ridgenet.example",
	    "help@ridgenet.example", "Page 1 of 1"};
	struct fixture *f = *state;
	const char *text;
	size_t i;

	papers_init(&f->p, 2);
	snprintf(f->p.invoice.exemption, sizeof(f->p.invoice.exemption),
	    "Art. 132 exempts this");
	draw_invoice(f);
	assert_int_equal(pages(f), 1);
	/* Left and right half, so that columns do not mix. */
	text = tool_words(f,
	    "pdftotext -layout -x 0 -y 0 -W 323 -H 842 %1$s - && "
	    "pdftotext -layout -x 323 -y 0 -W 273 -H 842 %1$s - && "
	    "pdftotext -layout %1$s -");
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_says(text, want[i]);
	assert_fonts_embedded(f);
}

static void
metadata_is_the_papers_own(void **state)
{
	struct fixture *f = *state;
	const char *text;

	papers_init(&f->p, 1);
	draw_invoice(f);
	text = tool_words(f, "TZ=UTC pdfinfo -isodates %s");
	assert_says(text, "Title: Invoice INV-2026-000498 ");
	assert_says(text, "Author: Ridgenet GmbH ");
	assert_says(text, "CreationDate: 2026-05-01T09:00:00Z ");
	assert_says(text, "(A4)");
	assert_null(strstr(text, "ModDate"));
}

static void
receipt_has_every_field(void **state)
{
	static const char *const want[] = {"Receipt", "RCP-2026-000204",
	    "Received", "1 May 2026 09:31", "Method", "Card", "Reference",
	    "pi_3PqXyZ2eZvKYlo2C", "Amount received EUR 54.40", "Ridgenet GmbH",
	    "Zoë Ångström", "Page 1 of 1"};
	struct fixture *f = *state;
	struct paper_doc doc;
	const char *text;
	size_t i;

	papers_init(&f->p, 1);
	assert_int_equal(
	    paper_doc_receipt(&doc, &f->p.payment, &f->p.tenant), ERR_NONE);
	assert_int_equal(pdf_draw(f->pdf, &doc, &f->out), ERR_NONE);
	paper_doc_release(&doc);
	save(f);
	assert_int_equal(pages(f), 1);
	text = tool_words(f, "pdftotext -layout %s -");
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_says(text, want[i]);
	assert_fonts_embedded(f);
}

static void
names_of_any_script_are_drawn_and_found(void **state)
{
	static const char *const names[] = {
	    "José Ångström-Łukasiewicz",
	    "Ελένη Παπαδοπούλου",
	    "Дмитрий Шостакович",
	    "株式会社山田商店",
	    "王小明",
	    "김철수",
	    "สมชาย",
	    "Հայկ",
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		papers_release(&f->p);
		papers_init(&f->p, 1);
		snprintf(f->p.invoice.buyer, sizeof(f->p.invoice.buyer),
		    "%s\n%s 7\nAT", names[i], names[i]);
		papers_describe(&f->p, names[i]);
		draw_invoice(f);
		/* Name, street, description. */
		assert_int_equal(
		    count(tool_words(f, "pdftotext -layout %s -"), names[i]),
		    3);
		assert_fonts_embedded(f);
	}
}

/* Words, for tools differ in the order in which they give what is written from
 * right to left. */
static void
right_to_left_names_are_drawn_and_found(void **state)
{
	static const char *const words[][2] = {
	    {"מרים", "כהן"},
	    {"فاطمة", "منصور"},
	};
	struct fixture *f = *state;
	char name[128];
	size_t i;

	for (i = 0; i < 2; i++) {
		papers_release(&f->p);
		papers_init(&f->p, 1);
		snprintf(name, sizeof(name), "%s %s", words[i][0], words[i][1]);
		snprintf(f->p.invoice.buyer, sizeof(f->p.invoice.buyer),
		    "%s\nAT", name);
		papers_describe(&f->p, name);
		draw_invoice(f);
		tool_words(f, "pdftotext -layout %s -");
		assert_int_equal(count(buf_str(&f->text), words[i][0]), 2);
		assert_int_equal(count(buf_str(&f->text), words[i][1]), 2);
		/* The columns stay where they are. */
		assert_says(buf_str(&f->text), " 1 10.00 20 % 10.00 ");
		assert_fonts_embedded(f);
	}
}

static void
many_lines_take_many_pages(void **state)
{
	static const struct {
		size_t lines;
		int least, most;
	} cases[] = {{1, 1, 1}, {40, 2, 2}, {500, 14, 20}};
	struct fixture *f = *state;
	char want[64];
	int n, page;
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		papers_release(&f->p);
		papers_init(&f->p, cases[i].lines);
		draw_invoice(f);
		n = pages(f);
		assert_in_range(n, cases[i].least, cases[i].most);
		tool_words(f, "pdftotext -layout %s -");
		/* The head of the table comes again on each page. */
		assert_in_range(
		    count(buf_str(&f->text), "Unit price VAT rate Amount"),
		    n - 1, n);
		for (page = 1; page <= n; page++) {
			snprintf(want, sizeof(want), "Page %d of %d", page, n);
			assert_says(buf_str(&f->text), want);
		}
		assert_int_equal(
		    count(buf_str(&f->text), "Invoice INV-2026-000498"), n);
		for (k = 1; k <= cases[i].lines; k++) {
			snprintf(want, sizeof(want), "Item %zu 1 10.00", k);
			assert_int_equal(count(buf_str(&f->text), want), 1);
		}
		assert_int_equal(count(buf_str(&f->text), "Total EUR"), 1);
		assert_fonts_embedded(f);
	}
}

/* Whatever the number of lines: a last page is never totals alone, and no
 * block falls apart. */
static void
totals_stay_together_with_the_last_line(void **state)
{
	struct fixture *f = *state;
	char command[128], last[32];
	size_t n;
	int page;

	for (n = 14; n < 48; n++) {
		papers_release(&f->p);
		papers_init(&f->p, n);
		draw_invoice(f);
		page = pages(f);
		snprintf(last, sizeof(last), "Item %zu 1 10.00", n);
		do {
			snprintf(command, sizeof(command),
			    "pdftotext -layout -f %d -l %d %%s -", page, page);
			tool_words(f, command);
		} while (strstr(buf_str(&f->text), "Total EUR") == NULL &&
			 --page > 0);
		assert_says(buf_str(&f->text), last);
		assert_says(buf_str(&f->text), "Taxable amount");
		assert_says(buf_str(&f->text), "Net ");
	}
}

/* A row of three lines of text: all of them on one page, the numbers too. */
static void
rows_never_split_across_pages(void **state)
{
	struct fixture *f = *state;
	char command[128];
	size_t begins, ends, rows = 0;
	int page, n;

	papers_init(&f->p, 60);
	papers_describe(&f->p,
	    "Begins here and goes on for a while so that it has to wrap, then "
	    "goes on for another line of text, then wraps again and it ends "
	    "Finis");
	draw_invoice(f);
	n = pages(f);
	assert_true(n > 2);
	for (page = 1; page <= n; page++) {
		snprintf(command, sizeof(command),
		    "pdftotext -layout -f %d -l %d %%s -", page, page);
		tool_words(f, command);
		begins = count(buf_str(&f->text), "Begins here");
		ends = count(buf_str(&f->text), "Finis");
		assert_int_equal(begins, ends);
		assert_int_equal(
		    count(buf_str(&f->text), "10.00 20 % 10.00"), begins);
		rows += begins;
	}
	assert_int_equal(rows, 60);
}

static void
same_paper_gives_the_same_bytes(void **state)
{
	struct fixture *f = *state;
	struct buf first;
	struct pdf *other;

	papers_init(&f->p, 40);
	papers_describe(&f->p, "Wireless – ワイヤレス – لاسلكي");
	draw_invoice(f);
	buf_init(&first, PDF_SIZE_MAX);
	buf_add(&first, f->out.data, f->out.len);

	/* After other papers, and by another renderer. */
	papers_describe(&f->p, "Đặng Ωmega");
	draw_invoice(f);
	assert_false(f->out.len == first.len &&
		     memcmp(f->out.data, first.data, first.len) == 0);
	papers_describe(&f->p, "Wireless – ワイヤレス – لاسلكي");
	draw_invoice(f);
	assert_int_equal(f->out.len, first.len);
	assert_memory_equal(f->out.data, first.data, first.len);

	other = f->pdf;
	assert_int_equal(pdf_open(&f->pdf, "C.UTF-8"), ERR_NONE);
	pdf_close(other);
	draw_invoice(f);
	assert_int_equal(f->out.len, first.len);
	assert_memory_equal(f->out.data, first.data, first.len);
	buf_release(&first);
}

static void
markup_in_data_is_only_text(void **state)
{
	struct fixture *f = *state;

	papers_init(&f->p, 1);
	papers_describe(&f->p, "<b>&lt;bold&gt;</b> & <span");
	draw_invoice(f);
	assert_says(tool_words(f, "pdftotext -layout %s -"),
	    "<b>&lt;bold&gt;</b> & <span");
}

static void
long_words_wrap_and_lose_nothing(void **state)
{
	char word[300], found[512];
	struct fixture *f = *state;
	const char *s;
	size_t i, n = 0;

	for (i = 0; i + 1 < sizeof(word); i++)
		word[i] = (char)('a' + i % 26);
	word[i] = '\0';
	papers_init(&f->p, 1);
	papers_describe(&f->p, word);
	draw_invoice(f);
	assert_int_equal(pages(f), 1);
	/* The column of descriptions alone, without its line breaks. */
	tool(f, "pdftotext -x 50 -y 0 -W 330 -H 842 %s -");
	s = strstr(buf_str(&f->text), "abcdefghij");
	assert_non_null(s);
	for (; *s != '\0' && n + 1 < sizeof(found); s++)
		if (*s >= 'a' && *s <= 'z')
			found[n++] = *s;
	found[n] = '\0';
	assert_non_null(strstr(found, word));
}

static void
strange_papers_are_drawn(void **state)
{
	struct fixture *f = *state;
	struct invoice *inv;

	/* Nothing in it at all. */
	papers_init(&f->p, 0);
	inv = &f->p.invoice;
	inv->ntaxes = 0;
	inv->seller[0] = inv->buyer[0] = inv->seller_note[0] = '\0';
	inv->seller_bank[0] = inv->number[0] = f->p.tenant.brand[0] = '\0';
	draw_invoice(f);
	assert_int_equal(pages(f), 1);

	/* Too much of everything. */
	papers_release(&f->p);
	papers_init(&f->p, 3);
	inv = &f->p.invoice;
	memset(inv->seller, '\n', sizeof(inv->seller) - 1);
	memset(inv->buyer, 'W', sizeof(inv->buyer) - 1);
	memset(inv->seller_bank, 'M', sizeof(inv->seller_bank) - 1);
	for (size_t i = 0; i + 2 < sizeof(inv->seller_note); i += 2)
		memcpy(inv->seller_note + i, "N\n", 3);
	memset(f->p.tenant.brand, '@', sizeof(f->p.tenant.brand) - 1);
	memset(f->p.tenant.website, '@', sizeof(f->p.tenant.website) - 1);
	papers_describe(&f->p, "\n\n\n\n\n\n\n\n\n\n😀\t\x7f\xff\xfe bad");
	inv->lines[0].quantity = inv->lines[0].unit_price = INT64_MIN;
	inv->lines[0].net = inv->total = INT64_MAX;
	draw_invoice(f);
	assert_true(pages(f) >= 2);
	assert_fonts_embedded(f);
}

/* By an independent program, from the page as a screen or a printer has it. */
static void
the_code_to_pay_by_can_be_scanned(void **state)
{
	struct fixture *f = *state;
	struct paper_doc doc;
	const char *text;

	papers_init(&f->p, 2);
	draw_invoice(f);
	assert_int_equal(
	    paper_doc_invoice(&doc, &f->p.invoice, &f->p.tenant), ERR_NONE);
	paper_doc_release(&doc);
	for (int dpi = 100; dpi <= 300; dpi += 100) {
		char command[128];

		snprintf(command, sizeof(command),
		    "pdftoppm -r %d -png '%%s' | zbarimg -q --raw - "
		    "2>/dev/null",
		    dpi);
		text = tool(f, command);
		assert_int_equal(f->text.len, strlen(doc.scan) + 1);
		assert_memory_equal(text, doc.scan, strlen(doc.scan));
	}
	assert_says(
	    tool_words(f, "pdftotext -layout '%s' -"), "Scan to pay by bank");
}

static void
without_an_account_there_is_no_code(void **state)
{
	struct fixture *f = *state;

	papers_init(&f->p, 2);
	strcpy(f->p.invoice.currency, "CHF");
	draw_invoice(f);
	assert_null(strstr(tool_words(f, "pdftotext -layout '%s' -"), "Scan"));
	assert_says(buf_str(&f->text), "RF36 1INV 2026 0004 98");
}

static void
many_tax_rates_get_a_table_of_their_own(void **state)
{
	struct invoice_tax taxes[200];
	struct fixture *f = *state;
	char want[64];
	size_t i;

	papers_init(&f->p, 1);
	for (i = 0; i < 200; i++)
		taxes[i] = (struct invoice_tax) {
		    "S", 100 + (int64_t)i * 100, 1000 + (int64_t)i, 7};
	f->p.invoice.taxes = taxes;
	f->p.invoice.ntaxes = 200;
	draw_invoice(f);
	assert_true(pages(f) > 3);
	tool_words(f, "pdftotext -layout %s -");
	for (i = 0; i < 200; i++) {
		snprintf(want, sizeof(want), " %zu.%02zu 0.07",
		    (1000 + i) / 100, (1000 + i) % 100);
		assert_int_equal(count(buf_str(&f->text), want), 1);
	}
}

static void
file_that_does_not_fit_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct paper_doc doc;
	struct buf small;

	papers_init(&f->p, 1);
	buf_init(&small, 1000);
	assert_int_equal(
	    paper_doc_invoice(&doc, &f->p.invoice, &f->p.tenant), ERR_NONE);
	assert_int_equal(pdf_draw(f->pdf, &doc, &small), ERR_TOO_BIG);
	paper_doc_release(&doc);
	buf_release(&small);
}

static int
draw_in_sandbox(const struct papers *p)
{
	struct paper_doc doc;
	struct pdf *pdf;
	struct buf out;

	if (session_sandbox(SESSION_EXTRA_OPEN | SESSION_EXTRA_THREADS) !=
	    ERR_NONE)
		return 2;
	buf_init(&out, PDF_SIZE_MAX);
	if (pdf_open(&pdf, "C.UTF-8") != ERR_NONE)
		return 3;
	if (paper_doc_invoice(&doc, &p->invoice, &p->tenant) != ERR_NONE ||
	    pdf_draw(pdf, &doc, &out) != ERR_NONE)
		return 4;
	return out.len > 1000 ? 0 : 5;
}

/*
 * Fonts are looked up by threads and read late: the sandbox must bear it.  No
 * fixture: what forks here may have no threads yet.
 */
static void
drawing_works_inside_the_sandbox(void **state)
{
	static const char *const scripts[] = {"Zoë", "日本語 한국어",
	    "عربي עברית", "हिन्दी বাংলা தமிழ்", "ไทย ລາວ", "ქართული", "አማርኛ",
	    "😀 📶", "ᏣᎳᎩ ᚠᚢᚦ 𓀀", "\xf4\x8f\xbf\xbd \xee\x80\x80"};
	struct papers p;
	int status;
	pid_t pid;
	size_t i;

	(void)state;
	papers_init(&p, 10);
	for (i = 0; i < 10; i++)
		snprintf(p.invoice.lines[i].description,
		    sizeof(p.invoice.lines[i].description), "%s", scripts[i]);
	assert_true((pid = fork()) != -1);
	if (pid == 0)
		_exit(draw_in_sandbox(&p));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	papers_release(&p);
}

/* Lost in cairo's subsetting of CFF fonts and in fontconfig's own set-up. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libcairo.so\nleak:libfontconfig.so\n";
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(drawing_works_inside_the_sandbox),
	    TEST(invoice_has_every_field),
	    TEST(metadata_is_the_papers_own),
	    TEST(receipt_has_every_field),
	    TEST(names_of_any_script_are_drawn_and_found),
	    TEST(right_to_left_names_are_drawn_and_found),
	    TEST(many_lines_take_many_pages),
	    TEST(totals_stay_together_with_the_last_line),
	    TEST(rows_never_split_across_pages),
	    TEST(same_paper_gives_the_same_bytes),
	    TEST(markup_in_data_is_only_text),
	    TEST(long_words_wrap_and_lose_nothing),
	    TEST(strange_papers_are_drawn),
	    TEST(the_code_to_pay_by_can_be_scanned),
	    TEST(without_an_account_there_is_no_code),
	    TEST(many_tax_rates_get_a_table_of_their_own),
	    TEST(file_that_does_not_fit_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

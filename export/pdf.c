/*
 * Lays a paper out: which block stands where, in what order.  Knows the
 * description only, nothing of invoices.
 */
#include "export/pdf.h"

#include <cairo-pdf.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "export/pdf_pen.h"

/* The totals stand below the amounts, the taxes beside them. */
#define TOTALS_W 196.0
#define TAXES_W (PDF_WIDTH - TOTALS_W - 28.0)
/* What a phone scans. */
#define CODE_W 84.0
/* Between tables. */
#define GAP 18.0

enum {
	BLOCK_LINES = 14,  /* of a party or the bank */
	TAXES_BESIDE = 24, /* more rows than this become a table of their own */
};

static void
draw_head(struct pen *pen)
{
	const struct paper_doc *doc = pen->doc;
	double half = PDF_WIDTH / 2, left, right;

	left = pen_text(pen, PDF_BRAND, PDF_SIDE_LEFT, PDF_LEFT, pen->y,
	    half - PDF_GUTTER, doc->brand);
	right = pen_text(pen, PDF_TITLE, PDF_SIDE_RIGHT, PDF_LEFT + half,
	    pen->y, half, doc->title);
	right += pen_text(pen, PDF_STRONG, PDF_SIDE_RIGHT, PDF_LEFT + half,
	    pen->y + right, half, doc->number);
	pen->y += (left > right ? left : right) + 28;
}

static double
draw_party(
    struct pen *pen, const struct paper_party *party, double x, double width)
{
	char vat[PAPER_VALUE_SIZE];
	double y = pen->y;

	y += pen_text(pen, PDF_LABEL, PDF_SIDE_LEFT, x, y, width, party->role);
	y += 2;
	y += pen_block(
	    pen, PDF_STRONG, PDF_BODY, x, y, width, party->block, BLOCK_LINES);
	if (*party->vat != '\0') {
		snprintf(vat, sizeof(vat), _("VAT ID %s"), party->vat);
		y += 3 + pen_text(pen, PDF_BODY, PDF_SIDE_LEFT, x, y + 3, width,
			     vat);
	}
	return y;
}

static void
draw_parties(struct pen *pen)
{
	double half = PDF_WIDTH / 2, left, right;

	left = draw_party(pen, &pen->doc->buyer, PDF_LEFT, half - PDF_GUTTER);
	right = draw_party(pen, &pen->doc->seller, PDF_LEFT + half, half);
	pen->y = (left > right ? left : right) + 24;
}

/* The facts side by side, label over value, between two rules. */
static void
draw_facts(struct pen *pen)
{
	const struct paper_doc *doc = pen->doc;
	size_t columns = doc->nfacts > 3 ? doc->nfacts : 4, i;
	double pitch = PDF_WIDTH / (double)columns, height = 0, h, x;
	char text[PAPER_VALUE_SIZE];

	pen_rule(pen, PDF_LEFT, pen->y, PDF_WIDTH, 0.4, 0.8);
	pen->y += 8;
	for (i = 0; i < doc->nfacts; i++) {
		x = PDF_LEFT + pitch * (double)i;
		/* The last one may have what is left of the line. */
		double width = i + 1 < doc->nfacts ? pitch - 8 : PDF_RIGHT - x;

		h = pen_text(pen, PDF_LABEL, PDF_SIDE_LEFT, x, pen->y, width,
		    fact_label(doc->facts[i].key));
		h += pen_text(pen, PDF_BODY, PDF_SIDE_LEFT, x, pen->y + h,
		    width, paper_value_text(doc, &doc->facts[i].value, text));
		if (h > height)
			height = h;
	}
	pen->y += height + 8;
	pen_rule(pen, PDF_LEFT, pen->y, PDF_WIDTH, 0.4, 0.8);
	pen->y += 24;
}

static double
draw_total(struct pen *pen, const struct paper_fact *total, bool last, double y)
{
	/* Nothing but a total, as on a receipt: it may have the line. */
	bool alone = pen->doc->lines.nrows == 0 && pen->doc->taxes.nrows == 0;
	double width = alone ? PDF_WIDTH : TOTALS_W;
	double x = PDF_RIGHT - width, label_w, h;
	enum pdf_style style = last ? PDF_TOTAL : PDF_BODY;
	char label[PAPER_VALUE_SIZE], amount[PAPER_VALUE_SIZE];

	paper_total_label(label, pen->doc, total);
	label_w = pdf_text_width(pen->pdf, style, label) + 8;
	if (label_w > width * 0.6)
		label_w = width * 0.6;
	if (last) {
		pen_rule(pen, x, y + 2, width, 0.8, 0.0);
		y += 7;
	}
	h = pen_text(pen, style, PDF_SIDE_LEFT, x, y, label_w, label);
	pen_text(pen, style, PDF_SIDE_RIGHT, x + label_w, y, width - label_w,
	    paper_value_text(pen->doc, &total->value, amount));
	return h + (last ? 7 : 3);
}

static double
draw_totals(struct pen *pen, double y)
{
	const struct paper_doc *doc = pen->doc;
	double top = y;
	size_t i;

	for (i = 0; i < doc->ntotals; i++)
		y += draw_total(pen, &doc->totals[i], i + 1 == doc->ntotals, y);
	return y - top;
}

/* Taxes and totals side by side, where the pen is; drawn on nothing they are
 * only measured. */
static double
draw_sums(struct pen *pen, bool taxes)
{
	double left = 0, right = draw_totals(pen, pen->y);

	if (taxes) {
		left = pen_table_height(pen, &pen->doc->taxes, TAXES_W);
		pen_table(pen, &pen->doc->taxes, PDF_LEFT, TAXES_W, 0);
	}
	return left > right ? left : right;
}

/* The lines and what they come to; the last line goes with the sums. */
static void
draw_tables(struct pen *pen)
{
	const struct paper_doc *doc = pen->doc;
	bool beside = doc->taxes.nrows <= TAXES_BESIDE;
	struct pen dry = *pen;
	double height, top;

	dry.cr = NULL;
	dry.y = 0;
	height = draw_sums(&dry, beside);
	if (doc->lines.nrows > 0) {
		pen_table(pen, &doc->lines, PDF_LEFT, PDF_WIDTH, GAP + height);
		pen->y += GAP;
	}
	if (!beside) {
		pen_table(pen, &doc->taxes, PDF_LEFT, PDF_WIDTH, GAP + height);
		pen->y += GAP;
	}
	page_need(pen, height);
	top = pen->y;
	draw_sums(pen, beside);
	pen->y = top + height + 26;
}

/* A label, and where what it names begins. */
static double
draw_label(struct pen *pen, double x, double width, const char *label)
{
	return pen->y +
	       pen_text(
		   pen, PDF_LABEL, PDF_SIDE_LEFT, x, pen->y, width, label) +
	       2;
}

static double
draw_code(struct pen *pen)
{
	double x = PDF_RIGHT - CODE_W;
	double y =
	    draw_label(pen, x, CODE_W, _("Scan to pay by bank transfer")) + 3;

	pen_code(pen, pen->code, x, y, CODE_W);
	return y + CODE_W;
}

/* Account, reference and code side by side.  Returns the height; draws where
 * the pen is. */
static double
draw_bank(struct pen *pen)
{
	const struct paper_doc *doc = pen->doc;
	double half = PDF_WIDTH / 2, width = half, x = PDF_LEFT, y, low = 0;

	if (*doc->bank != '\0') {
		y = draw_label(pen, x, half, _("Bank account for payment"));
		low = y + pen_block(pen, PDF_BODY, PDF_BODY, x, y,
			      half - PDF_GUTTER, doc->bank, BLOCK_LINES);
		x += half;
	}
	if (pen->code != NULL) {
		width -= CODE_W + PDF_GUTTER;
		if ((y = draw_code(pen)) > low)
			low = y;
	}
	y = draw_label(pen, x, width, _("Payment reference"));
	y += pen_text(
	    pen, PDF_STRONG, PDF_SIDE_LEFT, x, y, width, doc->bank_reference);
	return (y > low ? y : low) - pen->y;
}

static void
draw_payment(struct pen *pen)
{
	struct pen dry = *pen;

	if (*pen->doc->bank_reference == '\0')
		return;
	dry.cr = NULL;
	page_need(pen, draw_bank(&dry));
	pen->y += draw_bank(pen) + 20;
}

static void
draw_note(struct pen *pen, const struct paper_note *note)
{
	const char *p = note->text;
	struct pdf_text t;
	char line[1024];
	size_t n;

	if (note->head != NULL) {
		/* A head does not stand alone at a page's end. */
		page_need(pen, 30);
		pen->y += pen_text(pen, PDF_LABEL, PDF_SIDE_LEFT, PDF_LEFT,
			      pen->y, PDF_WIDTH, note->head) +
			  2;
	}
	for (; *p != '\0'; p += n + (p[n] == '\n')) {
		n = strcspn(p, "\n");
		if (n == 0)
			continue;
		snprintf(line, sizeof(line), "%.*s", (int)n, p);
		t = pdf_text(
		    pen->pdf, PDF_SMALL, PDF_SIDE_NATURAL, PDF_WIDTH, line);
		if (page_need(pen, t.height))
			t = pdf_text(pen->pdf, PDF_SMALL, PDF_SIDE_NATURAL,
			    PDF_WIDTH, line);
		pen_show(pen, &t, PDF_LEFT, pen->y);
		pen->y += t.height;
	}
	pen->y += 10;
}

static void
draw_paper(struct pen *pen)
{
	size_t i;

	page_first(pen);
	draw_head(pen);
	draw_parties(pen);
	draw_facts(pen);
	draw_tables(pen);
	draw_payment(pen);
	for (i = 0; i < pen->doc->nnotes; i++)
		draw_note(pen, &pen->doc->notes[i]);
	page_last(pen);
}

static cairo_status_t
write_out(void *arg, const unsigned char *data, unsigned int n)
{
	struct buf *out = arg;

	buf_add(out, data, n);
	return out->err == ERR_NONE ? CAIRO_STATUS_SUCCESS
				    : CAIRO_STATUS_WRITE_ERROR;
}

/* The date is the paper's own, so that its bytes do not depend on today. */
static void
metadata_set(cairo_surface_t *surface, const struct paper_doc *doc)
{
	char title[PAPER_VALUE_SIZE], author[641], date[DATE_SIZE];

	snprintf(title, sizeof(title), _("%1$s %2$s"), doc->title, doc->number);
	snprintf(author, sizeof(author), "%.*s",
	    (int)strcspn(doc->seller.block, "\n"), doc->seller.block);
	instant_iso(date, doc->made_at);
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_TITLE, title);
	/* Cairo gives up on a surface for the sake of a bad byte. */
	if (g_utf8_validate(author, -1, NULL))
		cairo_pdf_surface_set_metadata(
		    surface, CAIRO_PDF_METADATA_AUTHOR, author);
	cairo_pdf_surface_set_metadata(
	    surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
}

enum err
pdf_draw(struct pdf *pdf, const struct paper_doc *doc, struct buf *out)
{
	struct pen pen = {.pdf = pdf, .doc = doc};
	cairo_surface_t *surface;
	cairo_status_t status;
	struct qr code;
	enum err err;

	if (doc->scan[0] != '\0') {
		if ((err = qr_make_medium(&code, doc->scan)) != ERR_NONE)
			return err;
		pen.code = &code;
	}
	draw_paper(&pen);
	pen.pages = pen.page;

	surface = cairo_pdf_surface_create_for_stream(
	    write_out, out, PDF_PAGE_W, PDF_PAGE_H);
	metadata_set(surface, doc);
	pen.cr = cairo_create(surface);
	draw_paper(&pen);
	/* A drawing that failed half way must not pass for a whole paper. */
	status = cairo_status(pen.cr);
	cairo_destroy(pen.cr);
	cairo_surface_finish(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (out->err != ERR_NONE)
		return out->err;
	if (status == CAIRO_STATUS_NO_MEMORY)
		return ERR_NOMEM;
	return status == CAIRO_STATUS_SUCCESS ? ERR_NONE : ERR_INTERNAL;
}

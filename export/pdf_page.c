/*
 * Pages of a PDF: running head, foot, and when the next one begins.
 */
#include "export/pdf_pen.h"

#include "base/i18n.h"

#define HEAD_Y 40.0
#define FOOT_Y (PDF_BOTTOM + 14.0)

static void
running_head(struct pen *pen)
{
	const struct paper_doc *doc = pen->doc;
	char text[PAPER_VALUE_SIZE];

	/* TRANSLATORS: a paper and its number: "Invoice INV-2026-000001" */
	snprintf(text, sizeof(text), _("%1$s %2$s"), doc->title, doc->number);
	pen_text(pen, PDF_LABEL, PDF_SIDE_LEFT, PDF_LEFT, HEAD_Y, PDF_WIDTH / 2,
	    doc->brand);
	pen_text(pen, PDF_LABEL, PDF_SIDE_RIGHT, PDF_LEFT + PDF_WIDTH / 2,
	    HEAD_Y, PDF_WIDTH / 2, text);
}

/* "ridge.example  ·  help@ridge.example", as many as fit the line. */
static void
foot_contacts(struct pen *pen, double width)
{
	const struct paper_doc *doc = pen->doc;
	double x = PDF_LEFT, w;
	size_t i;

	for (i = 0; i < doc->ncontacts; i++) {
		w = pdf_text_width(pen->pdf, PDF_LABEL, doc->contacts[i]);
		if (x + w > PDF_LEFT + width)
			continue;
		pen_text(pen, PDF_LABEL, PDF_SIDE_LEFT, x, FOOT_Y, w + 1,
		    doc->contacts[i]);
		x += w + PDF_GUTTER;
	}
}

static void
foot(struct pen *pen)
{
	char text[PAPER_VALUE_SIZE];

	if (pen->cr == NULL)
		return;
	snprintf(
	    text, sizeof(text), _("Page %1$d of %2$d"), pen->page, pen->pages);
	pen_rule(pen, PDF_LEFT, FOOT_Y - 6, PDF_WIDTH, 0.4, 0.8);
	foot_contacts(pen, PDF_WIDTH - 90);
	pen_text(
	    pen, PDF_LABEL, PDF_SIDE_RIGHT, PDF_RIGHT - 90, FOOT_Y, 90, text);
}

void
page_first(struct pen *pen)
{
	pen->page = 1;
	pen->y = PDF_TOP;
}

static void
page_next(struct pen *pen)
{
	foot(pen);
	if (pen->cr != NULL)
		cairo_show_page(pen->cr);
	pen->page++;
	running_head(pen);
	pen->y = PDF_TOP_NEXT;
}

void
page_last(struct pen *pen)
{
	foot(pen);
	if (pen->cr != NULL)
		cairo_show_page(pen->cr);
}

bool
page_need(struct pen *pen, double height)
{
	/* What is taller than a page does not get more room on the next. */
	if (pen->y + height <= PDF_BOTTOM || pen->y <= PDF_TOP_NEXT)
		return false;
	page_next(pen);
	return true;
}

/*
 * Between the files of the PDF renderer: styles, text at a place, pages.
 * Lengths are points (1/72 inch) from the upper left corner.
 */
#ifndef EXPORT_PDF_PEN_H
#define EXPORT_PDF_PEN_H

#include <pango/pangocairo.h>

#include "export/pdf.h"
#include "export/qr.h"

/* A4; the grid is one body of text between equal margins. */
#define PDF_PAGE_W 595.276
#define PDF_PAGE_H 841.89
#define PDF_LEFT 54.0
#define PDF_WIDTH (PDF_PAGE_W - 2 * PDF_LEFT)
#define PDF_RIGHT (PDF_LEFT + PDF_WIDTH)
#define PDF_TOP 54.0      /* of the first page */
#define PDF_TOP_NEXT 78.0 /* below the running head of the others */
#define PDF_BOTTOM 776.0  /* the body ends here, the foot stands below */
#define PDF_GUTTER 14.0   /* between columns */

enum pdf_style {
	PDF_BODY,
	PDF_STRONG,
	PDF_LABEL,
	PDF_SMALL,
	PDF_BRAND,
	PDF_TITLE,
	PDF_TOTAL,
	PDF_STYLES
};

/* Natural is the side where the text's own script begins. */
enum pdf_side { PDF_SIDE_NATURAL, PDF_SIDE_LEFT, PDF_SIDE_RIGHT };

struct pdf {
	PangoFontMap *map;
	PangoContext *context;
	PangoLayout *layouts[PDF_STYLES];
	/* of a line of Latin text: no line is less */
	double base[PDF_STYLES], leading[PDF_STYLES];
};

/*
 * A paper is laid out twice by the same code: first with no cr, which only
 * counts pages, then for good.
 */
struct pen {
	struct pdf *pdf;
	const struct paper_doc *doc;
	const struct qr *code; /* to pay by; or NULL */
	cairo_t *cr;           /* NULL: measuring */
	double y;              /* where the next block begins */
	int page, pages;
};

/* Text wrapped to a width, as placed by the pen; valid until the next one of
 * the same style. */
struct pdf_text {
	PangoLayout *layout;
	enum pdf_style style;
	double height;
	double base;  /* of the first line, from the top */
	double shift; /* from the top to the layout's own */
};

struct pdf_text pdf_text(struct pdf *pdf, enum pdf_style style,
    enum pdf_side side, double width, const char *text);
/* One line's width, unwrapped. */
double pdf_text_width(struct pdf *pdf, enum pdf_style style, const char *text);

/* Draws with the top at y. */
void pen_show(struct pen *pen, const struct pdf_text *text, double x, double y);
/* pdf_text() and pen_show(); gives the height. */
double pen_text(struct pen *pen, enum pdf_style style, enum pdf_side side,
    double x, double y, double width, const char *text);
/* The same for each line of a block, top to bottom, at most max lines of it
 * (0: all); the first in another style.  Empty lines are left out. */
double pen_block(struct pen *pen, enum pdf_style first, enum pdf_style rest,
    double x, double y, double width, const char *block, int max);
/* A horizontal line; gray 0 is black. */
void pen_rule(struct pen *pen, double x, double y, double width, double weight,
    double gray);

/* A QR code without its quiet zone. */
void pen_code(
    struct pen *pen, const struct qr *code, double x, double y, double side);

/* The first page, the last foot. */
void page_first(struct pen *pen);
void page_last(struct pen *pen);
/* Begins a page unless this much fits below y; true if it did. */
bool page_need(struct pen *pen, double height);

/*
 * A table between x and x + width, from y on; rows never split.  On a new page
 * the head is repeated.  The last row stays on a page with what needs keep
 * points below it.
 */
void pen_table(struct pen *pen, const struct paper_table *table, double x,
    double width, double keep);
/* What pen_table() takes on one page. */
double pen_table_height(
    struct pen *pen, const struct paper_table *table, double width);

#endif

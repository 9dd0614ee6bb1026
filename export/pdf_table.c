/*
 * Tables of a PDF: column widths, heads that come again on each page, rows
 * that stay whole.
 */
#include "export/pdf_pen.h"

#include <string.h>

/* Above and below a row's text. */
#define ROW_PAD 3.6
#define HEAD_PAD 3.0
/* The columns of text are never squeezed below this part of the width. */
#define TEXT_MIN 0.25

enum { COLUMNS_MAX = 8 };

struct grid {
	const struct paper_table *table;
	double x, width;
	/* from the table's left edge */
	double left[COLUMNS_MAX], w[COLUMNS_MAX];
};

static const struct paper_value *
cell(const struct paper_table *t, size_t row, size_t column)
{
	return &t->cells[row * t->ncolumns + column];
}

/*
 * The widest text of a column of numbers.  Digits are equally wide, so the
 * longest text is, and only that one is measured.
 */
static double
column_width(struct pen *pen, const struct paper_table *t, size_t column)
{
	char text[PAPER_VALUE_SIZE], longest[PAPER_VALUE_SIZE] = "";
	double head, body;
	const char *s;
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		s = paper_value_text(pen->doc, cell(t, i, column), text);
		if (strlen(s) > strlen(longest))
			snprintf(longest, sizeof(longest), "%s", s);
	}
	head =
	    pdf_text_width(pen->pdf, PDF_LABEL, fact_label(t->columns[column]));
	body = pdf_text_width(pen->pdf, PDF_BODY, longest);
	/* Rounding must not make the widest one wrap. */
	return (head > body ? head : body) + 0.5;
}

/* Numbers get what they need, columns of text share the rest. */
static void
grid_init(struct grid *g, struct pen *pen, const struct paper_table *t,
    double x, double width)
{
	double rest = width - PDF_GUTTER * (double)(t->ncolumns - 1);
	double numbers = 0, room;
	size_t i, texts = 0;

	*g = (struct grid) {.table = t, .x = x, .width = width};
	for (i = 0; i < t->ncolumns; i++) {
		if (!fact_is_number(t->columns[i])) {
			texts++;
			continue;
		}
		g->w[i] = column_width(pen, t, i);
		numbers += g->w[i];
	}
	/* Absurd amounts wrap rather than push the description out. */
	room = rest - TEXT_MIN * width * (texts > 0);
	if (numbers > room) {
		for (i = 0; i < t->ncolumns; i++)
			g->w[i] *= room / numbers;
		numbers = room;
	}
	for (i = 0, x = 0; i < t->ncolumns; i++) {
		if (!fact_is_number(t->columns[i]))
			g->w[i] = (rest - numbers) / (double)texts;
		g->left[i] = x;
		x += g->w[i] + PDF_GUTTER;
	}
}

static enum pdf_side
column_side(const struct grid *g, size_t column)
{
	return fact_is_number(g->table->columns[column]) ? PDF_SIDE_RIGHT
							 : PDF_SIDE_NATURAL;
}

static double
head_draw(const struct grid *g, struct pen *pen)
{
	double h, height = 0;
	size_t i;

	for (i = 0; i < g->table->ncolumns; i++) {
		h = pen_text(pen, PDF_LABEL,
		    fact_is_number(g->table->columns[i]) ? PDF_SIDE_RIGHT
							 : PDF_SIDE_LEFT,
		    g->x + g->left[i], pen->y, g->w[i],
		    fact_label(g->table->columns[i]));
		if (h > height)
			height = h;
	}
	height += HEAD_PAD;
	pen_rule(pen, g->x, pen->y + height, g->width, 0.8, 0.0);
	return height;
}

static double
head_height(const struct grid *g, const struct pen *pen)
{
	struct pen dry = *pen;

	dry.cr = NULL;
	return head_draw(g, &dry);
}

static struct pdf_text
cell_text(const struct grid *g, struct pen *pen, size_t row, size_t column)
{
	char text[PAPER_VALUE_SIZE];

	return pdf_text(pen->pdf, PDF_BODY, column_side(g, column),
	    g->w[column],
	    paper_value_text(pen->doc, cell(g->table, row, column), text));
}

/*
 * Scripts differ in how far they reach above the line; a row's cells stand on
 * one line all the same.
 */
static double
row_height(const struct grid *g, struct pen *pen, size_t row, double *base)
{
	double above = 0, below = 0;
	struct pdf_text t;
	size_t i;

	for (i = 0; i < g->table->ncolumns; i++) {
		t = cell_text(g, pen, row, i);
		if (t.base > above)
			above = t.base;
		if (t.height - t.base > below)
			below = t.height - t.base;
	}
	*base = above + ROW_PAD;
	return above + below + 2 * ROW_PAD;
}

static void
row_draw(const struct grid *g, struct pen *pen, size_t row, double base,
    double height)
{
	struct pdf_text t;
	size_t i;

	if (pen->cr == NULL)
		return;
	for (i = 0; i < g->table->ncolumns; i++) {
		t = cell_text(g, pen, row, i);
		pen_show(pen, &t, g->x + g->left[i], pen->y + base - t.base);
	}
	pen_rule(pen, g->x, pen->y + height, g->width, 0.4, 0.8);
}

void
pen_table(struct pen *pen, const struct paper_table *table, double x,
    double width, double keep)
{
	double height, base;
	struct grid g;
	size_t i;

	if (table->nrows == 0)
		return;
	grid_init(&g, pen, table, x, width);
	for (i = 0; i < table->nrows; i++) {
		height = row_height(&g, pen, i, &base);
		if (i == 0) {
			/* A head does not stand alone at a page's end. */
			page_need(pen, head_height(&g, pen) + height);
			pen->y += head_draw(&g, pen);
		} else if (page_need(pen,
			       i + 1 < table->nrows ? height : height + keep)) {
			pen->y += head_draw(&g, pen);
		}
		row_draw(&g, pen, i, base, height);
		pen->y += height;
	}
}

double
pen_table_height(struct pen *pen, const struct paper_table *table, double width)
{
	double base, height;
	struct grid g;
	size_t i;

	if (table->nrows == 0)
		return 0;
	grid_init(&g, pen, table, 0, width);
	height = head_height(&g, pen);
	for (i = 0; i < table->nrows; i++)
		height += row_height(&g, pen, i, &base);
	return height;
}

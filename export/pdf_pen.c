/*
 * Text and rules on a page: the styles, and pango made to set them.  Text from
 * outside is only ever set as text; markup is not used at all.
 */
#include "export/pdf_pen.h"

#include <string.h>

/* Named before DejaVu, which has Arabic and Hebrew of another cut. */
#define FAMILIES "Noto Sans,Noto Sans Arabic,Noto Sans Hebrew,DejaVu Sans,sans"

/* Lines stand this far apart in every script, whatever its fonts ask for. */
#define LEADING 1.45

struct style {
	double size, gray;
	PangoWeight weight;
};

static const struct style styles[PDF_STYLES] = {
    [PDF_BODY] = {9.0, 0.1, PANGO_WEIGHT_NORMAL},
    [PDF_STRONG] = {9.0, 0.0, PANGO_WEIGHT_BOLD},
    [PDF_LABEL] = {7.5, 0.4, PANGO_WEIGHT_NORMAL},
    [PDF_SMALL] = {8.0, 0.3, PANGO_WEIGHT_NORMAL},
    [PDF_BRAND] = {17.0, 0.0, PANGO_WEIGHT_BOLD},
    [PDF_TITLE] = {17.0, 0.3, PANGO_WEIGHT_NORMAL},
    [PDF_TOTAL] = {11.0, 0.0, PANGO_WEIGHT_BOLD},
};

static PangoLayout *
layout_new(PangoContext *context, const struct style *style)
{
	PangoLayout *layout = pango_layout_new(context);
	PangoFontDescription *font = pango_font_description_new();
	PangoAttrList *attrs = pango_attr_list_new();

	pango_font_description_set_family_static(font, FAMILIES);
	pango_font_description_set_weight(font, style->weight);
	pango_font_description_set_absolute_size(
	    font, style->size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	/* A hyphen would become part of a reference that somebody copies. */
	pango_attr_list_insert(attrs, pango_attr_insert_hyphens_new(FALSE));
	pango_attr_list_insert(
	    attrs, pango_attr_line_height_new_absolute(
		       (int)(style->size * LEADING * PANGO_SCALE)));
	pango_layout_set_attributes(layout, attrs);
	pango_attr_list_unref(attrs);
	/* A newline within a cell is a sign, not a way to fill a page. */
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	return layout;
}

enum err
pdf_open(struct pdf **out, const char *locale)
{
	struct pdf *pdf = calloc(1, sizeof(*pdf));
	cairo_font_options_t *options;
	struct pdf_text latin;
	int i;

	if (pdf == NULL)
		return ERR_NOMEM;
	pdf->map = pango_cairo_font_map_new();
	pdf->context = pango_font_map_create_context(pdf->map);
	pango_context_set_language(
	    pdf->context, pango_language_from_string(locale));
	pango_context_set_base_dir(pdf->context, PANGO_DIRECTION_LTR);
	/* Paper has no pixels: nothing is rounded to them. */
	options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(pdf->context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(pdf->context, FALSE);

	for (i = 0; i < PDF_STYLES; i++) {
		pdf->layouts[i] = layout_new(pdf->context, &styles[i]);
		latin = pdf_text(pdf, i, PDF_SIDE_LEFT, -1, "X");
		pdf->base[i] = latin.base;
		pdf->leading[i] = latin.height;
	}
	*out = pdf;
	return ERR_NONE;
}

void
pdf_close(struct pdf *pdf)
{
	int i;

	if (pdf == NULL)
		return;
	for (i = 0; i < PDF_STYLES; i++)
		g_object_unref(pdf->layouts[i]);
	g_object_unref(pdf->context);
	g_object_unref(pdf->map);
	free(pdf);
}

/* Pango counts sides from where a paragraph begins; a column has fixed ones. */
static PangoAlignment
alignment(PangoLayout *layout, enum pdf_side side)
{
	PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);
	bool rtl = pango_layout_line_get_resolved_direction(line) ==
		   PANGO_DIRECTION_RTL;

	if (side == PDF_SIDE_NATURAL)
		return PANGO_ALIGN_LEFT;
	return (side == PDF_SIDE_LEFT) == rtl ? PANGO_ALIGN_RIGHT
					      : PANGO_ALIGN_LEFT;
}

static struct pdf_text
text_set(struct pdf *pdf, enum pdf_style style, enum pdf_side side,
    double width, const char *text, int n)
{
	struct pdf_text t = {.layout = pdf->layouts[style], .style = style};
	PangoRectangle extents;
	char *valid = NULL;

	/* Stored text is clean; a bad byte would end the whole drawing. */
	if (!g_utf8_validate(text, n, NULL))
		text = valid = g_utf8_make_valid(text, n);
	pango_layout_set_width(
	    t.layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
	pango_layout_set_text(t.layout, text, valid != NULL ? -1 : n);
	g_free(valid);
	pango_layout_set_alignment(t.layout, alignment(t.layout, side));
	pango_layout_get_extents(t.layout, NULL, &extents);
	t.height = (double)extents.height / PANGO_SCALE;
	t.base = (double)pango_layout_get_baseline(t.layout) / PANGO_SCALE;
	/* Fonts of other scripts may sit higher on their line. */
	if (t.base < pdf->base[style]) {
		t.shift = pdf->base[style] - t.base;
		t.base += t.shift;
		t.height += t.shift;
	}
	if (t.height < pdf->leading[style])
		t.height = pdf->leading[style];
	return t;
}

struct pdf_text
pdf_text(struct pdf *pdf, enum pdf_style style, enum pdf_side side,
    double width, const char *text)
{
	return text_set(pdf, style, side, width, text, -1);
}

double
pdf_text_width(struct pdf *pdf, enum pdf_style style, const char *text)
{
	struct pdf_text t = text_set(pdf, style, PDF_SIDE_LEFT, -1, text, -1);
	PangoRectangle extents;

	pango_layout_get_extents(t.layout, NULL, &extents);
	return (double)extents.width / PANGO_SCALE;
}

void
pen_show(struct pen *pen, const struct pdf_text *text, double x, double y)
{
	double gray = styles[text->style].gray;

	if (pen->cr == NULL)
		return;
	cairo_set_source_rgb(pen->cr, gray, gray, gray);
	cairo_move_to(pen->cr, x, y + text->shift);
	pango_cairo_show_layout(pen->cr, text->layout);
}

double
pen_text(struct pen *pen, enum pdf_style style, enum pdf_side side, double x,
    double y, double width, const char *text)
{
	struct pdf_text t = pdf_text(pen->pdf, style, side, width, text);

	pen_show(pen, &t, x, y);
	return t.height;
}

double
pen_block(struct pen *pen, enum pdf_style first, enum pdf_style rest, double x,
    double y, double width, const char *block, int max)
{
	enum pdf_style style = first;
	struct pdf_text t;
	double top = y;
	int lines = 0;
	size_t n;

	for (; *block != '\0' && (max == 0 || lines < max); block += n) {
		n = strcspn(block, "\n");
		if (n > 0) {
			t = text_set(pen->pdf, style, PDF_SIDE_LEFT, width,
			    block, (int)n);
			pen_show(pen, &t, x, y);
			y += t.height;
			style = rest;
			lines++;
		}
		n += block[n] == '\n';
	}
	return y - top;
}

void
pen_code(
    struct pen *pen, const struct qr *code, double x, double y, double side)
{
	double module = side / code->side;

	if (pen->cr == NULL)
		return;
	cairo_set_source_rgb(pen->cr, 0, 0, 0);
	for (int row = 0; row < code->side; row++)
		for (int col = 0; col < code->side; col++)
			/* One shape whose parts overlap: no viewer shows
			 * seams between them. */
			if (!qr_light(code, row, col))
				cairo_rectangle(pen->cr, x + col * module,
				    y + row * module, module * 1.03,
				    module * 1.03);
	cairo_fill(pen->cr);
}

void
pen_rule(struct pen *pen, double x, double y, double width, double weight,
    double gray)
{
	if (pen->cr == NULL)
		return;
	cairo_set_source_rgb(pen->cr, gray, gray, gray);
	cairo_set_line_width(pen->cr, weight);
	cairo_move_to(pen->cr, x, y);
	cairo_line_to(pen->cr, x + width, y);
	cairo_stroke(pen->cr);
}

/* QR codes as cells whose two colours are forced. */
#include "tui/qr_draw.h"

void
qr_size(const struct qr *qr, enum qr_style style, int *rows, int *cols)
{
	bool wide = style == QR_WIDE;

	*rows = wide ? qr_wide_rows(qr) : qr_half_rows(qr);
	*cols = wide ? qr_wide_cols(qr) : qr_half_cols(qr);
}

static void
draw_half(
    const struct qr *qr, bool invert, struct canvas *c, int y, int x, int row)
{
	for (int col = 0; col < qr_half_cols(qr); col++)
		canvas_text(c, y, x + col, 1, ATTR_FORCED,
		    qr_half(qr, row, col, invert));
}

static void
draw_wide(
    const struct qr *qr, bool invert, struct canvas *c, int y, int x, int row)
{
	for (int col = 0; col < qr_wide_cols(qr) / 2; col++) {
		bool light =
		    qr_light(qr, row - QR_QUIET, col - QR_QUIET) != invert;

		canvas_text(c, y, x + 2 * col, 2,
		    light ? ATTR_FORCED | ATTR_REVERSE : ATTR_FORCED, "  ");
	}
}

void
qr_draw(
    const struct qr *qr, struct qr_look look, struct canvas *c, int y, int x)
{
	int rows, cols;

	qr_size(qr, look.style, &rows, &cols);
	for (int row = 0; row < rows; row++)
		if (look.style == QR_WIDE)
			draw_wide(qr, look.invert, c, y + row, x, row);
		else
			draw_half(qr, look.invert, c, y + row, x, row);
}

/* A QR code on a canvas. */
#ifndef TUI_QR_DRAW_H
#define TUI_QR_DRAW_H

#include "export/qr.h"
#include "tui/canvas.h"

enum qr_style {
	QR_HALF, /* half blocks, two modules in a cell: needs UTF-8 */
	QR_WIDE, /* coloured blanks, a module in two cells */
};

struct qr_look {
	enum qr_style style;
	bool invert; /* for terminals that show colours reversed */
};

void qr_size(const struct qr *qr, enum qr_style style, int *rows, int *cols);
/* From the area's corner; the caller has seen that it fits. */
void qr_draw(
    const struct qr *qr, struct qr_look look, struct canvas *c, int y, int x);

#endif

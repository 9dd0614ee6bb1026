/*
 * A QR code: which modules are light, and what to draw for them.  Light modules
 * are what is drawn, in white on black whatever the terminal's own colours are:
 * dark ones drawn on white leave seams, and a terminal's own colours may be
 * either.
 */
#ifndef EXPORT_QR_H
#define EXPORT_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	QR_SIDE_MAX = 77, /* version 15 */
	QR_QUIET = 2,     /* modules around it; with none nobody reads it */
};

struct qr {
	int side; /* modules */
	uint8_t dark[QR_SIDE_MAX * QR_SIDE_MAX];
};

/*
 * The smallest code for a text; letters in upper case, digits and "$%*+-./:"
 * take less room than others.  What is left of its size goes into correction.
 * ERR_TOO_BIG: more than version 15 holds.
 */
enum err qr_make(struct qr *out, const char *text);

/* Level M and no other, as the EPC wants it for transfers. */
enum err qr_make_medium(struct qr *out, const char *text);

/* Beyond its edge all is light. */
bool qr_light(const struct qr *qr, int y, int x);

/* Two modules above each other in a cell. */
int qr_half_rows(const struct qr *qr);
int qr_half_cols(const struct qr *qr);
/* " ", "▀", "▄" or "█"; invert draws what is dark. */
const char *qr_half(const struct qr *qr, int row, int col, bool invert);

/* A module in two cells, for fonts whose blocks leave gaps. */
int qr_wide_rows(const struct qr *qr);
int qr_wide_cols(const struct qr *qr);

/* Lines of half blocks between SGR 37;40 and 0, each with its newline. */
void qr_print(const struct qr *qr, struct buf *out);

#endif

/* QR codes by libqrencode.  Must not know where they are drawn. */
#include "export/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

static int
width(const struct qr *qr)
{
	return qr->side + 2 * QR_QUIET;
}

/* Of the smallest version that holds it at this level; NULL with errno. */
static QRcode *
encode(const char *text, QRecLevel level)
{
	return QRcode_encodeString(text, 0, level, QR_MODE_8, 1);
}

static void
take(struct qr *out, const QRcode *code)
{
	out->side = code->width;
	for (int i = 0; i < code->width * code->width; i++)
		out->dark[i] = code->data[i] & 1;
}

static enum err
make(QRcode **out, const char *text, QRecLevel level)
{
	QRcode *code = encode(text, level);

	if (code == NULL)
		return errno == ENOMEM   ? ERR_NOMEM
		       : errno == ERANGE ? ERR_TOO_BIG
					 : ERR_BAD_INPUT;
	if (code->width > QR_SIDE_MAX) {
		QRcode_free(code);
		return ERR_TOO_BIG;
	}
	*out = code;
	return ERR_NONE;
}

enum err
qr_make_medium(struct qr *out, const char *text)
{
	QRcode *code;
	enum err err = make(&code, text, QR_ECLEVEL_M);

	if (err != ERR_NONE)
		return err;
	take(out, code);
	QRcode_free(code);
	return ERR_NONE;
}

enum err
qr_make(struct qr *out, const char *text)
{
	static const QRecLevel better[] = {
	    QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};
	QRcode *code, *next;
	enum err err = make(&code, text, QR_ECLEVEL_L);

	if (err != ERR_NONE)
		return err;
	for (size_t i = 0; i < sizeof(better) / sizeof(better[0]); i++) {
		next = encode(text, better[i]);
		if (next == NULL || next->width > code->width) {
			QRcode_free(next);
			break;
		}
		QRcode_free(code);
		code = next;
	}
	take(out, code);
	QRcode_free(code);
	return ERR_NONE;
}

bool
qr_light(const struct qr *qr, int y, int x)
{
	if (y < 0 || x < 0 || y >= qr->side || x >= qr->side)
		return true;
	return qr->dark[y * qr->side + x] == 0;
}

int
qr_half_rows(const struct qr *qr)
{
	return (width(qr) + 1) / 2;
}

int
qr_half_cols(const struct qr *qr)
{
	return width(qr);
}

int
qr_wide_rows(const struct qr *qr)
{
	return width(qr);
}

int
qr_wide_cols(const struct qr *qr)
{
	return 2 * width(qr);
}

const char *
qr_half(const struct qr *qr, int row, int col, bool invert)
{
	static const char *const cells[2][2] = {
	    {" ", "\342\226\204"}, {"\342\226\200", "\342\226\210"}};
	int y = 2 * row - QR_QUIET, x = col - QR_QUIET;

	return cells[qr_light(qr, y, x) != invert]
		    [qr_light(qr, y + 1, x) != invert];
}

void
qr_print(const struct qr *qr, struct buf *out)
{
	for (int row = 0; row < qr_half_rows(qr); row++) {
		buf_adds(out, "\033[37;40m");
		for (int col = 0; col < qr_half_cols(qr); col++)
			buf_adds(out, qr_half(qr, row, col, false));
		buf_adds(out, "\033[0m\n");
	}
}

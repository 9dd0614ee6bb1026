/* What the pages of one payment share. */
#ifndef TUI_PAY_VIEW_H
#define TUI_PAY_VIEW_H

#include "base/clock.h"
#include "data/method_words.h"
#include "tui/qr_draw.h"
#include "tui/ui.h"

struct pay_view {
	struct checkout checkout;
	char with[METHOD_TEXT]; /* the saved method that is charged, or was
				 * saved by this */
	int64_t paid_at;        /* 0: not yet */
	struct qr qr;           /* of the short link; side 0: none */
	bool wide;              /* coloured blanks were asked for */
	bool invert;
	bool alone; /* the QR without the frame */
};

/* The short link, else the gateway's own page; "" until it is made. */
const char *pay_link(const struct checkout *co);
/* "14 May 09:31", and "09:31" when that is today. */
enum { PAY_TIME = 2 * DATE_SIZE };
void pay_time(const struct session *s, char dst[PAY_TIME], int64_t instant);

/* Can it be drawn in so much room?  *look says how. */
bool pay_qr_fits(const struct pay_view *pv, const struct session *s, int rows,
    int cols, struct qr_look *look);
void pay_draw(struct view *v, struct canvas *c, struct area a);
void pay_draw_alone(struct view *v, struct canvas *c, struct area a);
/* A link in as many pieces as it takes, parted before its last part where that
 * helps; gives the rows. */
int pay_draw_link(
    struct canvas *c, int y, int x, int w, int h, const char *link);

#endif

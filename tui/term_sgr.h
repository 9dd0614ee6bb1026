/*
 * What passes from ncurses to the terminal, changed on its way.  A session that
 * shows colours and links for one minute of its life does not pay for ncurses's
 * own: where ncurses thinks that it underlines, white on black is sent, and
 * where it thinks that it blinks, a link.  Nothing here underlines or blinks.
 */
#ifndef TUI_TERM_SGR_H
#define TUI_TERM_SGR_H

#include <stdbool.h>

#include "base/buf.h"

/* Attributes of curses.h. */
#define SGR_FORCED A_UNDERLINE
#define SGR_LINK A_BLINK

struct sgr {
	bool charset_set; /* ASCII was chosen: once is enough */
	bool in_link;
	const char *url; /* borrowed while a painting is translated */
};

/* Appends n bytes of ncurses's to out as the terminal shall have them. */
void sgr_translate(
    struct sgr *s, struct buf *out, const unsigned char *p, size_t n);

#endif

/* Text written downwards in an area, on pages that are no lists. */
#ifndef TUI_PEN_H
#define TUI_PEN_H

#include "tui/canvas.h"

struct pen {
	struct canvas *c;
	struct area a;
	int y; /* of the next line; what is past the area is not drawn */
};

/* Wrapped. */
void pen_text(struct pen *p, unsigned attr, const char *s);
void pen_blank(struct pen *p);
/* The cursor leads a screen reader, and a magnifier, to what matters: to the
 * next line. */
void pen_cursor(struct pen *p);

#endif

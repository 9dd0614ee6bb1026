/*
 * The screen as cells in memory.  Everything is drawn here first; term.c paints
 * it to a terminal, tests read it as text.  No terminal is needed.
 */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include <stdint.h>

#include "base/buf.h"

enum {
	CANVAS_ROWS_MAX = 200,
	CANVAS_COLS_MAX = 400,
	CANVAS_MARKS = 2, /* combining marks kept of each character */
};

enum attr {
	ATTR_PLAIN = 0,
	ATTR_BOLD = 1,
	ATTR_REVERSE = 2,
	ATTR_FORCED = 4, /* white on black, whatever the terminal's colours */
	ATTR_LINK = 8,   /* part of the canvas's link */
	ATTR_ALL = 15,
};

/* Eight bytes: there are thousands for as long as a session lasts. */
struct glyph {
	uint32_t ch : 21;   /* 0: the right half of a wide character */
	uint32_t width : 2; /* 1 or 2; 0 with ch 0 */
	uint32_t attr : 4;
	uint16_t marks[CANVAS_MARKS]; /* of the BMP; others are left out */
};

struct area {
	int y, x, h, w;
};

struct canvas {
	int rows, cols;
	struct glyph *cells; /* rows * cols */
	int cursor_y, cursor_x;
	const char *link; /* where cells with ATTR_LINK lead; borrowed */
};

/* Sizes are held to 1..CANVAS_*_MAX; the contents become blank. */
enum err canvas_resize(struct canvas *c, int rows, int cols);
void canvas_release(struct canvas *c);
void canvas_clear(struct canvas *c);
const struct glyph *canvas_at(const struct canvas *c, int y, int x);

/*
 * Draws one line of UTF-8, at most w columns and never outside the canvas; a
 * wide character that does not fit whole is left out.  What text_clean takes
 * away never reaches a cell.  Gives the columns used.
 */
int canvas_text(
    struct canvas *c, int y, int x, int w, unsigned attr, const char *s);
/* The same for the first n bytes of s. */
int canvas_textn(struct canvas *c, int y, int x, int w, unsigned attr,
    const char *s, size_t n);
/* Ends in the column before x + w. */
void canvas_right(
    struct canvas *c, int y, int x, int w, unsigned attr, const char *s);
void canvas_fill(struct canvas *c, int y, int x, int w, char ch);
/* Adds attributes to cells that are drawn already. */
void canvas_attr(struct canvas *c, int y, int x, int w, unsigned attr);
/*
 * Text that leads to url where the terminal can do that; one url on a screen,
 * in as many pieces as one likes.  It lives until the canvas is painted.  One
 * that is not made of printable ASCII leads nowhere.
 */
int canvas_link(
    struct canvas *c, int y, int x, int w, const char *s, const char *url);
/* Where the real cursor stands; held to the canvas. */
void canvas_cursor(struct canvas *c, int y, int x);

/*
 * As text: every row without trailing blanks; then "cursor ROW,COLUMN" and a
 * line for each run of bold, reverse, forced or link cells ("bold
 * ROW,FIRST-LAST"), counted from 1.
 */
void canvas_dump(const struct canvas *c, struct buf *out);

#endif

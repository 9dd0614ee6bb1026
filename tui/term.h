/*
 * The terminal: raw keys in, canvases out.  The only place that knows ncurses.
 * All output of one update leaves in one write().
 */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include <stdbool.h>

#include "base/err.h"
#include "tui/canvas.h"

struct term;

enum {
	TERM_ROWS_DEFAULT = 24, /* where the size is not known */
	TERM_COLS_DEFAULT = 80,
	TERM_ROWS_MIN = 5, /* below: line mode is offered */
	TERM_COLS_MIN = 20,
};

struct term_facts {
	bool utf8;  /* else what is not ASCII is drawn as '?' */
	bool paste; /* knows bracketed paste */
	bool copy;  /* known to take OSC 52 */
	bool link;  /* known to take OSC 8 */
};

/*
 * Sets the process's locale from the environment; where that names UTF-8 but
 * is not installed here, or names nothing and the terminal is a modern one,
 * C.UTF-8.  Before anything else that looks at the locale.
 */
void term_locale(const char *name);

/*
 * Takes over the terminal in_fd and out_fd.  ERR_UNSUPPORTED: no terminal, or
 * TERM (name) unknown or unable to move its cursor; nothing was changed then.
 * Everything it will ever load is loaded here.
 */
enum err term_open(struct term **out, int in_fd, int out_fd, const char *name);
/* Gives the terminal back as it was. */
void term_close(struct term *t);

const struct term_facts *term_facts(const struct term *t);
/* The window's size now; 0x0 counts as 80x24. */
void term_size(const struct term *t, int *rows, int *cols);
enum err term_resize(struct term *t, int rows, int cols);

/*
 * Paints what differs (everything, when all is set) and sends it.  While
 * earlier output is still unsent (term_pending) nothing is painted: the next
 * call paints the newest state.
 */
enum err term_paint(struct term *t, const struct canvas *c, bool all);
/* Is output waiting for the terminal to take it?  Then poll term_out_fd for
 * writing and call term_send. */
bool term_pending(const struct term *t);
int term_in_fd(const struct term *t);
int term_out_fd(const struct term *t);
enum err term_send(struct term *t);

/* Bracketed paste, sent with the next paint. */
void term_set_paste(struct term *t, bool on);
/* Puts text into the clipboard of a terminal that takes OSC 52. */
void term_copy(struct term *t, const char *text);
/* Reads keys: bytes, 0 for none now; ERR_CLOSED at the end. */
enum err term_read(struct term *t, void *bytes, size_t size, size_t *n);

#endif

/* One line of text put together by columns. */
#ifndef TUI_ROW_H
#define TUI_ROW_H

#include <stddef.h>

#include "tui/canvas.h"

enum { ROW_SIZE = 4 * CANVAS_COLS_MAX };

struct row {
	char s[ROW_SIZE];
	size_t len;
	int width;
	int bold_from, bold_to; /* columns; the same: nothing is bold */
};

void row_init(struct row *r);
/* Appends, where the line stands. */
void row_add(struct row *r, const char *s);
void row_addf(struct row *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* What is appended between these two calls is bold; one run a line. */
void row_bold(struct row *r);
void row_plain(struct row *r);
/* Blanks up to a column; one where the line is past it already. */
void row_to(struct row *r, int column);
/* Text in columns at .. at + w - 1, cut to fit. */
void row_left(struct row *r, int at, int w, const char *s);
/* The same at the right end; never cut, since it may be an amount: what is too
 * wide moves the rest of the line. */
void row_right(struct row *r, int at, int w, const char *s);

/* A word of the data as a label: its first letter large. */
enum { WORD_SIZE = 64 };
void word_label(char dst[WORD_SIZE], const char *word);

#endif

/* Typed text of several lines, wrapped to its width. */
#ifndef TUI_EDITOR_H
#define TUI_EDITOR_H

#include "tui/canvas.h"
#include "tui/input.h"

struct editor {
	char *s; /* borrowed, always terminated and clean */
	size_t size;
	size_t at;  /* the cursor, a byte offset */
	size_t top; /* first line shown */
	int width;  /* as last drawn */
};

void editor_init(struct editor *e, char *text, size_t size);
/* Typing, moving, Enter; false for other keys, and for Up on the first and
 * Down on the last line.  *full as field_key() has it. */
bool editor_key(struct editor *e, const struct key *key, bool *full);
/* The cursor goes where the next character will stand. */
void editor_draw(struct editor *e, struct canvas *c, struct area a);

/* Bytes of the first line of s in w columns, with the blanks or the newline
 * that end it; 0 at the end. */
size_t editor_line(const char *s, int w);

#endif

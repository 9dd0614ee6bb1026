/* One line of typed text: prompts, form fields. */
#ifndef TUI_FIELD_H
#define TUI_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/canvas.h"
#include "tui/input.h"

struct field {
	char *s; /* borrowed, always terminated and clean */
	size_t size;
	size_t at; /* the cursor, a byte offset */
};

/* Takes what text already holds. */
void field_init(struct field *f, char *text, size_t size);
/*
 * Typing, Left, Right, Home, End, Backspace, Del, ^U; false for other keys.
 * What text_clean would take away is never taken in; a pasted newline becomes
 * a blank.  Sets *full, where not NULL, when something did not fit.
 */
bool field_key(struct field *f, const struct key *key, bool *full);
/* In w columns, scrolled so that the cursor is seen; fill stands where nothing
 * is.  secret: '*' for each character.  Gives the cursor's column. */
int field_draw(const struct field *f, struct canvas *c, int y, int x, int w,
    char fill, bool secret);

/* Shared with the editor: bytes of the character before and after an offset. */
size_t text_before(const char *s, size_t at);
size_t text_after(const char *s, size_t at);
/* Inserts a key's character at *at if it may stand there and fits. */
bool text_insert(
    char *s, size_t size, size_t *at, uint32_t code, bool lines, bool *full);
void text_delete(char *s, size_t at, size_t n);

#endif

/* The editor.  Blanks stay at the end of their line, so that a cursor behind
 * one does not jump. */
#include "tui/editor.h"

#include <string.h>

#include "base/text.h"
#include "tui/field.h"

enum { WIDTH_DEFAULT = 72 };

void
editor_init(struct editor *e, char *text, size_t size)
{
	*e = (struct editor) {.s = text,
	    .size = size,
	    .at = strlen(text),
	    .width = WIDTH_DEFAULT};
}

size_t
editor_line(const char *s, int w)
{
	size_t i = 0, after_blank = 0, n;
	int column = 0, width;

	while (s[i] != '\0') {
		if (s[i] == '\n')
			return i + 1;
		n = text_next(s + i, &width);
		if (s[i] != ' ' && column + width > w && i > 0)
			return after_blank > 0 ? after_blank : i;
		column += width;
		i += n;
		if (s[i - 1] == ' ')
			after_blank = i;
	}
	return i;
}

/* Columns of the first n bytes of a line. */
static int
columns(const char *s, size_t n)
{
	int total = 0, width;
	size_t i = 0, step;

	while (i < n && s[i] != '\n' && (step = text_next(s + i, &width)) > 0) {
		total += width;
		i += step;
	}
	return total;
}

/* Where a line begins; past the last one: the end.  An empty line follows a
 * newline at the end. */
static size_t
line_start(const struct editor *e, size_t line)
{
	size_t from = 0, n;

	while (line-- > 0 && (n = editor_line(e->s + from, e->width)) > 0)
		from += n;
	return from;
}

static size_t
cursor_line(const struct editor *e, size_t *start)
{
	size_t from = 0, line = 0, n;

	while ((n = editor_line(e->s + from, e->width)) > 0 &&
	       (from + n < e->at ||
		   (from + n == e->at && (e->s[from + n] != '\0' ||
					     e->s[from + n - 1] == '\n')))) {
		from += n;
		line++;
	}
	*start = from;
	return line;
}

/* To a line, as near to a column as it gets. */
static void
go(struct editor *e, size_t line, int column)
{
	size_t from = line_start(e, line), n, i = 0, step;
	int at = 0, width;

	n = editor_line(e->s + from, e->width);
	while (i < n && e->s[from + i] != '\n' &&
	       (step = text_next(e->s + from + i, &width)) > 0 &&
	       at + width <= column) {
		at += width;
		i += step;
	}
	/* The end of a wrapped line is the next one's beginning. */
	if (i == n && n > 0 && e->s[from + n] != '\0')
		i -= text_before(e->s + from, i);
	e->at = from + i;
}

static bool
vertical(struct editor *e, bool up)
{
	size_t start, line = cursor_line(e, &start);
	int column = columns(e->s + start, e->at - start);

	if (up && line == 0)
		return false;
	if (!up) {
		size_t n = editor_line(e->s + start, e->width);

		if (e->s[start + n] == '\0' &&
		    (n == 0 || e->s[start + n - 1] != '\n'))
			return false;
	}
	go(e, up ? line - 1 : line + 1, column);
	return true;
}

bool
editor_key(struct editor *e, const struct key *key, bool *full)
{
	uint32_t code = key->code;
	size_t start, n;

	switch (code) {
	case K_UP:
	case K_DOWN:
		return vertical(e, code == K_UP);
	case K_LEFT:
		e->at -= text_before(e->s, e->at);
		return true;
	case K_RIGHT:
		e->at += e->s[e->at] == '\n' ? 1 : text_after(e->s, e->at);
		return true;
	case K_HOME:
		cursor_line(e, &start);
		e->at = start;
		return true;
	case K_END:
		go(e, cursor_line(e, &start), INT32_MAX / 2);
		return true;
	case K_BACKSPACE:
		n = text_before(e->s, e->at);
		e->at -= n;
		text_delete(e->s, e->at, n);
		return true;
	case K_DELETE:
		n = e->s[e->at] == '\n' ? 1 : text_after(e->s, e->at);
		text_delete(e->s, e->at, n);
		return true;
	default:
		if (code == K_ENTER)
			code = '\n';
		if (code == K_TAB && key->pasted)
			code = ' ';
		if ((code < ' ' && code != '\n') || code >= K_UP)
			return false;
		text_insert(e->s, e->size, &e->at, code, true, full);
		return true;
	}
}

void
editor_draw(struct editor *e, struct canvas *c, struct area a)
{
	size_t start, line, from, n;

	e->width = a.w > 1 ? a.w - 1 : 1; /* room for the cursor at the end */
	line = cursor_line(e, &start);
	if (line < e->top)
		e->top = line;
	if (a.h > 0 && line >= e->top + (size_t)a.h)
		e->top = line - (size_t)a.h + 1;
	from = line_start(e, e->top);
	for (int y = 0; y < a.h; y++) {
		n = editor_line(e->s + from, e->width);
		if (n == 0)
			break;
		canvas_textn(c, a.y + y, a.x, a.w, ATTR_PLAIN, e->s + from,
		    e->s[from + n - 1] == '\n' ? n - 1 : n);
		from += n;
	}
	canvas_cursor(c, a.y + (int)(line - e->top),
	    a.x + columns(e->s + start, e->at - start));
}

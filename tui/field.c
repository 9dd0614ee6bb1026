/* The one-line input. */
#include "tui/field.h"

#include <string.h>

#include "base/text.h"
#include "tui/utf8.h"

/* Bytes that hold a few characters with all their marks. */
enum { CLUSTERS = 128 };

void
field_init(struct field *f, char *text, size_t size)
{
	*f = (struct field) {.s = text, .size = size, .at = strlen(text)};
}

size_t
text_before(const char *s, size_t at)
{
	size_t i = at > CLUSTERS ? at - CLUSTERS : 0, n = 0;
	int width;

	/* From a character's first byte on: what was cut in half there is
	 * long past when at is reached. */
	while (i > 0 && ((unsigned char)s[i] & 0xc0) == 0x80)
		i--;
	while (i < at && (n = text_next(s + i, &width)) > 0 && i + n < at)
		i += n;
	return at - i;
}

size_t
text_after(const char *s, size_t at)
{
	int width;

	return text_next(s + at, &width);
}

void
text_delete(char *s, size_t at, size_t n)
{
	size_t len = strlen(s);

	memmove(s + at, s + at + n, len - at - n + 1);
	/* What the terminator left behind may be a secret's end. */
	explicit_bzero(s + len - n, n);
}

bool
text_insert(
    char *s, size_t size, size_t *at, uint32_t code, bool lines, bool *full)
{
	char bytes[UTF8_MAX], around[3 * UTF8_MAX * 8];
	size_t n = utf8_put(bytes, code), len = strlen(s), from, mark;
	bool fits = len + n < size;

	if (n == 0)
		return false;
	if (!fits) {
		if (full != NULL)
			*full = true;
		return false;
	}
	/* Only what stands before it can make it unclean. */
	from = text_before(s, *at);
	mark = from < sizeof(around) / 2 ? from : 0;
	memcpy(around, s + *at - mark, mark);
	memcpy(around + mark, bytes, n);
	around[mark + n] = '\0';
	if (!text_is_clean(around, lines ? TEXT_LINES : TEXT_LINE))
		return false;
	memmove(s + *at + n, s + *at, len - *at + 1);
	memcpy(s + *at, bytes, n);
	*at += n;
	explicit_bzero(around, sizeof(around));
	return true;
}

bool
field_key(struct field *f, const struct key *key, bool *full)
{
	uint32_t code = key->code;
	size_t n;

	if (key->pasted && (code == K_ENTER || code == K_TAB))
		code = ' ';
	switch (code) {
	case K_LEFT:
		f->at -= text_before(f->s, f->at);
		return true;
	case K_RIGHT:
		f->at += text_after(f->s, f->at);
		return true;
	case K_HOME:
		f->at = 0;
		return true;
	case K_END:
		f->at = strlen(f->s);
		return true;
	case K_BACKSPACE:
		n = text_before(f->s, f->at);
		f->at -= n;
		text_delete(f->s, f->at, n);
		return true;
	case K_DELETE:
		text_delete(f->s, f->at, text_after(f->s, f->at));
		return true;
	case K_CTRL_U:
		text_delete(f->s, 0, f->at);
		f->at = 0;
		return true;
	default:
		if (code < ' ' || code >= K_UP)
			return false;
		text_insert(f->s, f->size, &f->at, code, false, full);
		return true;
	}
}

/* Width of the first n bytes, as drawn. */
static int
width_to(const struct field *f, size_t n, bool secret)
{
	int total = 0, width;
	size_t i = 0, step;

	while (i < n && (step = text_next(f->s + i, &width)) > 0) {
		total += secret ? 1 : width;
		i += step;
	}
	return total;
}

int
field_draw(const struct field *f, struct canvas *c, int y, int x, int w,
    char fill, bool secret)
{
	size_t from = 0, step;
	int width, cursor = width_to(f, f->at, secret);
	int total = width_to(f, strlen(f->s), secret);

	while (cursor >= w && (step = text_next(f->s + from, &width)) > 0) {
		from += step;
		cursor -= secret ? 1 : width;
		total -= secret ? 1 : width;
	}
	canvas_fill(c, y, x, w, fill);
	if (secret)
		canvas_fill(c, y, x, total < w ? total : w, '*');
	else
		canvas_text(c, y, x, w, ATTR_PLAIN, f->s + from);
	return x + cursor;
}

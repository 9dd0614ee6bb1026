/*
 * Cleaning, measuring and cutting of text.  Knows terminals' columns, no
 * locale and no curses.
 */
#include "base/text.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text_table.h"

enum { MARKS_MAX = 4, EMAIL_MIN = 3, EMAIL_MAX = 254, TERM_MAX = 32 };

#define BAD_RUNE 0xfffd

/* What cleaning makes of one code point; the count of marks runs on. */
struct cleaner {
	enum text_flags flags;
	int marks; /* that the next base may still take; 0 without a base */
};

/* The code point to write, or RUNE_BAD to drop it. */
static uint32_t
clean_rune(struct cleaner *cl, uint32_t c)
{
	if (c == RUNE_BAD)
		c = BAD_RUNE;
	if (c == '\n' && (cl->flags & TEXT_LINES)) {
		/* A mark at the start of a line would have no base. */
		cl->marks = 0;
		return c;
	}
	if (c == '\n' || c == '\t')
		c = ' ';
	if (rune_is_hidden(c))
		return RUNE_BAD;
	if (!rune_is_mark(c)) {
		cl->marks = MARKS_MAX;
		return c;
	}
	if (cl->marks == 0)
		return RUNE_BAD;
	cl->marks--;
	return c;
}

/* Printable ASCII: nothing to clean, one column each. */
static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f;
}

static bool
all_plain(const char *s, size_t n)
{
	while (n > 0 && is_plain(*s)) {
		s++;
		n--;
	}
	return n == 0;
}

enum err
text_clean(
    char *dst, size_t size, const char *src, size_t n, enum text_flags flags)
{
	struct cleaner cl = {.flags = flags};
	enum err err = ERR_NONE;
	size_t at, len, used = 0;
	uint32_t c;
	char utf8[4];

	assert(size > 0);
	if (n < size && all_plain(src, n)) {
		memmove(dst, src, n);
		dst[n] = '\0';
		return ERR_NONE;
	}
	for (at = 0; at < n;) {
		at += rune_get(src + at, n - at, &c);
		if ((c = clean_rune(&cl, c)) == RUNE_BAD)
			continue;
		len = rune_put(utf8, c);
		if (len >= size - used) {
			err = ERR_TOO_BIG;
			break;
		}
		memcpy(dst + used, utf8, len);
		used += len;
	}
	dst[used] = '\0';
	return err;
}

void
text_clean_self(char *s, enum text_flags flags)
{
	struct cleaner cl = {.flags = flags};
	size_t n = strlen(s), at, used = 0;
	uint32_t c;

	if (all_plain(s, n))
		return;
	for (at = 0; at < n;) {
		at += rune_get(s + at, n - at, &c);
		if (c == RUNE_BAD)
			c = '?';
		if ((c = clean_rune(&cl, c)) != RUNE_BAD)
			used += rune_put(s + used, c);
	}
	s[used] = '\0';
}

bool
text_is_clean(const char *s, enum text_flags flags)
{
	struct cleaner cl = {.flags = flags};
	size_t n = strlen(s), at;
	uint32_t c;

	if (all_plain(s, n))
		return true;
	for (at = 0; at < n;) {
		at += rune_get(s + at, n - at, &c);
		if (c == RUNE_BAD || clean_rune(&cl, c) != c)
			return false;
	}
	return true;
}

/* As rune_get(), for text to draw: a surrogate is three bad bytes. */
static size_t
draw_get(const char *s, size_t n, uint32_t *c)
{
	size_t len = rune_get(s, n, c);

	if (*c >= 0xd800 && *c <= 0xdfff) {
		*c = RUNE_BAD;
		return 1;
	}
	return len;
}

size_t
text_next(const char *s, int *width)
{
	/* A sequence that is cut short ends at the terminator by itself. */
	size_t len, mark;
	uint32_t c;

	/* Most text, and nothing combines with what follows. */
	if (is_plain(s[0]) && (is_plain(s[1]) || s[1] == '\0')) {
		*width = 1;
		return 1;
	}
	*width = 0;
	if (s[0] == '\0')
		return 0;
	len = draw_get(s, 4, &c);
	*width = c == RUNE_BAD ? 1 : rune_width(c);
	while (s[len] != '\0') {
		mark = draw_get(s + len, 4, &c);
		if (c == RUNE_BAD || rune_width(c) != 0)
			break;
		len += mark;
	}
	return len;
}

size_t
text_width(const char *s)
{
	size_t width = 0, n;
	int w;

	for (; (n = text_next(s, &w)) > 0; s += n)
		width += (size_t)w;
	return width;
}

/* Bytes of the longest prefix of whole characters that has no more than these
 * columns and bytes. */
static size_t
fit(const char *s, size_t columns, size_t bytes)
{
	size_t at = 0, n;
	int w;

	while ((n = text_next(s + at, &w)) > 0) {
		if ((size_t)w > columns || n > bytes - at)
			break;
		columns -= (size_t)w;
		at += n;
	}
	return at;
}

void
text_cut(char *dst, size_t size, const char *s, size_t columns)
{
	size_t n;

	assert(size > 0);
	n = fit(s, columns, size - 1);
	if (s[n] == '\0' || columns == 0 || size < 2) {
		if (s[n] != '\0')
			n = 0;
		memcpy(dst, s, n);
		dst[n] = '\0';
		return;
	}
	n = fit(s, columns - 1, size - 2);
	memcpy(dst, s, n);
	dst[n] = '~';
	dst[n + 1] = '\0';
}

/* The blanks at s, and the newline behind them. */
static size_t
blanks(const char *s)
{
	size_t n = strspn(s, " ");

	return n + (s[n] == '\n');
}

size_t
text_wrap(const char *s, size_t columns, size_t *skip)
{
	size_t at = 0, line = 0, n, left = columns;
	bool words = false, was_wide = false;
	int w;

	/* line: where it may end, as far as was seen; 0 for nowhere. */
	for (;;) {
		if (s[at] == '\0' || s[at] == '\n') {
			*skip = s[at] == '\n';
			return at;
		}
		n = text_next(s + at, &w);
		if (s[at] == ' ') {
			if (words && s[at - 1] != ' ')
				line = at;
		} else {
			/* Between wide characters a line may always end. */
			if (words && (w == 2 || was_wide) && s[at - 1] != ' ')
				line = at;
			words = true;
		}
		if ((size_t)w > left)
			break;
		was_wide = w == 2;
		left -= (size_t)w;
		at += n;
	}
	if (line == 0)
		line = at > 0 ? at : n;
	*skip = blanks(s + line);
	return line;
}

char
text_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

char
text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
text_is_email(const char *s)
{
	size_t n = strlen(s), at;
	const char *sign = strchr(s, '@');
	uint32_t c;

	if (n < EMAIL_MIN || n > EMAIL_MAX || !text_is_clean(s, TEXT_LINE))
		return false;
	for (at = 0; at < n;) {
		at += rune_get(s + at, n - at, &c);
		if (rune_is_blank(c))
			return false;
	}
	return sign != NULL && sign > s && sign[1] != '\0' &&
	       strchr(sign + 1, '@') == NULL;
}

bool
text_is_term(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._+-";
	size_t n = strlen(s);

	return n > 0 && n <= TERM_MAX && strspn(s, allowed) == n;
}

/* Lines by columns: pads and cuts by display width. */
#include "tui/row.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void
row_init(struct row *r)
{
	r->s[0] = '\0';
	r->len = 0;
	r->width = 0;
	r->bold_from = 0;
	r->bold_to = 0;
}

void
row_add(struct row *r, const char *s)
{
	text_clean(
	    r->s + r->len, sizeof(r->s) - r->len, s, strlen(s), TEXT_LINE);
	r->width += (int)text_width(r->s + r->len);
	r->len += strlen(r->s + r->len);
}

void
row_addf(struct row *r, const char *fmt, ...)
{
	char text[ROW_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	row_add(r, text);
}

void
row_bold(struct row *r)
{
	r->bold_from = r->width;
}

void
row_plain(struct row *r)
{
	r->bold_to = r->width;
}

void
row_to(struct row *r, int column)
{
	int n = column - r->width;

	if (n < 0)
		n = 1;
	for (; n > 0 && r->len + 1 < sizeof(r->s); n--) {
		r->s[r->len++] = ' ';
		r->width++;
	}
	r->s[r->len] = '\0';
}

void
row_left(struct row *r, int at, int w, const char *s)
{
	char cut[ROW_SIZE];

	row_to(r, at);
	text_cut(cut, sizeof(cut), s, w > 0 ? (size_t)w : 0);
	row_add(r, cut);
}

void
row_right(struct row *r, int at, int w, const char *s)
{
	int width = (int)text_width(s);

	row_to(r, width < w ? at + w - width : at);
	row_add(r, s);
}

void
word_label(char dst[WORD_SIZE], const char *word)
{
	snprintf(dst, WORD_SIZE, "%s", word);
	if (dst[0] >= 'a' && dst[0] <= 'z')
		dst[0] = (char)(dst[0] - 'a' + 'A');
}

/* SGR sequences of ncurses into ours.  Must not know any screen. */
#include "tui/term_sgr.h"

#include <string.h>

enum { PARAMS = 32 }; /* ncurses sends no longer ones */

static void
link_end(struct sgr *s, struct buf *out)
{
	if (s->in_link)
		buf_adds(out, "\033]8;;\033\\");
	s->in_link = false;
}

/* The pieces of one link have one id, so that they are one to the terminal. */
static void
link_begin(struct sgr *s, struct buf *out)
{
	if (!s->in_link && s->url != NULL) {
		buf_addf(out, "\033]8;id=pay;%s\033\\", s->url);
		s->in_link = true;
	}
}

/* Length of "ESC [ digits and semicolons m" at p; 0: it is something else. */
static size_t
sgr_length(const unsigned char *p, size_t n)
{
	size_t i = 2;

	if (n < 3 || p[0] != '\033' || p[1] != '[')
		return 0;
	while (i < n && i < PARAMS &&
	       (p[i] == ';' || (p[i] >= '0' && p[i] <= '9')))
		i++;
	return i < n && p[i] == 'm' ? i + 1 : 0;
}

/* Every parameter but underlining and blinking goes on as it is. */
static void
sgr_put(struct sgr *s, struct buf *out, const unsigned char *p, size_t n)
{
	const unsigned char *at = p + 2, *end = p + n - 1;
	bool blinks = false;
	struct buf params;

	buf_init(&params, 4 * PARAMS);
	while (at < end) {
		const unsigned char *semi = memchr(at, ';', (size_t)(end - at));
		size_t len = (size_t)((semi != NULL ? semi : end) - at);

		if (len == 1 && *at == '5') {
			blinks = true;
		} else {
			if (params.len > 0)
				buf_addc(&params, ';');
			if (len == 1 && *at == '4')
				buf_adds(&params, "37;40");
			else
				buf_add(&params, at, len);
		}
		at += len + (semi != NULL);
	}
	if (!blinks)
		link_end(s, out);
	if (params.len > 0 || n == 3)
		buf_addf(out, "\033[%sm", buf_str(&params));
	if (blinks)
		link_begin(s, out);
	buf_release(&params);
}

/*
 * ncurses chooses the ASCII character set anew with every attribute that ends.
 * Nothing here ever leaves it, so it is chosen once.
 */
void
sgr_translate(struct sgr *s, struct buf *out, const unsigned char *p, size_t n)
{
	static const char ascii[] = "\033(B";
	size_t charset = sizeof(ascii) - 1, len, from = 0, i = 0;

	while (i < n) {
		if (p[i] != '\033') {
			i++;
			continue;
		}
		if (n - i >= charset && memcmp(p + i, ascii, charset) == 0) {
			if (s->charset_set) {
				buf_add(out, p + from, i - from);
				from = i + charset;
			}
			s->charset_set = true;
			i += charset;
		} else if ((len = sgr_length(p + i, n - i)) > 0) {
			buf_add(out, p + from, i - from);
			sgr_put(s, out, p + i, len);
			i += len;
			from = i;
		} else {
			i++;
		}
	}
	buf_add(out, p + from, n - from);
	link_end(s, out);
}

#include "tui/pen.h"

#include "base/text.h"

void
pen_text(struct pen *p, unsigned attr, const char *s)
{
	size_t n, skip;

	while ((n = text_wrap(s, (size_t)p->a.w, &skip)) + skip > 0) {
		if (p->y < p->a.y + p->a.h)
			canvas_textn(p->c, p->y, p->a.x, p->a.w, attr, s, n);
		p->y++;
		s += n + skip;
	}
}

void
pen_blank(struct pen *p)
{
	p->y++;
}

void
pen_cursor(struct pen *p)
{
	canvas_cursor(p->c, p->y, p->a.x);
}

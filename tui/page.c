/* Lines of text on the list widget. */
#include "tui/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
	PAGE_TEXT_MAX = 1 << 20,
	PAGE_LINE = 2048,
	PAGE_SENTENCE_X = 1,
	PAGE_ROW_X = 3,
	PAGE_WIDEST = 100
};

static const struct page *
page_of(const struct list *l)
{
	return (const struct page *)(const void *)l;
}

static struct target
page_target(const struct list *l, size_t i)
{
	return page_of(l)->lines[i].target;
}

static const char *
line_text(const struct page *p, size_t i)
{
	return (const char *)p->text.data + p->lines[i].text;
}

static void
page_draw_row(struct list *l, size_t i, struct canvas *c, struct area a)
{
	const struct page *p = page_of(l);
	const struct page_line *line = &p->lines[i];
	int x = a.x - PAGE_ROW_X + line->x, room = a.w + a.x - x;
	char cut[PAGE_LINE];

	text_cut(
	    cut, sizeof(cut), line_text(p, i), room > 0 ? (size_t)room : 0);
	canvas_text(c, a.y, x, room, ATTR_PLAIN, cut);
	if (line->bold_to > line->bold_from)
		canvas_attr(c, a.y, x + line->bold_from,
		    line->bold_to - line->bold_from, ATTR_BOLD);
}

static bool
page_match(const struct list *l, size_t i, const char *folded)
{
	char text[PAGE_LINE];

	text_fold(text, sizeof(text), line_text(page_of(l), i));
	return strstr(text, folded) != NULL;
}

static const struct list_ops page_ops = {
    .target = page_target,
    .draw = page_draw_row,
    .match = page_match,
};

void
page_init(struct page *p)
{
	*p = (struct page) {0};
	list_init(&p->list, &page_ops);
	buf_init(&p->text, PAGE_TEXT_MAX);
}

void
page_release(struct page *p)
{
	buf_release(&p->text);
	free(p->lines);
	*p = (struct page) {0};
}

void
page_clear(struct page *p)
{
	buf_reset(&p->text);
	p->list.n = 0;
	p->err = ERR_NONE;
}

bool
page_begin(struct page *p, int width)
{
	if (p->built == width)
		return false;
	p->built = width;
	p->width = width < PAGE_WIDEST ? width : PAGE_WIDEST;
	page_clear(p);
	return true;
}

void
page_end(struct page *p)
{
	if (p->text.err != ERR_NONE)
		p->err = p->text.err;
	list_fit(&p->list);
}

void
page_stale(struct page *p)
{
	p->built = 0;
}

int
page_cols(const struct page *p)
{
	return p->width - PAGE_ROW_X - 1;
}

static void
add(struct page *p, const char *s, size_t n, struct page_line line)
{
	if (p->list.n == p->cap) {
		size_t cap = p->cap == 0 ? 32 : p->cap * 2;
		struct page_line *lines =
		    realloc(p->lines, cap * sizeof(*lines));

		if (lines == NULL) {
			p->err = ERR_NOMEM;
			return;
		}
		p->lines = lines;
		p->cap = cap;
	}
	line.text = p->text.len;
	buf_add(&p->text, s, n);
	buf_addc(&p->text, '\0');
	if (p->text.err == ERR_NONE)
		p->lines[p->list.n++] = line;
}

/* Columns of the first n bytes of s. */
static int
width_of(const char *s, size_t n)
{
	size_t i = 0, step;
	int total = 0, width;

	while (i < n && (step = text_next(s + i, &width)) > 0) {
		total += width;
		i += step;
	}
	return total;
}

void
page_row(struct page *p, const struct row *r, struct target t)
{
	add(p, r->s, r->len,
	    (struct page_line) {.bold_from = r->bold_from,
		.bold_to = r->bold_to,
		.x = PAGE_ROW_X,
		.target = t});
}

void
page_line(struct page *p, const struct row *r)
{
	add(p, r->s, r->len,
	    (struct page_line) {.bold_from = r->bold_from,
		.bold_to = r->bold_to,
		.x = PAGE_SENTENCE_X});
}

void
page_blank(struct page *p)
{
	add(p, "", 0, (struct page_line) {.x = PAGE_SENTENCE_X});
}

void
page_text(struct page *p, bool bold, const char *s)
{
	size_t columns = p->width > 4 ? (size_t)p->width - 2 : 2, n, skip;

	while ((n = text_wrap(s, columns, &skip)) + skip > 0) {
		add(p, s, n,
		    (struct page_line) {.x = PAGE_SENTENCE_X,
			.bold_to = bold ? width_of(s, n) : 0});
		s += n + skip;
	}
}

void
page_textf(struct page *p, const char *fmt, ...)
{
	char text[PAGE_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	page_text(p, false, text);
}

void
page_field(
    struct page *p, int label_width, const char *label, const char *value)
{
	int room = p->width - PAGE_SENTENCE_X - label_width - 1;
	size_t columns = room > 8 ? (size_t)room : 8, n, skip;
	bool first = true;

	while ((n = text_wrap(value, columns, &skip)) + skip > 0) {
		char part[PAGE_LINE];
		struct row r;

		row_init(&r);
		if (first)
			row_left(&r, 0, label_width - 1, label);
		if (n >= sizeof(part))
			n = sizeof(part) - 1;
		memcpy(part, value, n);
		part[n] = '\0';
		row_to(&r, label_width);
		row_add(&r, part);
		page_line(p, &r);
		value += n + skip;
		first = false;
	}
}

void
page_draw(struct page *p, struct canvas *c, struct area a)
{
	list_draw(&p->list, c, a);
}

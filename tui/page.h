/*
 * A body made of lines of text, some of which can be marked and opened: the
 * overview, details, cards.  Built anew when the data or the width changes.
 */
#ifndef TUI_PAGE_H
#define TUI_PAGE_H

#include "tui/list.h"
#include "tui/row.h"

struct page_line {
	size_t text; /* offset into the page's text */
	int bold_from, bold_to;
	int x; /* column: 1 for sentences, 3 for rows */
	struct target target;
};

struct page {
	struct list list; /* first: the list's owner is found by it */
	struct buf text;
	struct page_line *lines;
	size_t cap;
	int built; /* width of the body it was built for; 0: to be built */
	int width; /* that lines may take: very long ones are hard to read */
	enum err err;
};

void page_init(struct page *p);
void page_release(struct page *p);
/* Empties it: what is built again starts here. */
void page_clear(struct page *p);
/* Must it be built for this width?  Then empties it and remembers where the
 * marker was; build it, then page_end(). */
bool page_begin(struct page *p, int width);
void page_end(struct page *p);
/* The data changed: build it again at the next draw. */
void page_stale(struct page *p);

/* Columns that rows have: the width without marker and margin. */
int page_cols(const struct page *p);
/* A row that can be marked (target kind not NONE) or a head, from column 3. */
void page_row(struct page *p, const struct row *r, struct target t);
/* A line from column 1 that cannot be marked; it is not wrapped. */
void page_line(struct page *p, const struct row *r);
void page_blank(struct page *p);
/* Sentences, wrapped; from column 1.  bold: all of it. */
void page_text(struct page *p, bool bold, const char *s);
void page_textf(struct page *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* "Label     value", the value wrapped beside its label; nothing for an empty
 * value. */
void page_field(
    struct page *p, int label_width, const char *label, const char *value);

void page_draw(struct page *p, struct canvas *c, struct area a);

#endif

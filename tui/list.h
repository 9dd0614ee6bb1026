/*
 * A column of rows with a marker: moving, scrolling, finding.  What the rows
 * are is its owner's business.  Rows that cannot be marked (sentences, heads)
 * are passed over, but scroll into view.
 */
#ifndef TUI_LIST_H
#define TUI_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/binding.h"
#include "tui/canvas.h"

enum target_kind {
	TARGET_NONE,
	TARGET_TEXT, /* can be marked, opens nothing */
	TARGET_TAB,  /* id: enum tab */
	TARGET_PAGE, /* id: enum billing_page */
	TARGET_INVOICE,
	TARGET_PAYMENT,
	TARGET_PROFORMA,
	TARGET_CREDIT_NOTE,
	TARGET_METHOD,
	TARGET_SERVICE,
	TARGET_TICKET,
	TARGET_NEWS,
	TARGET_ACT, /* id: an enum action of the screen's own */
};

/* What Enter on a row opens. */
struct target {
	enum target_kind kind;
	int64_t id;
};

struct list;

struct list_ops {
	/* NONE: the row cannot be marked. */
	struct target (*target)(const struct list *l, size_t i);
	void (*draw)(
	    struct list *l, size_t i, struct canvas *c, struct area row);
	bool (*match)(const struct list *l, size_t i, const char *folded);
	/* Reads on, where there is more: true if n grew.  May be NULL. */
	bool (*more)(struct list *l);
};

struct list {
	const struct list_ops *ops;
	size_t n;
	size_t marker; /* n: nothing can be marked */
	size_t top;
	size_t shown; /* rows that fit, as last drawn */
	int height;   /* screen lines per row */
	bool away;    /* scrolled to where the marker is not */
	bool drawn;
};

void list_init(struct list *l, const struct list_ops *ops);
/* After rows came or went: keeps marker and top where they can be. */
void list_fit(struct list *l);
struct target list_target(const struct list *l);
/* The first row with that target becomes the marked one; false: there is none
 * and nothing changes. */
bool list_mark(struct list *l, struct target t);
/* ACT_UP … ACT_LAST; false for other actions. */
bool list_act(struct list *l, enum action act);
/*
 * Moves the marker to the next row after it (before, when back is set) that
 * matches, or, with stay, to the marked row itself if it does.  Does not wrap.
 */
bool list_find(struct list *l, const char *folded, bool back, bool stay);
/* Draws markers in column 1 and rows from column 3; the cursor goes to the
 * marker, or to the area's corner. */
void list_draw(struct list *l, struct canvas *c, struct area a);

#endif

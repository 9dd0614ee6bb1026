/*
 * The list widget.  Must not know what its rows hold.
 */
#include "tui/list.h"

void
list_init(struct list *l, const struct list_ops *ops)
{
	*l = (struct list) {.ops = ops, .height = 1, .shown = 1};
}

static bool
can_mark(const struct list *l, size_t i)
{
	return l->ops->target(l, i).kind != TARGET_NONE;
}

/* The nearest row at or after from (before, when back) that can be marked; n
 * if there is none. */
static size_t
seek(const struct list *l, size_t from, bool back)
{
	for (size_t i = from; i < l->n; i = back ? i - 1 : i + 1)
		if (can_mark(l, i)) /* below 0 is above n */
			return i;
	return l->n;
}

void
list_fit(struct list *l)
{
	if (l->marker >= l->n || !can_mark(l, l->marker)) {
		size_t from = l->marker < l->n ? l->marker : l->n - 1;
		size_t at = l->n == 0 ? l->n : seek(l, from, false);

		if (at >= l->n && l->n > 0)
			at = seek(l, from, true);
		l->marker = at;
	}
	if (l->top + l->shown > l->n)
		l->top = l->n > l->shown ? l->n - l->shown : 0;
}

struct target
list_target(const struct list *l)
{
	if (l->marker >= l->n)
		return (struct target) {TARGET_NONE, 0};
	return l->ops->target(l, l->marker);
}

bool
list_mark(struct list *l, struct target t)
{
	for (size_t i = 0; i < l->n; i++) {
		struct target other = l->ops->target(l, i);

		if (other.kind == t.kind && other.id == t.id) {
			l->marker = i;
			return true;
		}
	}
	return false;
}

/*
 * The row up to which the view should reach: what belongs to the marked row
 * stands below it, and below the last one everything to the end.
 */
static size_t
tail(const struct list *l)
{
	size_t next = seek(l, l->marker + 1, false);

	if (next < l->n)
		return next > l->marker + 1 ? l->marker + 1 : l->marker;
	return l->n - 1 - l->marker < l->shown ? l->n - 1
					       : l->marker + l->shown - 1;
}

/* Where the view would begin so that the marker is seen with what belongs to
 * it, as near to where it is as that can be. */
static size_t
natural_top(const struct list *l)
{
	size_t end, top = l->top;

	if (l->marker >= l->n)
		return top;
	if (l->marker < l->shown && seek(l, 0, false) == l->marker)
		return 0;
	end = tail(l);
	if (end >= top + l->shown)
		top = end - l->shown + 1;
	return l->marker < top ? l->marker : top;
}

/* The marker moved: the view follows. */
static void
follow(struct list *l)
{
	l->away = false;
	l->top = natural_top(l);
}

/* The view moved by itself, and stays there until the marker moves. */
static void
scroll_to(struct list *l, size_t top)
{
	size_t most = l->n > l->shown ? l->n - l->shown : 0;

	l->top = top < most ? top : most;
	l->away = natural_top(l) != l->top;
}

/* One step; where nothing more can be marked, or only far away, the view moves
 * instead, so that nothing is skipped. */
static void
step(struct list *l, bool back)
{
	size_t at = l->n;

	if (l->away && back) {
		scroll_to(l, l->top > 0 ? l->top - 1 : 0);
		return;
	}
	/* The marked row has not been seen yet. */
	if (l->away && l->marker < l->n && l->marker >= l->top + l->shown) {
		scroll_to(l, l->top + 1);
		return;
	}
	if (l->marker < l->n && !(back && l->marker == 0))
		at = seek(l, back ? l->marker - 1 : l->marker + 1, back);
	while (at >= l->n && !back && l->ops->more != NULL && l->ops->more(l))
		at = seek(l, l->marker + 1, false);
	if (at < l->n &&
	    (back ? at + l->shown >= l->top : at < l->top + 2 * l->shown)) {
		l->marker = at;
		follow(l);
	} else if (back) {
		scroll_to(l, l->top > 0 ? l->top - 1 : 0);
	} else {
		scroll_to(l, l->top + 1);
	}
}

static void
page(struct list *l, bool back)
{
	size_t rows = l->shown > 1 ? l->shown - 1 : 1, at;

	if (!back)
		while (l->top + l->shown + rows > l->n &&
		       l->ops->more != NULL && l->ops->more(l))
			continue;
	if (back)
		scroll_to(l, l->top > rows ? l->top - rows : 0);
	else
		scroll_to(l, l->top + rows);
	if (l->marker >= l->n)
		return;
	if (back)
		at = l->marker > rows ? l->marker - rows : 0;
	else
		at = l->marker + rows < l->n ? l->marker + rows : l->n - 1;
	l->marker = seek(l, at, back);
	if (l->marker >= l->n)
		l->marker = seek(l, at, !back);
	l->away = natural_top(l) != l->top;
}

bool
list_act(struct list *l, enum action act)
{
	switch (act) {
	case ACT_UP:
	case ACT_DOWN:
		step(l, act == ACT_UP);
		return true;
	case ACT_PAGE_UP:
	case ACT_PAGE_DOWN:
		page(l, act == ACT_PAGE_UP);
		return true;
	case ACT_FIRST:
		l->marker = seek(l, 0, false);
		scroll_to(l, 0);
		return true;
	case ACT_LAST:
		while (l->ops->more != NULL && l->ops->more(l))
			continue;
		l->marker = l->n == 0 ? 0 : seek(l, l->n - 1, true);
		scroll_to(l, l->n);
		return true;
	default:
		return false;
	}
}

bool
list_find(struct list *l, const char *folded, bool back, bool stay)
{
	bool marks = l->marker < l->n;
	size_t i = marks ? l->marker : l->top;

	if (!stay)
		i = back ? i - 1 : i + 1;
	for (;;) {
		for (; i < l->n; i = back ? i - 1 : i + 1) {
			if (marks && !can_mark(l, i))
				continue;
			if (l->ops->match(l, i, folded)) {
				if (marks) {
					l->marker = i;
					follow(l);
				} else {
					l->top = i;
				}
				return true;
			}
		}
		if (back || l->ops->more == NULL || !l->ops->more(l))
			return false;
	}
}

void
list_draw(struct list *l, struct canvas *c, struct area a)
{
	canvas_cursor(c, a.y, a.x);
	if (a.h <= 0)
		return;
	l->shown = (size_t)(a.h / l->height);
	if (l->shown == 0)
		l->shown = 1;
	list_fit(l);
	/* Keys that came before it was ever drawn knew no height. */
	if (!l->drawn && !l->away && l->marker < l->shown)
		l->top = 0;
	l->drawn = true;
	if (!l->away)
		follow(l);
	for (size_t i = 0; i < l->shown && l->top + i < l->n; i++) {
		struct area row = {.y = a.y + (int)i * l->height,
		    .x = a.x + 3,
		    .h = l->height,
		    .w = a.w - 4};

		l->ops->draw(l, l->top + i, c, row);
		if (l->top + i == l->marker) {
			canvas_text(c, row.y, a.x + 1, 1, ATTR_PLAIN, ">");
			canvas_cursor(c, row.y, a.x + 1);
		}
	}
}

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

/* One step; where nothing more can be marked the view itself moves. */
static void
step(struct list *l, bool back)
{
	size_t at = l->n;

	if (l->marker < l->n && !(back && l->marker == 0))
		at = seek(l, back ? l->marker - 1 : l->marker + 1, back);
	while (at >= l->n && !back && l->ops->more != NULL && l->ops->more(l))
		at = seek(l, l->marker + 1, false);
	if (at < l->n) {
		bool near = at < l->top + l->shown || !back;

		/* A far row is approached, so that nothing is skipped. */
		if (!back && at >= l->top + 2 * l->shown)
			l->top += l->shown - 1;
		else if (near || at + l->shown >= l->top)
			l->marker = at;
	} else if (back) {
		l->top -= l->top > 0;
	} else if (l->top + l->shown < l->n) {
		l->top++;
	}
}

static void
page(struct list *l, bool back)
{
	size_t rows = l->shown > 1 ? l->shown - 1 : 1, at;

	if (back) {
		l->top = l->top > rows ? l->top - rows : 0;
		at = l->marker > rows ? l->marker - rows : 0;
	} else {
		while (l->top + l->shown + rows > l->n &&
		       l->ops->more != NULL && l->ops->more(l))
			continue;
		l->top += rows;
		if (l->top + l->shown > l->n)
			l->top = l->n > l->shown ? l->n - l->shown : 0;
		at = l->marker + rows < l->n ? l->marker + rows : l->n - 1;
	}
	if (l->marker >= l->n)
		return;
	l->marker = seek(l, at, back);
	if (l->marker >= l->n)
		l->marker = seek(l, at, !back);
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
		l->top = 0;
		return true;
	case ACT_LAST:
		while (l->ops->more != NULL && l->ops->more(l))
			continue;
		l->marker = l->n == 0 ? 0 : seek(l, l->n - 1, true);
		l->top = l->n > l->shown ? l->n - l->shown : 0;
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
				if (marks)
					l->marker = i;
				else
					l->top = i;
				return true;
			}
		}
		if (back || l->ops->more == NULL || !l->ops->more(l))
			return false;
	}
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

static void
follow(struct list *l)
{
	size_t end;

	if (l->marker >= l->n)
		return;
	if (l->marker < l->shown && seek(l, 0, false) == l->marker)
		l->top = 0;
	end = tail(l);
	if (end >= l->top + l->shown)
		l->top = end - l->shown + 1;
	if (l->marker < l->top)
		l->top = l->marker;
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

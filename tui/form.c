/* The form widget. */
#include "tui/form.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "tui/pen.h"

enum { LINES_MIN = 3, FIELD_MAX = 60, LABEL_GAP = 2, NAME = 192 };

static void
enter(struct form *f, size_t i)
{
	struct form_field *ff = &f->fields[i];

	f->current = i;
	if (ff->kind == FORM_TEXT || ff->kind == FORM_SECRET)
		field_init(&f->field, ff->value, ff->size);
	else if (ff->kind == FORM_LINES)
		editor_init(&f->editor, ff->value, ff->size);
}

void
form_init(struct form *f, struct form_field *fields, size_t n)
{
	*f = (struct form) {.fields = fields, .n = n};
	enter(f, 0);
}

static bool
choice_key(struct form_field *ff, uint32_t code)
{
	if (code == K_RIGHT || code == ' ')
		ff->choice = (ff->choice + 1) % ff->nchoices;
	else if (code == K_LEFT)
		ff->choice = (ff->choice + ff->nchoices - 1) % ff->nchoices;
	else
		return code >= ' ' && code < K_BACKSPACE;
	return true;
}

enum form_result
form_key(struct form *f, const struct key *key)
{
	struct form_field *ff = &f->fields[f->current];
	bool eaten, full = false;

	if (key->code == K_ENTER && !key->pasted && ff->kind != FORM_LINES) {
		if (f->current + 1 == f->n)
			return FORM_SEND;
		enter(f, f->current + 1);
		return FORM_EATEN;
	}
	if (ff->kind == FORM_CHOICE)
		eaten = choice_key(ff, key->code);
	else if (ff->kind == FORM_LINES)
		eaten = editor_key(&f->editor, key, &full);
	else
		eaten = field_key(&f->field, key, &full);
	if (full)
		snprintf(ff->error, sizeof(ff->error), "%s",
		    _("That is as long as it may be."));
	if (!eaten)
		return FORM_PASSED;
	if (key->code < K_UP || key->code == K_DELETE ||
	    ff->kind == FORM_CHOICE)
		f->changed = true;
	return FORM_EATEN;
}

bool
form_act(struct form *f, enum action act)
{
	if (act == ACT_FIELD_NEXT)
		enter(f, (f->current + 1) % f->n);
	else if (act == ACT_FIELD_PREV)
		enter(f, (f->current + f->n - 1) % f->n);
	else
		return false;
	return true;
}

bool
form_refuse(struct form *f, const char *key, const char *reason)
{
	for (size_t i = 0; i < f->n; i++) {
		if (strcmp(f->fields[i].key, key) != 0)
			continue;
		snprintf(f->fields[i].error, sizeof(f->fields[i].error), "%s",
		    reason);
		enter(f, i);
		return true;
	}
	return false;
}

void
form_clear(struct form *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->fields[i].error[0] = '\0';
}

const char *
form_choice(const struct form *f, size_t i)
{
	return f->fields[i].choices[f->fields[i].choice].value;
}

void
form_wipe(struct form *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->fields[i].value != NULL)
			explicit_bzero(f->fields[i].value, f->fields[i].size);
}

/* "(o) Question  ( ) Fault"; wraps where it must.  Gives the lines used. */
static int
draw_choice(
    const struct form_field *ff, struct canvas *c, struct area a, bool current)
{
	int x = a.x, y = a.y;

	for (size_t i = 0; i < ff->nchoices; i++) {
		char text[NAME];
		int w;

		snprintf(text, sizeof(text), "(%c) %s",
		    i == ff->choice ? 'o' : ' ', _(ff->choices[i].label));
		w = (int)text_width(text);
		if (x > a.x && x + w > a.x + a.w) {
			x = a.x;
			y++;
		}
		canvas_text(c, y, x, a.w, ATTR_PLAIN, text);
		if (current && i == ff->choice)
			canvas_cursor(c, y, x + 1);
		x += w + 2;
	}
	return y - a.y + 1;
}

static int
error_lines(const struct form_field *ff, int w)
{
	const char *s = ff->error;
	size_t n, skip;
	int lines = 0;

	for (; (n = text_wrap(s, (size_t)w, &skip)) + skip > 0; s += n + skip)
		lines++;
	return lines;
}

/* A field in its area; gives the lines used, its error among them. */
static int
draw_field(struct form *f, size_t i, struct canvas *c, struct area a)
{
	struct form_field *ff = &f->fields[i];
	bool current = i == f->current;
	int used = 1, said = error_lines(ff, a.w), x;

	if (ff->kind == FORM_CHOICE) {
		used = draw_choice(ff, c, a, current);
	} else if (ff->kind == FORM_LINES) {
		struct editor still;
		int cy = c->cursor_y, cx = c->cursor_x;

		if (said >= a.h)
			said = a.h - 1;
		used = a.h - said;
		a.h = used;
		if (!current)
			editor_init(&still, ff->value, ff->size);
		editor_draw(current ? &f->editor : &still, c, a);
		if (!current)
			canvas_cursor(c, cy, cx);
	} else {
		struct field still;
		int w = a.w < FIELD_MAX ? a.w : FIELD_MAX;

		if (!current) {
			field_init(&still, ff->value, ff->size);
			still.at = 0;
		}
		x = field_draw(current ? &f->field : &still, c, a.y, a.x, w,
		    '_', ff->kind == FORM_SECRET);
		if (current)
			canvas_cursor(c, a.y, x);
	}
	pen_text(&(struct pen) {.c = c,
		     .a = {.y = a.y + used, .x = a.x, .h = said, .w = a.w},
		     .y = a.y + used},
	    ATTR_BOLD, ff->error);
	return used + said;
}

static int
draw_narrow(struct form *f, struct canvas *c, struct area a, const char *title)
{
	struct area at = {.y = a.y, .x = 1, .h = a.h, .w = a.w - 2};
	const char *label = _(f->fields[f->current].label);
	int above = a.h > 2 ? 2 : a.h - 1; /* the head's row, and a blank one */
	char head[NAME];

	if (f->n == 1)
		snprintf(head, sizeof(head), "%s: %s", title, label);
	else
		snprintf(head, sizeof(head), _("%s: %s (%zu of %zu)"), title,
		    label, f->current + 1, f->n);
	if ((int)text_width(head) > a.w - 2) /* which field it is, is needed */
		snprintf(head, sizeof(head), _("%s (%zu of %zu)"), label,
		    f->current + 1, f->n);
	if (above > 0) {
		canvas_text(c, a.y, 1, a.w - 2, ATTR_PLAIN, head);
		at.y += above;
		at.h -= above;
	}
	return at.y + draw_field(f, f->current, c, at);
}

int
form_draw(struct form *f, struct canvas *c, struct area a, const char *title,
    bool narrow)
{
	int label = 0, y = a.y + 2, below = 0;

	if (narrow)
		return draw_narrow(f, c, a, title);
	canvas_text(c, a.y, 1, a.w - 2, ATTR_PLAIN, title);
	for (size_t i = 0; i < f->n; i++) {
		int w = (int)text_width(_(f->fields[i].label));

		label = w > label ? w : label;
	}
	for (size_t i = f->n; i-- > 0 && f->fields[i].kind != FORM_LINES;)
		below++;
	for (size_t i = 0; i < f->n; i++) {
		struct area at = {.y = y,
		    .x = 3 + label + LABEL_GAP,
		    .h = 1,
		    .w = a.w - 4 - label - LABEL_GAP};

		if (f->fields[i].kind == FORM_LINES) {
			at.h = a.y + a.h - y - below;
			if (at.h < LINES_MIN)
				at.h = LINES_MIN;
		}
		canvas_text(c, y, 3, label, ATTR_PLAIN, _(f->fields[i].label));
		y += draw_field(f, i, c, at);
	}
	return y;
}

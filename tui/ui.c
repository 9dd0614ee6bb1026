/*
 * The stack of screens, what is said and asked.  Must not know what any screen
 * shows; keys are in ui_keys.c, what the frame looks like in frame.c.
 */
#include "tui/ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "tui/frame.h"
#include "tui/screens.h"

struct view *
ui_top(struct ui *ui)
{
	return ui->depth == 0 ? NULL : &ui->views[ui->depth - 1];
}

bool
ui_narrow(const struct ui *ui)
{
	return ui->canvas.cols < UI_NARROW;
}

bool
ui_roomy(const struct ui *ui)
{
	return ui->canvas.cols >= UI_VERY_WIDE && ui->canvas.rows >= UI_TALL;
}

bool
ui_tab_visible(const struct ui *ui, enum tab tab)
{
	return (ui->session->settings.tabs >> tab & 1) != 0;
}

bool
ui_in_form(const struct ui *ui)
{
	return ui->depth > 0 && ui->views[ui->depth - 1].screen->form;
}

int64_t
ui_waits_until(const struct ui *ui)
{
	int64_t latest = 0, until;

	for (size_t i = 0; i < ui->depth; i++) {
		const struct view *v = &ui->views[i];

		until = v->screen->waits_until != NULL
			    ? v->screen->waits_until(v)
			    : 0;
		if (until > latest)
			latest = until;
	}
	return latest;
}

void
ui_say(struct ui *ui, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ui->status, sizeof(ui->status), fmt, ap);
	va_end(ap);
	ui->status_bold = false;
}

void
ui_error(struct ui *ui, enum err err)
{
	const struct problem *p = store_problem(ui->session->store);

	/* The status line says so as long as it is true. */
	if (err == ERR_AWAY) {
		ui->status[0] = '\0';
		ui->away = true;
		return;
	}
	if (err == ERR_BAD_INPUT && p->text[0] != '\0')
		ui_say(ui, "%s", gettext(p->text));
	else
		ui_say(ui, "%s", err_text(err));
	ui->status_bold = true;
	if (err == ERR_CLOSED || err == ERR_PROTOCOL)
		ui->state = UI_LOST;
}

void
ui_ask(struct ui *ui, ui_answer *answer, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ui->question, sizeof(ui->question), fmt, ap);
	va_end(ap);
	ui->answer = answer;
}

void
ui_copy(struct ui *ui, const char *text)
{
	if (!ui->session->can_copy) {
		ui_say(ui, "%s",
		    _("This terminal is not known to take copies: "
		      "mark the line with the mouse."));
		return;
	}
	snprintf(ui->copy, sizeof(ui->copy), "%s", text);
	ui_say(ui, "%s", _("Copied."));
}

/* What was asked belongs to the view that asked. */
static void
view_close(struct view *v)
{
	v->ui->question[0] = '\0';
	if (v->screen->close != NULL)
		v->screen->close(v);
	free(v->state);
	*v = (struct view) {0};
}

void
ui_pop(struct ui *ui)
{
	if (ui->depth > 1)
		view_close(&ui->views[--ui->depth]);
}

bool
ui_push(struct ui *ui, const struct screen *screen, int64_t arg)
{
	struct view *v = &ui->views[ui->depth];
	enum err err;

	if (ui->depth == UI_DEPTH) {
		ui_say(
		    ui, "%s", _("Too many screens are open. Esc goes back."));
		return false;
	}
	*v = (struct view) {.screen = screen, .ui = ui, .arg = arg};
	v->state = calloc(1, screen->state_size > 0 ? screen->state_size : 1);
	err = v->state == NULL ? ERR_NOMEM : ERR_NONE;
	ui->depth++;
	if (err == ERR_NONE && screen->open != NULL)
		err = screen->open(v, arg);
	if (err == ERR_NONE)
		return true;
	ui->depth--;
	if (v->state != NULL)
		view_close(v);
	ui_error(ui, err);
	return false;
}

/* Where a tab's data cannot be read the help stands in. */
static bool
tab_failed(const struct ui *ui)
{
	return ui->depth > 0 && ui->views[0].screen == &screen_help;
}

void
ui_tab(struct ui *ui, enum tab tab, int64_t arg)
{
	/* What is shown is better than a tab that has nothing to show. */
	if (ui->away && ui->depth > 0) {
		ui->awaited = (struct awaited) {true, tab, arg};
		return;
	}
	while (ui->depth > 0)
		view_close(&ui->views[--ui->depth]);
	ui->tab = tab;
	/* A tab always has a screen; the status line says why it is another
	 * one. */
	if (!ui_push(ui, tab_defs[tab].screen, arg))
		ui_push(ui, &screen_help, 0);
}

bool
ui_open(struct ui *ui, struct target t)
{
	static const struct {
		enum target_kind kind;
		const struct screen *screen;
	} screens[] = {
	    {TARGET_INVOICE, &screen_invoice},
	    {TARGET_PAYMENT, &screen_payment},
	    {TARGET_PROFORMA, &screen_proforma},
	    {TARGET_CREDIT_NOTE, &screen_credit_note},
	    {TARGET_SERVICE, &screen_service},
	    {TARGET_TICKET, &screen_ticket},
	    {TARGET_NEWS, &screen_news},
	};

	if (t.kind == TARGET_METHOD)
		t = (struct target) {TARGET_PAGE, BILLING_METHODS};
	if (t.kind == TARGET_TAB || t.kind == TARGET_PAGE) {
		enum tab tab =
		    t.kind == TARGET_TAB ? (enum tab)t.id : TAB_BILLING;

		if (ui_tab_visible(ui, tab))
			ui_tab(ui, tab, t.kind == TARGET_PAGE ? t.id : 0);
		return true;
	}
	for (size_t i = 0; i < sizeof(screens) / sizeof(screens[0]); i++)
		if (screens[i].kind == t.kind)
			return ui_push(ui, screens[i].screen, t.id);
	return false;
}

void
ui_changed(struct ui *ui, unsigned topics)
{
	enum err err = session_reload(ui->session, topics);

	for (size_t i = ui->depth; i-- > 0 && err == ERR_NONE;) {
		struct view *v = &ui->views[i];

		if ((v->screen->topics & topics) == 0 ||
		    v->screen->reload == NULL)
			continue;
		err = v->screen->reload(v);
		/* What an upper screen showed is gone: it closes. */
		if (err == ERR_NOT_FOUND && i > 0 && i + 1 == ui->depth) {
			ui_error(ui, err);
			ui_pop(ui);
			err = ERR_NONE;
		}
	}
	if (err != ERR_NONE)
		ui_error(ui, err);
	if (!ui_tab_visible(ui, ui->tab))
		for (int t = TAB_COUNT; t-- > 0;)
			if (ui_tab_visible(ui, (enum tab)t))
				ui_tab(ui, (enum tab)t, 0);
}

/* Something else, if it matters more than this. */
static bool
is_said(const struct ui *ui)
{
	return ui->status[0] != '\0' && ui->status_bold;
}

static void
note_back(struct ui *ui)
{
	bool was_away = ui->away;
	struct awaited awaited = ui->awaited;

	ui->away = false;
	ui->awaited = (struct awaited) {0};
	if (was_away && !is_said(ui))
		ui_say(ui, "%s", _("The portal's database answers again."));
	ui_changed(ui, ~0u);
	if (awaited.set)
		ui_tab(ui, awaited.tab, awaited.arg);
	else if (tab_failed(ui))
		ui_tab(ui, ui->tab, 0);
}

void
ui_note(struct ui *ui, const struct note *note)
{
	switch (note->type) {
	case NOTE_CHANGED:
		ui_changed(ui, note->topics);
		break;
	case NOTE_SHUTDOWN:
		ui->state = UI_SHUTDOWN;
		break;
	case NOTE_DISABLED:
		ui->state = UI_DISABLED;
		break;
	case NOTE_AWAY:
		ui->away = true;
		if (!is_said(ui))
			ui->status[0] = '\0';
		break;
	case NOTE_BACK:
		note_back(ui);
		break;
	}
}

enum err
ui_init(struct ui *ui, struct session *s, int rows, int cols)
{
	enum err err;
	int first = 0;

	*ui = (struct ui) {.session = s};
	err = canvas_resize(&ui->canvas, rows, cols);
	if (err != ERR_NONE)
		return err;
	while (first < TAB_COUNT && !ui_tab_visible(ui, (enum tab)first))
		first++;
	ui_tab(ui, first < TAB_COUNT ? (enum tab)first : TAB_PROFILE, 0);
	return ui->state == UI_LOST ? ERR_CLOSED : ERR_NONE;
}

void
ui_release(struct ui *ui)
{
	while (ui->depth > 0)
		view_close(&ui->views[--ui->depth]);
	free(ui->charging);
	canvas_release(&ui->canvas);
}

enum err
ui_resize(struct ui *ui, int rows, int cols)
{
	return canvas_resize(&ui->canvas, rows, cols);
}

void
ui_draw(struct ui *ui)
{
	struct view *v = ui_top(ui);
	struct area body;

	canvas_clear(&ui->canvas);
	body = frame_body(ui);
	v->screen->draw(v, &ui->canvas, body);
	frame_draw(ui);
}

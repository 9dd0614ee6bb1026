/* One ticket: its thread, and closing and reopening it from anywhere. */
#include <string.h>

#include "base/i18n.h"
#include "data/ticket.h"
#include "tui/screens.h"
#include "tui/thread.h"
#include "tui/ticket_acts.h"

struct ticket_view {
	struct page page;
	struct ticket ticket;
};

static enum err
ticket_view_read(struct view *v)
{
	struct ticket_view *tv = v->state;
	struct ticket t = {0};
	enum err err = ticket_get(v->ui->session->store, v->arg, &t);

	if (err != ERR_NONE)
		return err;
	ticket_release(&tv->ticket);
	tv->ticket = t;
	page_stale(&tv->page);
	return ERR_NONE;
}

static enum err
ticket_view_open(struct view *v, int64_t arg)
{
	struct ticket_view *tv = v->state;

	(void)arg;
	page_init(&tv->page);
	return ticket_view_read(v);
}

static void
ticket_view_draw(struct view *v, struct canvas *c, struct area a)
{
	struct ticket_view *tv = v->state;

	if (page_begin(&tv->page, a.w)) {
		thread_page(&tv->page, v->ui->session, &tv->ticket);
		page_end(&tv->page);
	}
	page_draw(&tv->page, c, a);
}

static bool
ticket_view_act(struct view *v, enum action act)
{
	if (act != ACT_REPLY && act != ACT_CLOSE)
		return false;
	ticket_act(v->ui, act, v->arg);
	return true;
}

static struct list *
ticket_view_list(struct view *v)
{
	struct ticket_view *tv = v->state;

	return &tv->page.list;
}

static void
ticket_view_close(struct view *v)
{
	struct ticket_view *tv = v->state;

	page_release(&tv->page);
	ticket_release(&tv->ticket);
}

/* The ticket that a question was asked about. */
static int64_t
asked_about(struct view *v)
{
	struct list *l;

	if (v->screen == &screen_ticket)
		return v->arg;
	l = v->screen->list(v);
	return list_target(l).id;
}

static void
done(struct ui *ui, enum err err, const char *format, int64_t id)
{
	if (err != ERR_NONE) {
		ui_error(ui, err);
		return;
	}
	ui_changed(ui, TOPIC_TICKETS);
	ui_say(ui, format, (long long)id);
}

static void
close_it(struct view *v)
{
	struct ui *ui = v->ui;
	int64_t id = asked_about(v);

	done(ui, ticket_close(ui->session->store, id),
	    _("Ticket #%lld is closed."), id);
}

static void
reopen_it(struct view *v)
{
	struct ui *ui = v->ui;
	int64_t id = asked_about(v);

	done(ui, ticket_reopen(ui->session->store, id),
	    _("Ticket #%lld is open again."), id);
}

void
ticket_act(struct ui *ui, enum action act, int64_t id)
{
	struct ticket t = {0};
	enum err err = ticket_get(ui->session->store, id, &t);

	if (err != ERR_NONE)
		ui_error(ui, err);
	else if (act == ACT_CLOSE && !t.open)
		ui_say(ui, _("Ticket #%lld is closed already. r reopens it."),
		    (long long)id);
	else if (act == ACT_CLOSE)
		ui_ask(ui, close_it, _("Close ticket #%lld %s? y/n"),
		    (long long)id, t.subject);
	else if (!t.open)
		ui_ask(ui, reopen_it,
		    _("Ticket #%lld is closed. Reopen it? y/n"), (long long)id);
	else
		ui_push(ui, &screen_ticket_reply, id);
	ticket_release(&t);
}

/* clang-format off */
static const struct binding ticket_rows[] = {
	{ { 'r' }, ACT_REPLY, N_("reply"),
	  N_("Reply; reopen the ticket if it is closed") },
	{ { 'x' }, ACT_CLOSE, N_("close ticket"), N_("Close the ticket") },
};
/* clang-format on */

const struct screen screen_ticket = {
    .name = "ticket",
    .title = N_("One ticket"),
    .bindings = BINDINGS(ticket_rows),
    .state_size = sizeof(struct ticket_view),
    .topics = TOPIC_TICKETS,
    .open = ticket_view_open,
    .reload = ticket_view_read,
    .draw = ticket_view_draw,
    .act = ticket_view_act,
    .list = ticket_view_list,
    .close = ticket_view_close,
};

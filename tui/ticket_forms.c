/* The forms for a new ticket and for a reply. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/ticket.h"
#include "tui/form_screen.h"
#include "tui/screens.h"

enum ticket_field { SUBJECT, TYPE, PRIORITY, BODY, NEW_FIELDS };

struct ticket_new_state {
	struct form form; /* first: form_screen's */
	struct form_field fields[NEW_FIELDS];
	char subject[TICKET_SUBJECT];
	char body[TICKET_BODY];
};

struct ticket_reply_state {
	struct form form; /* first: form_screen's */
	struct form_field fields[1];
	char body[TICKET_BODY];
};

static const struct form_choice types[] = {
    {"question", N_("Question")},
    {"fault", N_("Fault")},
    {"billing", N_("Billing")},
};

static const struct form_choice priorities[] = {
    {"low", N_("Low")},
    {"medium", N_("Medium")},
    {"high", N_("High")},
};

static enum err
ticket_new_open(struct view *v, int64_t arg)
{
	struct ticket_new_state *s = v->state;

	(void)arg;
	s->fields[SUBJECT] = (struct form_field) {.key = "subject",
	    .label = N_("Subject"),
	    .kind = FORM_TEXT,
	    .value = s->subject,
	    .size = sizeof(s->subject)};
	s->fields[TYPE] = (struct form_field) {.key = "type",
	    .label = N_("Type"),
	    .kind = FORM_CHOICE,
	    .choices = types,
	    .nchoices = sizeof(types) / sizeof(types[0])};
	s->fields[PRIORITY] = (struct form_field) {.key = "priority",
	    .label = N_("Priority"),
	    .kind = FORM_CHOICE,
	    .choices = priorities,
	    .choice = 1,
	    .nchoices = sizeof(priorities) / sizeof(priorities[0])};
	s->fields[BODY] = (struct form_field) {.key = "body",
	    .label = N_("Describe"),
	    .kind = FORM_LINES,
	    .value = s->body,
	    .size = sizeof(s->body)};
	form_init(&s->form, s->fields, NEW_FIELDS);
	return ERR_NONE;
}

static void
ticket_new_draw(struct view *v, struct canvas *c, struct area a)
{
	struct ticket_new_state *s = v->state;

	form_draw(&s->form, c, a, _("New ticket"), ui_narrow(v->ui));
}

static void
ticket_new_send(struct view *v)
{
	struct ticket_new_state *s = v->state;
	struct ui *ui = v->ui;
	int64_t id = 0;
	enum err err = ticket_create(ui->session->store, s->subject,
	    form_choice(&s->form, TYPE), form_choice(&s->form, PRIORITY),
	    s->body, &id);

	if (!form_sent(v, err))
		return;
	ui_pop(ui);
	ui_changed(ui, TOPIC_TICKETS);
	if (ui_push(ui, &screen_ticket, id))
		ui_say(ui, _("Sent. Your ticket is #%lld."), (long long)id);
}

static enum err
ticket_reply_open(struct view *v, int64_t arg)
{
	struct ticket_reply_state *s = v->state;

	(void)arg;
	s->fields[0] = (struct form_field) {.key = "body",
	    .label = N_("Reply"),
	    .kind = FORM_LINES,
	    .value = s->body,
	    .size = sizeof(s->body)};
	form_init(&s->form, s->fields, 1);
	return ERR_NONE;
}

static void
ticket_reply_draw(struct view *v, struct canvas *c, struct area a)
{
	struct ticket_reply_state *s = v->state;
	char title[64];

	snprintf(title, sizeof(title), _("Reply to ticket #%lld"),
	    (long long)v->arg);
	form_draw(&s->form, c, a, title, ui_narrow(v->ui));
}

static void
ticket_reply_send(struct view *v)
{
	struct ticket_reply_state *s = v->state;
	struct ui *ui = v->ui;

	if (!form_sent(v, ticket_reply(ui->session->store, v->arg, s->body)))
		return;
	ui_pop(ui);
	ui_changed(ui, TOPIC_TICKETS);
	ui_say(ui, "%s", _("Sent."));
}

static bool
ticket_new_act(struct view *v, enum action act)
{
	return form_screen_act(v, act, ticket_new_send);
}

static bool
ticket_reply_act(struct view *v, enum action act)
{
	return form_screen_act(v, act, ticket_reply_send);
}

const struct screen screen_ticket_new = {
    .name = "new ticket",
    .title = N_("New ticket"),
    .state_size = sizeof(struct ticket_new_state),
    .form = true,
    .open = ticket_new_open,
    .draw = ticket_new_draw,
    .act = ticket_new_act,
    .key = form_screen_key,
    .close = form_screen_close,
};

const struct screen screen_ticket_reply = {
    .name = "reply",
    .title = N_("Reply to a ticket"),
    .state_size = sizeof(struct ticket_reply_state),
    .form = true,
    .open = ticket_reply_open,
    .draw = ticket_reply_draw,
    .act = ticket_reply_act,
    .key = form_screen_key,
    .close = form_screen_close,
};

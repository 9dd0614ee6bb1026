/*
 * Changing one's e-mail address: the new one, then the code that was mailed
 * there.  The code's field appears once there is a code; sent empty, or with
 * another address, it asks for a new one.
 */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/email_change.h"
#include "tui/form_screen.h"
#include "tui/screens.h"

enum email_field { ADDRESS, CODE, FIELDS };
enum { TYPED_CODE = 17, TEXT = 512 };

struct email_state {
	struct form form; /* first: form_screen's */
	struct form_field fields[FIELDS];
	char address[255], code[TYPED_CODE];
	char mailed[255]; /* where the code went; "": nowhere yet */
};

/* Goes to the field that is next: the address, or the code for it. */
static void
ask(struct email_state *s)
{
	bool mailed = s->mailed[0] != '\0';

	s->fields[ADDRESS] = (struct form_field) {.key = "email",
	    .label = N_("New e-mail"),
	    .value = s->address,
	    .size = sizeof(s->address)};
	s->fields[CODE] = (struct form_field) {.key = "code",
	    .label = N_("Code"),
	    .value = s->code,
	    .size = sizeof(s->code)};
	form_init(&s->form, s->fields, mailed ? FIELDS : CODE);
	if (mailed)
		form_act(&s->form, ACT_FIELD_NEXT);
}

static enum err
email_open(struct view *v, int64_t arg)
{
	struct email_state *s = v->state;
	struct email_change change;
	enum err err;

	(void)arg;
	if (v->ui->session->settings.profile[PROFILE_FIELD_EMAIL] != RIGHT_EDIT)
		return ERR_DENIED;
	if ((err = email_change_get(v->ui->session->store, &change)) !=
	    ERR_NONE)
		return err;
	snprintf(s->address, sizeof(s->address), "%s", change.email);
	snprintf(s->mailed, sizeof(s->mailed), "%s", change.email);
	ask(s);
	return ERR_NONE;
}

/* Wrapped; gives the lines it took. */
static int
draw_text(struct canvas *c, struct area a, const char *s)
{
	size_t n, skip;
	int y = 0;

	while ((n = text_wrap(s, (size_t)(a.w - 2), &skip)) + skip > 0 &&
	       y < a.h) {
		canvas_textn(c, a.y + y++, 1, a.w - 2, ATTR_PLAIN, s, n);
		s += n + skip;
	}
	return y;
}

static void
email_draw(struct view *v, struct canvas *c, struct area a)
{
	struct email_state *s = v->state;
	char text[TEXT];
	int used;

	if (s->mailed[0] != '\0')
		snprintf(text, sizeof(text),
		    _("We have mailed a code to %s. Type it here within 30 "
		      "minutes; sent empty, it asks for another one."),
		    s->mailed);
	else
		snprintf(text, sizeof(text), "%s",
		    _("We mail a code to the new address, to see that it is "
		      "yours."));
	used = draw_text(c, a, text) + 1;
	a.y += used;
	a.h -= used;
	form_draw(&s->form, c, a, _("Your e-mail address"), ui_narrow(v->ui));
}

static void
mail_code(struct view *v)
{
	struct email_state *s = v->state;

	if (!form_sent(
		v, email_change_start(v->ui->session->store, s->address)))
		return;
	snprintf(s->mailed, sizeof(s->mailed), "%s", s->address);
	ask(s);
	ui_say(v->ui, "%s", _("The code is on its way."));
}

static void
email_send(struct view *v)
{
	struct email_state *s = v->state;
	struct ui *ui = v->ui;

	if (s->code[0] == '\0' || strcmp(s->address, s->mailed) != 0) {
		mail_code(v);
		return;
	}
	if (!form_sent(v, email_change_confirm(ui->session->store, s->code)))
		return;
	ui_pop(ui);
	ui_changed(ui, TOPIC_ACCOUNT);
	ui_say(ui, "%s",
	    _("Your e-mail address is changed. Log in with it from now on."));
}

static bool
email_act(struct view *v, enum action act)
{
	return form_screen_act(v, act, email_send);
}

const struct screen screen_email = {
    .name = "email",
    .title = N_("Change the e-mail address"),
    .state_size = sizeof(struct email_state),
    .form = true,
    .open = email_open,
    .draw = email_draw,
    .act = email_act,
    .key = form_screen_key,
    .close = form_screen_close,
};

/* Forms as screens. */
#include "tui/form_screen.h"

#include "base/i18n.h"

static struct form *
form_of(struct view *v)
{
	return v->state;
}

bool
form_screen_key(struct view *v, const struct key *key)
{
	enum form_result result = form_key(form_of(v), key);

	if (result == FORM_SEND)
		ui_act(v->ui, ACT_SEND);
	return result != FORM_PASSED;
}

static void
discard(struct view *v)
{
	ui_pop(v->ui);
}

bool
form_screen_act(struct view *v, enum action act, void (*send)(struct view *v))
{
	struct form *f = form_of(v);

	if (form_act(f, act))
		return true;
	if (act == ACT_SEND) {
		form_clear(f);
		send(v);
		return true;
	}
	if (act == ACT_CANCEL && f->changed) {
		ui_ask(v->ui, discard, "%s",
		    _("Leave and lose what was typed? y/n"));
		return true;
	}
	return false;
}

void
form_screen_close(struct view *v)
{
	struct form *f = form_of(v);

	if (f->fields != NULL)
		form_wipe(f);
}

bool
form_sent(struct view *v, enum err err)
{
	const struct problem *p = store_problem(v->ui->session->store);

	if (err == ERR_NONE)
		return true;
	if (err != ERR_BAD_INPUT || p->text[0] == '\0' ||
	    !form_refuse(form_of(v), p->field, gettext(p->text)))
		ui_error(v->ui, err);
	return false;
}

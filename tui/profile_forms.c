/* Changing one's details and one's password. */
#include <stddef.h>
#include <string.h>

#include "base/i18n.h"
#include "data/auth.h"
#include "tui/form_screen.h"
#include "tui/profile_fields.h"
#include "tui/screens.h"

#define FIELD(f, name)                                                         \
	{                                                                      \
		(f), offsetof(struct customer, name),                          \
		    sizeof(((struct customer *)NULL)->name)                    \
	}

const struct profile_def profile_fields[PROFILE_FIELD_COUNT] = {
    [PROFILE_FIELD_NAME] = FIELD(N_("Name"), name),
    [PROFILE_FIELD_EMAIL] = FIELD(N_("E-mail"), email),
    [PROFILE_FIELD_PHONE] = FIELD(N_("Phone"), phone),
    [PROFILE_FIELD_STREET] = FIELD(N_("Street"), street),
    [PROFILE_FIELD_POSTCODE] = FIELD(N_("Postcode"), postcode),
    [PROFILE_FIELD_CITY] = FIELD(N_("City"), city),
    [PROFILE_FIELD_COUNTRY] = FIELD(N_("Country"), country),
    [PROFILE_FIELD_VAT] = FIELD(N_("VAT number"), vat_id),
};

enum password_field { OLD, NEW, AGAIN, PASSWORD_FIELDS };

struct edit_state {
	struct form form; /* first: form_screen's */
	struct form_field fields[PROFILE_FIELD_COUNT];
	struct customer customer; /* being changed */
};

struct password_state {
	struct form form; /* first: form_screen's */
	struct form_field fields[PASSWORD_FIELDS];
	char text[PASSWORD_FIELDS][PASSWORD_MAX + 1];
};

char *
profile_slot(struct customer *c, enum profile_field f)
{
	return (char *)c + profile_fields[f].offset;
}

const char *
profile_value(const struct customer *c, enum profile_field f)
{
	return (const char *)c + profile_fields[f].offset;
}

/* The e-mail address has a screen of its own. */
static bool
profile_in_form(const struct settings *s, enum profile_field f)
{
	return f != PROFILE_FIELD_EMAIL && s->profile[f] == RIGHT_EDIT;
}

bool
profile_may_edit(const struct settings *s)
{
	for (int f = 0; f < PROFILE_FIELD_COUNT; f++)
		if (profile_in_form(s, (enum profile_field)f))
			return true;
	return false;
}

static enum err
edit_open(struct view *v, int64_t arg)
{
	struct edit_state *s = v->state;
	const struct session *session = v->ui->session;
	size_t n = 0;

	(void)arg;
	s->customer = session->customer;
	for (int i = 0; i < PROFILE_FIELD_COUNT; i++) {
		enum profile_field f = (enum profile_field)i;

		if (!profile_in_form(&session->settings, f))
			continue;
		s->fields[n++] = (struct form_field) {
		    .key = profile_field_word(f),
		    .label = profile_fields[f].label,
		    .kind = FORM_TEXT,
		    .value = profile_slot(&s->customer, f),
		    .size = profile_fields[f].size,
		};
	}
	if (n == 0)
		return ERR_DENIED;
	form_init(&s->form, s->fields, n);
	return ERR_NONE;
}

static void
edit_draw(struct view *v, struct canvas *c, struct area a)
{
	struct edit_state *s = v->state;

	form_draw(&s->form, c, a, _("Your details"), ui_narrow(v->ui));
}

static void
edit_send(struct view *v)
{
	struct edit_state *s = v->state;
	struct ui *ui = v->ui;

	if (!form_sent(v, profile_update(ui->session->store, &s->customer)))
		return;
	ui_pop(ui);
	ui_changed(ui, TOPIC_ACCOUNT);
	ui_say(ui, "%s", _("Saved."));
}

static bool
edit_act(struct view *v, enum action act)
{
	return form_screen_act(v, act, edit_send);
}

static void
password_field(struct password_state *s, enum password_field i, const char *key,
    const char *label)
{
	s->fields[i] = (struct form_field) {.key = key,
	    .label = label,
	    .kind = FORM_SECRET,
	    .value = s->text[i],
	    .size = sizeof(s->text[i])};
}

static enum err
password_open(struct view *v, int64_t arg)
{
	struct password_state *s = v->state;

	(void)arg;
	password_field(s, OLD, "old", N_("Old password"));
	password_field(s, NEW, "new", N_("New password"));
	password_field(s, AGAIN, "again", N_("Again"));
	form_init(&s->form, s->fields, PASSWORD_FIELDS);
	return ERR_NONE;
}

static void
password_draw(struct view *v, struct canvas *c, struct area a)
{
	struct password_state *s = v->state;

	form_draw(&s->form, c, a, _("Change the password"), ui_narrow(v->ui));
}

static void
end_others(struct view *v)
{
	struct ui *ui = v->ui;
	enum err err = store_end_others(ui->session->store);

	if (err != ERR_NONE)
		ui_error(ui, err);
	else
		ui_say(ui, "%s", _("Your other sessions are logged out."));
}

static void
password_send(struct view *v)
{
	struct password_state *s = v->state;
	struct ui *ui = v->ui;

	if (strcmp(s->text[NEW], s->text[AGAIN]) != 0) {
		form_refuse(&s->form, "again",
		    _("This is not the same as the new one above."));
		return;
	}
	if (!form_sent(v, password_change(
			      ui->session->store, s->text[OLD], s->text[NEW])))
		return;
	ui_pop(ui);
	ui_ask(ui, end_others, "%s",
	    _("The password is changed. Log out your other sessions? y/n"));
}

static bool
password_act(struct view *v, enum action act)
{
	return form_screen_act(v, act, password_send);
}

const struct screen screen_profile_edit = {
    .name = "details",
    .title = N_("Your details"),
    .state_size = sizeof(struct edit_state),
    .form = true,
    .open = edit_open,
    .draw = edit_draw,
    .act = edit_act,
    .key = form_screen_key,
    .close = form_screen_close,
};

const struct screen screen_password = {
    .name = "password",
    .title = N_("Change the password"),
    .state_size = sizeof(struct password_state),
    .form = true,
    .open = password_open,
    .draw = password_draw,
    .act = password_act,
    .key = form_screen_key,
    .close = form_screen_close,
};

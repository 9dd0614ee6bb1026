/*
 * Line mode: one's details, as far as the provider lets them be seen and
 * changed, and the password.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/auth.h"
#include "sshd/cmd/plain.h"

/* clang-format off */
#define FIELD(f, l, m) \
	{ .field = (f), .label = (l), \
	  .at = offsetof(struct customer, m), \
	  .size = sizeof(((struct customer *)0)->m) }
static const struct field {
	enum profile_field field;
	const char *label; /* N_() */
	size_t at, size;
} fields[] = {
	FIELD(PROFILE_FIELD_NAME, N_("Name"), name),
	FIELD(PROFILE_FIELD_EMAIL, N_("E-mail"), email),
	FIELD(PROFILE_FIELD_PHONE, N_("Phone"), phone),
	FIELD(PROFILE_FIELD_STREET, N_("Street"), street),
	FIELD(PROFILE_FIELD_POSTCODE, N_("Postcode"), postcode),
	FIELD(PROFILE_FIELD_CITY, N_("City"), city),
	FIELD(PROFILE_FIELD_COUNTRY, N_("Country"), country),
	FIELD(PROFILE_FIELD_VAT, N_("VAT number"), vat_id),
};
/* clang-format on */
enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static char *
field_value(struct customer *c, const struct field *f)
{
	return (char *)c + f->at;
}

static void
profile_show(struct plain *p)
{
	const char *value;
	enum right right;
	struct customer c;
	enum err err;
	size_t i;

	if ((err = customer_get(p->c->st, &c)) != ERR_NONE) {
		prompt_fail(&p->in, err);
		return;
	}
	fprintf(p->c->out, _("Customer number: %s\n"), c.number);
	for (i = 0; i < FIELDS; i++) {
		right = p->c->settings.profile[fields[i].field];
		value = field_value(&c, &fields[i]);
		if (right == RIGHT_EDIT ||
		    (right == RIGHT_VIEW && *value != '\0'))
			fprintf(
			    p->c->out, "%s: %s\n", _(fields[i].label), value);
	}
}

static bool
field_editable(const struct plain *p, size_t i)
{
	return p->c->settings.profile[fields[i].field] == RIGHT_EDIT;
}

static bool
profile_can_edit(struct plain *p)
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		if (field_editable(p, i))
			return true;
	return false;
}

/* Which field?  *which is FIELDS when none. */
static bool
ask_field(struct plain *p, size_t *which)
{
	char typed[16];
	size_t i, n;

	for (i = n = 0; i < FIELDS; i++)
		if (field_editable(p, i))
			fprintf(p->c->out, "%s%zu %s", n++ > 0 ? "  " : "",
			    i + 1, _(fields[i].label));
	fputc('\n', p->c->out);
	if (!prompt_line(
		&p->in, _("Which one (Enter cancels): "), typed, sizeof(typed)))
		return false;
	*which = FIELDS;
	i = (size_t)strtoul(typed, NULL, 10) - 1;
	if (i < FIELDS && field_editable(p, i))
		*which = i;
	else if (typed[0] != '\0')
		prompt_error(
		    &p->in, _("\"%s\" is not one of the choices."), typed);
	return true;
}

static enum step
profile_edit(struct plain *p)
{
	char question[1024], text[PROMPT_LINE];
	const struct field *f;
	struct customer c;
	size_t which;
	bool yes;
	enum err err;

	if (!ask_field(p, &which))
		return STEP_LEAVE;
	if (which == FIELDS)
		return STEP_STAY;
	f = &fields[which];
	if (f->field == PROFILE_FIELD_EMAIL)
		return plain_email(p);
	if ((err = customer_get(p->c->st, &c)) != ERR_NONE) {
		prompt_fail(&p->in, err);
		return STEP_STAY;
	}
	snprintf(question, sizeof(question), "%s: ", _(f->label));
	if (!prompt_line(&p->in, question, text, f->size))
		return STEP_LEAVE;
	snprintf(question, sizeof(question),
	    _("Change %1$s from \"%2$s\" to \"%3$s\"?"), _(f->label),
	    field_value(&c, f), text);
	if (!prompt_confirm(&p->in, question, &yes))
		return STEP_LEAVE;
	if (!yes) {
		fprintf(p->c->out, "%s\n", _("Nothing was changed."));
		return STEP_STAY;
	}
	snprintf(field_value(&c, f), f->size, "%s", text);
	if ((err = profile_update(p->c->st, &c)) != ERR_NONE) {
		prompt_fail(&p->in, err);
		return STEP_STAY;
	}
	fprintf(p->c->out, "%s\n", _("Changed."));
	return STEP_SHOW;
}

static enum step
password_changed(struct plain *p)
{
	enum err err = ERR_NONE;
	bool yes;

	fprintf(p->c->out, "%s\n", _("The password is changed."));
	if (!prompt_confirm(&p->in, _("Log out your other sessions?"), &yes))
		return STEP_LEAVE;
	if (yes)
		err = store_end_others(p->c->st);
	if (err != ERR_NONE)
		prompt_fail(&p->in, err);
	else if (yes)
		fprintf(p->c->out, "%s\n",
		    _("Your other sessions are logged out."));
	return STEP_STAY;
}

static enum step
profile_password(struct plain *p)
{
	char old[PASSWORD_MAX + 1] = "", new[PASSWORD_MAX + 1] = "",
				again[PASSWORD_MAX + 1] = "";
	enum step step = STEP_LEAVE;
	enum err err;

	if (!prompt_secret(
		&p->in, _("Password now (Enter cancels): "), old, sizeof(old)))
		goto out;
	step = STEP_STAY;
	if (old[0] == '\0')
		goto out;
	if (!prompt_secret(&p->in, _("New password: "), new, sizeof(new)) ||
	    !prompt_secret(
		&p->in, _("New password again: "), again, sizeof(again))) {
		step = STEP_LEAVE;
		goto out;
	}
	if (strcmp(new, again) != 0)
		prompt_error(&p->in, "%s",
		    _("The new passwords differ. "
		      "Nothing was changed."));
	else if ((err = password_change(p->c->st, old, new)) != ERR_NONE)
		prompt_fail(&p->in, err);
	else
		step = password_changed(p);
out:
	explicit_bzero(old, sizeof(old));
	explicit_bzero(new, sizeof(new));
	explicit_bzero(again, sizeof(again));
	return step;
}

/* clang-format off */
static const struct choice profile_choices[] = {
	{ .key = "e", .word = "edit", .text = N_("[e]dit"),
	  .help = N_("change one of your details"),
	  .tab = TAB_COUNT, .fits = profile_can_edit, .run = profile_edit },
	{ .key = "p", .word = "password", .text = N_("[p]assword"),
	  .help = N_("change your password"),
	  .tab = TAB_COUNT, .run = profile_password },
	CHOICE_BACK,
};
/* clang-format on */

enum step
plain_profile(struct plain *p)
{
	return plain_menu(p, profile_choices,
	    sizeof(profile_choices) / sizeof(profile_choices[0]), profile_show);
}

/*
 * Line mode: changing one's e-mail address.  A code that was mailed before is
 * still asked for when one comes back.
 */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/email_change.h"
#include "data/mail.h"
#include "sshd/cmd/plain.h"

static enum step
email_confirm(struct plain *p, const char *code)
{
	enum err err = email_change_confirm(p->c->st, code);

	if (err != ERR_NONE) {
		prompt_fail(&p->in, err);
		return STEP_STAY;
	}
	fprintf(p->c->out, "%s\n",
	    _("Your e-mail address is changed. Log in with it from now on."));
	return STEP_SHOW;
}

/* True: it was mailed, and its code is to be asked for. */
static bool
email_mail(struct plain *p, const char *address)
{
	enum err err = email_change_start(p->c->st, address);

	if (err != ERR_NONE) {
		prompt_fail(&p->in, err);
		return false;
	}
	fprintf(p->c->out,
	    _("We have mailed a code to %s. It is good for 30 minutes.\n"),
	    address);
	return true;
}

/* The code, or "r" for another one; until it is right, over or left. */
static enum step
email_ask_code(struct plain *p, struct email_change *change)
{
	char typed[64];
	enum step step;

	for (;;) {
		if (!prompt_line(&p->in,
			_("The code (r: mail another one, Enter leaves): "),
			typed, sizeof(typed)))
			return STEP_LEAVE;
		if (typed[0] == '\0')
			return STEP_STAY;
		if (strcmp(typed, "r") == 0) {
			(void)email_mail(p, change->email);
			continue;
		}
		step = email_confirm(p, typed);
		if (step != STEP_STAY)
			return step;
		if (email_change_get(p->c->st, change) != ERR_NONE ||
		    change->id == 0)
			return STEP_STAY; /* that code is over */
	}
}

/* The address that is to get a code; empty: none.  False: it is over. */
static bool
email_ask_address(struct plain *p, struct email_change *change)
{
	char typed[sizeof(change->email)];

	if (!prompt_line(&p->in,
		change->id != 0 ? _("Another address (Enter: type the code "
				    "mailed before): ")
				: _("New e-mail address (Enter cancels): "),
		typed, sizeof(typed)))
		return false;
	if (typed[0] == '\0')
		return true;
	change->email[0] = '\0';
	if (email_mail(p, typed))
		snprintf(change->email, sizeof(change->email), "%s", typed);
	return true;
}

enum step
plain_email(struct plain *p)
{
	struct email_change change;
	struct mail_sender mail;
	enum err err;

	if ((err = mail_sender_get(p->c->st, &mail)) != ERR_NONE ||
	    (err = email_change_get(p->c->st, &change)) != ERR_NONE) {
		prompt_fail(&p->in, err);
		return STEP_STAY;
	}
	if (!mail.on) {
		fprintf(p->c->out,
		    _("To change your e-mail address ask %1$s: %2$s, %3$s"),
		    p->c->tenant.brand, p->c->tenant.phone, p->c->tenant.email);
		fputc('\n', p->c->out);
		return STEP_STAY;
	}
	if (change.id != 0)
		fprintf(
		    p->c->out, _("A code was mailed to %s.\n"), change.email);
	if (!email_ask_address(p, &change))
		return STEP_LEAVE;
	return change.email[0] != '\0' ? email_ask_code(p, &change) : STEP_STAY;
}

/*
 * Saved ways to pay in line mode: reading them, the default, removing one,
 * automatic payment.
 */
#include <string.h>

#include "base/i18n.h"
#include "data/method_words.h"
#include "sshd/cmd/plain.h"

enum { QUESTION = 256 };

static enum step
done(struct plain *p, enum err err, const char *said)
{
	if (err == ERR_NONE)
		fprintf(p->c->out, "%s\n", said);
	else
		prompt_fail(&p->in, err);
	if ((err = browse_reload(p)) != ERR_NONE)
		prompt_fail(&p->in, err);
	return STEP_SHOW;
}

/* The one that is shown, by its name. */
static enum err
shown(struct plain *p, struct method *m, char text[METHOD_TEXT])
{
	enum err err = method_get(p->c->st, browse_id(p), m);

	if (err == ERR_NONE)
		method_text(text, m);
	return err;
}

static enum step
make_default(struct plain *p)
{
	char text[METHOD_TEXT], said[QUESTION];
	struct method m;
	enum err err = shown(p, &m, text);

	if (err == ERR_NONE)
		err = method_default(p->c->st, m.id);
	if (err == ERR_NONE)
		snprintf(said, sizeof(said), _("%s is the default now."), text);
	return done(p, err, said);
}

static enum step
remove_it(struct plain *p)
{
	char text[METHOD_TEXT], question[QUESTION];
	struct method m;
	bool yes = false;
	enum err err = shown(p, &m, text);

	if (err != ERR_NONE)
		return done(p, err, "");
	snprintf(question, sizeof(question), _("Remove %s?"), text);
	if (!prompt_confirm(&p->in, question, &yes))
		return STEP_LEAVE;
	if (!yes) {
		fprintf(p->c->out, "%s\n", _("Nothing was changed."));
		return STEP_STAY;
	}
	return done(p, method_remove(p->c->st, m.id),
	    _("Removed. It is charged no more."));
}

/* On, after asking, or off. */
static enum step
automatic(struct plain *p)
{
	struct autopay a = {0};
	char text[METHOD_TEXT], question[QUESTION];
	bool yes = false;
	enum err err = autopay_get(p->c->st, &a);

	if (err != ERR_NONE)
		return done(p, err, "");
	if (!a.allowed || (!a.on && a.method.id == 0)) {
		prompt_error(&p->in, "%s",
		    a.allowed ? _("There is nothing to charge yet.")
			      : _("Automatic payment is not offered here."));
		return STEP_STAY;
	}
	if (a.on)
		return done(p, autopay_set(p->c->st, false),
		    _("Automatic payment is off."));
	method_text(text, &a.method);
	snprintf(question, sizeof(question),
	    _("Charge %s on each due date from now on, and what is overdue "
	      "at once?"),
	    text);
	if (!prompt_confirm(&p->in, question, &yes))
		return STEP_LEAVE;
	if (!yes) {
		fprintf(p->c->out, "%s\n", _("Nothing was changed."));
		return STEP_STAY;
	}
	return done(
	    p, autopay_set(p->c->st, true), _("Automatic payment is on."));
}

/* clang-format off */
static const struct choice choices[] = {
	CHOICE_NEXT,
	CHOICE_PREVIOUS,
	{ .key = "d", .word = "default", .text = N_("make [d]efault"),
	  .help = N_("pay with this one first"), .tab = TAB_COUNT,
	  .fits = browse_has_row, .run = make_default },
	{ .key = "x", .word = "remove", .text = N_("remove [x]"),
	  .help = N_("remove this one; asks first"), .tab = TAB_COUNT,
	  .fits = browse_has_row, .run = remove_it },
	{ .key = "a", .word = "automatic", .text = N_("[a]utomatic payment"),
	  .help = N_("turn automatic payment on, after asking, or off"),
	  .tab = TAB_COUNT, .run = automatic },
	CHOICE_BACK,
};

static const struct browse_kind kind = {
	.listing = "methods", .one = N_("Payment method"), .head = "",
	.choices = choices, .nchoices = sizeof(choices) / sizeof(choices[0]),
};
/* clang-format on */

enum step
plain_methods(struct plain *p)
{
	struct autopay a = {0};
	char text[METHOD_TEXT];
	enum err err = autopay_get(p->c->st, &a);

	if (err != ERR_NONE) {
		prompt_fail(&p->in, err);
		return STEP_STAY;
	}
	method_text(text, &a.method);
	if (a.allowed && a.on)
		fprintf(p->c->out,
		    _("Automatic payment is on: %s is charged on the due "
		      "date.\n"),
		    text);
	else if (a.allowed)
		fprintf(p->c->out, "%s\n", _("Automatic payment is off."));
	return plain_browse(p, &kind);
}

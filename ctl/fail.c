/*
 * What went wrong, in words that say what to do next.
 */
#include <stdarg.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ctl/ctl.h"

/* What a script passed on may not reach the terminal as it is. */
static void
say(const char *fmt, va_list ap)
{
	char text[2048];

	vsnprintf(text, sizeof(text), fmt, ap);
	text_clean_self(text, TEXT_LINE);
	fflush(stdout);
	fprintf(stderr, "portalctl: %s\n", text);
}

int
ctl_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	return CTL_FAILED;
}

int
ctl_usage_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	return CTL_USAGE;
}

int
ctl_no_database(void)
{
	return ctl_error("%s",
	    _("There is no such database. \"createdb\" makes it, "
	      "\"portalctl init --dir DIR --store URL\" makes it a store."));
}

int
ctl_fail(const struct ctl *c, enum err err, const char *what)
{
	char store[CONFIG_VALUE];
	const struct problem *p;

	if (c->st != NULL && store_again(c->st) && c->attempts > 1)
		return CTL_FAILED; /* it is done again */
	store_url_public(store, sizeof(store), c->config.store_url);

	switch (err) {
	case ERR_BAD_INPUT:
		p = c->st != NULL ? store_problem(c->st) : NULL;
		if (p == NULL || p->text[0] == '\0')
			break;
		return ctl_error(
		    p->field[0] != '\0' ? "%s: %s: %s" : "%s%s: %s", what,
		    p->field, _(p->text));
	case ERR_NOT_FOUND:
		return ctl_error(_("%s: not found."), what);
	case ERR_CONFLICT:
		return ctl_error(_("%s: there is one already, or it was done "
				   "already."),
		    what);
	case ERR_BUSY:
		return ctl_error(
		    _("%s: the store %s is locked by another "
		      "program. Nothing was changed. Wait for it and try "
		      "again."),
		    what, store);
	case ERR_AWAY:
		return ctl_error(_("%s: the database %s does not answer. "
				   "Nothing was changed. Look whether it runs, "
				   "and try again."),
		    what, store);
	case ERR_FULL:
		return ctl_error(_("%s: the disk of %s is full. Nothing was "
				   "changed. Make room and try again."),
		    what, store);
	case ERR_VERSION:
		return ctl_error(
		    _("%s: the store %s is of another release. "
		      "Run \"portalctl upgrade\" if it is older; install the "
		      "newer release if it is newer."),
		    what, store);
	case ERR_CONFIG:
		return ctl_error(
		    _("%s: the store %s cannot be used, for the reason above. "
		      "Check url of [store] in %s."),
		    what, store, c->config.path);
	case ERR_IO:
		return ctl_error(
		    _("%s: cannot read or write %s. Check its "
		      "owner and the disk; on a server run this as root."),
		    what, store);
	default:
		break;
	}
	return ctl_error("%s: %s", what, err_text(err));
}

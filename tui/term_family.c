/* Kinds of terminals, and the locale that fits one. */
#include "tui/term_family.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tui/term.h"

static const struct term_family families[] = {
    {"xterm-kitty", true, true, true, true},
    {"xterm-ghostty", true, true, true, true},
    {"xterm", true, true, false, true},
    {"putty", true, true, false, false},
    {"tmux", true, true, true, true},
    {"screen", true, true, false, false},
    {"alacritty", true, true, true, true},
    {"foot", true, true, true, true},
    {"wezterm", true, true, true, true},
    {"contour", true, true, true, true},
    {"rxvt", true, true, false, false},
    {"vte", true, true, false, true},
    {"konsole", true, true, false, true},
    {"linux", true, false, false, false},
    {"", false, false, false, false},
};

const struct term_family *
term_family(const char *name)
{
	const struct term_family *f = families;

	while (strncmp(name, f->prefix, strlen(f->prefix)) != 0)
		f++;
	return f;
}

static bool
names_utf8(const char *locale)
{
	const char *dot = strchr(locale, '.');

	return dot != NULL && (strncasecmp(dot, ".utf-8", 6) == 0 ||
				  strncasecmp(dot, ".utf8", 5) == 0);
}

void
term_locale(const char *name)
{
	static const char *const vars[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	static const int categories[] = {
	    LC_CTYPE, LC_MESSAGES, LC_MONETARY, LC_NUMERIC};
	const char *sent = NULL;

	for (size_t i = 0; i < 3 && sent == NULL; i++) {
		sent = getenv(vars[i]);
		if (sent != NULL && sent[0] == '\0')
			sent = NULL;
	}
	/* One by one: a category that is not installed spoils no other. */
	for (size_t i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		if (setlocale(categories[i], "") == NULL)
			setlocale(categories[i], "C");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
		return;
	if (sent != NULL ? names_utf8(sent) : term_family(name)->utf8)
		setlocale(LC_CTYPE, "C.UTF-8");
}

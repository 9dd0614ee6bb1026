/* Reading a command line into struct ctl. */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

#include "ctl/ctl.h"

enum { OPTIONS_HELP = -1 };

/*
 * What may stand before the command: -c FILE, --tenant NAME, --json.  They
 * count as if they stood after it; argc and argv move to the command.
 */
int options_globals(struct ctl *c, int *argc, char ***argv);
/* Does the command, known by now, take those too? */
int options_check(const struct ctl *c);
/* What stands after the command.  CTL_OK, CTL_USAGE after saying what is
 * wrong, or OPTIONS_HELP after printing the usage. */
int options_words(struct ctl *c, int argc, char **argv);

#endif

/* What is known of a kind of terminal beyond what terminfo says. */
#ifndef TUI_TERM_FAMILY_H
#define TUI_TERM_FAMILY_H

#include <stdbool.h>

struct term_family {
	const char *prefix;
	bool utf8;  /* where no locale was sent */
	bool paste; /* takes bracketed paste */
	bool copy;  /* takes OSC 52 */
	bool link;  /* takes OSC 8, or passes over it */
};

/* By TERM; never NULL. */
const struct term_family *term_family(const char *name);

#endif

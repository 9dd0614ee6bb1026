/* The key tables of portal-tui(1), made from the bindings themselves. */
#ifndef TUI_MANUAL_H
#define TUI_MANUAL_H

#include "base/buf.h"

/* mdoc: a list for every screen, every form and each screen of its own keys. */
void manual_keys(struct buf *out);
/* Prints it; an exit status. */
int manual_print(void);

#endif

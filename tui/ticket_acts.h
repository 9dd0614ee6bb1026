/* What can be done to a ticket, from its own screen and from lists of it. */
#ifndef TUI_TICKET_ACTS_H
#define TUI_TICKET_ACTS_H

#include "tui/ui.h"

/*
 * ACT_REPLY opens the form, or, for a closed ticket, asks whether to reopen
 * it; ACT_CLOSE asks whether to close it.
 */
void ticket_act(struct ui *ui, enum action act, int64_t id);

#endif

/* Proformas and credit notes on screens. */
#ifndef TUI_DOCUMENTS_H
#define TUI_DOCUMENTS_H

#include "tui/binding.h"
#include "tui/list.h"
#include "tui/ui.h"

/* An action on one that is marked somewhere: paying it, its text, fetching it.
 * False: it is none, or the action is none of these. */
bool document_act(struct ui *ui, enum action act, struct target t);

#endif

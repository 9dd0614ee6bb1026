/* What every screen that is a form has in common.  Its state begins with its
 * struct form. */
#ifndef TUI_FORM_SCREEN_H
#define TUI_FORM_SCREEN_H

#include "tui/form.h"
#include "tui/ui.h"

bool form_screen_key(struct view *v, const struct key *key);
/* Field by field, sending, cancelling (asks if something was typed). */
bool form_screen_act(
    struct view *v, enum action act, void (*send)(struct view *v));
/* Wipes what was typed. */
void form_screen_close(struct view *v);
/* After sending: true if all went well, else the reason is shown under its
 * field, or on the status line. */
bool form_sent(struct view *v, enum err err);

#endif

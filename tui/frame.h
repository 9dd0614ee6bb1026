/* What stands around a screen's body. */
#ifndef TUI_FRAME_H
#define TUI_FRAME_H

#include "tui/ui.h"

/* Where the body goes. */
struct area frame_body(const struct ui *ui);
/* Header, tabs, rules, status or question, key hints.  After the body: a
 * question and a search take the cursor. */
void frame_draw(struct ui *ui);

#endif

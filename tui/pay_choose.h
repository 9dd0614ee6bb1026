/* Other ways to pay what a page is open for. */
#ifndef TUI_PAY_CHOOSE_H
#define TUI_PAY_CHOOSE_H

#include "data/checkout.h"
#include "tui/ui.h"

/* Where nothing is saved there is no choice: how to pay without a card. */
void pay_choose(struct ui *ui, const struct checkout *co);

#endif

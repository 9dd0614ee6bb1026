/* Paying by card: from the key to the sentence that says "Paid." */
#ifndef TUI_PAY_H
#define TUI_PAY_H

#include "tui/ui.h"

/*
 * Pays an invoice (0: all that is due): by card where a gateway is on, else
 * shows how to pay instead.  Says why where the gateway does not take it.
 */
void pay_begin(struct ui *ui, int64_t invoice);

#endif

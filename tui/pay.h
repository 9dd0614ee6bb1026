/* Paying by card: from the key to the sentence that says "Paid." */
#ifndef TUI_PAY_H
#define TUI_PAY_H

#include "tui/ui.h"

/*
 * Pays an invoice (0: all that is due): by card where a gateway is on, else
 * shows how to pay instead.  Says why where the gateway does not take it.
 */
void pay_begin(struct ui *ui, int64_t invoice);
/* Pays a proforma, by card or, where that cannot be, says how else. */
void pay_proforma(struct ui *ui, int64_t proforma);
/* The page of an attempt: above the screen that is on top, or, where that is
 * such a page, in its place. */
void pay_show(struct ui *ui, int64_t checkout);
/* Starts saving a way to pay, and shows its page. */
void pay_save_begin(struct ui *ui);

#endif

/* Paying with a saved method: asked about first, always. */
#ifndef TUI_PAY_SAVED_H
#define TUI_PAY_SAVED_H

#include "tui/ui.h"

/*
 * Asks "Pay 49.90 EUR for INV-2026-000498 with Visa ending 4242? y/n", charges
 * it then, and shows how it goes.  method 0: the default one; n 0: all that is
 * due.  Where nothing is due or saved it says so instead.
 */
void pay_saved_ask(
    struct ui *ui, int64_t method, const int64_t *invoices, size_t n);

#endif

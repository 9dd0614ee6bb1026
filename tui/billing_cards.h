/* What stands above the lists of billing. */
#ifndef TUI_BILLING_CARDS_H
#define TUI_BILLING_CARDS_H

#include "data/method.h"
#include "tui/page.h"
#include "tui/session.h"

/* What is owed, open invoices, the last invoice and payment, and whether it is
 * paid automatically; in short lines when narrow. */
void billing_cards(struct page *p, const struct session *s,
    const struct autopay *autopay, bool narrow);

#endif

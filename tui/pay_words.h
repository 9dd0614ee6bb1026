/* What the page of an attempt to pay, or to save a way to pay, says in each of
 * its states. */
#ifndef TUI_PAY_WORDS_H
#define TUI_PAY_WORDS_H

#include "tui/pay_view.h"
#include "tui/pen.h"

enum { PAY_TEXT = 512 };

/* "INV-2026-000498", "3 invoices", "your balance" */
void pay_what(const struct checkout *co, char dst[PAY_TEXT]);
/* "Pay 49.90 EUR for INV-2026-000498"; with how: "… by card (Stripe)", "… with
 * Visa ending 4242". */
void pay_title(const struct pay_view *pv, bool how, char dst[2 * PAY_TEXT]);
/* "Waiting for payment", translated. */
const char *pay_state(const struct checkout *co);

/* Beside the QR, or where it would be. */
void pay_words_open(struct pen *p, const struct session *s,
    const struct pay_view *pv, bool scan, bool alone_fits);
/* In every other state but "paid" and "saved". */
void pay_words(struct pen *p, const struct pay_view *pv);
/* In those two: nothing stands above it. */
void pay_words_done(
    struct pen *p, const struct session *s, const struct pay_view *pv);

#endif

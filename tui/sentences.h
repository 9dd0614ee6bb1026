/* The account in words: what the overview and billing say first. */
#ifndef TUI_SENTENCES_H
#define TUI_SENTENCES_H

#include "tui/page.h"
#include "tui/session.h"

/* "You owe …", "Overpaid …" or "Paid in full."; the amount is bold. */
void say_balance(struct page *p, const struct session *s);
/* A blocked or closed account; nothing for an active one. */
void say_state(struct page *p, const struct session *s);
/* OV3 and OV4, as the tenant's settings have them. */
void say_next_payment(struct page *p, const struct session *s);
void say_suspension(struct page *p, const struct session *s);

#endif

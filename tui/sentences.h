/* The account in words: what the overview and billing say first. */
#ifndef TUI_SENTENCES_H
#define TUI_SENTENCES_H

#include "base/clock.h"
#include "tui/page.h"
#include "tui/session.h"

/* "You owe …", "Overpaid …" or "Paid in full."; the amount is bold. */
void say_balance(struct page *p, const struct session *s);
/* A blocked or closed account; nothing for an active one. */
void say_state(struct page *p, const struct session *s, bool is_short);
/* OV3 and OV4, as the tenant's settings have them. */
void say_next_payment(struct page *p, const struct session *s);
void say_suspension(struct page *p, const struct session *s);

/* The day so many days from today; with its year where it could be mistaken. */
void until_text(char dst[DATE_SIZE], int64_t today, int64_t days);
/* "Prepaid: 12 days left, until 26 May."; used up, it is said so. */
enum { PREPAID_TEXT = 256, PREPAID_FEW = 3 /* days: attention */ };
void prepaid_text(
    const struct session *s, int64_t monthly, char dst[PREPAID_TEXT]);
/* The same as a sentence of the overview, bold when it ends soon. */
void say_prepaid(struct page *p, const struct session *s, int64_t monthly);

#endif

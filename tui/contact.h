/* How the customer is reached: the overview's last block. */
#ifndef TUI_CONTACT_H
#define TUI_CONTACT_H

#include "tui/page.h"
#include "tui/session.h"

/* Name, e-mail address, phone, address: what of it the tenant lets be seen, and
 * whole, on as many rows as that takes. */
void contact_rows(struct page *p, const struct session *s);

#endif

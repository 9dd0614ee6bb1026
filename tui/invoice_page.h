/* An invoice as lines on a page. */
#ifndef TUI_INVOICE_PAGE_H
#define TUI_INVOICE_PAGE_H

#include "data/invoice.h"
#include "tui/page.h"
#include "tui/session.h"

/* Head, lines, tax per rate, totals, allocations, the scp line. */
void invoice_page(
    struct page *p, const struct session *s, const struct invoice *inv);

#endif

/* An invoice as lines on a page. */
#ifndef TUI_INVOICE_PAGE_H
#define TUI_INVOICE_PAGE_H

#include "data/invoice.h"
#include "export/paper_doc.h"
#include "tui/page.h"
#include "tui/session.h"

/* Head, lines, tax per rate, totals, allocations, the scp line. */
void invoice_page(
    struct page *p, const struct session *s, const struct invoice *inv);

/* The parts of it that other papers have too. */
void invoice_page_head(
    struct page *p, const char *title, const char *status, bool bold);
/* Lines, tax per rate, net and total. */
void invoice_page_lines(struct page *p, const struct invoice *inv);
void invoice_page_total(struct page *p, const struct invoice *inv,
    const char *label, int64_t amount, bool bold);
/* How to fetch a paper, after a label. */
void invoice_page_scp(struct page *p, const char *label, const char *scp);
void invoice_page_fetch(struct page *p, const struct session *s,
    const char *folder, const char *number);

/* The paper itself, as text. */
enum err paper_page(struct page *p, const struct paper_doc *doc);

#endif

/* A ticket and what was written in it, as lines on a page. */
#ifndef TUI_THREAD_H
#define TUI_THREAD_H

#include "data/ticket.h"
#include "tui/page.h"
#include "tui/session.h"

void thread_page(
    struct page *p, const struct session *s, const struct ticket *t);

#endif

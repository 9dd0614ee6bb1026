/* The blocks of the overview, as lines on a page. */
#ifndef TUI_OVERVIEW_BLOCKS_H
#define TUI_OVERVIEW_BLOCKS_H

#include "tui/page.h"
#include "tui/session.h"

/* Those that the tenant shows, in their order; the account's state first. */
enum err overview_blocks(
    struct page *p, const struct session *s, bool narrow, bool tall);

#endif

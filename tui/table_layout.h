/* Which columns a table shows and how wide they are. */
#ifndef TUI_TABLE_LAYOUT_H
#define TUI_TABLE_LAYOUT_H

#include "tui/table.h"

/* Fills columns and widths for a width of w. */
void layout_columns(struct table *t, int w, bool two_lines);
void layout_draw_head(const struct table *t, struct canvas *c, struct area a);
void layout_draw_row(
    const struct table *t, size_t row, struct canvas *c, struct area a);
/* A row and a head as a line; the table's title, where it has one, takes the
 * place of the heads that it covers. */
void layout_row(const struct table *t, size_t row, struct row *r);
void layout_head(const struct table *t, struct row *r);
/* Does sorting by this column begin with the largest? */
bool layout_descends(const struct table *t, int column);

#endif

/* A paper as plain text: `v view as text`, and `invoice NUMBER` in scripts. */
#ifndef EXPORT_PAPER_TEXT_H
#define EXPORT_PAPER_TEXT_H

#include "base/buf.h"
#include "export/paper_doc.h"

enum { PAPER_TEXT_WIDTH_MIN = 20, PAPER_TEXT_WIDTH_MAX = 100 };

/*
 * Appends lines that end in \n, none wider than width columns (which is held
 * to the bounds above).  Nothing but text_clean characters and \n.
 */
enum err paper_text(const struct paper_doc *doc, size_t width, struct buf *out);

#endif

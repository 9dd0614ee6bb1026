/*
 * A paper as PDF/A4: text stays text (searchable, copyable), every font is
 * embedded as a subset, and the same paper gives the same bytes.  Links
 * pangocairo: only portal-render may include this.
 */
#ifndef EXPORT_PDF_H
#define EXPORT_PDF_H

#include "base/buf.h"
#include "export/paper_doc.h"

struct pdf;

/*
 * Finds the fonts; each is read when first needed and kept for the papers that
 * follow.  Starts short-lived threads, as drawing does.  locale ("de_AT.UTF-8")
 * decides between forms of Han characters.
 */
enum err pdf_open(struct pdf **out, const char *locale);
void pdf_close(struct pdf *pdf);

/* Appends the whole file to out. */
enum err pdf_draw(
    struct pdf *pdf, const struct paper_doc *doc, struct buf *out);

/* A bound for out: 500 lines of rare characters stay below it. */
enum { PDF_SIZE_MAX = 24 * 1024 * 1024 };

#endif

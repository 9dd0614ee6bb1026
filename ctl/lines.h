/* What invoices, proformas and credit notes have in common in portalctl. */
#ifndef CTL_LINES_H
#define CTL_LINES_H

#include "ctl/ctl.h"
#include "data/invoice.h"

enum { CTL_LINES = 8 };

/* What is given of --line to --line8; untaxed is the category of those
 * without tax. */
int ctl_lines(const struct ctl *c, const char *untaxed,
    struct invoice_line lines[CTL_LINES], size_t *n);
/* "2026-05-08" of an option, if it is there. */
int ctl_day_option(const struct ctl *c, const char *name, int64_t *day);

/* A new paper, all of it from the command line: customer, lines, days.  It
 * points into itself. */
struct ctl_paper {
	struct invoice_new in;
	struct invoice_line lines[CTL_LINES];
};
int ctl_paper_new(struct ctl *c, struct ctl_paper *out);

/* One, to show, and what only its kind has; takes value. */
json_t *ctl_js_paper(const struct invoice *p, const char *key, json_t *value);

#endif

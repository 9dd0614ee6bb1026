/* An invoice, a payment and their provider, filled by hand. */
#ifndef TESTS_EXPORT_PAPERS_H
#define TESTS_EXPORT_PAPERS_H

#include "export/paper_doc.h"

struct papers {
	struct tenant tenant;
	struct invoice invoice;
	struct payment payment;
	struct invoice_tax taxes[3];
	/* where tests may put pieces of their own */
	struct invoice_allocation allocation;
};

/* Lines "Item 1" … "Item n" at 20 % VAT; 10.00 each. */
void papers_init(struct papers *p, size_t nlines);
void papers_release(struct papers *p);
/* Sets every line's text. */
void papers_describe(struct papers *p, const char *description);

#endif

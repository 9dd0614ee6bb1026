/* Finding papers in portalctl. */
#ifndef CTL_DOCUMENT_H
#define CTL_DOCUMENT_H

#include "ctl/ctl.h"
#include "data/document.h"

/* A customer's, as whom the handle acts then; CTL_OK or an exit status after
 * saying why. */
int ctl_invoice_find(
    struct ctl *c, int64_t customer, const char *number, struct invoice *out);
/* The same of a proforma or a credit note. */
int ctl_document_find(struct ctl *c, int64_t customer, enum document_kind kind,
    const char *number, struct document *out);

#endif

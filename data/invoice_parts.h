/* Reading what invoices, proformas and credit notes have in common. */
#ifndef DATA_INVOICE_PARTS_H
#define DATA_INVOICE_PARTS_H

#include "data/invoice.h"

/* The columns of SQL_INVOICE_GET but its state, of any head's statement. */
void invoice_head_read(struct query *q, struct invoice *inv);
/* Lines and taxes of inv->id, by statements shaped like an invoice's. */
enum err invoice_lines_read(
    struct store *st, struct invoice *inv, enum sql lines, enum sql taxes);

#endif

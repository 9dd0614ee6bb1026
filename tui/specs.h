/* How the listings look as tables: filters, attention, two-line rows. */
#ifndef TUI_SPECS_H
#define TUI_SPECS_H

#include "tui/table.h"

extern const struct table_spec spec_invoices;
extern const struct table_spec spec_payments;
extern const struct table_spec spec_ledger;
extern const struct table_spec spec_proformas;
extern const struct table_spec spec_credit_notes;
extern const struct table_spec spec_tickets;

/* Filters, as table.filter counts them: 0 is all. */
enum { FILTER_INVOICES_OPEN = 1, FILTER_INVOICES_PAID };
enum { FILTER_PROFORMAS_OPEN = 1 };
enum { FILTER_TICKETS_OPEN = 1, FILTER_TICKETS_CLOSED };

#endif

/* Paying by bank transfer: what to write where, and the code that says it. */
#ifndef TUI_TRANSFER_H
#define TUI_TRANSFER_H

#include "data/reference.h"
#include "export/epc.h"
#include "tui/session.h"

struct transfer {
	int64_t amount;                    /* what is left to pay; 0: nothing */
	char number[REFERENCE_NUMBER];     /* the invoice, of all the oldest */
	char reference[REFERENCE_PRINTED]; /* as people type it */
	char scan[EPC_SIZE];               /* "": there is nothing to scan */
};

/* For an invoice; 0: for all that is due, by the oldest one's reference, since
 * what is left of a transfer goes on to the next. */
enum err transfer_read(
    const struct session *s, int64_t invoice, struct transfer *out);

#endif

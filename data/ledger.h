/* Posting to the ledger: every movement of a customer's account. */
#ifndef DATA_LEDGER_H
#define DATA_LEDGER_H

#include "data/books.h"

struct ledger_entry {
	int64_t at, day;
	/* invoice payment credit cancellation refund "credit note" */
	const char *kind;
	const char *reference;
	int64_t debit, credit;
	int64_t invoice, payment; /* 0: none */
};

/* One row, in the currency of the books; one of debit and credit is 0. */
enum err ledger_post(struct books *b, const struct ledger_entry *e);

#endif

/*
 * A bank's statement: CAMT.053.001.02 to .08, read by libxml2 without network,
 * entities or trust.  Elements count by name, in whatever namespace a bank puts
 * them.  Knows no store.
 */
#ifndef CTL_CAMT_H
#define CTL_CAMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/money.h"
#include "data/reference.h"

enum {
	CAMT_FILE_MAX = 16 * 1024 * 1024,
	CAMT_KEY = 65,
	CAMT_TEXT = 2001,
	CAMT_PROBLEM = 256,
};

/* One transaction of a booked credit, all of it clean text. */
struct camt_credit {
	char key[CAMT_KEY];          /* names it for ever, see camt_keys() */
	size_t statement;            /* which one of the file: 0, 1, … */
	size_t part;                 /* of an entry of several: 0, 1, … */
	char booked[11], valued[11]; /* days: 2026-05-13 */
	int64_t booked_on;
	int64_t amount;
	char currency[CURRENCY_SIZE];
	char payer[161], payer_iban[IBAN_SIZE];
	char end_to_end[81];
	char bank_reference[81]; /* AcctSvcrRef; "" when it says nothing */
	char *reference;         /* structured ones, lines */
	char *text;              /* whatever else, lines */
	bool reversal;           /* money that goes or went back */
	const char *problem;     /* N_(): why it cannot be booked; or NULL */
};

struct camt {
	char iban[IBAN_SIZE]; /* the account, of all its statements */
	struct camt_credit *credits;
	size_t n;
	size_t statements, debits, not_booked; /* left out */
};

/* Takes the bytes of a file apart.  ERR_BAD_INPUT with a sentence in problem
 * when any of it cannot be understood: then nothing of it counts. */
enum err camt_read(
    struct camt *out, const void *bytes, size_t n, char problem[CAMT_PROBLEM]);
void camt_release(struct camt *c);

/*
 * Gives each credit its key, from what does not change when a bank sends it
 * again, in another statement too: account, day, amount and the bank's own
 * reference of the entry (AcctSvcrRef).  Where that is missing or, as with some
 * banks, not unique, who paid and what they wrote take its place, and equal
 * ones are counted within a statement.  NtryRef is no such reference: it
 * numbers the lines of one statement, or is the same on all.
 */
enum err camt_keys(struct camt *c);

#endif

/*
 * Numbers that carry their own check digits (ISO 7064, mod 97): the creditor
 * reference (ISO 11649) that a customer's transfer names an invoice by, and
 * IBANs (ISO 13616).
 *
 * A reference is made of the tenant's id and the invoice's number and can be
 * read back, so nothing is stored for it: RF, two check digits, 1, INV, 2026,
 * 000498 is invoice INV-2026-000498 of tenant 1.  The tenant is part of it
 * because two brands may share an account.
 */
#ifndef DATA_REFERENCE_H
#define DATA_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	REFERENCE_SIZE = 26,    /* 25 letters and digits */
	REFERENCE_PRINTED = 32, /* in groups of four */
	REFERENCE_NUMBER = 33,  /* an invoice's */
	REFERENCE_FOUND = 16,   /* in one text */
	IBAN_SIZE = 35,
};

/* False: no reference can be made of it, as its form is not WORD-YEAR-SERIAL or
 * it is too long. */
bool reference_make(
    char dst[REFERENCE_SIZE], int64_t tenant, const char *number);
/* "RF18 1INV 2026 0004 98", as ISO 11649 wants it on paper. */
void reference_print(char dst[REFERENCE_PRINTED], const char *reference);

/*
 * The invoices and proformas of a tenant that a text from a bank names, in its
 * order and each once: by reference, if its check digits do not say that it was
 * mistyped, and where numbers is set also by bare
 * number.  Banks cut lines anywhere and drop signs, so blanks and signs within
 * do not matter.  Whether there are such papers is not known here.
 */
size_t reference_find(const char *text, int64_t tenant, bool numbers,
    char found[REFERENCE_FOUND][REFERENCE_NUMBER]);

/* As people write it, into letters and digits only.  False: it is none. */
bool iban_read(char dst[IBAN_SIZE], const char *text);
/* The same account, however each is written? */
bool iban_equal(const char *a, const char *b);

#endif

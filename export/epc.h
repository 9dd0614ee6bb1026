/*
 * A SEPA credit transfer as the text of a QR code, which banking apps scan:
 * EPC069-12, version 002.
 */
#ifndef EXPORT_EPC_H
#define EXPORT_EPC_H

#include <stdint.h>

#include "base/err.h"

enum { EPC_SIZE = 332 }; /* 331 bytes */

struct epc {
	const char *name; /* whose account it is */
	const char *iban;
	const char *bic; /* or "" */
	int64_t amount;  /* cents */
	const char *currency;
	const char *reference; /* ISO 11649, or "" */
	const char *text;      /* where there is no reference; or "" */
};

/*
 * A name that is too long is cut.  ERR_UNSUPPORTED: there is no such transfer:
 * another currency, no valid IBAN, an amount outside 0.01 to 999999999.99, no
 * BIC outside the EEA.  ERR_TOO_BIG: the reference or the text.
 */
enum err epc_text(char dst[EPC_SIZE], const struct epc *e);

#endif

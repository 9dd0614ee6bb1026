/*
 * What stands on a paper, apart from how it is drawn: parties, facts, line
 * table, tax table, totals, notes, as typed values.  The PDF, the text on a
 * screen and (later) UBL are renderings of this one description.
 *
 * It holds only what was fixed when the paper came to be: snapshots and stored
 * totals, never a balance, a status or an allocation.  Those change later, a
 * paper does not; so a receipt does not list the invoices it settled either
 * (credit may be moved, and the allocation's instant is not at hand).
 */
#ifndef EXPORT_PAPER_DOC_H
#define EXPORT_PAPER_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "data/document.h"
#include "data/invoice.h"
#include "data/paper.h"
#include "data/payment.h"
#include "data/reference.h"
#include "data/tenant.h"
#include "export/epc.h"

/* Every fact, total and column, and the label that people read. */
/* clang-format off */
#define FACT_LIST(X) \
	X(ISSUED,          N_("Issued")) \
	X(SUPPLY_DAY,      N_("Supply date")) \
	X(SUPPLY_PERIOD,   N_("Supply period")) \
	X(DUE,             N_("Due")) \
	X(CUSTOMER_NUMBER, N_("Customer number")) \
	X(RECEIVED,        N_("Received")) \
	X(METHOD,          N_("Method")) \
	X(REFERENCE,       N_("Reference")) \
	X(CORRECTS,        N_("Corrects invoice")) \
	X(DESCRIPTION,     N_("Description")) \
	X(QUANTITY,        N_("Quantity")) \
	X(UNIT_PRICE,      N_("Unit price")) \
	X(TAX_RATE,        N_("VAT rate")) \
	X(TAX_KIND,        N_("VAT category")) \
	X(LINE_NET,        N_("Amount")) \
	X(TAXABLE,         N_("Taxable amount")) \
	X(TAX_AMOUNT,      N_("VAT amount")) \
	X(TOTAL_NET,       N_("Net")) \
	X(TOTAL_TAX,       N_("VAT")) \
	X(TOTAL,           N_("Total")) \
	X(TOTAL_CREDITED,  N_("Total credited")) \
	X(TOTAL_RECEIVED,  N_("Amount received"))
/* clang-format on */

#define X(name, label) FACT_##name,
enum fact_key { FACT_LIST(X) FACT_COUNT };
#undef X

enum paper_value_type {
	PAPER_TEXT,     /* text, one line */
	PAPER_DAY,      /* n, a day */
	PAPER_PERIOD,   /* days n to to, both included */
	PAPER_TIME,     /* n, an instant; shown in the document's zone */
	PAPER_MONEY,    /* n minor units of the document's currency */
	PAPER_QUANTITY, /* n thousandths, shown with scale decimals */
	PAPER_RATE,     /* n basis points, likewise; text is the category */
};

struct paper_value {
	enum paper_value_type type;
	int scale;
	int64_t n, to;
	const char *text;
};

struct paper_fact {
	enum fact_key key;
	struct paper_value value;
};

struct paper_party {
	const char *role;  /* "Seller", translated */
	const char *block; /* name and address, lines; the first is the name */
	const char *vat;   /* "" when there is none */
};

/* cells[row * ncolumns + column] */
struct paper_table {
	const enum fact_key *columns;
	size_t ncolumns;
	struct paper_value *cells;
	size_t nrows;
};

/* A paragraph below the totals; the head may be NULL. */
struct paper_note {
	const char *head;
	const char *text;
};

enum { PAPER_FACTS = 4, PAPER_TOTALS = 3, PAPER_NOTES = 3, PAPER_CONTACTS = 3 };

struct paper_doc {
	enum paper_kind kind;
	const char *title; /* "Invoice", translated */
	const char *number;
	const char *brand;
	const char *currency;
	const char *zone;
	int64_t made_at; /* issued or paid */
	struct paper_party seller, buyer;
	struct paper_fact facts[PAPER_FACTS];
	size_t nfacts;
	struct paper_table lines, taxes; /* without rows on a receipt */
	/* The last one is what the paper is about. */
	struct paper_fact totals[PAPER_TOTALS];
	size_t ntotals;
	/* How to pay: bank lines, the reference to give, and both with the
	 * total as what a banking app scans (epc.h), where it can; "" on
	 * receipts, on credit notes and where there is nothing to pay. */
	const char *bank;
	char bank_reference[REFERENCE_NUMBER];
	char scan[EPC_SIZE];
	struct paper_note notes[PAPER_NOTES];
	size_t nnotes;
	/* Ways to reach the provider, none empty. */
	const char *contacts[PAPER_CONTACTS];
	size_t ncontacts;
};

/* All borrow every text from the payment, invoice or document and the tenant,
 * which must outlive the description.  ERR_NOMEM. */
enum err paper_doc_invoice(struct paper_doc *out, const struct invoice *inv,
    const struct tenant *tenant);
enum err paper_doc_document(struct paper_doc *out, const struct document *d,
    const struct tenant *tenant);
enum err paper_doc_receipt(struct paper_doc *out, const struct payment *p,
    const struct tenant *tenant);
void paper_doc_release(struct paper_doc *doc);

/* Translated. */
const char *fact_label(enum fact_key key);
/* Is it a column of numbers, aligned at its right edge? */
bool fact_is_number(enum fact_key key);

/*
 * A value for people, in the current locale, without its currency.  Gives
 * either the value's own text or dst.
 */
enum { PAPER_VALUE_SIZE = 128 };
const char *paper_value_text(const struct paper_doc *doc,
    const struct paper_value *value, char dst[PAPER_VALUE_SIZE]);
/* "VAT", or "Total EUR": the currency stands once, at the last total. */
void paper_total_label(char dst[PAPER_VALUE_SIZE], const struct paper_doc *doc,
    const struct paper_fact *total);

#endif

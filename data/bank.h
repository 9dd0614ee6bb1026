/* Money that came by bank transfer: whose it is, and booking it once. */
#ifndef DATA_BANK_H
#define DATA_BANK_H

#include "base/money.h"
#include "data/reference.h"
#include "data/store.h"

/* A credit on a statement of the tenant's account. */
struct bank_credit {
	const char *entry; /* names it for ever, whoever imports it how often */
	int64_t booked_on; /* day */
	int64_t amount;
	const char *currency;
	const char *reference; /* structured references, lines; or "" */
	const char *text;      /* whatever else the payer wrote, lines; or "" */
	const char *bank_reference;
	/* The account is another tenant's too: a bare invoice number could be
	 * either's. */
	bool shared;
};

enum bank_outcome {
	BANK_BOOKED,
	BANK_ALREADY,   /* this entry was booked before */
	BANK_UNMATCHED, /* nobody knows whose it is, or it cannot be booked */
};

struct bank_result {
	enum bank_outcome outcome;
	char why[192]; /* English, to be translated: why not, or a remark */
	int64_t customer;
	char customer_number[33], customer_name[161];
	/* What was named, in its order. */
	int64_t invoices[REFERENCE_FOUND];
	size_t ninvoices;
	char invoice_number[REFERENCE_NUMBER]; /* the first one's */
	/* Or one proforma; the invoice is then the one that it has become. */
	int64_t proforma;
	char proforma_number[REFERENCE_NUMBER];
	char receipt[33];
	int64_t left; /* what stays as credit */
};

/* System: does another tenant have this account? */
enum err bank_shared(struct store *st, const char *iban, bool *shared);

/*
 * System: finds the invoice, by structured reference, then in the text, and
 * books a payment of its customer: what was named first, then the oldest, the
 * rest is credit.  A proforma is paid as by proforma_pay(); less than its total
 * is money of its customer like any other, and is remarked on.  All of it in
 * one transaction, which is run again when another one got in its way.  With
 * dry nothing is changed, and left and receipt are unknown.  What cannot be
 * booked is a result, not an error.
 */
enum err bank_book(struct store *st, const struct bank_credit *in, bool dry,
    struct bank_result *out);

#endif

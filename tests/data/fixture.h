/*
 * Three customers with something of everything: anna and bert of one tenant,
 * caro of another.  Made through the nouns; the walk test adds by hand what no
 * noun leaves lying about.
 */
#ifndef TESTS_DATA_FIXTURE_H
#define TESTS_DATA_FIXTURE_H

#include "tests/data/scratch.h"

enum {
	FIXTURE_TODAY = 20587, /* 14 May 2026 */
	FIXTURE_DRAFT = 1000,  /* an invoice's id and this: an empty draft */
};

enum who { WHO_ANNA, WHO_BERT, WHO_CARO, WHO_COUNT };

/* What belongs to one customer. */
struct holding {
	int64_t tenant, customer, login, plan, service;
	int64_t invoice; /* partly paid */
	int64_t unpaid;  /* an invoice with nothing paid, overdue */
	int64_t payment; /* of money; on invoice */
	int64_t ticket;
	int64_t paper;  /* of invoice, finished, one chunk */
	int64_t unmade; /* paper of the payment's receipt, not finished */
	int64_t begun;  /* paper of unpaid, without any chunk */
	int64_t seller, buyer; /* of invoice */
	int64_t refund;        /* of payment, cancelled */
	int64_t allocation;    /* of payment to invoice */
	int64_t gift;          /* a credit */
	int64_t emptied;       /* its allocation to unpaid, taken back */
	int64_t checkout; /* of invoice, which it has; its page has ended */
	int64_t topup;    /* another, wanted; a third is superseded */
	int64_t method;   /* saved, not the default */
	int64_t charged;  /* the default */
	int64_t charge;   /* of charged, for invoice, wanted */
	int64_t setup;    /* a checkout whose page is open */
	int64_t proforma; /* unpaid; a checkout has it, whose page is open */
	int64_t proforma_checkout;
	int64_t spare;        /* another proforma, which nobody has */
	int64_t credit_note;  /* of unpaid */
	int64_t email_change; /* waits for FIXTURE_CODE */
	char number[33], email[255], plan_name[81];
	char invoice_number[33], receipt[33];
	char proforma_number[33], credit_number[33];
	char entry[33]; /* of a bank statement; payment's */
	char fingerprint[64];
	unsigned char key[51]; /* SSH wire blob */
};

struct fixture {
	struct scratch scratch; /* st: ROLE_SYSTEM, no tenant; fixed clock */
	struct holding of[WHO_COUNT];
};

void fixture_open(struct fixture *f);
void fixture_release(struct fixture *f);

/* The logins' password. */
#define FIXTURE_PASSWORD "correct horse battery"

/* What confirms each login's new e-mail address. */
#define FIXTURE_CODE "12345678"

struct identity fixture_identity(
    const struct fixture *f, enum who who, enum role role);

#endif

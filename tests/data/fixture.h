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
	int64_t checkout; /* of invoice, which it has; its page has ended */
	int64_t topup;    /* another, wanted; a third is superseded */
	char number[33], email[255], plan_name[81];
	char invoice_number[33], receipt[33];
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

struct identity fixture_identity(
    const struct fixture *f, enum who who, enum role role);

#endif

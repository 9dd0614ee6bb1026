/* A customer, their account in figures, and their logins. */
#ifndef DATA_CUSTOMER_H
#define DATA_CUSTOMER_H

#include "base/money.h"
#include "data/store.h"

struct customer {
	int64_t id;
	char number[33];
	char name[161];
	char email[255];
	char phone[65];
	char street[161];
	char postcode[33];
	char city[81];
	char country[3];
	char vat_id[33];
	char state[16]; /* active blocked inactive */
	int64_t min_balance;
};

/* The identity's own customer. */
enum err customer_get(struct store *st, struct customer *out);
/* When they were added; ERR_NOT_FOUND. */
enum err customer_since(struct store *st, int64_t *at);
/* What a search finds them by. */
enum { CUSTOMER_WORDS = 33 + 161 + 255 };
void customer_words(char dst[CUSTOMER_WORDS], const struct customer *c);

/*
 * The account in figures, one statement.  Credit counts against what is owed:
 * balance = sum of invoice balances - unapplied credit; > 0: owes.
 */
struct account {
	char currency[CURRENCY_SIZE];
	int64_t balance;
	int64_t credit;    /* unapplied */
	int64_t due_total; /* what settles everything: max(balance, 0) */
	int64_t overdue_total;
	int64_t sent_total;    /* for invoices, and being processed */
	int64_t overdue_since; /* day after the earliest missed due date */
	int64_t open_invoices, overdue_invoices;
	bool has_next; /* OV3: earliest due day not yet missed */
	int64_t next_due_on, next_due_amount;
	bool has_suspension; /* OV4: owes more than min_balance allows */
	int64_t suspension_on;
	bool has_last_invoice;
	int64_t last_invoice_on, last_invoice_total;
	bool has_last_payment;
	int64_t last_payment_at, last_payment_amount;
	int64_t services, services_active; /* active includes online */
	int64_t invoices, payments;
	int64_t tickets, tickets_open, tickets_waiting; /* for the customer */
};
/* suspend_after_days: of the settings. */
enum err account_get(struct store *st, int64_t today, int suspend_after_days,
    struct account *out);

/* The identity's own login. */
struct login {
	int64_t id;
	char email[255];
	char name[161];
	int64_t last_at;
};
enum err login_get(struct store *st, struct login *out);

/*
 * Changes what the tenant's settings let the customer edit; the rest is
 * ignored unless it differs (ERR_DENIED). ERR_BAD_INPUT: store_problem() has
 * field (PROFILE_FIELD word) and reason.  E-mail is not changed here.
 */
enum err profile_update(struct store *st, const struct customer *c);
/* ERR_BAD_INPUT: problem field "old" or "new". */
enum err password_change(
    struct store *st, const char *old_password, const char *new_password);

/* System: id is set; an empty number takes the next of the series. */
enum err customer_create(struct store *st, struct customer *c);
/* System: by number, e-mail of a login, or the e-mail of just one customer. */
enum err customer_find(
    struct store *st, const char *number_or_email, struct customer *out);
enum err customer_set_state(
    struct store *st, int64_t customer, const char *state);

/* System: customer 0 makes a staff login; password NULL: none yet. */
enum err login_create(struct store *st, int64_t customer, const char *email,
    const char *name, const char *password, int64_t *id);
enum err login_find(
    struct store *st, const char *email, int64_t *login, int64_t *customer);
enum err login_set_password(
    struct store *st, int64_t login, const char *password);
enum err login_set_disabled(struct store *st, int64_t login, bool disabled);
/* line: one line of an OpenSSH .pub or authorized_keys file. */
enum err login_key_add(
    struct store *st, int64_t login, const char *line, char fingerprint[64]);

#endif

/*
 * Changing one's e-mail address: a code is mailed to the new one and has to
 * come back.  It is of one login, for this only, stored as a hash, and good for
 * a while and a few tries.
 */
#ifndef DATA_EMAIL_CHANGE_H
#define DATA_EMAIL_CHANGE_H

#include "data/store.h"

enum {
	EMAIL_CODE = 8, /* digits */
	EMAIL_CODE_S = 30 * 60,
	EMAIL_TRIES = 5,      /* wrong codes */
	EMAIL_CODES_HOUR = 5, /* mails to one login's new addresses */
};

struct email_change {
	int64_t id; /* 0: none waits for its code */
	char email[255];
	int64_t expires_at;
};

/* The identity's own that waits for its code. */
enum err email_change_get(struct store *st, struct email_change *out);
/*
 * Mails a code; the one before is no good any more.  ERR_BAD_INPUT: problem
 * field "email", or "" when it can never work here.  ERR_DENIED: the tenant
 * does not let customers do it.  Never says whether the address has a login.
 */
enum err email_change_start(struct store *st, const char *email);
/*
 * The login and the customer have the new address.  ERR_BAD_INPUT: problem
 * field "code" when another try may be right, "" when it is over.
 */
enum err email_change_confirm(struct store *st, const char *code);

#endif

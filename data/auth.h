/*
 * Who somebody is.  Runs on direct engines only, in the store worker that the
 * monitor asks.  Every outcome is written to the audit log.
 */
#ifndef DATA_AUTH_H
#define DATA_AUTH_H

#include "data/store.h"

enum auth_result {
	AUTH_OK,
	AUTH_WRONG,    /* wrong e-mail or password: never said which */
	AUTH_DISABLED, /* right, but access was taken away (after the proof) */
};

struct auth {
	enum auth_result result;
	struct identity id; /* when AUTH_OK; source filled in */
	int64_t delay_ms;   /* wait this long before answering */
	char tenant[33];    /* the tenant's SSH name */
	char zone[64];      /* its time zone, locale and display name */
	char locale[32];
	char brand[81];
	char email[255];
};

/*
 * user is the SSH user name (or the tenant's name): no tenant of that name
 * means the default tenant.  For SSH password authentication with the e-mail as
 * user name, email is "" and user holds "EMAIL" or "TENANT=EMAIL".  The
 * password is not changed; the caller wipes it.  Takes as long for an unknown
 * e-mail as for a wrong password.  source is an address without port. Only the
 * login counts: a blocked or inactive customer gets in, to pay and to fetch
 * papers. Delays: the first three failures cost nothing; then they double to at
 * most 16 s, per (account, source) where the source logged in here before, in
 * one shared count per account for all unfamiliar sources.  A network that
 * fails more than thirty times waits up to 4 s on any account that is new to
 * it.  No count ever refuses the right password.
 */
enum err auth_password(struct store *st, const char *user, const char *email,
    const char *password, const char *source, struct auth *out);
/* Is this public key (SSH wire blob) somebody's?  Writes no audit unless
 * verified; with verified (signature checked) it is a login. */
enum err auth_key(struct store *st, const char *user, const void *blob,
    size_t len, bool verified, const char *source, struct auth *out);

/* argon2id in libsodium's string form. */
enum { PASSWORD_HASH = 128, PASSWORD_MIN = 8, PASSWORD_MAX = 256 };
enum err password_hash(char out[PASSWORD_HASH], const char *password);
bool password_verify(const char *hash, const char *password);

#endif

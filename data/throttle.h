/*
 * Growing delays after failures.  A count is a row of its own key; it is
 * forgotten when a day has passed without another failure.
 */
#ifndef DATA_THROTTLE_H
#define DATA_THROTTLE_H

#include "data/store.h"

enum { THROTTLE_KEY = 400, THROTTLE_SOURCE = 64 };

/* The network a source belongs to: /24, /64, or the word itself. */
void throttle_source(char dst[THROTTLE_SOURCE], const char *source);

/* Of an account, for all sources it was never used from. */
void throttle_key_account(
    char dst[THROTTLE_KEY], int64_t tenant, const char *email);
/* Of an account and a source where it was used before. */
void throttle_key_familiar(
    char dst[THROTTLE_KEY], int64_t tenant, int64_t login, const char *source);
void throttle_key_source(char dst[THROTTLE_KEY], const char *source);

/* Direct engines, ROLE_SYSTEM or within a verb. */
enum err throttle_get(
    struct store *st, const char *key, int64_t *failures, int64_t *last_at);
enum err throttle_fail(struct store *st, const char *key);
enum err throttle_clear(struct store *st, const char *key);

/*
 * After so many failures: nothing at first, then 1 s and doubled.  An account's
 * count begins after three and ends at 16 s; a network's, which many customers
 * may share, begins after thirty and ends at 4 s.
 */
enum throttle_of { THROTTLE_ACCOUNT, THROTTLE_NETWORK };
int64_t throttle_delay_ms(enum throttle_of of, int64_t failures);

#endif

/*
 * Whose a gateway's event is, where it does not say so itself.  For handles of
 * ROLE_SYSTEM; whoever is found may be anybody.
 */
#ifndef DATA_EVENT_H
#define DATA_EVENT_H

#include "data/store.h"

struct event_owner {
	int64_t tenant, customer;
};
/* By the intent ("pi_…") of money that was booked.  ERR_NOT_FOUND. */
enum err event_by_intent(struct store *st, const char *account,
    const char *intent, struct event_owner *out);
/* By the gateway's customer ("cus_…").  ERR_NOT_FOUND. */
enum err event_by_customer(struct store *st, const char *account,
    const char *ref, struct event_owner *out);

#endif

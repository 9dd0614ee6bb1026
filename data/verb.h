/*
 * Verbs: named operations of several statements in one transaction, run by a
 * direct engine (for sessions: in the store worker).  One row each.
 */
#ifndef DATA_VERB_H
#define DATA_VERB_H

#include "data/store.h"

/* clang-format off */
#define ROLES_CUSTOMER (1u << ROLE_CUSTOMER | 1u << ROLE_SYSTEM)
#define ROLES_RENDER   (1u << ROLE_RENDER   | 1u << ROLE_SYSTEM)
#define ROLES_STAFF    (1u << ROLE_STAFF    | 1u << ROLE_SYSTEM)
#define ROLES_SYSTEM   (1u << ROLE_SYSTEM)

/*	verb            roles           handler, declared in verbs.c */
#define VERB_LIST(X) \
	X(TICKET_CREATE,   ROLES_CUSTOMER, verb_ticket_create) \
	X(TICKET_REPLY,    ROLES_CUSTOMER, verb_ticket_reply) \
	X(TICKET_CLOSE,    ROLES_CUSTOMER, verb_ticket_close) \
	X(TICKET_REOPEN,   ROLES_CUSTOMER, verb_ticket_reopen) \
	X(PROFILE_UPDATE,  ROLES_CUSTOMER, verb_profile_update) \
	X(PASSWORD_CHANGE, ROLES_CUSTOMER, verb_password_change) \
	X(EMAIL_CHANGE_START, ROLES_CUSTOMER, verb_email_change_start) \
	X(EMAIL_CHANGE_CONFIRM, ROLES_CUSTOMER, verb_email_change_confirm) \
	X(PAPER_KEEP,      ROLES_RENDER,   verb_paper_keep) \
	X(CHECKOUT_CREATE, ROLES_CUSTOMER, verb_checkout_create) \
	X(CHECKOUT_RENEW,  ROLES_CUSTOMER, verb_checkout_renew) \
	X(METHOD_DEFAULT,  ROLES_CUSTOMER, verb_method_default) \
	X(METHOD_REMOVE,   ROLES_CUSTOMER, verb_method_remove) \
	X(METHOD_CHARGE,   ROLES_CUSTOMER, verb_method_charge) \
	X(AUTOPAY_SET,     ROLES_CUSTOMER, verb_autopay_set)
/* clang-format on */

enum verb {
#define X(name, roles, fn) VERB_##name,
	VERB_LIST(X)
#undef X
	    VERB_COUNT
};

struct verb_def {
	const char *name;
	unsigned roles;
	enum err (*run)(struct store *st, struct rd *args, struct buf *reply);
};

/* Only direct engines refer to this table. */
extern const struct verb_def verb_table[VERB_COUNT];

/*
 * Runs a verb: on a socket engine by the store worker, on a direct engine here
 * in a transaction of its own that is rolled back on any error.  reply may be
 * NULL.  ERR_BAD_INPUT leaves the reason in store_problem().
 */
enum err store_call(struct store *st, enum verb verb, const struct buf *args,
    struct buf *reply);
/* The same of a verb that answers with an id. */
enum err store_call_id(
    struct store *st, enum verb verb, const struct buf *args, int64_t *id);

#endif

/* The audit log: time, actor, address, method, result. */
#ifndef DATA_AUDIT_H
#define DATA_AUDIT_H

#include "data/store.h"

struct audit {
	const char *actor;  /* NULL: the login's e-mail, else "system" */
	const char *action; /* login, password, profile, ticket, … */
	const char *method; /* password key; NULL: none */
	const char *result; /* NULL: "ok" */
};

/* About the handle's tenant, customer and login, from its source.  Direct
 * engines. */
enum err audit_write(struct store *st, const struct audit *a);

#endif

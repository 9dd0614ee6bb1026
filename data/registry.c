/*
 * What can be said about statements without their texts: session programs link
 * this, so it must not refer to sql_table.
 */
#include "data/registry.h"

#include "data/verb.h"

static uint64_t
fnv(uint64_t h, const char *s)
{
	do
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	while (*s++ != '\0');
	return h;
}

uint64_t
registry_hash(void)
{
	/* The statements' part is counted when sql_ids.h is made. */
	uint64_t h = (uint64_t)SQL_HASH_HIGH << 32 | SQL_HASH_LOW;

	h = fnv(h, PORTAL_VERSION);
#define X(name, roles, fn) h = fnv(h, #name);
	VERB_LIST(X)
#undef X
	return h;
}

/* clang-format off */
#define SCOPE_BIT(s) (1u << SCOPE_##s)

static const struct {
	unsigned scopes;
	bool write;
} rights[] = {
	[ROLE_NONE]     = { 0, false },
	[ROLE_CUSTOMER] = { SCOPE_BIT(CUSTOMER) | SCOPE_BIT(SHARED), false },
	[ROLE_RENDER]   = { SCOPE_BIT(CUSTOMER) | SCOPE_BIT(SHARED), false },
	[ROLE_STAFF]    = { SCOPE_BIT(SHARED) | SCOPE_BIT(TENANT), false },
	[ROLE_SYSTEM]   = { SCOPE_BIT(CUSTOMER) | SCOPE_BIT(SHARED) |
	                    SCOPE_BIT(TENANT) | SCOPE_BIT(SYSTEM), true },
};
/* clang-format on */

bool
sql_allowed(const struct sql_def *def, enum role role)
{
	if ((size_t)role >= sizeof(rights) / sizeof(*rights))
		return false;
	return (rights[role].scopes & 1u << def->scope) != 0 &&
	       (!def->write || rights[role].write);
}

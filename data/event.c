/* Looking owners up by a gateway's ids. */
#include "data/event.h"

static enum err
find(struct store *st, enum sql sql, const char *account, const char *ref,
    struct event_owner *out)
{
	struct query q = query_begin(st, sql);
	struct event_owner found = {0};
	enum err err;

	query_bind_text(&q, account);
	query_bind_text(&q, ref);
	while (query_row(&q))
		found = (struct event_owner) {col_int(&q, 0), col_int(&q, 1)};
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (found.tenant == 0)
		return ERR_NOT_FOUND;
	*out = found;
	return ERR_NONE;
}

enum err
event_by_intent(struct store *st, const char *account, const char *intent,
    struct event_owner *out)
{
	return find(st, SQL_GATEWAY_PAYMENT_GET, account, intent, out);
}

enum err
event_by_customer(struct store *st, const char *account, const char *ref,
    struct event_owner *out)
{
	return find(st, SQL_GATEWAY_CUSTOMER_BY_REF, account, ref, out);
}

/* Writing the audit log. */
#include "data/audit.h"

enum err
audit_write(struct store *st, const struct audit *a)
{
	struct query q = query_begin(st, SQL_AUDIT_INSERT);

	query_bind_int(&q, clock_now(store_clock(st)));
	query_bind_text(&q, a->actor != NULL ? a->actor : "");
	query_bind_text(&q, a->action);
	query_bind_text(&q, a->method != NULL ? a->method : "");
	query_bind_text(&q, store_identity(st)->source);
	query_bind_text(&q, a->result != NULL ? a->result : "ok");
	return query_run(&q, NULL);
}

/* Posting to the ledger. */
#include "data/ledger.h"

enum err
ledger_post(struct books *b, const struct ledger_entry *e)
{
	struct query q = query_begin(b->st, SQL_LEDGER_INSERT);

	query_bind_int(&q, e->at);
	query_bind_int(&q, e->day);
	query_bind_text(&q, e->kind);
	query_bind_text(&q, e->reference);
	query_bind_int(&q, e->debit);
	query_bind_int(&q, e->credit);
	query_bind_text(&q, b->currency);
	query_bind_id(&q, e->invoice);
	query_bind_id(&q, e->payment);
	return query_run(&q, NULL);
}

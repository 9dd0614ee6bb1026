/* Issuing invoices: what one does to the account. */
#include <string.h>

#include "data/draft.h"
#include "data/ledger.h"
#include "data/settle.h"

static enum err
head_insert(struct books *b, const struct draft *d, int64_t *id)
{
	struct query q = query_begin(b->st, SQL_INVOICE_INSERT);

	draft_bind(&q, b, d);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

static enum err
enter(struct books *b, struct draft *d, int64_t *id)
{
	enum err err;

	if ((err = draft_number(b, d, SERIES_INVOICE)) != ERR_NONE ||
	    (err = head_insert(b, d, id)) != ERR_NONE ||
	    (err = draft_parts(b, d, *id, SQL_INVOICE_LINE_INSERT,
		 SQL_INVOICE_TAX_INSERT)) != ERR_NONE)
		return err;
	err = ledger_post(b, &(struct ledger_entry) {.at = d->issued_at,
				 .day = d->in->issued_on,
				 .kind = "invoice",
				 .reference = d->number,
				 .debit = d->total,
				 .invoice = *id});
	if (err == ERR_NONE && b->credit > 0)
		err = settle_invoice(b, *id, d->issued_at, d->total);
	if (err == ERR_NONE)
		store_changed(
		    b->st, b->customer, TOPIC_BILLING | TOPIC_ACCOUNT);
	return err;
}

enum err
books_issue(
    struct books *b, const struct invoice_new *in, int64_t *id, char number[33])
{
	struct draft d;
	int64_t made = 0;
	enum err err;

	if ((err = draft_make(b, in, &d)) != ERR_NONE ||
	    (err = enter(b, &d, &made)) != ERR_NONE)
		return b->failed = err;
	if (id != NULL)
		*id = made;
	if (number != NULL)
		memcpy(number, d.number, sizeof(d.number));
	return ERR_NONE;
}

struct issue_entry {
	const struct invoice_new *in;
	int64_t *id;
	char *number;
};

static enum err
issue_entry(struct books *b, void *arg)
{
	const struct issue_entry *e = arg;

	return books_issue(b, e->in, e->id, e->number);
}

enum err
invoice_issue(struct store *st, const struct invoice_new *in, int64_t *id,
    char number[33])
{
	struct issue_entry e = {in, id, number};

	return books_enter(st, in->customer, issue_entry, &e);
}

/* Cancelling an invoice: it owes nothing, what had paid it is credit again. */
#include "base/i18n.h"
#include "data/audit.h"
#include "data/books.h"
#include "data/document.h"
#include "data/ledger.h"
#include "data/settle.h"

struct cancelled {
	char number[33];
	int64_t total;
};

/* What was credited of it would be credited once more. */
static enum err
check(struct books *b, int64_t invoice)
{
	int64_t credited;
	enum err err = document_credited(b->st, invoice, &credited);

	if (err != ERR_NONE || credited == 0)
		return err;
	return store_refuse(b->st, "invoice",
	    N_("A credit note corrects this invoice: credit the rest of it "
	       "instead."));
}

static enum err
mark(struct books *b, int64_t invoice, struct cancelled *c)
{
	struct query q = query_begin(b->st, SQL_INVOICE_CANCEL);
	bool found = false;
	enum err err;

	query_bind_int(&q, invoice);
	while (query_row(&q)) {
		found = true;
		col_copy(&q, 0, c->number, sizeof(c->number));
		c->total = col_int(&q, 1);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return found ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err
free_credit(struct books *b, int64_t invoice)
{
	struct query q = query_begin(b->st, SQL_ALLOCATION_DROP);

	query_bind_int(&q, invoice);
	while (query_row(&q))
		b->credit += col_int(&q, 0);
	return query_end(&q);
}

static enum err
cancel(struct books *b, int64_t invoice)
{
	struct cancelled c = {0};
	enum err err;

	b->less = true;
	if ((err = check(b, invoice)) != ERR_NONE ||
	    (err = mark(b, invoice, &c)) != ERR_NONE ||
	    (err = free_credit(b, invoice)) != ERR_NONE)
		return err;
	err = ledger_post(b, &(struct ledger_entry) {.at = b->now,
				 .day = b->today,
				 .kind = "cancellation",
				 .reference = c.number,
				 .credit = c.total,
				 .invoice = invoice});
	if (err == ERR_NONE)
		err = settle_all(b);
	if (err == ERR_NONE)
		err = settle_restore(b);
	if (err == ERR_NONE)
		err = audit_write(
		    b->st, &(struct audit) {.action = "invoice cancelled"});
	if (err == ERR_NONE)
		store_changed(
		    b->st, b->customer, TOPIC_BILLING | TOPIC_ACCOUNT);
	return err;
}

enum err
books_cancel(struct books *b, int64_t invoice)
{
	return b->failed = cancel(b, invoice);
}

static enum err
cancel_entry(struct books *b, void *arg)
{
	const int64_t *id = arg;

	return books_cancel(b, *id);
}

enum err
invoice_cancel(struct store *st, int64_t customer, int64_t id)
{
	return books_enter(st, customer, cancel_entry, &id);
}

/* Allocations.  Rows are read whole before any is written. */
#include "data/settle.h"

#include "data/audit.h"

enum { PAGE = 64 };

/* An invoice with a balance, or a payment with something left. */
struct open_item {
	int64_t id, amount, at;
};

static enum err
allocate(struct books *b, int64_t payment, int64_t invoice, int64_t amount,
    int64_t at)
{
	struct query q = query_begin(b->st, SQL_ALLOCATION_INSERT);

	query_bind_int(&q, payment);
	query_bind_int(&q, invoice);
	query_bind_int(&q, amount);
	query_bind_int(&q, at);
	b->less = true;
	return query_run(&q, NULL);
}

/* At most PAGE of SQL_BOOKS_UNPAID or SQL_BOOKS_CREDITS. */
static enum err
items_read(
    struct store *st, enum sql sql, struct open_item items[PAGE], size_t *n)
{
	struct query q = query_begin(st, sql);

	*n = 0;
	query_bind_int(&q, PAGE);
	while (query_row(&q) && *n < PAGE)
		items[(*n)++] = (struct open_item) {
		    col_int(&q, 0), col_int(&q, 1), col_int(&q, 2)};
	return query_end(&q);
}

static enum err
settle_named(struct books *b, int64_t payment, int64_t at, int64_t invoice,
    int64_t *left)
{
	struct query q = query_begin(b->st, SQL_BOOKS_BALANCE);
	struct open_item item = {0};
	int64_t amount;
	enum err err;

	query_bind_int(&q, invoice);
	while (query_row(&q))
		item = (struct open_item) {
		    col_int(&q, 0), col_int(&q, 1), col_int(&q, 2)};
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (item.id == 0)
		return ERR_NOT_FOUND;
	if ((amount = money_min(item.amount, *left)) <= 0)
		return ERR_NONE;
	*left -= amount;
	return allocate(
	    b, payment, invoice, amount, at > item.at ? at : item.at);
}

static enum err
settle_oldest(struct books *b, int64_t payment, int64_t at, int64_t *left)
{
	struct open_item items[PAGE];
	int64_t amount;
	size_t n;
	enum err err;

	do {
		err = items_read(b->st, SQL_BOOKS_UNPAID, items, &n);
		for (size_t i = 0; err == ERR_NONE && i < n; i++) {
			if (*left == 0)
				return ERR_NONE;
			amount = money_min(items[i].amount, *left);
			*left -= amount;
			err = allocate(b, payment, items[i].id, amount,
			    at > items[i].at ? at : items[i].at);
		}
	} while (err == ERR_NONE && *left > 0 && n == PAGE);
	return err;
}

enum err
settle_payment(struct books *b, int64_t payment, int64_t at,
    const struct payment_new *in, int64_t *left)
{
	enum err err = ERR_NONE;

	*left = in->amount;
	if (in->invoice != 0)
		err = settle_named(b, payment, at, in->invoice, left);
	for (size_t i = 0; i < in->ninvoices && err == ERR_NONE; i++)
		err = settle_named(b, payment, at, in->invoices[i], left);
	if (err == ERR_NONE && *left > 0)
		err = settle_oldest(b, payment, at, left);
	return err;
}

enum err
settle_invoice(struct books *b, int64_t invoice, int64_t at, int64_t balance)
{
	struct open_item items[PAGE];
	int64_t amount;
	size_t n;
	enum err err = ERR_NONE;

	while (err == ERR_NONE && balance > 0 && b->credit > 0) {
		err = items_read(b->st, SQL_BOOKS_CREDITS, items, &n);
		if (err == ERR_NONE && n == 0)
			return ERR_INTERNAL;
		for (size_t i = 0; err == ERR_NONE && i < n && balance > 0;
		     i++) {
			amount = money_min(items[i].amount, balance);
			balance -= amount;
			b->credit -= amount;
			err = allocate(b, items[i].id, invoice, amount,
			    at > items[i].at ? at : items[i].at);
		}
	}
	return err;
}

enum err
settle_all(struct books *b)
{
	struct open_item items[PAGE];
	size_t n;
	enum err err;

	do {
		err = items_read(b->st, SQL_BOOKS_UNPAID, items, &n);
		for (size_t i = 0; err == ERR_NONE && i < n && b->credit > 0;
		     i++)
			err = settle_invoice(
			    b, items[i].id, b->now, items[i].amount);
	} while (err == ERR_NONE && b->credit > 0 && n == PAGE);
	return err;
}

static enum err
overdue_count(struct books *b, int64_t *n)
{
	struct query q = query_begin(b->st, SQL_BOOKS_OVERDUE);

	query_bind_int(&q, b->today);
	while (query_row(&q))
		*n = col_int(&q, 0);
	return query_end(&q);
}

enum err
settle_restore(struct books *b)
{
	int64_t overdue = 0;
	struct query q;
	enum err err;

	if (!b->blocked)
		return ERR_NONE;
	if ((err = overdue_count(b, &overdue)) != ERR_NONE || overdue > 0)
		return err;
	q = query_begin(b->st, SQL_CUSTOMER_STATE_SET);
	query_bind_text(&q, "active");
	if ((err = query_run(&q, NULL)) != ERR_NONE)
		return err;
	b->blocked = false;
	store_changed(b->st, b->customer, TOPIC_ACCOUNT | TOPIC_SERVICES);
	return audit_write(b->st, &(struct audit) {.action = "restored"});
}

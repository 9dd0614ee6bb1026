/*
 * Opening a customer's books: who sells, who buys, what credit there is.  Who
 * they are is written down as snapshots that papers refer to and that never
 * change.
 */
#include "data/books.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "data/checkout_write.h"
#include "data/counter.h"

/* Columns of SQL_BOOKS_OPEN. */
/* clang-format off */
enum {
	COL_LEGAL_NAME, COL_ADDRESS, COL_TENANT_COUNTRY, COL_TENANT_VAT,
	COL_REGISTER, COL_BANK, COL_IBAN, COL_BIC, COL_TERMS, COL_CURRENCY,
	COL_ZONE, COL_NUMBER, COL_NAME, COL_STREET, COL_POSTCODE, COL_CITY,
	COL_COUNTRY, COL_VAT, COL_STATE, COL_CREDIT,
};
/* clang-format on */

/* clang-format off */
static const struct {
	const char *name, *prefix;
} series[SERIES_COUNT] = {
	[SERIES_INVOICE]     = { "invoice",     "INV" },
	[SERIES_RECEIPT]     = { "receipt",     "RCP" },
	[SERIES_PROFORMA]    = { "proforma",    "PRO" },
	[SERIES_CREDIT_NOTE] = { "credit-note", "CN" },
	[SERIES_REFUND]      = { "refund",      "RFD" },
};
/* clang-format on */

struct party {
	char body[641], vat[33], bank[321], note[641], number[33];
};

/* Adds a line, if there is something to say. */
static void
add_line(char *dst, size_t size, const char *label, const char *text)
{
	size_t used = strlen(dst);

	if (text[0] != '\0' && used < size)
		snprintf(dst + used, size - used, "%s%s%s",
		    used > 0 ? "\n" : "", label, text);
}

static void
seller_read(const struct query *q, struct party *p)
{
	add_line(p->body, sizeof(p->body), "", col_text(q, COL_LEGAL_NAME));
	add_line(p->body, sizeof(p->body), "", col_text(q, COL_ADDRESS));
	add_line(p->body, sizeof(p->body), "", col_text(q, COL_TENANT_COUNTRY));
	add_line(p->vat, sizeof(p->vat), "", col_text(q, COL_TENANT_VAT));
	add_line(p->bank, sizeof(p->bank), "", col_text(q, COL_BANK));
	add_line(p->bank, sizeof(p->bank), "IBAN ", col_text(q, COL_IBAN));
	add_line(p->bank, sizeof(p->bank), "BIC ", col_text(q, COL_BIC));
	add_line(p->note, sizeof(p->note), "", col_text(q, COL_REGISTER));
	add_line(p->note, sizeof(p->note), "", col_text(q, COL_TERMS));
}

static void
buyer_read(const struct query *q, struct party *p)
{
	char town[128];

	snprintf(town, sizeof(town), "%s%s%s", col_text(q, COL_POSTCODE),
	    col_text(q, COL_POSTCODE)[0] != '\0' ? " " : "",
	    col_text(q, COL_CITY));
	add_line(p->body, sizeof(p->body), "", col_text(q, COL_NAME));
	add_line(p->body, sizeof(p->body), "", col_text(q, COL_STREET));
	add_line(p->body, sizeof(p->body), "", town);
	add_line(p->body, sizeof(p->body), "", col_text(q, COL_COUNTRY));
	add_line(p->vat, sizeof(p->vat), "", col_text(q, COL_VAT));
	add_line(p->number, sizeof(p->number), "", col_text(q, COL_NUMBER));
}

static enum err
insert_run(struct query *q, int64_t *id)
{
	while (query_row(q))
		*id = col_int(q, 0);
	return query_end(q);
}

/* The latest snapshot if it still says the same, else a new one. */
static enum err
seller_find(struct store *st, const struct party *p, int64_t *id)
{
	struct query q = query_begin(st, SQL_SELLER_LATEST);
	enum err err;

	*id = 0;
	while (query_row(&q))
		if (strcmp(col_text(&q, 1), p->body) == 0 &&
		    strcmp(col_text(&q, 2), p->vat) == 0 &&
		    strcmp(col_text(&q, 3), p->bank) == 0 &&
		    strcmp(col_text(&q, 4), p->note) == 0)
			*id = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE || *id != 0)
		return err;
	q = query_begin(st, SQL_SELLER_INSERT);
	query_bind_text(&q, p->body);
	query_bind_text(&q, p->vat);
	query_bind_text(&q, p->bank);
	query_bind_text(&q, p->note);
	return insert_run(&q, id);
}

static enum err
buyer_find(struct store *st, const struct party *p, int64_t *id)
{
	struct query q = query_begin(st, SQL_BUYER_LATEST);
	enum err err;

	*id = 0;
	while (query_row(&q))
		if (strcmp(col_text(&q, 1), p->body) == 0 &&
		    strcmp(col_text(&q, 2), p->vat) == 0 &&
		    strcmp(col_text(&q, 3), p->number) == 0)
			*id = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE || *id != 0)
		return err;
	q = query_begin(st, SQL_BUYER_INSERT);
	query_bind_text(&q, p->body);
	query_bind_text(&q, p->vat);
	query_bind_text(&q, p->number);
	return insert_run(&q, id);
}

static enum err
books_read(struct books *b, struct party *seller, struct party *buyer)
{
	struct query q = query_begin(b->st, SQL_BOOKS_OPEN);
	bool found = false;
	enum err err;

	while (query_row(&q)) {
		found = true;
		col_copy(&q, COL_CURRENCY, b->currency, sizeof(b->currency));
		col_copy(&q, COL_ZONE, b->zone, sizeof(b->zone));
		b->blocked = strcmp(col_text(&q, COL_STATE), "blocked") == 0;
		b->credit = col_int(&q, COL_CREDIT);
		seller_read(&q, seller);
		buyer_read(&q, buyer);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return found ? ERR_NONE : ERR_NOT_FOUND;
}

enum err
books_open(struct books *b, struct store *st, int64_t customer)
{
	struct party seller = {0}, buyer = {0};
	struct books new = {.st = st, .customer = customer};
	enum err err;

	if ((err = txn_begin(&new.txn, st, customer)) != ERR_NONE)
		return err;
	err = books_read(&new, &seller, &buyer);
	if (err == ERR_NONE)
		err = seller_find(st, &seller, &new.seller);
	if (err == ERR_NONE)
		err = buyer_find(st, &buyer, &new.buyer);
	if (err != ERR_NONE)
		return txn_end(&new.txn, err);
	new.now = clock_now(store_clock(st));
	new.today = day_of_instant(new.now, new.zone);
	*b = new;
	return ERR_NONE;
}

enum err
books_number(struct books *b, enum series s, int64_t day, char number[33])
{
	struct books_series *own = &b->series[s];
	enum err err;

	if (own->next == 0 &&
	    (err = counter_get(b->st, series[s].name, &own->next)) != ERR_NONE)
		return err;
	own->taken = true;
	snprintf(number, 33, "%s-%04d-%06" PRId64, series[s].prefix,
	    date_from_day(day).year, own->next++);
	return ERR_NONE;
}

static enum err
series_write(struct books *b)
{
	enum err err = ERR_NONE;

	for (size_t i = 0; err == ERR_NONE && i < SERIES_COUNT; i++)
		if (b->series[i].taken)
			err = counter_set(
			    b->st, series[i].name, b->series[i].next);
	return err;
}

enum err
books_close(struct books *b, enum err err)
{
	if (err == ERR_NONE)
		err = b->failed;
	if (err == ERR_NONE)
		err = series_write(b);
	if (err == ERR_NONE && b->less)
		err = checkout_end_outdated(b->st);
	return txn_end(&b->txn, err);
}

struct entry {
	int64_t customer;
	books_entry_fn *fn;
	void *arg;
};

static enum err
enter(struct store *st, void *arg)
{
	const struct entry *e = arg;
	struct books b;
	enum err err;

	if ((err = books_open(&b, st, e->customer)) != ERR_NONE)
		return err;
	return books_close(&b, e->fn(&b, e->arg));
}

enum err
books_enter(struct store *st, int64_t customer, books_entry_fn *fn, void *arg)
{
	struct entry e = {customer, fn, arg};

	if (store_in_transaction(st))
		return enter(st, &e);
	return store_transaction(st, enter, &e);
}

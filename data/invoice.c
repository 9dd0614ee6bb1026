/* Reading an invoice: head, lines, taxes and what paid it, in pages. */
#include "data/invoice_parts.h"

#include <stdlib.h>
#include <string.h>

#include "data/array.h"

enum { LINES_PAGE = 100, ALLOCATIONS_PAGE = 100, ALLOCATIONS_MAX = 10000 };

/* The word that is shown: overdue outranks partially paid. */
static const char *
status_word(const struct invoice *inv, bool cancelled)
{
	if (cancelled)
		return "Cancelled";
	if (inv->balance <= 0)
		return "Paid";
	if (inv->overdue)
		return "Overdue";
	return inv->balance < inv->total ? "Partially paid" : "Unpaid";
}

void
invoice_head_read(struct query *q, struct invoice *inv)
{
	inv->id = col_int(q, 0);
	col_copy(q, 1, inv->number, sizeof(inv->number));
	inv->issued_on = col_int(q, 3);
	inv->issued_at = col_int(q, 4);
	inv->due_on = col_int(q, 5);
	inv->supply_from = col_int(q, 6);
	inv->supply_to = col_int(q, 7);
	col_copy(q, 8, inv->currency, sizeof(inv->currency));
	inv->net = col_int(q, 9);
	inv->tax = col_int(q, 10);
	inv->total = col_int(q, 11);
	inv->balance = col_int(q, 12);
	col_copy(q, 13, inv->seller, sizeof(inv->seller));
	col_copy(q, 14, inv->seller_vat, sizeof(inv->seller_vat));
	col_copy(q, 15, inv->seller_bank, sizeof(inv->seller_bank));
	col_copy(q, 16, inv->seller_note, sizeof(inv->seller_note));
	col_copy(q, 17, inv->buyer, sizeof(inv->buyer));
	col_copy(q, 18, inv->buyer_vat, sizeof(inv->buyer_vat));
	col_copy(q, 19, inv->buyer_number, sizeof(inv->buyer_number));
	col_copy(q, 20, inv->exemption, sizeof(inv->exemption));
}

static void
head_read(struct query *q, int64_t today, struct invoice *inv)
{
	bool cancelled = strcmp(col_text(q, 2), "cancelled") == 0;

	invoice_head_read(q, inv);
	inv->overdue = inv->balance > 0 && inv->due_on < today;
	strcpy(inv->status, status_word(inv, cancelled));
}

static enum err
head_get(struct store *st, const char *number, int64_t id, int64_t today,
    struct invoice *inv)
{
	struct query q = query_begin(st, SQL_INVOICE_GET);
	enum err err;

	if (number == NULL)
		query_bind_int(&q, id);
	else
		query_bind_null(&q);
	query_bind_text(&q, number);
	while (query_row(&q))
		head_read(&q, today, inv);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return inv->id != 0 ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err
lines_page(struct store *st, enum sql sql, struct invoice *inv, int64_t *after)
{
	struct query q = query_begin(st, sql);
	struct invoice_line *l;

	query_bind_int(&q, inv->id);
	query_bind_int(&q, *after);
	query_bind_int(&q, LINES_PAGE);
	while (query_row(&q)) {
		l = array_add(&inv->lines, &inv->nlines, sizeof(*l));
		if (l == NULL) {
			q.err = ERR_NOMEM;
			break;
		}
		*after = col_int(&q, 0);
		col_copy(&q, 1, l->description, sizeof(l->description));
		l->quantity = col_int(&q, 2);
		l->unit_price = col_int(&q, 3);
		col_copy(&q, 4, l->tax_category, sizeof(l->tax_category));
		l->tax_rate = col_int(&q, 5);
		l->net = col_int(&q, 6);
	}
	return query_end(&q);
}

static enum err
taxes_get(struct store *st, enum sql sql, struct invoice *inv)
{
	struct query q = query_begin(st, sql);
	struct invoice_tax *t;

	query_bind_int(&q, inv->id);
	while (query_row(&q)) {
		t = array_add(&inv->taxes, &inv->ntaxes, sizeof(*t));
		if (t == NULL) {
			q.err = ERR_NOMEM;
			break;
		}
		col_copy(&q, 0, t->category, sizeof(t->category));
		t->rate = col_int(&q, 1);
		t->net = col_int(&q, 2);
		t->tax = col_int(&q, 3);
	}
	return query_end(&q);
}

enum err
invoice_lines_read(
    struct store *st, struct invoice *inv, enum sql lines, enum sql taxes)
{
	int64_t after = 0;
	size_t had;
	enum err err;

	do {
		had = inv->nlines;
		err = lines_page(st, lines, inv, &after);
	} while (err == ERR_NONE && inv->nlines == had + LINES_PAGE);
	return err == ERR_NONE ? taxes_get(st, taxes, inv) : err;
}

static enum err
allocations_page(struct store *st, struct invoice *inv, int64_t *after)
{
	struct query q = query_begin(st, SQL_INVOICE_ALLOCATIONS);
	struct invoice_allocation *a;

	query_bind_int(&q, inv->id);
	query_bind_int(&q, *after);
	query_bind_int(&q, ALLOCATIONS_PAGE);
	while (query_row(&q)) {
		a = array_add(
		    &inv->allocations, &inv->nallocations, sizeof(*a));
		if (a == NULL) {
			q.err = ERR_NOMEM;
			break;
		}
		*after = col_int(&q, 0);
		a->payment = col_int(&q, 1);
		a->at = col_int(&q, 2);
		a->amount = col_int(&q, 3);
		col_copy(&q, 4, a->kind, sizeof(a->kind));
		col_copy(&q, 5, a->method, sizeof(a->method));
		col_copy(&q, 6, a->reference, sizeof(a->reference));
		col_copy(&q, 7, a->receipt, sizeof(a->receipt));
		a->taken = col_int(&q, 8);
	}
	return query_end(&q);
}

static enum err
allocations_get(struct store *st, struct invoice *inv)
{
	int64_t after = 0;
	size_t had;
	enum err err;

	do {
		had = inv->nallocations;
		err = allocations_page(st, inv, &after);
	} while (err == ERR_NONE &&
		 inv->nallocations == had + ALLOCATIONS_PAGE &&
		 inv->nallocations < ALLOCATIONS_MAX);
	return err;
}

enum err
invoice_get(struct store *st, const char *number, int64_t id, int64_t today,
    struct invoice *out)
{
	struct invoice inv = {0};
	enum err err;

	err = head_get(st, number, id, today, &inv);
	if (err == ERR_NONE)
		err = invoice_lines_read(
		    st, &inv, SQL_INVOICE_LINES, SQL_INVOICE_TAXES);
	if (err == ERR_NONE)
		err = allocations_get(st, &inv);
	if (err != ERR_NONE) {
		invoice_release(&inv);
		return err;
	}
	*out = inv;
	return ERR_NONE;
}

void
invoice_release(struct invoice *inv)
{
	free(inv->lines);
	free(inv->taxes);
	free(inv->allocations);
	memset(inv, 0, sizeof(*inv));
}

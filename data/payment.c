/* Reading a payment and what it settled. */
#include "data/payment.h"

#include <stdlib.h>
#include <string.h>

#include "data/array.h"

enum { PAGE = 200, ALLOCATIONS_MAX = 10000 };

static void
payment_read(struct query *q, struct payment *p)
{
	p->id = col_int(q, 0);
	col_copy(q, 1, p->kind, sizeof(p->kind));
	p->at = col_int(q, 2);
	p->amount = col_int(q, 3);
	col_copy(q, 4, p->currency, sizeof(p->currency));
	col_copy(q, 5, p->status, sizeof(p->status));
	col_copy(q, 6, p->method, sizeof(p->method));
	col_copy(q, 7, p->reference, sizeof(p->reference));
	col_copy(q, 8, p->receipt, sizeof(p->receipt));
	p->unapplied = col_int(q, 9);
	col_copy(q, 10, p->seller, sizeof(p->seller));
	col_copy(q, 11, p->seller_vat, sizeof(p->seller_vat));
	col_copy(q, 12, p->buyer, sizeof(p->buyer));
	p->back = col_int(q, 13);
}

static enum err
allocations_page(struct store *st, struct payment *p, int64_t *after)
{
	struct query q = query_begin(st, SQL_PAYMENT_ALLOCATIONS);
	struct payment_allocation *a;

	query_bind_int(&q, p->id);
	query_bind_int(&q, *after);
	query_bind_int(&q, PAGE);
	while (query_row(&q)) {
		a = array_add(&p->allocations, &p->nallocations, sizeof(*a));
		if (a == NULL) {
			q.err = ERR_NOMEM;
			break;
		}
		*after = col_int(&q, 0);
		a->invoice = col_int(&q, 1);
		col_copy(&q, 2, a->number, sizeof(a->number));
		a->amount = col_int(&q, 3);
		a->taken = col_int(&q, 4);
	}
	return query_end(&q);
}

enum err
payment_get(
    struct store *st, int64_t id, const char *receipt, struct payment *out)
{
	struct query q = query_begin(st, SQL_PAYMENT_GET);
	struct payment p = {0};
	int64_t after = 0;
	size_t had;
	enum err err;

	if (receipt == NULL)
		query_bind_int(&q, id);
	else
		query_bind_null(&q);
	query_bind_text(&q, receipt);
	while (query_row(&q))
		payment_read(&q, &p);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (p.id == 0)
		return ERR_NOT_FOUND;
	do {
		had = p.nallocations;
		err = allocations_page(st, &p, &after);
	} while (err == ERR_NONE && p.nallocations == had + PAGE &&
		 p.nallocations < ALLOCATIONS_MAX);
	if (err != ERR_NONE) {
		payment_release(&p);
		return err;
	}
	*out = p;
	return ERR_NONE;
}

void
payment_release(struct payment *p)
{
	free(p->allocations);
	memset(p, 0, sizeof(*p));
}

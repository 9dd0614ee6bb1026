/* Reading proformas and credit notes. */
#include "data/document.h"

#include <string.h>

#include "data/invoice_parts.h"

/* The statement's columns after those of an invoice. */
enum { COL_INVOICE = 21, COL_INVOICE_NUMBER, COL_PAYMENT };

/* As they are stored. */
static const char *const kinds[] = {
    [DOCUMENT_PROFORMA] = "proforma",
    [DOCUMENT_CREDIT_NOTE] = "credit-note",
};

static void
head_read(struct query *q, struct document *d)
{
	invoice_head_read(q, &d->paper);
	col_copy(q, 2, d->paper.status, sizeof(d->paper.status));
	d->invoice = col_int(q, COL_INVOICE);
	col_copy(q, COL_INVOICE_NUMBER, d->invoice_number,
	    sizeof(d->invoice_number));
	d->payment = col_int(q, COL_PAYMENT);
}

static enum err
head_get(struct store *st, const char *number, int64_t id, struct document *d)
{
	struct query q = query_begin(st, SQL_DOCUMENT_GET);
	enum err err;

	query_bind_text(&q, kinds[d->kind]);
	if (number == NULL)
		query_bind_int(&q, id);
	else
		query_bind_null(&q);
	query_bind_text(&q, number);
	while (query_row(&q))
		head_read(&q, d);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return d->paper.id != 0 ? ERR_NONE : ERR_NOT_FOUND;
}

enum err
document_get(struct store *st, enum document_kind kind, const char *number,
    int64_t id, struct document *out)
{
	struct document d = {.kind = kind};
	enum err err;

	err = head_get(st, number, id, &d);
	if (err == ERR_NONE)
		err = invoice_lines_read(
		    st, &d.paper, SQL_DOCUMENT_LINES, SQL_DOCUMENT_TAXES);
	if (err != ERR_NONE) {
		document_release(&d);
		return err;
	}
	*out = d;
	return ERR_NONE;
}

void
document_release(struct document *d)
{
	invoice_release(&d->paper);
	memset(d, 0, sizeof(*d));
}

enum err
document_unpaid(
    struct store *st, struct document_open out[DOCUMENTS_OPEN], size_t *n)
{
	struct query q = query_begin(st, SQL_DOCUMENT_UNPAID);
	struct document_open *d;

	*n = 0;
	query_bind_int(&q, DOCUMENTS_OPEN);
	while (*n < DOCUMENTS_OPEN && query_row(&q)) {
		d = &out[(*n)++];
		d->id = col_int(&q, 0);
		col_copy(&q, 1, d->number, sizeof(d->number));
		d->issued_on = col_int(&q, 2);
		d->due_on = col_int(&q, 3);
		d->amount = col_int(&q, 4);
		col_copy(&q, 5, d->currency, sizeof(d->currency));
	}
	return query_end(&q);
}

enum err
document_counts(struct store *st, struct document_counts *out)
{
	struct query q = query_begin(st, SQL_DOCUMENT_COUNTS);

	while (query_row(&q))
		*out =
		    (struct document_counts) {col_int(&q, 0), col_int(&q, 1)};
	return query_end(&q);
}

enum err
document_credited(struct store *st, int64_t invoice, int64_t *amount)
{
	struct query q = query_begin(st, SQL_DOCUMENT_CREDITED);
	int64_t sum = 0;
	enum err err;

	query_bind_int(&q, invoice);
	while (query_row(&q))
		sum = col_int(&q, 0);
	if ((err = query_end(&q)) == ERR_NONE)
		*amount = sum;
	return err;
}

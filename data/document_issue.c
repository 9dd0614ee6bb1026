/*
 * Issuing proformas and credit notes, and what becomes of a proforma.  The sums
 * are those of invoices (draft.h).
 */
#include <string.h>

#include "base/i18n.h"
#include "data/audit.h"
#include "data/document.h"
#include "data/draft.h"

/* What a head has besides that of an invoice; 0: NULL. */
struct link {
	const char *kind;
	int64_t invoice, payment;
};

/* Under the number that the draft has. */
static enum err
document_insert(struct books *b, const struct draft *d, const struct link *link,
    int64_t *id)
{
	struct query q = query_begin(b->st, SQL_DOCUMENT_INSERT);
	enum err err;

	draft_bind(&q, b, d);
	query_bind_text(&q, link->kind);
	query_bind_id(&q, link->invoice);
	query_bind_id(&q, link->payment);
	while (query_row(&q))
		*id = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	store_changed(b->st, b->customer, TOPIC_BILLING);
	return draft_parts(
	    b, d, *id, SQL_DOCUMENT_LINE_INSERT, SQL_DOCUMENT_TAX_INSERT);
}

/* A paper that is about nothing corrects and asks for nothing. */
static enum err
check_total(struct books *b, const struct draft *d)
{
	if (d->total > 0)
		return ERR_NONE;
	return store_refuse(
	    b->st, "lines", N_("The total must be more than zero."));
}

struct issued {
	int64_t id;
	char number[33];
};

static void
issued_give(const struct issued *made, int64_t *id, char number[33])
{
	if (id != NULL)
		*id = made->id;
	if (number != NULL)
		memcpy(number, made->number, sizeof(made->number));
}

/* Proformas. */

struct proforma_entry {
	const struct invoice_new *in;
	struct issued made;
};

static enum err
proforma_entry(struct books *b, void *arg)
{
	struct proforma_entry *e = arg;
	struct draft d;
	enum err err;

	if ((err = draft_make(b, e->in, &d)) != ERR_NONE ||
	    (err = check_total(b, &d)) != ERR_NONE ||
	    (err = draft_number(b, &d, SERIES_PROFORMA)) != ERR_NONE)
		return err;
	memcpy(e->made.number, d.number, sizeof(d.number));
	return document_insert(
	    b, &d, &(struct link) {.kind = "proforma"}, &e->made.id);
}

enum err
proforma_issue(struct store *st, const struct invoice_new *in, int64_t *id,
    char number[33])
{
	struct proforma_entry e = {.in = in};
	enum err err = books_enter(st, in->customer, proforma_entry, &e);

	if (err == ERR_NONE)
		issued_give(&e.made, id, number);
	return err;
}

static enum err
cancel_entry(struct books *b, void *arg)
{
	const int64_t *id = arg;
	struct query q = query_begin(b->st, SQL_PROFORMA_CANCEL);
	int64_t changes;
	enum err err;

	query_bind_int(&q, *id);
	if ((err = query_run(&q, &changes)) != ERR_NONE)
		return err;
	if (changes == 0)
		return ERR_NOT_FOUND;
	b->less = true;
	store_changed(b->st, b->customer, TOPIC_BILLING);
	return audit_write(
	    b->st, &(struct audit) {.action = "proforma cancelled"});
}

enum err
proforma_cancel(struct store *st, int64_t customer, int64_t id)
{
	return books_enter(st, customer, cancel_entry, &id);
}

/* The invoice that a proforma becomes. */
static enum err
become_invoice(struct books *b, const struct document *d, int64_t *invoice)
{
	const struct invoice *p = &d->paper;
	struct invoice_new in = {
	    .customer = b->customer,
	    .issued_on = b->today,
	    .due_on = b->today,
	    .supply_from = p->supply_from,
	    .supply_to = p->supply_to,
	    .exemption = p->exemption,
	    .lines = p->lines,
	    .nlines = p->nlines,
	};
	int64_t credit = b->credit, changes;
	struct query q;
	enum err err;

	/* Credit that lies there stays: the money that has come pays it. */
	b->credit = 0;
	err = books_issue(b, &in, invoice, NULL);
	b->credit = credit;
	if (err != ERR_NONE)
		return err;
	q = query_begin(b->st, SQL_PROFORMA_BECAME);
	query_bind_int(&q, p->id);
	query_bind_int(&q, *invoice);
	err = query_run(&q, &changes);
	return err == ERR_NONE && changes == 0 ? ERR_CONFLICT : err;
}

struct pay_entry {
	int64_t proforma;
	const struct payment_new *in;
	struct proforma_paid paid;
};

static enum err
pay(struct books *b, struct pay_entry *e, const struct document *d)
{
	struct payment_new in = *e->in;
	enum err err;

	in.invoice = 0;
	in.ninvoices = 0;
	if (d->paper.balance > 0) {
		if (in.amount < d->paper.balance)
			return store_refuse(b->st, "amount",
			    N_("The amount is less than the proforma's "
			       "total."));
		if ((err = become_invoice(b, d, &in.invoice)) != ERR_NONE)
			return err;
		e->paid.invoice = in.invoice;
	}
	return books_receive(b, &in, &e->paid.payment);
}

static enum err
pay_entry(struct books *b, void *arg)
{
	struct pay_entry *e = arg;
	struct document d;
	enum err err;

	e->paid = (struct proforma_paid) {0};
	err = document_get(b->st, DOCUMENT_PROFORMA, NULL, e->proforma, &d);
	if (err != ERR_NONE)
		return err;
	err = pay(b, e, &d);
	document_release(&d);
	return err;
}

enum err
proforma_pay(struct store *st, int64_t proforma, const struct payment_new *in,
    struct proforma_paid *out)
{
	struct pay_entry e = {.proforma = proforma, .in = in};
	enum err err = books_enter(st, in->customer, pay_entry, &e);

	if (err == ERR_NONE)
		*out = e.paid;
	return err;
}

/* Credit notes. */

struct credit_entry {
	const struct credit_note_new *in;
	struct issued made;
};

static enum err
check_credit(struct books *b, const struct draft *d, const struct invoice *inv)
{
	int64_t already = 0;
	enum err err;

	if (strcmp(inv->status, "Cancelled") == 0)
		return store_refuse(b->st, "invoice",
		    N_("The invoice is cancelled: nothing is left to "
		       "correct."));
	if ((err = check_total(b, d)) != ERR_NONE ||
	    (err = document_credited(b->st, inv->id, &already)) != ERR_NONE)
		return err;
	if (d->total > inv->total - already)
		return store_refuse(b->st, "lines",
		    N_("That is more than what is left of the invoice to "
		       "credit."));
	return ERR_NONE;
}

static enum err
credit_give(
    struct books *b, const struct draft *d, int64_t invoice, int64_t *id)
{
	struct payment_new in = {
	    .customer = b->customer,
	    .kind = "credit",
	    .entry = "credit note",
	    .reference = d->number,
	    .amount = d->total,
	    .invoice = invoice,
	};

	return books_receive(b, &in, id);
}

static enum err
credit_issue(struct books *b, struct credit_entry *e, const struct invoice *inv)
{
	bool all = e->in->nlines == 0;
	struct invoice_new in = {
	    .issued_on = b->today,
	    .due_on = b->today,
	    .supply_from = inv->supply_from,
	    .supply_to = inv->supply_to,
	    .exemption = inv->exemption,
	    .lines = all ? inv->lines : e->in->lines,
	    .nlines = all ? inv->nlines : e->in->nlines,
	};
	struct link link = {.kind = "credit-note", .invoice = inv->id};
	struct draft d;
	enum err err;

	if ((err = draft_make(b, &in, &d)) != ERR_NONE ||
	    (err = check_credit(b, &d, inv)) != ERR_NONE ||
	    (err = draft_number(b, &d, SERIES_CREDIT_NOTE)) != ERR_NONE ||
	    (err = credit_give(b, &d, inv->id, &link.payment)) != ERR_NONE)
		return err;
	memcpy(e->made.number, d.number, sizeof(d.number));
	return document_insert(b, &d, &link, &e->made.id);
}

static enum err
credit_entry(struct books *b, void *arg)
{
	struct credit_entry *e = arg;
	struct invoice inv;
	enum err err;

	err = invoice_get(b->st, NULL, e->in->invoice, b->today, &inv);
	if (err != ERR_NONE)
		return err;
	err = credit_issue(b, e, &inv);
	invoice_release(&inv);
	return err;
}

enum err
credit_note_issue(struct store *st, const struct credit_note_new *in,
    int64_t *id, char number[33])
{
	struct credit_entry e = {.in = in};
	enum err err = books_enter(st, in->customer, credit_entry, &e);

	if (err == ERR_NONE)
		issued_give(&e.made, id, number);
	return err;
}

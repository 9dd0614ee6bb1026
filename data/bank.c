/* Matching credits of a bank statement, and booking them. */
#include "data/bank.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/books.h"
#include "data/document.h"

enum { NOON = 12 * 3600 };

struct booking {
	const struct bank_credit *in;
	bool dry;
	bool become; /* the proforma that is named becomes an invoice */
	struct bank_result out;
};

enum err
bank_shared(struct store *st, const char *iban, bool *shared)
{
	struct query q = query_begin(st, SQL_BANK_SHARED);
	int64_t n = 0;
	enum err err;

	query_bind_text(&q, iban);
	while (query_row(&q))
		n = col_int(&q, 0);
	if ((err = query_end(&q)) == ERR_NONE)
		*shared = n > 0;
	return err;
}

static void
say(struct bank_result *r, const char *why)
{
	snprintf(r->why, sizeof(r->why), "%s", why);
}

static enum err
unmatched(struct bank_result *r, const char *why)
{
	r->outcome = BANK_UNMATCHED;
	say(r, why);
	return ERR_NONE;
}

static enum err
already(struct booking *b, struct store *st, bool *found)
{
	struct query q = query_begin(st, SQL_BANK_ENTRY_GET);
	struct bank_result *r = &b->out;

	*found = false;
	query_bind_text(&q, b->in->entry);
	while (query_row(&q)) {
		*found = true;
		r->outcome = BANK_ALREADY;
		col_copy(&q, 1, r->receipt, sizeof(r->receipt));
		col_copy(&q, 2, r->customer_number, sizeof(r->customer_number));
		col_copy(&q, 3, r->customer_name, sizeof(r->customer_name));
	}
	return query_end(&q);
}

/* An invoice that was named; the first one says who pays. */
static void
take(struct booking *b, const struct query *q, const char *number)
{
	struct bank_result *r = &b->out;

	if (r->proforma != 0)
		unmatched(r, N_("It names a proforma and something else."));
	if (r->ninvoices > 0 && col_int(q, 0) != r->customer)
		unmatched(r, N_("It names invoices of several customers."));
	if (strcmp(col_text(q, 3), b->in->currency) != 0)
		unmatched(r, N_("The invoice is in another currency."));
	else if (strcmp(col_text(q, 2), "issued") != 0)
		say(r, N_("The invoice was cancelled."));
	r->invoices[r->ninvoices++] = col_int(q, 1);
	if (r->ninvoices > 1)
		return;
	r->customer = col_int(q, 0);
	strcpy(r->invoice_number, number);
}

static enum err
invoice_find(struct booking *b, struct store *st, const char *number)
{
	struct query q = query_begin(st, SQL_BANK_INVOICE);
	struct bank_result *r = &b->out;

	query_bind_text(&q, number);
	while (query_row(&q)) {
		take(b, &q, number);
		if (r->ninvoices > 1)
			continue;
		col_copy(&q, 4, r->customer_number, sizeof(r->customer_number));
		col_copy(&q, 5, r->customer_name, sizeof(r->customer_name));
	}
	return query_end(&q);
}

/* A proforma that was named. */
static void
take_proforma(struct booking *b, struct query *q, const char *number)
{
	struct bank_result *r = &b->out;

	if (r->proforma != 0 || r->ninvoices > 0)
		unmatched(r, N_("It names a proforma and something else."));
	else if (strcmp(col_text(q, 4), b->in->currency) != 0)
		unmatched(r, N_("The proforma is in another currency."));
	else if (col_int(q, 2) != 0)
		say(r, N_("The proforma was cancelled."));
	else if (col_int(q, 3) != 0)
		say(r, N_("The proforma was paid before."));
	else if (b->in->amount < col_int(q, 7))
		say(r, N_("It is less than the proforma's total, which stays "
			  "unpaid."));
	else
		b->become = true;
	r->customer = col_int(q, 0);
	r->proforma = col_int(q, 1);
	strcpy(r->proforma_number, number);
	col_copy(q, 5, r->customer_number, sizeof(r->customer_number));
	col_copy(q, 6, r->customer_name, sizeof(r->customer_name));
}

static enum err
proforma_find(struct booking *b, struct store *st, const char *number)
{
	struct query q = query_begin(st, SQL_BANK_PROFORMA);

	query_bind_text(&q, number);
	while (query_row(&q))
		take_proforma(b, &q, number);
	return query_end(&q);
}

static enum err
paper_find(struct booking *b, struct store *st, const char *number)
{
	enum err err = invoice_find(b, st, number);

	return err == ERR_NONE ? proforma_find(b, st, number) : err;
}

static enum err
match_text(struct booking *b, struct store *st, const char *text, bool numbers)
{
	char found[REFERENCE_FOUND][REFERENCE_NUMBER];
	size_t n =
	    reference_find(text, store_identity(st)->tenant, numbers, found);
	enum err err = ERR_NONE;

	for (size_t i = 0; i < n && err == ERR_NONE; i++)
		err = paper_find(b, st, found[i]);
	return err;
}

static enum err
match(struct booking *b, struct store *st)
{
	const struct {
		const char *text;
		bool numbers;
	} places[] = {
	    {b->in->reference, false},
	    {b->in->text, !b->in->shared},
	    {b->in->reference, !b->in->shared},
	};
	enum err err;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		err = match_text(b, st, places[i].text, places[i].numbers);
		if (err != ERR_NONE || b->out.ninvoices > 0 ||
		    b->out.proforma != 0)
			return err;
	}
	return unmatched(
	    &b->out, N_("It names no invoice, by reference or by number."));
}

/* Who the receipt is for, and what was left of the money. */
static enum err
outcome_read(struct booking *b, struct store *st, int64_t payment)
{
	struct payment p;
	enum err err = payment_get(st, payment, NULL, &p);

	if (err != ERR_NONE)
		return err;
	memcpy(b->out.receipt, p.receipt, sizeof(b->out.receipt));
	b->out.left = p.unapplied;
	if (b->become && p.nallocations > 0)
		memcpy(b->out.invoice_number, p.allocations[0].number,
		    sizeof(b->out.invoice_number));
	payment_release(&p);
	return ERR_NONE;
}

static enum err
entry_insert(struct booking *b, struct store *st, int64_t payment)
{
	struct query q = query_begin(st, SQL_BANK_ENTRY_INSERT);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, b->out.customer);
	query_bind_text(&q, b->in->entry);
	query_bind_int(&q, payment);
	query_bind_text(&q, b->in->bank_reference);
	query_bind_int(&q, b->in->booked_on);
	query_bind_int(&q, clock_now(store_clock(st)));
	if ((err = query_run(&q, &changes)) != ERR_NONE)
		return err;
	return changes == 1 ? ERR_NONE : ERR_CONFLICT;
}

static enum err
money_in(const struct booking *b, struct books *books,
    const struct payment_new *in, int64_t *payment)
{
	struct proforma_paid paid;
	enum err err;

	if (!b->become)
		return books_receive(books, in, payment);
	err = proforma_pay(books->st, b->out.proforma, in, &paid);
	if (err == ERR_NONE)
		*payment = paid.payment;
	return err;
}

static enum err
receive(struct booking *b, struct store *st)
{
	const char *named = b->out.proforma != 0 ? b->out.proforma_number
						 : b->out.invoice_number;
	char reference[REFERENCE_SIZE];
	struct payment_new in = {
	    .customer = b->out.customer,
	    .kind = "payment",
	    .method = "transfer",
	    .reference = named,
	    .amount = b->in->amount,
	    .invoices = b->out.invoices,
	    .ninvoices = b->out.ninvoices,
	};
	int64_t payment = 0;
	struct books books;
	enum err err;

	if (reference_make(reference, store_identity(st)->tenant, named))
		in.reference = reference;
	if ((err = books_open(&books, st, b->out.customer)) != ERR_NONE)
		return err;
	in.at = b->in->booked_on == books.today
		    ? books.now
		    : day_start(b->in->booked_on, books.zone) + NOON;
	err = money_in(b, &books, &in, &payment);
	if (err == ERR_NONE)
		err = outcome_read(b, st, payment);
	if (err == ERR_NONE)
		err = entry_insert(b, st, payment);
	return books_close(&books, err);
}

static enum err
book(struct store *st, void *arg)
{
	struct booking *b = arg;
	bool found;
	enum err err;

	b->out = (struct bank_result) {.outcome = BANK_BOOKED};
	b->become = false;
	if ((err = already(b, st, &found)) != ERR_NONE || found ||
	    (err = match(b, st)) != ERR_NONE ||
	    b->out.outcome == BANK_UNMATCHED || b->dry)
		return err;
	return receive(b, st);
}

enum err
bank_book(struct store *st, const struct bank_credit *in, bool dry,
    struct bank_result *out)
{
	struct booking b = {.in = in, .dry = dry};
	enum err err;

	if (store_identity(st)->role != ROLE_SYSTEM ||
	    store_identity(st)->tenant == 0)
		return ERR_DENIED;
	store_clear_problem(st);
	err = store_transaction(st, book, &b);
	if (err == ERR_BAD_INPUT && store_problem(st)->text[0] != '\0')
		err = unmatched(&b.out, store_problem(st)->text);
	if (err == ERR_NONE)
		*out = b.out;
	return err;
}

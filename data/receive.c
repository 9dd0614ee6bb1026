/* Receiving money and giving credit. */
#include <string.h>

#include "base/i18n.h"
#include "data/books.h"
#include "data/input.h"
#include "data/ledger.h"
#include "data/settle.h"

static const char *const kinds[] = {"payment", "credit"};
static const char *const statuses[] = {
    "pending", "succeeded", "completed", "failed"};
static const char *const methods[] = {
    "card", "transfer", "cash", "debit", "credit", "other"};

/* What will be written. */
struct entry {
	const char *kind, *method, *status, *currency;
	char reference[81];
	char receipt[33];
	int64_t at, day, amount;
	bool credit;  /* given, not received */
	bool arrived; /* counts */
};

static enum err
check(struct books *b, const struct payment_new *in, struct entry *e)
{
	enum err err;

	e->kind = in->kind != NULL ? in->kind : "payment";
	e->credit = strcmp(e->kind, "credit") == 0;
	e->method = in->method != NULL ? in->method
		    : e->credit        ? "credit"
				       : "other";
	e->status = in->status != NULL ? in->status : "completed";
	e->currency = in->currency != NULL ? in->currency : b->currency;
	e->at = in->at != 0 ? in->at : b->now;
	e->day = day_of_instant(e->at, b->zone);
	e->amount = in->amount;
	e->arrived = strcmp(e->status, "succeeded") == 0 ||
		     strcmp(e->status, "completed") == 0;
	if ((err = INPUT_WORD(b->st, "kind", e->kind, kinds)) != ERR_NONE ||
	    (err = INPUT_WORD(b->st, "method", e->method, methods)) !=
		ERR_NONE ||
	    (err = INPUT_WORD(b->st, "status", e->status, statuses)) !=
		ERR_NONE)
		return err;
	if (e->credit && strcmp(e->status, "completed") != 0)
		return store_refuse(b->st, "status",
		    N_("Credit is given at once or not at all."));
	if (e->arrived && strcmp(e->currency, b->currency) != 0)
		return store_refuse(b->st, "currency",
		    N_("The account is in another currency."));
	if (e->amount <= 0)
		return store_refuse(
		    b->st, "amount", N_("The amount must be more than zero."));
	if (e->amount > MONEY_LIMIT)
		return store_refuse(
		    b->st, "amount", N_("The amount is too large."));
	if (e->day > b->today)
		return store_refuse(b->st, "date",
		    N_("Money cannot have arrived after today."));
	return input_line(b->st, "reference", e->reference,
	    sizeof(e->reference), in->reference != NULL ? in->reference : "");
}

static enum err
receipt_take(struct books *b, struct entry *e)
{
	if (e->credit || !e->arrived)
		return ERR_NONE;
	return books_number(b, SERIES_RECEIPT, e->day, e->receipt);
}

static enum err
payment_insert(struct books *b, const struct entry *e, int64_t *id)
{
	struct query q = query_begin(b->st, SQL_PAYMENT_INSERT);

	query_bind_text(&q, e->kind);
	query_bind_int(&q, e->at);
	query_bind_int(&q, e->amount);
	query_bind_text(&q, e->currency);
	query_bind_text(&q, e->status);
	query_bind_text(&q, e->method);
	query_bind_text(&q, e->reference);
	query_bind_text(&q, e->receipt[0] != '\0' ? e->receipt : NULL);
	query_bind_int(&q, b->seller);
	query_bind_int(&q, b->buyer);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

static enum err
post(struct books *b, const struct payment_new *in, const struct entry *e,
    int64_t id)
{
	int64_t left;
	enum err err;

	err = ledger_post(
	    b, &(struct ledger_entry) {.at = e->at,
		   .day = e->day,
		   .kind = in->entry != NULL ? in->entry : e->kind,
		   .reference = e->credit ? e->reference : e->receipt,
		   .credit = e->amount,
		   .payment = id});
	if (err == ERR_NONE)
		err = settle_payment(b, id, e->at, in, &left);
	if (err != ERR_NONE)
		return err;
	b->credit += left;
	return settle_restore(b);
}

enum err
books_receive(struct books *b, const struct payment_new *in, int64_t *id)
{
	struct entry e = {0};
	int64_t made = 0;
	enum err err;

	if ((err = check(b, in, &e)) != ERR_NONE ||
	    (err = receipt_take(b, &e)) != ERR_NONE ||
	    (err = payment_insert(b, &e, &made)) != ERR_NONE ||
	    (e.arrived && (err = post(b, in, &e, made)) != ERR_NONE))
		return b->failed = err;
	store_changed(b->st, b->customer, TOPIC_BILLING | TOPIC_ACCOUNT);
	if (id != NULL)
		*id = made;
	return ERR_NONE;
}

struct receive_entry {
	const struct payment_new *in;
	int64_t *id;
};

static enum err
receive_entry(struct books *b, void *arg)
{
	const struct receive_entry *e = arg;

	return books_receive(b, e->in, e->id);
}

enum err
payment_add(struct store *st, const struct payment_new *in, int64_t *id)
{
	struct receive_entry e = {in, id};

	return books_enter(st, in->customer, receive_entry, &e);
}

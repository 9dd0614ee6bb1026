/* The account in figures: one row of sums, and what follows from them. */
#include "data/customer.h"

#include <string.h>

/* Owes more than the minimum balance allows, and is not blocked already. */
static void
find_suspension(struct account *a, const char *state, int64_t min_balance,
    int64_t first_due, int after_days)
{
	if (after_days <= 0 || a->open_invoices == 0 ||
	    strcmp(state, "active") != 0 || -a->balance >= min_balance)
		return;
	a->has_suspension = true;
	a->suspension_on = first_due + after_days;
}

static void
account_read(struct query *q, int after_days, struct account *a)
{
	int64_t invoices_due = col_int(q, 3);

	col_copy(q, 0, a->currency, sizeof(a->currency));
	a->credit = col_int(q, 4);
	a->balance = invoices_due - a->credit;
	a->due_total = a->balance > 0 ? a->balance : 0;
	a->overdue_total = col_int(q, 5);
	a->has_next = !col_null(q, 7);
	a->next_due_on = col_int(q, 7);
	a->next_due_amount = col_int(q, 8);
	a->open_invoices = col_int(q, 9);
	a->overdue_invoices = col_int(q, 10);
	a->has_last_invoice = !col_null(q, 11);
	a->last_invoice_on = col_int(q, 11);
	a->last_invoice_total = col_int(q, 12);
	a->has_last_payment = !col_null(q, 13);
	a->last_payment_at = col_int(q, 13);
	a->last_payment_amount = col_int(q, 14);
	a->services = col_int(q, 15);
	a->services_active = col_int(q, 16);
	a->invoices = col_int(q, 17);
	a->payments = col_int(q, 18);
	a->tickets = col_int(q, 19);
	a->tickets_open = col_int(q, 20);
	a->tickets_waiting = col_int(q, 21);
	a->sent_total = col_int(q, 23);
	if (a->overdue_invoices > 0)
		a->overdue_since = col_int(q, 22) + 1;
	find_suspension(
	    a, col_text(q, 1), col_int(q, 2), col_int(q, 6), after_days);
}

enum err
account_get(struct store *st, int64_t today, int suspend_after_days,
    struct account *out)
{
	struct query q = query_begin(st, SQL_ACCOUNT_GET);
	struct account a = {0};
	bool found = false;
	enum err err;

	query_bind_int(&q, today);
	while (query_row(&q)) {
		found = true;
		account_read(&q, suspend_after_days, &a);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (!found)
		return ERR_NOT_FOUND;
	*out = a;
	return ERR_NONE;
}

/* The question before a charge, and the charge. */
#include "tui/pay_saved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/invoice.h"
#include "data/method_words.h"
#include "tui/pay.h"
#include "tui/screens.h"

enum { WHAT = 64 };

/* What was asked about. */
struct pay_saved {
	struct method method;
	int64_t invoices[CHECKOUT_INVOICES];
	size_t n;
	int64_t amount;
};

static enum err
sum_all(const struct session *s, struct pay_saved *ps)
{
	struct query q = query_begin(s->store, SQL_CHECKOUT_DUE);
	enum err err = ERR_NONE, end;

	query_bind_int(&q, CHECKOUT_INVOICES);
	while (err == ERR_NONE && query_row(&q)) {
		ps->invoices[ps->n++] = col_int(&q, 0);
		err = money_add(ps->amount, col_int(&q, 1), &ps->amount);
	}
	end = query_end(&q);
	return end != ERR_NONE ? end : err;
}

static enum err
balance_of(
    const struct session *s, int64_t id, int64_t *balance, char number[WHAT])
{
	struct invoice inv = {0};
	enum err err = invoice_get(s->store, NULL, id, s->today, &inv);

	if (err != ERR_NONE)
		return err;
	*balance = inv.balance;
	snprintf(number, WHAT, "%s", inv.number);
	invoice_release(&inv);
	return ERR_NONE;
}

/* What these invoices come to now, and how they are called together. */
static enum err
sum(const struct session *s, struct pay_saved *ps, char what[WHAT])
{
	int64_t balance;
	enum err err = ERR_NONE;

	ps->amount = 0;
	what[0] = '\0';
	if (ps->n == 0)
		err = sum_all(s, ps);
	else
		for (size_t i = 0; i < ps->n && err == ERR_NONE; i++) {
			err = balance_of(s, ps->invoices[i], &balance, what);
			if (err == ERR_NONE)
				err =
				    money_add(ps->amount, balance, &ps->amount);
		}
	if (err == ERR_NONE && ps->n == 1 && what[0] == '\0')
		err = balance_of(s, ps->invoices[0], &balance, what);
	if (ps->n != 1)
		snprintf(what, WHAT,
		    ngettext("%zu invoice", "%zu invoices", ps->n), ps->n);
	return err;
}

static void charge(struct view *v);

static void
ask(struct ui *ui, const char *what)
{
	const struct pay_saved *ps = ui->charging;
	char amount[AMOUNT_SIZE], with[METHOD_TEXT];

	session_amount(ui->session, amount, ps->amount);
	method_text(with, &ps->method);
	ui_ask(ui, charge, _("Pay %1$s for %2$s with %3$s? y/n"), amount, what,
	    with);
}

/* Another amount than the one that was asked about is asked about again. */
static void
charge(struct view *v)
{
	struct ui *ui = v->ui;
	struct pay_saved *ps = ui->charging;
	int64_t asked = ps->amount, id = 0;
	char what[WHAT];
	enum err err = sum(ui->session, ps, what);

	if (err == ERR_NONE && ps->amount != asked && ps->amount > 0) {
		ask(ui, what);
		return;
	}
	if (err == ERR_NONE)
		err = method_charge(ui->session->store, ps->method.id,
		    ps->invoices, ps->n, asked, &id);
	if (err != ERR_NONE) {
		ui_error(ui, err);
		return;
	}
	/* The choice has been made. */
	if (v->screen == &screen_pay_choose)
		ui_pop(ui);
	pay_show(ui, id);
}

static enum err
pick(struct store *st, int64_t id, struct method *out)
{
	struct method list[METHODS];
	size_t n = 0;
	enum err err;

	if (id != 0)
		return method_get(st, id, out);
	err = method_list(st, list, &n);
	if (err == ERR_NONE && n == 0)
		return ERR_NOT_FOUND;
	if (err == ERR_NONE)
		*out = list[0];
	return err;
}

void
pay_saved_ask(struct ui *ui, int64_t method, const int64_t *invoices, size_t n)
{
	struct pay_saved *ps = calloc(1, sizeof(*ps));
	char what[WHAT];
	enum err err;

	if (ps == NULL) {
		ui_error(ui, ERR_NOMEM);
		return;
	}
	free(ui->charging);
	ui->charging = ps;
	ps->n = n;
	if (n > 0)
		memcpy(ps->invoices, invoices, n * sizeof(*invoices));
	err = pick(ui->session->store, method, &ps->method);
	if (err == ERR_NOT_FOUND) {
		ui_say(ui, "%s",
		    _("No card or account is saved yet. a on Billing, Methods "
		      "saves one."));
		return;
	}
	if (err == ERR_NONE)
		err = sum(ui->session, ps, what);
	if (err != ERR_NONE)
		ui_error(ui, err);
	else if (ps->amount <= 0)
		ui_say(ui, "%s", _("There is nothing to pay."));
	else
		ask(ui, what);
}

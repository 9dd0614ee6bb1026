/*
 * Invoices, payments and credit by hand.
 */
#include <string.h>

#include "base/i18n.h"
#include "ctl/document.h"
#include "ctl/lines.h"
#include "data/payment.h"

int
ctl_invoice_find(
    struct ctl *c, int64_t customer, const char *number, struct invoice *inv)
{
	enum err err;

	ctl_become(c, c->tenant.id, customer);
	err = invoice_get(c->st, number, 0, ctl_today(c), inv);
	if (err == ERR_NOT_FOUND)
		return ctl_error(_("This customer has no invoice %s."), number);
	return err == ERR_NONE ? CTL_OK : ctl_fail(c, err, number);
}

static int
invoice_tell(struct ctl *c, int64_t customer, const char *number)
{
	struct invoice inv;
	int status;

	status = ctl_invoice_find(c, customer, number, &inv);
	if (status != CTL_OK)
		return status;
	status = ctl_show(
	    c, ctl_js_paper(&inv, "overdue", json_boolean(inv.overdue)));
	invoice_release(&inv);
	return status;
}

int
ctl_invoice_add(struct ctl *c)
{
	struct ctl_paper paper = {0};
	char number[33];
	int64_t id;
	enum err err;
	int status;

	if ((status = ctl_paper_new(c, &paper)) != CTL_OK)
		return status;
	if ((err = invoice_issue(c->st, &paper.in, &id, number)) != ERR_NONE)
		return ctl_fail(c, err, _("invoice"));
	return invoice_tell(c, paper.in.customer, number);
}

int
ctl_invoice_show(struct ctl *c)
{
	struct customer cu;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK)
		return status;
	return invoice_tell(c, cu.id, c->args[1]);
}

int
ctl_invoice_cancel(struct ctl *c)
{
	struct invoice inv;
	struct customer cu;
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK ||
	    (status = ctl_invoice_find(c, cu.id, c->args[1], &inv)) != CTL_OK)
		return status;
	ctl_become(c, c->tenant.id, 0);
	if (strcmp(inv.status, "Cancelled") == 0)
		status = ctl_error(_("%s is cancelled already."), inv.number);
	else if ((err = invoice_cancel(c->st, cu.id, inv.id)) != ERR_NONE)
		status = ctl_fail(c, err, c->args[1]);
	invoice_release(&inv);
	return status;
}

int64_t
ctl_instant(const struct ctl *c, int64_t day)
{
	return day == ctl_today(c) ? clock_now(&c->clock)
				   : day_start(day, c->tenant.zone) + 12 * 3600;
}

int
ctl_amount(const struct ctl *c, const char *text, int64_t *amount)
{
	char like[MONEY_SIZE];

	if (money_parse(text, c->tenant.currency, amount) == ERR_NONE)
		return CTL_OK;
	money_plain(like, 4990, c->tenant.currency);
	return ctl_usage_error(_("\"%s\" is not an amount in %s such as %s."),
	    text, c->tenant.currency, like);
}

/* What --invoice or --proforma names; both 0 without. */
struct named {
	int64_t invoice, proforma;
};

static int
named_find(struct ctl *c, int64_t customer, struct named *out)
{
	const char *invoice = ctl_option(c, "invoice");
	const char *proforma = ctl_option(c, "proforma");
	struct document d;
	struct invoice inv;
	int status = CTL_OK;

	*out = (struct named) {0};
	if (invoice != NULL && proforma != NULL)
		return ctl_usage_error(
		    "%s", _("--invoice or --proforma, not both."));
	if (invoice != NULL &&
	    (status = ctl_invoice_find(c, customer, invoice, &inv)) == CTL_OK) {
		out->invoice = inv.id;
		invoice_release(&inv);
	}
	if (proforma != NULL &&
	    (status = ctl_document_find(
		 c, customer, DOCUMENT_PROFORMA, proforma, &d)) == CTL_OK) {
		out->proforma = d.paper.id;
		document_release(&d);
	}
	ctl_become(c, c->tenant.id, 0);
	return status;
}

static enum err
book(struct ctl *c, const struct payment_new *in, int64_t proforma, int64_t *id)
{
	struct proforma_paid paid;
	enum err err;

	if (proforma == 0)
		return payment_add(c->st, in, id);
	err = proforma_pay(c->st, proforma, in, &paid);
	if (err == ERR_NONE)
		*id = paid.payment;
	return err;
}

/* The invoices that it paid. */
static json_t *
js_paid(const struct payment *p)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < p->nallocations; i++)
		if (json_array_append_new(
			list, json_string(p->allocations[i].number)) != 0) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

static int
money_tell(struct ctl *c, int64_t id, const char *what)
{
	struct payment p;
	enum err err = payment_get(c->st, id, NULL, &p);
	int status;

	if (err != ERR_NONE)
		return ctl_fail(c, err, what);
	status = ctl_show(
	    c, json_pack("{s:I, s:o, s:o, s:s, s:s, s:o, s:o, s:o}", "id",
		   (json_int_t)p.id, "date", ctl_js_time(p.at), "amount",
		   ctl_js_money(p.amount, p.currency), "currency", p.currency,
		   "status", p.status, "receipt", ctl_js_text(p.receipt),
		   "left_as_credit", ctl_js_money(p.unapplied, p.currency),
		   "invoices", js_paid(&p)));
	payment_release(&p);
	return status;
}

static int
money_in(struct ctl *c, const char *kind, const char *method)
{
	struct payment_new in = {
	    .kind = kind,
	    .method = method,
	    .reference = ctl_option_or(c, "reference", ""),
	};
	int64_t id, day = ctl_today(c);
	struct named named;
	struct customer cu;
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK ||
	    (status = ctl_day_option(c, "date", &day)) != CTL_OK)
		return status;
	if ((status = ctl_amount(c, c->args[1], &in.amount)) != CTL_OK)
		return status;
	in.customer = cu.id;
	in.at = ctl_instant(c, day);
	if ((status = named_find(c, cu.id, &named)) != CTL_OK)
		return status;
	in.invoice = named.invoice;
	if ((err = book(c, &in, named.proforma, &id)) != ERR_NONE)
		return ctl_fail(c, err, kind);
	ctl_become(c, c->tenant.id, cu.id);
	return money_tell(c, id, kind);
}

int
ctl_payment_add(struct ctl *c)
{
	return money_in(c, "payment", ctl_option_or(c, "method", "transfer"));
}

int
ctl_credit_add(struct ctl *c)
{
	return money_in(c, "credit", "credit");
}

/*
 * Invoices, payments and credit by hand.
 */
#include <string.h>

#include "base/i18n.h"
#include "ctl/ctl.h"
#include "data/invoice.h"
#include "data/payment.h"

enum { DUE_DAYS = 14, LINE_PARTS = 4 };

static const char *const line_options[] = {
    "line", "line2", "line3", "line4", "line5", "line6", "line7", "line8"};
enum { LINES = sizeof(line_options) / sizeof(line_options[0]) };

static int
day_option(const struct ctl *c, const char *name, int64_t *day)
{
	const char *value = ctl_option(c, name);

	if (value == NULL || day_parse(value, day))
		return CTL_OK;
	return ctl_usage_error(_("--%s is a day such as 2026-05-08, not "
				 "\"%s\"."),
	    name, value);
}

/* A decimal number of so many decimals, by the rules of amounts. */
static bool
number_parse(const char *text, const char *like, int64_t *out)
{
	return money_parse(text, like, out) == ERR_NONE;
}

/* "TEXT;QUANTITY;NET PRICE;TAX %" */
static int
line_parse(const struct ctl *c, const char *option, const char *value,
    struct invoice_line *line)
{
	char copy[512], *part[LINE_PARTS], *rest = copy;
	size_t i;

	if (strlen(value) >= sizeof(copy))
		return ctl_usage_error(_("--%s is too long."), option);
	strcpy(copy, value);
	for (i = LINE_PARTS; i-- > 1;) {
		/* From the end: the text may have semicolons of its own. */
		if ((part[i] = strrchr(rest, ';')) == NULL)
			goto bad;
		*part[i]++ = '\0';
	}
	part[0] = copy;
	if (strlen(part[0]) >= sizeof(line->description) ||
	    !number_parse(part[1], "KWD", &line->quantity) ||
	    !number_parse(part[2], c->tenant.currency, &line->unit_price) ||
	    !number_parse(part[3], "EUR", &line->tax_rate))
		goto bad;
	strcpy(line->description, part[0]);
	strcpy(line->tax_category, line->tax_rate > 0                   ? "S"
				   : ctl_option(c, "exemption") != NULL ? "E"
									: "Z");
	return CTL_OK;
bad:
	return ctl_usage_error(_("--%s is \"TEXT;QUANTITY;NET PRICE;TAX %%\", "
				 "such as \"Router;1;82.50;20\", not \"%s\"."),
	    option, value);
}

static int
lines_parse(const struct ctl *c, struct invoice_line *lines, size_t *n)
{
	const char *value;
	size_t i;
	int status;

	*n = 0;
	for (i = 0; i < LINES; i++) {
		if ((value = ctl_option(c, line_options[i])) == NULL)
			continue;
		status = line_parse(c, line_options[i], value, &lines[*n]);
		if (status != CTL_OK)
			return status;
		++*n;
	}
	if (*n == 0)
		return ctl_usage_error(
		    "%s", _("invoice add needs at least "
			    "one --line \"TEXT;QUANTITY;NET PRICE;TAX %\"."));
	return CTL_OK;
}

/* clang-format off */
static json_t *
js_invoice(const struct invoice *inv)
{
	const struct invoice_line *l;
	json_t *lines = json_array();
	size_t i;

	for (i = 0; lines != NULL && i < inv->nlines; i++) {
		l = &inv->lines[i];
		if (json_array_append_new(lines, json_pack("{s:s, s:o, s:o}",
		    "description", l->description,
		    "quantity", ctl_js_money(l->quantity, "KWD"),
		    "net", ctl_js_money(l->net, inv->currency))) != 0) {
			json_decref(lines);
			lines = NULL;
		}
	}
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:b, "
	    "s:o}",
	    "number", inv->number,
	    "issued", ctl_js_day(inv->issued_on),
	    "due", ctl_js_day(inv->due_on),
	    "net", ctl_js_money(inv->net, inv->currency),
	    "tax", ctl_js_money(inv->tax, inv->currency),
	    "total", ctl_js_money(inv->total, inv->currency),
	    "balance", ctl_js_money(inv->balance, inv->currency),
	    "currency", inv->currency,
	    "status", inv->status,
	    "overdue", (int)inv->overdue,
	    "lines", lines);
}
/* clang-format on */

static int
invoice_find(
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

	status = invoice_find(c, customer, number, &inv);
	if (status != CTL_OK)
		return status;
	status = ctl_show(c, js_invoice(&inv));
	invoice_release(&inv);
	return status;
}

int
ctl_invoice_add(struct ctl *c)
{
	struct invoice_line lines[LINES] = {0};
	struct invoice_new in = {
	    .lines = lines,
	    .issued_on = ctl_today(c),
	    .exemption = ctl_option(c, "exemption"),
	};
	struct customer cu;
	char number[33];
	int64_t id;
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK ||
	    (status = lines_parse(c, lines, &in.nlines)) != CTL_OK ||
	    (status = day_option(c, "issued", &in.issued_on)) != CTL_OK)
		return status;
	in.customer = cu.id;
	in.due_on = in.issued_on + DUE_DAYS;
	in.supply_from = in.supply_to = in.issued_on;
	if ((status = day_option(c, "due", &in.due_on)) != CTL_OK ||
	    (status = day_option(c, "supply-from", &in.supply_from)) != CTL_OK)
		return status;
	if (in.supply_to < in.supply_from)
		in.supply_to = in.supply_from;
	if ((status = day_option(c, "supply-to", &in.supply_to)) != CTL_OK)
		return status;
	if ((err = invoice_issue(c->st, &in, &id, number)) != ERR_NONE)
		return ctl_fail(c, err, _("invoice"));
	return invoice_tell(c, cu.id, number);
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
	    (status = invoice_find(c, cu.id, c->args[1], &inv)) != CTL_OK)
		return status;
	ctl_become(c, c->tenant.id, 0);
	if (strcmp(inv.status, "Cancelled") == 0)
		status = ctl_error(_("%s is cancelled already."), inv.number);
	else if ((err = invoice_cancel(c->st, cu.id, inv.id)) != ERR_NONE)
		status = ctl_fail(c, err, c->args[1]);
	invoice_release(&inv);
	return status;
}

/* Noon of a past day; now for today. */
static int64_t
instant_of(const struct ctl *c, int64_t day)
{
	return day == ctl_today(c) ? clock_now(&c->clock)
				   : day_start(day, c->tenant.zone) + 12 * 3600;
}

static int
money_in(struct ctl *c, const char *kind, const char *method)
{
	struct payment_new in = {
	    .kind = kind,
	    .method = method,
	    .reference = ctl_option_or(c, "reference", ""),
	};
	const char *number = ctl_option(c, "invoice");
	int64_t id, day = ctl_today(c);
	char like[MONEY_SIZE];
	struct invoice inv;
	struct payment p;
	struct customer cu;
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK ||
	    (status = day_option(c, "date", &day)) != CTL_OK)
		return status;
	if (money_parse(c->args[1], c->tenant.currency, &in.amount) !=
	    ERR_NONE) {
		money_plain(like, 4990, c->tenant.currency);
		return ctl_usage_error(_("\"%s\" is not an amount in %s such "
					 "as %s."),
		    c->args[1], c->tenant.currency, like);
	}
	in.customer = cu.id;
	in.at = instant_of(c, day);
	if (number != NULL) {
		status = invoice_find(c, cu.id, number, &inv);
		if (status != CTL_OK)
			return status;
		in.invoice = inv.id;
		invoice_release(&inv);
	}
	ctl_become(c, c->tenant.id, 0);
	if ((err = payment_add(c->st, &in, &id)) != ERR_NONE)
		return ctl_fail(c, err, kind);
	ctl_become(c, c->tenant.id, cu.id);
	if ((err = payment_get(c->st, id, NULL, &p)) != ERR_NONE)
		return ctl_fail(c, err, kind);
	status = ctl_show(
	    c, json_pack("{s:I, s:o, s:o, s:s, s:s, s:o, s:o}", "id",
		   (json_int_t)p.id, "date", ctl_js_time(p.at), "amount",
		   ctl_js_money(p.amount, p.currency), "currency", p.currency,
		   "status", p.status, "receipt", ctl_js_text(p.receipt),
		   "left_as_credit", ctl_js_money(p.unapplied, p.currency)));
	payment_release(&p);
	return status;
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

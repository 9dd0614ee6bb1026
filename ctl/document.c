/* Proformas and credit notes by hand. */
#include "ctl/document.h"

#include <string.h>

#include "base/i18n.h"
#include "ctl/lines.h"
#include "data/listing.h"
#include "data/refund.h"

/* What a customer does not have. */
static const char *const nones[] = {
    [DOCUMENT_PROFORMA] = N_("This customer has no proforma %s."),
    [DOCUMENT_CREDIT_NOTE] = N_("This customer has no credit note %s."),
};

int
ctl_document_find(struct ctl *c, int64_t customer, enum document_kind kind,
    const char *number, struct document *out)
{
	enum err err;

	ctl_become(c, c->tenant.id, customer);
	err = document_get(c->st, kind, number, 0, out);
	if (err == ERR_NOT_FOUND)
		return ctl_error(_(nones[kind]), number);
	return err == ERR_NONE ? CTL_OK : ctl_fail(c, err, number);
}

static int
document_tell(struct ctl *c, int64_t customer, enum document_kind kind,
    const char *number)
{
	struct document d;
	int status;

	status = ctl_document_find(c, customer, kind, number, &d);
	if (status != CTL_OK)
		return status;
	status = ctl_show(c,
	    ctl_js_paper(&d.paper, "invoice", ctl_js_text(d.invoice_number)));
	document_release(&d);
	return status;
}

int
ctl_proforma_add(struct ctl *c)
{
	struct ctl_paper paper = {0};
	char number[33];
	enum err err;
	int status;

	if ((status = ctl_paper_new(c, &paper)) != CTL_OK)
		return status;
	if ((err = proforma_issue(c->st, &paper.in, NULL, number)) != ERR_NONE)
		return ctl_fail(c, err, _("proforma"));
	return document_tell(c, paper.in.customer, DOCUMENT_PROFORMA, number);
}

int
ctl_proforma_show(struct ctl *c)
{
	struct customer cu;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK)
		return status;
	return document_tell(c, cu.id, DOCUMENT_PROFORMA, c->args[1]);
}

int
ctl_proforma_cancel(struct ctl *c)
{
	struct document d;
	struct customer cu;
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK ||
	    (status = ctl_document_find(
		 c, cu.id, DOCUMENT_PROFORMA, c->args[1], &d)) != CTL_OK)
		return status;
	ctl_become(c, c->tenant.id, 0);
	err = proforma_cancel(c->st, cu.id, d.paper.id);
	if (err == ERR_NOT_FOUND)
		status = ctl_error(
		    _("%s is paid or cancelled already."), d.paper.number);
	else if (err != ERR_NONE)
		status = ctl_fail(c, err, c->args[1]);
	document_release(&d);
	return status;
}

static json_t *
js_row(const struct rows *rows, size_t row)
{
	const struct listing *l = rows->listing;
	json_t *object = json_object();
	char text[512];

	for (size_t i = 0; object != NULL && i < l->ncolumns; i++) {
		cell_data(text, sizeof(text), rows, row, i);
		if (json_object_set_new(
			object, l->columns[i].key, json_string(text)) != 0) {
			json_decref(object);
			object = NULL;
		}
	}
	return object;
}

static json_t *
js_rows(const struct rows *rows)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < rows->n; i++)
		if (json_array_append_new(list, js_row(rows, i)) != 0) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

/* A customer's, as the customer sees them. */
static int
list(struct ctl *c, const char *listing)
{
	struct customer cu;
	struct rows rows;
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK)
		return status;
	ctl_become(c, c->tenant.id, cu.id);
	rows_init(&rows, listing_find(listing));
	if ((err = rows_all(&rows, c->st, ctl_today(c))) != ERR_NONE)
		status = ctl_fail(c, err, listing);
	else
		status = ctl_show_list(c, js_rows(&rows));
	rows_release(&rows);
	return status;
}

int
ctl_proforma_list(struct ctl *c)
{
	return list(c, "proformas");
}

int
ctl_credit_note_list(struct ctl *c)
{
	return list(c, "credit-notes");
}

/* The category of an invoice's lines without tax. */
static const char *
untaxed(const struct invoice *inv)
{
	for (size_t i = 0; i < inv->nlines; i++)
		if (inv->lines[i].tax_rate == 0)
			return inv->lines[i].tax_category;
	return "Z";
}

static int
credit_note_of(struct ctl *c, int64_t customer, const struct invoice *inv)
{
	struct invoice_line lines[CTL_LINES] = {0};
	struct credit_note_new in = {
	    .customer = customer, .invoice = inv->id, .lines = lines};
	char number[33];
	enum err err;
	int status;

	status = ctl_lines(c, untaxed(inv), lines, &in.nlines);
	if (status != CTL_OK)
		return status;
	ctl_become(c, c->tenant.id, 0);
	if ((err = credit_note_issue(c->st, &in, NULL, number)) != ERR_NONE)
		return ctl_fail(c, err, _("credit note"));
	return document_tell(c, customer, DOCUMENT_CREDIT_NOTE, number);
}

int
ctl_credit_note_add(struct ctl *c)
{
	struct customer cu;
	struct invoice inv;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK)
		return status;
	status = ctl_invoice_find(c, cu.id, c->args[1], &inv);
	if (status != CTL_OK)
		return status;
	status = credit_note_of(c, cu.id, &inv);
	invoice_release(&inv);
	return status;
}

int
ctl_credit_note_show(struct ctl *c)
{
	struct customer cu;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK)
		return status;
	return document_tell(c, cu.id, DOCUMENT_CREDIT_NOTE, c->args[1]);
}

int
ctl_credit_note_refund(struct ctl *c)
{
	struct refund_hand in = {
	    .reason = ctl_option_or(c, "reason", ""), .unused = true};
	int64_t day = ctl_today(c);
	struct document d;
	struct customer cu;
	char number[33];
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK ||
	    (status = ctl_day_option(c, "date", &day)) != CTL_OK ||
	    (status = ctl_document_find(
		 c, cu.id, DOCUMENT_CREDIT_NOTE, c->args[1], &d)) != CTL_OK)
		return status;
	ctl_become(c, c->tenant.id, 0);
	in.customer = cu.id;
	in.payment = d.payment;
	in.at = ctl_instant(c, day);
	if (d.paper.balance == 0)
		status = ctl_error(
		    _("Nothing of %s is left to be paid out."), d.paper.number);
	else if ((err = refund_add(c->st, &in, number)) != ERR_NONE)
		status = ctl_fail(c, err, d.paper.number);
	document_release(&d);
	return status != CTL_OK
		   ? status
		   : document_tell(c, cu.id, DOCUMENT_CREDIT_NOTE, c->args[1]);
}

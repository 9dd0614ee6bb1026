/*
 * A listing read one row at a time, a page of it in memory at first and more
 * as one goes on; and the Services and Billing menus made of that.
 */
#include <string.h>

#include "base/i18n.h"
#include "data/invoice.h"
#include "sshd/cmd/pay.h"
#include "sshd/cmd/plain.h"

/* So narrow that a paper is a line for each fact. */
enum { LINE_COLUMNS = 40 };

bool
browse_has_row(struct plain *p)
{
	return p->browse->at < p->browse->rows.n;
}

bool
browse_has_next(struct plain *p)
{
	struct browse *b = p->browse;

	return b->at + 1 < b->rows.n || (b->rows.n > 0 && !b->rows.complete);
}

bool
browse_has_previous(struct plain *p)
{
	return p->browse->at > 0;
}

int64_t
browse_id(const struct plain *p)
{
	const struct browse *b = p->browse;

	return b->at < b->rows.n ? b->rows.ids[b->at] : 0;
}

enum step
browse_next(struct plain *p)
{
	struct browse *b = p->browse;
	enum err err;

	if (b->at + 1 >= b->rows.n) {
		err = rows_more(
		    &b->rows, p->c->st, cmd_today(p->c), LISTING_PAGE);
		if (err != ERR_NONE) {
			prompt_fail(&p->in, err);
			return STEP_STAY;
		}
	}
	if (b->at + 1 >= b->rows.n) {
		fprintf(p->c->out, "%s\n", _("That was the last one."));
		return STEP_STAY;
	}
	b->at++;
	return STEP_SHOW;
}

enum step
browse_previous(struct plain *p)
{
	p->browse->at--;
	return STEP_SHOW;
}

static enum err
browse_count(struct plain *p)
{
	struct browse *b = p->browse;
	struct overview o;
	enum err err;

	b->total = -1;
	if (b->kind->count == NULL)
		return ERR_NONE;
	if ((err = overview_load(p->c, &o)) != ERR_NONE)
		return err;
	b->total = b->kind->count(&o.account);
	overview_release(&o);
	return ERR_NONE;
}

enum err
browse_reload(struct plain *p)
{
	struct browse *b = p->browse;
	struct rows rows;
	enum err err;

	rows_init(&rows, b->rows.listing);
	do
		err = rows_more(&rows, p->c->st, cmd_today(p->c), LISTING_PAGE);
	while (err == ERR_NONE && !rows.complete && rows.n <= b->at);
	if (err != ERR_NONE) {
		rows_release(&rows);
		return err;
	}
	rows_release(&b->rows);
	b->rows = rows;
	if (b->at >= rows.n)
		b->at = rows.n > 0 ? rows.n - 1 : 0;
	return browse_count(p);
}

static const char *
row_currency(const struct rows *rows, size_t row)
{
	const struct listing *l = rows->listing;
	size_t i;

	for (i = 0; i < l->ncolumns; i++)
		if (l->columns[i].type == COLUMN_CURRENCY &&
		    !rows_cell(rows, row, i)->null)
			return rows_cell(rows, row, i)->s;
	return "";
}

static void
column_print(struct plain *p, size_t i)
{
	const struct browse *b = p->browse;
	const struct column *column = &b->rows.listing->columns[i];
	char text[1024];

	if (column->show == SHOW_DATA || column->type == COLUMN_CURRENCY ||
	    strcmp(column->key, b->kind->head) == 0)
		return;
	cell_text(text, sizeof(text), &b->rows, b->at, i, p->c->env.zone);
	if (text[0] == '\0')
		return;
	if (column->type == COLUMN_MONEY)
		fprintf(p->c->out, "%s: %s %s\n", _(column->title), text,
		    row_currency(&b->rows, b->at));
	else
		fprintf(p->c->out, "%s: %s\n", _(column->title), text);
}

static void
browse_show(struct plain *p)
{
	const struct browse *b = p->browse;
	int head = listing_column(b->rows.listing, b->kind->head);
	char text[1024] = "";
	size_t i;

	if (b->rows.n == 0) {
		fprintf(p->c->out, "%s\n", _(b->rows.listing->empty));
		return;
	}
	if (head >= 0)
		cell_text(text, sizeof(text), &b->rows, b->at, (size_t)head,
		    p->c->env.zone);
	if (b->total >= 0)
		/* TRANSLATORS: "Invoice 1 of 48" */
		fprintf(p->c->out, _("%1$s %2$zu of %3$lld"), _(b->kind->one),
		    b->at + 1, (long long)b->total);
	else
		fprintf(p->c->out, "%s %zu", _(b->kind->one), b->at + 1);
	fprintf(p->c->out, text[0] != '\0' ? ": %s\n" : "%s\n", text);
	for (i = 0; i < b->rows.listing->ncolumns; i++)
		column_print(p, i);
}

enum step
plain_browse(struct plain *p, const struct browse_kind *kind)
{
	struct browse *before = p->browse;
	struct browse b = {.kind = kind};
	enum step step = STEP_STAY;
	enum err err;

	rows_init(&b.rows, listing_find(kind->listing));
	p->browse = &b;
	if ((err = browse_reload(p)) != ERR_NONE)
		prompt_fail(&p->in, err);
	else
		step =
		    plain_menu(p, kind->choices, kind->nchoices, browse_show);
	rows_release(&b.rows);
	p->browse = before;
	return step;
}

static enum step
invoice_open(struct plain *p)
{
	struct invoice inv;
	enum err err;

	err = invoice_get(p->c->st, NULL, browse_id(p), cmd_today(p->c), &inv);
	if (err == ERR_NONE) {
		err = invoice_print(p->c, &inv, LINE_COLUMNS);
		invoice_release(&inv);
	}
	if (err != ERR_NONE)
		prompt_fail(&p->in, err);
	return STEP_STAY;
}

static enum step
invoice_pay(struct plain *p)
{
	struct checkout co;
	const char *refusal;
	bool on = false;
	enum err err = pay_is_on(p->c, &on);

	if (err == ERR_NONE && !on) {
		pay_how_print(p->c, p->c->out);
		return STEP_STAY;
	}
	if (err == ERR_NONE) {
		fprintf(p->c->out, "%s\n", _("Making the link..."));
		fflush(p->c->out);
		err = pay_link_get(p->c, browse_id(p), &co);
	}
	if (err != ERR_NONE) {
		prompt_fail(&p->in, err);
		return STEP_STAY;
	}
	if ((refusal = pay_refusal(&co)) != NULL)
		prompt_error(&p->in, "%s", refusal);
	else
		pay_link_print(p->c, &co);
	return STEP_STAY;
}

static enum step billing_payments(struct plain *p);
static enum step billing_transactions(struct plain *p);

static int64_t
count_invoices(const struct account *a)
{
	return a->invoices;
}

static int64_t
count_payments(const struct account *a)
{
	return a->payments;
}

static int64_t
count_services(const struct account *a)
{
	return a->services;
}

/* clang-format off */
static const struct choice invoice_choices[] = {
	CHOICE_NEXT,
	CHOICE_PREVIOUS,
	{ .key = "o", .word = "open", .text = N_("[o]pen"),
	  .help = N_("lines, taxes and payments of this invoice"),
	  .tab = TAB_COUNT, .fits = browse_has_row, .run = invoice_open },
	{ .key = "p", .word = "pay", .text = N_("[p]ay"),
	  .help = N_("a link to pay this invoice"), .tab = TAB_COUNT,
	  .fits = browse_has_row, .run = invoice_pay },
	{ .key = "m", .word = "payments", .text = N_("pay[m]ents"),
	  .help = N_("what you paid"),
	  .tab = TAB_COUNT, .run = billing_payments },
	{ .key = "t", .word = "transactions", .text = N_("[t]ransactions"),
	  .help = N_("every movement of your account"),
	  .tab = TAB_COUNT, .run = billing_transactions },
	{ .key = "s", .word = "methods", .text = N_("[s]aved methods"),
	  .help = N_("saved cards and accounts, automatic payment"),
	  .tab = TAB_COUNT, .run = plain_methods },
	CHOICE_BACK,
};
static const struct choice payment_choices[] = {
	CHOICE_NEXT,
	CHOICE_PREVIOUS,
	{ .key = "o", .word = "open", .text = N_("[o]pen"),
	  .help = N_("what this payment paid, and its receipt"),
	  .tab = TAB_COUNT, .fits = browse_has_row, .run = plain_payment },
	CHOICE_BACK,
};
static const struct choice row_choices[] = {
	CHOICE_NEXT,
	CHOICE_PREVIOUS,
	CHOICE_BACK,
};

#define CHOICES(c) .choices = (c), .nchoices = sizeof(c) / sizeof((c)[0])
static const struct browse_kind kind_invoices = {
	.listing = "invoices", .one = N_("Invoice"), .head = "number",
	.count = count_invoices, CHOICES(invoice_choices),
};
static const struct browse_kind kind_payments = {
	.listing = "payments", .one = N_("Payment"), .head = "date",
	.count = count_payments, CHOICES(payment_choices),
};
static const struct browse_kind kind_transactions = {
	.listing = "transactions", .one = N_("Transaction"), .head = "date",
	CHOICES(row_choices),
};
static const struct browse_kind kind_services = {
	.listing = "services", .one = N_("Service"), .head = "description",
	.count = count_services, CHOICES(row_choices),
};
/* clang-format on */

static enum step
billing_payments(struct plain *p)
{
	return plain_browse(p, &kind_payments);
}

static enum step
billing_transactions(struct plain *p)
{
	return plain_browse(p, &kind_transactions);
}

enum step
plain_billing(struct plain *p)
{
	return plain_browse(p, &kind_invoices);
}

enum step
plain_services(struct plain *p)
{
	return plain_browse(p, &kind_services);
}

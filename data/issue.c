/*
 * Issuing invoices.  Everything is computed here, once, in minor units; whoever
 * shows or prints an invoice reads what was stored.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/books.h"
#include "data/input.h"
#include "data/ledger.h"
#include "data/settle.h"

enum {
	RATE_FULL = 10000, /* basis points of 100 % */
	QUANTITY_ONE = 1000,
	TAXES_MAX = 32,
	DAY_SECONDS = 86400,
};

/* EN 16931: which categories carry a rate, which must say why they do not. */
/* clang-format off */
static const struct category {
	const char *word;
	bool taxed, needs_reference;
} categories[] = {
	{ "S",  true,  false },
	{ "Z",  false, false },
	{ "E",  false, true },
	{ "AE", false, true },
	{ "G",  false, true },
	{ "O",  false, true },
};
/* clang-format on */

/* What will be written. */
struct draft {
	int64_t net[INVOICE_LINES_MAX];
	struct invoice_tax taxes[TAXES_MAX];
	size_t ntaxes;
	int64_t net_sum, tax_sum, total;
	char exemption[161];
	char number[33];
	int64_t issued_at;
};

static const struct category *
category_find(const char *word)
{
	for (size_t i = 0; i < sizeof(categories) / sizeof(*categories); i++)
		if (strcmp(categories[i].word, word) == 0)
			return &categories[i];
	return NULL;
}

/* The sum that a line's tax belongs to. */
static struct invoice_tax *
tax_find(struct draft *d, const struct invoice_line *l)
{
	struct invoice_tax *t;

	for (size_t i = 0; i < d->ntaxes; i++)
		if (d->taxes[i].rate == l->tax_rate &&
		    strcmp(d->taxes[i].category, l->tax_category) == 0)
			return &d->taxes[i];
	if (d->ntaxes == TAXES_MAX)
		return NULL;
	t = &d->taxes[d->ntaxes++];
	memset(t, 0, sizeof(*t));
	strcpy(t->category, l->tax_category);
	t->rate = l->tax_rate;
	return t;
}

static bool
within(int64_t amount)
{
	return amount >= -MONEY_LIMIT && amount <= MONEY_LIMIT;
}

static enum err
too_much(struct store *st)
{
	return store_refuse(st, "lines", N_("The amounts are too large."));
}

static enum err
line_check(
    struct store *st, const struct invoice_line *l, const char *exemption)
{
	const struct category *c = category_find(l->tax_category);

	if (c == NULL)
		return store_refuse(st, "tax_category",
		    N_("A tax category is one of S, Z, E, AE, G, O."));
	if (c->taxed ? l->tax_rate <= 0 || l->tax_rate > RATE_FULL
		     : l->tax_rate != 0)
		return store_refuse(st, "tax_rate",
		    N_("Category S has a tax rate up to 100 %, the others "
		       "have none."));
	if (c->needs_reference && exemption[0] == '\0')
		return store_refuse(st, "exemption",
		    N_("Where no tax is charged the invoice must say why."));
	if (!within(l->unit_price) || !within(l->quantity))
		return too_much(st);
	return ERR_NONE;
}

static enum err
line_add(
    struct books *b, const struct invoice_line *l, struct draft *d, size_t at)
{
	struct invoice_tax *t;
	enum err err;

	if ((err = line_check(b->st, l, d->exemption)) != ERR_NONE)
		return err;
	err = money_mul_div(
	    l->quantity, l->unit_price, QUANTITY_ONE, &d->net[at]);
	if (err != ERR_NONE || !within(d->net[at]))
		return too_much(b->st);
	if ((t = tax_find(d, l)) == NULL)
		return store_refuse(
		    b->st, "lines", N_("An invoice has at most 32 tax rates."));
	t->net += d->net[at];
	d->net_sum += d->net[at];
	return ERR_NONE;
}

static enum err
compute(struct books *b, const struct invoice_new *in, struct draft *d)
{
	struct invoice_tax *t;
	enum err err;

	for (size_t i = 0; i < in->nlines; i++)
		if ((err = line_add(b, &in->lines[i], d, i)) != ERR_NONE)
			return err;
	for (t = d->taxes; t < d->taxes + d->ntaxes; t++) {
		err = money_mul_div(t->net, t->rate, RATE_FULL, &t->tax);
		if (err != ERR_NONE)
			return too_much(b->st);
		d->tax_sum += t->tax;
	}
	d->total = d->net_sum + d->tax_sum;
	if (!within(d->total))
		return too_much(b->st);
	if (d->total < 0)
		return store_refuse(b->st, "lines",
		    N_("An invoice cannot be negative; use credit."));
	return ERR_NONE;
}

static enum err
check(struct books *b, const struct invoice_new *in, struct draft *d)
{
	if (in->nlines < 1 || in->nlines > INVOICE_LINES_MAX)
		return store_refuse(
		    b->st, "lines", N_("An invoice has 1 to 500 lines."));
	if (in->issued_on > b->today)
		return store_refuse(b->st, "issued_on",
		    N_("An invoice cannot be issued after today."));
	if (in->due_on < in->issued_on)
		return store_refuse(b->st, "due_on",
		    N_("An invoice cannot be due before it is issued."));
	if (in->supply_to < in->supply_from)
		return store_refuse(b->st, "supply_to",
		    N_("The supply cannot end before it begins."));
	return input_line(b->st, "exemption", d->exemption,
	    sizeof(d->exemption), in->exemption != NULL ? in->exemption : "");
}

static enum err
head_insert(struct books *b, const struct invoice_new *in,
    const struct draft *d, int64_t *id)
{
	struct query q = query_begin(b->st, SQL_INVOICE_INSERT);

	query_bind_text(&q, d->number);
	query_bind_int(&q, in->issued_on);
	query_bind_int(&q, d->issued_at);
	query_bind_int(&q, in->due_on);
	query_bind_int(&q, in->supply_from);
	query_bind_int(&q, in->supply_to);
	query_bind_text(&q, b->currency);
	query_bind_int(&q, d->net_sum);
	query_bind_int(&q, d->tax_sum);
	query_bind_int(&q, d->total);
	query_bind_int(&q, b->seller);
	query_bind_int(&q, b->buyer);
	query_bind_text(&q, d->exemption);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

static enum err
line_insert(struct books *b, int64_t id, size_t at,
    const struct invoice_line *l, int64_t net)
{
	char description[sizeof(l->description)];
	struct query q;
	enum err err;

	err = input_needed(b->st, "description", description,
	    sizeof(description), l->description);
	if (err != ERR_NONE)
		return err;
	q = query_begin(b->st, SQL_INVOICE_LINE_INSERT);
	query_bind_int(&q, id);
	query_bind_int(&q, (int64_t)at + 1);
	query_bind_text(&q, description);
	query_bind_int(&q, l->quantity);
	query_bind_int(&q, l->unit_price);
	query_bind_text(&q, l->tax_category);
	query_bind_int(&q, l->tax_rate);
	query_bind_int(&q, net);
	return query_run(&q, NULL);
}

static enum err
tax_insert(struct books *b, int64_t id, const struct invoice_tax *t)
{
	struct query q = query_begin(b->st, SQL_INVOICE_TAX_INSERT);

	query_bind_int(&q, id);
	query_bind_text(&q, t->category);
	query_bind_int(&q, t->rate);
	query_bind_int(&q, t->net);
	query_bind_int(&q, t->tax);
	return query_run(&q, NULL);
}

static enum err
parts_insert(struct books *b, const struct invoice_new *in,
    const struct draft *d, int64_t id)
{
	enum err err = ERR_NONE;

	for (size_t i = 0; err == ERR_NONE && i < in->nlines; i++)
		err = line_insert(b, id, i, &in->lines[i], d->net[i]);
	for (size_t i = 0; err == ERR_NONE && i < d->ntaxes; i++)
		err = tax_insert(b, id, &d->taxes[i]);
	return err;
}

/* The number of the next paper of a series, with the year it is issued in. */
static enum err
number_take(struct books *b, int64_t day, char number[33])
{
	int64_t next;
	enum err err;

	if ((err = books_number(b, &b->invoices, &next)) != ERR_NONE)
		return err;
	snprintf(
	    number, 33, "INV-%04d-%06" PRId64, date_from_day(day).year, next);
	return ERR_NONE;
}

/* About the middle of a day, for invoices of another day than today. */
static int64_t
noon(int64_t day, const char *zone)
{
	int64_t at = day * DAY_SECONDS + DAY_SECONDS / 2;

	return at + (day - day_of_instant(at, zone)) * (DAY_SECONDS / 2);
}

static enum err
enter(
    struct books *b, const struct invoice_new *in, struct draft *d, int64_t *id)
{
	enum err err;

	d->issued_at =
	    in->issued_on == b->today ? b->now : noon(in->issued_on, b->zone);
	if ((err = number_take(b, in->issued_on, d->number)) != ERR_NONE ||
	    (err = head_insert(b, in, d, id)) != ERR_NONE ||
	    (err = parts_insert(b, in, d, *id)) != ERR_NONE)
		return err;
	err = ledger_post(b, &(struct ledger_entry) {.at = d->issued_at,
				 .day = in->issued_on,
				 .kind = "invoice",
				 .reference = d->number,
				 .debit = d->total,
				 .invoice = *id});
	if (err == ERR_NONE && b->credit > 0)
		err = settle_invoice(b, *id, d->issued_at, d->total);
	if (err == ERR_NONE)
		store_changed(
		    b->st, b->customer, TOPIC_BILLING | TOPIC_ACCOUNT);
	return err;
}

enum err
books_issue(
    struct books *b, const struct invoice_new *in, int64_t *id, char number[33])
{
	struct draft d;
	int64_t made = 0;
	enum err err;

	d.ntaxes = 0;
	d.net_sum = d.tax_sum = d.total = 0;
	if ((err = check(b, in, &d)) != ERR_NONE ||
	    (err = compute(b, in, &d)) != ERR_NONE ||
	    (err = enter(b, in, &d, &made)) != ERR_NONE)
		return b->failed = err;
	if (id != NULL)
		*id = made;
	if (number != NULL)
		memcpy(number, d.number, sizeof(d.number));
	return ERR_NONE;
}

struct issue_entry {
	const struct invoice_new *in;
	int64_t *id;
	char *number;
};

static enum err
issue_entry(struct books *b, void *arg)
{
	const struct issue_entry *e = arg;

	return books_issue(b, e->in, e->id, e->number);
}

enum err
invoice_issue(struct store *st, const struct invoice_new *in, int64_t *id,
    char number[33])
{
	struct issue_entry e = {in, id, number};

	return books_enter(st, in->customer, issue_entry, &e);
}

/*
 * Issuing papers.  Everything is computed here, once, in minor units; whoever
 * shows or prints a paper reads what was stored.
 */
#include "data/draft.h"

#include <string.h>

#include "base/i18n.h"
#include "data/input.h"

enum {
	RATE_FULL = 10000, /* basis points of 100 % */
	QUANTITY_ONE = 1000,
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
	if (d->ntaxes == DRAFT_TAXES)
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
compute(struct books *b, struct draft *d)
{
	const struct invoice_new *in = d->in;
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
check(struct books *b, struct draft *d)
{
	const struct invoice_new *in = d->in;

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

enum err
draft_make(struct books *b, const struct invoice_new *in, struct draft *d)
{
	enum err err;

	/* Not the lines: they are many, and all of them are written. */
	d->in = in;
	d->ntaxes = 0;
	d->net_sum = d->tax_sum = d->total = 0;
	if ((err = check(b, d)) != ERR_NONE)
		return err;
	return compute(b, d);
}

/* About the middle of a day, for invoices of another day than today. */
static int64_t
noon(int64_t day, const char *zone)
{
	int64_t at = day * DAY_SECONDS + DAY_SECONDS / 2;

	return at + (day - day_of_instant(at, zone)) * (DAY_SECONDS / 2);
}

enum err
draft_number(struct books *b, struct draft *d, enum series series)
{
	int64_t day = d->in->issued_on;

	d->issued_at = day == b->today ? b->now : noon(day, b->zone);
	return books_number(b, series, day, d->number);
}

void
draft_bind(struct query *q, const struct books *b, const struct draft *d)
{
	query_bind_text(q, d->number);
	query_bind_int(q, d->in->issued_on);
	query_bind_int(q, d->issued_at);
	query_bind_int(q, d->in->due_on);
	query_bind_int(q, d->in->supply_from);
	query_bind_int(q, d->in->supply_to);
	query_bind_text(q, b->currency);
	query_bind_int(q, d->net_sum);
	query_bind_int(q, d->tax_sum);
	query_bind_int(q, d->total);
	query_bind_int(q, b->seller);
	query_bind_int(q, b->buyer);
	query_bind_text(q, d->exemption);
}

static enum err
line_insert(struct books *b, enum sql sql, int64_t id, size_t at,
    const struct invoice_line *l, int64_t net)
{
	char description[sizeof(l->description)];
	struct query q;
	enum err err;

	err = input_needed(b->st, "description", description,
	    sizeof(description), l->description);
	if (err != ERR_NONE)
		return err;
	q = query_begin(b->st, sql);
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
tax_insert(
    struct books *b, enum sql sql, int64_t id, const struct invoice_tax *t)
{
	struct query q = query_begin(b->st, sql);

	query_bind_int(&q, id);
	query_bind_text(&q, t->category);
	query_bind_int(&q, t->rate);
	query_bind_int(&q, t->net);
	query_bind_int(&q, t->tax);
	return query_run(&q, NULL);
}

enum err
draft_parts(struct books *b, const struct draft *d, int64_t id, enum sql lines,
    enum sql taxes)
{
	enum err err = ERR_NONE;

	for (size_t i = 0; err == ERR_NONE && i < d->in->nlines; i++)
		err = line_insert(b, lines, id, i, &d->in->lines[i], d->net[i]);
	for (size_t i = 0; err == ERR_NONE && i < d->ntaxes; i++)
		err = tax_insert(b, taxes, id, &d->taxes[i]);
	return err;
}

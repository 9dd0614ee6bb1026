/*
 * Builds the descriptions of the papers.  Knows what must stand on
 * a paper (Directive 2006/112/EC, Art. 226) but not where.
 */
#include "export/paper_doc.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/money.h"

enum { QUANTITY_DECIMALS = 3, RATE_DECIMALS = 2 };

static const char *const labels[FACT_COUNT] = {
#define X(name, label) [FACT_##name] = label,
    FACT_LIST(X)
#undef X
};

static const bool numbers[FACT_COUNT] = {
    [FACT_QUANTITY] = true,
    [FACT_UNIT_PRICE] = true,
    [FACT_TAX_RATE] = true,
    [FACT_LINE_NET] = true,
    [FACT_TAXABLE] = true,
    [FACT_TAX_AMOUNT] = true,
};

static const enum fact_key line_columns[] = {FACT_DESCRIPTION, FACT_QUANTITY,
    FACT_UNIT_PRICE, FACT_TAX_RATE, FACT_LINE_NET};
static const enum fact_key tax_columns[] = {
    FACT_TAX_KIND, FACT_TAX_RATE, FACT_TAXABLE, FACT_TAX_AMOUNT};

enum {
	LINE_COLUMNS = sizeof(line_columns) / sizeof(line_columns[0]),
	TAX_COLUMNS = sizeof(tax_columns) / sizeof(tax_columns[0]),
};

/* Stored words and what people read for them. */
struct word {
	const char *key, *text;
};

/* VAT categories of EN 16931 (UNCL 5305). */
static const struct word categories[] = {
    {"S", N_("Standard")},
    {"Z", N_("Zero rated")},
    {"E", N_("Exempt")},
    {"AE", N_("Reverse charge")},
    {"K", N_("Intra-Community supply")},
    {"G", N_("Export")},
    {"O", N_("Outside the scope of VAT")},
};

static const struct word methods[] = {
    {"card", N_("Card")},
    {"transfer", N_("Bank transfer")},
    {"cash", N_("Cash")},
    {"credit", N_("Credit")},
};

static const char *
word_text(const struct word *words, size_t n, const char *key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(words[i].key, key) == 0)
			return _(words[i].text);
	return key;
}

const char *
fact_label(enum fact_key key)
{
	return _(labels[key]);
}

bool
fact_is_number(enum fact_key key)
{
	return numbers[key];
}

static struct paper_value
value_text(const char *text)
{
	return (struct paper_value) {.type = PAPER_TEXT, .text = text};
}

static struct paper_value
value_int(enum paper_value_type type, int64_t n)
{
	return (struct paper_value) {.type = type, .n = n, .text = ""};
}

static void
fact_add(struct paper_doc *doc, enum fact_key key, struct paper_value value)
{
	if (value.type == PAPER_TEXT && *value.text == '\0')
		return;
	doc->facts[doc->nfacts++] = (struct paper_fact) {key, value};
}

static void
total_add(struct paper_doc *doc, enum fact_key key, int64_t amount)
{
	doc->totals[doc->ntotals++] =
	    (struct paper_fact) {key, value_int(PAPER_MONEY, amount)};
}

static void
note_add(struct paper_doc *doc, const char *head, const char *text)
{
	if (*text != '\0')
		doc->notes[doc->nnotes++] = (struct paper_note) {head, text};
}

static void
doc_begin(
    struct paper_doc *doc, enum paper_kind kind, const struct tenant *tenant)
{
	const char *contacts[PAPER_CONTACTS] = {
	    tenant->website, tenant->email, tenant->phone};
	size_t i;

	*doc = (struct paper_doc) {
	    .kind = kind,
	    .brand = tenant->brand,
	    .zone = tenant->zone,
	    .bank = "",
	};
	for (i = 0; i < PAPER_CONTACTS; i++)
		if (*contacts[i] != '\0')
			doc->contacts[doc->ncontacts++] = contacts[i];
}

/* Decimals without trailing zeros: 2500 hundredths need 0, 850 need 1. */
static int
decimals_needed(int64_t n, int decimals)
{
	while (decimals > 0 && n % 10 == 0) {
		n /= 10;
		decimals--;
	}
	return decimals;
}

/* One number of decimals for a column, so that its points stand in line. */
static void
column_align(struct paper_table *t, size_t column, int decimals)
{
	int need, scale = 0;
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		need = decimals_needed(
		    t->cells[i * t->ncolumns + column].n, decimals);
		if (need > scale)
			scale = need;
	}
	for (i = 0; i < t->nrows; i++)
		t->cells[i * t->ncolumns + column].scale = scale;
}

static struct paper_value
value_rate(int64_t rate, const char *category)
{
	struct paper_value v = value_int(PAPER_RATE, rate);

	/* The usual category goes without saying. */
	v.text = strcmp(category, "S") == 0 ? "" : category;
	return v;
}

static enum err
table_init(struct paper_table *t, const enum fact_key *columns, size_t ncolumns,
    size_t nrows)
{
	*t = (struct paper_table) {.columns = columns, .ncolumns = ncolumns};
	if (nrows == 0)
		return ERR_NONE;
	if ((t->cells = calloc(nrows * ncolumns, sizeof(*t->cells))) == NULL)
		return ERR_NOMEM;
	t->nrows = nrows;
	return ERR_NONE;
}

static enum err
lines_fill(struct paper_table *t, const struct invoice *inv)
{
	const struct invoice_line *l;
	struct paper_value *cell;
	enum err err;
	size_t i;

	if ((err = table_init(t, line_columns, LINE_COLUMNS, inv->nlines)) !=
	    ERR_NONE)
		return err;
	for (i = 0; i < t->nrows; i++) {
		l = &inv->lines[i];
		cell = &t->cells[i * LINE_COLUMNS];
		cell[0] = value_text(l->description);
		cell[1] = value_int(PAPER_QUANTITY, l->quantity);
		cell[2] = value_int(PAPER_MONEY, l->unit_price);
		cell[3] = value_rate(l->tax_rate, l->tax_category);
		cell[4] = value_int(PAPER_MONEY, l->net);
	}
	column_align(t, 1, QUANTITY_DECIMALS);
	column_align(t, 3, RATE_DECIMALS);
	return ERR_NONE;
}

static enum err
taxes_fill(struct paper_table *t, const struct invoice *inv)
{
	const struct invoice_tax *tax;
	struct paper_value *cell;
	enum err err;
	size_t i;

	if ((err = table_init(t, tax_columns, TAX_COLUMNS, inv->ntaxes)) !=
	    ERR_NONE)
		return err;
	for (i = 0; i < t->nrows; i++) {
		tax = &inv->taxes[i];
		cell = &t->cells[i * TAX_COLUMNS];
		cell[0] = value_text(word_text(categories,
		    sizeof(categories) / sizeof(categories[0]), tax->category));
		cell[1] = value_rate(tax->rate, tax->category);
		cell[2] = value_int(PAPER_MONEY, tax->net);
		cell[3] = value_int(PAPER_MONEY, tax->tax);
	}
	column_align(t, 1, RATE_DECIMALS);
	return ERR_NONE;
}

static struct paper_value
value_supply(const struct invoice *inv)
{
	struct paper_value v = value_int(PAPER_PERIOD, inv->supply_from);

	v.to = inv->supply_to;
	return v;
}

/* What follows a label in the lines of a bank, as an invoice keeps them. */
static void
bank_line(char *dst, size_t size, const char *bank, const char *label)
{
	size_t n, len = strlen(label);

	dst[0] = '\0';
	for (; *bank != '\0'; bank += n + (bank[n] == '\n')) {
		n = strcspn(bank, "\n");
		if (n > len && strncmp(bank, label, len) == 0)
			snprintf(dst, size, "%.*s", (int)(n - len), bank + len);
	}
}

/*
 * How to pay by transfer.  The paper never changes: it asks for its total,
 * whatever was paid meanwhile, to the account that it named when it was issued.
 */
static void
transfer_fill(struct paper_doc *doc, const struct invoice *inv, int64_t tenant)
{
	char reference[REFERENCE_SIZE] = "", name[161], iban[64], bic[16];

	doc->bank = inv->seller_bank;
	if (reference_make(reference, tenant, inv->number))
		reference_print(doc->bank_reference, reference);
	else
		snprintf(doc->bank_reference, sizeof(doc->bank_reference), "%s",
		    inv->number);
	bank_line(iban, sizeof(iban), inv->seller_bank, "IBAN ");
	bank_line(bic, sizeof(bic), inv->seller_bank, "BIC ");
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(inv->seller, "\n"),
	    inv->seller);
	/* Where a bank takes no such transfer there is nothing to scan. */
	(void)epc_text(doc->scan, &(struct epc) {.name = name,
				      .iban = iban,
				      .bic = bic,
				      .amount = inv->total,
				      .currency = inv->currency,
				      .reference = reference,
				      .text = inv->number});
}

/* What papers with lines differ in. */
struct shape {
	enum paper_kind kind;
	const char *title;
	bool due;             /* asks for money, until a day */
	const char *corrects; /* an invoice's number, or "" */
	enum fact_key total;
	const char *note; /* what it is not, or "" */
};

static void
shape_facts(
    struct paper_doc *doc, const struct shape *s, const struct invoice *inv)
{
	fact_add(doc, FACT_ISSUED, value_int(PAPER_DAY, inv->issued_on));
	if (inv->supply_from == inv->supply_to)
		fact_add(doc, FACT_SUPPLY_DAY,
		    value_int(PAPER_DAY, inv->supply_from));
	else
		fact_add(doc, FACT_SUPPLY_PERIOD, value_supply(inv));
	if (s->due)
		fact_add(doc, FACT_DUE, value_int(PAPER_DAY, inv->due_on));
	fact_add(doc, FACT_CORRECTS, value_text(s->corrects));
	fact_add(doc, FACT_CUSTOMER_NUMBER, value_text(inv->buyer_number));
}

static enum err
shape_fill(struct paper_doc *out, const struct shape *s,
    const struct invoice *inv, const struct tenant *tenant)
{
	struct paper_doc doc;
	enum err err;

	doc_begin(&doc, s->kind, tenant);
	doc.title = s->title;
	doc.number = inv->number;
	doc.currency = inv->currency;
	doc.made_at = inv->issued_at;
	doc.seller =
	    (struct paper_party) {_("From"), inv->seller, inv->seller_vat};
	doc.buyer = (struct paper_party) {_("To"), inv->buyer, inv->buyer_vat};

	shape_facts(&doc, s, inv);
	total_add(&doc, FACT_TOTAL_NET, inv->net);
	total_add(&doc, FACT_TOTAL_TAX, inv->tax);
	total_add(&doc, s->total, inv->total);
	if (s->due && inv->total > 0)
		transfer_fill(&doc, inv, tenant->id);
	note_add(&doc, NULL, s->note);
	note_add(&doc, _("VAT exemption"), inv->exemption);
	note_add(&doc, NULL, inv->seller_note);

	if ((err = lines_fill(&doc.lines, inv)) != ERR_NONE ||
	    (err = taxes_fill(&doc.taxes, inv)) != ERR_NONE) {
		paper_doc_release(&doc);
		return err;
	}
	*out = doc;
	return ERR_NONE;
}

enum err
paper_doc_invoice(struct paper_doc *out, const struct invoice *inv,
    const struct tenant *tenant)
{
	struct shape s = {
	    .kind = PAPER_INVOICE,
	    .title = _("Invoice"),
	    .due = true,
	    .corrects = "",
	    .total = FACT_TOTAL,
	    .note = "",
	};

	return shape_fill(out, &s, inv, tenant);
}

enum err
paper_doc_document(struct paper_doc *out, const struct document *d,
    const struct tenant *tenant)
{
	struct shape proforma = {
	    .kind = PAPER_PROFORMA,
	    .title = _("Proforma invoice"),
	    .due = true,
	    .corrects = "",
	    .total = FACT_TOTAL,
	    .note = _("This is not a tax invoice. You get one when this is "
		      "paid."),
	};
	struct shape credit_note = {
	    .kind = PAPER_CREDIT_NOTE,
	    .title = _("Credit note"),
	    .corrects = d->invoice_number,
	    .total = FACT_TOTAL_CREDITED,
	    .note = "",
	};

	return shape_fill(out,
	    d->kind == DOCUMENT_PROFORMA ? &proforma : &credit_note, &d->paper,
	    tenant);
}

enum err
paper_doc_receipt(
    struct paper_doc *out, const struct payment *p, const struct tenant *tenant)
{
	struct paper_doc doc;

	doc_begin(&doc, PAPER_RECEIPT, tenant);
	doc.title = _("Receipt");
	doc.number = p->receipt;
	doc.currency = p->currency;
	doc.made_at = p->at;
	doc.seller =
	    (struct paper_party) {_("Received by"), p->seller, p->seller_vat};
	doc.buyer = (struct paper_party) {_("Paid by"), p->buyer, ""};

	fact_add(&doc, FACT_RECEIVED, value_int(PAPER_TIME, p->at));
	fact_add(&doc, FACT_METHOD,
	    value_text(word_text(
		methods, sizeof(methods) / sizeof(methods[0]), p->method)));
	fact_add(&doc, FACT_REFERENCE, value_text(p->reference));
	total_add(&doc, FACT_TOTAL_RECEIVED, p->amount);
	*out = doc;
	return ERR_NONE;
}

void
paper_doc_release(struct paper_doc *doc)
{
	free(doc->lines.cells);
	free(doc->taxes.cells);
	doc->lines = doc->taxes = (struct paper_table) {0};
}

/* n / 10^decimals with scale digits after the locale's point; the digits cut
 * off are zeros. */
static void
decimal_text(char *dst, size_t size, int64_t n, int decimals, int scale)
{
	uint64_t v = n < 0 ? -(uint64_t)n : (uint64_t)n, unit = 1;
	int i;

	for (i = scale; i < decimals; i++)
		v /= 10;
	for (i = 0; i < scale; i++)
		unit *= 10;
	if (scale == 0)
		snprintf(dst, size, "%s%llu", n < 0 ? "-" : "",
		    (unsigned long long)v);
	else
		snprintf(dst, size, "%s%llu%s%0*llu", n < 0 ? "-" : "",
		    (unsigned long long)(v / unit), localeconv()->decimal_point,
		    scale, (unsigned long long)(v % unit));
}

static void
rate_text(char dst[PAPER_VALUE_SIZE], const struct paper_value *value)
{
	char number[64];

	decimal_text(
	    number, sizeof(number), value->n, RATE_DECIMALS, value->scale);
	if (*value->text != '\0')
		/* TRANSLATORS: VAT category code, rate: "AE 0 %" */
		snprintf(dst, PAPER_VALUE_SIZE, _("%1$s %2$s %%"), value->text,
		    number);
	else
		snprintf(dst, PAPER_VALUE_SIZE, _("%s %%"), number);
}

static void
period_text(char dst[PAPER_VALUE_SIZE], int64_t from, int64_t to)
{
	char first[DATE_SIZE], last[DATE_SIZE];

	if (date_from_day(from).year == date_from_day(to).year)
		day_text_short(first, from);
	else
		day_text(first, from);
	day_text(last, to);
	/* TRANSLATORS: a period: "1 May – 31 May 2026" */
	snprintf(dst, PAPER_VALUE_SIZE, _("%1$s – %2$s"), first, last);
}

const char *
paper_value_text(const struct paper_doc *doc, const struct paper_value *value,
    char dst[PAPER_VALUE_SIZE])
{
	switch (value->type) {
	case PAPER_TEXT:
		return value->text;
	case PAPER_DAY:
		day_text(dst, value->n);
		break;
	case PAPER_PERIOD:
		period_text(dst, value->n, value->to);
		break;
	case PAPER_TIME:
		instant_text(dst, value->n, doc->zone);
		break;
	case PAPER_MONEY:
		money_text(dst, value->n, doc->currency);
		break;
	case PAPER_QUANTITY:
		decimal_text(dst, PAPER_VALUE_SIZE, value->n, QUANTITY_DECIMALS,
		    value->scale);
		break;
	case PAPER_RATE:
		rate_text(dst, value);
		break;
	}
	return dst;
}

void
paper_total_label(char dst[PAPER_VALUE_SIZE], const struct paper_doc *doc,
    const struct paper_fact *total)
{
	if (total == &doc->totals[doc->ntotals - 1])
		/* TRANSLATORS: a label and a currency code: "Total EUR" */
		snprintf(dst, PAPER_VALUE_SIZE, _("%1$s %2$s"),
		    fact_label(total->key), doc->currency);
	else
		snprintf(dst, PAPER_VALUE_SIZE, "%s", fact_label(total->key));
}

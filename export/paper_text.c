/*
 * A paper as lines of text.  Wide enough, parties stand side by side and lines
 * in a table; else everything is stacked and still says the same.
 */
#include "export/paper_text.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

enum {
	GAP = 2,           /* between columns */
	SIDE_BY_SIDE = 56, /* columns from which parties are */
	TABLE_MIN = 20,    /* a narrower description: stacked rows */
	COLUMNS_MAX = 8,
	CELL_SIZE = 1024, /* bytes of a line; no stored text is longer */
};

struct text {
	const struct paper_doc *doc;
	struct buf *out;
	size_t width;
};

static void
blanks(struct text *t, size_t n)
{
	while (n-- > 0)
		buf_addc(t->out, ' ');
}

static void
newline(struct text *t)
{
	buf_addc(t->out, '\n');
}

static void
rule(struct text *t, size_t indent, size_t n)
{
	blanks(t, indent);
	while (n-- > 0)
		buf_addc(t->out, '-');
	newline(t);
}

/* Where a paragraph's next line of at most columns ends. */
static size_t
wrap(const char **s, size_t columns)
{
	size_t skip, n = text_wrap(*s, columns, &skip);

	*s += n + skip;
	return n;
}

static void
paragraph(struct text *t, const char *s)
{
	const char *line;
	size_t n;

	while (*(line = s) != '\0') {
		n = wrap(&s, t->width);
		buf_add(t->out, line, n);
		newline(t);
	}
}

/* Text at the left, text at the right; on two lines if one is too short. */
static void
ends(struct text *t, size_t indent, const char *left, const char *right)
{
	size_t l = text_width(left), r = text_width(right);

	if (indent + l + GAP + r > t->width) {
		paragraph(t, left);
		paragraph(t, right);
		return;
	}
	blanks(t, indent);
	buf_adds(t->out, left);
	blanks(t, t->width - indent - l - r);
	buf_adds(t->out, right);
	newline(t);
}

static void
party_text(struct buf *b, const struct paper_party *party)
{
	buf_addf(b, "%s\n%s", party->role, party->block);
	if (*party->vat != '\0') {
		buf_addc(b, '\n');
		buf_addf(b, _("VAT ID %s"), party->vat);
	}
}

static void
side_by_side(struct text *t, const char *left, const char *right)
{
	size_t column = (t->width - GAP) / 2, n, used;
	const char *l, *r;

	while (*(l = left) != '\0' || *right != '\0') {
		n = wrap(&left, column);
		buf_add(t->out, l, n);
		if (*(r = right) != '\0') {
			char cell[CELL_SIZE];

			snprintf(cell, sizeof(cell), "%.*s", (int)n, l);
			used = text_width(cell);
			blanks(t, used < column ? column + GAP - used : GAP);
			n = wrap(&right, column);
			buf_add(t->out, r, n);
		}
		newline(t);
	}
}

static void
parties(struct text *t)
{
	struct buf buyer, seller;

	buf_init(&buyer, 4096);
	buf_init(&seller, 4096);
	party_text(&buyer, &t->doc->buyer);
	party_text(&seller, &t->doc->seller);
	if (t->width >= SIDE_BY_SIDE) {
		side_by_side(t, buf_str(&buyer), buf_str(&seller));
	} else {
		paragraph(t, buf_str(&buyer));
		newline(t);
		paragraph(t, buf_str(&seller));
	}
	newline(t);
	if (buyer.err != ERR_NONE || seller.err != ERR_NONE)
		t->out->err = ERR_NOMEM;
	buf_release(&buyer);
	buf_release(&seller);
}

static void
facts(struct text *t)
{
	const struct paper_doc *doc = t->doc;
	char text[PAPER_VALUE_SIZE];
	size_t i, w, label_w = 0;
	const char *label, *value;

	for (i = 0; i < doc->nfacts; i++) {
		w = text_width(fact_label(doc->facts[i].key));
		if (w > label_w)
			label_w = w;
	}
	for (i = 0; i < doc->nfacts; i++) {
		label = fact_label(doc->facts[i].key);
		value = paper_value_text(doc, &doc->facts[i].value, text);
		if (label_w + GAP + text_width(value) > t->width) {
			paragraph(t, label);
			paragraph(t, value);
			continue;
		}
		buf_adds(t->out, label);
		blanks(t, label_w + GAP - text_width(label));
		buf_adds(t->out, value);
		newline(t);
	}
	newline(t);
}

static const char *
cell(const struct text *t, const struct paper_table *table, size_t row,
    size_t column, char text[PAPER_VALUE_SIZE])
{
	return paper_value_text(
	    t->doc, &table->cells[row * table->ncolumns + column], text);
}

/* Columns of numbers as wide as needed; what is left for the first, which is
 * text.  0: too little for a table. */
static size_t
columns_measure(const struct text *t, const struct paper_table *table,
    size_t w[COLUMNS_MAX])
{
	char text[PAPER_VALUE_SIZE];
	size_t row, i, n, used = 0;

	for (i = 1; i < table->ncolumns; i++) {
		w[i] = text_width(fact_label(table->columns[i]));
		for (row = 0; row < table->nrows; row++) {
			n = text_width(cell(t, table, row, i, text));
			if (n > w[i])
				w[i] = n;
		}
		used += GAP + w[i];
	}
	w[0] = used + TABLE_MIN <= t->width ? t->width - used : 0;
	return w[0];
}

static void
right(struct text *t, size_t column, const char *s)
{
	size_t w = text_width(s);

	blanks(t, GAP + (w < column ? column - w : 0));
	buf_adds(t->out, s);
}

static void
table_row(struct text *t, const struct paper_table *table, size_t row,
    const size_t w[COLUMNS_MAX])
{
	char text[PAPER_VALUE_SIZE], first[CELL_SIZE];
	const char *s = cell(t, table, row, 0, text), *line = s;
	size_t i, n = wrap(&s, w[0]);

	snprintf(first, sizeof(first), "%.*s", (int)n, line);
	buf_adds(t->out, first);
	blanks(t, w[0] - text_width(first));
	for (i = 1; i < table->ncolumns; i++)
		right(t, w[i], cell(t, table, row, i, text));
	newline(t);
	/* The rest of a long description, below. */
	s = cell(t, table, row, 0, text) + (s - line);
	while (*(line = s) != '\0') {
		n = wrap(&s, w[0]);
		buf_add(t->out, line, n);
		newline(t);
	}
}

/* A row for each of its values, with the labels: for narrow screens. */
static void
table_stacked(struct text *t, const struct paper_table *table)
{
	char text[PAPER_VALUE_SIZE];
	size_t row, i;

	for (row = 0; row < table->nrows; row++) {
		paragraph(t, cell(t, table, row, 0, text));
		for (i = 1; i < table->ncolumns; i++)
			ends(t, GAP, fact_label(table->columns[i]),
			    cell(t, table, row, i, text));
	}
	newline(t);
}

static void
table(struct text *t, const struct paper_table *table)
{
	size_t w[COLUMNS_MAX], i;
	const char *head;

	if (table->nrows == 0)
		return;
	if (columns_measure(t, table, w) == 0) {
		table_stacked(t, table);
		return;
	}
	head = fact_label(table->columns[0]);
	buf_adds(t->out, head);
	blanks(t, w[0] > text_width(head) ? w[0] - text_width(head) : 0);
	for (i = 1; i < table->ncolumns; i++)
		right(t, w[i], fact_label(table->columns[i]));
	newline(t);
	rule(t, 0, t->width);
	for (i = 0; i < table->nrows; i++)
		table_row(t, table, i, w);
	newline(t);
}

static void
totals(struct text *t)
{
	char label[PAPER_VALUE_SIZE], amount[PAPER_VALUE_SIZE];
	const struct paper_doc *doc = t->doc;
	/* At the right on wide screens, so that labels stay near amounts. */
	size_t indent = t->width >= SIDE_BY_SIDE ? t->width / 2 : 0, i;

	for (i = 0; i < doc->ntotals; i++) {
		paper_total_label(label, doc, &doc->totals[i]);
		if (i + 1 == doc->ntotals && i > 0)
			rule(t, indent, t->width - indent);
		ends(t, indent, label,
		    paper_value_text(doc, &doc->totals[i].value, amount));
	}
	newline(t);
}

static void
bank(struct text *t)
{
	if (*t->doc->bank_reference == '\0')
		return;
	if (*t->doc->bank != '\0') {
		paragraph(t, _("Bank account for payment"));
		paragraph(t, t->doc->bank);
		newline(t);
	}
	paragraph(t, _("Payment reference"));
	paragraph(t, t->doc->bank_reference);
	newline(t);
}

static void
notes(struct text *t)
{
	const struct paper_doc *doc = t->doc;
	size_t i;

	for (i = 0; i < doc->nnotes; i++) {
		if (doc->notes[i].head != NULL)
			paragraph(t, doc->notes[i].head);
		paragraph(t, doc->notes[i].text);
		newline(t);
	}
	for (i = 0; i < doc->ncontacts; i++)
		paragraph(t, doc->contacts[i]);
}

enum err
paper_text(const struct paper_doc *doc, size_t width, struct buf *out)
{
	struct text t = {.doc = doc, .out = out, .width = width};
	char title[PAPER_VALUE_SIZE];

	if (t.width < PAPER_TEXT_WIDTH_MIN)
		t.width = PAPER_TEXT_WIDTH_MIN;
	if (t.width > PAPER_TEXT_WIDTH_MAX)
		t.width = PAPER_TEXT_WIDTH_MAX;
	snprintf(title, sizeof(title), _("%1$s %2$s"), doc->title, doc->number);
	ends(&t, 0, doc->brand, title);
	rule(&t, 0, t.width);
	newline(&t);
	parties(&t);
	facts(&t);
	table(&t, &doc->lines);
	table(&t, &doc->taxes);
	totals(&t);
	bank(&t);
	notes(&t);
	return out->err;
}

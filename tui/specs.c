/* One row per listing that has a screen. */
#include "tui/specs.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

static bool
status_is(const struct rows *r, size_t row, const char *status)
{
	return strcmp(row_str(r, row, "status"), status) == 0;
}

static bool
invoice_open(const struct rows *r, size_t row)
{
	return row_int(r, row, "balance") > 0;
}

static bool
invoice_paid(const struct rows *r, size_t row)
{
	return !invoice_open(r, row);
}

static bool
invoice_attention(const struct rows *r, size_t row)
{
	return row_int(r, row, "overdue") != 0;
}

static bool
ticket_closed(const struct rows *r, size_t row)
{
	return status_is(r, row, "Resolved") || status_is(r, row, "Closed");
}

static bool
ticket_open(const struct rows *r, size_t row)
{
	return !ticket_closed(r, row);
}

static bool
ticket_attention(const struct rows *r, size_t row)
{
	return status_is(r, row, "Waiting on customer");
}

static bool
payment_attention(const struct rows *r, size_t row)
{
	return status_is(r, row, "Failed");
}

static void
add_status(const struct table *t, size_t row, struct row *r, bool bold)
{
	char text[TABLE_CELL];

	table_text(t, row, "status", text);
	row_add(r, "  ");
	if (bold)
		row_bold(r);
	row_add(r, text);
	if (bold)
		row_plain(r);
}

/* INV-2026-000498  Overdue
 * 49.90 due 8 May */
static void
invoice_narrow(
    const struct table *t, size_t row, struct row *first, struct row *second)
{
	bool open = invoice_open(&t->rows, row);
	char text[TABLE_CELL], date[DATE_SIZE];

	table_text(t, row, "number", text);
	row_add(first, text);
	add_status(t, row, first, invoice_attention(&t->rows, row));
	table_text(t, row, open ? "balance" : "total", text);
	if (open) {
		day_text_short(date, row_int(&t->rows, row, "due"));
		row_addf(second, _("%s due %s"), text, date);
	} else {
		day_text(date, row_int(&t->rows, row, "issued"));
		row_addf(second, _("%s of %s"), text, date);
	}
}

static void
payment_narrow(
    const struct table *t, size_t row, struct row *first, struct row *second)
{
	char text[TABLE_CELL];

	table_text(t, row, "amount", text);
	row_add(first, text);
	add_status(t, row, first, payment_attention(&t->rows, row));
	table_text(t, row, "date", text);
	row_add(second, text);
}

static bool
proforma_open(const struct rows *r, size_t row)
{
	return status_is(r, row, "Unpaid");
}

static bool
credit_note_attention(const struct rows *r, size_t row)
{
	return status_is(r, row, "Refund due");
}

/* PRO-2026-000003  Unpaid
 * 49.90 due 8 May */
static void
proforma_narrow(
    const struct table *t, size_t row, struct row *first, struct row *second)
{
	char text[TABLE_CELL], date[DATE_SIZE];

	table_text(t, row, "number", text);
	row_add(first, text);
	add_status(t, row, first, false);
	table_text(t, row, "total", text);
	day_text_short(date, row_int(&t->rows, row, "due"));
	row_addf(second, _("%s due %s"), text, date);
}

static void
credit_note_narrow(
    const struct table *t, size_t row, struct row *first, struct row *second)
{
	char text[TABLE_CELL], date[DATE_SIZE];

	table_text(t, row, "number", text);
	row_add(first, text);
	add_status(t, row, first, credit_note_attention(&t->rows, row));
	table_text(t, row, "total", text);
	day_text(date, row_int(&t->rows, row, "issued"));
	row_addf(second, _("%s of %s"), text, date);
}

/*
 * Invoice INV-2026-000498
 * 1 May 2026  +49.90 = 104.30
 * A longer description goes on before the figures, which are never cut.
 */
static void
ledger_narrow(
    const struct table *t, size_t row, struct row *first, struct row *second)
{
	bool debit = row_int(&t->rows, row, "debit") != 0;
	char date[TABLE_CELL], amount[TABLE_CELL], balance[TABLE_CELL];
	char text[TABLE_CELL], figures[4 * TABLE_CELL];
	size_t width = t->laid.w > 2 ? (size_t)t->laid.w : 2, n, skip, used;

	table_text(t, row, "date", date);
	table_text(t, row, debit ? "debit" : "credit", amount);
	table_text(t, row, "balance", balance);
	snprintf(figures, sizeof(figures), "%s  %s%s = %s", date,
	    debit ? "+" : "-", amount, balance);
	table_text(t, row, "description", text);
	n = text_wrap(text, width, &skip);
	row_addf(first, "%.*s", (int)n, text);
	if (text_width(figures) > width) { /* then the date goes above them */
		row_addf(first, "  %s", date);
		snprintf(figures, sizeof(figures), "%s%s = %s",
		    debit ? "+" : "-", amount, balance);
	}
	used = text_width(figures) + 2;
	if (text[n + skip] != '\0' && used < width) {
		row_left(second, 0, (int)(width - used), text + n + skip);
		row_add(second, "  ");
	}
	row_add(second, figures);
}

static void
ticket_cell(const struct table *t, size_t row, const struct column *c,
    char dst[TABLE_CELL])
{
	if (c->type == COLUMN_TIME)
		day_text(dst, day_of_instant(row_int(&t->rows, row, c->key),
				  t->session->tenant.zone));
	else
		table_text(t, row, c->key, dst);
}

/*
 * #8812 Slow evenings
 * Waiting on customer  medium
 * The tenant's choice and order here too; what has no room is left out.
 */
static void
ticket_narrow(
    const struct table *t, size_t row, struct row *first, struct row *second)
{
	bool attention = ticket_attention(&t->rows, row);
	char text[TABLE_CELL];

	for (size_t i = 0; i < t->ncolumns; i++) {
		const struct column *c =
		    &t->rows.listing->columns[t->columns[i]];
		bool above =
		    strcmp(c->key, "id") == 0 || strcmp(c->key, "subject") == 0;
		bool bold = attention && strcmp(c->key, "status") == 0;
		struct row *r = above ? first : second;
		const char *gap = r->width == 0 ? "" : above ? " " : "  ";

		ticket_cell(t, row, c, text);
		if (text[0] == '\0' ||
		    (r == second && r->width > 0 &&
			r->width + 2 + (int)text_width(text) > t->laid.w))
			continue;
		row_add(r, gap);
		if (bold)
			row_bold(r);
		row_add(r, text);
		if (bold)
			row_plain(r);
	}
	if (first->width == 0) {
		table_text(t, row, "id", text);
		row_add(first, text);
	}
}

/* The tenant's choice and order; what has no room goes from the end. */
static size_t
ticket_columns(const struct session *s, const char **keys, size_t max)
{
	size_t n = 0;

	for (; n < s->settings.ticket_columns_n && n < max; n++)
		keys[n] = ticket_column_word(s->settings.ticket_columns[n]);
	return n;
}

static const struct table_filter invoice_filters[] = {
    {N_("open"), N_("No invoice is open. f shows all."), invoice_open},
    {N_("paid"), N_("No invoice is paid. f shows all."), invoice_paid},
};

static const struct table_filter proforma_filters[] = {
    {N_("open"), N_("No proforma is open. f shows all."), proforma_open},
};

static const struct table_filter ticket_filters[] = {
    {N_("open"), N_("No ticket is open. t opens one, f shows all."),
	ticket_open},
    {N_("closed"), N_("No ticket is closed. f shows all."), ticket_closed},
};

const struct table_spec spec_invoices = {
    .listing = "invoices",
    .opens = TARGET_INVOICE,
    .filters = invoice_filters,
    .nfilters = 2,
    .attention = invoice_attention,
    .narrow = invoice_narrow,
};

const struct table_spec spec_payments = {
    .listing = "payments",
    .opens = TARGET_PAYMENT,
    .attention = payment_attention,
    .narrow = payment_narrow,
};

const struct table_spec spec_ledger = {
    .listing = "transactions",
    .opens = TARGET_TEXT,
    .narrow = ledger_narrow,
};

const struct table_spec spec_proformas = {
    .listing = "proformas",
    .opens = TARGET_PROFORMA,
    .filters = proforma_filters,
    .nfilters = 1,
    .narrow = proforma_narrow,
};

const struct table_spec spec_credit_notes = {
    .listing = "credit-notes",
    .opens = TARGET_CREDIT_NOTE,
    .attention = credit_note_attention,
    .narrow = credit_note_narrow,
};

const struct table_spec spec_tickets = {
    .listing = "tickets",
    .opens = TARGET_TICKET,
    .filters = ticket_filters,
    .nfilters = 2,
    .attention = ticket_attention,
    .narrow = ticket_narrow,
    .days = true,
    .columns = ticket_columns,
};

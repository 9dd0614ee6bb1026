/*
 * One invoice, as text and as an object.
 */
#include "data/invoice.h"
#include "data/reference.h"

#include <string.h>

#include "base/i18n.h"
#include "data/listing.h"
#include "export/paper_text.h"
#include "sshd/cmd/cmd.h"

enum {
	QUANTITY_SIZE = 32,
	PAPER_COLUMNS = 79,
	PAPER_TEXT_MAX = 4 * 1024 * 1024, /* 500 lines of any length */
};

/* A number of so many decimals without the zeros at its end: "1", "1.5". */
static void
decimal_text(char dst[QUANTITY_SIZE], int64_t value, int decimals)
{
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value,
		 unit = 1;
	size_t len;
	int i;

	for (i = 0; i < decimals; i++)
		unit *= 10;
	snprintf(dst, QUANTITY_SIZE, "%s%llu.%0*llu", value < 0 ? "-" : "",
	    (unsigned long long)(size / unit), decimals,
	    (unsigned long long)(size % unit));
	len = strlen(dst);
	while (dst[len - 1] == '0')
		len--;
	if (dst[len - 1] == '.')
		len--;
	dst[len] = '\0';
}

static json_t *
js_decimal(int64_t value, int decimals)
{
	char text[QUANTITY_SIZE];

	decimal_text(text, value, decimals);
	return json_string(text);
}

/* clang-format off */
static json_t *
js_lines(const struct invoice *inv)
{
	const struct invoice_line *line;
	json_t *list = json_array();
	size_t i;

	for (i = 0; list != NULL && i < inv->nlines; i++) {
		line = &inv->lines[i];
		if (json_array_append_new(list,
		    json_pack("{s:s, s:o, s:o, s:s, s:o, s:o}",
		    "description", line->description,
		    "quantity", js_decimal(line->quantity, 3),
		    "unit_price", js_money(line->unit_price, inv->currency),
		    "tax_category", line->tax_category,
		    "tax_rate", js_decimal(line->tax_rate, 2),
		    "net", js_money(line->net, inv->currency))) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *
js_taxes(const struct invoice *inv)
{
	const struct invoice_tax *tax;
	json_t *list = json_array();
	size_t i;

	for (i = 0; list != NULL && i < inv->ntaxes; i++) {
		tax = &inv->taxes[i];
		if (json_array_append_new(list,
		    json_pack("{s:s, s:o, s:o, s:o}",
		    "category", tax->category,
		    "rate", js_decimal(tax->rate, 2),
		    "net", js_money(tax->net, inv->currency),
		    "tax", js_money(tax->tax, inv->currency))) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *
js_allocations(const struct invoice *inv)
{
	const struct invoice_allocation *al;
	json_t *list = json_array();
	size_t i;

	for (i = 0; list != NULL && i < inv->nallocations; i++) {
		al = &inv->allocations[i];
		if (json_array_append_new(list,
		    json_pack("{s:o, s:o, s:o, s:s, s:s, s:o, s:o}",
		    "date", js_time(al->at),
		    "amount", js_money(al->amount, inv->currency),
		    "taken_back", js_money(al->taken, inv->currency),
		    "kind", al->kind,
		    "method", al->method,
		    "reference", js_text(al->reference),
		    "receipt", js_text(al->receipt))) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}
/* clang-format on */

static void
invoice_path(char *dst, size_t size, const struct invoice *inv)
{
	snprintf(dst, size, "invoices/%s.pdf", inv->number);
}

/* clang-format off */
static json_t *
js_invoice(const struct cmd *c, const struct invoice *inv)
{
	char reference[REFERENCE_SIZE] = "", path[64];
	const char *cur = inv->currency;

	(void)reference_make(reference, c->tenant.id, inv->number);
	invoice_path(path, sizeof(path), inv);
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, "
	    "s:s, s:b, s:o, s:{s:s, s:o, s:o, s:o}, s:{s:s, s:o, s:s}, s:o, "
	    "s:o, s:o, s:o, s:s}",
	    "number", inv->number,
	    "issued", js_day(inv->issued_on),
	    "due", js_day(inv->due_on),
	    "supply_from", js_day(inv->supply_from),
	    "supply_to", js_day(inv->supply_to),
	    "currency", cur,
	    "net", js_money(inv->net, cur),
	    "tax", js_money(inv->tax, cur),
	    "total", js_money(inv->total, cur),
	    "balance", js_money(inv->balance, cur),
	    "status", inv->status,
	    "overdue", (int)inv->overdue,
	    "exemption", js_text(inv->exemption),
	    "seller",
	    "address", inv->seller,
	    "vat_id", js_text(inv->seller_vat),
	    "bank", js_text(inv->seller_bank),
	    "note", js_text(inv->seller_note),
	    "buyer",
	    "address", inv->buyer,
	    "vat_id", js_text(inv->buyer_vat),
	    "number", inv->buyer_number,
	    "lines", js_lines(inv),
	    "taxes", js_taxes(inv),
	    "allocations", js_allocations(inv),
	    "reference", js_text(reference),
	    "file", path);
}
/* clang-format on */

static void
print_allocations(struct cmd *c, const struct invoice *inv)
{
	const struct invoice_allocation *al;
	const char *paper;
	size_t i;

	for (i = 0; i < inv->nallocations; i++) {
		al = &inv->allocations[i];
		paper = al->receipt[0] != '\0' ? al->receipt : al->reference;
		fprintf(c->out, _("Paid: %1$s on %2$s, %3$s"),
		    say_money(al->amount + al->taken, inv->currency).s,
		    say_time(c, al->at).s, word_text(al->method));
		fprintf(c->out, paper[0] != '\0' ? " (%s)\n" : "%s\n", paper);
		if (al->taken > 0)
			fprintf(c->out, _("Taken back: %s\n"),
			    say_money(al->taken, inv->currency).s);
	}
}

enum err
invoice_print(struct cmd *c, const struct invoice *inv, size_t width)
{
	char path[64], line[256];
	struct paper_doc doc;
	struct buf text;
	enum err err;

	if ((err = paper_doc_invoice(&doc, inv, &c->tenant)) != ERR_NONE)
		return err;
	buf_init(&text, PAPER_TEXT_MAX);
	err = paper_text(&doc, width, &text);
	paper_doc_release(&doc);
	if (err != ERR_NONE)
		goto out;
	if (inv->overdue)
		fprintf(c->out, _("Status: %1$s since %2$s\n"),
		    word_text(inv->status), say_day(inv->due_on + 1).s);
	else
		fprintf(c->out, _("Status: %s\n"), word_text(inv->status));
	fprintf(
	    c->out, _("Due: %s\n\n"), say_money(inv->balance, inv->currency).s);
	fputs(buf_str(&text), c->out);
	fputc('\n', c->out);
	print_allocations(c, inv);
	invoice_path(path, sizeof(path), inv);
	session_scp_line(line, sizeof(line), &c->env, path);
	fprintf(c->out, _("Fetch it: %s\n"), line);
out:
	buf_release(&text);
	return err;
}

int
cmd_invoice(struct cmd *c)
{
	struct invoice inv;
	enum err err;
	int status = SESSION_EXIT_OK;

	err = invoice_get(c->st, c->args[0], 0, cmd_today(c), &inv);
	if (err == ERR_NOT_FOUND || err == ERR_BAD_INPUT)
		return cmd_refuse(c,
		    _("There is no invoice %s. "
		      "\"invoices\" lists them."),
		    c->args[0]);
	if (err != ERR_NONE)
		return cmd_fail(c, err);
	if (c->json)
		status = cmd_print_json(c, js_invoice(c, &inv));
	else if ((err = invoice_print(c, &inv, PAPER_COLUMNS)) != ERR_NONE)
		status = cmd_fail(c, err);
	invoice_release(&inv);
	return status;
}

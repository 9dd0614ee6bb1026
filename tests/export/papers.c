/* The sample papers of these tests: no store is needed to make them. */
#include "papers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define SET(field, text) snprintf(field, sizeof(field), "%s", text)

static void
tenant_fill(struct tenant *t)
{
	t->id = 1;
	SET(t->brand, "Ridgenet");
	SET(t->zone, "UTC");
	SET(t->locale, "C.UTF-8");
	SET(t->website, "https://ridgenet.example");
	SET(t->email, "help@ridgenet.example");
	SET(t->phone, "+43 1 555 0100");
}

static void
invoice_fill(struct invoice *inv)
{
	SET(inv->number, "INV-2026-000498");
	inv->issued_on = day_from_date((struct date) {2026, 5, 1});
	inv->issued_at = inv->issued_on * 86400 + 9 * 3600;
	inv->due_on = day_from_date((struct date) {2026, 5, 8});
	inv->supply_from = inv->issued_on;
	inv->supply_to = day_from_date((struct date) {2026, 5, 31});
	SET(inv->currency, "EUR");
	SET(inv->status, "Unpaid");
	SET(inv->seller, "Ridgenet GmbH\nTower Street 2\n1010 Vienna\nAT");
	SET(inv->seller_vat, "ATU12345678");
	SET(inv->seller_bank,
	    "Example Bank\nIBAN AT61 1904 3002 3457 3201\nBIC GIBAATWWXXX");
	SET(inv->seller_note, "Register FN 123456a\nPay within 14 days.");
	SET(inv->buyer, "Zoë Ångström\nBarn Road 1\n1230 Ridge\nAT");
	SET(inv->buyer_vat, "ATU87654321");
	SET(inv->buyer_number, "10-20394");
}

static void
lines_fill(struct papers *p, size_t n)
{
	struct invoice *inv = &p->invoice;
	struct invoice_line *l;
	size_t i;

	inv->lines = calloc(n > 0 ? n : 1, sizeof(*inv->lines));
	if (inv->lines == NULL)
		abort();
	inv->nlines = n;
	for (i = 0; i < n; i++) {
		l = &inv->lines[i];
		snprintf(
		    l->description, sizeof(l->description), "Item %zu", i + 1);
		l->quantity = 1000;
		l->unit_price = l->net = 1000;
		SET(l->tax_category, "S");
		l->tax_rate = 2000;
		inv->net += l->net;
	}
	inv->tax = inv->net / 5;
	inv->total = inv->balance = inv->net + inv->tax;
	p->taxes[0] = (struct invoice_tax) {"S", 2000, inv->net, inv->tax};
	inv->taxes = p->taxes;
	inv->ntaxes = 1;
}

static void
payment_fill(struct papers *p)
{
	struct payment *pay = &p->payment;

	SET(pay->kind, "payment");
	SET(pay->receipt, "RCP-2026-000204");
	pay->at = p->invoice.issued_at + 31 * 60;
	pay->amount = 5440;
	SET(pay->currency, "EUR");
	SET(pay->method, "card");
	SET(pay->status, "Succeeded");
	SET(pay->reference, "pi_3PqXyZ2eZvKYlo2C");
	SET(pay->seller, p->invoice.seller);
	SET(pay->seller_vat, p->invoice.seller_vat);
	SET(pay->buyer, p->invoice.buyer);
}

void
papers_init(struct papers *p, size_t nlines)
{
	memset(p, 0, sizeof(*p));
	tenant_fill(&p->tenant);
	invoice_fill(&p->invoice);
	lines_fill(p, nlines);
	payment_fill(p);
}

void
papers_release(struct papers *p)
{
	free(p->invoice.lines);
	p->invoice.lines = NULL;
}

void
papers_describe(struct papers *p, const char *description)
{
	size_t i;

	for (i = 0; i < p->invoice.nlines; i++)
		SET(p->invoice.lines[i].description, description);
}

/*
 * One payment, what was given back of it, and the invoices it went to; opening
 * it opens its invoice, which stands below where there is only one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "data/invoice.h"
#include "data/listing.h"
#include "data/payment.h"
#include "data/refund.h"
#include "tui/invoice_page.h"
#include "tui/page.h"
#include "tui/screens.h"

enum { LABEL = 12, TEXT = 512 };

struct payment_view {
	struct page page;
	struct payment payment;
	struct invoice invoice; /* the one that was paid, if it was one */
	struct refund *refunds;
	size_t nrefunds;
};

static enum err
payment_view_read(struct view *v)
{
	struct payment_view *pv = v->state;
	struct payment p = {0};
	struct invoice inv = {0};
	struct refund *refunds = NULL;
	size_t nrefunds = 0;
	const struct session *s = v->ui->session;
	enum err err = payment_get(s->store, v->arg, NULL, &p);

	if (err == ERR_NONE)
		err = refund_list(s->store, v->arg, &refunds, &nrefunds);
	if (err == ERR_NONE && p.nallocations == 1)
		err = invoice_get(
		    s->store, NULL, p.allocations[0].invoice, s->today, &inv);
	if (err != ERR_NONE) {
		payment_release(&p);
		free(refunds);
		return err;
	}
	payment_release(&pv->payment);
	invoice_release(&pv->invoice);
	free(pv->refunds);
	pv->payment = p;
	pv->invoice = inv;
	pv->refunds = refunds;
	pv->nrefunds = nrefunds;
	page_stale(&pv->page);
	return ERR_NONE;
}

static enum err
payment_view_open(struct view *v, int64_t arg)
{
	struct payment_view *pv = v->state;

	(void)arg;
	page_init(&pv->page);
	return payment_view_read(v);
}

/* "Refund of 20.00 EUR on 12 Apr 2026: Given back", and what that means. */
static void
refund_build(struct page *p, const struct session *s, const struct refund *r)
{
	const struct refund_words *words = refund_words(r->kind, r->status);
	char amount[AMOUNT_SIZE], date[DATE_SIZE];

	session_amount(s, amount, r->amount);
	day_text(date, day_of_instant(r->at, s->tenant.zone));
	page_textf(p,
	    strcmp(r->kind, "dispute") == 0 ? _("Dispute of %s on %s: %s")
					    : _("Refund of %s on %s: %s"),
	    amount, date, words != NULL ? _(words->shown) : r->status);
	if (words != NULL && words->meaning[0] != '\0')
		page_text(p, false, _(words->meaning));
	page_field(p, LABEL, _("Reason"), r->reason);
	page_field(p, LABEL, _("Reference"), r->ref);
	page_blank(p);
}

static void
allocation_build(
    struct page *p, const struct session *s, const struct payment_allocation *a)
{
	char amount[AMOUNT_SIZE];
	struct row r;

	row_init(&r);
	row_add(&r, a->number);
	session_amount(s, amount, a->amount + a->taken);
	row_right(&r, 20, 16, amount);
	page_row(p, &r, (struct target) {TARGET_INVOICE, a->invoice});
	if (a->taken > 0) {
		session_amount(s, amount, a->taken);
		page_textf(p, _("Taken back from it: %s"), amount);
	}
}

static void
payment_build(
    struct page *p, const struct session *s, const struct payment_view *pv)
{
	const struct payment *pay = &pv->payment;
	char amount[AMOUNT_SIZE], date[DATE_SIZE], text[TEXT];
	char method[WORD_SIZE], scp[SCP_SIZE];

	session_amount(s, amount, pay->amount);
	snprintf(text, sizeof(text), _("Payment of %s"), amount);
	page_text(p, false, text);
	page_blank(p);
	instant_text(date, pay->at, s->tenant.zone);
	page_field(p, LABEL, _("Date"), date);
	page_field(p, LABEL, _("Status"), word_text(pay->status));
	word_label(method, word_text(pay->method));
	page_field(p, LABEL, _("Method"), method);
	page_field(p, LABEL, _("Reference"), pay->reference);
	page_field(p, LABEL, _("Receipt"), pay->receipt);
	page_blank(p);
	for (size_t i = 0; i < pv->nrefunds; i++)
		refund_build(p, s, &pv->refunds[i]);
	for (size_t i = 0; i < pay->nallocations; i++)
		allocation_build(p, s, &pay->allocations[i]);
	if (pay->unapplied > 0) {
		session_amount(s, amount, pay->unapplied);
		page_textf(p, _("Not used yet, kept as credit: %s"), amount);
	}
	if (pay->receipt[0] != '\0') {
		session_scp_paper(s, scp, "receipts", pay->receipt);
		invoice_page_scp(p, _("Fetch the receipt:"), scp);
	}
}

static void
payment_view_draw(struct view *v, struct canvas *c, struct area a)
{
	struct payment_view *pv = v->state;

	if (page_begin(&pv->page, a.w)) {
		payment_build(&pv->page, v->ui->session, pv);
		if (pv->payment.nallocations == 1) {
			page_blank(&pv->page);
			invoice_page(&pv->page, v->ui->session, &pv->invoice);
		}
		page_end(&pv->page);
	}
	page_draw(&pv->page, c, a);
}

static bool
payment_view_act(struct view *v, enum action act)
{
	if (act != ACT_DOWNLOAD)
		return false;
	ui_push(v->ui, &screen_fetch_receipt, v->arg);
	return true;
}

static struct list *
payment_view_list(struct view *v)
{
	struct payment_view *pv = v->state;

	return &pv->page.list;
}

static void
payment_view_close(struct view *v)
{
	struct payment_view *pv = v->state;

	page_release(&pv->page);
	payment_release(&pv->payment);
	invoice_release(&pv->invoice);
	free(pv->refunds);
}

/* clang-format off */
static const struct binding payment_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("open"), N_("Open the marked invoice") },
	{ { 'd' }, ACT_DOWNLOAD, N_("download"),
	  N_("How to download the receipt") },
};
/* clang-format on */

const struct screen screen_payment = {
    .name = "payment",
    .title = N_("One payment"),
    .bindings = BINDINGS(payment_rows),
    .state_size = sizeof(struct payment_view),
    .topics = TOPIC_BILLING,
    .open = payment_view_open,
    .reload = payment_view_read,
    .draw = payment_view_draw,
    .act = payment_view_act,
    .list = payment_view_list,
    .close = payment_view_close,
};

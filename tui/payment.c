/*
 * One payment and the invoices it went to; opening it opens its invoice, which
 * stands below where there is only one.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "data/invoice.h"
#include "data/listing.h"
#include "data/payment.h"
#include "tui/invoice_page.h"
#include "tui/page.h"
#include "tui/screens.h"

enum { LABEL = 12, TEXT = 512 };

struct payment_view {
	struct page page;
	struct payment payment;
	struct invoice invoice; /* the one that was paid, if it was one */
};

static enum err
payment_view_read(struct view *v)
{
	struct payment_view *pv = v->state;
	struct payment p = {0};
	struct invoice inv = {0};
	const struct session *s = v->ui->session;
	enum err err = payment_get(s->store, v->arg, NULL, &p);

	if (err == ERR_NONE && p.nallocations == 1)
		err = invoice_get(
		    s->store, NULL, p.allocations[0].invoice, s->today, &inv);
	if (err != ERR_NONE) {
		payment_release(&p);
		return err;
	}
	payment_release(&pv->payment);
	invoice_release(&pv->invoice);
	pv->payment = p;
	pv->invoice = inv;
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

static void
payment_build(
    struct page *p, const struct session *s, const struct payment *pay)
{
	char amount[AMOUNT_SIZE], date[DATE_SIZE], text[TEXT], scp[SCP_SIZE];

	session_amount(s, amount, pay->amount);
	snprintf(text, sizeof(text), _("Payment of %s"), amount);
	page_text(p, false, text);
	page_blank(p);
	instant_text(date, pay->at, s->tenant.zone);
	page_field(p, LABEL, _("Date"), date);
	page_field(p, LABEL, _("Status"), word_text(pay->status));
	page_field(p, LABEL, _("Method"), word_text(pay->method));
	page_field(p, LABEL, _("Reference"), pay->reference);
	page_field(p, LABEL, _("Receipt"), pay->receipt);
	page_blank(p);
	for (size_t i = 0; i < pay->nallocations; i++) {
		struct row r;

		row_init(&r);
		row_add(&r, pay->allocations[i].number);
		session_amount(s, amount, pay->allocations[i].amount);
		row_right(&r, 20, 16, amount);
		page_row(p, &r,
		    (struct target) {
			TARGET_INVOICE, pay->allocations[i].invoice});
	}
	if (pay->unapplied > 0) {
		session_amount(s, amount, pay->unapplied);
		page_textf(p, _("Not used yet, kept as credit: %s"), amount);
	}
	if (pay->receipt[0] != '\0') {
		session_scp_paper(s, scp, "receipts", pay->receipt);
		page_textf(p, _("Fetch the receipt:  %s"), scp);
	}
}

static void
payment_view_draw(struct view *v, struct canvas *c, struct area a)
{
	struct payment_view *pv = v->state;

	if (page_begin(&pv->page, a.w)) {
		payment_build(&pv->page, v->ui->session, &pv->payment);
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

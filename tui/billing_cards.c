/* The account's cards as sentences. */
#include "tui/billing_cards.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "tui/methods.h"
#include "tui/row.h"
#include "tui/sentences.h"

static void
add_amount(struct row *r, const struct session *s, const char *format,
    int64_t amount, int64_t day)
{
	char money[AMOUNT_SIZE], date[DATE_SIZE];

	session_amount(s, money, amount);
	day_text_short(date, day);
	if (r->width > 0)
		row_add(r, " ");
	row_addf(r, format, money, date);
}

/* The same in short lines. */
static void
narrow_cards(struct page *p, const struct session *s, const char *automatic)
{
	const struct account *a = &s->account;
	char owed[AMOUNT_SIZE], last[MONEY_SIZE], paid[MONEY_SIZE];

	session_amount(s, owed, a->due_total);
	page_textf(
	    p, _("You owe %s, %lld open."), owed, (long long)a->open_invoices);
	money_text(last, a->last_invoice_total, s->tenant.currency);
	money_text(paid, a->last_payment_amount, s->tenant.currency);
	if (a->has_last_invoice && a->has_last_payment)
		page_textf(p, _("Last invoice %s, payment %s."), last, paid);
	else if (a->has_last_invoice)
		page_textf(p, _("Last invoice %s."), last);
	else
		page_blank(p);
	page_text(p, false, automatic);
}

void
billing_cards(struct page *p, const struct session *s,
    const struct autopay *autopay, bool narrow)
{
	const struct account *a = &s->account;
	char automatic[AUTOPAY_TEXT];
	struct row r;

	say_state(p, s, narrow);
	autopay_text(automatic, autopay, true);
	if (narrow && a->due_total > 0) {
		narrow_cards(p, s, automatic);
		return;
	}
	say_balance(p, s);
	row_init(&r);
	if (a->open_invoices > 0)
		row_addf(&r, _("%lld open."), (long long)a->open_invoices);
	if (a->has_last_invoice)
		add_amount(&r, s, _("Last invoice: %s on %s."),
		    a->last_invoice_total, a->last_invoice_on);
	if (a->has_last_payment)
		add_amount(&r, s, _("Last payment: %s on %s."),
		    a->last_payment_amount,
		    day_of_instant(a->last_payment_at, s->tenant.zone));
	if (automatic[0] != '\0')
		row_addf(&r, "%s%s", r.width > 0 ? " " : "", automatic);
	page_text(p, false, r.s);
	page_blank(p);
}

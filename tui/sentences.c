/* Sentences on the account; every amount with its currency. */
#include "tui/sentences.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "data/prepaid.h"

enum { SENTENCE = 512, IN_DAYS = 96, SAME_YEAR = 300 };

/* "in 6 days (20 May)", "today", "tomorrow (15 May)". */
static void
in_days(char dst[IN_DAYS], int64_t today, int64_t day)
{
	char date[DATE_SIZE];
	long long n = (long long)(day - today);

	day_text_short(date, day);
	if (n <= 0)
		snprintf(dst, IN_DAYS, "%s", _("today"));
	else if (n == 1)
		snprintf(dst, IN_DAYS, _("tomorrow (%s)"), date);
	else
		snprintf(dst, IN_DAYS,
		    ngettext("in %lld day (%s)", "in %lld days (%s)",
			(unsigned long)n),
		    n, date);
}

/* A sentence of which the first part is bold; wrapped when it must be. */
static void
put_bold_first(struct page *p, const char *first, const char *rest)
{
	struct row r;
	int w = (int)text_width(first) + (int)text_width(rest);

	if (w > p->width - 2) {
		page_text(p, true, first);
		page_text(p, false, rest[0] == ' ' ? rest + 1 : rest);
		return;
	}
	row_init(&r);
	row_bold(&r);
	row_add(&r, first);
	row_plain(&r);
	row_add(&r, rest);
	page_line(p, &r);
}

static void
say_owed(struct page *p, const struct session *s)
{
	const struct account *a = &s->account;
	char amount[AMOUNT_SIZE], overdue[AMOUNT_SIZE], date[DATE_SIZE];
	char first[SENTENCE], rest[SENTENCE] = "";

	session_amount(s, amount, a->due_total);
	snprintf(first, sizeof(first), _("You owe %s."), amount);
	if (a->overdue_total > 0) {
		session_amount(s, overdue, a->overdue_total);
		day_text_short(date, a->overdue_since);
		snprintf(rest, sizeof(rest),
		    _(" %s of it is overdue since %s."), overdue, date);
	}
	put_bold_first(p, first, rest);
}

void
say_balance(struct page *p, const struct session *s)
{
	char amount[AMOUNT_SIZE], first[SENTENCE];

	if (s->account.due_total > 0) {
		say_owed(p, s);
	} else if (s->account.balance < 0) {
		session_amount(s, amount, -s->account.balance);
		snprintf(first, sizeof(first), _("Overpaid: %s."), amount);
		put_bold_first(p, first,
		    _(" Paid in full; the next invoice takes it from there."));
	} else {
		page_text(p, false, _("Paid in full. Nothing is due."));
	}
	if (s->account.sent_total > 0) {
		session_amount(s, amount, s->account.sent_total);
		page_textf(p, _("A payment of %s is being processed."), amount);
	}
}

void
say_state(struct page *p, const struct session *s, bool is_short)
{
	char amount[AMOUNT_SIZE], text[SENTENCE];

	if (strcmp(s->customer.state, "blocked") == 0) {
		session_amount(s, amount,
		    s->account.overdue_total > 0 ? s->account.overdue_total
						 : s->account.due_total);
		snprintf(text, sizeof(text),
		    is_short ? _("Blocked until %s is paid: P says how.")
			     : _("Your account is blocked because of unpaid "
				 "invoices. Your services come back when %s is "
				 "paid: P says how."),
		    amount);
		page_text(p, true, text);
	} else if (strcmp(s->customer.state, "inactive") == 0) {
		page_text(p, true,
		    _("Your account is closed. Your invoices "
		      "and payments stay here."));
	}
}

void
say_next_payment(struct page *p, const struct session *s)
{
	const struct account *a = &s->account;
	char amount[AMOUNT_SIZE], when[IN_DAYS];

	if (!s->settings.show_next_payment || !a->has_next)
		return;
	session_amount(s, amount, a->next_due_amount);
	in_days(when, s->today, a->next_due_on);
	page_textf(p, _("Next payment due %s: %s."), when, amount);
}

void
say_suspension(struct page *p, const struct session *s)
{
	const struct account *a = &s->account;
	char amount[AMOUNT_SIZE], when[IN_DAYS], text[SENTENCE];

	if (!s->settings.show_suspension || !a->has_suspension ||
	    strcmp(s->customer.state, "active") != 0)
		return;
	session_amount(
	    s, amount, a->overdue_total > 0 ? a->overdue_total : a->due_total);
	in_days(when, s->today, a->suspension_on);
	snprintf(text, sizeof(text),
	    _("Your service will be suspended %s unless %s is paid."), when,
	    amount);
	page_text(p, true, text);
}

void
until_text(char dst[DATE_SIZE], int64_t today, int64_t days)
{
	if (days < SAME_YEAR)
		day_text_short(dst, today + days);
	else
		day_text(dst, today + days);
}

void
prepaid_text(const struct session *s, int64_t monthly, char dst[PREPAID_TEXT])
{
	int64_t days = prepaid_days(s->account.credit, monthly);
	char until[DATE_SIZE];

	if (days == 0) {
		snprintf(dst, PREPAID_TEXT, "%s",
		    _("Prepaid: the balance is used up."));
		return;
	}
	until_text(until, s->today, days);
	snprintf(dst, PREPAID_TEXT,
	    ngettext("Prepaid: %1$lld day left, until %2$s.",
		"Prepaid: %1$lld days left, until %2$s.", (unsigned long)days),
	    (long long)days, until);
}

void
say_prepaid(struct page *p, const struct session *s, int64_t monthly)
{
	char text[PREPAID_TEXT];

	if (monthly <= 0)
		return;
	prepaid_text(s, monthly, text);
	page_text(
	    p, prepaid_days(s->account.credit, monthly) <= PREPAID_FEW, text);
}

/* Sentences on paying: what for, how it stands, what to do next. */
#include "tui/pay_words.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/listing.h"
#include "tui/row.h"

enum { LOW = 12 };

static bool
is_setup(const struct checkout *co)
{
	return co->purpose == CHECKOUT_FOR_SETUP;
}

const char *
pay_link(const struct checkout *co)
{
	return co->link[0] != '\0' ? co->link : co->url;
}

void
pay_time(const struct session *s, char dst[PAY_TIME], int64_t instant)
{
	char full[DATE_SIZE], day[DATE_SIZE];
	int64_t on = day_of_instant(instant, s->tenant.zone);
	size_t len;

	instant_text(full, instant, s->tenant.zone);
	len = strlen(full);
	day_text_short(day, on);
	snprintf(dst, PAY_TIME, "%s %s", day, len > 5 ? full + len - 5 : full);
}

/* The time alone on the same day. */
static void
end_time(const struct session *s, char dst[PAY_TIME], int64_t instant)
{
	pay_time(s, dst, instant);
	if (day_of_instant(instant, s->tenant.zone) == s->today)
		memmove(dst, dst + strlen(dst) - 5, 6);
}

static void
amount_text(const struct checkout *co, char dst[AMOUNT_SIZE])
{
	char money[MONEY_SIZE];

	money_text(money, co->amount, co->currency);
	snprintf(dst, AMOUNT_SIZE, "%s %s", money, co->currency);
}

void
pay_what(const struct checkout *co, char dst[PAY_TEXT])
{
	if (co->purpose == CHECKOUT_FOR_TOPUP)
		snprintf(dst, PAY_TEXT, "%s", _("your balance"));
	else if (co->purpose == CHECKOUT_FOR_PROFORMA)
		snprintf(dst, PAY_TEXT, "%s", co->proforma_number);
	else if (co->ninvoices == 1)
		snprintf(dst, PAY_TEXT, "%s", co->invoices[0].number);
	else
		snprintf(dst, PAY_TEXT,
		    ngettext("%zu invoice", "%zu invoices", co->ninvoices),
		    co->ninvoices);
}

void
pay_title(const struct pay_view *pv, bool how, char dst[2 * PAY_TEXT])
{
	const struct checkout *co = &pv->checkout;
	char amount[AMOUNT_SIZE], what[PAY_TEXT], name[WORD_SIZE];

	if (is_setup(co)) {
		snprintf(dst, 2 * PAY_TEXT, "%s", _("Save a card or account"));
		return;
	}
	amount_text(co, amount);
	pay_what(co, what);
	word_label(name, co->gateway);
	if (co->method != 0)
		snprintf(dst, 2 * PAY_TEXT, _("Pay %1$s for %2$s with %3$s"),
		    amount, what, pv->with);
	else if (how)
		snprintf(dst, 2 * PAY_TEXT,
		    _("Pay %1$s for %2$s by card (%3$s)"), amount, what, name);
	else
		snprintf(
		    dst, 2 * PAY_TEXT, _("Pay %1$s for %2$s"), amount, what);
}

const char *
pay_state(const struct checkout *co)
{
	if (co->method != 0 && strcmp(co->state, "wanted") == 0)
		return _("Charging...");
	if (is_setup(co) && strcmp(co->state, "open") == 0)
		return _("Waiting for you");
	return word_text(checkout_words(co->state)->shown);
}

/* What is paid together, as far as there is room. */
static void
draw_invoices(struct pen *p, const struct checkout *co)
{
	int room = p->a.y + p->a.h - p->y - 1;
	size_t shown = co->ninvoices;
	char money[MONEY_SIZE], text[PAY_TEXT];

	if (co->ninvoices < 2 || room < 2)
		return;
	if (shown > (size_t)room)
		shown = (size_t)room - 1;
	pen_blank(p);
	for (size_t i = 0; i < shown; i++) {
		money_text(money, co->invoices[i].amount, co->currency);
		snprintf(text, sizeof(text), "%-18s %10s",
		    co->invoices[i].number, money);
		pen_text(p, ATTR_PLAIN, text);
	}
	if (shown < co->ninvoices) {
		snprintf(text, sizeof(text), _("and %zu more"),
		    co->ninvoices - shown);
		pen_text(p, ATTR_PLAIN, text);
	}
}

static void
page_is_whose(struct pen *p, const struct session *s, const struct checkout *co)
{
	char time[PAY_TIME], text[PAY_TEXT], name[WORD_SIZE];

	word_label(name, co->gateway);
	end_time(s, time, co->expires_at);
	if (p->a.h < LOW)
		snprintf(text, sizeof(text), _("The link ends at %s."), time);
	else
		snprintf(text, sizeof(text),
		    is_setup(co) ? _("The page is %1$s's, and takes no money. "
				     "We never see your card. The link ends at "
				     "%2$s.")
				 : _("The page is %1$s's. We never see your "
				     "card. The link ends at %2$s."),
		    name, time);
	pen_text(p, ATTR_PLAIN, text);
}

void
pay_words_open(struct pen *p, const struct session *s,
    const struct pay_view *pv, bool scan, bool alone_fits)
{
	const struct checkout *co = &pv->checkout;
	bool low = p->a.h < LOW;

	pen_text(p, ATTR_PLAIN,
	    scan         ? _("Scan with a phone, or open")
	    : alone_fits ? _("Open this link (z shows the QR):")
			 : _("Open this link:"));
	if (!low)
		pen_blank(p);
	pen_cursor(p);
	p->y += pay_draw_link(
	    p->c, p->y, p->a.x, p->a.w, p->a.y + p->a.h - p->y, pay_link(co));
	pen_blank(p);
	page_is_whose(p, s, co);
	if (!low)
		pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    is_setup(co) ? _("This screen changes by itself when it is saved. "
			     "You may leave.")
			 : _("This screen changes by itself when the payment "
			     "arrives. You may leave."));
	draw_invoices(p, co);
}

static void
words_wanted(struct pen *p, const struct pay_view *pv)
{
	const struct checkout *co = &pv->checkout;

	pen_text(p, ATTR_PLAIN,
	    co->method != 0
		? _("It takes a moment. This screen changes by itself; you "
		    "may leave.")
	    : is_setup(co)
		? _("It appears here by itself in a moment.")
		: _("It appears here by itself in a moment. Nothing is paid "
		    "until you open it."));
	draw_invoices(p, co);
}

static void
words_processing(struct pen *p, const struct pay_view *pv)
{
	(void)pv;
	pen_text(p, ATTR_PLAIN,
	    _("Your bank is working on it. That can take some days; you need "
	      "not stay, and need not pay again."));
	pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    _("This screen changes by itself when the payment arrives."));
}

static void
words_expired(struct pen *p, const struct pay_view *pv)
{
	bool setup = is_setup(&pv->checkout);

	pen_text(p, ATTR_PLAIN,
	    setup ? _("The link has ended, and nothing was saved with it.")
		  : _("The link has ended, and nothing was paid with it."));
	pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    setup ? _("r makes a new link.")
		  : _("r makes a new link. o shows another way to pay."));
}

static void
words_failed(struct pen *p, const struct pay_view *pv)
{
	const struct checkout *co = &pv->checkout;

	pen_text(p, ATTR_BOLD,
	    co->reason[0] != '\0' ? gettext(co->reason)
	    : is_setup(co)        ? _("It could not be saved.")
				  : _("The payment did not go through."));
	pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    is_setup(co) ? _("r makes a new link, for instance for another "
			     "card.")
	    : co->method != 0
		? _("Nothing was paid. r makes a link to pay with your phone, "
		    "also with another card. o shows another way to pay.")
		: _("r makes a new link, for instance for another card. o "
		    "shows another way to pay."));
}

/* Money came another way. */
static void
words_overtaken(struct pen *p, const struct pay_view *pv)
{
	pen_text(p, ATTR_BOLD, gettext(pv->checkout.reason));
	pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    _("The link has ended, and nothing was paid with it. r makes a new "
	      "link for what is left to pay."));
}

static void
words_cancelled(struct pen *p, const struct pay_view *pv)
{
	if (pv->checkout.reason[0] != '\0') {
		words_overtaken(p, pv);
		return;
	}
	pen_text(p, ATTR_PLAIN,
	    is_setup(&pv->checkout)
		? _("A newer link has taken the place of this one.")
		: _("A newer link has taken the place of this one. Nothing "
		    "was paid with it."));
	pen_blank(p);
	pen_text(p, ATTR_PLAIN, _("r makes a new link."));
}

void
pay_words(struct pen *p, const struct pay_view *pv)
{
	static const struct {
		const char *state;
		void (*draw)(struct pen *p, const struct pay_view *pv);
	} pages[] = {
	    {"wanted", words_wanted},
	    {"processing", words_processing},
	    {"expired", words_expired},
	    {"failed", words_failed},
	};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (strcmp(pages[i].state, pv->checkout.state) == 0) {
			pages[i].draw(p, pv);
			return;
		}
	words_cancelled(p, pv);
}

static void
words_saved(struct pen *p, const struct pay_view *pv)
{
	char text[PAY_TEXT];

	snprintf(text, sizeof(text), _("Saved. %s."), pv->with);
	pen_text(p, ATTR_BOLD, text);
	pen_blank(p);
	pen_text(p, ATTR_PLAIN,
	    _("w on an invoice pays with it at once, after asking. Billing, "
	      "Methods lists what is saved; A there turns automatic payment "
	      "on."));
}

static void
words_paid(struct pen *p, const struct session *s, const struct pay_view *pv)
{
	const struct checkout *co = &pv->checkout;
	char amount[AMOUNT_SIZE], time[PAY_TIME], what[PAY_TEXT];
	char text[2 * PAY_TEXT], receipt[PAY_TEXT], first[4 * PAY_TEXT];
	bool one_line;

	amount_text(co, amount);
	pay_what(co, what);
	pay_time(s, time, pv->paid_at);
	snprintf(
	    text, sizeof(text), _("Paid. %1$s received %2$s."), amount, time);
	snprintf(receipt, sizeof(receipt), _("Receipt: receipts/%s.pdf"),
	    co->receipt);
	if (co->receipt[0] == '\0')
		receipt[0] = '\0';
	one_line = (int)(text_width(text) + text_width(receipt)) < p->a.w;
	snprintf(first, sizeof(first), "%s%s%s", text,
	    one_line && receipt[0] != '\0' ? " " : "", one_line ? receipt : "");
	pen_text(p, ATTR_BOLD, first);
	if (!one_line)
		pen_text(p, ATTR_BOLD, receipt);
	pen_blank(p);
	snprintf(text, sizeof(text), _("Thank you. This was for %s."), what);
	pen_text(p, ATTR_PLAIN, text);
	draw_invoices(p, co);
}

void
pay_words_done(
    struct pen *p, const struct session *s, const struct pay_view *pv)
{
	pen_cursor(p);
	if (is_setup(&pv->checkout))
		words_saved(p, pv);
	else
		words_paid(p, s, pv);
}

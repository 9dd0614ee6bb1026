/*
 * What is saved, the default first; a page for a phone; a bank transfer.
 */
#include "tui/pay_choose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "tui/methods.h"
#include "tui/page.h"
#include "tui/pay.h"
#include "tui/pay_saved.h"
#include "tui/screens.h"

struct pay_choose {
	struct page page;
	struct checkout checkout;
	struct method methods[METHODS];
	size_t nmethods;
};

static enum err
choose_read(struct view *v)
{
	struct pay_choose *pc = v->state;
	struct store *st = v->ui->session->store;
	enum err err = checkout_get(st, v->arg, &pc->checkout);

	if (err == ERR_NONE)
		err = method_list(st, pc->methods, &pc->nmethods);
	page_stale(&pc->page);
	return err;
}

static enum err
choose_open(struct view *v, int64_t arg)
{
	struct pay_choose *pc = v->state;

	(void)arg;
	page_init(&pc->page);
	return choose_read(v);
}

static void
add_act(struct page *p, enum action act, const char *text)
{
	struct row r;

	row_init(&r);
	row_add(&r, text);
	page_row(p, &r, (struct target) {TARGET_ACT, act});
}

static void
choose_build(struct view *v, struct page *p)
{
	const struct pay_choose *pc = v->state;
	const struct session *s = v->ui->session;
	const struct checkout *co = &pc->checkout;
	char amount[AMOUNT_SIZE], text[256];

	session_amount(s, amount, co->amount);
	if (co->ninvoices == 1)
		snprintf(text, sizeof(text), _("Pay %1$s for %2$s"), amount,
		    co->invoices[0].number);
	else
		snprintf(text, sizeof(text),
		    ngettext("Pay %1$s for %2$zu invoice",
			"Pay %1$s for %2$zu invoices", co->ninvoices),
		    amount, co->ninvoices);
	page_text(p, true, text);
	page_blank(p);
	methods_head(p, _("WITH WHAT IS SAVED"),
	    (struct target) {TARGET_NONE, 0}, ui_narrow(v->ui));
	methods_rows(p, s, pc->methods, pc->nmethods, ui_narrow(v->ui));
	page_blank(p);
	add_act(p, ACT_PAY, _("Another card, by a link for a phone"));
	add_act(p, ACT_OTHER, _("Bank transfer"));
}

static void
choose_draw(struct view *v, struct canvas *c, struct area a)
{
	struct pay_choose *pc = v->state;
	struct target marked = list_target(&pc->page.list);

	if (page_begin(&pc->page, a.w)) {
		choose_build(v, &pc->page);
		page_end(&pc->page);
		list_mark(&pc->page.list, marked);
	}
	page_draw(&pc->page, c, a);
}

static size_t
wanted(const struct checkout *co, int64_t invoices[CHECKOUT_INVOICES])
{
	for (size_t i = 0; i < co->ninvoices; i++)
		invoices[i] = co->invoices[i].invoice;
	return co->ninvoices;
}

/* The link that is there already, or another one. */
static void
by_link(struct view *v)
{
	const struct pay_choose *pc = v->state;
	struct ui *ui = v->ui;
	int64_t invoices[CHECKOUT_INVOICES], id = 0;
	size_t n = wanted(&pc->checkout, invoices);
	enum err err = checkout_start(
	    ui->session->store, CHECKOUT_FOR_INVOICES, invoices, n, 0, &id);

	if (err != ERR_NONE) {
		ui_error(ui, err);
		return;
	}
	ui_pop(ui);
	pay_show(ui, id);
}

static bool
choose_act(struct view *v, enum action act)
{
	struct pay_choose *pc = v->state;
	const struct checkout *co = &pc->checkout;
	struct target t = list_target(&pc->page.list);
	int64_t invoices[CHECKOUT_INVOICES];
	size_t n;

	switch (act) {
	case ACT_OPEN:
		if (t.kind != TARGET_METHOD)
			return false;
		/* fall through */
	case ACT_PAY_SAVED:
		n = wanted(co, invoices);
		pay_saved_ask(
		    v->ui, t.kind == TARGET_METHOD ? t.id : 0, invoices, n);
		return true;
	case ACT_PAY:
		by_link(v);
		return true;
	case ACT_OTHER:
		ui_push(v->ui, &screen_pay_how,
		    co->ninvoices == 1 ? co->invoices[0].invoice : 0);
		return true;
	default:
		return false;
	}
}

static struct list *
choose_list(struct view *v)
{
	struct pay_choose *pc = v->state;

	return &pc->page.list;
}

static void
choose_close(struct view *v)
{
	struct pay_choose *pc = v->state;

	page_release(&pc->page);
}

void
pay_choose(struct ui *ui, const struct checkout *co)
{
	struct method list[METHODS];
	size_t n = 0;
	enum err err = method_list(ui->session->store, list, &n);

	if (err != ERR_NONE)
		ui_error(ui, err);
	else if (n > 0 && co->purpose == CHECKOUT_FOR_INVOICES)
		ui_push(ui, &screen_pay_choose, co->id);
	else if (co->proforma != 0)
		ui_push(ui, &screen_proforma_text, co->proforma);
	else
		ui_push(ui, &screen_pay_how,
		    co->ninvoices == 1 ? co->invoices[0].invoice : 0);
}

/* clang-format off */
static const struct binding choose_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("choose"),
	  N_("Pay in the marked way; what is saved is charged after asking") },
	{ { 'p' }, ACT_PAY, N_("link"),
	  N_("A link to pay with a phone") },
	{ { 'o' }, ACT_OTHER, N_("bank transfer"),
	  N_("How to pay without a card") },
};
/* clang-format on */

const struct screen screen_pay_choose = {
    .name = "pay, other ways",
    .title = N_("Other ways to pay"),
    .bindings = BINDINGS(choose_rows),
    .state_size = sizeof(struct pay_choose),
    .topics = TOPIC_BILLING,
    .open = choose_open,
    .reload = choose_read,
    .draw = choose_draw,
    .act = choose_act,
    .list = choose_list,
    .close = choose_close,
};

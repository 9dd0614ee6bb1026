/* Topping up the balance. */
#include "tui/topup.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/checkout.h"
#include "tui/pay.h"
#include "tui/pen.h"
#include "tui/screens.h"

enum { BELOW = 5, BELOW_NARROW = 4 };

void
topup_begin(struct ui *ui, const struct screen *screen, int64_t arg)
{
	struct gateway gateways[GATEWAYS];
	size_t n = 0;
	enum err err = gateway_list(ui->session->store, gateways, &n);

	if (err != ERR_NONE)
		ui_error(ui, err);
	else if (n > 0)
		ui_push(ui, screen, arg);
	else
		ui_say(ui, "%s",
		    _("Paying by card is not open here. P says how to pay."));
}

void
topup_init(struct view *v)
{
	struct topup *t = v->state;

	snprintf(t->label, sizeof(t->label), _("Amount in %s"),
	    v->ui->session->tenant.currency);
	t->fields[0] = (struct form_field) {.key = "amount",
	    .label = t->label,
	    .kind = FORM_TEXT,
	    .value = t->amount,
	    .size = sizeof(t->amount)};
	form_init(&t->form, t->fields, 1);
}

static enum err
topup_open(struct view *v, int64_t arg)
{
	(void)arg;
	topup_init(v);
	return ERR_NONE;
}

enum err
topup_amount(const struct view *v, int64_t *out)
{
	const struct topup *t = v->state;
	char text[MONEY_SIZE], *comma;

	snprintf(text, sizeof(text), "%s", t->amount);
	/* A comma is a point where it is the only one. */
	if ((comma = strchr(text, ',')) != NULL && strchr(text, '.') == NULL)
		*comma = '.';
	return money_parse(text, v->ui->session->tenant.currency, out);
}

void
topup_owed_text(const struct session *s, char dst[TOPUP_TEXT])
{
	char owed[AMOUNT_SIZE];

	dst[0] = '\0';
	if (s->account.due_total <= 0)
		return;
	session_amount(s, owed, s->account.due_total);
	snprintf(dst, TOPUP_TEXT, _("What you owe is paid first: %s."), owed);
}

void
topup_draw_form(struct view *v, struct canvas *c, struct area a,
    const char *title, const char *text)
{
	struct topup *t = v->state;
	bool narrow = ui_narrow(v->ui);
	int end = form_draw(&t->form, c, a, title, narrow) + 1;
	int y = a.y + (narrow ? BELOW_NARROW : BELOW);
	struct pen p = {.c = c, .a = a};

	p.y = y > end ? y : end;
	p.a.x = 1;
	p.a.w = a.w - 2;
	pen_text(&p, ATTR_PLAIN, text);
}

static void
topup_draw(struct view *v, struct canvas *c, struct area a)
{
	char owed[TOPUP_TEXT], text[3 * TOPUP_TEXT];

	topup_owed_text(v->ui->session, owed);
	snprintf(text, sizeof(text), "%s%s%s", owed, owed[0] != '\0' ? " " : "",
	    owed[0] != '\0'
		? _("The rest is kept for the next invoices.")
		: _("It is kept for the next invoices, which take it from "
		    "there by themselves."));
	topup_draw_form(v, c, a, _("Top up the balance"), text);
}

static void
send(struct view *v)
{
	struct topup *t = v->state;
	struct ui *ui = v->ui;
	int64_t amount = 0, id = 0;
	char why[TOPUP_TEXT];

	if (topup_amount(v, &amount) != ERR_NONE) {
		snprintf(why, sizeof(why),
		    _("That is not an amount in %s, such as 20."),
		    ui->session->tenant.currency);
		form_refuse(&t->form, "amount", why);
		return;
	}
	if (!form_sent(v, checkout_start(ui->session->store, CHECKOUT_FOR_TOPUP,
			      NULL, 0, amount, &id)))
		return;
	ui_pop(ui);
	pay_show(ui, id);
}

bool
topup_act(struct view *v, enum action act)
{
	return form_screen_act(v, act, send);
}

const struct screen screen_topup = {
    .name = "top up",
    .title = N_("Topping up the balance"),
    .state_size = sizeof(struct topup),
    .form = true,
    .topics = TOPIC_BILLING,
    .open = topup_open,
    .draw = topup_draw,
    .act = topup_act,
    .key = form_screen_key,
    .close = form_screen_close,
};

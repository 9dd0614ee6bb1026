/*
 * One attempt to pay, or to save a way to pay: asks for the link, waits, and
 * turns into what became of it.  Leaving ends nothing: it goes on without this
 * screen.
 */
#include "tui/pay.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/payment.h"
#include "tui/pay_choose.h"
#include "tui/pay_view.h"
#include "tui/screens.h"

/* Each state has keys of its own. */
static const struct {
	const char *state;
	const struct screen *pay, *setup;
} state_screens[] = {
    {"wanted", &screen_pay_sent, &screen_pay_sent},
    {"open", &screen_pay, &screen_save},
    {"processing", &screen_pay_sent, &screen_pay_sent},
    {"paid", &screen_pay_paid, &screen_pay_paid},
    {"saved", &screen_pay_sent, &screen_pay_sent},
    {"expired", &screen_pay_ended, &screen_save_ended},
    {"failed", &screen_pay_ended, &screen_save_ended},
    {"cancelling", &screen_pay_ended, &screen_save_ended},
    {"cancelled", &screen_pay_ended, &screen_save_ended},
};

static bool
is_open(const struct pay_view *pv)
{
	return strcmp(pv->checkout.state, "open") == 0;
}

static void
choose_screen(struct view *v)
{
	struct pay_view *pv = v->state;
	bool setup = pv->checkout.purpose == CHECKOUT_FOR_SETUP;

	pv->alone = pv->alone && is_open(pv);
	v->screen = setup ? &screen_save_ended : &screen_pay_ended;
	for (size_t i = 0; i < sizeof(state_screens) / sizeof(state_screens[0]);
	     i++)
		if (strcmp(state_screens[i].state, pv->checkout.state) == 0)
			v->screen = setup ? state_screens[i].setup
					  : state_screens[i].pay;
	if (pv->alone)
		v->screen = &screen_pay_alone;
}

/* In upper case it is a smaller code; our own links mean the same in any. */
static void
make_qr(struct pay_view *pv)
{
	const struct checkout *co = &pv->checkout;
	char text[CHECKOUT_URL];
	size_t i;

	pv->qr.side = 0;
	if (!is_open(pv) || pay_link(co)[0] == '\0')
		return;
	snprintf(text, sizeof(text), "%s", pay_link(co));
	for (i = 0; co->link[0] != '\0' && text[i] != '\0'; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	if (qr_make(&pv->qr, text) != ERR_NONE)
		pv->qr.side = 0;
}

/* When the money came, and its receipt's number. */
static enum err
read_payment(struct view *v, struct checkout *co, int64_t *paid_at)
{
	struct payment p = {0};
	enum err err;

	*paid_at = 0;
	if (strcmp(co->state, "paid") != 0 || co->payment == 0)
		return ERR_NONE;
	err = payment_get(v->ui->session->store, co->payment, NULL, &p);
	if (err == ERR_NONE) {
		*paid_at = p.at;
		snprintf(co->receipt, sizeof(co->receipt), "%s", p.receipt);
	}
	payment_release(&p);
	return err;
}

static enum err
newest_method(struct store *st, struct method *out)
{
	struct method list[METHODS];
	size_t n = 0, newest = 0;
	enum err err = method_list(st, list, &n);

	for (size_t i = 1; i < n; i++)
		if (list[i].id > list[newest].id)
			newest = i;
	if (err == ERR_NONE && n > 0)
		*out = list[newest];
	return err;
}

/* What is charged, or was saved just now. */
static enum err
read_method(struct view *v, const struct checkout *co, char with[METHOD_TEXT])
{
	struct store *st = v->ui->session->store;
	struct method m = {0};
	enum err err = ERR_NONE;

	if (co->method != 0)
		err = method_get(st, co->method, &m);
	else if (strcmp(co->state, "saved") == 0)
		err = newest_method(st, &m);
	if (err == ERR_NONE)
		method_text(with, &m);
	return err;
}

static enum err
pay_read(struct view *v)
{
	struct pay_view *pv = v->state;
	struct checkout co;
	char with[METHOD_TEXT];
	int64_t paid_at;
	enum err err = checkout_get(v->ui->session->store, v->arg, &co);

	if (err == ERR_NONE)
		err = read_payment(v, &co, &paid_at);
	if (err == ERR_NONE)
		err = read_method(v, &co, with);
	if (err != ERR_NONE)
		return err;
	pv->checkout = co;
	memcpy(pv->with, with, sizeof(pv->with));
	pv->paid_at = paid_at;
	make_qr(pv);
	choose_screen(v);
	return ERR_NONE;
}

static enum err
pay_open(struct view *v, int64_t arg)
{
	(void)arg;
	return pay_read(v);
}

/* Until its link ends a payment may come: nobody is logged out before. */
static int64_t
pay_waits_until(const struct view *v)
{
	const struct pay_view *pv = v->state;

	return is_open(pv) ? pv->checkout.expires_at : 0;
}

static void
toggle_style(struct view *v)
{
	struct pay_view *pv = v->state;
	const struct canvas *c = &v->ui->canvas;
	int rows, cols;

	qr_size(&pv->qr, QR_WIDE, &rows, &cols);
	if (!pv->wide && (rows > c->rows || cols > c->cols)) {
		ui_say(v->ui,
		    _("The other style needs %d columns and %d rows."), cols,
		    rows);
		return;
	}
	pv->wide = !pv->wide;
}

static void
renew(struct view *v)
{
	const struct pay_view *pv = v->state;
	struct store *st = v->ui->session->store;
	int64_t id = 0;
	enum err err = pv->checkout.purpose == CHECKOUT_FOR_SETUP
			   ? method_setup(st, &id)
			   : checkout_renew(st, v->arg, &id);

	if (err == ERR_NONE)
		pay_show(v->ui, id);
	else
		ui_error(v->ui, err);
}

static bool
pay_act(struct view *v, enum action act)
{
	struct pay_view *pv = v->state;
	const struct checkout *co = &pv->checkout;

	switch (act) {
	case ACT_QR_STYLE:
		if (pv->qr.side > 0)
			toggle_style(v);
		return true;
	case ACT_QR_INVERT:
		pv->invert = !pv->invert;
		return true;
	case ACT_QR_ALONE:
		pv->alone = pv->qr.side > 0;
		choose_screen(v);
		return true;
	case ACT_COPY:
		if (pay_link(co)[0] != '\0')
			ui_copy(v->ui, pay_link(co));
		return true;
	case ACT_NEXT:
		if (is_open(pv))
			ui_push(v->ui, &screen_pay_link, v->arg);
		return true;
	case ACT_OTHER:
		pay_choose(v->ui, co);
		return true;
	case ACT_REPLY:
		renew(v);
		return true;
	case ACT_DOWNLOAD:
		ui_push(v->ui, &screen_fetch_receipt, co->payment);
		return true;
	default:
		return false;
	}
}

static bool
alone_key(struct view *v, const struct key *key)
{
	struct pay_view *pv = v->state;
	const struct binding *b = binding_find(&v->screen->bindings, key->code);

	if (b != NULL)
		return pay_act(v, b->act);
	pv->alone = false;
	choose_screen(v);
	return true;
}

void
pay_show(struct ui *ui, int64_t checkout)
{
	struct view *v = ui_top(ui);
	enum err err;

	if (v->screen->draw != pay_draw) {
		ui_push(ui, &screen_pay, checkout);
		return;
	}
	v->arg = checkout;
	if ((err = pay_read(v)) != ERR_NONE)
		ui_error(ui, err);
}

void
pay_save_begin(struct ui *ui)
{
	int64_t id = 0;
	enum err err = method_setup(ui->session->store, &id);

	if (err == ERR_NONE)
		pay_show(ui, id);
	else
		ui_error(ui, err);
}

/* The attempt whose money is on its way; 0: none. */
static int64_t
under_way(struct store *st, int64_t invoice)
{
	struct query q = query_begin(st, SQL_CLAIM_OF);
	struct checkout co;
	int64_t id = 0;

	query_bind_int(&q, invoice);
	while (query_row(&q))
		id = col_int(&q, 0);
	if (query_end(&q) != ERR_NONE || id == 0 ||
	    checkout_get(st, id, &co) != ERR_NONE)
		return 0;
	return co.method != 0 || strcmp(co.state, "processing") == 0 ? id : 0;
}

/* Nobody is told how to pay what is on its way. */
static void
show_instead(struct ui *ui, int64_t invoice)
{
	int64_t id = invoice != 0 ? under_way(ui->session->store, invoice) : 0;

	if (id != 0)
		pay_show(ui, id);
	else
		ui_push(ui, &screen_pay_how, invoice);
}

void
pay_begin(struct ui *ui, int64_t invoice)
{
	struct store *st = ui->session->store;
	struct gateway gateways[GATEWAYS];
	int64_t id = 0;
	size_t n = 0;
	enum err err = gateway_list(st, gateways, &n);

	if (err == ERR_NONE && n == 0) {
		ui_push(ui, &screen_pay_how, invoice);
		return;
	}
	if (err == ERR_NONE)
		err = checkout_start(st, CHECKOUT_FOR_INVOICES, &invoice,
		    invoice != 0 ? 1 : 0, 0, &id);
	if (err == ERR_NONE) {
		pay_show(ui, id);
		return;
	}
	ui_error(ui, err);
	if (err == ERR_BAD_INPUT)
		show_instead(ui, invoice);
}

void
pay_proforma(struct ui *ui, int64_t proforma)
{
	struct store *st = ui->session->store;
	int64_t id = 0;
	enum err err =
	    checkout_start(st, CHECKOUT_FOR_PROFORMA, &proforma, 1, 0, &id);

	if (err == ERR_NONE)
		pay_show(ui, id);
	else
		ui_error(ui, err);
}

/* clang-format off */
static const struct binding pay_rows[] = {
	{ { 'c' }, ACT_COPY, N_("copy link"),
	  N_("Copy the link, where the terminal can") },
	{ { 'b' }, ACT_QR_STYLE, N_("other QR style"),
	  N_("Draw the QR with coloured blanks, or with half blocks again") },
	{ { 'i' }, ACT_QR_INVERT, N_("invert"),
	  N_("Light and dark the other way round") },
	{ { 'o' }, ACT_OTHER, N_("other way to pay"),
	  N_("Saved methods, or how to pay without a card") },
	{ { 'z' }, ACT_QR_ALONE, N_("QR alone"),
	  N_("The QR without anything around it; any key returns") },
	{ { 'l', K_RIGHT }, ACT_NEXT, N_("full link"),
	  N_("The address of the page itself") },
};
/* The same without another way: nothing is paid. */
static const struct binding save_rows[] = {
	{ { 'c' }, ACT_COPY, N_("copy link"),
	  N_("Copy the link, where the terminal can") },
	{ { 'b' }, ACT_QR_STYLE, N_("other QR style"),
	  N_("Draw the QR with coloured blanks, or with half blocks again") },
	{ { 'i' }, ACT_QR_INVERT, N_("invert"),
	  N_("Light and dark the other way round") },
	{ { 'z' }, ACT_QR_ALONE, N_("QR alone"),
	  N_("The QR without anything around it; any key returns") },
	{ { 'l', K_RIGHT }, ACT_NEXT, N_("full link"),
	  N_("The address of the page itself") },
};
static const struct binding alone_rows[] = {
	{ { 'b' }, ACT_QR_STYLE, NULL,
	  N_("Draw the QR with coloured blanks, or with half blocks again") },
	{ { 'i' }, ACT_QR_INVERT, NULL,
	  N_("Light and dark the other way round") },
};
static const struct binding ended_rows[] = {
	{ { 'r' }, ACT_REPLY, N_("new link"), N_("Make a new link") },
	{ { 'o' }, ACT_OTHER, N_("other way to pay"),
	  N_("Saved methods, or how to pay without a card") },
};
static const struct binding save_ended_rows[] = {
	{ { 'r' }, ACT_REPLY, N_("new link"), N_("Make a new link") },
};
static const struct binding paid_rows[] = {
	{ { 'd' }, ACT_DOWNLOAD, N_("download"),
	  N_("How to download the receipt") },
};
/* clang-format on */

#define PAY_PAGE                                                               \
	.state_size = sizeof(struct pay_view),                                 \
	.topics = TOPIC_ACCOUNT | TOPIC_BILLING, .open = pay_open,             \
	.reload = pay_read, .draw = pay_draw, .act = pay_act,                  \
	.waits_until = pay_waits_until

const struct screen screen_pay = {
    .name = "pay",
    .title = N_("Paying by card"),
    .bindings = BINDINGS(pay_rows),
    PAY_PAGE,
};

const struct screen screen_pay_alone = {
    .name = "pay, the QR alone",
    .title = N_("The QR alone"),
    .bindings = BINDINGS(alone_rows),
    .bare = true,
    .key = alone_key,
    .state_size = sizeof(struct pay_view),
    .topics = TOPIC_BILLING,
    .reload = pay_read,
    .draw = pay_draw_alone,
    .waits_until = pay_waits_until,
};

const struct screen screen_pay_sent = {
    .name = "pay, processing",
    .title = N_("A payment to wait for"),
    PAY_PAGE,
};

const struct screen screen_save = {
    .name = "save",
    .title = N_("Saving a card or account"),
    .bindings = BINDINGS(save_rows),
    PAY_PAGE,
};

const struct screen screen_save_ended = {
    .name = "save, ended",
    .title = N_("A link that ended, and saved nothing"),
    .bindings = BINDINGS(save_ended_rows),
    PAY_PAGE,
};

const struct screen screen_pay_ended = {
    .name = "pay, ended",
    .title = N_("A link that ended"),
    .bindings = BINDINGS(ended_rows),
    PAY_PAGE,
};

const struct screen screen_pay_paid = {
    .name = "pay, paid",
    .title = N_("Paid"),
    .bindings = BINDINGS(paid_rows),
    PAY_PAGE,
};

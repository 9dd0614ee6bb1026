/*
 * One payment by card: asks for the link, waits, and turns into what became of
 * it.  Leaving ends nothing: the payment goes on without this screen.
 */
#include "tui/pay.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/payment.h"
#include "tui/pay_view.h"
#include "tui/screens.h"

/* Each state has keys of its own. */
static const struct {
	const char *state;
	const struct screen *screen;
} state_screens[] = {
    {"wanted", &screen_pay_sent},
    {"open", &screen_pay},
    {"processing", &screen_pay_sent},
    {"paid", &screen_pay_paid},
    {"expired", &screen_pay_ended},
    {"failed", &screen_pay_ended},
    {"cancelling", &screen_pay_ended},
    {"cancelled", &screen_pay_ended},
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

	pv->alone = pv->alone && is_open(pv);
	v->screen = &screen_pay_ended;
	for (size_t i = 0; i < sizeof(state_screens) / sizeof(state_screens[0]);
	     i++)
		if (strcmp(state_screens[i].state, pv->checkout.state) == 0)
			v->screen = state_screens[i].screen;
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
pay_read(struct view *v)
{
	struct pay_view *pv = v->state;
	struct checkout co;
	int64_t paid_at;
	enum err err = checkout_get(v->ui->session->store, v->arg, &co);

	if (err == ERR_NONE)
		err = read_payment(v, &co, &paid_at);
	if (err != ERR_NONE)
		return err;
	pv->checkout = co;
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
	int64_t id = 0;
	enum err err = checkout_renew(v->ui->session->store, v->arg, &id);

	if (err == ERR_NONE) {
		v->arg = id;
		err = pay_read(v);
	}
	if (err != ERR_NONE)
		ui_error(v->ui, err);
}

/* How to pay what this was for without a card. */
static void
other_way(struct view *v)
{
	const struct pay_view *pv = v->state;
	const struct checkout *co = &pv->checkout;

	ui_push(v->ui, &screen_pay_how,
	    co->ninvoices == 1 ? co->invoices[0].invoice : 0);
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
		other_way(v);
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
		ui_push(ui, &screen_pay, id);
		return;
	}
	ui_error(ui, err);
	if (err == ERR_BAD_INPUT)
		ui_push(ui, &screen_pay_how, invoice);
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
	  N_("How to pay without a card") },
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
	  N_("How to pay without a card") },
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

/* The page about a bank transfer, and its code alone: that is large, so it has
 * the whole screen. */
#include "tui/transfer.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/invoice.h"
#include "tui/page.h"
#include "tui/qr_draw.h"
#include "tui/screens.h"

enum { LABEL = 11, TEXT = 256 };

struct transfer_view {
	struct page page;
	struct transfer transfer;
	struct qr qr; /* side 0: none */
	bool invert;
};

static enum err
oldest_unpaid(const struct session *s, int64_t *invoice)
{
	struct query q = query_begin(s->store, SQL_BOOKS_UNPAID);

	query_bind_int(&q, 1);
	while (query_row(&q))
		*invoice = col_int(&q, 0);
	return query_end(&q);
}

static void
scan_make(const struct session *s, struct transfer *t, const char *currency)
{
	char reference[REFERENCE_SIZE] = "";

	if (reference_make(reference, s->tenant.id, t->number))
		reference_print(t->reference, reference);
	else
		snprintf(
		    t->reference, sizeof(t->reference), "%.31s", t->number);
	/* Where a bank takes no such transfer there is nothing to scan. */
	(void)epc_text(t->scan, &(struct epc) {.name = s->tenant.legal_name,
				    .iban = s->tenant.iban,
				    .bic = s->tenant.bic,
				    .amount = t->amount,
				    .currency = currency,
				    .reference = reference,
				    .text = t->number});
}

enum err
transfer_read(const struct session *s, int64_t invoice, struct transfer *out)
{
	struct transfer t = {0};
	struct invoice inv = {0};
	int64_t named = invoice;
	enum err err;

	if (named == 0 && (err = oldest_unpaid(s, &named)) != ERR_NONE)
		return err;
	if (named != 0) {
		err = invoice_get(s->store, NULL, named, s->today, &inv);
		if (err != ERR_NONE)
			return err;
		t.amount = invoice != 0 ? inv.balance : s->account.due_total;
		strcpy(t.number, inv.number);
		if (t.amount > 0)
			scan_make(s, &t, inv.currency);
		invoice_release(&inv);
	}
	*out = t;
	return ERR_NONE;
}

static enum err
transfer_view_read(struct view *v)
{
	struct transfer_view *tv = v->state;
	enum err err = transfer_read(v->ui->session, v->arg, &tv->transfer);

	tv->qr.side = 0;
	if (err == ERR_NONE && tv->transfer.scan[0] != '\0')
		err = qr_make_medium(&tv->qr, tv->transfer.scan);
	page_stale(&tv->page);
	return err;
}

static enum err
transfer_view_open(struct view *v, int64_t arg)
{
	struct transfer_view *tv = v->state;

	(void)arg;
	page_init(&tv->page);
	return transfer_view_read(v);
}

static void
transfer_build(
    struct page *p, const struct session *s, const struct transfer *t)
{
	char money[AMOUNT_SIZE];

	if (t->amount <= 0) {
		page_text(p, false, _("Nothing is due here."));
		return;
	}
	session_amount(s, money, t->amount);
	page_text(p, true, _("By bank transfer"));
	page_blank(p);
	page_field(p, LABEL, _("To"), s->tenant.legal_name);
	page_field(p, LABEL, _("Bank"), s->tenant.bank_name);
	page_field(p, LABEL, _("IBAN"), s->tenant.iban);
	page_field(p, LABEL, _("BIC"), s->tenant.bic);
	page_field(p, LABEL, _("Amount"), money);
	page_field(p, LABEL, _("Reference"), t->reference);
	page_blank(p);
	page_text(p, false,
	    _("The reference tells what the money is for. It is here when "
	      "your bank has sent it, often on the next working day."));
	if (t->scan[0] != '\0') {
		page_blank(p);
		page_text(p, false,
		    _("Press z for a QR code that your banking app can "
		      "scan."));
	}
}

static void
transfer_draw(struct view *v, struct canvas *c, struct area a)
{
	struct transfer_view *tv = v->state;

	if (page_begin(&tv->page, a.w)) {
		transfer_build(&tv->page, v->ui->session, &tv->transfer);
		page_end(&tv->page);
	}
	page_draw(&tv->page, c, a);
}

static bool
transfer_act(struct view *v, enum action act)
{
	const struct transfer_view *tv = v->state;
	char reference[REFERENCE_PRINTED];
	size_t n = 0;

	switch (act) {
	case ACT_QR_ALONE:
		if (tv->qr.side > 0)
			ui_push(v->ui, &screen_transfer_code, v->arg);
		else
			ui_say(v->ui, "%s",
			    _("There is no QR code for this transfer."));
		return true;
	case ACT_COPY:
		for (const char *s = tv->transfer.reference; *s != '\0'; s++)
			if (*s != ' ')
				reference[n++] = *s;
		reference[n] = '\0';
		ui_copy(v->ui, reference);
		return true;
	default:
		return false;
	}
}

static struct list *
transfer_list(struct view *v)
{
	struct transfer_view *tv = v->state;

	return &tv->page.list;
}

static void
transfer_close(struct view *v)
{
	struct transfer_view *tv = v->state;

	page_release(&tv->page);
}

/* ---- the code alone ---- */

static void
code_draw(struct view *v, struct canvas *c, struct area a)
{
	const struct transfer_view *tv = v->state;
	enum qr_style style = v->ui->session->has_blocks ? QR_HALF : QR_WIDE;
	char text[TEXT];
	const char *s = text;
	size_t n, skip;
	int rows, cols;

	if (tv->qr.side == 0) /* it was paid meanwhile */
		snprintf(text, sizeof(text), "%s", _("Nothing is due here."));
	qr_size(&tv->qr, style, &rows, &cols);
	if (tv->qr.side > 0 && rows <= a.h && cols <= a.w) {
		qr_draw(&tv->qr, (struct qr_look) {style, tv->invert}, c,
		    a.y + (a.h - rows) / 2, a.x + (a.w - cols) / 2);
		return;
	}
	if (tv->qr.side > 0)
		snprintf(text, sizeof(text),
		    _("The QR needs a window of %d columns and %d rows. Any "
		      "key goes back."),
		    cols, rows);
	for (int y = a.y; (n = text_wrap(s, (size_t)a.w, &skip)) + skip > 0;
	     y++, s += n + skip)
		canvas_textn(c, y, a.x, a.w, ATTR_PLAIN, s, n);
}

static bool
code_key(struct view *v, const struct key *key)
{
	struct transfer_view *tv = v->state;

	if (key->code == 'i')
		tv->invert = !tv->invert;
	else
		ui_pop(v->ui);
	return true;
}

/* clang-format off */
static const struct binding transfer_rows[] = {
	{ { 'z' }, ACT_QR_ALONE, N_("QR code"),
	  N_("The QR for a banking app, without anything around it") },
	{ { 'c' }, ACT_COPY, N_("copy the reference"),
	  N_("Copy the reference, where the terminal can") },
};
static const struct binding code_rows[] = {
	{ { 'i' }, ACT_QR_INVERT, N_("invert"),
	  N_("Dark and light exchanged; any other key returns") },
};
/* clang-format on */

const struct screen screen_transfer = {
    .name = "transfer",
    .title = N_("Paying by bank transfer"),
    .bindings = BINDINGS(transfer_rows),
    .state_size = sizeof(struct transfer_view),
    .topics = TOPIC_ACCOUNT | TOPIC_BILLING,
    .open = transfer_view_open,
    .reload = transfer_view_read,
    .draw = transfer_draw,
    .act = transfer_act,
    .list = transfer_list,
    .close = transfer_close,
};

const struct screen screen_transfer_code = {
    .name = "transfer code",
    .title = N_("The QR of a bank transfer"),
    .bindings = BINDINGS(code_rows),
    .state_size = sizeof(struct transfer_view),
    .topics = TOPIC_ACCOUNT | TOPIC_BILLING,
    .bare = true,
    .open = transfer_view_open,
    .reload = transfer_view_read,
    .draw = code_draw,
    .key = code_key,
    .close = transfer_close,
};

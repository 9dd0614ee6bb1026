/* One invoice, and the same as text. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "data/method.h"
#include "data/method_words.h"
#include "tui/invoice_page.h"
#include "tui/pay.h"
#include "tui/pay_saved.h"
#include "tui/screens.h"

struct invoice_view {
	struct page page;
	struct invoice invoice;
	char with[METHOD_TEXT]; /* what is saved to pay it with, or "" */
	bool sent;              /* money for it is on its way */
	int64_t next_try;       /* day of the next automatic one; 0: none */
};

/* The default of what is saved, while something is due. */
static enum err
read_saved(struct view *v, const struct invoice *inv, char with[METHOD_TEXT])
{
	struct method list[METHODS];
	size_t n = 0;
	enum err err = ERR_NONE;

	with[0] = '\0';
	if (inv->balance > 0)
		err = method_list(v->ui->session->store, list, &n);
	if (err == ERR_NONE && n > 0)
		method_text(with, &list[0]);
	return err;
}

static enum err
read_one(struct store *st, enum sql sql, int64_t invoice, int64_t *value)
{
	struct query q = query_begin(st, sql);

	query_bind_int(&q, invoice);
	while (query_row(&q))
		*value = col_int(&q, sql == SQL_AUTOPAY_INVOICE_GET);
	return query_end(&q);
}

/* What becomes of it without the customer. */
static enum err
read_under_way(
    struct view *v, const struct invoice *inv, bool *sent, int64_t *next_try)
{
	struct store *st = v->ui->session->store;
	struct autopay a = {0};
	int64_t checkout = 0, day = 0;
	enum err err = ERR_NONE;

	if (inv->balance > 0)
		err = read_one(st, SQL_CHECKOUT_SENT, inv->id, &checkout);
	if (err == ERR_NONE && inv->balance > 0 && checkout == 0)
		err = autopay_get(st, &a);
	if (err == ERR_NONE && a.on)
		err = read_one(st, SQL_AUTOPAY_INVOICE_GET, inv->id, &day);
	if (err != ERR_NONE)
		return err;
	*sent = checkout != 0;
	*next_try = day;
	return ERR_NONE;
}

static enum err
invoice_view_read(struct view *v)
{
	struct invoice_view *iv = v->state;
	struct invoice inv = {0};
	enum err err = invoice_get(
	    v->ui->session->store, NULL, v->arg, v->ui->session->today, &inv);

	if (err != ERR_NONE)
		return err;
	err = read_saved(v, &inv, iv->with);
	if (err == ERR_NONE)
		err = read_under_way(v, &inv, &iv->sent, &iv->next_try);
	if (err != ERR_NONE) {
		invoice_release(&inv);
		return err;
	}
	invoice_release(&iv->invoice);
	iv->invoice = inv;
	page_stale(&iv->page);
	return ERR_NONE;
}

static enum err
invoice_view_open(struct view *v, int64_t arg)
{
	struct invoice_view *iv = v->state;

	(void)arg;
	page_init(&iv->page);
	return invoice_view_read(v);
}

static void
build_under_way(struct invoice_view *iv)
{
	char date[DATE_SIZE];

	if (iv->sent) {
		page_text(&iv->page, true,
		    _("A payment for it is being processed: you need not pay "
		      "again."));
	} else if (iv->next_try > 0) {
		day_text(date, iv->next_try);
		page_textf(&iv->page,
		    _("The automatic payment failed. It is tried again on "
		      "%s."),
		    date);
	}
}

static void
invoice_view_draw(struct view *v, struct canvas *c, struct area a)
{
	struct invoice_view *iv = v->state;

	if (page_begin(&iv->page, a.w)) {
		invoice_page(&iv->page, v->ui->session, &iv->invoice);
		build_under_way(iv);
		if (iv->with[0] != '\0' && !iv->sent)
			page_textf(
			    &iv->page, _("w pays it with %s."), iv->with);
		page_end(&iv->page);
	}
	page_draw(&iv->page, c, a);
}

static bool
invoice_view_act(struct view *v, enum action act)
{
	struct invoice_view *iv = v->state;
	char scp[SCP_SIZE];

	switch (act) {
	case ACT_PAY:
		pay_begin(v->ui, v->arg);
		return true;
	case ACT_PAY_SAVED:
		pay_saved_ask(v->ui, 0, &v->arg, 1);
		return true;
	case ACT_VIEW:
		ui_push(v->ui, &screen_paper, v->arg);
		return true;
	case ACT_DOWNLOAD:
		ui_push(v->ui, &screen_fetch_invoice, v->arg);
		return true;
	case ACT_COPY:
		session_scp_paper(
		    v->ui->session, scp, "invoices", iv->invoice.number);
		ui_copy(v->ui, scp);
		return true;
	default:
		return false;
	}
}

static struct list *
invoice_view_list(struct view *v)
{
	struct invoice_view *iv = v->state;

	return &iv->page.list;
}

static void
invoice_view_close(struct view *v)
{
	struct invoice_view *iv = v->state;

	page_release(&iv->page);
	invoice_release(&iv->invoice);
}

static enum err
paper_lines(struct view *v)
{
	struct invoice_view *iv = v->state;
	struct paper_doc doc;
	enum err err;

	err = paper_doc_invoice(&doc, &iv->invoice, &v->ui->session->tenant);
	if (err != ERR_NONE)
		return err;
	err = paper_page(&iv->page, &doc);
	paper_doc_release(&doc);
	return err;
}

static void
paper_draw(struct view *v, struct canvas *c, struct area a)
{
	struct invoice_view *iv = v->state;

	if (page_begin(&iv->page, a.w)) {
		enum err err = paper_lines(v);

		if (err != ERR_NONE)
			page_text(&iv->page, false, err_text(err));
		page_end(&iv->page);
	}
	page_draw(&iv->page, c, a);
}

/* clang-format off */
static const struct binding invoice_rows[] = {
	{ { 'p' }, ACT_PAY, N_("pay"), N_("Pay this invoice") },
	{ { 'w' }, ACT_PAY_SAVED, NULL,
	  N_("Pay it with the saved method that is the default, after asking") },
	{ { 'c' }, ACT_COPY, N_("copy the scp line"),
	  N_("Copy the scp line, where the terminal can") },
	{ { 'v' }, ACT_VIEW, N_("text"), N_("View the invoice as text") },
	{ { 'd' }, ACT_DOWNLOAD, NULL, N_("How to download it") },
};
/* clang-format on */

const struct screen screen_invoice = {
    .name = "invoice",
    .title = N_("One invoice"),
    .bindings = BINDINGS(invoice_rows),
    .state_size = sizeof(struct invoice_view),
    .topics = TOPIC_BILLING,
    .open = invoice_view_open,
    .reload = invoice_view_read,
    .draw = invoice_view_draw,
    .act = invoice_view_act,
    .list = invoice_view_list,
    .close = invoice_view_close,
};

const struct screen screen_paper = {
    .name = "paper",
    .title = N_("An invoice as text"),
    .state_size = sizeof(struct invoice_view),
    .open = invoice_view_open,
    .draw = paper_draw,
    .list = invoice_view_list,
    .close = invoice_view_close,
};

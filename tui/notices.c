/*
 * Pages to read: how to pay instead, how to fetch a paper, a piece of news,
 * the keys.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "data/invoice.h"
#include "data/payment.h"
#include "tui/page.h"
#include "tui/screens.h"
#include "tui/transfer.h"

struct notice {
	struct page page;
	char path[SCP_SIZE]; /* the scp line of a fetch screen */
};

enum {
	LABEL = 11,
	NEWS_READ = 20,
	KEY_WIDTH = 20,
	KEY_WIDTH_NARROW = 11,
	TEXT = 512
};

static enum err
notice_open(struct view *v, int64_t arg)
{
	struct notice *n = v->state;

	(void)arg;
	page_init(&n->page);
	return ERR_NONE;
}

static enum err
notice_reload(struct view *v)
{
	struct notice *n = v->state;

	page_stale(&n->page);
	return ERR_NONE;
}

static struct list *
notice_list(struct view *v)
{
	struct notice *n = v->state;

	return &n->page.list;
}

static void
notice_close(struct view *v)
{
	struct notice *n = v->state;

	page_release(&n->page);
}

static void
notice_draw(struct view *v, struct canvas *c, struct area a,
    enum err (*build)(struct view *v, struct page *p))
{
	struct notice *n = v->state;

	if (page_begin(&n->page, a.w)) {
		enum err err = build(v, &n->page);

		if (err != ERR_NONE)
			page_text(&n->page, false, err_text(err));
		page_end(&n->page);
	}
	page_draw(&n->page, c, a);
}

/* What is to be paid, and what for. */
static void
pay_what(struct view *v, struct page *p, const struct transfer *t)
{
	const struct session *s = v->ui->session;
	char money[AMOUNT_SIZE], text[TEXT];

	if (t->amount <= 0) {
		page_text(p, false, _("Nothing is due here."));
		return;
	}
	session_amount(s, money, t->amount);
	if (v->arg != 0)
		snprintf(text, sizeof(text), _("To pay: %s for %s"), money,
		    t->number);
	else
		snprintf(text, sizeof(text), _("To pay: %s in all"), money);
	page_text(p, true, text);
}

static enum err
pay_build(struct view *v, struct page *p)
{
	const struct session *s = v->ui->session;
	const struct tenant *t = &s->tenant;
	char money[AMOUNT_SIZE];
	struct transfer tr;
	enum err err = transfer_read(s, v->arg, &tr);

	if (err != ERR_NONE)
		return err;
	pay_what(v, p, &tr);
	if (tr.amount <= 0)
		return ERR_NONE;
	page_blank(p);
	page_text(p, false, s->settings.pay_how);
	if (t->iban[0] != '\0') {
		session_amount(s, money, tr.amount);
		page_blank(p);
		page_field(p, LABEL, _("To"), t->legal_name);
		page_field(p, LABEL, _("Bank"), t->bank_name);
		page_field(p, LABEL, _("IBAN"), t->iban);
		page_field(p, LABEL, _("BIC"), t->bic);
		page_field(p, LABEL, _("Amount"), money);
		page_field(p, LABEL, _("Reference"), tr.reference);
	}
	page_blank(p);
	if (s->settings.pay_ask[0] != '\0')
		page_textf(p, _("Questions: %s"), s->settings.pay_ask);
	else
		page_textf(p, _("Questions: %s, %s"), t->phone, t->email);
	return ERR_NONE;
}

static void
pay_draw(struct view *v, struct canvas *c, struct area a)
{
	notice_draw(v, c, a, pay_build);
}

static bool
pay_act(struct view *v, enum action act)
{
	if (act != ACT_OTHER)
		return false;
	ui_push(v->ui, &screen_transfer, v->arg);
	return true;
}

static void
fetch_lines(struct page *p, const char *what, const char *scp)
{
	page_text(p, false, what);
	page_blank(p);
	page_text(p, false, scp);
	page_blank(p);
	page_text(p, false,
	    _("Type it in another window on your own computer; it asks for "
	      "the same e-mail and password."));
}

static enum err
fetch_invoice_build(struct view *v, struct page *p)
{
	struct notice *n = v->state;
	struct invoice inv = {0};
	char text[TEXT];
	enum err err = invoice_get(
	    v->ui->session->store, NULL, v->arg, v->ui->session->today, &inv);

	if (err != ERR_NONE)
		return err;
	session_scp_paper(v->ui->session, n->path, "invoices", inv.number);
	snprintf(text, sizeof(text), _("To fetch invoice %s:"), inv.number);
	fetch_lines(p, text, n->path);
	invoice_release(&inv);
	return ERR_NONE;
}

static enum err
fetch_receipt_build(struct view *v, struct page *p)
{
	struct notice *n = v->state;
	struct payment pay = {0};
	char text[TEXT];
	enum err err = payment_get(v->ui->session->store, v->arg, NULL, &pay);

	if (err != ERR_NONE)
		return err;
	if (pay.receipt[0] == '\0') {
		page_text(p, false, _("There is no receipt for this one."));
	} else {
		session_scp_paper(
		    v->ui->session, n->path, "receipts", pay.receipt);
		snprintf(
		    text, sizeof(text), _("To fetch receipt %s:"), pay.receipt);
		fetch_lines(p, text, n->path);
	}
	payment_release(&pay);
	return ERR_NONE;
}

static void
fetch_invoice_draw(struct view *v, struct canvas *c, struct area a)
{
	notice_draw(v, c, a, fetch_invoice_build);
}

static void
fetch_receipt_draw(struct view *v, struct canvas *c, struct area a)
{
	notice_draw(v, c, a, fetch_receipt_build);
}

static bool
fetch_act(struct view *v, enum action act)
{
	struct notice *n = v->state;

	if (act != ACT_COPY || n->path[0] == '\0')
		return false;
	ui_copy(v->ui, n->path);
	return true;
}

static enum err
news_build(struct view *v, struct page *p)
{
	const struct session *s = v->ui->session;
	struct news *list = NULL;
	size_t n = 0;
	char date[DATE_SIZE];
	enum err err = news_list(s->store, NEWS_READ, &list, &n);

	if (err != ERR_NONE)
		return err;
	err = ERR_NOT_FOUND;
	for (size_t i = 0; i < n; i++) {
		if (list[i].id != v->arg)
			continue;
		instant_text(date, list[i].at, s->tenant.zone);
		page_text(p, true, list[i].title);
		page_text(p, false, date);
		page_blank(p);
		page_text(p, false, list[i].body);
		err = ERR_NONE;
	}
	free(list);
	return err;
}

static void
news_draw(struct view *v, struct canvas *c, struct area a)
{
	notice_draw(v, c, a, news_build);
}

static void
help_rows(struct page *p, const char *title, const struct bindings *b)
{
	int w = p->width < UI_NARROW ? KEY_WIDTH_NARROW : KEY_WIDTH;

	if (b->n == 0)
		return;
	page_text(p, true, title);
	for (size_t i = 0; i < b->n; i++) {
		char names[BINDING_NAMES];

		binding_names(names, &b->rows[i]);
		page_field(p, w, names, _(b->rows[i].help));
	}
	page_blank(p);
}

static enum err
help_build(struct view *v, struct page *p)
{
	struct ui *ui = v->ui;
	const struct screen *below =
	    ui->depth > 1 ? ui->views[ui->depth - 2].screen : v->screen;

	help_rows(p, _(below->title), &below->bindings);
	help_rows(p, _("Every screen"), &bindings_global);
	help_rows(p, _("Forms"), &bindings_form);
	return ERR_NONE;
}

static void
help_draw(struct view *v, struct canvas *c, struct area a)
{
	notice_draw(v, c, a, help_build);
}

/* clang-format off */
static const struct binding fetch_rows[] = {
	{ { 'c' }, ACT_COPY, N_("copy"),
	  N_("Copy the scp line, where the terminal can") },
};
static const struct binding pay_rows[] = {
	{ { 'o' }, ACT_OTHER, N_("bank transfer"),
	  N_("A bank transfer, and the QR for a banking app") },
};
/* clang-format on */

const struct screen screen_pay_how = {
    .name = "how to pay",
    .title = N_("How to pay"),
    .bindings = BINDINGS(pay_rows),
    .act = pay_act,
    .state_size = sizeof(struct notice),
    .topics = TOPIC_ACCOUNT | TOPIC_BILLING,
    .open = notice_open,
    .reload = notice_reload,
    .draw = pay_draw,
    .list = notice_list,
    .close = notice_close,
};

const struct screen screen_fetch_invoice = {
    .name = "fetch invoice",
    .title = N_("Fetching an invoice"),
    .bindings = BINDINGS(fetch_rows),
    .state_size = sizeof(struct notice),
    .open = notice_open,
    .draw = fetch_invoice_draw,
    .act = fetch_act,
    .list = notice_list,
    .close = notice_close,
};

const struct screen screen_fetch_receipt = {
    .name = "fetch receipt",
    .title = N_("Fetching a receipt"),
    .bindings = BINDINGS(fetch_rows),
    .state_size = sizeof(struct notice),
    .open = notice_open,
    .draw = fetch_receipt_draw,
    .act = fetch_act,
    .list = notice_list,
    .close = notice_close,
};

const struct screen screen_news = {
    .name = "news",
    .title = N_("News"),
    .state_size = sizeof(struct notice),
    .topics = TOPIC_NEWS,
    .open = notice_open,
    .reload = notice_reload,
    .draw = news_draw,
    .list = notice_list,
    .close = notice_close,
};

const struct screen screen_help = {
    .name = "help",
    .title = N_("Help"),
    .state_size = sizeof(struct notice),
    .open = notice_open,
    .draw = help_draw,
    .list = notice_list,
    .close = notice_close,
};

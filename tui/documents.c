/* One proforma or credit note, and the same as text. */
#include "tui/documents.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "data/document.h"
#include "data/listing.h"
#include "export/paper_doc.h"
#include "tui/invoice_page.h"
#include "tui/pay.h"
#include "tui/screens.h"

enum { TEXT = 256 };

struct document_view {
	struct page page;
	struct document document;
};

static enum document_kind
kind_of(const struct view *v)
{
	return v->screen == &screen_credit_note ||
		       v->screen == &screen_credit_note_text
		   ? DOCUMENT_CREDIT_NOTE
		   : DOCUMENT_PROFORMA;
}

static const char *
folder(const struct document *d)
{
	return d->kind == DOCUMENT_PROFORMA ? "proformas" : "credit-notes";
}

static enum err
document_read(struct view *v)
{
	struct document_view *dv = v->state;
	struct document d;
	enum err err =
	    document_get(v->ui->session->store, kind_of(v), NULL, v->arg, &d);

	if (err != ERR_NONE)
		return err;
	document_release(&dv->document);
	dv->document = d;
	page_stale(&dv->page);
	return ERR_NONE;
}

static enum err
document_open(struct view *v, int64_t arg)
{
	struct document_view *dv = v->state;

	(void)arg;
	page_init(&dv->page);
	return document_read(v);
}

/* A row that opens its invoice. */
static void
invoice_row(struct page *p, const char *format, const struct document *d)
{
	struct row r;

	row_init(&r);
	row_addf(&r, format, d->invoice_number);
	page_row(p, &r, (struct target) {TARGET_INVOICE, d->invoice});
}

static void
proforma_build(struct page *p, const struct document *d)
{
	const struct invoice *inv = &d->paper;
	char title[TEXT], issued[DATE_SIZE], due[DATE_SIZE];

	snprintf(title, sizeof(title), _("Proforma %s"), inv->number);
	invoice_page_head(p, title, word_text(inv->status), inv->balance > 0);
	day_text(issued, inv->issued_on);
	day_text(due, inv->due_on);
	page_textf(p, _("Issued %s, due %s"), issued, due);
	if (inv->balance > 0)
		page_text(p, false,
		    _("This is not a tax invoice. You get one when this is "
		      "paid."));
	page_blank(p);
	invoice_page_lines(p, inv);
	if (d->invoice != 0)
		invoice_row(p, _("Paid; your invoice is %s"), d);
}

static void
credit_note_build(struct page *p, const struct document *d)
{
	const struct invoice *inv = &d->paper;
	char title[TEXT], issued[DATE_SIZE];

	snprintf(title, sizeof(title), _("Credit note %s"), inv->number);
	invoice_page_head(p, title, word_text(inv->status), inv->balance > 0);
	day_text(issued, inv->issued_on);
	page_textf(p, _("Issued %s"), issued);
	page_blank(p);
	invoice_page_lines(p, inv);
	invoice_page_total(p, inv, _("Not used yet"), inv->balance, false);
	if (inv->balance > 0)
		page_text(p, false,
		    _("What is not used yet pays your next invoices."));
	invoice_row(p, _("Corrects invoice %s"), d);
}

static void
document_draw(struct view *v, struct canvas *c, struct area a)
{
	struct document_view *dv = v->state;
	const struct document *d = &dv->document;

	if (page_begin(&dv->page, a.w)) {
		if (d->kind == DOCUMENT_PROFORMA)
			proforma_build(&dv->page, d);
		else
			credit_note_build(&dv->page, d);
		invoice_page_fetch(
		    &dv->page, v->ui->session, folder(d), d->paper.number);
		page_end(&dv->page);
	}
	page_draw(&dv->page, c, a);
}

static enum err
text_build(struct view *v)
{
	struct document_view *dv = v->state;
	struct paper_doc doc;
	enum err err =
	    paper_doc_document(&doc, &dv->document, &v->ui->session->tenant);

	if (err != ERR_NONE)
		return err;
	err = paper_page(&dv->page, &doc);
	paper_doc_release(&doc);
	return err;
}

static void
text_draw(struct view *v, struct canvas *c, struct area a)
{
	struct document_view *dv = v->state;

	if (page_begin(&dv->page, a.w)) {
		enum err err = text_build(v);

		if (err != ERR_NONE)
			page_text(&dv->page, false, err_text(err));
		page_end(&dv->page);
	}
	page_draw(&dv->page, c, a);
}

bool
document_act(struct ui *ui, enum action act, struct target t)
{
	bool proforma = t.kind == TARGET_PROFORMA;

	if (!proforma && t.kind != TARGET_CREDIT_NOTE)
		return false;
	switch (act) {
	case ACT_PAY:
		if (proforma)
			pay_proforma(ui, t.id);
		else
			ui_say(ui, "%s", _("There is nothing to pay."));
		return true;
	case ACT_VIEW:
		return ui_push(ui,
		    proforma ? &screen_proforma_text : &screen_credit_note_text,
		    t.id);
	case ACT_DOWNLOAD:
		return ui_open(ui, t);
	default:
		return false;
	}
}

static bool
view_act(struct view *v, enum action act)
{
	struct document_view *dv = v->state;
	const struct document *d = &dv->document;
	struct target t = {
	    d->kind == DOCUMENT_PROFORMA ? TARGET_PROFORMA : TARGET_CREDIT_NOTE,
	    d->paper.id};
	char scp[SCP_SIZE];

	if (act != ACT_COPY)
		return act != ACT_DOWNLOAD && document_act(v->ui, act, t);
	session_scp_paper(v->ui->session, scp, folder(d), d->paper.number);
	ui_copy(v->ui, scp);
	return true;
}

static struct list *
document_list(struct view *v)
{
	struct document_view *dv = v->state;

	return &dv->page.list;
}

static void
document_close(struct view *v)
{
	struct document_view *dv = v->state;

	page_release(&dv->page);
	document_release(&dv->document);
}

/* clang-format off */
static const struct binding proforma_rows[] = {
	{ { 'p' }, ACT_PAY, N_("pay"), N_("Pay this proforma") },
	{ { K_ENTER }, ACT_OPEN, NULL, N_("Open the invoice it became") },
	{ { 'c' }, ACT_COPY, N_("copy the scp line"),
	  N_("Copy the scp line, where the terminal can") },
	{ { 'v' }, ACT_VIEW, N_("text"),
	  N_("View it as text, with how to pay by bank transfer") },
};
static const struct binding credit_note_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("open the invoice"),
	  N_("Open the invoice it corrects") },
	{ { 'c' }, ACT_COPY, N_("copy the scp line"),
	  N_("Copy the scp line, where the terminal can") },
	{ { 'v' }, ACT_VIEW, N_("text"), N_("View it as text") },
};
/* clang-format on */

#define DOCUMENT_VIEW                                                          \
	.state_size = sizeof(struct document_view), .open = document_open,     \
	.list = document_list, .close = document_close

const struct screen screen_proforma = {
    .name = "proforma",
    .title = N_("One proforma"),
    .bindings = BINDINGS(proforma_rows),
    .topics = TOPIC_BILLING,
    .reload = document_read,
    .draw = document_draw,
    .act = view_act,
    DOCUMENT_VIEW,
};

const struct screen screen_credit_note = {
    .name = "credit note",
    .title = N_("One credit note"),
    .bindings = BINDINGS(credit_note_rows),
    .topics = TOPIC_BILLING,
    .reload = document_read,
    .draw = document_draw,
    .act = view_act,
    DOCUMENT_VIEW,
};

const struct screen screen_proforma_text = {
    .name = "proforma text",
    .title = N_("A proforma as text"),
    .draw = text_draw,
    DOCUMENT_VIEW,
};

const struct screen screen_credit_note_text = {
    .name = "credit note text",
    .title = N_("A credit note as text"),
    .draw = text_draw,
    DOCUMENT_VIEW,
};

/*
 * The overview: what is due, then a block for everything else; the blocks
 * scroll as one, and each block's title opens its full list.
 */
#include "base/i18n.h"
#include "tui/documents.h"
#include "tui/methods.h"
#include "tui/overview_blocks.h"
#include "tui/page.h"
#include "tui/pay.h"
#include "tui/screens.h"
#include "tui/ticket_acts.h"

struct overview {
	struct page page;
};

static enum err
overview_open(struct view *v, int64_t arg)
{
	struct overview *o = v->state;

	(void)arg;
	page_init(&o->page);
	return ERR_NONE;
}

static enum err
overview_reload(struct view *v)
{
	struct overview *o = v->state;

	page_stale(&o->page);
	return ERR_NONE;
}

/* At first the first unpaid invoice is marked, if it is seen without scrolling
 * what is due away. */
static void
mark_first(struct overview *o, int rows)
{
	struct list *l = &o->page.list;

	for (size_t i = 0; i < l->n && (int)i + 1 < rows; i++)
		if (o->page.lines[i].target.kind == TARGET_INVOICE) {
			l->marker = i;
			return;
		}
}

struct overview_load {
	struct page *page;
	const struct ui *ui;
	bool tall;
};

static enum err
overview_load(struct store *st, void *arg)
{
	struct overview_load *l = arg;

	(void)st; /* the session's */
	page_clear(l->page);
	return overview_blocks(
	    l->page, l->ui->session, ui_narrow(l->ui), l->tall);
}

static void
overview_draw(struct view *v, struct canvas *c, struct area a)
{
	struct overview *o = v->state;
	struct target marked = list_target(&o->page.list);
	enum err err;

	if (page_begin(&o->page, a.w)) {
		err = store_load(v->ui->session->store, overview_load,
		    &(struct overview_load) {
			&o->page, v->ui, c->rows >= UI_TALL});
		page_end(&o->page);
		if (marked.kind == TARGET_NONE)
			mark_first(o, a.h);
		else
			list_mark(&o->page.list, marked);
		if (err != ERR_NONE)
			ui_error(v->ui, err);
	}
	page_draw(&o->page, c, a);
}

static bool
overview_act(struct view *v, enum action act)
{
	struct overview *o = v->state;
	struct target t = list_target(&o->page.list);

	if (document_act(v->ui, act, t))
		return true;
	switch (act) {
	case ACT_PAY:
		pay_begin(v->ui, t.kind == TARGET_INVOICE ? t.id : 0);
		return true;
	case ACT_VIEW:
		if (t.kind == TARGET_INVOICE)
			ui_push(v->ui, &screen_paper, t.id);
		return true;
	case ACT_DOWNLOAD:
		if (t.kind == TARGET_INVOICE)
			ui_push(v->ui, &screen_fetch_invoice, t.id);
		else if (t.kind == TARGET_PAYMENT)
			ui_push(v->ui, &screen_fetch_receipt, t.id);
		return true;
	case ACT_REPLY:
	case ACT_CLOSE:
		if (t.kind == TARGET_TICKET)
			ticket_act(v->ui, act, t.id);
		else if (t.kind == TARGET_METHOD && act == ACT_CLOSE)
			method_act(v->ui, act, t.id);
		return true;
	case ACT_DEFAULT:
		if (t.kind == TARGET_METHOD)
			method_act(v->ui, act, t.id);
		return true;
	default:
		return false;
	}
}

static struct list *
overview_list(struct view *v)
{
	struct overview *o = v->state;

	return &o->page.list;
}

static void
overview_close(struct view *v)
{
	struct overview *o = v->state;

	page_release(&o->page);
}

/* clang-format off */
static const struct binding overview_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("open"),
	  N_("Open what is marked; a title opens its full list") },
	{ { 'p' }, ACT_PAY, N_("pay"),
	  N_("Pay the marked invoice") },
	{ { 'P' }, ACT_PAY_ALL, N_("pay all"),
	  N_("Pay all that is due") },
	{ { 't' }, ACT_TICKET_NEW, N_("new ticket"),
	  N_("Open a new ticket") },
	{ { 'v' }, ACT_VIEW, NULL,
	  N_("View the marked invoice as text") },
	{ { 'd' }, ACT_DOWNLOAD, NULL,
	  N_("How to download the marked invoice or receipt") },
	{ { 'r' }, ACT_REPLY, NULL,
	  N_("Reply to the marked ticket") },
	{ { 'x' }, ACT_CLOSE, NULL,
	  N_("Close the marked ticket; remove the marked payment method") },
	{ { 'm' }, ACT_DEFAULT, NULL,
	  N_("Make the marked payment method the default") },
};
/* clang-format on */

const struct screen screen_overview = {
    .name = "overview",
    .title = N_("Overview"),
    .bindings = BINDINGS(overview_rows),
    .state_size = sizeof(struct overview),
    .topics = TOPIC_ACCOUNT | TOPIC_BILLING | TOPIC_SERVICES | TOPIC_TICKETS |
	      TOPIC_NEWS,
    .open = overview_open,
    .reload = overview_reload,
    .draw = overview_draw,
    .act = overview_act,
    .list = overview_list,
    .close = overview_close,
};

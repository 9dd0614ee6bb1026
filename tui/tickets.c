/* The tickets tab. */
#include <string.h>

#include "base/i18n.h"
#include "data/ticket.h"
#include "tui/screens.h"
#include "tui/specs.h"
#include "tui/thread.h"
#include "tui/ticket_acts.h"

struct tickets {
	struct table table;
	struct page detail; /* of the marked ticket, where there is room */
	int64_t detail_of;
};

static enum err
tickets_open(struct view *v, int64_t arg)
{
	struct tickets *t = v->state;
	enum err err = table_open(&t->table, v->ui->session, &spec_tickets,
	    (size_t)v->ui->canvas.rows);

	(void)arg;
	page_init(&t->detail);
	t->table.total = v->ui->session->account.tickets;
	return err;
}

static enum err
tickets_reload(struct view *v)
{
	struct tickets *t = v->state;

	t->table.total = v->ui->session->account.tickets;
	t->detail_of = 0;
	return table_reload(&t->table);
}

static void
draw_detail(struct view *v, struct canvas *c, struct area a)
{
	struct tickets *t = v->state;
	struct target marked = list_target(&t->table.list);
	int y = c->cursor_y, x = c->cursor_x;

	if (marked.kind != TARGET_TICKET)
		return;
	if (t->detail_of != marked.id || t->detail.built != a.w) {
		struct ticket ticket = {0};
		enum err err =
		    ticket_get(v->ui->session->store, marked.id, &ticket);

		page_stale(&t->detail);
		page_begin(&t->detail, a.w);
		if (err == ERR_NONE)
			thread_page(&t->detail, v->ui->session, &ticket);
		else
			page_text(&t->detail, false, err_text(err));
		page_end(&t->detail);
		t->detail.list.top = 0;
		t->detail_of = marked.id;
		ticket_release(&ticket);
	}
	page_draw(&t->detail, c, a);
	canvas_cursor(c, y, x);
}

/* "2 open, 1 waits for you." */
static void
draw_count(const struct session *s, struct canvas *c, struct area a)
{
	const struct account *ac = &s->account;
	struct row r;

	row_init(&r);
	row_addf(&r, _("%lld open of %lld."), (long long)ac->tickets_open,
	    (long long)ac->tickets);
	if (ac->tickets_waiting > 0) {
		row_add(&r, " ");
		row_bold(&r);
		row_addf(&r,
		    ngettext("%lld waits for you.", "%lld wait for you.",
			(unsigned long)ac->tickets_waiting),
		    (long long)ac->tickets_waiting);
		row_plain(&r);
	}
	canvas_text(c, a.y, 1, a.w - 2, ATTR_PLAIN, r.s);
	canvas_attr(
	    c, a.y, 1 + r.bold_from, r.bold_to - r.bold_from, ATTR_BOLD);
}

static void
tickets_draw(struct view *v, struct canvas *c, struct area a)
{
	struct tickets *t = v->state;
	struct area list = a, below = a;
	bool roomy = ui_roomy(v->ui) && t->table.list.n > 0;

	/* On a low screen the rows are worth more. */
	if (v->ui->session->account.tickets > 0 && a.h > 4) {
		draw_count(v->ui->session, c, a);
		list.y += 2;
		list.h -= 2;
	}
	if (roomy) {
		below.h = list.h / 2;
		list.h -= below.h + 1;
		below.y = list.y + list.h + 1;
		canvas_fill(c, below.y - 1, 0, a.w, '-');
	}
	table_draw(&t->table, c, list, ui_narrow(v->ui));
	if (t->table.err != ERR_NONE)
		ui_error(v->ui, t->table.err);
	if (roomy)
		draw_detail(v, c, below);
}

static bool
tickets_act(struct view *v, enum action act)
{
	struct tickets *t = v->state;
	struct target marked = list_target(&t->table.list);
	char said[UI_STATUS] = "";

	if (table_act(&t->table, act, said, sizeof(said))) {
		ui_say(v->ui, "%s", said);
		return true;
	}
	if (act != ACT_REPLY && act != ACT_CLOSE)
		return false;
	if (marked.kind == TARGET_TICKET)
		ticket_act(v->ui, act, marked.id);
	return true;
}

static struct list *
tickets_list(struct view *v)
{
	struct tickets *t = v->state;

	return &t->table.list;
}

static void
tickets_close(struct view *v)
{
	struct tickets *t = v->state;

	table_release(&t->table);
	page_release(&t->detail);
}

/* clang-format off */
static const struct binding tickets_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("open"), N_("Open the marked ticket") },
	{ { 't' }, ACT_TICKET_NEW, N_("new ticket"), N_("Open a new ticket") },
	{ { 'r' }, ACT_REPLY, N_("reply"),
	  N_("Reply to the marked ticket; reopen it if it is closed") },
	{ { 'x' }, ACT_CLOSE, N_("close"), N_("Close the marked ticket") },
	{ { 'f' }, ACT_FILTER, N_("filter"),
	  N_("Show all, open or closed tickets") },
	{ { 's' }, ACT_SORT, N_("sort"), N_("Sort by the next column") },
};
/* clang-format on */

const struct screen screen_tickets = {
    .name = "tickets",
    .title = N_("Tickets"),
    .bindings = BINDINGS(tickets_rows),
    .state_size = sizeof(struct tickets),
    .topics = TOPIC_ACCOUNT | TOPIC_TICKETS,
    .open = tickets_open,
    .reload = tickets_reload,
    .draw = tickets_draw,
    .act = tickets_act,
    .list = tickets_list,
    .close = tickets_close,
};

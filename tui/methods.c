/*
 * The page "Methods" of the Billing tab: what is saved to pay with, and whether
 * the default one of it is charged by itself.
 */
#include "tui/methods.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "tui/pay.h"
#include "tui/pay_saved.h"

enum { EXPIRES_WIDTH = 22, DEFAULT_WIDTH = 10, GAPS = 4 };

enum err
methods_read(struct methods *m, const struct session *s)
{
	struct gateway gateways[GATEWAYS];
	struct method *list = calloc(METHODS, sizeof(*list));
	size_t n = 0, on = 0;
	enum err err;

	if (list == NULL)
		return ERR_NOMEM;
	err = method_list(s->store, list, &n);
	if (err == ERR_NONE)
		err = gateway_list(s->store, gateways, &on);
	if (err != ERR_NONE) {
		free(list);
		return err;
	}
	free(m->list);
	m->list = list;
	m->n = n;
	m->offered = on > 0;
	page_stale(&m->page);
	return ERR_NONE;
}

void
methods_release(struct methods *m)
{
	page_release(&m->page);
	free(m->list);
	m->list = NULL;
}

void
methods_head(struct page *p, const char *title, struct target to, bool narrow)
{
	int w = page_cols(p);
	struct row r;

	row_init(&r);
	row_add(&r, title);
	if (!narrow)
		row_left(&r, w - EXPIRES_WIDTH - DEFAULT_WIDTH - GAPS,
		    EXPIRES_WIDTH, _("EXPIRES"));
	page_row(p, &r, to);
}

static void
add_expiry(struct row *r, const struct session *s, const struct method *m)
{
	char text[METHOD_TEXT];
	bool wants = method_life(m, s->today) != METHOD_LASTS;

	method_expiry(text, m, s->today);
	if (wants)
		row_bold(r);
	row_add(r, text);
	if (wants)
		row_plain(r);
}

/* Visa ending 4242  Default
 * 08/2028 */
static void
row_narrow(struct page *p, const struct session *s, const struct method *m)
{
	char text[METHOD_TEXT];
	struct row r;

	row_init(&r);
	method_text(text, m);
	row_add(&r, text);
	if (m->is_default)
		row_addf(&r, "  %s", _("Default"));
	page_row(p, &r, (struct target) {TARGET_METHOD, m->id});
	if (m->expires == 0)
		return;
	row_init(&r);
	add_expiry(&r, s, m);
	page_row(p, &r, (struct target) {TARGET_NONE, 0});
}

void
methods_rows(struct page *p, const struct session *s, const struct method *list,
    size_t n, bool narrow)
{
	int w = page_cols(p), at = w - EXPIRES_WIDTH - DEFAULT_WIDTH - GAPS;
	char text[METHOD_TEXT];
	struct row r;

	for (size_t i = 0; i < n; i++) {
		if (narrow) {
			row_narrow(p, s, &list[i]);
			continue;
		}
		row_init(&r);
		method_text(text, &list[i]);
		row_left(&r, 0, at - 2, text);
		row_to(&r, at);
		add_expiry(&r, s, &list[i]);
		if (list[i].is_default)
			row_left(
			    &r, w - DEFAULT_WIDTH, DEFAULT_WIDTH, _("Default"));
		page_row(p, &r, (struct target) {TARGET_METHOD, list[i].id});
	}
}

void
autopay_text(char dst[AUTOPAY_TEXT], const struct autopay *a, bool is_short)
{
	char with[METHOD_TEXT];

	method_text(with, &a->method);
	if (!a->allowed)
		dst[0] = '\0';
	else if (!a->on)
		snprintf(
		    dst, AUTOPAY_TEXT, "%s", _("Automatic payment is off."));
	else if (is_short)
		snprintf(
		    dst, AUTOPAY_TEXT, "%s", _("Automatic payment is on."));
	else
		snprintf(dst, AUTOPAY_TEXT,
		    _("Automatic payment is on: %s is charged on the due "
		      "date."),
		    with);
}

static void
build_autopay(struct page *p, const struct autopay *a, bool narrow)
{
	char text[AUTOPAY_TEXT];

	autopay_text(text, a, false);
	if (text[0] == '\0')
		return;
	if (a->on)
		page_textf(p, _("%s A turns it off."), text);
	else if (a->method.id != 0)
		page_textf(p,
		    narrow ? _("%s Press A.") : _("%s A turns it on."), text);
	else
		page_text(p, false, text);
	page_blank(p);
}

static void
build(struct methods *m, const struct session *s, const struct autopay *autopay,
    bool narrow)
{
	struct page *p = &m->page;

	if (!m->offered) {
		page_text(p, false,
		    _("Paying by card is not open here, so nothing can be "
		      "saved. P says how to pay."));
		if (m->n > 0)
			page_blank(p);
	} else {
		build_autopay(p, autopay, narrow);
	}
	if (m->n > 0) {
		methods_head(p, _("PAYMENT METHOD"),
		    (struct target) {TARGET_NONE, 0}, narrow);
		methods_rows(p, s, m->list, m->n, narrow);
	} else if (m->offered) {
		page_text(p, false,
		    _("No card or account is saved yet. a saves one: scan a "
		      "QR with your phone, and pay with it later by one "
		      "key."));
	}
}

void
methods_draw(struct methods *m, const struct session *s,
    const struct autopay *autopay, struct canvas *c, struct area a, bool narrow)
{
	struct target marked = list_target(&m->page.list);

	if (page_begin(&m->page, a.w)) {
		build(m, s, autopay, narrow);
		page_end(&m->page);
		list_mark(&m->page.list, marked);
	}
	page_draw(&m->page, c, a);
}

/* ---- what can be done with one ---- */

static void
done(struct ui *ui, enum err err, const char *said)
{
	if (err != ERR_NONE) {
		ui_error(ui, err);
		return;
	}
	ui_changed(ui, TOPIC_BILLING);
	ui_say(ui, "%s", said);
}

static void
remove_it(struct view *v)
{
	struct ui *ui = v->ui;

	done(ui, method_remove(ui->session->store, ui->about),
	    _("Removed. It is charged no more."));
}

static void
ask_to_remove(struct ui *ui, const struct method *m)
{
	struct method list[METHODS];
	struct autopay a = {0};
	char text[METHOD_TEXT];
	size_t n = 0;
	enum err err = autopay_get(ui->session->store, &a);

	if (err == ERR_NONE)
		err = method_list(ui->session->store, list, &n);
	if (err != ERR_NONE) {
		ui_error(ui, err);
		return;
	}
	method_text(text, m);
	ui->about = m->id;
	ui_ask(ui, remove_it,
	    a.on && n == 1 ? _("Remove %s? Automatic payment ends with it. y/n")
			   : _("Remove %s? y/n"),
	    text);
}

void
method_act(struct ui *ui, enum action act, int64_t id)
{
	char text[METHOD_TEXT], said[UI_STATUS];
	struct method m;
	enum err err = method_get(ui->session->store, id, &m);

	if (err != ERR_NONE) {
		ui_error(ui, err);
		return;
	}
	method_text(text, &m);
	if (act == ACT_CLOSE) {
		ask_to_remove(ui, &m);
	} else if (m.is_default) {
		ui_say(ui, _("%s is the default already."), text);
	} else {
		snprintf(said, sizeof(said), _("%s is the default now."), text);
		done(ui, method_default(ui->session->store, id), said);
	}
}

/* ---- automatic payment ---- */

static void
turn_on(struct view *v)
{
	struct ui *ui = v->ui;

	done(ui, autopay_set(ui->session->store, true),
	    _("Automatic payment is on."));
}

/* What it means, before it is so. */
static void
ask_autopay(struct ui *ui, const struct autopay *a)
{
	char with[METHOD_TEXT], overdue[AMOUNT_SIZE];
	int64_t amount = ui->session->account.overdue_total;

	method_text(with, &a->method);
	session_amount(ui->session, overdue, amount);
	if (amount > 0)
		ui_ask(ui, turn_on,
		    _("Charge %1$s on each due date from now on, and %2$s "
		      "that is overdue at once? y/n"),
		    with, overdue);
	else
		ui_ask(ui, turn_on,
		    _("Charge %s on each due date from now on? y/n"), with);
}

static void
toggle_autopay(struct ui *ui, const struct autopay *a)
{
	if (!a->allowed)
		ui_say(ui, "%s", _("Automatic payment is not offered here."));
	else if (a->on)
		done(ui, autopay_set(ui->session->store, false),
		    _("Automatic payment is off."));
	else if (a->method.id == 0)
		ui_say(ui, "%s",
		    _("There is nothing to charge yet: a saves a card or "
		      "account."));
	else
		ask_autopay(ui, a);
}

bool
methods_act(struct methods *m, struct view *v, const struct autopay *autopay,
    enum action act)
{
	struct target t = list_target(&m->page.list);
	struct ui *ui = v->ui;

	switch (act) {
	case ACT_ADD:
		if (m->offered)
			pay_save_begin(ui);
		else
			ui_say(ui, "%s", _("Paying by card is not open here."));
		return true;
	case ACT_DEFAULT:
	case ACT_CLOSE:
		if (t.kind == TARGET_METHOD)
			method_act(ui, act, t.id);
		else if (m->offered)
			ui_say(ui, "%s",
			    _("Nothing is saved yet: a saves a card or "
			      "account."));
		return true;
	case ACT_AUTOPAY:
		toggle_autopay(ui, autopay);
		return true;
	case ACT_PAY_SAVED:
		pay_saved_ask(ui, t.kind == TARGET_METHOD ? t.id : 0, NULL, 0);
		return true;
	case ACT_OPEN:
		if (t.kind == TARGET_METHOD)
			ui_say(ui, "%s",
			    _("m makes it the default, w pays with it, x "
			      "removes it."));
		return true;
	default:
		return false;
	}
}

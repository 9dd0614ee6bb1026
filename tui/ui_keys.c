/*
 * Keys: questions and search first, then the screen, then the tables of keys;
 * and what an action means where a screen has no meaning of its own.
 */
#include "base/i18n.h"
#include "base/text.h"
#include "tui/pay.h"
#include "tui/screens.h"
#include "tui/topup.h"
#include "tui/ui.h"

static struct list *
top_list(struct ui *ui)
{
	struct view *v = ui_top(ui);

	return v->screen->list != NULL ? v->screen->list(v) : NULL;
}

/* From the first row on, or from the marked one (next, previous). */
static void
search(struct ui *ui, enum action how)
{
	struct list *l = top_list(ui);
	char folded[UI_SEARCH];
	struct list before;

	if (l == NULL || ui->search[0] == '\0')
		return;
	text_fold(folded, sizeof(folded), ui->search);
	before = *l;
	if (how == ACT_SEARCH)
		list_act(l, ACT_FIRST);
	if (list_find(l, folded, how == ACT_SEARCH_PREV, how == ACT_SEARCH))
		return;
	l->marker = before.marker;
	l->top = before.top;
	l->away = before.away;
	if (how == ACT_SEARCH)
		ui_say(ui, _("\"%s\" was not found."), ui->search);
	else
		ui_say(ui, _("No further \"%s\"."), ui->search);
}

static void
log_out(struct view *v)
{
	v->ui->state = UI_LEAVE;
}

static void
step_tab(struct ui *ui, int by)
{
	int t = (int)ui->tab;

	do
		t = (t + by + TAB_COUNT) % TAB_COUNT;
	while (t != (int)ui->tab && !ui_tab_visible(ui, (enum tab)t));
	if (t != (int)ui->tab || ui->depth > 1)
		ui_tab(ui, (enum tab)t, 0);
}

static void
open_marked(struct ui *ui)
{
	struct list *l = top_list(ui);
	struct target t = {TARGET_NONE, 0};

	if (l != NULL)
		t = list_target(l);
	if (t.kind == TARGET_ACT)
		ui_act(ui, (enum action)t.id);
	else
		ui_open(ui, t);
}

static void
tickets_only(struct ui *ui, const struct screen *screen)
{
	if (ui_tab_visible(ui, TAB_TICKETS))
		ui_push(ui, screen, 0);
	else
		ui_say(ui, _("Tickets are not open here. Write to %s."),
		    ui->session->tenant.email);
}

/* What an action means where the screen has no meaning of its own. */
static void
frame_act(struct ui *ui, enum action act)
{
	struct list *l = top_list(ui);

	if (l != NULL && list_act(l, act))
		return;
	switch (act) {
	case ACT_TAB_NEXT:
	case ACT_TAB_PREV:
		step_tab(ui, act == ACT_TAB_NEXT ? 1 : -1);
		break;
	case ACT_OPEN:
		open_marked(ui);
		break;
	case ACT_QUIT:
		if (ui->depth == 1) {
			ui_ask(ui, log_out, "%s", _("Log out? y/n"));
			break;
		}
		/* fall through */
	case ACT_BACK:
	case ACT_CANCEL:
		ui_pop(ui);
		break;
	case ACT_LEAVE:
		if (ui_in_form(ui))
			ui_ask(ui, log_out, "%s",
			    _("Log out and lose what was typed? y/n"));
		else
			ui->state = UI_LEAVE;
		break;
	case ACT_SEARCH:
		if (l == NULL)
			break;
		ui->searching = true;
		ui->search[0] = '\0';
		field_init(&ui->search_field, ui->search, sizeof(ui->search));
		break;
	case ACT_SEARCH_NEXT:
	case ACT_SEARCH_PREV:
		search(ui, act);
		break;
	case ACT_PALETTE:
		ui_push(ui, &screen_palette, 0);
		break;
	case ACT_HELP:
		ui_push(ui, &screen_help, 0);
		break;
	case ACT_REPAINT:
		ui->repaint = true;
		break;
	case ACT_PAY_ALL:
		pay_begin(ui, 0);
		break;
	case ACT_TOPUP:
		topup_begin(ui, &screen_topup, 0);
		break;
	case ACT_TICKET_NEW:
		tickets_only(ui, &screen_ticket_new);
		break;
	default:
		break;
	}
}

void
ui_act(struct ui *ui, enum action act)
{
	struct view *v = ui_top(ui);

	if (v->screen->act == NULL || !v->screen->act(v, act))
		frame_act(ui, act);
}

/* Only y confirms: not Enter, and not the key that asked. */
static void
question_key(struct ui *ui, const struct key *key)
{
	ui_answer *answer = ui->answer;

	if (key->pasted)
		return;
	if (key->code == 'y' || key->code == 'Y') {
		ui->question[0] = '\0';
		answer(ui_top(ui));
	} else if (key->code == 'n' || key->code == 'N' || key->code == K_ESC ||
		   key->code == K_ENTER) {
		ui->question[0] = '\0';
	}
}

static void
search_key(struct ui *ui, const struct key *key)
{
	if (key->code == K_ENTER && !key->pasted) {
		ui->searching = false;
		search(ui, ACT_SEARCH);
	} else if (key->code == K_ESC ||
		   (key->code == K_BACKSPACE && ui->search[0] == '\0')) {
		ui->searching = false;
	} else {
		field_key(&ui->search_field, key, NULL);
	}
}

static void
tab_key(struct ui *ui, uint32_t code)
{
	int wanted = code == '0' ? 10 : (int)(code - '0');

	for (int t = 0; t < TAB_COUNT; t++)
		if (ui_tab_visible(ui, (enum tab)t) && --wanted == 0) {
			if (t != (int)ui->tab || ui->depth > 1)
				ui_tab(ui, (enum tab)t, 0);
			return;
		}
}

void
ui_key(struct ui *ui, const struct key *key)
{
	struct view *v = ui_top(ui);
	const struct binding *b;

	ui->status[0] = '\0';
	if (key->code == K_CTRL_L) {
		ui->repaint = true;
		return;
	}
	if (ui->question[0] != '\0') {
		question_key(ui, key);
		return;
	}
	if (ui->searching) {
		search_key(ui, key);
		return;
	}
	if (v->screen->key != NULL && v->screen->key(v, key))
		return;
	b = binding_find(&v->screen->bindings, key->code);
	if (b == NULL && v->screen->form)
		b = binding_find(&bindings_form, key->code);
	if (b == NULL && (!v->screen->form || key->code == K_CTRL_D))
		b = binding_find(&bindings_global, key->code);
	if (b == NULL || key->pasted)
		return;
	if (b->act == ACT_TAB)
		tab_key(ui, key->code);
	else
		ui_act(ui, b->act);
}

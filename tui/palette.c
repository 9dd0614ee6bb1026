/*
 * Commands by name: the verbs of line mode, and what the screen below can do.
 * Typing narrows the list.
 */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "tui/row.h"
#include "tui/screens.h"

enum { COMMANDS = 64, WORD = 40, WORD_WIDTH = 16 };

enum run_kind { RUN_TAB, RUN_PAGE, RUN_SCREEN, RUN_ACT, RUN_PLAIN };

struct command {
	const char *word; /* N_() */
	const char *help; /* N_() */
	enum run_kind kind;
	int id;                      /* tab, page or action */
	const struct screen *screen; /* RUN_SCREEN */
};

/* clang-format off */
static const struct command commands[] = {
	{ N_("overview"), N_("What is due, and everything at a glance"),
	  RUN_TAB, TAB_OVERVIEW, NULL },
	{ N_("services"), N_("Services and their state"),
	  RUN_TAB, TAB_SERVICES, NULL },
	{ N_("invoices"), N_("All invoices"),
	  RUN_PAGE, BILLING_INVOICES, NULL },
	{ N_("payments"), N_("All payments"),
	  RUN_PAGE, BILLING_PAYMENTS, NULL },
	{ N_("transactions"), N_("The account, line by line"),
	  RUN_PAGE, BILLING_LEDGER, NULL },
	{ N_("proformas"), N_("What is asked for without an invoice yet"),
	  RUN_PAGE, BILLING_PROFORMAS, NULL },
	{ N_("credit notes"), N_("What corrects an invoice"),
	  RUN_PAGE, BILLING_CREDIT_NOTES, NULL },
	{ N_("methods"), N_("Saved cards and accounts, automatic payment"),
	  RUN_PAGE, BILLING_METHODS, NULL },
	{ N_("top up"), N_("Pay in advance, for your balance"),
	  RUN_ACT, ACT_TOPUP, NULL },
	{ N_("tickets"), N_("All tickets"),
	  RUN_TAB, TAB_TICKETS, NULL },
	{ N_("profile"), N_("Your details"),
	  RUN_TAB, TAB_PROFILE, NULL },
	{ N_("password"), N_("Change the password"),
	  RUN_SCREEN, 0, &screen_password },
	{ N_("about"), N_("The provider: address, hours, bank"),
	  RUN_SCREEN, 0, &screen_about },
	{ N_("plain"), N_("Leave the screens for plain text"),
	  RUN_PLAIN, 0, NULL },
	{ N_("log out"), N_("Leave the portal"),
	  RUN_ACT, ACT_LEAVE, NULL },
};
/* clang-format on */

struct entry {
	char word[WORD];
	const char *help; /* N_() */
	struct command command;
};

struct palette {
	struct list list; /* first: the list's owner is found by it */
	char typed[WORD];
	struct field field;
	struct entry entries[COMMANDS];
	size_t n;
	uint8_t shown[COMMANDS];
};

static const struct palette *
palette_of(const struct list *l)
{
	return (const struct palette *)(const void *)l;
}

static struct target
palette_target(const struct list *l, size_t i)
{
	return (struct target) {TARGET_TEXT, palette_of(l)->shown[i]};
}

static void
palette_draw_row(struct list *l, size_t i, struct canvas *c, struct area a)
{
	const struct palette *p = palette_of(l);
	const struct entry *e = &p->entries[p->shown[i]];
	struct row r;

	row_init(&r);
	row_left(&r, 0, WORD_WIDTH - 1, e->word);
	row_left(&r, WORD_WIDTH, a.w - WORD_WIDTH, _(e->help));
	canvas_text(c, a.y, a.x, a.w, ATTR_PLAIN, r.s);
}

static bool
palette_match(const struct list *l, size_t i, const char *folded)
{
	const struct palette *p = palette_of(l);
	char word[WORD];

	text_fold(word, sizeof(word), p->entries[p->shown[i]].word);
	return strstr(word, folded) != NULL;
}

static const struct list_ops palette_ops = {
    .target = palette_target,
    .draw = palette_draw_row,
    .match = palette_match,
};

static void
narrow_down(struct palette *p)
{
	char typed[WORD], word[WORD];

	text_fold(typed, sizeof(typed), p->typed);
	p->list.n = 0;
	for (size_t i = 0; i < p->n; i++) {
		text_fold(word, sizeof(word), p->entries[i].word);
		if (strncmp(word, typed, strlen(typed)) == 0)
			p->shown[p->list.n++] = (uint8_t)i;
	}
	p->list.marker = 0;
	p->list.top = 0;
	list_fit(&p->list);
}

static void
add(struct palette *p, const char *word, const char *help,
    struct command command)
{
	struct entry *e = &p->entries[p->n];

	if (p->n == COMMANDS)
		return;
	snprintf(e->word, sizeof(e->word), "%s", word);
	e->help = help;
	e->command = command;
	p->n++;
}

static bool
is_there(const struct ui *ui, const struct command *c)
{
	switch (c->kind) {
	case RUN_TAB:
		return ui_tab_visible(ui, (enum tab)c->id);
	case RUN_PAGE:
		return ui_tab_visible(ui, TAB_BILLING);
	case RUN_SCREEN:
		return ui_tab_visible(ui, TAB_PROFILE);
	default:
		return true;
	}
}

/* What has a word in a footer can be called by that word. */
static void
add_bindings(struct palette *p, const struct bindings *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->rows[i].hint != NULL && b->rows[i].act != ACT_PALETTE)
			add(p, _(b->rows[i].hint), b->rows[i].help,
			    (struct command) {
				.kind = RUN_ACT, .id = (int)b->rows[i].act});
}

static enum err
palette_open(struct view *v, int64_t arg)
{
	struct palette *p = v->state;
	struct ui *ui = v->ui;

	(void)arg;
	list_init(&p->list, &palette_ops);
	field_init(&p->field, p->typed, sizeof(p->typed));
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (is_there(ui, &commands[i]))
			add(p, _(commands[i].word), commands[i].help,
			    commands[i]);
	if (ui->depth > 1)
		add_bindings(p, &ui->views[ui->depth - 2].screen->bindings);
	add_bindings(p, &bindings_global);
	narrow_down(p);
	return ERR_NONE;
}

static void
palette_draw(struct view *v, struct canvas *c, struct area a)
{
	struct palette *p = v->state;
	struct area list = {.y = a.y + 2, .x = a.x, .w = a.w, .h = a.h - 2};
	int x;

	list_draw(&p->list, c, list);
	if (p->list.n == 0)
		canvas_text(c, list.y, 1, a.w - 2, ATTR_PLAIN,
		    _("No such command. Backspace widens the choice."));
	canvas_text(c, a.y, 1, 1, ATTR_PLAIN, ":");
	x = field_draw(&p->field, c, a.y, 2, a.w - 3, ' ', false);
	canvas_cursor(c, a.y, x);
}

static void
run(struct ui *ui, const struct command *c)
{
	ui_pop(ui);
	switch (c->kind) {
	case RUN_TAB:
		ui_tab(ui, (enum tab)c->id, 0);
		break;
	case RUN_PAGE:
		ui_tab(ui, TAB_BILLING, c->id);
		break;
	case RUN_SCREEN:
		ui_push(ui, c->screen, 0);
		break;
	case RUN_ACT:
		ui_act(ui, (enum action)c->id);
		break;
	case RUN_PLAIN:
		ui->state = UI_LINE_MODE;
		break;
	}
}

static bool
palette_key(struct view *v, const struct key *key)
{
	struct palette *p = v->state;
	struct target t = list_target(&p->list);

	switch (key->code) {
	case K_UP:
		return list_act(&p->list, ACT_UP);
	case K_DOWN:
	case K_TAB:
		return list_act(&p->list, ACT_DOWN);
	case K_ENTER:
		if (t.kind != TARGET_NONE) {
			struct command c = p->entries[t.id].command;

			run(v->ui, &c);
		}
		return true;
	case K_ESC:
	case K_CTRL_D:
		return false;
	case K_BACKSPACE:
		if (p->typed[0] == '\0') {
			ui_pop(v->ui);
			return true;
		}
		/* fall through */
	default:
		if (field_key(&p->field, key, NULL))
			narrow_down(p);
		return true;
	}
}

/* clang-format off */
static const struct binding palette_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("run"), N_("Run the marked command") },
	{ { K_DOWN, K_TAB }, ACT_DOWN, N_("next"), N_("The next command") },
	{ { K_UP }, ACT_UP, NULL, N_("The command before") },
};
/* clang-format on */

const struct screen screen_palette = {
    .name = "palette",
    .title = N_("Commands"),
    .bindings = BINDINGS(palette_rows),
    .state_size = sizeof(struct palette),
    .open = palette_open,
    .draw = palette_draw,
    .key = palette_key,
};

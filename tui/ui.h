/*
 * The frame around every screen: header, tabs, status line, key hints; the
 * stack of open screens; questions; search.  Draws on a canvas and eats keys;
 * knows no terminal.
 */
#ifndef TUI_UI_H
#define TUI_UI_H

#include "tui/binding.h"
#include "tui/canvas.h"
#include "tui/field.h"
#include "tui/input.h"
#include "tui/list.h"
#include "tui/session.h"

struct ui;
struct view;
struct pay_saved;

struct screen {
	const char *name;
	const char *title; /* N_(): head of its help, name in the palette */
	struct bindings bindings;
	size_t state_size;
	unsigned topics; /* enum topic: when these change, reload */
	bool form;       /* keys are typed text first; pastes are bracketed */
	bool bare;       /* the whole screen, without a frame */
	/* An error closes it again and is shown. */
	enum err (*open)(struct view *v, int64_t arg);
	/* Keeps the marker where it is.  May be NULL. */
	enum err (*reload)(struct view *v);
	void (*draw)(struct view *v, struct canvas *c, struct area body);
	/* False: not mine, the frame's meaning holds.  May be NULL. */
	bool (*act)(struct view *v, enum action act);
	/* Sees every key before the bindings; true: eaten.  May be NULL. */
	bool (*key)(struct view *v, const struct key *key);
	/* What moving and searching work on.  May be NULL. */
	struct list *(*list)(struct view *v);
	/* The instant until which something may come that is waited for: nobody
	 * is logged out for pressing no key before.  0: nothing.  May be NULL.
	 */
	int64_t (*waits_until)(const struct view *v);
	void (*close)(struct view *v);
};

struct view {
	const struct screen *screen;
	struct ui *ui;
	void *state; /* state_size zeroed bytes before open */
	int64_t arg;
};

enum ui_state {
	UI_RUNNING,
	UI_LEAVE,     /* logged out */
	UI_LINE_MODE, /* asked for line mode */
	UI_LOST,      /* the store is gone */
	UI_SHUTDOWN,  /* the portal is stopping */
	UI_DISABLED,  /* this access was taken away */
};

typedef void ui_answer(struct view *v);

enum {
	UI_DEPTH = 8,
	UI_COPY = 1025,
	UI_STATUS = 320,
	UI_NARROW = 60,
	UI_VERY_WIDE = 132,
	UI_TALL = 36,
	UI_SEARCH = 81
};

/* A tab that was asked for while the database was away: opened when it is
 * back. */
struct awaited {
	bool set;
	enum tab tab;
	int64_t arg;
};

struct ui {
	struct session *session;
	struct canvas canvas;
	struct view views[UI_DEPTH];
	size_t depth;
	enum tab tab;
	char status[UI_STATUS];
	bool status_bold;
	bool away; /* the database does not answer: said until it does */
	struct awaited awaited;
	char question[UI_STATUS]; /* "": none is asked */
	ui_answer *answer;
	int64_t about;              /* what is asked about, for the answer */
	struct pay_saved *charging; /* the same: a charge, owned; or NULL */
	bool searching;
	char search[UI_SEARCH];
	struct field search_field;
	enum ui_state state;
	bool repaint;       /* asked for a full paint */
	char copy[UI_COPY]; /* for the clipboard; "" nothing */
};

/* Borrows the session.  Opens the first visible tab. */
enum err ui_init(struct ui *ui, struct session *s, int rows, int cols);
void ui_release(struct ui *ui);
enum err ui_resize(struct ui *ui, int rows, int cols);
void ui_draw(struct ui *ui);
void ui_key(struct ui *ui, const struct key *key);
void ui_note(struct ui *ui, const struct note *note);
bool ui_in_form(const struct ui *ui);
/* The latest waits_until of all that is open. */
int64_t ui_waits_until(const struct ui *ui);

/* For screens. */

/* The status line; stays until the next key. */
void ui_say(struct ui *ui, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Says what went wrong (bold): the store's reason where there is one. */
void ui_error(struct ui *ui, enum err err);
/* Asks on the status line; only 'y' calls answer, with the view on top. */
void ui_ask(struct ui *ui, ui_answer *answer, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Opens a screen above the current one.  False: it did not open. */
bool ui_push(struct ui *ui, const struct screen *screen, int64_t arg);
void ui_pop(struct ui *ui);
/* Goes to a tab (arg as for ui_push), closing what is open. */
void ui_tab(struct ui *ui, enum tab tab, int64_t arg);
/* Opens what a row stands for; false for a target that opens nothing. */
bool ui_open(struct ui *ui, struct target t);
/* We changed something: every open screen reads again. */
void ui_changed(struct ui *ui, unsigned topics);
void ui_copy(struct ui *ui, const char *text);
/* What an action does on any screen. */
void ui_act(struct ui *ui, enum action act);

bool ui_narrow(const struct ui *ui);
/* Is there room for a detail below the list? */
bool ui_roomy(const struct ui *ui);
bool ui_tab_visible(const struct ui *ui, enum tab tab);
struct view *ui_top(struct ui *ui);

#endif

/*
 * Keys, one row each: from these rows come dispatch, the footer, the help, the
 * palette and the manual's key tables.  One key means the same everywhere.
 */
#ifndef TUI_BINDING_H
#define TUI_BINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum action {
	ACT_NONE,
	ACT_TAB, /* by its digit */
	ACT_TAB_NEXT,
	ACT_TAB_PREV,
	ACT_UP,
	ACT_DOWN,
	ACT_PAGE_UP,
	ACT_PAGE_DOWN,
	ACT_FIRST,
	ACT_LAST,
	ACT_PREV, /* page of a tab */
	ACT_NEXT,
	ACT_OPEN,
	ACT_BACK,
	ACT_QUIT,  /* back, or ask whether to log out */
	ACT_LEAVE, /* log out now */
	ACT_SEARCH,
	ACT_SEARCH_NEXT,
	ACT_SEARCH_PREV,
	ACT_SORT,
	ACT_FILTER,
	ACT_PALETTE,
	ACT_HELP,
	ACT_REPAINT,
	ACT_PAY,
	ACT_PAY_ALL,
	ACT_QR_STYLE,
	ACT_QR_INVERT,
	ACT_QR_ALONE,
	ACT_OTHER,     /* way to pay */
	ACT_PAY_SAVED, /* with what is saved */
	ACT_ADD,
	ACT_TOPUP,
	ACT_DEFAULT,
	ACT_AUTOPAY,
	ACT_TICKET_NEW,
	ACT_REPLY, /* to a link that ended: another one */
	ACT_CLOSE,
	ACT_VIEW,
	ACT_DOWNLOAD,
	ACT_COPY,
	ACT_EDIT,
	ACT_PASSWORD,
	ACT_EMAIL,
	ACT_ABOUT,
	/* in forms */
	ACT_FIELD_NEXT,
	ACT_FIELD_PREV,
	ACT_SEND,
	ACT_CANCEL,
};

enum { BINDING_KEYS = 4 };

struct binding {
	uint32_t keys[BINDING_KEYS]; /* the first one is shown in the footer */
	enum action act;
	const char *hint; /* N_(): a word or two for the footer, or NULL */
	const char *help; /* N_(): what it does, for help and the manual */
};

struct bindings {
	const struct binding *rows;
	size_t n;
};

#define BINDINGS(array)                                                        \
	{                                                                      \
		(array), sizeof(array) / sizeof((array)[0])                    \
	}

/* Those of every screen, and those of every form. */
extern const struct bindings bindings_global;
extern const struct bindings bindings_form;

const struct binding *binding_find(const struct bindings *b, uint32_t code);
/* "Down, j": every key of a row. */
enum { BINDING_NAMES = 64 };
void binding_names(char dst[BINDING_NAMES], const struct binding *b);

#endif

/*
 * The keys that work on every screen, and the look-up in any table of them.
 */
#include "tui/binding.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "tui/input.h"

/* clang-format off */
static const struct binding global_rows[] = {
	{ { '/' }, ACT_SEARCH, N_("find"),
	  N_("Find a text in the whole list") },
	{ { ':' }, ACT_PALETTE, N_("commands"),
	  N_("Choose a command by its name") },
	{ { '?' }, ACT_HELP, N_("help"),
	  N_("Show the keys of this screen") },
	{ { K_DIGIT }, ACT_TAB, NULL,
	  N_("Go to the tab of that number") },
	{ { K_TAB }, ACT_TAB_NEXT, NULL,
	  N_("Go to the next tab") },
	{ { K_BACKTAB }, ACT_TAB_PREV, NULL,
	  N_("Go to the previous tab") },
	{ { K_UP, 'k' }, ACT_UP, NULL,
	  N_("One row up") },
	{ { K_DOWN, 'j' }, ACT_DOWN, NULL,
	  N_("One row down") },
	{ { K_PGUP, K_CTRL_B }, ACT_PAGE_UP, NULL,
	  N_("One screen up") },
	{ { K_PGDN, K_CTRL_F }, ACT_PAGE_DOWN, NULL,
	  N_("One screen down") },
	{ { 'g', K_HOME }, ACT_FIRST, NULL,
	  N_("To the first row") },
	{ { 'G', K_END }, ACT_LAST, NULL,
	  N_("To the last row") },
	{ { K_LEFT, 'h' }, ACT_PREV, NULL,
	  N_("Previous page of the tab") },
	{ { K_RIGHT, 'l' }, ACT_NEXT, NULL,
	  N_("Next page of the tab") },
	{ { K_ENTER }, ACT_OPEN, NULL,
	  N_("Open what is marked; a title opens its full list") },
	{ { 'n' }, ACT_SEARCH_NEXT, NULL,
	  N_("Find the next one") },
	{ { 'N' }, ACT_SEARCH_PREV, NULL,
	  N_("Find the previous one") },
	{ { 'P' }, ACT_PAY_ALL, NULL,
	  N_("Pay all that is due") },
	{ { 't' }, ACT_TICKET_NEW, NULL,
	  N_("Open a new ticket") },
	{ { K_CTRL_L }, ACT_REPAINT, NULL,
	  N_("Paint the screen again") },
	{ { K_ESC, K_BACKSPACE }, ACT_BACK, NULL,
	  N_("Back to the screen before") },
	{ { 'q' }, ACT_QUIT, NULL,
	  N_("Back; on a tab asks whether to log out") },
	{ { K_CTRL_D }, ACT_LEAVE, NULL,
	  N_("Log out at once") },
};

static const struct binding form_rows[] = {
	{ { K_TAB, K_DOWN }, ACT_FIELD_NEXT, N_("next field"),
	  N_("To the next field") },
	{ { K_BACKTAB, K_UP }, ACT_FIELD_PREV, NULL,
	  N_("To the field before") },
	{ { K_CTRL_O }, ACT_SEND, N_("send"),
	  N_("Send the form") },
	{ { K_ESC }, ACT_CANCEL, N_("cancel"),
	  N_("Cancel; asks if something was typed") },
};
/* clang-format on */

const struct bindings bindings_global = BINDINGS(global_rows);
const struct bindings bindings_form = BINDINGS(form_rows);

static bool
key_is(uint32_t bound, uint32_t code)
{
	if (bound == K_DIGIT)
		return code >= '0' && code <= '9';
	return bound == code;
}

const struct binding *
binding_find(const struct bindings *b, uint32_t code)
{
	for (size_t i = 0; i < b->n; i++)
		for (int k = 0; k < BINDING_KEYS; k++)
			if (b->rows[i].keys[k] != K_NONE &&
			    key_is(b->rows[i].keys[k], code))
				return &b->rows[i];
	return NULL;
}

void
binding_names(char dst[BINDING_NAMES], const struct binding *b)
{
	size_t len = 0;

	dst[0] = '\0';
	for (int k = 0; k < BINDING_KEYS && b->keys[k] != K_NONE; k++) {
		char name[16];

		key_name(name, b->keys[k]);
		len += (size_t)snprintf(dst + len, BINDING_NAMES - len, "%s%s",
		    k == 0 ? "" : ", ", name);
	}
}

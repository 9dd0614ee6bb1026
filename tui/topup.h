/* An amount to be paid in advance: for the balance, or for more days of what is
 * prepaid. */
#ifndef TUI_TOPUP_H
#define TUI_TOPUP_H

#include "base/money.h"
#include "tui/form_screen.h"

struct topup {
	struct form form; /* first: form_screen's */
	struct form_field fields[1];
	char label[64];
	char amount[MONEY_SIZE];
	int64_t monthly; /* of what is prepaid; 0: nothing is */
};

/* Opens the form, or says how to pay where no gateway is on. */
void topup_begin(struct ui *ui, const struct screen *screen, int64_t arg);

void topup_init(struct view *v);
/* What is typed, as an amount: "20", "20.50", "20,50". */
enum err topup_amount(const struct view *v, int64_t *out);
/* The form, and a sentence or two below it. */
void topup_draw_form(struct view *v, struct canvas *c, struct area a,
    const char *title, const char *text);
/* "54.40 EUR of it pays what you owe."; "" where nothing is owed. */
enum { TOPUP_TEXT = 256 };
void topup_owed_text(const struct session *s, char dst[TOPUP_TEXT]);
bool topup_act(struct view *v, enum action act);

#endif

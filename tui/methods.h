/* Saved ways to pay, on the page of the Billing tab and wherever else they are
 * listed. */
#ifndef TUI_METHODS_H
#define TUI_METHODS_H

#include "data/method_words.h"
#include "tui/page.h"
#include "tui/session.h"
#include "tui/ui.h"

/* The page. */
struct methods {
	struct page page;
	struct method *list;
	size_t n;
	bool offered; /* a gateway is on */
};
enum err methods_read(struct methods *m, const struct session *s);
void methods_release(struct methods *m);
void methods_draw(struct methods *m, const struct session *s,
    const struct autopay *autopay, struct canvas *c, struct area a,
    bool narrow);
bool methods_act(struct methods *m, struct view *v,
    const struct autopay *autopay, enum action act);

/* Head and rows, for any page; the head opens title's target. */
void methods_head(
    struct page *p, const char *title, struct target to, bool narrow);
void methods_rows(struct page *p, const struct session *s,
    const struct method *list, size_t n, bool narrow);

/* ACT_DEFAULT makes it that; ACT_CLOSE asks whether to remove it. */
void method_act(struct ui *ui, enum action act, int64_t id);

/* "Automatic payment is on: Visa ending 4242 is charged on the due date.";
 * short: "Automatic payment is on."; "" where it is not offered. */
enum { AUTOPAY_TEXT = 256 };
void autopay_text(
    char dst[AUTOPAY_TEXT], const struct autopay *a, bool is_short);

#endif

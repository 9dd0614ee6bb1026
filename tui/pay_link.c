/* The addresses of a payment's page, whole: the short one and what it leads
 * to.  From the first column on, so that a mouse takes nothing else with it. */
#include "base/i18n.h"
#include "tui/pay_view.h"
#include "tui/screens.h"

struct pay_link_view {
	struct checkout checkout;
};

static enum err
link_read(struct view *v)
{
	struct pay_link_view *lv = v->state;
	struct checkout co;
	enum err err = checkout_get(v->ui->session->store, v->arg, &co);

	if (err == ERR_NONE)
		lv->checkout = co;
	return err;
}

static enum err
link_open(struct view *v, int64_t arg)
{
	(void)arg;
	return link_read(v);
}

static void
link_draw(struct view *v, struct canvas *c, struct area a)
{
	const struct pay_link_view *lv = v->state;
	const struct checkout *co = &lv->checkout;
	int y = a.y, end = a.y + a.h;

	if (co->url[0] == '\0') {
		canvas_text(
		    c, y, 1, a.w - 2, ATTR_PLAIN, _("This link has ended."));
		return;
	}
	canvas_text(
	    c, y, 1, a.w - 2, ATTR_PLAIN, _("The page of this payment:"));
	y += 2;
	pay_draw_link(c, y, a.x, a.w, end - y, co->url);
}

static bool
link_act(struct view *v, enum action act)
{
	const struct pay_link_view *lv = v->state;

	if (act != ACT_COPY)
		return false;
	if (lv->checkout.url[0] != '\0')
		ui_copy(v->ui, lv->checkout.url);
	return true;
}

/* clang-format off */
static const struct binding link_rows[] = {
	{ { 'c' }, ACT_COPY, N_("copy"),
	  N_("Copy the link, where the terminal can") },
};
/* clang-format on */

const struct screen screen_pay_link = {
    .name = "pay, the full link",
    .title = N_("The full link"),
    .bindings = BINDINGS(link_rows),
    .state_size = sizeof(struct pay_link_view),
    .topics = TOPIC_BILLING,
    .open = link_open,
    .reload = link_read,
    .draw = link_draw,
    .act = link_act,
};

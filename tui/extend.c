/* Extending what is prepaid: the days that an amount buys are seen while it is
 * typed, before anything is paid. */
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "data/prepaid.h"
#include "tui/sentences.h"
#include "tui/screens.h"
#include "tui/topup.h"

static enum err
extend_read(struct view *v)
{
	struct topup *t = v->state;
	struct service *list = NULL;
	size_t n = 0;
	enum err err = service_list(v->ui->session->store, &list, &n);

	if (err == ERR_NONE)
		err = prepaid_monthly(list, n, &t->monthly);
	free(list);
	return err;
}

static enum err
extend_open(struct view *v, int64_t arg)
{
	(void)arg;
	topup_init(v);
	return extend_read(v);
}

/* "20.00 EUR buys 14 days: until 9 Jun." */
static void
buys(const struct view *v, char dst[TOPUP_TEXT])
{
	const struct topup *t = v->state;
	const struct session *s = v->ui->session;
	int64_t amount = 0, days, left;
	char money[AMOUNT_SIZE], until[DATE_SIZE];

	if (topup_amount(v, &amount) != ERR_NONE || amount <= 0) {
		snprintf(dst, TOPUP_TEXT, "%s",
		    _("Type an amount to see how many days it buys."));
		return;
	}
	left = prepaid_days(s->account.credit, t->monthly);
	days = prepaid_buys(
	    s->account.credit, s->account.due_total, amount, t->monthly);
	session_amount(s, money, amount);
	until_text(until, s->today, left + days);
	snprintf(dst, TOPUP_TEXT,
	    ngettext("%1$s buys %2$lld day: until %3$s.",
		"%1$s buys %2$lld days: until %3$s.", (unsigned long)days),
	    money, (long long)days, until);
}

static void
extend_draw(struct view *v, struct canvas *c, struct area a)
{
	const struct topup *t = v->state;
	const struct session *s = v->ui->session;
	char left[TOPUP_TEXT], owed[TOPUP_TEXT] = "", days[TOPUP_TEXT];
	char text[4 * TOPUP_TEXT];

	if (t->monthly > 0) {
		prepaid_text(s, t->monthly, left);
		topup_owed_text(s, owed);
		buys(v, days);
	} else {
		snprintf(
		    left, sizeof(left), "%s", _("Nothing is prepaid now."));
		days[0] = '\0';
	}
	snprintf(text, sizeof(text), "%s\n%s%s%s", left, owed,
	    owed[0] != '\0' ? " " : "", days);
	topup_draw_form(v, c, a, _("Extend what is prepaid"), text);
}

const struct screen screen_extend = {
    .name = "extend",
    .title = N_("Extending a prepaid service"),
    .state_size = sizeof(struct topup),
    .form = true,
    .topics = TOPIC_BILLING | TOPIC_SERVICES,
    .open = extend_open,
    .reload = extend_read,
    .draw = extend_draw,
    .act = topup_act,
    .key = form_screen_key,
    .close = form_screen_close,
};

/* The services tab: cards, then every service under its type; one service. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "data/listing.h"
#include "data/prepaid.h"
#include "tui/page.h"
#include "tui/screens.h"
#include "tui/sentences.h"
#include "tui/topup.h"

struct services {
	struct page page;
	struct service *list;
	size_t n;
	int64_t monthly; /* of what is prepaid; 0: nothing is */
};

enum {
	STATUS_WIDTH = 10,
	SINCE_WIDTH = 12,
	PRICE_WIDTH = 12,
	LABEL = 15,
	RATE_SIZE = 32,
	TEXT = 512
};

struct type_name {
	const char *type;
	const char *head; /* N_() */
};

static const struct type_name types[] = {
    {"internet", N_("INTERNET")},
    {"voice", N_("VOICE")},
    {"recurring", N_("RECURRING")},
    {"bundle", N_("BUNDLES")},
};

static const char *
type_head(const char *type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, type) == 0)
			return _(types[i].head);
	return _("OTHER");
}

/* "25 %", "5.5 %", from basis points. */
static void
rate_text(char dst[RATE_SIZE], int64_t rate)
{
	char digits[RATE_SIZE];
	size_t n;

	snprintf(digits, sizeof(digits), "%lld.%02lld", (long long)(rate / 100),
	    (long long)(rate % 100));
	n = strlen(digits);
	while (n > 0 && digits[n - 1] == '0')
		digits[--n] = '\0';
	if (n > 0 && digits[n - 1] == '.')
		digits[n - 1] = '\0';
	snprintf(dst, RATE_SIZE, "%.20s %%", digits);
}

static enum err
services_read(struct view *v)
{
	struct services *sv = v->state;
	struct service *list = NULL;
	int64_t monthly = 0;
	size_t n = 0;
	enum err err = service_list(v->ui->session->store, &list, &n);

	if (err == ERR_NONE)
		err = prepaid_monthly(list, n, &monthly);
	if (err != ERR_NONE) {
		free(list);
		return err;
	}
	free(sv->list);
	sv->list = list;
	sv->n = n;
	sv->monthly = monthly;
	page_stale(&sv->page);
	return ERR_NONE;
}

static enum err
services_open(struct view *v, int64_t arg)
{
	struct services *sv = v->state;

	(void)arg;
	page_init(&sv->page);
	return services_read(v);
}

/* active/total, open invoices, outstanding, open tickets */
static void
build_cards(struct page *p, const struct session *s)
{
	const struct account *a = &s->account;
	char amount[AMOUNT_SIZE], invoices[TEXT], tickets[TEXT];

	session_amount(s, amount, a->due_total);
	snprintf(invoices, sizeof(invoices),
	    ngettext("%lld open invoice", "%lld open invoices",
		(unsigned long)a->open_invoices),
	    (long long)a->open_invoices);
	snprintf(tickets, sizeof(tickets),
	    ngettext("%lld open ticket", "%lld open tickets",
		(unsigned long)a->tickets_open),
	    (long long)a->tickets_open);
	page_textf(p, _("%lld of %lld active. %s, %s outstanding. %s."),
	    (long long)a->services_active, (long long)a->services, invoices,
	    amount, tickets);
	page_blank(p);
}

/* The widest price: an amount is never cut. */
static int
price_width(const struct services *sv, const char *currency)
{
	int width = PRICE_WIDTH;

	for (size_t i = 0; i < sv->n; i++) {
		char money[MONEY_SIZE];
		int w;

		money_text(money, sv->list[i].price, currency);
		w = (int)text_width(money);
		width = w > width ? w : width;
	}
	return width;
}

static void
build_head(struct page *p, const char *type, bool narrow, bool first,
    const char *currency, int width)
{
	int w = page_cols(p);
	char price[32];
	struct row r;

	row_init(&r);
	row_add(&r, type_head(type));
	if (!narrow && first) {
		row_left(&r, w - STATUS_WIDTH - SINCE_WIDTH - width - 4,
		    STATUS_WIDTH, _("STATUS"));
		row_left(&r, w - SINCE_WIDTH - width - 2, SINCE_WIDTH,
		    _("ACTIVE SINCE"));
		snprintf(price, sizeof(price), _("%s A MONTH"), currency);
		row_right(&r, w - width, width, price);
	}
	page_row(p, &r, (struct target) {TARGET_NONE, 0});
}

/* "12 days left" below one that runs on the balance. */
static void
build_days_left(struct page *p, const struct session *s,
    const struct service *sv, int64_t monthly)
{
	int64_t days;
	struct row r;

	if (!prepaid_runs(sv) || monthly <= 0)
		return;
	days = prepaid_days(s->account.credit, monthly);
	row_init(&r);
	row_to(&r, 2);
	if (days <= PREPAID_FEW)
		row_bold(&r);
	if (days == 0)
		row_add(&r, _("the balance is used up"));
	else
		row_addf(&r,
		    ngettext(
			"%lld day left", "%lld days left", (unsigned long)days),
		    (long long)days);
	if (days <= PREPAID_FEW)
		row_plain(&r);
	page_row(p, &r, (struct target) {TARGET_NONE, 0});
}

/* Since when it is online is another day than since when it is active. */
static void
build_service(struct page *p, const struct session *s, const struct service *sv,
    bool narrow, int width)
{
	int w = page_cols(p);
	char since[DATE_SIZE], money[MONEY_SIZE];
	struct target to = {TARGET_SERVICE, sv->id};
	struct row r;

	row_init(&r);
	day_text(since, sv->since);
	if (narrow) {
		row_left(&r, 0, w, sv->description);
		page_row(p, &r, to);
		row_init(&r);
		row_addf(&r,
		    strcmp(sv->status, "Active") == 0 ? _("%s since %s")
						      : _("%s, began %s"),
		    word_text(sv->status), since);
		page_row(p, &r, (struct target) {TARGET_NONE, 0});
		return;
	}
	row_left(
	    &r, 0, w - STATUS_WIDTH - SINCE_WIDTH - width - 6, sv->description);
	row_left(&r, w - STATUS_WIDTH - SINCE_WIDTH - width - 4, STATUS_WIDTH,
	    word_text(sv->status));
	row_left(&r, w - SINCE_WIDTH - width - 2, SINCE_WIDTH, since);
	money_text(money, sv->price, s->tenant.currency);
	row_right(&r, w - width, width, money);
	page_row(p, &r, to);
}

static void
build_fields(struct page *p, const struct session *s, const struct service *sv)
{
	char text[TEXT], date[DATE_SIZE], amount[AMOUNT_SIZE];
	char rate[RATE_SIZE];

	word_label(text, word_text(sv->type));
	page_field(p, LABEL, _("Type"), text);
	page_field(p, LABEL, _("Plan"), sv->plan_name);
	page_field(p, LABEL, _("Status"), word_text(sv->status));
	if (sv->online_at != 0) {
		instant_text(date, sv->online_at, s->tenant.zone);
		page_field(p, LABEL, _("Online since"), date);
	}
	day_text(date, sv->since);
	page_field(p, LABEL, _("Active since"), date);
	if (sv->has_ended) {
		day_text(date, sv->ended);
		page_field(p, LABEL, _("Ended"), date);
	}
	session_amount(s, amount, sv->price);
	rate_text(rate, sv->tax_rate);
	if (sv->tax_rate > 0)
		snprintf(text, sizeof(text), _("%s a month, plus %s VAT"),
		    amount, rate);
	else
		snprintf(text, sizeof(text), _("%s a month"), amount);
	page_field(p, LABEL, _("Price"), text);
}

static const struct service *
find_service(const struct services *sv, int64_t id)
{
	for (size_t i = 0; i < sv->n; i++)
		if (sv->list[i].id == id)
			return &sv->list[i];
	return NULL;
}

static void
build_list(struct services *sv, const struct session *s, bool narrow)
{
	struct page *p = &sv->page;
	const char *type = "";
	int width = price_width(sv, s->tenant.currency);

	build_cards(p, s);
	if (sv->n == 0)
		page_text(p, false, _("No services yet. t asks for one."));
	for (size_t i = 0; i < sv->n; i++) {
		if (strcmp(type, sv->list[i].type) != 0) {
			if (i > 0 && !narrow)
				page_blank(p);
			type = sv->list[i].type;
			build_head(
			    p, type, narrow, i == 0, s->tenant.currency, width);
		}
		build_service(p, s, &sv->list[i], narrow, width);
		build_days_left(p, s, &sv->list[i], sv->monthly);
	}
}

/* The marked service's fields, below the list, where there is room. */
static void
draw_detail(struct view *v, struct canvas *c, struct area a)
{
	struct services *sv = v->state;
	int64_t id = list_target(&sv->page.list).id;
	const struct service *one = find_service(sv, id);
	struct page detail;
	int y = c->cursor_y, x = c->cursor_x;

	if (one == NULL)
		return;
	page_init(&detail);
	page_begin(&detail, a.w);
	page_text(&detail, false, one->description);
	page_blank(&detail);
	build_fields(&detail, v->ui->session, one);
	page_end(&detail);
	page_draw(&detail, c, a);
	page_release(&detail);
	canvas_cursor(c, y, x);
}

static void
services_draw(struct view *v, struct canvas *c, struct area a)
{
	struct services *sv = v->state;
	struct target marked = list_target(&sv->page.list);
	struct area list = a, below = a;

	if (ui_roomy(v->ui)) {
		list.h = a.h * 3 / 5;
		below.y = a.y + list.h + 1;
		below.h = a.h - list.h - 1;
		canvas_fill(c, below.y - 1, 0, a.w, '-');
	}
	if (page_begin(&sv->page, a.w)) {
		build_list(sv, v->ui->session, ui_narrow(v->ui));
		page_end(&sv->page);
		list_mark(&sv->page.list, marked);
	}
	page_draw(&sv->page, c, list);
	if (ui_roomy(v->ui))
		draw_detail(v, c, below);
}

static struct list *
services_list(struct view *v)
{
	struct services *sv = v->state;

	return &sv->page.list;
}

static void
services_close(struct view *v)
{
	struct services *sv = v->state;

	page_release(&sv->page);
	free(sv->list);
}

/* One that is prepaid has a key more. */
static enum err
service_read(struct view *v)
{
	struct services *sv = v->state;
	const struct service *one;
	enum err err = services_read(v);

	if (err != ERR_NONE)
		return err;
	if ((one = find_service(sv, v->arg)) == NULL)
		return ERR_NOT_FOUND;
	v->screen = prepaid_runs(one) && sv->monthly > 0 ? &screen_prepaid
							 : &screen_service;
	return ERR_NONE;
}

static enum err
service_open(struct view *v, int64_t arg)
{
	struct services *sv = v->state;

	(void)arg;
	page_init(&sv->page);
	return service_read(v);
}

/* What is left of one that runs on the balance, and how to get more. */
static void
build_prepaid(
    struct services *sv, const struct session *s, const struct service *one)
{
	if (!prepaid_runs(one) || sv->monthly <= 0)
		return;
	say_prepaid(&sv->page, s, sv->monthly);
	page_text(&sv->page, false, _("a buys more days."));
	page_blank(&sv->page);
}

static bool
prepaid_act(struct view *v, enum action act)
{
	if (act != ACT_ADD)
		return false;
	topup_begin(v->ui, &screen_extend, 0);
	return true;
}

static void
service_draw(struct view *v, struct canvas *c, struct area a)
{
	struct services *sv = v->state;
	const struct service *one = find_service(sv, v->arg);

	if (one != NULL && page_begin(&sv->page, a.w)) {
		page_text(&sv->page, true, one->description);
		page_blank(&sv->page);
		build_fields(&sv->page, v->ui->session, one);
		page_blank(&sv->page);
		build_prepaid(sv, v->ui->session, one);
		page_text(&sv->page, false,
		    _("To change or end it, t writes to us."));
		page_end(&sv->page);
	}
	page_draw(&sv->page, c, a);
}

/* clang-format off */
static const struct binding services_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("open"), N_("Open the marked service") },
	{ { 't' }, ACT_TICKET_NEW, N_("new ticket"), N_("Open a new ticket") },
};
static const struct binding prepaid_rows[] = {
	{ { 'a' }, ACT_ADD, N_("extend service"),
	  N_("Buy more days of what is prepaid") },
	{ { 't' }, ACT_TICKET_NEW, N_("new ticket"), N_("Open a new ticket") },
};
static const struct binding service_rows[] = {
	{ { 't' }, ACT_TICKET_NEW, N_("new ticket"), N_("Open a new ticket") },
};
/* clang-format on */

const struct screen screen_services = {
    .name = "services",
    .title = N_("Services"),
    .bindings = BINDINGS(services_rows),
    .state_size = sizeof(struct services),
    .topics = TOPIC_ACCOUNT | TOPIC_SERVICES | TOPIC_BILLING | TOPIC_TICKETS,
    .open = services_open,
    .reload = services_read,
    .draw = services_draw,
    .list = services_list,
    .close = services_close,
};

#define SERVICE_PAGE                                                           \
	.state_size = sizeof(struct services),                                 \
	.topics = TOPIC_SERVICES | TOPIC_BILLING, .open = service_open,        \
	.reload = service_read, .draw = service_draw, .list = services_list,   \
	.close = services_close

const struct screen screen_service = {
    .name = "service",
    .title = N_("One service"),
    .bindings = BINDINGS(service_rows),
    SERVICE_PAGE,
};

const struct screen screen_prepaid = {
    .name = "prepaid",
    .title = N_("One prepaid service"),
    .bindings = BINDINGS(prepaid_rows),
    .act = prepaid_act,
    SERVICE_PAGE,
};

/*
 * The demo's two providers: their details, settings, plans and news.
 */
#include <string.h>

#include "ctl/demo.h"
#include "data/service.h"
#include "data/settings.h"

enum { ROWS_MAX = 8, HOUR = 3600, DAY = 24 * HOUR };

struct demo_provider {
	struct tenant tenant;
	struct {
		const char *key, *value;
	} settings[ROWS_MAX];
	struct plan plans[ROWS_MAX];
	struct {
		int days_ago;
		const char *title, *body;
	} news[ROWS_MAX];
};

/* clang-format off */
static const struct demo_provider providers[] = {
	{ .tenant = { .name = "portal", .brand = "Ridgenet",
	    .legal_name = "Ridgenet GmbH",
	    .address = "Bergstraße 12\n6020 Innsbruck", .country = "AT",
	    .vat_id = "ATU12345675",
	    .register_no = "FN 204812 k, Landesgericht Innsbruck",
	    .email = "office@ridgenet.example", .phone = "0555 0100",
	    .website = "https://ridgenet.example",
	    .hours = "Monday to Friday, 08:00 to 18:00",
	    .support = "Call 0555 0111 at any hour when nothing works, or "
	      "open a ticket here.",
	    .bank_name = "Bergbank", .iban = "AT611904300234573201",
	    .bic = "BERGAT2I",
	    .terms = "Payable within 14 days without deduction.",
	    .currency = "EUR", .zone = "Europe/Vienna",
	    .locale = "C.UTF-8" },
	  .settings = {
	    { "show_next_payment", "yes" },
	    { "show_suspension", "yes" },
	    { "suspend_after_days", "15" },
	    { "pay_how", "Bank transfer to AT61 1904 3002 3457 3201 "
	      "(Ridgenet GmbH), with the invoice's number as reference." },
	    { "pay_ask", "Ridgenet office, 0555 0100, Monday to Friday 08:00 "
	      "to 18:00" },
	  },
	  .plans = {
	    { .name = "Wireless 20/5", .type = "internet", .price = 2492,
	      .tax_rate = 2000, .description = "20 Mbit/s down, 5 up" },
	    { .name = "Wireless 50/10", .type = "internet", .price = 4158,
	      .tax_rate = 2000, .description = "50 Mbit/s down, 10 up" },
	    { .name = "Fibre 300", .type = "internet", .price = 4992,
	      .tax_rate = 2000, .description = "300 Mbit/s both ways" },
	    { .name = "Voice line", .type = "voice", .price = 375,
	      .tax_rate = 2000, .description = "A number and free calls to "
	      "the same country's land lines" },
	    { .name = "Fixed address", .type = "recurring", .price = 400,
	      .tax_rate = 2000, .description = "One fixed IPv4 address" },
	  },
	  .news = {
	    { 2, "Mast work at North Ridge, Saturday 02:00 to 04:00",
	      "We replace the radios of the North Ridge mast in the night to "
	      "Saturday.\nExpect two breaks of ten minutes. Voice lines stay "
	      "reachable on the other mast." },
	    { 23, "Fibre comes to Mill Lane",
	      "Digging begins next month. Whoever wants to be connected at "
	      "once\nopens a ticket of type question; the first twenty get "
	      "the connection without a fee." },
	    { 61, "Support by ticket on Sundays too",
	      "Tickets about outages are now read on Sundays and holidays as "
	      "well." },
	  } },
	{ .tenant = { .name = "ruralnet", .brand = "Ruralnet",
	    .legal_name = "Ruralnet Ltd",
	    .address = "The Old Forge\nElsdon NE99 4AA", .country = "GB",
	    .vat_id = "GB999999973", .register_no = "Company no. 00991234",
	    .email = "hello@ruralnet.example", .phone = "01632 960 100",
	    .website = "https://ruralnet.example",
	    .hours = "Monday to Saturday, 9 to 5",
	    .support = "01632 960 111",
	    .bank_name = "Fell Bank", .iban = "GB33BUKB20201555555555",
	    .bic = "BUKBGB22", .terms = "Payable within 14 days.",
	    .currency = "GBP", .zone = "Europe/London",
	    .locale = "C.UTF-8" },
	  .settings = {
	    { "pay_how", "Bank transfer to GB33 BUKB 2020 1555 5555 55, with "
	      "the invoice's number." },
	    { "pay_ask", "Ruralnet, 01632 960 100" },
	  },
	  .plans = {
	    { .name = "Field 30", .type = "internet", .price = 2750,
	      .tax_rate = 2000, .description = "30 Mbit/s over the hills" },
	    { .name = "Field phone", .type = "voice", .price = 600,
	      .tax_rate = 2000, .description = "A number over the same link" },
	  },
	  .news = {
	    { 9, "A second link over Elsdon Hill",
	      "It carries traffic since Monday: evenings should be faster." },
	  } },
};
/* clang-format on */

static enum err
add_rows(struct ctl *c, const struct demo_provider *p)
{
	int64_t now = clock_now(&c->clock);
	struct plan plan;
	enum err err = ERR_NONE;
	size_t i;

	for (i = 0; p->settings[i].key != NULL && err == ERR_NONE; i++)
		err = setting_set(
		    c->st, p->settings[i].key, p->settings[i].value);
	for (i = 0; p->plans[i].price != 0 && err == ERR_NONE; i++) {
		plan = p->plans[i];
		err = plan_create(c->st, &plan);
	}
	for (i = 0; p->news[i].title != NULL && err == ERR_NONE; i++)
		err = news_create(c->st, now - p->news[i].days_ago * DAY,
		    p->news[i].title, p->news[i].body);
	return err;
}

enum err
demo_tenant(struct ctl *c, const char *name)
{
	const struct demo_provider *p = providers;
	enum err err;

	while (strcmp(p->tenant.name, name) != 0)
		p++;
	c->tenant = p->tenant;
	ctl_become(c, 0, 0);
	if ((err = tenant_create(c->st, &c->tenant)) != ERR_NONE)
		return err;
	ctl_become(c, c->tenant.id, 0);
	return add_rows(c, p);
}

enum err
demo_plan(struct ctl *c, const char *name, struct plan *out)
{
	struct query q = query_begin(c->st, SQL_CTL_PLAN);
	struct plan p = {0};
	enum err err;

	query_bind_text(&q, name);
	while (query_row(&q)) {
		p.id = col_int(&q, 0);
		col_copy(&q, 1, p.type, sizeof(p.type));
		p.price = col_int(&q, 2);
		p.tax_rate = col_int(&q, 3);
		snprintf(p.name, sizeof(p.name), "%s", name);
	}
	if ((err = query_end(&q)) == ERR_NONE && p.id == 0)
		err = ERR_NOT_FOUND;
	if (err == ERR_NONE)
		*out = p;
	return err;
}

/*
 * The demo's services, and the tickets of its first customer.
 */
#include <string.h>

#include "ctl/demo.h"
#include "data/service.h"
#include "data/ticket_write.h"
#include "data/txn.h"

enum { MESSAGES = 6, MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static enum err
service_add(struct ctl *c, int64_t customer, const char *plan_name,
    const char *description, const char *status, int64_t since, int64_t *id)
{
	struct service s = {.since = since};
	struct plan plan;
	enum err err;

	if ((err = demo_plan(c, plan_name, &plan)) != ERR_NONE)
		return err;
	s.plan = plan.id;
	s.price = plan.price;
	s.tax_rate = plan.tax_rate;
	memcpy(s.type, plan.type, sizeof(s.type));
	snprintf(s.description, sizeof(s.description), "%s", description);
	snprintf(s.status, sizeof(s.status), "%s", status);
	return service_create(c->st, customer, &s, id);
}

enum err
demo_services(struct ctl *c, const struct demo_customer *who, int64_t customer)
{
	int64_t since = day_add_months(ctl_today(c), -who->months), id;
	bool full = who->billing == DEMO_FULL;
	enum err err;

	if (who->plan == NULL)
		return ERR_NONE;
	err = service_add(c, customer, who->plan, who->service,
	    who->billing == DEMO_BLOCKED ? "paused" : "active", since, &id);
	if (err == ERR_NONE && full)
		err = service_set_online(c->st, customer, id,
		    clock_now(&c->clock) - 2 * DAY - 5 * HOUR);
	if (err == ERR_NONE && who->voice != NULL)
		err =
		    service_add(c, customer, "Voice line", who->voice, "active",
			full ? day_add_months(ctl_today(c), -17) : since, NULL);
	if (err == ERR_NONE && full)
		err = service_add(c, customer, "Wireless 20/5",
		    "Wireless 20/5, lower barn", "paused",
		    day_add_months(ctl_today(c), -9), NULL);
	return err;
}

struct demo_ticket {
	int days_ago, hour;
	const char *subject, *type, *priority, *status;
	const char *team, *assigned_to;
	struct {
		int after;         /* minutes after the ticket */
		const char *staff; /* NULL: the customer */
		const char *body;
	} messages[MESSAGES];
};

/* clang-format off */
static const struct demo_ticket tickets[] = {
	{ .days_ago = 301, .hour = 7, .subject = "No connection since the storm",
	  .type = "fault", .priority = "high", .status = TICKET_CLOSED,
	  .team = "Field", .assigned_to = "Jakob Steiner",
	  .messages = {
	    { 0, NULL, "The radio on the roof has no light since the storm "
	      "last night.\nThe router itself works." },
	    { 95, "Jakob Steiner", "The power supply of the radio is gone, we "
	      "see it on our side too. I can be there between 14:00 and "
	      "16:00 today. Is somebody at home?" },
	    { 110, NULL, "Yes, the whole afternoon." },
	    { 560, "Jakob Steiner", "Replaced the power supply and the surge "
	      "arrester. The line is up with full speed. We credit the "
	      "outage." },
	    { 600, NULL, "Thank you, all works." } } },
	{ .days_ago = 118, .hour = 10, .subject = "Copy of an invoice for the "
	    "tax office",
	  .type = "billing", .priority = "low", .status = TICKET_RESOLVED,
	  .team = "Office", .assigned_to = "Anna Staff",
	  .messages = {
	    { 0, NULL, "I need the invoice for the router once more." },
	    { 180, "Anna Staff", "Every invoice is in the portal: Billing, "
	      "open it, and the line at the bottom fetches the PDF." } } },
	{ .days_ago = 12, .hour = 16, .subject = "Move the antenna to the other "
	    "gable",
	  .type = "question", .priority = "low", .status = TICKET_WORK,
	  .team = "Field", .assigned_to = "Jakob Steiner",
	  .messages = {
	    { 0, NULL, "The roof will be renewed in autumn. Can the antenna "
	      "move to the other gable before?" },
	    { 1300, "Jakob Steiner", "From the east gable you see the North "
	      "Ridge mast. I measure the signal there next week and then "
	      "tell you a date." },
	    { 1500, NULL, "Good. The ladder is in the barn." } } },
	{ .days_ago = 5, .hour = 19, .subject = "Slow evenings",
	  .type = "fault", .priority = "medium",
	  .status = TICKET_WAITS_CUSTOMER,
	  .team = "Network", .assigned_to = "Lena Gruber",
	  .messages = {
	    { 0, NULL, "From about 19:00 the line drops to 3 Mbit/s. "
	      "Mornings are fine." },
	    { 2353, "Lena Gruber", "We moved your sector to a clearer "
	      "channel. Is tonight better?" } } },
	{ .days_ago = 1, .hour = 9, .subject = "Second number on the voice line",
	  .type = "question", .priority = "low", .status = TICKET_NEW,
	  .messages = {
	    { 0, NULL, "Can the voice line get a second number for the "
	      "office, and what does it cost?" } } },
};
/* clang-format on */

static enum err
ticket_messages(
    struct ctl *c, const struct demo_ticket *t, int64_t id, int64_t at)
{
	struct ticket_text text;
	enum err err = ERR_NONE;
	size_t i;

	for (i = 1;
	     i < MESSAGES && t->messages[i].body != NULL && err == ERR_NONE;
	     i++) {
		text = (struct ticket_text) {
		    .author = t->messages[i].staff != NULL
				  ? t->messages[i].staff
				  : "Demo Customer",
		    .body = t->messages[i].body,
		    .by_staff = t->messages[i].staff != NULL,
		    .at = at + t->messages[i].after * MINUTE,
		};
		err = ticket_write_message(c->st, id, &text);
	}
	if (err == ERR_NONE)
		err = ticket_write_status(c->st, id, t->status,
		    at + t->messages[i - 1].after * MINUTE);
	return err;
}

static enum err
ticket_add(struct ctl *c, const struct demo_ticket *t, int64_t customer)
{
	int64_t at = day_start(ctl_today(c) - t->days_ago, c->tenant.zone) +
		     t->hour * HOUR + 2 * MINUTE,
		id;
	struct ticket_new in = {
	    .customer = customer,
	    .subject = t->subject,
	    .type = t->type,
	    .priority = t->priority,
	    .author = "Demo Customer",
	    .body = t->messages[0].body,
	    .team = t->team,
	    .assigned_to = t->assigned_to,
	    .at = at,
	};
	enum err err;

	if ((err = ticket_write_new(c->st, &in, &id)) != ERR_NONE)
		return err;
	return ticket_messages(c, t, id, at);
}

enum err
demo_tickets(struct ctl *c, int64_t customer)
{
	struct txn txn;
	enum err err;
	size_t i;

	if ((err = txn_begin(&txn, c->st, customer)) != ERR_NONE)
		return err;
	for (i = 0; i < sizeof(tickets) / sizeof(tickets[0]) && err == ERR_NONE;
	     i++)
		err = ticket_add(c, &tickets[i], customer);
	return txn_end(&txn, err);
}

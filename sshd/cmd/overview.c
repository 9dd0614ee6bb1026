/*
 * The account in sentences, and as an object.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "data/listing.h"
#include "sshd/cmd/cmd.h"

enum err
overview_load(struct cmd *c, struct overview *out)
{
	struct overview o = {.today = cmd_today(c)};
	enum err err;

	if ((err = customer_get(c->st, &o.customer)) != ERR_NONE)
		return err;
	if ((err = account_get(c->st, o.today, c->settings.suspend_after_days,
		 &o.account)) != ERR_NONE)
		return err;
	if ((err = news_list(c->st, 1, &o.news, &o.nnews)) != ERR_NONE)
		return err;
	*out = o;
	return ERR_NONE;
}

void
overview_release(struct overview *o)
{
	free(o->news);
	o->news = NULL;
}

const char *
overview_field(
    const struct cmd *c, const struct overview *o, enum profile_field field)
{
	const struct customer *cu = &o->customer;
	const char *const values[PROFILE_FIELD_COUNT] = {
	    [PROFILE_FIELD_NAME] = cu->name,
	    [PROFILE_FIELD_EMAIL] = cu->email,
	    [PROFILE_FIELD_PHONE] = cu->phone,
	    [PROFILE_FIELD_STREET] = cu->street,
	    [PROFILE_FIELD_POSTCODE] = cu->postcode,
	    [PROFILE_FIELD_CITY] = cu->city,
	    [PROFILE_FIELD_COUNTRY] = cu->country,
	    [PROFILE_FIELD_VAT] = cu->vat_id,
	};

	return c->settings.profile[field] == RIGHT_HIDDEN ? "" : values[field];
}

void
overview_address(
    char *dst, size_t size, const struct cmd *c, const struct overview *o)
{
	static const enum profile_field parts[] = {PROFILE_FIELD_STREET,
	    PROFILE_FIELD_POSTCODE, PROFILE_FIELD_CITY, PROFILE_FIELD_COUNTRY};
	const char *value, *between = "";
	size_t i, len = 0;

	dst[0] = '\0';
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		value = overview_field(c, o, parts[i]);
		if (value[0] == '\0' || len >= size)
			continue;
		len += (size_t)snprintf(
		    dst + len, size - len, "%s%s", between, value);
		between = parts[i] == PROFILE_FIELD_POSTCODE ? " " : ", ";
	}
}

static bool
shows(const struct cmd *c, enum block block)
{
	return (c->settings.blocks >> block & 1) != 0;
}

/* What of the debt is overdue: credit that is left stands against it. */
static int64_t
overdue_of(const struct account *a)
{
	return a->overdue_total < a->due_total ? a->overdue_total
					       : a->due_total;
}

static void
state_balance(struct cmd *c, const struct account *a)
{
	if (a->balance < 0)
		fprintf(c->out, _("Overpaid: you have %s of credit.\n"),
		    say_money(-a->balance, a->currency).s);
	else if (a->due_total == 0)
		fprintf(c->out, "%s\n", _("Paid in full."));
	else if (overdue_of(a) == 0)
		fprintf(c->out, _("You owe %s.\n"),
		    say_money(a->due_total, a->currency).s);
	else
		fprintf(c->out,
		    _("You owe %1$s. %2$s of it is overdue since %3$s.\n"),
		    say_money(a->due_total, a->currency).s,
		    say_money(overdue_of(a), a->currency).s,
		    say_day(a->overdue_since).s);
	if (a->sent_total > 0)
		fprintf(c->out, _("A payment of %s is being processed.\n"),
		    say_money(a->sent_total, a->currency).s);
}

/* What must be paid so that the service stays or comes back. */
static int64_t
cure_of(const struct account *a)
{
	return overdue_of(a) > 0 ? overdue_of(a) : a->due_total;
}

static void
state_suspension(struct cmd *c, const struct overview *o)
{
	const struct account *a = &o->account;
	int64_t days = a->suspension_on - o->today;

	if (strcmp(o->customer.state, "blocked") == 0)
		fprintf(c->out,
		    _("Your service is blocked. It comes back "
		      "when %s is paid.\n"),
		    say_money(cure_of(a), a->currency).s);
	else if (!c->settings.show_suspension || !a->has_suspension)
		return;
	else if (days <= 0)
		fprintf(c->out,
		    _("Your service will be suspended unless %s "
		      "is paid.\n"),
		    say_money(cure_of(a), a->currency).s);
	else
		fprintf(c->out,
		    ngettext("Your service will be suspended in "
			     "%1$lld day (%2$s) unless %3$s is paid.\n",
			"Your service will be suspended in %1$lld days (%2$s) "
			"unless %3$s is paid.\n",
			(unsigned long)days),
		    (long long)days, say_day(a->suspension_on).s,
		    say_money(cure_of(a), a->currency).s);
}

static void
state_next(struct cmd *c, const struct overview *o)
{
	const struct account *a = &o->account;
	int64_t days;

	if (!c->settings.show_next_payment || !a->has_next)
		return;
	days = a->next_due_on - o->today;
	if (days <= 0)
		fprintf(c->out, _("Next payment due today: %s.\n"),
		    say_money(a->next_due_amount, a->currency).s);
	else
		fprintf(c->out,
		    ngettext("Next payment due in %1$lld day (%2$s): %3$s.\n",
			"Next payment due in %1$lld days (%2$s): %3$s.\n",
			(unsigned long)days),
		    (long long)days, say_day(a->next_due_on).s,
		    say_money(a->next_due_amount, a->currency).s);
}

void
overview_state(struct cmd *c, const struct overview *o)
{
	state_balance(c, &o->account);
	state_next(c, o);
	state_suspension(c, o);
}

static void
figures_activity(struct cmd *c, const struct account *a)
{
	if (a->has_last_invoice)
		fprintf(c->out, _("Last invoice: %1$s on %2$s\n"),
		    say_money(a->last_invoice_total, a->currency).s,
		    say_day(a->last_invoice_on).s);
	if (a->has_last_payment)
		fprintf(c->out, _("Last payment: %1$s on %2$s\n"),
		    say_money(a->last_payment_amount, a->currency).s,
		    say_time(c, a->last_payment_at).s);
}

static void
figures_contact(struct cmd *c, const struct overview *o)
{
	char address[512];

	fprintf(c->out, _("Customer number: %s\n"), o->customer.number);
	if (overview_field(c, o, PROFILE_FIELD_EMAIL)[0] != '\0')
		fprintf(c->out, _("E-mail: %s\n"), o->customer.email);
	if (overview_field(c, o, PROFILE_FIELD_PHONE)[0] != '\0')
		fprintf(c->out, _("Phone: %s\n"), o->customer.phone);
	overview_address(address, sizeof(address), c, o);
	if (address[0] != '\0')
		fprintf(c->out, _("Address: %s\n"), address);
}

void
overview_figures(struct cmd *c, const struct overview *o)
{
	const struct account *a = &o->account;

	if (shows(c, BLOCK_INVOICES))
		fprintf(c->out, _("Open invoices: %lld\n"),
		    (long long)a->open_invoices);
	if (shows(c, BLOCK_SERVICES))
		fprintf(c->out, _("Services: %1$lld active of %2$lld\n"),
		    (long long)a->services_active, (long long)a->services);
	if (shows(c, BLOCK_TICKETS))
		fprintf(c->out,
		    _("Tickets: %1$lld open, %2$lld waiting for you\n"),
		    (long long)a->tickets_open, (long long)a->tickets_waiting);
	if (shows(c, BLOCK_ACTIVITY))
		figures_activity(c, a);
	if (shows(c, BLOCK_CONTACT))
		figures_contact(c, o);
	if (shows(c, BLOCK_NEWS) && o->nnews > 0)
		fprintf(c->out, _("News: %s\n"), o->news[0].title);
}

/* clang-format off */
static json_t *
js_customer(const struct cmd *c, const struct overview *o)
{
	char address[512];

	overview_address(address, sizeof(address), c, o);
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s}",
	    "number", o->customer.number,
	    "name", js_text(overview_field(c, o, PROFILE_FIELD_NAME)),
	    "email", js_text(overview_field(c, o, PROFILE_FIELD_EMAIL)),
	    "phone", js_text(overview_field(c, o, PROFILE_FIELD_PHONE)),
	    "address", js_text(address),
	    "state", o->customer.state);
}

static json_t *
js_next_due(const struct cmd *c, const struct account *a)
{
	if (!c->settings.show_next_payment || !a->has_next)
		return json_null();
	return json_pack("{s:o, s:o}",
	    "date", js_day(a->next_due_on),
	    "amount", js_money(a->next_due_amount, a->currency));
}

static json_t *
js_last_invoice(const struct account *a)
{
	if (!a->has_last_invoice)
		return json_null();
	return json_pack("{s:o, s:o}",
	    "date", js_day(a->last_invoice_on),
	    "total", js_money(a->last_invoice_total, a->currency));
}

static json_t *
js_last_payment(const struct account *a)
{
	if (!a->has_last_payment)
		return json_null();
	return json_pack("{s:o, s:o}",
	    "date", js_time(a->last_payment_at),
	    "amount", js_money(a->last_payment_amount, a->currency));
}

static json_t *
js_overview(const struct cmd *c, const struct overview *o)
{
	const struct account *a = &o->account;

	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, "
	    "s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
	    "brand", c->tenant.brand,
	    "customer", js_customer(c, o),
	    "balance", js_money(a->balance, a->currency),
	    "due", js_money(a->due_total, a->currency),
	    "overdue", js_money(overdue_of(a), a->currency),
	    "overdue_since", js_day_if(overdue_of(a) > 0, a->overdue_since),
	    "next_due", js_next_due(c, a),
	    "suspension_on", js_day_if(c->settings.show_suspension &&
	    a->has_suspension, a->suspension_on),
	    "currency", a->currency,
	    "invoices_open", (json_int_t)a->open_invoices,
	    "services_active", (json_int_t)a->services_active,
	    "services", (json_int_t)a->services,
	    "tickets_open", (json_int_t)a->tickets_open,
	    "tickets_waiting", (json_int_t)a->tickets_waiting,
	    "last_invoice", js_last_invoice(a),
	    "last_payment", js_last_payment(a));
}
/* clang-format on */

int
cmd_overview(struct cmd *c)
{
	struct overview o;
	enum err err;
	int status;

	if ((err = overview_load(c, &o)) != ERR_NONE)
		return cmd_fail(c, err);
	if (c->json) {
		status = cmd_print_json(c, js_overview(c, &o));
		overview_release(&o);
		return status;
	}
	fprintf(c->out, "%s: %s\n", c->tenant.brand, o.customer.name);
	if (c->settings.welcome[0] != '\0')
		fprintf(c->out, "%s\n", c->settings.welcome);
	if (shows(c, BLOCK_SUMMARY))
		overview_state(c, &o);
	fputc('\n', c->out);
	overview_figures(c, &o);
	overview_release(&o);
	return SESSION_EXIT_OK;
}

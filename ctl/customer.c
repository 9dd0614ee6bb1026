/*
 * Customers, their plans and services.
 */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "data/service.h"
#include "data/settings.h"

enum { LIST_PAGE = 200 };

/* clang-format off */
#define FIELD(o, m) \
	{ .option = (o), .at = offsetof(struct customer, m), \
	  .size = sizeof(((struct customer *)0)->m) }
static const struct {
	const char *option;
	size_t at, size;
} fields[] = {
	FIELD("number", number),
	FIELD("name", name),
	FIELD("email", email),
	FIELD("phone", phone),
	FIELD("street", street),
	FIELD("postcode", postcode),
	FIELD("city", city),
	FIELD("country", country),
	FIELD("vat-id", vat_id),
};
/* clang-format on */

/* An amount of the tenant's currency; CTL_USAGE after saying what is wrong. */
static int
amount_parse(
    const struct ctl *c, const char *option, const char *text, int64_t *out)
{
	char like[MONEY_SIZE];

	if (money_parse(text, c->tenant.currency, out) == ERR_NONE)
		return CTL_OK;
	money_plain(like, 1250, c->tenant.currency);
	return ctl_usage_error(_("--%s is an amount in %s such as %s, not "
				 "\"%s\"."),
	    option, c->tenant.currency, like, text);
}

/* "20", "13.5": basis points. */
static int
rate_parse(const char *text, int64_t *out)
{
	if (money_parse(text, "EUR", out) == ERR_NONE && *out >= 0 &&
	    *out <= 10000)
		return CTL_OK;
	return ctl_usage_error(_("A tax rate is per cent such as 20 or 13.5, "
				 "not \"%s\"."),
	    text);
}

static int
need_options(const struct ctl *c, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (ctl_option(c, names[i]) == NULL)
			return ctl_usage_error(
			    _("%s needs --%s."), c->command->name, names[i]);
	return CTL_OK;
}

/* clang-format off */
/* The account, and what of it is shown. */
static json_t *
js_account(struct ctl *c)
{
	struct settings set;
	struct account a;

	if (settings_load(c->st, &set) != ERR_NONE ||
	    account_get(c->st, ctl_today(c), set.suspend_after_days, &a) !=
	    ERR_NONE)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:s, s:I, s:I, s:I, s:I}",
	    "balance", ctl_js_money(a.balance, a.currency),
	    "due", ctl_js_money(a.due_total, a.currency),
	    "overdue", ctl_js_money(a.overdue_total, a.currency),
	    "credit", ctl_js_money(a.credit, a.currency),
	    "currency", a.currency,
	    "invoices", (json_int_t)a.invoices,
	    "invoices_open", (json_int_t)a.open_invoices,
	    "services", (json_int_t)a.services,
	    "tickets_open", (json_int_t)a.tickets_open);
}

static json_t *
js_customer(struct ctl *c, const struct customer *cu)
{
	ctl_become(c, c->tenant.id, cu->id);
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, "
	    "s:o}",
	    "number", cu->number,
	    "name", cu->name,
	    "email", cu->email,
	    "phone", ctl_js_text(cu->phone),
	    "street", ctl_js_text(cu->street),
	    "postcode", ctl_js_text(cu->postcode),
	    "city", ctl_js_text(cu->city),
	    "country", ctl_js_text(cu->country),
	    "vat_id", ctl_js_text(cu->vat_id),
	    "state", cu->state,
	    "account", js_account(c));
}
/* clang-format on */

int
ctl_customer_add(struct ctl *c)
{
	static const char *const needed[] = {"name", "email"};
	struct customer cu = {0};
	const char *value;
	enum err err;
	size_t i;
	int status;

	if ((status = need_options(c, needed, 2)) != CTL_OK)
		return status;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if ((value = ctl_option(c, fields[i].option)) == NULL)
			continue;
		if (strlen(value) >= fields[i].size)
			return ctl_usage_error(_("--%s is too long: at most "
						 "%zu bytes."),
			    fields[i].option, fields[i].size - 1);
		strcpy((char *)&cu + fields[i].at, value);
	}
	if (strchr(cu.number, '@') != NULL)
		return ctl_usage_error(_("--number is what customers are found "
					 "by beside their e-mail: without "
					 "\"@\", not \"%s\"."),
		    cu.number);
	if ((value = ctl_option(c, "min-balance")) != NULL &&
	    (status = amount_parse(c, "min-balance", value, &cu.min_balance)) !=
		CTL_OK)
		return status;
	if ((err = customer_create(c->st, &cu)) != ERR_NONE)
		return ctl_fail(c, err, _("customer"));
	return ctl_show(c, js_customer(c, &cu));
}

int
ctl_customer_show(struct ctl *c)
{
	struct customer cu;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK)
		return status;
	return ctl_show(c, js_customer(c, &cu));
}

static int
set_state(struct ctl *c, const char *state)
{
	struct customer cu;
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK)
		return status;
	if ((err = customer_set_state(c->st, cu.id, state)) != ERR_NONE)
		return ctl_fail(c, err, c->args[0]);
	return CTL_OK;
}

int
ctl_customer_block(struct ctl *c)
{
	return set_state(c, "blocked");
}

int
ctl_customer_unblock(struct ctl *c)
{
	return set_state(c, "active");
}

/* How a list is written as it is read: there may be a million. */
struct list_out {
	bool json;
	size_t rows;
};

static enum err
list_row(struct list_out *out, const struct query *q)
{
	static const char *const keys[] = {
	    "number", "name", "email", "phone", "city", "state"};
	json_t *row;
	char *text;
	size_t i;

	if (!out->json) {
		out->rows++;
		printf("%-12s %-8s %s <%s>\n", col_text(q, 1), col_text(q, 6),
		    col_text(q, 2), col_text(q, 3));
		return ERR_NONE;
	}
	if ((row = json_object()) == NULL)
		return ERR_NOMEM;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_object_set_new(
		    row, keys[i], ctl_js_text(col_text(q, i + 1)));
	text = json_dumps(row, JSON_PRESERVE_ORDER);
	json_decref(row);
	if (text == NULL)
		return ERR_NOMEM;
	printf("%s\n  %s", out->rows++ > 0 ? "," : "[", text);
	free(text);
	return ERR_NONE;
}

static enum err
list_page(struct ctl *c, struct list_out *out, int64_t *after, size_t *n)
{
	struct query q = query_begin(c->st, SQL_CTL_CUSTOMERS);

	*n = 0;
	query_bind_int(&q, *after);
	query_bind_text(&q, ctl_option_or(c, "find", ""));
	query_bind_int(&q, LIST_PAGE);
	while (query_row(&q)) {
		*after = col_int(&q, 0);
		++*n;
		if ((q.err = list_row(out, &q)) != ERR_NONE)
			break;
	}
	return query_end(&q);
}

int
ctl_customer_list(struct ctl *c)
{
	struct list_out out = {.json = ctl_option(c, "json") != NULL};
	int64_t after = 0;
	enum err err;
	size_t n;

	do
		if ((err = list_page(c, &out, &after, &n)) != ERR_NONE)
			return ctl_fail(c, err, _("customers"));
	while (n == LIST_PAGE);
	if (out.json)
		fputs(out.rows > 0 ? "\n]\n" : "[]\n", stdout);
	else if (out.rows == 0)
		printf("%s\n", _("None."));
	return CTL_OK;
}

int
ctl_plan_add(struct ctl *c)
{
	static const char *const needed[] = {"type", "price", "tax"};
	struct plan p = {0};
	enum err err;
	int status;

	if ((status = need_options(c, needed, 3)) != CTL_OK ||
	    (status = amount_parse(
		 c, "price", ctl_option(c, "price"), &p.price)) != CTL_OK ||
	    (status = rate_parse(ctl_option(c, "tax"), &p.tax_rate)) != CTL_OK)
		return status;
	snprintf(p.name, sizeof(p.name), "%s", c->args[0]);
	snprintf(p.type, sizeof(p.type), "%s", ctl_option(c, "type"));
	snprintf(p.description, sizeof(p.description), "%s",
	    ctl_option_or(c, "description", ""));
	if ((err = plan_create(c->st, &p)) != ERR_NONE)
		return ctl_fail(c, err, c->args[0]);
	return ctl_show(
	    c, json_pack("{s:I, s:s, s:s, s:o}", "id", (json_int_t)p.id, "name",
		   p.name, "type", p.type, "price",
		   ctl_js_money(p.price, c->tenant.currency)));
}

/* The plan of a name, as a service of it begins. */
static enum err
plan_find(struct ctl *c, const char *name, struct service *s)
{
	struct query q = query_begin(c->st, SQL_CTL_PLAN);
	enum err err;

	query_bind_text(&q, name);
	while (query_row(&q)) {
		s->plan = col_int(&q, 0);
		col_copy(&q, 1, s->type, sizeof(s->type));
		s->price = col_int(&q, 2);
		s->tax_rate = col_int(&q, 3);
	}
	if ((err = query_end(&q)) == ERR_NONE && s->plan == 0)
		err = ERR_NOT_FOUND;
	return err;
}

int
ctl_service_add(struct ctl *c)
{
	const char *since = ctl_option(c, "since");
	struct service s = {.since = ctl_today(c)};
	struct customer cu;
	int64_t id;
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK)
		return status;
	err = plan_find(c, c->args[1], &s);
	if (err == ERR_NOT_FOUND)
		return ctl_error(
		    _("There is no plan %s at %s. \"portalctl plan "
		      "add\" makes one."),
		    c->args[1], c->tenant.name);
	if (err != ERR_NONE)
		return ctl_fail(c, err, c->args[1]);
	if (since != NULL && !day_parse(since, &s.since))
		return ctl_usage_error(_("--since is a day such as "
					 "2026-05-08, not \"%s\"."),
		    since);
	snprintf(s.description, sizeof(s.description), "%s", c->args[2]);
	text_clean_self(s.description, TEXT_LINE); /* as it is stored */
	snprintf(s.status, sizeof(s.status), "%s",
	    ctl_option_or(c, "status", "active"));
	if ((err = service_create(c->st, cu.id, &s, &id)) != ERR_NONE)
		return ctl_fail(c, err, _("service"));
	return ctl_show(
	    c, json_pack("{s:I, s:s, s:s, s:s, s:o}", "id", (json_int_t)id,
		   "type", s.type, "description", s.description, "status",
		   s.status, "since", ctl_js_day(s.since)));
}

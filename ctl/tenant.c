/*
 * Providers, their settings and their news.
 */
#include <string.h>

#include "base/i18n.h"
#include "ctl/init.h"
#include "data/migrate.h"
#include "data/reference.h"
#include "data/settings.h"

/* clang-format off */
#define FIELD(o, m) \
	{ .option = (o), .at = offsetof(struct tenant, m), \
	  .size = sizeof(((struct tenant *)0)->m) }
static const struct {
	const char *option;
	size_t at, size;
} fields[] = {
	FIELD("brand", brand),
	FIELD("currency", currency),
	FIELD("zone", zone),
	FIELD("legal-name", legal_name),
	FIELD("address", address),
	FIELD("country", country),
	FIELD("vat-id", vat_id),
	FIELD("register-no", register_no),
	FIELD("email", email),
	FIELD("phone", phone),
	FIELD("website", website),
	FIELD("hours", hours),
	FIELD("support", support),
	FIELD("bank-name", bank_name),
	FIELD("iban", iban),
	FIELD("bic", bic),
	FIELD("terms", terms),
	FIELD("locale", locale),
};
/* clang-format on */

int
tenant_from_options(struct ctl *c, const char *name, struct tenant *t)
{
	static const char *const needed[] = {"brand", "currency", "zone"};
	char iban[IBAN_SIZE];
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (ctl_option(c, needed[i]) == NULL)
			return ctl_usage_error(
			    _("A new tenant needs --%s. "
			      "For example: --brand \"Our Net\" --currency EUR "
			      "--zone Europe/Vienna"),
			    needed[i]);
	if (strlen(name) >= sizeof(t->name))
		return ctl_usage_error(_("The name %s is too long."), name);
	strcpy(t->name, name);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if ((value = ctl_option(c, fields[i].option)) == NULL)
			continue;
		if (strlen(value) >= fields[i].size)
			return ctl_usage_error(_("--%s is too long: at most "
						 "%zu bytes."),
			    fields[i].option, fields[i].size - 1);
		strcpy((char *)t + fields[i].at, value);
	}
	if (!currency_valid(t->currency))
		return ctl_usage_error(
		    _("--currency is three capital letters "
		      "of ISO 4217, such as EUR, not \"%s\"."),
		    t->currency);
	if (!zone_valid(t->zone))
		return ctl_usage_error(_("--zone is a name such as "
					 "Europe/Vienna, not \"%s\"."),
		    t->zone);
	if (t->iban[0] != '\0' && !iban_read(iban, t->iban))
		return ctl_usage_error(_("--iban \"%s\" is none: its check "
					 "digits do not fit. Copy it again."),
		    t->iban);
	return CTL_OK;
}

/* clang-format off */
static json_t *
js_tenant(const struct tenant *t)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s}",
	    "name", t->name,
	    "brand", t->brand,
	    "legal_name", t->legal_name,
	    "currency", t->currency,
	    "zone", t->zone);
}
/* clang-format on */

int
ctl_tenant_add(struct ctl *c)
{
	struct tenant t = {0};
	enum err err;
	int status;

	if ((status = tenant_from_options(c, c->args[0], &t)) != CTL_OK)
		return status;
	if ((err = tenant_create(c->st, &t)) != ERR_NONE)
		return ctl_fail(c, err, c->args[0]);
	return ctl_show(c, js_tenant(&t));
}

/* The names, in the order of their making: the default one first. */
static enum err
tenant_names(struct ctl *c, json_t *names)
{
	struct query q = query_begin(c->st, SQL_CTL_TENANTS);

	while (query_row(&q)) {
		if (json_array_append_new(
			names, json_string(col_text(&q, 0))) != 0) {
			q.err = ERR_NOMEM;
			break;
		}
	}
	return query_end(&q);
}

int
ctl_tenant_list(struct ctl *c)
{
	json_t *names = json_array(), *list = json_array(), *name;
	struct tenant t;
	enum err err = ERR_NOMEM;
	size_t i;

	if (names == NULL || list == NULL ||
	    (err = tenant_names(c, names)) != ERR_NONE)
		goto out;
	json_array_foreach(names, i, name)
	{
		err = tenant_find(c->st, json_string_value(name), &t);
		if (err == ERR_NONE &&
		    json_array_append_new(list, js_tenant(&t)) != 0)
			err = ERR_NOMEM;
		if (err != ERR_NONE)
			break;
	}
out:
	json_decref(names);
	if (err == ERR_NONE)
		return ctl_show_list(c, list);
	json_decref(list);
	return ctl_fail(c, err, _("tenants"));
}

int
ctl_setting_set(struct ctl *c)
{
	const struct problem *p = store_problem(c->st);
	enum err err = setting_set(c->st, c->args[0], c->args[1]);

	if (err == ERR_NONE)
		return CTL_OK;
	if (err == ERR_BAD_INPUT && strcmp(p->field, "key") == 0)
		return ctl_error(_("There is no setting %s. There are: %s"),
		    c->args[0], p->text);
	if (err == ERR_BAD_INPUT)
		return ctl_error(_("It takes another value: %s"), _(p->text));
	return ctl_fail(c, err, c->args[0]);
}

/* What was set, by key. */
static enum err
settings_read(struct ctl *c, json_t *set)
{
	struct query q = query_begin(c->st, SQL_SETTING_LIST);

	while (query_row(&q)) {
		if (json_object_set_new(set, col_text(&q, 0),
			json_string(col_text(&q, 1))) != 0) {
			q.err = ERR_NOMEM;
			break;
		}
	}
	return query_end(&q);
}

int
ctl_setting_list(struct ctl *c)
{
	json_t *set = json_object(), *list = json_array();
	const char *key, *fallback, *value;
	enum err err = settings_read(c, set);
	size_t i;

	for (i = 0; err == ERR_NONE; i++) {
		if ((key = setting_key(i, &fallback)) == NULL)
			break;
		value = json_string_value(json_object_get(set, key));
		if (json_array_append_new(
			list, json_pack("{s:s, s:b, s:s}", "key", key,
				  "default", value == NULL, "value",
				  value != NULL ? value : fallback)) != 0)
			err = ERR_NOMEM;
	}
	json_decref(set);
	if (err == ERR_NONE)
		return ctl_show_list(c, list);
	json_decref(list);
	return ctl_fail(c, err, _("settings"));
}

int
ctl_news_add(struct ctl *c)
{
	enum err err =
	    news_create(c->st, clock_now(&c->clock), c->args[0], c->args[1]);

	return err == ERR_NONE ? CTL_OK : ctl_fail(c, err, _("news"));
}

int
ctl_upgrade(struct ctl *c)
{
	char problem[CONFIG_PROBLEM];
	int from, to, status;
	enum err err;

	if (config_load(&c->config, c->config_path, problem) != ERR_NONE)
		return ctl_error("%s", problem);
	if ((status = ctl_store_there(c->config.store_url)) != CTL_OK)
		return status;
	if ((err = store_migrate(c->config.store_url, &from, &to)) != ERR_NONE)
		return ctl_fail(c, err, _("upgrade"));
	if (from == to)
		printf(_("The store is up to date (version %d).\n"), to);
	else
		printf(_("The store went from version %d to %d.\n"), from, to);
	return CTL_OK;
}

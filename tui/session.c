/* What all screens share of a session's data. */
#include "tui/session.h"

#include <stdio.h>

#include "base/clock.h"

/* What is read together: nothing of it depends on another. */
struct account_load {
	struct settings settings;
	struct customer customer;
	struct login login;
	struct tenant *tenant; /* NULL: known already */
};

static enum err
account_load(struct store *st, void *arg)
{
	struct account_load *l = arg;
	enum err errs[] = {
	    l->tenant != NULL ? tenant_get(st, l->tenant) : ERR_NONE,
	    settings_load(st, &l->settings),
	    customer_get(st, &l->customer),
	    login_get(st, &l->login),
	};

	for (size_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++)
		if (errs[i] != ERR_NONE)
			return errs[i];
	return ERR_NONE;
}

static enum err
session_load(struct session *s, struct tenant *tenant)
{
	struct account_load l = {.tenant = tenant};
	enum err err = store_load(s->store, account_load, &l);

	if (err != ERR_NONE)
		return err;
	s->settings = l.settings;
	s->customer = l.customer;
	s->login = l.login;
	return ERR_NONE;
}

static void
session_date(struct session *s)
{
	s->now = clock_now(store_clock(s->store));
	s->today = day_of_instant(s->now, s->tenant.zone);
}

/* What is due depends on the day, so it is always read. */
static enum err
session_read_due(struct session *s)
{
	session_date(s);
	return account_get(
	    s->store, s->today, s->settings.suspend_after_days, &s->account);
}

enum err
session_open(struct session *s, struct store *store)
{
	enum err err;

	s->store = store;
	/* There is nothing to show yet that could say that it waits. */
	store_patience(store, SESSION_PATIENCE_MS);
	err = session_load(s, &s->tenant);
	if (err == ERR_NONE)
		err = session_read_due(s);
	store_patience(store, 0);
	return err;
}

enum err
session_reload(struct session *s, unsigned topics)
{
	enum err err = ERR_NONE;

	if (topics & TOPIC_ACCOUNT)
		err = session_load(s, NULL);
	return err == ERR_NONE ? session_read_due(s) : err;
}

void
session_amount(const struct session *s, char dst[AMOUNT_SIZE], int64_t amount)
{
	char money[MONEY_SIZE];

	money_text(money, amount, s->tenant.currency);
	snprintf(dst, AMOUNT_SIZE, "%s %s", money, s->tenant.currency);
}

void
session_scp_paper(const struct session *s, char dst[SCP_SIZE],
    const char *folder, const char *number)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s.pdf", folder, number);
	session_scp_line(dst, SCP_SIZE, &s->env, path);
}

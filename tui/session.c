/* What all screens share of a session's data. */
#include "tui/session.h"

#include <stdio.h>

#include "base/clock.h"

static void
session_date(struct session *s)
{
	s->now = clock_now(store_clock(s->store));
	s->today = day_of_instant(s->now, s->tenant.zone);
}

enum err
session_open(struct session *s, struct store *store)
{
	enum err err;

	s->store = store;
	/* There is nothing to show yet that could say that it waits. */
	store_patience(store, SESSION_PATIENCE_MS);
	err = tenant_get(store, &s->tenant);
	if (err == ERR_NONE)
		err = session_reload(s, TOPIC_ACCOUNT);
	store_patience(store, 0);
	return err;
}

enum err
session_reload(struct session *s, unsigned topics)
{
	enum err err = ERR_NONE;

	session_date(s);
	if (topics & TOPIC_ACCOUNT) {
		err = settings_load(s->store, &s->settings);
		if (err == ERR_NONE)
			err = customer_get(s->store, &s->customer);
		if (err == ERR_NONE)
			err = login_get(s->store, &s->login);
	}
	/* What is due depends on the day, so always. */
	if (err == ERR_NONE)
		err = account_get(s->store, s->today,
		    s->settings.suspend_after_days, &s->account);
	return err;
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

/* Changing one's e-mail address, as a session asks for it. */
#include "data/email_change.h"

#include <string.h>

#include "base/i18n.h"
#include "data/verb.h"

enum { ARGS_MAX = 512, TYPED_MAX = 254 };

enum err
email_change_get(struct store *st, struct email_change *out)
{
	struct query q = query_begin(st, SQL_EMAIL_CHANGE_GET);
	struct email_change c = {0};
	enum err err;

	query_bind_int(&q, clock_now(store_clock(st)));
	while (query_row(&q)) {
		c.id = col_int(&q, 0);
		col_copy(&q, 1, c.email, sizeof(c.email));
		c.expires_at = col_int(&q, 2);
	}
	if ((err = query_end(&q)) == ERR_NONE)
		*out = c;
	return err;
}

static enum err
call(struct store *st, enum verb verb, const char *field, const char *typed)
{
	struct buf args;
	enum err err;

	store_clear_problem(st);
	if (strlen(typed) > TYPED_MAX)
		return store_refuse(st, field, N_("That is too long."));
	buf_init(&args, ARGS_MAX);
	buf_put_str(&args, typed);
	err = store_call(st, verb, &args, NULL);
	buf_wipe(&args);
	return err;
}

enum err
email_change_start(struct store *st, const char *email)
{
	return call(st, VERB_EMAIL_CHANGE_START, "email", email);
}

enum err
email_change_confirm(struct store *st, const char *code)
{
	return call(st, VERB_EMAIL_CHANGE_CONFIRM, "code", code);
}

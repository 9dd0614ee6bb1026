/* What a session asks about its own login. */
#include <string.h>

#include "base/i18n.h"
#include "data/auth.h"
#include "data/customer.h"
#include "data/verb.h"

enum { ARGS_MAX = 4096 };

enum err
login_get(struct store *st, struct login *out)
{
	struct query q = query_begin(st, SQL_LOGIN_GET);
	struct login l = {0};
	enum err err;

	while (query_row(&q)) {
		l.id = col_int(&q, 0);
		col_copy(&q, 1, l.email, sizeof(l.email));
		col_copy(&q, 2, l.name, sizeof(l.name));
		l.last_at = col_int(&q, 3);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (l.id == 0)
		return ERR_NOT_FOUND;
	*out = l;
	return ERR_NONE;
}

enum err
profile_update(struct store *st, const struct customer *c)
{
	struct buf args;
	enum err err;

	buf_init(&args, ARGS_MAX);
	buf_put_str(&args, c->name);
	buf_put_str(&args, c->email);
	buf_put_str(&args, c->phone);
	buf_put_str(&args, c->street);
	buf_put_str(&args, c->postcode);
	buf_put_str(&args, c->city);
	buf_put_str(&args, c->country);
	buf_put_str(&args, c->vat_id);
	err = store_call(st, VERB_PROFILE_UPDATE, &args, NULL);
	buf_release(&args);
	return err;
}

enum err
password_change(
    struct store *st, const char *old_password, const char *new_password)
{
	struct buf args;
	enum err err;

	store_clear_problem(st);
	if (strlen(old_password) > PASSWORD_MAX)
		return store_refuse(st, "old", N_("That is too long."));
	if (strlen(new_password) > PASSWORD_MAX)
		return store_refuse(st, "new", N_("That is too long."));
	buf_init(&args, ARGS_MAX);
	buf_put_str(&args, old_password);
	buf_put_str(&args, new_password);
	err = store_call(st, VERB_PASSWORD_CHANGE, &args, NULL);
	buf_wipe(&args);
	return err;
}

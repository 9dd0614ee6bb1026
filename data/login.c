/*
 * Logins as the provider makes them.  Needs libsodium: never linked into a
 * session program.
 */
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/audit.h"
#include "data/auth.h"
#include "data/customer.h"
#include "data/input.h"
#include "data/sshkey.h"
#include "data/txn.h"

static enum err
hash_new(struct store *st, const char *password, char hash[PASSWORD_HASH])
{
	size_t n = strlen(password);

	if (n == 0)
		return store_refuse(st, "new", N_("Please fill this in."));
	if (n > PASSWORD_MAX)
		return store_refuse(st, "new", N_("That is too long."));
	return password_hash(hash, password);
}

static enum err
login_insert(struct store *st, int64_t customer, const struct login *l,
    const char *hash, int64_t *id)
{
	struct query q = query_begin(st, SQL_LOGIN_INSERT);
	enum err err;

	query_bind_id(&q, customer);
	query_bind_text(&q, l->email);
	query_bind_text(&q, l->email);
	query_bind_text(&q, l->name);
	query_bind_text(&q, customer != 0 ? "customer" : "staff");
	query_bind_text(&q, hash);
	query_bind_int(&q, clock_now(store_clock(st)));
	while (query_row(&q))
		*id = col_int(&q, 0);
	if ((err = query_end(&q)) == ERR_CONFLICT)
		return store_refuse(st, "email",
		    N_("Somebody has this e-mail address already."));
	return err;
}

enum err
login_create(struct store *st, int64_t customer, const char *email,
    const char *name, const char *password, int64_t *id)
{
	char hash[PASSWORD_HASH] = "";
	struct login l;
	struct txn txn;
	int64_t made = 0;
	enum err err;

	/* Slow, so before anybody else has to wait. */
	store_clear_problem(st);
	if (password != NULL &&
	    (err = hash_new(st, password, hash)) != ERR_NONE)
		return err;
	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	err = input_email(st, "email", l.email, sizeof(l.email), email);
	if (err == ERR_NONE)
		err = input_needed(st, "name", l.name, sizeof(l.name), name);
	if (err == ERR_NONE)
		err = login_insert(st, customer, &l, hash, &made);
	explicit_bzero(hash, sizeof(hash));
	if ((err = txn_end(&txn, err)) == ERR_NONE && id != NULL)
		*id = made;
	return err;
}

enum err
login_find(
    struct store *st, const char *email, int64_t *login, int64_t *customer)
{
	struct query q = query_begin(st, SQL_LOGIN_BY_EMAIL);
	int64_t id = 0, of = 0;
	enum err err;

	query_bind_text(&q, email);
	while (query_row(&q)) {
		id = col_int(&q, 0);
		of = col_int(&q, 1);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (id == 0)
		return ERR_NOT_FOUND;
	*login = id;
	if (customer != NULL)
		*customer = of;
	return ERR_NONE;
}

/* About a login, in the audit log. */
static enum err
audit_login(struct store *st, int64_t login, const char *action)
{
	struct identity was = *store_identity(st), as = was;
	struct query q = query_begin(st, SQL_LOGIN_CUSTOMER);
	enum err err;

	query_bind_int(&q, login);
	while (query_row(&q))
		as.customer = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	as.login = login;
	store_become(st, &as);
	err = audit_write(
	    st, &(struct audit) {.actor = "system", .action = action});
	store_become(st, &was);
	return err;
}

static enum err
changed_one(struct store *st, enum err err, int64_t changes, int64_t login,
    const char *action)
{
	if (err == ERR_NONE && changes == 0)
		err = ERR_NOT_FOUND;
	if (err == ERR_NONE)
		err = audit_login(st, login, action);
	return err;
}

enum err
login_set_password(struct store *st, int64_t login, const char *password)
{
	char hash[PASSWORD_HASH];
	struct txn txn;
	struct query q;
	int64_t changes = 0;
	enum err err;

	store_clear_problem(st);
	if ((err = hash_new(st, password, hash)) != ERR_NONE)
		return err;
	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_LOGIN_SET_PASSWORD);
	query_bind_int(&q, login);
	query_bind_text(&q, hash);
	err = query_run(&q, &changes);
	explicit_bzero(hash, sizeof(hash));
	return txn_end(
	    &txn, changed_one(st, err, changes, login, "password set"));
}

enum err
login_set_disabled(struct store *st, int64_t login, bool disabled)
{
	struct txn txn;
	struct query q;
	int64_t changes = 0;
	enum err err;

	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_LOGIN_SET_DISABLED);
	query_bind_int(&q, login);
	query_bind_int(&q, disabled);
	err = query_run(&q, &changes);
	return txn_end(
	    &txn, changed_one(st, err, changes, login,
		      disabled ? "access disabled" : "access enabled"));
}

static enum err
key_insert(struct store *st, int64_t login, const struct sshkey *k)
{
	struct query q = query_begin(st, SQL_LOGIN_KEY_INSERT);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, login);
	query_bind_text(&q, k->type);
	query_bind_bytes(&q, k->blob, k->len);
	query_bind_text(&q, k->fingerprint);
	query_bind_text(&q, k->comment);
	query_bind_int(&q, clock_now(store_clock(st)));
	err = query_run(&q, &changes);
	if (err == ERR_CONFLICT)
		return store_refuse(
		    st, "key", N_("This key is registered already."));
	return changed_one(st, err, changes, login, "key added");
}

enum err
login_key_add(
    struct store *st, int64_t login, const char *line, char fingerprint[64])
{
	struct sshkey k;
	struct txn txn;
	enum err err;

	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	if ((err = sshkey_parse(st, line, &k)) == ERR_NONE)
		err = key_insert(st, login, &k);
	if ((err = txn_end(&txn, err)) == ERR_NONE && fingerprint != NULL)
		memcpy(fingerprint, k.fingerprint, sizeof(k.fingerprint));
	return err;
}

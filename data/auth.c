/*
 * Proof of who somebody is.  Everything about the attempt is read first, then
 * the slow hash is computed with no transaction open, then the outcome is
 * written in one.
 */
#include "data/auth.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "data/audit.h"
#include "data/sshkey.h"
#include "data/tenant.h"
#include "data/throttle.h"

/*
 * Of random bytes that nobody kept: takes the time of a real one.  As strong as
 * those of password_hash().
 */
static const char nobody[] =
    "$argon2id$v=19$m=65536,t=2,p=1$+SezqGnfYuqhJRp9gqYblQ"
    "$+HcpMdMqRzO14AdgJ7GxBhhd5NRCtHOrHbKbmVuqNc0";

enum { EMAIL_SIZE = 255 };

/* One attempt: as whom, at which tenant, and what is known of them. */
struct attempt {
	struct store *st;
	struct tenant tenant;
	char email[EMAIL_SIZE]; /* claimed, cleaned; "" by key */
	struct identity id;     /* found; login 0: nobody */
	char password[PASSWORD_HASH];
	bool disabled;
	char source[THROTTLE_SOURCE];
	bool familiar;
	char key[THROTTLE_KEY]; /* of the account */
	char key_source[THROTTLE_KEY];
	const char *method;
	char fingerprint[SSHKEY_FINGERPRINT]; /* of a key */
};

/* The tenant of a name, the default one for no or an unknown name. */
static enum err
tenant_or_default(struct store *st, const char *name, struct tenant *out)
{
	enum err err = tenant_find(st, name, out);

	return err == ERR_NOT_FOUND ? tenant_find(st, "", out) : err;
}

/* "EMAIL" or "TENANT=EMAIL"; an address may have a = of its own. */
static enum err
split_user(struct store *st, const char *user, struct tenant *tenant,
    const char **email)
{
	const char *eq = strchr(user, '=');
	char name[sizeof(tenant->name)];
	enum err err;

	*email = user;
	if (eq != NULL && eq > user && (size_t)(eq - user) < sizeof(name)) {
		memcpy(name, user, (size_t)(eq - user));
		name[eq - user] = '\0';
		err = tenant_find(st, name, tenant);
		if (err == ERR_NONE)
			*email = eq + 1;
		if (err != ERR_NOT_FOUND)
			return err;
	}
	return tenant_find(st, "", tenant);
}

/* What cannot be an address finds nobody. */
static void
set_email(struct attempt *a, const char *email)
{
	if (text_clean(a->email, sizeof(a->email), email, strlen(email),
		TEXT_LINE) != ERR_NONE)
		a->email[0] = '\0';
}

/* Acts for the tenant from here on; attempt_close() ends it. */
static void
attempt_open(struct attempt *a, const char *source)
{
	a->id = *store_identity(a->st);
	a->id.tenant = a->tenant.id;
	a->id.customer = a->id.login = 0;
	text_clean(a->id.source, sizeof(a->id.source), source, strlen(source),
	    TEXT_LINE);
	throttle_source(a->source, source);
	store_become(a->st, &a->id);
}

/* Reads a row of SQL_AUTH_BY_…. */
static enum err
login_read(struct attempt *a, struct query *q)
{
	while (query_row(q)) {
		a->id.login = col_int(q, 0);
		a->id.customer = col_int(q, 1);
		a->id.role = strcmp(col_text(q, 2), "staff") == 0
				 ? ROLE_STAFF
				 : ROLE_CUSTOMER;
		col_copy(q, 3, a->password, sizeof(a->password));
		a->disabled = col_int(q, 4) != 0;
		col_copy(q, 5, a->email, sizeof(a->email));
	}
	return query_end(q);
}

static enum err
find_familiar(struct attempt *a)
{
	struct query q = query_begin(a->st, SQL_AUTH_SOURCE_KNOWN);

	query_bind_int(&q, a->id.login);
	query_bind_text(&q, a->source);
	while (query_row(&q))
		a->familiar = col_int(&q, 0) > 0;
	return query_end(&q);
}

/*
 * How long this answer must wait, right or wrong: else a quick one would tell
 * them apart.  Where the account was used from here before only its own
 * failures count, so that nobody else can slow its owner down.
 */
static enum err
find_delay(struct attempt *a, int64_t *delay_ms)
{
	int64_t failures, others, last;
	enum err err;

	if ((err = find_familiar(a)) != ERR_NONE)
		return err;
	throttle_key_source(a->key_source, a->source);
	if (a->familiar)
		throttle_key_familiar(
		    a->key, a->tenant.id, a->id.login, a->source);
	else
		throttle_key_account(a->key, a->tenant.id, a->email);
	if ((err = throttle_get(a->st, a->key, &failures, &last)) != ERR_NONE ||
	    (err = throttle_get(a->st, a->key_source, &others, &last)) !=
		ERR_NONE)
		return err;
	*delay_ms = throttle_delay_ms(THROTTLE_ACCOUNT, failures);
	others = a->familiar ? 0 : throttle_delay_ms(THROTTLE_NETWORK, others);
	if (others > *delay_ms)
		*delay_ms = others;
	return ERR_NONE;
}

static enum err
write_success(struct attempt *a)
{
	int64_t now = clock_now(store_clock(a->st));
	struct query q;
	char key[THROTTLE_KEY];
	enum err err;

	throttle_key_familiar(key, a->tenant.id, a->id.login, a->source);
	if ((err = throttle_clear(a->st, key)) != ERR_NONE)
		return err;
	q = query_begin(a->st, SQL_AUTH_SOURCE_SEEN);
	query_bind_int(&q, a->id.login);
	query_bind_text(&q, a->source);
	query_bind_int(&q, now);
	if ((err = query_run(&q, NULL)) != ERR_NONE)
		return err;
	q = query_begin(a->st, SQL_AUTH_SEEN);
	query_bind_int(&q, a->id.login);
	query_bind_int(&q, now);
	if ((err = query_run(&q, NULL)) != ERR_NONE ||
	    a->fingerprint[0] == '\0')
		return err;
	q = query_begin(a->st, SQL_AUTH_KEY_USED);
	query_bind_text(&q, a->fingerprint);
	query_bind_int(&q, now);
	return query_run(&q, NULL);
}

static enum err
write_failure(struct attempt *a)
{
	enum err err = throttle_fail(a->st, a->key);

	if (err == ERR_NONE)
		err = throttle_fail(a->st, a->key_source);
	return err;
}

struct outcome {
	struct attempt *attempt;
	enum auth_result result;
};

static enum err
outcome_work(struct store *st, void *arg)
{
	static const char *const words[] = {
	    [AUTH_OK] = "ok",
	    [AUTH_WRONG] = "wrong",
	    [AUTH_DISABLED] = "disabled",
	};
	const struct outcome *o = arg;
	struct attempt *a = o->attempt;
	enum err err = ERR_NONE;

	if (o->result == AUTH_OK)
		err = write_success(a);
	else if (o->result == AUTH_WRONG && a->key[0] != '\0')
		err = write_failure(a);
	if (err != ERR_NONE)
		return err;
	return audit_write(st, &(struct audit) {.actor = a->email,
				   .action = "login",
				   .method = a->method,
				   .result = words[o->result]});
}

static enum err
write_outcome(struct attempt *a, enum auth_result result)
{
	struct outcome o = {a, result};
	struct identity as = a->id;

	as.role = ROLE_SYSTEM;
	store_become(a->st, &as);
	return store_transaction(a->st, outcome_work, &o);
}

/*
 * A store that can be read but not written (locked, full) still lets customers
 * in: they are who they are, and what they can do is refused where it writes.
 */
static enum err
keep_outcome(struct attempt *a, enum auth_result result)
{
	enum err err = write_outcome(a, result);

	if (err != ERR_BUSY && err != ERR_FULL && err != ERR_IO)
		return err;
	log_error("a login was answered but could not be written down: %s",
	    err_name(err));
	return ERR_NONE;
}

static void
answer(const struct attempt *a, enum auth_result result, struct auth *out)
{
	out->result = result;
	memcpy(out->tenant, a->tenant.name, sizeof(out->tenant));
	memcpy(out->zone, a->tenant.zone, sizeof(out->zone));
	memcpy(out->locale, a->tenant.locale, sizeof(out->locale));
	memcpy(out->brand, a->tenant.brand, sizeof(out->brand));
	memcpy(out->email, a->email, sizeof(out->email));
	if (result == AUTH_OK)
		out->id = a->id;
}

static enum err
password_try(struct attempt *a, const char *password, struct auth *out)
{
	enum auth_result result;
	struct query q;
	bool right;
	enum err err;

	q = query_begin(a->st, SQL_AUTH_BY_EMAIL);
	query_bind_text(&q, a->email);
	if ((err = login_read(a, &q)) != ERR_NONE ||
	    (err = find_delay(a, &out->delay_ms)) != ERR_NONE)
		return err;
	right = password_verify(
	    a->password[0] != '\0' ? a->password : nobody, password);
	if (!right || a->password[0] == '\0')
		result = AUTH_WRONG;
	else
		result = a->disabled ? AUTH_DISABLED : AUTH_OK;
	if ((err = keep_outcome(a, result)) == ERR_NONE)
		answer(a, result, out);
	return err;
}

enum err
auth_password(struct store *st, const char *user, const char *email,
    const char *password, const char *source, struct auth *out)
{
	struct identity was = *store_identity(st);
	struct attempt a = {.st = st, .method = "password"};
	struct auth got = {.result = AUTH_WRONG};
	enum err err;

	if (email[0] != '\0')
		err = tenant_or_default(st, user, &a.tenant);
	else
		err = split_user(st, user, &a.tenant, &email);
	if (err != ERR_NONE)
		return err;
	set_email(&a, email);
	attempt_open(&a, source);
	err = password_try(&a, password, &got);
	store_become(st, &was);
	explicit_bzero(a.password, sizeof(a.password));
	if (err == ERR_NONE)
		*out = got;
	return err;
}

/* Keys. */

/* The tenant, and the address if the user name is one. */
static enum err
key_user(struct attempt *a, const char *user, char email[EMAIL_SIZE])
{
	const char *claimed = "";
	enum err err;

	if (strchr(user, '@') != NULL)
		err = split_user(a->st, user, &a->tenant, &claimed);
	else
		err = tenant_or_default(a->st, user, &a->tenant);
	if (err != ERR_NONE)
		return err;
	set_email(a, claimed);
	text_fold(email, EMAIL_SIZE, a->email);
	a->email[0] = '\0';
	return ERR_NONE;
}

static enum err
key_try(struct attempt *a, const void *blob, size_t len, const char *email,
    bool verified, struct auth *out)
{
	enum auth_result result;
	char folded[EMAIL_SIZE];
	struct query q;
	enum err err;

	sshkey_fingerprint(a->fingerprint, blob, len);
	q = query_begin(a->st, SQL_AUTH_BY_KEY);
	query_bind_text(&q, a->fingerprint);
	query_bind_bytes(&q, blob, len);
	if ((err = login_read(a, &q)) != ERR_NONE)
		return err;
	text_fold(folded, sizeof(folded), a->email);
	if (a->id.login == 0 ||
	    (email[0] != '\0' && strcmp(email, folded) != 0))
		result = AUTH_WRONG;
	else if (!verified)
		/* Disabled or not is only for who holds the key. */
		result = AUTH_OK;
	else
		result = a->disabled ? AUTH_DISABLED : AUTH_OK;
	if (verified && (err = keep_outcome(a, result)) != ERR_NONE)
		return err;
	answer(a, result, out);
	return ERR_NONE;
}

enum err
auth_key(struct store *st, const char *user, const void *blob, size_t len,
    bool verified, const char *source, struct auth *out)
{
	struct identity was = *store_identity(st);
	struct attempt a = {.st = st, .method = "key"};
	struct auth got = {.result = AUTH_WRONG};
	char email[EMAIL_SIZE];
	enum err err;

	if ((err = key_user(&a, user, email)) != ERR_NONE)
		return err;
	attempt_open(&a, source);
	err = key_try(&a, blob, len, email, verified, &got);
	store_become(st, &was);
	explicit_bzero(a.password, sizeof(a.password));
	if (err == ERR_NONE)
		*out = got;
	return err;
}

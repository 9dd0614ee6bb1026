/*
 * Changing one's e-mail address, in the store worker.  Nothing here tells
 * whether an address has a login: whoever it belongs to is told, by mail.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "data/audit.h"
#include "data/auth.h"
#include "data/customer.h"
#include "data/email_change.h"
#include "data/input.h"
#include "data/mail.h"
#include "data/settings.h"
#include "data/verb_run.h"

enum { HOUR_S = 3600, TYPED = 255 };

static enum err
count_recent(struct store *st, int64_t *n)
{
	struct query q = query_begin(st, SQL_EMAIL_CHANGE_COUNT);

	query_bind_int(&q, clock_now(store_clock(st)) - HOUR_S);
	while (query_row(&q))
		*n = col_int(&q, 0);
	return query_end(&q);
}

/* May customers do this here at all? */
static enum err
check_right(struct store *st)
{
	struct settings settings;
	struct mail_sender sender;
	enum err err;

	if ((err = settings_load(st, &settings)) != ERR_NONE)
		return err;
	if (settings.profile[PROFILE_FIELD_EMAIL] != RIGHT_EDIT)
		return ERR_DENIED;
	if ((err = mail_sender_get(st, &sender)) != ERR_NONE)
		return err;
	if (!sender.on)
		return store_refuse(st, "",
		    N_("No mail can be sent here. Please ask your provider to "
		       "change the address."));
	return ERR_NONE;
}

/* ---- asking for a code ---- */

struct asking {
	char typed[TYPED], email[TYPED];
	char code[EMAIL_CODE + 1], hash[PASSWORD_HASH];
};

static enum err
check_address(struct store *st, struct asking *a)
{
	struct customer customer;
	struct login login;
	enum err err;

	if ((err = input_needed(st, "email", a->email, sizeof(a->email),
		 a->typed)) != ERR_NONE)
		return err;
	if (!address_valid(a->email))
		return store_refuse(
		    st, "email", N_("That is not an e-mail address."));
	if ((err = login_get(st, &login)) != ERR_NONE ||
	    (err = customer_get(st, &customer)) != ERR_NONE)
		return err;
	if (strcmp(a->email, login.email) == 0 &&
	    strcmp(a->email, customer.email) == 0)
		return store_refuse(
		    st, "email", N_("That is the address you have."));
	return ERR_NONE;
}

static enum err
check_start(struct store *st, struct asking *a)
{
	int64_t n = 0;
	enum err err;

	if ((err = check_right(st)) != ERR_NONE ||
	    (err = check_address(st, a)) != ERR_NONE ||
	    (err = count_recent(st, &n)) != ERR_NONE)
		return err;
	if (n >= EMAIL_CODES_HOUR)
		return store_refuse(st, "email",
		    N_("No more than 5 codes are sent in an hour. Please try "
		       "again later."));
	return ERR_NONE;
}

static enum err
code_make(struct asking *a)
{
	if (sodium_init() < 0)
		return ERR_INTERNAL;
	for (size_t i = 0; i < EMAIL_CODE; i++)
		a->code[i] = (char)('0' + randombytes_uniform(10));
	a->code[EMAIL_CODE] = '\0';
	return password_hash(a->hash, a->code);
}

static enum err
owner_get(struct store *st, const char *email, int64_t *login)
{
	struct query q = query_begin(st, SQL_EMAIL_OWNER);

	*login = 0;
	query_bind_text(&q, email);
	while (query_row(&q))
		*login = col_int(&q, 0);
	return query_end(&q);
}

static enum err
end_waiting(struct store *st, const char *state)
{
	struct query q = query_begin(st, SQL_EMAIL_CHANGE_END);

	query_bind_text(&q, state);
	return query_run(&q, NULL);
}

static enum err
change_insert(struct store *st, const struct asking *a, int64_t *id)
{
	struct query q = query_begin(st, SQL_EMAIL_CHANGE_INSERT);
	int64_t now = clock_now(store_clock(st));

	query_bind_text(&q, a->email);
	query_bind_text(&q, a->hash);
	query_bind_int(&q, now);
	query_bind_int(&q, now + EMAIL_CODE_S);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

/* A code that is not mailed is one that nobody has. */
static enum err
code_mail(struct store *st, const struct asking *a, int64_t id)
{
	const struct mail_var code = {"code", a->code};
	char name[64];
	int64_t owner;
	enum err err;

	if ((err = owner_get(st, a->email, &owner)) != ERR_NONE)
		return err;
	snprintf(name, sizeof(name), "email_code:%lld", (long long)id);
	if (owner != 0 && owner != store_identity(st)->login)
		return mail_template_queue(
		    st, "email_taken", name, a->email, NULL, 0);
	return mail_template_queue(st, "email_code", name, a->email, &code, 1);
}

static enum err
start(struct store *st, struct asking *a)
{
	int64_t id = 0;
	enum err err;

	if ((err = check_start(st, a)) != ERR_NONE)
		return err;
	/* Hashing takes a tenth of a second: nobody waits for it. */
	store_rollback(st);
	if ((err = code_make(a)) != ERR_NONE ||
	    (err = store_begin(st)) != ERR_NONE ||
	    (err = check_start(st, a)) != ERR_NONE ||
	    (err = end_waiting(st, "over")) != ERR_NONE ||
	    (err = change_insert(st, a, &id)) != ERR_NONE ||
	    (err = code_mail(st, a, id)) != ERR_NONE)
		return err;
	return audit_write(
	    st, &(struct audit) {.action = "email", .result = "asked"});
}

enum err
verb_email_change_start(struct store *st, struct rd *args, struct buf *reply)
{
	struct asking a = {0};
	enum err err;

	(void)reply;
	rd_str(args, a.typed, sizeof(a.typed));
	if ((err = rd_end(args)) == ERR_NONE)
		err = start(st, &a);
	explicit_bzero(&a, sizeof(a));
	return err;
}

/* ---- the code comes back ---- */

struct waiting {
	int64_t id, tries, expires_at;
	char email[TYPED], hash[PASSWORD_HASH];
};

static enum err
waiting_get(struct store *st, struct waiting *w)
{
	struct query q = query_begin(st, SQL_EMAIL_CHANGE_WAITING);
	enum err err;

	memset(w, 0, sizeof(*w));
	while (query_row(&q)) {
		w->id = col_int(&q, 0);
		col_copy(&q, 1, w->email, sizeof(w->email));
		col_copy(&q, 2, w->hash, sizeof(w->hash));
		w->tries = col_int(&q, 3);
		w->expires_at = col_int(&q, 4);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (w->id == 0 || w->expires_at <= clock_now(store_clock(st)))
		return store_refuse(st, "",
		    N_("This code is no longer good. Please ask for a new "
		       "one."));
	return ERR_NONE;
}

/* Digits, however they were grouped. */
static enum err
code_read(struct store *st, char code[EMAIL_CODE + 1], const char *typed)
{
	size_t n = 0;

	for (; *typed != '\0'; typed++) {
		if (strchr(" -.", *typed) != NULL)
			continue;
		if (*typed < '0' || *typed > '9' || n == EMAIL_CODE)
			break;
		code[n++] = *typed;
	}
	code[n] = '\0';
	if (*typed != '\0' || n != EMAIL_CODE)
		return store_refuse(
		    st, "code", N_("The code in the mail has 8 digits."));
	return ERR_NONE;
}

/* Before it is compared, so that no two tries count as one. */
static enum err
count_try(struct store *st, struct waiting *w)
{
	struct query q;
	enum err err;

	if ((err = check_right(st)) != ERR_NONE ||
	    (err = waiting_get(st, w)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_EMAIL_CHANGE_TRY);
	query_bind_int(&q, w->id);
	if ((err = query_run(&q, NULL)) != ERR_NONE)
		return err;
	return store_commit(st);
}

/* It stays, though the verb's own transaction does not. */
static enum err
guessed_wrong(struct store *st, const struct waiting *w)
{
	bool last = w->tries + 1 >= EMAIL_TRIES;
	enum err err;

	if ((err = store_begin(st)) != ERR_NONE)
		return err;
	err = audit_write(
	    st, &(struct audit) {.action = "email", .result = "wrong"});
	if (err == ERR_NONE && last)
		err = end_waiting(st, "over");
	if (err == ERR_NONE)
		err = store_commit(st);
	else
		store_rollback(st);
	if (err != ERR_NONE)
		return err;
	if (last)
		return store_refuse(st, "",
		    N_("That was wrong too often. Please ask for a new code."));
	return store_refuse(st, "code", N_("That is not the code."));
}

static enum err
address_write(
    struct store *st, const struct customer *customer, const char *email)
{
	char words[CUSTOMER_WORDS];
	struct customer c = *customer;
	struct query q = query_begin(st, SQL_EMAIL_LOGIN_SET);
	enum err err;

	query_bind_text(&q, email);
	query_bind_text(&q, email);
	if ((err = query_run(&q, NULL)) != ERR_NONE)
		return err;
	snprintf(c.email, sizeof(c.email), "%s", email);
	customer_words(words, &c);
	q = query_begin(st, SQL_EMAIL_CUSTOMER_SET);
	query_bind_text(&q, email);
	query_bind_text(&q, words);
	return query_run(&q, NULL);
}

/* The address before may be none: a provider can have typed anything. */
static enum err
tell_old(struct store *st, const struct waiting *w, const char *which,
    const char *old)
{
	const struct mail_var new = {"new_email", w->email};
	char name[64];

	if (!address_valid(old) || strcmp(old, w->email) == 0)
		return ERR_NONE;
	snprintf(name, sizeof(name), "email_changed:%lld:%s", (long long)w->id,
	    which);
	return mail_template_queue(st, "email_changed", name, old, &new, 1);
}

/* No code can help it any more, so none is asked for. */
static enum err
taken_meanwhile(struct store *st)
{
	enum err err;

	if ((err = end_waiting(st, "over")) != ERR_NONE ||
	    (err = store_commit(st)) != ERR_NONE)
		return err;
	return store_refuse(
	    st, "", N_("Somebody has this e-mail address already."));
}

static enum err
apply(struct store *st, const struct waiting *w)
{
	struct customer customer;
	struct waiting now;
	struct login login;
	int64_t owner;
	enum err err;

	if ((err = check_right(st)) != ERR_NONE ||
	    (err = waiting_get(st, &now)) != ERR_NONE)
		return err;
	if (now.id != w->id)
		return store_refuse(
		    st, "code", N_("There is a newer code in another mail."));
	if ((err = owner_get(st, w->email, &owner)) != ERR_NONE)
		return err;
	if (owner != 0 && owner != store_identity(st)->login)
		return taken_meanwhile(st);
	if ((err = login_get(st, &login)) != ERR_NONE ||
	    (err = customer_get(st, &customer)) != ERR_NONE ||
	    /* who it was then is who did it */
	    (err = audit_write(st, &(struct audit) {.action = "email"})) !=
		ERR_NONE ||
	    (err = address_write(st, &customer, w->email)) != ERR_NONE ||
	    (err = end_waiting(st, "done")) != ERR_NONE ||
	    (err = tell_old(st, w, "login", login.email)) != ERR_NONE)
		return err;
	if (strcmp(login.email, customer.email) != 0 &&
	    (err = tell_old(st, w, "customer", customer.email)) != ERR_NONE)
		return err;
	store_changed(st, customer.id, TOPIC_ACCOUNT);
	return ERR_NONE;
}

static enum err
confirm(struct store *st, const char *typed)
{
	char code[EMAIL_CODE + 1];
	struct waiting w;
	bool right;
	enum err err;

	if ((err = code_read(st, code, typed)) == ERR_NONE &&
	    (err = count_try(st, &w)) == ERR_NONE) {
		right = w.tries < EMAIL_TRIES && password_verify(w.hash, code);
		if (!right)
			err = guessed_wrong(st, &w);
		else if ((err = store_begin(st)) == ERR_NONE)
			err = apply(st, &w);
	}
	explicit_bzero(code, sizeof(code));
	explicit_bzero(&w, sizeof(w));
	return err;
}

enum err
verb_email_change_confirm(struct store *st, struct rd *args, struct buf *reply)
{
	char typed[TYPED] = "";
	enum err err;

	(void)reply;
	rd_str(args, typed, sizeof(typed));
	if ((err = rd_end(args)) == ERR_NONE)
		err = confirm(st, typed);
	explicit_bzero(typed, sizeof(typed));
	return err;
}

/* Changing one's profile and password, in the store worker. */
#include "data/verb_run.h"

#include <ctype.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/audit.h"
#include "data/auth.h"
#include "data/customer.h"
#include "data/input.h"
#include "data/settings.h"
#include "data/throttle.h"

/* clang-format off */
#define FIELD(m) offsetof(struct customer, m), sizeof(((struct customer *)0)->m)

/* In the order of enum profile_field, which is that of the message. */
static const struct profile_def {
	size_t offset, size;
	bool needed;
} fields[] = {
	[PROFILE_FIELD_NAME]     = { FIELD(name),     true },
	[PROFILE_FIELD_EMAIL]    = { FIELD(email),    true },
	[PROFILE_FIELD_PHONE]    = { FIELD(phone),    false },
	[PROFILE_FIELD_STREET]   = { FIELD(street),   false },
	[PROFILE_FIELD_POSTCODE] = { FIELD(postcode), false },
	[PROFILE_FIELD_CITY]     = { FIELD(city),     false },
	[PROFILE_FIELD_COUNTRY]  = { FIELD(country),  false },
	[PROFILE_FIELD_VAT]      = { FIELD(vat_id),   false },
};
/* clang-format on */

static enum err
phone_check(struct store *st, const char *s)
{
	if (strspn(s, "+0123456789 ()/.-") != strlen(s))
		return store_refuse(st, profile_field_word(PROFILE_FIELD_PHONE),
		    N_("A phone number has digits, blanks and + ( ) / . - "
		       "only."));
	return ERR_NONE;
}

static enum err
vat_check(struct store *st, char *s)
{
	for (char *p = s; *p != '\0'; p++) {
		*p = text_upper(*p);
		if (!isalnum((unsigned char)*p) && strchr(" .-", *p) == NULL)
			return store_refuse(st,
			    profile_field_word(PROFILE_FIELD_VAT),
			    N_("A VAT number has letters and digits only."));
	}
	return ERR_NONE;
}

/* One field as it came, made ready for now; ERR_NONE if it may be stored. */
static enum err
field_set(struct store *st, enum profile_field f, const char *value,
    struct customer *now)
{
	const struct profile_def *def = &fields[f];
	char *at = (char *)now + def->offset;
	const char *word = profile_field_word(f);
	enum err err;

	if (f == PROFILE_FIELD_COUNTRY)
		return input_country(st, word, at, value);
	err = def->needed ? input_needed(st, word, at, def->size, value)
			  : input_line(st, word, at, def->size, value);
	if (err == ERR_NONE && f == PROFILE_FIELD_PHONE)
		err = phone_check(st, at);
	if (err == ERR_NONE && f == PROFILE_FIELD_VAT)
		err = vat_check(st, at);
	return err;
}

static enum err
customer_write(struct store *st, const struct customer *c)
{
	char words[CUSTOMER_WORDS];
	struct query q = query_begin(st, SQL_CUSTOMER_UPDATE);

	customer_words(words, c);
	query_bind_text(&q, c->name);
	query_bind_text(&q, c->phone);
	query_bind_text(&q, c->street);
	query_bind_text(&q, c->postcode);
	query_bind_text(&q, c->city);
	query_bind_text(&q, c->country);
	query_bind_text(&q, c->vat_id);
	query_bind_text(&q, words);
	return query_run(&q, NULL);
}

enum err
verb_profile_update(struct store *st, struct rd *args, struct buf *reply)
{
	struct customer now, asked = {0};
	struct settings settings;
	bool changed = false;
	char *value;
	enum err err;

	(void)reply;
	for (size_t f = 0; f < PROFILE_FIELD_COUNT; f++)
		rd_str(args, (char *)&asked + fields[f].offset, fields[f].size);
	if ((err = rd_end(args)) != ERR_NONE ||
	    (err = customer_get(st, &now)) != ERR_NONE ||
	    (err = settings_load(st, &settings)) != ERR_NONE)
		return err;
	for (size_t f = 0; f < PROFILE_FIELD_COUNT; f++) {
		value = (char *)&asked + fields[f].offset;
		if (strcmp(value, (char *)&now + fields[f].offset) == 0)
			continue;
		if (settings.profile[f] != RIGHT_EDIT ||
		    f == PROFILE_FIELD_EMAIL)
			return ERR_DENIED;
		err = field_set(st, (enum profile_field)f, value, &now);
		if (err != ERR_NONE)
			return err;
		changed = true;
	}
	if (!changed)
		return ERR_NONE;
	if ((err = customer_write(st, &now)) != ERR_NONE)
		return err;
	store_changed(st, now.id, TOPIC_ACCOUNT);
	return audit_write(st, &(struct audit) {.action = "profile"});
}

/* The password. */

struct change {
	char old[PASSWORD_MAX + 1], new[PASSWORD_MAX + 1];
	char hash[PASSWORD_HASH]; /* of the old, then of the new one */
	char key[THROTTLE_KEY];
};

static enum err
hash_get(struct store *st, char hash[PASSWORD_HASH])
{
	struct query q = query_begin(st, SQL_AUTH_BY_LOGIN);
	bool found = false;
	enum err err;

	query_bind_int(&q, store_identity(st)->login);
	while (query_row(&q)) {
		found = true;
		col_copy(&q, 3, hash, PASSWORD_HASH);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return found ? ERR_NONE : ERR_NOT_FOUND;
}

/* Somebody at an unlocked screen may guess, but slowly. */
static enum err
wait_check(struct store *st, const char *key)
{
	int64_t failures, last, wait;
	enum err err;

	if ((err = throttle_get(st, key, &failures, &last)) != ERR_NONE)
		return err;
	wait = (throttle_delay_ms(THROTTLE_ACCOUNT, failures) + 999) / 1000;
	if (wait > 0 && clock_now(store_clock(st)) < last + wait)
		return store_refuse(st, "old",
		    N_("Too many wrong passwords. Please wait a few seconds "
		       "and try again."));
	return ERR_NONE;
}

/* A failure stays, though the verb's own transaction does not. */
static enum err
guessed_wrong(struct store *st, const char *key)
{
	enum err err;

	if ((err = store_begin(st)) != ERR_NONE)
		return err;
	err = throttle_fail(st, key);
	if (err == ERR_NONE)
		err = audit_write(st,
		    &(struct audit) {.action = "password", .result = "wrong"});
	if (err == ERR_NONE)
		err = store_commit(st);
	else
		store_rollback(st);
	if (err != ERR_NONE)
		return err;
	return store_refuse(st, "old", N_("That is not your password."));
}

static enum err
new_check(struct store *st, const struct change *c)
{
	if (strlen(c->new) < PASSWORD_MIN)
		return store_refuse(
		    st, "new", N_("A password has 8 characters or more."));
	if (strcmp(c->old, c->new) == 0)
		return store_refuse(
		    st, "new", N_("That is the password you have."));
	return ERR_NONE;
}

static enum err
password_write(struct store *st, const struct change *c)
{
	struct query q = query_begin(st, SQL_LOGIN_SET_PASSWORD);
	enum err err;

	query_bind_int(&q, store_identity(st)->login);
	query_bind_text(&q, c->hash);
	if ((err = query_run(&q, NULL)) != ERR_NONE ||
	    (err = throttle_clear(st, c->key)) != ERR_NONE)
		return err;
	return audit_write(st, &(struct audit) {.action = "password"});
}

static enum err
change(struct store *st, struct change *c)
{
	char source[THROTTLE_SOURCE];
	const struct identity *id = store_identity(st);
	enum err err;

	throttle_source(source, id->source);
	throttle_key_familiar(c->key, id->tenant, id->login, source);
	if ((err = wait_check(st, c->key)) != ERR_NONE ||
	    (err = new_check(st, c)) != ERR_NONE ||
	    (err = hash_get(st, c->hash)) != ERR_NONE)
		return err;
	/* Hashing takes a tenth of a second: nobody waits for it. */
	store_rollback(st);
	if (c->hash[0] == '\0' || !password_verify(c->hash, c->old))
		return guessed_wrong(st, c->key);
	if ((err = password_hash(c->hash, c->new)) != ERR_NONE ||
	    (err = store_begin(st)) != ERR_NONE)
		return err;
	return password_write(st, c);
}

enum err
verb_password_change(struct store *st, struct rd *args, struct buf *reply)
{
	struct change c = {0};
	enum err err;

	(void)reply;
	rd_str(args, c.old, sizeof(c.old));
	rd_str(args, c.new, sizeof(c.new));
	if ((err = rd_end(args)) == ERR_NONE)
		err = change(st, &c);
	explicit_bzero(&c, sizeof(c));
	return err;
}

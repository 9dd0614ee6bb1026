/* Settings: the words, the defaults, and what each key takes. */
#include "data/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/input.h"
#include "data/txn.h"

enum { VALUE_SIZE = 400, DAYS_MAX = 3650, RETRY_LATEST = 365 };

#define X(n, w) [TAB_##n] = (w),
static const char *const tab_words[] = {TAB_LIST(X)};
#undef X
#define X(n, w) [BLOCK_##n] = (w),
static const char *const block_words[] = {BLOCK_LIST(X)};
#undef X
#define X(n, w) [TICKET_COLUMN_##n] = (w),
static const char *const ticket_column_words[] = {TICKET_COLUMN_LIST(X)};
#undef X
#define X(n, w) [PROFILE_FIELD_##n] = (w),
static const char *const profile_field_words[] = {PROFILE_FIELD_LIST(X)};
#undef X
static const char *const right_words[] = {
    [RIGHT_HIDDEN] = "hidden",
    [RIGHT_VIEW] = "view",
    [RIGHT_EDIT] = "edit",
};

const char *
ticket_column_word(enum ticket_column c)
{
	return ticket_column_words[c];
}

const char *
profile_field_word(enum profile_field f)
{
	return profile_field_words[f];
}

/* How a value is read into a member; false: it does not fit. */
struct setting_def;
typedef bool setting_read(
    struct settings *s, const struct setting_def *def, const char *value);

struct setting_def {
	const char *key;
	setting_read *read;
	const char *fits;     /* what fits, for whoever got it wrong */
	const char *fallback; /* the default value */
	size_t offset, size;  /* of the member */
	const char *const *words;
	size_t nwords;
};

/* The index of each word of "a,b"; false on a stranger or a repeated one. */
static bool
words_read(
    const struct setting_def *def, const char *value, size_t *found, size_t *n)
{
	size_t len, i;

	*n = 0;
	for (;;) {
		value += strspn(value, ", ");
		if ((len = strcspn(value, ", ")) == 0)
			return true;
		for (i = 0; i < def->nwords; i++)
			if (strlen(def->words[i]) == len &&
			    memcmp(def->words[i], value, len) == 0)
				break;
		if (i == def->nwords || *n == def->nwords)
			return false;
		for (size_t j = 0; j < *n; j++)
			if (found[j] == i)
				return false;
		found[(*n)++] = i;
		value += len;
	}
}

enum { WORDS_MAX = 16 };

static bool
read_mask(struct settings *s, const struct setting_def *def, const char *value)
{
	size_t found[WORDS_MAX], n;
	unsigned mask = 0;

	if (!words_read(def, value, found, &n) || n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		mask |= 1u << found[i];
	memcpy((char *)s + def->offset, &mask, sizeof(mask));
	return true;
}

static bool
read_columns(
    struct settings *s, const struct setting_def *def, const char *value)
{
	size_t found[WORDS_MAX], n;

	if (!words_read(def, value, found, &n) || n == 0)
		return false;
	for (size_t i = 0; i < n; i++)
		s->ticket_columns[i] = (enum ticket_column)found[i];
	s->ticket_columns_n = n;
	return true;
}

static bool
read_right(struct settings *s, const struct setting_def *def, const char *value)
{
	size_t found[WORDS_MAX], n;
	enum right right;

	if (!words_read(def, value, found, &n) || n != 1)
		return false;
	right = (enum right)found[0];
	memcpy((char *)s + def->offset, &right, sizeof(right));
	return true;
}

static bool
read_bool(struct settings *s, const struct setting_def *def, const char *value)
{
	bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return false;
	memcpy((char *)s + def->offset, &yes, sizeof(yes));
	return true;
}

static bool
read_switch(
    struct settings *s, const struct setting_def *def, const char *value)
{
	bool on = strcmp(value, "on") == 0;

	if (!on && strcmp(value, "off") != 0)
		return false;
	memcpy((char *)s + def->offset, &on, sizeof(on));
	return true;
}

/* "3,5,7", or nothing. */
static bool
read_retries(
    struct settings *s, const struct setting_def *def, const char *value)
{
	int days[RETRY_DAYS], last = 0;
	size_t n = 0;
	char *end;
	long day;

	(void)def;
	for (; *value != '\0'; value = end + strspn(end, ", ")) {
		if (*value < '0' || *value > '9' || n == RETRY_DAYS)
			return false;
		day = strtol(value, &end, 10);
		if (day <= last || day > RETRY_LATEST ||
		    (*end != '\0' && *end != ',' && *end != ' '))
			return false;
		days[n++] = last = (int)day;
	}
	memcpy(s->autopay_retries, days, n * sizeof(*days));
	s->autopay_retries_n = n;
	return true;
}

static bool
read_days(struct settings *s, const struct setting_def *def, const char *value)
{
	size_t n = strlen(value);
	int days;

	if (n == 0 || n > 4 || strspn(value, "0123456789") != n)
		return false;
	days = atoi(value);
	if (days > DAYS_MAX)
		return false;
	memcpy((char *)s + def->offset, &days, sizeof(days));
	return true;
}

static bool
read_text(struct settings *s, const struct setting_def *def, const char *value)
{
	size_t n = strlen(value);

	if (n >= def->size)
		return false;
	memcpy((char *)s + def->offset, value, n + 1);
	return true;
}

/* clang-format off */
#define AT(m) offsetof(struct settings, m), sizeof(((struct settings *)0)->m)
#define WORDS(w) (w), sizeof(w) / sizeof(*(w))
#define NO_WORDS NULL, 0
#define RIGHTS N_("hidden, view or edit")
#define PROFILE(word, FIELD, fallback) \
	{ "profile." word, read_right, RIGHTS, fallback, \
	  AT(profile[PROFILE_FIELD_##FIELD]), WORDS(right_words) }

static const struct setting_def defs[] = {
	{ "tabs", read_mask,
	  N_("a list of: overview services billing tickets profile"),
	  "overview,services,billing,tickets,profile",
	  AT(tabs), WORDS(tab_words) },
	{ "blocks", read_mask,
	  N_("a list of: summary invoices services tickets activity "
	     "subscriptions payments methods news contact"),
	  "summary,invoices,services,tickets,activity,subscriptions,payments,"
	  "methods,news,contact",
	  AT(blocks), WORDS(block_words) },
	{ "ticket_columns", read_columns,
	  N_("a list of: id subject priority status group type assigned_to "
	     "created updated"),
	  "id,subject,status,priority,updated",
	  AT(ticket_columns), WORDS(ticket_column_words) },
	{ "show_next_payment", read_bool, N_("yes or no"), "yes",
	  AT(show_next_payment), NO_WORDS },
	{ "show_suspension", read_bool, N_("yes or no"), "yes",
	  AT(show_suspension), NO_WORDS },
	{ "suspend_after_days", read_days, N_("a number of days"), "14",
	  AT(suspend_after_days), NO_WORDS },
	{ "pay_how", read_text, N_("at most 320 bytes of text"),
	  N_("Please pay by bank transfer and name the invoice's number."),
	  AT(pay_how), NO_WORDS },
	{ "pay_ask", read_text, N_("at most 160 bytes of text"), "",
	  AT(pay_ask), NO_WORDS },
	{ "welcome", read_text, N_("at most 320 bytes of text"), "",
	  AT(welcome), NO_WORDS },
	{ "autopay", read_switch, N_("on or off"), "on",
	  AT(autopay), NO_WORDS },
	{ "autopay_retry_days", read_retries,
	  N_("at most 8 growing numbers of days after the due date, like "
	     "3,5,7"), "3,5,7",
	  AT(autopay_retries), NO_WORDS },
	PROFILE("name", NAME, "edit"),
	PROFILE("email", EMAIL, "edit"),
	PROFILE("phone", PHONE, "edit"),
	PROFILE("street", STREET, "edit"),
	PROFILE("postcode", POSTCODE, "edit"),
	PROFILE("city", CITY, "edit"),
	PROFILE("country", COUNTRY, "edit"),
	PROFILE("vat_id", VAT, "view"),
};
/* clang-format on */

enum { DEFS = sizeof(defs) / sizeof(*defs) };

static const struct setting_def *
def_find(const char *key)
{
	for (size_t i = 0; i < DEFS; i++)
		if (strcmp(defs[i].key, key) == 0)
			return &defs[i];
	return NULL;
}

const char *
setting_key(size_t i, const char **fallback)
{
	if (i >= DEFS)
		return NULL;
	*fallback = defs[i].fallback;
	/* gettext("") is the catalogue's head. */
	if (defs[i].read == read_text && **fallback != '\0')
		*fallback = _(*fallback);
	return defs[i].key;
}

enum err
settings_load(struct store *st, struct settings *out)
{
	struct query q = query_begin(st, SQL_SETTING_LIST);
	const struct setting_def *def;
	const char *fallback;
	struct settings s = {0};
	enum err err;

	for (size_t i = 0; setting_key(i, &fallback) != NULL; i++)
		if (!defs[i].read(&s, &defs[i], fallback))
			defs[i].read(&s, &defs[i], defs[i].fallback);
	while (query_row(&q))
		if ((def = def_find(col_text(&q, 0))) != NULL)
			def->read(&s, def, col_text(&q, 1));
	if ((err = query_end(&q)) == ERR_NONE)
		*out = s;
	return err;
}

/* "profile.email: hidden or view" */
static enum err
refuse(struct store *st, const char *key, const char *fits)
{
	char text[192];

	snprintf(text, sizeof(text), "%s: %s", key, fits);
	return store_refuse(st, "value", text);
}

static enum err
refuse_key(struct store *st)
{
	char text[192] = "";
	size_t used = 0;

	for (size_t i = 0; i < DEFS && used < sizeof(text); i++)
		if (strncmp(defs[i].key, "profile.", 8) != 0)
			used += (size_t)snprintf(text + used,
			    sizeof(text) - used, "%s, ", defs[i].key);
	if (used < sizeof(text))
		snprintf(text + used, sizeof(text) - used, "profile.FIELD");
	return store_refuse(st, "key", text);
}

enum err
setting_set(struct store *st, const char *key, const char *value)
{
	const struct setting_def *def = def_find(key);
	struct settings scratch = {0};
	char clean[VALUE_SIZE];
	struct query q;
	struct txn txn;
	enum err err;

	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	if (def == NULL)
		err = refuse_key(st);
	else
		err = input_line(st, "value", clean, sizeof(clean), value);
	if (err == ERR_NONE && !def->read(&scratch, def, clean))
		err = refuse(st, key, def->fits);
	if (err == ERR_NONE) {
		q = query_begin(st, SQL_SETTING_SET);
		query_bind_text(&q, key);
		query_bind_text(&q, clean);
		err = query_run(&q, NULL);
	}
	if (err == ERR_NONE)
		store_changed(st, 0, TOPIC_ACCOUNT);
	return txn_end(&txn, err);
}

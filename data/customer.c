/* A customer's row, and how the provider makes and finds one. */
#include "data/customer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/audit.h"
#include "data/counter.h"
#include "data/input.h"
#include "data/txn.h"

static const char *const states[] = {"active", "blocked", "inactive"};

void
customer_words(char dst[CUSTOMER_WORDS], const struct customer *c)
{
	snprintf(dst, CUSTOMER_WORDS, "%s %s %s", c->number, c->name, c->email);
}

enum err
customer_get(struct store *st, struct customer *out)
{
	struct query q = query_begin(st, SQL_CUSTOMER_GET);
	struct customer c = {0};
	bool found = false;
	enum err err;

	while (query_row(&q)) {
		found = true;
		c.id = col_int(&q, 0);
		col_copy(&q, 1, c.number, sizeof(c.number));
		col_copy(&q, 2, c.name, sizeof(c.name));
		col_copy(&q, 3, c.email, sizeof(c.email));
		col_copy(&q, 4, c.phone, sizeof(c.phone));
		col_copy(&q, 5, c.street, sizeof(c.street));
		col_copy(&q, 6, c.postcode, sizeof(c.postcode));
		col_copy(&q, 7, c.city, sizeof(c.city));
		col_copy(&q, 8, c.country, sizeof(c.country));
		col_copy(&q, 9, c.vat_id, sizeof(c.vat_id));
		col_copy(&q, 10, c.state, sizeof(c.state));
		c.min_balance = col_int(&q, 11);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (!found)
		return ERR_NOT_FOUND;
	*out = c;
	return ERR_NONE;
}

static enum err
customer_clean(struct store *st, const struct customer *in, struct customer *c)
{
	enum err err;

	if ((err = input_line(st, "number", c->number, sizeof(c->number),
		 in->number)) != ERR_NONE ||
	    (err = input_needed(
		 st, "name", c->name, sizeof(c->name), in->name)) != ERR_NONE ||
	    (err = input_email(st, "email", c->email, sizeof(c->email),
		 in->email)) != ERR_NONE ||
	    (err = input_line(st, "phone", c->phone, sizeof(c->phone),
		 in->phone)) != ERR_NONE ||
	    (err = input_line(st, "street", c->street, sizeof(c->street),
		 in->street)) != ERR_NONE ||
	    (err = input_line(st, "postcode", c->postcode, sizeof(c->postcode),
		 in->postcode)) != ERR_NONE ||
	    (err = input_line(
		 st, "city", c->city, sizeof(c->city), in->city)) != ERR_NONE ||
	    (err = input_country(st, "country", c->country, in->country)) !=
		ERR_NONE ||
	    (err = input_line(st, "vat_id", c->vat_id, sizeof(c->vat_id),
		 in->vat_id)) != ERR_NONE)
		return err;
	strcpy(c->state, in->state[0] != '\0' ? in->state : "active");
	c->min_balance = in->min_balance;
	return INPUT_WORD(st, "state", c->state, states);
}

/* *id stays 0 when nobody, or more than one, has that word. */
static enum err
find_one(struct store *st, enum sql sql, const char *word, int64_t *id)
{
	struct query q = query_begin(st, sql);
	int64_t found = 0;
	size_t n = 0;
	enum err err;

	query_bind_text(&q, word);
	for (; query_row(&q); n++)
		found = col_int(&q, 0);
	if ((err = query_end(&q)) == ERR_NONE && n == 1)
		*id = found;
	return err;
}

/* The next of the series that nobody was given by hand. */
static enum err
customer_number(struct store *st, char *number, size_t size)
{
	int64_t next, taken;
	enum err err;

	do {
		if ((err = counter_next(st, "customer", &next)) != ERR_NONE)
			return err;
		snprintf(number, size, "10-%05" PRId64, next);
		taken = 0;
		err = find_one(st, SQL_CUSTOMER_BY_NUMBER, number, &taken);
	} while (err == ERR_NONE && taken != 0);
	return err;
}

static enum err
customer_insert(struct store *st, struct customer *c)
{
	char words[CUSTOMER_WORDS];
	struct query q;
	enum err err;

	if (c->number[0] == '\0' && (err = customer_number(st, c->number,
					 sizeof(c->number))) != ERR_NONE)
		return err;
	customer_words(words, c);
	q = query_begin(st, SQL_CUSTOMER_INSERT);
	query_bind_text(&q, c->number);
	query_bind_text(&q, c->name);
	query_bind_text(&q, c->email);
	query_bind_text(&q, c->phone);
	query_bind_text(&q, c->street);
	query_bind_text(&q, c->postcode);
	query_bind_text(&q, c->city);
	query_bind_text(&q, c->country);
	query_bind_text(&q, c->vat_id);
	query_bind_text(&q, c->state);
	query_bind_int(&q, c->min_balance);
	query_bind_text(&q, words);
	query_bind_int(&q, clock_now(store_clock(st)));
	while (query_row(&q))
		c->id = col_int(&q, 0);
	if ((err = query_end(&q)) == ERR_CONFLICT)
		return store_refuse(
		    st, "number", N_("Another customer has this number."));
	return err;
}

enum err
customer_create(struct store *st, struct customer *c)
{
	struct customer clean = {0};
	struct txn txn;
	enum err err;

	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	err = customer_clean(st, c, &clean);
	if (err == ERR_NONE)
		err = customer_insert(st, &clean);
	if ((err = txn_end(&txn, err)) == ERR_NONE)
		*c = clean;
	return err;
}

enum err
customer_find(
    struct store *st, const char *number_or_email, struct customer *out)
{
	struct identity was = *store_identity(st), as = was;
	bool email = strchr(number_or_email, '@') != NULL;
	enum err err;

	as.customer = 0;
	err =
	    find_one(st, email ? SQL_CUSTOMER_BY_LOGIN : SQL_CUSTOMER_BY_NUMBER,
		number_or_email, &as.customer);
	if (err == ERR_NONE && as.customer == 0 && email)
		err = find_one(
		    st, SQL_CUSTOMER_BY_EMAIL, number_or_email, &as.customer);
	if (err != ERR_NONE)
		return err;
	if (as.customer == 0)
		return ERR_NOT_FOUND;
	store_become(st, &as);
	err = customer_get(st, out);
	store_become(st, &was);
	return err;
}

enum err
customer_since(struct store *st, int64_t *at)
{
	struct query q = query_begin(st, SQL_CUSTOMER_SINCE);
	bool found = false;
	enum err err;

	while (query_row(&q)) {
		found = true;
		*at = col_int(&q, 0);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return found ? ERR_NONE : ERR_NOT_FOUND;
}

enum err
customer_set_state(struct store *st, int64_t customer, const char *state)
{
	struct txn txn;
	struct query q;
	int64_t changes = 0;
	enum err err;

	if ((err = txn_begin(&txn, st, customer)) != ERR_NONE)
		return err;
	if ((err = INPUT_WORD(st, "state", state, states)) == ERR_NONE) {
		q = query_begin(st, SQL_CUSTOMER_STATE_SET);
		query_bind_text(&q, state);
		err = query_run(&q, &changes);
	}
	if (err == ERR_NONE && changes == 0)
		err = ERR_NOT_FOUND;
	if (err == ERR_NONE)
		err = audit_write(st, &(struct audit) {.action = state});
	if (err == ERR_NONE)
		store_changed(st, customer, TOPIC_ACCOUNT | TOPIC_SERVICES);
	return txn_end(&txn, err);
}

/* Plans and services. */
#include "data/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/books.h"
#include "data/input.h"
#include "data/txn.h"

enum { PAGE = 100, SERVICES_MAX = 10000, RATE_MAX = 10000 };

static const char *const types[] = {"internet", "voice", "recurring", "bundle"};
static const char *const statuses[] = {
    "pending", "active", "paused", "inactive"};

static void
service_read(struct query *q, struct service *s)
{
	s->id = col_int(q, 1);
	s->plan = col_int(q, 2);
	col_copy(q, 3, s->plan_name, sizeof(s->plan_name));
	col_copy(q, 4, s->type, sizeof(s->type));
	col_copy(q, 5, s->description, sizeof(s->description));
	col_copy(q, 6, s->status, sizeof(s->status));
	s->price = col_int(q, 7);
	s->tax_rate = col_int(q, 8);
	s->since = col_int(q, 9);
	s->has_ended = !col_null(q, 10);
	s->ended = col_int(q, 10);
	s->online_at = col_int(q, 11);
	s->prepaid = col_int(q, 12) != 0;
}

/* Up to PAGE more after the rank and id, which move on. */
static enum err
service_page(struct store *st, struct service *list, size_t *n, int64_t *rank,
    int64_t *id)
{
	struct query q = query_begin(st, SQL_SERVICE_LIST);

	query_bind_int(&q, *rank);
	query_bind_int(&q, *id);
	query_bind_int(&q, PAGE);
	while (query_row(&q)) {
		*rank = col_int(&q, 0);
		*id = col_int(&q, 1);
		memset(&list[*n], 0, sizeof(*list));
		service_read(&q, &list[(*n)++]);
	}
	return query_end(&q);
}

enum err
service_list(struct store *st, struct service **out, size_t *n)
{
	struct service *list = NULL, *grown;
	int64_t rank = 0, id = 0;
	size_t got = 0, had;
	enum err err;

	do {
		had = got;
		grown = realloc(list, (got + PAGE) * sizeof(*list));
		if (grown == NULL) {
			free(list);
			return ERR_NOMEM;
		}
		list = grown;
		err = service_page(st, list, &got, &rank, &id);
	} while (err == ERR_NONE && got == had + PAGE && got < SERVICES_MAX);
	if (err != ERR_NONE) {
		free(list);
		return err;
	}
	*out = list;
	*n = got;
	return ERR_NONE;
}

static enum err
check_price(struct store *st, int64_t price, int64_t rate)
{
	if (price < 0 || price > MONEY_LIMIT)
		return store_refuse(st, "price", N_("That is not a price."));
	if (rate < 0 || rate > RATE_MAX)
		return store_refuse(
		    st, "tax_rate", N_("A tax rate is between 0 and 100 %."));
	return ERR_NONE;
}

static enum err
plan_insert(struct store *st, const struct plan *p, int64_t *id)
{
	struct query q = query_begin(st, SQL_PLAN_INSERT);

	query_bind_text(&q, p->name);
	query_bind_text(&q, p->type);
	query_bind_text(&q, p->description);
	query_bind_int(&q, p->price);
	query_bind_int(&q, p->tax_rate);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

enum err
plan_create(struct store *st, struct plan *p)
{
	struct plan clean = *p;
	struct txn txn;
	enum err err;

	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	err = input_needed(st, "name", clean.name, sizeof(clean.name), p->name);
	if (err == ERR_NONE)
		err = input_line(st, "description", clean.description,
		    sizeof(clean.description), p->description);
	if (err == ERR_NONE)
		err = INPUT_WORD(st, "type", p->type, types);
	if (err == ERR_NONE)
		err = check_price(st, p->price, p->tax_rate);
	if (err == ERR_NONE)
		err = plan_insert(st, &clean, &clean.id);
	if ((err = txn_end(&txn, err)) == ERR_NONE)
		*p = clean;
	return err;
}

static enum err
service_insert(struct store *st, const struct service *s,
    const char *description, int64_t *id)
{
	struct query q = query_begin(st, SQL_SERVICE_INSERT);

	query_bind_int(&q, s->plan);
	query_bind_text(&q, s->type);
	query_bind_text(&q, description);
	query_bind_text(&q, s->status);
	query_bind_int(&q, s->price);
	query_bind_int(&q, s->tax_rate);
	query_bind_int(&q, s->since);
	if (s->has_ended)
		query_bind_int(&q, s->ended);
	else
		query_bind_null(&q);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

enum err
service_create(
    struct store *st, int64_t customer, const struct service *s, int64_t *id)
{
	char description[sizeof(s->description)];
	struct txn txn;
	int64_t made = 0;
	enum err err;

	if ((err = txn_begin(&txn, st, customer)) != ERR_NONE)
		return err;
	err = input_needed(st, "description", description, sizeof(description),
	    s->description);
	if (err == ERR_NONE)
		err = INPUT_WORD(st, "type", s->type, types);
	if (err == ERR_NONE)
		err = INPUT_WORD(st, "status", s->status, statuses);
	if (err == ERR_NONE)
		err = check_price(st, s->price, s->tax_rate);
	if (err == ERR_NONE)
		err = service_insert(st, s, description, &made);
	if (err == ERR_NONE)
		store_changed(st, customer, TOPIC_SERVICES);
	if ((err = txn_end(&txn, err)) == ERR_NONE && id != NULL)
		*id = made;
	return err;
}

enum err
service_set_online(
    struct store *st, int64_t customer, int64_t service, int64_t online_at)
{
	struct txn txn;
	struct query q;
	int64_t changes = 0;
	enum err err;

	if ((err = txn_begin(&txn, st, customer)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_SERVICE_ONLINE_SET);
	query_bind_int(&q, service);
	if (online_at != 0)
		query_bind_int(&q, online_at);
	else
		query_bind_null(&q);
	err = query_run(&q, &changes);
	if (err == ERR_NONE && changes == 0)
		err = ERR_NOT_FOUND;
	if (err == ERR_NONE)
		store_changed(st, customer, TOPIC_SERVICES);
	return txn_end(&txn, err);
}

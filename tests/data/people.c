#include "tests/data/people.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
/* An id that is not left to the engine to choose. */
#define TAKE(table, id) "{TAKE}('" table "_id_seq', " id ")"

#define TENANT(id, name) \
	"INSERT INTO tenant (id, name, brand, legal_name, address, country, " \
	"email, phone, currency, zone, locale, created_at) VALUES (" \
	TAKE("tenant", id) ", '" name "', 'B', 'L', 'A', 'AT', 'e@x', '1', " \
	"'EUR', 'UTC', 'C', 1);"
#define CUSTOMER(tenant, id, name) \
	"INSERT INTO customer (tenant, id, number, name, email, fold, " \
	"created_at) VALUES (" tenant ", " TAKE("customer", id) ", 'C" id \
	"', '" name "', '" name "@example.net', '" name "', 1);" \
	"INSERT INTO login (tenant, customer, id, email, email_fold, name, " \
	"role, created_at) VALUES (" tenant ", " id ", " TAKE("login", id) \
	", '" name "@example.net', '" name "@example.net', '" name "', " \
	"'customer', 1);"
/* clang-format on */

void
people_insert(const struct scratch *s)
{
	scratch_sql(s, TENANT("1", "portal") TENANT("2", "ruralnet") CUSTOMER(
			   "1", "11", "anna") CUSTOMER("1", "12", "bert")
			   CUSTOMER("2", "21", "caro"));
}

void
people_news(const struct scratch *s, int n)
{
	char body[4001], sql[sizeof(body) + 256];

	memset(body, 'x', sizeof(body) - 1);
	body[sizeof(body) - 1] = '\0';
	snprintf(sql, sizeof(sql),
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < %d) INSERT INTO news (tenant, at, title, body) "
	    "SELECT 1, i, 'title', '%s' FROM n",
	    n, body);
	scratch_sql(s, sql);
}

enum err
people_set(struct store *st, const char *key, const char *value)
{
	struct query q = query_begin(st, SQL_SETTING_SET);

	query_bind_text(&q, key);
	query_bind_text(&q, value);
	return query_run(&q, NULL);
}

enum err
people_ticket(struct store *st, const char *subject, int64_t *id)
{
	struct query q = query_begin(st, SQL_TICKET_INSERT);

	query_bind_text(&q, subject);
	query_bind_text(&q, "question");
	query_bind_text(&q, "low");
	query_bind_text(&q, "New");
	query_bind_text(&q, "");
	query_bind_text(&q, "");
	query_bind_int(&q, 1000);
	query_bind_text(&q, "preview");
	query_bind_text(&q, subject);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

struct identity
person(int64_t customer, enum role role)
{
	struct identity id = {
	    .tenant = customer / 10,
	    .customer = customer,
	    .login = customer,
	    .role = role,
	};

	strcpy(id.source, "192.0.2.7");
	strcpy(id.session, "s-1");
	return id;
}

struct identity
staff_of(int64_t tenant)
{
	return (struct identity) {
	    .tenant = tenant, .login = 1, .role = ROLE_STAFF};
}

int
people_setup(void **state)
{
	scratch_setup(state);
	people_insert(*state);
	return 0;
}

struct store *
people_store(void **state)
{
	return ((struct scratch *)*state)->st;
}

void
people_become(struct store *st, struct identity id)
{
	store_become(st, &id);
}

int64_t
people_settings(void **state)
{
	return scratch_int(*state, "SELECT COUNT(*) FROM setting");
}

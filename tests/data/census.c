#include "tests/data/census.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "data/engine_sqlite.h"

static bool
has_column(const struct scratch *s, const char *table, const char *column)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
	    "SELECT COUNT(*) FROM pragma_table_info('%s') WHERE name = '%s'",
	    table, column);
	return scratch_int(s, sql) == 1;
}

static void
describe(const struct scratch *s, struct table *t)
{
	if (strcmp(t->name, "tenant") == 0)
		strcpy(t->tenant, "id");
	else if (has_column(s, t->name, "tenant"))
		strcpy(t->tenant, "tenant");
	if (strcmp(t->name, "customer") == 0)
		strcpy(t->customer, "id");
	else if (has_column(s, t->name, "customer"))
		strcpy(t->customer, "customer");
	t->owner = t->customer[0] != '\0' ? OWNER_CUSTOMER
		   : t->tenant[0] != '\0' ? OWNER_TENANT
					  : OWNER_NOBODY;
}

void
census_take(struct census *c, const struct scratch *s)
{
	static const char from[] = "FROM sqlite_schema WHERE type = 'table' "
				   "AND name NOT LIKE 'sqlite!_%' ESCAPE '!'";
	char sql[256];
	size_t n;

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) %s", from);
	n = (size_t)scratch_int(s, sql);
	assert_in_range(n, 10, sizeof(c->tables) / sizeof(*c->tables));
	for (size_t i = 0; i < n; i++) {
		struct table *t = &c->tables[i];

		memset(t, 0, sizeof(*t));
		scratch_str(s, t->name, sizeof(t->name),
		    "SELECT name %s ORDER BY name LIMIT 1 OFFSET %zu", from, i);
		describe(s, t);
	}
	c->n = n;
}

void
census_leave(const struct census *c, const struct scratch *s,
    const struct holding *h, enum owner level)
{
	struct buf sql;

	buf_init(&sql, 1 << 16);
	buf_adds(&sql, "PRAGMA foreign_keys = OFF; BEGIN;");
	for (size_t i = 0; i < c->n; i++) {
		const struct table *t = &c->tables[i];

		if (t->owner == OWNER_NOBODY)
			continue;
		buf_addf(&sql, "DELETE FROM %s WHERE %s IS NOT %lld;", t->name,
		    t->tenant, (long long)h->tenant);
		if (t->owner != OWNER_CUSTOMER || level != OWNER_CUSTOMER)
			continue;
		buf_addf(&sql, "DELETE FROM %s WHERE %s IS NOT %lld;", t->name,
		    t->customer, (long long)h->customer);
	}
	buf_adds(&sql, "COMMIT");
	scratch_sql(s, buf_str(&sql));
	buf_release(&sql);
}

static uint64_t
mix(uint64_t h, const void *p, size_t n)
{
	const unsigned char *byte = p;

	while (n-- > 0)
		h = (h ^ *byte++) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
hash_rows(sqlite3 *db, const char *sql, uint64_t h)
{
	sqlite3_stmt *stmt;
	int rc;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(stmt); i++) {
			int type = sqlite3_column_type(stmt, i);
			const void *p = sqlite3_column_blob(stmt, i);
			int n = sqlite3_column_bytes(stmt, i);

			h = mix(h, &type, sizeof(type));
			h = mix(h, &n, sizeof(n));
			h = mix(h, p, (size_t)n);
		}
	}
	assert_int_equal(rc, SQLITE_DONE);
	sqlite3_finalize(stmt);
	return h;
}

uint64_t
census_hash(const struct census *c, struct store *st,
    const struct identity *who, enum owner level, bool own)
{
	sqlite3 *db = ((struct sqlite_store *)st)->db;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	char sql[512], mine[256];

	for (size_t i = 0; i < c->n; i++) {
		const struct table *t = &c->tables[i];

		if (level == OWNER_CUSTOMER && t->owner == OWNER_CUSTOMER)
			snprintf(mine, sizeof(mine),
			    "(%s IS %lld AND %s IS %lld)", t->tenant,
			    (long long)who->tenant, t->customer,
			    (long long)who->customer);
		else if (level == OWNER_TENANT && t->owner != OWNER_NOBODY)
			snprintf(mine, sizeof(mine), "(%s IS %lld)", t->tenant,
			    (long long)who->tenant);
		else
			strcpy(mine, "0");
		snprintf(sql, sizeof(sql), "SELECT * FROM %s WHERE %s %s",
		    t->name, own ? "" : "NOT", mine);
		hash = mix(hash, t->name, strlen(t->name));
		hash = hash_rows(db, sql, hash);
	}
	return hash;
}

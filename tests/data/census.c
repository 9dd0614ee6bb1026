#include "tests/data/census.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Where the engines say what tables there are, and how their keys are let go
 * of. */
static const struct catalog {
	const char *tables, *columns, *free;
} catalogs[] = {
    {"FROM sqlite_schema WHERE type = 'table' "
     "AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
	"FROM pragma_table_info('%s') WHERE 1 = 1",
	"PRAGMA foreign_keys = OFF;"},
    {"FROM (SELECT tablename AS name FROM pg_tables "
     "WHERE schemaname = 'public') AS t",
	"FROM (SELECT column_name AS name FROM information_schema.columns "
	"WHERE table_name = '%s') AS c WHERE 1 = 1",
	"DO $$ DECLARE c record; BEGIN FOR c IN SELECT conrelid, conname "
	"FROM pg_constraint WHERE contype = 'f' LOOP EXECUTE format('ALTER "
	"TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname); "
	"END LOOP; END $$;"},
};

static const struct catalog *
catalog(void)
{
	return &catalogs[scratch_on_postgresql()];
}

static int64_t
count_columns(const struct scratch *s, const char *table, const char *condition)
{
	char from[256], sql[512];

	snprintf(from, sizeof(from), catalog()->columns, table);
	snprintf(sql, sizeof(sql), "SELECT COUNT(*) %s %s", from, condition);
	return scratch_int(s, sql);
}

static bool
has_column(const struct scratch *s, const char *table, const char *column)
{
	char condition[64];

	snprintf(condition, sizeof(condition), "AND name = '%s'", column);
	return count_columns(s, table, condition) == 1;
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
	t->columns = (int)count_columns(s, t->name, "");
	t->owner = t->customer[0] != '\0' ? OWNER_CUSTOMER
		   : t->tenant[0] != '\0' ? OWNER_TENANT
					  : OWNER_NOBODY;
}

void
census_take(struct census *c, const struct scratch *s)
{
	const char *from = catalog()->tables;
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
	buf_addf(&sql, "%s BEGIN;", catalog()->free);
	for (size_t i = 0; i < c->n; i++) {
		const struct table *t = &c->tables[i];

		if (t->owner == OWNER_NOBODY)
			continue;
		buf_addf(&sql, "DELETE FROM %s WHERE %s IS DISTINCT FROM %lld;",
		    t->name, t->tenant, (long long)h->tenant);
		if (t->owner != OWNER_CUSTOMER || level != OWNER_CUSTOMER)
			continue;
		buf_addf(&sql, "DELETE FROM %s WHERE %s IS DISTINCT FROM %lld;",
		    t->name, t->customer, (long long)h->customer);
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

static void
mix_cell(void *arg, const void *p, size_t n)
{
	uint64_t *h = arg;
	bool null = p == NULL;

	*h = mix(*h, &null, sizeof(null));
	*h = mix(*h, &n, sizeof(n));
	*h = mix(*h, p, n);
}

uint64_t
census_hash(const struct census *c, struct store *st,
    const struct identity *who, enum owner level, bool own)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	struct buf sql;
	char mine[256];

	buf_init(&sql, 1 << 12);
	for (size_t i = 0; i < c->n; i++) {
		const struct table *t = &c->tables[i];

		if (level == OWNER_CUSTOMER && t->owner == OWNER_CUSTOMER)
			snprintf(mine, sizeof(mine),
			    "(%s IS NOT DISTINCT FROM %lld AND "
			    "%s IS NOT DISTINCT FROM %lld)",
			    t->tenant, (long long)who->tenant, t->customer,
			    (long long)who->customer);
		else if (level == OWNER_TENANT && t->owner != OWNER_NOBODY)
			snprintf(mine, sizeof(mine),
			    "(%s IS NOT DISTINCT FROM %lld)", t->tenant,
			    (long long)who->tenant);
		else
			strcpy(mine, "(1 = 0)");
		buf_reset(&sql);
		buf_addf(&sql, "SELECT * FROM %s WHERE %s %s ORDER BY 1",
		    t->name, own ? "" : "NOT", mine);
		for (int k = 2; k <= t->columns; k++)
			buf_addf(&sql, ", %d", k);
		hash = mix(hash, t->name, strlen(t->name));
		scratch_look(st, buf_str(&sql), mix_cell, &hash);
	}
	buf_release(&sql);
	return hash;
}

#include "exported.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TODAY = 20587 };

int
exported_setup(void **state)
{
	struct exported *e = calloc(1, sizeof(*e));

	assert_non_null(e);
	scratch_open(&e->scratch);
	people_insert(&e->scratch);
	*state = e;
	return 0;
}

int
exported_teardown(void **state)
{
	struct exported *e = *state;

	scratch_release(&e->scratch);
	free(e->text);
	free(e);
	return 0;
}

void
exported_ticket(
    struct exported *e, int64_t customer, int64_t created, const char *subject)
{
	sqlite3_stmt *stmt;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(e->scratch.file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
			     "INSERT INTO ticket (tenant, "
			     "customer, subject, type, priority, status, "
			     "is_open, created_at, "
			     "updated_at, preview, fold) VALUES (?1, ?2, ?3, "
			     "'fault', 'low', "
			     "'New', 1, ?4, ?4, ?3, ?3)",
			     -1, &stmt, NULL),
	    SQLITE_OK);
	sqlite3_bind_int64(stmt, 1, customer / 10);
	sqlite3_bind_int64(stmt, 2, customer);
	sqlite3_bind_text(stmt, 3, subject, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(stmt, 4, created);
	assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

void
exported_many(struct exported *e, int64_t customer, int n)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL "
	    "SELECT i + 1 FROM c WHERE i < %d) INSERT INTO ticket (tenant, "
	    "customer, subject, type, priority, status, is_open, created_at, "
	    "updated_at, preview, fold) SELECT %d, %d, 'Ticket ' || i, "
	    "'fault', 'low', 'New', 1, 1000000 - i, 1, '', '' FROM c",
	    n, (int)customer / 10, (int)customer);
	scratch_sql(&e->scratch, sql);
}

const char *
exported_text(struct exported *e, int64_t customer, const char *listing,
    enum listing_format format)
{
	struct identity id = person(customer, ROLE_CUSTOMER);
	const struct listing *l = listing_find(listing);
	FILE *out;

	assert_non_null(l);
	store_become(e->scratch.st, &id);
	free(e->text);
	assert_non_null(out = open_memstream(&e->text, &e->len));
	assert_int_equal(
	    listing_export(out, format, e->scratch.st, l, TODAY, "UTC"),
	    ERR_NONE);
	fclose(out);
	return e->text;
}

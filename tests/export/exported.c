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
	struct identity id = person(customer, ROLE_SYSTEM);
	struct query q;

	store_become(e->scratch.st, &id);
	q = query_begin(e->scratch.st, SQL_TICKET_INSERT);
	query_bind_text(&q, subject);
	query_bind_text(&q, "fault");
	query_bind_text(&q, "low");
	query_bind_text(&q, "New");
	query_bind_text(&q, "");
	query_bind_text(&q, "");
	query_bind_int(&q, created);
	query_bind_text(&q, subject);
	query_bind_text(&q, subject);
	assert_int_equal(query_run(&q, NULL), ERR_NONE);
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

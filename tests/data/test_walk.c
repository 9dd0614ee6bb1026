/*
 * The registry walk: every statement and every verb that somebody below the
 * system may cause to run is run for three customers of two tenants, with ids
 * of their own and of each other.
 *
 * Reading must give the very same rows as in a store in which nobody else
 * exists; writing must leave every row that is not the writer's as it was.  A
 * statement or verb without a case fails, and so does a table that the fixture
 * leaves empty.  A new statement needs one row in walk_cases[]
 * (tests/data/walk.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "data/wire.h"
#include "tests/data/census.h"
#include "tests/data/walk.h"

/* Stores: everybody's; each customer alone; each tenant alone. */
struct world {
	struct fixture f;
	struct scratch customer[WHO_COUNT];
	struct scratch tenant[WHO_COUNT];
	struct census census;
};

static void
copy_store(const struct scratch *from, struct scratch *to)
{
	char sql[256];

	scratch_init(to);
	to->clock = from->clock;
	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", to->file);
	scratch_sql(from, sql);
	assert_int_equal(store_open(&to->st, to->url, &to->clock), ERR_NONE);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	fixture_open(&w->f);
	census_take(&w->census, &w->f.scratch);
	for (int i = 0; i < WHO_COUNT; i++) {
		copy_store(&w->f.scratch, &w->customer[i]);
		census_leave(
		    &w->census, &w->customer[i], &w->f.of[i], OWNER_CUSTOMER);
		copy_store(&w->f.scratch, &w->tenant[i]);
		census_leave(
		    &w->census, &w->tenant[i], &w->f.of[i], OWNER_TENANT);
	}
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < WHO_COUNT; i++) {
		scratch_release(&w->customer[i]);
		scratch_release(&w->tenant[i]);
	}
	fixture_release(&w->f);
	free(w);
	return 0;
}

/* Running a case. */

static void
bind_arg(struct query *q, const struct arg *a, const struct holding *h)
{
	const char *base = (const char *)h;

	switch (a->kind) {
	case ARG_END:
		break;
	case ARG_INT:
		query_bind_int(q, a->i);
		break;
	case ARG_TEXT:
		query_bind_text(q, a->s);
		break;
	case ARG_NULL:
		query_bind_null(q);
		break;
	case ARG_BYTES:
		query_bind_bytes(q, a->s, strlen(a->s));
		break;
	case ARG_ID:
		query_bind_int(q, *(const int64_t *)(base + a->i));
		break;
	case ARG_STRING:
		query_bind_text(q, base + a->i);
		break;
	case ARG_KEY:
		query_bind_bytes(q, h->key, sizeof(h->key));
		break;
	}
}

struct result {
	enum err err;
	int64_t rows, changes;
};

/* rows may be NULL. */
static struct result
run(struct store *st, const struct walk_case *c, const struct holding *h,
    struct buf *rows)
{
	struct query q = query_begin(st, c->sql);
	struct result r = {0};

	for (size_t i = 0; i < QUERY_ARGS; i++)
		bind_arg(&q, &c->args[i], h);
	while (query_row(&q)) {
		r.rows++;
		for (size_t i = 0; rows != NULL && i < q.ncols; i++)
			wire_put_value(rows, &q.cols[i]);
	}
	r.err = query_end(&q);
	r.changes = q.changes;
	return r;
}

/* As id with what is in h, in the store of all and in one of the viewer alone:
 * nothing must differ. */
static void
check_reading(struct world *w, const struct walk_case *c,
    const struct identity *id, const struct holding *h, struct scratch *alone,
    bool own)
{
	const struct sql_def *def = &sql_table[c->sql];
	struct result all, only;
	struct buf a, b;

	buf_init(&a, 1 << 20);
	buf_init(&b, 1 << 20);
	store_become(w->f.scratch.st, id);
	store_become(alone->st, id);
	all = run(w->f.scratch.st, c, h, &a);
	only = run(alone->st, c, h, &b);
	if (all.err != ERR_NONE || only.err != ERR_NONE)
		fail_msg("%s: %s", def->name, err_name(all.err));
	if (a.len != b.len || (a.len > 0 && memcmp(a.data, b.data, a.len) != 0))
		fail_msg("%s: %s sees others' rows with ids of %s", def->name,
		    id->session, h->email);
	if (own && all.rows == 0)
		fail_msg(
		    "%s: gives nothing with %s's own ids", def->name, h->email);
	buf_release(&a);
	buf_release(&b);
}

/* As id with what is in h: nothing that is not id's must change. */
static void
check_writing(struct world *w, const struct walk_case *c,
    const struct identity *id, const struct holding *h, enum owner level,
    bool own)
{
	const struct sql_def *def = &sql_table[c->sql];
	const struct scratch *s = &w->f.scratch;
	uint64_t others, mine;
	struct result r;

	store_become(s->st, id);
	assert_int_equal(store_begin(s->st), ERR_NONE);
	others = census_hash(&w->census, s->st, id, level, false);
	mine = census_hash(&w->census, s->st, id, level, true);
	r = run(s->st, c, h, NULL);
	if (census_hash(&w->census, s->st, id, level, false) != others)
		fail_msg("%s: %s changes others' rows with ids of %s",
		    def->name, id->session, h->email);
	if (own) {
		if (r.err != ERR_NONE)
			fail_msg("%s: %s", def->name, err_name(r.err));
		if (r.rows + r.changes == 0 ||
		    census_hash(&w->census, s->st, id, level, true) == mine)
			fail_msg("%s: changes nothing of %s's own", def->name,
			    h->email);
	} else if (r.err != ERR_NONE && r.err != ERR_CONFLICT) {
		fail_msg("%s: %s", def->name, err_name(r.err));
	}
	store_rollback(s->st);
}

/* Who runs a case with what is whose; alone: the viewer's number. */
typedef void check_fn(struct world *w, const struct walk_case *c,
    const struct identity *id, int viewer, int whose);

static struct identity
identity_of(const struct world *w, int who, enum role role)
{
	struct identity id = fixture_identity(&w->f, (enum who)who, role);

	snprintf(id.session, sizeof(id.session), "%.20s", w->f.of[who].email);
	return id;
}

static void
customer_reads(struct world *w, const struct walk_case *c,
    const struct identity *id, int viewer, int whose)
{
	check_reading(
	    w, c, id, &w->f.of[whose], &w->customer[viewer], viewer == whose);
}

static void
customer_writes(struct world *w, const struct walk_case *c,
    const struct identity *id, int writer, int whose)
{
	check_writing(
	    w, c, id, &w->f.of[whose], OWNER_CUSTOMER, writer == whose);
}

static void
staff_reads(struct world *w, const struct walk_case *c,
    const struct identity *id, int viewer, int whose)
{
	check_reading(
	    w, c, id, &w->f.of[whose], &w->tenant[viewer], viewer == whose);
}

static void
tenant_writes(struct world *w, const struct walk_case *c,
    const struct identity *id, int writer, int whose)
{
	check_writing(w, c, id, &w->f.of[whose], OWNER_TENANT, writer == whose);
}

/* Everybody with everybody's ids. */
static void
walk(struct world *w, enum scope scope, bool write, enum role role,
    check_fn *check)
{
	struct identity id;
	int n = 0;

	for (size_t i = 0; i < walk_cases_count; i++) {
		const struct walk_case *c = &walk_cases[i];

		if (sql_table[c->sql].scope != scope ||
		    sql_table[c->sql].write != write)
			continue;
		for (int viewer = 0; viewer < WHO_COUNT; viewer++) {
			id = identity_of(w, viewer, role);
			for (int whose = 0; whose < WHO_COUNT; whose++)
				check(w, c, &id, viewer, whose);
		}
		n++;
	}
	assert_true(n > 0);
}

/*
 * Identities that no monitor gives: one tenant's with another's customer, and
 * one customer's with another's login.  Each part of the identity has to hold
 * by itself.
 */
static void
walk_mixed(struct world *w, bool write, enum role role, check_fn *check)
{
	for (size_t i = 0; i < walk_cases_count; i++) {
		const struct walk_case *c = &walk_cases[i];

		if (sql_table[c->sql].scope != SCOPE_CUSTOMER ||
		    sql_table[c->sql].write != write)
			continue;
		for (int k = 0; k < WHO_COUNT * WHO_COUNT; k++) {
			int viewer = k / WHO_COUNT, whose = k % WHO_COUNT;
			const struct holding *h = &w->f.of[whose];
			struct identity id = identity_of(w, viewer, role);

			if (viewer == whose)
				continue;
			id.login = h->login;
			check(w, c, &id, viewer, whose);
			if (id.tenant == h->tenant)
				continue;
			id.customer = h->customer;
			check(w, c, &id, viewer, whose);
		}
	}
}

/* The promises. */

static void
every_statement_has_a_case(void **state)
{
	int n[SQL_COUNT] = {0}, missing = 0;

	(void)state;
	for (size_t i = 0; i < walk_cases_count; i++) {
		const struct walk_case *c = &walk_cases[i];
		size_t nargs = 0;

		assert_true(c->sql < SQL_COUNT);
		while (nargs < QUERY_ARGS && c->args[nargs].kind != ARG_END)
			nargs++;
		if (nargs != strlen(sql_table[c->sql].args))
			fail_msg("%s: the case has %zu arguments",
			    sql_table[c->sql].name, nargs);
		n[c->sql]++;
	}
	for (int i = 0; i < SQL_COUNT; i++)
		if (n[i] == 0 && sql_table[i].scope != SCOPE_SYSTEM) {
			print_error("%s has no case: add one to "
				    "tests/data/walk.c\n",
			    sql_table[i].name);
			missing++;
		}
	assert_int_equal(missing, 0);
}

static void
every_table_holds_something_of_everybody(void **state)
{
	struct world *w = *state;
	char sql[512];

	for (size_t i = 0; i < w->census.n; i++) {
		const struct table *t = &w->census.tables[i];

		for (int who = 0; who < WHO_COUNT; who++) {
			const struct holding *h = &w->f.of[who];

			snprintf(sql, sizeof(sql),
			    "SELECT COUNT(*) FROM %s WHERE %s IS %lld "
			    "AND %s IS %lld",
			    t->name, t->owner >= OWNER_TENANT ? t->tenant : "1",
			    t->owner >= OWNER_TENANT ? (long long)h->tenant : 1,
			    t->owner == OWNER_CUSTOMER ? t->customer : "1",
			    t->owner == OWNER_CUSTOMER ? (long long)h->customer
						       : 1);
			if (scratch_int(&w->f.scratch, sql) == 0)
				fail_msg("table %s holds nothing of %d: add "
					 "it to tests/data/fixture.c",
				    t->name, who);
		}
	}
}

static void
customer_statements_read_only_the_customers_rows(void **state)
{
	walk(*state, SCOPE_CUSTOMER, false, ROLE_CUSTOMER, customer_reads);
}

static void
customer_statements_write_only_the_customers_rows(void **state)
{
	walk(*state, SCOPE_CUSTOMER, true, ROLE_SYSTEM, customer_writes);
}

static void
every_part_of_the_identity_holds_by_itself(void **state)
{
	walk_mixed(*state, false, ROLE_CUSTOMER, customer_reads);
	walk_mixed(*state, true, ROLE_SYSTEM, customer_writes);
}

static void
shared_statements_read_only_the_tenants_rows(void **state)
{
	walk(*state, SCOPE_SHARED, false, ROLE_CUSTOMER, customer_reads);
	for (int i = 0; i < SQL_COUNT; i++)
		if (sql_table[i].scope == SCOPE_SHARED)
			assert_false(sql_table[i].write);
}

static void
tenant_statements_read_only_the_tenants_rows(void **state)
{
	walk(*state, SCOPE_TENANT, false, ROLE_STAFF, staff_reads);
}

static void
tenant_statements_write_only_the_tenants_rows(void **state)
{
	walk(*state, SCOPE_TENANT, true, ROLE_SYSTEM, tenant_writes);
}

/* Verbs commit: each runs on a copy. */
static void
check_verb(struct world *w, const struct verb_case *c, int caller, int whose)
{
	const struct verb_def *def = &verb_table[c->verb];
	struct identity id = identity_of(w, caller, c->role);
	uint64_t all, mine, others;
	struct scratch s;
	enum err err;

	copy_store(&w->f.scratch, &s);
	store_become(s.st, &id);
	all = census_hash(&w->census, s.st, &id, OWNER_NOBODY, false);
	mine = census_hash(&w->census, s.st, &id, OWNER_CUSTOMER, true);
	others = census_hash(&w->census, s.st, &id, OWNER_CUSTOMER, false);
	err = c->call(s.st, &w->f.of[whose]);
	if (census_hash(&w->census, s.st, &id, OWNER_CUSTOMER, false) != others)
		fail_msg("%s: as %d with ids of %d changes others' rows",
		    def->name, caller, whose);
	if (caller == whose) {
		if (err != ERR_NONE)
			fail_msg("%s: %s (%s)", def->name, err_name(err),
			    store_problem(s.st)->text);
		if (census_hash(&w->census, s.st, &id, OWNER_CUSTOMER, true) ==
		    mine)
			fail_msg("%s: changes nothing of its own", def->name);
	} else if (!c->no_ids) {
		if (err != ERR_NOT_FOUND)
			fail_msg("%s: %s with somebody else's ids", def->name,
			    err_name(err));
		if (census_hash(&w->census, s.st, &id, OWNER_NOBODY, false) !=
		    all)
			fail_msg(
			    "%s: refuses, but changes something", def->name);
	}
	scratch_release(&s);
}

static void
verbs_change_only_the_customers_rows(void **state)
{
	int n[VERB_COUNT] = {0};

	for (size_t i = 0; i < verb_cases_count; i++) {
		const struct verb_case *c = &verb_cases[i];

		n[c->verb]++;
		for (int caller = 0; caller < WHO_COUNT; caller++)
			for (int whose = 0; whose < WHO_COUNT; whose++)
				check_verb(*state, c, caller, whose);
	}
	for (int i = 0; i < VERB_COUNT; i++)
		if (n[i] == 0 && verb_table[i].roles != ROLES_SYSTEM)
			fail_msg("verb %s has no case: add one to "
				 "tests/data/walk.c",
			    verb_table[i].name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_statement_has_a_case),
	    cmocka_unit_test(every_table_holds_something_of_everybody),
	    cmocka_unit_test(customer_statements_read_only_the_customers_rows),
	    cmocka_unit_test(customer_statements_write_only_the_customers_rows),
	    cmocka_unit_test(every_part_of_the_identity_holds_by_itself),
	    cmocka_unit_test(shared_statements_read_only_the_tenants_rows),
	    cmocka_unit_test(tenant_statements_read_only_the_tenants_rows),
	    cmocka_unit_test(tenant_statements_write_only_the_tenants_rows),
	    cmocka_unit_test(verbs_change_only_the_customers_rows),
	};

	log_open("test_walk", LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, setup, teardown);
}

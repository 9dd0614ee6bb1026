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
#include "tests/data/world.h"

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
			    "SELECT COUNT(*) FROM %s WHERE %s = %lld "
			    "AND %s = %lld",
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
	world_walk(
	    *state, SCOPE_CUSTOMER, false, ROLE_CUSTOMER, world_customer_reads);
}

static void
customer_statements_write_only_the_customers_rows(void **state)
{
	world_walk(
	    *state, SCOPE_CUSTOMER, true, ROLE_SYSTEM, world_customer_writes);
}

static void
every_part_of_the_identity_holds_by_itself(void **state)
{
	world_walk_mixed(*state, false, ROLE_CUSTOMER, world_customer_reads);
	world_walk_mixed(*state, true, ROLE_SYSTEM, world_customer_writes);
}

static void
shared_statements_read_only_the_tenants_rows(void **state)
{
	world_walk(
	    *state, SCOPE_SHARED, false, ROLE_CUSTOMER, world_customer_reads);
	for (int i = 0; i < SQL_COUNT; i++)
		if (sql_table[i].scope == SCOPE_SHARED)
			assert_false(sql_table[i].write);
}

static void
tenant_statements_read_only_the_tenants_rows(void **state)
{
	world_walk(*state, SCOPE_TENANT, false, ROLE_STAFF, world_staff_reads);
}

static void
tenant_statements_write_only_the_tenants_rows(void **state)
{
	world_walk(
	    *state, SCOPE_TENANT, true, ROLE_SYSTEM, world_tenant_writes);
}

static void
verbs_change_only_the_customers_rows(void **state)
{
	int n[VERB_COUNT] = {0};

	for (size_t i = 0; i < verb_cases_count; i++)
		n[verb_cases[i].verb]++;
	for (int i = 0; i < VERB_COUNT; i++)
		if (n[i] == 0 && verb_table[i].roles != ROLES_SYSTEM)
			fail_msg("verb %s has no case: add one to "
				 "tests/data/walk.c",
			    verb_table[i].name);
	world_walk_verbs(*state);
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
	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}

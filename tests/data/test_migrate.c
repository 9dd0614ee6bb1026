/* Making, upgrading and refusing stores. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "data/migrate.h"
#include "tests/data/scratch.h"

static enum err
try_open(const struct scratch *s)
{
	struct store *st = NULL;
	enum err err = store_open(&st, s->url, NULL);

	if (err != ERR_NONE)
		assert_null(st);
	store_close(st);
	return err;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Where a store may be made: a database without tables, or no file. */
static void
find_room(struct scratch *s)
{
	if (scratch_on_postgresql())
		scratch_empty(s);
	else
		scratch_init(s);
}

/* How many tables, views and indexes there are. */
static int64_t
relations(const struct scratch *s)
{
	return scratch_int(
	    s, scratch_on_postgresql()
		   ? "SELECT COUNT(*) FROM pg_class WHERE relnamespace = "
		     "CAST('public' AS regnamespace)"
		   : "SELECT COUNT(*) FROM sqlite_schema");
}

static void
create_makes_a_store_that_opens(void **state)
{
	struct scratch s;

	(void)state;
	find_room(&s);
	assert_int_equal(store_create(s.url), ERR_NONE);
	scratch_reopen(&s);
	assert_int_equal(store_identity(s.st)->role, ROLE_SYSTEM);
	assert_int_equal(
	    scratch_int(&s, "SELECT MAX(version) FROM schema_version"),
	    schema_count);
	assert_true(
	    scratch_int(&s, "SELECT MIN(applied_at) FROM schema_version") >
	    1600000000);
	scratch_release(&s);
}

static void
create_gives_the_group_access_whatever_the_umask(void **state)
{
	struct scratch s;
	struct stat sb;
	mode_t old;

	(void)state;
	scratch_only_sqlite();
	old = umask(0077);
	scratch_open(&s);
	umask(old);
	assert_int_equal(stat(s.file, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0660);
	scratch_release(&s);
}

static void
create_leaves_an_existing_file_alone(void **state)
{
	struct scratch s;
	char text[8] = "";
	FILE *f;

	(void)state;
	scratch_only_sqlite();
	scratch_init(&s);
	write_file(s.file, "mine");
	assert_int_equal(store_create(s.url), ERR_CONFLICT);
	f = fopen(s.file, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	fclose(f);
	assert_string_equal(text, "mine");
	scratch_release(&s);
}

static void
create_leaves_a_store_alone(void **state)
{
	struct scratch s;

	(void)state;
	scratch_open(&s);
	assert_int_equal(store_create(s.url), ERR_CONFLICT);
	assert_int_equal(try_open(&s), ERR_NONE);
	scratch_release(&s);
}

static void
create_leaves_a_foreign_database_alone(void **state)
{
	struct scratch s;

	(void)state;
	scratch_only_postgresql();
	scratch_empty(&s);
	scratch_sql(&s, "CREATE TABLE recipe (name TEXT)");
	assert_int_equal(store_create(s.url), ERR_CONFIG);
	assert_int_equal(relations(&s), 1);
	scratch_release(&s);
}

static void
create_that_fails_leaves_nothing(void **state)
{
	struct rlimit old, small;
	struct scratch s;

	(void)state;
	scratch_only_sqlite();
	scratch_init(&s);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 40000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_not_equal(store_create(s.url), ERR_NONE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	/* Were anything left, the directory could not be removed. */
	assert_int_equal(rmdir(s.dir), 0);
}

static void
create_needs_a_directory_or_a_database(void **state)
{
	struct scratch s;

	(void)state;
	scratch_init(&s);
	assert_int_equal(rmdir(s.dir), 0);
	assert_int_equal(store_create(s.url), ERR_NOT_FOUND);
	assert_int_equal(try_open(&s), ERR_NOT_FOUND);
}

static void
open_refuses_what_is_no_store(void **state)
{
	static const char *const bad[] = {"", "portal.db", "sqlite:portal.db",
	    "sqlite:", "sqlite:/", "sqlite:/tmp/", "mysql:/tmp/x"};
	struct store *st = NULL;
	struct scratch s;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(store_open(&st, bad[i], NULL), ERR_CONFIG);
		assert_null(st);
	}
	scratch_empty(&s);
	scratch_sql(&s, "CREATE TABLE recipe (name TEXT)");
	assert_int_equal(try_open(&s), ERR_CONFIG);
	scratch_release(&s);
}

static void
open_refuses_a_file_that_is_no_store(void **state)
{
	struct scratch s;

	(void)state;
	scratch_only_sqlite();
	scratch_init(&s);
	assert_int_equal(try_open(&s), ERR_NOT_FOUND);
	write_file(s.file, "This is a letter and not a database at all.\n"
			   "It is longer than the head of one, too: twice.\n");
	assert_int_equal(try_open(&s), ERR_CONFIG);
	scratch_release(&s);
}

static void
open_does_not_follow_a_link(void **state)
{
	struct scratch s;
	char moved[128];

	(void)state;
	scratch_only_sqlite();
	scratch_open(&s);
	store_close(s.st);
	s.st = NULL;
	snprintf(moved, sizeof(moved), "%s.moved", s.file);
	assert_int_equal(rename(s.file, moved), 0);
	assert_int_equal(symlink(moved, s.file), 0);
	assert_int_equal(try_open(&s), ERR_CONFIG);
	scratch_release(&s);
}

static void
open_refuses_another_version(void **state)
{
	struct scratch s;
	int from = -1, to = -1;

	(void)state;
	scratch_open(&s);
	scratch_sql(&s, "INSERT INTO schema_version VALUES (9999, 1)");
	assert_int_equal(try_open(&s), ERR_VERSION);
	assert_int_equal(store_migrate(s.url, &from, &to), ERR_VERSION);
	assert_int_equal(from, -1);
	scratch_sql(&s, "DELETE FROM schema_version WHERE version = 9999");
	assert_int_equal(try_open(&s), ERR_NONE);
	scratch_sql(&s, "DELETE FROM schema_version WHERE version = "
			"(SELECT MAX(version) FROM schema_version)");
	assert_int_equal(try_open(&s), ERR_VERSION);
	scratch_release(&s);
}

static void
migrate_fills_an_empty_store(void **state)
{
	struct scratch s;
	int from = -1, to = -1;

	(void)state;
	scratch_empty(&s);
	assert_int_equal(try_open(&s), ERR_VERSION);
	assert_int_equal(store_migrate(s.url, &from, &to), ERR_NONE);
	assert_int_equal(from, 0);
	assert_int_equal(to, schema_count);
	assert_int_equal(try_open(&s), ERR_NONE);
	assert_int_equal(store_migrate(s.url, &from, &to), ERR_NONE);
	assert_int_equal(from, schema_count);
	assert_int_equal(to, schema_count);
	scratch_release(&s);
}

static void
migration_that_fails_changes_nothing(void **state)
{
	struct scratch s;
	int64_t tables;
	int from, to;

	(void)state;
	scratch_empty(&s);
	/* Takes the name of a late table, so that much is done by then. */
	scratch_sql(&s, "CREATE VIEW paper AS SELECT 1");
	tables = relations(&s);
	assert_int_not_equal(store_migrate(s.url, &from, &to), ERR_NONE);
	assert_int_equal(relations(&s), tables);
	scratch_release(&s);
}

static void
migrate_leaves_what_is_foreign_alone(void **state)
{
	struct scratch s;
	int from, to;

	(void)state;
	scratch_init(&s);
	assert_int_equal(store_migrate(s.url, &from, &to), ERR_NOT_FOUND);
	scratch_release(&s);
	scratch_empty(&s);
	scratch_sql(&s, "CREATE TABLE recipe (name TEXT)");
	assert_int_equal(store_migrate(s.url, &from, &to), ERR_CONFIG);
	assert_int_equal(relations(&s), 1);
	scratch_release(&s);
}

static void
schema_numbers_count_up_from_one(void **state)
{
	(void)state;
	assert_true(schema_count >= 1);
	for (int i = 0; i < schema_count; i++)
		assert_int_equal(schema_table[i].number, i + 1);
}

static void
every_table_of_customers_carries_tenant_and_customer(void **state)
{
	struct scratch s;

	(void)state;
	scratch_only_sqlite(); /* whose catalogue is easy to ask */
	scratch_open(&s);
	/* Whoever refers to a customer refers to it with its tenant. */
	assert_int_equal(
	    scratch_int(&s,
		"SELECT COUNT(*) FROM sqlite_schema t, "
		"pragma_foreign_key_list(t.name) f "
		"WHERE t.type = 'table' AND f.\"table\" = 'customer' "
		"AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(t.name)"
		" g WHERE g.id = f.id AND g.\"from\" = 'tenant')"),
	    0);
	/* Whoever has a customer column has one that refers to somebody. */
	assert_int_equal(
	    scratch_int(&s,
		"SELECT COUNT(*) FROM sqlite_schema t, "
		"pragma_table_info(t.name) c "
		"WHERE t.type = 'table' AND c.name = 'customer' "
		"AND t.name <> 'audit' "
		"AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(t.name)"
		" g WHERE g.\"from\" = 'customer')"),
	    0);
	scratch_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(create_makes_a_store_that_opens),
	    cmocka_unit_test(create_gives_the_group_access_whatever_the_umask),
	    cmocka_unit_test(create_leaves_an_existing_file_alone),
	    cmocka_unit_test(create_leaves_a_store_alone),
	    cmocka_unit_test(create_leaves_a_foreign_database_alone),
	    cmocka_unit_test(create_that_fails_leaves_nothing),
	    cmocka_unit_test(create_needs_a_directory_or_a_database),
	    cmocka_unit_test(open_refuses_what_is_no_store),
	    cmocka_unit_test(open_refuses_a_file_that_is_no_store),
	    cmocka_unit_test(open_does_not_follow_a_link),
	    cmocka_unit_test(open_refuses_another_version),
	    cmocka_unit_test(migrate_fills_an_empty_store),
	    cmocka_unit_test(migration_that_fails_changes_nothing),
	    cmocka_unit_test(migrate_leaves_what_is_foreign_alone),
	    cmocka_unit_test(schema_numbers_count_up_from_one),
	    cmocka_unit_test(
		every_table_of_customers_carries_tenant_and_customer),
	};

	log_open("test_migrate", LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

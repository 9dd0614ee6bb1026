/*
 * The postgresql engine between machines: notices, and a database that goes
 * away and comes back.  Runs in the source's root (tests/postgresql.sh).
 */
#include <libpq-fe.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "data/job.h"
#include "data/migrate.h"
#include "tests/data/people.h"

enum { PATIENCE_MS = 20000 };

static struct store *
open_as(const char *url, struct identity id)
{
	struct store *st = NULL;

	assert_int_equal(store_open(&st, url, NULL), ERR_NONE);
	store_become(st, &id);
	return st;
}

static int
setup(void **state)
{
	struct identity id = person(ANNA, ROLE_SYSTEM);
	struct scratch *s;

	scratch_setup(state);
	s = *state;
	people_insert(s);
	store_become(s->st, &id);
	return 0;
}

static struct store *
store_of(void **state)
{
	return ((struct scratch *)*state)->st;
}

static struct store *
listener(void **state, uint64_t front)
{
	const struct scratch *s = *state;
	struct store *st = open_as(s->url, person(ANNA, ROLE_SYSTEM));

	store_set_front(st, front);
	assert_int_equal(store_listen(st), ERR_NONE);
	return st;
}

static int64_t
settings(const struct scratch *s)
{
	return scratch_int(s, "SELECT COUNT(*) FROM setting");
}

/* Notices. */

/* Waits for the next one. */
static struct notification
hear(struct store *st)
{
	struct pollfd p = {.fd = store_fd(st), .events = POLLIN};
	struct notification n;
	bool got = false;

	for (;;) {
		assert_int_equal(store_hear(st, &n, &got), ERR_NONE);
		if (got)
			return n;
		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	}
}

static void
change(struct store *st, int64_t customer, unsigned topics)
{
	assert_int_equal(store_begin(st), ERR_NONE);
	store_changed(st, customer, topics);
	assert_int_equal(store_commit(st), ERR_NONE);
}

static void
check_change(struct notification n, int64_t customer, unsigned topics)
{
	assert_int_equal(n.type, NOTIFY_CHANGED);
	assert_int_equal(n.tenant, 1);
	assert_int_equal(n.customer, customer);
	assert_int_equal(n.topics, topics);
}

static void
others_hear_what_a_commit_changed(void **state)
{
	struct store *st = store_of(state), *ear = listener(state, 7);
	struct notification n;

	assert_true(store_announces(st));
	assert_int_equal(store_begin(st), ERR_NONE);
	store_changed(st, BERT, TOPIC_NEWS);
	store_rollback(st);
	assert_int_equal(store_begin(st), ERR_NONE);
	store_changed(st, ANNA, TOPIC_BILLING);
	store_changed(st, BERT, TOPIC_TICKETS);
	store_changed(st, JOB_RING, TOPIC_JOBS);
	assert_int_equal(store_tell_disabled(st, ANNA), ERR_NONE);
	assert_int_equal(store_commit(st), ERR_NONE);
	n = hear(ear);
	assert_int_equal(n.type, NOTIFY_DISABLED);
	assert_int_equal(n.login, ANNA);
	check_change(hear(ear), ANNA, TOPIC_BILLING);
	check_change(hear(ear), BERT, TOPIC_TICKETS);
	check_change(hear(ear), JOB_RING, TOPIC_JOBS);
	/* outside of a transaction: at once */
	assert_int_equal(store_tell_disabled(st, BERT), ERR_NONE);
	assert_int_equal(hear(ear).login, BERT);
	store_changed(st, 0, TOPIC_ACCOUNT);
	check_change(hear(ear), 0, TOPIC_ACCOUNT);
	store_close(ear);
}

static void
nobody_hears_notices_of_their_own_front(void **state)
{
	struct store *a = listener(state, 1), *b = listener(state, 2);
	struct store *all = listener(state, 0);

	change(a, ANNA, TOPIC_BILLING);
	change(b, BERT, TOPIC_BILLING);
	change(store_of(state), CARO, TOPIC_BILLING);
	check_change(hear(a), BERT, TOPIC_BILLING);
	check_change(hear(a), CARO, TOPIC_BILLING);
	check_change(hear(b), ANNA, TOPIC_BILLING);
	check_change(hear(b), CARO, TOPIC_BILLING);
	check_change(hear(all), ANNA, TOPIC_BILLING);
	check_change(hear(all), BERT, TOPIC_BILLING);
	check_change(hear(all), CARO, TOPIC_BILLING);
	store_close(a);
	store_close(b);
	store_close(all);
}

static void
notices_that_come_among_rows_are_not_lost(void **state)
{
	struct store *ear = listener(state, 0);
	struct query q;
	int n = 0;

	people_news(*state, 200);
	q = query_begin(ear, SQL_NEWS_LIST);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, 1000);
	while (query_row(&q))
		if (n++ == 0)
			change(store_of(state), ANNA, TOPIC_NEWS);
	assert_int_equal(query_end(&q), ERR_NONE);
	assert_int_equal(n, 200);
	check_change(hear(ear), ANNA, TOPIC_NEWS);
	store_close(ear);
}

static void
foreign_notices_are_passed_over(void **state)
{
	static const char *const foreign[] = {"", "x", "1 c 1", "1 c 1 b 2 x",
	    "1 c 1 ffffffffffffffff 1", "1 d", "1 e 1", "zz c 1 1 1",
	    "1 c 1 1 1\n1 c 1 1 1"};
	struct store *ear = listener(state, 0);
	char sql[128];

	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++) {
		snprintf(sql, sizeof(sql), "NOTIFY portal, '%s'", foreign[i]);
		scratch_sql(*state, sql);
	}
	change(store_of(state), ANNA, TOPIC_NEWS);
	check_change(hear(ear), ANNA, TOPIC_NEWS);
	store_close(ear);
}

/* A connection that ends. */

static void
terminate_others(const struct scratch *s)
{
	scratch_int(s, "SELECT COUNT(pg_terminate_backend(pid)) FROM "
		       "pg_stat_activity WHERE datname = current_database() "
		       "AND pid <> pg_backend_pid()");
	while (scratch_int(s, "SELECT COUNT(*) FROM pg_stat_activity WHERE "
			      "datname = current_database() "
			      "AND pid <> pg_backend_pid()") > 0)
		;
}

static void
lost_connection_is_away_until_it_is_opened_again(void **state)
{
	struct store *st = store_of(state);
	bool got;
	struct notification n;

	assert_int_equal(store_listen(st), ERR_NONE);
	assert_false(store_away(st));
	terminate_others(*state);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_UNSURE);
	assert_true(store_away(st));
	assert_int_equal(store_fd(st), -1);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_AWAY);
	assert_int_not_equal(store_begin(st) == ERR_NONE
				 ? people_set(st, "tabs", "x")
				 : ERR_AWAY,
	    ERR_NONE);
	store_rollback(st);
	assert_int_equal(store_hear(st, &n, &got), ERR_AWAY);
	assert_int_equal(store_reopen(st), ERR_NONE);
	assert_false(store_away(st));
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
	/* and it listens again */
	assert_int_equal(store_tell_disabled(st, 5), ERR_NONE);
	assert_int_equal(hear(st).login, 5);
}

static void
transaction_of_a_lost_connection_changes_nothing(void **state)
{
	struct store *st = store_of(state);
	enum err err;

	assert_int_equal(store_begin(st), ERR_NONE);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
	terminate_others(*state);
	assert_int_equal(people_set(st, "blocks", "x"), ERR_AWAY);
	assert_int_equal(store_commit(st), ERR_AWAY);
	assert_false(store_in_transaction(st));
	assert_int_equal(settings(*state), 0);
	assert_int_equal(store_reopen(st), ERR_NONE);
	/* lost at the commit itself, nobody can know */
	assert_int_equal(store_begin(st), ERR_NONE);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
	terminate_others(*state);
	err = store_commit(st);
	assert_true(err == ERR_UNSURE || err == ERR_AWAY);
	assert_false(store_in_transaction(st));
	assert_false(store_again(st));
	assert_true(store_away(st));
	assert_int_equal(settings(*state), 0);
	assert_int_equal(store_reopen(st), ERR_NONE);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
	assert_int_equal(settings(*state), 1);
}

static void
connection_lost_among_rows_is_an_error_of_the_query(void **state)
{
	struct store *st = store_of(state);
	struct query q;
	int n = 0;

	people_news(*state, 8000);
	q = query_begin(st, SQL_NEWS_LIST);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, INT64_MAX);
	query_bind_int(&q, 100000);
	while (query_row(&q))
		if (n++ == 10)
			terminate_others(*state);
	assert_int_equal(query_end(&q), ERR_AWAY);
	assert_in_range(n, 11, 7999);
	assert_int_equal(store_reopen(st), ERR_NONE);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
}

static void
patience_with_a_silent_server_ends(void **state)
{
	const struct scratch *s = *state;
	struct store *st = store_of(state);
	PGconn *lock = PQconnectdb(s->url);
	int64_t begun = clock_mono_ms();

	PQclear(PQexec(lock, "BEGIN"));
	PQclear(PQexec(lock, "LOCK TABLE setting IN ACCESS EXCLUSIVE MODE"));
	store_patience(st, 200);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_UNSURE);
	assert_true(clock_mono_ms() - begun >= 200);
	assert_true(store_away(st));
	PQfinish(lock);
	store_patience(st, 0);
	assert_int_equal(store_reopen(st), ERR_NONE);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_NONE);
}

/* A server that goes, on a port of its own. */

struct server {
	char dir[64], url[256], store[256];
};

static void
command(struct server *v, const char *what, char *out, size_t size)
{
	char line[256];
	FILE *f;

	snprintf(
	    line, sizeof(line), "sh tests/postgresql.sh %s %s", what, v->dir);
	assert_non_null(f = popen(line, "r"));
	if (fgets(out, (int)size, f) == NULL)
		out[0] = '\0';
	assert_int_equal(pclose(f), 0);
	out[strcspn(out, "\n")] = '\0';
}

static int
server_setup(void **state)
{
	struct server *v = calloc(1, sizeof(*v));
	PGconn *conn;

	assert_non_null(v);
	strcpy(v->dir, "/tmp/portal-server-XXXXXX");
	assert_non_null(mkdtemp(v->dir));
	command(v, "start", v->url, sizeof(v->url));
	conn = PQconnectdb(v->url);
	PQclear(PQexec(conn, "CREATE DATABASE shop"));
	PQfinish(conn);
	snprintf(v->store, sizeof(v->store), "%.*s/shop",
	    (int)(strrchr(v->url, '/') - v->url), v->url);
	assert_int_equal(store_create(v->store), ERR_NONE);
	*state = v;
	return 0;
}

static int
server_teardown(void **state)
{
	struct server *v = *state;
	char line[128];

	command(v, "stop", line, sizeof(line));
	snprintf(line, sizeof(line), "rm -rf %s", v->dir);
	assert_int_equal(system(line), 0);
	free(v);
	return 0;
}

static enum err
versions(struct store *st)
{
	struct query q = query_begin(st, SQL_SCHEMA_VERSION);

	return query_run(&q, NULL);
}

static void
server_that_is_down_is_away_and_comes_back(void **state)
{
	struct server *v = *state;
	struct store *st = NULL, *late = NULL;
	char line[64];

	assert_int_equal(store_open(&st, v->store, NULL), ERR_NONE);
	assert_int_equal(versions(st), ERR_NONE);
	command(v, "down", line, sizeof(line));
	assert_int_equal(versions(st), ERR_AWAY);
	assert_int_equal(store_reopen(st), ERR_AWAY);
	assert_int_equal(store_reopen(st), ERR_AWAY);
	assert_true(store_away(st));
	assert_int_equal(store_open(&late, v->store, NULL), ERR_AWAY);
	assert_null(late);
	command(v, "up", line, sizeof(line));
	assert_int_equal(store_reopen(st), ERR_NONE);
	assert_int_equal(versions(st), ERR_NONE);
	store_close(st);
}

static void
store_that_was_upgraded_meanwhile_is_of_another_version(void **state)
{
	struct scratch *s = *state;
	struct store *st = store_of(state);

	scratch_sql(s, "INSERT INTO schema_version VALUES (9999, 1)");
	terminate_others(s);
	assert_int_equal(people_set(st, "tabs", "x"), ERR_UNSURE);
	assert_int_equal(store_reopen(st), ERR_VERSION);
	assert_true(store_away(st));
}

static void
server_that_refuses_is_a_matter_of_configuration(void **state)
{
	const struct scratch *s = *state;
	struct store *st = NULL;
	const char *host = strchr(s->url, '@');
	char url[300];

	snprintf(url, sizeof(url), "postgresql://portal:wrong%s", host);
	assert_int_equal(store_open(&st, url, NULL), ERR_CONFIG);
	snprintf(url, sizeof(url), "postgresql://nobody:portal%s", host);
	assert_int_equal(store_open(&st, url, NULL), ERR_CONFIG);
	assert_null(st);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(others_hear_what_a_commit_changed),
	    T(nobody_hears_notices_of_their_own_front),
	    T(notices_that_come_among_rows_are_not_lost),
	    T(foreign_notices_are_passed_over),
	    T(lost_connection_is_away_until_it_is_opened_again),
	    T(transaction_of_a_lost_connection_changes_nothing),
	    T(connection_lost_among_rows_is_an_error_of_the_query),
	    T(patience_with_a_silent_server_ends),
	    cmocka_unit_test_setup_teardown(
		server_that_is_down_is_away_and_comes_back, server_setup,
		server_teardown),
	    T(store_that_was_upgraded_meanwhile_is_of_another_version),
	    T(server_that_refuses_is_a_matter_of_configuration),
	};
	const struct CMUnitTest elsewhere[] = {
	    cmocka_unit_test(scratch_other_engine),
	};

	log_open("test_postgresql_away", LOG_LVL_ERROR);
	return scratch_on_postgresql()
		   ? cmocka_run_group_tests(tests, NULL, NULL)
		   : cmocka_run_group_tests(elsewhere, NULL, NULL);
}

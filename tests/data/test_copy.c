/*
 * Copying stores, from every engine to every engine: nothing is lost, nothing
 * is changed, nothing stays half done.
 */
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "data/copy.h"
#include "data/migrate.h"
#include "tests/data/fixture.h"

enum { MANY = 2500, PROOFS = 64 };

/* From one engine to another; PostgreSQL only where there is a server. */
struct way {
	bool from_postgresql, to_postgresql;
};

static char *server; /* PORTAL_TEST_STORE as it was */

struct pair {
	struct way way;
	struct scratch from; /* like the fixture's */
	struct scratch to;   /* a store without rows */
};

static struct fixture fixtures[2]; /* by engine, from first use on */

/* The engine that scratch stores are made on from now on. */
static void
on(bool postgresql)
{
	if (postgresql)
		setenv("PORTAL_TEST_STORE", server, 1);
	else
		unsetenv("PORTAL_TEST_STORE");
}

static void
from_sql(const struct pair *p, const char *sql)
{
	on(p->way.from_postgresql);
	scratch_sql(&p->from, sql);
}

static void
to_sql(const struct pair *p, const char *sql)
{
	on(p->way.to_postgresql);
	scratch_sql(&p->to, sql);
}

static int64_t
from_int(const struct pair *p, const char *sql)
{
	on(p->way.from_postgresql);
	return scratch_int(&p->from, sql);
}

static int64_t
to_int(const struct pair *p, const char *sql)
{
	on(p->way.to_postgresql);
	return scratch_int(&p->to, sql);
}

/* The same tables in both, beside the portal's own. */
static void
both_sql(const struct pair *p, const char *sql)
{
	from_sql(p, sql);
	to_sql(p, sql);
}

static int
pair_setup(void **state)
{
	struct way *way = *state;
	struct pair *p = calloc(1, sizeof(*p));
	struct fixture *fixture;

	assert_non_null(p);
	p->way = *way;
	*state = p;
	if (server == NULL && (way->from_postgresql || way->to_postgresql))
		return 0; /* needs_server() skips it */
	on(way->from_postgresql);
	fixture = &fixtures[way->from_postgresql];
	if (fixture->scratch.dir[0] == '\0') {
		fixture_open(fixture);
		scratch_shut(&fixture->scratch);
	}
	scratch_copy(&fixture->scratch, &p->from);
	on(way->to_postgresql);
	scratch_open(&p->to);
	scratch_shut(&p->to);
	return 0;
}

static int
pair_teardown(void **state)
{
	struct pair *p = *state;

	if (p->to.dir[0] != '\0') {
		on(p->way.to_postgresql);
		scratch_release(&p->to);
		on(p->way.from_postgresql);
		scratch_release(&p->from);
	}
	free(p);
	return 0;
}

static struct pair *
needs_server(void **state)
{
	struct pair *p = *state;

	if (p->to.dir[0] == '\0')
		skip();
	return p;
}

/* What was said to be the same. */
struct proofs {
	struct {
		char table[COPY_NAME];
		int64_t rows;
		unsigned char sum[COPY_SUM];
	} of[PROOFS];
	size_t n;
};

static void
on_proven(void *arg, const struct copy_proof *proof)
{
	struct proofs *p = arg;

	assert_true(p->n < PROOFS);
	strcpy(p->of[p->n].table, proof->table);
	p->of[p->n].rows = proof->rows;
	memcpy(p->of[p->n++].sum, proof->sum, COPY_SUM);
}

static enum err
copy_urls(const char *from, const char *to, struct copy_problem *problem,
    struct proofs *proofs)
{
	struct proofs own;
	struct copy_watch watch = {
	    .proven = on_proven, .arg = proofs != NULL ? proofs : &own};

	memset(watch.arg, 0, sizeof(own));
	memset(problem, 0, sizeof(*problem));
	return store_copy(from, to, &watch, problem);
}

static enum err
copy_pair(const struct pair *p, struct copy_problem *problem)
{
	return copy_urls(p->from.url, p->to.url, problem, NULL);
}

static void
assert_copied(const struct pair *p)
{
	struct copy_problem problem;

	assert_int_equal(copy_pair(p, &problem), ERR_NONE);
}

static void
assert_refused(const struct pair *p, enum err err, enum copy_problem_type type,
    const char *table)
{
	struct copy_problem problem;

	assert_int_equal(copy_pair(p, &problem), err);
	assert_int_equal(problem.type, type);
	assert_string_equal(problem.table, table);
}

/* What both engines say about a query, byte by byte. */

static void
add_cell(void *arg, const void *p, size_t n)
{
	struct buf *b = arg;

	buf_put_u8(b, p != NULL);
	buf_put_blob(b, p != NULL ? p : "", n);
}

static void
look(bool postgresql, struct scratch *s, const char *sql, struct buf *out)
{
	buf_init(out, 16 * 1024 * 1024);
	on(postgresql);
	scratch_reopen(s);
	scratch_look(s->st, sql, add_cell, out);
	scratch_shut(s);
	assert_int_equal(out->err, ERR_NONE);
}

/* The columns, and one of bytes or NULL. */
static void
assert_same_cells(struct pair *p, const char *table, const char *columns,
    const char *bytes, const char *order)
{
	struct buf cells[2];
	char sql[512];

	for (int i = 0; i < 2; i++) {
		bool postgresql =
		    i == 0 ? p->way.from_postgresql : p->way.to_postgresql;

		snprintf(sql, sizeof(sql),
		    postgresql
			? "SELECT %s, COALESCE(encode(%s, 'hex'), '') "
			  "FROM %s ORDER BY %s"
			: "SELECT %s, lower(hex(%s)) FROM %s ORDER BY %s",
		    columns, bytes != NULL ? bytes : "NULL", table, order);
		look(postgresql, i == 0 ? &p->from : &p->to, sql, &cells[i]);
	}
	assert_true(cells[0].len > 0);
	assert_int_equal(cells[0].len, cells[1].len);
	assert_memory_equal(cells[0].data, cells[1].data, cells[0].len);
	buf_release(&cells[0]);
	buf_release(&cells[1]);
}

static void
add_hex(
    const struct pair *p, struct buf *sql, const unsigned char *bytes, size_t n)
{
	buf_adds(sql, p->way.from_postgresql ? "'\\x" : "x'");
	for (size_t i = 0; i < n; i++)
		buf_addf(sql, "%02x", bytes[i]);
	buf_addc(sql, '\'');
}

/* A row of probe with these bytes. */
static void
add_bytes(
    const struct pair *p, int64_t id, const unsigned char *bytes, size_t n)
{
	struct buf sql;

	buf_init(&sql, 1024 * 1024);
	buf_addf(
	    &sql, "INSERT INTO probe (id, b) VALUES (%lld, ", (long long)id);
	add_hex(p, &sql, bytes, n);
	buf_addc(&sql, ')');
	from_sql(p, buf_str(&sql));
	buf_release(&sql);
}

#define PROBE                                                                  \
	"CREATE TABLE probe (id {INT} NOT NULL PRIMARY KEY, "                  \
	"i {INT}, t {TEXT}, b {BYTES}) {STRICT}"

static void
every_value_arrives_as_it_was(void **state)
{
	struct pair *p = needs_server(state);
	unsigned char chunk[STORE_CHUNK];

	both_sql(p, PROBE);
	from_sql(p, "INSERT INTO probe (id, i, t) VALUES "
		    "(-9223372036854775807 - 1, -9223372036854775807 - 1, ''), "
		    "(9223372036854775807, 9223372036854775807, NULL), "
		    "(-1, -1, 'a\tb\nc\\d\"e''f, \\N'), (0, 0, 'NULL'), "
		    "(1, 1, 'Zoë Łukasik 東京 👩‍👩‍👧 "
		    "\xf4\x8f\xbf\xbf'), "
		    "(2, NULL, NULL), (3, 256, ' ')");
	for (size_t i = 0; i < sizeof(chunk); i++)
		chunk[i] = (unsigned char)(i * 7 >> 3);
	chunk[0] = chunk[1] = chunk[sizeof(chunk) - 1] = '\0';
	add_bytes(p, 10, chunk, sizeof(chunk));
	add_bytes(p, 11, chunk, 1); /* one NUL */
	add_bytes(p, 12, chunk, 0); /* not NULL */
	assert_copied(p);
	assert_same_cells(p, "probe", "id, i, t", "b", "id");
	assert_int_equal(
	    to_int(p, "SELECT COUNT(*) FROM probe WHERE b IS NULL"), 7);
	assert_int_equal(
	    to_int(p, "SELECT COUNT(*) FROM probe WHERE t = ''"), 1);
	assert_int_equal(to_int(p, "SELECT length(b) FROM probe WHERE id = 10"),
	    STORE_CHUNK);
}

static void
a_portals_own_tables_arrive(void **state)
{
	static const char *const tables[] = {"tenant", "customer", "login",
	    "invoice", "invoice_line", "payment", "allocation", "ledger",
	    "ticket_message"};
	struct pair *p = needs_server(state);
	char sql[64];

	assert_copied(p);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		snprintf(
		    sql, sizeof(sql), "SELECT COUNT(*) FROM %s", tables[i]);
		assert_true(to_int(p, sql) > 0);
		assert_int_equal(to_int(p, sql), from_int(p, sql));
	}
	assert_same_cells(
	    p, "login", "tenant, customer, email, password", NULL, "id");
	assert_same_cells(
	    p, "login_key", "tenant, customer, fingerprint", "blob", "id");
	assert_same_cells(p, "paper_chunk", "tenant, customer, paper, seq",
	    "bytes", "paper, seq");
	/* and it is a store that opens */
	on(p->way.to_postgresql);
	scratch_reopen(&p->to);
}

/* A checksum must not depend on where it was made. */
static void
there_and_back_the_checksums_are_the_same(void **state)
{
	struct pair *p = needs_server(state);
	struct proofs there, back;
	struct copy_problem problem;
	struct scratch home;

	both_sql(p, PROBE);
	from_sql(p, "INSERT INTO probe (id, i, t) VALUES (1, NULL, 'ä'), "
		    "(2, 5, NULL), (-3, 0, '')");
	assert_int_equal(
	    copy_urls(p->from.url, p->to.url, &problem, &there), ERR_NONE);
	on(p->way.from_postgresql);
	scratch_open(&home);
	scratch_shut(&home);
	scratch_sql(&home, PROBE);
	assert_int_equal(
	    copy_urls(p->to.url, home.url, &problem, &back), ERR_NONE);
	on(p->way.from_postgresql);
	scratch_release(&home);
	assert_true(there.n > 20);
	assert_int_equal(there.n, back.n);
	assert_memory_equal(&there, &back, sizeof(there));
}

/* In English "a" is before "B" and "-" is nothing; here bytes count, whatever
 * the columns say. */
static void
text_keys_are_in_the_order_of_their_bytes(void **state)
{
	struct pair *p = needs_server(state);

	both_sql(p, "CREATE TABLE words (k TEXT NOT NULL PRIMARY KEY)");
	both_sql(p, "CREATE TABLE heap (a {INT}, t TEXT)");
	from_sql(p, "INSERT INTO words (k) VALUES ('a'), ('B'), ('ä'), ('Z'), "
		    "('z'), ('é'), ('e'), ('-a'), ('_'), ('a b'), ('ab'), "
		    "('東'), (''), ('Ab'), ('aB'), ('A')");
	/* no key, doubles, and NULLs */
	from_sql(p, "INSERT INTO heap (a, t) VALUES (2, 'b'), (2, 'B'), "
		    "(1, NULL), (NULL, 'x'), (NULL, NULL), (2, 'b'), (2, 'a')");
	assert_copied(p);
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM words"), 16);
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM heap"), 7);
	assert_int_equal(
	    to_int(p, "SELECT COUNT(*) FROM heap WHERE a = 2 AND t = 'b'"), 2);
}

static void
parents_come_before_their_children(void **state)
{
	struct pair *p = needs_server(state);

	both_sql(p, "CREATE TABLE zz_parent (id {INT} NOT NULL PRIMARY KEY)");
	both_sql(p, "CREATE TABLE aa_child (id {INT} NOT NULL PRIMARY KEY, "
		    "up {INT} REFERENCES zz_parent (id))");
	/* and rows of a table that refers to itself, in any order */
	both_sql(p, "CREATE TABLE tree (id {INT} NOT NULL PRIMARY KEY, "
		    "up {INT} REFERENCES tree (id))");
	from_sql(p, "INSERT INTO zz_parent VALUES (1), (2)");
	from_sql(p, "INSERT INTO aa_child VALUES (1, 2), (2, NULL), (3, 1)");
	from_sql(p, "INSERT INTO tree VALUES (2, NULL), (3, 2)");
	from_sql(p, "INSERT INTO tree VALUES (1, 3)");
	assert_copied(p);
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM aa_child"), 3);
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM tree"), 3);
}

#define ADD_NEWS                                                               \
	"INSERT INTO news (tenant, at, title, body) "                          \
	"SELECT MIN(id), 1, 't', 'b' FROM tenant"

static void
an_id_that_was_handed_out_is_never_again(void **state)
{
	struct pair *p = needs_server(state);
	int64_t last;

	from_sql(p, ADD_NEWS);
	from_sql(p, ADD_NEWS);
	last = from_int(p, "SELECT MAX(id) FROM news");
	from_sql(p, "DELETE FROM news");
	assert_copied(p);
	to_sql(p, ADD_NEWS);
	assert_int_equal(to_int(p, "SELECT MAX(id) FROM news"), last + 1);
	/* where rows are never deleted, after those that are there */
	last = from_int(p, "SELECT MAX(id) FROM invoice");
	to_sql(p,
	    "INSERT INTO invoice (tenant, customer, state, issued_on, "
	    "issued_at, due_on, supply_from, supply_to, currency, net, tax, "
	    "total, seller, buyer) SELECT tenant, customer, 'draft', 1, 1, 1, "
	    "1, 1, 'EUR', 1, 1, 1, seller, buyer FROM invoice "
	    "WHERE number IS NOT NULL LIMIT 1");
	assert_int_equal(to_int(p, "SELECT MAX(id) FROM invoice"), last + 1);
}

static void
assert_no_rows(const struct pair *p)
{
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM tenant"), 0);
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM ledger"), 0);
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM probe"), 0);
}

/* A trigger that does this to a row of probe with 7 in it as it arrives. */
static void
put_trigger(const struct pair *p, const char *sqlite, const char *postgresql)
{
	char sql[512];

	if (!p->way.to_postgresql) {
		snprintf(sql, sizeof(sql),
		    "CREATE TRIGGER spoil %s ON probe WHEN NEW.i = 7 "
		    "BEGIN %s; END",
		    strncmp(sqlite, "SELECT", 6) == 0 ? "BEFORE INSERT"
						      : "AFTER INSERT",
		    sqlite);
		to_sql(p, sql);
		return;
	}
	snprintf(sql, sizeof(sql),
	    "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
	    "$$ BEGIN IF NEW.i = 7 THEN %s; END IF; RETURN NEW; END $$",
	    postgresql);
	to_sql(p, sql);
	to_sql(p, "CREATE TRIGGER spoil BEFORE INSERT ON probe "
		  "FOR EACH ROW EXECUTE FUNCTION spoil()");
}

static void
fill_probe(const struct pair *p)
{
	char sql[256];

	both_sql(p, PROBE);
	snprintf(sql, sizeof(sql),
	    "INSERT INTO probe (id, i, t) "
	    "WITH RECURSIVE n (x) AS (SELECT CAST(1 AS {INT}) UNION ALL "
	    "SELECT x + 1 FROM n WHERE x < %d) "
	    "SELECT x, x, 'some text' FROM n",
	    MANY);
	from_sql(p, sql);
}

static void
a_changed_row_is_found_and_nothing_stays(void **state)
{
	struct pair *p = needs_server(state);

	fill_probe(p);
	put_trigger(p, "UPDATE probe SET t = 'some texT' WHERE id = NEW.id",
	    "NEW.t := 'some texT'");
	assert_refused(p, ERR_INTERNAL, COPY_DIFFERS, "probe");
	assert_no_rows(p);
}

static void
a_row_that_got_lost_is_found_and_nothing_stays(void **state)
{
	struct pair *p = needs_server(state);

	fill_probe(p);
	put_trigger(p, "SELECT RAISE(IGNORE)", "RETURN NULL");
	assert_refused(p, ERR_INTERNAL, COPY_DIFFERS, "probe");
	assert_no_rows(p);
}

static void
a_row_that_the_other_store_refuses_is_named(void **state)
{
	struct pair *p = needs_server(state);

	fill_probe(p);
	to_sql(p, "CREATE UNIQUE INDEX probe_t ON probe (t)");
	assert_refused(p, ERR_CONFLICT, COPY_WRITE, "probe");
	assert_no_rows(p);
}

/* PostgreSQL takes no NUL and nothing but UTF-8 in a text; sqlite does. */
static void
a_text_that_the_other_store_does_not_take_is_named(void **state)
{
	static const char *const bytes[] = {"410042", "41ff", "eda080"};
	struct pair *p = needs_server(state);
	char sql[128];

	both_sql(p, PROBE);
	for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
		from_sql(p, "DELETE FROM probe");
		snprintf(sql, sizeof(sql),
		    "INSERT INTO probe (id, t) VALUES (1, CAST(x'%s' AS TEXT))",
		    bytes[i]);
		from_sql(p, sql);
		assert_refused(p, ERR_BAD_INPUT, COPY_WRITE, "probe");
		assert_no_rows(p);
	}
}

/* Ends every other connection to the database, while probe is copied. */
static void
lose_server(void *arg, const char *table, enum copy_phase phase, int64_t rows,
    int64_t of)
{
	const struct pair *p = arg;

	if (phase != COPY_COPYING || strcmp(table, "probe") != 0 || rows == 0 ||
	    rows == of)
		return;
	(p->way.to_postgresql ? to_int : from_int)(p,
	    "SELECT COUNT(pg_terminate_backend(pid, 10000)) "
	    "FROM pg_stat_activity WHERE datname = current_database() "
	    "AND pid <> pg_backend_pid()");
}

static void
a_server_that_is_lost_leaves_nothing(void **state)
{
	struct pair *p = needs_server(state);
	const struct copy_watch watch = {.at = lose_server, .arg = p};
	struct copy_problem problem;

	fill_probe(p);
	assert_int_equal(
	    store_copy(p->from.url, p->to.url, &watch, &problem), ERR_AWAY);
	/* What is read may have been under way already. */
	if (p->way.from_postgresql)
		assert_int_equal(problem.type, COPY_READ);
	else
		assert_string_equal(problem.table, "probe");
	assert_no_rows(p);
	assert_copied(p);
}

/* Dies while probe is copied, while it is checked, or before the commit. */
struct death {
	int at; /* enum copy_phase, or 2 */
};

static void
die_at(void *arg, const char *table, enum copy_phase phase, int64_t rows,
    int64_t of)
{
	const struct death *d = arg;

	if ((int)phase == d->at && strcmp(table, "probe") == 0 && rows > 0 &&
	    rows < of)
		raise(SIGKILL);
}

static void
die_before_commit(void *arg)
{
	const struct death *d = arg;

	if (d->at == 2)
		raise(SIGKILL);
}

static void
copy_and_die(const struct pair *p, int at)
{
	struct death death = {at};
	const struct copy_watch watch = {
	    .at = die_at, .commits = die_before_commit, .arg = &death};
	struct copy_problem problem;
	pid_t pid;
	int status;

	if ((pid = fork()) == 0) {
		store_copy(p->from.url, p->to.url, &watch, &problem);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void
a_copy_that_was_cut_can_be_run_again(void **state)
{
	struct pair *p = needs_server(state);

	fill_probe(p);
	for (int at = 0; at <= 2; at++) {
		copy_and_die(p, at);
		assert_no_rows(p);
	}
	assert_copied(p);
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM probe"), MANY);
	assert_same_cells(p, "probe", "id, i, t", "b", "id");
}

static void
a_store_with_rows_is_refused_and_kept(void **state)
{
	struct pair *p = needs_server(state);
	struct copy_problem problem;

	to_sql(p, "INSERT INTO throttle (key, failures, last_at) "
		  "VALUES ('a', 1, 1), ('b', 1, 1)");
	assert_int_equal(copy_pair(p, &problem), ERR_CONFLICT);
	assert_int_equal(problem.type, COPY_NOT_EMPTY);
	assert_string_equal(problem.table, "throttle");
	assert_int_equal(problem.rows, 2);
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM throttle"), 2);
	assert_int_equal(to_int(p, "SELECT COUNT(*) FROM tenant"), 0);
	/* also a whole copy */
	to_sql(p, "DELETE FROM throttle");
	assert_copied(p);
	assert_int_equal(copy_pair(p, &problem), ERR_CONFLICT);
}

static void
one_store_is_not_copied_to_itself(void **state)
{
	struct pair *p = needs_server(state);
	struct copy_problem problem;

	assert_int_equal(
	    copy_urls(p->to.url, p->to.url, &problem, NULL), ERR_BAD_INPUT);
	assert_int_equal(problem.type, COPY_SAME);
}

static void
tables_that_differ_are_refused(void **state)
{
	struct pair *p = needs_server(state);

	to_sql(p, PROBE);
	assert_refused(p, ERR_CONFIG, COPY_SHAPE, "probe");
	from_sql(p, "CREATE TABLE probe (id {INT} NOT NULL PRIMARY KEY, "
		    "i {INT}, t {TEXT}, b {TEXT}) {STRICT}");
	assert_refused(p, ERR_CONFIG, COPY_SHAPE, "probe");
	from_sql(p, "DROP TABLE probe");
	from_sql(p, PROBE);
	assert_copied(p);
}

static void
stores_of_other_releases_are_refused(void **state)
{
	struct pair *p = needs_server(state);

	from_sql(p, "UPDATE schema_version SET version = version + 100");
	assert_refused(p, ERR_VERSION, COPY_FROM, "");
	from_sql(p, "UPDATE schema_version SET version = version - 100");
	to_sql(p, "UPDATE schema_version SET version = version + 100");
	assert_refused(p, ERR_VERSION, COPY_TO, "");
}

static void
the_other_store_is_made(void **state)
{
	struct pair *p = needs_server(state);

	on(p->way.to_postgresql);
	scratch_release(&p->to);
	if (p->way.to_postgresql)
		scratch_empty(&p->to);
	else
		scratch_init(&p->to);
	assert_copied(p);
	assert_same_cells(
	    p, "login_key", "tenant, customer, fingerprint", "blob", "id");
	/* and one that somebody had only begun to make */
	on(p->way.to_postgresql);
	scratch_release(&p->to);
	scratch_empty(&p->to);
	assert_copied(p);
}

static void
nothing_is_made_for_a_store_that_is_not_there(void **state)
{
	struct pair *p = needs_server(state);
	struct copy_problem problem;
	char url[128];

	on(p->way.to_postgresql);
	scratch_release(&p->to);
	scratch_init(&p->to);
	snprintf(url, sizeof(url), "sqlite:%s/none", p->to.dir);
	assert_int_equal(
	    copy_urls(url, p->to.url, &problem, NULL), ERR_NOT_FOUND);
	assert_int_equal(problem.type, COPY_FROM);
	if (!p->way.to_postgresql)
		assert_int_equal(access(p->to.file, F_OK), -1);
}

/* Nobody writes to the first store between its reading and the commit. */

static bool
sqlite_refuses(const char *file)
{
	sqlite3 *db;
	int rc;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 0);
	assert_int_equal(
	    sqlite3_exec(db, "SELECT COUNT(*) FROM tenant", NULL, NULL, NULL),
	    SQLITE_OK);
	rc = sqlite3_exec(db, "UPDATE tenant SET phone = ''", NULL, NULL, NULL);
	sqlite3_close(db);
	return rc == SQLITE_BUSY;
}

static bool
postgresql_refuses(const char *url)
{
	PGconn *conn = PQconnectdb(url);
	const char *state;
	PGresult *r;
	bool refused;

	r = PQexec(conn, "SELECT COUNT(*) FROM tenant");
	assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
	PQclear(r);
	r = PQexec(conn, "BEGIN;"
			 "LOCK TABLE tenant IN ROW EXCLUSIVE MODE NOWAIT");
	state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	refused = state != NULL && strcmp(state, "55P03") == 0;
	PQclear(r);
	PQfinish(conn);
	return refused;
}

struct writing {
	const struct pair *p;
	int tried;
};

static void
try_to_write(void *arg)
{
	struct writing *w = arg;
	const struct pair *p = w->p;

	assert_true(p->way.from_postgresql ? postgresql_refuses(p->from.url)
					   : sqlite_refuses(p->from.file));
	assert_true(p->way.to_postgresql ? postgresql_refuses(p->to.url)
					 : sqlite_refuses(p->to.file));
	w->tried++;
}

static void
nobody_writes_meanwhile(void **state)
{
	struct pair *p = needs_server(state);
	struct writing w = {.p = p};
	const struct copy_watch watch = {.commits = try_to_write, .arg = &w};
	struct copy_problem problem;

	assert_int_equal(
	    store_copy(p->from.url, p->to.url, &watch, &problem), ERR_NONE);
	assert_int_equal(w.tried, 1);
	/* afterwards anybody */
	from_sql(p, "UPDATE tenant SET phone = '1'");
	to_sql(p, "UPDATE tenant SET phone = '1'");
}

/* Each promise, on the ways that could break it. */

/* clang-format off */
static struct way ways[] = {
	{ false, false }, { false, true }, { true, false }, { true, true },
};
#define ON(i, f) { #f " (" #i ")", f, pair_setup, pair_teardown, &ways[i] }
#define EVERY_TO(f) ON(0, f), ON(1, f)
#define THERE_AND_BACK(f) EVERY_TO(f), ON(2, f)
#define EVERY(f) THERE_AND_BACK(f), ON(3, f)
/* clang-format on */

static int
release_fixtures(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		on(i == 1 && server != NULL);
		if (fixtures[i].scratch.dir[0] != '\0')
			fixture_release(&fixtures[i]);
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    EVERY(every_value_arrives_as_it_was),
	    EVERY(a_portals_own_tables_arrive),
	    EVERY(there_and_back_the_checksums_are_the_same),
	    THERE_AND_BACK(text_keys_are_in_the_order_of_their_bytes),
	    THERE_AND_BACK(parents_come_before_their_children),
	    EVERY(an_id_that_was_handed_out_is_never_again),
	    EVERY_TO(a_changed_row_is_found_and_nothing_stays),
	    EVERY_TO(a_row_that_got_lost_is_found_and_nothing_stays),
	    EVERY_TO(a_row_that_the_other_store_refuses_is_named),
	    ON(1, a_text_that_the_other_store_does_not_take_is_named),
	    ON(1, a_server_that_is_lost_leaves_nothing),
	    ON(2, a_server_that_is_lost_leaves_nothing),
	    EVERY(a_copy_that_was_cut_can_be_run_again),
	    EVERY_TO(a_store_with_rows_is_refused_and_kept),
	    EVERY_TO(one_store_is_not_copied_to_itself),
	    THERE_AND_BACK(tables_that_differ_are_refused),
	    THERE_AND_BACK(stores_of_other_releases_are_refused),
	    EVERY(the_other_store_is_made),
	    EVERY_TO(nothing_is_made_for_a_store_that_is_not_there),
	    EVERY(nobody_writes_meanwhile),
	};

	server = getenv("PORTAL_TEST_STORE");
	if (server != NULL && (server = strdup(server)) == NULL)
		return 1;
	return cmocka_run_group_tests(tests, NULL, release_fixtures);
}

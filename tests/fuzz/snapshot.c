#include "tests/fuzz/snapshot.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "data/engine_sqlite.h"
#include "tests/fuzz/fuzz.h"

/* In the head of a database file: how it is read and written. */
enum { FORMAT_AT = 18, FORMAT_LEGACY = 1 };

/* An escape sequence, C1, a text turned round, a bad byte, many marks. */
#define HOSTILE                                                                \
	"CAST(X'1B5D303B7807C29B327CE280AE61E6B182FFCC81CC81CC81CC81CC81"      \
	"CC810D62EFBBBF' AS TEXT)"
static const char hostile[] =
    "UPDATE customer SET name = " HOSTILE ", street = " HOSTILE
    ";UPDATE service SET description = " HOSTILE
    ";UPDATE ticket SET subject = " HOSTILE
    ";UPDATE ticket_message SET body = " HOSTILE ", author = " HOSTILE
    ";UPDATE plan SET name = id || " HOSTILE ";UPDATE news SET title = " HOSTILE
    ", body = " HOSTILE;

static sqlite3 *
db_of(struct store *st)
{
	return ((struct sqlite_store *)st)->db;
}

/* A new database has a new schema, which sqlite does not always see in a
 * statement of the old one. */
static void
drop_statements(struct sqlite_store *s)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		REQUIRE(!s->slots[i].busy);
		sqlite3_finalize(s->slots[i].stmt);
		s->slots[i] = (struct slot) {0};
	}
}

static void
load(struct snapshot *s)
{
	unsigned char *copy = sqlite3_malloc64(s->len);

	REQUIRE(copy != NULL);
	drop_statements((struct sqlite_store *)s->st);
	memcpy(copy, s->bytes, s->len);
	REQUIRE(sqlite3_deserialize(db_of(s->st), "main", copy,
		    (sqlite3_int64)s->len, (sqlite3_int64)s->len,
		    SQLITE_DESERIALIZE_FREEONCLOSE |
			SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK);
	s->changes = sqlite3_total_changes(db_of(s->st));
}

static void
remove_files(const struct scratch *scratch)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char path[sizeof(scratch->file) + 8];

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		snprintf(path, sizeof(path), "%s%s", scratch->file, ends[i]);
		unlink(path);
	}
	REQUIRE(rmdir(scratch->dir) == 0);
}

void
snapshot_take(struct snapshot *s, struct scratch *scratch)
{
	sqlite3_int64 n;

	s->st = scratch->st;
	s->bytes = sqlite3_serialize(db_of(s->st), "main", &n, 0);
	REQUIRE(s->bytes != NULL && n > FORMAT_AT + 1);
	s->len = (size_t)n;
	/* A database in memory has no write-ahead log. */
	s->bytes[FORMAT_AT] = s->bytes[FORMAT_AT + 1] = FORMAT_LEGACY;
	load(s);
	remove_files(scratch);
}

void
snapshot_restore(struct snapshot *s)
{
	store_rollback(s->st);
	if (sqlite3_total_changes(db_of(s->st)) != s->changes)
		load(s);
}

void
snapshot_poison(struct scratch *scratch)
{
	scratch_sql(scratch, hostile);
}

/*
 * What the sqlite engine's two files share.  Nobody else includes sqlite3.h.
 */
#ifndef DATA_ENGINE_SQLITE_H
#define DATA_ENGINE_SQLITE_H

#include <sqlite3.h>

#include "data/engine.h"

/* A prepared statement and where its parameters are (0: not used). */
struct slot {
	sqlite3_stmt *stmt;
	int param[PARAMS];
	bool busy;
	bool own; /* not in the cache: one was already running */
};

struct sqlite_store {
	struct store st;
	sqlite3 *db;
	struct slot slots[SQL_COUNT];
};

extern const struct engine engine_sqlite;

/* Logs what the library said about doing what, and gives our error.  db may be
 * NULL. */
enum err sqlite_failed(sqlite3 *db, int rc, const char *what);
/* A column as it is; text and bytes live until the next step.  ERR_UNSUPPORTED:
 * it is of none of our types. */
enum err sqlite_value(sqlite3_stmt *stmt, int i, struct value *v);
enum err sqlite_execute(sqlite3 *db, const char *text, const char *what);

#endif

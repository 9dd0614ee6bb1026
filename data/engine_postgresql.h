/*
 * What the postgresql engine's files share.  Nobody else includes libpq-fe.h.
 *
 * Every statement is sent as one batch: begin the transaction if that is due,
 * say who asks and under which role (a "wall", see schema/postgresql.sql), the
 * statement itself.  One round trip, whatever the batch holds.
 */
#ifndef DATA_ENGINE_POSTGRESQL_H
#define DATA_ENGINE_POSTGRESQL_H

#include <libpq-fe.h>

#include "base/buf.h"
#include "data/engine.h"

/* Under which role a statement runs: its scope's, or the connection's own. */
enum pg_role { PG_SELF, PG_SESSION, PG_STAFF, PG_WORKER };

struct wall {
	int64_t tenant, customer, login;
	enum pg_role role;
	bool read_only;
};

struct pg_rows;

struct pg_store {
	struct store st;
	PGconn *conn; /* in pipeline mode; NULL: away */
	char *url;
	bool listening;
	bool heard_foreign; /* a notice that is none of ours */
	bool begun;         /* the server knows of the transaction */
	bool walled;        /* wall is in force in it */
	struct wall wall;
	struct pg_rows *stream; /* rows of this one are still to come */
	struct buf told;        /* payloads for the commit, NUL-terminated */
	bool prepared[SQL_COUNT];
};

extern const struct engine engine_postgresql;

/* The prepared statement that puts up a wall for the rest of a transaction: its
 * parameters are the fields of struct wall, as text. */
#define PG_WALL "wall"

/* Connects and checks the server's encoding.  ERR_AWAY: nobody answers now;
 * ERR_CONFIG: somebody does, and refuses; ERR_NOT_FOUND: no such database. */
enum err pg_connect(PGconn **out, const char *url);
/*
 * Into pipeline mode and out of it.  In it nothing is sent by waiting: a server
 * that does not take it would hold us longer than st.patience_ms.
 */
bool pg_pipeline_enter(PGconn *conn);
bool pg_pipeline_leave(PGconn *conn);
/* The connection is of no more use: closes it, ERR_AWAY. */
enum err pg_lost(struct pg_store *s, const char *what);
/* Closes the connection without a word. */
void pg_drop(struct pg_store *s);
/* Logs what the server said about doing what, gives our error; marks
 * st.again, and loses the connection when that is what it says. */
enum err pg_failed(struct pg_store *s, const PGresult *r, const char *what);

/* The next result of the statement being read, NULL at its end.  Waits no
 * longer than st.patience_ms. */
enum err pg_next(struct pg_store *s, PGresult **out, const char *what);
/* The results of one statement to their end; its first error.  What was not
 * tried because another one before it failed is no error. */
enum err pg_finish(struct pg_store *s, const char *what);
/* The mark after a batch. */
enum err pg_synced(struct pg_store *s, const char *what);
/* Both, for a batch of one. */
enum err pg_finish_synced(struct pg_store *s, const char *what);
/* What a PQsend function returned; 0 means the connection is lost. */
enum err pg_sent(struct pg_store *s, int ok, const char *what);
/* Reads what is left of the statement whose rows still come into memory, so
 * that another one can be sent. */
void pg_settle(struct pg_store *s);

/* One statement without parameters and rows, in the transaction if there is
 * one, as the connection's own user. */
enum err pg_run(struct pg_store *s, const char *text, const char *what);
/* Begins what was only noted, and takes the wall down. */
enum err pg_as_owner(struct pg_store *s);

/* engine_postgresql_notify.c */
enum err pg_announce(struct store *st, const struct notification *n);
enum err pg_listen(struct store *st);
enum err pg_hear(struct store *st, struct notification *n, bool *got);
/* Sends what was announced in the transaction; *count statements. */
enum err pg_send_told(struct pg_store *s, int *count);

/* engine_postgresql_open.c */
enum err pg_inspect(struct store *st, enum contents *out);
enum err pg_script(struct store *st, const char *text);
enum err pg_protect(struct store *st);
enum err pg_analyze(struct store *st);
enum err pg_reopen(struct store *st);

#endif

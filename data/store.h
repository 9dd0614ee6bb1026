/*
 * The store's handle: one interface, several engines.  The sqlite engine opens
 * a file, the postgresql engine a connection; the socket engine sends statement
 * ids and parameters to a store worker.  A handle carries an identity; every
 * statement's $1, $2 and $3 are that identity's tenant, customer and login, and
 * are never set by a caller.
 */
#ifndef DATA_STORE_H
#define DATA_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "sql_ids.h" /* enum sql: made from data/sql/ */

/* Who may run a statement or a verb. A customer's handle (and a renderer's)
 * refuses SCOPE_TENANT and SCOPE_SYSTEM. */
enum scope { SCOPE_CUSTOMER, SCOPE_SHARED, SCOPE_TENANT, SCOPE_SYSTEM };

enum role {
	ROLE_NONE,     /* nobody: refuses everything */
	ROLE_CUSTOMER, /* a session of one customer */
	ROLE_RENDER,   /* portal-render for one customer: may keep papers */
	ROLE_STAFF,    /* staff of one tenant: tenant statements too */
	ROLE_SYSTEM,   /* portalctl, store workers */
};

struct identity {
	int64_t tenant;
	int64_t customer; /* 0 for staff and system */
	int64_t login;    /* 0: none */
	enum role role;
	char source[64];  /* address or "console", for the audit log */
	char session[24]; /* short id of the session, for the audit log */
};

struct store;

/* What may be said of a store's URL: no password and no options. */
void store_url_public(char *dst, size_t size, const char *url);

/*
 * Opens "sqlite:/absolute/file" or "postgresql://..." with ROLE_SYSTEM.  The
 * store must exist and be of this release: ERR_NOT_FOUND, ERR_VERSION (newer or
 * not migrated; see migrate.h).  clock may be NULL and is borrowed.
 * ERR_CONFIG: it is no store, or the URL is none.  ERR_AWAY: no server answers.
 */
enum err store_open(
    struct store **out, const char *url, const struct clock *clock);
/*
 * The socket engine over a connected SEQPACKET socket, which it owns from now
 * on (closed on error too).  Asks the store worker who this is.  ERR_VERSION
 * if the worker belongs to another build.
 */
enum err store_open_socket(struct store **out, int fd);
void store_close(struct store *st);

const struct identity *store_identity(const struct store *st);
/* Direct engines only: act as somebody from now on.  id is copied. */
void store_become(struct store *st, const struct identity *id);
const struct clock *store_clock(const struct store *st);

/*
 * Transactions, direct engines only (ERR_DENIED on a socket).  They do not
 * nest, and each is as if it ran alone.  Commits are durable.  On PostgreSQL
 * two that get in each other's way make one of them fail with ERR_BUSY, and
 * store_again() is then true until the next begin: whoever can run all of it
 * again should, as store_transaction() does.  ERR_UNSURE from a commit, or from
 * a write that is part of no transaction: nobody knows whether it was one.
 */
enum err store_begin(struct store *st);
enum err store_commit(struct store *st);
void store_rollback(struct store *st); /* no-op when none is open */
bool store_in_transaction(const struct store *st);
/* Lets the engine's planner look at the tables again, after many rows came. */
enum err store_analyze(struct store *st);
/*
 * Copies what was committed from SQLite's log of writes into its file, as far
 * as nobody has to wait for that; nothing to do on PostgreSQL.  One process
 * does it regularly; where none runs, those who commit do it when the log is
 * long.
 */
enum err store_checkpoint(struct store *st);
bool store_again(const struct store *st);
/*
 * Begins, runs fn, commits when it gave ERR_NONE and rolls back when not; and
 * all of it again, some times at most, while store_again().
 */
typedef enum err store_work_fn(struct store *st, void *arg);
enum err store_transaction(struct store *st, store_work_fn *fn, void *arg);

/*
 * Running a statement:
 *
 *	struct query q = query_begin(st, SQL_INVOICE_LINES);
 *	query_bind_int(&q, invoice);		$4
 *	while (query_row(&q))
 *		use(col_int(&q, 0), col_text(&q, 1));
 *	return query_end(&q);
 *
 * Parameters bind in order, from $4.  The first error sticks, query_row()
 * then gives false and query_end() returns it.  query_end() must be called.
 * Column pointers live until the next query_row() or query_end().
 */
enum { QUERY_ARGS = 16, QUERY_COLS = 48 };

enum value_type { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BYTES };

struct value {
	enum value_type type;
	int64_t i;
	const void *p; /* text is NUL-terminated as well */
	size_t n;
};

struct query {
	struct store *st;
	enum sql sql;
	enum err err;
	struct value args[QUERY_ARGS]; /* text and bytes borrowed until end */
	size_t nargs;
	struct value cols[QUERY_COLS];
	size_t ncols;
	int64_t changes; /* rows changed, after the last query_row() */
	int started;
	void *engine;
};

struct query query_begin(struct store *st, enum sql sql);
void query_bind_int(struct query *q, int64_t v);
void query_bind_id(struct query *q, int64_t id);      /* 0 binds NULL */
void query_bind_text(struct query *q, const char *s); /* NULL binds NULL */
void query_bind_bytes(struct query *q, const void *p, size_t n);
void query_bind_null(struct query *q);
bool query_row(struct query *q);
int64_t col_int(const struct query *q, size_t col);      /* NULL: 0 */
const char *col_text(const struct query *q, size_t col); /* NULL: "" */
/* Copies into an array, clean whatever the store holds (text_clean, lines
 * kept); stored values always fit theirs, else ERR_INTERNAL sticks to the
 * query. */
void col_copy(struct query *q, size_t col, char *dst, size_t size);
const void *col_bytes(const struct query *q, size_t col, size_t *n);
bool col_null(const struct query *q, size_t col);
enum err query_end(struct query *q);
/* Binds nothing more, runs it, drops its rows; *changes may be NULL. */
enum err query_run(struct query *q, int64_t *changes);

/*
 * Reads several things with one wait for all.  On a socket fn runs twice: the
 * first time its queries have no rows and are only noted, then they are sent
 * together and fn runs with their rows.  So it must go on when it finds
 * nothing, undo nothing, write nothing to the store, and ask the same both
 * times; what it asks besides is asked as ever.  Returns what fn did at last.
 */
typedef enum err store_load_fn(struct store *st, void *arg);
enum err store_load(struct store *st, store_load_fn *fn, void *arg);

/* A direct engine's own statement text outside the registry does not exist. */

/*
 * What was wrong with somebody's input: which field (a key, "" for none) and
 * an English sentence marked with N_() that the reader's side translates.
 */
struct problem {
	char field[32];
	char text[192];
};
const struct problem *store_problem(const struct store *st);
/* Sets it and returns ERR_BAD_INPUT, for verbs. */
enum err store_refuse(struct store *st, const char *field, const char *text);
void store_clear_problem(struct store *st);

/* What changed, so that screens know what to read again. */
enum topic {
	TOPIC_ACCOUNT = 1, /* customer, settings */
	TOPIC_BILLING = 2, /* invoices, payments, credit */
	TOPIC_SERVICES = 4,
	TOPIC_TICKETS = 8,
	TOPIC_NEWS = 16,
	TOPIC_JOBS = 32, /* work for portal-worker: no screen shows it */
};

enum note_type {
	NOTE_CHANGED = 1, /* topics of this customer */
	NOTE_SHUTDOWN,    /* the portal is stopping: say so and leave soon */
	NOTE_DISABLED,    /* this access was taken away: leave now */
	NOTE_AWAY,        /* the database does not answer: say so and wait */
	NOTE_BACK,        /* it does again: everything may have changed */
};

struct note {
	enum note_type type;
	unsigned topics;
};

/*
 * The descriptor to poll: for notes on a socket, for notices and the end of the
 * connection on PostgreSQL (it is another one after store_reopen()).  -1: none.
 */
int store_fd(const struct store *st);
/*
 * Takes a note that has arrived, without waiting.  ERR_CLOSED: the worker is
 * gone (the session should say so and end). false in *got: none.  Notes that
 * came while another call waited for its answer are kept in the handle, where
 * poll() does not see them: take notes until there are none before polling.
 */
enum err store_note(struct store *st, struct note *note, bool *got);

/* Direct engines: within a verb, says what will have changed on commit; the
 * callback then runs once after the commit. customer 0: all of the tenant. */
void store_changed(struct store *st, int64_t customer, unsigned topics);
typedef void store_change_fn(
    void *arg, int64_t tenant, int64_t customer, unsigned topics);
void store_on_change(struct store *st, store_change_fn *fn, void *arg);

/*
 * A database that several machines use.  The postgresql engine tells everybody
 * who listens what a transaction changed when it commits; on sqlite there is
 * nobody to tell (ERR_UNSUPPORTED, or false).
 */
enum notification_type { NOTIFY_CHANGED = 1, NOTIFY_DISABLED };
struct notification {
	enum notification_type type;
	int64_t tenant, customer; /* changed; customer 0: all of the tenant */
	unsigned topics;
	int64_t login; /* disabled */
};
/*
 * front: a number of this machine's own; notices that carry it are not heard.
 * 0: whoever listens hears them all.  Set before store_listen().
 */
void store_set_front(struct store *st, uint64_t front);
/* From now on notices arrive; also on connections made later. */
enum err store_listen(struct store *st);
/* Takes a notice that has arrived, without waiting. ERR_AWAY: the connection
 * is gone. */
enum err store_hear(struct store *st, struct notification *n, bool *got);
/* This login's sessions elsewhere shall end.  Within a transaction: when it
 * commits. */
enum err store_tell_disabled(struct store *st, int64_t login);
/* Do changes reach other programs by themselves? */
bool store_announces(const struct store *st);
/* Is the connection lost?  Every call then gives ERR_AWAY. */
bool store_away(const struct store *st);
/* Tries once to connect again, a few seconds at most. ERR_VERSION: it was
 * upgraded meanwhile. */
enum err store_reopen(struct store *st);
/*
 * How long an answer of the server may take before it counts as lost; 0, the
 * default: for ever.  On a socket: how long to wait for a database that is away
 * before saying ERR_AWAY; 0, the default: not at all.
 */
void store_patience(struct store *st, int64_t ms);

/*
 * Ends all other sessions of this session's login; who asks goes on.
 * ERR_UNSUPPORTED on direct engines.
 */
enum err store_end_others(struct store *st);

/*
 * Asks for papers to be made (kind: enum paper_kind; ref: invoice or payment,
 * 0: all that are missing) and waits until they are, at most two minutes.
 * ERR_UNSUPPORTED on direct engines.
 */
enum err store_render(struct store *st, uint8_t kind, int64_t ref);

/*
 * Blob chunks are at most this long, so that a row fits a message.
 */
enum { STORE_CHUNK = 64 * 1024 };

#endif

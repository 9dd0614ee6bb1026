/*
 * What an engine is, for store.c and the engines themselves: nobody else looks
 * into a handle.  An engine's own handle begins with its struct store.
 */
#ifndef DATA_ENGINE_H
#define DATA_ENGINE_H

#include "data/registry.h"
#include "data/store.h"
#include "data/verb.h"

/* What is in a file or database that is to become or be a store. */
enum contents { CONTENTS_EMPTY, CONTENTS_STORE, CONTENTS_FOREIGN };

struct engine {
	bool direct;
	void (*close)(struct store *st);
	/* May this handle run the statement now? */
	enum err (*admit)(struct store *st, enum sql sql);
	/*
	 * The first call starts the statement.  Fills cols, ncols; at the end
	 * changes.  False at the end and on an error, which is in q->err.
	 */
	bool (*row)(struct query *q);
	void (*end)(struct query *q);
	enum err (*call)(struct store *st, enum verb verb, struct rd *args,
	    struct buf *reply);
	/* Direct engines only. */
	enum err (*begin)(struct store *st);
	enum err (*commit)(struct store *st);
	void (*rollback)(struct store *st);
	enum err (*inspect)(struct store *st, enum contents *out);
	/* Several statements of a schema, already in the engine's dialect. */
	enum err (*script)(struct store *st, const char *text);
	enum err (*analyze)(struct store *st);    /* may be NULL */
	enum err (*checkpoint)(struct store *st); /* may be NULL */
	/* After each step of a migration, in its transaction; may be NULL. */
	enum err (*protect)(struct store *st);
	/* Tells other machines, when the transaction commits; may be NULL. */
	enum err (*announce)(struct store *st, const struct notification *n);
	enum err (*listen)(struct store *st);
	enum err (*hear)(struct store *st, struct notification *n, bool *got);
	enum err (*reopen)(struct store *st);
	bool (*away)(const struct store *st);
	int (*fd)(const struct store *st);
	/* The socket only. */
	enum err (*render)(struct store *st, uint8_t kind, int64_t ref);
	enum err (*end_others)(struct store *st);
	enum err (*note)(struct store *st, struct note *note, bool *got);
	enum err (*load)(struct store *st, store_load_fn *fn, void *arg);
};

/* A statement's parameters: who asks, then the caller's. */
enum { IDENTITY_ARGS = 3, PARAMS = IDENTITY_ARGS + QUERY_ARGS };

/* Did a transaction fail only because of another one?  MAYBE: a key that is
 * there already, which the other one may just have made. */
enum again { AGAIN_NO, AGAIN_MAYBE, AGAIN_YES };

struct change {
	int64_t tenant, customer;
	unsigned topics;
};

enum { STORE_CHANGES = 32 };

struct store {
	const struct engine *engine;
	const struct clock *clock;
	struct identity id;
	struct problem problem;
	bool in_transaction;
	enum again again;
	int64_t patience_ms;
	uint64_t front;
	bool in_verb; /* its handler is trusted with every statement */
	struct change changes[STORE_CHANGES];
	size_t nchanges;
	store_change_fn *on_change;
	void *on_change_arg;
};

/* Zeroes the handle; role none. */
void store_init(struct store *st, const struct engine *engine);
/* Does the declared type (registry.h) take this value? */
bool value_fits(const struct value *v, char type);

/*
 * Engines that open a store by URL; open.c has a row for each scheme.  where is
 * the URL without it.
 */
struct driver {
	enum dialect dialect;
	/* Whatever is there, store or not; ROLE_SYSTEM. */
	enum err (*open)(struct store **out, const char *where);
	/* Makes an empty one. ERR_CONFLICT: there is something. */
	enum err (*create)(const char *where);
	/* Takes back create(). */
	void (*discard)(const char *where);
};
/* NULL, and a log line, when there is none for the URL. */
const struct driver *driver_find(const char *url, const char **where);

extern const struct driver driver_sqlite;
extern const struct driver driver_postgresql;

/* engine.call of direct engines: one transaction around the handler. */
enum err direct_call(
    struct store *st, enum verb verb, struct rd *args, struct buf *reply);
/* engine.admit of direct engines. */
enum err direct_admit(struct store *st, enum sql sql);
/* The schema of this handle's store, 0: none yet.  ERR_CONFIG, with a log line:
 * the database is somebody else's. */
enum err direct_schema(struct store *st, int *version);
/* Is this handle's store of this release?  ERR_VERSION, with a log line. */
enum err direct_version(struct store *st);
/* A text argument folded for search; free() it. */
enum err direct_fold(char **out, const struct value *v);
/* Number and types of the bound values against the registry. */
bool direct_args_fit(const struct query *q);

#endif

/*
 * Copying a whole store into another one, on whatever engine, and proving it.
 */
#ifndef DATA_COPY_H
#define DATA_COPY_H

#include "data/store.h"

enum {
	COPY_NAME = 64, /* of a table or column, with its NUL */
	COPY_SUM = 32,  /* bytes of a checksum */
};

enum copy_phase { COPY_COPYING, COPY_CHECKING };

/* A table that is in both stores and the same. */
struct copy_proof {
	const char *table;
	int64_t rows;
	unsigned char sum[COPY_SUM];
};

/* Who is told meanwhile; any of them may be NULL. */
struct copy_watch {
	/* Now and then, and at each table's beginning and end. */
	void (*at)(void *arg, const char *table, enum copy_phase phase,
	    int64_t rows, int64_t of);
	void (*proven)(void *arg, const struct copy_proof *p);
	/* Everything is, and is about to stay. */
	void (*commits)(void *arg);
	void *arg;
};

/* What could not be done; with the error that was returned. */
enum copy_problem_type {
	COPY_FROM,      /* opening the one */
	COPY_TO,        /* opening or making the other */
	COPY_SAME,      /* both are one store */
	COPY_SHAPE,     /* table: its columns or itself are in one store only */
	COPY_NOT_EMPTY, /* table: has rows already */
	COPY_READ,      /* table: reading it */
	COPY_WRITE,     /* table: writing row rows */
	COPY_DIFFERS,   /* table: what was written is not what is there */
	COPY_COMMIT,
};

struct copy_problem {
	enum copy_problem_type type;
	char table[COPY_NAME]; /* or "" */
	int64_t rows;
};

/*
 * Copies the store at one URL to the other, which is made when it is not there
 * and must hold no rows when it is (ERR_CONFLICT).  Both are of this release,
 * or ERR_VERSION.  Nobody can write to either meanwhile.
 *
 * Everything is one transaction of the other store, and before its commit every
 * table is read back: count and checksum must be those of the first.  Whatever
 * ends it before, the other store is without rows as it was.  The checksum is
 * BLAKE2b over the rows in the order of their key, of types, lengths and bytes:
 * the same on every engine.  Ids that were handed out stay so.
 *
 * ERR_UNSURE: the server was lost during the commit.
 */
enum err store_copy(const char *from, const char *to,
    const struct copy_watch *watch, struct copy_problem *problem);

#endif

/*
 * Work for portal-worker: durable, leased, done again until it is done.  A job
 * is made in the transaction that needs it; portal-worker takes what is due.
 */
#ifndef DATA_JOB_H
#define DATA_JOB_H

#include "data/store.h"

enum { JOB_KIND = 33, JOB_NAME = 97, JOB_ARGS = 8192, JOB_PROBLEM = 256 };

struct job {
	int64_t id, tenant, customer, ref;
	char kind[JOB_KIND];
	char name[JOB_NAME];
	char args[JOB_ARGS]; /* JSON, or "" */
	int64_t attempts;    /* this one included */
	int64_t created_at;
};

/* Whom a ring is for, as a customer's number: no session has it, so that
 * workers hear it and no screen does. */
enum { JOB_RING = -1 };

/*
 * Adds a job in the transaction at hand, for the handle's tenant and customer,
 * due at an instant (0: now), and rings (store_changed() with TOPIC_JOBS).
 * A job of this name that exists already is left as it is: *added is false
 * (added may be NULL).  ERR_TOO_BIG: a text does not fit struct job.
 */
enum err job_add(struct store *st, const char *kind, const char *name,
    int64_t ref, const char *args, int64_t due_at, bool *added);

/*
 * System.  A due job of one of these kinds, of the first of them that has any
 * and there the one that is due the longest; leased to this worker for lease_s
 * seconds.  *got false: none is due, and *next is when the earliest of them
 * will be (0: no job of them waits).  What a dead worker held is taken over
 * when its lease is over.
 */
enum err job_take(struct store *st, const char *worker, int64_t lease_s,
    const char *const kinds[], size_t nkinds, struct job *out, bool *got,
    int64_t *next);
/* Keeps the lease a while longer. ERR_CONFLICT: somebody else has it now. */
enum err job_keep(
    struct store *st, int64_t id, const char *worker, int64_t lease_s);
/* Ends it: done, or failed for good, which problem explains to staff. */
enum err job_end(struct store *st, int64_t id, const char *worker,
    const char *problem /* NULL: done */);
/* Gives it back, due again at an instant. */
enum err job_later(struct store *st, int64_t id, const char *worker,
    int64_t due_at, const char *problem);
/*
 * System.  Forgets jobs that ended more than JOB_KEEP_DAYS ago, the oldest
 * JOB_SWEEP at most: *more, there may be others.
 */
enum { JOB_KEEP_DAYS = 30, JOB_SWEEP = 100 };
enum err job_sweep(struct store *st, bool *more);

#endif

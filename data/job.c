/*
 * The table of jobs.  A lease is a name and an instant: whoever writes under a
 * name that is not in the row any more has lost it.
 */
#include "data/job.h"

#include <string.h>

#include "base/text.h"
#include "data/txn.h"

struct addition {
	const char *kind, *name, *args;
	int64_t ref, due_at;
	bool added;
};

static enum err
add(struct store *st, void *arg)
{
	struct query q = query_begin(st, SQL_JOB_ADD);
	int64_t now = clock_now(store_clock(st)), changes = 0;
	struct addition *a = arg;
	enum err err;

	query_bind_text(&q, a->kind);
	query_bind_text(&q, a->name);
	query_bind_int(&q, a->ref);
	query_bind_text(&q, a->args);
	query_bind_int(&q, a->due_at != 0 ? a->due_at : now);
	query_bind_int(&q, now);
	if ((err = query_run(&q, &changes)) != ERR_NONE)
		return err;
	a->added = changes > 0;
	if (a->added)
		store_changed(st, JOB_RING, TOPIC_JOBS);
	return ERR_NONE;
}

enum err
job_add(struct store *st, const char *kind, const char *name, int64_t ref,
    const char *args, int64_t due_at, bool *added)
{
	struct addition a = {
	    kind, name, args != NULL ? args : "", ref, due_at, false};
	enum err err;

	if (strlen(kind) >= JOB_KIND || strlen(name) >= JOB_NAME ||
	    strlen(a.args) >= JOB_ARGS)
		return ERR_TOO_BIG;
	err = txn_run(st, add, &a);
	if (err == ERR_NONE && added != NULL)
		*added = a.added;
	return err;
}

struct taking {
	const char *worker;
	int64_t lease_s;
	const char *const *kinds;
	size_t nkinds;
	struct job job; /* id 0: none is due */
	int64_t next;
};

static void
job_read(struct query *q, struct job *j)
{
	j->id = col_int(q, 0);
	j->tenant = col_int(q, 1);
	j->customer = col_int(q, 2);
	col_copy(q, 3, j->kind, sizeof(j->kind));
	col_copy(q, 4, j->name, sizeof(j->name));
	j->ref = col_int(q, 5);
	col_copy(q, 6, j->args, sizeof(j->args));
	j->attempts = col_int(q, 7);
	j->created_at = col_int(q, 8);
}

static enum err
take_of(struct store *st, const char *kind, struct taking *t)
{
	struct query q = query_begin(st, SQL_JOB_TAKE);
	int64_t now = clock_now(store_clock(st));

	query_bind_text(&q, kind);
	query_bind_text(&q, t->worker);
	query_bind_int(&q, now);
	query_bind_int(&q, now + t->lease_s);
	while (query_row(&q))
		job_read(&q, &t->job);
	return query_end(&q);
}

static enum err
next_of(struct store *st, const char *kind, struct taking *t)
{
	struct query q = query_begin(st, SQL_JOB_NEXT);
	int64_t next = 0;

	query_bind_text(&q, kind);
	while (query_row(&q))
		next = col_int(&q, 0);
	if (next != 0 && (t->next == 0 || next < t->next))
		t->next = next;
	return query_end(&q);
}

static enum err
take(struct store *st, void *arg)
{
	struct taking *t = arg;
	enum err err = ERR_NONE;
	size_t i;

	t->job.id = t->next = 0;
	for (i = 0; i < t->nkinds && err == ERR_NONE && t->job.id == 0; i++)
		err = take_of(st, t->kinds[i], t);
	if (t->job.id != 0)
		return err;
	for (i = 0; i < t->nkinds && err == ERR_NONE; i++)
		err = next_of(st, t->kinds[i], t);
	return err;
}

enum err
job_take(struct store *st, const char *worker, int64_t lease_s,
    const char *const kinds[], size_t nkinds, struct job *out, bool *got,
    int64_t *next)
{
	struct taking t = {.worker = worker,
	    .lease_s = lease_s,
	    .kinds = kinds,
	    .nkinds = nkinds};
	enum err err;

	if ((err = txn_run(st, take, &t)) != ERR_NONE)
		return err;
	*got = t.job.id != 0;
	*next = t.next;
	if (*got)
		*out = t.job;
	explicit_bzero(&t.job, sizeof(t.job));
	return ERR_NONE;
}

/* A write under a lease. */
struct leased {
	enum sql sql;
	int64_t id, at;
	const char *worker, *state;
	char problem[JOB_PROBLEM];
};

static enum err
write_leased(struct store *st, void *arg)
{
	const struct leased *l = arg;
	struct query q = query_begin(st, l->sql);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, l->id);
	query_bind_text(&q, l->worker);
	if (l->state != NULL)
		query_bind_text(&q, l->state);
	else
		query_bind_int(&q, l->at);
	if (l->sql != SQL_JOB_KEEP)
		query_bind_text(&q, l->problem);
	if (l->state != NULL)
		query_bind_int(&q, l->at);
	err = query_run(&q, &changes);
	return err == ERR_NONE && changes == 0 ? ERR_CONFLICT : err;
}

/* Cut to fit: it is for people. */
static enum err
run_leased(struct store *st, struct leased *l, const char *problem)
{
	if (problem != NULL)
		(void)text_clean(l->problem, sizeof(l->problem), problem,
		    strlen(problem), TEXT_LINE);
	return txn_run(st, write_leased, l);
}

enum err
job_keep(struct store *st, int64_t id, const char *worker, int64_t lease_s)
{
	struct leased l = {.sql = SQL_JOB_KEEP,
	    .id = id,
	    .worker = worker,
	    .at = clock_now(store_clock(st)) + lease_s};

	return run_leased(st, &l, NULL);
}

enum err
job_end(struct store *st, int64_t id, const char *worker, const char *problem)
{
	struct leased l = {.sql = SQL_JOB_END,
	    .id = id,
	    .worker = worker,
	    .state = problem == NULL ? "done" : "failed",
	    .at = clock_now(store_clock(st))};

	return run_leased(st, &l, problem);
}

enum err
job_later(struct store *st, int64_t id, const char *worker, int64_t due_at,
    const char *problem)
{
	struct leased l = {
	    .sql = SQL_JOB_LATER, .id = id, .worker = worker, .at = due_at};

	return run_leased(st, &l, problem);
}

static enum err
sweep(struct store *st, void *arg)
{
	struct query q = query_begin(st, SQL_JOB_SWEEP);
	int64_t *changes = arg;

	query_bind_int(&q,
	    clock_now(store_clock(st)) - (int64_t)JOB_KEEP_DAYS * 24 * 3600);
	query_bind_int(&q, JOB_SWEEP);
	return query_run(&q, changes);
}

enum err
job_sweep(struct store *st, bool *more)
{
	int64_t changes = 0;
	enum err err = txn_run(st, sweep, &changes);

	if (err == ERR_NONE)
		*more = changes == JOB_SWEEP;
	return err;
}

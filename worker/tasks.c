/*
 * Jobs under way: taken when they are due, kept while they live, and ended in
 * the store.  A task whose end the store could not be told stays until it can:
 * what was done is not done again for that.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "worker/worker.h"

enum {
	BATCH = 8,             /* taken at a time: others want their turn */
	LOOK_MIN_MS = 200,     /* the store counts whole seconds */
	LOOK_BLIND_MS = 5000,  /* between looks when there is no bell */
	LOOK_FAILED_MS = 5000, /* when the store gave an error */
	KINDS_MAX = 32,
};

static const struct kind *
kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < nkinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static int64_t
now(const struct worker *w)
{
	return clock_now(store_clock(w->st));
}

/* ---- one task ---- */

void
task_enter(struct task *t)
{
	struct identity id = {.tenant = t->job.tenant,
	    .customer = t->job.customer,
	    .role = ROLE_SYSTEM,
	    .source = WORKER_NAME};

	memcpy(id.session, t->w->name, sizeof(id.session));
	store_become(t->w->st, &id);
}

static void
task_late(void *arg)
{
	task_later(arg, 0, "it took too long");
}

static void
task_begin(void *arg)
{
	struct task *t = arg;

	t->limit.fire = task_late;
	loop_timer_set(&t->w->loop, &t->limit, t->kind->limit_s * 1000);
	task_enter(t);
	t->kind->start(t);
}

/* May another one of this kind begin? */
static bool
kind_has_room(const struct worker *w, const struct kind *kind)
{
	const struct task *t;
	size_t n = 0;

	for (t = w->tasks; t != NULL; t = t->next)
		n += t->kind == kind && t->ending.how == END_NOT_YET;
	return kind->at_once == 0 || n < kind->at_once;
}

/* Before one ends: another one of its kind may wait for that. */
static void
room_made(const struct task *t)
{
	if (!kind_has_room(t->w, t->kind))
		tasks_look(t->w);
}

/* What the kind has of it. */
static void
task_strip(struct task *t)
{
	loop_timer_clear(&t->w->loop, &t->limit);
	fetch_forget(t->w, t);
	if (t->state != NULL)
		fetch_forget(t->w, t->state);
	if (t->free_state != NULL)
		t->free_state(t->state);
	t->state = NULL;
	t->free_state = NULL;
}

static void
task_free(struct task *t)
{
	struct worker *w = t->w;
	struct task **p = &w->tasks;

	task_strip(t);
	loop_timer_clear(&w->loop, &t->keep);
	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	if (w->ntasks-- == TASKS_MAX)
		tasks_look(w);
	explicit_bzero(&t->job, sizeof(t->job));
	free(t);
}

/* Tells the store how it ended. */
static void
task_write(struct task *t)
{
	const struct ending *e = &t->ending;
	struct worker *w = t->w;
	enum err err;

	worker_self(w);
	if (e->how == END_LATER)
		err =
		    job_later(w->st, t->job.id, w->name, e->due_at, e->problem);
	else
		err = job_end(w->st, t->job.id, w->name,
		    e->how == END_FAILED ? e->problem : NULL);
	/* It is tried again when the lease is to be kept, or the database is
	 * back. */
	if (err == ERR_AWAY || err == ERR_UNSURE || err == ERR_BUSY)
		return;
	if (err != ERR_NONE && err != ERR_CONFLICT)
		log_error("job %lld (%s): its end is not stored: %s",
		    (long long)t->job.id, t->job.name, err_name(err));
	if (e->how == END_LATER)
		tasks_look(w);
	task_free(t);
}

static void
task_end(struct task *t, int how, int64_t due_at, const char *problem)
{
	room_made(t);
	t->ending.how = how;
	t->ending.due_at = due_at;
	if (problem != NULL)
		(void)text_clean(t->ending.problem, sizeof(t->ending.problem),
		    problem, strlen(problem), TEXT_LINE);
	task_strip(t);
	task_write(t);
}

void
task_done(struct task *t)
{
	task_end(t, END_DONE, 0, NULL);
}

void
task_failed(struct task *t, const char *problem)
{
	log_error("job %lld (%s) has failed for good: %s", (long long)t->job.id,
	    t->job.name, problem);
	task_end(t, END_FAILED, 0, problem);
}

static int64_t
task_pause(const struct task *t)
{
	int64_t pause = t->kind->pause_s, i;

	for (i = 1; i < t->job.attempts && pause < t->kind->pause_max_s; i++)
		pause *= 2;
	return pause < t->kind->pause_max_s ? pause : t->kind->pause_max_s;
}

void
task_later(struct task *t, int64_t not_before, const char *problem)
{
	int64_t due = not_before != 0 ? not_before : now(t->w) + task_pause(t);

	if (t->kind->give_up_s != 0 &&
	    due > t->job.created_at + t->kind->give_up_s) {
		task_failed(t, problem);
		return;
	}
	log_warn("job %lld (%s), attempt %lld: %s; again later",
	    (long long)t->job.id, t->job.name, (long long)t->job.attempts,
	    problem);
	task_end(t, END_LATER, due, problem);
}

static void
keep_set(struct task *t)
{
	loop_timer_set(&t->w->loop, &t->keep, LEASE_S * 1000 / 3);
}

static void
task_keep(void *arg)
{
	struct task *t = arg;
	enum err err;

	keep_set(t);
	if (t->ending.how != END_NOT_YET) {
		task_write(t);
		return;
	}
	worker_self(t->w);
	err = job_keep(t->w->st, t->job.id, t->w->name, LEASE_S);
	if (err != ERR_CONFLICT)
		return; /* the next time, if it was not kept */
	log_warn("job %lld (%s): another worker has taken it over",
	    (long long)t->job.id, t->job.name);
	room_made(t);
	task_free(t);
}

/* ---- taking ---- */

static enum err
task_add(struct worker *w, const struct kind *kind, const struct job *job)
{
	struct task *t = calloc(1, sizeof(*t)), **p = &w->tasks;

	if (t == NULL)
		return ERR_NOMEM; /* the lease ends by itself */
	t->w = w;
	t->kind = kind;
	t->job = *job;
	t->limit.fire = task_begin;
	t->keep.fire = task_keep;
	t->limit.arg = t->keep.arg = t;
	while (*p != NULL)
		p = &(*p)->next;
	*p = t;
	w->ntasks++;
	keep_set(t);
	/* From the next turn on: others are taken first. */
	loop_timer_set(&w->loop, &t->limit, 0);
	return ERR_NONE;
}

static enum err
task_take(struct worker *w, bool *got, int64_t *next)
{
	const char *wanted[KINDS_MAX];
	struct job job;
	size_t i, n = 0;
	enum err err;

	for (i = 0; i < nkinds && n < KINDS_MAX; i++)
		if (kind_has_room(w, &kinds[i]))
			wanted[n++] = kinds[i].name;
	worker_self(w);
	err = job_take(w->st, w->name, LEASE_S, wanted, n, &job, got, next);
	if (err != ERR_NONE || !*got)
		return err;
	err = task_add(w, kind_of(job.kind), &job);
	explicit_bzero(&job, sizeof(job)); /* a mail may have a code in it */
	return err;
}

static void
look_in(struct worker *w, int64_t ms)
{
	loop_timer_set(&w->loop, &w->look, ms);
}

/* When to look without being called. */
static void
look_next(struct worker *w, int64_t next)
{
	int64_t ms = -1;

	if (next != 0) {
		ms = (next - now(w)) * 1000;
		ms = ms < LOOK_MIN_MS ? LOOK_MIN_MS : ms;
	}
	if (!bell_works(w) && (ms == -1 || ms > LOOK_BLIND_MS))
		ms = LOOK_BLIND_MS;
	if (ms != -1)
		look_in(w, ms);
}

static void
look(void *arg)
{
	struct worker *w = arg;
	int64_t next = 0;
	enum err err = ERR_NONE;
	bool got = true;
	int n;

	if (w->stopping || w->away)
		return;
	for (n = 0; n < BATCH && got && w->ntasks < TASKS_MAX; n++)
		if ((err = task_take(w, &got, &next)) != ERR_NONE)
			break;
	if (err == ERR_BUSY) {
		look_in(w, LOOK_MIN_MS); /* other workers take some, too */
	} else if (err != ERR_NONE) {
		/* A database that is away calls when it is back. */
		if (err != ERR_AWAY)
			log_error("due jobs cannot be taken: %s; trying on",
			    err_name(err));
		look_in(w, LOOK_FAILED_MS);
	} else if (!got) {
		look_next(w, next);
	} else if (w->ntasks < TASKS_MAX) {
		look_in(w, 1); /* others come in between */
	}
}

void
tasks_look(struct worker *w)
{
	if (w->stopping || w->away)
		return;
	w->look.fire = look;
	w->look.arg = w;
	look_in(w, 0);
}

void
tasks_back(struct worker *w)
{
	struct task *t, *next;

	for (t = w->tasks; t != NULL; t = next) {
		next = t->next;
		if (t->ending.how != END_NOT_YET)
			task_write(t);
	}
	tasks_look(w);
}

/* ---- stopping ---- */

void
tasks_stop(struct worker *w)
{
	w->stopping = true;
	loop_timer_clear(&w->loop, &w->look);
}

void
tasks_end(struct worker *w)
{
	struct task *t, *next;

	tasks_stop(w);
	for (t = w->tasks; t != NULL; t = next) {
		next = t->next;
		if (t->ending.how == END_NOT_YET)
			task_end(t, END_LATER, now(w), "the worker stopped");
	}
	while (w->tasks != NULL)
		task_free(w->tasks);
}

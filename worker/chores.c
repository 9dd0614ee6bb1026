/*
 * What keeps the store in shape, in small steps so that nobody waits for it.
 * Several workers may do the same: it harms nobody.
 */
#include <stdlib.h>

#include "base/log.h"
#include "worker/worker.h"

enum {
	STEP_MS = 50,
	AGAIN_MS = 60 * 1000, /* after an error of the store */
	DAY_MS = 24 * 3600 * 1000,
	/* SQLite's log of writes grows until somebody has copied it into the
	 * file, which whoever commits should not have to do. */
	CHECKPOINT_MS = 60 * 1000,
};

struct chores {
	struct worker *w;
	struct timer sweep, checkpoint;
};

static void
complain(enum err err, const char *what)
{
	/* The next time, then. */
	if (err != ERR_NONE && err != ERR_AWAY && err != ERR_BUSY)
		log_warn("%s: %s", what, err_name(err));
}

static void
sweep(void *arg)
{
	struct chores *c = arg;
	bool more = false;
	enum err err;

	worker_self(c->w);
	err = job_sweep(c->w->st, &more);
	complain(err, "old jobs cannot be removed");
	loop_timer_set(&c->w->loop, &c->sweep,
	    err != ERR_NONE ? AGAIN_MS
	    : more          ? STEP_MS
			    : DAY_MS);
}

static void
checkpoint(void *arg)
{
	struct chores *c = arg;

	complain(store_checkpoint(c->w->st), "the store's log stays long");
	loop_timer_set(&c->w->loop, &c->checkpoint, CHECKPOINT_MS);
}

enum err
chores_open(struct worker *w)
{
	struct chores *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return ERR_NOMEM;
	*c = (struct chores) {
	    w, {.fire = sweep, .arg = c}, {.fire = checkpoint, .arg = c}};
	w->chores = c;
	loop_timer_set(&w->loop, &c->sweep, STEP_MS);
	/* On PostgreSQL the server does it. */
	if (!store_announces(w->st))
		loop_timer_set(&w->loop, &c->checkpoint, CHECKPOINT_MS);
	return ERR_NONE;
}

void
chores_close(struct worker *w)
{
	if (w->chores == NULL)
		return;
	loop_timer_clear(&w->loop, &w->chores->sweep);
	loop_timer_clear(&w->loop, &w->chores->checkpoint);
	free(w->chores);
	w->chores = NULL;
}

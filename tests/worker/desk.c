#include "tests/worker/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATIENCE_MS = 30 * 1000 };

static void
worker_set(struct worker *w, struct store *st, const char *name)
{
	memset(w, 0, sizeof(*w));
	w->st = st;
	w->server.fd = -1;
	snprintf(w->name, sizeof(w->name), "%s", name);
	assert_int_equal(loop_open(&w->loop), ERR_NONE);
	assert_int_equal(fetcher_open(w), ERR_NONE);
}

int
desk_setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	fixture_open(&d->f);
	scratch_sql(&d->f.scratch, "DELETE FROM job");
	worker_set(&d->w, d->f.scratch.st, "first");
	*state = d;
	return 0;
}

static void
worker_unset(struct worker *w)
{
	tasks_end(w);
	fetcher_close(w);
	loop_close(&w->loop);
}

int
desk_teardown(void **state)
{
	struct desk *d = *state;

	worker_unset(&d->w);
	fixture_release(&d->f);
	free(d);
	return 0;
}

void
desk_hire(struct desk *d, struct worker *w, const char *name)
{
	struct store *st;

	assert_int_equal(
	    store_open(&st, d->f.scratch.url, &d->f.scratch.clock), ERR_NONE);
	worker_set(w, st, name);
}

void
desk_fire(struct worker *w)
{
	worker_unset(w);
	store_close(w->st);
}

static void
too_late(void *arg)
{
	(void)arg;
	fail_msg("waited in vain");
}

void
desk_turn_until(struct worker *w, desk_fn *fn, void *arg)
{
	struct timer late = {.fire = too_late};

	loop_timer_set(&w->loop, &late, PATIENCE_MS);
	while (!fn(arg))
		assert_int_equal(loop_turn(&w->loop), ERR_NONE);
	loop_timer_clear(&w->loop, &late);
}

void
desk_become(struct desk *d, enum who who)
{
	struct identity id = fixture_identity(&d->f, who, ROLE_SYSTEM);

	store_become(d->w.st, &id);
}

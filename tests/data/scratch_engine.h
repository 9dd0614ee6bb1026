/*
 * What scratch.c needs of each engine; all fail the test when they cannot.
 */
#ifndef TESTS_DATA_SCRATCH_ENGINE_H
#define TESTS_DATA_SCRATCH_ENGINE_H

#include "data/registry.h"
#include "tests/data/scratch.h"

struct scratch_engine {
	enum dialect dialect;
	/* Says where the store will be: s->url, from s->dir. */
	void (*name)(struct scratch *s);
	/* Makes it: with nothing in it; with a store in it; like another. */
	void (*make_empty)(const struct scratch *s);
	void (*make_store)(const struct scratch *s);
	void (*copy)(const struct scratch *from, const struct scratch *to);
	/* Outside of s->dir nothing is left, and there no store. */
	void (*drop)(const struct scratch *s);
	/* The first value of the last statement goes to cell, if there is
	 * one. */
	void (*run)(const struct scratch *s, const char *sql, struct buf *cell);
	void (*look)(
	    struct store *st, const char *sql, scratch_cell_fn *fn, void *arg);
};

extern const struct scratch_engine scratch_sqlite;
extern const struct scratch_engine scratch_postgresql;

#endif

/*
 * The cases of the registry walk: how to fill in a statement's arguments from
 * what a customer holds, and how to call a verb.
 */
#ifndef TESTS_DATA_WALK_H
#define TESTS_DATA_WALK_H

#include "data/registry.h"
#include "data/verb.h"
#include "tests/data/fixture.h"

enum arg_kind {
	ARG_END,
	ARG_INT,
	ARG_TEXT,
	ARG_NULL,
	ARG_BYTES,
	ARG_ID,     /* an int64_t of struct holding */
	ARG_STRING, /* a char array of struct holding */
	ARG_KEY,    /* its key */
};

struct arg {
	enum arg_kind kind;
	int64_t i; /* a number, or an offset in struct holding */
	const char *s;
};

/* With the ids of the customer itself it must give a row or change one. */
struct walk_case {
	enum sql sql;
	struct arg args[QUERY_ARGS];
};
extern const struct walk_case walk_cases[];
extern const size_t walk_cases_count;

/* With somebody else's ids a verb must say ERR_NOT_FOUND; no_ids: it takes
 * none. */
struct verb_case {
	enum verb verb;
	enum role role;
	enum err (*call)(struct store *st, const struct holding *h);
	bool no_ids;
};
extern const struct verb_case verb_cases[];
extern const size_t verb_cases_count;

#endif

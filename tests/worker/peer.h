/*
 * A server that answers a worker's requests as a test has written down, one
 * after the other, and remembers what it was asked.
 */
#ifndef TESTS_WORKER_PEER_H
#define TESTS_WORKER_PEER_H

#include "data/checkout.h"
#include "tests/worker/desk.h"

enum { PEER_REQUESTS = 8 };

/* To the first request, the second … */
struct says {
	unsigned status;
	const char *should_retry, *body;
};

struct seen {
	char line[96], query[256];
	char authorization[64], version[32], account[32], key[64];
	char form[2048];
};

struct peer {
	struct desk *desk;
	struct MHD_Daemon *daemon;
	const struct says *says;
	size_t most; /* answers that are written down */
	size_t n;    /* requests that came */
	struct seen seen[PEER_REQUESTS];
	const char *events;    /* what is listed; not counted */
	char events_since[24]; /* as it was asked for the last time */
};

/* cmocka set-up and tear-down: *state is a struct peer, whose worker calls it
 * with the key "sk_test_1" for the account "acct_1".  Nobody claims or charges
 * anything yet. */
int peer_setup(void **state);
int peer_teardown(void **state);

/* From now on it says this; what it has seen is forgotten. */
#define PEER_SAYS(p, answers)                                                  \
	peer_says(p, answers, sizeof(answers) / sizeof((answers)[0]))
void peer_says(struct peer *p, const struct says *says, size_t n);

/* Due jobs are taken, so many seconds after the last time, until there are none
 * any more that are not given back. */
void peer_work(struct peer *p, int64_t later_s);
int64_t peer_count(const struct peer *p, const char *sql);
struct checkout peer_checkout(const struct peer *p, int64_t id);
/* What an id names is looked at; the test fails when that fails. */
void peer_settle(struct peer *p, const char *id);
/* The handle acts for the first customer. */
void peer_become(struct peer *p, enum role role);

#endif

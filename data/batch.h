/*
 * Queries that travel in one message: what was asked, byte for byte, and what
 * was answered to each.  For the socket engine; see store_load().
 */
#ifndef DATA_BATCH_H
#define DATA_BATCH_H

#include "base/ipc.h"
#include "data/wire.h"

struct batch {
	struct buf asked; /* a QUERIES body */
	size_t n;
	struct ipc_msg reply;
	struct rd answers[QUERIES_MAX]; /* of the first ones asked */
	size_t nanswers;
};

void batch_init(struct batch *b);
void batch_release(struct batch *b);
/* Adds a QUERY body, unless it is there already or there is no room. */
void batch_ask(struct batch *b, const struct buf *query);
/* The reply came: body is the rest of it, within b->reply.  ERR_PROTOCOL. */
enum err batch_answered(struct batch *b, struct rd *body);
/* *answer: what a REPLY to this query alone would hold.  False: not asked, or
 * not answered. */
bool batch_find(
    const struct batch *b, const struct buf *query, struct rd *answer);

#endif

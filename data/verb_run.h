/*
 * The handlers of verbs.  They run on a direct engine, inside a transaction,
 * and believe nothing that a session says.  Only verbs.c refers to them, so
 * that no session program links them.
 */
#ifndef DATA_VERB_RUN_H
#define DATA_VERB_RUN_H

#include "data/verb.h"

#define X(name, roles, fn)                                                     \
	enum err fn(struct store *st, struct rd *args, struct buf *reply);
VERB_LIST(X)
#undef X

#endif

/*
 * A store worker's half of the socket engine: answers one message of one
 * session on a direct store.  Knows nothing of processes.
 */
#ifndef DATA_SERVE_H
#define DATA_SERVE_H

#include "base/ipc.h"
#include "data/store.h"

/* Message types on a session's store socket. */
enum {
	STORE_MSG_HELLO = 1, /* build hash -> identity or ERR_VERSION */
	STORE_MSG_QUERY,     /* statement, args -> rows (one packet) */
	STORE_MSG_CALL,      /* verb, args -> reply */
	STORE_MSG_RENDER,    /* ask for papers to be made; answered when made */
	STORE_MSG_REPLY,     /* enum err, problem, then the body */
	STORE_MSG_END_OTHERS, /* end the other sessions of this login */
	STORE_MSG_NOTE,       /* unasked, worker to session */
	STORE_MSG_QUERIES,    /* several queries -> an answer to each */
};

/*
 * How a request goes on: an answer is in *reply; or a render was asked for
 * (SERVE_RENDER: *render says which) and the answer comes later with
 * serve_reply_render(); or the peer broke the rules and must be dropped.
 */
enum serve_result {
	SERVE_REPLY,
	SERVE_RENDER,
	SERVE_END_OTHERS, /* *reply is ready: send it, and end the others */
	SERVE_DROP
};

struct serve_render {
	uint8_t kind; /* enum paper_kind */
	int64_t ref;  /* invoice or payment; 0: all that are missing */
};

/*
 * Result sets that do not fit one packet are cut after the last whole row and
 * say so; the socket engine reports that as ERR_TOO_BIG (statements are
 * written with a LIMIT).
 */
enum serve_result store_serve(struct store *direct, const struct identity *id,
    const struct ipc_msg *in, struct buf *reply, struct serve_render *render);
void serve_reply_render(struct buf *reply, enum err err);
void serve_note(struct buf *out, const struct note *note);

#endif

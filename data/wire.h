/*
 * How values, rows, problems and identities look in a message between a session
 * and its store worker.  Both halves use this and nothing else.
 *
 *	HELLO	i64 registry hash	-> i64 fixed clock, identity
 *	QUERY	u32 statement, u8 n, n values
 *		-> u8 truncated, u8 columns, u32 rows, rows * columns values
 *	QUERIES	one to QUERIES_MAX blobs, each a QUERY
 *		-> blobs, each a REPLY; fewer if they do not fit
 *	CALL	u32 verb, its arguments	-> its reply
 *	RENDER	u8 kind, i64 ref	-> nothing
 *	NOTE	u8 type, u32 topics
 *	REPLY	u8 err, str field, str text, and what stands behind "->"
 *
 * A value is a u8 type and: nothing, an i64, a blob (text with its NUL).
 */
#ifndef DATA_WIRE_H
#define DATA_WIRE_H

#include "data/store.h"

/* As many as the overview asks: other sessions wait meanwhile. */
enum { QUERIES_MAX = 8 };

void wire_put_value(struct buf *b, const struct value *v);
size_t wire_value_size(const struct value *v);
/* Borrowed from the message.  Text has its NUL and no other. */
struct value wire_value(struct rd *r);

/* The head of a REPLY; p may be NULL. */
void wire_put_reply(struct buf *b, enum err err, const struct problem *p);
/* The error that such a head says, with its problem; ERR_PROTOCOL: it is none,
 * and *p is left as it is. */
enum err wire_reply(struct rd *r, struct problem *p);

void wire_put_identity(struct buf *b, const struct identity *id);
void wire_identity(struct rd *r, struct identity *id);

void wire_put_note(struct buf *b, const struct note *note);
void wire_note(struct rd *r, struct note *note);

#endif

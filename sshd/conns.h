/*
 * What a login child may say, and when.
 */
#ifndef SSHD_CONNS_H
#define SSHD_CONNS_H

#include <stdint.h>

#include "base/err.h"
#include "base/ipc.h"

enum conn_state { CONN_UNKNOWN, CONN_PROVING, CONN_AUTHED };

struct conn;

struct conn_row {
	uint16_t type;
	enum conn_state allowed, then;
	/* An error drops the connection. */
	enum err (*act)(struct conn *c, struct ipc_msg *msg);
};

/* The row of a message in a state; NULL: it may not be said now. */
const struct conn_row *conn_row_find(uint16_t type, enum conn_state state);

#endif

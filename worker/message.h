/*
 * A mail as it is sent: headers and a text, RFC 5322 and MIME.  Whatever the
 * texts hold, no header begins in them.
 */
#ifndef WORKER_MESSAGE_H
#define WORKER_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct message {
	const char *from_name; /* "" for none */
	const char *from, *to; /* addresses */
	const char *reply_to;  /* "": as from */
	const char *subject, *text;
	int64_t date; /* an instant */
	const char
	    *id; /* the left side of its Message-ID: letters, digits, "." */
};

/* Adds it with CRLF line ends; no line is longer than 76 bytes but those of
 * addresses. */
void message_write(struct buf *out, const struct message *m);

#endif

/*
 * Standard input and output of a file session: waiting on them and on the
 * session's own end at once.
 */
#ifndef SSHD_FILES_STREAM_H
#define SSHD_FILES_STREAM_H

#include "sshd/files/vfs.h"

struct stream {
	int in, out;
	const struct vfs *vfs;
	int idle_ms;   /* end after so long without a byte; -1: never */
	bool busy;     /* the user has something open */
	bool stopping; /* end once nothing is */
};

/* Makes both descriptors non-blocking: call it before the sandbox. */
enum err stream_init(
    struct stream *s, int in, int out, const struct vfs *vfs, int idle_minutes);
/*
 * Waits for input.  *n is 0 at its end.  ERR_CLOSED: the session is over by
 * our side's will; ERR_TIMEOUT: nothing came for too long.
 */
enum err stream_read(struct stream *s, void *p, size_t size, size_t *n);
/* Writes all of b and empties it; ERR_CLOSED too when nobody reads. */
enum err stream_write(struct stream *s, struct buf *b);

#endif

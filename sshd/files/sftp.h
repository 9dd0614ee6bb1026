/*
 * The server half of SFTP version 3, read-only, over any vfs: bytes in, bytes
 * out, no descriptors.
 */
#ifndef SSHD_FILES_SFTP_H
#define SSHD_FILES_SFTP_H

#include "sshd/files/vfs.h"

enum {
	/* Longer packets, without their length field, end the session. */
	SFTP_PACKET_MAX = 256 * 1024 + 1024,
	/* One READ gives this much at most: with its head it fits the 256 KB
	 * that the OpenSSH client takes. */
	SFTP_READ_MAX = 255 * 1024,
	/* Answers are gathered up to about this much, then sent. */
	SFTP_FLUSH = 192 * 1024,
};

struct sftp;

/* Sends all of out and empties it. */
typedef enum err sftp_send_fn(void *arg, struct buf *out);

/* vfs and arg are borrowed. */
enum err sftp_new(
    struct sftp **out, const struct vfs *vfs, sftp_send_fn *send, void *arg);
void sftp_free(struct sftp *s);

/*
 * Takes what arrived, in any pieces, and answers the requests that are whole.
 * Any error is the end of the session: ERR_PROTOCOL for bytes that are not
 * SFTP, ERR_TOO_BIG for a packet beyond the limit, ERR_CLOSED for a vfs that
 * is gone, or send's.  What was answered before it has been sent.
 */
enum err sftp_input(struct sftp *s, const void *p, size_t n);
/* Is anything open, or a packet half there? */
bool sftp_busy(const struct sftp *s);
/* A packet is half there: an end now is a broken one. */
bool sftp_partial(const struct sftp *s);

#endif

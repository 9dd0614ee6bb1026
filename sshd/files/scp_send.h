/*
 * The records of "scp -f": files, directories, times and errors, each with the
 * client's acknowledgement.
 */
#ifndef SSHD_FILES_SCP_SEND_H
#define SSHD_FILES_SCP_SEND_H

#include "sshd/files/stream.h"

struct scp {
	struct stream *stream;
	const struct vfs *vfs;
	bool recursive, times;
	bool failed; /* something was refused: exit status 1 */
	struct buf out;
	unsigned char in[256];
	size_t in_at, in_len;
};

void scp_init(struct scp *s, struct stream *stream);
void scp_release(struct scp *s);

/* Any error of these is the end of the session; what the client or the vfs
 * refuses about one file only sets failed. */

/* Waits for one; *ok is false when the client does not want what was said. */
enum err scp_ack(struct scp *s, bool *ok);
/* "\1scp: path: reason": path is what the client named, made safe here. */
enum err scp_complain(struct scp *s, const char *path, enum err why);
/* A line of the protocol as it is: level 1 warns, 2 ends. */
enum err scp_say(struct scp *s, int level, const char *text);
/* A file, or with -r a directory and all below it. */
enum err scp_send(struct scp *s, const char *path, const struct vfs_node *node);

#endif

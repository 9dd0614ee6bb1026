/*
 * Between sftp.c, which cuts packets, and sftp_request.c, which answers them.
 */
#ifndef SSHD_FILES_SFTP_REQUEST_H
#define SSHD_FILES_SFTP_REQUEST_H

#include "sshd/files/handles.h"
#include "sshd/files/sftp.h"
#include "sshd/files/packet.h"

struct sftp {
	const struct vfs *vfs;
	sftp_send_fn *send;
	void *arg;
	bool started;   /* INIT was seen */
	size_t need;    /* bytes that make the packet in "in" whole */
	struct buf in;  /* one packet in pieces, with its length */
	struct buf out; /* answers to be sent */
	struct handles handles;
	enum err fatal;  /* nothing can be answered any more */
	const char *why; /* for the answer under way: translated, or NULL */
};

/* Answers one packet (type and body) into s->out.  An error ends it. */
enum err sftp_request(struct sftp *s, const void *p, size_t n);

#endif

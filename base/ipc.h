/*
 * Messages between the processes of one machine: one SOCK_SEQPACKET packet
 * each, "u16 type, u16 zero, u32 body length, body", with up to IPC_FDS
 * descriptors.  A packet whose length field does not match is ERR_PROTOCOL.
 */
#ifndef BASE_IPC_H
#define BASE_IPC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

enum { IPC_BODY_MAX = 96 * 1024, IPC_FDS = 4 };

struct ipc_msg {
	uint16_t type;
	struct buf body;
	int fds[IPC_FDS]; /* the receiver owns them */
	size_t nfds;
	pid_t pid; /* who sent it, after ipc_want_pids(); else 0 */
};

void ipc_msg_init(struct ipc_msg *m);
/* Closes descriptors that are left (>= 0), wipes and frees the body. */
void ipc_msg_release(struct ipc_msg *m);

/* A connected pair, CLOEXEC, blocking. */
enum err ipc_pair(int sv[2]);
/* Sends the whole message or nothing.  body may be NULL.  ERR_BUSY when a
 * non-blocking socket is full, ERR_CLOSED when the peer is gone. */
enum err ipc_send(
    int fd, uint16_t type, const struct buf *body, const int *fds, size_t nfds);
/* Receives one message; m is reset first.  Received descriptors are CLOEXEC.
 * ERR_BUSY: nothing there (non-blocking).  ERR_CLOSED: end.  A socket has one
 * reader: the size is asked first, then the packet is taken. */
enum err ipc_recv(int fd, struct ipc_msg *m);

/* A listening or a connected SEQPACKET socket at a path of any length, mode
 * 0600 and CLOEXEC.  Listening replaces a stale socket file. */
enum err ipc_listen(const char *path, int *fd);
enum err ipc_connect(const char *path, int *fd);

/* From now on the kernel says in each packet which process sent it. */
enum err ipc_want_pids(int fd);

enum err fd_set_nonblock(int fd, int on);

#endif

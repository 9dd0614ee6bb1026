/*
 * Packets with descriptors over AF_UNIX sockets.  Whatever arrives is owned at
 * once, so that a bad packet cannot leave descriptors behind.
 */
#include "base/ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { IPC_HEAD = 8, IPC_BACKLOG = 128 };

/* Aligned for the header that the kernel puts in front of the descriptors. */
union ipc_control {
	struct cmsghdr align;
	unsigned char bytes[CMSG_SPACE(IPC_FDS * sizeof(int)) +
			    CMSG_SPACE(sizeof(struct ucred))];
};

struct ipc_errno {
	int number;
	enum err err;
};

static const struct ipc_errno errnos[] = {
    {EAGAIN, ERR_BUSY},
    {ENOBUFS, ERR_BUSY},
    {ETOOMANYREFS, ERR_BUSY},
    {EPIPE, ERR_CLOSED},
    {ECONNRESET, ERR_CLOSED},
    {ENOTCONN, ERR_CLOSED},
    {ECONNREFUSED, ERR_CLOSED},
    {EMSGSIZE, ERR_TOO_BIG},
    {ENOMEM, ERR_NOMEM},
    {ENOENT, ERR_NOT_FOUND},
    {ENOTDIR, ERR_NOT_FOUND},
    {EACCES, ERR_DENIED},
    {EPERM, ERR_DENIED},
    {EADDRINUSE, ERR_CONFLICT},
    {EMFILE, ERR_LIMIT},
    {ENFILE, ERR_LIMIT},
    {ENOSPC, ERR_FULL},
};

static enum err
err_from_errno(int number)
{
	size_t i;

	for (i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (errnos[i].number == number)
			return errnos[i].err;
	return ERR_IO;
}

static void
ipc_msg_close(struct ipc_msg *m)
{
	while (m->nfds > 0)
		if (m->fds[--m->nfds] >= 0)
			close(m->fds[m->nfds]);
}

void
ipc_msg_init(struct ipc_msg *m)
{
	size_t i;

	*m = (struct ipc_msg) {0};
	buf_init(&m->body, IPC_BODY_MAX);
	for (i = 0; i < IPC_FDS; i++)
		m->fds[i] = -1;
}

void
ipc_msg_release(struct ipc_msg *m)
{
	ipc_msg_close(m);
	buf_wipe(&m->body);
}

enum err
ipc_pair(int sv[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) == -1)
		return err_from_errno(errno);
	return ERR_NONE;
}

enum err
ipc_send(
    int fd, uint16_t type, const struct buf *body, const int *fds, size_t nfds)
{
	size_t len = body != NULL ? body->len : 0;
	unsigned char head[IPC_HEAD] = {type & 0xff, type >> 8, 0, 0,
	    len & 0xff, len >> 8 & 0xff, len >> 16 & 0xff, len >> 24 & 0xff};
	struct iovec iov[2] = {{.iov_base = head, .iov_len = IPC_HEAD}};
	struct msghdr hdr = {.msg_iov = iov, .msg_iovlen = 1};
	union ipc_control control;
	struct cmsghdr *c;
	ssize_t n;

	if (body != NULL && body->err != ERR_NONE)
		return body->err;
	if (len > IPC_BODY_MAX || nfds > IPC_FDS)
		return ERR_TOO_BIG;
	if (len > 0) {
		iov[1].iov_base = body->data;
		iov[1].iov_len = len;
		hdr.msg_iovlen = 2;
	}
	if (nfds > 0) {
		memset(&control, 0, sizeof(control));
		hdr.msg_control = &control;
		hdr.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&hdr);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	do
		n = sendmsg(fd, &hdr, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_from_errno(errno);
	return (size_t)n == IPC_HEAD + len ? ERR_NONE : ERR_IO;
}

/* Takes over what came with a packet; false if it was no list of ours. */
static bool
ipc_take_extra(struct ipc_msg *m, struct msghdr *hdr)
{
	struct cmsghdr *c;
	struct ucred who;
	bool ok = true;
	size_t i, n;
	int fd;

	for (c = CMSG_FIRSTHDR(hdr); c != NULL; c = CMSG_NXTHDR(hdr, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&who, CMSG_DATA(c), sizeof(who));
			m->pid = who.pid;
		}
		if (c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			if (m->nfds < IPC_FDS) {
				m->fds[m->nfds++] = fd;
			} else {
				close(fd);
				ok = false;
			}
		}
	}
	return ok;
}

/* The size of the next packet, which stays queued. */
static enum err
ipc_peek(int fd, size_t *size)
{
	unsigned char byte;
	ssize_t n;

	do
		n = recv(fd, &byte, 1, MSG_PEEK | MSG_TRUNC);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_from_errno(errno);
	if (n == 0)
		return ERR_CLOSED;
	*size = (size_t)n;
	return ERR_NONE;
}

enum err
ipc_recv(int fd, struct ipc_msg *m)
{
	unsigned char head[IPC_HEAD];
	struct iovec iov[2] = {{.iov_base = head, .iov_len = IPC_HEAD}};
	struct msghdr hdr = {.msg_iov = iov, .msg_iovlen = 2};
	union ipc_control control;
	struct rd r;
	enum err err;
	size_t size = 0, room;
	ssize_t n;
	bool ok;

	ipc_msg_close(m);
	buf_reset(&m->body);
	m->type = 0;
	m->pid = 0;

	/*
	 * Asked first, so that a small message takes little memory.  What is
	 * too big is received all the same, cut: or it would come again.
	 */
	if ((err = ipc_peek(fd, &size)) != ERR_NONE)
		return err;
	room = size > IPC_HEAD ? size - IPC_HEAD : 0;
	if (room > IPC_BODY_MAX)
		room = IPC_BODY_MAX;
	if ((iov[1].iov_base = buf_reserve(&m->body, room)) == NULL)
		return m->body.err;
	iov[1].iov_len = room;
	hdr.msg_control = &control;
	hdr.msg_controllen = sizeof(control);
	do
		n = recvmsg(fd, &hdr, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_from_errno(errno);

	ok = ipc_take_extra(m, &hdr) && n >= IPC_HEAD &&
	     (hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
	r = rd_init(head + 4, 4);
	if (!ok || head[2] != 0 || head[3] != 0 ||
	    rd_u32(&r) != (size_t)n - IPC_HEAD) {
		ipc_msg_close(m);
		return ERR_PROTOCOL;
	}
	m->type = (uint16_t)(head[0] | head[1] << 8);
	m->body.len = (size_t)n - IPC_HEAD;
	return ERR_NONE;
}

/*
 * An address for path.  One that is too long for sun_path goes through its
 * opened directory; *dir is that (to be closed after use) or -1.
 */
static enum err
ipc_addr(struct sockaddr_un *sa, const char *path, int *dir)
{
	const char *slash = strrchr(path, '/');
	char parent[4096];
	int n;

	*sa = (struct sockaddr_un) {.sun_family = AF_UNIX};
	*dir = -1;
	if (path[0] == '\0')
		return ERR_BAD_INPUT;
	if (strlen(path) < sizeof(sa->sun_path)) {
		strcpy(sa->sun_path, path);
		return ERR_NONE;
	}
	if (slash == NULL)
		return ERR_TOO_BIG;
	n = snprintf(
	    parent, sizeof(parent), "%.*s", (int)(slash + 1 - path), path);
	if (n < 0 || (size_t)n >= sizeof(parent))
		return ERR_TOO_BIG;
	if ((*dir = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return err_from_errno(errno);
	n = snprintf(sa->sun_path, sizeof(sa->sun_path), "/proc/self/fd/%d/%s",
	    *dir, slash + 1);
	if (n < 0 || (size_t)n >= sizeof(sa->sun_path)) {
		close(*dir);
		*dir = -1;
		return ERR_TOO_BIG;
	}
	return ERR_NONE;
}

/* Makes a socket and connects or binds it: the same steps for both. */
static enum err
ipc_open(const struct sockaddr_un *sa, int flags,
    int (*act)(int, const struct sockaddr *, socklen_t), int *fd)
{
	enum err err = ERR_NONE;
	int s, rc;

	s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);
	if (s == -1)
		return err_from_errno(errno);
	/* On Linux this is the mode of the file that bind() makes. */
	if (act == bind && fchmod(s, 0600) == -1) {
		err = err_from_errno(errno);
		close(s);
		return err;
	}
	do
		rc = act(s, (const struct sockaddr *)sa, sizeof(*sa));
	while (rc == -1 && errno == EINTR);
	if (rc == -1) {
		err = err_from_errno(errno);
		close(s);
		return err;
	}
	*fd = s;
	return ERR_NONE;
}

/* A socket file on which nobody listens any more. */
static bool
ipc_is_stale(const struct sockaddr_un *sa)
{
	struct stat st;
	enum err err;
	int fd;

	if (lstat(sa->sun_path, &st) == -1 || !S_ISSOCK(st.st_mode))
		return false;
	err = ipc_open(sa, SOCK_NONBLOCK, connect, &fd);
	if (err == ERR_NONE)
		close(fd);
	return err == ERR_CLOSED;
}

enum err
ipc_listen(const char *path, int *fd)
{
	struct sockaddr_un sa;
	enum err err;
	int dir, s;

	if ((err = ipc_addr(&sa, path, &dir)) != ERR_NONE)
		return err;
	err = ipc_open(&sa, 0, bind, &s);
	if (err == ERR_CONFLICT && ipc_is_stale(&sa) &&
	    unlink(sa.sun_path) == 0)
		err = ipc_open(&sa, 0, bind, &s);
	if (err == ERR_NONE && listen(s, IPC_BACKLOG) == -1) {
		err = err_from_errno(errno);
		close(s);
	}
	if (err == ERR_NONE)
		*fd = s;
	if (dir != -1)
		close(dir);
	return err;
}

enum err
ipc_connect(const char *path, int *fd)
{
	struct sockaddr_un sa;
	enum err err;
	int dir;

	if ((err = ipc_addr(&sa, path, &dir)) != ERR_NONE)
		return err;
	err = ipc_open(&sa, 0, connect, fd);
	if (dir != -1)
		close(dir);
	return err;
}

enum err
ipc_want_pids(int fd)
{
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == -1)
		return err_from_errno(errno);
	return ERR_NONE;
}

enum err
fd_set_nonblock(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1)
		return ERR_IO;
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) == -1 ? ERR_IO : ERR_NONE;
}

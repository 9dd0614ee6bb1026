/*
 * Reading and writing without ever missing that the session should end: a
 * client that has stopped reading must not keep it.
 */
#include "sshd/files/stream.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "base/ipc.h"

enum { MINUTE_MS = 60 * 1000 };

enum err
stream_init(
    struct stream *s, int in, int out, const struct vfs *vfs, int idle_minutes)
{
	enum err err;

	*s = (struct stream) {
	    .in = in,
	    .out = out,
	    .vfs = vfs,
	    .idle_ms = idle_minutes > 0 && idle_minutes < INT_MAX / MINUTE_MS
			   ? idle_minutes * MINUTE_MS
			   : -1,
	};
	if ((err = fd_set_nonblock(in, 1)))
		return err;
	return fd_set_nonblock(out, 1);
}

static enum err
stream_alive(struct stream *s)
{
	enum err err = s->vfs->ops->alive(s->vfs->arg);

	if (err == ERR_BUSY) {
		s->stopping = true;
		err = ERR_NONE;
	}
	if (err == ERR_NONE && s->stopping && !s->busy)
		err = ERR_CLOSED;
	return err;
}

/* Waits until fd is ready or the session must end. */
static enum err
stream_wait(struct stream *s, int fd, short events)
{
	struct pollfd fds[] = {
	    {.fd = fd, .events = events},
	    {.fd = s->vfs->wake_fd, .events = POLLIN},
	};
	enum err err;
	int n;

	for (;;) {
		if ((err = stream_alive(s)))
			return err;
		n = poll(fds, 2, s->idle_ms);
		if (n < 0 && errno != EINTR)
			return ERR_IO;
		if (n == 0)
			return ERR_TIMEOUT;
		if (n > 0 && fds[0].revents != 0)
			return ERR_NONE;
	}
}

enum err
stream_read(struct stream *s, void *p, size_t size, size_t *n)
{
	enum err err;
	ssize_t got;

	/* Asked here too: a client that never pauses is told as well. */
	if ((err = stream_alive(s)))
		return err;
	while ((got = read(s->in, p, size)) < 0) {
		if (errno == EINTR)
			continue;
		if (errno == ECONNRESET)
			got = 0;
		else if (errno != EAGAIN)
			return ERR_IO;
		if (got == 0)
			break;
		if ((err = stream_wait(s, s->in, POLLIN)))
			return err;
	}
	*n = (size_t)got;
	return ERR_NONE;
}

enum err
stream_write(struct stream *s, struct buf *b)
{
	size_t done = 0;
	enum err err = b->err;
	bool busy = s->busy;
	ssize_t n;

	/* What is owed is still sent when the portal stops. */
	s->busy = true;
	while (err == ERR_NONE && done < b->len) {
		n = write(s->out, b->data + done, b->len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno == EPIPE || errno == ECONNRESET)
			err = ERR_CLOSED;
		else if (errno == EAGAIN)
			err = stream_wait(s, s->out, POLLOUT);
		else if (errno != EINTR)
			err = ERR_IO;
	}
	s->busy = busy;
	if (err == ERR_NONE)
		buf_reset(b);
	return err;
}

/*
 * The bytes of a channel.  What one side cannot take is kept, and the other
 * side is not read meanwhile, so that a client that stops reading costs one
 * small buffer.  libssh may write less than it is given at any time (no window,
 * a new key exchange), and a window that opens wakes nobody: so each turn looks
 * again.
 */
#include "sshd/login_relay.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CHUNKS_A_TURN = 4,
	KEY_EOF = 4, /* what a terminal sends for the end of input */
};

bool
rest_keep(struct rest *r, const unsigned char *p, size_t n)
{
	if (n == 0)
		return true;
	if ((r->data = malloc(n)) == NULL)
		return false;
	memcpy(r->data, p, n);
	r->len = n;
	r->off = 0;
	return true;
}

static void
rest_drop(struct rest *r)
{
	free(r->data);
	*r = (struct rest) {0};
}

void
way_close(struct way *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	rest_drop(&w->rest);
}

void
relay_close(struct channel *c)
{
	way_close(&c->out);
	way_close(&c->err);
	rest_drop(&c->in);
}

/* To the client; what it does not take is kept. */
static void
way_write(struct channel *c, struct way *w, const unsigned char *p, size_t n)
{
	int done;

	done = w->is_stderr ? ssh_channel_write_stderr(c->ssh, p, (uint32_t)n)
			    : ssh_channel_write(c->ssh, p, (uint32_t)n);
	if (done < 0) {
		if (!c->client_closed)
			login_end(c->login, NULL);
		return;
	}
	if ((size_t)done < n &&
	    !rest_keep(&w->rest, p + done, n - (size_t)done))
		login_end(c->login, NULL);
}

static void
way_flush(struct channel *c, struct way *w)
{
	struct rest r = w->rest;

	if (r.data == NULL || ssh_channel_window_size(c->ssh) == 0)
		return;
	w->rest = (struct rest) {0};
	way_write(c, w, r.data + r.off, r.len - r.off);
	free(r.data);
}

static bool
client_takes(const struct channel *c)
{
	return !c->client_closed && ssh_channel_window_size(c->ssh) > 0 &&
	       (ssh_get_status(c->login->ssh) & SSH_WRITE_PENDING) == 0;
}

/*
 * Reads until nothing is there or the buffer is full, so that what a program
 * writes in pieces is one packet.  Returns how much; *dry: nothing is left.
 */
static size_t
way_gather(
    struct channel *c, struct way *w, unsigned char *p, size_t max, bool *dry)
{
	size_t len = 0;
	ssize_t n;

	*dry = false;
	while (len < max) {
		n = read(w->fd, p + len, max - len);
		if (n > 0) {
			len += (size_t)n;
		} else if (n == -1 && errno == EINTR) {
			continue;
		} else {
			*dry = true;
			if (n == -1 && errno == EAGAIN)
				break;
			/* A pty may get another program. */
			w->hung = true;
			if (!c->pty && w->is_stderr)
				way_close(w);
			break;
		}
	}
	return len;
}

bool
way_forward(struct channel *c, struct way *w)
{
	unsigned char *chunk = c->login->chunk;
	uint32_t window;
	bool dry = true;
	size_t n, max;
	int i;

	way_flush(c, w);
	if (w->fd < 0 || w->hung)
		return w->rest.data == NULL;
	for (i = 0; i < CHUNKS_A_TURN; i++) {
		window = ssh_channel_window_size(c->ssh);
		if (w->rest.data != NULL || (i == 0 && !client_takes(c)) ||
		    window == 0 || c->client_closed)
			return false;
		max = window < RELAY_CHUNK ? window : RELAY_CHUNK;
		n = way_gather(c, w, chunk, max, &dry);
		w->spoke = w->spoke || n > 0;
		if (n > 0)
			way_write(c, w, chunk, n);
		if (dry || c->login->ended)
			break;
	}
	return dry && w->rest.data == NULL;
}

/*
 * Takes all that libssh holds, never a part: with each read it opens the window
 * wide again, whatever it still holds, and a fast client would fill our memory.
 */
static bool
input_take(struct channel *c)
{
	int held, got;

	c->has_input = false;
	if ((held = ssh_channel_poll(c->ssh, 0)) <= 0)
		return false;
	if ((c->in.data = malloc((size_t)held)) == NULL) {
		login_end(c->login, NULL);
		return false;
	}
	got =
	    ssh_channel_read_nonblocking(c->ssh, c->in.data, (uint32_t)held, 0);
	c->in.off = 0;
	c->in.len = got > 0 ? (size_t)got : 0;
	if (got <= 0 || c->out.fd < 0 || c->exited)
		rest_drop(&c->in); /* nobody reads it any more */
	return c->in.data != NULL;
}

void
input_forward(struct channel *c)
{
	struct rest *r = &c->in;
	ssize_t n;

	while (r->data != NULL || (c->has_input && input_take(c))) {
		n = write(c->out.fd, r->data + r->off, r->len - r->off);
		if (n == -1 && errno == EAGAIN)
			return;
		if (n > 0)
			r->off += (size_t)n;
		if ((n == -1 && errno != EINTR) || r->off == r->len)
			rest_drop(r);
	}
}

/* A terminal's end of input is a key, and until the screen is up the terminal
 * would swallow it. */
void
input_finish(struct channel *c)
{
	static const char eof = KEY_EOF;

	if (!c->client_eof || c->eof_passed || c->has_input ||
	    c->in.data != NULL || c->out.fd < 0 || (c->pty && !c->out.spoke))
		return;
	c->eof_passed = true;
	if (!c->pty)
		shutdown(c->out.fd, SHUT_WR);
	else if (write(c->out.fd, &eof, 1) == -1)
		return; /* its program is gone already */
}

static size_t
way_poll(const struct channel *c, const struct way *w, bool input,
    struct pollfd *pfd)
{
	short events = 0;

	if (w->fd < 0)
		return 0;
	if (!w->hung && w->rest.data == NULL && client_takes(c))
		events |= POLLIN;
	if (input && c->in.data != NULL)
		events |= POLLOUT;
	/* Not even for a hang-up, which would come again and again. */
	if (events == 0)
		return 0;
	*pfd = (struct pollfd) {w->fd, events, 0};
	return 1;
}

size_t
relay_poll(const struct channel *c, struct pollfd *pfds)
{
	size_t n = way_poll(c, &c->out, true, pfds);

	return n + way_poll(c, &c->err, false, pfds + n);
}

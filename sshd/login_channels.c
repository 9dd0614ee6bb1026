/*
 * Channels of somebody who was let in: each becomes one session program, and
 * its bytes go to and fro.  Nothing here waits: what one side cannot take is
 * kept, and the other side is not read meanwhile, so that a client that stops
 * reading costs one small buffer.  libssh's callbacks only take notes, because
 * they may run inside any call that writes.
 */
#include "sshd/login.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/text.h"

enum {
	CHUNK = 32 * 1024,
	CHUNKS_A_TURN = 4,
	INPUT_MAX = 2 << 20, /* libssh's window is smaller */
	CHANNELS_SPARE = 2,  /* to refuse one politely */
	PTY_MAX = 1000,
	PIXELS_MAX = 65535,
	STATUS_REFUSED = 1,
	KEY_EOF = 4, /* what a terminal sends for the end of input */
};

/* Bytes that could not be passed on yet. */
struct rest {
	unsigned char *data;
	size_t len, off;
};

/* One way from a descriptor to the client. */
struct way {
	int fd; /* -1: at its end */
	bool is_stderr;
	bool hung; /* a pty without program: RESUMED may come */
	struct rest rest;
};

struct channel {
	struct login *login;
	ssh_channel ssh;
	struct ssh_channel_callbacks_struct callbacks;
	uint32_t id;
	struct session_request *request; /* until it runs */
	bool pty;
	bool started;
	struct way out, err; /* out.fd also takes the input */
	struct rest in;
	bool has_input;	 /* libssh holds some */
	bool client_eof; /* nothing more will come */
	bool eof_passed;
	bool client_closed;
	bool exited;
	bool said; /* exit status, EOF and close are sent */
	uint32_t status, signal;
};

static bool
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
	*r = (struct rest){ 0 };
}

static void
way_close(struct way *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	rest_drop(&w->rest);
}

static void
channel_drop(struct channel *c)
{
	way_close(&c->out);
	way_close(&c->err);
	rest_drop(&c->in);
	free(c->request);
	if (c->ssh != NULL) {
		ssh_remove_channel_callbacks(c->ssh, &c->callbacks);
		ssh_channel_free(c->ssh);
	}
	free(c);
}

static struct channel *
channel_find(struct login *l, uint32_t id)
{
	size_t i;

	for (i = 0; i < l->nchannels; i++)
		if (l->channels[i]->id == id)
			return l->channels[i];
	return NULL;
}

/* ---- what the client asks for ---- */

static uint32_t
clamp(int value, uint32_t max)
{
	return value < 0 ? 0 : (uint32_t)value > max ? max : (uint32_t)value;
}

static int
on_pty(ssh_session s, ssh_channel ch, const char *term, int cols, int rows,
    int xpixels, int ypixels, void *arg)
{
	struct channel *c = arg;
	struct session_request *rq = c->request;

	(void)s;
	(void)ch;
	if (rq == NULL || rq->pty)
		return -1;
	rq->pty = true;
	rq->cols = clamp(cols, PTY_MAX);
	rq->rows = clamp(rows, PTY_MAX);
	rq->xpixels = clamp(xpixels, PIXELS_MAX);
	rq->ypixels = clamp(ypixels, PIXELS_MAX);
	snprintf(rq->term, sizeof(rq->term), "%s",
	    term != NULL && text_is_term(term) ? term : "dumb");
	return 0;
}

static int
on_window(ssh_session s, ssh_channel ch, int cols, int rows, int xpixels,
    int ypixels, void *arg)
{
	struct channel *c = arg;
	struct winsize ws = {
		.ws_col = (unsigned short)clamp(cols, PTY_MAX),
		.ws_row = (unsigned short)clamp(rows, PTY_MAX),
		.ws_xpixel = (unsigned short)clamp(xpixels, PIXELS_MAX),
		.ws_ypixel = (unsigned short)clamp(ypixels, PIXELS_MAX),
	};

	(void)s;
	(void)ch;
	if (c->request != NULL) {
		c->request->cols = ws.ws_col;
		c->request->rows = ws.ws_row;
	} else if (c->pty && c->out.fd >= 0) {
		ioctl(c->out.fd, TIOCSWINSZ, &ws);
	}
	return 0;
}

static int
on_env(ssh_session s, ssh_channel ch, const char *name, const char *value,
    void *arg)
{
	struct session_request *rq = ((struct channel *)arg)->request;

	(void)s;
	(void)ch;
	if (rq == NULL || name == NULL || value == NULL ||
	    rq->nvars == SESSION_VARS || !session_var_valid(name, value))
		return -1;
	snprintf(rq->vars[rq->nvars++], SESSION_VAR, "%s=%s", name, value);
	return 0;
}

static void
on_signal(ssh_session s, ssh_channel ch, const char *name, void *arg)
{
	struct channel *c = arg;
	struct buf b;

	(void)s;
	(void)ch;
	if (!c->started || c->exited || name == NULL || strlen(name) > 16)
		return;
	buf_init(&b, 64);
	buf_put_u32(&b, c->id);
	buf_put_str(&b, name);
	if (proto_send(c->login->monitor, CONN_MSG_SIGNAL, &b, NULL, 0) !=
	    ERR_NONE)
		login_end(c->login, NULL);
}

static void
on_eof(ssh_session s, ssh_channel ch, void *arg)
{
	(void)s;
	(void)ch;
	((struct channel *)arg)->client_eof = true;
}

static void
on_close(ssh_session s, ssh_channel ch, void *arg)
{
	(void)s;
	(void)ch;
	((struct channel *)arg)->client_closed = true;
}

static int
on_data(ssh_session s, ssh_channel ch, void *data, uint32_t len, int is_stderr,
    void *arg)
{
	struct channel *c = arg;

	(void)s;
	(void)ch;
	(void)data;
	if (is_stderr)
		return (int)len;
	/* libssh takes more than its window; we do not. */
	if (len > INPUT_MAX)
		login_end(c->login, "Too much at once.");
	c->has_input = true;
	return 0;
}

/* ---- starting ---- */

/* Ends a channel that never got a program, with a sentence for the person. */
static void
channel_refuse(struct channel *c, const char *text)
{
	char line[320];
	int n;

	n = snprintf(line, sizeof(line), "%s%s", text, c->pty ? "\r\n" : "\n");
	if (n > 0 && (size_t)n < sizeof(line)) {
		c->err.is_stderr = !c->pty;
		rest_keep(&c->err.rest, (unsigned char *)line, (size_t)n);
	}
	c->exited = true;
	c->status = STATUS_REFUSED;
}

static enum err
channel_opened(struct channel *c, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	char text[256];

	if (rd_u32(&r) != c->id)
		return ERR_PROTOCOL;
	if (rd_u8(&r) == 0) {
		rd_str(&r, text, sizeof(text));
		if (rd_end(&r) == ERR_NONE)
			channel_refuse(c, text);
		return rd_end(&r);
	}
	c->pty = rd_u8(&r) != 0;
	if (rd_end(&r) != ERR_NONE || m->nfds != (c->pty ? 1 : 2))
		return ERR_PROTOCOL;
	c->out.fd = m->fds[0];
	m->fds[0] = -1;
	if (!c->pty) {
		c->err.fd = m->fds[1];
		m->fds[1] = -1;
		c->err.is_stderr = true;
		if (fd_set_nonblock(c->err.fd, 1) != ERR_NONE)
			return ERR_INTERNAL;
	}
	return fd_set_nonblock(c->out.fd, 1);
}

static int
channel_start(struct channel *c, enum session_kind kind, const char *command)
{
	struct login *l = c->login;
	struct session_request *rq = c->request;
	struct ipc_msg answer;
	struct buf b;
	enum err err;

	if (rq == NULL || strlen(command) >= sizeof(rq->command))
		return -1;
	rq->kind = kind;
	rq->quota = l->nchannels > l->limits->channels;
	snprintf(rq->command, sizeof(rq->command), "%s", command);
	c->pty = rq->pty;
	buf_init(&b, 3 * SESSION_COMMAND);
	buf_put_u32(&b, c->id);
	session_request_put(&b, rq);
	free(rq);
	c->request = NULL;
	c->started = true;

	ipc_msg_init(&answer);
	err = login_ask(l, CONN_MSG_OPEN, &b, CONN_MSG_OPENED, &answer);
	if (err == ERR_NONE && (err = channel_opened(c, &answer)) != ERR_NONE)
		login_end(l, NULL);
	ipc_msg_release(&answer);
	return err == ERR_NONE ? 0 : -1;
}

static int
on_shell(ssh_session s, ssh_channel ch, void *arg)
{
	(void)s;
	(void)ch;
	return channel_start(arg, SESSION_SHELL, "");
}

static int
on_exec(ssh_session s, ssh_channel ch, const char *command, void *arg)
{
	(void)s;
	(void)ch;
	return command == NULL ? -1 : channel_start(arg, SESSION_EXEC, command);
}

static int
on_subsystem(ssh_session s, ssh_channel ch, const char *name, void *arg)
{
	(void)s;
	(void)ch;
	if (name == NULL || strcmp(name, "sftp") != 0)
		return -1;
	return channel_start(arg, SESSION_SUBSYSTEM, name);
}

static ssh_channel
on_open(ssh_session s, void *arg)
{
	struct login *l = arg;
	struct channel *c;

	if (l->nchannels >= (size_t)l->limits->channels + CHANNELS_SPARE)
		return NULL;
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return NULL;
	c->login = l;
	c->id = l->next_channel++;
	c->out.fd = c->err.fd = -1;
	c->callbacks.userdata = c;
	c->callbacks.channel_pty_request_function = on_pty;
	c->callbacks.channel_pty_window_change_function = on_window;
	c->callbacks.channel_env_request_function = on_env;
	c->callbacks.channel_signal_function = on_signal;
	c->callbacks.channel_eof_function = on_eof;
	c->callbacks.channel_close_function = on_close;
	c->callbacks.channel_data_function = on_data;
	c->callbacks.channel_shell_request_function = on_shell;
	c->callbacks.channel_exec_request_function = on_exec;
	c->callbacks.channel_subsystem_request_function = on_subsystem;
	ssh_callbacks_init(&c->callbacks);
	if ((c->request = calloc(1, sizeof(*c->request))) == NULL ||
	    (c->ssh = ssh_channel_new(s)) == NULL ||
	    ssh_set_channel_callbacks(c->ssh, &c->callbacks) != SSH_OK) {
		channel_drop(c);
		return NULL;
	}
	l->channels[l->nchannels++] = c;
	return c->ssh;
}

enum err
channels_start(struct login *l)
{
	l->channels = calloc((size_t)l->limits->channels + CHANNELS_SPARE,
	    sizeof(*l->channels));
	if (l->channels == NULL)
		return ERR_NOMEM;
	l->callbacks.userdata = l;
	l->callbacks.channel_open_request_session_function = on_open;
	ssh_callbacks_init(&l->callbacks);
	return ssh_set_server_callbacks(l->ssh, &l->callbacks) == SSH_OK
	    ? ERR_NONE
	    : ERR_INTERNAL;
}

/* ---- what the monitor says ---- */

void
channels_message(struct login *l, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	struct channel *c = channel_find(l, rd_u32(&r));

	if (c == NULL)
		return; /* closed meanwhile */
	if (m->type == CONN_MSG_EXIT) {
		c->status = rd_u32(&r);
		c->signal = rd_u32(&r);
		c->exited = true;
	} else if (m->type == CONN_MSG_RESUMED) {
		c->out.hung = false;
	}
}

/* ---- bytes ---- */

/* To the client; what it does not take is kept. */
static void
way_write(struct channel *c, struct way *w, const unsigned char *p, size_t n)
{
	int done;

	done = w->is_stderr
	    ? ssh_channel_write_stderr(c->ssh, p, (uint32_t)n)
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
	w->rest = (struct rest){ 0 };
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
way_gather(struct channel *c, struct way *w, unsigned char *p, size_t max,
    bool *dry)
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

/* True once the descriptor has nothing more to say for now. */
static bool
way_forward(struct channel *c, struct way *w)
{
	unsigned char chunk[CHUNK];
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
		max = window < sizeof(chunk) ? window : sizeof(chunk);
		n = way_gather(c, w, chunk, max, &dry);
		if (n > 0)
			way_write(c, w, chunk, n);
		if (dry || c->login->ended)
			break;
	}
	return dry && w->rest.data == NULL;
}

/* From libssh's buffer to the program. */
static void
input_forward(struct channel *c)
{
	unsigned char chunk[CHUNK];
	struct rest r;
	ssize_t n;
	int got;

	for (;;) {
		if (c->in.data == NULL) {
			if (!c->has_input)
				return;
			c->has_input = false;
			got = ssh_channel_read_nonblocking(c->ssh, chunk,
			    sizeof(chunk), 0);
			if (got <= 0)
				return;
			if (got == sizeof(chunk))
				c->has_input = true;
			if (c->out.fd < 0 || c->exited)
				continue; /* nobody reads it any more */
			if (!rest_keep(&c->in, chunk, (size_t)got)) {
				login_end(c->login, NULL);
				return;
			}
		}
		r = c->in;
		n = write(c->out.fd, r.data + r.off, r.len - r.off);
		if (n == -1 && errno == EAGAIN)
			return;
		if (n > 0)
			c->in.off += (size_t)n;
		if ((n == -1 && errno != EINTR) || c->in.off == c->in.len)
			rest_drop(&c->in);
	}
}

static void
input_finish(struct channel *c)
{
	static const char eof = KEY_EOF;

	if (!c->client_eof || c->eof_passed || c->has_input ||
	    c->in.data != NULL || c->out.fd < 0)
		return;
	c->eof_passed = true;
	if (!c->pty)
		shutdown(c->out.fd, SHUT_WR);
	else if (write(c->out.fd, &eof, 1) == -1)
		return; /* its program is gone already */
}

/* ---- ending ---- */

static const char *
signal_name(uint32_t number)
{
	static const struct {
		uint32_t number;
		const char *name;
	} names[] = { { 1, "HUP" }, { 2, "INT" }, { 3, "QUIT" }, { 4, "ILL" },
		{ 6, "ABRT" }, { 8, "FPE" }, { 9, "KILL" }, { 11, "SEGV" },
		{ 13, "PIPE" }, { 14, "ALRM" }, { 15, "TERM" } };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == number)
			return names[i].name;
	return "KILL"; /* RFC 4254 has no name for it */
}

/* Drained, then status, EOF and close, in this order. */
static void
channel_finish(struct channel *c)
{
	way_close(&c->out);
	way_close(&c->err);
	rest_drop(&c->in);
	if (c->signal != 0)
		ssh_channel_request_send_exit_signal(c->ssh,
		    signal_name(c->signal), 0, "", "");
	else
		ssh_channel_request_send_exit_status(c->ssh, (int)c->status);
	ssh_channel_send_eof(c->ssh);
	ssh_channel_close(c->ssh);
	c->said = true;
}

/* The client closed first: the program loses its terminal. */
static void
channel_abandon(struct channel *c)
{
	struct buf b;

	way_close(&c->out);
	way_close(&c->err);
	if (!c->started || c->exited)
		return;
	buf_init(&b, 16);
	buf_put_u32(&b, c->id);
	if (proto_send(c->login->monitor, CONN_MSG_CLOSE, &b, NULL, 0) !=
	    ERR_NONE)
		login_end(c->login, NULL);
}

/* False once it is over and freed. */
static bool
channel_turn(struct channel *c)
{
	bool out, err;

	if (!c->client_closed && !c->said) {
		out = way_forward(c, &c->out);
		err = way_forward(c, &c->err);
		if (c->started) {
			input_forward(c);
			input_finish(c);
		}
		if (c->exited && out && err && !c->login->ended &&
		    !c->client_closed)
			channel_finish(c);
	}
	/* Kept until the client closes too: so its channels stay counted. */
	if (!c->client_closed)
		return true;
	if (!c->said)
		channel_abandon(c);
	channel_drop(c);
	return false;
}

void
channels_turn(struct login *l)
{
	size_t i = 0;

	while (i < l->nchannels && !l->ended) {
		if (channel_turn(l->channels[i]))
			i++;
		else
			l->channels[i] = l->channels[--l->nchannels];
	}
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
	*pfd = (struct pollfd){ w->fd, events, 0 };
	return 1;
}

size_t
channels_poll(struct login *l, struct pollfd *pfds, size_t room)
{
	struct channel *c;
	size_t i, n = 0;

	for (i = 0; i < l->nchannels && n + 2 <= room; i++) {
		c = l->channels[i];
		n += way_poll(c, &c->out, true, pfds + n);
		n += way_poll(c, &c->err, false, pfds + n);
	}
	return n;
}

void
channels_release(struct login *l)
{
	while (l->nchannels > 0)
		channel_drop(l->channels[--l->nchannels]);
	free(l->channels);
	l->channels = NULL;
}

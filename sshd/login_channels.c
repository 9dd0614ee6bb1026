/*
 * Channels of somebody who was let in: what the client asks for on each, the
 * session program it becomes, and its end.  libssh's callbacks only take notes,
 * because they may run inside any call that writes.
 */
#include "sshd/login_relay.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/text.h"

enum {
	INPUT_MAX = 2 << 20, /* libssh's window is smaller */
	PTY_MAX = 1000,
	PIXELS_MAX = 65535,
	CHANNELS_SPARE = 2,
	STATUS_REFUSED = 1,
	TURN_CPU_S = 3,
};

static void
channel_drop(struct channel *c)
{
	relay_close(c);
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

/* The monitor refuses a session too many with a sentence: let it be asked. */
static size_t
channels_max(const struct login *l)
{
	return (size_t)l->limits->channels + CHANNELS_SPARE;
}

/* One that the client has closed stays until its turn. */
static size_t
channels_room(const struct login *l)
{
	return 2 * channels_max(l);
}

static size_t
channels_live(const struct login *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->nchannels; i++)
		n += !l->channels[i]->client_closed;
	return n;
}

static ssh_channel
on_open(ssh_session s, void *arg)
{
	struct login *l = arg;
	struct channel *c;

	if (channels_live(l) >= channels_max(l) ||
	    l->nchannels == channels_room(l))
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
	l->channels = calloc(channels_room(l), sizeof(*l->channels));
	l->chunk = malloc(RELAY_CHUNK);
	if (l->channels == NULL || l->chunk == NULL)
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

/* ---- ending ---- */

static const char *
signal_name(uint32_t number)
{
	static const struct {
		uint32_t number;
		const char *name;
	} names[] = {{1, "HUP"}, {2, "INT"}, {3, "QUIT"}, {4, "ILL"},
	    {6, "ABRT"}, {8, "FPE"}, {9, "KILL"}, {11, "SEGV"}, {13, "PIPE"},
	    {14, "ALRM"}, {15, "TERM"}};
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
	relay_close(c);
	if (c->signal != 0)
		ssh_channel_request_send_exit_signal(
		    c->ssh, signal_name(c->signal), 0, "", "");
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

	relay_close(c);
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

/*
 * libssh goes round for ever when a client's packets may hold no byte (a
 * maximum of 10).  Nothing here needs this long; the signal is deadly, and the
 * listener then takes the client for what it is.
 */
static void
channels_watch_over(void)
{
	static const struct itimerval limit = {{0, 0}, {TURN_CPU_S, 0}};

	(void)setitimer(ITIMER_VIRTUAL, &limit, NULL);
}

/*
 * libssh reads the network when a write cannot go out at once.  What comes in
 * may be for a channel that had its turn; nothing else would wake us for it.
 */
void
channels_turn(struct login *l)
{
	uint64_t seen = l->raw.in_packets;
	size_t i = 0;

	channels_watch_over();
	while (i < l->nchannels && !l->ended) {
		if (channel_turn(l->channels[i]))
			i++;
		else
			l->channels[i] = l->channels[--l->nchannels];
	}
	l->again = l->raw.in_packets != seen;
}

size_t
channels_poll(struct login *l, struct pollfd *pfds, size_t room)
{
	struct channel *c;
	size_t i, n = 0;

	for (i = 0; i < l->nchannels && n + 2 <= room; i++) {
		c = l->channels[i];
		n += relay_poll(c, pfds + n);
	}
	return n;
}

void
channels_release(struct login *l)
{
	while (l->nchannels > 0)
		channel_drop(l->channels[--l->nchannels]);
	free(l->channels);
	free(l->chunk);
	l->channels = NULL;
	l->chunk = NULL;
}

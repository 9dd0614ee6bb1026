/*
 * The socket engine: statements and verbs go to a store worker as messages, one
 * at a time.  This is what session programs link, so it knows neither sqlite
 * nor the texts of statements nor the handlers of verbs.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"
#include "data/batch.h"
#include "data/engine.h"
#include "data/serve.h"
#include "data/wire.h"

enum {
	REPLY_MS = 30 * 1000,
	RENDER_MS = 120 * 1000,
};

struct socket_store {
	struct store st;
	int fd;
	bool broken; /* an answer may be missing: nothing fits any more */
	struct clock clock; /* as the worker's, which tests may fix */
	/* Notes that came while an answer was awaited. */
	unsigned topics;
	bool changed, shutdown, disabled;
	enum note_type turn; /* the last of NOTE_AWAY and NOTE_BACK, or 0 */
	bool away;           /* the worker's database */
	/* While something is loaded. */
	struct batch *batch;
	bool noting; /* what is asked is only noted in it */
};

/* The answer to a query, until its end. */
struct answer {
	struct ipc_msg msg;
	struct rd rd;
	uint32_t left; /* rows */
	uint8_t ncols;
	bool truncated;
};

static struct socket_store *
from_store(struct store *st)
{
	return (struct socket_store *)st;
}

static enum err
broken(struct socket_store *s, enum err err, const char *what)
{
	if (!s->broken)
		log_error("store: %s: %s", what, err_name(err));
	s->broken = true;
	return err;
}

/* Waits until the descriptor is ready or the time has come. */
static enum err
wait_for(int fd, short events, int64_t until)
{
	struct pollfd pfd = {.fd = fd, .events = events};
	int64_t left;
	int n;

	for (;;) {
		if ((left = until - clock_mono_ms()) < 0)
			left = 0;
		n = poll(&pfd, 1, (int)left);
		if (n > 0)
			return ERR_NONE;
		if (n == 0)
			return ERR_TIMEOUT;
		if (errno != EINTR)
			return ERR_IO;
	}
}

static enum err
keep_note(struct socket_store *s, struct ipc_msg *msg)
{
	struct rd rd = rd_buf(&msg->body);
	struct note note;

	wire_note(&rd, &note);
	if (msg->nfds > 0 || rd_end(&rd) != ERR_NONE)
		return ERR_PROTOCOL;
	switch (note.type) {
	case NOTE_CHANGED:
		s->changed = true;
		s->topics |= note.topics;
		break;
	case NOTE_SHUTDOWN:
		s->shutdown = true;
		break;
	case NOTE_DISABLED:
		s->disabled = true;
		break;
	case NOTE_AWAY:
	case NOTE_BACK:
		s->turn = note.type;
		s->away = note.type == NOTE_AWAY;
		break;
	}
	return ERR_NONE;
}

static enum err
receive_reply(struct socket_store *s, struct ipc_msg *msg, int64_t until)
{
	enum err err;

	for (;;) {
		if ((err = wait_for(s->fd, POLLIN, until)) != ERR_NONE)
			return err;
		err = ipc_recv(s->fd, msg);
		if (err == ERR_BUSY)
			continue;
		if (err != ERR_NONE)
			return err;
		if (msg->type == STORE_MSG_REPLY)
			return msg->nfds == 0 ? ERR_NONE : ERR_PROTOCOL;
		if (msg->type != STORE_MSG_NOTE)
			return ERR_PROTOCOL;
		if ((err = keep_note(s, msg)) != ERR_NONE)
			return err;
	}
}

/* Takes in all notes that have arrived. */
static enum err
collect_notes(struct socket_store *s)
{
	struct ipc_msg msg;
	enum err err;

	ipc_msg_init(&msg);
	while ((err = wait_for(s->fd, POLLIN, 0)) == ERR_NONE) {
		if ((err = ipc_recv(s->fd, &msg)) != ERR_NONE)
			break;
		if (msg.type != STORE_MSG_NOTE)
			err = ERR_PROTOCOL;
		else
			err = keep_note(s, &msg);
		if (err != ERR_NONE)
			break;
	}
	ipc_msg_release(&msg);
	if (err == ERR_TIMEOUT || err == ERR_BUSY)
		return ERR_NONE;
	s->broken = true;
	return err;
}

/*
 * Sends a request and waits for its answer; rd is then behind the answer's
 * head.  An error of the transport breaks the handle, the answer's own does
 * not.
 */
static enum err
ask_once(struct socket_store *s, uint16_t type, const struct buf *request,
    int timeout_ms, struct ipc_msg *msg, struct rd *rd)
{
	int64_t until = clock_mono_ms() + timeout_ms;
	enum err err;

	if (s->broken)
		return ERR_CLOSED;
	if (s->noting)
		return ERR_INTERNAL;
	if (request->err != ERR_NONE)
		return request->err;
	store_clear_problem(&s->st);
	while ((err = ipc_send(s->fd, type, request, NULL, 0)) == ERR_BUSY)
		if ((err = wait_for(s->fd, POLLOUT, until)) != ERR_NONE)
			break;
	if (err != ERR_NONE)
		return broken(s, err, "request");
	if ((err = receive_reply(s, msg, until)) != ERR_NONE)
		return broken(s, err, "answer");
	*rd = rd_buf(&msg->body);
	err = wire_reply(rd, &s->st.problem);
	if (rd->err != ERR_NONE)
		return broken(s, rd->err, "answer");
	if (err == ERR_AWAY)
		s->away = true;
	return err;
}

/* Waits for the worker's database; false when it stays away. */
static bool
wait_back(struct socket_store *s, int64_t until)
{
	while (s->away && wait_for(s->fd, POLLIN, until) == ERR_NONE)
		if (collect_notes(s) != ERR_NONE)
			return false;
	return !s->away;
}

/* As ask_once(); what could not be asked is asked again while there is
 * patience left. */
static enum err
ask(struct socket_store *s, uint16_t type, const struct buf *request,
    int timeout_ms, struct ipc_msg *msg, struct rd *rd)
{
	int64_t until = clock_mono_ms() + s->st.patience_ms;
	enum err err;

	do
		err = ask_once(s, type, request, timeout_ms, msg, rd);
	while (err == ERR_AWAY && wait_back(s, until));
	return err;
}

/* Queries. */

static enum err
socket_admit(struct store *st, enum sql sql)
{
	(void)st; /* the worker decides */
	return (unsigned)sql < SQL_COUNT ? ERR_NONE : ERR_INTERNAL;
}

static enum err
read_head(struct socket_store *s, struct answer *a)
{
	a->truncated = rd_u8(&a->rd) != 0;
	a->ncols = rd_u8(&a->rd);
	a->left = rd_u32(&a->rd);
	if (a->rd.err == ERR_NONE && a->ncols > QUERY_COLS)
		a->rd.err = ERR_PROTOCOL;
	if (a->rd.err != ERR_NONE)
		return broken(s, a->rd.err, "rows");
	return ERR_NONE;
}

/* Was it answered together with others?  What failed there is asked again. */
static bool
answered(struct socket_store *s, const struct buf *request, struct rd *rd)
{
	return s->batch != NULL && batch_find(s->batch, request, rd) &&
	       wire_reply(rd, &s->st.problem) == ERR_NONE &&
	       rd->err == ERR_NONE;
}

static enum err
start(struct query *q)
{
	struct socket_store *s = from_store(q->st);
	struct answer *a;
	struct buf request;
	enum err err = ERR_NONE;

	q->started = 1;
	if ((a = calloc(1, sizeof(*a))) == NULL)
		return ERR_NOMEM;
	ipc_msg_init(&a->msg);
	q->engine = a;
	buf_init(&request, IPC_BODY_MAX);
	buf_put_u32(&request, (uint32_t)q->sql);
	buf_put_u8(&request, (uint8_t)q->nargs);
	for (size_t i = 0; i < q->nargs; i++)
		wire_put_value(&request, &q->args[i]);
	if (s->noting) {
		batch_ask(s->batch, &request);
	} else {
		if (!answered(s, &request, &a->rd))
			err = ask(s, STORE_MSG_QUERY, &request, REPLY_MS,
			    &a->msg, &a->rd);
		if (err == ERR_NONE)
			err = read_head(s, a);
	}
	buf_wipe(&request);
	return err;
}

static bool
socket_row(struct query *q)
{
	struct socket_store *s = from_store(q->st);
	struct answer *a;

	if (!q->started && (q->err = start(q)) != ERR_NONE)
		return false;
	if ((a = q->engine) == NULL)
		return false;
	if (a->left == 0) {
		if (rd_end(&a->rd) != ERR_NONE)
			q->err = broken(s, ERR_PROTOCOL, "rows");
		else if (a->truncated)
			q->err = ERR_TOO_BIG;
		return false;
	}
	for (size_t i = 0; i < a->ncols; i++)
		q->cols[i] = wire_value(&a->rd);
	if (a->rd.err != ERR_NONE) {
		q->err = broken(s, a->rd.err, "rows");
		return false;
	}
	q->ncols = a->ncols;
	a->left--;
	return true;
}

static void
socket_end(struct query *q)
{
	struct answer *a = q->engine;

	if (a == NULL)
		return;
	ipc_msg_release(&a->msg);
	free(a);
	q->engine = NULL;
}

/* What cannot be had together is asked for one by one, with its error. */
static void
ask_together(struct socket_store *s, struct batch *b)
{
	struct rd rd;

	if (b->n > 1 &&
	    ask(s, STORE_MSG_QUERIES, &b->asked, REPLY_MS, &b->reply, &rd) ==
		ERR_NONE &&
	    batch_answered(b, &rd) != ERR_NONE)
		broken(s, ERR_PROTOCOL, "answers");
}

static enum err
socket_load(struct store *st, store_load_fn *fn, void *arg)
{
	struct socket_store *s = from_store(st);
	struct batch batch;
	enum err err;

	if (s->batch != NULL)
		return fn(st, arg);
	batch_init(&batch);
	s->batch = &batch;
	s->noting = true;
	fn(st, arg);
	s->noting = false;
	ask_together(s, &batch);
	err = fn(st, arg);
	s->batch = NULL;
	batch_release(&batch);
	return err;
}

/* Everything else that is asked. */

static enum err
socket_call(
    struct store *st, enum verb verb, struct rd *args, struct buf *reply)
{
	struct socket_store *s = from_store(st);
	struct ipc_msg msg;
	struct buf request;
	struct rd rd;
	enum err err;

	ipc_msg_init(&msg);
	buf_init(&request, IPC_BODY_MAX);
	buf_put_u32(&request, (uint32_t)verb);
	buf_add(&request, args->p, args->left);
	err = ask(s, STORE_MSG_CALL, &request, REPLY_MS, &msg, &rd);
	if (err == ERR_NONE && reply != NULL) {
		buf_add(reply, rd.p, rd.left);
		err = reply->err;
	}
	buf_wipe(&request);
	ipc_msg_release(&msg);
	return err;
}

static enum err
socket_render(struct store *st, uint8_t kind, int64_t ref)
{
	struct ipc_msg msg;
	struct buf request;
	struct rd rd;
	enum err err;

	ipc_msg_init(&msg);
	buf_init(&request, IPC_BODY_MAX);
	buf_put_u8(&request, kind);
	buf_put_i64(&request, ref);
	err = ask(
	    from_store(st), STORE_MSG_RENDER, &request, RENDER_MS, &msg, &rd);
	buf_release(&request);
	ipc_msg_release(&msg);
	return err;
}

static enum err
socket_end_others(struct store *st)
{
	struct ipc_msg msg;
	struct buf request;
	struct rd rd;
	enum err err;

	ipc_msg_init(&msg);
	buf_init(&request, IPC_BODY_MAX);
	err = ask(from_store(st), STORE_MSG_END_OTHERS, &request, REPLY_MS,
	    &msg, &rd);
	buf_release(&request);
	ipc_msg_release(&msg);
	return err;
}

static enum err
hello(struct socket_store *s)
{
	struct ipc_msg msg;
	struct buf request;
	struct identity id;
	struct rd rd;
	int64_t fixed;
	enum err err;

	ipc_msg_init(&msg);
	buf_init(&request, IPC_BODY_MAX);
	buf_put_i64(&request, (int64_t)registry_hash());
	err = ask(s, STORE_MSG_HELLO, &request, REPLY_MS, &msg, &rd);
	if (err == ERR_NONE) {
		fixed = rd_i64(&rd);
		wire_identity(&rd, &id);
		err = rd_end(&rd);
	}
	if (err == ERR_NONE) {
		s->st.id = id;
		s->clock.fixed = fixed;
		s->st.clock = &s->clock;
	}
	buf_release(&request);
	ipc_msg_release(&msg);
	return err;
}

/* Notes. */

static int
socket_fd(const struct store *st)
{
	return ((const struct socket_store *)st)->fd;
}

static bool
take_note(struct socket_store *s, struct note *note)
{
	if (s->disabled) {
		*note = (struct note) {.type = NOTE_DISABLED};
		s->disabled = false;
	} else if (s->shutdown) {
		*note = (struct note) {.type = NOTE_SHUTDOWN};
		s->shutdown = false;
	} else if (s->turn != 0) {
		*note = (struct note) {.type = s->turn};
		s->turn = 0;
	} else if (s->changed) {
		*note = (struct note) {NOTE_CHANGED, s->topics};
		s->changed = false;
		s->topics = 0;
	} else {
		return false;
	}
	return true;
}

/* A worker that says goodbye and goes has its last word heard first. */
static enum err
socket_note(struct store *st, struct note *note, bool *got)
{
	struct socket_store *s = from_store(st);
	enum err err = s->broken ? ERR_CLOSED : collect_notes(s);

	if (take_note(s, note)) {
		*got = true;
		return ERR_NONE;
	}
	if (err == ERR_NONE)
		*got = false;
	return err;
}

static void
socket_close(struct store *st)
{
	struct socket_store *s = from_store(st);

	close(s->fd);
	free(s);
}

static const struct engine engine_socket = {
    .close = socket_close,
    .admit = socket_admit,
    .row = socket_row,
    .end = socket_end,
    .call = socket_call,
    .render = socket_render,
    .end_others = socket_end_others,
    .fd = socket_fd,
    .note = socket_note,
    .load = socket_load,
};

enum err
store_open_socket(struct store **out, int fd)
{
	struct socket_store *s;
	enum err err;

	if ((s = calloc(1, sizeof(*s))) == NULL) {
		close(fd);
		return ERR_NOMEM;
	}
	store_init(&s->st, &engine_socket);
	s->fd = fd;
	if ((err = hello(s)) != ERR_NONE) {
		socket_close(&s->st);
		return err;
	}
	*out = &s->st;
	return ERR_NONE;
}

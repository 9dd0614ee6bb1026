/*
 * Answers a session's messages on a direct store.  The session may have been
 * taken over: every byte is checked, and whoever breaks the format is dropped.
 */
#include "data/serve.h"

#include <string.h>

#include "base/log.h"
#include "data/engine.h"
#include "data/paper.h"
#include "data/wire.h"

enum {
	/* A reply's head, at its longest, and a bit. */
	HEAD_MAX = 1 + 4 + sizeof(((struct problem *)0)->field) + 4 +
		   sizeof(((struct problem *)0)->text),
};

struct request {
	struct store *st;
	const struct identity *id;
	struct rd rd;
	struct buf *reply;
	struct serve_render *render;
};

static enum serve_result
drop(const struct request *r, const char *what)
{
	log_warn("store: session %s (login %lld from %s) dropped: %s",
	    r->id->session, (long long)r->id->login, r->id->source, what);
	return SERVE_DROP;
}

static enum serve_result
answer(const struct request *r, enum err err)
{
	buf_reset(r->reply);
	wire_put_reply(r->reply, err, store_problem(r->st));
	return r->reply->err == ERR_NONE ? SERVE_REPLY : SERVE_DROP;
}

static enum serve_result
serve_hello(struct request *r)
{
	uint64_t hash = (uint64_t)rd_i64(&r->rd);
	const struct clock *clock = store_clock(r->st);

	/* Another build's hello may be longer: tell it so all the same. */
	if (r->rd.err != ERR_NONE)
		return drop(r, "bad hello");
	if (hash != registry_hash() || rd_end(&r->rd) != ERR_NONE)
		return answer(r, ERR_VERSION);
	answer(r, ERR_NONE);
	buf_put_i64(r->reply, clock != NULL ? clock->fixed : 0);
	wire_put_identity(r->reply, r->id);
	return r->reply->err == ERR_NONE ? SERVE_REPLY : SERVE_DROP;
}

/* Adds the row unless the packet would become too long. */
static bool
put_row(struct buf *b, const struct query *q)
{
	size_t size = 0;

	for (size_t i = 0; i < q->ncols; i++)
		size += wire_value_size(&q->cols[i]);
	if (b->len + size > IPC_BODY_MAX)
		return false;
	for (size_t i = 0; i < q->ncols; i++)
		wire_put_value(b, &q->cols[i]);
	return true;
}

static void
patch_u32(struct buf *b, size_t at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		b->data[at + i] = (unsigned char)(v >> 8 * i);
}

static enum serve_result
run_query(struct request *r, struct query *q)
{
	struct buf *b = r->reply;
	uint32_t rows = 0;
	size_t head;
	enum err err;

	answer(r, ERR_NONE);
	head = b->len;
	buf_put_u8(b, 0);
	buf_put_u8(b, (uint8_t)strlen(sql_table[q->sql].cols));
	buf_put_u32(b, 0);
	if (b->err != ERR_NONE)
		q->err = b->err;
	while (query_row(q)) {
		if (!put_row(b, q)) {
			b->data[head] = 1;
			break;
		}
		if (b->err != ERR_NONE)
			q->err = b->err;
		rows++;
	}
	if ((err = query_end(q)) != ERR_NONE)
		return answer(r, err);
	patch_u32(b, head + 2, rows);
	return SERVE_REPLY;
}

static enum serve_result
serve_query(struct request *r)
{
	struct query q = {.st = r->st, .sql = rd_u32(&r->rd)};
	uint8_t n = rd_u8(&r->rd);

	if (r->rd.err != ERR_NONE || (unsigned)q.sql >= SQL_COUNT)
		return drop(r, "unknown statement");
	if (n > QUERY_ARGS)
		return drop(r, "too many arguments");
	for (size_t i = 0; i < n; i++)
		q.args[i] = wire_value(&r->rd);
	q.nargs = n;
	if (rd_end(&r->rd) != ERR_NONE || !direct_args_fit(&q))
		return drop(r, "wrong arguments");
	if ((q.err = r->st->engine->admit(r->st, q.sql)) != ERR_NONE)
		return answer(r, q.err);
	return run_query(r, &q);
}

/* One of several queries, with its answer; what does not fit is left out. */
static enum serve_result
serve_one(struct request *r, struct buf *answers)
{
	struct request one = *r;
	size_t len, before = answers->len;
	const void *p = rd_blob(&r->rd, &len);
	enum serve_result result;

	if (p == NULL)
		return drop(r, "bad queries");
	one.rd = rd_init(p, len);
	store_clear_problem(r->st);
	if ((result = serve_query(&one)) != SERVE_REPLY)
		return result;
	buf_put_blob(answers, r->reply->data, r->reply->len);
	if (answers->err != ERR_NONE) {
		buf_cut(answers, before);
		r->rd.left = 0; /* the rest is asked for again, one by one */
	}
	return SERVE_REPLY;
}

static enum serve_result
serve_queries(struct request *r)
{
	enum serve_result result;
	struct buf answers;
	int n = 0;

	buf_init(&answers, IPC_BODY_MAX - HEAD_MAX);
	do
		result = n++ < QUERIES_MAX ? serve_one(r, &answers)
					   : drop(r, "too many queries");
	while (result == SERVE_REPLY && r->rd.left > 0);
	if (result == SERVE_REPLY) {
		store_clear_problem(r->st);
		answer(r, ERR_NONE);
		buf_add(r->reply, answers.data, answers.len);
	}
	buf_wipe(&answers);
	return result;
}

static enum serve_result
serve_call(struct request *r)
{
	uint32_t verb = rd_u32(&r->rd);
	enum serve_result result;
	struct buf body;
	enum err err;

	if (r->rd.err != ERR_NONE || verb >= VERB_COUNT)
		return drop(r, "unknown verb");
	buf_init(&body, IPC_BODY_MAX - HEAD_MAX);
	err = direct_call(r->st, (enum verb)verb, &r->rd, &body);
	if (err == ERR_PROTOCOL) {
		result = drop(r, "wrong verb arguments");
	} else {
		result = answer(r, err);
		if (err == ERR_NONE)
			buf_add(r->reply, body.data, body.len);
		if (r->reply->err != ERR_NONE)
			result = SERVE_DROP;
	}
	buf_wipe(&body);
	return result;
}

static enum serve_result
serve_render(struct request *r)
{
	uint8_t kind = rd_u8(&r->rd);
	int64_t ref = rd_i64(&r->rd);

	if (rd_end(&r->rd) != ERR_NONE || kind < PAPER_INVOICE ||
	    kind >= PAPER_KINDS || ref < 0)
		return drop(r, "bad render");
	/* A renderer does not ask for renderers. */
	if (r->id->role != ROLE_CUSTOMER)
		return answer(r, ERR_DENIED);
	*r->render = (struct serve_render) {.kind = kind, .ref = ref};
	return SERVE_RENDER;
}

static enum serve_result
serve_end_others(struct request *r)
{
	if (rd_end(&r->rd) != ERR_NONE)
		return drop(r, "bad end of others");
	if (r->id->role != ROLE_CUSTOMER || r->id->login == 0)
		return answer(r, ERR_DENIED);
	answer(r, ERR_NONE);
	return SERVE_END_OTHERS;
}

static enum serve_result
dispatch(struct request *r, uint16_t type)
{
	switch (type) {
	case STORE_MSG_HELLO:
		return serve_hello(r);
	case STORE_MSG_QUERY:
		return serve_query(r);
	case STORE_MSG_QUERIES:
		return serve_queries(r);
	case STORE_MSG_CALL:
		return serve_call(r);
	case STORE_MSG_RENDER:
		return serve_render(r);
	case STORE_MSG_END_OTHERS:
		return serve_end_others(r);
	default:
		return drop(r, "unknown message");
	}
}

enum serve_result
store_serve(struct store *direct, const struct identity *id,
    const struct ipc_msg *in, struct buf *reply, struct serve_render *render)
{
	struct identity before = *store_identity(direct);
	struct request r = {direct, id, rd_buf(&in->body), reply, render};
	enum serve_result result;

	if (in->nfds > 0)
		return drop(&r, "sent a descriptor");
	if (id->role == ROLE_NONE || id->role == ROLE_SYSTEM) {
		log_error("store: a session cannot be role %d", (int)id->role);
		return SERVE_DROP;
	}
	store_become(direct, id);
	store_clear_problem(direct);
	result = dispatch(&r, in->type);
	store_rollback(direct);
	store_become(direct, &before);
	return result;
}

void
serve_reply_render(struct buf *reply, enum err err)
{
	buf_reset(reply);
	wire_put_reply(reply, err, NULL);
}

void
serve_note(struct buf *out, const struct note *note)
{
	buf_reset(out);
	wire_put_note(out, note);
}

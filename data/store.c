/*
 * The part of a handle that is the same on every engine: queries and their
 * columns, problems, what changed.  Must not refer to an engine, a verb's
 * handler or a statement's text, or session programs would link them.
 */
#include "data/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"

void
store_init(struct store *st, const struct engine *engine)
{
	memset(st, 0, sizeof(*st));
	st->engine = engine;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	store_rollback(st);
	st->engine->close(st);
}

const struct identity *
store_identity(const struct store *st)
{
	return &st->id;
}

void
store_become(struct store *st, const struct identity *id)
{
	assert(st->engine->direct);
	if (st->engine->direct)
		st->id = *id;
}

const struct clock *
store_clock(const struct store *st)
{
	return st->clock;
}

/* Transactions. */

enum err
store_begin(struct store *st)
{
	enum err err;

	if (!st->engine->direct)
		return ERR_DENIED;
	if (st->in_transaction) {
		log_error("store: a transaction within a transaction");
		return ERR_INTERNAL;
	}
	st->again = AGAIN_NO;
	if ((err = st->engine->begin(st)) != ERR_NONE)
		return err;
	st->in_transaction = true;
	st->nchanges = 0;
	return ERR_NONE;
}

static enum err
announce(struct store *st, const struct notification *n)
{
	if (st->engine->announce == NULL)
		return ERR_UNSUPPORTED;
	return st->engine->announce(st, n);
}

static enum err
announce_changes(struct store *st)
{
	enum err err = ERR_NONE;

	if (!store_announces(st))
		return ERR_NONE;
	for (size_t i = 0; i < st->nchanges && err == ERR_NONE; i++)
		err =
		    announce(st, &(struct notification) {.type = NOTIFY_CHANGED,
				     .tenant = st->changes[i].tenant,
				     .customer = st->changes[i].customer,
				     .topics = st->changes[i].topics});
	return err;
}

static void
tell_changes(struct store *st)
{
	struct change changes[STORE_CHANGES];
	size_t n = st->nchanges;

	memcpy(changes, st->changes, n * sizeof(*changes));
	st->nchanges = 0;
	if (st->on_change == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		st->on_change(st->on_change_arg, changes[i].tenant,
		    changes[i].customer, changes[i].topics);
}

enum err
store_commit(struct store *st)
{
	enum err err;

	if (!st->engine->direct)
		return ERR_DENIED;
	if (!st->in_transaction) {
		log_error("store: a commit without a transaction");
		return ERR_INTERNAL;
	}
	if ((err = announce_changes(st)) != ERR_NONE ||
	    (err = st->engine->commit(st)) != ERR_NONE) {
		store_rollback(st);
		return err;
	}
	st->in_transaction = false;
	tell_changes(st);
	return ERR_NONE;
}

void
store_rollback(struct store *st)
{
	if (!st->in_transaction)
		return;
	st->engine->rollback(st);
	st->in_transaction = false;
	st->nchanges = 0;
}

bool
store_in_transaction(const struct store *st)
{
	return st->in_transaction;
}

enum err
store_analyze(struct store *st)
{
	return st->engine->analyze != NULL ? st->engine->analyze(st) : ERR_NONE;
}

enum err
store_checkpoint(struct store *st)
{
	return st->engine->checkpoint != NULL ? st->engine->checkpoint(st)
					      : ERR_NONE;
}

bool
store_again(const struct store *st)
{
	return st->again == AGAIN_YES;
}

/* By chance, and longer each time, so that two that collided part.  Programs
 * that were started alike draw from the clock what random() would give both. */
static void
step_aside(int attempt)
{
	struct timespec pause = {0};
	long most = 2000000L << (attempt < 5 ? attempt : 5);

	clock_gettime(CLOCK_MONOTONIC, &pause);
	pause = (struct timespec) {.tv_nsec = pause.tv_nsec * 7919 % most};
	nanosleep(&pause, NULL);
}

static enum err
transact(struct store *st, store_work_fn *fn, void *arg)
{
	enum err err;

	if ((err = store_begin(st)) != ERR_NONE)
		return err;
	if ((err = fn(st, arg)) == ERR_NONE)
		return store_commit(st);
	store_rollback(st);
	return err;
}

enum err
store_transaction(struct store *st, store_work_fn *fn, void *arg)
{
	static const int attempts[] = {
	    [AGAIN_NO] = 1, [AGAIN_MAYBE] = 8, [AGAIN_YES] = 20};
	enum err err;
	int attempt = 0;

	while ((err = transact(st, fn, arg)) != ERR_NONE &&
	       ++attempt < attempts[st->again])
		step_aside(attempt);
	return err;
}

/* Queries. */

struct query
query_begin(struct store *st, enum sql sql)
{
	struct query q = {.st = st, .sql = sql};

	q.err = st->engine->admit(st, sql);
	return q;
}

static struct value *
next_arg(struct query *q)
{
	if (q->err != ERR_NONE)
		return NULL;
	if (q->started || q->nargs == QUERY_ARGS) {
		q->err = ERR_INTERNAL;
		return NULL;
	}
	return &q->args[q->nargs++];
}

void
query_bind_int(struct query *q, int64_t v)
{
	struct value *a = next_arg(q);

	if (a != NULL)
		*a = (struct value) {.type = VALUE_INT, .i = v};
}

void
query_bind_id(struct query *q, int64_t id)
{
	if (id != 0)
		query_bind_int(q, id);
	else
		query_bind_null(q);
}

void
query_bind_text(struct query *q, const char *s)
{
	struct value *a;

	if (s == NULL) {
		query_bind_null(q);
	} else if ((a = next_arg(q)) != NULL) {
		*a =
		    (struct value) {.type = VALUE_TEXT, .p = s, .n = strlen(s)};
	}
}

void
query_bind_bytes(struct query *q, const void *p, size_t n)
{
	struct value *a = next_arg(q);

	if (a != NULL)
		*a = (struct value) {
		    .type = VALUE_BYTES, .p = n > 0 ? p : "", .n = n};
}

void
query_bind_null(struct query *q)
{
	struct value *a = next_arg(q);

	if (a != NULL)
		*a = (struct value) {.type = VALUE_NULL};
}

bool
query_row(struct query *q)
{
	if (q->err != ERR_NONE)
		return false;
	return q->st->engine->row(q);
}

enum err
query_end(struct query *q)
{
	if (!q->started && q->err == ERR_NONE) {
		log_error("store: statement %d was never run", (int)q->sql);
		q->err = ERR_INTERNAL;
	}
	q->st->engine->end(q);
	q->ncols = 0;
	return q->err;
}

enum err
query_run(struct query *q, int64_t *changes)
{
	enum err err;

	while (query_row(q))
		;
	if ((err = query_end(q)) == ERR_NONE && changes != NULL)
		*changes = q->changes;
	return err;
}

enum err
store_load(struct store *st, store_load_fn *fn, void *arg)
{
	return st->engine->load != NULL ? st->engine->load(st, fn, arg)
					: fn(st, arg);
}

/* Columns. */

static const struct value *
column(const struct query *q, size_t col)
{
	static const struct value null = {.type = VALUE_NULL};

	assert(col < q->ncols);
	return col < q->ncols ? &q->cols[col] : &null;
}

int64_t
col_int(const struct query *q, size_t col)
{
	const struct value *v = column(q, col);

	return v->type == VALUE_INT ? v->i : 0;
}

const char *
col_text(const struct query *q, size_t col)
{
	const struct value *v = column(q, col);

	return v->type == VALUE_TEXT ? v->p : "";
}

void
col_copy(struct query *q, size_t col, char *dst, size_t size)
{
	const struct value *v = column(q, col);
	size_t n = v->type == VALUE_TEXT ? v->n : 0;

	if (n >= size) {
		log_error("store: column %zu of statement %d does not fit", col,
		    (int)q->sql);
		if (q->err == ERR_NONE)
			q->err = ERR_INTERNAL;
		n = 0;
	}
	if (n > 0)
		memcpy(dst, v->p, n);
	dst[n] = '\0';
	/* Another program may have put it there. */
	text_clean_self(dst, TEXT_LINES);
}

const void *
col_bytes(const struct query *q, size_t col, size_t *n)
{
	const struct value *v = column(q, col);

	*n = v->type == VALUE_BYTES ? v->n : 0;
	return v->type == VALUE_BYTES ? v->p : "";
}

bool
col_null(const struct query *q, size_t col)
{
	return column(q, col)->type == VALUE_NULL;
}

bool
value_fits(const struct value *v, char type)
{
	switch (v->type) {
	case VALUE_NULL:
		return type >= 'A' && type <= 'Z';
	case VALUE_INT:
		return type == 'i' || type == 'I';
	case VALUE_TEXT:
		return type == 't' || type == 'T' || type == 'f' || type == 'F';
	case VALUE_BYTES:
		return type == 'b' || type == 'B';
	}
	return false;
}

/* Verbs. */

enum err
store_call(
    struct store *st, enum verb verb, const struct buf *args, struct buf *reply)
{
	struct rd rd = {0};

	if (args != NULL) {
		if (args->err != ERR_NONE)
			return args->err;
		rd = rd_buf(args);
	}
	return st->engine->call(st, verb, &rd, reply);
}

enum err
store_call_id(
    struct store *st, enum verb verb, const struct buf *args, int64_t *id)
{
	struct buf reply;
	struct rd rd;
	int64_t got = 0;
	enum err err;

	buf_init(&reply, sizeof(got));
	if ((err = store_call(st, verb, args, &reply)) == ERR_NONE) {
		rd = rd_buf(&reply);
		got = rd_i64(&rd);
		err = rd_end(&rd);
	}
	if (err == ERR_NONE)
		*id = got;
	buf_release(&reply);
	return err;
}

enum err
store_end_others(struct store *st)
{
	if (st->engine->end_others == NULL)
		return ERR_UNSUPPORTED;
	return st->engine->end_others(st);
}

enum err
store_render(struct store *st, uint8_t kind, int64_t ref)
{
	if (st->engine->render == NULL)
		return ERR_UNSUPPORTED;
	return st->engine->render(st, kind, ref);
}

/* Problems. */

const struct problem *
store_problem(const struct store *st)
{
	return &st->problem;
}

static void
copy_cut(char *dst, size_t size, const char *src)
{
	size_t n = strnlen(src, size - 1);

	memcpy(dst, src, n);
	dst[n] = '\0';
}

enum err
store_refuse(struct store *st, const char *field, const char *text)
{
	copy_cut(st->problem.field, sizeof(st->problem.field), field);
	copy_cut(st->problem.text, sizeof(st->problem.text), text);
	return ERR_BAD_INPUT;
}

void
store_clear_problem(struct store *st)
{
	memset(&st->problem, 0, sizeof(st->problem));
}

/* A database of several machines. */

void
store_set_front(struct store *st, uint64_t front)
{
	st->front = front;
}

enum err
store_listen(struct store *st)
{
	if (st->engine->listen == NULL)
		return ERR_UNSUPPORTED;
	return st->engine->listen(st);
}

enum err
store_hear(struct store *st, struct notification *n, bool *got)
{
	*got = false;
	if (st->engine->hear == NULL)
		return ERR_UNSUPPORTED;
	return st->engine->hear(st, n, got);
}

enum err
store_tell_disabled(struct store *st, int64_t login)
{
	return announce(st,
	    &(struct notification) {.type = NOTIFY_DISABLED, .login = login});
}

bool
store_announces(const struct store *st)
{
	return st->engine->announce != NULL;
}

bool
store_away(const struct store *st)
{
	return st->engine->away != NULL && st->engine->away(st);
}

enum err
store_reopen(struct store *st)
{
	if (st->engine->reopen == NULL)
		return ERR_UNSUPPORTED;
	return st->engine->reopen(st);
}

void
store_patience(struct store *st, int64_t ms)
{
	st->patience_ms = ms;
}

/* Notes and changes. */

int
store_fd(const struct store *st)
{
	return st->engine->fd != NULL ? st->engine->fd(st) : -1;
}

enum err
store_note(struct store *st, struct note *note, bool *got)
{
	if (st->engine->note != NULL)
		return st->engine->note(st, note, got);
	*got = false;
	return ERR_NONE;
}

/* Adds to an entry that covers it or makes one; false: no room. */
static bool
add_change(struct store *st, struct change new)
{
	struct change *c = st->changes, *end = c + st->nchanges;

	for (; c < end; c++)
		if (c->tenant == new.tenant &&
		    (c->customer == new.customer || c->customer == 0))
			break;
	if (c == end) {
		if (st->nchanges == STORE_CHANGES)
			return false;
		st->nchanges++;
		*c = new;
	}
	c->topics |= new.topics;
	return true;
}

/* Too many customers to tell apart: each tenant's become one entry. */
static void
merge_changes(struct store *st)
{
	struct change old[STORE_CHANGES];
	size_t n = st->nchanges;

	memcpy(old, st->changes, n * sizeof(*old));
	st->nchanges = 0;
	for (size_t i = 0; i < n; i++) {
		old[i].customer = 0;
		add_change(st, old[i]);
	}
}

void
store_changed(struct store *st, int64_t customer, unsigned topics)
{
	struct change new = {st->id.tenant, customer, topics};

	if (!add_change(st, new)) {
		merge_changes(st);
		if (!add_change(st, new))
			log_error("store: changes of too many tenants at once");
	}
	if (st->in_transaction)
		return;
	if (announce_changes(st) != ERR_NONE)
		log_warn("store: a change was not told to other machines");
	tell_changes(st);
}

void
store_on_change(struct store *st, store_change_fn *fn, void *arg)
{
	st->on_change = fn;
	st->on_change_arg = arg;
}

/*
 * What direct engines share: who may run what, and verbs run in a transaction.
 * Refers to every verb, so session programs must not link it.
 */
#include <string.h>

#include "base/log.h"
#include "data/engine.h"

enum { REPLY_MAX = 16 * 1024 * 1024 };

enum err
direct_admit(struct store *st, enum sql sql)
{
	const struct sql_def *def;

	if ((unsigned)sql >= SQL_COUNT) {
		log_error("store: no statement %d", (int)sql);
		return ERR_INTERNAL;
	}
	def = &sql_table[sql];
	if (st->in_verb || sql_allowed(def, st->id.role))
		return ERR_NONE;
	log_warn("store: %s is not for role %d", def->name, (int)st->id.role);
	return ERR_DENIED;
}

bool
direct_args_fit(const struct query *q)
{
	const struct sql_def *def = &sql_table[q->sql];

	if (strlen(def->args) != q->nargs)
		return false;
	for (size_t i = 0; i < q->nargs; i++)
		if (!value_fits(&q->args[i], def->args[i]))
			return false;
	return true;
}

static enum err
run(struct store *st, const struct verb_def *def, struct rd *args,
    struct buf *reply)
{
	struct identity id = st->id;
	enum err err;

	st->in_verb = true;
	err = def->run(st, args, reply);
	st->in_verb = false;
	st->id = id;
	if (err == ERR_NONE)
		err = rd_end(args);
	if (err == ERR_NONE)
		err = reply->err;
	return err;
}

enum err
direct_call(
    struct store *st, enum verb verb, struct rd *args, struct buf *reply)
{
	const struct verb_def *def;
	struct buf scratch;
	enum err err;

	if ((unsigned)verb >= VERB_COUNT)
		return ERR_INTERNAL;
	def = &verb_table[verb];
	store_clear_problem(st);
	if ((def->roles & 1u << st->id.role) == 0) {
		log_warn("store: verb %s is not for role %d", def->name,
		    (int)st->id.role);
		return ERR_DENIED;
	}
	if ((err = store_begin(st)) != ERR_NONE)
		return err;
	buf_init(&scratch, REPLY_MAX);
	err = run(st, def, args, reply != NULL ? reply : &scratch);
	if (err == ERR_NONE)
		err = store_commit(st);
	else
		store_rollback(st);
	buf_wipe(&scratch);
	return err;
}

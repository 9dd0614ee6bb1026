/*
 * What direct engines share: who may run what, and verbs run in a transaction.
 * Refers to every verb, so session programs must not link it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "data/engine.h"

enum { REPLY_MAX = 16 * 1024 * 1024, FOLD_MAX = 256 * 1024 };

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

enum err
direct_fold(char **out, const struct value *v)
{
	/* A folded character is never twice as long as it was. */
	size_t size = v->n * 2 + 1;
	char *folded;

	if (v->n > FOLD_MAX)
		return ERR_TOO_BIG;
	if ((folded = malloc(size)) == NULL)
		return ERR_NOMEM;
	text_fold(folded, size, v->p);
	*out = folded;
	return ERR_NONE;
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

struct verb_run {
	const struct verb_def *def;
	struct rd args; /* as they came: each attempt reads them anew */
	struct buf *reply;
	size_t head; /* of reply, written by somebody else */
};

static enum err
verb_run(struct store *st, void *arg)
{
	struct verb_run *r = arg;
	struct rd args = r->args;
	struct identity id = st->id;
	enum err err;

	buf_cut(r->reply, r->head);
	store_clear_problem(st);
	st->in_verb = true;
	err = r->def->run(st, &args, r->reply);
	st->in_verb = false;
	st->id = id;
	if (err == ERR_NONE)
		err = rd_end(&args);
	if (err == ERR_NONE)
		err = r->reply->err;
	return err;
}

enum err
direct_call(
    struct store *st, enum verb verb, struct rd *args, struct buf *reply)
{
	struct verb_run r = {.args = *args};
	struct buf scratch;
	enum err err;

	if ((unsigned)verb >= VERB_COUNT)
		return ERR_INTERNAL;
	r.def = &verb_table[verb];
	store_clear_problem(st);
	if ((r.def->roles & 1u << st->id.role) == 0) {
		log_warn("store: verb %s is not for role %d", r.def->name,
		    (int)st->id.role);
		return ERR_DENIED;
	}
	buf_init(&scratch, REPLY_MAX);
	r.reply = reply != NULL ? reply : &scratch;
	r.head = r.reply->len;
	err = store_transaction(st, verb_run, &r);
	buf_wipe(&scratch);
	return err;
}

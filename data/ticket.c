/* Reading tickets, and asking the store worker to change one. */
#include "data/ticket.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/array.h"
#include "data/verb.h"

enum {
	/* Bodies are up to 8 KB: so many fit one answer. */
	MESSAGES_PAGE = 8,
	MESSAGES_MAX = 2000,
	ARGS_MAX = 16384,
};

static enum err
head_get(struct store *st, int64_t id, struct ticket *t)
{
	struct query q = query_begin(st, SQL_TICKET_GET);
	enum err err;

	query_bind_int(&q, id);
	while (query_row(&q)) {
		t->id = col_int(&q, 0);
		col_copy(&q, 1, t->subject, sizeof(t->subject));
		col_copy(&q, 2, t->type, sizeof(t->type));
		col_copy(&q, 3, t->priority, sizeof(t->priority));
		col_copy(&q, 4, t->status, sizeof(t->status));
		t->open = col_int(&q, 5) != 0;
		col_copy(&q, 6, t->team, sizeof(t->team));
		col_copy(&q, 7, t->assigned_to, sizeof(t->assigned_to));
		t->created_at = col_int(&q, 8);
		t->updated_at = col_int(&q, 9);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return t->id != 0 ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err
messages_page(struct store *st, struct ticket *t, int64_t *after)
{
	struct query q = query_begin(st, SQL_TICKET_MESSAGES);
	struct ticket_message *m;

	query_bind_int(&q, t->id);
	query_bind_int(&q, *after);
	query_bind_int(&q, MESSAGES_PAGE);
	while (query_row(&q)) {
		m = array_add(&t->messages, &t->nmessages, sizeof(*m));
		if (m == NULL) {
			q.err = ERR_NOMEM;
			break;
		}
		*after = m->id = col_int(&q, 0);
		m->by_staff = col_int(&q, 1) != 0;
		col_copy(&q, 2, m->author, sizeof(m->author));
		m->at = col_int(&q, 3);
		if ((m->body = strdup(col_text(&q, 4))) == NULL) {
			q.err = ERR_NOMEM;
			break;
		}
		text_clean_self(m->body, TEXT_LINES);
	}
	return query_end(&q);
}

enum err
ticket_get(struct store *st, int64_t id, struct ticket *out)
{
	struct ticket t = {0};
	int64_t after = 0;
	size_t had;
	enum err err;

	if ((err = head_get(st, id, &t)) != ERR_NONE)
		return err;
	do {
		had = t.nmessages;
		err = messages_page(st, &t, &after);
	} while (err == ERR_NONE && t.nmessages == had + MESSAGES_PAGE &&
		 t.nmessages < MESSAGES_MAX);
	if (err != ERR_NONE) {
		ticket_release(&t);
		return err;
	}
	*out = t;
	return ERR_NONE;
}

void
ticket_release(struct ticket *t)
{
	for (size_t i = 0; i < t->nmessages; i++)
		free(t->messages[i].body);
	free(t->messages);
	memset(t, 0, sizeof(*t));
}

/* Told here already, since a message that large does not fit. */
static enum err
check_length(struct store *st, const char *field, const char *text, size_t size)
{
	if (strlen(text) >= size)
		return store_refuse(st, field, N_("That is too long."));
	return ERR_NONE;
}

enum err
ticket_create(struct store *st, const char *subject, const char *type,
    const char *priority, const char *body, int64_t *id)
{
	struct buf args;
	enum err err;

	store_clear_problem(st);
	if ((err = check_length(st, "subject", subject, TICKET_SUBJECT)) !=
		ERR_NONE ||
	    (err = check_length(st, "body", body, TICKET_BODY)) != ERR_NONE)
		return err;
	buf_init(&args, ARGS_MAX);
	buf_put_str(&args, subject);
	buf_put_str(&args, type);
	buf_put_str(&args, priority);
	buf_put_str(&args, body);
	err = store_call_id(st, VERB_TICKET_CREATE, &args, id);
	buf_release(&args);
	return err;
}

enum err
ticket_reply(struct store *st, int64_t id, const char *body)
{
	struct buf args;
	enum err err;

	store_clear_problem(st);
	if ((err = check_length(st, "body", body, TICKET_BODY)) != ERR_NONE)
		return err;
	buf_init(&args, ARGS_MAX);
	buf_put_i64(&args, id);
	buf_put_str(&args, body);
	err = store_call(st, VERB_TICKET_REPLY, &args, NULL);
	buf_release(&args);
	return err;
}

static enum err
call_id(struct store *st, enum verb verb, int64_t id)
{
	struct buf args;
	enum err err;

	buf_init(&args, ARGS_MAX);
	buf_put_i64(&args, id);
	err = store_call(st, verb, &args, NULL);
	buf_release(&args);
	return err;
}

enum err
ticket_close(struct store *st, int64_t id)
{
	return call_id(st, VERB_TICKET_CLOSE, id);
}

enum err
ticket_reopen(struct store *st, int64_t id)
{
	return call_id(st, VERB_TICKET_REOPEN, id);
}

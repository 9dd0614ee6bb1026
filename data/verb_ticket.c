/* A customer's own tickets, in the store worker. */
#include <string.h>

#include "base/i18n.h"
#include "data/audit.h"
#include "data/customer.h"
#include "data/ticket_write.h"
#include "data/verb_run.h"

enum { OPEN_MAX = 100 };

static enum err
open_count(struct store *st, int64_t *n)
{
	struct query q = query_begin(st, SQL_TICKET_OPEN_COUNT);

	while (query_row(&q))
		*n = col_int(&q, 0);
	return query_end(&q);
}

/* Whose words they are: the login's name, as staff will read it. */
static enum err
author_get(struct store *st, char author[161])
{
	struct customer c;
	struct login l;
	enum err err = login_get(st, &l);

	if (err == ERR_NONE) {
		memcpy(author, l.name, sizeof(l.name));
		return ERR_NONE;
	}
	if (err != ERR_NOT_FOUND || (err = customer_get(st, &c)) != ERR_NONE)
		return err;
	memcpy(author, c.name, sizeof(c.name));
	return ERR_NONE;
}

/* Room for every field, and for one that is too long to be told so. */
struct new_args {
	char subject[TICKET_SUBJECT + 1];
	char type[32], priority[32];
	char body[TICKET_BODY + 1];
	char author[161];
};

static enum err
create(struct store *st, const struct new_args *a, struct buf *reply)
{
	int64_t id = 0, n = 0;
	enum err err;

	if ((err = open_count(st, &n)) != ERR_NONE)
		return err;
	if (n >= OPEN_MAX)
		return store_refuse(st, "",
		    N_("You have too many open tickets. Please close one "
		       "first."));
	if (strcmp(a->priority, "urgent") == 0)
		return store_refuse(
		    st, "priority", N_("Low, medium or high, please."));
	err = ticket_write_new(st,
	    &(struct ticket_new) {.subject = a->subject,
		.type = a->type,
		.priority = a->priority,
		.author = a->author,
		.body = a->body,
		.at = clock_now(store_clock(st))},
	    &id);
	if (err == ERR_NONE)
		err = audit_write(st, &(struct audit) {.action = "ticket"});
	if (err == ERR_NONE)
		buf_put_i64(reply, id);
	return err;
}

enum err
verb_ticket_create(struct store *st, struct rd *args, struct buf *reply)
{
	struct new_args a;
	enum err err;

	rd_str(args, a.subject, sizeof(a.subject));
	rd_str(args, a.type, sizeof(a.type));
	rd_str(args, a.priority, sizeof(a.priority));
	rd_str(args, a.body, sizeof(a.body));
	if ((err = rd_end(args)) != ERR_NONE ||
	    (err = author_get(st, a.author)) != ERR_NONE)
		return err;
	return create(st, &a, reply);
}

static enum err
status_get(struct store *st, int64_t id, char status[32], bool *open)
{
	struct query q = query_begin(st, SQL_TICKET_GET);
	bool found = false;
	enum err err;

	query_bind_int(&q, id);
	while (query_row(&q)) {
		found = true;
		col_copy(&q, 4, status, 32);
		*open = col_int(&q, 5) != 0;
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return found ? ERR_NONE : ERR_NOT_FOUND;
}

/* What the customer's answer makes of each status. */
/* clang-format off */
static const struct {
	const char *status, *then;
} answers[] = {
	{ TICKET_NEW,            TICKET_NEW },
	{ TICKET_WORK,           TICKET_WAITS_AGENT },
	{ TICKET_WAITS_CUSTOMER, TICKET_WAITS_AGENT },
	{ TICKET_WAITS_AGENT,    TICKET_WAITS_AGENT },
	{ TICKET_RESOLVED,       TICKET_WORK },
	{ TICKET_CLOSED,         TICKET_WORK },
};
/* clang-format on */

static const char *
answered(const char *status)
{
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		if (strcmp(answers[i].status, status) == 0)
			return answers[i].then;
	return TICKET_WAITS_AGENT;
}

enum err
verb_ticket_reply(struct store *st, struct rd *args, struct buf *reply)
{
	int64_t id = rd_i64(args), now = clock_now(store_clock(st));
	char body[TICKET_BODY + 1], author[161], status[32];
	bool open;
	enum err err;

	(void)reply;
	rd_str(args, body, sizeof(body));
	if ((err = rd_end(args)) != ERR_NONE ||
	    (err = status_get(st, id, status, &open)) != ERR_NONE ||
	    (err = author_get(st, author)) != ERR_NONE)
		return err;
	err = ticket_write_message(st, id,
	    &(struct ticket_text) {.author = author, .body = body, .at = now});
	if (err == ERR_NONE)
		err = ticket_write_status(st, id, answered(status), now);
	if (err == ERR_NONE)
		err =
		    audit_write(st, &(struct audit) {.action = "ticket reply"});
	return err;
}

/* ERR_CONFLICT when somebody else did it first. */
static enum err
move(struct store *st, struct rd *args, bool from_open, const char *status,
    const char *action)
{
	int64_t id = rd_i64(args);
	char was[32];
	bool open;
	enum err err;

	if ((err = rd_end(args)) != ERR_NONE ||
	    (err = status_get(st, id, was, &open)) != ERR_NONE)
		return err;
	if (open != from_open)
		return ERR_CONFLICT;
	err = ticket_write_status(st, id, status, clock_now(store_clock(st)));
	if (err == ERR_NONE)
		err = audit_write(st, &(struct audit) {.action = action});
	return err;
}

enum err
verb_ticket_close(struct store *st, struct rd *args, struct buf *reply)
{
	(void)reply;
	return move(st, args, true, TICKET_CLOSED, "ticket closed");
}

enum err
verb_ticket_reopen(struct store *st, struct rd *args, struct buf *reply)
{
	(void)reply;
	return move(st, args, false, TICKET_WORK, "ticket reopened");
}

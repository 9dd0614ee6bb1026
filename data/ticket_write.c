/* Writing tickets and their messages. */
#include "data/ticket_write.h"

#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/audit.h"
#include "data/input.h"
#include "data/txn.h"

enum {
	PREVIEW = 161,
	AUTHOR = 161,
	TEAM = 81,
	MESSAGES_MAX = 2000, /* of a ticket: as many as are read */
};

static const char *const types[] = {"question", "fault", "billing"};
static const char *const priorities[] = {"low", "medium", "high", "urgent"};

/* The first line or so, as one. */
static void
preview_make(char dst[PREVIEW], const char *body)
{
	text_clean(dst, PREVIEW, body, strlen(body), TEXT_LINE);
}

static enum err
body_clean(struct store *st, char dst[TICKET_BODY], const char *src)
{
	enum err err = input_lines(st, "body", dst, TICKET_BODY, src);

	if (err == ERR_NONE && dst[0] == '\0')
		return store_refuse(st, "body", N_("Please fill this in."));
	return err;
}

static enum err
room_check(struct store *st, int64_t id)
{
	struct query q = query_begin(st, SQL_TICKET_MESSAGE_COUNT);
	int64_t n = 0;
	enum err err;

	query_bind_int(&q, id);
	while (query_row(&q))
		n = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (n >= MESSAGES_MAX)
		return store_refuse(st, "body",
		    N_("This ticket is full. Please open a new one."));
	return ERR_NONE;
}

enum err
ticket_write_message(
    struct store *st, int64_t id, const struct ticket_text *text)
{
	char author[AUTHOR], body[TICKET_BODY];
	struct query q;
	enum err err;

	if ((err = input_line(st, "author", author, sizeof(author),
		 text->author)) != ERR_NONE ||
	    (err = body_clean(st, body, text->body)) != ERR_NONE ||
	    (err = room_check(st, id)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_TICKET_MESSAGE_INSERT);
	query_bind_int(&q, id);
	query_bind_int(&q, text->by_staff);
	query_bind_text(&q, author);
	query_bind_int(&q, text->at);
	query_bind_text(&q, body);
	return query_run(&q, NULL);
}

static bool
status_open(const char *status)
{
	return strcmp(status, TICKET_RESOLVED) != 0 &&
	       strcmp(status, TICKET_CLOSED) != 0;
}

enum err
ticket_write_status(
    struct store *st, int64_t id, const char *status, int64_t at)
{
	struct query q = query_begin(st, SQL_TICKET_MOVE);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, id);
	query_bind_text(&q, status);
	query_bind_int(&q, status_open(status));
	query_bind_int(&q, at);
	err = query_run(&q, &changes);
	if (err == ERR_NONE && changes == 0)
		err = ERR_NOT_FOUND;
	if (err == ERR_NONE)
		store_changed(st, store_identity(st)->customer, TOPIC_TICKETS);
	return err;
}

enum err
ticket_write_new(struct store *st, const struct ticket_new *in, int64_t *id)
{
	char subject[TICKET_SUBJECT], body[TICKET_BODY], preview[PREVIEW];
	char team[TEAM], assigned[AUTHOR];
	struct query q;
	enum err err;

	if ((err = input_needed(st, "subject", subject, sizeof(subject),
		 in->subject)) != ERR_NONE ||
	    (err = INPUT_WORD(st, "type", in->type, types)) != ERR_NONE ||
	    (err = INPUT_WORD(st, "priority", in->priority, priorities)) !=
		ERR_NONE ||
	    (err = body_clean(st, body, in->body)) != ERR_NONE ||
	    (err = input_line(st, "team", team, sizeof(team),
		 in->team != NULL ? in->team : "")) != ERR_NONE ||
	    (err = input_line(st, "assigned_to", assigned, sizeof(assigned),
		 in->assigned_to != NULL ? in->assigned_to : "")) != ERR_NONE)
		return err;
	preview_make(preview, body);
	q = query_begin(st, SQL_TICKET_INSERT);
	query_bind_text(&q, subject);
	query_bind_text(&q, in->type);
	query_bind_text(&q, in->priority);
	query_bind_text(&q, TICKET_NEW);
	query_bind_text(&q, team);
	query_bind_text(&q, assigned);
	query_bind_int(&q, in->at);
	query_bind_text(&q, preview);
	query_bind_text(&q, subject);
	while (query_row(&q))
		*id = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	store_changed(st, store_identity(st)->customer, TOPIC_TICKETS);
	return ticket_write_message(st, *id,
	    &(struct ticket_text) {
		.author = in->author, .body = body, .at = in->at});
}

/* The provider's side. */

enum err
ticket_import(struct store *st, const struct ticket_new *in, int64_t *id)
{
	struct ticket_new new = *in;
	struct txn txn;
	int64_t made = 0;
	enum err err;

	if (new.at == 0)
		new.at = clock_now(store_clock(st));
	if (new.author == NULL)
		new.author = "";
	if ((err = txn_begin(&txn, st, in->customer)) != ERR_NONE)
		return err;
	err = ticket_write_new(st, &new, &made);
	if ((err = txn_end(&txn, err)) == ERR_NONE && id != NULL)
		*id = made;
	return err;
}

enum err
ticket_staff_reply(struct store *st, int64_t customer, int64_t id,
    const char *author, const char *body, int64_t at)
{
	struct txn txn;
	enum err err;

	if (at == 0)
		at = clock_now(store_clock(st));
	if ((err = txn_begin(&txn, st, customer)) != ERR_NONE)
		return err;
	err = ticket_write_status(st, id, TICKET_WAITS_CUSTOMER, at);
	if (err == ERR_NONE)
		err = ticket_write_message(st, id,
		    &(struct ticket_text) {.author = author,
			.body = body,
			.by_staff = true,
			.at = at});
	return txn_end(&txn, err);
}

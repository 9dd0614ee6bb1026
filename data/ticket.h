/* Tickets: statuses move by who writes. */
#ifndef DATA_TICKET_H
#define DATA_TICKET_H

#include "data/store.h"

enum { TICKET_SUBJECT = 161, TICKET_BODY = 8001 };

struct ticket_message {
	int64_t id;
	bool by_staff;
	char author[161];
	int64_t at;
	char *body; /* lines */
};

struct ticket {
	int64_t id;
	char subject[TICKET_SUBJECT];
	char type[16];     /* question fault billing */
	char priority[16]; /* low medium high urgent */
	/* New, Work in progress, Waiting on customer, Waiting on agent,
	 * Resolved, Closed */
	char status[32];
	bool open;
	char team[81], assigned_to[161];
	int64_t created_at, updated_at;
	struct ticket_message *messages;
	size_t nmessages;
};

/* With its messages, oldest first.  ERR_NOT_FOUND. */
enum err ticket_get(struct store *st, int64_t id, struct ticket *out);
void ticket_release(struct ticket *t);

/* As the customer.  ERR_BAD_INPUT: problem field "subject", "body", "type",
 * "priority".  Bodies are lines of at most TICKET_BODY - 1 bytes. */
enum err ticket_create(struct store *st, const char *subject, const char *type,
    const char *priority, const char *body, int64_t *id);
enum err ticket_reply(struct store *st, int64_t id, const char *body);
enum err ticket_close(struct store *st, int64_t id);
enum err ticket_reopen(struct store *st, int64_t id);

/* System/staff. at 0: now. */
enum err ticket_staff_reply(struct store *st, int64_t customer, int64_t id,
    const char *author, const char *body, int64_t at);
/* System: a ticket as it came from elsewhere (demo, import). */
struct ticket_new {
	int64_t customer;
	const char *subject, *type, *priority, *author, *body;
	const char *team, *assigned_to;
	int64_t at;
};
enum err ticket_import(
    struct store *st, const struct ticket_new *in, int64_t *id);

#endif

/* Writing tickets: for handlers of verbs and the provider's own functions. */
#ifndef DATA_TICKET_WRITE_H
#define DATA_TICKET_WRITE_H

#include "data/ticket.h"

/* SU3. */
#define TICKET_NEW "New"
#define TICKET_WORK "Work in progress"
#define TICKET_WAITS_CUSTOMER "Waiting on customer"
#define TICKET_WAITS_AGENT "Waiting on agent"
#define TICKET_RESOLVED "Resolved"
#define TICKET_CLOSED "Closed"

struct ticket_text {
	const char *author, *body;
	bool by_staff;
	int64_t at;
};

/*
 * All act for the handle's customer, inside a transaction that is open.
 * ERR_BAD_INPUT: problem field "subject", "body", "type", "priority".
 */
enum err ticket_write_new(
    struct store *st, const struct ticket_new *in, int64_t *id);
/* Adds a message; does not move the ticket. */
enum err ticket_write_message(
    struct store *st, int64_t id, const struct ticket_text *text);
/* Sets status and time. */
enum err ticket_write_status(
    struct store *st, int64_t id, const char *status, int64_t at);

#endif

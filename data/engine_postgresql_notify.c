/*
 * The postgresql engine: what other front ends are told, and what is heard of
 * them.  A payload is "FRONT c TENANT CUSTOMER TOPICS" or "FRONT d LOGIN",
 * numbers in hexadecimal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "data/engine_postgresql.h"
#include "data/job.h"

#define CHANNEL "portal"

enum {
	PAYLOAD = 128,
	TOPICS = TOPIC_ACCOUNT | TOPIC_BILLING | TOPIC_SERVICES |
		 TOPIC_TICKETS | TOPIC_NEWS | TOPIC_JOBS,
};

static const char notify_text[] =
    "SELECT pg_catalog.pg_notify('" CHANNEL "', $1)";

static void
payload_put(char dst[PAYLOAD], uint64_t front, const struct notification *n)
{
	if (n->type == NOTIFY_CHANGED)
		snprintf(dst, PAYLOAD,
		    "%" PRIx64 " c %" PRIx64 " %" PRIx64 " %x", front,
		    (uint64_t)n->tenant, (uint64_t)n->customer, n->topics);
	else
		snprintf(dst, PAYLOAD, "%" PRIx64 " d %" PRIx64, front,
		    (uint64_t)n->login);
}

/* Anybody who may connect to the database may have sent it: what is no id and
 * no topic goes no further. */
static bool
payload_get(const char *src, uint64_t *front, struct notification *n)
{
	uint64_t a, b;
	unsigned topics;
	int end = -1;

	*n = (struct notification) {0};
	if (sscanf(src, "%" SCNx64 " c %" SCNx64 " %" SCNx64 " %x%n", front, &a,
		&b, &topics, &end) == 4 &&
	    src[end] == '\0') {
		n->type = NOTIFY_CHANGED;
		n->tenant = (int64_t)a;
		n->customer = (int64_t)b;
		n->topics = topics & TOPICS;
		return n->tenant > 0 && n->topics != 0 &&
		       (n->customer >= 0 || (n->customer == JOB_RING &&
						n->topics == TOPIC_JOBS));
	}
	if (sscanf(src, "%" SCNx64 " d %" SCNx64 "%n", front, &a, &end) == 2 &&
	    src[end] == '\0') {
		n->type = NOTIFY_DISABLED;
		n->login = (int64_t)a;
		return n->login > 0;
	}
	return false;
}

enum err
pg_announce(struct store *st, const struct notification *n)
{
	struct pg_store *s = (struct pg_store *)st;
	char payload[PAYLOAD];
	enum err err;
	int told;

	payload_put(payload, st->front, n);
	if (!st->in_transaction) {
		pg_settle(s);
		if (s->conn == NULL)
			return ERR_AWAY;
		buf_reset(&s->told);
	}
	buf_add(&s->told, payload, strlen(payload) + 1);
	if (st->in_transaction || s->told.err != ERR_NONE)
		return s->told.err;
	if ((err = pg_send_told(s, &told)) != ERR_NONE ||
	    (err = pg_sent(s, PQpipelineSync(s->conn), "notify")) != ERR_NONE)
		return err;
	return pg_finish_synced(s, "notify");
}

enum err
pg_send_told(struct pg_store *s, int *count)
{
	const char *p = (const char *)s->told.data;
	const char *end = p + s->told.len;
	int n = 0;

	for (; p < end; p += strlen(p) + 1, n++)
		if (PQsendQueryParams(
			s->conn, notify_text, 1, NULL, &p, NULL, NULL, 0) == 0)
			return pg_lost(s, "notify");
	*count = n;
	buf_reset(&s->told);
	return ERR_NONE;
}

enum err
pg_listen(struct store *st)
{
	struct pg_store *s = (struct pg_store *)st;
	enum err err;

	if ((err = pg_run(s, "LISTEN " CHANNEL, "listen")) == ERR_NONE)
		s->listening = true;
	return err;
}

/* Said once: nobody shall fill the log with it. */
static void
foreign(struct pg_store *s)
{
	if (!s->heard_foreign)
		log_warn("store: a notice that is none of ours");
	s->heard_foreign = true;
}

enum err
pg_hear(struct store *st, struct notification *n, bool *got)
{
	struct pg_store *s = (struct pg_store *)st;
	uint64_t front;
	PGnotify *heard;

	if (s->conn == NULL)
		return ERR_AWAY;
	if (PQconsumeInput(s->conn) == 0)
		return pg_lost(s, "listening");
	while (!*got && (heard = PQnotifies(s->conn)) != NULL) {
		if (!payload_get(heard->extra, &front, n))
			foreign(s);
		else
			*got = front == 0 || front != st->front;
		PQfreemem(heard);
	}
	return ERR_NONE;
}

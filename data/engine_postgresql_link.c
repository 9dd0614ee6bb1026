/*
 * The postgresql engine's connection: made, waited on, lost; and what its
 * errors are in our words.
 */
#include "data/engine_postgresql.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

/* clang-format off */
static const struct {
	const char *state; /* SQLSTATE or its class; whole codes first */
	enum err err;
	enum log_level level;
	enum again again;
} states[] = {
	{ "23505", ERR_CONFLICT,    LOG_LVL_INFO,  AGAIN_MAYBE }, /* unique */
	{ "23502", ERR_INTERNAL,    LOG_LVL_ERROR, AGAIN_NO },    /* not null */
	{ "23514", ERR_INTERNAL,    LOG_LVL_ERROR, AGAIN_NO },    /* check */
	{ "23",    ERR_CONFLICT,    LOG_LVL_INFO,  AGAIN_NO },
	{ "40001", ERR_BUSY,        LOG_LVL_INFO,  AGAIN_YES },   /* serialization */
	{ "40P01", ERR_BUSY,        LOG_LVL_INFO,  AGAIN_YES },   /* deadlock */
	{ "55P03", ERR_BUSY,        LOG_LVL_WARN,  AGAIN_NO },    /* lock timeout */
	{ "57014", ERR_TIMEOUT,     LOG_LVL_WARN,  AGAIN_NO },    /* cancelled */
	{ "57P",   ERR_AWAY,        LOG_LVL_WARN,  AGAIN_NO },    /* shutdown, crash */
	{ "25P03", ERR_AWAY,        LOG_LVL_WARN,  AGAIN_NO },    /* idle too long */
	{ "53100", ERR_FULL,        LOG_LVL_ERROR, AGAIN_NO },
	{ "53200", ERR_NOMEM,       LOG_LVL_ERROR, AGAIN_NO },
	{ "53",    ERR_BUSY,        LOG_LVL_ERROR, AGAIN_NO },
	{ "08",    ERR_AWAY,        LOG_LVL_WARN,  AGAIN_NO },
	{ "42501", ERR_DENIED,      LOG_LVL_ERROR, AGAIN_NO },    /* right or row policy */
	{ "22",    ERR_BAD_INPUT,   LOG_LVL_WARN,  AGAIN_NO },    /* no UTF-8, too large, … */
	{ "54",    ERR_TOO_BIG,     LOG_LVL_WARN,  AGAIN_NO },
	{ "58",    ERR_IO,          LOG_LVL_ERROR, AGAIN_NO },
};
/* clang-format on */

/* libpq ends its messages with a newline, and some have several lines. */
static void
log_said(
    enum log_level level, const char *what, const char *said, const char *state)
{
	log_msg(level, "store: %s: %.*s%s%s%s", what, (int)strcspn(said, "\n"),
	    said, state[0] != '\0' ? " (" : "", state,
	    state[0] != '\0' ? ")" : "");
}

enum err
pg_failed(struct pg_store *s, const PGresult *r, const char *what)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	/* Not the detail: it holds people's data. */
	const char *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	enum log_level level = LOG_LVL_ERROR;
	enum err err = ERR_INTERNAL;

	/* libpq's own: the server did not say anything. */
	if (state == NULL)
		return pg_lost(s, what);
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		if (strncmp(states[i].state, state, strlen(states[i].state)) !=
		    0)
			continue;
		err = states[i].err;
		level = states[i].level;
		if (s->st.in_transaction && s->st.again == AGAIN_NO)
			s->st.again = states[i].again;
		break;
	}
	log_said(level, what, said != NULL ? said : "", state);
	return err == ERR_AWAY ? pg_lost(s, what) : err;
}

enum err
pg_lost(struct pg_store *s, const char *what)
{
	const char *said;

	if (s->conn == NULL)
		return ERR_AWAY;
	said = PQerrorMessage(s->conn);
	log_said(LOG_LVL_WARN, what,
	    said[0] != '\0' ? said : "no answer in time", "");
	pg_drop(s);
	return ERR_AWAY;
}

void
pg_drop(struct pg_store *s)
{
	if (s->conn != NULL)
		PQfinish(s->conn);
	s->conn = NULL;
	s->begun = s->walled = false;
	memset(s->prepared, 0, sizeof(s->prepared));
}

/* Until there is something to read.  ERR_TIMEOUT: not by then. */
static enum err
wait_readable(const struct pg_store *s, int64_t until)
{
	struct pollfd p = {.fd = PQsocket(s->conn), .events = POLLIN};
	int64_t left = -1;
	int n;

	for (;;) {
		if (until != 0 && (left = until - clock_mono_ms()) < 0)
			left = 0;
		n = poll(&p, 1, (int)left);
		if (n > 0)
			return ERR_NONE;
		if (n == 0)
			return ERR_TIMEOUT;
		if (errno != EINTR)
			return ERR_IO;
	}
}

enum err
pg_next(struct pg_store *s, PGresult **out, const char *what)
{
	int64_t until =
	    s->st.patience_ms > 0 ? clock_mono_ms() + s->st.patience_ms : 0;

	if (s->conn == NULL)
		return ERR_AWAY;
	while (PQisBusy(s->conn))
		if (wait_readable(s, until) != ERR_NONE ||
		    PQconsumeInput(s->conn) == 0)
			return pg_lost(s, what);
	*out = PQgetResult(s->conn);
	return ERR_NONE;
}

enum err
pg_finish(struct pg_store *s, const char *what)
{
	enum err err = ERR_NONE, e;
	PGresult *r;

	for (;;) {
		if ((e = pg_next(s, &r, what)) != ERR_NONE)
			return e;
		if (r == NULL)
			return err;
		if (PQresultStatus(r) == PGRES_FATAL_ERROR && err == ERR_NONE)
			err = pg_failed(s, r, what);
		PQclear(r);
	}
}

enum err
pg_synced(struct pg_store *s, const char *what)
{
	PGresult *r;
	enum err err;

	if ((err = pg_next(s, &r, what)) != ERR_NONE)
		return err;
	if (PQresultStatus(r) != PGRES_PIPELINE_SYNC)
		err = pg_lost(s, what);
	PQclear(r);
	return err;
}

enum err
pg_sent(struct pg_store *s, int ok, const char *what)
{
	return ok ? ERR_NONE : pg_lost(s, what);
}

static void
ignore_notice(void *arg, const PGresult *r)
{
	(void)arg, (void)r;
}

/* "$user" would mean another schema under another role. */
static bool
pin_schema(PGconn *conn)
{
	PGresult *r = PQexec(conn,
	    "SELECT pg_catalog.set_config('search_path', "
	    "COALESCE(quote_ident(current_schema()) || ', ', '') || 'pg_temp', "
	    "false)");
	bool ok = PQresultStatus(r) == PGRES_TUPLES_OK;

	PQclear(r);
	return ok;
}

static bool
prepare_wall(PGconn *conn)
{
	static const char text[] =
	    "SELECT pg_catalog.set_config('portal.tenant', $1, true), "
	    "pg_catalog.set_config('portal.customer', $2, true), "
	    "pg_catalog.set_config('portal.login', $3, true), "
	    "pg_catalog.set_config('role', $4, true), "
	    "pg_catalog.set_config('transaction_read_only', $5, true)";
	PGresult *r = PQprepare(conn, PG_WALL, text, 0, NULL);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;

	PQclear(r);
	return ok;
}

enum err
pg_connect(PGconn **out, const char *url)
{
	/*
	 * Every statement finds its rows by an index: plans must not wait for
	 * somebody to gather statistics, nor differ with them.
	 */
	static const char plans[] = "-c enable_seqscan=off -c jit=off "
				    "-c plan_cache_mode=force_generic_plan";
	/* What stands before the URL it may change; what follows, not. */
	const char *const keys[] = {"connect_timeout", "tcp_user_timeout",
	    "keepalives_idle", "fallback_application_name", "options", "dbname",
	    "client_encoding", NULL};
	const char *const values[] = {
	    "3", "15000", "30", "portal", plans, url, "UTF8", NULL};
	PGconn *conn = PQconnectdbParams(keys, values, 1);
	const char *encoding;
	bool missing;
	PGPing ping;

	if (conn == NULL)
		return ERR_NOMEM;
	if (PQstatus(conn) != CONNECTION_OK) {
		log_said(LOG_LVL_ERROR, "connecting", PQerrorMessage(conn), "");
		/* There is no code to ask for; an English server says so. */
		missing = strstr(PQerrorMessage(conn), "database \"") != NULL &&
			  strstr(PQerrorMessage(conn), "not exist") != NULL;
		PQfinish(conn);
		ping = PQpingParams(keys, values, 1);
		if (ping == PQPING_REJECT || ping == PQPING_NO_RESPONSE)
			return ERR_AWAY;
		return missing ? ERR_NOT_FOUND : ERR_CONFIG;
	}
	encoding = PQparameterStatus(conn, "server_encoding");
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
		log_error("store: the database's encoding is %s, not UTF8",
		    encoding != NULL ? encoding : "unknown");
		PQfinish(conn);
		return ERR_CONFIG;
	}
	PQsetNoticeReceiver(conn, ignore_notice, NULL);
	if (!pin_schema(conn) || !prepare_wall(conn) ||
	    PQenterPipelineMode(conn) == 0) {
		log_said(LOG_LVL_ERROR, "connecting", PQerrorMessage(conn), "");
		PQfinish(conn);
		return ERR_AWAY;
	}
	*out = conn;
	return ERR_NONE;
}

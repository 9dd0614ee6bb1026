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

enum { CONNECT_SECONDS = 3 };

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
	s->stream = NULL;
	s->begun = s->walled = false;
	memset(s->prepared, 0, sizeof(s->prepared));
}

/* Until there is something to read, or room for what is still to be sent.
 * ERR_TIMEOUT: not by then. */
static enum err
wait_ready(const PGconn *conn, bool sending, int64_t until)
{
	struct pollfd p = {.fd = PQsocket(conn),
	    .events = sending ? POLLIN | POLLOUT : POLLIN};
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

/* False: not by then, or never. */
static bool
next_result(PGconn *conn, int64_t until, PGresult **out)
{
	int unsent = PQflush(conn);

	while (PQisBusy(conn)) {
		if (unsent < 0 ||
		    wait_ready(conn, unsent > 0, until) != ERR_NONE ||
		    PQconsumeInput(conn) == 0)
			return false;
		unsent = PQflush(conn);
	}
	*out = PQgetResult(conn);
	return true;
}

enum err
pg_next(struct pg_store *s, PGresult **out, const char *what)
{
	int64_t until =
	    s->st.patience_ms > 0 ? clock_mono_ms() + s->st.patience_ms : 0;

	if (s->conn == NULL)
		return ERR_AWAY;
	return next_result(s->conn, until, out) ? ERR_NONE : pg_lost(s, what);
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
pg_finish_synced(struct pg_store *s, const char *what)
{
	enum err err = pg_finish(s, what), e;

	if (s->conn != NULL && (e = pg_synced(s, what)) != ERR_NONE)
		err = e;
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

bool
pg_pipeline_enter(PGconn *conn)
{
	return PQsetnonblocking(conn, 1) == 0 && PQenterPipelineMode(conn) != 0;
}

bool
pg_pipeline_leave(PGconn *conn)
{
	return PQsetnonblocking(conn, 0) == 0 && PQexitPipelineMode(conn) != 0;
}

/*
 * What every connection begins with: a search path, since "$user" would mean
 * another schema under another role, and the wall's statement.
 */
static bool
send_first(PGconn *conn)
{
	static const char path[] =
	    "SELECT pg_catalog.set_config('search_path', "
	    "COALESCE(quote_ident(current_schema()) || ', ', '') || 'pg_temp', "
	    "false)";
	static const char wall[] =
	    "SELECT pg_catalog.set_config('portal.tenant', $1, true), "
	    "pg_catalog.set_config('portal.customer', $2, true), "
	    "pg_catalog.set_config('portal.login', $3, true), "
	    "pg_catalog.set_config('role', $4, true), "
	    "pg_catalog.set_config('transaction_read_only', $5, true)";

	return pg_pipeline_enter(conn) &&
	       PQsendQueryParams(conn, path, 0, NULL, NULL, NULL, NULL, 0) !=
		   0 &&
	       PQsendPrepare(conn, PG_WALL, wall, 0, NULL) != 0 &&
	       PQpipelineSync(conn) != 0;
}

/* In as much time as connecting has. */
static bool
read_first(PGconn *conn)
{
	static const ExecStatusType statuses[] = {
	    PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_PIPELINE_SYNC};
	int64_t until = clock_mono_ms() + CONNECT_SECONDS * 1000;
	ExecStatusType got;
	PGresult *r;

	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses);) {
		if (!next_result(conn, until, &r))
			return false;
		if (r == NULL)
			continue; /* the end of a statement's results */
		got = PQresultStatus(r);
		PQclear(r);
		if (got != statuses[i++])
			return false;
	}
	return true;
}

/* A URL that cannot be read: libpq's words about it may have the password. */
static bool
url_valid(const char *url)
{
	char *said = NULL;
	PQconninfoOption *options = PQconninfoParse(url, &said);

	PQconninfoFree(options);
	PQfreemem(said);
	if (options == NULL)
		log_error("store: the database's URL is not well-formed");
	return options != NULL;
}

/* There is no code to ask for; an English server says so. */
static enum err
refused(const char *said)
{
	static const struct {
		const char *words[2];
		enum err err;
	} reasons[] = {
	    {{"database \"", "not exist"}, ERR_NOT_FOUND},
	    {{"too many", "connections"}, ERR_AWAY},
	    {{"too many", "clients"}, ERR_AWAY},
	    {{"connection slots", "reserved"}, ERR_AWAY},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (strstr(said, reasons[i].words[0]) != NULL &&
		    strstr(said, reasons[i].words[1]) != NULL)
			return reasons[i].err;
	return ERR_CONFIG;
}

enum err
pg_connect(PGconn **out, const char *url)
{
	/*
	 * Every statement finds its rows by an index: plans must not wait for
	 * somebody to gather statistics, nor differ with them.
	 */
	static const char settings[] =
	    "-c enable_seqscan=off -c jit=off "
	    "-c plan_cache_mode=force_generic_plan "
	    /* A machine that fell silent must not keep its locks for long. */
	    "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 "
	    "-c tcp_keepalives_count=3 -c tcp_user_timeout=30000 "
	    "-c lock_timeout=10000";
	/* What stands before the URL it may change; what follows, not. */
	const char *const keys[] = {"connect_timeout", "tcp_user_timeout",
	    "keepalives_idle", "fallback_application_name", "options", "dbname",
	    "client_encoding", NULL};
	const char *const values[] = {
	    "3", "15000", "30", "portal", settings, url, "UTF8", NULL};
	PGconn *conn = NULL;
	const char *encoding;
	enum err err;
	PGPing ping;

	if (!url_valid(url))
		return ERR_CONFIG;
	/* A server that goes or comes meanwhile seems to refuse: once more. */
	for (int i = 0; i < 2; i++) {
		if ((conn = PQconnectdbParams(keys, values, 1)) == NULL)
			return ERR_NOMEM;
		if (PQstatus(conn) == CONNECTION_OK)
			break;
		ping = PQpingParams(keys, values, 1);
		err = ping == PQPING_REJECT || ping == PQPING_NO_RESPONSE
			  ? ERR_AWAY
			  : refused(PQerrorMessage(conn));
		if (i > 0 || err == ERR_AWAY)
			log_said(LOG_LVL_ERROR, "connecting",
			    PQerrorMessage(conn), "");
		PQfinish(conn);
		conn = NULL;
		if (err == ERR_AWAY)
			return err;
	}
	if (conn == NULL)
		return err;
	encoding = PQparameterStatus(conn, "server_encoding");
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
		log_error("store: the database's encoding is %s, not UTF8",
		    encoding != NULL ? encoding : "unknown");
		PQfinish(conn);
		return ERR_CONFIG;
	}
	PQsetNoticeReceiver(conn, ignore_notice, NULL);
	if (!send_first(conn) || !read_first(conn)) {
		log_said(LOG_LVL_ERROR, "connecting", PQerrorMessage(conn), "");
		PQfinish(conn);
		return ERR_AWAY;
	}
	*out = conn;
	return ERR_NONE;
}

/*
 * What the monitor says to a worker, and the worker's frame.
 */
#include "sshd/store/worker.h"

#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "data/auth.h"

/* What the monitor lets pass.  Too long for an account is only wrong. */
enum { CLAIM = 1100 };

void
worker_tell(struct worker *w, uint16_t type, struct buf *b)
{
	if (ipc_send(CONTROL_FD, type, b, NULL, 0) != ERR_NONE)
		w->done = true;
	if (b != NULL)
		buf_wipe(b);
}

void
worker_tell_disabled(struct worker *w, int64_t login)
{
	struct buf b;

	buf_init(&b, 16);
	buf_put_i64(&b, login);
	buf_put_u32(&b, 0);
	worker_tell(w, WORKER_MSG_DISABLED, &b);
}

static void
on_store(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	char where[WORKER_URL];
	struct account as;
	bool drop;
	enum err err;

	rd_str(&r, w->url, sizeof(w->url));
	as.uid = rd_u32(&r);
	as.gid = rd_u32(&r);
	drop = rd_u8(&r) != 0;
	w->front = (uint64_t)rd_i64(&r);
	w->listens = rd_u8(&r) != 0;
	store_url_public(where, sizeof(where), w->url);
	if ((err = rd_end(&r)) == ERR_NONE &&
	    (err = worker_confine(w->url, drop ? &as : NULL)) == ERR_NONE)
		err = link_open(w);
	if (err == ERR_NONE)
		return;
	log_error("cannot open the store %s: %s", where, err_name(err));
	w->status = err == ERR_BUSY ? WORKER_LATER : 0;
	w->done = true;
}

static void
on_bind(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	uint32_t session = rd_u32(&r);
	struct identity id;

	if (identity_get(&r, &id) != ERR_NONE || rd_end(&r) != ERR_NONE ||
	    m->nfds != 1)
		return; /* the session finds its socket closed */
	if (client_add(w, m->fds[0], session, &id) != ERR_NONE)
		log_error("no room for session %s", id.session);
	m->fds[0] = -1;
}

static void
proof_send(
    struct worker *w, uint32_t ticket, enum err err, const struct auth *auth)
{
	struct proof p = {.err = err};
	struct buf b;

	/* Whether it was written down is nothing to who logs in. */
	if (err == ERR_UNSURE)
		p.err = ERR_AWAY;
	if (err == ERR_NONE) {
		p.ok = auth->result == AUTH_OK;
		p.delay_ms = auth->delay_ms;
		if (p.ok)
			p.id = auth->id;
		memcpy(p.tenant, auth->tenant, sizeof(p.tenant));
		memcpy(p.zone, auth->zone, sizeof(p.zone));
		memcpy(p.locale, auth->locale, sizeof(p.locale));
	}
	buf_init(&b, 1024);
	buf_put_u32(&b, ticket);
	proof_put(&b, &p);
	worker_tell(w, WORKER_MSG_PROOF, &b);
}

static void
on_password(struct worker *w, struct ipc_msg *m)
{
	char user[CLAIM], email[CLAIM], password[CLAIM], source[64];
	struct rd r = rd_buf(&m->body);
	struct auth auth;
	uint32_t ticket = rd_u32(&r);
	enum err err;

	memset(&auth, 0, sizeof(auth));
	rd_str(&r, user, sizeof(user));
	rd_str(&r, email, sizeof(email));
	rd_str(&r, password, sizeof(password));
	rd_str(&r, source, sizeof(source));
	if ((err = rd_end(&r)) == ERR_NONE)
		err = auth_password(
		    w->store, user, email, password, source, &auth);
	explicit_bzero(password, sizeof(password));
	proof_send(w, ticket, err, &auth);
}

static void
on_key(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	char user[CLAIM], source[64];
	uint32_t ticket = rd_u32(&r);
	struct auth auth;
	const void *blob;
	bool checked;
	enum err err;
	size_t len;

	memset(&auth, 0, sizeof(auth));
	rd_str(&r, user, sizeof(user));
	checked = rd_u8(&r) != 0;
	blob = rd_blob(&r, &len);
	rd_str(&r, source, sizeof(source));
	if ((err = rd_end(&r)) == ERR_NONE)
		err =
		    auth_key(w->store, user, blob, len, checked, source, &auth);
	proof_send(w, ticket, err, &auth);
}

static void
on_changed(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	int64_t tenant = rd_i64(&r), customer = rd_i64(&r);
	uint32_t topics = rd_u32(&r);

	if (rd_end(&r) == ERR_NONE)
		clients_changed(w, tenant, customer, topics);
}

static void
on_disabled(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	int64_t login = rd_i64(&r);
	uint32_t except = rd_u32(&r);

	if (rd_end(&r) == ERR_NONE)
		clients_disable(w, login, except);
}

static void
on_shutdown(struct worker *w, struct ipc_msg *m)
{
	(void)m;
	clients_note(w, &(struct note) {.type = NOTE_SHUTDOWN});
}

static void
on_rendered(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	uint32_t session = rd_u32(&r);
	enum err err = rd_u8(&r);

	if (rd_end(&r) == ERR_NONE)
		client_rendered(w, session, err);
}

/* May this login still be here? */
static enum err
login_holds(struct store *st, const struct identity *id, bool *holds)
{
	struct identity was = *store_identity(st), as = was;
	struct query q;

	as.tenant = id->tenant;
	store_become(st, &as);
	*holds = false;
	q = query_begin(st, SQL_AUTH_BY_LOGIN);
	query_bind_int(&q, id->login);
	while (query_row(&q))
		*holds = col_int(&q, 1) == id->customer && col_int(&q, 4) == 0;
	store_become(st, &was);
	return query_end(&q);
}

static void
on_check(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	struct identity id = {0};
	enum err err = ERR_NONE;
	bool holds;

	while (err == ERR_NONE && r.left > 0) {
		id.tenant = rd_i64(&r);
		id.customer = rd_i64(&r);
		id.login = rd_i64(&r);
		if ((err = r.err) == ERR_NONE &&
		    (err = login_holds(w->store, &id, &holds)) == ERR_NONE &&
		    !holds)
			worker_tell_disabled(w, id.login);
	}
	/* The monitor asks again when this database is back, or the next
	 * worker. */
	if (err != ERR_NONE && err != ERR_AWAY) {
		log_error("logins cannot be checked: %s", err_name(err));
		w->done = true;
	}
}

static void
on_reread(struct worker *w, struct ipc_msg *m)
{
	(void)m;
	if (!w->away) /* else it is yet to come */
		clients_note(w, &(struct note) {.type = NOTE_BACK});
}

struct worker_row {
	uint16_t type;
	bool opened; /* before or after the store was opened */
	void (*act)(struct worker *w, struct ipc_msg *m);
};

/* clang-format off */
static const struct worker_row rows[] = {
	{ WORKER_MSG_STORE,    false, on_store },
	{ WORKER_MSG_BIND,     true,  on_bind },
	{ WORKER_MSG_PASSWORD, true,  on_password },
	{ WORKER_MSG_KEY,      true,  on_key },
	{ WORKER_MSG_CHANGED,  true,  on_changed },
	{ WORKER_MSG_DISABLED, true,  on_disabled },
	{ WORKER_MSG_SHUTDOWN, true,  on_shutdown },
	{ WORKER_MSG_RENDERED, true,  on_rendered },
	{ WORKER_MSG_CHECK,    true,  on_check },
	{ WORKER_MSG_REREAD,   true,  on_reread },
};
/* clang-format on */

static void
worker_control(void *arg, uint32_t events)
{
	struct worker *w = arg;
	struct ipc_msg m;
	size_t i;

	(void)events;
	ipc_msg_init(&m);
	if (ipc_recv(CONTROL_FD, &m) != ERR_NONE) {
		w->done = true; /* the monitor is gone */
		goto out;
	}
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == m.type &&
		    rows[i].opened == (w->store != NULL))
			break;
	if (i < sizeof(rows) / sizeof(rows[0]))
		rows[i].act(w, &m);
out:
	ipc_msg_release(&m);
}

int
worker_main(void)
{
	struct worker w = {0};

	signal(SIGPIPE, SIG_IGN);
	w.control = (struct watch) {CONTROL_FD, worker_control, &w};
	w.server.fd = -1;
	if (loop_open(&w.loop) != ERR_NONE ||
	    loop_add(&w.loop, &w.control) != ERR_NONE)
		return 1;
	while (!w.done && loop_turn(&w.loop) == ERR_NONE)
		link_look(&w);
	clients_free(&w);
	store_close(w.store);
	explicit_bzero(w.url, sizeof(w.url));
	return w.done ? w.status : 1;
}

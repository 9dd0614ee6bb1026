/*
 * Started as root it lives in the store's directory, as the store's user; the
 * directory is all of the file system that it sees.
 */
#include "sshd/store/worker.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"
#include "data/auth.h"
#include "data/sandbox.h"
#include "data/serve.h"
#include "data/session.h"
#include "sshd/loop.h"
#include "sshd/privs.h"
#include "sshd/proto.h"

enum { WORKER_FILES = 16384, WORKER_URL = 600, KEY_MAX = 16 * 1024 };

struct worker {
	struct loop loop;
	struct watch control;
	struct store *store;
	struct client *clients;
	bool done;
	int status; /* to exit with */
};

/* A session program's end of its store socket. */
struct client {
	struct worker *worker;
	struct watch watch;
	struct identity id;
	uint32_t session; /* the monitor's number */
	bool rendering;   /* its request waits for a paper */
	struct client *next;
};

/* clang-format off */
static const struct sandbox_rule worker_rules[] = {
	ALLOW(openat), ALLOW(newfstatat), ALLOW(stat), ALLOW(lstat),
	ALLOW(access), ALLOW(faccessat), ALLOW(faccessat2), ALLOW(statx),
	ALLOW(getcwd), ALLOW(readlink), ALLOW(pwrite64), ALLOW(fdatasync),
	ALLOW(fsync), ALLOW(ftruncate), ALLOW(fallocate), ALLOW(unlink),
	ALLOW(fchmod), ALLOW(fchown), ALLOW(umask), ALLOW(statfs),
	ALLOW(fstatfs), ALLOW(fadvise64), ALLOW(getdents64),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_GETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETLKW),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_OFD_GETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_OFD_SETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_DUPFD_CLOEXEC),
	REFUSE(socket), REFUSE(connect),
};
/* clang-format on */
static const struct sandbox_table worker_table = SANDBOX_TABLE(worker_rules);

static enum err
worker_confine(void)
{
	static const struct sandbox_table *const tables[] = {
	    &sandbox_base, &worker_table};
	struct sandbox *sb = NULL;
	enum err err;

	if ((err = sandbox_limit(RLIMIT_CORE, 0)) != ERR_NONE ||
	    (err = sandbox_limit(RLIMIT_NPROC, 0)) != ERR_NONE ||
	    (err = sandbox_compile(&sb, tables, 2)) != ERR_NONE)
		return err;
	err = sandbox_enter(sb);
	sandbox_free(sb);
	return err;
}

static void
client_free(struct client *c)
{
	struct client **p = &c->worker->clients;
	struct buf b;

	buf_init(&b, 16);
	buf_put_u32(&b, c->session);
	if (proto_send(CONTROL_FD, WORKER_MSG_GONE, &b, NULL, 0) != ERR_NONE)
		c->worker->done = true;
	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	loop_remove(&c->worker->loop, &c->watch);
	close(c->watch.fd);
	free(c);
}

/* Whoever does not take its answers is dropped: nothing piles up here. */
static bool
client_send(struct client *c, uint16_t type, const struct buf *b)
{
	if (ipc_send(c->watch.fd, type, b, NULL, 0) == ERR_NONE)
		return true;
	client_free(c);
	return false;
}

/* The monitor tells every worker, this one too. */
static void
client_end_others(struct client *c)
{
	struct buf b;

	buf_init(&b, 16);
	buf_put_u32(&b, c->session);
	if (proto_send(CONTROL_FD, WORKER_MSG_END_OTHERS, &b, NULL, 0) !=
	    ERR_NONE)
		log_warn("other sessions were not ended");
}

static void
client_render(struct client *c, const struct serve_render *render)
{
	struct buf b;

	buf_init(&b, 64);
	buf_put_u32(&b, c->session);
	buf_put_u8(&b, render->kind);
	buf_put_i64(&b, render->ref);
	c->rendering = true;
	if (proto_send(CONTROL_FD, WORKER_MSG_RENDER, &b, NULL, 0) != ERR_NONE)
		c->worker->done = true;
}

static void
client_ready(void *arg, uint32_t events)
{
	struct client *c = arg;
	struct serve_render render;
	struct ipc_msg m;
	struct buf reply;

	(void)events;
	ipc_msg_init(&m);
	buf_init(&reply, IPC_BODY_MAX);
	/* One request at a time: a second one while the first waits is none
	 * of ours. */
	if (ipc_recv(c->watch.fd, &m) != ERR_NONE || c->rendering) {
		client_free(c);
		goto out;
	}
	switch (store_serve(c->worker->store, &c->id, &m, &reply, &render)) {
	case SERVE_REPLY:
		client_send(c, STORE_MSG_REPLY, &reply);
		break;
	case SERVE_RENDER:
		client_render(c, &render);
		break;
	case SERVE_END_OTHERS:
		client_end_others(c);
		client_send(c, STORE_MSG_REPLY, &reply);
		break;
	case SERVE_DROP:
		client_free(c);
		break;
	}
out:
	buf_wipe(&reply);
	ipc_msg_release(&m);
}

static void
client_note(struct client *c, enum note_type type, unsigned topics)
{
	const struct note note = {type, topics};
	struct buf b;

	/* A renderer has no screen. */
	if (c->id.role == ROLE_RENDER)
		return;
	buf_init(&b, 64);
	serve_note(&b, &note);
	client_send(c, STORE_MSG_NOTE, &b);
	buf_release(&b);
}

static void
worker_note(struct worker *w, int64_t tenant, int64_t customer, unsigned topics)
{
	struct client *c, *next;

	for (c = w->clients; c != NULL; c = next) {
		next = c->next;
		if (c->id.tenant == tenant &&
		    (customer == 0 || c->id.customer == customer))
			client_note(c, NOTE_CHANGED, topics);
	}
}

static void
changed_send(int64_t tenant, int64_t customer, unsigned topics)
{
	struct buf b;

	buf_init(&b, 64);
	buf_put_i64(&b, tenant);
	buf_put_i64(&b, customer);
	buf_put_u32(&b, topics);
	if (proto_send(CONTROL_FD, WORKER_MSG_CHANGED, &b, NULL, 0) != ERR_NONE)
		log_warn("a change was not passed on");
}

/*
 * The monitor passes it on to everybody, this worker too: its own sessions
 * must not be told (and perhaps freed) in the middle of an answer.
 */
static void
worker_changed(void *arg, int64_t tenant, int64_t customer, unsigned topics)
{
	(void)arg;
	changed_send(tenant, customer, topics);
}

/* Opens the store, then gives up what it took to open it. */
static enum err
worker_open(struct worker *w, const char *url, const struct account *as)
{
	static const char scheme[] = "sqlite:";
	char here[WORKER_URL];
	const char *name;
	enum err err;
	int dir;

	if (as != NULL) {
		name = strrchr(url, '/');
		if (strncmp(url, scheme, sizeof(scheme) - 1) != 0 ||
		    name == NULL || name == url + sizeof(scheme) - 1 ||
		    strlen(url) >= sizeof(here))
			return ERR_CONFIG;
		memcpy(here, url + sizeof(scheme) - 1,
		    (size_t)(name - url) - sizeof(scheme) + 1);
		here[(size_t)(name - url) - sizeof(scheme) + 1] = '\0';
		if ((dir = open(here, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
			return ERR_NOT_FOUND;
		err = privs_chroot(dir);
		close(dir);
		if (err != ERR_NONE || (err = privs_become(as)) != ERR_NONE)
			return err;
		strcpy(here, scheme);
		strcat(here, name);
		url = here;
	}
	umask(0007);
	if ((err = worker_confine()) != ERR_NONE ||
	    (err = store_open(&w->store, url, NULL)) != ERR_NONE)
		return err;
	store_on_change(w->store, worker_changed, w);
	return ERR_NONE;
}

static void
on_store(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	struct account as;
	char url[WORKER_URL];
	bool drop;
	enum err err;

	rd_str(&r, url, sizeof(url));
	as.uid = rd_u32(&r);
	as.gid = rd_u32(&r);
	drop = rd_u8(&r) != 0;
	if ((err = rd_end(&r)) == ERR_NONE && w->store == NULL)
		err = worker_open(w, url, drop ? &as : NULL);
	if (err == ERR_NONE)
		err = ipc_send(CONTROL_FD, WORKER_MSG_READY, NULL, NULL, 0);
	if (err != ERR_NONE) {
		log_error("cannot open the store %s: %s", url, err_name(err));
		w->status = err == ERR_BUSY ? WORKER_LATER : 0;
		w->done = true;
	}
}

static void
on_bind(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	struct client *c;

	if (m->nfds != 1 || (c = calloc(1, sizeof(*c))) == NULL)
		return; /* the session finds its socket closed */
	c->worker = w;
	c->session = rd_u32(&r);
	if (identity_get(&r, &c->id) != ERR_NONE || rd_end(&r) != ERR_NONE ||
	    fd_set_nonblock(m->fds[0], 1) != ERR_NONE) {
		free(c);
		return;
	}
	c->watch = (struct watch) {m->fds[0], client_ready, c};
	if (loop_add(&w->loop, &c->watch) != ERR_NONE) {
		free(c);
		return;
	}
	m->fds[0] = -1;
	c->next = w->clients;
	w->clients = c;
}

static void
proof_send(uint32_t ticket, enum err err, const struct auth *auth)
{
	struct proof p = {.err = err};
	struct buf b;

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
	if (proto_send(CONTROL_FD, WORKER_MSG_PROOF, &b, NULL, 0) != ERR_NONE)
		log_error("an answer about a login was lost");
}

static void
on_password(struct worker *w, struct ipc_msg *m)
{
	char user[256], email[256], password[PASSWORD_MAX + 1], source[64];
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
	proof_send(ticket, err, &auth);
}

static void
on_key(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	char user[256], source[64];
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
	proof_send(ticket, err, &auth);
}

static void
on_changed(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	int64_t tenant = rd_i64(&r), customer = rd_i64(&r);
	uint32_t topics = rd_u32(&r);

	if (rd_end(&r) == ERR_NONE)
		worker_note(w, tenant, customer, topics);
}

static void
on_disabled(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	int64_t login = rd_i64(&r);
	uint32_t except = rd_u32(&r);
	struct client *c, *next;

	for (c = w->clients; c != NULL && rd_end(&r) == ERR_NONE; c = next) {
		next = c->next;
		if (c->id.login == login && c->session != except)
			client_note(c, NOTE_DISABLED, 0);
	}
}

static void
on_shutdown(struct worker *w, struct ipc_msg *m)
{
	struct client *c, *next;

	(void)m;
	for (c = w->clients; c != NULL; c = next) {
		next = c->next;
		client_note(c, NOTE_SHUTDOWN, 0);
	}
}

static void
on_rendered(struct worker *w, struct ipc_msg *m)
{
	struct rd r = rd_buf(&m->body);
	uint32_t session = rd_u32(&r);
	enum err err = rd_u8(&r);
	struct client *c;
	struct buf b;

	for (c = w->clients; c != NULL && c->session != session; c = c->next)
		;
	if (rd_end(&r) != ERR_NONE || c == NULL || !c->rendering)
		return;
	c->rendering = false;
	buf_init(&b, IPC_BODY_MAX);
	serve_reply_render(&b, err);
	client_send(c, STORE_MSG_REPLY, &b);
	buf_release(&b);
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
	(void)sandbox_limit(RLIMIT_NOFILE, WORKER_FILES);
	w.control = (struct watch) {CONTROL_FD, worker_control, &w};
	if (loop_open(&w.loop) != ERR_NONE ||
	    loop_add(&w.loop, &w.control) != ERR_NONE)
		return 1;
	while (!w.done)
		if (loop_turn(&w.loop) != ERR_NONE)
			break;
	while (w.clients != NULL)
		client_free(w.clients);
	store_close(w.store);
	return w.done ? w.status : 1;
}

/*
 * A login child that was taken over talks to the monitor, whose store workers
 * are played here; and the bodies of all messages of portal-sshd.  Nobody is
 * let in whom no worker knows, and no session starts before that.
 */
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sshd/conns.h"
#include "sshd/monitor.h"
#include "sshd/source.h"
#include "tests/fuzz/fuzz.h"

enum { STEPS = 32, OUT_MAX = 1024 * 1024 };

struct stand {
	struct monitor m;
	int child;     /* the login child's end */
	int worker;    /* the worker's end */
	bool known;    /* a worker said so of a proof that lets in */
	uint8_t *last; /* question to a worker, its body; NULL: none */
	size_t last_len;
};

/* ---- bodies ---- */

static void
check_request(struct rd *r, struct buf *out)
{
	struct session_request rq;

	if (session_request_get(r, &rq) != ERR_NONE)
		return;
	REQUIRE(rq.nvars <= SESSION_VARS && rq.kind <= SESSION_SUBSYSTEM);
	for (uint32_t i = 0; i < rq.nvars; i++)
		REQUIRE(strncmp(rq.vars[i], "LC_", 3) == 0 ||
			strncmp(rq.vars[i], "LANG=", 5) == 0);
	session_request_put(out, &rq);
}

static void
check_proof(struct rd *r, struct buf *out)
{
	struct proof p;

	if (proof_get(r, &p) != ERR_NONE)
		return;
	REQUIRE(p.id.role <= ROLE_SYSTEM);
	proof_put(out, &p);
}

static void
check_limits(struct rd *r, struct buf *out)
{
	struct listener_limits l;

	if (listener_limits_get(r, &l) == ERR_NONE)
		listener_limits_put(out, &l);
}

static void
check_sources(struct rd *r, struct buf *out)
{
	struct sources s;

	sources_init(&s);
	if (sources_get(r, &s) == ERR_NONE) {
		REQUIRE(s.npenalties <= SOURCE_PENALTIES && s.count <= s.cap);
		sources_put(out, &s);
	}
	sources_release(&s);
}

typedef void body_fn(struct rd *r, struct buf *out);
static body_fn *const bodies[] = {
    check_request, check_proof, check_limits, check_sources};

/* What was read and written again reads and writes the same. */
static void
check_body(body_fn *fn, const uint8_t *p, size_t n)
{
	struct buf once, twice;
	struct rd r = rd_init(p, n);

	buf_init(&once, OUT_MAX);
	buf_init(&twice, OUT_MAX);
	fn(&r, &once);
	REQUIRE(once.err == ERR_NONE && once.len <= n + 64);
	if (once.len > 0) {
		r = rd_buf(&once);
		fn(&r, &twice);
		REQUIRE(rd_end(&r) == ERR_NONE && twice.len == once.len);
		REQUIRE(memcmp(once.data, twice.data, once.len) == 0);
	}
	buf_release(&once);
	buf_release(&twice);
}

/* ---- a login child's conversation ---- */

static void
settle(struct stand *s)
{
	struct pollfd p = {.fd = s->m.loop.epoll, .events = POLLIN};

	while (poll(&p, 1, 0) > 0)
		REQUIRE(loop_turn(&s->m.loop) == ERR_NONE);
}

static void
stand_open(struct stand *s)
{
	int pair[2];

	memset(s, 0, sizeof(*s));
	s->m.listener.watch.fd = -1;
	for (int i = 0; i < PROGRAMS; i++)
		s->m.programs[i] = -1;
	s->m.nworkers = 1;
	s->m.config.sshd_max_sessions_per_login = 2;
	s->m.config.sshd_max_channels = 4;
	REQUIRE(loop_open(&s->m.loop) == ERR_NONE);
	REQUIRE(ipc_pair(pair) == ERR_NONE);
	s->worker = pair[0];
	s->m.workers[0].monitor = &s->m;
	s->m.workers[0].pid = 1;
	s->m.workers[0].ready = true;
	s->m.workers[0].watch.fd = pair[1];
	REQUIRE(ipc_pair(pair) == ERR_NONE);
	s->child = pair[0];
	fd_set_nonblock(s->child, 1);
	fd_set_nonblock(s->worker, 1);
	REQUIRE(conn_new(&s->m, 1, 4711, "192.0.2.7", pair[1]) == ERR_NONE);
}

static void
stand_close(struct stand *s)
{
	conns_free(&s->m);
	sessions_free(&s->m);
	/* The worker may be at a question of somebody who is gone. */
	proof_lost(&s->m, &s->m.workers[0]);
	REQUIRE(s->m.tickets == NULL && s->m.loop.timers == NULL);
	loop_close(&s->m.loop);
	close(s->m.workers[0].watch.fd);
	close(s->worker);
	close(s->child);
	free(s->last);
}

static void
child_hears(struct stand *s)
{
	struct ipc_msg m;
	struct rd r;

	ipc_msg_init(&m);
	while (ipc_recv(s->child, &m) == ERR_NONE) {
		r = rd_buf(&m.body);
		if (m.type == CONN_MSG_OPENED) {
			REQUIRE(s->known);
			rd_u32(&r);
			REQUIRE(rd_u8(&r) == 0); /* no program is installed */
		}
		REQUIRE(m.nfds == 0);
	}
	ipc_msg_release(&m);
}

static void
worker_hears(struct stand *s)
{
	struct ipc_msg m;

	ipc_msg_init(&m);
	while (ipc_recv(s->worker, &m) == ERR_NONE) {
		if (m.type != WORKER_MSG_PASSWORD && m.type != WORKER_MSG_KEY)
			continue;
		free(s->last);
		s->last_len = m.body.len;
		s->last = malloc(m.body.len);
		REQUIRE(s->last != NULL && m.body.len >= 4);
		memcpy(s->last, m.body.data, m.body.len);
	}
	ipc_msg_release(&m);
}

/* The worker answers its last question, also twice. */
static void
worker_says(struct stand *s, struct feed *f)
{
	uint8_t how = (uint8_t)feed_int(f, 1);
	struct proof p = {.ok = how & 1,
	    .err = how & 2 ? ERR_BUSY : ERR_NONE,
	    .delay_ms = how & 4 ? 1 : 0,
	    .id = {.tenant = 1, .customer = 2, .login = 3}};
	struct ipc_msg m;
	struct rd r;

	if (s->last == NULL)
		return;
	r = rd_init(s->last, s->last_len);
	p.id.role = how & 8 ? ROLE_STAFF : ROLE_CUSTOMER;
	strcpy(p.zone, "UTC");
	strcpy(p.tenant, "portal");
	ipc_msg_init(&m);
	buf_put_u32(&m.body, rd_u32(&r));
	proof_put(&m.body, &p);
	if (p.ok && p.err == ERR_NONE)
		s->known = true;
	proof_answered(&s->m, &s->m.workers[0], &m);
	ipc_msg_release(&m);
}

static void
child_says(struct stand *s, struct feed *f)
{
	static const uint16_t types[] = {CONN_MSG_PASSWORD, CONN_MSG_KEY,
	    CONN_MSG_OPEN, CONN_MSG_SIGNAL, CONN_MSG_CLOSE, CONN_MSG_PROOF,
	    CONN_MSG_EXIT, WORKER_MSG_PROOF};
	uint16_t type = types[feed_int(f, 1) % 8];
	int fd[1] = {s->child};
	uint8_t *bytes, how = (uint8_t)feed_int(f, 1);
	struct buf b;
	size_t n;

	buf_init(&b, OUT_MAX);
	if (how % 4 == 0) {
		bytes = feed_block(f, &n);
		buf_add(&b, bytes, n);
		free(bytes);
	} else if (type == CONN_MSG_OPEN) {
		struct session_request rq = {
		    .kind = (enum session_kind)(feed_int(f, 1) % 3),
		    .pty = feed_int(f, 1) & 1,
		    .cols = 80,
		    .rows = 24,
		    .nvars = (uint32_t)feed_int(f, 1) % SESSION_VARS};
		char *command = feed_string(f);

		strcpy(rq.term, "xterm");
		for (uint32_t i = 0; i < rq.nvars; i++)
			strcpy(rq.vars[i], "LC_TIME=C");
		memcpy(
		    rq.command, command, strnlen(command, SESSION_COMMAND - 1));
		free(command);
		buf_put_u32(&b, (uint32_t)feed_int(f, 1));
		session_request_put(&b, &rq);
	} else if (type == CONN_MSG_KEY) {
		buf_put_str(&b, "portal");
		buf_put_u8(&b, how & 16 ? 1 : 0);
		bytes = feed_block(f, &n);
		buf_put_blob(&b, bytes, n);
		free(bytes);
	} else {
		if (type != CONN_MSG_PASSWORD)
			buf_put_u32(&b, (uint32_t)feed_int(f, 1));
		for (int i = type == CONN_MSG_CLOSE    ? 3
			     : type == CONN_MSG_SIGNAL ? 2
						       : 0;
		     i < 3; i++) {
			char *text = feed_string(f);

			buf_put_str(&b, text);
			free(text);
		}
	}
	ipc_send(s->child, type, &b, fd, how >= 250);
	buf_release(&b);
	settle(s);
}

static void
step(struct stand *s, struct feed *f)
{
	switch (feed_int(f, 1) % 16) {
	case 0:
		proof_lost(&s->m, &s->m.workers[0]);
		break;
	case 1:
		conns_disable(&s->m, 3, NULL);
		break;
	case 2:
		s->m.stopping = true;
		break;
	case 3:
		shutdown(s->child, SHUT_RDWR);
		settle(s);
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		worker_says(s, f);
		break;
	default:
		child_says(s, f);
	}
	if (s->m.conns != NULL && s->m.conns->state == CONN_AUTHED)
		REQUIRE(s->known);
	worker_hears(s);
	child_hears(s);
}

static void
converse(const uint8_t *p, size_t n)
{
	struct feed f = {p, n};
	struct stand s;

	stand_open(&s);
	for (int i = 0; i < STEPS && f.left > 0; i++)
		step(&s, &f);
	stand_close(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const size_t count = sizeof(bodies) / sizeof(*bodies);
	struct source_key key;
	char *text;

	if (n == 0)
		return 0;
	if (p[0] % 8 < count) {
		check_body(bodies[p[0] % 8], p + 1, n - 1);
	} else if (p[0] % 8 == 4) {
		text = string_of(p + 1, n - 1);
		source_parse(text, &key);
		free(text);
	} else {
		converse(p + 1, n - 1);
	}
	return 0;
}

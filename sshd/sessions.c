/*
 * Session programs: who gets which, with what environment, on what terminal,
 * bound to whom; and what happens when they end.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/ipc.h"
#include "base/log.h"
#include "sshd/monitor.h"
#include "sshd/spawn.h"

enum {
	ENV_MAX = 32,
	SESSION_FILES = 256,
	KILL_MS = 10 * 1000,
	RENDER_MS = 120 * 1000,
	RENDERS_MAX = 4,
};

struct session {
	struct monitor *monitor;
	uint32_t id;
	pid_t pid;	    /* 0: none (a console login, a render that waits) */
	struct conn *conn;  /* NULL: not on a connection (any more) */
	uint32_t channel;
	struct child *worker;
	struct identity id_bound;
	char *env[ENV_MAX + 1];
	size_t nenv;
	int tty; /* kept so that its number is not given away; -1: none */
	char tty_path[32];
	bool plain;	  /* line mode was tried already */
	struct timer end; /* to be killed */
	/* A render: */
	struct child *asker; /* the worker that asked; NULL: none */
	uint32_t asked_by;   /* the session that waits for it */
	char job[64];
	struct session *next;
};

static struct session *
session_new(struct monitor *m)
{
	struct session *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->monitor = m;
	s->id = ++m->last_id;
	s->tty = -1;
	s->next = m->sessions;
	m->sessions = s;
	return s;
}

static void
session_free(struct session *s)
{
	struct session **p = &s->monitor->sessions;

	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	loop_timer_clear(&s->monitor->loop, &s->end);
	while (s->nenv > 0)
		free(s->env[--s->nenv]);
	if (s->tty >= 0)
		close(s->tty);
	free(s);
}

/* ---- environment ---- */

static bool
env_add(struct session *s, const char *name, const char *value)
{
	char *p;

	if (s->nenv == ENV_MAX || asprintf(&p, "%s=%s", name, value) == -1)
		return false;
	s->env[s->nenv++] = p;
	return true;
}

/* The locale that decides about characters, as setlocale() would take it. */
static const char *
env_ctype(const struct session *s)
{
	static const char *const order[] = { "LC_ALL=", "LC_CTYPE=", "LANG=" };
	size_t i, v;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (v = 0; v < s->nenv; v++)
			if (strncmp(s->env[v], order[i], strlen(order[i])) ==
				0 &&
			    s->env[v][strlen(order[i])] != '\0')
				return s->env[v] + strlen(order[i]);
	return "";
}

static bool
session_env(struct session *s, const struct session_request *rq,
    const struct proof *who)
{
	struct monitor *m = s->monitor;
	char idle[24];
	bool ok = true;
	uint32_t i;
	char *p;

	for (i = 0; i < rq->nvars && ok; i++) {
		if ((p = strdup(rq->vars[i])) == NULL)
			return false;
		s->env[s->nenv++] = p;
	}
	if (*env_ctype(s) == '\0')
		ok = env_add(s, "LANG",
		    who->locale[0] != '\0' ? who->locale : "C.UTF-8");
	snprintf(idle, sizeof(idle), "%lld",
	    (long long)m->config.sshd_idle_minutes);
	return ok && (!rq->pty || env_add(s, "TERM", rq->term)) &&
	    env_add(s, "TZ", who->zone[0] != '\0' ? who->zone : "UTC") &&
	    env_add(s, "PORTAL_HOST", m->host) &&
	    env_add(s, "PORTAL_USER", who->tenant) &&
	    env_add(s, "PORTAL_IDLE", idle);
}

/* ---- starting ---- */

/* A store socket, bound to id by a worker. */
static enum err
session_bind(struct session *s, const struct identity *who, int *fd)
{
	struct buf b;
	enum err err;
	uint32_t tag;
	int pair[2];

	if ((s->worker = worker_pick(s->monitor)) == NULL)
		return ERR_BUSY;
	if ((err = ipc_pair(pair)) != ERR_NONE)
		return err;
	s->id_bound = *who;
	if (getrandom(&tag, sizeof(tag), 0) != sizeof(tag))
		tag = s->id;
	snprintf(s->id_bound.session, sizeof(s->id_bound.session), "%08x",
	    (unsigned)tag);
	buf_init(&b, 512);
	buf_put_u32(&b, s->id);
	identity_put(&b, &s->id_bound);
	err = proto_send(s->worker->watch.fd, WORKER_MSG_BIND, &b, pair, 1);
	close(pair[0]);
	if (err == ERR_NONE)
		*fd = pair[1];
	else
		close(pair[1]);
	return err;
}

/* A terminal: the master in *master, the slave kept in the session. */
static enum err
session_open_tty(struct session *s, const struct session_request *rq,
    int *master)
{
	struct winsize ws = {
		.ws_col = (unsigned short)rq->cols,
		.ws_row = (unsigned short)rq->rows,
		.ws_xpixel = (unsigned short)rq->xpixels,
		.ws_ypixel = (unsigned short)rq->ypixels,
	};
	const char *ctype = env_ctype(s);
	struct termios t;
	int fd;

	fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return ERR_LIMIT;
	if (grantpt(fd) == -1 || unlockpt(fd) == -1 ||
	    ptsname_r(fd, s->tty_path, sizeof(s->tty_path)) != 0 ||
	    (s->tty = ioctl(fd, TIOCGPTPEER,
		 O_RDWR | O_NOCTTY | O_CLOEXEC)) == -1 ||
	    tcgetattr(s->tty, &t) == -1) {
		close(fd);
		return ERR_INTERNAL;
	}
	t.c_cc[VERASE] = 0x7f;
	if (strcasestr(ctype, "UTF-8") != NULL ||
	    strcasestr(ctype, "utf8") != NULL)
		t.c_iflag |= IUTF8;
	tcsetattr(s->tty, TCSANOW, &t);
	ioctl(fd, TIOCSWINSZ, &ws);
	*master = fd;
	return ERR_NONE;
}

static const char *const program_names[PROGRAMS] = {
	[PROGRAM_TUI] = "portal-tui",
	[PROGRAM_CMD] = "portal-cmd",
	[PROGRAM_FILES] = "portal-files",
	[PROGRAM_RENDER] = "portal-render",
};

/* fds become 0, 1, 2; a store socket is made for 3. */
static enum err
session_spawn(struct session *s, enum program program, const char *arg,
    const struct identity *who, const int fds[3], bool tty)
{
	struct monitor *m = s->monitor;
	char *argv[3] = { (char *)program_names[program], (char *)arg, NULL };
	struct spawn sp = {
		.exe = m->programs[program],
		.argv = argv,
		.envp = s->env,
		.fds = { fds[0], fds[1], fds[2], -1 },
		.nfds = 4,
		.tty = tty,
		.as = m->root ? &m->session : NULL,
		.files = SESSION_FILES,
	};
	enum err err;

	if (sp.exe == -1)
		return ERR_UNSUPPORTED;
	if ((err = session_bind(s, who, &sp.fds[SESSION_STORE_FD])) != ERR_NONE)
		return err;
	err = spawn_program(&sp, &s->pid);
	close(sp.fds[SESSION_STORE_FD]);
	return err;
}

/* On pipes: a socket for input and output, a pipe for errors. */
static enum err
session_spawn_pipes(struct session *s, enum program program, const char *arg,
    int fds[2], size_t *nfds)
{
	enum err err;
	int sock[2], errors[2], given[3];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock) == -1)
		return ERR_LIMIT;
	if (pipe2(errors, O_CLOEXEC) == -1) {
		close(sock[0]);
		close(sock[1]);
		return ERR_LIMIT;
	}
	given[0] = given[1] = sock[1];
	given[2] = errors[1];
	err = session_spawn(s, program, arg, &s->conn->proof.id, given, false);
	close(sock[1]);
	close(errors[1]);
	if (err != ERR_NONE) {
		close(sock[0]);
		close(errors[0]);
		return err;
	}
	fds[0] = sock[0];
	fds[1] = errors[0];
	*nfds = 2;
	return ERR_NONE;
}

static enum err
session_spawn_tty(struct session *s, enum program program, const char *arg,
    const struct session_request *rq, int fds[2], size_t *nfds)
{
	enum err err;
	int given[3];

	if ((err = session_open_tty(s, rq, &fds[0])) != ERR_NONE)
		return err;
	given[0] = given[1] = given[2] = s->tty;
	err = session_spawn(s, program, arg, &s->conn->proof.id, given, true);
	if (err != ERR_NONE) {
		close(fds[0]);
		return err;
	}
	*nfds = 1;
	return ERR_NONE;
}

/* What a request starts, and with which argument. */
static enum program
session_choose(const struct session_request *rq, const char **arg)
{
	*arg = rq->command;
	if (rq->kind == SESSION_SUBSYSTEM)
		return PROGRAM_FILES;
	if (rq->kind == SESSION_EXEC)
		return strncmp(rq->command, "scp ", 4) == 0 ? PROGRAM_FILES
							    : PROGRAM_CMD;
	if (!rq->pty)
		return PROGRAM_CMD;
	*arg = NULL;
	return PROGRAM_TUI;
}

static size_t
sessions_of(const struct monitor *m, const struct identity *id)
{
	const struct session *s;
	size_t n = 0;

	for (s = m->sessions; s != NULL; s = s->next)
		n += s->pid > 0 && s->asker == NULL &&
		    s->id_bound.login == id->login &&
		    s->id_bound.tenant == id->tenant;
	return n;
}

static const char *
session_refusal(const struct conn *c, const struct session_request *rq)
{
	const struct monitor *m = c->monitor;

	if (m->stopping)
		return N_("The portal is stopping. Please log in again in "
			  "some minutes.");
	if (!c->proof.ok)
		return N_("Access to this account was taken away.");
	if (c->proof.id.role != ROLE_CUSTOMER)
		return N_("Staff screens are not part of this portal yet. "
			  "Use portalctl on the server.");
	if (rq->quota)
		return N_("This connection has too many sessions already. "
			  "Please close one first.");
	if (sessions_of(m, &c->proof.id) >=
	    (size_t)m->config.sshd_max_sessions_per_login)
		return N_("You have too many sessions already. Please close "
			  "one first.");
	return NULL;
}

bool
session_start(struct conn *c, uint32_t channel,
    const struct session_request *rq, int fds[2], size_t *nfds,
    const char **why)
{
	struct session *s;
	enum program program;
	const char *arg;
	enum err err;

	if ((*why = session_refusal(c, rq)) != NULL)
		return false;
	*why = N_("The portal is busy. Please try again in a moment.");
	if ((s = session_new(c->monitor)) == NULL)
		return false;
	s->conn = c;
	s->channel = channel;
	program = session_choose(rq, &arg);
	err = ERR_NOMEM;
	if (session_env(s, rq, &c->proof))
		err = rq->pty
		    ? session_spawn_tty(s, program, arg, rq, fds, nfds)
		    : session_spawn_pipes(s, program, arg, fds, nfds);
	if (err == ERR_NONE)
		return true;
	log_error("cannot start %s: %s", program_names[program],
	    err_name(err));
	if (err == ERR_UNSUPPORTED)
		*why = N_("That is not available.");
	session_free(s);
	return false;
}

enum err
session_bind_console(struct monitor *m, const struct proof *p, int *fd)
{
	struct session *s;
	enum err err;

	if ((s = session_new(m)) == NULL)
		return ERR_NOMEM;
	if ((err = session_bind(s, &p->id, fd)) != ERR_NONE)
		session_free(s);
	return err;
}

/* ---- during ---- */

static struct session *
session_find(struct conn *c, uint32_t channel)
{
	struct session *s;

	for (s = c->monitor->sessions; s != NULL; s = s->next)
		if (s->conn == c && s->channel == channel && s->pid > 0)
			return s;
	return NULL;
}

void
session_signal(struct conn *c, uint32_t channel, const char *name)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = { { "HUP", SIGHUP }, { "INT", SIGINT },
		{ "QUIT", SIGQUIT }, { "TERM", SIGTERM }, { "KILL", SIGKILL } };
	struct session *s = session_find(c, channel);
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (s != NULL && strcmp(signals[i].name, name) == 0)
			kill(s->pid, signals[i].number);
}

static void
session_kill(void *arg)
{
	struct session *s = arg;

	if (s->pid > 0)
		kill(s->pid, SIGKILL);
}

/* Asks it to go, and sees to it. */
static void
session_end(struct session *s)
{
	if (s->pid > 0)
		kill(s->pid, SIGHUP);
	s->end.fire = session_kill;
	s->end.arg = s;
	loop_timer_set(&s->monitor->loop, &s->end, KILL_MS);
}

void
session_close(struct conn *c, uint32_t channel)
{
	struct session *s = session_find(c, channel);

	if (s == NULL)
		return;
	s->conn = NULL;
	session_end(s);
}

void
sessions_orphan(struct conn *c)
{
	struct session *s;

	for (s = c->monitor->sessions; s != NULL; s = s->next) {
		if (s->conn != c)
			continue;
		s->conn = NULL;
		session_end(s);
	}
}

bool
sessions_any(const struct monitor *m, const struct conn *c)
{
	const struct session *s;

	for (s = m->sessions; s != NULL; s = s->next)
		if (s->pid > 0 && (c == NULL || s->conn == c))
			return true;
	return false;
}

void
sessions_free(struct monitor *m)
{
	while (m->sessions != NULL) {
		session_kill(m->sessions);
		session_free(m->sessions);
	}
}

/* ---- renders ---- */

static void
render_done(struct session *s, enum err err)
{
	struct buf b;

	if (s->asker == NULL || !s->asker->ready)
		return;
	buf_init(&b, 16);
	buf_put_u32(&b, s->asked_by);
	buf_put_u8(&b, err);
	if (proto_send(s->asker->watch.fd, WORKER_MSG_RENDERED, &b, NULL, 0) !=
	    ERR_NONE)
		log_warn("a worker did not hear that a paper is done");
}

static enum err
render_spawn(struct session *s)
{
	struct monitor *m = s->monitor;
	struct identity who = s->id_bound;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int fds[3] = { null, null, STDERR_FILENO };
	enum err err;

	who.role = ROLE_RENDER;
	err = null == -1 ? ERR_LIMIT
			 : session_spawn(s, PROGRAM_RENDER, s->job, &who, fds,
			       false);
	if (null >= 0)
		close(null);
	if (err != ERR_NONE)
		return err;
	m->nrenders++;
	s->end.fire = session_kill;
	s->end.arg = s;
	loop_timer_set(&m->loop, &s->end, RENDER_MS);
	return ERR_NONE;
}

/* Starts those that wait, oldest first, as far as there is room. */
static void
renders_go_on(struct monitor *m)
{
	struct session *s, *oldest;
	enum err err;

	while (m->nrenders < RENDERS_MAX) {
		oldest = NULL;
		for (s = m->sessions; s != NULL; s = s->next)
			if (s->asker != NULL && s->pid == 0)
				oldest = s;
		if (oldest == NULL)
			return;
		if ((err = render_spawn(oldest)) != ERR_NONE) {
			log_error("cannot start %s: %s",
			    program_names[PROGRAM_RENDER], err_name(err));
			render_done(oldest, ERR_BUSY);
			session_free(oldest);
		}
	}
}

static struct session *
session_by_id(const struct monitor *m, uint32_t id)
{
	struct session *s;

	for (s = m->sessions; s != NULL && s->id != id; s = s->next)
		;
	return s;
}

void
session_render(struct monitor *m, struct child *worker, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	uint32_t id = rd_u32(&r);
	unsigned kind = rd_u8(&r);
	int64_t ref = rd_i64(&r);
	struct session *asker = session_by_id(m, id), *s;
	size_t i;

	if (rd_end(&r) != ERR_NONE || asker == NULL ||
	    asker->worker != worker || (s = session_new(m)) == NULL)
		return;
	s->asker = worker;
	s->asked_by = id;
	s->id_bound = asker->id_bound;
	snprintf(s->job, sizeof(s->job), "%u %lld", kind, (long long)ref);
	for (i = 0; i < asker->nenv; i++)
		if ((s->env[s->nenv] = strdup(asker->env[i])) != NULL)
			s->nenv++;
	renders_go_on(m);
}

void
session_unbound(struct monitor *m, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	struct session *s = session_by_id(m, rd_u32(&r));

	/* A process is over when it is reaped, a console login now. */
	if (s != NULL && s->pid == 0 && s->asker == NULL && s->conn == NULL)
		session_free(s);
}

/* ---- ending ---- */

/*
 * The screens cannot be shown: line mode on the same terminal.  Its old end was
 * hung up with the program, but as it is still open here its number is still
 * this terminal's.
 */
static bool
session_go_plain(struct session *s)
{
	struct buf b;
	enum err err;
	int fds[3];

	if (s->plain || s->conn == NULL || s->tty == -1)
		return false;
	s->plain = true;
	fds[0] = open(s->tty_path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fds[0] == -1)
		return false;
	fds[1] = fds[2] = fds[0];
	s->pid = 0;
	err = session_spawn(s, PROGRAM_CMD, "plain", &s->conn->proof.id, fds,
	    true);
	close(s->tty);
	s->tty = fds[0];
	if (err != ERR_NONE)
		return false;
	buf_init(&b, 16);
	buf_put_u32(&b, s->channel);
	conn_send(s->conn, CONN_MSG_RESUMED, &b, NULL, 0);
	return true;
}

static void
session_report(struct session *s, int status)
{
	struct buf b;

	if (WIFSIGNALED(status))
		log_error("session %s of login %lld was killed by signal %d",
		    s->id_bound.session, (long long)s->id_bound.login,
		    WTERMSIG(status));
	if (s->conn == NULL)
		return;
	buf_init(&b, 32);
	buf_put_u32(&b, s->channel);
	buf_put_u32(&b, WIFEXITED(status) ? (uint32_t)WEXITSTATUS(status) : 1);
	buf_put_u32(&b, WIFSIGNALED(status) ? (uint32_t)WTERMSIG(status) : 0);
	conn_send(s->conn, CONN_MSG_EXIT, &b, NULL, 0);
}

bool
sessions_ended(struct monitor *m, pid_t pid, int status)
{
	struct session *s;

	for (s = m->sessions; s != NULL && s->pid != pid; s = s->next)
		;
	if (s == NULL)
		return false;
	if (WIFEXITED(status) &&
	    WEXITSTATUS(status) == SESSION_EXIT_LINE_MODE &&
	    session_go_plain(s))
		return true;
	if (s->asker != NULL) {
		m->nrenders--;
		render_done(s, WIFEXITED(status) && WEXITSTATUS(status) == 0
			? ERR_NONE
			: ERR_INTERNAL);
	} else {
		session_report(s, status);
	}
	session_free(s);
	renders_go_on(m);
	monitor_check_done(m);
	return true;
}

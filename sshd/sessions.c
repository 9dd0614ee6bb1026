/*
 * Session programs while they run and when they end: signals, quotas, line mode
 * after the screens could not be shown, reports to the login child.
 */
#include "sshd/sessions.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/ipc.h"
#include "base/log.h"

enum { KILL_MS = 10 * 1000 };

struct session *
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

void
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

static bool
session_runs(const struct session *s)
{
	return s->pid > 0 || s->starting;
}

static size_t
sessions_of(const struct monitor *m, const struct identity *id)
{
	const struct session *s;
	size_t n = 0;

	for (s = m->sessions; s != NULL; s = s->next)
		n += session_runs(s) && s->asker == NULL &&
		     s->id_bound.login == id->login &&
		     s->id_bound.tenant == id->tenant;
	return n;
}

static size_t
sessions_on(const struct conn *c)
{
	const struct session *s;
	size_t n = 0;

	for (s = c->monitor->sessions; s != NULL; s = s->next)
		n += session_runs(s) && s->conn == c;
	return n;
}

static const char *
session_refusal(const struct conn *c)
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
	if (sessions_on(c) >= (size_t)m->config.sshd_max_channels)
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
	enum err err = ERR_NOMEM;

	if ((*why = session_refusal(c)) != NULL)
		return false;
	*why = c->monitor->store_away
		   ? store_away_text
		   : N_("The portal is busy. Please try again in a moment.");
	if ((s = session_new(c->monitor)) == NULL)
		return false;
	s->conn = c;
	s->channel = channel;
	if (session_env(s, rq, &c->proof) &&
	    (err = session_run(s, rq, fds, nfds)) == ERR_NONE)
		return true;
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
		if (s->conn == c && s->channel == channel && session_runs(s))
			return s;
	return NULL;
}

/* Now, or as soon as there is somebody to get it. */
static void
session_send(struct session *s, int number)
{
	if (s->pid > 0)
		kill(s->pid, number);
	else if (s->starting)
		s->signals |= (uint32_t)1 << number;
}

static void
session_started(struct session *s)
{
	int i;

	s->starting = false;
	for (i = 1; s->signals != 0; i++)
		if (s->signals & (uint32_t)1 << i) {
			s->signals &= ~((uint32_t)1 << i);
			kill(s->pid, i);
		}
}

void
session_signal(struct conn *c, uint32_t channel, const char *name)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {{"HUP", SIGHUP}, {"INT", SIGINT}, {"QUIT", SIGQUIT},
	    {"TERM", SIGTERM}, {"KILL", SIGKILL}};
	struct session *s = session_find(c, channel);
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (s != NULL && strcmp(signals[i].name, name) == 0)
			session_send(s, signals[i].number);
}

void
session_kill(void *arg)
{
	session_send(arg, SIGKILL);
}

/* Asks it to go, and sees to it. */
static void
session_end(struct session *s)
{
	session_send(s, SIGHUP);
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
		if (session_runs(s) && (c == NULL || s->conn == c))
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

struct session *
session_by_id(const struct monitor *m, uint32_t id)
{
	struct session *s;

	for (s = m->sessions; s != NULL && s->id != id; s = s->next)
		;
	return s;
}

void
session_unbound(struct monitor *m, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	struct session *s = session_by_id(m, rd_u32(&r));

	/* A process is over when it is reaped, a console login now. */
	if (s != NULL && !session_runs(s) && s->asker == NULL &&
	    s->conn == NULL)
		session_free(s);
}

/* ---- ending ---- */

void
sessions_end_login(
    struct monitor *m, int64_t login, const struct session *except)
{
	struct buf b;

	buf_init(&b, 16);
	buf_put_i64(&b, login);
	buf_put_u32(&b, except != NULL ? except->id : 0);
	workers_send(m, WORKER_MSG_DISABLED, &b);
	buf_release(&b);
	conns_disable(m, login, except != NULL ? except->conn : NULL);
}

void
session_end_others(struct monitor *m, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	const struct session *s = session_by_id(m, rd_u32(&r));

	if (s != NULL && s->id_bound.login != 0)
		sessions_end_login(m, s->id_bound.login, s);
}

/*
 * The screens cannot be shown: line mode on the same terminal.  Its old end was
 * hung up with the program, but as it is still open here its number is still
 * this terminal's.
 */
static bool
session_go_plain(struct session *s)
{
	struct termios t;
	struct buf b;
	enum err err;
	int fds[3];

	if (s->plain || s->conn == NULL || s->tty == -1)
		return false;
	s->plain = true;
	fds[0] = open(s->tty_path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fds[0] == -1)
		return false;
	if (tcgetattr(fds[0], &t) == 0) {
		t.c_lflag |= ECHO; /* who types a line sees it */
		tcsetattr(fds[0], TCSANOW, &t);
	}
	fds[1] = fds[2] = fds[0];
	s->pid = 0;
	err = session_spawn(
	    s, PROGRAM_CMD, "plain", &s->conn->proof.id, fds, true);
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

	if (WIFSIGNALED(status) && !s->end.set)
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

void
session_forked(struct monitor *m, uint32_t id, pid_t pid)
{
	struct session *s = session_by_id(m, id);

	if (s == NULL || !s->starting || pid <= 0)
		return;
	s->pid = pid;
	session_started(s);
}

bool
sessions_starting(const struct monitor *m)
{
	const struct session *s;

	for (s = m->sessions; s != NULL && !s->starting; s = s->next)
		;
	return s != NULL;
}

/* False: nobody is there for it any more, or it cannot be. */
static bool
session_start_over(struct session *s)
{
	const int fds[3] = {s->tty, s->tty, s->tty};
	enum err err;

	s->starting = false;
	if (s->conn == NULL)
		return false;
	err =
	    session_spawn(s, PROGRAM_TUI, NULL, &s->conn->proof.id, fds, true);
	if (err == ERR_NONE) {
		session_started(s);
		return true;
	}
	log_error(
	    "cannot start %s: %s", program_names[PROGRAM_TUI], err_name(err));
	session_report(s, W_EXITCODE(SESSION_EXIT_REFUSED, 0));
	return false;
}

void
sessions_start_over(struct monitor *m)
{
	struct session *s, *next;

	for (s = m->sessions; s != NULL; s = next) {
		next = s->next;
		if (s->starting && !session_start_over(s))
			session_free(s);
	}
	monitor_check_done(m);
}

/* What a program does to itself, or an attacker to it. */
static bool
status_is_crash(int status)
{
	static const int crashes[] = {
	    SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGSYS, SIGFPE, SIGTRAP};
	size_t i;

	for (i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		if (WIFSIGNALED(status) && WTERMSIG(status) == crashes[i])
			return true;
	return false;
}

bool
sessions_ended(struct monitor *m, pid_t pid, int status)
{
	struct session *s;

	for (s = m->sessions; s != NULL && s->pid != pid; s = s->next)
		;
	if (s == NULL)
		return false;
	/* Whoever tries again shall not find the same canary and layout. */
	if (s->forked == m->ready_number && status_is_crash(status))
		ready_renew(m);
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

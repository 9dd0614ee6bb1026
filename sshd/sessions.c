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

static size_t
sessions_on(const struct conn *c)
{
	const struct session *s;
	size_t n = 0;

	for (s = c->monitor->sessions; s != NULL; s = s->next)
		n += s->pid > 0 && s->conn == c;
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
	*why = N_("The portal is busy. Please try again in a moment.");
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
	} signals[] = {{"HUP", SIGHUP}, {"INT", SIGINT}, {"QUIT", SIGQUIT},
	    {"TERM", SIGTERM}, {"KILL", SIGKILL}};
	struct session *s = session_find(c, channel);
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (s != NULL && strcmp(signals[i].name, name) == 0)
			kill(s->pid, signals[i].number);
}

void
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
	if (s != NULL && s->pid == 0 && s->asker == NULL && s->conn == NULL)
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

/*
 * Which program a request means, with what environment, on what terminal, bound
 * to whom.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"
#include "sshd/sessions.h"
#include "sshd/spawn.h"

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
	static const char *const order[] = {"LC_ALL=", "LC_CTYPE=", "LANG="};
	size_t i, v;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (v = 0; v < s->nenv; v++)
			if (strncmp(s->env[v], order[i], strlen(order[i])) ==
				0 &&
			    s->env[v][strlen(order[i])] != '\0')
				return s->env[v] + strlen(order[i]);
	return "";
}

bool
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
	snprintf(
	    idle, sizeof(idle), "%lld", (long long)m->config.sshd_idle_minutes);
	return ok && (!rq->pty || env_add(s, "TERM", rq->term)) &&
	       env_add(s, "TZ", who->zone[0] != '\0' ? who->zone : "UTC") &&
	       env_add(s, "PORTAL_HOST", m->host) &&
	       env_add(s, "PORTAL_USER", who->tenant) &&
	       env_add(s, "PORTAL_IDLE", idle);
}

enum err
session_bind(struct session *s, const struct identity *who, int *fd)
{
	struct buf b;
	enum err err;
	uint32_t tag;
	int pair[2];

	if ((s->worker = worker_pick(s->monitor)) == NULL)
		return s->monitor->store_away ? ERR_AWAY : ERR_BUSY;
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
session_open_tty(struct session *s, enum program program,
    const struct session_request *rq, int *master)
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
	    (s->tty = ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)) ==
		-1 ||
	    tcgetattr(s->tty, &t) == -1) {
		close(fd);
		return ERR_INTERNAL;
	}
	t.c_cc[VERASE] = 0x7f;
	/* Keys that are ahead of the screen shall not show on it. */
	if (program == PROGRAM_TUI)
		t.c_lflag &= ~(tcflag_t)ECHO;
	if (strcasestr(ctype, "UTF-8") != NULL ||
	    strcasestr(ctype, "utf8") != NULL)
		t.c_iflag |= IUTF8;
	tcsetattr(s->tty, TCSANOW, &t);
	ioctl(fd, TIOCSWINSZ, &ws);
	*master = fd;
	return ERR_NONE;
}

enum err
session_spawn(struct session *s, enum program program, const char *arg,
    const struct identity *who, const int fds[3], bool tty)
{
	struct monitor *m = s->monitor;
	char *argv[3] = {(char *)program_names[program], (char *)arg, NULL};
	struct spawn sp = {
	    .exe = m->programs[program],
	    .argv = argv,
	    .envp = s->env,
	    .fds = {fds[0], fds[1], fds[2], -1},
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
	if (program != PROGRAM_TUI ||
	    ready_fork(s, sp.fds[SESSION_STORE_FD]) != ERR_NONE)
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

	if ((err = session_open_tty(s, program, rq, &fds[0])) != ERR_NONE)
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

enum err
session_run(struct session *s, const struct session_request *rq, int fds[2],
    size_t *nfds)
{
	const char *arg;
	enum program program = session_choose(rq, &arg);
	enum err err;

	err = rq->pty ? session_spawn_tty(s, program, arg, rq, fds, nfds)
		      : session_spawn_pipes(s, program, arg, fds, nfds);
	if (err != ERR_NONE)
		log_error("cannot start %s: %s", program_names[program],
		    err_name(err));
	return err;
}

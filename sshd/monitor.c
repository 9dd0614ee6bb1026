/*
 * The monitor's frame: what it opens, the signals it obeys, how it ends.
 */
#include "sshd/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "sshd/keys.h"
#include "sshd/server.h"
#include "sshd/sockets.h"

enum { STOP_MS = 10 * 1000, STOP_HARD_MS = 5 * 1000 };

/* ---- start ---- */

static enum err
users_find(struct monitor *m)
{
	const struct {
		const char *key, *name;
		struct account *account;
	} users[] = {
	    {"net_user", m->config.sshd_net_user, &m->net},
	    {"store_user", m->config.sshd_store_user, &m->store},
	    {"session_user", m->config.sshd_session_user, &m->session},
	};
	enum err err;
	size_t i;

	for (i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		err = account_find(users[i].account, users[i].name);
		if (err == ERR_DENIED)
			log_error(
			    "[sshd] %s: it must not be root", users[i].key);
		else if (err != ERR_NONE)
			log_error("[sshd] %s: no user %s; run: useradd "
				  "--system --no-create-home --shell "
				  "/usr/sbin/nologin %s (portalctl init does)",
			    users[i].key, users[i].name, users[i].name);
		if (err != ERR_NONE)
			return err;
	}
	return ERR_NONE;
}

const char *const program_names[PROGRAMS] = {
    [PROGRAM_SELF] = "portal-sshd",
    [PROGRAM_STORE] = "portal-store",
    [PROGRAM_TUI] = "portal-tui",
    [PROGRAM_CMD] = "portal-cmd",
    [PROGRAM_FILES] = "portal-files",
    [PROGRAM_RENDER] = "portal-render",
};

/*
 * The programs lie beside this one.  They are started from descriptors, so that
 * the session's user need not be able to walk there.
 */
static enum err
programs_open(struct monitor *m)
{
	char self[PATH_MAX], *slash;
	ssize_t n;
	int i, dir;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return ERR_INTERNAL;
	self[n] = '\0';
	m->programs[PROGRAM_SELF] =
	    open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if ((slash = strrchr(self, '/')) == NULL ||
	    m->programs[PROGRAM_SELF] == -1)
		return ERR_INTERNAL;
	*slash = '\0';
	if ((dir = open(self, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return ERR_INTERNAL;
	for (i = PROGRAM_SELF + 1; i < PROGRAMS; i++) {
		m->programs[i] =
		    openat(dir, program_names[i], O_RDONLY | O_CLOEXEC);
		if (m->programs[i] == -1)
			log_warn("%s/%s: %s; what needs it will be refused",
			    self, program_names[i], strerror(errno));
	}
	close(dir);
	if (m->programs[PROGRAM_STORE] != -1)
		return ERR_NONE;
	log_error("%s serves nothing without %s", program_names[PROGRAM_SELF],
	    program_names[PROGRAM_STORE]);
	return ERR_NOT_FOUND;
}

/* run_dir, and in it the empty directory that the listener lives in. */
static enum err
dirs_open(struct monitor *m)
{
	char path[PATH_MAX];
	enum err err;
	int n;

	if ((err = dir_make(m->config.sshd_run_dir, 0755)) != ERR_NONE) {
		log_error("[sshd] run_dir %s: %s", m->config.sshd_run_dir,
		    err == ERR_DENIED ? "somebody else may write there"
				      : "cannot make it");
		return err;
	}
	if (!m->root)
		return ERR_NONE;
	n = snprintf(path, sizeof(path), "%s/empty", m->config.sshd_run_dir);
	if (n < 0 || (size_t)n >= sizeof(path))
		return ERR_TOO_BIG;
	if ((err = dir_make(path, 0755)) != ERR_NONE)
		return err;
	m->empty_dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return m->empty_dir == -1 ? ERR_IO : ERR_NONE;
}

static void
limits_raise(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0) {
		rl.rlim_cur = rl.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
	}
}

static size_t
workers_count(const struct config *c)
{
	long n = (long)c->sshd_store_workers;

	if (n == 0)
		n = sysconf(_SC_NPROCESSORS_ONLN);
	if (n < 1)
		n = 1;
	if (n > MONITOR_WORKERS - 1)
		n = MONITOR_WORKERS - 1;
	return (size_t)n + 1; /* and one for passwords */
}

static void
host_set(struct monitor *m, const char *first)
{
	const char *name = m->config.sshd_public_name;

	snprintf(m->host, sizeof(m->host), "%s", *name != '\0' ? name : first);
}

static void signals_ready(void *arg, uint32_t events);

/* SIGCHLD too comes through the loop: poll() would swallow an EINTR. */
static enum err
signals_open(struct monitor *m)
{
	static const int caught[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};
	sigset_t set;
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&set, caught[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return ERR_INTERNAL;
	m->signals = (struct watch) {
	    signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), signals_ready, m};
	return m->signals.fd == -1 ? ERR_INTERNAL
				   : loop_add(&m->loop, &m->signals);
}

static enum err
monitor_config(struct monitor *m, const char *path)
{
	char problem[CONFIG_PROBLEM];
	enum err err;

	m->root = geteuid() == 0;
	if ((err = config_load(&m->config, path, problem)) != ERR_NONE)
		log_error("%s", problem);
	return err;
}

static enum err
monitor_open(struct monitor *m, const char *config_path)
{
	char first[ADDRESS_TEXT + 16] = "";
	enum err err;

	if ((err = monitor_config(m, config_path)) != ERR_NONE)
		return err;
	if (getrandom(&m->front, sizeof(m->front), 0) != sizeof(m->front))
		return ERR_INTERNAL;
	m->front |= 1; /* 0 would be none */
	m->nworkers = workers_count(&m->config);
	buf_init(&m->listener_state, IPC_BODY_MAX);
	limits_raise();
	/* Login children whose listener was replaced come to us. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1)
		return ERR_INTERNAL;
	if ((err = loop_open(&m->loop)) != ERR_NONE ||
	    (m->root && (err = users_find(m)) != ERR_NONE) ||
	    (err = programs_open(m)) != ERR_NONE ||
	    (err = dirs_open(m)) != ERR_NONE ||
	    (err = sockets_open(m->config.sshd_listen, m->sockets,
		 MONITOR_SOCKETS, &m->nsockets, first, sizeof(first))) !=
		ERR_NONE)
		return err;
	host_set(m, first);
	if ((err = console_open(m)) != ERR_NONE ||
	    (err = signals_open(m)) != ERR_NONE)
		return err;
	return children_start(m);
}

/* ---- signals ---- */

void
monitor_check_ready(struct monitor *m)
{
	size_t i;

	if (m->served || !m->listener.ready)
		return;
	for (i = 0; i < m->nworkers; i++)
		if (!m->workers[i].ready && !m->workers[i].away)
			return;
	m->served = true;
	sockets_log(m->sockets, m->nsockets);
}

void
monitor_check_done(struct monitor *m)
{
	if (m->stopping && m->conns == NULL && !sessions_any(m, NULL))
		m->done = true;
}

static void
monitor_give_up(void *arg)
{
	((struct monitor *)arg)->done = true;
}

static void
monitor_bye(struct monitor *m, bool all)
{
	struct conn *c;

	for (c = m->conns; c != NULL; c = c->next)
		if (all || !sessions_any(m, c))
			conn_bye(c, "The portal is stopping.");
}

static void
monitor_stop_late(void *arg)
{
	struct monitor *m = arg;

	monitor_bye(m, true);
	m->stop.fire = monitor_give_up;
	loop_timer_set(&m->loop, &m->stop, STOP_HARD_MS);
}

/* Nobody new; those who are here are told and get time to leave. */
static void
monitor_stop(struct monitor *m)
{
	if (m->stopping) {
		m->done = true;
		return;
	}
	log_info("stopping");
	m->stopping = true;
	if (m->listener.pid > 0)
		kill(m->listener.pid, SIGTERM);
	while (m->nsockets > 0)
		close(m->sockets[--m->nsockets]);
	workers_send(m, WORKER_MSG_SHUTDOWN, NULL);
	monitor_bye(m, false);
	m->stop.fire = monitor_stop_late;
	m->stop.arg = m;
	loop_timer_set(&m->loop, &m->stop, STOP_MS);
	monitor_check_done(m);
}

static void
monitor_reload(struct monitor *m)
{
	char problem[CONFIG_PROBLEM];
	struct config fresh;

	if (m->stopping)
		return;
	if (config_load(&fresh, m->config.path, problem) != ERR_NONE) {
		log_error("%s; going on as before", problem);
		return;
	}
	if (strcmp(fresh.sshd_listen, m->config.sshd_listen) != 0 ||
	    strcmp(fresh.sshd_run_dir, m->config.sshd_run_dir) != 0 ||
	    strcmp(fresh.store_url, m->config.store_url) != 0)
		log_warn("listen, run_dir and the store's url change with a "
			 "restart only");
	if (*fresh.sshd_public_name != '\0')
		snprintf(
		    m->host, sizeof(m->host), "%s", fresh.sshd_public_name);
	memcpy(fresh.sshd_listen, m->config.sshd_listen,
	    sizeof(fresh.sshd_listen));
	memcpy(fresh.sshd_run_dir, m->config.sshd_run_dir,
	    sizeof(fresh.sshd_run_dir));
	memcpy(fresh.store_url, m->config.store_url, sizeof(fresh.store_url));
	config_release(&m->config);
	m->config = fresh;
	explicit_bzero(&fresh, sizeof(fresh));
	listener_renew(m);
	ready_renew(m);
	log_info("configuration read again");
}

static void
monitor_reap(struct monitor *m)
{
	siginfo_t si = {0};
	int status;

	while (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       si.si_pid > 0) {
		/* It may be a session whose pid is still to be read. */
		ready_drain(m);
		if (waitpid(si.si_pid, &status, 0) == si.si_pid &&
		    !children_ended(m, si.si_pid, status) &&
		    !sessions_ended(m, si.si_pid, status))
			conns_child_ended(m, si.si_pid, status);
		si.si_pid = 0;
	}
}

static void
signals_ready(void *arg, uint32_t events)
{
	struct monitor *m = arg;
	struct signalfd_siginfo si;

	(void)events;
	while (read(m->signals.fd, &si, sizeof(si)) == sizeof(si)) {
		if (si.ssi_signo == SIGCHLD)
			monitor_reap(m);
		else if (si.ssi_signo == SIGHUP)
			monitor_reload(m);
		else
			monitor_stop(m);
	}
}

/* ---- end ---- */

static void
monitor_close(struct monitor *m)
{
	int i;

	m->stopping = true;
	conns_free(m);
	ready_drain(m);
	sessions_free(m);
	children_stop(m);
	console_close(m);
	while (m->nsockets > 0)
		close(m->sockets[--m->nsockets]);
	for (i = 0; i < PROGRAMS; i++)
		if (m->programs[i] >= 0)
			close(m->programs[i]);
	if (m->empty_dir >= 0)
		close(m->empty_dir);
	buf_wipe(&m->listener_state);
	config_release(&m->config);
}

/* Each is looked at, so that all that is wrong is said at once. */
int
monitor_test(const char *config_path)
{
	struct monitor m = {0};
	struct buf keys[HOST_KEYS];
	ssh_bind bind;
	size_t nkeys = 0;
	int rc = 0;

	if (monitor_config(&m, config_path) != ERR_NONE)
		return 1;
	if (m.root && users_find(&m) != ERR_NONE)
		rc = 1;
	if (sockets_test(m.config.sshd_listen) != ERR_NONE)
		rc = 1;
	if (server_new(&bind, m.config.sshd_kex) == ERR_NONE)
		ssh_bind_free(bind);
	else
		rc = 1;
	if (keys_read(m.config.sshd_host_key_dir, keys, &nkeys) != ERR_NONE)
		rc = 1;
	while (nkeys > 0)
		buf_wipe(&keys[--nkeys]);
	if (rc != 0)
		log_error("%s: see above", m.config.path);
	config_release(&m.config);
	return rc;
}

int
monitor_main(const char *config_path)
{
	struct monitor m = {0};
	int i, rc = 1;

	m.empty_dir = m.console.fd = m.listener.watch.fd = -1;
	m.ready.watch.fd = -1;
	for (i = 0; i < PROGRAMS; i++)
		m.programs[i] = -1;
	for (i = 0; i < MONITOR_WORKERS; i++)
		m.workers[i].watch.fd = -1;
	if (monitor_open(&m, config_path) == ERR_NONE) {
		while (!m.done && loop_turn(&m.loop) == ERR_NONE)
			;
		rc = m.done && !m.failed ? 0 : 1;
	}
	monitor_close(&m);
	return rc;
}

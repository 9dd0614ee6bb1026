/*
 * It is asked by the monitor only and knows no customer, so what is forked from
 * it inherits nothing of others.
 */
#include "tui/ready.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"
#include "data/sandbox.h"
#include "data/session.h"

enum {
	READY_FD = SESSION_STORE_FD, /* until it becomes a session's */
	READY_FDS = 2,
	READY_FORK = CLONE_PARENT | SIGCHLD,
	READY_FAILED = 127,
};

/*
 * What a session does before it takes the rest from itself: looks for its
 * terminal's, its language's and its zone's files.  It may never execute
 * anything or connect anywhere.
 */
/* clang-format off */
static const struct sandbox_rule ready_rules[] = {
	ALLOW_WHEN(clone, 0, SANDBOX_WORD, READY_FORK),
	ALLOW(setsid), ALLOW(dup2), ALLOW(dup3), ALLOW(close_range),
	ALLOW(seccomp), ALLOW(prctl), ALLOW(prlimit64),
	ALLOW(ioctl), ALLOW(fcntl), ALLOW(memfd_create),
	ALLOW_WHEN(openat, 2, O_CREAT | O_TRUNC, 0),
	ALLOW(newfstatat), ALLOW(statx), ALLOW(access), ALLOW(faccessat2),
	ALLOW(readlink), ALLOW(getdents64),
	/* Converters of old character sets are libraries. */
	ALLOW(mmap), ALLOW(mprotect),
};
/* clang-format on */
static const struct sandbox_table ready_table = SANDBOX_TABLE(ready_rules);

static enum err
ready_confine(void)
{
	static const struct sandbox_table *const tables[] = {
	    &ready_table, &sandbox_base, &sandbox_no_files};
	struct sandbox *sb;
	enum err err;

	if ((err = sandbox_compile(&sb, tables, 3)) != ERR_NONE)
		return err;
	err = sandbox_enter(sb);
	sandbox_free(sb);
	return err;
}

/* The strings behind r become the environment, and stay where they are. */
static bool
ready_environment(struct rd *r)
{
	char **env, *p = (char *)r->p;
	size_t i, n = 0;

	for (i = 0; i < r->left; i++)
		n += p[i] == '\0';
	if (r->left > 0 && p[r->left - 1] != '\0')
		return false;
	if ((env = calloc(n + 1, sizeof(*env))) == NULL)
		return false;
	for (i = 0; i < n; i++, p += strlen(p) + 1)
		env[i] = p;
	environ = env;
	return true;
}

static bool
ready_become(struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	struct buf said;
	enum err err;
	int i;

	/* Before anything else: it tells the monitor our number. */
	buf_init(&said, 16);
	buf_put_u32(&said, rd_u32(&r));
	err = ipc_send(READY_FD, SESSION_MSG_FORKED, &said, NULL, 0);
	buf_release(&said);
	if (err != ERR_NONE || setsid() == -1)
		return false;
	for (i = 0; i < READY_FD; i++)
		if (dup2(msg->fds[0], i) == -1)
			return false;
	return ioctl(STDIN_FILENO, TIOCSCTTY, 0) != -1 &&
	       dup2(msg->fds[1], SESSION_STORE_FD) != -1 &&
	       close_range(SESSION_STORE_FD + 1, ~0U, 0) != -1 &&
	       prctl(PR_SET_NAME, "portal-tui") != -1 && ready_environment(&r);
}

bool
ready_wait(int *status)
{
	struct ipc_msg msg;
	bool go_on = true;
	long pid;

	*status = SESSION_EXIT_REFUSED;
	if (prctl(PR_SET_NAME, "portal-ready") == -1 ||
	    ready_confine() != ERR_NONE ||
	    ipc_send(READY_FD, SESSION_MSG_READY, NULL, NULL, 0) != ERR_NONE)
		return false;
	while (go_on) {
		ipc_msg_init(&msg);
		if (ipc_recv(READY_FD, &msg) != ERR_NONE) {
			*status = SESSION_EXIT_OK;
			go_on = false;
		} else if (msg.type != SESSION_MSG_FORK ||
			   msg.nfds != READY_FDS) {
			go_on = false;
		} else {
			/* The monitor's child, not ours: it waits for it. */
			pid = syscall(
			    SYS_clone, READY_FORK, NULL, NULL, NULL, NULL);
			if (pid == 0 && ready_become(&msg))
				return true;
			if (pid == 0)
				_exit(READY_FAILED);
			go_on = pid != -1;
		}
		/* Closed and wiped: the next one is nobody's heir. */
		ipc_msg_release(&msg);
	}
	return false;
}

/*
 * vfork() and execveat(): the monitor's memory is not copied for each session.
 * The child runs on the parent's stack and calls the kernel only, never libc
 * functions that keep state.
 */
#include "sshd/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SPAWN_HIGH = 16, SPAWN_FAILED = 127 };

static void
spawn_signals(void)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;

	sigaction(SIGPIPE, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The descriptors in their places; first out of each other's way. */
static int
spawn_fds(const struct spawn *sp, int *exe)
{
	int high[SPAWN_FDS];
	int i, n = (int)sp->nfds;

	if ((*exe = fcntl(sp->exe, F_DUPFD_CLOEXEC, SPAWN_HIGH)) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		high[i] = -1;
		if (sp->fds[i] >= 0 && (high[i] = fcntl(sp->fds[i],
					    F_DUPFD_CLOEXEC, SPAWN_HIGH)) == -1)
			return -1;
	}
	for (i = 0; i < n; i++) {
		if (high[i] == -1)
			close(i);
		else if (dup2(high[i], i) == -1)
			return -1;
	}
	return (int)syscall(
	    SYS_close_range, (unsigned)n, ~0U, CLOSE_RANGE_CLOEXEC);
}

static int
spawn_become(const struct account *as)
{
	gid_t gid = as->gid;
	uid_t uid = as->uid;

	if (syscall(SYS_setgroups, 1, &gid) == -1 ||
	    syscall(SYS_setresgid, gid, gid, gid) == -1)
		return -1;
	return (int)syscall(SYS_setresuid, uid, uid, uid);
}

static void __attribute__((noreturn)) spawn_child(const struct spawn *sp)
{
	struct rlimit none = {0, 0};
	struct rlimit files = {sp->files, sp->files};
	int exe;

	spawn_signals();
	if (setsid() == -1 || spawn_fds(sp, &exe) == -1 ||
	    (sp->tty && ioctl(0, TIOCSCTTY, 0) == -1) ||
	    setrlimit(RLIMIT_CORE, &none) == -1 ||
	    (sp->files != 0 && setrlimit(RLIMIT_NOFILE, &files) == -1) ||
	    (sp->as != NULL && spawn_become(sp->as) == -1) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		_exit(SPAWN_FAILED);
	syscall(SYS_execveat, exe, "", sp->argv, sp->envp, AT_EMPTY_PATH);
	_exit(SPAWN_FAILED);
}

enum err
spawn_program(const struct spawn *sp, pid_t *pid)
{
	pid_t p = vfork();

	if (p == 0)
		spawn_child(sp);
	if (p == -1)
		return errno == EAGAIN ? ERR_BUSY : ERR_NOMEM;
	*pid = p;
	return ERR_NONE;
}

/*
 * Children: another program that is waited for, and work that may be stopped.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ctl/init.h"

int
init_spawn(const char *path, const char *const argv[])
{
	static const char *const env[] = {
	    "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", NULL};
	int rc, status;
	pid_t pid;

	/* execve() does not change the strings; C cannot say so. */
	rc = posix_spawn(
	    &pid, path, NULL, NULL, (char *const *)argv, (char *const *)env);
	if (rc != 0) {
		errno = rc;
		return -1;
	}
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* Waits for the child; a signal to end goes to it and to what it runs. */
static int
child_wait(pid_t pid, const sigset_t *signals)
{
	int sig, status;

	while (waitpid(pid, &status, WNOHANG) == 0)
		if (sigwait(signals, &sig) == 0 && sig != SIGCHLD)
			kill(-pid, sig);
	if (!WIFEXITED(status))
		return ctl_error("%s", _("Stopped. Nothing of it is left."));
	return WEXITSTATUS(status);
}

int
init_apart(int (*work)(struct ctl *c, const struct init *in), struct ctl *c,
    const struct init *in)
{
	sigset_t signals, before;
	int status;
	pid_t pid;

	signal(SIGCHLD, SIG_DFL); /* whoever started us may ignore it */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &before);
	fflush(NULL);
	if ((pid = fork()) == 0) {
		setpgid(0, 0);
		sigprocmask(SIG_SETMASK, &before, NULL);
		status = work(c, in);
		ctl_close(c);
		if (fflush(stdout) != 0 && status == CTL_OK)
			status = ctl_error("%s", _("cannot write the output"));
		_exit(status);
	}
	if (pid == -1) {
		status = ctl_error("%s", strerror(errno));
	} else {
		setpgid(pid, pid);
		status = child_wait(pid, &signals);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

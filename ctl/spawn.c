/*
 * Runs another program and waits for it.
 */
#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>

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

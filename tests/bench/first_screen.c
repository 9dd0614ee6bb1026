/*
 * Runs a command on a pty of 80x24 and prints the microseconds from exec until
 * a text was on its output, for the benchmark.  Then hangs up.
 *
 *	first_screen TEXT COMMAND [ARGUMENT ...]
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000 };

static long
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

int
main(int argc, char **argv)
{
	static char seen[256 * 1024];
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	size_t len = 0;
	int master;

	if (argc < 3) {
		fprintf(stderr, "usage: first_screen TEXT COMMAND ...\n");
		return 2;
	}

	long start = now_us();
	pid_t pid = forkpty(&master, NULL, NULL, &size);

	if (pid < 0) {
		perror("forkpty");
		return 1;
	}
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}

	int found = 0;
	while (!found && len < sizeof(seen) - 1) {
		struct pollfd p = {.fd = master, .events = POLLIN};
		int r = poll(&p, 1, PATIENCE_MS);

		if (r == 0 || (r < 0 && errno != EINTR))
			break;
		ssize_t n = read(master, seen + len, sizeof(seen) - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
		seen[len] = '\0';
		found = memmem(seen, len, argv[1], strlen(argv[1])) != NULL;
	}
	long took = now_us() - start;

	kill(pid, SIGHUP);
	close(master);
	waitpid(pid, NULL, 0);
	if (!found) {
		fprintf(stderr, "first_screen: never saw \"%s\" in:\n%s\n",
		    argv[1], seen);
		return 1;
	}
	printf("%ld\n", took);
	return 0;
}

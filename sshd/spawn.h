/*
 * Starting a program from an open descriptor: nothing is inherited but what is
 * named here.
 */
#ifndef SSHD_SPAWN_H
#define SSHD_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/privs.h"

enum { SPAWN_FDS = 4 };

struct spawn {
	int exe; /* of the program's file */
	char *const *argv, *const *envp;
	int fds[SPAWN_FDS]; /* become 0, 1, …; -1 stays closed */
	size_t nfds;
	bool tty;                 /* fds[0] is its controlling terminal */
	const struct account *as; /* NULL: as oneself */
	unsigned files;           /* RLIMIT_NOFILE, 0: as it is */
};

enum err spawn_program(const struct spawn *sp, pid_t *pid);

#endif

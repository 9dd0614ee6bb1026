/* Processes of the worker's own: how they begin and are told to end. */
#include <signal.h>
#include <unistd.h>

#include "base/ipc.h"
#include "worker/worker.h"

static _Noreturn void
child_run(struct worker *w, int fd, child_fn *run)
{
	close(w->loop.epoll);
	close(w->signals.fd);
	if (w->reader.fd != -1)
		close(w->reader.fd);
	config_release(&w->config); /* its secrets; names stay */
	_exit(run(fd, &w->config));
}

enum err
child_open(struct worker *w, struct watch *end, child_fn *run)
{
	enum err err;
	int sv[2];
	pid_t pid;

	/* Nobody waits for it. */
	signal(SIGCHLD, SIG_IGN);
	if (ipc_pair(sv) != ERR_NONE)
		return ERR_INTERNAL;
	if ((pid = fork()) == 0) {
		close(sv[0]);
		child_run(w, sv[1], run);
	}
	close(sv[1]);
	end->fd = sv[0];
	if (pid == -1)
		err = ERR_INTERNAL;
	else if ((err = fd_set_nonblock(end->fd, 1)) == ERR_NONE)
		err = loop_add(&w->loop, end);
	if (err != ERR_NONE) {
		close(end->fd);
		end->fd = -1;
	}
	return err;
}

void
child_close(struct worker *w, struct watch *end)
{
	if (end->fd == -1)
		return;
	loop_remove(&w->loop, end);
	close(end->fd);
	end->fd = -1;
}

/*
 * The run socket of this machine's portal-sshd: it says when there is a job,
 * and is told what changed here.  A database of several machines says both by
 * itself; then there is nothing to do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"
#include "data/session.h"
#include "worker/worker.h"

enum { AGAIN_MS = 2000 };

struct bell {
	struct worker *w;
	struct watch watch; /* fd -1: nobody is there */
	struct timer again;
};

static void
bell_cut(struct bell *b)
{
	loop_remove(&b->w->loop, &b->watch);
	close(b->watch.fd);
	b->watch.fd = -1;
	loop_timer_set(&b->w->loop, &b->again, AGAIN_MS);
	tasks_look(b->w); /* which then sets its own timer */
}

static void
bell_ready(void *arg, uint32_t events)
{
	struct bell *b = arg;
	struct ipc_msg m;
	struct rd r;

	(void)events;
	ipc_msg_init(&m);
	if (ipc_recv(b->watch.fd, &m) != ERR_NONE) {
		bell_cut(b);
	} else if (m.type == MONITOR_MSG_CHANGED) {
		r = rd_buf(&m.body);
		rd_i64(&r);
		rd_i64(&r);
		if (rd_u32(&r) & TOPIC_JOBS && rd_end(&r) == ERR_NONE)
			tasks_look(b->w);
	}
	ipc_msg_release(&m);
}

static enum err
bell_connect(struct bell *b)
{
	char path[CONFIG_VALUE + sizeof(CONSOLE_SOCKET) + 1];
	enum err err;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", b->w->config.sshd_run_dir,
	    CONSOLE_SOCKET);
	if ((err = ipc_connect(path, &fd)) != ERR_NONE)
		return err;
	b->watch.fd = fd;
	if ((err = fd_set_nonblock(fd, 1)) == ERR_NONE &&
	    (err = ipc_send(fd, MONITOR_MSG_BELL, NULL, NULL, 0)) == ERR_NONE &&
	    (err = loop_add(&b->w->loop, &b->watch)) == ERR_NONE)
		return ERR_NONE;
	close(fd);
	b->watch.fd = -1;
	return err;
}

static void
bell_again(void *arg)
{
	struct bell *b = arg;

	if (bell_connect(b) != ERR_NONE)
		loop_timer_set(&b->w->loop, &b->again, AGAIN_MS);
	else
		tasks_look(b->w); /* what nobody rang for */
}

enum err
bell_open(struct worker *w)
{
	struct bell *b;

	if (store_announces(w->st))
		return ERR_NONE;
	if ((b = calloc(1, sizeof(*b))) == NULL)
		return ERR_NOMEM;
	b->w = w;
	b->watch = (struct watch) {-1, bell_ready, b};
	b->again.fire = bell_again;
	b->again.arg = b;
	w->bell = b;
	bell_again(b);
	return ERR_NONE;
}

void
bell_close(struct worker *w)
{
	struct bell *b = w->bell;

	if (b == NULL)
		return;
	loop_timer_clear(&w->loop, &b->again);
	if (b->watch.fd != -1) {
		loop_remove(&w->loop, &b->watch);
		close(b->watch.fd);
	}
	free(b);
	w->bell = NULL;
}

bool
bell_works(const struct worker *w)
{
	if (w->bell == NULL)
		return store_announces(w->st) && !w->away;
	return w->bell->watch.fd != -1;
}

void
bell_tell(struct worker *w, int64_t tenant, int64_t customer, unsigned topics)
{
	struct bell *b = w->bell;
	struct buf body;

	if (b == NULL || b->watch.fd == -1)
		return; /* no portal-sshd, no screens */
	buf_init(&body, 64);
	buf_put_i64(&body, tenant);
	buf_put_i64(&body, customer);
	buf_put_u32(&body, topics);
	if (ipc_send(b->watch.fd, MONITOR_MSG_CHANGED, &body, NULL, 0) !=
	    ERR_NONE)
		bell_cut(b);
	buf_release(&body);
}

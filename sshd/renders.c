/*
 * Papers being made: portal-render for a session that waits for one, a few at a
 * time.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"
#include "sshd/sessions.h"

enum { RENDER_MS = 120 * 1000, RENDERS_MAX = 4 };

void
render_done(struct session *s, enum err err)
{
	struct buf b;

	if (s->asker == NULL || !s->asker->ready)
		return;
	buf_init(&b, 16);
	buf_put_u32(&b, s->asked_by);
	buf_put_u8(&b, err);
	if (proto_send(s->asker->watch.fd, WORKER_MSG_RENDERED, &b, NULL, 0) !=
	    ERR_NONE)
		log_warn("a worker did not hear that a paper is done");
}

static enum err
render_spawn(struct session *s)
{
	struct monitor *m = s->monitor;
	struct identity who = s->id_bound;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int fds[3] = {null, null, STDERR_FILENO};
	enum err err;

	who.role = ROLE_RENDER;
	err = null == -1
		  ? ERR_LIMIT
		  : session_spawn(s, PROGRAM_RENDER, s->job, &who, fds, false);
	if (null >= 0)
		close(null);
	if (err != ERR_NONE)
		return err;
	m->nrenders++;
	s->end.fire = session_kill;
	s->end.arg = s;
	loop_timer_set(&m->loop, &s->end, RENDER_MS);
	return ERR_NONE;
}

void
renders_go_on(struct monitor *m)
{
	struct session *s, *oldest;
	enum err err;

	while (m->nrenders < RENDERS_MAX) {
		oldest = NULL;
		for (s = m->sessions; s != NULL; s = s->next)
			if (s->asker != NULL && s->pid == 0)
				oldest = s;
		if (oldest == NULL)
			return;
		if ((err = render_spawn(oldest)) != ERR_NONE) {
			log_error("cannot start %s: %s",
			    program_names[PROGRAM_RENDER], err_name(err));
			render_done(
			    oldest, err == ERR_AWAY ? ERR_AWAY : ERR_BUSY);
			session_free(oldest);
		}
	}
}

void
session_render(struct monitor *m, struct child *worker, struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	uint32_t id = rd_u32(&r);
	unsigned kind = rd_u8(&r);
	int64_t ref = rd_i64(&r);
	struct session *asker = session_by_id(m, id), *s;
	size_t i;

	if (rd_end(&r) != ERR_NONE || asker == NULL ||
	    asker->worker != worker || (s = session_new(m)) == NULL)
		return;
	s->asker = worker;
	s->asked_by = id;
	s->id_bound = asker->id_bound;
	snprintf(s->job, sizeof(s->job), "%u %lld", kind, (long long)ref);
	for (i = 0; i < asker->nenv; i++)
		if ((s->env[s->nenv] = strdup(asker->env[i])) != NULL)
			s->nenv++;
	renders_go_on(m);
}

/*
 * The worker's side of the mailer: which task waits for which answer.
 */
#include "worker/mailer.h"

#include <stdlib.h>

#include "base/ipc.h"
#include "base/log.h"

/* A task's state. */
struct posted {
	struct mailer *mailer;
	struct task *task;
	int64_t id;
	struct posted *next;
};

struct mailer {
	struct worker *w;
	struct watch watch; /* fd -1: it is gone */
	int64_t last;
	struct posted *posted;
	struct ipc_msg msg;
};

/* The answer may still come; nobody waits for it. */
static void
posted_free(void *state)
{
	struct posted *p = state, **at = &p->mailer->posted;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	free(p);
}

static void
mailer_gone(struct mailer *m)
{
	child_close(m->w, &m->watch);
	log_error("the process that sends mail has ended: no mail goes out "
		  "until portal-worker is started again");
	while (m->posted != NULL)
		task_later(m->posted->task, 0, "the mailer has ended");
}

static void
task_over(struct task *t, enum smtp_result result, const char *said)
{
	if (result == SMTP_SENT)
		task_done(t);
	else if (result == SMTP_REFUSED)
		task_failed(t, said);
	else
		task_later(t, 0, said);
}

static enum err
mailer_answer(struct mailer *m)
{
	struct rd r = rd_buf(&m->msg.body);
	int64_t id = rd_i64(&r);
	uint8_t result = rd_u8(&r);
	char said[SMTP_SAID];
	struct posted *p;

	rd_str(&r, said, sizeof(said));
	if (m->msg.type != MAILER_MSG_SENT || rd_end(&r) != ERR_NONE ||
	    result > SMTP_LATER)
		return ERR_PROTOCOL;
	for (p = m->posted; p != NULL && p->id != id; p = p->next)
		;
	if (p != NULL)
		task_over(p->task, (enum smtp_result)result, said);
	return ERR_NONE;
}

static void
mailer_ready(void *arg, uint32_t events)
{
	struct mailer *m = arg;
	enum err err;

	(void)events;
	if ((err = ipc_recv(m->watch.fd, &m->msg)) == ERR_BUSY)
		return;
	if (err == ERR_NONE)
		err = mailer_answer(m);
	if (err != ERR_NONE)
		mailer_gone(m);
}

enum err
mailer_open(struct worker *w)
{
	struct mailer *m = calloc(1, sizeof(*m));
	enum err err;

	if (m == NULL)
		return ERR_NOMEM;
	m->w = w;
	m->watch = (struct watch) {-1, mailer_ready, m};
	if ((err = child_open(w, &m->watch, mailer_process)) != ERR_NONE) {
		free(m);
		return err;
	}
	ipc_msg_init(&m->msg);
	w->mailer = m;
	return ERR_NONE;
}

void
mailer_close(struct worker *w)
{
	struct mailer *m = w->mailer;

	if (m == NULL)
		return;
	child_close(w, &m->watch);
	ipc_msg_release(&m->msg);
	free(m);
	w->mailer = NULL;
}

static enum err
put(int fd, int64_t id, const struct smtp_mail *mail)
{
	struct buf body;
	enum err err;

	buf_init(&body, IPC_BODY_MAX);
	buf_put_i64(&body, id);
	smtp_mail_put(&body, mail);
	if ((err = body.err) == ERR_NONE)
		err = ipc_send(fd, MAILER_MSG_SEND, &body, NULL, 0);
	buf_wipe(&body);
	return err;
}

enum err
mailer_send(struct task *t, const struct smtp_mail *mail)
{
	struct mailer *m = t->w->mailer;
	struct posted *p;
	enum err err;

	if (m == NULL || m->watch.fd == -1)
		return ERR_CLOSED;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return ERR_NOMEM;
	if ((err = put(m->watch.fd, ++m->last, mail)) != ERR_NONE) {
		free(p);
		return err;
	}
	*p = (struct posted) {m, t, m->last, m->posted};
	m->posted = p;
	t->state = p;
	t->free_state = posted_free;
	return ERR_NONE;
}

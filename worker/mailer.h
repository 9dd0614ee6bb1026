/*
 * The process that talks to mail servers.  libcurl blocks while a server takes
 * its time to accept a text, and what a server says is read there: nothing of
 * either reaches the process that takes money.  It has no store and no key but
 * what each mail brings along.
 */
#ifndef WORKER_MAILER_H
#define WORKER_MAILER_H

#include "base/config.h"
#include "worker/worker.h"

enum { MAILER_AT_ONCE = 10, SMTP_SAID = 512 };

/* One mail and where it goes. */
struct smtp_mail {
	char url[CONFIG_VALUE], user[CONFIG_VALUE], password[CONFIG_VALUE];
	char ca_file[CONFIG_VALUE]; /* "": the system's */
	bool tls;                   /* or it is not sent */
	char from[256], to[256];
	struct buf message;
};

enum smtp_result {
	SMTP_SENT,
	SMTP_REFUSED, /* for good: this mail, or this address */
	SMTP_LATER,
};

/* ---- smtp.c ---- */
/* Waits until it is over; said is why not, in words for staff. */
enum smtp_result smtp_send(struct smtp_mail *m, char said[SMTP_SAID]);

/* ---- mailer_process.c ---- */
/* i64 id and a mail, one way; i64 id, u8 result, str what was said, the
 * other. */
enum { MAILER_MSG_SEND = 1, MAILER_MSG_SENT };
void smtp_mail_put(struct buf *out, const struct smtp_mail *m);
/* What a child of the worker runs (child_fn): until fd ends it is kept alive.
 */
int mailer_process(int fd, const struct config *c);

/* ---- mailer.c: the worker's side ---- */
/* Called before the process gives up root and before it has a thread. */
enum err mailer_open(struct worker *w);
void mailer_close(struct worker *w);
/* The task ends when the answer comes.  ERR_CLOSED: the process is gone. */
enum err mailer_send(struct task *t, const struct smtp_mail *m);

#endif

/*
 * The mailer: a process that sends, and one that starts it again when a server
 * said what made it crash.  Threads take a mail each; what is under way when
 * the worker ends is cut off, and sent again by the next.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/ipc.h"
#include "base/log.h"
#include "base/privs.h"
#include "data/sandbox.h"
#include "worker/mailer.h"

enum { MAILER_FILES = 256, MAILER_MEMORY = 512 << 20, PAUSE_S = 1 };

/* ---- what a mail looks like on the way ---- */

void
smtp_mail_put(struct buf *out, const struct smtp_mail *m)
{
	buf_put_str(out, m->url);
	buf_put_str(out, m->user);
	buf_put_str(out, m->password);
	buf_put_str(out, m->ca_file);
	buf_put_u8(out, m->tls);
	buf_put_str(out, m->from);
	buf_put_str(out, m->to);
	buf_put_blob(out, m->message.data, m->message.len);
}

static enum err
smtp_mail_get(struct rd *r, struct smtp_mail *m)
{
	const void *message;
	size_t n;

	rd_str(r, m->url, sizeof(m->url));
	rd_str(r, m->user, sizeof(m->user));
	rd_str(r, m->password, sizeof(m->password));
	rd_str(r, m->ca_file, sizeof(m->ca_file));
	m->tls = rd_u8(r) != 0;
	rd_str(r, m->from, sizeof(m->from));
	rd_str(r, m->to, sizeof(m->to));
	message = rd_blob(r, &n);
	if (rd_end(r) != ERR_NONE)
		return ERR_PROTOCOL;
	buf_add(&m->message, message, n);
	return m->message.err;
}

/* ---- a thread ---- */

struct office {
	int fd;
	pthread_mutex_t lock; /* a socket has one reader */
};

static void
answer(int fd, int64_t id, enum smtp_result result, const char *said)
{
	struct buf body;

	buf_init(&body, IPC_BODY_MAX);
	buf_put_i64(&body, id);
	buf_put_u8(&body, (uint8_t)result);
	buf_put_str(&body, said);
	if (body.err != ERR_NONE ||
	    ipc_send(fd, MAILER_MSG_SENT, &body, NULL, 0) != ERR_NONE)
		_exit(0); /* nobody is there any more */
	buf_release(&body);
}

static void
handle(struct office *o, const struct ipc_msg *msg)
{
	struct rd r = rd_buf(&msg->body);
	enum smtp_result result = SMTP_LATER;
	char said[SMTP_SAID] = "the mail cannot be read";
	struct smtp_mail m = {.tls = true};
	int64_t id = rd_i64(&r);

	buf_init(&m.message, IPC_BODY_MAX);
	if (smtp_mail_get(&r, &m) == ERR_NONE)
		result = smtp_send(&m, said);
	buf_wipe(&m.message);
	explicit_bzero(&m, sizeof(m));
	answer(o->fd, id, result, said);
}

static void *
clerk(void *arg)
{
	struct office *o = arg;
	struct ipc_msg msg;
	enum err err;

	ipc_msg_init(&msg);
	for (;;) {
		pthread_mutex_lock(&o->lock);
		err = ipc_recv(o->fd, &msg);
		pthread_mutex_unlock(&o->lock);
		if (err != ERR_NONE)
			_exit(err == ERR_CLOSED ? 0 : 1);
		handle(o, &msg);
	}
}

/* ---- the process that sends ---- */

/* clang-format off */
/* libcurl's and the resolver's. */
static const struct sandbox_rule own_rules[] = {
	ALLOW(socketpair), ALLOW(pipe2), ALLOW(eventfd2),
};
/* clang-format on */
static const struct sandbox_table own = SANDBOX_TABLE(own_rules);

static enum err
confine(void)
{
	const struct sandbox_table *tables[] = {&sandbox_base, &own,
	    &sandbox_network, &sandbox_threads, &sandbox_open};
	enum err err;

	if ((err = sandbox_limit(RLIMIT_NOFILE, MAILER_FILES)) != ERR_NONE ||
	    (err = sandbox_limit(RLIMIT_CORE, 0)) != ERR_NONE ||
	    (err = sandbox_limit_memory(MAILER_MEMORY)) != ERR_NONE)
		return err;
	return sandbox_confine(tables, sizeof(tables) / sizeof(tables[0]));
}

static _Noreturn void
send_all(int fd)
{
	struct office o = {.fd = fd, .lock = PTHREAD_MUTEX_INITIALIZER};
	pthread_t thread;
	enum err err;
	int i;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		_exit(1);
	if ((err = confine()) != ERR_NONE) {
		log_error(
		    "the mailer cannot give up its rights: %s", err_name(err));
		_exit(1);
	}
	for (i = 1; i < MAILER_AT_ONCE; i++)
		if (pthread_create(&thread, NULL, clerk, &o) != 0)
			_exit(1);
	clerk(&o);
	_exit(1);
}

/* ---- the one that keeps it ---- */

static enum err
become(const struct config *c)
{
	struct account as;
	enum err err;

	if (geteuid() != 0)
		return ERR_NONE;
	/* Not the store's user: a database in a file is not for it. */
	if ((err = account_find(&as, c->sshd_net_user)) != ERR_NONE) {
		log_error("[sshd] net_user: %s", err == ERR_DENIED
						     ? "it must not be root"
						     : "there is no such user");
		return err;
	}
	return privs_become(&as);
}

static _Noreturn void
end_with(pid_t parent, int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	send_all(fd);
}

int
mailer_process(int fd, const struct config *c)
{
	pid_t parent = getppid(), self = getpid(), pid;
	int status;

	signal(SIGCHLD, SIG_DFL);
	if (become(c) != ERR_NONE)
		return 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return 0;
	for (;;) {
		if ((pid = fork()) == 0)
			end_with(self, fd);
		if (pid == -1)
			return 1;
		if (waitpid(pid, &status, 0) == pid && WIFEXITED(status))
			return WEXITSTATUS(status);
		log_error("the mailer has died; another one is started");
		sleep(PAUSE_S);
	}
}

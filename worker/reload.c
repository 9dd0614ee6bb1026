/*
 * Reading portal.conf again.  By then a worker that was started as root is
 * somebody else, so a process that it made before keeps the rights to do that,
 * and nothing else: it hears one word, opens files to read them, and says what
 * they mean.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/ipc.h"
#include "base/log.h"
#include "data/sandbox.h"
#include "worker/worker.h"

enum { READER_FILES = 16, READER_MEMORY = 64 << 20 };

/* Empty, one way; u8 whether it could be read, then a struct config or str what
 * is wrong, the other: both ends are the same program. */
enum { READER_MSG_READ = 1, READER_MSG_CONFIG };

/* ---- the process ---- */

static enum err
reader_confine(void)
{
	const struct sandbox_table *tables[] = {&sandbox_base, &sandbox_open};
	enum err err;

	if ((err = sandbox_limit(RLIMIT_NOFILE, READER_FILES)) != ERR_NONE ||
	    (err = sandbox_limit(RLIMIT_CORE, 0)) != ERR_NONE ||
	    (err = sandbox_limit_memory(READER_MEMORY)) != ERR_NONE)
		return err;
	return sandbox_confine(tables, sizeof(tables) / sizeof(tables[0]));
}

static enum err
reader_answer(int fd, const char *path)
{
	char problem[CONFIG_PROBLEM];
	struct config c;
	struct buf body;
	enum err err;

	buf_init(&body, IPC_BODY_MAX);
	if (config_load(&c, path, problem) == ERR_NONE) {
		buf_put_u8(&body, true);
		buf_put_blob(&body, &c, sizeof(c));
		explicit_bzero(&c, sizeof(c));
	} else {
		buf_put_u8(&body, false);
		buf_put_str(&body, problem);
	}
	if ((err = body.err) == ERR_NONE)
		err = ipc_send(fd, READER_MSG_CONFIG, &body, NULL, 0);
	buf_wipe(&body);
	return err;
}

/* Until the worker's end of fd is closed: it may not be killed by whom the
 * worker has become. */
static int
reader_process(int fd, const struct config *c)
{
	struct ipc_msg m;
	enum err err;

	if ((err = reader_confine()) != ERR_NONE) {
		log_error("what reads the configuration again cannot give up "
			  "its rights: %s",
		    err_name(err));
		return 1;
	}
	ipc_msg_init(&m);
	while ((err = ipc_recv(fd, &m)) == ERR_NONE)
		if ((err = reader_answer(fd, c->path)) != ERR_NONE)
			break;
	return err == ERR_CLOSED ? 0 : 1;
}

/* ---- the worker's side ---- */

/* What is bound or open stays as it is. */
static void
config_keep(struct config *fresh, const struct config *now)
{
	const struct {
		char *fresh;
		const char *now;
	} fixed[] = {
	    {fresh->store_url, now->store_url},
	    {fresh->sshd_run_dir, now->sshd_run_dir},
	    {fresh->sshd_store_user, now->sshd_store_user},
	    {fresh->sshd_net_user, now->sshd_net_user},
	    {fresh->http_listen, now->http_listen},
	};
	bool said = false;
	size_t i;

	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (!said && strcmp(fixed[i].fresh, fixed[i].now) != 0) {
			log_warn("the store's url, run_dir, the users and "
				 "[http] listen change with a restart only");
			said = true;
		}
		memcpy(fixed[i].fresh, fixed[i].now, CONFIG_VALUE);
	}
}

/* fresh becomes w's. */
static void
reload_take(struct worker *w, struct config *fresh)
{
	const char *why;

	if (mail_check(fresh, &why) != ERR_NONE) {
		log_error("%s: [mail] %s; going on with the configuration as "
			  "it was",
		    fresh->path, why);
		return;
	}
	config_keep(fresh, &w->config);
	config_release(&w->config);
	w->config = *fresh;
	log_info("configuration read again");
	if (w->sweeper != NULL)
		sweep_configure(w);
	if (w->st != NULL) {
		mail_tell(w);
		tasks_look(w);
	}
}

static enum err
reload_heard(struct worker *w, struct rd *r)
{
	char problem[CONFIG_PROBLEM];
	struct config fresh;
	const void *read;
	size_t n;

	if (!rd_u8(r)) {
		rd_str(r, problem, sizeof(problem));
		if (rd_end(r) != ERR_NONE)
			return ERR_PROTOCOL;
		log_error(
		    "%s; going on with the configuration as it was", problem);
		return ERR_NONE;
	}
	read = rd_blob(r, &n);
	if (rd_end(r) != ERR_NONE || n != sizeof(fresh))
		return ERR_PROTOCOL;
	memcpy(&fresh, read, sizeof(fresh));
	reload_take(w, &fresh);
	explicit_bzero(&fresh, sizeof(fresh));
	return ERR_NONE;
}

static void
reload_lost(struct worker *w)
{
	child_close(w, &w->reader);
	log_error("the process that reads the configuration has ended");
}

static void
reload_ready(void *arg, uint32_t events)
{
	struct worker *w = arg;
	struct ipc_msg m;
	struct rd r;
	enum err err;

	(void)events;
	ipc_msg_init(&m);
	if ((err = ipc_recv(w->reader.fd, &m)) == ERR_NONE) {
		r = rd_buf(&m.body);
		err = reload_heard(w, &r);
	}
	ipc_msg_release(&m);
	if (err != ERR_NONE && err != ERR_BUSY)
		reload_lost(w);
}

void
reload(struct worker *w)
{
	if (w->reader.fd == -1 ||
	    ipc_send(w->reader.fd, READER_MSG_READ, NULL, NULL, 0) != ERR_NONE)
		log_error("the configuration cannot be read again: "
			  "portal-worker must be started again");
}

enum err
reload_open(struct worker *w)
{
	w->reader = (struct watch) {-1, reload_ready, w};
	return child_open(w, &w->reader, reader_process);
}

void
reload_close(struct worker *w)
{
	child_close(w, &w->reader);
}

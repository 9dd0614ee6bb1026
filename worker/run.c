/*
 * The worker's frame: what it opens, the signals it obeys, how it ends.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/mailer.h"
#include "worker/worker.h"

enum { STOP_MS = 10 * 1000 };

void
worker_self(struct worker *w)
{
	struct identity id = {.role = ROLE_SYSTEM, .source = WORKER_NAME};

	memcpy(id.session, w->name, sizeof(id.session));
	store_become(w->st, &id);
}

/* ---- signals ---- */

static void
worker_late(void *arg)
{
	((struct worker *)arg)->done = true;
}

static void
worker_stop(struct worker *w)
{
	if (w->stopping) {
		w->done = true;
		return;
	}
	log_info("stopping");
	tasks_stop(w);
	w->stop.fire = worker_late;
	w->stop.arg = w;
	loop_timer_set(&w->loop, &w->stop, STOP_MS);
}

static void
signals_ready(void *arg, uint32_t events)
{
	struct signalfd_siginfo si;
	struct worker *w = arg;

	(void)events;
	while (read(w->signals.fd, &si, sizeof(si)) == sizeof(si)) {
		if (si.ssi_signo == SIGHUP)
			reload(w);
		else
			worker_stop(w);
	}
}

static enum err
signals_open(struct worker *w)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return ERR_INTERNAL;
	w->signals = (struct watch) {
	    signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), signals_ready, w};
	return w->signals.fd == -1 ? ERR_INTERNAL
				   : loop_add(&w->loop, &w->signals);
}

/* ---- start and end ---- */

/* Each worker's own, also that of the next one with this pid. */
static enum err
worker_name(struct worker *w)
{
	uint64_t n;

	if (getrandom(&n, sizeof(n), 0) != sizeof(n))
		return ERR_INTERNAL;
	snprintf(w->name, sizeof(w->name), "w%016llx", (unsigned long long)n);
	srandom((unsigned)n); /* or all workers pause alike */
	return ERR_NONE;
}

static enum err
worker_store(struct worker *w)
{
	char where[CONFIG_VALUE];
	enum err err = link_open(w);

	store_url_public(where, sizeof(where), w->config.store_url);
	if (err != ERR_NONE && err != ERR_CLOSED)
		log_error("cannot open the store %s: %s%s", where,
		    err_name(err),
		    err == ERR_DENIED ? "; [sshd] store_user must be let "
					"into every folder on the way there"
				      : "");
	return err;
}

static enum err
worker_open(struct worker *w)
{
	enum err err;

	if ((err = worker_name(w)) != ERR_NONE ||
	    (err = signals_open(w)) != ERR_NONE ||
	    (err = reload_open(w)) != ERR_NONE ||
	    (err = mailer_open(w)) != ERR_NONE ||
	    (err = fetcher_open(w)) != ERR_NONE)
		return err;
	if ((err = endpoint_open(w)) != ERR_NONE)
		return err;
	if ((err = worker_confine(&w->config)) != ERR_NONE) {
		log_error("rights cannot be given up: %s", err_name(err));
		return err;
	}
	if ((err = worker_store(w)) != ERR_NONE ||
	    (err = bell_open(w)) != ERR_NONE ||
	    (err = sweep_open(w)) != ERR_NONE ||
	    (err = autopay_open(w)) != ERR_NONE ||
	    (err = chores_open(w)) != ERR_NONE)
		return err;
	mail_tell(w);
	tasks_look(w);
	log_info("ready, as %s", w->name);
	return ERR_NONE;
}

static void
worker_close(struct worker *w)
{
	if (w->st != NULL) {
		tasks_end(w);
		bell_close(w);
	}
	endpoint_close(w);
	chores_close(w);
	autopay_close(w);
	sweep_close(w);
	fetcher_close(w);
	mailer_close(w);
	reload_close(w);
	store_close(w->st);
	if (w->signals.fd != -1)
		close(w->signals.fd);
	loop_close(&w->loop);
	config_release(&w->config);
}

static enum err
config_read(struct config *out, const char *path)
{
	char problem[CONFIG_PROBLEM];
	const char *why;
	enum err err;

	if ((err = config_load(out, path, problem)) != ERR_NONE) {
		log_error("%s", problem);
		return err;
	}
	if ((err = mail_check(out, &why)) == ERR_NONE)
		return ERR_NONE;
	log_error("%s: [mail] %s", out->path, why);
	config_release(out);
	return err;
}

int
worker_main(const char *config_path)
{
	struct worker w = {
	    .signals = {.fd = -1}, .reader = {.fd = -1}, .server = {.fd = -1}};
	enum err err;

	if (config_read(&w.config, config_path) != ERR_NONE)
		return 1;
	if (loop_open(&w.loop) != ERR_NONE) {
		config_release(&w.config);
		return 1;
	}
	err = worker_open(&w);
	while (err == ERR_NONE && !w.done && !(w.stopping && w.tasks == NULL)) {
		err = loop_turn(&w.loop);
		link_look(&w);
	}
	worker_close(&w);
	return err == ERR_NONE || err == ERR_CLOSED ? 0 : 1;
}

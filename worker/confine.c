/*
 * What portal-worker gives up.  It reaches the network, so it keeps its root:
 * names and certificates are read there.  It starts no program, listens on
 * nothing new and runs no code but its own.
 */
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/privs.h"
#include "data/sandbox.h"
#include "worker/worker.h"

enum { WORKER_FILES = 4096, WORKER_MEMORY = 1 << 30 };

/* clang-format off */
/* Whom the endpoint answers; libcurl's and the resolver's thread. */
static const struct sandbox_rule own_rules[] = {
	ALLOW(accept4), ALLOW(accept), ALLOW(socketpair), ALLOW(pipe2),
	ALLOW(eventfd2), ALLOW(sendfile),
};
/* clang-format on */
static const struct sandbox_table own = SANDBOX_TABLE(own_rules);

static enum err
filter(const char *url)
{
	/* The first row that fits counts: sockets before files. */
	const struct sandbox_table *tables[] = {&sandbox_base, &own,
	    &sandbox_network, &sandbox_threads,
	    strncmp(url, "sqlite:", 7) == 0 ? &sandbox_files : &sandbox_open};

	return sandbox_confine(tables, sizeof(tables) / sizeof(tables[0]));
}

static enum err
become(const char *name)
{
	struct account as;
	enum err err;

	if ((err = account_find(&as, name)) != ERR_NONE) {
		log_error("[sshd] store_user: %s",
		    err == ERR_DENIED ? "it must not be root"
				      : "there is no such user");
		return err;
	}
	return privs_become(&as);
}

enum err
worker_confine(const struct config *c)
{
	enum err err;

	umask(0007);
	if ((geteuid() == 0 &&
		(err = become(c->sshd_store_user)) != ERR_NONE) ||
	    (err = sandbox_limit(RLIMIT_NOFILE, WORKER_FILES)) != ERR_NONE ||
	    (err = sandbox_limit(RLIMIT_CORE, 0)) != ERR_NONE ||
	    (err = sandbox_limit_memory(WORKER_MEMORY)) != ERR_NONE)
		return err;
	return filter(c->store_url);
}

/*
 * What a worker gives up.  On sqlite it lives in the store's directory, which
 * is all of the file system that it sees, and can never reach a network.  On
 * PostgreSQL it can reach the network, also later, when it has lost the
 * server; it then reads what a connection needs (names, certificates), writes
 * no file, and runs no code but its own.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/sandbox.h"
#include "sshd/store/worker.h"

enum { WORKER_FILES = 16384 };

/* The root becomes the directory of sqlite's file. */
static enum err
file_root(char url[WORKER_URL])
{
	char *path = strchr(url, ':') + 1, *name = strrchr(path, '/');
	enum err err;
	int dir;

	if (name == NULL)
		return ERR_CONFIG;
	*name = '\0';
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	*name = '/';
	if (dir == -1)
		return ERR_NOT_FOUND;
	if ((err = privs_chroot(dir)) == ERR_NONE)
		memmove(path, name, strlen(name) + 1);
	close(dir);
	return err;
}

/* clang-format off */
static const struct kind {
	const char *scheme;
	enum err (*root)(char url[WORKER_URL]); /* NULL: keeps its own */
	const struct sandbox_table *tables[3];
	size_t ntables;
} kinds[] = {
	{ .scheme = "sqlite:", .root = file_root, .ntables = 2,
	  .tables = { &sandbox_base, &sandbox_files } },
	{ .scheme = "postgresql:", .ntables = 3,
	  .tables = { &sandbox_base, &sandbox_network, &sandbox_open } },
};
/* clang-format on */

static const struct kind *
kind_of(const char *url)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(url, kinds[i].scheme, strlen(kinds[i].scheme)) == 0)
			return &kinds[i];
	return NULL;
}

enum err
worker_confine(char url[WORKER_URL], const struct account *as)
{
	const struct kind *kind = kind_of(url);
	struct sandbox *sb = NULL;
	enum err err;

	if (kind == NULL)
		return ERR_CONFIG;
	umask(0007);
	if (as != NULL && kind->root != NULL &&
	    (err = kind->root(url)) != ERR_NONE)
		return err;
	if ((as != NULL && (err = privs_become(as)) != ERR_NONE) ||
	    (err = sandbox_limit(RLIMIT_NOFILE, WORKER_FILES)) != ERR_NONE ||
	    (err = sandbox_limit(RLIMIT_CORE, 0)) != ERR_NONE ||
	    (err = sandbox_limit(RLIMIT_NPROC, 0)) != ERR_NONE ||
	    (err = sandbox_compile(&sb, kind->tables, kind->ntables)) !=
		ERR_NONE)
		return err;
	err = sandbox_enter(sb);
	sandbox_free(sb);
	return err;
}

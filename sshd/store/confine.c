/*
 * What a worker gives up.  On sqlite it lives in the store's directory, which
 * is all of the file system that it sees, and can never reach a network.  On
 * PostgreSQL it can reach the network, also later, when it has lost the
 * server; it then reads what a connection needs (names, certificates), writes
 * no file, and runs no code but its own.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/sandbox.h"
#include "sshd/store/worker.h"

enum { WORKER_FILES = 16384 };

/* clang-format off */
static const struct sandbox_rule file_rules[] = {
	ALLOW(openat), ALLOW(newfstatat), ALLOW(stat), ALLOW(lstat),
	ALLOW(access), ALLOW(faccessat), ALLOW(faccessat2), ALLOW(statx),
	ALLOW(getcwd), ALLOW(readlink), ALLOW(pwrite64), ALLOW(fdatasync),
	ALLOW(fsync), ALLOW(ftruncate), ALLOW(fallocate), ALLOW(unlink),
	ALLOW(fchmod), ALLOW(fchown), ALLOW(umask), ALLOW(statfs),
	ALLOW(fstatfs), ALLOW(fadvise64), ALLOW(getdents64),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_GETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETLKW),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_OFD_GETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_OFD_SETLK),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_DUPFD_CLOEXEC),
	REFUSE(socket), REFUSE(connect),
};

static const struct sandbox_rule server_rules[] = {
	ALLOW_WHEN(socket, 0, SANDBOX_WORD, AF_UNIX),
	ALLOW_WHEN(socket, 0, SANDBOX_WORD, AF_INET),
	ALLOW_WHEN(socket, 0, SANDBOX_WORD, AF_INET6),
	ALLOW(connect), ALLOW(getsockopt), ALLOW(setsockopt),
	ALLOW(getsockname), ALLOW(getpeername), ALLOW(sendmmsg),
	ALLOW_WHEN(fcntl, 1, SANDBOX_WORD, F_SETFL),
	ALLOW_WHEN(ioctl, 1, SANDBOX_WORD, FIONREAD),
	/* Modules of name services and of OpenSSL, and Kerberos' key rings:
	 * they do without. */
	REFUSE_WHEN(mmap, 2, PROT_EXEC, PROT_EXEC),
	REFUSE(bind), REFUSE(keyctl), REFUSE(add_key), REFUSE(request_key),
};
/* clang-format on */
static const struct sandbox_table file_table = SANDBOX_TABLE(file_rules);
static const struct sandbox_table server_table = SANDBOX_TABLE(server_rules);

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
	  .tables = { &sandbox_base, &file_table } },
	{ .scheme = "postgresql:", .ntables = 3,
	  .tables = { &sandbox_base, &server_table, &sandbox_open } },
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

/*
 * What init puts into its directory: configuration, host keys, store; who
 * owns them and who may read them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ctl/init.h"
#include "data/migrate.h"

/* Everything that reaches the network listens on this machine only. */
static const char config_text[] =
    "# The portal's configuration: portal.conf(5) explains every key.\n"
    "# Paths are relative to this file. A value @FILE is read from FILE.\n"
    "# \"kill -HUP\" to portal-sshd reads it again.\n"
    "\n"
    "[store]\n"
    "url = %s\n"
    "\n"
    "[sshd]\n"
    "# Where customers connect to. 0.0.0.0:22 or [::]:22 opens it to all.\n"
    "listen = 127.0.0.1:%lld\n"
    "# The host (and port) in every ssh and scp line that customers see.\n"
    "public_name = 127.0.0.1:%lld\n"
    "host_key_dir = keys\n"
    "run_dir = run\n"
    "# Seconds until somebody must have proven who they are.\n"
    "#login_grace = 60\n"
    "# Connections that have not: in all, and from one address.\n"
    "#max_unauthenticated = 100\n"
    "#max_per_source = 10\n"
    "#max_sessions_per_login = 10\n"
    "#max_channels = 10\n"
    "# Minutes without a key until a session ends; 0: never.\n"
    "#idle_minutes = 60\n"
    "\n"
    "[http]\n"
    "# Short payment links and the payment provider's webhook.\n"
    "listen = 127.0.0.1:%lld\n"
    "public_url = http://127.0.0.1:%lld\n"
    "\n"
    "[stripe]\n"
    "# A secret key turns card payment on for the default tenant.\n"
    "#secret_key = @stripe.key\n"
    "#webhook_secret = @stripe.webhook\n"
    "\n"
    "[mail]\n"
    "#smtp_url = smtp://localhost:25\n"
    "#from = portal@example.net\n";

static bool
dir_is_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool empty = dir != NULL;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			empty = false;
	if (dir != NULL)
		closedir(dir);
	return empty;
}

/* root: owned by root and the store's group, which may make files in it but
 * not take away others'.  Else by whoever runs this. */
static int
dir_own(const struct init *in)
{
	struct passwd *pw;

	if (!in->root)
		return chmod(in->dir, 02770);
	if ((pw = getpwnam("portal-store")) == NULL)
		return -1;
	if (chown(in->dir, 0, pw->pw_gid) == -1)
		return -1;
	return chmod(in->dir, 03770);
}

int
init_dir(struct init *in, const char *name)
{
	char real[PATH_MAX];

	if (mkdir(name, 0700) == 0)
		in->made_dir = true;
	else if (errno != EEXIST)
		return ctl_error(_("cannot make the directory %s: %s"), name,
		    strerror(errno));
	if (realpath(name, real) == NULL)
		return ctl_error("%s: %s", name, strerror(errno));
	if (strlen(real) >= sizeof(in->dir))
		return ctl_error(_("the path %s is too long"), real);
	strcpy(in->dir, real);
	if (!in->made_dir && !dir_is_empty(in->dir))
		return ctl_error(_("%s is not an empty directory. Name "
				   "another one, or empty it first."),
		    name);
	if (dir_own(in) == -1)
		return ctl_error(_("cannot set owner and mode of %s: %s"),
		    in->dir, strerror(errno));
	return CTL_OK;
}

static void
path_in(char dst[CONFIG_VALUE], const struct init *in, const char *name)
{
	snprintf(dst, CONFIG_VALUE, "%s/%s", in->dir, name);
}

int
init_config(const struct init *in)
{
	char path[CONFIG_VALUE];
	FILE *f = NULL;
	bool bad;
	int fd;

	path_in(path, in, "portal.conf");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd == -1 || (f = fdopen(fd, "w")) == NULL) {
		if (fd != -1)
			close(fd);
		return ctl_error("%s: %s", path, strerror(errno));
	}
	bad = fprintf(f, config_text, in->store, (long long)in->port,
		  (long long)in->port, (long long)in->http_port,
		  (long long)in->http_port) < 0;
	bad |= fchmod(fd, 0640) == -1;
	bad |= in->root && fchown(fd, 0, 0) == -1;
	bad |= fclose(f) != 0;
	if (bad)
		return ctl_error("%s: %s", path, strerror(errno));
	return CTL_OK;
}

int
init_sibling(char *dst, size_t size, const char *name)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n == -1)
		return ctl_error("/proc/self/exe: %s", strerror(errno));
	self[n] = '\0';
	if ((size_t)snprintf(dst, size, "%s/%s", dirname(self), name) >= size)
		return ctl_error(_("the path %s is too long"), self);
	return CTL_OK;
}

int
init_keys(const struct init *in)
{
	char program[PATH_MAX], keys[CONFIG_VALUE];
	const char *const argv[] = {program, "--make-host-keys", keys, NULL};
	int rc;

	path_in(keys, in, "keys");
	if ((rc = init_sibling(program, sizeof(program), "portal-sshd")) !=
	    CTL_OK)
		return rc;
	if (mkdir(keys, 0700) == -1 || chmod(keys, 0700) == -1 ||
	    (in->root && chown(keys, 0, 0) == -1))
		return ctl_error("%s: %s", keys, strerror(errno));
	printf("%s\n", _("Host keys, as ssh will show them to customers:"));
	fflush(stdout);
	if ((rc = init_spawn(program, argv)) == -1)
		return ctl_error(_("cannot run %s, which makes the host keys: "
				   "%s"),
		    program, strerror(errno));
	if (rc != 0)
		return ctl_error(
		    _("%s could not make host keys in %s"), program, keys);
	return CTL_OK;
}

/* The file belongs to the store workers. */
static int
store_own(const struct init *in, const char *path)
{
	struct passwd *pw;

	if (in->root && ((pw = getpwnam("portal-store")) == NULL ||
			    chown(path, pw->pw_uid, pw->pw_gid) == -1))
		return ctl_error("%s: %s", path, strerror(errno));
	if (chmod(path, 0660) == -1)
		return ctl_error("%s: %s", path, strerror(errno));
	return CTL_OK;
}

/* A database that an init before this one made a store of, and no more. */
static int
store_unused(struct ctl *c)
{
	struct tenant t;
	enum err err = tenant_find(c->st, "", &t);

	if (err == ERR_NOT_FOUND)
		return CTL_OK;
	return ctl_fail(
	    c, err == ERR_NONE ? ERR_CONFLICT : err, _("new store"));
}

int
init_store(struct ctl *c, const struct init *in)
{
	char path[CONFIG_VALUE], url[CONFIG_VALUE], problem[CONFIG_PROBLEM];
	enum err err;
	bool made;
	int status;

	path_in(path, in, "portal.conf");
	if (config_load(&c->config, path, problem) != ERR_NONE)
		return ctl_error("%s", problem);
	memcpy(url, c->config.store_url, sizeof(url));
	err = store_create(url);
	made = err == ERR_NONE;
	if (err == ERR_NOT_FOUND && !init_in_dir(in))
		return ctl_no_database();
	if (!made && (err != ERR_CONFLICT || init_in_dir(in)))
		return ctl_fail(c, err, _("new store"));
	path_in(path, in, "portal.db");
	if ((init_in_dir(in) && (status = store_own(in, path)) != CTL_OK) ||
	    (status = ctl_open_store(c, url)) != CTL_OK)
		return status;
	return made ? CTL_OK : store_unused(c);
}

bool
init_in_dir(const struct init *in)
{
	return strcmp(in->store, INIT_STORE) == 0;
}

static void
undo_keys(const struct init *in)
{
	char keys[CONFIG_VALUE];
	struct dirent *entry;
	DIR *dir;

	path_in(keys, in, "keys");
	if ((dir = opendir(keys)) == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	rmdir(keys);
}

void
init_undo(const struct init *in)
{
	static const char *const names[] = {
	    "portal.conf", "portal.db", "portal.db-wal", "portal.db-shm"};
	char path[CONFIG_VALUE];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_in(path, in, names[i]);
		unlink(path);
	}
	undo_keys(in);
	if (in->made_dir)
		rmdir(in->dir);
}

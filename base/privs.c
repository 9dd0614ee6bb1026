/*
 * Giving up root.  Every step is checked: half a drop is none.
 */
#include "base/privs.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

enum err
account_find(struct account *out, const char *name)
{
	struct passwd *pw;

	errno = 0;
	if ((pw = getpwnam(name)) == NULL)
		return ERR_NOT_FOUND;
	if (pw->pw_uid == 0 || pw->pw_gid == 0)
		return ERR_DENIED;
	out->uid = pw->pw_uid;
	out->gid = pw->pw_gid;
	return ERR_NONE;
}

enum err
dir_make(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return chmod(path, mode) == -1 ? ERR_IO : ERR_NONE;
	if (errno != EEXIST)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	if (lstat(path, &st) == -1 || !S_ISDIR(st.st_mode))
		return ERR_CONFLICT;
	/* Somebody else's directory holds somebody else's surprises. */
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return ERR_DENIED;
	return ERR_NONE;
}

enum err
privs_chroot(int root)
{
	if (fchdir(root) == -1 || chroot(".") == -1 || chdir("/") == -1)
		return ERR_DENIED;
	return ERR_NONE;
}

enum err
privs_become(const struct account *who)
{
	uid_t r, e, s;

	if (setgroups(1, &who->gid) == -1 ||
	    setresgid(who->gid, who->gid, who->gid) == -1 ||
	    setresuid(who->uid, who->uid, who->uid) == -1)
		return ERR_DENIED;
	if (getresuid(&r, &e, &s) == -1 || r != who->uid || e != who->uid ||
	    s != who->uid || setuid(0) != -1)
		return ERR_DENIED;
	return ERR_NONE;
}

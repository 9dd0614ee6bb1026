/*
 * Users, groups and roots that our processes live in when they were started
 * as root.
 */
#ifndef BASE_PRIVS_H
#define BASE_PRIVS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct account {
	uid_t uid;
	gid_t gid;
};

/* Looks a user up; ERR_NOT_FOUND, ERR_DENIED if it is root itself. */
enum err account_find(struct account *out, const char *name);

/* Makes a directory (or takes it as it is) that only mode allows in. */
enum err dir_make(const char *path, mode_t mode);

/* The directory root becomes "/". */
enum err privs_chroot(int root);
/* For good: groups, gid, uid, checked afterwards. */
enum err privs_become(const struct account *who);

#endif

/*
 * The system users that the parts of the portal run as.
 */
#include <errno.h>
#include <pwd.h>
#include <unistd.h>
#include <string.h>

#include "base/i18n.h"
#include "ctl/init.h"

static const char *const users[] = {
    "portal-net", "portal-store", "portal-session"};

static int
user_add(const char *name)
{
	const char *const argv[] = {"useradd", "--system", "--user-group",
	    "--no-create-home", "--home-dir", "/nonexistent", "--shell",
	    "/usr/sbin/nologin", name, NULL};

	fprintf(stderr, _("Adding the system user %s.\n"), name);
	switch (init_spawn("/usr/sbin/useradd", argv)) {
	case 0:
		return CTL_OK;
	case -1:
		return ctl_error(_("cannot run useradd: %s. Add the system "
				   "user %s yourself and try again."),
		    strerror(errno), name);
	default:
		return ctl_error(
		    _("useradd could not add %s. Add it yourself "
		      "(useradd --system --user-group %s) and try again."),
		    name, name);
	}
}

int
init_users(void)
{
	size_t i;
	int status;

	for (i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		if (getpwnam(users[i]) == NULL &&
		    (status = user_add(users[i])) != CTL_OK)
			return status;
	return CTL_OK;
}

int
ctl_users(struct ctl *c)
{
	(void)c;
	if (geteuid() != 0)
		return ctl_error("%s", _("Only root can add system users."));
	return init_users();
}

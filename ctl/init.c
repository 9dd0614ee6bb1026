/*
 * portalctl init: makes a portal in a directory, all of it or nothing.
 */
#include "ctl/init.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"

/* A database's URL, or @FILE that holds it, relative to where we are. */
static int
store_read(struct init *in, const char *store)
{
	char real[PATH_MAX];

	if (*store == '@') {
		if (realpath(store + 1, real) == NULL)
			return ctl_error("%s: %s", store + 1, strerror(errno));
		if (strlen(real) >= sizeof(in->store) - 1)
			return ctl_error(_("the path %s is too long"), real);
		in->store[0] = '@';
		strcpy(in->store + 1, real);
		return CTL_OK;
	}
	if (strcmp(store, INIT_STORE) != 0 &&
	    strncmp(store, "postgres", 8) != 0)
		return ctl_usage_error("%s",
		    _("--store takes postgresql://USER@HOST/DATABASE, or @FILE "
		      "that holds it."));
	if (strlen(store) >= sizeof(in->store) ||
	    strcspn(store, "\n") != strlen(store))
		return ctl_usage_error("%s", _("--store is too long."));
	strcpy(in->store, store);
	return CTL_OK;
}

static int
options_read(const struct ctl *c, struct init *in)
{
	const char *dir = ctl_option(c, "dir");
	const char *tenant = ctl_option(c, "tenant");
	int status;

	in->port = INIT_PORT;
	in->http_port = INIT_HTTP_PORT;
	in->demo = ctl_option(c, "demo") != NULL;
	in->root = geteuid() == 0;
	if ((status = store_read(in, ctl_option_or(c, "store", INIT_STORE))) !=
	    CTL_OK)
		return status;
	if (dir == NULL || *dir == '\0')
		return ctl_usage_error(
		    "%s", _("init needs --dir DIR: an "
			    "empty directory, or one that is to be made."));
	if (in->demo == (tenant != NULL))
		return ctl_usage_error("%s",
		    _("init needs either --demo or "
		      "--tenant NAME (the SSH user name of your customers)."));
	if ((status = ctl_option_int(c, "port", 1, 65535, &in->port)) != 0 ||
	    (status = ctl_option_int(
		 c, "http-port", 1, 65535, &in->http_port)) != 0)
		return status;
	return ctl_option_int(
	    c, "customers", 0, INIT_CUSTOMERS_MAX, &in->customers);
}

/* One tenant without customers. */
static int
fill_tenant(struct ctl *c)
{
	struct tenant t = {0};
	enum err err;
	int status;

	status = tenant_from_options(c, ctl_option(c, "tenant"), &t);
	if (status != CTL_OK)
		return status;
	if ((err = tenant_create(c->st, &t)) != ERR_NONE)
		return ctl_fail(c, err, t.name);
	c->tenant = t;
	ctl_become(c, t.id, 0);
	return CTL_OK;
}

static int
fill(struct ctl *c, const struct init *in)
{
	enum err err;
	int status;

	if (!in->demo && (status = fill_tenant(c)) != CTL_OK)
		return status;
	if (in->demo && (err = demo_fill(c)) != ERR_NONE)
		return ctl_fail(c, err, _("demo provider"));
	if (in->customers > 0 &&
	    (err = generate_customers(c, in->customers)) != ERR_NONE)
		return ctl_fail(c, err, _("customers"));
	return CTL_OK;
}

static void
tell(const struct ctl *c, const struct init *in)
{
	char sshd[PATH_MAX];

	if (init_sibling(sshd, sizeof(sshd), "portal-sshd") != CTL_OK)
		return;
	printf(_("Made in %s:\n"), in->dir);
	printf("  portal.conf  %s\n", _("configuration, with comments"));
	if (init_in_dir(in))
		printf("  portal.db    %s\n", _("the store"));
	printf("  keys/        %s\n", _("SSH host keys"));
	if (in->demo) {
		printf("\n%s\n", _("Logins (e-mail / password):"));
		printf("  demo@example.net   / demo    %s\n",
		    _("a customer of Ridgenet"));
		printf("  second@example.net / second  %s\n",
		    _("a customer of Ridgenet, blocked for debt"));
		printf("  rural@example.net  / rural   %s\n",
		    _("a customer of Ruralnet (SSH user ruralnet)"));
		printf("  staff@example.net  / staff   %s\n",
		    _("staff of Ridgenet"));
	}
	printf("\n%s\n", _("Start it:"));
	printf("  %s -c %s/portal.conf\n", sshd, in->dir);
	printf("%s\n", _("Log in:"));
	printf("  ssh -p %lld %s@127.0.0.1\n", (long long)in->port,
	    c->tenant.name);
}

static int
make(struct ctl *c, const struct init *in)
{
	int status;

	if ((status = init_config(in)) != CTL_OK ||
	    (status = init_keys(in)) != CTL_OK ||
	    (status = init_store(c, in)) != CTL_OK ||
	    (status = fill(c, in)) != CTL_OK)
		return status;
	tell(c, in);
	return CTL_OK;
}

int
ctl_init(struct ctl *c)
{
	struct init in = {0};
	int status;

	if ((status = options_read(c, &in)) != CTL_OK)
		return status;
	/* Bad flags are told before anything is made. */
	if (!in.demo) {
		struct tenant t = {0};

		status = tenant_from_options(c, ctl_option(c, "tenant"), &t);
		if (status != CTL_OK)
			return status;
	}
	if (in.root && (status = init_users()) != CTL_OK)
		return status;
	if ((status = init_dir(&in, ctl_option(c, "dir"))) != CTL_OK)
		return status;
	if ((status = init_apart(make, c, &in)) != CTL_OK)
		init_undo(&in);
	return status;
}

/*
 * From the command line to a command: words, options, configuration, store,
 * and at the end the monitor's bell.
 */
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/log.h"
#include "ctl/options.h"

/* The row's words on the command line; their count, 0: another command. */
static size_t
command_words(const struct ctl_command *row, int argc, char **argv)
{
	size_t first;

	if (argc >= 1 && strcmp(row->name, argv[0]) == 0)
		return 1;
	if (argc < 2)
		return 0;
	first = strlen(argv[0]);
	if (strncmp(row->name, argv[0], first) != 0 ||
	    row->name[first] != ' ' ||
	    strcmp(row->name + first + 1, argv[1]) != 0)
		return 0;
	return 2;
}

static const struct ctl_command *
command_find(int argc, char **argv, size_t *words)
{
	size_t i;

	for (i = 0; i < ctl_commands_count; i++)
		if ((*words = command_words(&ctl_commands[i], argc, argv)) > 0)
			return &ctl_commands[i];
	return NULL;
}

void
ctl_become(struct ctl *c, int64_t tenant, int64_t customer)
{
	struct identity id = {
	    .tenant = tenant,
	    .customer = customer,
	    .role = ROLE_SYSTEM,
	    .source = "portalctl",
	};

	store_become(c->st, &id);
}

int64_t
ctl_today(const struct ctl *c)
{
	return day_of_instant(clock_now(&c->clock), c->tenant.zone);
}

int
ctl_store_there(const char *url)
{
	const char *file = strchr(url, ':');
	struct stat sb;

	if (strncmp(url, "sqlite:", 7) == 0 && stat(file + 1, &sb) == -1 &&
	    errno == ENOENT)
		return ctl_error(_("There is no store %s. \"portalctl init "
				   "--dir DIR\" makes one."),
		    file + 1);
	return CTL_OK;
}

int
ctl_open_store(struct ctl *c, const char *url)
{
	int status = ctl_store_there(url);
	enum err err;

	if (status != CTL_OK)
		return status;
	snprintf(c->config.store_url, sizeof(c->config.store_url), "%s", url);
	if ((err = store_open(&c->st, url, &c->clock)) != ERR_NONE) {
		c->st = NULL;
		if (err == ERR_NOT_FOUND)
			return ctl_no_database();
		return ctl_fail(c, err, _("store"));
	}
	store_on_change(c->st, ctl_ring_changed, c);
	ctl_become(c, 0, 0);
	return CTL_OK;
}

enum { ATTEMPTS = 10 };

static int
config_open(struct ctl *c)
{
	char problem[CONFIG_PROBLEM];

	if (config_load(&c->config, c->config_path, problem) != ERR_NONE)
		return ctl_error("%s", problem);
	return CTL_OK;
}

int
ctl_open(struct ctl *c)
{
	const char *name = ctl_option_or(c, "tenant", "");
	char url[CONFIG_VALUE];
	int status;
	enum err err;

	if ((status = config_open(c)) != CTL_OK)
		return status;
	memcpy(url, c->config.store_url, sizeof(url));
	if ((status = ctl_open_store(c, url)) != CTL_OK)
		return status;
	err = tenant_find(c->st, name, &c->tenant);
	if (err == ERR_NOT_FOUND && name[0] == '\0') {
		memset(&c->tenant, 0, sizeof(c->tenant));
		return CTL_OK;
	}
	if (err == ERR_NOT_FOUND)
		return ctl_error(_("There is no tenant %s. \"portalctl tenant "
				   "list\" lists them."),
		    name);
	if (err != ERR_NONE)
		return ctl_fail(c, err, _("tenant"));
	ctl_become(c, c->tenant.id, 0);
	return CTL_OK;
}

void
ctl_close(struct ctl *c)
{
	store_close(c->st);
	c->st = NULL;
	config_release(&c->config);
}

int
ctl_customer(struct ctl *c, const char *who, struct customer *out)
{
	enum err err = customer_find(c->st, who, out);

	if (err == ERR_NOT_FOUND && strchr(who, '@') != NULL)
		return ctl_error(
		    _("No customer at %s, or more than one, has the e-mail "
		      "%s. \"portalctl customer list --find %s\" shows "
		      "their numbers."),
		    c->tenant.name, who, who);
	if (err == ERR_NOT_FOUND)
		return ctl_error(_("There is no customer %s at %s. "
				   "\"portalctl customer list\" lists them."),
		    who, c->tenant.name);
	return err == ERR_NONE ? CTL_OK : ctl_fail(c, err, who);
}

/* Another program's transaction may get in the way of this one's: again. */
static int
run(struct ctl *c)
{
	int status;

	for (c->attempts = ATTEMPTS; c->attempts > 0; c->attempts--) {
		status = c->command->run(c);
		if (status == CTL_OK || c->st == NULL || !store_again(c->st))
			break;
	}
	return status;
}

int
ctl_main(int argc, char **argv)
{
	struct ctl c = {.config_path = CONFIG_DEFAULT};
	size_t words;
	int status;

	setlocale(LC_ALL, "");
	bindtextdomain("portal", PREFIX "/share/locale");
	textdomain("portal");
	log_open("portalctl", LOG_LVL_ERROR);
	argc--, argv++;
	if ((status = options_globals(&c, &argc, &argv)) != CTL_OK)
		return status;
	if (ctl_option(&c, "help") != NULL)
		return ctl_help(&c);
	if ((c.command = command_find(argc, argv, &words)) == NULL) {
		if (argc >= 1)
			ctl_usage_error(_("There is no command \"%s%s%s\"."),
			    argv[0], argc >= 2 ? " " : "",
			    argc >= 2 ? argv[1] : "");
		return ctl_usage_error("%s", _("\"portalctl help\" lists the "
					       "commands."));
	}
	if ((status = options_check(&c)) == CTL_OK)
		status = options_words(&c, argc - (int)words, argv + words);
	if (status == OPTIONS_HELP)
		return CTL_OK;
	if (status == CTL_OK && !c.command->no_store)
		status = ctl_open(&c);
	if (status == CTL_OK)
		status = run(&c);
	if (status == CTL_OK)
		ctl_ring(&c);
	ctl_close(&c);
	if (fflush(stdout) != 0 && status == CTL_OK)
		status = ctl_error(
		    "%s", _("The output cannot be written. If this command "
			    "changes something, that was done."));
	return status;
}

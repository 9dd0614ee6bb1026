/*
 * From the command line to a command: words, options, configuration, store,
 * and at the end the monitor's bell.
 */
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/log.h"
#include "ctl/ctl.h"

static void
say(const char *fmt, va_list ap)
{
	fflush(stdout);
	fputs("portalctl: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int
ctl_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	return CTL_FAILED;
}

int
ctl_usage_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	return CTL_USAGE;
}

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
	return strncmp(row->name, argv[0], first) == 0 &&
	    row->name[first] == ' ' &&
	    strcmp(row->name + first + 1, argv[1]) == 0 ? 2 : 0;
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

static void
usage_print(const struct ctl_command *row, FILE *out)
{
	const char *s = row->options;
	size_t n;

	fprintf(out, _("Usage: portalctl [-c FILE] %s%s%s"), row->name,
	    row->args != NULL ? " " : "", row->args != NULL ? row->args : "");
	for (; *s != '\0'; s += n + strspn(s + n, " ")) {
		n = strcspn(s, " ");
		if (s[n - 1] == '=')
			fprintf(out, " [--%.*s VALUE]", (int)n - 1, s);
		else
			fprintf(out, " [--%.*s]", (int)n, s);
	}
	fprintf(out, "\n%s\n", _(row->help));
}

/* Has the row an option of this name?  *takes: with a value. */
static const char *
option_known(const struct ctl_command *row, const char *name, size_t len,
    bool *takes)
{
	const char *s = row->options;
	size_t n, bare;

	for (; *s != '\0'; s += n + strspn(s + n, " ")) {
		n = strcspn(s, " ");
		*takes = s[n - 1] == '=';
		bare = n - *takes;
		if (bare == len && memcmp(s, name, len) == 0)
			return s;
	}
	return NULL;
}

/* One "--name", "--name VALUE" or "--name=VALUE"; moves *i. */
static int
option_take(struct ctl *c, int argc, char **argv, int *i)
{
	const char *name = argv[*i] + 2, *equals = strchr(name, '='), *value;
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	bool takes;

	if (option_known(c->command, name, len, &takes) == NULL) {
		ctl_usage_error(_("%s has no option --%.*s."),
		    c->command->name, (int)len, name);
		usage_print(c->command, stderr);
		return CTL_USAGE;
	}
	value = "";
	if (equals != NULL && !takes)
		return ctl_usage_error(_("--%.*s takes no value."), (int)len,
		    name);
	if (equals != NULL)
		value = equals + 1;
	else if (takes && *i + 1 >= argc)
		return ctl_usage_error(_("--%s needs a value."), name);
	else if (takes)
		value = argv[++*i];
	if (c->noptions == CTL_OPTIONS)
		return ctl_usage_error("%s", _("Too many options."));
	c->options[c->noptions].name = name;
	c->options[c->noptions++].value = value;
	return CTL_OK;
}

static int
words_take(struct ctl *c, int argc, char **argv)
{
	bool options = true;
	int i, status;

	for (i = 0; i < argc; i++) {
		if (options && strcmp(argv[i], "--help") == 0) {
			usage_print(c->command, stdout);
			return -1;
		}
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && strncmp(argv[i], "--", 2) == 0) {
			if ((status = option_take(c, argc, argv, &i)) != CTL_OK)
				return status;
		} else if (c->nargs == CTL_ARGS) {
			return ctl_usage_error("%s", _("Too many words."));
		} else {
			c->args[c->nargs++] = argv[i];
		}
	}
	if (c->nargs == c->command->nargs)
		return CTL_OK;
	usage_print(c->command, stderr);
	return CTL_USAGE;
}

const char *
ctl_option(const struct ctl *c, const char *name)
{
	const char *found = NULL;
	size_t len = strlen(name), i;

	for (i = 0; i < c->noptions; i++)
		if (strncmp(c->options[i].name, name, len) == 0 &&
		    (c->options[i].name[len] == '\0' ||
		    c->options[i].name[len] == '='))
			found = c->options[i].value;
	return found;
}

const char *
ctl_option_or(const struct ctl *c, const char *name, const char *fallback)
{
	const char *value = ctl_option(c, name);

	return value != NULL ? value : fallback;
}

int
ctl_option_int(const struct ctl *c, const char *name, int64_t min, int64_t max,
    int64_t *out)
{
	const char *value = ctl_option(c, name);
	char *end;
	long long n;

	if (value == NULL)
		return CTL_OK;
	errno = 0;
	n = strtoll(value, &end, 10);
	if (*value == '\0' || *end != '\0' || errno != 0 || n < min || n > max)
		return ctl_usage_error(_("--%s is a number of %lld to %lld, "
		    "not \"%s\"."), name, (long long)min, (long long)max,
		    value);
	*out = n;
	return CTL_OK;
}

int
ctl_fail(const struct ctl *c, enum err err, const char *what)
{
	const char *store = c->config.store_url;
	const struct problem *p;

	switch (err) {
	case ERR_BAD_INPUT:
		p = c->st != NULL ? store_problem(c->st) : NULL;
		if (p == NULL || p->text[0] == '\0')
			break;
		return ctl_error(p->field[0] != '\0' ? "%s: %s: %s" :
		    "%s%s: %s", what, p->field, _(p->text));
	case ERR_NOT_FOUND:
		return ctl_error(_("%s: not found."), what);
	case ERR_CONFLICT:
		return ctl_error(_("%s: there is one already, or it was done "
		    "already."), what);
	case ERR_BUSY:
		return ctl_error(_("%s: the store %s is locked by another "
		    "program. Nothing was changed. Wait for it and try "
		    "again."), what, store);
	case ERR_FULL:
		return ctl_error(_("%s: the disk of %s is full. Nothing was "
		    "changed. Make room and try again."), what, store);
	case ERR_VERSION:
		return ctl_error(_("%s: the store %s is of another release. "
		    "Run \"portalctl upgrade\" if it is older; install the "
		    "newer release if it is newer."), what, store);
	case ERR_IO:
		return ctl_error(_("%s: cannot read or write %s. Check its "
		    "owner and the disk; on a server run this as root."),
		    what, store);
	default:
		break;
	}
	return ctl_error("%s: %s", what, err_text(err));
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
ctl_open_store(struct ctl *c, const char *url)
{
	const char *file = strchr(url, ':');
	struct stat sb;
	enum err err;

	snprintf(c->config.store_url, sizeof(c->config.store_url), "%s", url);
	if (strncmp(url, "sqlite:", 7) == 0 && stat(file + 1, &sb) == -1 &&
	    errno == ENOENT)
		return ctl_error(_("There is no store %s. \"portalctl init "
		    "--dir DIR\" makes one."), file + 1);
	if ((err = store_open(&c->st, url, &c->clock)) != ERR_NONE) {
		c->st = NULL;
		return ctl_fail(c, err, _("store"));
	}
	store_on_change(c->st, ctl_ring_changed, c);
	ctl_become(c, 0, 0);
	return CTL_OK;
}

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
		    "list\" lists them."), name);
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

	if (err == ERR_NOT_FOUND)
		return ctl_error(_("There is no customer %s at %s. "
		    "\"portalctl customer list\" lists them."), who,
		    c->tenant.name);
	return err == ERR_NONE ? CTL_OK : ctl_fail(c, err, who);
}

/* What may stand before the command: -c FILE, --tenant NAME, --json.  They
 * count as if they stood after it. */
static int
globals_take(struct ctl *c, int *argc, char ***argv)
{
	static const struct ctl_command globals = {
		.name = "portalctl", .options = "tenant= json help" };
	int i = 0, status;

	c->command = &globals;
	while (i < *argc && (*argv)[i][0] == '-') {
		if (strcmp((*argv)[i], "-c") == 0 && i + 1 < *argc)
			c->config_path = (*argv)[++i];
		else if (strncmp((*argv)[i], "--", 2) != 0)
			return ctl_usage_error("%s", _("portalctl takes "
			    "-c FILE, --tenant NAME and --json before the "
			    "command."));
		else if ((status = option_take(c, *argc, *argv, &i)) != CTL_OK)
			return status;
		i++;
	}
	*argc -= i;
	*argv += i;
	return CTL_OK;
}

/* Does the command know those options too? */
static int
globals_check(const struct ctl *c)
{
	size_t i, len;
	bool takes;

	for (i = 0; i < c->noptions; i++) {
		len = strcspn(c->options[i].name, "=");
		if (option_known(c->command, c->options[i].name, len,
		    &takes) == NULL)
			return ctl_usage_error(_("%s has no option --%.*s."),
			    c->command->name, (int)len, c->options[i].name);
	}
	return CTL_OK;
}

int
ctl_main(int argc, char **argv)
{
	struct ctl c = { .config_path = CONFIG_DEFAULT };
	size_t words;
	int status;

	setlocale(LC_ALL, "");
	bindtextdomain("portal", PREFIX "/share/locale");
	textdomain("portal");
	log_open("portalctl", LOG_LVL_ERROR);
	argc--, argv++;
	if ((status = globals_take(&c, &argc, &argv)) != CTL_OK)
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
	if ((status = globals_check(&c)) == CTL_OK)
		status = words_take(&c, argc - (int)words, argv + words);
	if (status == -1)
		return CTL_OK;
	if (status == CTL_OK && !c.command->no_store)
		status = ctl_open(&c);
	if (status == CTL_OK)
		status = c.command->run(&c);
	if (status == CTL_OK)
		ctl_ring(&c);
	ctl_close(&c);
	if (fflush(stdout) != 0 && status == CTL_OK)
		status = ctl_error("%s", _("cannot write the output"));
	return status;
}

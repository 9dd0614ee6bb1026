/*
 * Options and words of a command line, held against the command's row.
 */
#include "ctl/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

/* What may stand before the command. */
static const struct ctl_command globals = {
    .name = "portalctl", .options = "tenant= json help"};

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
option_known(
    const struct ctl_command *row, const char *name, size_t len, bool *takes)
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

/* Ends a command line whose options were wrong with those that there are. */
static int
options_refused(const struct ctl *c)
{
	if (c->command != &globals)
		usage_print(c->command, stderr);
	else
		ctl_usage_error(
		    "%s", _("portalctl takes -c FILE, --tenant NAME and --json "
			    "before the command. \"portalctl help\" lists the "
			    "commands."));
	return CTL_USAGE;
}

/* A second one would hide the first: a line would be missing in an invoice. */
static bool
option_given(const struct ctl *c, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < c->noptions; i++)
		if (strcspn(c->options[i].name, "=") == len &&
		    memcmp(c->options[i].name, name, len) == 0)
			return true;
	return false;
}

/* One "--name", "--name VALUE" or "--name=VALUE"; moves *i. */
static int
option_take(struct ctl *c, int argc, char **argv, int *i)
{
	const char *name = argv[*i] + 2, *equals = strchr(name, '='), *value;
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	bool takes;

	if (option_known(c->command, name, len, &takes) == NULL) {
		ctl_usage_error(_("%s has no option --%.*s."), c->command->name,
		    (int)len, name);
		return options_refused(c);
	}
	if (option_given(c, name, len)) {
		ctl_usage_error(
		    _("--%.*s is given twice. Nothing was changed."), (int)len,
		    name);
		return options_refused(c);
	}
	value = "";
	if (equals != NULL && !takes)
		return ctl_usage_error(
		    _("--%.*s takes no value."), (int)len, name);
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

int
options_words(struct ctl *c, int argc, char **argv)
{
	bool options = true;
	int i, status;

	for (i = 0; i < argc; i++) {
		if (options && strcmp(argv[i], "--help") == 0) {
			usage_print(c->command, stdout);
			return OPTIONS_HELP;
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
					 "not \"%s\"."),
		    name, (long long)min, (long long)max, value);
	*out = n;
	return CTL_OK;
}

int
options_globals(struct ctl *c, int *argc, char ***argv)
{
	int i = 0, status;

	c->command = &globals;
	while (i < *argc && (*argv)[i][0] == '-') {
		if (strcmp((*argv)[i], "-c") == 0 && i + 1 < *argc)
			c->config_path = (*argv)[++i];
		else if (strncmp((*argv)[i], "--", 2) != 0)
			return options_refused(c);
		else if ((status = option_take(c, *argc, *argv, &i)) != CTL_OK)
			return status;
		i++;
	}
	*argc -= i;
	*argv += i;
	return CTL_OK;
}

int
options_check(const struct ctl *c)
{
	size_t i, len;
	bool takes;

	for (i = 0; i < c->noptions; i++) {
		len = strcspn(c->options[i].name, "=");
		if (option_known(c->command, c->options[i].name, len, &takes) ==
		    NULL)
			return ctl_usage_error(_("%s has no option --%.*s."),
			    c->command->name, (int)len, c->options[i].name);
	}
	return CTL_OK;
}

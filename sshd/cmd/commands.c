/*
 * The table of commands, and finding the one that was asked for.
 */
#include <string.h>

#include "base/i18n.h"
#include "data/invoice.h"
#include "data/listing.h"
#include "export/listing_export.h"
#include "sshd/cmd/cmd.h"
#include "sshd/cmd/words.h"

static int cmd_help(struct cmd *c);

/* clang-format off */
const struct command commands[] = {
	{ .name = "help", .args = "", .help = N_("this list"),
	  .tab = TAB_COUNT, .run = cmd_help },
	{ .name = "overview", .args = "",
	  .help = N_("what you owe, services, tickets, the latest"),
	  .tab = TAB_OVERVIEW, .formats = CMD_JSON, .run = cmd_overview },
	{ .name = "invoice", .args = "NUMBER",
	  .help = N_("one invoice with its lines, taxes and payments"),
	  .tab = TAB_BILLING, .nargs_min = 1, .nargs_max = 1,
	  .formats = CMD_JSON, .run = cmd_invoice },
	{ .name = "ticket", .args = "ID", .help = N_("one ticket, all of it"),
	  .tab = TAB_TICKETS, .nargs_min = 1, .nargs_max = 1,
	  .formats = CMD_JSON, .run = cmd_ticket },
	{ .name = "pay", .args = "NUMBER|all",
	  .help = N_("a link to pay one invoice or proforma, or all"),
	  .tab = TAB_BILLING, .nargs_min = 1, .nargs_max = 1,
	  .formats = CMD_JSON, .run = cmd_pay },
	{ .name = "plain", .args = "",
	  .help = N_("menus in plain lines, for screen readers and any terminal"),
	  .tab = TAB_COUNT, .run = cmd_plain },
};
/* clang-format on */
const size_t commands_count = sizeof(commands) / sizeof(commands[0]);

/* The tab a listing belongs to; a listing without a row shows everywhere. */
static const struct {
	const char *listing;
	enum tab tab;
} listing_tabs[] = {
    {"invoices", TAB_BILLING},
    {"payments", TAB_BILLING},
    {"proformas", TAB_BILLING},
    {"credit-notes", TAB_BILLING},
    {"transactions", TAB_BILLING},
    {"methods", TAB_BILLING},
    {"services", TAB_SERVICES},
    {"tickets", TAB_TICKETS},
};

static enum tab
listing_tab(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(listing_tabs) / sizeof(listing_tabs[0]); i++)
		if (strcmp(listing_tabs[i].listing, name) == 0)
			return listing_tabs[i].tab;
	return TAB_COUNT;
}

static bool
tab_shown(const struct cmd *c, enum tab tab)
{
	return tab == TAB_COUNT || (c->settings.tabs >> tab & 1) != 0;
}

static void
help_line(FILE *out, const char *name, const char *args, const char *help,
    const char *options)
{
	char left[64];

	snprintf(left, sizeof(left), "%s%s%s%s", name,
	    args[0] != '\0' ? " " : "", args, options);
	fprintf(out, "  %-32s %s\n", left, help);
}

static const char *
options_text(unsigned formats)
{
	return formats == (CMD_JSON | CMD_CSV) ? " [--json|--csv]"
	       : formats == CMD_JSON           ? " [--json]"
					       : "";
}

static void
help_print(struct cmd *c, FILE *out)
{
	const struct command *row;
	char line[256];
	size_t i;

	fprintf(out, "%s\n", _("Commands:"));
	for (i = 0; i < commands_count; i++) {
		row = &commands[i];
		if (tab_shown(c, row->tab))
			help_line(out, row->name, row->args, _(row->help),
			    options_text(row->formats));
	}
	for (i = 0; i < listings_count; i++)
		if (tab_shown(c, listing_tab(listings[i].name)))
			help_line(out, listings[i].name, "",
			    _(listings[i].title),
			    options_text(CMD_JSON | CMD_CSV));
	session_ssh_line(line, sizeof(line), &c->env, "invoices --json");
	fprintf(out, _("For example: %s\n"), line);
	session_ssh_line(line, sizeof(line), &c->env, "");
	fprintf(out, _("Without a command you get the screens: %s\n"), line);
}

static int
cmd_help(struct cmd *c)
{
	help_print(c, c->out);
	return SESSION_EXIT_OK;
}

static int
usage_listing(struct cmd *c, const char *name)
{
	return cmd_usage(c, _("Usage: %s [--json|--csv]"), name);
}

static int
usage_command(struct cmd *c, const struct command *row)
{
	return cmd_usage(c, _("Usage: %s%s%s%s"), row->name,
	    row->args[0] != '\0' ? " " : "", row->args,
	    options_text(row->formats));
}

static int
refuse_hidden(struct cmd *c)
{
	return cmd_refuse(c,
	    _("%s does not offer this here. "
	      "\"help\" lists what there is."),
	    c->tenant.brand);
}

static int
run_listing(struct cmd *c, const struct listing *l)
{
	enum listing_format format = c->json  ? LISTING_JSON
				     : c->csv ? LISTING_CSV
					      : LISTING_TEXT;
	enum err err;

	if (c->nargs != 0)
		return usage_listing(c, l->name);
	if (!tab_shown(c, listing_tab(l->name)))
		return refuse_hidden(c);
	err =
	    listing_export(c->out, format, c->st, l, cmd_today(c), c->env.zone);
	return err == ERR_NONE ? SESSION_EXIT_OK : cmd_fail(c, err);
}

static int
run_command(struct cmd *c, const struct command *row)
{
	if (c->nargs < row->nargs_min || c->nargs > row->nargs_max ||
	    (c->json && !(row->formats & CMD_JSON)) ||
	    (c->csv && !(row->formats & CMD_CSV)))
		return usage_command(c, row);
	if (!tab_shown(c, row->tab))
		return refuse_hidden(c);
	return row->run(c);
}

/* Takes the options out of the words; false after saying what is wrong. */
static bool
take_options(struct cmd *c, struct words *w)
{
	bool more = true;
	size_t i, n = 0;

	for (i = 0; i < w->n; i++) {
		if (!more || strncmp(w->v[i], "--", 2) != 0) {
			w->v[n++] = w->v[i];
		} else if (w->v[i][2] == '\0') {
			more = false;
		} else if (strcmp(w->v[i], "--json") == 0) {
			c->json = true;
		} else if (strcmp(w->v[i], "--csv") == 0) {
			c->csv = true;
		} else {
			cmd_usage(c,
			    _("There is no option %s. "
			      "The options are --json and --csv."),
			    w->v[i]);
			return false;
		}
	}
	w->n = n;
	if (c->json && c->csv)
		cmd_usage(c, "%s", _("--json or --csv: choose one of them."));
	return !(c->json && c->csv);
}

int
cmd_run(struct cmd *c, const char *line)
{
	const struct listing *l;
	struct words w;
	size_t i;

	switch (words_split(&w, line)) {
	case ERR_NONE:
		break;
	case ERR_BAD_INPUT:
		return cmd_usage(c, "%s",
		    _("A quote is open: close it with "
		      "the same mark."));
	default:
		return cmd_usage(c, "%s", _("The command is too long."));
	}
	c->json = c->csv = false;
	if (!take_options(c, &w))
		return SESSION_EXIT_USAGE;
	c->name = w.n == 0 ? "plain" : w.v[0];
	c->args = w.v + 1;
	c->nargs = w.n == 0 ? 0 : w.n - 1;
	for (i = 0; i < commands_count; i++)
		if (strcmp(commands[i].name, c->name) == 0)
			return run_command(c, &commands[i]);
	if ((l = listing_find(c->name)) != NULL)
		return run_listing(c, l);
	cmd_refuse(c, _("There is no command \"%s\"."), c->name);
	help_print(c, c->err);
	return SESSION_EXIT_USAGE;
}

enum err
cmd_load(struct cmd *c)
{
	enum err err;

	if ((err = tenant_get(c->st, &c->tenant)) != ERR_NONE)
		return err;
	return settings_load(c->st, &c->settings);
}

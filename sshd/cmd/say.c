/*
 * How portal-cmd says amounts, days and errors, in text and in JSON.
 */
#include <errno.h>
#include <stdarg.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "sshd/cmd/cmd.h"

static void
say_error(struct cmd *c, const char *fmt, va_list ap)
{
	fflush(c->out);
	vfprintf(c->err, fmt, ap);
	fputc('\n', c->err);
}

int
cmd_refuse(struct cmd *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_error(c, fmt, ap);
	va_end(ap);
	return SESSION_EXIT_REFUSED;
}

int
cmd_usage(struct cmd *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_error(c, fmt, ap);
	va_end(ap);
	fprintf(c->err, "%s\n", _("\"help\" lists the commands."));
	return SESSION_EXIT_USAGE;
}

int
cmd_fail(struct cmd *c, enum err err)
{
	const struct problem *problem = store_problem(c->st);

	if (err == ERR_BAD_INPUT && problem->text[0] != '\0')
		return cmd_refuse(c, "%s", _(problem->text));
	return cmd_refuse(c, "%s", err_text(err));
}

int64_t
cmd_today(const struct cmd *c)
{
	return day_of_instant(clock_now(store_clock(c->st)), c->env.zone);
}

struct said
say_money(int64_t amount, const char *currency)
{
	char text[MONEY_SIZE];
	struct said said;

	money_text(text, amount, currency);
	snprintf(said.s, sizeof(said.s), "%s %s", text, currency);
	return said;
}

struct said
say_day(int64_t day)
{
	struct said said;

	day_text(said.s, day);
	return said;
}

struct said
say_time(const struct cmd *c, int64_t instant)
{
	struct said said;

	instant_text(said.s, instant, c->env.zone);
	return said;
}

json_t *
js_money(int64_t amount, const char *currency)
{
	char text[MONEY_SIZE];

	money_plain(text, amount, currency);
	return json_string(text);
}

json_t *
js_day(int64_t day)
{
	char text[DATE_SIZE];

	day_iso(text, day);
	return json_string(text);
}

json_t *
js_day_if(bool given, int64_t day)
{
	return given ? js_day(day) : json_null();
}

json_t *
js_time(int64_t instant)
{
	char text[DATE_SIZE];

	instant_iso(text, instant);
	return json_string(text);
}

json_t *
js_text(const char *s)
{
	return s[0] == '\0' ? json_null() : json_string(s);
}

int
cmd_print_json(struct cmd *c, json_t *value)
{
	int bad;

	if (value == NULL)
		return cmd_fail(c, ERR_NOMEM);
	bad = json_dumpf(value, c->out, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	json_decref(value);
	if (bad)
		return cmd_fail(c, ERR_IO);
	fputc('\n', c->out);
	return SESSION_EXIT_OK;
}

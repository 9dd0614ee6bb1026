/*
 * What mails say.
 */
#include "data/template.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "ctl/ctl.h"

enum { FILE_MAX = TEMPLATE_SUBJECT + TEMPLATE_BODY + 2 };

static int
failed(struct ctl *c, enum err err)
{
	const struct problem *p = store_problem(c->st);

	if (err == ERR_NOT_FOUND)
		return ctl_error(
		    _("There is no mail %s. %s"), c->args[0], p->text);
	if (err == ERR_BAD_INPUT && strcmp(p->field, "variable") == 0)
		return ctl_error(_("Nothing was changed: %s has no %s"),
		    c->args[0], p->text);
	if (err == ERR_BAD_INPUT)
		return ctl_error(
		    _("Nothing was changed: %s: %s"), p->field, _(p->text));
	return ctl_fail(c, err, c->args[0]);
}

int
ctl_template_list(struct ctl *c)
{
	const struct template_def *def;
	struct template_text text;
	json_t *list = json_array();
	enum err err = ERR_NONE;
	char vars[256];

	for (size_t i = 0; err == ERR_NONE; i++) {
		if ((def = template_at(i)) == NULL)
			break;
		if ((err = template_show(c->st, def->name, &text)) != ERR_NONE)
			break;
		template_vars(vars, sizeof(vars), def);
		if (json_array_append_new(
			list, json_pack("{s:s, s:b, s:s, s:s}", "name",
				  def->name, "own", text.own, "sent",
				  _(def->when), "variables", vars)) != 0)
			err = ERR_NOMEM;
	}
	if (err == ERR_NONE)
		return ctl_show_list(c, list);
	json_decref(list);
	return ctl_fail(c, err, _("templates"));
}

int
ctl_template_show(struct ctl *c)
{
	struct template_text text;
	enum err err = template_show(c->st, c->args[0], &text);

	if (err != ERR_NONE)
		return failed(c, err);
	printf("%s\n\n%s", text.subject, text.body);
	if (text.body[strlen(text.body) - 1] != '\n')
		putchar('\n');
	return CTL_OK;
}

static int
file_read(const char *name, char dst[FILE_MAX])
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	bool bad;
	size_t n;

	if (f == NULL)
		return ctl_error("%s: %s", name, strerror(errno));
	n = fread(dst, 1, FILE_MAX, f);
	bad = ferror(f) != 0;
	if (f != stdin)
		fclose(f);
	if (bad)
		return ctl_error(_("%s cannot be read"), name);
	if (n == FILE_MAX)
		return ctl_error("%s", _("the text is too long"));
	if (memchr(dst, '\0', n) != NULL)
		return ctl_error(_("%s is no text"), name);
	dst[n] = '\0';
	return CTL_OK;
}

int
ctl_template_set(struct ctl *c)
{
	char text[FILE_MAX];
	enum err err;
	int status;

	if ((status = file_read(c->args[1], text)) != CTL_OK)
		return status;
	err = template_set(c->st, c->args[0], text);
	return err == ERR_NONE ? CTL_OK : failed(c, err);
}

int
ctl_template_reset(struct ctl *c)
{
	enum err err = template_reset(c->st, c->args[0]);

	return err == ERR_NONE ? CTL_OK : failed(c, err);
}

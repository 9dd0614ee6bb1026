/*
 * Tickets from the provider's side.
 */
#include "data/ticket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ctl/ctl.h"

/* The text itself, or standard input for "-". */
static int
text_read(const char *arg, char *dst, size_t size)
{
	size_t n;

	if (strcmp(arg, "-") != 0) {
		if (strlen(arg) >= size)
			return ctl_error("%s", _("the text is too long"));
		strcpy(dst, arg);
		return CTL_OK;
	}
	n = fread(dst, 1, size, stdin);
	if (n == size)
		return ctl_error("%s", _("the text is too long"));
	dst[n] = '\0';
	return CTL_OK;
}

int
ctl_ticket_reply(struct ctl *c)
{
	const char *id_text = c->args[1] + (c->args[1][0] == '#');
	char body[TICKET_BODY], *end;
	struct customer cu;
	long long id;
	enum err err;
	int status;

	errno = 0;
	id = strtoll(id_text, &end, 10);
	if (*id_text == '\0' || *end != '\0' || errno != 0)
		return ctl_usage_error(
		    _("\"%s\" is not a ticket's number."), c->args[1]);
	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK ||
	    (status = text_read(c->args[2], body, sizeof(body))) != CTL_OK)
		return status;
	err = ticket_staff_reply(c->st, cu.id, id,
	    ctl_option_or(c, "author", c->tenant.brand), body, 0);
	if (err == ERR_NOT_FOUND)
		return ctl_error(
		    _("This customer has no ticket #%lld."), (long long)id);
	return err == ERR_NONE ? CTL_OK : ctl_fail(c, err, c->args[1]);
}

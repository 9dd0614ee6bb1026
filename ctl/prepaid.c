/* Which services run on the balance. */
#include "data/prepaid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "ctl/ctl.h"

int
ctl_service_prepaid(struct ctl *c)
{
	bool on = strcmp(c->args[2], "on") == 0;
	struct customer cu;
	long long id;
	char *end;
	enum err err;
	int status;

	if (!on && strcmp(c->args[2], "off") != 0)
		return ctl_usage_error(
		    _("A service is prepaid on or off, not \"%s\"."),
		    c->args[2]);
	errno = 0;
	id = strtoll(c->args[1], &end, 10);
	if (c->args[1][0] == '\0' || *end != '\0' || errno != 0)
		return ctl_usage_error(_("\"%s\" is not a service's number; "
					 "\"service add\" says it."),
		    c->args[1]);
	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK)
		return status;
	err = prepaid_set(c->st, cu.id, id, on);
	if (err == ERR_NOT_FOUND)
		return ctl_error(_("This customer has no service %lld."), id);
	return err == ERR_NONE ? CTL_OK : ctl_fail(c, err, c->args[1]);
}

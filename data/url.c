/* A store's URL as it may be shown. */
#include <stdio.h>
#include <string.h>

#include "data/store.h"

/* "postgresql://user:secret@host/db?options": the user and the host stay. */
void
store_url_public(char *dst, size_t size, const char *url)
{
	static const char scheme[] = "postgresql://";
	const char *rest, *at, *colon;
	size_t user, end;

	if (strncmp(url, scheme, sizeof(scheme) - 1) != 0) {
		snprintf(dst, size, "%s", url);
		return;
	}
	rest = url + sizeof(scheme) - 1;
	end = strcspn(rest, "?");
	/* A password may hold a bare @; a host cannot. */
	at = memrchr(rest, '@', end);
	colon = at != NULL ? memchr(rest, ':', (size_t)(at - rest)) : NULL;
	user = at == NULL ? 0 : (size_t)((colon != NULL ? colon : at) - rest);
	if (at != NULL)
		end -= (size_t)(at - rest);
	snprintf(dst, size, "%s%.*s%.*s", scheme, (int)user, rest, (int)end,
	    at != NULL ? at : rest);
}

/* A store's URL as it may be shown. */
#include <stdio.h>
#include <string.h>

#include "data/store.h"

/* "postgresql://user:secret@host/db?options": the user and the host stay. */
void
store_url_public(char *dst, size_t size, const char *url)
{
	const char *rest, *path, *at;
	size_t user = 0, end;

	if ((rest = strstr(url, "://")) == NULL) {
		snprintf(dst, size, "%s", url);
		return;
	}
	rest += 3;
	/* Options follow the path: a "?" before it may be a password's, and so
	 * may an "@", but not in a host. */
	path = rest + strcspn(rest, "/");
	end = (size_t)(path - rest) + strcspn(path, "?");
	if ((at = memrchr(rest, '@', end)) != NULL) {
		user = strcspn(rest, ":@?/");
		end -= (size_t)(at - rest);
	} else {
		at = rest;
		end = strcspn(rest, "?");
	}
	snprintf(dst, size, "%.*s%.*s%.*s", (int)(rest - url), url, (int)user,
	    rest, (int)end, at);
}

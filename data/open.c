/*
 * From a store's URL to an open handle of this release's schema.
 */
#include <string.h>

#include "base/log.h"
#include "data/engine.h"
#include "data/migrate.h"

enum { OPEN_PATIENCE_MS = 15 * 1000 };

static const struct {
	const char *scheme;
	const struct driver *driver;
} schemes[] = {
    {"sqlite:", &driver_sqlite}, {"postgresql://", &driver_postgresql},
    {"postgres://", &driver_postgresql}, /* libpq takes both */
};

const struct driver *
driver_find(const char *url, const char **where)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		size_t n = strlen(schemes[i].scheme);

		if (strncmp(url, schemes[i].scheme, n) == 0) {
			*where = url + n;
			return schemes[i].driver;
		}
	}
	log_error(
	    "store: no engine for this URL (sqlite:/FILE or postgresql://...)");
	return NULL;
}

enum err
direct_schema(struct store *st, int *version)
{
	enum contents contents;
	struct query q;
	enum err err;

	if ((err = st->engine->inspect(st, &contents)) != ERR_NONE)
		return err;
	if (contents == CONTENTS_FOREIGN) {
		log_error("store: this is not a portal's store");
		return ERR_CONFIG;
	}
	*version = 0;
	if (contents == CONTENTS_EMPTY)
		return ERR_NONE;
	q = query_begin(st, SQL_SCHEMA_VERSION);
	if (query_row(&q))
		*version = (int)col_int(&q, 0);
	return query_end(&q);
}

enum err
direct_version(struct store *st)
{
	int version;
	enum err err;

	if ((err = direct_schema(st, &version)) != ERR_NONE)
		return err;
	if (version == schema_count)
		return ERR_NONE;
	if (version < schema_count)
		log_error("store: version %d, this program needs %d: "
			  "run portalctl upgrade",
		    version, schema_count);
	else
		log_error("store: version %d is newer than this program's "
			  "%d: install the newer release",
		    version, schema_count);
	return ERR_VERSION;
}

enum err
store_open(struct store **out, const char *url, const struct clock *clock)
{
	const struct driver *driver;
	struct store *st = NULL;
	const char *where;
	enum err err;

	if ((driver = driver_find(url, &where)) == NULL)
		return ERR_CONFIG;
	if ((err = driver->open(&st, where)) != ERR_NONE)
		return err;
	/* A server that stops answering now is as one that never did. */
	store_patience(st, OPEN_PATIENCE_MS);
	if ((err = direct_version(st)) != ERR_NONE) {
		store_close(st);
		return err;
	}
	store_patience(st, 0);
	st->clock = clock;
	*out = st;
	return ERR_NONE;
}

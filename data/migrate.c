/*
 * Applies the numbered schema files that a store has not seen.
 */
#include "data/migrate.h"

#include "base/log.h"
#include "data/engine.h"

enum { SCRIPT_MAX = 4 * 1024 * 1024 };

/* Not in a numbered file: it says which of them were applied. */
static const char version_table[] = "CREATE TABLE schema_version ("
				    "version {INT} NOT NULL PRIMARY KEY, "
				    "applied_at {INT} NOT NULL"
				    ") {STRICT};";

static enum err
script(struct store *st, const char *text, enum dialect d)
{
	struct buf words;
	enum err err;

	buf_init(&words, SCRIPT_MAX);
	if ((err = dialect_words(&words, text, d)) == ERR_NONE)
		err = st->engine->script(st, buf_str(&words));
	buf_release(&words);
	return err;
}

static enum err
apply(struct store *st, const struct schema_def *def, enum dialect d)
{
	struct query q;
	enum err err = ERR_NONE;

	if (def->number == 1)
		err = script(st, version_table, d);
	if (err == ERR_NONE)
		err = script(st, def->text, d);
	if (err == ERR_NONE && st->engine->protect != NULL)
		err = st->engine->protect(st);
	if (err != ERR_NONE)
		return err;
	q = query_begin(st, SQL_SCHEMA_VERSION_ADD);
	query_bind_int(&q, def->number);
	query_bind_int(&q, clock_now(store_clock(st)));
	return query_run(&q, NULL);
}

/* One step in a transaction of its own, in which the version is read again:
 * another upgrade may run at the same time. */
static enum err
step(struct store *st, enum dialect d, int *version)
{
	enum err err;

	if ((err = store_begin(st)) != ERR_NONE)
		return err;
	if ((err = direct_schema(st, version)) != ERR_NONE)
		goto out;
	if (*version > schema_count) {
		log_error("store: version %d is newer than this program's %d",
		    *version, schema_count);
		err = ERR_VERSION;
		goto out;
	}
	if (*version == schema_count)
		goto out;
	if ((err = apply(st, &schema_table[*version], d)) != ERR_NONE) {
		log_error("store: schema %04d-%s failed: nothing was changed",
		    *version + 1, schema_table[*version].name);
		goto out;
	}
	if ((err = store_commit(st)) == ERR_NONE)
		++*version;
out:
	store_rollback(st);
	return err;
}

static enum err
protect_work(struct store *st, void *arg)
{
	(void)arg;
	return st->engine->protect(st);
}

static enum err
protect(struct store *st)
{
	if (st->engine->protect == NULL)
		return ERR_NONE;
	return store_transaction(st, protect_work, NULL);
}

static enum err
migrate(struct store *st, enum dialect d, int *from, int *to)
{
	int first, version;
	enum err err;

	if ((err = direct_schema(st, &version)) != ERR_NONE)
		return err;
	first = version;
	do
		if ((err = step(st, d, &version)) != ERR_NONE)
			return err;
	while (version < schema_count);
	/* Rights may differ between releases that have the same tables. */
	if (first == version && (err = protect(st)) != ERR_NONE)
		return err;
	*from = first;
	*to = version;
	return ERR_NONE;
}

enum err
store_create(const char *url)
{
	const struct driver *driver;
	struct store *st;
	const char *where;
	int from, to;
	enum err err;

	if ((driver = driver_find(url, &where)) == NULL)
		return ERR_CONFIG;
	if ((err = driver->create(where)) != ERR_NONE)
		return err;
	if ((err = driver->open(&st, where)) == ERR_NONE) {
		err = migrate(st, driver->dialect, &from, &to);
		store_close(st);
	}
	if (err != ERR_NONE)
		driver->discard(where);
	return err;
}

enum err
store_migrate(const char *url, int *from, int *to)
{
	const struct driver *driver;
	struct store *st;
	const char *where;
	int before, after;
	enum err err;

	if ((driver = driver_find(url, &where)) == NULL)
		return ERR_CONFIG;
	if ((err = driver->open(&st, where)) != ERR_NONE)
		return err;
	err = migrate(st, driver->dialect, &before, &after);
	store_close(st);
	if (err != ERR_NONE)
		return err;
	*from = before;
	*to = after;
	return ERR_NONE;
}

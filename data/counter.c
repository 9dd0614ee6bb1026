/* Gapless numbers. */
#include "data/counter.h"

enum err
counter_next(struct store *st, const char *series, int64_t *next)
{
	struct query q = query_begin(st, SQL_COUNTER_NEXT);
	int64_t got = 0;
	enum err err;

	query_bind_text(&q, series);
	while (query_row(&q))
		got = col_int(&q, 0);
	if ((err = query_end(&q)) == ERR_NONE)
		*next = got;
	return err;
}

enum err
counter_get(struct store *st, const char *series, int64_t *next)
{
	struct query q = query_begin(st, SQL_COUNTER_GET);
	int64_t got = 1;
	enum err err;

	query_bind_text(&q, series);
	while (query_row(&q))
		got = col_int(&q, 0);
	if ((err = query_end(&q)) == ERR_NONE)
		*next = got;
	return err;
}

enum err
counter_set(struct store *st, const char *series, int64_t next)
{
	struct query q = query_begin(st, SQL_COUNTER_SET);

	query_bind_text(&q, series);
	query_bind_int(&q, next);
	return query_run(&q, NULL);
}

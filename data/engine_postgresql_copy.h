/*
 * What the two files share that copy whole tables of the postgresql engine.
 * The handle is out of pipeline mode from the first of these on.
 */
#ifndef DATA_ENGINE_POSTGRESQL_COPY_H
#define DATA_ENGINE_POSTGRESQL_COPY_H

#include "data/copier.h"
#include "data/engine_postgresql.h"

/*
 * One statement as the connection's own user, with parameters as text; what is
 * for the log.  *out, which the caller clears, may be NULL.
 */
enum err pg_copy_exec(struct pg_store *s, const char *text, int n,
    const char *const *params, const char *what, PGresult **out);

/* copier.read, put_begin, put, put_end */
enum err pg_copy_read(
    struct store *st, const struct copy_table *t, copy_row_fn *row, void *arg);
enum err pg_copy_put_begin(
    struct store *st, const struct copy_table *t, void **writer);
enum err pg_copy_put(void *writer, const struct value *row);
enum err pg_copy_put_end(void *writer);

#endif

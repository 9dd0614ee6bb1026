/*
 * Copying a store: what is done in which order.  Knows no table but
 * schema_version, and no engine.
 */
#include "data/copy.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "data/copier.h"
#include "data/migrate.h"

enum {
	TELL_EVERY = 1000, /* rows */
	STATEMENT_MAX = 16 * 1024,
	IDENTITY = 256,
};

/* What says which release a store is of; both have it already. */
static const char version_table[] = "schema_version";

static const struct copier *const copiers[] = {
    &copier_sqlite, &copier_postgresql};

struct side {
	const struct copier *copier;
	struct store *st;
	struct copy_catalog tables;
};

struct sum {
	int64_t rows;
	unsigned char hash[COPY_SUM];
};

struct copying {
	struct side from, to; /* tables in the same order, columns too */
	struct sum *sums;     /* of each table, as it was read */
	const struct copy_watch *watch;
	struct copy_problem *problem;
};

/* One reading of one table. */
struct pass {
	struct copying *c;
	const struct copy_table *table;
	enum copy_phase phase;
	int64_t rows, of;
	crypto_generichash_state state;
	void *writer; /* NULL: it is only read */
};

static enum err
fail(struct copying *c, enum err err, enum copy_problem_type type,
    const char *table, int64_t rows)
{
	c->problem->type = type;
	c->problem->rows = rows;
	strcpy(c->problem->table, table);
	return err;
}

/* Checksums. */

static void
hash_number(crypto_generichash_state *s, char type, int64_t v)
{
	unsigned char bytes[9] = {(unsigned char)type};

	for (int i = 0; i < 8; i++)
		bytes[1 + i] = (unsigned char)((uint64_t)v >> (56 - 8 * i));
	crypto_generichash_update(s, bytes, sizeof(bytes));
}

static void
hash_bytes(crypto_generichash_state *s, char type, const void *p, size_t n)
{
	hash_number(s, type, (int64_t)n);
	crypto_generichash_update(s, p, n);
}

static void
hash_value(crypto_generichash_state *s, const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		hash_number(s, 'n', 0);
		break;
	case VALUE_INT:
		hash_number(s, 'i', v->i);
		break;
	case VALUE_TEXT:
		hash_bytes(s, 't', v->p, v->n);
		break;
	case VALUE_BYTES:
		hash_bytes(s, 'b', v->p, v->n);
		break;
	}
}

static void
hash_begin(crypto_generichash_state *s, const struct copy_table *t)
{
	crypto_generichash_init(s, NULL, 0, COPY_SUM);
	hash_bytes(s, 'T', t->name, strlen(t->name));
	hash_number(s, 'C', (int64_t)t->ncolumns);
	for (size_t i = 0; i < t->ncolumns; i++)
		hash_bytes(
		    s, 'c', t->columns[i].name, strlen(t->columns[i].name));
}

/* Tables. */

static void
tell(const struct pass *p)
{
	const struct copy_watch *w = p->c->watch;

	if (w->at != NULL)
		w->at(w->arg, p->table->name, p->phase, p->rows, p->of);
}

static enum err
take_row(void *arg, const struct value *row)
{
	struct pass *p = arg;
	enum err err;

	for (size_t i = 0; i < p->table->ncolumns; i++)
		hash_value(&p->state, &row[i]);
	if (p->writer != NULL &&
	    (err = p->c->to.copier->put(p->writer, row)) != ERR_NONE)
		return fail(p->c, err, COPY_WRITE, p->table->name, p->rows + 1);
	if (++p->rows % TELL_EVERY == 0)
		tell(p);
	return ERR_NONE;
}

static void
pass_begin(struct pass *p)
{
	hash_begin(&p->state, p->table);
	tell(p);
}

static void
pass_end(struct pass *p, struct sum *out)
{
	out->rows = p->rows;
	crypto_generichash_final(&p->state, out->hash, sizeof(out->hash));
	tell(p);
}

static enum err
count(const struct side *s, const struct copy_table *t, int64_t *rows)
{
	struct buf text;
	enum err err;

	buf_init(&text, STATEMENT_MAX);
	buf_addf(&text, "SELECT COUNT(*) FROM %s", t->at);
	if ((err = text.err) == ERR_NONE)
		err = s->copier->ask(s->st, buf_str(&text), rows);
	buf_release(&text);
	return err;
}

static enum err
copy_table(struct copying *c, size_t i)
{
	const struct copy_table *t = &c->from.tables.tables[i];
	struct pass p = {.c = c, .table = t, .phase = COPY_COPYING};
	enum err err, ended;

	if ((err = count(&c->from, t, &p.of)) != ERR_NONE)
		return fail(c, err, COPY_READ, t->name, 0);
	err = c->to.copier->put_begin(
	    c->to.st, &c->to.tables.tables[i], &p.writer);
	if (err != ERR_NONE)
		return fail(c, err, COPY_WRITE, t->name, 0);
	pass_begin(&p);
	fail(c, ERR_NONE, COPY_READ, t->name, 0); /* unless a row says other */
	err = c->from.copier->read(c->from.st, t, take_row, &p);
	ended = c->to.copier->put_end(p.writer);
	if (err != ERR_NONE)
		return err;
	if (ended != ERR_NONE)
		return fail(c, ended, COPY_WRITE, t->name, p.rows);
	pass_end(&p, &c->sums[i]);
	return ERR_NONE;
}

/* Reads back what is in the other store. */
static enum err
check_table(struct copying *c, size_t i)
{
	const struct copy_table *t = &c->to.tables.tables[i];
	const struct sum *want = &c->sums[i];
	struct copy_proof proof = {.table = t->name, .rows = want->rows};
	struct pass p = {
	    .c = c, .table = t, .phase = COPY_CHECKING, .of = want->rows};
	struct sum got;
	enum err err;

	pass_begin(&p);
	if ((err = c->to.copier->read(c->to.st, t, take_row, &p)) != ERR_NONE)
		return fail(c, err, COPY_READ, t->name, 0);
	pass_end(&p, &got);
	if (got.rows != want->rows ||
	    memcmp(got.hash, want->hash, sizeof(got.hash)) != 0)
		return fail(c, ERR_INTERNAL, COPY_DIFFERS, t->name, got.rows);
	memcpy(proof.sum, want->hash, sizeof(proof.sum));
	if (c->watch->proven != NULL)
		c->watch->proven(c->watch->arg, &proof);
	return ERR_NONE;
}

static enum err
last_id(const struct side *s, const struct copy_table *t, int64_t *out)
{
	int64_t kept = 0, highest = 0;
	struct buf text;
	enum err err;

	buf_init(&text, STATEMENT_MAX);
	buf_adds(&text, "SELECT COALESCE(MAX(");
	sql_quoted(&text, t->id);
	buf_addf(&text, "), 0) FROM %s", t->at);
	if ((err = text.err) == ERR_NONE)
		err = s->copier->ask(s->st, buf_str(&text), &highest);
	buf_release(&text);
	if (err == ERR_NONE)
		err = s->copier->last_id(s->st, t, &kept);
	*out = kept > highest ? kept : highest;
	return err;
}

static enum err
settle_table(struct copying *c, size_t i)
{
	const struct copy_table *from = &c->from.tables.tables[i];
	const struct copy_table *to = &c->to.tables.tables[i];
	int64_t last = 0;
	enum err err = ERR_NONE;

	if (from->id[0] != '\0' &&
	    (err = last_id(&c->from, from, &last)) != ERR_NONE)
		return fail(c, err, COPY_READ, from->name, 0);
	if ((err = c->to.copier->settle(c->to.st, to, last)) != ERR_NONE)
		return fail(c, err, COPY_WRITE, to->name, c->sums[i].rows);
	return ERR_NONE;
}

/* Both stores, before the first row. */

static enum err
open_from(struct copying *c, const char *url)
{
	enum err err = store_open(&c->from.st, url, NULL);

	return err == ERR_NONE ? err : fail(c, err, COPY_FROM, "", 0);
}

/* Makes it where it is not there, or only begun. */
static enum err
make(const struct copier *copier, const char *url, const char *where)
{
	enum contents contents;
	struct store *st;
	int before, after;
	enum err err;

	if (!copier->there(where))
		return store_create(url);
	if ((err = copier->driver->open(&st, where)) != ERR_NONE)
		return err;
	err = st->engine->inspect(st, &contents);
	store_close(st);
	if (err == ERR_NONE && contents == CONTENTS_EMPTY)
		err = store_migrate(url, &before, &after);
	return err;
}

static enum err
open_to(struct copying *c, const char *url, const char *where)
{
	enum err err = make(c->to.copier, url, where);

	if (err == ERR_NONE)
		err = store_open(&c->to.st, url, NULL);
	return err == ERR_NONE ? err : fail(c, err, COPY_TO, "", 0);
}

static enum err
find_copier(struct side *s, const char *url, const char **where)
{
	const struct driver *driver = driver_find(url, where);

	for (size_t i = 0; i < sizeof(copiers) / sizeof(*copiers); i++)
		if (copiers[i]->driver == driver)
			s->copier = copiers[i];
	return s->copier != NULL ? ERR_NONE : ERR_CONFIG;
}

static enum err
open_both(struct copying *c, const char *from, const char *to)
{
	const char *from_where, *to_where;
	enum err err;

	if ((err = find_copier(&c->from, from, &from_where)) != ERR_NONE)
		return fail(c, err, COPY_FROM, "", 0);
	if ((err = find_copier(&c->to, to, &to_where)) != ERR_NONE)
		return fail(c, err, COPY_TO, "", 0);
	if ((err = open_from(c, from)) != ERR_NONE)
		return err;
	return open_to(c, to, to_where);
}

static enum err
refuse_same(struct copying *c)
{
	char from[IDENTITY], to[IDENTITY];
	enum err err;

	if ((err = c->from.copier->identify(c->from.st, from, sizeof(from))) !=
	    ERR_NONE)
		return fail(c, err, COPY_FROM, "", 0);
	if ((err = c->to.copier->identify(c->to.st, to, sizeof(to))) !=
	    ERR_NONE)
		return fail(c, err, COPY_TO, "", 0);
	return strcmp(from, to) != 0 ? ERR_NONE
				     : fail(c, ERR_BAD_INPUT, COPY_SAME, "", 0);
}

static void
leave_out_version(struct copy_catalog *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->ntables; i++)
		if (strcmp(c->tables[i].name, version_table) != 0)
			c->tables[n++] = c->tables[i];
	c->ntables = n;
}

static enum err
begin(struct copying *c, struct side *s, enum copy_problem_type type)
{
	enum err err;

	if ((err = s->copier->begin(s->st)) != ERR_NONE ||
	    (err = s->copier->catalog(s->st, &s->tables)) != ERR_NONE)
		return fail(c, err, type, "", 0);
	leave_out_version(&s->tables);
	return ERR_NONE;
}

static enum err
refuse_rows(struct copying *c)
{
	const struct copy_catalog *tables = &c->to.tables;
	int64_t rows;
	enum err err;

	for (size_t i = 0; i < tables->ntables; i++) {
		const struct copy_table *t = &tables->tables[i];

		if ((err = count(&c->to, t, &rows)) != ERR_NONE)
			return fail(c, err, COPY_READ, t->name, 0);
		if (rows > 0)
			return fail(
			    c, ERR_CONFLICT, COPY_NOT_EMPTY, t->name, rows);
	}
	return ERR_NONE;
}

static enum err
prepare(struct copying *c)
{
	char table[COPY_NAME] = "";
	enum err err;

	if ((err = refuse_same(c)) != ERR_NONE ||
	    (err = begin(c, &c->to, COPY_TO)) != ERR_NONE ||
	    (err = refuse_rows(c)) != ERR_NONE ||
	    (err = begin(c, &c->from, COPY_FROM)) != ERR_NONE)
		return err;
	if ((err = catalog_sort(&c->from.tables)) != ERR_NONE)
		return fail(c, err, COPY_FROM, "", 0);
	err = catalog_match(&c->to.tables, &c->from.tables, table);
	if (err != ERR_NONE)
		return fail(c, err, COPY_SHAPE, table, 0);
	c->sums = calloc(c->from.tables.ntables + 1, sizeof(*c->sums));
	return c->sums != NULL ? ERR_NONE
			       : fail(c, ERR_NOMEM, COPY_FROM, "", 0);
}

typedef enum err step_fn(struct copying *c, size_t i);

static enum err
each_table(struct copying *c, step_fn *step)
{
	enum err err = ERR_NONE;

	for (size_t i = 0; i < c->from.tables.ntables && err == ERR_NONE; i++)
		err = step(c, i);
	return err;
}

static enum err
copy(struct copying *c, const char *from, const char *to)
{
	enum err err;

	if ((err = open_both(c, from, to)) != ERR_NONE ||
	    (err = prepare(c)) != ERR_NONE ||
	    (err = each_table(c, copy_table)) != ERR_NONE ||
	    (err = each_table(c, settle_table)) != ERR_NONE ||
	    (err = each_table(c, check_table)) != ERR_NONE)
		return err;
	if (c->watch->commits != NULL)
		c->watch->commits(c->watch->arg);
	if ((err = c->to.copier->commit(c->to.st)) != ERR_NONE)
		return fail(c, err, COPY_COMMIT, "", 0);
	if (store_analyze(c->to.st) != ERR_NONE)
		log_warn("store: statements will be slow until the server has "
			 "looked at the tables by itself");
	return ERR_NONE;
}

enum err
store_copy(const char *from, const char *to, const struct copy_watch *watch,
    struct copy_problem *problem)
{
	struct copying c = {.watch = watch, .problem = problem};
	enum err err;

	if (sodium_init() < 0)
		return fail(&c, ERR_INTERNAL, COPY_FROM, "", 0);
	err = copy(&c, from, to);
	free(c.sums);
	catalog_release(&c.from.tables);
	catalog_release(&c.to.tables);
	/* Without a commit that takes everything back. */
	store_close(c.to.st);
	store_close(c.from.st);
	return err;
}

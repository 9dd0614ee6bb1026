/*
 * The postgresql engine: the rows of a copy, as COPY's binary format carries
 * them: for each row the number of its columns, for each column its length (-1:
 * NULL) and its bytes, all numbers with their highest byte first.
 */
#include "data/engine_postgresql_copy.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum {
	STATEMENT_MAX = 16 * 1024,
	ROW_MAX = 256 * 1024 * 1024,
	SEND_AT = 64 * 1024, /* bytes gathered before they are sent */
	HEAD = 11 + 4 + 4,   /* signature, flags, length of what follows */
};

static const char head[HEAD] = "PGCOPY\n\377\r\n\0";

static enum err
start(struct pg_store *s, const struct copy_table *t, const char *before,
    const char *after, ExecStatusType want)
{
	struct buf text;
	PGresult *r;
	enum err err;

	buf_init(&text, STATEMENT_MAX);
	buf_adds(&text, before);
	if (want == PGRES_COPY_OUT) {
		sql_select(&text, t, "\"C\"");
	} else {
		buf_addf(&text, "%s ", t->at);
		sql_columns(&text, t);
	}
	buf_adds(&text, after);
	if ((err = text.err) == ERR_NONE)
		err = pg_copy_exec(s, buf_str(&text), 0, NULL, t->name, &r);
	if (err == ERR_NONE) {
		if (PQresultStatus(r) != want)
			err = pg_lost(s, t->name);
		PQclear(r);
	}
	buf_release(&text);
	return err;
}

/* The results after the last byte; the first error. */
static enum err
finish(struct pg_store *s, const struct copy_table *t)
{
	const char *where;
	enum err err = ERR_NONE;
	PGresult *r;

	while (s->conn != NULL && (r = PQgetResult(s->conn)) != NULL) {
		if (PQresultStatus(r) == PGRES_FATAL_ERROR && err == ERR_NONE) {
			/* "COPY t, line 7, column c"; with binary no value. */
			where = PQresultErrorField(r, PG_DIAG_CONTEXT);
			if (where != NULL && strncmp(where, "COPY ", 5) == 0)
				log_error("store: %.*s",
				    (int)strcspn(where, "\n"), where);
			err = pg_failed(s, r, t->name);
		}
		PQclear(r);
	}
	return s->conn != NULL || err != ERR_NONE ? err : ERR_AWAY;
}

/* Reading. */

struct reader {
	struct buf in; /* what has arrived and is not yet a row */
	const struct copy_table *table;
	struct value values[QUERY_COLS];
	bool begun, ended; /* past the head, past the last row */
};

static uint64_t
number(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

static bool
value_read(
    struct value *v, enum value_type type, const unsigned char *p, uint32_t n)
{
	if (n == UINT32_MAX) {
		*v = (struct value) {.type = VALUE_NULL};
		return true;
	}
	*v = (struct value) {.type = type, .p = p, .n = n};
	if (type == VALUE_INT)
		v->i = (int64_t)number(p, n);
	return type != VALUE_INT || n == 8;
}

/* The row at from; *end is where it ends, 0 while it is not all there. */
static enum err
row_read(struct reader *r, size_t from, size_t *end)
{
	const unsigned char *p = r->in.data;
	size_t at = from + 2;

	*end = 0;
	if (r->in.len < at)
		return ERR_NONE;
	if (number(p + from, 2) == UINT16_MAX) {
		r->ended = true;
		*end = at;
		return ERR_NONE;
	}
	if (number(p + from, 2) != r->table->ncolumns)
		return ERR_PROTOCOL;
	for (size_t i = 0; i < r->table->ncolumns; i++) {
		uint32_t n;

		if (r->in.len - at < 4)
			return ERR_NONE;
		n = (uint32_t)number(p + at, 4);
		at += 4;
		if (n != UINT32_MAX && r->in.len - at < n)
			return ERR_NONE;
		if (!value_read(
			&r->values[i], r->table->columns[i].type, p + at, n))
			return ERR_PROTOCOL;
		at += n != UINT32_MAX ? n : 0;
	}
	*end = at;
	return ERR_NONE;
}

static enum err
head_read(struct reader *r, size_t *at)
{
	if (r->begun || r->in.len < HEAD)
		return ERR_NONE;
	if (memcmp(r->in.data, head, HEAD) != 0)
		return ERR_PROTOCOL;
	r->begun = true;
	*at = HEAD;
	return ERR_NONE;
}

/* All rows that have arrived. */
static enum err
rows_read(struct reader *r, copy_row_fn *row, void *arg)
{
	size_t at = 0, end;
	enum err err;

	if ((err = r->in.err) != ERR_NONE ||
	    (err = head_read(r, &at)) != ERR_NONE)
		return err;
	while (r->begun && !r->ended) {
		if ((err = row_read(r, at, &end)) != ERR_NONE)
			return err;
		if (end == 0)
			break;
		if (!r->ended && (err = row(arg, r->values)) != ERR_NONE)
			return err;
		at = end;
	}
	buf_consume(&r->in, at);
	return ERR_NONE;
}

enum err
pg_copy_read(
    struct store *st, const struct copy_table *t, copy_row_fn *row, void *arg)
{
	struct pg_store *s = (struct pg_store *)st;
	struct reader r = {.table = t};
	char *bytes = NULL;
	enum err err;
	int n;

	buf_init(&r.in, ROW_MAX);
	err = start(
	    s, t, "COPY (", ") TO STDOUT (FORMAT binary)", PGRES_COPY_OUT);
	if (err != ERR_NONE)
		goto out;
	while (err == ERR_NONE && (n = PQgetCopyData(s->conn, &bytes, 0)) > 0) {
		buf_add(&r.in, bytes, (size_t)n);
		PQfreemem(bytes);
		err = rows_read(&r, row, arg);
	}
	/* After an error of our own the rest is not read: the connection is
	 * closed next. */
	if (err == ERR_NONE)
		err = finish(s, t);
	if (err == ERR_NONE && !r.ended)
		err = ERR_PROTOCOL;
	if (err == ERR_PROTOCOL)
		log_error("store: %s: the server's rows are not as they "
			  "should be",
		    t->name);
out:
	buf_release(&r.in);
	return err;
}

/* Writing. */

struct writer {
	struct pg_store *s;
	const struct copy_table *table;
	struct buf out;
	enum err err;
};

enum err
pg_copy_put_begin(struct store *st, const struct copy_table *t, void **out)
{
	struct pg_store *s = (struct pg_store *)st;
	struct writer *w = calloc(1, sizeof(*w));
	enum err err;

	if (w == NULL)
		return ERR_NOMEM;
	w->s = s;
	w->table = t;
	err =
	    start(s, t, "COPY ", " FROM STDIN (FORMAT binary)", PGRES_COPY_IN);
	if (err != ERR_NONE) {
		free(w);
		return err;
	}
	buf_init(&w->out, ROW_MAX);
	buf_add(&w->out, head, HEAD);
	*out = w;
	return ERR_NONE;
}

static void
put_u16(struct buf *b, uint16_t v)
{
	v = htobe16(v);
	buf_add(b, &v, sizeof(v));
}

static void
put_u32(struct buf *b, uint32_t v)
{
	v = htobe32(v);
	buf_add(b, &v, sizeof(v));
}

static void
put_value(struct buf *b, const struct value *v)
{
	uint64_t i;

	switch (v->type) {
	case VALUE_NULL:
		put_u32(b, UINT32_MAX);
		break;
	case VALUE_INT:
		i = htobe64((uint64_t)v->i);
		put_u32(b, sizeof(i));
		buf_add(b, &i, sizeof(i));
		break;
	case VALUE_TEXT:
	case VALUE_BYTES:
		if (v->n >= ROW_MAX)
			b->err = ERR_TOO_BIG;
		put_u32(b, (uint32_t)v->n);
		buf_add(b, v->p, v->n);
		break;
	}
}

static enum err
send(struct writer *w)
{
	enum err err;

	if (PQputCopyData(
		w->s->conn, (const char *)w->out.data, (int)w->out.len) == 1) {
		buf_reset(&w->out);
		return ERR_NONE;
	}
	/* The server has ended the COPY, and says why. */
	err = finish(w->s, w->table);
	return err != ERR_NONE ? err : pg_lost(w->s, w->table->name);
}

enum err
pg_copy_put(void *writer, const struct value *row)
{
	struct writer *w = writer;

	if (w->err != ERR_NONE)
		return w->err;
	put_u16(&w->out, (uint16_t)w->table->ncolumns);
	for (size_t i = 0; i < w->table->ncolumns; i++)
		put_value(&w->out, &row[i]);
	if ((w->err = w->out.err) == ERR_NONE && w->out.len >= SEND_AT)
		w->err = send(w);
	return w->err;
}

enum err
pg_copy_put_end(void *writer)
{
	struct writer *w = writer;
	enum err err = w->err;

	if (err == ERR_NONE) {
		put_u16(&w->out, UINT16_MAX);
		if ((err = w->out.err) == ERR_NONE)
			err = send(w);
		if (err == ERR_NONE && PQputCopyEnd(w->s->conn, NULL) != 1)
			err = pg_lost(w->s, w->table->name);
		if (err == ERR_NONE)
			err = finish(w->s, w->table);
	}
	buf_release(&w->out);
	free(w);
	return err;
}

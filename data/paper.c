/* Finding and reading papers, having them made, and handing in new ones. */
#include "data/paper.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/array.h"
#include "data/verb.h"

enum { PAGE = 200, PAPERS_MAX = 100000 };

/* Statements of each kind; of documents the kind that they are kept as. */
static const struct paper_def {
	enum sql list, find;
	const char *document;
} defs[PAPER_KINDS] = {
    [PAPER_INVOICE] = {SQL_PAPER_INVOICES, SQL_PAPER_INVOICE, NULL},
    [PAPER_RECEIPT] = {SQL_PAPER_RECEIPTS, SQL_PAPER_RECEIPT, NULL},
    [PAPER_PROFORMA] = {SQL_PAPER_DOCUMENTS, SQL_PAPER_DOCUMENT, "proforma"},
    [PAPER_CREDIT_NOTE] = {SQL_PAPER_DOCUMENTS, SQL_PAPER_DOCUMENT,
	"credit-note"},
};

static const struct paper_def *
def_of(enum paper_kind kind)
{
	return kind >= PAPER_INVOICE && kind < PAPER_KINDS ? &defs[kind] : NULL;
}

/* Column 0 is what a list is ordered by. */
static void
paper_row(struct query *q, enum paper_kind kind, struct paper *p)
{
	p->kind = kind;
	p->ref = col_int(q, 1);
	col_copy(q, 2, p->number, sizeof(p->number));
	p->at = col_int(q, 3);
	p->id = col_int(q, 4);
	p->size = col_int(q, 5);
	col_copy(q, 6, p->sha256, sizeof(p->sha256));
}

static enum err
list_page(struct store *st, enum paper_kind kind, struct paper **list,
    size_t *n, int64_t *key)
{
	struct query q = query_begin(st, defs[kind].list);
	struct paper *p;

	query_bind_int(&q, *key);
	query_bind_int(&q, *n > 0 ? (*list)[*n - 1].ref : 0);
	query_bind_int(&q, PAGE);
	if (defs[kind].document != NULL)
		query_bind_text(&q, defs[kind].document);
	while (query_row(&q)) {
		if ((p = array_add(list, n, sizeof(*p))) == NULL) {
			q.err = ERR_NOMEM;
			break;
		}
		*key = col_int(&q, 0);
		paper_row(&q, kind, p);
	}
	return query_end(&q);
}

enum err
paper_list(
    struct store *st, enum paper_kind kind, struct paper **out, size_t *n)
{
	struct paper *list = NULL;
	int64_t key = INT64_MIN;
	size_t got = 0, had;
	enum err err;

	if (def_of(kind) == NULL)
		return ERR_NOT_FOUND;
	do {
		had = got;
		err = list_page(st, kind, &list, &got, &key);
	} while (err == ERR_NONE && got == had + PAGE && got < PAPERS_MAX);
	if (err != ERR_NONE) {
		free(list);
		return err;
	}
	*out = list;
	*n = got;
	return ERR_NONE;
}

enum err
paper_find(struct store *st, enum paper_kind kind, const char *number,
    struct paper *out)
{
	const struct paper_def *def = def_of(kind);
	struct paper p = {0};
	struct query q;
	enum err err;

	if (def == NULL || strlen(number) >= sizeof(p.number))
		return ERR_NOT_FOUND;
	q = query_begin(st, def->find);
	query_bind_text(&q, number);
	if (def->document != NULL)
		query_bind_text(&q, def->document);
	while (query_row(&q))
		paper_row(&q, kind, &p);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (p.ref == 0)
		return ERR_NOT_FOUND;
	*out = p;
	return ERR_NONE;
}

enum err
paper_ensure(struct store *st, struct paper *p)
{
	struct paper made;
	enum err err;

	if (p->id != 0)
		return ERR_NONE;
	if ((err = store_render(st, (uint8_t)p->kind, p->ref)) != ERR_NONE ||
	    (err = paper_find(st, p->kind, p->number, &made)) != ERR_NONE)
		return err;
	if (made.id == 0)
		return ERR_INTERNAL;
	*p = made;
	return ERR_NONE;
}

enum err
paper_ensure_all(struct store *st, enum paper_kind kind)
{
	if (def_of(kind) == NULL)
		return ERR_NOT_FOUND;
	return store_render(st, (uint8_t)kind, 0);
}

enum err
paper_read(struct store *st, int64_t id, int64_t seq, struct buf *out)
{
	struct query q = query_begin(st, SQL_PAPER_READ);
	bool found = false;
	const void *p;
	size_t n;
	enum err err;

	query_bind_int(&q, id);
	query_bind_int(&q, seq);
	while (query_row(&q)) {
		found = true;
		p = col_bytes(&q, 0, &n);
		buf_add(out, p, n);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return found ? out->err : ERR_NOT_FOUND;
}

/* Keeping: see verb_paper.c for what each call says. */
enum { KEEP_HEAD = 64 };

static enum err
keep_chunk(struct store *st, enum paper_kind kind, int64_t ref, int64_t *id,
    int64_t seq, bool last, const void *bytes, size_t n)
{
	struct buf args;
	enum err err;

	buf_init(&args, STORE_CHUNK + KEEP_HEAD);
	buf_put_u8(&args, (uint8_t)kind);
	buf_put_i64(&args, ref);
	buf_put_i64(&args, *id);
	buf_put_i64(&args, seq);
	buf_put_u8(&args, last);
	buf_put_blob(&args, bytes, n);
	err = store_call_id(st, VERB_PAPER_KEEP, &args, id);
	buf_release(&args);
	return err;
}

enum err
paper_keep(struct store *st, enum paper_kind kind, int64_t ref,
    const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	int64_t id = 0, seq = 0;
	size_t part;
	enum err err;

	if (n == 0)
		return ERR_BAD_INPUT;
	do {
		part = n < STORE_CHUNK ? n : STORE_CHUNK;
		err = keep_chunk(st, kind, ref, &id, seq++, part == n, p, part);
		p += part;
		n -= part;
		/* 0: somebody else's was there first. */
	} while (err == ERR_NONE && n > 0 && id != 0);
	return err;
}

/*
 * Keeping a paper that portal-render made, in the store worker.  A call brings
 * one chunk:
 *
 *	u8 kind, i64 what it is of, i64 paper (0 begins one), i64 chunk,
 *	u8 last, blob
 *
 * and is answered with the paper's id, or 0 when the paper exists already and
 * no more need be sent.  Chunks come in order; the last one makes it visible.
 */
#include <sodium.h>
#include <string.h>

#include "data/paper.h"
#include "data/verb_run.h"

enum {
	CHUNKS_MAX = 512,     /* 32 MB */
	STALE_SECONDS = 3600, /* after which one is given up */
};

struct keep {
	int64_t kind, ref, id, seq;
	bool last;
	const void *bytes;
	size_t n;
};

static enum err
keep_read(struct rd *args, struct keep *k)
{
	uint8_t last;

	k->kind = rd_u8(args);
	k->ref = rd_i64(args);
	k->id = rd_i64(args);
	k->seq = rd_i64(args);
	last = rd_u8(args);
	k->last = last == 1;
	k->bytes = rd_blob(args, &k->n);
	if (rd_end(args) != ERR_NONE || last > 1 || k->kind < PAPER_INVOICE ||
	    k->kind >= PAPER_KINDS || (k->id == 0) != (k->seq == 0) ||
	    k->seq < 0 || k->n == 0 || k->n > STORE_CHUNK ||
	    (!k->last && k->n < STORE_CHUNK))
		return ERR_PROTOCOL;
	return k->seq < CHUNKS_MAX ? ERR_NONE : ERR_TOO_BIG;
}

/* One number that a statement of a kind and reference gives. */
static enum err
count(struct store *st, enum sql sql, const struct keep *k, int64_t *n)
{
	struct query q = query_begin(st, sql);

	query_bind_int(&q, k->kind);
	query_bind_int(&q, k->ref);
	while (query_row(&q))
		*n = col_int(&q, 0);
	return query_end(&q);
}

/* Drops what is unfinished: one by its id, and all begun before. */
static enum err
drop(struct store *st, int64_t id, int64_t before)
{
	static const enum sql steps[] = {SQL_PAPER_CHUNKS_DROP, SQL_PAPER_DROP};
	struct query q;
	enum err err;

	for (size_t i = 0; i < 2; i++) {
		q = query_begin(st, steps[i]);
		query_bind_int(&q, id);
		query_bind_int(&q, before);
		if ((err = query_run(&q, NULL)) != ERR_NONE)
			return err;
	}
	return ERR_NONE;
}

static enum err
begin(struct store *st, struct keep *k)
{
	int64_t now = clock_now(store_clock(st)), wanted = 0;
	struct query q;
	enum err err;

	if ((err = count(st, SQL_PAPER_WANTED, k, &wanted)) != ERR_NONE)
		return err;
	if (wanted == 0)
		return ERR_NOT_FOUND;
	if ((err = drop(st, 0, now - STALE_SECONDS)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_PAPER_BEGIN);
	query_bind_int(&q, k->kind);
	query_bind_int(&q, k->ref);
	query_bind_int(&q, now);
	while (query_row(&q))
		k->id = col_int(&q, 0);
	return query_end(&q);
}

/* Is this the next chunk of a paper that was begun so? */
static enum err
resume(struct store *st, const struct keep *k)
{
	struct query q = query_begin(st, SQL_PAPER_BEGUN);
	bool fits = false;
	enum err err;

	query_bind_int(&q, k->id);
	while (query_row(&q))
		fits = col_int(&q, 0) == k->kind && col_int(&q, 1) == k->ref &&
		       col_int(&q, 2) == k->seq * STORE_CHUNK;
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return fits ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err
append(struct store *st, const struct keep *k)
{
	struct query q = query_begin(st, SQL_PAPER_CHUNK_INSERT);
	enum err err;

	query_bind_int(&q, k->id);
	query_bind_int(&q, k->seq);
	query_bind_bytes(&q, k->bytes, k->n);
	if ((err = query_run(&q, NULL)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_PAPER_GROW);
	query_bind_int(&q, k->id);
	query_bind_int(&q, k->seq * STORE_CHUNK + (int64_t)k->n);
	return query_run(&q, NULL);
}

/* The hash of what is stored, whatever was sent. */
static enum err
hash(struct store *st, const struct keep *k, char hex[65])
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;
	struct query q;
	const void *p;
	size_t n;
	enum err err;

	crypto_hash_sha256_init(&state);
	for (int64_t seq = 0; seq <= k->seq; seq++) {
		q = query_begin(st, SQL_PAPER_CHUNK);
		query_bind_int(&q, k->id);
		query_bind_int(&q, seq);
		while (query_row(&q)) {
			p = col_bytes(&q, 0, &n);
			crypto_hash_sha256_update(&state, p, n);
		}
		if ((err = query_end(&q)) != ERR_NONE)
			return err;
	}
	crypto_hash_sha256_final(&state, digest);
	sodium_bin2hex(hex, 65, digest, sizeof(digest));
	return ERR_NONE;
}

static enum err
finish(struct store *st, const struct keep *k)
{
	struct query q;
	char hex[65];
	enum err err;

	if ((err = hash(st, k, hex)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_PAPER_END);
	query_bind_int(&q, k->id);
	query_bind_text(&q, hex);
	query_bind_int(&q, clock_now(store_clock(st)));
	return query_run(&q, NULL);
}

enum err
verb_paper_keep(struct store *st, struct rd *args, struct buf *reply)
{
	struct keep k;
	int64_t made = 0;
	enum err err;

	if ((err = keep_read(args, &k)) != ERR_NONE ||
	    (err = count(st, SQL_PAPER_MADE, &k, &made)) != ERR_NONE)
		return err;
	if (made > 0) {
		buf_put_i64(reply, 0);
		return k.id != 0 ? drop(st, k.id, 0) : ERR_NONE;
	}
	if ((err = k.id == 0 ? begin(st, &k) : resume(st, &k)) != ERR_NONE ||
	    (err = append(st, &k)) != ERR_NONE)
		return err;
	if (k.last && (err = finish(st, &k)) != ERR_NONE)
		return err;
	buf_put_i64(reply, k.id);
	return ERR_NONE;
}

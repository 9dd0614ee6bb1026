/*
 * Papers: PDFs made when first wanted, whose bytes and hash then never change.
 */
#ifndef DATA_PAPER_H
#define DATA_PAPER_H

#include "data/store.h"

enum paper_kind {
	PAPER_INVOICE = 1,
	PAPER_RECEIPT,
	PAPER_PROFORMA,
	PAPER_CREDIT_NOTE,
	PAPER_KINDS, /* from 1 on; as the store knows them */
};

struct paper {
	int64_t id;  /* 0: not made yet */
	int64_t ref; /* invoice, payment or document id */
	enum paper_kind kind;
	char number[33]; /* INV-…, RCP-…, … : the file is NUMBER.pdf */
	int64_t at;      /* issued or paid, an instant: the file's time */
	int64_t size;    /* 0 until made */
	char sha256[65];
};

/* One row for each that was issued, oldest first, made or not.  *out
 * is malloc'ed. */
enum err paper_list(
    struct store *st, enum paper_kind kind, struct paper **out, size_t *n);
/* By number; ERR_NOT_FOUND for unknown and for others' alike. */
enum err paper_find(struct store *st, enum paper_kind kind, const char *number,
    struct paper *out);
/* Has it made if it is not (waits), and fills id, size, sha256. */
enum err paper_ensure(struct store *st, struct paper *p);
/* Has all missing ones of a kind made, in one go. */
enum err paper_ensure_all(struct store *st, enum paper_kind kind);
/* Chunk seq (offset seq * STORE_CHUNK) appended to out. */
enum err paper_read(struct store *st, int64_t id, int64_t seq, struct buf *out);

/*
 * portal-render keeps what it made: begin, add chunks, end.  The first one to
 * end wins; a second is dropped without error and changes nothing.  All in one
 * verb call per paper when it fits a message, else in several that become
 * visible at the last.
 */
enum err paper_keep(struct store *st, enum paper_kind kind, int64_t ref,
    const void *bytes, size_t n);

#endif

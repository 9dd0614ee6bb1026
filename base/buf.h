/*
 * A bounded growable byte buffer, and a cursor that reads one.  Both keep the
 * first error and ignore what follows, so that a run of calls is checked once.
 * Integers are little-endian; strings and blobs are a u32 length and bytes.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct buf {
	unsigned char *data;
	size_t len;
	size_t cap;
	size_t max; /* never grows past this many bytes: ERR_TOO_BIG */
	enum err err;
};

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
/* Overwrites the contents before freeing: for secrets. */
void buf_wipe(struct buf *b);
/* Empties, keeps the memory, forgets the error. */
void buf_reset(struct buf *b);
/* Back to the first n bytes, of at least as many, and no error. */
void buf_cut(struct buf *b, size_t n);
/* Drops n bytes from the front. */
void buf_consume(struct buf *b, size_t n);
/* Room for n more bytes at data + len (caller adds to len), or NULL. */
unsigned char *buf_reserve(struct buf *b, size_t n);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap);
/* The contents as a string; adds a NUL past len.  Never NULL. */
const char *buf_str(struct buf *b);

void buf_put_u8(struct buf *b, uint8_t v);
void buf_put_u32(struct buf *b, uint32_t v);
void buf_put_i64(struct buf *b, int64_t v);
void buf_put_blob(struct buf *b, const void *p, size_t n);
void buf_put_str(struct buf *b, const char *s); /* NULL counts as "" */

struct rd {
	const unsigned char *p;
	size_t left;
	enum err err; /* ERR_PROTOCOL once something did not fit */
};

struct rd rd_init(const void *p, size_t n);
struct rd rd_buf(const struct buf *b);
uint8_t rd_u8(struct rd *r);
uint32_t rd_u32(struct rd *r);
int64_t rd_i64(struct rd *r);
/* Borrowed from the buffer; length in *n.  NULL on error. */
const void *rd_blob(struct rd *r, size_t *n);
/*
 * Copies a string into dst, always terminated.  An embedded NUL or more than
 * size - 1 bytes is an error, never a cut.
 */
void rd_str(struct rd *r, char *dst, size_t size);
/* ERR_PROTOCOL unless everything was read and no error stuck. */
enum err rd_end(const struct rd *r);

#endif

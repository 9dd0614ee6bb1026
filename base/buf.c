/*
 * The buffer and the cursor.  One spare byte is always kept past the contents,
 * so that buf_str() cannot fail.  Memory that is outgrown is overwritten, so
 * that a secret leaves no copies behind.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 64 };

static void
buf_fail(struct buf *b, enum err err)
{
	if (b->err == ERR_NONE)
		b->err = err;
}

static void
buf_free(struct buf *b, bool wipe)
{
	if (wipe && b->data != NULL)
		explicit_bzero(b->data, b->cap);
	free(b->data);
	b->data = NULL;
	b->len = 0;
	b->cap = 0;
	b->err = ERR_NONE;
}

void
buf_init(struct buf *b, size_t max)
{
	/* The spare byte must not overflow the sum. */
	*b = (struct buf) {.max = max < SIZE_MAX / 2 ? max : SIZE_MAX / 2};
}

void
buf_release(struct buf *b)
{
	buf_free(b, false);
}

void
buf_wipe(struct buf *b)
{
	buf_free(b, true);
}

void
buf_reset(struct buf *b)
{
	buf_cut(b, 0);
}

void
buf_cut(struct buf *b, size_t n)
{
	b->len = n;
	b->err = ERR_NONE;
}

void
buf_consume(struct buf *b, size_t n)
{
	if (n > b->len)
		n = b->len;
	if (n == 0)
		return;
	memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
}

/* Not realloc(): it would leave the old bytes in freed memory. */
static bool
buf_grow(struct buf *b, size_t need)
{
	size_t cap = b->cap > 0 ? b->cap : BUF_FIRST;
	unsigned char *data;

	while (cap < need)
		cap *= 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	if ((data = malloc(cap)) == NULL) {
		buf_fail(b, ERR_NOMEM);
		return false;
	}
	if (b->data != NULL) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	b->data = data;
	b->cap = cap;
	return true;
}

unsigned char *
buf_reserve(struct buf *b, size_t n)
{
	if (b->err != ERR_NONE)
		return NULL;
	if (b->len > b->max || n > b->max - b->len) {
		buf_fail(b, ERR_TOO_BIG);
		return NULL;
	}
	if (b->len + n + 1 > b->cap && !buf_grow(b, b->len + n + 1))
		return NULL;
	return b->data + b->len;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	unsigned char *dst;

	if (n == 0 || (dst = buf_reserve(b, n)) == NULL)
		return;
	memcpy(dst, p, n);
	b->len += n;
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void
buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	unsigned char *dst;
	va_list again;
	size_t room;
	int n;

	if ((dst = buf_reserve(b, 0)) == NULL)
		return;
	room = b->cap - b->len;
	va_copy(again, ap);
	n = vsnprintf((char *)dst, room, fmt, again);
	va_end(again);
	if (n < 0) {
		buf_fail(b, ERR_INTERNAL);
		return;
	}
	if ((dst = buf_reserve(b, (size_t)n)) == NULL)
		return;
	if ((size_t)n >= room)
		vsnprintf((char *)dst, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

const char *
buf_str(struct buf *b)
{
	if (b->data == NULL)
		return "";
	b->data[b->len] = '\0';
	return (const char *)b->data;
}

static void
buf_put_int(struct buf *b, uint64_t v, size_t size)
{
	unsigned char bytes[8];
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = (unsigned char)(v >> (8 * i));
	buf_add(b, bytes, size);
}

void
buf_put_u8(struct buf *b, uint8_t v)
{
	buf_put_int(b, v, 1);
}

void
buf_put_u32(struct buf *b, uint32_t v)
{
	buf_put_int(b, v, 4);
}

void
buf_put_i64(struct buf *b, int64_t v)
{
	buf_put_int(b, (uint64_t)v, 8);
}

void
buf_put_blob(struct buf *b, const void *p, size_t n)
{
	if (n > UINT32_MAX) {
		buf_fail(b, ERR_TOO_BIG);
		return;
	}
	buf_put_u32(b, (uint32_t)n);
	buf_add(b, p, n);
}

void
buf_put_str(struct buf *b, const char *s)
{
	buf_put_blob(b, s, s != NULL ? strlen(s) : 0);
}

struct rd
rd_init(const void *p, size_t n)
{
	return (struct rd) {.p = p, .left = n};
}

struct rd
rd_buf(const struct buf *b)
{
	return rd_init(b->data, b->len);
}

/* The next n bytes, or NULL: then the error sticks. */
static const unsigned char *
rd_take(struct rd *r, size_t n)
{
	const unsigned char *p = r->p;

	if (r->err != ERR_NONE || n > r->left) {
		r->err = ERR_PROTOCOL;
		return NULL;
	}
	/* An empty reader may stand on NULL, which must not be added to. */
	if (n > 0)
		r->p += n;
	r->left -= n;
	return p;
}

static uint64_t
rd_int(struct rd *r, size_t size)
{
	const unsigned char *p = rd_take(r, size);
	uint64_t v = 0;

	if (p == NULL)
		return 0;
	while (size-- > 0)
		v = v << 8 | p[size];
	return v;
}

uint8_t
rd_u8(struct rd *r)
{
	return (uint8_t)rd_int(r, 1);
}

uint32_t
rd_u32(struct rd *r)
{
	return (uint32_t)rd_int(r, 4);
}

int64_t
rd_i64(struct rd *r)
{
	return (int64_t)rd_int(r, 8);
}

const void *
rd_blob(struct rd *r, size_t *n)
{
	size_t len = rd_u32(r);
	const unsigned char *p = rd_take(r, len);

	*n = p != NULL ? len : 0;
	return p;
}

void
rd_str(struct rd *r, char *dst, size_t size)
{
	const char *p;
	size_t n;

	assert(size > 0);
	dst[0] = '\0';
	if ((p = rd_blob(r, &n)) == NULL)
		return;
	if (n >= size || memchr(p, '\0', n) != NULL) {
		r->err = ERR_PROTOCOL;
		return;
	}
	memcpy(dst, p, n);
	dst[n] = '\0';
}

enum err
rd_end(const struct rd *r)
{
	return r->err == ERR_NONE && r->left == 0 ? ERR_NONE : ERR_PROTOCOL;
}

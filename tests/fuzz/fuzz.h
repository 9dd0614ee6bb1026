/*
 * What every fuzz target shares: taking an input apart, and what must hold.
 * A target is an LLVMFuzzerTestOneInput(); tests/fuzz/run.sh builds and runs
 * them.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define REQUIRE(what)                                                          \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "SUMMARY: %s:%d: not so: %s\n",        \
			    __FILE__, __LINE__, #what);                        \
			abort();                                               \
		}                                                              \
	} while (0)

/* What is left of an input; past its end everything is 0 and empty. */
struct feed {
	const uint8_t *p;
	size_t left;
};

static inline uint64_t
feed_int(struct feed *f, size_t bytes)
{
	uint64_t v = 0;

	for (; bytes > 0; bytes--) {
		v = v << 8 | (f->left > 0 ? *f->p : 0);
		if (f->left > 0) {
			f->p++;
			f->left--;
		}
	}
	return v;
}

/* A block with its length before it, in memory of just that size. */
static inline uint8_t *
feed_block(struct feed *f, size_t *n)
{
	size_t want = (size_t)feed_int(f, 1);
	uint8_t *p;

	/* Long ones are rarer, but needed to reach the limits. */
	if (want == 255)
		want = (size_t)feed_int(f, 2);
	*n = want < f->left ? want : f->left;
	p = malloc(*n > 0 ? *n : 1);
	REQUIRE(p != NULL);
	memcpy(p, f->p, *n);
	f->p += *n;
	f->left -= *n;
	return p;
}

/* Bytes as a string, up to their first NUL, in memory of just that size. */
static inline char *
string_of(const uint8_t *p, size_t n)
{
	char *s;

	n = n > 0 ? strnlen((const char *)p, n) : 0;
	s = malloc(n + 1);
	REQUIRE(s != NULL);
	memcpy(s, p, n);
	s[n] = '\0';
	return s;
}

static inline char *
feed_string(struct feed *f)
{
	size_t n;
	uint8_t *p = feed_block(f, &n);
	char *s = string_of(p, n);

	free(p);
	return s;
}

#endif

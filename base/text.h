/*
 * Text from outside, made safe to store and to draw.  Everything is UTF-8.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum text_flags {
	TEXT_LINE = 0,  /* one line: newlines and tabs become spaces */
	TEXT_LINES = 1, /* \n kept, tabs become spaces, \r dropped */
};

/*
 * Copies src (n bytes, need not be terminated) without what could harm a
 * terminal or a reader: C0, DEL, C1, bidi controls (U+061C, 200E-F, 202A-E,
 * 2066-9), zero-width and invisible characters (200B-D, 2060-4, FEFF, 00AD,
 * 180E, E0000-E007F, variation selectors and the rest of what Unicode calls
 * default ignorable), line/paragraph separators, noncharacters, surrogates; a
 * bad byte becomes U+FFFD.  At most 4 combining marks follow a base; one
 * without a base is dropped.
 * Always terminates.  ERR_TOO_BIG if it did not fit: dst then holds the
 * longest whole-character prefix.
 */
enum err text_clean(
    char *dst, size_t size, const char *src, size_t n, enum text_flags flags);
/* text_clean() of a C string into itself (never grows but for U+FFFD, which
 * it writes as '?'). */
void text_clean_self(char *s, enum text_flags flags);
/* Would text_clean leave it as it is, and is it valid UTF-8? */
bool text_is_clean(const char *s, enum text_flags flags);

/* Columns on a terminal; 0 for combining marks, 2 for wide characters. */
size_t text_width(const char *s);
/* The next character: bytes it takes (with its combining marks), its columns
 * in *width.  0 at the end.  A bad byte is one byte of width 1. */
size_t text_next(const char *s, int *width);
/* Copies as much as fits into columns, in whole characters; a cut ends in "~"
 * (ASCII, one column).
 */
void text_cut(char *dst, size_t size, const char *s, size_t columns);
/*
 * Greedy wrapping.  Gives the byte length of the next line of s for the given
 * columns (>= 2) and, in *skip, how many more bytes (a space or \n) to pass.
 * Both 0 at the end.
 */
size_t text_wrap(const char *s, size_t columns, size_t *skip);

/* For search: lower case, Latin letters without marks, blanks squeezed. */
void text_fold(char *dst, size_t size, const char *src);

/* Of ASCII letters alone, whatever the locale: toupper() leaves the "i" of
 * "inr" as it is in a Turkish one.  For codes, not for what people read. */
char text_upper(char c);
char text_lower(char c);

/* Rough syntax check: one @, no blanks or control, 3..254 bytes. */
bool text_is_email(const char *s);
/* [A-Za-z0-9._+-]{1,32}: what may be passed on as TERM. */
bool text_is_term(const char *s);

#endif

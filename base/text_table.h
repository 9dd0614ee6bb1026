/*
 * What text.c needs to know about single code points, whatever the locale.
 */
#ifndef BASE_TEXT_TABLE_H
#define BASE_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stands for a byte that is not UTF-8. */
#define RUNE_BAD UINT32_MAX

/*
 * Decodes the code point at s, of which n >= 1 bytes may be read; gives the
 * bytes it takes.  A bad byte is RUNE_BAD and takes one.  Surrogates are
 * decoded, so that they can be dropped whole.
 */
size_t rune_get(const char *s, size_t n, uint32_t *c);
/* Encodes a code point; gives its bytes, 1 to 4. */
size_t rune_put(char dst[4], uint32_t c);

/* Controls, bidi controls, invisible characters, noncharacters, surrogates:
 * what no stored text may hold. */
bool rune_is_hidden(uint32_t c);
/* Drawn into the cell of the character before it. */
bool rune_is_mark(uint32_t c);
/* Any space, but not a tab or newline. */
bool rune_is_blank(uint32_t c);
/* Columns: 0, 1 or 2; controls count as 1, for whoever draws a stand-in. */
int rune_width(uint32_t c);

#endif

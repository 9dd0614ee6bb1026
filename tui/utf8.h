/* One code point at a time, independent of the locale. */
#ifndef TUI_UTF8_H
#define TUI_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_MAX = 4 };

/* Bytes taken and the code point; 0 where the n bytes at s do not begin with a
 * whole, shortest-form, non-surrogate character. */
size_t utf8_get(const char *s, size_t n, uint32_t *cp);
/* Bytes a character that begins with this byte takes; 0: it cannot begin one.
 */
size_t utf8_need(unsigned char first);
/* Writes no terminator.  0 for what is no code point. */
size_t utf8_put(char dst[UTF8_MAX], uint32_t cp);

#endif

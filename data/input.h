/*
 * What people typed, on its way into the store: cleaned, trimmed, and refused
 * with a reason when it does not fit.
 */
#ifndef DATA_INPUT_H
#define DATA_INPUT_H

#include "data/store.h"

/*
 * Cleaned and trimmed copies.  ERR_BAD_INPUT, with a problem at field, when it
 * is longer than dst; dst is then unspecified.
 */
enum err input_line(struct store *st, const char *field, char *dst, size_t size,
    const char *src);
enum err input_lines(struct store *st, const char *field, char *dst,
    size_t size, const char *src);
/* An input_line() that may not be empty. */
enum err input_needed(struct store *st, const char *field, char *dst,
    size_t size, const char *src);
/* An e-mail address.  One with bytes that cannot be seen is refused: without
 * them it would be somebody else's. */
enum err input_email(struct store *st, const char *field, char *dst,
    size_t size, const char *src);
/* One of the words; the problem then lists them. */
enum err input_word(struct store *st, const char *field, const char *word,
    const char *const *words, size_t n);
/* "" or two capital letters; small ones are made capital. */
enum err input_country(
    struct store *st, const char *field, char dst[3], const char *src);

#define INPUT_WORD(st, field, word, words)                                     \
	input_word(st, field, word, words, sizeof(words) / sizeof(*(words)))

#endif

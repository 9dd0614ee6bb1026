/* A client's command string, split into words. */
#ifndef SSHD_CMD_WORDS_H
#define SSHD_CMD_WORDS_H

#include <stddef.h>

#include "base/err.h"

enum { WORDS_MAX = 32, WORDS_BYTES = 4096 };

struct words {
	const char *v[WORDS_MAX + 1]; /* into bytes; NULL ends them */
	size_t n;
	char bytes[WORDS_BYTES];
};

/*
 * Splits as a shell would: blanks part words; '…', "…" and \ keep them
 * together.  Nothing is expanded, and no other character is special.  Every
 * word comes out clean (text_clean).  ERR_BAD_INPUT: a quote is open.
 * ERR_TOO_BIG: too many words or bytes.
 */
enum err words_split(struct words *out, const char *line);

#endif

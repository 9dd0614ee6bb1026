/*
 * Splits a command string into words, quotes as in a shell, no expansion.
 */
#include "sshd/cmd/words.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Does a backslash inside "…" take the next character as it is? */
static bool
escapes_in_quotes(char c)
{
	return c == '"' || c == '\\' || c == '$' || c == '`';
}

/* One word from s into dst; gives where it ended, NULL when a quote is open. */
static const char *
word_take(const char *s, char *dst)
{
	char quote = '\0';

	for (; *s != '\0' && (quote != '\0' || !is_blank(*s)); s++) {
		if (quote == '\0' && (*s == '\'' || *s == '"')) {
			quote = *s;
		} else if (*s == quote) {
			quote = '\0';
		} else if (*s == '\\' && quote != '\'' && s[1] != '\0' &&
			   (quote == '\0' || escapes_in_quotes(s[1]))) {
			*dst++ = *++s;
		} else {
			*dst++ = *s;
		}
	}
	*dst = '\0';
	return quote == '\0' ? s : NULL;
}

enum err
words_split(struct words *out, const char *line)
{
	struct words w = {.n = 0};
	char *dst = w.bytes;
	size_t i;

	if (strlen(line) >= sizeof(w.bytes))
		return ERR_TOO_BIG;
	for (;;) {
		while (is_blank(*line))
			line++;
		if (*line == '\0')
			break;
		if (w.n == WORDS_MAX)
			return ERR_TOO_BIG;
		w.v[w.n++] = dst;
		if ((line = word_take(line, dst)) == NULL)
			return ERR_BAD_INPUT;
		text_clean_self(dst, TEXT_LINE);
		dst += strlen(dst) + 1;
	}
	*out = w;
	for (i = 0; i < w.n; i++)
		out->v[i] = out->bytes + (w.v[i] - w.bytes);
	return ERR_NONE;
}

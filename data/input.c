/* Input fields.  Knows no noun. */
#include "data/input.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

static void
trim(char *s)
{
	size_t n = strlen(s), lead = strspn(s, " \n");

	while (n > lead && (s[n - 1] == ' ' || s[n - 1] == '\n'))
		n--;
	memmove(s, s + lead, n - lead);
	s[n - lead] = '\0';
}

static enum err
clean(struct store *st, const char *field, char *dst, size_t size,
    const char *src, enum text_flags flags)
{
	enum err err = text_clean(dst, size, src, strlen(src), flags);

	if (err == ERR_TOO_BIG)
		return store_refuse(st, field, N_("That is too long."));
	if (err == ERR_NONE)
		trim(dst);
	return err;
}

enum err
input_line(struct store *st, const char *field, char *dst, size_t size,
    const char *src)
{
	return clean(st, field, dst, size, src, TEXT_LINE);
}

enum err
input_lines(struct store *st, const char *field, char *dst, size_t size,
    const char *src)
{
	return clean(st, field, dst, size, src, TEXT_LINES);
}

enum err
input_needed(struct store *st, const char *field, char *dst, size_t size,
    const char *src)
{
	enum err err = input_line(st, field, dst, size, src);

	if (err == ERR_NONE && dst[0] == '\0')
		return store_refuse(st, field, N_("Please fill this in."));
	return err;
}

enum err
input_email(struct store *st, const char *field, char *dst, size_t size,
    const char *src)
{
	enum err err = input_line(st, field, dst, size, src);

	if (err == ERR_NONE &&
	    (!text_is_clean(src, TEXT_LINE) || !text_is_email(dst)))
		return store_refuse(
		    st, field, N_("That is not an e-mail address."));
	return err;
}

enum err
input_word(struct store *st, const char *field, const char *word,
    const char *const *words, size_t n)
{
	char text[160] = "";
	size_t used = 0;

	for (size_t i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return ERR_NONE;
	for (size_t i = 0; i < n && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%s%s", i == 0 ? "One of: " : ", ", words[i]);
	return store_refuse(st, field, text);
}

enum err
input_country(struct store *st, const char *field, char dst[3], const char *src)
{
	char line[16];
	enum err err = input_line(st, field, line, sizeof(line), src);

	if (err != ERR_NONE)
		return err;
	for (char *p = line; *p != '\0'; p++)
		*p = text_upper(*p);
	if (line[0] != '\0' &&
	    (strlen(line) != 2 || line[0] < 'A' || line[0] > 'Z' ||
		line[1] < 'A' || line[1] > 'Z'))
		return store_refuse(
		    st, field, N_("A country has two letters, such as DE."));
	memcpy(dst, line, 3);
	return ERR_NONE;
}

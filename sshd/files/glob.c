/*
 * Splitting a command line into words, and wildcards.
 */
#include "sshd/files/glob.h"

#include <stdlib.h>
#include <string.h>

static const char wild[] = "*?[]\\";

/* Where a word is being written. */
struct splitter {
	const char *p;
	char *out;
	bool open; /* a word has begun, be it empty */
};

static void
put_quoted(struct splitter *s, char c)
{
	if (strchr(wild, c) != NULL)
		*s->out++ = '\\';
	*s->out++ = c;
}

/* After the opening quote; false if there is no closing one. */
static bool
split_quoted(struct splitter *s, char quote)
{
	for (; *s->p != quote; s->p++) {
		if (*s->p == '\0')
			return false;
		if (quote == '"' && *s->p == '\\' && s->p[1] != '\0' &&
		    strchr("\\\"$`", s->p[1]) != NULL)
			s->p++;
		put_quoted(s, *s->p);
	}
	s->p++;
	return true;
}

/* One step; false at an open quote or a lone backslash at the end. */
static bool
split_step(struct splitter *s)
{
	char c = *s->p++;

	if (c == '\'' || c == '"')
		return split_quoted(s, c);
	if (c != '\\') {
		*s->out++ = c;
		return true;
	}
	if (*s->p == '\0')
		return false;
	put_quoted(s, *s->p++);
	return true;
}

enum err
glob_split(struct glob_words *out, const char *line)
{
	struct glob_words w = {.n = 0};
	struct splitter s = {.p = line};
	enum err err = ERR_NONE;
	size_t len = strlen(line);

	if (len > GLOB_TEXT)
		return ERR_TOO_BIG;
	/* Each byte may gain a backslash, each word a NUL. */
	if ((w.text = malloc(3 * len + 1)) == NULL)
		return ERR_NOMEM;
	s.out = w.text;
	for (;;) {
		s.p += strspn(s.p, " \t");
		if (*s.p == '\0')
			break;
		if (w.n == GLOB_WORDS) {
			err = ERR_TOO_BIG;
			goto fail;
		}
		w.word[w.n++] = s.out;
		while (*s.p != '\0' && *s.p != ' ' && *s.p != '\t')
			if (!split_step(&s)) {
				err = ERR_BAD_INPUT;
				goto fail;
			}
		*s.out++ = '\0';
	}
	*out = w;
	return ERR_NONE;
fail:
	free(w.text);
	return err;
}

void
glob_words_release(struct glob_words *w)
{
	free(w->text);
	w->text = NULL;
	w->n = 0;
}

bool
glob_is_pattern(const char *word)
{
	for (; *word != '\0'; word++) {
		if (*word == '\\' && word[1] != '\0')
			word++;
		else if (*word == '*' || *word == '?' || *word == '[')
			return true;
	}
	return false;
}

void
glob_literal(char *dst, const char *word)
{
	for (; *word != '\0'; word++) {
		if (*word == '\\' && word[1] != '\0')
			word++;
		*dst++ = *word;
	}
	*dst = '\0';
}

/* One character, with its continuation bytes. */
static const char *
next_char(const char *s)
{
	do
		s++;
	while (((unsigned char)*s & 0xc0) == 0x80);
	return s;
}

/* The character (or byte) of a set, unquoted; NULL at the pattern's end. */
static const char *
set_char(const char *p, unsigned char *c)
{
	if (*p == '\\')
		p++;
	if (*p == '\0')
		return NULL;
	*c = (unsigned char)*p;
	return p + 1;
}

/*
 * A set after its '[': *end is past its ']'.  Without one the '[' stands for
 * itself and *end is NULL.  Sets know single bytes only.
 */
static bool
match_set(const char *p, unsigned char c, const char **end)
{
	bool negated = *p == '!' || *p == '^', hit = false, first = true;
	unsigned char from, to;

	*end = NULL;
	for (p += negated; first || *p != ']'; first = false) {
		if ((p = set_char(p, &from)) == NULL)
			return false;
		to = from;
		if (p[0] == '-' && p[1] != ']' &&
		    (p = set_char(p + 1, &to)) == NULL)
			return false;
		if (*p == '\0')
			return false;
		hit = hit || (from <= c && c <= to);
	}
	*end = p + 1;
	return hit != negated;
}

/* Matches what stands at p (not a star); moves both on. */
static bool
match_one(const char **p, const char **name)
{
	const char *end;

	if (**name == '\0')
		return false;
	if (**p == '?') {
		++*p;
		*name = next_char(*name);
		return true;
	}
	if (**p == '[') {
		bool hit = match_set(*p + 1, (unsigned char)**name, &end);

		if (end != NULL) {
			*p = end;
			++*name;
			return hit;
		}
	}
	if (**p == '\\' && (*p)[1] != '\0')
		++*p;
	if (**p != **name)
		return false;
	++*p;
	++*name;
	return true;
}

bool
glob_match(const char *pattern, const char *name)
{
	const char *p = pattern, *after_star = NULL, *retry = NULL;

	/* Going back to the last star is enough: time is quadratic at worst. */
	while (*name != '\0' || *p != '\0') {
		if (*p == '*') {
			after_star = ++p;
			retry = name;
			continue;
		}
		if (*p != '\0' && match_one(&p, &name))
			continue;
		if (after_star == NULL || *retry == '\0')
			return false;
		p = after_star;
		name = ++retry;
	}
	return true;
}

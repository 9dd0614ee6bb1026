/*
 * Words of a command line as a simple shell would take them apart, and names
 * matched against them.  No variables, no commands, no braces: everything but
 * quotes, blanks and wildcards stands for itself.
 */
#ifndef SSHD_FILES_GLOB_H
#define SSHD_FILES_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { GLOB_WORDS = 256, GLOB_TEXT = 32 * 1024 };

/* In a word a backslash stands before what was quoted and would else be a
 * wildcard or a backslash. */
struct glob_words {
	char *text; /* all words, one after the other */
	const char *word[GLOB_WORDS];
	size_t n;
};

/* ERR_BAD_INPUT: an open quote; ERR_TOO_BIG: beyond the bounds above. */
enum err glob_split(struct glob_words *out, const char *line);
void glob_words_release(struct glob_words *w);

bool glob_is_pattern(const char *word);
/* Drops the backslashes; dst has room for all of word. */
void glob_literal(char *dst, const char *word);
/* One name against one pattern: * ? [a-z] [!a] \x. */
bool glob_match(const char *pattern, const char *name);

#endif

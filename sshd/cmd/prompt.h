/*
 * Asking a person for a line: works on a pipe and on any terminal, watches
 * the store for bad news, and gives up when nobody is there.
 */
#ifndef SSHD_CMD_PROMPT_H
#define SSHD_CMD_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "data/store.h"

enum { PROMPT_LINE = 2048 };

struct prompt {
	int fd;
	FILE *out;
	struct store *st;
	int idle_minutes; /* 0: waits for ever */
	char buf[PROMPT_LINE];
	size_t len;
	bool eof;
	bool cut;         /* ended by the portal, not by the customer */
	const char *text; /* what was asked last */
	bool away;        /* it was said that the database does not answer */
};

/*
 * Flushes out, shows the text and waits for a line, which comes clean
 * (text_clean) and without blanks around it.  False: it is over (end of input,
 * idle too long, access taken away, the portal stops), and that was said.
 * size is PROMPT_LINE at most; a longer line is refused and asked again.
 */
bool prompt_line(struct prompt *p, const char *text, char *dst, size_t size);
/* The bytes as they are, not shown on a terminal.  The caller wipes dst. */
bool prompt_secret(struct prompt *p, const char *text, char *dst, size_t size);
/* Asks until the answer is y or n; Enter is n. */
bool prompt_confirm(struct prompt *p, const char *question, bool *yes);
/* Lines up to one that is only ".": at most size - 1 bytes, no blank lines at
 * the end. */
bool prompt_lines(struct prompt *p, const char *text, char *dst, size_t size);
void prompt_wipe(struct prompt *p);

/* "Error: " and the sentence, on out. */
void prompt_error(struct prompt *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for an error of the store. */
void prompt_fail(struct prompt *p, enum err err);

#endif

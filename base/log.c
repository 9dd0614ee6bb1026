/*
 * Log lines: one write(2) each, so that lines of several processes do not
 * mix.  The name and the limit are the process's, set once when it starts.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"

enum { LOG_TEXT = 1024, LOG_LINE = 4096 };

static const char *log_name = "portal";
static enum log_level log_max = LOG_LVL_INFO;

static const char *const level_names[] = {
    [LOG_LVL_ERROR] = "error",
    [LOG_LVL_WARN] = "warning",
    [LOG_LVL_INFO] = "info",
    [LOG_LVL_DEBUG] = "debug",
};

void
log_open(const char *name, enum log_level max)
{
	log_name = name;
	log_max = max;
}

/*
 * Appends text at line[n].  Printable ASCII stays; of a text that is not clean
 * every other byte is written as \xNN, so that no reader's terminal obeys it.
 */
static size_t
log_escape(char *line, size_t n, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	bool clean = text_is_clean(text, TEXT_LINE);
	const unsigned char *p;

	for (p = (const unsigned char *)text; *p != '\0'; p++) {
		if (clean || (*p >= 0x20 && *p < 0x7f)) {
			line[n++] = (char)*p;
			continue;
		}
		line[n++] = '\\';
		line[n++] = 'x';
		line[n++] = hex[*p >> 4];
		line[n++] = hex[*p & 15];
	}
	return n;
}

void
log_msg(enum log_level level, const char *fmt, ...)
{
	/* The head is short and each byte of text gives at most four. */
	char text[LOG_TEXT - 128], line[LOG_LINE];
	int saved = errno, head;
	ssize_t ignored;
	va_list ap;
	size_t n;

	if (level > log_max)
		return;
	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);

	head = snprintf(line, 128, "%.64s[%ld]: %s: ", log_name, (long)getpid(),
	    level_names[level]);
	n = head > 0 ? (size_t)head : 0;
	n = log_escape(line, n, text);
	line[n++] = '\n';
	/* A log that cannot be written has nowhere to complain. */
	ignored = write(STDERR_FILENO, line, n);
	(void)ignored;
	errno = saved;
}

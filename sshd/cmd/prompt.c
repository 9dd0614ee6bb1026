/*
 * Lines from a person: reading, waiting, hiding, confirming.
 */
#include "sshd/cmd/prompt.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"

void
prompt_error(struct prompt *p, const char *fmt, ...)
{
	va_list ap;

	fputs(_("Error: "), p->out);
	va_start(ap, fmt);
	vfprintf(p->out, fmt, ap);
	va_end(ap);
	fputc('\n', p->out);
}

void
prompt_fail(struct prompt *p, enum err err)
{
	const struct problem *problem = store_problem(p->st);

	if (err == ERR_BAD_INPUT && problem->text[0] != '\0')
		prompt_error(p, "%s", _(problem->text));
	else
		prompt_error(p, "%s", err_text(err));
}

void
prompt_wipe(struct prompt *p)
{
	explicit_bzero(p->buf, sizeof(p->buf));
	p->len = 0;
}

static bool
cut(struct prompt *p, const char *why)
{
	p->cut = true;
	fprintf(p->out, "\n%s\n", why);
	return false;
}

/* In between, and what was asked again behind it. */
static void
tell(struct prompt *p, const char *sentence)
{
	fprintf(p->out, "\n%s\n%s", sentence, p->text);
	fflush(p->out);
}

static void
tell_turn(struct prompt *p, bool away)
{
	if (away && !p->away)
		tell(p, _("The portal's database does not answer. Waiting for "
			  "it."));
	else if (!away && p->away)
		tell(p, _("The portal's database answers again."));
	p->away = away;
}

/* Takes what the store says; false after telling why it is over. */
static bool
notes_take(struct prompt *p)
{
	struct note note;
	bool got = true;

	while (got) {
		if (store_note(p->st, &note, &got) != ERR_NONE)
			return cut(p, _("The portal restarts. Please log in "
					"again in a moment."));
		if (got && note.type == NOTE_SHUTDOWN)
			return cut(p, _("The portal is stopping. Please log "
					"in again in a moment."));
		if (got && note.type == NOTE_DISABLED)
			return cut(p, _("You were logged out from elsewhere: "
					"by a new password, or by your "
					"provider."));
		if (got && (note.type == NOTE_AWAY || note.type == NOTE_BACK))
			tell_turn(p, note.type == NOTE_AWAY);
	}
	return true;
}

/* Waits until there are bytes (or an end) to read. */
static bool
input_wait(struct prompt *p)
{
	int64_t end = clock_mono_ms() + (int64_t)p->idle_minutes * 60000, left;
	struct pollfd fds[2] = {
	    {.fd = p->fd, .events = POLLIN},
	    {.fd = store_fd(p->st), .events = POLLIN},
	};
	int n;

	for (;;) {
		/* Some may have come with an answer. */
		if (!notes_take(p))
			return false;
		left = p->idle_minutes == 0 ? -1 : end - clock_mono_ms();
		if (p->idle_minutes != 0 && left < 0)
			left = 0;
		n = poll(fds, 2, (int)left);
		if (n == -1 && errno != EINTR)
			return false;
		if (n == 0)
			return cut(
			    p, _("Nothing was typed for a while. Goodbye."));
		if (n > 0 && fds[0].revents != 0)
			return true;
	}
}

static bool
input_read(struct prompt *p)
{
	ssize_t n;

	if (p->eof || !input_wait(p))
		return false;
	do
		n = read(p->fd, p->buf + p->len, sizeof(p->buf) - p->len);
	while (n == -1 && errno == EINTR);
	if (n > 0)
		p->len += (size_t)n;
	else
		p->eof = true;
	return n > 0 || p->len > 0;
}

/* Takes n bytes from the front. */
static void
input_drop(struct prompt *p, size_t n)
{
	memmove(p->buf, p->buf + n, p->len - n);
	explicit_bzero(p->buf + p->len - n, n);
	p->len -= n;
}

/* The length of the line that is complete, without its end, and of that end
 * in *skip; reads as much as that needs.  *full: it had no end in sight. */
static bool
input_line(struct prompt *p, size_t *len, size_t *skip, bool *full)
{
	char *nl;

	*full = false;
	for (;;) {
		if ((nl = memchr(p->buf, '\n', p->len)) != NULL) {
			*len = (size_t)(nl - p->buf);
			*skip = 1;
			break;
		}
		*full = p->len == sizeof(p->buf);
		*skip = 0;
		*len = p->len;
		if (*full || (p->eof && p->len > 0))
			break;
		if (!input_read(p))
			return false;
	}
	if (*len > 0 && p->buf[*len - 1] == '\r') {
		--*len;
		++*skip;
	}
	return true;
}

/* One raw line; too long a one is passed over and *long_line set. */
static bool
input_take(struct prompt *p, char *dst, size_t size, bool *long_line)
{
	size_t len, skip;
	bool full, was_full = false;

	for (;;) {
		if (!input_line(p, &len, &skip, &full))
			return false;
		if (!full)
			break;
		was_full = true;
		input_drop(p, len + skip);
	}
	*long_line = was_full || len >= size;
	if (!*long_line) {
		memcpy(dst, p->buf, len);
		dst[len] = '\0';
		/* A NUL would hide what follows it. */
		*long_line = strlen(dst) != len;
	}
	input_drop(p, len + skip);
	return true;
}

static bool
prompt_raw(struct prompt *p, const char *text, char *dst, size_t size)
{
	bool long_line;

	p->text = text;
	do {
		fputs(text, p->out);
		if (fflush(p->out) != 0 ||
		    !input_take(p, dst, size, &long_line))
			return false;
		if (long_line)
			prompt_error(p, "%s", err_text(ERR_TOO_BIG));
	} while (long_line);
	return true;
}

static void
trim(char *s)
{
	size_t len = strlen(s), skip = strspn(s, " ");

	while (len > skip && s[len - 1] == ' ')
		len--;
	memmove(s, s + skip, len - skip);
	s[len - skip] = '\0';
}

bool
prompt_line(struct prompt *p, const char *text, char *dst, size_t size)
{
	if (!prompt_raw(p, text, dst, size))
		return false;
	text_clean_self(dst, TEXT_LINE);
	trim(dst);
	return true;
}

bool
prompt_secret(struct prompt *p, const char *text, char *dst, size_t size)
{
	struct termios shown, hidden;
	bool tty = tcgetattr(p->fd, &shown) == 0, ok;

	if (tty) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
		hidden.c_lflag |= ECHONL;
		tcsetattr(p->fd, TCSADRAIN, &hidden);
	}
	ok = prompt_raw(p, text, dst, size);
	if (tty)
		tcsetattr(p->fd, TCSADRAIN, &shown);
	return ok;
}

bool
prompt_confirm(struct prompt *p, const char *question, bool *yes)
{
	char text[512], answer[16];

	/* TRANSLATORS: the answers stay y and n */
	snprintf(text, sizeof(text), _("%s y/n "), question);
	for (;;) {
		if (!prompt_line(p, text, answer, sizeof(answer)))
			return false;
		*yes = strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0;
		if (*yes || answer[0] == '\0' || strcmp(answer, "n") == 0 ||
		    strcmp(answer, "N") == 0)
			return true;
		prompt_error(p, "%s", _("Please answer y or n."));
	}
}

bool
prompt_lines(struct prompt *p, const char *text, char *dst, size_t size)
{
	char line[PROMPT_LINE];
	size_t len = 0, n;
	bool full = false;

	fprintf(p->out, "%s\n", text);
	dst[0] = '\0';
	for (;;) {
		if (!prompt_line(p, "", line, sizeof(line)))
			return false;
		if (strcmp(line, ".") == 0)
			break;
		n = strlen(line);
		if (len + n + 2 > size) {
			full = true;
			continue;
		}
		memcpy(dst + len, line, n);
		len += n;
		dst[len++] = '\n';
		dst[len] = '\0';
	}
	while (len > 0 && dst[len - 1] == '\n')
		dst[--len] = '\0';
	if (full) {
		prompt_error(p, "%s", err_text(ERR_TOO_BIG));
		dst[0] = '\0';
	}
	return true;
}

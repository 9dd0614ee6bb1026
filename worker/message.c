/*
 * A mail's bytes.  Texts that are not plain ASCII are encoded words in headers
 * (RFC 2047, Q) and quoted-printable in the body.
 */
#include "worker/message.h"

#include <string.h>
#include <time.h>

enum {
	PLAIN_MAX = 60,  /* of a header's text that stands as it is */
	WORD_MAX = 48,   /* encoded bytes of one encoded word */
	LINE_MAX_QP = 75 /* and "=" */
};

static bool
is_alnum(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static bool
is_printable(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

/* ---- headers ---- */

/* How many bytes the character at s has; a bad one is one. */
static size_t
char_len(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static bool
stands_in_word(unsigned char c)
{
	return is_alnum(c) || c == '!' || c == '*' || c == '+' || c == '-' ||
	       c == '/';
}

static size_t
char_cost(const char *s, size_t n)
{
	return n == 1 && (stands_in_word((unsigned char)*s) || *s == ' ')
		   ? 1
		   : 3 * n;
}

static void
put_word_char(struct buf *out, const char *s, size_t n)
{
	size_t i;

	if (n == 1 && *s == ' ')
		buf_addc(out, '_');
	else if (n == 1 && stands_in_word((unsigned char)*s))
		buf_addc(out, *s);
	else
		for (i = 0; i < n; i++)
			buf_addf(out, "=%02X", (unsigned char)s[i]);
}

/* No character lies in two words. */
static void
put_words(struct buf *out, const char *s)
{
	size_t used = 0, n, cost;

	buf_adds(out, "=?UTF-8?Q?");
	for (; *s != '\0'; s += n, used += cost) {
		n = char_len(s);
		cost = char_cost(s, n);
		if (used > 0 && used + cost > WORD_MAX) {
			buf_adds(out, "?=\r\n =?UTF-8?Q?");
			used = 0;
		}
		put_word_char(out, s, n);
	}
	buf_adds(out, "?=");
}

static bool
stands_as_text(const char *s)
{
	return is_printable(s) && strlen(s) <= PLAIN_MAX &&
	       strstr(s, "=?") == NULL && s[0] != ' ';
}

/* A name before an address: words, else quoted or encoded. */
static void
put_name(struct buf *out, const char *s)
{
	if (!stands_as_text(s)) {
		put_words(out, s);
		return;
	}
	buf_addc(out, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_addc(out, '"');
}

static void
put_subject(struct buf *out, const char *s)
{
	buf_adds(out, "Subject: ");
	if (stands_as_text(s))
		buf_adds(out, s);
	else
		put_words(out, s);
	buf_adds(out, "\r\n");
}

static void
put_date(struct buf *out, int64_t instant)
{
	static const char days[7][4] = {
	    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)instant;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL) {
		out->err = ERR_INTERNAL;
		return;
	}
	buf_addf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* ---- the text ---- */

static bool
stands_in_text(unsigned char c, bool last)
{
	if (c == ' ' || c == '\t')
		return !last; /* some servers drop blanks at the end */
	return c > ' ' && c <= '~' && c != '=';
}

static void
put_line(struct buf *out, const char *s, size_t n)
{
	size_t used = 0, cost, i;
	bool plain;

	for (i = 0; i < n; i++, used += cost) {
		plain = stands_in_text((unsigned char)s[i], i + 1 == n);
		cost = plain ? 1 : 3;
		if (used + cost > LINE_MAX_QP) {
			buf_adds(out, "=\r\n");
			used = 0;
		}
		if (plain)
			buf_addc(out, s[i]);
		else
			buf_addf(out, "=%02X", (unsigned char)s[i]);
	}
	buf_adds(out, "\r\n");
}

static void
put_text(struct buf *out, const char *s)
{
	size_t n;

	for (; *s != '\0'; s += n + (s[n] != '\0')) {
		n = strcspn(s, "\n");
		put_line(out, s, n);
	}
}

void
message_write(struct buf *out, const struct message *m)
{
	const char *at = strrchr(m->from, '@');

	put_date(out, m->date);
	buf_adds(out, "From: ");
	if (m->from_name[0] != '\0') {
		put_name(out, m->from_name);
		buf_adds(out, "\r\n ");
	}
	buf_addf(out, "<%s>\r\nTo: <%s>\r\n", m->from, m->to);
	if (m->reply_to[0] != '\0')
		buf_addf(out, "Reply-To: <%s>\r\n", m->reply_to);
	put_subject(out, m->subject);
	buf_addf(out, "Message-ID: <%s%s>\r\n", m->id, at != NULL ? at : "");
	buf_adds(out, "MIME-Version: 1.0\r\n"
		      "Content-Type: text/plain; charset=UTF-8\r\n"
		      "Content-Transfer-Encoding: quoted-printable\r\n"
		      /* No holiday notes in return (RFC 3834). */
		      "Auto-Submitted: auto-generated\r\n"
		      "\r\n");
	put_text(out, m->text);
}

/*
 * One mail to its server, in a thread that may wait.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "worker/mailer.h"
#include "worker/transfer.h"

enum {
	MAIL_MS = 120 * 1000,
	ANSWER_S = 100, /* for each answer: a server may look at a text long */
	LINE_SAID = 200,
};

struct sending {
	CURL *easy;
	char why[CURL_ERROR_SIZE];
	struct curl_slist *to;
	const struct buf *message;
	size_t sent;
	char
	    said[LINE_SAID]; /* the server's last line that refused something */
};

static size_t
on_read(char *dst, size_t size, size_t n, void *arg)
{
	struct sending *s = arg;
	size_t left = s->message->len - s->sent;

	n *= size;
	n = n < left ? n : left;
	memcpy(dst, s->message->data + s->sent, n);
	s->sent += n;
	return n;
}

static size_t
on_said(char *line, size_t size, size_t n, void *arg)
{
	struct sending *s = arg;

	if (size * n > 0 && (*line == '4' || *line == '5'))
		(void)text_clean(
		    s->said, sizeof(s->said), line, size * n, TEXT_LINE);
	return size * n;
}

/* It is our login that was refused, or that there was none: whoever sets that
 * right wants the mail to go out. */
static bool
is_about_us(long status)
{
	return status == 530 || status == 534 || status == 535 || status == 538;
}

/* For good: this mail, or this address, and nothing before them. */
static bool
was_refused(const struct sending *s, CURLcode code, long status)
{
	if (status < 500 || status > 599 || is_about_us(status))
		return false;
	return code == CURLE_SEND_ERROR || s->sent > 0;
}

static CURLcode
options_set(struct sending *s, const struct smtp_mail *m)
{
	const struct {
		CURLoption option;
		const char *value;
	} texts[] = {
	    {CURLOPT_URL, m->url},
	    {CURLOPT_MAIL_FROM, m->from},
	    {CURLOPT_CAINFO, m->ca_file},
	    {CURLOPT_USERNAME, m->user},
	    {CURLOPT_PASSWORD, m->password},
	};
	CURL *e = s->easy;
	CURLcode code = CURLE_OK;
	size_t i;

	curl_easy_setopt(e, CURLOPT_USE_SSL,
	    (long)(m->tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)ANSWER_S);
	curl_easy_setopt(e, CURLOPT_MAIL_RCPT, s->to);
	curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(e, CURLOPT_READDATA, s);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_said);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, s);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (code == CURLE_OK && texts[i].value[0] != '\0')
			code = curl_easy_setopt(
			    e, texts[i].option, texts[i].value);
	return code;
}

static enum smtp_result
perform(struct sending *s, char said[SMTP_SAID])
{
	CURLcode code = curl_easy_perform(s->easy);
	long status = 0;

	if (code == CURLE_OK)
		return SMTP_SENT;
	if (s->why[0] == '\0')
		snprintf(
		    s->why, sizeof(s->why), "%s", curl_easy_strerror(code));
	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	snprintf(
	    said, SMTP_SAID, status >= 400 ? "%s: %s" : "%s", s->why, s->said);
	return was_refused(s, code, status) ? SMTP_REFUSED : SMTP_LATER;
}

enum smtp_result
smtp_send(struct smtp_mail *m, char said[SMTP_SAID])
{
	struct sending s = {.message = &m->message};
	enum smtp_result result = SMTP_LATER;

	snprintf(said, SMTP_SAID, "%s", "out of memory");
	s.to = curl_slist_append(NULL, m->to);
	if (s.to != NULL &&
	    transfer_easy(&s.easy, s.why, "smtp,smtps", MAIL_MS) == ERR_NONE) {
		if (options_set(&s, m) == CURLE_OK)
			result = perform(&s, said);
		curl_easy_cleanup(s.easy);
	}
	curl_slist_free_all(s.to);
	return result;
}

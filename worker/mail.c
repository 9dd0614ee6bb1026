/*
 * Jobs that send a mail.  The same job always makes the same bytes, so that
 * whoever gets it twice, because an answer was lost, can tell.
 */
#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "data/tenant.h"
#include "worker/message.h"
#include "worker/transfer.h"

enum {
	MAIL_MAX = 64 * 1024,
	MAIL_MS = 120 * 1000,
	/* For each answer.  libcurl blocks the process while it waits for the
	 * one to the text, so not the minutes that RFC 5321 allows. */
	ANSWER_S = 10,
	SAID_MAX = 200,
};

/* ---- a job is made ---- */

enum err
mail_queue(struct store *st, const char *name, const char *to,
    const char *subject, const char *text)
{
	enum err err = ERR_NOMEM;
	char *args = NULL;
	json_t *j;

	if (!address_valid(to) || !text_is_clean(subject, TEXT_LINE) ||
	    !text_is_clean(text, TEXT_LINES))
		return ERR_BAD_INPUT;
	j = json_pack(
	    "{s:s, s:s, s:s}", "to", to, "subject", subject, "text", text);
	if (j != NULL && (args = json_dumps(j, JSON_COMPACT)) != NULL)
		err = job_add(st, "mail", name, 0, args, 0, NULL);
	free(args);
	json_decref(j);
	return err;
}

/* ---- where it goes ---- */

/* "Name <address>" or an address: the address. */
static bool
config_from(const struct config *c, char dst[ADDRESS_MAX])
{
	const char *from = strchr(c->mail_from, '<');
	size_t n;

	from = from != NULL ? from + 1 : c->mail_from;
	n = strcspn(from, ">");
	if (n >= ADDRESS_MAX)
		return false;
	memcpy(dst, from, n);
	dst[n] = '\0';
	return address_valid(dst);
}

static bool
is_loopback(const char *host)
{
	struct in_addr a;

	return strcasecmp(host, "localhost") == 0 ||
	       strcmp(host, "[::1]") == 0 ||
	       (inet_pton(AF_INET, host, &a) == 1 &&
		   ntohl(a.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET);
}

/* Must the connection be encrypted?  What stays on this machine need not be,
 * unless somebody named the certificates for it. */
static bool
wants_tls(const struct config *c)
{
	CURLU *u = curl_url();
	char *host = NULL;
	bool yes = true;

	if (u != NULL &&
	    curl_url_set(u, CURLUPART_URL, c->mail_smtp_url, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK)
		yes = !is_loopback(host) || c->mail_ca_file[0] != '\0';
	curl_free(host);
	curl_url_cleanup(u);
	return yes;
}

enum err
mail_check(const struct config *c, const char **problem)
{
	char from[ADDRESS_MAX];
	CURLU *u = curl_url();
	CURLUcode code;

	if (u == NULL)
		return ERR_NOMEM;
	code = curl_url_set(u, CURLUPART_URL, c->mail_smtp_url, 0);
	curl_url_cleanup(u);
	if (c->mail_from[0] != '\0' && !config_from(c, from)) {
		*problem = "from is no address";
		return ERR_CONFIG;
	}
	if (c->mail_smtp_url[0] == '\0')
		return ERR_NONE;
	if (code != CURLUE_OK ||
	    (strncmp(c->mail_smtp_url, "smtp://", 7) != 0 &&
		strncmp(c->mail_smtp_url, "smtps://", 8) != 0)) {
		*problem = "smtp_url is not smtp://HOST:PORT or smtps://...";
		return ERR_CONFIG;
	}
	return ERR_NONE;
}

/* ---- it is sent ---- */

struct mail {
	struct transfer transfer; /* first: it is what libcurl's side has */
	struct task *task;
	struct curl_slist *to;
	struct buf message;
	size_t sent;
	char said[SAID_MAX]; /* the server's last line that refused something */
};

static void
mail_release(struct transfer *t)
{
	struct mail *m = (struct mail *)t;

	curl_slist_free_all(m->to);
	buf_wipe(&m->message);
	free(m);
}

static size_t
on_read(char *dst, size_t size, size_t n, void *arg)
{
	struct mail *m = arg;
	size_t left = m->message.len - m->sent;

	n *= size;
	n = n < left ? n : left;
	memcpy(dst, m->message.data + m->sent, n);
	m->sent += n;
	return n;
}

static size_t
on_said(char *line, size_t size, size_t n, void *arg)
{
	struct mail *m = arg;

	if (size * n > 0 && (*line == '4' || *line == '5'))
		(void)text_clean(
		    m->said, sizeof(m->said), line, size * n, TEXT_LINE);
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
was_refused(const struct mail *m, CURLcode code, long status)
{
	if (status < 500 || status > 599 || is_about_us(status))
		return false;
	return code == CURLE_SEND_ERROR || m->sent > 0;
}

static void
mail_over(struct transfer *t, CURLcode code)
{
	struct mail *m = (struct mail *)t;
	struct task *task = m->task;
	char problem[CURL_ERROR_SIZE + SAID_MAX + 2];
	long status = 0;

	if (code == CURLE_OK) {
		task_done(task);
		return;
	}
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	snprintf(problem, sizeof(problem), status >= 400 ? "%s: %s" : "%s",
	    t->why, m->said);
	if (was_refused(m, code, status))
		task_failed(task, problem);
	else
		task_later(task, 0, problem);
}

static CURLcode
mail_set(struct mail *m, const struct config *c, const char *from)
{
	CURL *e = m->transfer.easy;
	CURLcode code;

	curl_easy_setopt(e, CURLOPT_USE_SSL,
	    (long)(wants_tls(c) ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)ANSWER_S);
	curl_easy_setopt(e, CURLOPT_MAIL_RCPT, m->to);
	curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(e, CURLOPT_READDATA, m);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_said);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, m);
	if ((code = curl_easy_setopt(e, CURLOPT_URL, c->mail_smtp_url)) !=
		CURLE_OK ||
	    (code = curl_easy_setopt(e, CURLOPT_MAIL_FROM, from)) != CURLE_OK)
		return code;
	if (c->mail_ca_file[0] != '\0' &&
	    (code = curl_easy_setopt(e, CURLOPT_CAINFO, c->mail_ca_file)) !=
		CURLE_OK)
		return code;
	if (c->mail_user[0] == '\0')
		return CURLE_OK;
	if ((code = curl_easy_setopt(e, CURLOPT_USERNAME, c->mail_user)) !=
	    CURLE_OK)
		return code;
	return curl_easy_setopt(e, CURLOPT_PASSWORD, c->mail_password);
}

static enum err
mail_send(struct task *task, const struct message *message)
{
	struct mail *m = calloc(1, sizeof(*m));
	enum err err;

	if (m == NULL)
		return ERR_NOMEM;
	m->task = task;
	m->transfer.owner = task;
	m->transfer.over = mail_over;
	m->transfer.release = mail_release;
	buf_init(&m->message, MAIL_MAX);
	message_write(&m->message, message);
	m->to = curl_slist_append(NULL, message->to);
	if ((err = m->message.err) == ERR_NONE && m->to == NULL)
		err = ERR_NOMEM;
	if (err == ERR_NONE &&
	    (err = transfer_init(&m->transfer, "smtp,smtps", MAIL_MS)) ==
		ERR_NONE &&
	    mail_set(m, &task->w->config, message->from) != CURLE_OK)
		err = ERR_NOMEM;
	if (err == ERR_NONE)
		return transfer_start(task->w, &m->transfer);
	curl_easy_cleanup(m->transfer.easy);
	mail_release(&m->transfer);
	return err;
}

static void
mail_write(struct task *t, const struct tenant *by, const char *from,
    const json_t *args)
{
	char id[64];
	struct message m = {.from_name = by->brand,
	    .from = from,
	    .reply_to = strcmp(from, by->email) != 0 ? by->email : "",
	    .date = t->job.created_at,
	    .id = id};
	enum err err;

	if (!address_valid(m.reply_to))
		m.reply_to = "";
	m.to = json_string_value(json_object_get(args, "to"));
	m.subject = json_string_value(json_object_get(args, "subject"));
	m.text = json_string_value(json_object_get(args, "text"));
	if (m.to == NULL || m.subject == NULL || m.text == NULL ||
	    !address_valid(m.to)) {
		task_failed(t, "what is to be sent cannot be read");
		return;
	}
	snprintf(id, sizeof(id), "job.%lld.%lld", (long long)t->job.id,
	    (long long)t->job.created_at);
	if ((err = mail_send(t, &m)) != ERR_NONE)
		task_later(t, 0, err_name(err));
}

void
mail_start(struct task *t)
{
	const struct config *c = &t->w->config;
	char from[ADDRESS_MAX];
	struct tenant by;
	json_t *args;
	enum err err;

	if (c->mail_smtp_url[0] == '\0') {
		task_later(t, 0, "[mail] smtp_url is not set");
		return;
	}
	if ((err = tenant_get(t->w->st, &by)) != ERR_NONE) {
		task_later(t, 0, err_name(err));
		return;
	}
	if (!config_from(c, from))
		snprintf(from, sizeof(from), "%s", by.email);
	if (!address_valid(from)) {
		task_later(t, 0,
		    "neither [mail] from nor the tenant's e-mail "
		    "is an address");
		return;
	}
	args = json_loads(t->job.args, 0, NULL);
	mail_write(t, &by, from, args);
	json_decref(args);
}

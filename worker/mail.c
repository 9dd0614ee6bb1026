/*
 * Jobs that send a mail.  The same job always makes the same bytes, so that
 * whoever gets it twice, because an answer was lost, can tell.
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/text.h"
#include "data/mail.h"
#include "data/tenant.h"
#include "worker/mailer.h"
#include "worker/message.h"

enum { MAIL_MAX = 64 * 1024 };

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

	if (u == NULL) {
		*problem = "there is no memory to read it";
		return ERR_NOMEM;
	}
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

static enum err
mail_send(struct task *task, const struct message *message)
{
	const struct config *c = &task->w->config;
	struct smtp_mail m = {.tls = wants_tls(c)};
	enum err err;

	snprintf(m.url, sizeof(m.url), "%s", c->mail_smtp_url);
	snprintf(m.user, sizeof(m.user), "%s", c->mail_user);
	snprintf(m.password, sizeof(m.password), "%s",
	    m.user[0] != '\0' ? c->mail_password : "");
	snprintf(m.ca_file, sizeof(m.ca_file), "%s", c->mail_ca_file);
	snprintf(m.from, sizeof(m.from), "%s", message->from);
	snprintf(m.to, sizeof(m.to), "%s", message->to);
	buf_init(&m.message, MAIL_MAX);
	message_write(&m.message, message);
	if ((err = m.message.err) == ERR_NONE)
		err = mailer_send(task, &m);
	buf_wipe(&m.message);
	explicit_bzero(&m, sizeof(m));
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
	json_int_t until;
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
	until = json_integer_value(json_object_get(args, "until"));
	if (until != 0 && clock_now(store_clock(t->w->st)) > until) {
		task_failed(t, "it came too late to be of use");
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

/* ---- whoever does not read portal.conf is told ---- */

enum { TELL_MS = 10 * 60 * 1000 };

static void
tell(void *arg)
{
	struct worker *w = arg;
	const struct config *c = &w->config;
	enum err err;

	loop_timer_set(&w->loop, &w->tell, TELL_MS);
	worker_self(w);
	err = mail_sender_set(
	    w->st, c->mail_smtp_url[0] != '\0', c->sshd_public_name);
	/* A database that is away is told the next time. */
	if (err != ERR_NONE && err != ERR_AWAY)
		log_error("the store cannot be told whether mail goes out: %s",
		    err_name(err));
}

void
mail_tell(struct worker *w)
{
	w->tell.fire = tell;
	w->tell.arg = w;
	tell(w);
}

/*
 * HTTP requests.  Knows nothing of who is asked and what for.
 */
#include <stdlib.h>
#include <string.h>

#include "worker/transfer.h"

struct request {
	struct transfer transfer; /* first: it is what libcurl's side has */
	struct curl_slist *headers;
	struct buf body;
	bool too_big;
	fetch_fn *fn;
	void *arg;
};

static void
request_release(struct transfer *t)
{
	struct request *r = (struct request *)t;
	struct curl_slist *h;

	for (h = r->headers; h != NULL; h = h->next)
		explicit_bzero(h->data, strlen(h->data)); /* a key */
	curl_slist_free_all(r->headers);
	buf_wipe(&r->body);
	free(r);
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct request *r = arg;

	(void)size; /* 1 */
	r->too_big = r->too_big || n > FETCH_MAX - r->body.len;
	if (r->too_big)
		return 0;
	buf_add(&r->body, data, n);
	return r->body.err == ERR_NONE ? n : 0;
}

static enum err
request_err(const struct request *r, CURLcode code)
{
	if (r->too_big)
		return ERR_TOO_BIG;
	switch (code) {
	case CURLE_OK:
		return ERR_NONE;
	case CURLE_OPERATION_TIMEDOUT:
		return ERR_TIMEOUT;
	case CURLE_OUT_OF_MEMORY:
		return ERR_NOMEM;
	case CURLE_PEER_FAILED_VERIFICATION:
		return ERR_DENIED;
	default:
		return ERR_IO;
	}
}

/* Of the last answer; libcurl keeps it. */
static const char *
answer_header(CURL *easy, const char *name)
{
	struct curl_header *h;

	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return "";
	return h->value;
}

static void
request_over(struct transfer *t, CURLcode code)
{
	struct request *r = (struct request *)t;
	struct fetched f = {.err = request_err(r, code), .why = t->why};
	curl_off_t after = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &f.status);
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &after);
	f.retry_after = (long)after;
	f.body = buf_str(&r->body);
	f.len = r->body.len;
	f.retry = answer_header(t->easy, "Stripe-Should-Retry");
	f.request_id = answer_header(t->easy, "Request-Id");
	r->fn(r->arg, &f);
}

static enum err
request_header(struct request *r, const char *line)
{
	struct curl_slist *h = curl_slist_append(r->headers, line);

	if (h == NULL)
		return ERR_NOMEM;
	r->headers = h;
	return ERR_NONE;
}

static enum err
request_set(struct request *r, const struct fetch *f)
{
	const char *const *line;
	CURL *c = r->transfer.easy;
	CURLcode code = CURLE_OK;
	enum err err;

	for (line = f->headers; line != NULL && *line != NULL; line++)
		if ((err = request_header(r, *line)) != ERR_NONE)
			return err;
	/* Nobody needs to be asked whether a form may come. */
	if ((err = request_header(r, "Expect:")) != ERR_NONE)
		return err;
	if (f->body != NULL) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)strlen(f->body));
		code = curl_easy_setopt(c, CURLOPT_COPYPOSTFIELDS, f->body);
	}
	if (code == CURLE_OK)
		code = curl_easy_setopt(c, CURLOPT_URL, f->url);
	if (code == CURLE_OK)
		code = curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, f->method);
	curl_easy_setopt(c, CURLOPT_USERAGENT, WORKER_NAME "/" PORTAL_VERSION);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, r->headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, r);
	return code == CURLE_OK ? ERR_NONE : ERR_NOMEM;
}

enum err
fetch_start(struct worker *w, const struct fetch *f)
{
	struct request *r = calloc(1, sizeof(*r));
	enum err err;

	if (r == NULL)
		return ERR_NOMEM;
	/* One more for the NUL. */
	buf_init(&r->body, FETCH_MAX + 1);
	r->fn = f->fn;
	r->arg = f->arg;
	r->transfer.owner = f->arg;
	r->transfer.over = request_over;
	r->transfer.release = request_release;
	if ((err = transfer_init(&r->transfer, "https,http", f->timeout_ms)) ==
		ERR_NONE &&
	    (err = request_set(r, f)) == ERR_NONE)
		return transfer_start(w, &r->transfer);
	curl_easy_cleanup(r->transfer.easy);
	request_release(&r->transfer);
	return err;
}

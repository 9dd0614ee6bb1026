/*
 * The endpoint's parts: pages, limits, what Stripe sends.
 */
#ifndef WORKER_HTTP_H
#define WORKER_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "worker/worker.h"

/* ---- http_listen.c ---- */

/* The socket of [http] listen; -1 after saying why there is none. */
int http_listen_open(const struct config *c);

/* ---- http_pages.c ---- */

enum page {
	PAGE_THANKS,
	PAGE_CONFIRMING, /* asks again by itself */
	PAGE_PAID,
	PAGE_CANCELLED,
	PAGE_SAVING, /* asks again by itself */
	PAGE_SAVED,
	PAGE_NOT_SAVED,
	PAGE_FAILED,
	PAGE_WAIT, /* asks again by itself */
	PAGE_PROCESSING,
	PAGE_OVER,
	PAGE_NOT_FOUND,
	PAGE_LIMIT,
	PAGE_BUSY,
};
enum { PAGE_MAX = 10000 };

/* Any text each, "" without. */
struct page_words {
	const char *brand;
	const char *reason; /* said instead of what the page says itself */
	const char *link;   /* where its button leads, if it has one */
};

unsigned page_status(enum page page);
/* HTML. */
void page_write(
    struct buf *out, enum page page, const struct page_words *words);

/* ---- http_limit.c ---- */

/* An IPv4 address, or the /64 of an IPv6 one. */
struct http_source {
	uint8_t bytes[16];
};

struct http_bucket {
	struct http_source source;
	int64_t at; /* ms; 0: free */
	int64_t tokens;
};

/* Many customers may share an address. */
enum { HTTP_BUCKETS = 1024, HTTP_BURST = 100, HTTP_TOKEN_MS = 200 };

/* A table of fixed size: a source that is new takes the place of the one that
 * has been quiet for longest. */
struct http_limits {
	uint8_t key[16]; /* so that nobody can choose his neighbours */
	struct http_bucket buckets[HTTP_BUCKETS];
};

void http_limits_init(struct http_limits *l);
/* Does the source have a token left, which spend takes? */
bool http_limits_admit(struct http_limits *l, const struct http_source *source,
    int64_t now_ms, bool spend);

/* false: no address of the internet. */
bool http_source_read(const struct sockaddr *sa, struct http_source *out);
bool http_source_loopback(const struct http_source *s);
/* The last hop of X-Forwarded-For, which our own proxy has added; false: it is
 * no address, and out is left as it is. */
bool http_source_forwarded(const char *header, struct http_source *out);

/* ---- webhook.c ---- */

enum { WEBHOOK_MAX = 256 * 1024, WEBHOOK_TOLERANCE_S = 300 };

/*
 * Did Stripe sign these bytes with this secret, within the tolerance of now?
 * ERR_DENIED: no.
 */
enum err webhook_verify(const char *signature, const void *body, size_t n,
    const char *secret, int64_t now);
/*
 * An event that Stripe has signed: what it names is looked at.  Events that
 * mean nothing here are fine.  ERR_BAD_INPUT: it is none; ERR_BUSY: later.
 */
enum err webhook_take(struct worker *w, const void *body, size_t n);

#endif

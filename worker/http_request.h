/*
 * One request, between http.c, which has the connections, http_request.c, which
 * reads it, and http_answer.c, which answers.
 */
#ifndef WORKER_HTTP_REQUEST_H
#define WORKER_HTTP_REQUEST_H

#include <microhttpd.h>

#include "base/buf.h"
#include "data/checkout.h"
#include "data/tenant.h"
#include "worker/http.h"

/* What all requests share. */
struct http_shared {
	struct worker *w;
	size_t uploads; /* under way */
	struct http_limits limits;
};

struct request;
struct route {
	const char *method; /* NULL: GET and HEAD */
	const char *path;   /* a "/" at its end: what follows is the token */
	/* Who asks may ask often: those who watch us, and Stripe, which is
	 * always heard where there is room for what it has signed. */
	bool unlimited;
	enum MHD_Result (*answer)(struct request *r);
};

struct request {
	struct http_shared *shared;
	struct MHD_Connection *conn;
	const struct route *route; /* NULL: none */
	bool head;
	bool again;           /* what failed is to be tried again */
	bool upload, refused; /* a body is taken; is too long */
	struct http_source source;
	char token[CHECKOUT_TOKEN]; /* "" without */
	size_t taken;               /* of a body, whether it is kept or not */
	struct buf body;
	struct checkout c;
	struct tenant tenant; /* whose brand is shown */
};

/* ---- http_request.c: libmicrohttpd's callbacks ---- */

/* MHD_AccessHandlerCallback; arg is the struct http_shared. */
enum MHD_Result request_handle(void *arg, struct MHD_Connection *conn,
    const char *path, const char *method, const char *version,
    const char *upload, size_t *size, void **state);
/* MHD_RequestCompletedCallback. */
void request_done(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_RequestTerminationCode how);

/* ---- http_answer.c ---- */

/* The last row has no path. */
extern const struct route http_routes[];
/* One of the pages, with the brand that is known by then. */
enum MHD_Result reply_page(struct request *r, enum page page);

#endif

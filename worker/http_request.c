/*
 * Reading a request: who asks, by which route, and a body where one is taken.
 */
#include "worker/http_request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

enum { HTTP_UPLOADS = 32 /* under way at once: memory */ };

/* 16 letters and digits, or "". */
static void
token_read(struct request *r, const char *s)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (s != NULL && strlen(s) == CHECKOUT_TOKEN - 1 &&
	    strspn(s, letters) == CHECKOUT_TOKEN - 1)
		memcpy(r->token, s, CHECKOUT_TOKEN);
}

static bool
route_fits(const struct route *route, const char *method, const char *path)
{
	size_t n = strlen(route->path);

	if (route->method != NULL
		? strcmp(method, route->method) != 0
		: strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return false;
	return route->path[n - 1] == '/'
		   ? strncasecmp(path, route->path, n) == 0
		   : strcmp(path, route->path) == 0;
}

static void
route_find(struct request *r, const char *method, const char *path)
{
	size_t i, n;

	for (i = 0; http_routes[i].path != NULL; i++) {
		if (!route_fits(&http_routes[i], method, path))
			continue;
		r->route = &http_routes[i];
		r->again = MHD_lookup_connection_value(
			       r->conn, MHD_GET_ARGUMENT_KIND, "again") != NULL;
		n = strlen(r->route->path);
		token_read(r, r->route->path[n - 1] == '/'
				  ? path + n
				  : MHD_lookup_connection_value(
					r->conn, MHD_GET_ARGUMENT_KIND, "t"));
	}
}

static enum MHD_Result
forwarded(
    void *arg, enum MHD_ValueKind kind, const char *key, const char *value)
{
	(void)kind;
	if (value != NULL && strcasecmp(key, "X-Forwarded-For") == 0)
		*(const char **)arg = value;
	return MHD_YES;
}

/* Only our own proxy is believed: it is on this machine. */
static void
source_read(struct request *r)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    r->conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *header = NULL;

	if (info == NULL || !http_source_read(info->client_addr, &r->source) ||
	    !http_source_loopback(&r->source))
		return;
	MHD_get_connection_values(r->conn, MHD_HEADER_KIND, forwarded, &header);
	if (header != NULL)
		(void)http_source_forwarded(header, &r->source);
}

/* Only a route with a method of its own takes a body. */
static bool
takes_body(const struct route *route)
{
	return route != NULL && route->method != NULL;
}

static struct request *
request_new(struct http_shared *shared, struct MHD_Connection *conn,
    const char *method, const char *path)
{
	struct request *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->shared = shared;
	r->conn = conn;
	r->head = strcmp(method, "HEAD") == 0;
	buf_init(&r->body, WEBHOOK_MAX);
	source_read(r);
	route_find(r, method, path);
	if (takes_body(r->route) && shared->uploads < HTTP_UPLOADS) {
		r->upload = true;
		shared->uploads++;
	}
	return r;
}

static enum MHD_Result
request_answer(struct request *r)
{
	const struct route *route = r->route;

	if (route != NULL && route->unlimited &&
	    (r->upload || !takes_body(route)))
		return route->answer(r);
	if (!http_limits_admit(
		&r->shared->limits, &r->source, clock_mono_ms(), true))
		return reply_page(r, PAGE_LIMIT);
	if (route == NULL)
		return reply_page(r, PAGE_NOT_FOUND);
	return takes_body(route) ? reply_page(r, PAGE_BUSY) : route->answer(r);
}

/* Is the length that is announced more than we take? */
static bool
too_long(struct request *r)
{
	const char *length = MHD_lookup_connection_value(
	    r->conn, MHD_HEADER_KIND, "Content-Length");

	return length != NULL && strtoull(length, NULL, 10) > WEBHOOK_MAX;
}

enum MHD_Result
request_handle(void *arg, struct MHD_Connection *conn, const char *path,
    const char *method, const char *version, const char *upload, size_t *size,
    void **state)
{
	struct request *r = *state;

	(void)version;
	if (r == NULL) {
		if ((r = request_new(arg, conn, method, path)) == NULL)
			return MHD_NO;
		*state = r;
		/* Before it is sent, if it has to be. */
		r->refused = too_long(r);
		if (r->refused || (takes_body(r->route) && !r->upload))
			return request_answer(r);
		return MHD_YES;
	}
	if (*size > 0) {
		r->taken += *size;
		if (r->upload)
			buf_add(&r->body, upload, *size);
		*size = 0;
		/* Without a length it goes on as long as it likes, and can
		 * not be answered before its end: it is cut off. */
		return r->taken > WEBHOOK_MAX ? MHD_NO : MHD_YES;
	}
	return request_answer(r);
}

void
request_done(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_RequestTerminationCode how)
{
	struct request *r = *state;

	(void)arg;
	(void)conn;
	(void)how;
	if (r == NULL)
		return;
	if (r->upload)
		r->shared->uploads--;
	buf_wipe(&r->body);
	free(r);
	*state = NULL;
}

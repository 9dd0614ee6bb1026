/*
 * Where the endpoint listens.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/http.h"

enum { HTTP_BACKLOG = 128 };

/* "host:port", "[v6]:port", "port"; numbers only. */
static bool
listen_split(const char *text, char host[CONFIG_VALUE], const char **port)
{
	const char *colon = strrchr(text, ':');
	size_t n = colon != NULL ? (size_t)(colon - text) : 0;

	*port = colon != NULL ? colon + 1 : text;
	if (n > 1 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	memcpy(host, text, n);
	host[n] = '\0';
	return (*port)[0] != '\0' && strlen(*port) <= 5 &&
	       strspn(*port, "0123456789") == strlen(*port) &&
	       atoi(*port) > 0 && atoi(*port) <= UINT16_MAX;
}

static int
listen_open(const char *text)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
			    .ai_flags =
				AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV},
			*ai;
	char host[CONFIG_VALUE];
	const char *port;
	int fd, error, on = 1;

	if (!listen_split(text, host, &port) ||
	    getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, &ai) !=
		0) {
		errno = EINVAL;
		return -1;
	}
	fd = socket(
	    ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* Workers of one user share an address: the kernel deals out. */
	if (fd != -1 &&
	    (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) ==
		    -1 ||
		bind(fd, ai->ai_addr, ai->ai_addrlen) == -1 ||
		listen(fd, HTTP_BACKLOG) == -1)) {
		error = errno;
		close(fd);
		errno = error;
		fd = -1;
	}
	freeaddrinfo(ai);
	return fd;
}

static const struct {
	int error;
	const char *advice;
} listen_advice[] = {
    {EADDRINUSE, "another program listens there: end it, or choose another "
		 "address and tell the proxy"},
    {EADDRNOTAVAIL, "this machine has no such address: 127.0.0.1:8080 is for "
		    "a proxy on the same machine"},
    {EACCES, "only root may listen there: choose a port above 1023"},
    {EINVAL, "it must be ADDRESS:PORT in numbers, such as 127.0.0.1:8080 or "
	     "[::1]:8080"},
};

static void
listen_explain(const struct config *c, int error)
{
	const char *advice = "choose another address";
	size_t i;

	for (i = 0; i < sizeof(listen_advice) / sizeof(listen_advice[0]); i++)
		if (listen_advice[i].error == error)
			advice = listen_advice[i].advice;
	log_error("%s: [http] listen = %s: %s; %s", c->path, c->http_listen,
	    strerror(error), advice);
}

int
http_listen_open(const struct config *c)
{
	int fd = listen_open(c->http_listen);

	if (fd == -1)
		listen_explain(c, errno);
	return fd;
}

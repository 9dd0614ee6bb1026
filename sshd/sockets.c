/*
 * Listening sockets.  The monitor keeps them open so that a new listener, or
 * none for a moment, refuses nobody.
 */
#include "sshd/sockets.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

enum { BACKLOG = 512, PORT_SSH = 22, LIST_TEXT = 1024 };

enum err
address_split(const char *text, char host[ADDRESS_TEXT], char port[8])
{
	const char *colon = strrchr(text, ':'), *p;
	size_t n;

	host[0] = '\0';
	p = colon != NULL ? colon + 1 : text;
	n = colon != NULL ? (size_t)(colon - text) : 0;
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (n > 0 && memchr(text, ':', n) != NULL) {
		return ERR_CONFIG; /* an IPv6 address without brackets */
	}
	if (n >= ADDRESS_TEXT || strlen(p) == 0 || strlen(p) > 5 ||
	    p[strspn(p, "0123456789")] != '\0' || atoi(p) > 65535)
		return ERR_CONFIG;
	memcpy(host, text, n);
	host[n] = '\0';
	strcpy(port, p);
	if (strcmp(host, "*") == 0)
		host[0] = '\0';
	return ERR_NONE;
}

static int
socket_listen(const struct addrinfo *ai)
{
	int fd, on = 1;

	fd = socket(
	    ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    (ai->ai_family == AF_INET6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) ==
		    -1) ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) == -1 ||
	    listen(fd, BACKLOG) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

/* One item of the list may mean several addresses; freeaddrinfo(). */
static enum err
address_find(const char *item, struct addrinfo **all)
{
	struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE,
	};
	char host[ADDRESS_TEXT], port[8];
	int rc;

	if (address_split(item, host, port) != ERR_NONE) {
		log_error("[sshd] listen: \"%s\" is not HOST:PORT", item);
		return ERR_CONFIG;
	}
	rc = getaddrinfo(host[0] != '\0' ? host : NULL, port, &hints, all);
	if (rc != 0) {
		log_error("[sshd] listen: %s: %s", item, gai_strerror(rc));
		return ERR_CONFIG;
	}
	return ERR_NONE;
}

static enum err
sockets_add(const char *item, int fds[], size_t max, size_t *count)
{
	struct addrinfo *all, *ai;
	size_t before = *count;
	int saved = EADDRNOTAVAIL;
	enum err err;

	if ((err = address_find(item, &all)) != ERR_NONE)
		return err;
	for (ai = all; ai != NULL && *count < max; ai = ai->ai_next) {
		if ((fds[*count] = socket_listen(ai)) >= 0)
			++*count;
		else if (errno != EAFNOSUPPORT)
			saved = errno;
	}
	freeaddrinfo(all);
	if (*count > before)
		return ERR_NONE;
	log_error("cannot listen on %s: %s", item, strerror(saved));
	return ERR_IO;
}

static void
socket_name(int fd, char *text, size_t size, bool people)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char host[ADDRESS_TEXT], port[8];
	const char *v6;

	if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1 ||
	    getnameinfo((struct sockaddr *)&ss, len, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		snprintf(text, size, "?");
		return;
	}
	if (people && (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0))
		strcpy(host, "localhost");
	v6 = strchr(host, ':') != NULL ? host : NULL;
	if (people && atoi(port) == PORT_SSH)
		snprintf(text, size, "%s", host);
	else
		snprintf(text, size, "%s%s%s:%s", v6 ? "[" : "", host,
		    v6 ? "]" : "", port);
}

/* The next item of a list, which is cut up; NULL at its end. */
static char *
item_next(char **rest)
{
	char *item = strsep(rest, ",");

	if (item != NULL) {
		item += strspn(item, " \t");
		item[strcspn(item, " \t")] = '\0';
	}
	return item;
}

enum err
sockets_test(const char *list)
{
	char copy[LIST_TEXT], *item, *rest = copy;
	struct addrinfo *all;
	enum err err = ERR_NONE;

	if (strlen(list) >= sizeof(copy))
		return ERR_CONFIG;
	strcpy(copy, list);
	while (err == ERR_NONE && (item = item_next(&rest)) != NULL)
		if ((err = address_find(item, &all)) == ERR_NONE)
			freeaddrinfo(all);
	return err;
}

enum err
sockets_open(const char *list, int fds[], size_t max, size_t *count, char *name,
    size_t size)
{
	char copy[LIST_TEXT], *item, *rest = copy;
	enum err err = ERR_NONE;
	size_t n = 0;

	if (strlen(list) >= sizeof(copy))
		return ERR_CONFIG;
	strcpy(copy, list);
	while (err == ERR_NONE && (item = item_next(&rest)) != NULL)
		err = sockets_add(item, fds, max, &n);
	if (err != ERR_NONE) {
		while (n > 0)
			close(fds[--n]);
		return err;
	}
	socket_name(fds[0], name, size, true);
	*count = n;
	return ERR_NONE;
}

void
sockets_log(const int fds[], size_t count)
{
	char text[ADDRESS_TEXT + 16];
	size_t i;

	for (i = 0; i < count; i++) {
		socket_name(fds[i], text, sizeof(text), false);
		log_info("listening on %s", text);
	}
}

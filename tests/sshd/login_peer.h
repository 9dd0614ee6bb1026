/*
 * A login child between a client of libssh and a stand-in for the monitor,
 * which knows one password, takes every key, and runs little programs.
 */
#ifndef TESTS_LOGIN_PEER_H
#define TESTS_LOGIN_PEER_H

#include <libssh/libssh.h>
#include <sys/types.h>

#include "sshd/proto.h"

#define PEER_EMAIL "demo@example.net"
#define PEER_PASSWORD "right"

/*
 * What exec runs: "big N" writes N bytes peer_byte(), status 7; "sink" counts
 * its input; "say" writes to both outputs, status 5; "size" waits for a window
 * of 100x40; "wait" until its input ends; "refuse" is refused.
 */
struct peer {
	ssh_session ssh; /* the client, not connected yet */
	int net;         /* its socket, which ssh owns */
	pid_t login, monitor;
};

unsigned char peer_byte(size_t i);
/* Forks both; limits may be NULL. */
void peer_open(struct peer *p, const struct listener_limits *limits);
/* Key exchange as this SSH user. */
void peer_connect(struct peer *p, const char *user);
/* Both, and logged in. */
void peer_login(struct peer *p);
/* Ends all; the login child's wait status. */
int peer_close(struct peer *p);

#endif

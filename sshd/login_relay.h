/*
 * A channel of a login child, and how its bytes move.  For login_channels.c and
 * login_relay.c.
 */
#ifndef SSHD_LOGIN_RELAY_H
#define SSHD_LOGIN_RELAY_H

#include "sshd/login.h"

enum { RELAY_CHUNK = 32 * 1024 };

/* Bytes that could not be passed on yet. */
struct rest {
	unsigned char *data;
	size_t len, off;
};

/* One way from a descriptor to the client. */
struct way {
	int fd; /* -1: at its end */
	bool is_stderr;
	bool hung;  /* a pty without program: RESUMED may come */
	bool spoke; /* something came from it */
	struct rest rest;
};

struct channel {
	struct login *login;
	ssh_channel ssh;
	struct ssh_channel_callbacks_struct callbacks;
	uint32_t id;
	struct session_request *request; /* until it runs */
	bool pty;
	bool started;
	struct way out, err; /* out.fd also takes the input */
	struct rest in;
	bool has_input;  /* libssh holds some */
	bool client_eof; /* nothing more will come */
	bool eof_passed;
	bool client_closed;
	bool exited;
	bool said; /* exit status, EOF and close are sent */
	uint32_t status, signal;
};

/* Keeps a copy; false without memory. */
bool rest_keep(struct rest *r, const unsigned char *p, size_t n);
void way_close(struct way *w);
/* Ends everything towards the program. */
void relay_close(struct channel *c);

/*
 * From the program to the client, as far as both go without waiting.  True once
 * the descriptor has nothing more to say for now and nothing is kept.
 */
bool way_forward(struct channel *c, struct way *w);
/* From the client to the program, and then its end of file. */
void input_forward(struct channel *c);
void input_finish(struct channel *c);
/* What to wait for: fills at most two, returns how many. */
struct pollfd;
size_t relay_poll(const struct channel *c, struct pollfd *pfds);

#endif

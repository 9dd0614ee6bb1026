/*
 * The login child: one connection, from its first byte to its last.  It is the
 * only process that reads what the network sends.
 */
#ifndef SSHD_LOGIN_H
#define SSHD_LOGIN_H

#include <libssh/libssh.h>
#include <libssh/server.h>

#include <libssh/callbacks.h>

#include "base/ipc.h"
#include "data/sandbox.h"
#include "sshd/proto.h"

struct channel;

struct login {
	ssh_session ssh;
	ssh_event event;
	int net;     /* the client; libssh owns it */
	int monitor; /* our socket to the monitor, blocking */
	const struct listener_limits *limits;
	struct ssh_counter_struct raw; /* packets in and out */
	uint64_t sent;                 /* so many had left when all had */

	/* Until somebody is let in. */
	int64_t deadline; /* of clock_mono_ms(); 0 afterwards */
	bool added;       /* ssh to event */
	bool exchanged;   /* keys */
	bool authed;
	ssh_message refusal; /* kept to refuse what libssh swallowed */
	uint64_t messages;   /* that came out of libssh */
	uint64_t silent;     /* packets that did not, so far */
	int64_t silence;     /* when such a one is refused; 0: none */
	unsigned ignored;    /* such ones that were let pass */
	int method;          /* of the last request */
	char user[256];      /* of the last keyboard-interactive request */
	unsigned failures;
	unsigned key_probes;

	/* Afterwards. */
	struct ssh_server_callbacks_struct callbacks;
	struct channel **channels;
	size_t nchannels;
	uint32_t next_channel;
	unsigned char *chunk; /* what is on its way to the client */
	unsigned quick;       /* turns left in which ACKs are not delayed */
	bool again;           /* a channel may have something to do */
	bool shrunk;          /* gave its memory back after the login */

	bool ended;
	const char *bye; /* why, for the client; may be NULL */
	char bye_text[128];
};

/*
 * Serves the connection and returns the process's exit status.  net and
 * monitor are the only descriptors it needs; the rest is closed first.
 */
int login_run(ssh_bind bind, int net, int monitor,
    const struct listener_limits *limits, const struct sandbox *filter);

/* The filter login_run() enters; compiled once, before forking. */
enum err login_filter(struct sandbox **out);

/* Ends the connection; bye is for the client and may be NULL. */
void login_end(struct login *l, const char *bye);

/*
 * Sends b (and wipes it) and waits for the message of type want, while others
 * are handled.  ERR_CLOSED and ERR_TIMEOUT have ended the connection.
 */
enum err login_ask(struct login *l, uint16_t type, struct buf *b, uint16_t want,
    struct ipc_msg *answer);

/* Handles what libssh has queued while nobody is let in yet. */
void auth_turn(struct login *l);
/* Refuses what libssh has not queued: l->silence has come. */
void auth_answer_silence(struct login *l);

/* Lets the client open channels from now on. */
enum err channels_start(struct login *l);
/* A message of the monitor about a channel. */
void channels_message(struct login *l, struct ipc_msg *m);
/* Moves everything that can move without waiting. */
void channels_turn(struct login *l);
/* Descriptors to wait for: at most room; returns how many. */
struct pollfd;
size_t channels_poll(struct login *l, struct pollfd *pfds, size_t room);
void channels_release(struct login *l);

#endif

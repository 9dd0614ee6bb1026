/*
 * What the processes of portal-sshd say to each other: types, bodies and
 * descriptors of their messages.  Bodies are written and read in the order
 * given here.  portal-sshd's own; session programs know data/session.h only.
 */
#ifndef SSHD_PROTO_H
#define SSHD_PROTO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "data/store.h"

/* Every child of the monitor finds its control socket here. */
enum { CONTROL_FD = 3 };

/* Login child to monitor and back. */
enum conn_msg {
	/* str user, str e-mail ("" for SSH password authentication), str
	 * password -> CONN_MSG_PROOF */
	CONN_MSG_PASSWORD = 1,
	/* str user, u8 signature checked, blob key -> CONN_MSG_PROOF */
	CONN_MSG_KEY,
	/* u32 channel, then a session_request -> CONN_MSG_OPENED */
	CONN_MSG_OPEN,
	CONN_MSG_SIGNAL, /* u32 channel, str name without "SIG" */
	CONN_MSG_CLOSE,  /* u32 channel: the client closed it */
	/* u8 bool: let in (or, for a key that signed nothing, known) */
	CONN_MSG_PROOF = 20,
	/* u32 channel, u8 bool; true: u8 bool is a pty and one descriptor (its
	 * master), or two (a socket for 0 and 1, a pipe for 2); false: str
	 * text for the person */
	CONN_MSG_OPENED,
	CONN_MSG_RESUMED, /* u32 channel: another program has the pty now */
	/* u32 channel, u32 exit status, u32 signal or 0 */
	CONN_MSG_EXIT,
	CONN_MSG_BYE, /* str text: disconnect with it */
};

/* Listener and monitor. */
enum listener_msg {
	/* a listener_limits; descriptors follow in LISTENER_MSG_SOCKET */
	LISTENER_MSG_LIMITS = 40,
	LISTENER_MSG_KEY,      /* blob: a private host key's file */
	LISTENER_MSG_STATE,    /* blob: a source table from the one before */
	LISTENER_MSG_SOCKET,   /* one listening descriptor */
	LISTENER_MSG_SERVE,    /* all said: begin */
	LISTENER_MSG_AUTHED,   /* u32 connection: its login succeeded */
	LISTENER_MSG_GONE,     /* u32 connection ended */
	LISTENER_MSG_CRASHED,  /* str source: its login child was killed */
	LISTENER_MSG_HANDOVER, /* answer LISTENER_MSG_REPLACE and end */
	LISTENER_MSG_READY = 60,
	/* u32 connection, u32 pid, str source; one descriptor: the monitor's
	 * end of the login child's socket */
	LISTENER_MSG_CONN,
	/* blob: source table; the listener ends and wants a successor */
	LISTENER_MSG_REPLACE,
};

/* A store worker's exit status when somebody else held the store: try again. */
enum { WORKER_LATER = 75 };

/* Store worker and monitor. */
enum worker_msg {
	/* str store url, u32 uid, u32 gid, u8 drop privileges, i64 number of
	 * this front end, u8 hear the others for it */
	WORKER_MSG_STORE = 80,
	WORKER_MSG_BIND, /* u32 session, an identity; one descriptor */
	/* u32 ticket, str user, str e-mail, str password, str source */
	WORKER_MSG_PASSWORD,
	/* u32 ticket, str user, u8 signature checked, blob key, str source */
	WORKER_MSG_KEY,
	/* i64 tenant, i64 customer, u32 topics; either way */
	WORKER_MSG_CHANGED,
	/* i64 login, u32 session that goes on (0: none); either way */
	WORKER_MSG_DISABLED,
	WORKER_MSG_SHUTDOWN,
	WORKER_MSG_RENDERED, /* u32 session, u8 enum err */
	/* (i64 tenant, i64 customer, i64 login)...: WORKER_MSG_DISABLED for
	 * each that may not be here any more */
	WORKER_MSG_CHECK,
	WORKER_MSG_REREAD, /* all may have changed: its sessions read again */
	WORKER_MSG_READY = 100, /* open, or open again */
	WORKER_MSG_AWAY,        /* its database does not answer: it tries on */
	WORKER_MSG_PROOF,       /* u32 ticket, a proof */
	WORKER_MSG_RENDER,      /* u32 session, u8 kind, i64 reference */
	WORKER_MSG_GONE,        /* u32 session: it has closed its socket */
	/* u32 session: all others of its login shall end */
	WORKER_MSG_END_OTHERS,
};

enum session_kind { SESSION_SHELL, SESSION_EXEC, SESSION_SUBSYSTEM };
enum { SESSION_COMMAND = 4096, SESSION_VARS = 16, SESSION_VAR = 96 };

/* What a client wants on a channel. */
struct session_request {
	enum session_kind kind;
	bool pty;
	char term[33];
	uint32_t cols, rows, xpixels, ypixels;
	char vars[SESSION_VARS][SESSION_VAR]; /* "LANG=de_AT.UTF-8" */
	uint32_t nvars;
	char command[SESSION_COMMAND];
};

void session_request_put(struct buf *b, const struct session_request *rq);
/* Checks everything that portal-sshd's children promise each other. */
enum err session_request_get(struct rd *r, struct session_request *rq);
/* May a client set it?  LANG and LC_*, of harmless characters. */
bool session_var_valid(const char *name, const char *value);

/* What a store worker found out about somebody. */
struct proof {
	enum err err; /* ERR_NONE or why nothing could be found out */
	bool ok;
	int64_t delay_ms; /* answer no sooner than this */
	struct identity id;
	char tenant[33];
	char zone[64];
	char locale[32];
};

void proof_put(struct buf *b, const struct proof *p);
enum err proof_get(struct rd *r, struct proof *p);

void identity_put(struct buf *b, const struct identity *id);
enum err identity_get(struct rd *r, struct identity *id);

enum { LIMITS_KEX = 512 };

struct listener_limits {
	uint32_t grace_s;
	uint32_t unauthenticated;
	uint32_t per_source;
	uint32_t channels;
	uint32_t idle_minutes;
	bool drop; /* become uid and gid in an empty root */
	uint32_t uid, gid;
	char kex[LIMITS_KEX]; /* "": the built-in list */
};

void listener_limits_put(struct buf *b, const struct listener_limits *l);
enum err listener_limits_get(struct rd *r, struct listener_limits *l);

/*
 * Sends and wipes: b may hold a secret.  Returns ipc_send()'s error.
 */
enum err proto_send(
    int fd, uint16_t type, struct buf *b, const int *fds, size_t nfds);

#endif

/*
 * A session program in the monitor's table.  For sessions.c, session_start.c
 * and renders.c.
 */
#ifndef SSHD_SESSIONS_H
#define SSHD_SESSIONS_H

#include "sshd/monitor.h"

enum { ENV_MAX = 32, SESSION_FILES = 256 };

struct session {
	struct monitor *monitor;
	uint32_t id;
	pid_t pid;         /* 0: none (a console login, a render that waits) */
	bool starting;     /* will have one soon */
	uint32_t signals;  /* what it is to get then: bit n is signal n */
	uint32_t forked;   /* by which ready process; 0: it was executed */
	struct conn *conn; /* NULL: not on a connection (any more) */
	uint32_t channel;
	struct child *worker;
	struct identity id_bound;
	char *env[ENV_MAX + 1];
	size_t nenv;
	int tty; /* kept so that its number is not given away; -1: none */
	char tty_path[32];
	bool plain;       /* line mode was tried already */
	struct timer end; /* to be killed */
	/* A render: */
	struct child *asker; /* the worker that asked; NULL: none */
	uint32_t asked_by;   /* the session that waits for it */
	char job[64];
	struct session *next;
};

struct session *session_new(struct monitor *m);
void session_free(struct session *s);
struct session *session_by_id(const struct monitor *m, uint32_t id);
/* For a timer: kills it for good. */
void session_kill(void *arg);

/* ---- session_start.c ---- */
extern const char *const program_names[PROGRAMS];
/* Its environment: the client's part, the tenant's, ours. */
bool session_env(struct session *s, const struct session_request *rq,
    const struct proof *who);
/* A store socket in *fd, bound to who by a worker. */
enum err session_bind(struct session *s, const struct identity *who, int *fd);
/* Runs a program with fds as 0, 1, 2 and a store socket as who. */
enum err session_spawn(struct session *s, enum program program, const char *arg,
    const struct identity *who, const int fds[3], bool tty);
/* What rq asks for, on a terminal or on pipes; fds are the login child's. */
enum err session_run(struct session *s, const struct session_request *rq,
    int fds[2], size_t *nfds);

/* ---- renders.c ---- */
void render_done(struct session *s, enum err err);
/* Starts those that wait, oldest first, as far as there is room. */
void renders_go_on(struct monitor *m);

#endif

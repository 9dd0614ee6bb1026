/*
 * The monitor's own structures, for its files only: monitor.c (start, signals,
 * end), children.c (lasting children), workers.c (the store's), ready.c (where
 * sessions are forked from), proofs.c (who is it), conns.c (login children),
 * sessions.c (session programs), console.c (the run socket).
 *
 * The monitor starts everything, remembers who was proven on which connection
 * and hands out descriptors.  It reads framed messages of its children and of
 * the run socket, nothing else, and never opens the store.
 */
#ifndef SSHD_MONITOR_H
#define SSHD_MONITOR_H

#include "base/buf.h"
#include "base/config.h"
#include "data/session.h"
#include "base/loop.h"
#include "base/privs.h"
#include "sshd/proto.h"

enum program {
	PROGRAM_SELF,
	PROGRAM_STORE,
	PROGRAM_TUI,
	PROGRAM_CMD,
	PROGRAM_FILES,
	PROGRAM_RENDER,
	PROGRAMS
};

enum { MONITOR_SOCKETS = 16, MONITOR_WORKERS = 64 };

struct monitor;

/* The listener, a store worker, or the portal-tui that waits. */
struct child {
	struct monitor *monitor;
	enum program program;
	const char *arg;          /* its only one; NULL: none */
	const struct account *as; /* NULL: it cares for that itself */
	unsigned files;           /* RLIMIT_NOFILE, 0: as it is */
	pid_t pid;                /* 0: not running */
	struct watch watch;       /* its control socket; fd -1: none */
	struct timer again;       /* starts it again */
	int64_t pause_ms;         /* before the next time */
	bool ready;
	bool ever_ready; /* it, or one before it */
	/* Of a worker: */
	bool away;         /* its database does not answer */
	bool missed;       /* it did not take some message */
	struct timer late; /* then tells it that it did */
};

struct ticket;
struct conn;
struct session;
struct peer;

struct monitor {
	struct loop loop;
	struct watch signals;
	struct config config;
	bool root;
	struct account net, store, session;
	int programs[PROGRAMS]; /* -1: not installed */
	int sockets[MONITOR_SOCKETS];
	size_t nsockets;
	int empty_dir;           /* the listener's root */
	char host[CONFIG_VALUE]; /* PORTAL_HOST */

	struct child listener;
	struct buf listener_state; /* its predecessor's book */
	struct child workers[MONITOR_WORKERS];
	size_t nworkers;    /* the last one only proves passwords */
	size_t next_worker; /* to be given a session */
	uint64_t front;     /* this machine's number among several */
	bool store_away;    /* some worker's database does not answer */

	struct child ready;
	uint32_t ready_number;   /* counts those that were started */
	struct timer ready_late; /* set while forked sessions are awaited */

	struct ticket *tickets;
	struct conn *conns;
	struct session *sessions;
	struct session *renders; /* wait for their turn */
	size_t nrenders;         /* running */
	struct watch console;
	struct peer *peers;
	uint32_t last_id; /* of tickets and sessions */

	bool served; /* the listener and all workers were ready once */
	bool stopping, done;
	bool failed; /* the store or the keys: nothing can be served */
	struct timer stop;
};

/* Runs until it is told to end; the process's exit status. */
int monitor_main(const char *config_path);
/*
 * Looks at the configuration, and at what it names as far as that can be done
 * without taking an address or opening the store; the process's exit status.
 */
int monitor_test(const char *config_path);

/* ---- children.c ---- */
enum err children_start(struct monitor *m);
void children_stop(struct monitor *m);
/* True if pid was one of them. */
bool children_ended(struct monitor *m, pid_t pid, int status);
/* A fresh listener with the present configuration and keys. */
void listener_renew(struct monitor *m);
void listener_tell_conn(struct monitor *m, uint16_t type, uint32_t conn);
void listener_tell_crash(struct monitor *m, const char *source);

/* ---- workers.c ---- */
void workers_start(struct monitor *m);
/* It runs, and its store answers. */
bool worker_serves(const struct child *c);
/* A worker for a session's questions; NULL: none serves. */
struct child *worker_pick(struct monitor *m);
/* To every running worker, also one whose store is away. */
void workers_send(struct monitor *m, uint16_t type, const struct buf *b);
extern const char store_away_text[]; /* N_(): for people who come then */

/* For ready.c and workers.c too: */
void child_init(struct monitor *m, struct child *c, void (*start)(void *),
    void (*ready)(void *, uint32_t));
/* Starts its program, the control socket in c->watch. */
enum err child_spawn(struct child *c);
/* Closes the control socket, if there is one. */
void child_drop(struct child *c);
/* Starts it again after its pause. */
void child_again(struct child *c);

/* ---- ready.c ---- */
struct session;
void ready_start(struct monitor *m);
/*
 * Has a session forked on its terminal.  Until session_forked() tells its pid
 * it is only starting.  Another result than ERR_NONE: start it otherwise.
 */
enum err ready_fork(struct session *s, int store);
/* Takes in which sessions have been forked. */
void ready_drain(struct monitor *m);
/* A fresh one, with another layout of memory; this one's work is finished. */
void ready_renew(struct monitor *m);
void ready_ended(struct monitor *m, int status);

/* ---- proofs.c ---- */
typedef void proof_fn(void *arg, const struct proof *p);
/*
 * Asks who it is; fn is called later, not before the delay that the answer
 * asks for.  A password goes to the worker for passwords, when those before it
 * are answered.  While no worker serves the question waits some seconds for
 * one, then fn gets ERR_AWAY when the database does not answer, else ERR_BUSY.
 */
enum err proof_ask(struct monitor *m, const char *user, const char *email,
    const char *password, const char *source, proof_fn *fn, void *arg);
enum err proof_ask_key(struct monitor *m, const char *user, bool checked,
    const void *blob, size_t len, const char *source, proof_fn *fn, void *arg);
/* A worker has become ready, or has answered: asks what waited for it. */
void proof_resume(struct monitor *m);
/* fn will not be called with this arg any more. */
void proof_forget(struct monitor *m, void *arg);
void proof_answered(
    struct monitor *m, struct child *worker, struct ipc_msg *msg);
/* A worker died: its questions are answered with ERR_BUSY. */
void proof_lost(struct monitor *m, const struct child *worker);

/* ---- conns.c ---- */
struct conn {
	struct monitor *monitor;
	struct watch watch;
	uint32_t id; /* the listener's number */
	pid_t pid;
	char source[64];
	int state;    /* enum conn_state */
	bool checked; /* the question under way could let somebody in */
	unsigned failures;
	struct proof proof; /* who, in CONN_AUTHED */
	struct timer end;
	bool ending;
	struct conn *next;
};

enum err conn_new(
    struct monitor *m, uint32_t id, pid_t pid, const char *source, int fd);
void conn_bye(struct conn *c, const char *text);
/* ERR_CLOSED: the connection is gone, and c is freed. */
enum err conn_send(
    struct conn *c, uint16_t type, struct buf *b, const int *fds, size_t nfds);
void conns_free(struct monitor *m);
/* Ends the connections of a login after its sessions had time to say so. */
void conns_disable(struct monitor *m, int64_t login, const struct conn *except);
/* A login child that the listener did not live to see. */
void conns_child_ended(struct monitor *m, pid_t pid, int status);

/* ---- sessions.c ---- */
/* Starts what rq asks for.  False: *why is a sentence for the person. */
bool session_start(struct conn *c, uint32_t channel,
    const struct session_request *rq, int fds[2], size_t *nfds,
    const char **why);
/* A store socket for a console login, in *fd. */
enum err session_bind_console(
    struct monitor *m, const struct proof *p, int *fd);
void session_signal(struct conn *c, uint32_t channel, const char *name);
void session_close(struct conn *c, uint32_t channel);
/* A session is this process now. */
void session_forked(struct monitor *m, uint32_t id, pid_t pid);
/* Nobody forks them any more: those that are starting are started otherwise. */
void sessions_start_over(struct monitor *m);
bool sessions_starting(const struct monitor *m);
/* The connection is gone: so are its sessions. */
void sessions_orphan(struct conn *c);
bool sessions_ended(struct monitor *m, pid_t pid, int status);
bool sessions_any(const struct monitor *m, const struct conn *c);
void session_render(
    struct monitor *m, struct child *worker, struct ipc_msg *msg);
/* The worker says a session's socket is closed. */
void session_unbound(struct monitor *m, struct ipc_msg *msg);
/* A session wants to be its login's only one. */
void session_end_others(struct monitor *m, struct ipc_msg *msg);
/* Ends a login's sessions and connections; one session may go on. */
void sessions_end_login(
    struct monitor *m, int64_t login, const struct session *except);
void sessions_free(struct monitor *m);

/* ---- console.c ---- */
enum err console_open(struct monitor *m);
void console_close(struct monitor *m);
/* Something changed, a MONITOR_MSG_CHANGED's body: who waits for jobs is told
 * when it is one. */
void bells_ring(struct monitor *m, const struct buf *changed);

/* ---- monitor.c ---- */
extern const char *const program_names[PROGRAMS];
/* A child is ready: says so when the last one is, the first time. */
void monitor_check_ready(struct monitor *m);
/* Looks whether a stopping monitor has nothing left to wait for. */
void monitor_check_done(struct monitor *m);

#endif

/*
 * portal-worker's own structures: one process, one loop, one store handle.
 * Everything here runs to its end quickly or goes on in a callback: nothing
 * waits.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "base/buf.h"
#include "base/config.h"
#include "base/loop.h"
#include "data/job.h"

struct fetcher;   /* transfer.c */
struct mailer;    /* mailer.c */
struct endpoint;  /* http.c */
struct bell;      /* bell.c */
struct stripe;    /* stripe.c */
struct settler;   /* settle.c */
struct refunder;  /* refund.c */
struct sweeper;   /* sweep.c */
struct eventer;   /* events.c */
struct autopayer; /* autopay.c */
struct chores;    /* chores.c */

#define WORKER_NAME "portal-worker"

struct worker {
	struct loop loop;
	struct watch signals;
	struct watch reader; /* of portal.conf; fd -1: it is gone */
	struct config config;
	struct clock clock;
	/* ROLE_SYSTEM.  Open whenever the loop runs, but its database may be
	 * away: calls then give ERR_AWAY at once. */
	struct store *st;
	struct watch server; /* the connection to the database; fd -1: none */
	bool away;
	struct timer again; /* set while it is away */
	unsigned tries;
	char name[24]; /* of its leases */
	struct fetcher *fetcher;
	struct mailer *mailer;
	struct endpoint *endpoint;
	struct bell *bell;
	struct stripe *stripe;
	struct settler *settler;
	struct refunder *refunder;
	struct sweeper *sweeper;
	struct eventer *eventer;
	struct autopayer *autopayer;
	struct chores *chores;
	struct task *tasks; /* under way, oldest first */
	size_t ntasks;
	struct timer look; /* for due jobs */
	struct timer tell; /* mail_tell() */
	bool stopping, done;
	struct timer stop;
};

/* ---- run.c: start, signals, end ---- */

/* Runs until it is told to end; the process's exit status. */
int worker_main(const char *config_path);
/* The handle is nobody's but the system's. */
void worker_self(struct worker *w);

/* ---- child.c: a process beside this one, at the other end of a socket ---- */
/* What it runs, with its end; gives its exit status. */
typedef int child_fn(int fd, const struct config *c);
/*
 * Starts one and hears it on the loop: end has ready and arg, and its fd is set
 * (-1: there is none).  The child has nothing of the worker's but the names in
 * its configuration: no loop, no other child's socket, no secret.  Called
 * before there is a thread or a store.
 */
enum err child_open(struct worker *w, struct watch *end, child_fn *run);
/* Closing its end is how it is told to end. */
void child_close(struct worker *w, struct watch *end);

/* ---- reload.c ---- */
/* Makes the process that may read portal.conf for good: called before this one
 * gives up root, has a thread, or a child that must not have its socket. */
enum err reload_open(struct worker *w);
void reload_close(struct worker *w);
/* portal.conf is read again; soon w goes by it, or says what is wrong there. */
void reload(struct worker *w);

/* ---- confine.c ---- */
/*
 * Gives up what a worker never needs: another user than the store's when it is
 * root, and the system calls.  What listens is bound before.
 */
enum err worker_confine(const struct config *c);

/* ---- link.c: the store ---- */
/* Opens it and waits as long as its database does not answer: ERR_CLOSED, when
 * it was told to end meanwhile. */
enum err link_open(struct worker *w);
/* After each event: takes what was heard, notices a database that is lost. */
void link_look(struct worker *w);

/* ---- kinds.c: jobs, one row a kind ---- */

struct task;
struct kind {
	const char *name;
	void (*start)(struct task *t);
	int64_t limit_s;   /* no attempt takes longer: then it is given back */
	int64_t give_up_s; /* after this it has failed for good; 0: never */
	/* Pauses between attempts: first, doubled up to the longest. */
	int64_t pause_s, pause_max_s;
	/* No more than this are taken, so that a flood of one kind leaves room
	 * for the others; 0: any number. */
	size_t at_once;
};
/* What comes first is taken first. */
extern const struct kind kinds[];
extern const size_t nkinds;

/* ---- tasks.c: a job under way ---- */

/* A lease is kept while its task lives; a dead worker's end soon. */
enum { TASKS_MAX = 200, LEASE_S = 12 };

/* How a task ended, until the store knows it. */
struct ending {
	enum { END_NOT_YET, END_DONE, END_FAILED, END_LATER } how;
	int64_t due_at;
	char problem[JOB_PROBLEM];
};

/* The store's handle acts for the job's tenant and customer only inside
 * start() and inside callbacks that called task_enter(). */
struct task {
	struct worker *w;
	const struct kind *kind;
	struct job job;
	struct timer limit, keep;
	struct ending ending;
	void *state; /* the kind's own, freed by free_state() */
	void (*free_state)(void *state);
	struct task *next;
};
/* The handle becomes the job's tenant and customer, as the system. */
void task_enter(struct task *t);
/* Exactly one of these ends it: t is gone, and so are requests whose arg was t
 * or its state. */
void task_done(struct task *t);
void task_failed(struct task *t, const char *problem);
/* Again after the kind's pause, or not before an instant (not 0). */
void task_later(struct task *t, int64_t not_before, const char *problem);

/* Something may be due: looks at the next turn. */
void tasks_look(struct worker *w);
/* The store answers again: tells it how tasks ended meanwhile. */
void tasks_back(struct worker *w);
/* Takes no more. */
void tasks_stop(struct worker *w);
/* Gives all back. */
void tasks_end(struct worker *w);

/* ---- fetch.c: HTTP requests, any number at once ---- */

enum { FETCH_MAX = 1024 * 1024 }; /* of an answer */

struct fetched {
	/* ERR_NONE: status is the server's; ERR_TIMEOUT, ERR_TOO_BIG,
	 * ERR_DENIED (its certificate), ERR_IO. */
	enum err err;
	const char *why; /* err in words, for staff */
	long status;
	const char *body; /* NUL-terminated */
	size_t len;
	const char *retry; /* "Stripe-Should-Retry": "true" "false" or "" */
	const char *request_id;
	long retry_after; /* seconds, 0: not said */
};
typedef void fetch_fn(void *arg, const struct fetched *f);
struct fetch {
	const char *method, *url;
	const char *const *headers; /* "Name: value", NULL at the end */
	const char *body;           /* NULL: none; copied */
	long timeout_ms;
	fetch_fn *fn;
	void *arg;
};
/* fn is called later, exactly once, unless it is forgotten or the fetcher is
 * closed first.  A redirect is an answer like any other. */
enum err fetch_start(struct worker *w, const struct fetch *f);
/* Ends all requests with this arg; their fn is not called. */
void fetch_forget(struct worker *w, const void *arg);

/* ---- transfer.c: libcurl on the loop ---- */
enum err fetcher_open(struct worker *w);
void fetcher_close(struct worker *w);

/* ---- mail.c ---- */
void mail_start(struct task *t);
/* Tells the store whether mail goes out; from time to time again, for tenants
 * that came since. */
void mail_tell(struct worker *w);
/* ERR_CONFIG: [mail] of the configuration is wrong; ERR_NOMEM.  problem says
 * how. */
enum err mail_check(const struct config *c, const char **problem);

/* ---- bell.c: being woken, and waking screens ---- */
enum err bell_open(struct worker *w);
void bell_close(struct worker *w);
/* Is it heard?  If not, somebody has to look. */
bool bell_works(const struct worker *w);
/* Something changed here: screens of this machine hear of it. */
void bell_tell(
    struct worker *w, int64_t tenant, int64_t customer, unsigned topics);

/* ---- http.c: the endpoint ---- */
/* Binds and listens: called before the store is open and before the process
 * gives up root; it serves when the loop runs. */
enum err endpoint_open(struct worker *w);
void endpoint_close(struct worker *w);

/* ---- checkout.c: kinds ---- */
void checkout_open_start(struct task *t);   /* "checkout.open" */
void checkout_expire_start(struct task *t); /* "checkout.expire" */

/* ---- sweep.c: what was paid meanwhile ---- */
/* All that talks to Stripe: before tasks are taken, and after they ended. */
enum err sweep_open(struct worker *w);
void sweep_close(struct worker *w);
/* portal.conf was read again: the default tenant's gateway may be on or off. */
void sweep_configure(struct worker *w);
/* Looks at this checkout soon. */
void sweep_soon(struct worker *w, int64_t checkout);

/* ---- events.c: the same by Stripe's list of events; sweep.c opens it ---- */
enum err events_open(struct worker *w);
void events_close(struct worker *w);

/* ---- autopay.c: what is due by itself ---- */
enum err autopay_open(struct worker *w);
void autopay_close(struct worker *w);
void autopay_look_start(struct task *t); /* "autopay.look" */
/* The events were looked through: now is the time. */
void autopay_look(struct worker *w);

/* ---- chores.c: what keeps the store in shape ---- */
enum err chores_open(struct worker *w);
void chores_close(struct worker *w);

/* ---- method.c: kinds ---- */
void method_detach_start(struct task *t);  /* "method.detach" */
void method_default_start(struct task *t); /* "method.default" */

#endif

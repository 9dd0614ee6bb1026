/*
 * A store worker: the only kind of process here that opens the store.  Answers
 * the sessions bound to it, proves who somebody is, tells sessions what has
 * changed.
 *
 * For its files only: worker.c (what the monitor says), clients.c (sessions),
 * confine.c (what the process gives up), link.c (the store: opened, lost,
 * found again, heard).
 */
#ifndef SSHD_STORE_WORKER_H
#define SSHD_STORE_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipc.h"
#include "data/store.h"
#include "base/loop.h"
#include "base/privs.h"
#include "sshd/proto.h"

enum { WORKER_URL = 600 };
#define WORKER_NAME "portal-store"

struct client;

struct worker {
	struct loop loop;
	struct watch control;
	struct client *clients;
	struct store *store;  /* NULL: not open yet */
	char url[WORKER_URL]; /* until it is */
	uint64_t front;       /* this machine's number */
	bool listens;         /* hears other machines for this one */
	struct watch server;  /* the connection to the database */
	bool away;            /* the database does not answer */
	struct timer again;   /* set while it is away */
	unsigned tries;
	bool done;
	int status; /* to exit with */
};

/* The process's main(); its control socket is CONTROL_FD. */
int worker_main(void);
/* To the monitor, wiping b (NULL: nothing to say beside the type).  Without a
 * monitor the worker is done. */
void worker_tell(struct worker *w, uint16_t type, struct buf *b);
void worker_tell_disabled(struct worker *w, int64_t login);

/* ---- confine.c ---- */
/*
 * Gives up what a worker on this kind of store never needs: another user and
 * root than as (NULL: stays who it is), and the system calls.  Rewrites url to
 * what it is from then on.
 */
enum err worker_confine(char url[WORKER_URL], const struct account *as);

/* ---- link.c ---- */
/* Opens w->url, or goes on trying while its server does not answer.  Another
 * error: it never will. */
enum err link_open(struct worker *w);
/* After each event: takes what was heard, notices a database that is lost. */
void link_look(struct worker *w);

/* ---- clients.c ---- */
/* A session of this identity on fd, which is taken over. */
enum err client_add(
    struct worker *w, int fd, uint32_t session, const struct identity *id);
void clients_free(struct worker *w);
void clients_note(struct worker *w, const struct note *note);
/* Only those of the tenant, and of the customer unless that is 0. */
void clients_changed(
    struct worker *w, int64_t tenant, int64_t customer, unsigned topics);
void clients_disable(struct worker *w, int64_t login, uint32_t except);
/* The paper that a session waits for is done, or why not. */
void client_rendered(struct worker *w, uint32_t session, enum err err);

#endif

/*
 * A store worker: the only kind of process here that opens the store.  Answers
 * the sessions bound to it, proves who somebody is, tells sessions what has
 * changed.
 */
#ifndef SSHD_STORE_WORKER_H
#define SSHD_STORE_WORKER_H

/* The process's main(); its control socket is CONTROL_FD. */
int worker_main(void);

#endif

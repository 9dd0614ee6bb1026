/*
 * The listener: accepts, counts, forks a login child for each connection.  It
 * knows nobody, so that a child inherits nothing of others.
 */
#ifndef SSHD_LISTENER_H
#define SSHD_LISTENER_H

/* The process's main(); its control socket is CONTROL_FD. */
int listener_main(void);

#endif

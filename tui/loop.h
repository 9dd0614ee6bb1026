/* One session from its first paint to its end. */
#ifndef TUI_LOOP_H
#define TUI_LOOP_H

#include "tui/session.h"
#include "tui/term.h"

/*
 * Signals are turned into a descriptor: call before the terminal is opened, so
 * that none is lost.  SIGHUP, SIGTERM and SIGINT end the session.
 */
enum err loop_signals(int *fd);

/*
 * Runs until the customer leaves.  Nothing wakes it but a key, a note, a
 * signal, and one timer that ends an idle session.  Gives an exit status
 * (SESSION_EXIT_*) and a sentence to say once the screen is gone.
 */
int loop_run(
    struct session *s, struct term *t, int signal_fd, const char **parting);

#endif

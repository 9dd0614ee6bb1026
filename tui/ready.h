/*
 * portal-tui --ready: a process that has started and waits for sessions to fork
 * (see SESSION_MSG_FORK in data/session.h).
 */
#ifndef TUI_READY_H
#define TUI_READY_H

#include <stdbool.h>

/*
 * Waits and forks.  True: this is a session now, with its descriptors, its
 * terminal and its environment, and nothing else of the process before.  False:
 * this is still that one, and is to end; *status is how.
 */
bool ready_wait(int *status);

#endif

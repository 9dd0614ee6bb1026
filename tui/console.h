/*
 * Console and serial login (AC11): asks for e-mail and password on the terminal
 * and gets a session from the monitor.
 */
#ifndef TUI_CONSOLE_H
#define TUI_CONSOLE_H

#include "data/session.h"

/*
 * Asks at most three times; plain lines, so that any terminal does.  On
 * ERR_NONE *fd is the store socket and env says where we are.  Any other
 * result has been said on the terminal already.
 */
enum err console_login(const char *config, int *fd, struct session_env *env);

#endif

/*
 * A customer's portal-cmd in this process, over a fresh store: for tests of
 * commands and of line mode.
 */
#ifndef TESTS_SSHD_CMD_SESSION_H
#define TESTS_SSHD_CMD_SESSION_H

#include "sshd/cmd/cmd.h"
#include "tests/data/fixture.h"

struct cmd_session {
	struct fixture f;
	struct cmd c;
	char *out, *err; /* of the last run */
	size_t out_len, err_len;
};

/* cmocka set-up and tear-down: anna's session, in *state. */
int cmd_session_setup(void **state);
int cmd_session_teardown(void **state);

/* Acts as somebody else from now on. */
void cmd_session_become(struct cmd_session *s, enum who who);
/* As the provider: sets one of the tenant's settings, read again. */
void cmd_session_setting(
    struct cmd_session *s, const char *key, const char *value);
/* Runs a command with typed (NULL: nothing) as its input; gives its exit
 * status. */
int cmd_session_run(struct cmd_session *s, const char *line, const char *typed);

#endif

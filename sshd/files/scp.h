/*
 * The server's side of the old scp protocol, "scp -f": the client's command
 * as it was sent, then records and acknowledgements.
 */
#ifndef SSHD_FILES_SCP_H
#define SSHD_FILES_SCP_H

#include "sshd/files/stream.h"

/*
 * Serves one command ("scp -f …").  Gives the exit status: 0, 1 (something was
 * refused or not found), 2 (no such usage).  *err says why it was cut short,
 * if it was.
 */
int scp_run(struct stream *stream, const char *command, enum err *err);

#endif

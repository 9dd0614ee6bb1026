/*
 * How this server speaks SSH: algorithms, banner, host keys.
 */
#ifndef SSHD_SERVER_H
#define SSHD_SERVER_H

#include <libssh/libssh.h>
#include <libssh/server.h>
#include <stddef.h>

#include "base/err.h"

/* kex "" means the built-in list.  ERR_CONFIG, with a log line, if libssh
 * knows none of kex. */
enum err server_new(ssh_bind *out, const char *kex);
/* Adds a private key from its file's text. */
enum err server_add_key(ssh_bind bind, const char *text);
/* A server's session on a connected socket, non-blocking; owns fd then. */
enum err server_accept(ssh_bind bind, int fd, ssh_session *out);
/*
 * One whole login against oneself in this process, so that what OpenSSL and
 * libssh set up on first use is there before the first fork.
 */
enum err server_warm(ssh_bind bind);

#endif

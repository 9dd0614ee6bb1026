/*
 * The addresses of [sshd] listen.
 */
#ifndef SSHD_SOCKETS_H
#define SSHD_SOCKETS_H

#include <stddef.h>

#include "base/err.h"

enum { ADDRESS_TEXT = 128 };

/*
 * Splits "host:port", "[v6]:port" or "port"; host "" means every address.
 * ERR_CONFIG if it is none of them.
 */
enum err address_split(const char *text, char host[ADDRESS_TEXT], char port[8]);
/* Could each address of a comma-separated list be one?  What is wrong is
 * logged. */
enum err sockets_test(const char *list);
/*
 * Binds and listens on every address of a comma-separated list, non-blocking
 * and CLOEXEC.  name gets the first as people would connect to it.  What is
 * wrong is logged.  On an error nothing stays open.
 */
enum err sockets_open(const char *list, int fds[], size_t max, size_t *count,
    char *name, size_t size);
/* "listening on ADDRESS" for each, with the real port. */
void sockets_log(const int fds[], size_t count);

#endif

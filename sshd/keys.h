/*
 * Host keys: ssh_host_ed25519_key and ssh_host_rsa_key in [sshd] host_key_dir.
 */
#ifndef SSHD_KEYS_H
#define SSHD_KEYS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum { HOST_KEYS = 2 };

/*
 * Makes the keys that are missing (never overwrites one), readable by their
 * owner only, and prints every key's SHA256 fingerprint on standard output.
 */
enum err keys_make(const char *dir);

/*
 * Reads the key files that are there, one buffer each (to be wiped by the
 * caller).  ERR_NOT_FOUND without any; ERR_DENIED if others may read one.
 * What is wrong is logged.
 */
enum err keys_read(const char *dir, struct buf keys[HOST_KEYS], size_t *count);

#endif

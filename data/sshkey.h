/* Public keys as people paste them, and as SSH sends them. */
#ifndef DATA_SSHKEY_H
#define DATA_SSHKEY_H

#include "data/store.h"

enum { SSHKEY_BLOB = 4096, SSHKEY_FINGERPRINT = 64 };

struct sshkey {
	char type[64];
	unsigned char blob[SSHKEY_BLOB];
	size_t len;
	char comment[161]; /* cleaned; "" when there is none */
	char fingerprint[SSHKEY_FINGERPRINT]; /* "SHA256:…" */
};

/*
 * One line of a .pub or authorized_keys file.  ERR_BAD_INPUT, with a problem
 * that says what to give instead, for private keys, options, certificates, weak
 * or unknown types and garbage.
 */
enum err sshkey_parse(struct store *st, const char *line, struct sshkey *out);

/* "SHA256:" and base64 without padding. */
void sshkey_fingerprint(
    char dst[SSHKEY_FINGERPRINT], const void *blob, size_t len);

#endif

/* Password hashes.  Needs libsodium: never linked into a session program. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "data/auth.h"

_Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "hashes fit");

enum err
password_hash(char out[PASSWORD_HASH], const char *password)
{
	char hash[PASSWORD_HASH];
	size_t n = strlen(password);

	if (n > PASSWORD_MAX)
		return ERR_TOO_BIG;
	if (sodium_init() < 0)
		return ERR_INTERNAL;
	if (crypto_pwhash_str_alg(hash, password, n,
		crypto_pwhash_OPSLIMIT_INTERACTIVE,
		crypto_pwhash_MEMLIMIT_INTERACTIVE,
		crypto_pwhash_ALG_ARGON2ID13) != 0)
		return ERR_NOMEM;
	snprintf(out, PASSWORD_HASH, "%s", hash);
	return ERR_NONE;
}

bool
password_verify(const char *hash, const char *password)
{
	char fixed[crypto_pwhash_STRBYTES] = "";
	size_t n = strlen(password);

	if (sodium_init() < 0 || strlen(hash) >= sizeof(fixed))
		return false;
	/* The library reads a buffer of this size. */
	strcpy(fixed, hash);
	/* What is too long is wrong, and takes as long to be so. */
	return crypto_pwhash_str_verify(
		   fixed, password, n <= PASSWORD_MAX ? n : 0) == 0 &&
	       n <= PASSWORD_MAX;
}

/*
 * portal.conf: INI, read with libinih.  An unknown section or key, a repeated
 * key or a bad value is an error that names file and line.  A value "@FILE" is
 * read from that file (one trailing newline dropped).  Paths are relative to
 * the configuration file.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CONFIG_DEFAULT "/etc/portal/portal.conf"

enum { CONFIG_VALUE = 512, CONFIG_PROBLEM = 512 };

/*
 * section, key, type, default.  TEXT: char[]; PATH: char[], made absolute (""
 * only where that is the default);
 * INT: int64_t within 0..INT32_MAX; COUNT: the same from 1 on; SECRET: char[],
 * wiped on release. STORE_URL: "sqlite:FILE" with FILE made absolute, or
 * "postgresql://..." as it is, which may hold a password and is wiped as well.
 */
/* clang-format off */
#define CONFIG_LIST(X) \
	X(store,  url,                    STORE_URL, "sqlite:portal.db") \
	X(sshd,   listen,                 TEXT,   "127.0.0.1:2222") \
	X(sshd,   public_name,            TEXT,   "") \
	X(sshd,   host_key_dir,           PATH,   "keys") \
	X(sshd,   run_dir,                PATH,   "run") \
	X(sshd,   kex,                    TEXT,   "") \
	X(sshd,   login_grace,            COUNT,  "60") \
	X(sshd,   max_unauthenticated,    COUNT,  "100") \
	X(sshd,   max_per_source,         COUNT,  "10") \
	X(sshd,   max_sessions_per_login, COUNT,  "10") \
	X(sshd,   max_channels,           COUNT,  "10") \
	X(sshd,   idle_minutes,           INT,    "60") \
	X(sshd,   store_workers,          INT,    "0") \
	X(sshd,   net_user,               TEXT,   "portal-net") \
	X(sshd,   store_user,             TEXT,   "portal-store") \
	X(sshd,   session_user,           TEXT,   "portal-session") \
	X(http,   listen,                 TEXT,   "127.0.0.1:8080") \
	X(http,   public_url,             TEXT,   "") \
	X(stripe, api_base,               TEXT,   "https://api.stripe.com") \
	X(stripe, secret_key,             SECRET, "") \
	X(stripe, webhook_secret,         SECRET, "") \
	X(mail,   smtp_url,               SECRET, "") \
	X(mail,   user,                   TEXT,   "") \
	X(mail,   password,               SECRET, "") \
	X(mail,   from,                   TEXT,   "") \
	X(mail,   ca_file,                PATH,   "")
/* clang-format on */

#define CONFIG_FIELD_TEXT(s, k) char s##_##k[CONFIG_VALUE];
#define CONFIG_FIELD_PATH(s, k) char s##_##k[CONFIG_VALUE];
#define CONFIG_FIELD_SECRET(s, k) char s##_##k[CONFIG_VALUE];
#define CONFIG_FIELD_STORE_URL(s, k) char s##_##k[CONFIG_VALUE];
#define CONFIG_FIELD_INT(s, k) int64_t s##_##k;
#define CONFIG_FIELD_COUNT(s, k) int64_t s##_##k;

struct config {
	char path[CONFIG_VALUE]; /* absolute path of the file read */
#define X(s, k, type, def) CONFIG_FIELD_##type(s, k)
	CONFIG_LIST(X)
#undef X
};

/*
 * Reads path.  On ERR_CONFIG problem says "FILE:LINE: what, and what to do";
 * on ERR_NOT_FOUND it names the file.
 */
enum err config_load(
    struct config *out, const char *path, char problem[CONFIG_PROBLEM]);
/*
 * A store's URL from a command line, read like [store] url; paths are relative
 * to the working directory.  name is what problem calls it.  The caller wipes
 * dst: it may hold a password.
 */
enum err config_store(char dst[CONFIG_VALUE], const char *name,
    const char *given, char problem[CONFIG_PROBLEM]);
/* Wipes the secrets. */
void config_release(struct config *c);

#endif

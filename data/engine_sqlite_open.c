/*
 * The sqlite engine: making and opening the file.
 */
#include "data/engine_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { BUSY_MS = 5000 };

static enum err
errno_err(const char *path)
{
	log_error("store: %s: %s", path, strerror(errno));
	switch (errno) {
	case EEXIST:
		return ERR_CONFLICT;
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_DENIED;
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case ENOMEM:
		return ERR_NOMEM;
	default:
		return ERR_IO;
	}
}

/* Directories may be links, the file may not. */
static enum err
resolve(const char *where, char path[PATH_MAX])
{
	char dir[PATH_MAX], real[PATH_MAX];
	const char *base = strrchr(where, '/');
	size_t n = strlen(where);

	if (where[0] != '/' || base[1] == '\0' || n >= sizeof(dir)) {
		log_error("store: the URL must be sqlite: and an absolute "
			  "file name");
		return ERR_CONFIG;
	}
	n = base == where ? 1 : (size_t)(base - where);
	memcpy(dir, where, n);
	dir[n] = '\0';
	if (realpath(dir, real) == NULL)
		return errno_err(dir);
	if (strcmp(real, "/") == 0)
		real[0] = '\0';
	if (snprintf(path, PATH_MAX, "%s%s", real, base) >= PATH_MAX)
		return ERR_TOO_BIG;
	return ERR_NONE;
}

static enum err
configure(sqlite3 *db)
{
	static const char pragmas[] = "PRAGMA trusted_schema = OFF;"
				      "PRAGMA foreign_keys = ON;"
				      "PRAGMA synchronous = FULL;"
				      "PRAGMA temp_store = MEMORY;"
				      /* pages; see store_checkpoint() */
				      "PRAGMA wal_autocheckpoint = 8192;"
				      "PRAGMA journal_size_limit = 4194304;";
	sqlite3_stmt *stmt = NULL;
	bool wal = false;
	enum err err;
	int rc;

	sqlite3_busy_timeout(db, BUSY_MS);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (sqlite3_db_readonly(db, "main")) {
		log_error("store: this user may not write the store");
		return ERR_DENIED;
	}
	if ((err = sqlite_execute(db, pragmas, "pragmas")) != ERR_NONE)
		return err;
	rc = sqlite3_prepare_v2(
	    db, "PRAGMA journal_mode = WAL", -1, &stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		wal = strcmp((const char *)sqlite3_column_text(stmt, 0),
			  "wal") == 0;
	else
		err = sqlite_failed(db, rc, "open");
	sqlite3_finalize(stmt);
	if (err == ERR_NONE && !wal) {
		log_error("store: the file system cannot do WAL");
		err = ERR_UNSUPPORTED;
	}
	return err;
}

static enum err
sqlite_open(struct store **out, const char *where)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW |
			  SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	char path[PATH_MAX];
	struct sqlite_store *s;
	struct stat sb;
	enum err err;
	int rc;

	if ((err = resolve(where, path)) != ERR_NONE)
		return err;
	if (lstat(path, &sb) != 0)
		return errno_err(path);
	if (!S_ISREG(sb.st_mode)) {
		log_error("store: %s is not a regular file", path);
		return ERR_CONFIG;
	}
	if ((s = calloc(1, sizeof(*s))) == NULL)
		return ERR_NOMEM;
	store_init(&s->st, &engine_sqlite);
	s->st.id.role = ROLE_SYSTEM;
	rc = sqlite3_open_v2(path, &s->db, flags, NULL);
	if (rc != SQLITE_OK)
		err = sqlite_failed(s->db, rc, path);
	else
		err = configure(s->db);
	if (err != ERR_NONE) {
		engine_sqlite.close(&s->st);
		return err;
	}
	*out = &s->st;
	return ERR_NONE;
}

static enum err
sqlite_create(const char *where)
{
	char path[PATH_MAX];
	enum err err;
	int fd;

	if ((err = resolve(where, path)) != ERR_NONE)
		return err;
	fd = open(
	    path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0660);
	if (fd < 0)
		return errno_err(path);
	if (fchmod(fd, 0660) != 0) { /* whatever the umask is */
		err = errno_err(path);
		unlink(path);
	}
	close(fd);
	return err;
}

static void
sqlite_discard(const char *where)
{
	static const char *const suffixes[] = {"", "-wal", "-shm"};
	char path[PATH_MAX], file[PATH_MAX + 8];

	if (resolve(where, path) != ERR_NONE)
		return;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		snprintf(file, sizeof(file), "%s%s", path, suffixes[i]);
		unlink(file);
	}
}

const struct driver driver_sqlite = {
    .dialect = DIALECT_SQLITE,
    .open = sqlite_open,
    .create = sqlite_create,
    .discard = sqlite_discard,
};

/*
 * The monitor reads key files as bytes and never parses them: the listener
 * does, after it has given up its privileges.
 */
#include "sshd/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { KEY_FILE_MAX = 16 * 1024, KEY_PATH = 1024 };

struct host_key {
	const char *file;
	enum ssh_keytypes_e type;
	int bits;
};

static const struct host_key host_keys[HOST_KEYS] = {
    {"ssh_host_ed25519_key", SSH_KEYTYPE_ED25519, 0},
    {"ssh_host_rsa_key", SSH_KEYTYPE_RSA, 3072},
};

static enum err
key_path(
    char path[KEY_PATH], const char *dir, const char *file, const char *suffix)
{
	int n = snprintf(path, KEY_PATH, "%s/%s%s", dir, file, suffix);

	return n < 0 || n >= KEY_PATH ? ERR_TOO_BIG : ERR_NONE;
}

static enum err
key_print(const char *path)
{
	enum err err = ERR_INTERNAL;
	unsigned char *hash = NULL;
	char *text = NULL;
	ssh_key key = NULL;
	size_t len;

	if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key) !=
	    SSH_OK) {
		log_error("%s: not a private key without passphrase", path);
		return ERR_BAD_INPUT;
	}
	if (ssh_get_publickey_hash(
		key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) == 0 &&
	    (text = ssh_get_fingerprint_hash(
		 SSH_PUBLICKEY_HASH_SHA256, hash, len)) != NULL) {
		printf(
		    "%s %s\n", ssh_key_type_to_char(ssh_key_type(key)), text);
		err = ERR_NONE;
	}
	ssh_string_free_char(text);
	ssh_clean_pubkey_hash(&hash);
	ssh_key_free(key);
	return err;
}

/* Written aside and linked into place: link() never replaces. */
static enum err
key_make(const char *dir, const struct host_key *hk)
{
	char path[KEY_PATH], fresh[KEY_PATH], pub[KEY_PATH];
	enum err err;
	ssh_key key = NULL;

	if ((err = key_path(path, dir, hk->file, "")) != ERR_NONE ||
	    (err = key_path(fresh, dir, hk->file, ".new")) != ERR_NONE ||
	    (err = key_path(pub, dir, hk->file, ".pub")) != ERR_NONE)
		return err;
	if (access(path, F_OK) == 0)
		return key_print(path);

	if (ssh_pki_generate(hk->type, hk->bits, &key) != SSH_OK)
		return ERR_INTERNAL;
	unlink(fresh);
	if (ssh_pki_export_privkey_file(key, NULL, NULL, NULL, fresh) !=
	    SSH_OK) {
		log_error("%s: cannot write it", fresh);
		err = ERR_IO;
		goto out;
	}
	if (chmod(fresh, 0600) == -1 ||
	    (link(fresh, path) == -1 && errno != EEXIST)) {
		log_error("%s: %s", path, strerror(errno));
		err = ERR_IO;
		goto out;
	}
	if (ssh_pki_export_pubkey_file(key, pub) != SSH_OK ||
	    chmod(pub, 0644) == -1)
		log_warn("%s: cannot write it", pub);
	err = key_print(path);
out:
	unlink(fresh);
	ssh_key_free(key);
	return err;
}

enum err
keys_make(const char *dir)
{
	mode_t mask = umask(077);
	enum err err = ERR_NONE;
	size_t i;

	for (i = 0; i < HOST_KEYS && err == ERR_NONE; i++)
		err = key_make(dir, &host_keys[i]);
	umask(mask);
	return err;
}

static enum err
key_read(const char *path, struct buf *out)
{
	enum err err = ERR_NONE;
	struct stat st;
	unsigned char *p;
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) == -1)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		err = ERR_IO;
	} else if ((st.st_mode & 077) != 0) {
		err = ERR_DENIED;
	} else if (st.st_size > KEY_FILE_MAX) {
		err = ERR_TOO_BIG;
	} else if ((p = buf_reserve(out, (size_t)st.st_size)) == NULL) {
		err = out->err;
	} else if ((n = read(fd, p, (size_t)st.st_size)) != st.st_size) {
		err = ERR_IO;
	} else {
		out->len += (size_t)n;
	}
	close(fd);
	return err;
}

enum err
keys_read(const char *dir, struct buf keys[HOST_KEYS], size_t *count)
{
	char path[KEY_PATH];
	enum err err;
	size_t i, n = 0;

	for (i = 0; i < HOST_KEYS; i++) {
		buf_init(&keys[n], KEY_FILE_MAX);
		if ((err = key_path(path, dir, host_keys[i].file, "")) !=
		    ERR_NONE)
			goto fail;
		if ((err = key_read(path, &keys[n])) == ERR_NONE) {
			n++;
		} else if (err == ERR_DENIED) {
			log_error("%s: others may read it; run: chmod 600 %s",
			    path, path);
			goto fail;
		} else if (err != ERR_NOT_FOUND) {
			log_error("%s: cannot read it", path);
			goto fail;
		}
	}
	if (n == 0) {
		log_error("%s: no host key; run: portal-sshd "
			  "--make-host-keys %s",
		    dir, dir);
		return ERR_NOT_FOUND;
	}
	*count = n;
	return ERR_NONE;
fail:
	for (i = 0; i <= n && i < HOST_KEYS; i++)
		buf_wipe(&keys[i]);
	return err;
}

/*
 * Algorithm lists are short on purpose: each name costs every login its bytes.
 * Names that the linked libssh does not have are left out by it.
 */
#include "sshd/server.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"

enum { RSA_BITS_MIN = 2048 };

#define SERVER_KEX                                                             \
	"mlkem768x25519-sha256,sntrup761x25519-sha512,"                        \
	"curve25519-sha256,curve25519-sha256@libssh.org,"                      \
	"diffie-hellman-group16-sha512"
#define SERVER_CIPHERS                                                         \
	"chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,"                \
	"aes128-gcm@openssh.com,aes256-ctr,aes128-ctr"
/* The last one is for libssh2 before 1.11, so for curl on many systems. */
#define SERVER_MACS                                                            \
	"hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"         \
	"hmac-sha2-256"
#define SERVER_HOST_KEYS "ssh-ed25519,rsa-sha2-512,rsa-sha2-256"
#define SERVER_USER_KEYS                                                       \
	"ssh-ed25519,sk-ssh-ed25519@openssh.com,"                              \
	"ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"         \
	"sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256"
#define SERVER_COMPRESSION "none,zlib@openssh.com"

struct server_option {
	enum ssh_bind_options_e option;
	const char *value;
};

static const struct server_option server_options[] = {
    {SSH_BIND_OPTIONS_BANNER, "portal"},
    {SSH_BIND_OPTIONS_KEY_EXCHANGE, SERVER_KEX},
    {SSH_BIND_OPTIONS_CIPHERS_C_S, SERVER_CIPHERS},
    {SSH_BIND_OPTIONS_CIPHERS_S_C, SERVER_CIPHERS},
    {SSH_BIND_OPTIONS_HMAC_C_S, SERVER_MACS},
    {SSH_BIND_OPTIONS_HMAC_S_C, SERVER_MACS},
    {SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, SERVER_HOST_KEYS},
    {SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, SERVER_USER_KEYS},
};

enum err
server_new(ssh_bind *out, const char *kex)
{
	int rsa_bits = RSA_BITS_MIN;
	bool no = false;
	ssh_bind bind;
	size_t i;

	if ((bind = ssh_bind_new()) == NULL)
		return ERR_NOMEM;
	/* First of all: or the host's own ssh configuration is read. */
	if (ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no) !=
		SSH_OK ||
	    ssh_bind_options_set(
		bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE, &rsa_bits) != SSH_OK)
		goto fail;
	for (i = 0; i < sizeof(server_options) / sizeof(server_options[0]); i++)
		if (ssh_bind_options_set(bind, server_options[i].option,
			server_options[i].value) != SSH_OK)
			goto fail;
	if (*kex != '\0' && ssh_bind_options_set(bind,
				SSH_BIND_OPTIONS_KEY_EXCHANGE, kex) != SSH_OK) {
		log_error("[sshd] kex: no algorithm in it is known");
		ssh_bind_free(bind);
		return ERR_CONFIG;
	}
	*out = bind;
	return ERR_NONE;
fail:
	ssh_bind_free(bind);
	return ERR_INTERNAL;
}

enum err
server_add_key(ssh_bind bind, const char *text)
{
	ssh_key key = NULL;

	if (ssh_pki_import_privkey_base64(text, NULL, NULL, NULL, &key) !=
	    SSH_OK)
		return ERR_BAD_INPUT;
	/* The bind owns the key once it took it. */
	if (ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) !=
	    SSH_OK) {
		ssh_key_free(key);
		return ERR_BAD_INPUT;
	}
	return ERR_NONE;
}

enum err
server_accept(ssh_bind bind, int fd, ssh_session *out)
{
	bool no = false;
	ssh_session s;

	if ((s = ssh_new()) == NULL) {
		close(fd);
		return ERR_NOMEM;
	}
	/* accept() left it blocking, and libssh does not change that. */
	if (fd_set_nonblock(fd, 1) != ERR_NONE ||
	    ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &no) != SSH_OK ||
	    ssh_options_set(
		s, SSH_OPTIONS_COMPRESSION_C_S, SERVER_COMPRESSION) != SSH_OK ||
	    ssh_options_set(
		s, SSH_OPTIONS_COMPRESSION_S_C, SERVER_COMPRESSION) != SSH_OK ||
	    ssh_bind_accept_fd(bind, s, fd) != SSH_OK) {
		ssh_free(s);
		close(fd);
		return ERR_INTERNAL;
	}
	ssh_set_blocking(s, 0);
	*out = s;
	return ERR_NONE;
}

/*
 * Client and server take turns on a socket pair, both non-blocking, in one
 * thread: nothing to join, nothing that a fork could lose.
 */
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sshd/server.h"

enum { WARM_TURNS = 200 };

struct warm {
	ssh_session server, client;
	ssh_key key;
	bool exchanged, connected, done, failed;
};

static void
warm_server(struct warm *w)
{
	ssh_message m;
	int rc;

	if (!w->exchanged) {
		rc = ssh_handle_key_exchange(w->server);
		w->failed = rc != SSH_OK && rc != SSH_AGAIN;
		w->exchanged = rc == SSH_OK;
		return;
	}
	while ((m = ssh_message_get(w->server)) != NULL) {
		if (ssh_message_type(m) == SSH_REQUEST_AUTH &&
		    ssh_message_subtype(m) == SSH_AUTH_METHOD_PUBLICKEY)
			ssh_message_auth_reply_success(m, 0);
		else
			ssh_message_reply_default(m);
		ssh_message_free(m);
	}
}

static void
warm_client(struct warm *w)
{
	int rc;

	if (!w->connected) {
		rc = ssh_connect(w->client);
		w->failed = rc != SSH_OK && rc != SSH_AGAIN;
		w->connected = rc == SSH_OK;
		return;
	}
	rc = ssh_userauth_publickey(w->client, NULL, w->key);
	w->done = rc == SSH_AUTH_SUCCESS;
	w->failed = rc != SSH_AUTH_SUCCESS && rc != SSH_AUTH_AGAIN;
}

static enum err
warm_open(struct warm *w, ssh_bind bind, int sv[2])
{
	bool no = false;

	if (server_accept(bind, sv[0], &w->server) != ERR_NONE) {
		close(sv[1]);
		return ERR_INTERNAL;
	}
	if ((w->client = ssh_new()) == NULL) {
		close(sv[1]);
		return ERR_NOMEM;
	}
	if (ssh_options_set(w->client, SSH_OPTIONS_PROCESS_CONFIG, &no) !=
		SSH_OK ||
	    ssh_options_set(w->client, SSH_OPTIONS_HOST, "localhost") !=
		SSH_OK ||
	    ssh_options_set(w->client, SSH_OPTIONS_USER, "warm") != SSH_OK ||
	    ssh_options_set(w->client, SSH_OPTIONS_FD, &sv[1]) != SSH_OK) {
		close(sv[1]);
		return ERR_INTERNAL;
	}
	ssh_set_auth_methods(w->server, SSH_AUTH_METHOD_PUBLICKEY);
	ssh_set_blocking(w->client, 0);
	return ERR_NONE;
}

enum err
server_warm(ssh_bind bind)
{
	struct warm w = {0};
	enum err err;
	int i, sv[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		sv) == -1)
		return ERR_INTERNAL;
	if ((err = warm_open(&w, bind, sv)) != ERR_NONE)
		goto out;
	if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &w.key) != SSH_OK) {
		err = ERR_INTERNAL;
		goto out;
	}
	for (i = 0; i < WARM_TURNS && !w.done && !w.failed; i++) {
		warm_client(&w);
		if (!w.failed && !w.done)
			warm_server(&w);
	}
	err = w.done ? ERR_NONE : ERR_INTERNAL;
out:
	ssh_key_free(w.key);
	if (w.client != NULL)
		ssh_free(w.client);
	if (w.server != NULL)
		ssh_free(w.server);
	return err;
}

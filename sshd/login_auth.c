/*
 * Who is it?  The messages of libssh, in the order they came, each with its
 * row.  The answers are the monitor's; while it thinks (or lets a guesser wait)
 * nothing else is read from the client.
 *
 * libssh says nothing at all to a client whose signature is wrong or whose key
 * it cannot read.  Such packets are counted by what they did not become, and if
 * the client then waits, refused with a message kept for that: a callback
 * cannot keep one, so the queue is used here although its accessors are marked
 * as old.
 */
#include "sshd/login.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

enum {
	AUTH_FAILURES = 6,
	AUTH_KEY_PROBES = 20,
	AUTH_IGNORED = 16,
	AUTH_SILENCE_MS = 1000,
	AUTH_PROMPTS = 2,
	AUTH_KEY_MAX = 16 * 1024,
	AUTH_TEXT = 1024,
};

struct auth_row {
	int type, subtype; /* subtype -1: any */
	void (*act)(struct login *l, ssh_message m);
};

static void
auth_refuse(struct login *l, ssh_message m)
{
	ssh_message_reply_default(m);
	if (++l->failures > AUTH_FAILURES)
		login_end(l, "Too many authentication failures.");
}

static void
auth_accept(struct login *l, ssh_message m)
{
	if (ssh_message_auth_reply_success(m, 0) != SSH_OK) {
		login_end(l, NULL);
		return;
	}
	l->authed = true;
	l->deadline = 0;
	if (channels_start(l) != ERR_NONE)
		login_end(l, NULL);
}

/* The monitor's word; false also when the connection has ended. */
static bool
auth_ask(struct login *l, uint16_t type, struct buf *b)
{
	struct ipc_msg answer;
	bool ok = false;
	struct rd r;

	ipc_msg_init(&answer);
	if (login_ask(l, type, b, CONN_MSG_PROOF, &answer) == ERR_NONE) {
		r = rd_buf(&answer.body);
		ok = rd_u8(&r) == 1 && rd_end(&r) == ERR_NONE;
	}
	ipc_msg_release(&answer);
	return ok;
}

static void
auth_prove(struct login *l, ssh_message m, const char *user, const char *email,
    const char *password)
{
	struct buf b;
	bool ok;

	buf_init(&b, 4 * AUTH_TEXT);
	buf_put_str(&b, user);
	buf_put_str(&b, email);
	buf_put_str(&b, password);
	ok = auth_ask(l, CONN_MSG_PASSWORD, &b);
	if (l->ended)
		return;
	if (ok)
		auth_accept(l, m);
	else
		auth_refuse(l, m);
}

static void
wipe(const char *s)
{
	/* libssh's own memory, which is not read-only. */
	if (s != NULL)
		explicit_bzero((char *)s, strlen(s));
}

static void
on_service(struct login *l, ssh_message m)
{
	const char *service = ssh_message_service_service(m);

	if (service != NULL && strcmp(service, "ssh-userauth") == 0)
		ssh_message_service_reply_success(m);
	else
		login_end(l, "Log in first.");
}

static void
on_none(struct login *l, ssh_message m)
{
	(void)l;
	ssh_message_reply_default(m);
}

static void
on_password(struct login *l, ssh_message m)
{
	const char *user = ssh_message_auth_user(m);
	const char *password = ssh_message_auth_password(m);

	if (user == NULL || password == NULL || strlen(user) > AUTH_TEXT ||
	    strlen(password) > AUTH_TEXT)
		auth_refuse(l, m);
	else
		auth_prove(l, m, user, "", password);
	wipe(password);
}

/* Somebody whose SSH user name is an e-mail address need not say it again. */
static bool
user_is_email(const struct login *l)
{
	return strchr(l->user, '@') != NULL;
}

static void
auth_prompt(struct login *l, ssh_message m)
{
	static const char *prompts[] = {"Email: ", "Password: "};
	static const char echo[] = {1, 0};
	const char *user = ssh_message_auth_user(m);
	int skip;

	if (user == NULL || strlen(user) >= sizeof(l->user)) {
		auth_refuse(l, m);
		return;
	}
	snprintf(l->user, sizeof(l->user), "%s", user);
	skip = user_is_email(l) ? 1 : 0;
	if (ssh_message_auth_interactive_request(m, "", "",
		(unsigned)(AUTH_PROMPTS - skip), prompts + skip,
		(char *)echo + skip) != SSH_OK)
		login_end(l, NULL);
}

static void
on_interactive(struct login *l, ssh_message m)
{
	const char *email = "", *password;
	int answers;

	if (!ssh_message_auth_kbdint_is_response(m)) {
		auth_prompt(l, m);
		return;
	}
	answers = ssh_userauth_kbdint_getnanswers(l->ssh);
	if (!user_is_email(l))
		email = ssh_userauth_kbdint_getanswer(l->ssh, 0);
	password = ssh_userauth_kbdint_getanswer(
	    l->ssh, (unsigned)(answers > 0 ? answers - 1 : 0));
	if (answers != (user_is_email(l) ? 1 : AUTH_PROMPTS) || email == NULL ||
	    password == NULL || strlen(email) > AUTH_TEXT ||
	    strlen(password) > AUTH_TEXT)
		auth_refuse(l, m);
	else
		auth_prove(l, m, l->user, email, password);
	wipe(password);
}

/* The key in wire form, as the store knows keys; libssh gives it in base64. */
static bool
key_put(struct buf *b, ssh_key key)
{
	unsigned char *blob = NULL;
	char *b64 = NULL;
	bool ok = false;
	size_t len, n;

	if (ssh_pki_export_pubkey_base64(key, &b64) != SSH_OK)
		return false;
	len = strlen(b64);
	if (len <= AUTH_KEY_MAX && (blob = malloc(len)) != NULL &&
	    sodium_base642bin(blob, len, b64, len, NULL, &n, NULL,
		sodium_base64_VARIANT_ORIGINAL) == 0) {
		buf_put_blob(b, blob, n);
		ok = true;
	}
	free(blob);
	ssh_string_free_char(b64);
	return ok;
}

static void
on_key(struct login *l, ssh_message m)
{
	const char *user = ssh_message_auth_user(m);
	ssh_key key = ssh_message_auth_pubkey(m);
	bool checked =
	    ssh_message_auth_publickey_state(m) == SSH_PUBLICKEY_STATE_VALID;
	bool probe =
	    ssh_message_auth_publickey_state(m) == SSH_PUBLICKEY_STATE_NONE;
	struct buf b;
	bool ok;

	buf_init(&b, AUTH_KEY_MAX);
	if (probe && ++l->key_probes > AUTH_KEY_PROBES) {
		login_end(l, "Too many keys.");
		return;
	}
	buf_put_str(&b, user);
	buf_put_u8(&b, checked);
	if ((!checked && !probe) || user == NULL || strlen(user) > AUTH_TEXT ||
	    !key_put(&b, key)) {
		buf_wipe(&b);
		auth_refuse(l, m);
		return;
	}
	ok = auth_ask(l, CONN_MSG_KEY, &b);
	if (l->ended)
		return;
	if (checked && ok)
		auth_accept(l, m);
	else if (checked)
		auth_refuse(l, m);
	else if (ok)
		ssh_message_auth_reply_pk_ok_simple(m);
	else
		ssh_message_reply_default(m);
}

/* clang-format off */
static const struct auth_row auth_rows[] = {
	{ SSH_REQUEST_SERVICE, -1,                          on_service },
	{ SSH_REQUEST_AUTH,    SSH_AUTH_METHOD_NONE,        on_none },
	{ SSH_REQUEST_AUTH,    SSH_AUTH_METHOD_PASSWORD,    on_password },
	{ SSH_REQUEST_AUTH,    SSH_AUTH_METHOD_INTERACTIVE, on_interactive },
	{ SSH_REQUEST_AUTH,    SSH_AUTH_METHOD_PUBLICKEY,   on_key },
};
/* clang-format on */

static void
auth_message(struct login *l, ssh_message m)
{
	int type = ssh_message_type(m), subtype = ssh_message_subtype(m);
	size_t i;

	for (i = 0; i < sizeof(auth_rows) / sizeof(auth_rows[0]); i++) {
		if (auth_rows[i].type != type ||
		    (auth_rows[i].subtype != -1 &&
			auth_rows[i].subtype != subtype))
			continue;
		auth_rows[i].act(l, m);
		return;
	}
	ssh_message_reply_default(m);
}

/* A request that libssh dropped without a word gets its refusal. */
void
auth_answer_silence(struct login *l)
{
	l->silence = 0;
	if (l->refusal != NULL)
		auth_refuse(l, l->refusal);
	else
		login_end(l, "That key or signature cannot be read.");
}

/*
 * Packets came out as nothing.  Some clients put an empty one before each
 * request, so it counts only if no request comes after it.
 */
static void
auth_notice_silence(struct login *l)
{
	uint64_t silent = l->raw.in_packets - l->messages;

	if (silent <= l->silent)
		return;
	l->silent = silent;
	/* Some clients hide a password's length behind packets of nothing. */
	if ((l->method == SSH_AUTH_METHOD_PASSWORD ||
		l->method == SSH_AUTH_METHOD_INTERACTIVE) &&
	    l->ignored++ < AUTH_IGNORED)
		return;
	if (l->silence == 0)
		l->silence = clock_mono_ms() + AUTH_SILENCE_MS;
}

void
auth_turn(struct login *l)
{
	ssh_message m;

	while (
	    !l->ended && !l->authed && (m = ssh_message_get(l->ssh)) != NULL) {
		/* Before it is answered: libssh reads on while it writes. */
		l->messages++;
		l->silence = 0;
		l->silent = l->raw.in_packets - l->messages;
		if (ssh_message_type(m) == SSH_REQUEST_AUTH)
			l->method = ssh_message_subtype(m);
		auth_message(l, m);
		if (l->refusal == NULL &&
		    ssh_message_type(m) == SSH_REQUEST_AUTH)
			l->refusal = m;
		else
			ssh_message_free(m);
	}
	if (l->messages > 0 && !l->ended && !l->authed)
		auth_notice_silence(l);
	if (l->authed && l->refusal != NULL) {
		ssh_message_free(l->refusal);
		l->refusal = NULL;
	}
}

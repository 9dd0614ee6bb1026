/*
 * The login on a real terminal, before any screen.  The password goes to the
 * monitor and nowhere else; this program never sees a hash.
 */
#include "tui/console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/config.h"
#include "base/i18n.h"
#include "base/text.h"
#include "data/auth.h"

enum { CONSOLE_TRIES = 3, ANSWER_MAX = 1024, SSH_PORT = 22 };

static void
say(const char *text)
{
	printf("%s\n", text);
	fflush(stdout);
}

/* One line without its newline; what is too long is refused as a whole. */
static enum err
ask(const char *prompt, char *dst, size_t size, bool echo)
{
	struct termios saved, tio;
	bool quiet = !echo && tcgetattr(STDIN_FILENO, &saved) == 0;
	size_t n = 0;
	bool over = false;
	char c;
	ssize_t got;

	/* Before the prompt: who sees it may type at once. */
	if (quiet) {
		tio = saved;
		tio.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSANOW, &tio);
	}
	printf("%s", prompt);
	fflush(stdout);
	while ((got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
		if (n + 1 < size)
			dst[n++] = c;
		else
			over = true;
	}
	dst[n] = '\0';
	if (quiet) {
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
		printf("\n");
	}
	if (got != 1)
		return ERR_CLOSED;
	return over || memchr(dst, '\0', n) != NULL ? ERR_TOO_BIG : ERR_NONE;
}

/* Sends one attempt and reads its answer. */
static enum err
attempt(const char *socket_path, const char *email, const char *password,
    int *fd, struct session_env *env)
{
	struct ipc_msg answer;
	struct buf body;
	struct rd r;
	uint8_t result;
	int sock = -1;
	enum err err;
	const char *tty = ttyname(STDIN_FILENO);

	ipc_msg_init(&answer);
	buf_init(&body, ANSWER_MAX);
	err = ipc_connect(socket_path, &sock);
	if (err != ERR_NONE)
		goto out;
	buf_put_str(&body, email);
	buf_put_str(&body, password);
	buf_put_str(&body, tty != NULL ? tty : "console");
	err = body.err != ERR_NONE
		  ? body.err
		  : ipc_send(sock, CONSOLE_MSG_LOGIN, &body, NULL, 0);
	if (err == ERR_NONE)
		err = ipc_recv(sock, &answer);
	if (err == ERR_NONE && answer.type != CONSOLE_MSG_ANSWER)
		err = ERR_PROTOCOL;
	if (err != ERR_NONE)
		goto out;
	r = rd_buf(&answer.body);
	result = rd_u8(&r);
	if (result == AUTH_OK && answer.nfds == 1) {
		rd_str(&r, env->zone, sizeof(env->zone));
		rd_str(&r, env->host, sizeof(env->host));
		rd_str(&r, env->user, sizeof(env->user));
		env->idle_minutes = (int)rd_u32(&r);
		err = rd_end(&r);
	} else {
		err = result == AUTH_DISABLED ? ERR_DENIED : ERR_AUTH;
	}
	if (err == ERR_NONE) {
		*fd = answer.fds[0];
		answer.fds[0] = -1;
	}
out:
	if (sock >= 0)
		close(sock);
	buf_wipe(&body);
	ipc_msg_release(&answer);
	return err;
}

/* "host:port" becomes both parts, as session_env_load() does it. */
static void
split_port(struct session_env *env)
{
	char *colon = strrchr(env->host, ':');

	env->port = SSH_PORT;
	if (colon == NULL || strchr(env->host, ':') != colon)
		return;
	env->port = atoi(colon + 1);
	*colon = '\0';
}

static enum err
try_once(const char *socket_path, int *fd, struct session_env *env)
{
	char email[255], password[257];
	enum err err = ask(_("Email: "), email, sizeof(email), true);

	if (err == ERR_NONE)
		err = ask(_("Password: "), password, sizeof(password), false);
	if (err == ERR_TOO_BIG || (err == ERR_NONE && !text_is_email(email)))
		err = ERR_AUTH;
	if (err == ERR_NONE)
		err = attempt(socket_path, email, password, fd, env);
	explicit_bzero(password, sizeof(password));
	return err;
}

enum err
console_login(const char *config, int *fd, struct session_env *env)
{
	struct config cfg;
	char problem[CONFIG_PROBLEM], path[CONFIG_VALUE + 32];
	enum err err = config_load(&cfg, config, problem);

	if (err != ERR_NONE) {
		fprintf(stderr, "portal-tui: %s\n", problem);
		return err;
	}
	snprintf(path, sizeof(path), "%s/%s", cfg.sshd_run_dir, CONSOLE_SOCKET);
	config_release(&cfg);
	for (int i = 0; i < CONSOLE_TRIES; i++) {
		err = try_once(path, fd, env);
		if (err == ERR_NONE) {
			split_port(env);
			return ERR_NONE;
		}
		if (err == ERR_AUTH)
			say(_("That e-mail or password is wrong."));
		else
			break;
	}
	if (err == ERR_DENIED)
		say(_("Your access is switched off. Please ask your "
		      "provider."));
	else if (err == ERR_NOT_FOUND || err == ERR_IO || err == ERR_CLOSED)
		say(_("The portal is not running. Please try again later."));
	else if (err != ERR_AUTH)
		say(err_text(err));
	return err;
}

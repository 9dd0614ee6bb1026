/*
 * portal-cmd: what `ssh portal@isp COMMAND` starts.  It holds a store socket
 * bound to one customer and nothing else worth having.
 */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/i18n.h"
#include "base/log.h"
#include "sshd/cmd/cmd.h"

/* Whatever the client's locale, text here is UTF-8. */
static void
locale_start(void)
{
	if (setlocale(LC_ALL, "") == NULL || MB_CUR_MAX < 4)
		setlocale(LC_CTYPE, "C.UTF-8");
	i18n_open();
}

/* What libraries would otherwise open files for later, when it is too late. */
static void
libraries_warm(const struct cmd *c)
{
	size_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) == (ssize_t)sizeof(seed))
		json_object_seed(seed | 1);
	(void)err_text(ERR_NONE);
	(void)cmd_today(c);
}

int
main(int argc, char **argv)
{
	static char out_buffer[32 * 1024];
	struct cmd c = {.in = stdin, .out = stdout, .err = stderr};
	enum err err;
	int status;

	log_open("portal-cmd", LOG_LVL_WARN);
	locale_start();
	if (fcntl(SESSION_STORE_FD, F_GETFD) == -1) {
		fprintf(stderr, "%s\n",
		    _("portal-cmd is started by portal-sshd: "
		      "ssh portal@HOST COMMAND"));
		return SESSION_EXIT_USAGE;
	}
	setvbuf(stdout, out_buffer, _IOFBF, sizeof(out_buffer));
	session_env_load(&c.env);
	if ((err = store_open_socket(&c.st, SESSION_STORE_FD)) != ERR_NONE) {
		fprintf(stderr, "%s\n", err_text(err));
		return SESSION_EXIT_REFUSED;
	}
	store_patience(c.st, SESSION_PATIENCE_MS);
	libraries_warm(&c);
	if ((err = session_sandbox(SESSION_EXTRA_TTY)) != ERR_NONE ||
	    (err = cmd_load(&c)) != ERR_NONE)
		status = cmd_fail(&c, err);
	else
		status = cmd_run(&c, argc > 1 ? argv[1] : "");
	if (fflush(stdout) != 0 && status == SESSION_EXIT_OK)
		status = SESSION_EXIT_REFUSED;
	store_close(c.st);
	return status;
}

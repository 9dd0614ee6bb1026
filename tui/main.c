/*
 * portal-tui: the customer's screens on a pty or a real terminal.  Started by
 * the monitor with a store socket; without one it asks who is there (console
 * login).  Opens no store, reaches no network.
 */
#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/config.h"
#include "base/i18n.h"
#include "base/log.h"
#include "tui/console.h"
#include "tui/loop.h"
#include "tui/manual.h"
#include "tui/ready.h"

/* A session is small and there are many: what was needed for a moment goes
 * back at once. */
enum { MALLOC_MMAP = 24 * 1024 };

static int
usage(void)
{
	fprintf(stderr, _("usage: portal-tui [-c FILE]\n"));
	return SESSION_EXIT_USAGE;
}

static bool
has_store_socket(void)
{
	struct stat st;

	return fstat(SESSION_STORE_FD, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* Line mode is another program: who started us starts it, or says how. */
static int
line_mode(const struct session_env *env, bool console)
{
	char line[SCP_SIZE];

	if (!console)
		return SESSION_EXIT_LINE_MODE;
	session_ssh_line(line, sizeof(line), env, "plain");
	printf(_("This terminal cannot show screens. Plain text is at:\n"
		 "%s\n"),
	    line);
	return SESSION_EXIT_LINE_MODE;
}

static int
run(struct store *store, const struct session_env *env, bool console)
{
	const char *name = getenv("TERM"), *parting = NULL;
	struct session *s = calloc(1, sizeof(*s));
	struct term *term = NULL;
	int signal_fd = -1, status = SESSION_EXIT_REFUSED;
	enum err err = s == NULL ? ERR_NOMEM : loop_signals(&signal_fd);

	if (err == ERR_NONE)
		err = term_open(&term, STDIN_FILENO, STDOUT_FILENO, name);
	if (err == ERR_UNSUPPORTED) {
		status = line_mode(env, console);
		goto out;
	}
	if (err == ERR_NONE)
		err = session_sandbox(SESSION_EXTRA_TTY);
	if (err == ERR_NONE) {
		s->env = *env;
		s->can_copy = term_facts(term)->copy;
		s->has_blocks = term_facts(term)->utf8;
		err = session_open(s, store);
	}
	if (err == ERR_NONE)
		status = loop_run(s, term, signal_fd, &parting);
	else
		parting = err_text(err);
	term_close(term);
	if (status == SESSION_EXIT_LINE_MODE)
		status = line_mode(env, console);
	if (parting != NULL)
		printf("%s\n", parting);
	fflush(stdout);
out:
	free(s);
	return status;
}

static void
locale_open(void)
{
	const char *name = getenv("TERM");

	term_locale(name != NULL ? name : "");
	i18n_open();
}

/* The sessions that are forked from us find this done. */
static bool
become_session(char *arg, int *status)
{
	locale_open();
	if (!ready_wait(status))
		return false;
	memset(arg, 0, strlen(arg)); /* we are not that any more, for ps */
	return true;
}

int
main(int argc, char **argv)
{
	const char *config = CONFIG_DEFAULT;
	struct session_env env = {0};
	struct store *store = NULL;
	bool console, ready = argc == 2 && strcmp(argv[1], "--ready") == 0;
	int opt, fd = SESSION_STORE_FD, status;
	enum err err = ERR_NONE;

	if (argc == 2 && strcmp(argv[1], "--keys") == 0)
		return manual_print();
	while (!ready && (opt = getopt(argc, argv, "c:")) != -1) {
		if (opt != 'c')
			return usage();
		config = optarg;
	}
	if (!ready && optind != argc)
		return usage();
	log_open("portal-tui", LOG_LVL_WARN);
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, MALLOC_MMAP);
	if (ready && !become_session(argv[1], &status))
		return status;
	console = !has_store_socket();
	locale_open();
	if (console) {
		if (!isatty(STDIN_FILENO))
			return usage();
		err = console_login(config, &fd, &env);
		if (err != ERR_NONE)
			return SESSION_EXIT_REFUSED;
		setenv("TZ", env.zone, 1);
		tzset(); /* no file can be opened later */
	} else {
		session_env_load(&env);
	}
	err = store_open_socket(&store, fd);
	if (err != ERR_NONE) {
		fprintf(stderr, "%s\n", err_text(err));
		return SESSION_EXIT_REFUSED;
	}
	status = run(store, &env, console);
	store_close(store);
	fflush(NULL);
	/* Nothing is left to do for anybody's exit handlers. */
	_exit(status);
}

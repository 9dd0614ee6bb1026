/*
 * portal-files: one customer's papers by SFTP or "scp -f".  Everything that
 * needs a file is done before the sandbox, the client's words are read after.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"
#include "data/session.h"
#include "sshd/files/scp.h"
#include "sshd/files/sftp.h"
#include "sshd/files/stream.h"
#include "sshd/files/tree.h"

enum { INPUT = 64 * 1024 };

/* One sentence for the customer: standard error is their terminal. */
static void
say(const char *text)
{
	struct buf line;

	buf_init(&line, 1024);
	buf_addf(&line, "portal: %s\n", text);
	if (line.err == ERR_NONE &&
	    write(STDERR_FILENO, line.data, line.len) == -1)
		log_debug("nobody reads standard error");
	buf_release(&line);
}

static void
say_end(enum err err)
{
	static const struct {
		enum err err;
		const char *text;
	} ends[] = {
	    {ERR_TOO_BIG, N_("A packet was too long. The transfer ends.")},
	    {ERR_PROTOCOL,
		N_("That is not the file transfer protocol that was asked "
		   "for. The transfer ends.")},
	    {ERR_TIMEOUT,
		N_("Nothing happened for too long. The transfer ends.")},
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i].err == err) {
			say(_(ends[i].text));
			return;
		}
	/* Gone, or told to go: a client knows that by itself. */
	if (err != ERR_NONE && err != ERR_CLOSED)
		say(err_text(err));
}

static enum err
send_out(void *arg, struct buf *out)
{
	return stream_write(arg, out);
}

static int
run_sftp(struct stream *stream, const char *command, enum err *err)
{
	static unsigned char in[INPUT];
	struct sftp *sftp;
	bool partial;
	size_t n;

	(void)command;
	if ((*err = sftp_new(&sftp, stream->vfs, send_out, stream)))
		return SESSION_EXIT_REFUSED;
	for (;;) {
		if ((*err = stream_read(stream, in, sizeof(in), &n)) ||
		    n == 0 || (*err = sftp_input(sftp, in, n)))
			break;
		stream->busy = sftp_busy(sftp);
	}
	partial = sftp_partial(sftp);
	sftp_free(sftp);
	return *err != ERR_NONE || partial ? SESSION_EXIT_REFUSED
					   : SESSION_EXIT_OK;
}

static const struct {
	const char *word;
	bool alone; /* nothing may follow it */
	int (*run)(struct stream *stream, const char *command, enum err *err);
} modes[] = {
    {"sftp", true, run_sftp},
    {"scp", false, scp_run},
};

static int
run(struct stream *stream, const char *command)
{
	size_t len = strcspn(command, " \t");
	int status = SESSION_EXIT_USAGE;
	enum err err = ERR_NONE;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strlen(modes[i].word) == len &&
		    memcmp(modes[i].word, command, len) == 0 &&
		    !(modes[i].alone && command[len] != '\0'))
			status = modes[i].run(stream, command, &err);
	if (status == SESSION_EXIT_USAGE)
		say(_("usage: scp -f [-pr] PATH..., as your scp sends it; or "
		      "the sftp subsystem"));
	else
		say_end(err);
	return status;
}

/* Catalogue and zone are read now: later no file can be opened. */
static void
prepare(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_open("portal-files", LOG_LVL_ERROR);
	setlocale(LC_ALL, "");
	i18n_open();
	tzset();
}

int
main(int argc, char **argv)
{
	struct session_env env;
	struct store *st = NULL;
	struct stream stream;
	struct tree tree;
	struct vfs vfs;
	enum err err;
	int status = SESSION_EXIT_REFUSED;

	if (argc != 2) {
		fputs("usage: portal-files sftp | \"scp -f ...\"\n"
		      "portal-sshd(8) starts it; see portal-files(8).\n",
		    stderr);
		return SESSION_EXIT_USAGE;
	}
	prepare();
	session_env_load(&env);
	if ((err = store_open_socket(&st, SESSION_STORE_FD))) {
		say(err_text(err));
		return SESSION_EXIT_REFUSED;
	}
	store_patience(st, SESSION_PATIENCE_MS);
	tree_init(&tree, st, &env);
	vfs = tree_vfs(&tree);
	if ((err = stream_init(&stream, STDIN_FILENO, STDOUT_FILENO, &vfs,
		 env.idle_minutes)) ||
	    (err = session_sandbox(SESSION_EXTRA_NONE)))
		say(err_text(err));
	else
		status = run(&stream, argv[1]);
	tree_release(&tree);
	store_close(st);
	return status;
}

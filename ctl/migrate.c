/*
 * portalctl migrate: copies a store to another engine or place, and proves it.
 */
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/ipc.h"
#include "ctl/ctl.h"
#include "data/copy.h"
#include "data/session.h"

enum { REDRAW_MS = 200, LINE = 256, SHOWN = 8 /* bytes of a checksum */ };

struct migration {
	struct ctl *ctl;
	char from[CONFIG_VALUE], to[CONFIG_VALUE]; /* with their passwords */
	char from_name[CONFIG_VALUE], to_name[CONFIG_VALUE];
	bool configured; /* FROM is what the configuration names */
	bool tty;
	int64_t drawn_at, tables, rows;
};

/* For the handler: what it says, in the user's language. */
static char stopped[LINE];

static void
stop(int sig)
{
	ssize_t ignored = write(STDERR_FILENO, stopped, strlen(stopped));

	(void)sig, (void)ignored;
	_exit(CTL_FAILED);
}

static void
ending_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

/* Leaving at once is enough: an open transaction is taken back. */
static void
catch_signals(void)
{
	struct sigaction act = {.sa_handler = stop};
	int sig;

	snprintf(stopped, sizeof(stopped), "\nportalctl: %s\n",
	    _("Stopped. Nothing of it is in the other store: the same command "
	      "begins again."));
	ending_signals(&act.sa_mask);
	for (sig = 1; sig < NSIG; sig++)
		if (sigismember(&act.sa_mask, sig) == 1)
			sigaction(sig, &act, NULL);
}

/* Progress: a line on a terminal that is drawn again. */

static void
wipe_line(const struct migration *m)
{
	if (m->tty)
		fputs("\r\033[K", stderr);
}

static void
on_progress(void *arg, const char *table, enum copy_phase phase, int64_t rows,
    int64_t of)
{
	struct migration *m = arg;
	int64_t now = clock_mono_ms();

	if (!m->tty || (rows > 0 && now - m->drawn_at < REDRAW_MS))
		return;
	m->drawn_at = now;
	wipe_line(m);
	fprintf(stderr,
	    phase == COPY_COPYING ? _("copying %s: %lld of %lld rows, %d %%")
				  : _("checking %s: %lld of %lld rows, %d %%"),
	    table, (long long)rows, (long long)of,
	    of > 0 && rows < of ? (int)((double)rows / (double)of * 100) : 100);
	fflush(stderr);
}

static void
on_proven(void *arg, const struct copy_proof *p)
{
	struct migration *m = arg;
	char hex[2 * SHOWN + 1];
	int i;

	for (i = 0; i < SHOWN; i++)
		snprintf(hex + 2 * i, 3, "%02x", p->sum[i]);
	wipe_line(m);
	printf("%-20s %12lld  %s  %s\n", p->table, (long long)p->rows, hex,
	    _("same"));
	m->tables++;
	m->rows += p->rows;
}

/* From here on it is known how it ended: nobody says it was stopped. */
static void
on_commit(void *arg)
{
	const struct migration *m = arg;
	sigset_t set;

	ending_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	wipe_line(m);
	fflush(stdout);
}

/* What went wrong. */

/* clang-format off */
static const struct {
	enum err err;
	const char *text;
} reasons[] = {
	{ ERR_NOT_FOUND, N_("there is no such store. Check the name.") },
	{ ERR_VERSION, N_("it is of another release. If it is older, run "
	  "\"portalctl upgrade\" with a configuration that names it; if it is "
	  "newer, install the newer release.") },
	{ ERR_BUSY, N_("another program is using it. Stop portal-sshd, or wait, "
	  "and try again.") },
	{ ERR_AWAY, N_("no server answers. Start it, or check host and port, "
	  "and try again.") },
	{ ERR_DENIED, N_("this user may not. Run this as the file's owner or "
	  "root; on PostgreSQL connect as the owner of the tables.") },
	{ ERR_CONFIG, N_("it cannot be used, for the reason above. Check the "
	  "name, user and password; a PostgreSQL database must be there, and "
	  "empty or a store.") },
	{ ERR_FULL, N_("the disk is full. Make room and try again.") },
	{ ERR_BAD_INPUT, N_("a value that does not fit, as said above. Correct "
	  "that row and try again.") },
	{ ERR_CONFLICT, N_("a row that breaks a rule of the tables, as a double "
	  "or one that refers to nothing. Correct it and try again.") },
	{ ERR_UNSUPPORTED, N_("it cannot be done, for the reason above.") },
	{ ERR_IO, N_("cannot read or write. Check the disk and its owner, and "
	  "try again.") },
};
/* clang-format on */

static const char *
reason(enum err err)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].err == err)
			return _(reasons[i].text);
	return err_text(err);
}

static int
explain(const struct migration *m, enum err err, const struct copy_problem *p)
{
	const char *from = m->from_name, *to = m->to_name;
	long long rows = p->rows;

	wipe_line(m);
	switch (p->type) {
	case COPY_FROM:
		return ctl_error("%s: %s", from, reason(err));
	case COPY_TO:
		return ctl_error("%s: %s", to, reason(err));
	case COPY_SAME:
		return ctl_error(_("%s and %s are the same store. Name "
				   "another one to copy to."),
		    from, to);
	case COPY_SHAPE:
		return ctl_error(_("The table %s is not the same in %s and %s. "
				   "Stores hold the tables of this release and "
				   "no others."),
		    p->table, from, to);
	case COPY_NOT_EMPTY:
		return ctl_error(_("%s is not empty: %s has %lld rows. Nothing "
				   "was changed. Name a new file or an empty "
				   "database."),
		    to, p->table, rows);
	case COPY_READ:
		return ctl_error(_("Reading %s failed, and nothing was copied: "
				   "%s"),
		    p->table, reason(err));
	case COPY_WRITE:
		return ctl_error(
		    _("Writing %s failed near row %lld, and nothing "
		      "was copied: %s"),
		    p->table, rows, reason(err));
	case COPY_DIFFERS:
		return ctl_error(_("What is in %s of %s is not what was "
				   "written there (%lld rows), and nothing "
				   "was copied. Look for triggers and rules, "
				   "check its disk, and try again."),
		    p->table, to, rows);
	case COPY_COMMIT:
		break;
	}
	if (err != ERR_UNSURE)
		return ctl_error(_("Nothing was copied: %s"), reason(err));
	return ctl_error(_("The server was lost at the very end. Run this "
			   "again: if it says that %s is not empty, the copy "
			   "is there and whole."),
	    to);
}

/* Before and after. */

static bool
portal_runs(const struct ctl *c)
{
	char path[CONFIG_VALUE + sizeof(CONSOLE_SOCKET) + 1];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", c->config.sshd_run_dir,
	    CONSOLE_SOCKET);
	if (access(path, F_OK) == -1 || ipc_connect(path, &fd) != ERR_NONE)
		return false;
	close(fd);
	return true;
}

/* The configuration is only for advice: without one there is none. */
static int
read_config(struct migration *m)
{
	struct ctl *c = m->ctl;
	char problem[CONFIG_PROBLEM];

	if (config_load(&c->config, c->config_path, problem) == ERR_NONE)
		m->configured = strcmp(c->config.store_url, m->from) == 0;
	else if (strcmp(c->config_path, CONFIG_DEFAULT) != 0)
		return ctl_error("%s", problem);
	return CTL_OK;
}

static int
read_words(struct migration *m)
{
	char problem[CONFIG_PROBLEM];

	if (config_store(m->from, "FROM", m->ctl->args[0], problem) !=
		ERR_NONE ||
	    config_store(m->to, "TO", m->ctl->args[1], problem) != ERR_NONE)
		return ctl_usage_error("%s", problem);
	store_url_public(m->from_name, sizeof(m->from_name), m->from);
	store_url_public(m->to_name, sizeof(m->to_name), m->to);
	return CTL_OK;
}

static void
tell_before(const struct migration *m)
{
	printf(_("From %s\nto   %s\n"), m->from_name, m->to_name);
	printf("%s\n", _("Until this ends, nobody can write to either."));
	fflush(stdout);
	if (m->configured && portal_runs(m->ctl))
		fprintf(stderr, "%s\n",
		    _("portal-sshd is running on the first. What customers "
		      "change there after this is not in the copy: better "
		      "stop it now."));
}

static void
tell_after(const struct migration *m)
{
	printf(_("%lld tables, %lld rows: the same in both.\n\n"),
	    (long long)m->tables, (long long)m->rows);
	printf(_("%s was not changed, and is used as before. Now, before "
		 "anybody writes to it:\n"
		 "stop portal-sshd, put the other one into [store] url%s%s, "
		 "and start it again.\n"),
	    m->from_name, m->configured ? _(" of ") : "",
	    m->configured ? m->ctl->config.path : "");
}

/* root's new file is for the store's user, as with init. */
static int
give_file(const struct migration *m)
{
	const char *user = m->ctl->config.sshd_store_user;
	const char *path = m->to + strlen("sqlite:");
	struct passwd *pw;
	struct stat sb;

	if (geteuid() != 0 || strncmp(m->to, "sqlite:", 7) != 0 ||
	    lstat(path, &sb) == -1 || sb.st_uid != 0)
		return CTL_OK;
	pw = getpwnam(*user != '\0' ? user : "portal-store");
	if (pw == NULL || lchown(path, pw->pw_uid, pw->pw_gid) == 0)
		return CTL_OK;
	return ctl_error(_("The copy is whole, but %s could not be given to "
			   "%s: %s"),
	    path, pw->pw_name, strerror(errno));
}

static int
migrate(struct migration *m)
{
	const struct copy_watch watch = {
	    .at = on_progress,
	    .proven = on_proven,
	    .commits = on_commit,
	    .arg = m,
	};
	struct copy_problem problem = {0};
	enum err err;
	int status;

	catch_signals();
	tell_before(m);
	if ((err = store_copy(m->from, m->to, &watch, &problem)) != ERR_NONE)
		return explain(m, err, &problem);
	if ((status = give_file(m)) == CTL_OK)
		tell_after(m);
	return status;
}

int
ctl_migrate(struct ctl *c)
{
	struct migration m = {.ctl = c, .tty = isatty(STDERR_FILENO) == 1};
	int status;

	if ((status = read_words(&m)) == CTL_OK &&
	    (status = read_config(&m)) == CTL_OK)
		status = migrate(&m);
	explicit_bzero(m.from, sizeof(m.from));
	explicit_bzero(m.to, sizeof(m.to));
	return status;
}

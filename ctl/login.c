/*
 * Logins, their passwords and keys.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ctl/ctl.h"
#include "data/auth.h"

enum { KEY_LINE = 16 * 1024 };

/* One line of standard input, without its end.  A NUL would hide what follows
 * it. */
static int
line_read(char *dst, size_t size)
{
	size_t n = 0;
	ssize_t got;
	char ch;

	while ((got = read(STDIN_FILENO, &ch, 1)) != 0) {
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1 || ch == '\n')
			break;
		if (ch == '\0')
			return ctl_error("%s", _("The password has a NUL."));
		if (n + 1 >= size)
			return ctl_error("%s", _("the password is too long"));
		dst[n++] = ch;
	}
	if (n > 0 && dst[n - 1] == '\r')
		n--;
	dst[n] = '\0';
	return CTL_OK;
}

/* Waits for a line; false when a signal that is to end us came first. */
static bool
typed_wait(const sigset_t *signals)
{
	struct pollfd fds[2] = {
	    {.fd = STDIN_FILENO, .events = POLLIN},
	    {.fd = signalfd(-1, signals, SFD_CLOEXEC), .events = POLLIN},
	};

	while (poll(fds, 2, -1) == -1 && errno == EINTR)
		;
	if (fds[1].fd != -1)
		close(fds[1].fd);
	return fds[1].revents == 0;
}

/* The same after a prompt, not shown while it is typed.  Ctrl-C ends us when
 * the terminal shows again what is typed. */
static int
hidden_read(const char *prompt, char *dst, size_t size)
{
	struct termios shown, hidden;
	sigset_t signals, before;
	int status = CTL_FAILED;

	fputs(prompt, stderr);
	if (tcgetattr(STDIN_FILENO, &shown) == -1)
		return ctl_error("%s", strerror(errno));
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, &before);
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	if (typed_wait(&signals))
		status = line_read(dst, size);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

int
ctl_read_password(char *dst, size_t size)
{
	char again[PASSWORD_MAX + 2];
	int status;

	if (!isatty(STDIN_FILENO)) {
		status = line_read(dst, size);
	} else {
		status = hidden_read(_("New password: "), dst, size);
		if (status == CTL_OK)
			status =
			    hidden_read(_("Again: "), again, sizeof(again));
		if (status == CTL_OK && strcmp(dst, again) != 0)
			status = ctl_error("%s", _("The passwords differ. "
						   "Nothing was changed."));
		explicit_bzero(again, sizeof(again));
	}
	if (status == CTL_OK && strlen(dst) < PASSWORD_MIN)
		status = ctl_error(
		    _("A password has at least %d characters."), PASSWORD_MIN);
	return status;
}

/* Where no tenant was named, the only one with that e-mail is meant. */
static int
login_by_email(
    struct ctl *c, const char *email, int64_t *login, int64_t *customer)
{
	enum err err = login_find(c->st, email, login, customer);
	struct tenant other;

	if (err == ERR_NOT_FOUND && ctl_option(c, "tenant") == NULL &&
	    tenant_find_by_login(c->st, email, &other) == ERR_NONE) {
		c->tenant = other;
		ctl_become(c, other.id, 0);
		err = login_find(c->st, email, login, customer);
	}
	if (err == ERR_NOT_FOUND)
		return ctl_error(_("There is no login %s at %s. \"portalctl "
				   "login add\" makes one."),
		    email, c->tenant.name);
	return err == ERR_NONE ? CTL_OK : ctl_fail(c, err, email);
}

int
ctl_login_add(struct ctl *c)
{
	const char *who = ctl_option(c, "customer");
	bool staff = ctl_option(c, "staff") != NULL;
	char password[PASSWORD_MAX + 2] = "";
	struct customer cu = {0};
	int64_t id;
	enum err err;
	int status;

	if (staff == (who != NULL))
		return ctl_usage_error(
		    "%s", _("login add needs either "
			    "--customer NUMBER or --staff."));
	if (who != NULL && (status = ctl_customer(c, who, &cu)) != CTL_OK)
		return status;
	if (ctl_option(c, "no-password") == NULL &&
	    (status = ctl_read_password(password, sizeof(password))) != CTL_OK)
		goto out;
	err = login_create(c->st, cu.id, c->args[0],
	    ctl_option_or(c, "name", staff ? c->args[0] : cu.name),
	    password[0] != '\0' ? password : NULL, &id);
	status = err == ERR_NONE ? CTL_OK : ctl_fail(c, err, c->args[0]);
out:
	explicit_bzero(password, sizeof(password));
	return status;
}

static int
set_disabled(struct ctl *c, bool disabled)
{
	int64_t login;
	enum err err;
	int status;

	status = login_by_email(c, c->args[0], &login, NULL);
	if (status != CTL_OK)
		return status;
	if ((err = login_set_disabled(c->st, login, disabled)) != ERR_NONE)
		return ctl_fail(c, err, c->args[0]);
	if (disabled)
		ctl_ring_disabled(c, login);
	return CTL_OK;
}

int
ctl_login_disable(struct ctl *c)
{
	return set_disabled(c, true);
}

int
ctl_login_enable(struct ctl *c)
{
	return set_disabled(c, false);
}

int
ctl_login_password(struct ctl *c)
{
	char password[PASSWORD_MAX + 2] = "";
	int64_t login;
	enum err err;
	int status;

	status = login_by_email(c, c->args[0], &login, NULL);
	if (status == CTL_OK)
		status = ctl_read_password(password, sizeof(password));
	if (status == CTL_OK &&
	    (err = login_set_password(c->st, login, password)) != ERR_NONE)
		status = ctl_fail(c, err, c->args[0]);
	explicit_bzero(password, sizeof(password));
	return status;
}

/* The first line that says something. */
static int
key_read(const char *name, char *dst, size_t size)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	bool found = false;

	if (f == NULL)
		return ctl_error("%s: %s", name, strerror(errno));
	while (!found && fgets(dst, (int)size, f) != NULL) {
		dst[strcspn(dst, "\r\n")] = '\0';
		found = dst[strspn(dst, " \t")] != '\0' && dst[0] != '#';
	}
	if (f != stdin)
		fclose(f);
	if (!found)
		return ctl_error(_("%s: there is no key in it"), name);
	if (strstr(dst, "PRIVATE KEY") != NULL)
		return ctl_error(_("%s is a private key: give the .pub file "
				   "beside it. Nothing was stored."),
		    name);
	return CTL_OK;
}

int
ctl_key_add(struct ctl *c)
{
	char line[KEY_LINE], fingerprint[64];
	int64_t login;
	enum err err;
	int status;

	status = login_by_email(c, c->args[0], &login, NULL);
	if (status == CTL_OK)
		status = key_read(c->args[1], line, sizeof(line));
	if (status != CTL_OK)
		return status;
	err = login_key_add(c->st, login, line, fingerprint);
	explicit_bzero(line, sizeof(line));
	if (err != ERR_NONE)
		return ctl_fail(c, err, c->args[1]);
	printf("%s\n", fingerprint);
	return CTL_OK;
}

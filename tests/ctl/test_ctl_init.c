/* init: what it refuses, what it writes, what it leaves when it fails. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/config.h"
#include "ctl/init.h"
#include "ctl_run.h"

struct place {
	char dir[64], sub[96];
};

static int
place_setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	strcpy(p->dir, "/tmp/portal-test-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->sub, sizeof(p->sub), "%s/portal", p->dir);
	*state = p;
	return 0;
}

static int
place_teardown(void **state)
{
	struct place *p = *state;

	rmdir(p->sub);
	assert_int_equal(rmdir(p->dir), 0);
	free(p);
	return 0;
}

static void
assert_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text);
}

/* Bad options are told before anything is made. */
static void
wrong_options_make_nothing(void **state)
{
	struct ctl_run *r;
	void *run_state;
	struct place *p = *state;
#define REFUSED(...)                                                           \
	do {                                                                   \
		assert_int_equal(                                              \
		    ctl_run(r, NULL, "init", __VA_ARGS__, NULL), CTL_USAGE);   \
		assert_int_equal(access(p->sub, F_OK), -1);                    \
	} while (0)

	ctl_run_setup(&run_state);
	r = run_state;
	REFUSED("--demo");
	REFUSED("--dir", "");
	REFUSED("--dir", p->sub);
	REFUSED("--dir", p->sub, "--demo", "--tenant", "x");
	REFUSED("--dir", p->sub, "--demo", "--port", "0");
	REFUSED("--dir", p->sub, "--demo", "--port", "65536");
	REFUSED("--dir", p->sub, "--demo", "--port", "22x");
	REFUSED("--dir", p->sub, "--demo", "--http-port", "0");
	REFUSED("--dir", p->sub, "--demo", "--customers", "-1");
	REFUSED("--dir", p->sub, "--tenant", "own");
	assert_has(r->err, "--brand");
	REFUSED("--dir", p->sub, "--tenant", "own", "--brand", "Own",
	    "--currency", "EURO", "--zone", "Europe/Vienna");
	REFUSED("--dir", p->sub, "--tenant", "own", "--brand", "Own",
	    "--currency", "EUR", "--zone", "Europe/Nowhere");
	ctl_run_teardown(&run_state);
}

static void
a_directory_is_made_for_its_owner_and_group(void **state)
{
	struct place *p = *state;
	struct init in = {0};
	struct stat sb;

	assert_int_equal(init_dir(&in, p->sub), CTL_OK);
	assert_string_equal(in.dir, p->sub);
	assert_int_equal(stat(p->sub, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 02770);
	/* and again, as it is empty */
	assert_int_equal(init_dir(&in, p->sub), CTL_OK);
}

static void
a_directory_with_something_in_it_is_refused(void **state)
{
	struct place *p = *state;
	struct init in = {0};
	struct stat before, after;
	char file[128];

	snprintf(file, sizeof(file), "%s/.hidden", p->dir);
	close(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(stat(p->dir, &before), 0);
	assert_int_equal(init_dir(&in, p->dir), CTL_FAILED);
	assert_int_equal(stat(p->dir, &after), 0);
	assert_int_equal(before.st_mode, after.st_mode);
	unlink(file);
	assert_int_equal(init_dir(&in, file), CTL_OK);
	rmdir(file);
	snprintf(file, sizeof(file), "%s/no/such", p->dir);
	assert_int_equal(init_dir(&in, file), CTL_FAILED);
}

static void
the_configuration_is_read_as_it_was_meant(void **state)
{
	char problem[CONFIG_PROBLEM], path[160], want[160];
	struct place *p = *state;
	struct init in = {.store = INIT_STORE, .port = 2299, .http_port = 8099};
	struct config c;
	struct stat sb;

	assert_int_equal(init_dir(&in, p->sub), CTL_OK);
	assert_int_equal(init_config(&in), CTL_OK);
	snprintf(path, sizeof(path), "%s/portal.conf", p->sub);
	if (config_load(&c, path, problem) != ERR_NONE)
		fail_msg("%s", problem);
	assert_string_equal(c.sshd_listen, "127.0.0.1:2299");
	assert_string_equal(c.sshd_public_name, "127.0.0.1:2299");
	assert_string_equal(c.http_listen, "127.0.0.1:8099");
	snprintf(want, sizeof(want), "sqlite:%s/portal.db", p->sub);
	assert_string_equal(c.store_url, want);
	snprintf(want, sizeof(want), "%s/keys", p->sub);
	assert_string_equal(c.sshd_host_key_dir, want);
	config_release(&c);
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0640);
	/* never over one that is there */
	assert_int_equal(init_config(&in), CTL_FAILED);
	init_undo(&in);
}

/* No path of this machine: the directory may move. */
static void
the_configuration_names_no_absolute_path(void **state)
{
	struct place *p = *state;
	struct init in = {.store = INIT_STORE, .port = 1, .http_port = 2};
	char path[160], text[8192];
	size_t n;
	FILE *f;

	assert_int_equal(init_dir(&in, p->sub), CTL_OK);
	assert_int_equal(init_config(&in), CTL_OK);
	snprintf(path, sizeof(path), "%s/portal.conf", p->sub);
	assert_non_null(f = fopen(path, "re"));
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	assert_null(strstr(text, p->dir));
	assert_null(strstr(text, " /"));
	init_undo(&in);
}

static void
a_store_is_made_that_its_group_may_use(void **state)
{
	struct place *p = *state;
	struct init in = {.store = INIT_STORE};
	struct ctl c = {0};
	struct stat sb;
	char path[160];

	assert_int_equal(init_dir(&in, p->sub), CTL_OK);
	assert_int_equal(init_config(&in), CTL_OK);
	assert_int_equal(init_store(&c, &in), CTL_OK);
	snprintf(path, sizeof(path), "%s/portal.db", p->sub);
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0660);
	ctl_close(&c);
	init_undo(&in);
}

static void
a_failed_init_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct init in = {.store = INIT_STORE, .port = 1, .http_port = 2};
	struct ctl c = {0};
	char path[160];

	assert_int_equal(init_dir(&in, p->sub), CTL_OK);
	assert_int_equal(init_config(&in), CTL_OK);
	assert_int_equal(init_store(&c, &in), CTL_OK);
	snprintf(path, sizeof(path), "%s/keys", p->sub);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/keys/ssh_host_ed25519_key", p->sub);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	ctl_close(&c);
	init_undo(&in);
	assert_int_equal(access(p->sub, F_OK), -1);
	assert_int_equal(errno, ENOENT);
}

static int
work_ends(struct ctl *c, const struct init *in)
{
	(void)c;
	return (int)in->port;
}

/* The signal comes to portalctl alone, as from kill(1). */
static int
work_is_stopped(struct ctl *c, const struct init *in)
{
	(void)c;
	kill(getppid(), (int)in->port);
	pause();
	return CTL_OK;
}

static void
an_interrupted_init_can_be_taken_back(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct init in = {.port = 7};
	sigset_t blocked;
	struct ctl c = {0};

	(void)state;
	assert_int_equal(init_apart(work_ends, &c, &in), 7);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		signal(signals[i], SIG_DFL); /* in the background: ignored */
		in.port = signals[i];
		assert_int_equal(
		    init_apart(work_is_stopped, &c, &in), CTL_FAILED);
	}
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	assert_false(sigismember(&blocked, SIGINT));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, place_setup, place_teardown)
	const struct CMUnitTest tests[] = {
	    T(wrong_options_make_nothing),
	    T(a_directory_is_made_for_its_owner_and_group),
	    T(a_directory_with_something_in_it_is_refused),
	    T(the_configuration_is_read_as_it_was_meant),
	    T(the_configuration_names_no_absolute_path),
	    T(a_store_is_made_that_its_group_may_use),
	    T(a_failed_init_leaves_nothing),
	    T(an_interrupted_init_can_be_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

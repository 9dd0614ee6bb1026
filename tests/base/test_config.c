/* portal.conf: what is read, and what every mistake is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/config.h"

struct fixture {
	char dir[64];
	char conf[96];
	char other[96];
	char problem[CONFIG_PROBLEM];
	struct config c;
};

static void
write_file(const char *path, const void *text, size_t n)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/portal-config.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->conf, sizeof(f->conf), "%s/portal.conf", f->dir);
	snprintf(f->other, sizeof(f->other), "%s/other", f->dir);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->conf);
	unlink(f->other);
	rmdir(f->dir);
	config_release(&f->c);
	free(f);
	return 0;
}

static enum err
load(struct fixture *f, const char *text)
{
	write_file(f->conf, text, strlen(text));
	return config_load(&f->c, f->conf, f->problem);
}

/* The text is refused, and the problem is "CONF:LINE: want". */
static void
check_refused(struct fixture *f, const char *text, int line, const char *want)
{
	char all[CONFIG_PROBLEM];

	assert_int_equal(load(f, text), ERR_CONFIG);
	snprintf(all, sizeof(all), "%s:%d: %s", f->conf, line, want);
	assert_string_equal(f->problem, all);
	/* Nothing is set by a file that was refused. */
	assert_string_equal(f->c.path, "");
}

static void
defaults_fill_an_empty_file(void **state)
{
	struct fixture *f = *state;
	char want[128];

	assert_int_equal(load(f, ""), ERR_NONE);
	assert_string_equal(f->problem, "");
	assert_string_equal(f->c.path, f->conf);
	assert_string_equal(f->c.sshd_listen, "127.0.0.1:2222");
	assert_int_equal(f->c.sshd_login_grace, 60);
	assert_string_equal(f->c.stripe_secret_key, "");
	snprintf(want, sizeof(want), "%s/keys", f->dir);
	assert_string_equal(f->c.sshd_host_key_dir, want);
	snprintf(want, sizeof(want), "sqlite:%s/portal.db", f->dir);
	assert_string_equal(f->c.store_url, want);
}

static void
values_are_read_under_their_section(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, "# a comment\r\n"
				 "; another\r\n"
				 "[sshd]\r\n"
				 "listen = 0.0.0.0:22\r\n"
				 "  login_grace=5\r\n"
				 "host_key_dir = /etc/portal/keys\r\n"
				 "[http]\r\n"
				 "listen = [::1]:80\r\n"
				 "[sshd]\n"
				 "max_channels = 2147483647"),
	    ERR_NONE);
	assert_string_equal(f->c.sshd_listen, "0.0.0.0:22");
	assert_string_equal(f->c.http_listen, "[::1]:80");
	assert_int_equal(f->c.sshd_login_grace, 5);
	assert_int_equal(f->c.sshd_max_channels, INT32_MAX);
	assert_string_equal(f->c.sshd_host_key_dir, "/etc/portal/keys");
}

static void
value_keeps_semicolons_and_hashes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, "[mail]\nfrom = A ; B # C <a@b>\n"), ERR_NONE);
	assert_string_equal(f->c.mail_from, "A ; B # C <a@b>");
}

static void
relative_path_of_the_file_becomes_absolute(void **state)
{
	struct fixture *f = *state;
	char cwd[512], want[600];

	write_file(f->conf, "", 0);
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_int_equal(chdir(f->dir), 0);
	assert_int_equal(
	    config_load(&f->c, "portal.conf", f->problem), ERR_NONE);
	assert_int_equal(chdir(cwd), 0);
	assert_string_equal(f->c.path, f->conf);
	snprintf(want, sizeof(want), "%s/run", f->dir);
	assert_string_equal(f->c.sshd_run_dir, want);
}

static void
unknown_key_names_line_and_known_keys(void **state)
{
	check_refused(*state, "[http]\n\nlisten = a\nport = 80\n", 4,
	    "unknown key \"port\" in [http]; known keys: listen, public_url");
}

static void
unknown_section_names_the_known_ones(void **state)
{
	check_refused(*state, "[ssh]\nlisten = a\n", 2,
	    "unknown section [ssh]; known sections: [store], [sshd], [http], "
	    "[stripe], [mail]");
	check_refused(*state, "listen = a\n", 1,
	    "key \"listen\" stands before any section; put it under [store], "
	    "[sshd], [http], [stripe], [mail]");
}

static void
repeated_key_is_refused(void **state)
{
	check_refused(*state,
	    "[http]\nlisten = a\n[mail]\n[http]\nlisten = a\n", 5,
	    "\"listen\" was set in line 2 already; keep one of them");
}

static void
line_of_nothing_known_is_refused(void **state)
{
	check_refused(*state, "[http]\nlisten\nport = 1\n", 2,
	    "not a line \"KEY = VALUE\" or \"[SECTION]\"");
	check_refused(*state, "[http\nlisten = a\n", 1,
	    "not a line \"KEY = VALUE\" or \"[SECTION]\"");
	/* No continuation lines: an indented one is a line of its own. */
	check_refused(*state, "[http]\nlisten = a\n  more\n", 3,
	    "not a line \"KEY = VALUE\" or \"[SECTION]\"");
}

static void
numbers_are_plain_and_in_range(void **state)
{
	static const char *const bad[] = {"", "-1", "+1", "1s", "0x10", "1 0",
	    "2147483648", "99999999999999999999", "1.5"};
	char text[128];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(
		    text, sizeof(text), "[sshd]\nidle_minutes = %s\n", bad[i]);
		check_refused(*state, text, 2,
		    "\"idle_minutes\" must be a whole number from 0 to "
		    "2147483647");
	}
}

/* Zero of them would lock everybody out, or wait for ever. */
static void
limits_are_at_least_one(void **state)
{
	static const char *const limits[] = {"login_grace",
	    "max_unauthenticated", "max_per_source", "max_sessions_per_login",
	    "max_channels"};
	char text[128], want[128];
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		snprintf(text, sizeof(text), "[sshd]\n%s = 0\n", limits[i]);
		snprintf(want, sizeof(want),
		    "\"%s\" must be a whole number from 1 to 2147483647",
		    limits[i]);
		check_refused(*state, text, 2, want);
	}
}

static void
long_values_and_lines_are_never_cut(void **state)
{
	struct fixture *f = *state;
	char text[4096];

	/* The longest value fits. */
	snprintf(text, sizeof(text), "[http]\npublic_url = %0511d\n", 7);
	assert_int_equal(load(f, text), ERR_NONE);
	assert_int_equal(strlen(f->c.http_public_url), 511);
	memset(&f->c, 0, sizeof(f->c));

	snprintf(text, sizeof(text), "[http]\npublic_url = %0512d\n", 7);
	check_refused(f, text, 2, "the value is longer than 511 bytes");
	snprintf(text, sizeof(text), "[http]\n# %03000d\nlisten = a\n", 7);
	assert_int_equal(load(f, text), ERR_CONFIG);
	assert_non_null(strstr(f->problem, ":2: the line is longer than "));
	/* libinih alone would take the tail of this for a second line. */
	snprintf(text, sizeof(text), "[http]\n#%*s[mail]\n", 1990, "");
	assert_int_equal(load(f, text), ERR_CONFIG);
	assert_non_null(strstr(f->problem, ":2: the line is longer than "));
}

static void
value_from_a_file(void **state)
{
	struct fixture *f = *state;

	write_file(f->other, "sk_test_1\n", 10);
	assert_int_equal(load(f, "[stripe]\nsecret_key = @other\n"), ERR_NONE);
	assert_string_equal(f->c.stripe_secret_key, "sk_test_1");
	write_file(f->other, "17", 2);
	assert_int_equal(load(f, "[sshd]\nlogin_grace = @./other\n"), ERR_NONE);
	assert_int_equal(f->c.sshd_login_grace, 17);
}

static void
value_file_errors_name_both_files(void **state)
{
	struct fixture *f = *state;
	const char *text = "[stripe]\nsecret_key = @other\n";
	char big[600], want[CONFIG_PROBLEM];

	snprintf(want, sizeof(want),
	    "%s: cannot be read: No such file or directory", f->other);
	check_refused(f, text, 2, want);

	memset(big, 'a', sizeof(big));
	snprintf(want, sizeof(want),
	    "%s: more than 511 bytes; give a file with one value", f->other);
	write_file(f->other, big, 600);
	check_refused(f, text, 2, want);
	write_file(f->other, big, 512);
	check_refused(f, text, 2, want);
	big[511] = '\n';
	write_file(f->other, big, 512);
	assert_int_equal(load(f, text), ERR_NONE);
	assert_int_equal(strlen(f->c.stripe_secret_key), 511);
	memset(&f->c, 0, sizeof(f->c));

	snprintf(want, sizeof(want), "%s: has a NUL byte; give a file of text",
	    f->other);
	write_file(f->other, "a\0b", 3);
	check_refused(f, text, 2, want);
	check_refused(f, "[stripe]\nsecret_key = @\n", 2,
	    "\"@\" needs the name of a file behind it");
}

static void
control_bytes_are_refused_and_not_shown(void **state)
{
	struct fixture *f = *state;
	const char *const want = "the value of \"from\" has control or "
				 "invisible characters, or is not UTF-8";

	check_refused(f, "[mail]\nfrom = a\x1b[2Jb\n", 2, want);
	check_refused(f, "[mail]\nfrom = a\u202eb\n", 2, want);
	check_refused(f, "[mail]\nfrom = a\xff\n", 2, want);
	check_refused(f, "[mail]\n\x1b[2J = a\n", 2,
	    "unknown key \"[2J\" in [mail]; known keys: smtp_url, user, "
	    "password, from, ca_file");
	write_file(f->other, "a\nb\n", 4);
	check_refused(f, "[mail]\nfrom = @other\n", 2, want);
}

static void
store_url_is_sqlite_or_postgresql(void **state)
{
	struct fixture *f = *state;
	const char *const want =
	    "not a store; use sqlite:FILE or postgresql://...";
	char all[128];

	assert_int_equal(load(f, "[store]\nurl = sqlite:x/y.db\n"), ERR_NONE);
	snprintf(all, sizeof(all), "sqlite:%s/x/y.db", f->dir);
	assert_string_equal(f->c.store_url, all);
	assert_int_equal(load(f, "[store]\nurl = sqlite:/y.db\n"), ERR_NONE);
	assert_string_equal(f->c.store_url, "sqlite:/y.db");
	assert_int_equal(
	    load(f, "[store]\nurl = postgresql://h/d?a=b\n"), ERR_NONE);
	assert_string_equal(f->c.store_url, "postgresql://h/d?a=b");
	assert_int_equal(load(f, "[store]\nurl = postgres://h/d\n"), ERR_NONE);
	assert_string_equal(f->c.store_url, "postgresql://h/d");
	memset(&f->c, 0, sizeof(f->c));
	check_refused(f, "[store]\nurl = mysql://h/d\n", 2, want);
	check_refused(f, "[store]\nurl = portal.db\n", 2, want);
	check_refused(f, "[store]\nurl = sqlite:\n", 2, want);
	check_refused(f, "[sshd]\nrun_dir =\n", 2, "needs a path");
}

static void
missing_file_is_named(void **state)
{
	struct fixture *f = *state;
	char want[CONFIG_PROBLEM];

	assert_int_equal(
	    config_load(&f->c, f->conf, f->problem), ERR_NOT_FOUND);
	snprintf(want, sizeof(want), "%s: there is no such file", f->conf);
	assert_string_equal(f->problem, want);
	assert_int_equal(config_load(&f->c, f->dir, f->problem), ERR_CONFIG);
	snprintf(
	    want, sizeof(want), "%s: cannot be read: Is a directory", f->dir);
	assert_string_equal(f->problem, want);
}

static void
binary_and_huge_files_are_refused(void **state)
{
	struct fixture *f = *state;
	char *big = malloc(100000);

	assert_non_null(big);
	write_file(f->conf, "[http]\n\0\n", 9);
	assert_int_equal(config_load(&f->c, f->conf, f->problem), ERR_CONFIG);
	assert_non_null(strstr(f->problem, "not a file of text"));
	memset(big, '\n', 100000);
	write_file(f->conf, big, 100000);
	assert_int_equal(config_load(&f->c, f->conf, f->problem), ERR_CONFIG);
	assert_non_null(strstr(f->problem, "more than 65536 bytes"));
	free(big);
}

static void
release_wipes_the_secrets(void **state)
{
	struct fixture *f = *state;
	char zero[CONFIG_VALUE] = {0};

	assert_int_equal(load(f, "[stripe]\nsecret_key = sk_1\n"
				 "webhook_secret = wh_1\n"),
	    ERR_NONE);
	assert_string_equal(f->c.stripe_webhook_secret, "wh_1");
	config_release(&f->c);
	assert_memory_equal(f->c.stripe_secret_key, zero, CONFIG_VALUE);
	assert_memory_equal(f->c.stripe_webhook_secret, zero, CONFIG_VALUE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(defaults_fill_an_empty_file),
	    TEST(values_are_read_under_their_section),
	    TEST(value_keeps_semicolons_and_hashes),
	    TEST(relative_path_of_the_file_becomes_absolute),
	    TEST(unknown_key_names_line_and_known_keys),
	    TEST(unknown_section_names_the_known_ones),
	    TEST(repeated_key_is_refused),
	    TEST(line_of_nothing_known_is_refused),
	    TEST(numbers_are_plain_and_in_range),
	    TEST(limits_are_at_least_one),
	    TEST(long_values_and_lines_are_never_cut),
	    TEST(value_from_a_file),
	    TEST(value_file_errors_name_both_files),
	    TEST(control_bytes_are_refused_and_not_shown),
	    TEST(store_url_is_sqlite_or_postgresql),
	    TEST(missing_file_is_named),
	    TEST(binary_and_huge_files_are_refused),
	    TEST(release_wipes_the_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* migrate: what it prints, what it refuses, and that it keeps passwords. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl_run.h"

#define RUN(status, ...)                                                       \
	assert_int_equal(ctl_run(r, NULL, "migrate", __VA_ARGS__, NULL), status)

static void
assert_has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text);
}

static void
assert_has_not(const char *text, const char *what)
{
	if (strstr(text, what) != NULL)
		fail_msg("\"%s\" in:\n%s", what, text);
}

static void
url_in(const struct ctl_run *r, char dst[128], const char *name)
{
	snprintf(dst, 128, "sqlite:%s/%s", r->f.scratch.dir, name);
}

static void
write_file(const struct ctl_run *r, char word[128], const char *text)
{
	FILE *f;

	snprintf(word, 128, "@%s/url", r->f.scratch.dir);
	assert_non_null(f = fopen(word + 1, "we"));
	fprintf(f, "%s\n", text);
	fclose(f);
}

static void
each_table_and_a_total_are_printed(void **state)
{
	struct ctl_run *r = *state;
	char to[128], *line;
	int tables = 0;

	url_in(r, to, "copy.db");
	RUN(0, r->f.scratch.url, to);
	assert_has(r->out, to);
	assert_has(r->out, "rows: the same in both");
	assert_has_not(r->out, "schema_version");
	for (line = r->out; (line = strstr(line, "  same\n")) != NULL; line++)
		tables++;
	assert_in_range(tables, 20, 100);
	line = strstr(r->out, "\ncustomer ");
	assert_non_null(line);
	assert_int_equal(strtol(line + strlen("\ncustomer "), NULL, 10), 3);
	assert_string_equal(r->err, "");
}

/* Where it is the configuration's store, that file is named. */
static void
what_to_do_next_is_said(void **state)
{
	struct ctl_run *r = *state;
	char to[128], again[128];

	url_in(r, to, "copy.db");
	RUN(0, r->f.scratch.url, to);
	assert_has(r->out, "[store] url");
	assert_has(r->out, r->conf);
	url_in(r, again, "again.db");
	RUN(0, to, again);
	assert_has(r->out, "[store] url");
	assert_has_not(r->out, r->conf);
}

static void
a_url_may_stand_in_a_file(void **state)
{
	struct ctl_run *r = *state;
	char to[128], word[128];

	url_in(r, to, "copy.db");
	write_file(r, word, to);
	RUN(0, r->f.scratch.url, word);
	assert_has(r->out, to);
	url_in(r, to, "again.db");
	RUN(0, word, to); /* and the first word, from the copy */
	assert_has(r->out, "again.db");
}

static void
a_file_is_relative_to_the_working_directory(void **state)
{
	struct ctl_run *r = *state;
	char before[4096], path[128];

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(r->f.scratch.dir), 0);
	RUN(0, r->f.scratch.url, "sqlite:here.db");
	assert_int_equal(chdir(before), 0);
	snprintf(path, sizeof(path), "%s/here.db", r->f.scratch.dir);
	assert_int_equal(access(path, R_OK), 0);
}

static void
wrong_words_end_with_2(void **state)
{
	struct ctl_run *r = *state;
	char to[128];

	url_in(r, to, "copy.db");
	assert_int_equal(ctl_run(r, NULL, "migrate", NULL), 2);
	assert_has(r->err, "migrate FROM TO");
	RUN(2, r->f.scratch.url);
	RUN(2, r->f.scratch.url, to, "more");
	RUN(2, r->f.scratch.url, "mysql://localhost/x");
	assert_has(r->err, "TO: ");
	assert_has(r->err, "postgresql://");
	RUN(2, "portal.db", to);
	assert_has(r->err, "FROM: ");
	RUN(2, "@/nonexistent/url", to);
	assert_has(r->err, "/nonexistent/url");
	assert_string_equal(r->out, "");
	assert_int_equal(access(to + strlen("sqlite:"), F_OK), -1);
}

static void
what_cannot_be_done_is_said_with_a_way_on(void **state)
{
	struct ctl_run *r = *state;
	char to[128], none[128];

	url_in(r, to, "copy.db");
	url_in(r, none, "none.db");
	RUN(1, none, to);
	assert_has(r->err, "no such store");
	assert_int_equal(access(to + strlen("sqlite:"), F_OK), -1);
	RUN(1, r->f.scratch.url, r->f.scratch.url);
	assert_has(r->err, "the same store");
	RUN(0, r->f.scratch.url, to);
	RUN(1, r->f.scratch.url, to);
	assert_has(r->err, "is not empty");
	assert_has(r->err, "Name a new file or an empty database");
}

/* Of both words, whatever goes wrong; nobody listens on port 1. */
static void
passwords_are_never_shown(void **state)
{
	static const char url[] =
	    "postgresql://me:sesame@127.0.0.1:1/portal?application_name=sesame";
	struct ctl_run *r = *state;
	char word[128];

	write_file(r, word, url);
	RUN(1, r->f.scratch.url, word);
	assert_has(r->err, "postgresql://me@127.0.0.1:1/portal");
	assert_has(r->err, "no server answers");
	assert_has_not(r->err, "sesame");
	assert_has_not(r->out, "sesame");
	RUN(1, url, r->f.scratch.url);
	assert_has_not(r->err, "sesame");
	assert_has_not(r->out, "sesame");
	/* nor when it is no URL at all */
	RUN(2, "postgres:me:sesame@127.0.0.1", r->f.scratch.url);
	assert_has_not(r->err, "sesame");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, ctl_run_setup, ctl_run_teardown)
	const struct CMUnitTest tests[] = {
	    T(each_table_and_a_total_are_printed),
	    T(what_to_do_next_is_said),
	    T(a_url_may_stand_in_a_file),
	    T(a_file_is_relative_to_the_working_directory),
	    T(wrong_words_end_with_2),
	    T(what_cannot_be_done_is_said_with_a_way_on),
	    T(passwords_are_never_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

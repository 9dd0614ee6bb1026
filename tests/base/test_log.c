/* Log lines, and the error list that they quote. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/log.h"

/* Logs text at a level and gives what standard error got, without the head. */
static const char *
logged(char got[8192], enum log_level level, const char *text)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), p[2];
	char head[64];
	ssize_t n;

	assert_int_equal(pipe2(p, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(dup2(p[1], STDERR_FILENO), STDERR_FILENO);
	log_msg(level, "%s", text);
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	close(saved);
	close(p[1]);
	n = read(p[0], got, 8191);
	close(p[0]);
	assert_true(n >= 0);
	got[n] = '\0';
	snprintf(head, sizeof(head), "test[%ld]: ", (long)getpid());
	if (n == 0)
		return "";
	assert_memory_equal(got, head, strlen(head));
	return got + strlen(head);
}

static void
line_has_its_level(void **state)
{
	char got[8192];

	(void)state;
	log_open("test", LOG_LVL_INFO);
	assert_string_equal(
	    logged(got, LOG_LVL_WARN, "careful"), "warning: careful\n");
	assert_string_equal(logged(got, LOG_LVL_ERROR, "bad"), "error: bad\n");
	assert_string_equal(logged(got, LOG_LVL_INFO, "é"), "info: é\n");
	assert_string_equal(logged(got, LOG_LVL_DEBUG, "quiet"), "");
}

static void
hostile_bytes_cannot_forge_or_command(void **state)
{
	char got[8192];

	(void)state;
	log_open("test", LOG_LVL_DEBUG);
	assert_string_equal(logged(got, LOG_LVL_DEBUG, "a\nroot: b\x1b[2J"),
	    "debug: a\\x0aroot: b\\x1b[2J\n");
	assert_string_equal(logged(got, LOG_LVL_DEBUG,
				"\xc2\x9b"
				"2J"),
	    "debug: \\xc2\\x9b2J\n");
	assert_string_equal(logged(got, LOG_LVL_DEBUG, "a\u202eb"),
	    "debug: a\\xe2\\x80\\xaeb\n");
}

static void
endless_text_is_one_bounded_line(void **state)
{
	char got[8192], text[5000];
	const char *line;

	(void)state;
	log_open("test", LOG_LVL_INFO);
	memset(text, '\x01', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	line = logged(got, LOG_LVL_INFO, text);
	/* One write of at most PIPE_BUF bytes stays in one piece. */
	assert_true(strlen(got) <= 4096);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void
logging_keeps_errno_even_if_it_fails(void **state)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), after;

	(void)state;
	log_open("test", LOG_LVL_INFO);
	close(STDERR_FILENO);
	errno = E2BIG;
	log_info("%s", "nobody reads this");
	after = errno;
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	close(saved);
	assert_int_equal(after, E2BIG);
}

static void
every_error_has_a_name_and_a_sentence(void **state)
{
	int i;

	(void)state;
	assert_string_equal(err_name(ERR_NOT_FOUND), "NOT_FOUND");
	assert_string_equal(err_text(ERR_NOT_FOUND), "Not found.");
	for (i = ERR_NONE; i <= ERR_INTERNAL; i++) {
		assert_true(err_name((enum err)i)[0] != '\0');
		assert_true(err_text((enum err)i)[0] != '\0');
	}
	assert_string_equal(err_name((enum err)9999), "INTERNAL");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(line_has_its_level),
	    cmocka_unit_test(hostile_bytes_cannot_forge_or_command),
	    cmocka_unit_test(endless_text_is_one_bounded_line),
	    cmocka_unit_test(logging_keeps_errno_even_if_it_fails),
	    cmocka_unit_test(every_error_has_a_name_and_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "ctl_run.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORDS = 32 };

int
ctl_run_setup(void **state)
{
	struct ctl_run *r = calloc(1, sizeof(*r));
	FILE *f;

	assert_non_null(r);
	fixture_open(&r->f);
	snprintf(r->conf, sizeof(r->conf), "%s/portal.conf", r->f.scratch.dir);
	assert_non_null(f = fopen(r->conf, "we"));
	fprintf(f, "[store]\nurl = %s\n",
	    scratch_on_postgresql() ? r->f.scratch.url : "sqlite:portal.db");
	fclose(f);
	*state = r;
	return 0;
}

int
ctl_run_teardown(void **state)
{
	struct ctl_run *r = *state;

	fixture_release(&r->f);
	free(r);
	return 0;
}

/* A file without a name, with something in it. */
static int
temporary(const char *text)
{
	FILE *f = tmpfile();
	int fd;

	assert_non_null(f);
	fputs(text, f);
	fflush(f);
	fd = dup(fileno(f));
	fclose(f);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static void
slurp(int fd, char *dst, size_t size)
{
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	n = read(fd, dst, size - 1);
	dst[n > 0 ? n : 0] = '\0';
	close(fd);
}

int
ctl_run(struct ctl_run *r, const char *typed, ...)
{
	char name[] = "portalctl", option[] = "-c";
	char *argv[WORDS + 1] = {name, option, r->conf};
	int in = temporary(typed != NULL ? typed : ""), out = temporary(""),
	    err = temporary(""), argc = 3, status;
	va_list ap;
	pid_t pid;

	va_start(ap, typed);
	while (argc < WORDS && (argv[argc] = va_arg(ap, char *)) != NULL)
		argc++;
	va_end(ap);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		status = ctl_main(argc, argv);
		fflush(stdout);
		_exit(status);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(in);
	slurp(out, r->out, sizeof(r->out));
	slurp(err, r->err, sizeof(r->err));
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

json_t *
ctl_run_json(struct ctl_run *r)
{
	json_error_t error;
	json_t *v = json_loads(r->out, JSON_REJECT_DUPLICATES, &error);

	if (v == NULL)
		fail_msg("%s in: %s", error.text, r->out);
	return v;
}

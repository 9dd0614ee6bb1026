/*
 * What a confined process can still do, tried in children.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/sandbox.h"
#include "data/session.h"
#include "sshd/login.h"

enum { DONE = 0, NO_SANDBOX = 90 };

/* How act() ended: an exit status, or 1000 and the signal. */
static int
confined(enum session_extra extra, int (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(session_sandbox(extra) == ERR_NONE ? act() : NO_SANDBOX);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 1000 + WTERMSIG(status);
}

static int
act_session(void)
{
	int sv[2] = {0, 1};
	struct timespec ts;
	char *p;

	(void)sv;
	p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || munmap(p, 1 << 20) == -1)
		return 1;
	if (clock_gettime(CLOCK_REALTIME, &ts) == -1 || getpid() <= 0 ||
	    write(STDERR_FILENO, "", 0) == -1)
		return 2;
	signal(SIGWINCH, SIG_IGN);
	return DONE;
}

static int
act_open(void)
{
	return open("/etc/passwd", O_RDONLY) == -1 && errno == EACCES ? DONE
								      : 1;
}

static int
act_open_to_read(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0 ? DONE : 1;
}

static int
act_open_to_write(void)
{
	return open("/dev/null", O_WRONLY) == -1 && errno == EACCES &&
		       open("/tmp/x", O_RDONLY | O_CREAT, 0600) == -1
		   ? DONE
		   : 1;
}

static int
act_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EACCES ? DONE
									: 1;
}

static int
act_exec(void)
{
	char *argv[] = {(char *)"true", NULL};

	execv("/bin/true", argv);
	return 1;
}

static int
act_execveat(void)
{
	syscall(SYS_execveat, 3, "", NULL, NULL, AT_EMPTY_PATH);
	return 1;
}

static int
act_fork(void)
{
	return fork() == -1 ? 1 : 2;
}

static int
act_ptrace(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	return 1;
}

static int
act_read_others(void)
{
	struct iovec iov = {NULL, 0};

	syscall(SYS_process_vm_readv, getppid(), &iov, 1, &iov, 1, 0);
	return 1;
}

static int
act_kill(void)
{
	kill(getppid(), 0);
	return 1;
}

static int
act_run_memory(void)
{
	mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
	    0);
	return 1;
}

static int
act_make_runnable(void)
{
	static char page[8192] __attribute__((aligned(4096)));

	mprotect(page, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
	return 1;
}

/* Types a line into its own terminal: an old way out of a session. */
static int
act_type(void)
{
	ioctl(0, TIOCSTI, "x");
	return 1;
}

static int
act_window(void)
{
	struct winsize ws;

	(void)ioctl(0, TIOCGWINSZ, &ws);
	return DONE;
}

static int
act_unknown(void)
{
	syscall(SYS_io_uring_setup, 1, NULL);
	return 1;
}

static int
act_x32(void)
{
#ifdef __x86_64__
	syscall(0x40000000 | SYS_getpid);
#else
	raise(SIGSYS);
#endif
	return 1;
}

static void
sessions_can_work(void **state)
{
	(void)state;
	assert_int_equal(confined(SESSION_EXTRA_NONE, act_session), DONE);
	assert_int_equal(confined(SESSION_EXTRA_TTY, act_session), DONE);
	assert_int_equal(confined(SESSION_EXTRA_TTY, act_window), DONE);
	assert_int_equal(confined(SESSION_EXTRA_OPEN, act_session), DONE);
}

static void
renderers_open_files_only_to_read(void **state)
{
	(void)state;
	assert_int_equal(confined(SESSION_EXTRA_OPEN, act_open_to_read), DONE);
	assert_int_equal(confined(SESSION_EXTRA_OPEN, act_open_to_write), DONE);
}

static void
sessions_open_no_file_and_no_socket(void **state)
{
	(void)state;
	assert_int_equal(confined(SESSION_EXTRA_TTY, act_open), DONE);
	assert_int_equal(confined(SESSION_EXTRA_TTY, act_socket), DONE);
	assert_int_equal(confined(SESSION_EXTRA_OPEN, act_socket), DONE);
}

static void
what_no_row_names_is_deadly(void **state)
{
	static int (*const acts[])(void) = {act_exec, act_execveat, act_fork,
	    act_ptrace, act_read_others, act_kill, act_run_memory,
	    act_make_runnable, act_type, act_unknown, act_x32};
	static const enum session_extra extras[] = {
	    SESSION_EXTRA_NONE, SESSION_EXTRA_TTY, SESSION_EXTRA_OPEN};

	(void)state;
	for (size_t e = 0; e < sizeof(extras) / sizeof(extras[0]); e++)
		for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
			assert_int_equal(
			    confined(extras[e], acts[i]), 1000 + SIGSYS);
}

static void
a_terminal_is_an_extra(void **state)
{
	(void)state;
	assert_int_equal(
	    confined(SESSION_EXTRA_NONE, act_window), 1000 + SIGSYS);
}

static int
enter_login(int (*act)(void))
{
	struct sandbox *sb = NULL;
	int status;
	pid_t pid;

	assert_int_equal(login_filter(&sb), ERR_NONE);
	if ((pid = fork()) == 0)
		_exit(sandbox_enter(sb) == ERR_NONE ? act() : NO_SANDBOX);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	sandbox_free(sb);
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 1000 + WTERMSIG(status);
}

static void
login_children_are_confined_too(void **state)
{
	(void)state;
	assert_int_equal(enter_login(act_session), DONE);
	assert_int_equal(enter_login(act_open), DONE);
	assert_int_equal(enter_login(act_socket), DONE);
	assert_int_equal(enter_login(act_exec), 1000 + SIGSYS);
	assert_int_equal(enter_login(act_fork), 1000 + SIGSYS);
	assert_int_equal(enter_login(act_kill), 1000 + SIGSYS);
	assert_int_equal(enter_login(act_ptrace), 1000 + SIGSYS);
}

int
main(void)
{
#ifdef SANDBOX_SANITIZED
	/* The sanitizers need much of what is refused here. */
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sessions_can_work),
	};
	(void)renderers_open_files_only_to_read;
	(void)sessions_open_no_file_and_no_socket;
	(void)what_no_row_names_is_deadly;
	(void)a_terminal_is_an_extra;
	(void)login_children_are_confined_too;
#else
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sessions_can_work),
	    cmocka_unit_test(renderers_open_files_only_to_read),
	    cmocka_unit_test(sessions_open_no_file_and_no_socket),
	    cmocka_unit_test(what_no_row_names_is_deadly),
	    cmocka_unit_test(a_terminal_is_an_extra),
	    cmocka_unit_test(login_children_are_confined_too),
	};
#endif

	return cmocka_run_group_tests(tests, NULL, NULL);
}

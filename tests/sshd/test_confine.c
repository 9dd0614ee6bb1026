/*
 * What a store worker can still do on each kind of store, tried in children.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/sandbox.h"
#include "sshd/store/worker.h"

#define FILE_URL "sqlite:/tmp/portal.db"
#define SERVER_URL "postgresql://portal@db.example/portal"

enum { DONE = 0, REFUSED = 1, NOT_CONFINED = 90, KILLED = 1000 };

/* How act() ended: an exit status, or KILLED and the signal. */
static int
confined(const char *url, int (*act)(void))
{
	char own[WORKER_URL];
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		strcpy(own, url);
		_exit(worker_confine(own, NULL) == ERR_NONE ? act()
							    : NOT_CONFINED);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : KILLED + WTERMSIG(status);
}

static int
said_no(long result)
{
	return result == -1 && errno == EACCES ? REFUSED : DONE;
}

static int
act_sockets(void)
{
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6};
	size_t i;

	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (said_no(socket(families[i], SOCK_STREAM, 0)) == REFUSED)
			return REFUSED;
	return DONE;
}

static int
act_netlink(void)
{
	return said_no(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int
act_connect(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons(1)};

	return said_no(connect(socket(AF_INET, SOCK_STREAM, 0),
	    (const struct sockaddr *)&to, sizeof(to)));
}

static int
act_bind(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET};

	return said_no(bind(socket(AF_INET, SOCK_STREAM, 0),
	    (const struct sockaddr *)&to, sizeof(to)));
}

static int
act_read(void)
{
	return said_no(open("/etc/hosts", O_RDONLY | O_CLOEXEC));
}

static int
act_write(void)
{
	return said_no(open("/dev/null", O_WRONLY));
}

static int
act_make(void)
{
	return said_no(open("/tmp/portal-none", O_RDONLY | O_CREAT, 0600));
}

static int
act_library(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);

	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) ==
			   MAP_FAILED &&
		       errno == EACCES
		   ? REFUSED
		   : DONE;
}

static int
act_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return DONE;
}

static int
act_fork(void)
{
	return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0) == -1 ? REFUSED
								      : DONE;
}

static int
act_listen(void)
{
	return listen(socket(AF_INET, SOCK_STREAM, 0), 1) == -1 ? REFUSED
								: DONE;
}

static void
on_a_server_it_connects_and_reads(void **state)
{
	(void)state;
	assert_int_equal(confined(SERVER_URL, act_sockets), DONE);
	assert_int_equal(confined(SERVER_URL, act_connect), DONE);
	assert_int_equal(confined(SERVER_URL, act_read), DONE);
}

/* The sanitizers' run time may open and map what it likes. */
static void
on_a_server_it_writes_no_file_and_loads_no_code(void **state)
{
	(void)state;
#ifdef SANDBOX_SANITIZED
	skip();
#endif
	assert_int_equal(confined(SERVER_URL, act_write), REFUSED);
	assert_int_equal(confined(SERVER_URL, act_make), REFUSED);
	assert_int_equal(confined(SERVER_URL, act_library), REFUSED);
}

static void
on_a_server_it_speaks_to_servers_only(void **state)
{
	(void)state;
	assert_int_equal(confined(SERVER_URL, act_netlink), REFUSED);
	assert_int_equal(confined(SERVER_URL, act_bind), REFUSED);
	assert_int_equal(confined(SERVER_URL, act_listen), KILLED + SIGSYS);
}

static void
on_a_file_it_reaches_no_network(void **state)
{
	(void)state;
	assert_int_equal(confined(FILE_URL, act_sockets), REFUSED);
	assert_int_equal(confined(FILE_URL, act_connect), REFUSED);
	assert_int_equal(confined(FILE_URL, act_listen), KILLED + SIGSYS);
	assert_int_equal(confined(FILE_URL, act_read), DONE);
}

static void
neither_starts_anything(void **state)
{
	(void)state;
	assert_int_equal(confined(SERVER_URL, act_exec), KILLED + SIGSYS);
	assert_int_equal(confined(FILE_URL, act_exec), KILLED + SIGSYS);
#ifdef SANDBOX_SANITIZED
	skip();
#endif
	assert_int_equal(confined(SERVER_URL, act_fork), KILLED + SIGSYS);
	assert_int_equal(confined(FILE_URL, act_fork), KILLED + SIGSYS);
}

static void
another_kind_of_store_is_refused(void **state)
{
	char url[WORKER_URL] = "mysql://h/d";

	(void)state;
	assert_int_equal(worker_confine(url, NULL), ERR_CONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(on_a_server_it_connects_and_reads),
	    cmocka_unit_test(on_a_server_it_writes_no_file_and_loads_no_code),
	    cmocka_unit_test(on_a_server_it_speaks_to_servers_only),
	    cmocka_unit_test(on_a_file_it_reaches_no_network),
	    cmocka_unit_test(neither_starts_anything),
	    cmocka_unit_test(another_kind_of_store_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

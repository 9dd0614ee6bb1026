/* Packets between processes, hostile ones too. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ipc.h"

struct fixture {
	int sv[2];
	struct ipc_msg m;
	int open_fds; /* before the pair was made */
};

static int
count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->open_fds = count_fds();
	assert_int_equal(ipc_pair(f->sv), ERR_NONE);
	ipc_msg_init(&f->m);
	*state = f;
	return 0;
}

/* No test may leave a descriptor behind, whatever it received. */
static int
teardown(void **state)
{
	struct fixture *f = *state;
	int i, left;

	ipc_msg_release(&f->m);
	for (i = 0; i < 2; i++)
		if (f->sv[i] != -1)
			close(f->sv[i]);
	left = count_fds() - f->open_fds;
	free(f);
	return left;
}

static void
check_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	assert_true(flags != -1 && (flags & FD_CLOEXEC));
}

static void
pair_is_cloexec_and_keeps_packets_apart(void **state)
{
	struct fixture *f = *state;
	struct buf b;

	check_cloexec(f->sv[0]);
	check_cloexec(f->sv[1]);
	buf_init(&b, 100);
	buf_adds(&b, "one");
	assert_int_equal(ipc_send(f->sv[0], 1, &b, NULL, 0), ERR_NONE);
	buf_adds(&b, " and two");
	assert_int_equal(ipc_send(f->sv[0], 0xfffe, &b, NULL, 0), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	assert_int_equal(f->m.type, 1);
	assert_string_equal(buf_str(&f->m.body), "one");
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	assert_int_equal(f->m.type, 0xfffe);
	assert_string_equal(buf_str(&f->m.body), "one and two");
	assert_int_equal(f->m.nfds, 0);
	buf_release(&b);
}

static void
empty_body_is_a_message(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ipc_send(f->sv[0], 7, NULL, NULL, 0), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	assert_int_equal(f->m.type, 7);
	assert_int_equal(f->m.body.len, 0);
}

static void
largest_body_passes_and_one_more_does_not(void **state)
{
	struct fixture *f = *state;
	unsigned char *room;
	struct buf b;
	size_t i;

	buf_init(&b, IPC_BODY_MAX + 1);
	room = buf_reserve(&b, IPC_BODY_MAX);
	assert_non_null(room);
	for (i = 0; i < IPC_BODY_MAX; i++)
		room[i] = (unsigned char)(i * 7);
	b.len = IPC_BODY_MAX;
	assert_int_equal(ipc_send(f->sv[0], 1, &b, NULL, 0), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	assert_int_equal(f->m.body.len, IPC_BODY_MAX);
	assert_memory_equal(f->m.body.data, b.data, IPC_BODY_MAX);
	buf_addc(&b, 'x');
	assert_int_equal(ipc_send(f->sv[0], 1, &b, NULL, 0), ERR_TOO_BIG);
	buf_release(&b);
}

static void
broken_body_is_not_sent(void **state)
{
	struct fixture *f = *state;
	struct buf b;

	buf_init(&b, 2);
	buf_adds(&b, "too long");
	assert_int_equal(ipc_send(f->sv[0], 1, &b, NULL, 0), ERR_TOO_BIG);
	assert_int_equal(fd_set_nonblock(f->sv[1], 1), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_BUSY);
	buf_release(&b);
}

static void
descriptors_arrive_open_and_cloexec(void **state)
{
	struct fixture *f = *state;
	int fds[IPC_FDS + 1], p[2], i;
	char c = 0;

	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	for (i = 0; i <= IPC_FDS; i++)
		fds[i] = p[1];
	assert_int_equal(
	    ipc_send(f->sv[0], 1, NULL, fds, IPC_FDS + 1), ERR_TOO_BIG);
	assert_int_equal(ipc_send(f->sv[0], 1, NULL, fds, IPC_FDS), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	assert_int_equal(f->m.nfds, IPC_FDS);
	close(p[1]);
	for (i = 0; i < IPC_FDS; i++) {
		check_cloexec(f->m.fds[i]);
		assert_int_equal(write(f->m.fds[i], "x", 1), 1);
		assert_int_equal(read(p[0], &c, 1), 1);
	}
	close(p[0]);
}

static void
receiver_may_keep_a_descriptor(void **state)
{
	struct fixture *f = *state;
	int kept;

	assert_int_equal(ipc_send(f->sv[0], 1, NULL, f->sv, 1), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	kept = f->m.fds[0];
	f->m.fds[0] = -1;
	/* The next message resets the first, but not what was taken. */
	assert_int_equal(ipc_send(f->sv[0], 2, NULL, NULL, 0), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	assert_true(fcntl(kept, F_GETFD) != -1);
	close(kept);
}

static void
next_message_closes_what_was_left(void **state)
{
	struct fixture *f = *state;
	int before, i;

	assert_int_equal(ipc_send(f->sv[0], 1, NULL, f->sv, 2), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	before = count_fds();
	for (i = 0; i < 100; i++) {
		assert_int_equal(
		    ipc_send(f->sv[0], 1, NULL, f->sv, 2), ERR_NONE);
		assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	}
	assert_int_equal(count_fds(), before);
}

/* Sends raw bytes with descriptors, as a hostile peer may. */
static void
send_raw(int fd, const void *p, size_t n, const int *fds, size_t nfds)
{
	struct iovec iov = {.iov_base = (void *)(uintptr_t)p, .iov_len = n};
	struct msghdr hdr = {.msg_iov = &iov, .msg_iovlen = 1};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(16 * sizeof(int))];
	} control;
	struct cmsghdr *c;

	if (nfds > 0) {
		memset(&control, 0, sizeof(control));
		hdr.msg_control = &control;
		hdr.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&hdr);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	assert_int_equal(sendmsg(fd, &hdr, MSG_NOSIGNAL), n);
}

static void
malformed_packets_are_refused_and_leak_nothing(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {
	    {"\x01", 1},
	    {"\x01\0\0\0\0\0\0", 7},
	    {"\x01\0\0\0\x01\0\0\0", 8},
	    {"\x01\0\0\0\x02\0\0\0a", 9},
	    {"\x01\0\0\0\0\0\0\0a", 9},
	    {"\x01\0\0\0\xff\xff\xff\xff"
	     "a",
		9},
	    {"\x01\0\x01\0\0\0\0\0", 8},
	    {"\x01\0\0\x01\0\0\0\0", 8},
	};
	struct fixture *f = *state;
	int before = count_fds();
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		send_raw(f->sv[0], bad[i].bytes, bad[i].n, f->sv, 2);
		assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_PROTOCOL);
		assert_int_equal(f->m.nfds, 0);
		assert_int_equal(f->m.body.len, 0);
		assert_int_equal(count_fds(), before);
	}
	/* The socket is still good. */
	assert_int_equal(ipc_send(f->sv[0], 3, NULL, NULL, 0), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	assert_int_equal(f->m.type, 3);
}

static void
too_many_descriptors_are_refused_and_closed(void **state)
{
	struct fixture *f = *state;
	int fds[16], i, before = count_fds();

	for (i = 0; i < 16; i++)
		fds[i] = f->sv[0];
	for (i = IPC_FDS + 1; i <= 16; i++) {
		send_raw(f->sv[0], "\x01\0\0\0\0\0\0\0", 8, fds, (size_t)i);
		assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_PROTOCOL);
		assert_int_equal(count_fds(), before);
	}
}

static void
oversized_packet_is_refused_once(void **state)
{
	struct fixture *f = *state;
	size_t n = IPC_BODY_MAX + 9;
	unsigned char *p = calloc(1, n);

	assert_non_null(p);
	p[0] = 1;
	p[4] = (IPC_BODY_MAX + 1) & 0xff;
	p[5] = (IPC_BODY_MAX + 1) >> 8 & 0xff;
	p[6] = (IPC_BODY_MAX + 1) >> 16;
	send_raw(f->sv[0], p, n, f->sv, 1);
	free(p);
	assert_int_equal(ipc_send(f->sv[0], 3, NULL, NULL, 0), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_PROTOCOL);
	assert_int_equal(f->m.nfds, 0);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	assert_int_equal(f->m.type, 3);
}

static void
closed_peer_is_the_end_without_a_signal(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ipc_send(f->sv[0], 3, NULL, NULL, 0), ERR_NONE);
	close(f->sv[0]);
	f->sv[0] = -1;
	/* What was sent before the end still arrives. */
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_NONE);
	assert_int_equal(ipc_recv(f->sv[1], &f->m), ERR_CLOSED);
	assert_int_equal(ipc_send(f->sv[1], 3, NULL, NULL, 0), ERR_CLOSED);
}

static void
full_socket_is_busy_and_sends_nothing_half(void **state)
{
	struct fixture *f = *state;
	struct buf b;
	enum err err;
	int sent = 0, got = 0;

	buf_init(&b, IPC_BODY_MAX);
	b.len = buf_reserve(&b, 30000) != NULL ? 30000 : 0;
	memset(b.data, 'x', b.len);
	assert_int_equal(fd_set_nonblock(f->sv[0], 1), ERR_NONE);
	assert_int_equal(fd_set_nonblock(f->sv[1], 1), ERR_NONE);
	while ((err = ipc_send(f->sv[0], 1, &b, NULL, 0)) == ERR_NONE)
		assert_true(++sent < 10000);
	assert_int_equal(err, ERR_BUSY);
	while ((err = ipc_recv(f->sv[1], &f->m)) == ERR_NONE) {
		assert_int_equal(f->m.body.len, 30000);
		got++;
	}
	assert_int_equal(err, ERR_BUSY);
	assert_int_equal(got, sent);
	buf_release(&b);
}

static void
nonblock_is_switched_on_and_off(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fd_set_nonblock(f->sv[0], 1), ERR_NONE);
	assert_true(fcntl(f->sv[0], F_GETFL) & O_NONBLOCK);
	assert_int_equal(fd_set_nonblock(f->sv[0], 0), ERR_NONE);
	assert_false(fcntl(f->sv[0], F_GETFL) & O_NONBLOCK);
	assert_int_equal(fd_set_nonblock(-1, 1), ERR_IO);
}

/* Listens at path, connects, and passes a message through. */
static void
check_path(struct fixture *f, const char *path)
{
	int l, c, a;
	struct stat st;

	assert_int_equal(ipc_listen(path, &l), ERR_NONE);
	check_cloexec(l);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(ipc_connect(path, &c), ERR_NONE);
	check_cloexec(c);
	a = accept4(l, NULL, NULL, SOCK_CLOEXEC);
	assert_true(a != -1);
	assert_int_equal(ipc_send(c, 9, NULL, NULL, 0), ERR_NONE);
	assert_int_equal(ipc_recv(a, &f->m), ERR_NONE);
	assert_int_equal(f->m.type, 9);
	close(a);
	close(c);
	/* Alive: nobody else may take its place. */
	assert_int_equal(ipc_listen(path, &c), ERR_CONFLICT);
	close(l);
	/* Stale: the file is replaced. */
	assert_int_equal(ipc_connect(path, &c), ERR_CLOSED);
	assert_int_equal(ipc_listen(path, &l), ERR_NONE);
	close(l);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ipc_connect(path, &c), ERR_NOT_FOUND);
}

static void
paths_of_any_length_work(void **state)
{
	struct fixture *f = *state;
	char dir[] = "/tmp/portal-ipc.XXXXXX", deep[300], path[600];
	mode_t mask;
	int i, fd;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/s", dir);
	mask = umask(0);
	check_path(f, path);
	umask(mask);

	snprintf(deep, sizeof(deep), "%s/%0200d", dir, 1);
	assert_int_equal(mkdir(deep, 0700), 0);
	snprintf(path, sizeof(path), "%s/control", deep);
	check_path(f, path);

	/* Around the length at which the address changes its form. */
	for (i = 100; i < 115; i++) {
		snprintf(path, sizeof(path), "%s/%0*d", dir,
		    i - (int)strlen(dir) - 1, 1);
		if (strlen(path) - strlen(dir) > 80)
			continue;
		assert_int_equal(strlen(path), i);
		check_path(f, path);
	}
	snprintf(path, sizeof(path), "%s/%0120d", deep, 1);
	assert_int_equal(ipc_listen(path, &fd), ERR_TOO_BIG);
	assert_int_equal(ipc_listen("", &fd), ERR_BAD_INPUT);
	assert_int_equal(rmdir(deep), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void
listening_never_replaces_another_file(void **state)
{
	char dir[] = "/tmp/portal-ipc.XXXXXX", path[64];
	struct stat st;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/file", dir);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd != -1);
	close(fd);
	assert_int_equal(ipc_listen(path, &fd), ERR_CONFLICT);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	unlink(path);
	rmdir(dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(pair_is_cloexec_and_keeps_packets_apart),
	    TEST(empty_body_is_a_message),
	    TEST(largest_body_passes_and_one_more_does_not),
	    TEST(broken_body_is_not_sent),
	    TEST(descriptors_arrive_open_and_cloexec),
	    TEST(receiver_may_keep_a_descriptor),
	    TEST(next_message_closes_what_was_left),
	    TEST(malformed_packets_are_refused_and_leak_nothing),
	    TEST(too_many_descriptors_are_refused_and_closed),
	    TEST(oversized_packet_is_refused_once),
	    TEST(closed_peer_is_the_end_without_a_signal),
	    TEST(full_socket_is_busy_and_sends_nothing_half),
	    TEST(nonblock_is_switched_on_and_off),
	    TEST(paths_of_any_length_work),
	    TEST(listening_never_replaces_another_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

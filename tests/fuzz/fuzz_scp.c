/*
 * "scp -f" with any command, and a client that answers with any bytes: the
 * command, a NUL, the answers.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sshd/files/scp.h"
#include "tests/fuzz/fuzz.h"
#include "tests/sshd/fake_vfs.h"

/* Of a client's answers no more than a pipe holds. */
enum { ACKS_MAX = 32 * 1024 };

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *rest = string_of(p, n), command[8192];
	size_t used = strlen(rest) < n ? strlen(rest) + 1 : n;
	static int out = -1;
	struct fake_vfs fake;
	struct stream stream;
	enum err err = ERR_NONE;
	int in[2], status;

	if (out == -1)
		out = memfd_create("out", MFD_CLOEXEC);
	REQUIRE(out >= 0 && ftruncate(out, 0) == 0 && lseek(out, 0, 0) == 0);
	snprintf(command, sizeof(command), "scp -%s", rest);
	free(rest);
	n = n - used < ACKS_MAX ? n - used : ACKS_MAX;
	REQUIRE(pipe2(in, O_CLOEXEC) == 0);
	REQUIRE(write(in[1], p + used, n) == (ssize_t)n);
	close(in[1]);
	fake_vfs_init(&fake);
	REQUIRE(stream_init(&stream, in[0], out, &fake.vfs, 0) == ERR_NONE);
	status = scp_run(&stream, command, &err);
	REQUIRE(status >= 0 && status <= 2);
	close(in[0]);
	return 0;
}
